// How far a set of tracks lies from a set of flights over time: GOSPA for trajectories
// [GarciaFernandez20, definition 1], which adds to the price of every instant that of a flight
// whose track changes.
//
//   T-GOSPA^p = min over assignments of flights to tracks, one an instant, of
//                 sum over instants of  sum d^p over pairs + c^p/2 (missed + false)
//               + gamma^p for every change from one track to another, half of it for a change
//                 between a track and none
//
// A flight may stay with a track while that is silent: the pair then counts as missed, and nothing
// is due when it comes back. The minimum couples all instants and all flights; it falls apart into
// groups that share no track. One flight by itself is a shortest path. A group with few ways to
// assign (kMaxStates) is solved exactly over all of them. For larger ones a solution is improved
// flight by flight, so that the result is an upper bound; for every group a lower bound comes with
// it, of the linear programme in which assignments may be fractions (it is the metric the paper
// computes): its dual, by prices for tracks that several flights want. Where the bounds meet, both
// are the minimum.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "assess/gospa.hpp"

namespace liptako::assess {

struct TrajectoryGospaOptions {
  GospaOptions gospa;
  base::Length switch_penalty;  // gamma, 0 up

  [[nodiscard]] base::Result<void> validate() const;
};

// A flight and a track less than c apart at an instant.
struct NearPair {
  std::uint64_t flight = 0;
  std::uint64_t track = 0;
  double distance_m = 0.0;
};

struct TrajectoryScore {
  // In metres to the power p, over all instants; their sum is T-GOSPA^p.
  double localisation = 0.0;
  double missed = 0.0;
  double false_tracks = 0.0;
  double switches = 0.0;
  double lower_bound = 0.0;   // of the sum; equal to it where the minimum is proved
  double switch_count = 0.0;  // changes; those to or from no track count half
  std::uint64_t instants = 0;

  // The pairs of the assignment, by instant (counted from 0), then flight.
  struct Held {
    std::uint32_t instant = 0;
    NearPair pair;
  };
  std::vector<Held> held;

  [[nodiscard]] double total() const { return localisation + missed + false_tracks + switches; }
};

class TrajectoryGospa {
 public:
  // Requires valid options.
  explicit TrajectoryGospa(const TrajectoryGospaOptions &options);

  // The next instant: all pairs nearer than c, each once, and how many flights and tracks there
  // are. Keeps 32 bytes a pair.
  void take(std::span<const NearPair> near, std::size_t flights, std::size_t tracks);

  // Deterministic. Cost: of a group without rivals, its pairs; of others up to some hundred times
  // that, or kMaxStates times instants and flights.
  [[nodiscard]] TrajectoryScore score() const;

 private:
  TrajectoryGospaOptions options_;
  std::uint32_t instants_ = 0;
  std::uint64_t points_ = 0;  // flights and tracks, times instants
  std::uint64_t flights_ = 0;
  std::vector<TrajectoryScore::Held> near_;
};

}  // namespace liptako::assess
