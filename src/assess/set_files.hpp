// The CSV files of a benchmark set, as docs/SCORING.md lays them out: the truth, what a tracker
// held after each scan, and the sums that reference filters reached. Total: any bytes give rows or
// an error that names file, line and column.
//
// Plain x and y in metres in the set's own plane, scans counted from 1: these files know no globe
// and no clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assess/score_lines.hpp"
#include "base/result.hpp"

namespace liptako::assess {

// Higher run and scan numbers than any set has; more is a slip.
inline constexpr std::uint32_t kMaxRun = 1'000'000;
inline constexpr std::uint32_t kMaxScan = 1'000'000;

struct Velocity {
  double x_mps = 0.0;
  double y_mps = 0.0;
};

// One aircraft at one scan.
struct TruthRow {
  std::uint32_t scan = 0;
  std::uint64_t target = 0;  // the file's column, an aircraft's number
  double x_m = 0.0;
  double y_m = 0.0;
  Velocity velocity;
};

// Covariance of a position, m².
struct PositionCovariance {
  double xx = 0.0;
  double xy = 0.0;
  double yy = 0.0;
};

// One track after one scan.
struct EstimateRow {
  std::uint32_t run = 0;
  std::uint32_t scan = 0;
  std::uint64_t track = 0;
  double x_m = 0.0;
  double y_m = 0.0;
  std::optional<Velocity> velocity;
  std::optional<PositionCovariance> covariance;
};

// What a reference filter reached over the scans of one run: sums of GOSPA² and of its parts, m².
struct ReferenceRow {
  std::string filter;
  std::uint32_t run = 0;
  double total = 0.0;
  double localisation = 0.0;
  double missed = 0.0;
  double false_tracks = 0.0;
};

// Columns k,target,x,vx,y,vy, by their names in the first line, in any order. By scan, then target;
// a target twice in a scan is an error.
[[nodiscard]] base::Result<std::vector<TruthRow>> parse_set_truth(const NamedText& file);
// Columns run,k,track,x,y and, if all of a group are there, vx,vy and pxx,pxy,pyy. A covariance
// that is not positive definite is an error. By run, scan, track; a track twice in a scan is an
// error, and so is a scan after `scans`.
[[nodiscard]] base::Result<std::vector<EstimateRow>> parse_estimates(const NamedText& file,
                                                                     std::uint32_t scans);
// Columns filter,run,sum_gospa2,sum_loc,sum_missed,sum_false; others are left unread. In the order
// of the file; a run twice for a filter is an error.
[[nodiscard]] base::Result<std::vector<ReferenceRow>> parse_reference(const NamedText& file);
// The runs that a file of plots has, ascending: its column run alone is read.
[[nodiscard]] base::Result<std::vector<std::uint32_t>> parse_runs(const NamedText& file);

}  // namespace liptako::assess
