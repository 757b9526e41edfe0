// Scores a picture against the truth, instant by instant: who is shown where,
// and who should be. What each number means and where it comes from:
// docs/SCORING.md.
//
// Knows no file, no tracker and no simulator: whoever has truth and tracks at
// the same instants gives them to take(), be it a node's tracks, the common
// picture or another tracker's.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "assess/gospa.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "geo/geodetic.hpp"

namespace liptako::assess {

// One aircraft at one instant.
struct TruthSample {
  std::uint32_t aircraft = 0;  // the same number for its whole flight
  geo::Geodetic position;      // height unused
  base::Angle track_angle;     // clockwise from true north
  std::optional<base::Length> pressure_altitude;
  // A track is due, since some sensor sees the aircraft. Where none is due a
  // track is no fault either: the aircraft and the track assigned to it are
  // left out of every number.
  bool expected = true;
  std::uint8_t group = 0;  // of the caller's choice: numbers are kept for each too
};

// One track as shown at the same instant.
struct TrackSample {
  std::uint64_t track = 0;  // its number
  geo::Geodetic position;   // height unused
  std::optional<base::Length> pressure_altitude;
  base::Timestamp updated;  // measurement time of the newest plot used
};

struct ScoreOptions {
  GospaOptions gospa;
  // Within which a track should have had a plot: 8 s, the interval of the
  // en-route requirements for 5 NM [EUROCONTROL-SPEC-0147].
  base::Duration update_interval = std::chrono::seconds(8);

  [[nodiscard]] base::Result<void> validate() const;
};

// Sums over aircraft and instants; a rate without anything to rate is absent.
struct Tally {
  std::uint64_t expected = 0;    // aircraft times instants
  std::uint64_t matched = 0;     // of them with a track within the cut-off
  std::uint64_t duplicates = 0;  // further tracks near an aircraft that had its own
  std::uint64_t updates_due = 0;
  std::uint64_t updates = 0;
  std::uint64_t altitudes = 0;
  double square_error_m2 = 0.0;
  double square_along_m2 = 0.0;
  double square_across_m2 = 0.0;
  double square_altitude_m2 = 0.0;

  Tally &operator+=(const Tally &other);
  [[nodiscard]] std::optional<double> found_share() const;
  [[nodiscard]] std::optional<double> tracks_per_aircraft() const;
  [[nodiscard]] std::optional<double> update_probability() const;
  [[nodiscard]] std::optional<base::Length> position_rms() const;
  [[nodiscard]] std::optional<base::Length> along_rms() const;
  [[nodiscard]] std::optional<base::Length> across_rms() const;
  [[nodiscard]] std::optional<base::Length> altitude_rms() const;
};

// Over instants, in metres. Parts are roots of mean squares too: with p = 2
// their squares add up to the square of `rms`.
struct GospaScore {
  double mean_m = 0.0;
  double rms_m = 0.0;
  double localisation_rms_m = 0.0;
  double missed_rms_m = 0.0;
  double false_rms_m = 0.0;
  // Root of the mean of GOSPA² a due aircraft, over instants with any:
  // comparable between skies.
  std::optional<double> per_aircraft_m;
};

struct Score {
  static constexpr std::size_t kGroups = 8;

  std::uint64_t instants = 0;
  base::Timestamp first;
  base::Timestamp last;
  GospaScore gospa;
  Tally all;
  std::array<Tally, kGroups> groups;
  std::uint64_t aircraft = 0;  // different ones that were due
  std::uint64_t tracks = 0;    // different numbers shown
  double mean_missed = 0.0;    // at an instant
  double mean_false = 0.0;     // at an instant, duplicates included
  double flight_hours = 0.0;   // of due aircraft
  std::uint64_t number_changes = 0;
  std::uint64_t strays = 0;  // different numbers that were false and never near an aircraft
  std::uint64_t never_found = 0;
  // Of aircraft that became due after the first instant: from then to the first
  // instant with a track.
  std::uint64_t confirmations = 0;
  std::optional<base::Duration> mean_confirmation;
  std::optional<base::Duration> longest_confirmation;

  [[nodiscard]] double hours() const { return base::to_seconds(last - first) / 3600.0; }
  [[nodiscard]] std::optional<double> strays_per_hour() const;
  [[nodiscard]] std::optional<double> number_changes_per_flight_hour() const;
};

class Scorer {
 public:
  explicit Scorer(const ScoreOptions &options = {});

  // One instant; returns what it looked like, the aircraft left out taken away.
  // Requires times to ascend, every aircraft and every track to occur once,
  // positions to be finite.
  Gospa take(base::Timestamp time,
             std::span<const TruthSample> truth,
             std::span<const TrackSample> tracks);

  [[nodiscard]] Score score() const;

 private:
  struct Aircraft {
    bool there_at_start = false;
    base::Timestamp first_due;
    std::optional<base::Timestamp> first_found;
    // Due at every instant since this one, up to `last_due`.
    base::Timestamp due_since;
    base::Timestamp last_due;
    std::optional<std::uint64_t> number;
  };
  struct Track {
    bool near_aircraft = false;
    bool stray = false;
  };

  Gospa without_undue(const Gospa &all, std::span<const TruthSample> truth) const;
  void note_aircraft(base::Timestamp time,
                     const TruthSample &truth,
                     const TrackSample *match,
                     bool keeps_number);
  void note_errors(const TruthSample &truth, const TrackSample &track);

  ScoreOptions options_;
  std::optional<base::Timestamp> previous_;
  std::map<std::uint32_t, Aircraft> aircraft_;  // those that were ever due
  std::map<std::uint64_t, Track> tracks_;
  Score score_;
  double sum_gospa_ = 0.0;
  double sum_square_ = 0.0;
  double sum_square_localisation_ = 0.0;
  double sum_square_missed_ = 0.0;
  double sum_square_false_ = 0.0;
  double sum_square_per_aircraft_ = 0.0;
  std::uint64_t instants_with_aircraft_ = 0;
  std::uint64_t missed_ = 0;
  std::uint64_t false_ = 0;
};

}  // namespace liptako::assess
