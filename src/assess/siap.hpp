// The single integrated air picture's attributes [SIAP03]: how much of the truth is tracked, how
// often twice, how much of what is tracked is nothing, how far off, and how long by one number.
//
//   completeness    flights with a track / flights
//   ambiguity       tracks of flights / flights with a track
//   spuriousness    tracks of nobody / tracks
//   positional accuracy   mean distance of a track from its flight
//   longest segment       instants of each flight's longest time with one number / its instants
//   number changes        (numbers needed to cover what is tracked of a flight - 1) / time tracked
//
// All are sums over instants divided, so that a busy instant weighs more. A track belongs to the
// flight that GOSPA assigns it, or else to the nearest within c: unlike there, a flight may have
// several.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "assess/gospa.hpp"

namespace liptako::assess {

// Each track's flight, by the rule above, at most one a track: by index of the track.
[[nodiscard]] std::vector<Pair> associated(const Gospa& gospa, std::size_t tracks);

struct SiapScore {
  std::optional<double> completeness;
  std::optional<double> ambiguity;
  std::optional<double> spuriousness;
  std::optional<double> position_accuracy_m;
  std::optional<double> longest_segment;          // share, 0..1
  std::optional<double> number_changes_per_hour;  // of tracked flight
};

class Siap {
 public:
  struct Association {
    std::uint64_t flight = 0;
    std::uint64_t track = 0;
    double distance_m = 0.0;
  };
  // One instant: the flights, how many tracks there are, and which belong to one of these flights,
  // each track at most once. Instants are taken to be equally far apart; a flight's own count, so
  // that one that is away for a while keeps its number if it comes back with it.
  void take(std::span<const std::uint64_t> flights,
            std::size_t tracks,
            std::span<const Association> associations);
  // `hours_per_instant`: between two instants.
  [[nodiscard]] SiapScore score(double hours_per_instant) const;

 private:
  // Instants of a flight, counted from 0, in which one track was its.
  struct Segment {
    std::uint64_t track = 0;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;  // beyond the last
  };
  struct Flight {
    std::uint32_t instants = 0;
    std::uint32_t tracked = 0;
    std::vector<Segment> open;  // up to the newest instant
    std::vector<Segment> closed;
  };
  [[nodiscard]] static std::uint32_t numbers_needed(std::vector<Segment> segments);

  std::map<std::uint64_t, Flight> flights_;
  std::uint64_t tracks_ = 0;
  std::uint64_t associated_ = 0;
  double distance_m_ = 0.0;
};

}  // namespace liptako::assess
