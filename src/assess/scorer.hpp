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
#include <string_view>
#include <vector>

#include "assess/consistency.hpp"
#include "assess/gospa.hpp"
#include "assess/siap.hpp"
#include "assess/trajectory_gospa.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "geo/geodetic.hpp"

namespace liptako::assess {

// What an aircraft sends to say who it is, or what a track was told.
struct Identity {
  std::optional<base::IcaoAddress> icao_address;
  std::optional<base::ModeACode> mode_3a;
};

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
  std::optional<base::Speed> ground_speed;
  std::optional<base::Speed> vertical_rate;  // absent: level
  Identity identity;
};

// One track as shown at the same instant.
struct TrackSample {
  std::uint64_t track = 0;  // its number
  geo::Geodetic position;   // height unused
  std::optional<base::Length> pressure_altitude;
  base::Timestamp updated;  // measurement time of the newest plot used
  std::optional<base::Speed> ground_speed;
  std::optional<base::Angle> track_angle;  // clockwise from true north
  Identity identity;
  // Of the position, at this instant, in local east (x) and north (y).
  struct Covariance {
    double ee_m2 = 0.0;
    double en_m2 = 0.0;
    double nn_m2 = 0.0;
  };
  std::optional<Covariance> covariance;
};

// How an aircraft flies, by the truth: one of the first two, and one of the others.
enum class Phase : std::uint8_t { straight, turn, level, climb, descent };
inline constexpr std::array<std::string_view, 5> kPhaseNames = {
    "straight", "turn", "level", "climb", "descent"};
// A turn changes the direction by more than this since the instant before: far more than a straight
// flight along a great circle, less than the gentlest turn of an airliner on its way.
inline constexpr double kTurnDegPerSecond = 0.25;
// A climb or descent is faster: less is the wander of an aircraft that holds its level.
inline constexpr double kClimbFeetPerMinute = 300.0;
// An altitude further off is a wrong one: the bound of the requirements for aircraft that climb or
// descend [EUROCONTROL-SPEC-0147].
inline constexpr double kAltitudeBoundFeet = 300.0;
// Of update intervals: a longer time without an update is a long gap, three intervals and a tenth
// of them [EUROCONTROL-SPEC-0147].
inline constexpr double kLongGapIntervals = 3.3;

struct ScoreOptions {
  GospaOptions gospa;
  // Within which a track should have had a plot: 8 s, the interval of the
  // en-route requirements for 5 NM [EUROCONTROL-SPEC-0147].
  base::Duration update_interval = std::chrono::seconds(8);
  // gamma of trajectory GOSPA, the price of a change of track: a tenth of c, as in its literature.
  base::Length switch_penalty = base::Length::from_nautical_miles(0.25);

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
  std::uint64_t altitudes_within = 0;  // kAltitudeBoundFeet
  std::uint64_t angles = 0;
  std::uint64_t speeds = 0;
  std::uint64_t identities_due = 0;  // matched, of aircraft that send one
  std::uint64_t identities_right = 0;
  std::uint64_t identities_wrong = 0;
  std::uint64_t long_gaps = 0;
  double square_angle_deg2 = 0.0;
  double square_speed_m2s2 = 0.0;
  Consistency nees;
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
  [[nodiscard]] std::optional<double> altitude_within_share() const;
  [[nodiscard]] std::optional<base::Angle> track_angle_rms() const;
  [[nodiscard]] std::optional<base::Speed> speed_rms() const;
  [[nodiscard]] std::optional<double> identity_right_share() const;
  [[nodiscard]] std::optional<double> identity_wrong_share() const;
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
  std::array<Tally, kPhaseNames.size()> phases;
  TrajectoryScore trajectories;  // its `held` left empty
  SiapScore siap;
  // Long gaps over update intervals that aircraft were due.
  std::optional<double> long_gap_share;
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
    base::Timestamp updated;  // newest plot of a track that was its
    bool in_long_gap = false;
  };
  struct Track {
    bool near_aircraft = false;
    bool stray = false;
  };

  Gospa without_undue(const Gospa &all, std::span<const TruthSample> truth) const;
  // Those of an aircraft at this instant: its group, and its phases of flight.
  std::array<Tally *, 3> tallies_of(base::Timestamp time, const TruthSample &truth);
  void note_aircraft(base::Timestamp time,
                     const TruthSample &truth,
                     const TrackSample *match,
                     bool keeps_number);
  void note_gap(base::Timestamp time,
                Aircraft &aircraft,
                const TrackSample *match,
                std::span<Tally *const> tallies);
  // Into the trajectory metric and the air picture's attributes: what is left without aircraft that
  // are not due, and their tracks.
  void note_picture(const Gospa &all,
                    std::span<const TruthSample> truth,
                    std::span<const TrackSample> tracks);

  ScoreOptions options_;
  std::optional<base::Timestamp> previous_;
  std::map<std::uint32_t, Aircraft> aircraft_;  // those that were ever due
  std::map<std::uint64_t, Track> tracks_;
  // Of every aircraft at the instant before, due or not: direction, for what turns.
  std::map<std::uint32_t, std::pair<base::Timestamp, base::Angle>> directions_;
  TrajectoryGospa trajectories_;
  Siap siap_;
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
