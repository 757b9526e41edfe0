// Scores what a tracker held after each scan of a benchmark set against the set's truth, and beside
// the reference filters that were given the same plots (docs/SCORING.md, "Benchmark sets").
//
// Two kinds of sets: a few targets that meet, in many runs with reference results (s1, s1b, s2,
// s3), and air traffic in one run (atc10, atc100, atc1000 and whatever number else).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assess/consistency.hpp"
#include "assess/paired.hpp"
#include "assess/set_files.hpp"
#include "assess/siap.hpp"
#include "assess/trajectory_gospa.hpp"

namespace liptako::assess {

struct PointSet {
  std::string_view name;
  std::string_view truth;  // files, without .gz
  std::string_view plots;
  std::string_view reference;
  std::string_view filter;  // the reference that counts; the file has others
  // Runs of plots to a run of the reference: run r belongs to its run ceil(r / agents), whose sums
  // are over all its agents' scans.
  std::uint32_t agents = 1;
};
inline constexpr std::array<PointSet, 4> kPointSets = {{
    {"s1", "s1_truth.csv", "s1_meas.csv", "s1_ref_per_run.csv", "pmbm", 1},
    {"s1b", "s1_truth.csv", "s1b_meas.csv", "s1b_ref_per_run.csv", "pmbm", 1},
    {"s2", "s2_truth.csv", "s2_meas.csv", "s2_ref_per_run.csv", "central_pmbm", 2},
    {"s3", "s3_truth.csv", "s3_meas.csv", "s3_ref_per_run.csv", "pmbm_rb", 1},
}};
inline constexpr double kPointCutoffM = 10.0;
inline constexpr std::uint32_t kPointScans = 81;
inline constexpr double kPointScanS = 1.0;

inline constexpr double kTrafficCutoffM = 1000.0;
inline constexpr double kTrafficScanS = 4.0;
// GOSPA counts after this scan, errors of matched tracks from the other one on: when the reference
// counts them.
inline constexpr std::uint32_t kTrafficGospaAfterScan = 5;
inline constexpr std::uint32_t kTrafficErrorsFromScan = 9;
// An aircraft turns at a scan if its direction of flight has changed since the scan before by more:
// half a degree in 4 s. Of the kept traffic that is every turn, and what the reference counted.
inline constexpr double kTrafficTurnDeg = 0.5;

// Price of a change of track in trajectory GOSPA: a tenth of c, which is the literature's 1 m for
// the meeting targets.
inline constexpr double kSwitchPenaltyOfCutoff = 0.1;

// Sums of GOSPA² over scans and of its parts, m².
struct SquareSums {
  double localisation = 0.0;
  double missed = 0.0;
  double false_tracks = 0.0;
  std::uint64_t scans = 0;

  SquareSums& operator+=(const SquareSums& other);
  [[nodiscard]] double total() const { return localisation + missed + false_tracks; }
  // Root of the mean over scans of one of the above.
  [[nodiscard]] double rms_m(double sum) const;
};

struct ReferenceScore {
  std::string filter;
  std::uint64_t runs = 0;  // that both have; in s2 pairs of agents
  SquareSums theirs;       // over them
  SquareSums ours;
  std::optional<PairedRatio> paired;
};

// Trajectory GOSPA² of one run or the sums of several, m².
struct TrajectorySums {
  SquareSums parts;
  double switches = 0.0;
  double switch_count = 0.0;
  double lower_bound = 0.0;  // of total()

  TrajectorySums& operator+=(const TrajectoryScore& score);
  [[nodiscard]] double total() const { return parts.total() + switches; }
  [[nodiscard]] double rms_m(double sum) const { return parts.rms_m(sum); }
};

struct PointSetScore {
  PointSet set;
  std::uint64_t runs = 0;
  SquareSums sums;
  TrajectorySums trajectories;
  SiapScore siap;
  Consistency nees;  // of assigned tracks whose covariance the estimates tell
  // The reference that counts first, then the others in the order of the file; those with a run in
  // common only.
  std::vector<ReferenceScore> references;
};

// `runs`: those to score, ascending; one without estimates is all missed. Empty: every run that has
// an estimate. Requires rows as set_files.hpp gives them.
[[nodiscard]] base::Result<PointSetScore> score_point_set(const PointSet& set,
                                                          std::span<const TruthRow> truth,
                                                          std::span<const EstimateRow> estimates,
                                                          std::span<const ReferenceRow> reference,
                                                          std::span<const std::uint32_t> runs);
// The line that scripts read: docs/SCORING.md. Without line end.
[[nodiscard]] std::string to_json(const PointSetScore& score);

// Errors of tracks assigned to aircraft in one phase of flight.
struct PhaseErrors {
  std::uint64_t aircraft = 0;  // times scans
  std::uint64_t matched = 0;
  std::uint64_t headings = 0;  // of them with a direction
  double square_position_m2 = 0.0;
  double square_heading_deg2 = 0.0;
  double square_speed_m2s2 = 0.0;  // of the velocity's length
  Consistency nees;                // where the estimates tell covariances

  PhaseErrors& operator+=(const PhaseErrors& other);
  [[nodiscard]] std::optional<double> position_rms_m() const;
  [[nodiscard]] std::optional<double> heading_rms_deg() const;
  [[nodiscard]] std::optional<double> speed_rms_mps() const;
};

struct TrafficScore {
  std::string set;
  std::uint64_t aircraft = 0;
  SquareSums sums;              // of GOSPA², over the scans that count
  TrajectorySums trajectories;  // over all scans
  SiapScore siap;
  PhaseErrors straight;
  PhaseErrors turn;
  bool headings_from_positions = false;  // the estimates had no velocity

  // Root of the mean over scans of GOSPA² an aircraft.
  [[nodiscard]] double per_aircraft_m(double sum) const;
};

// `estimates` of one run.
[[nodiscard]] base::Result<TrafficScore> score_traffic(std::string_view set,
                                                       std::span<const TruthRow> truth,
                                                       std::span<const EstimateRow> estimates);
[[nodiscard]] std::string to_json(const TrafficScore& score);

}  // namespace liptako::assess
