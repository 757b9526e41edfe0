#include "assess/set_score.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "assess/gospa.hpp"
#include "base/math.hpp"

namespace liptako::assess {
namespace {

using Point = geo::Position<geo::Enu>;

double square(double x) { return x * x; }

// Apart from each other; the numbers of targets are below, or the flights of two runs may count as
// one.
constexpr std::uint64_t kFlightsOfARun = std::uint64_t{1} << 40;

// A consecutive piece of sorted rows.
template <class T>
using Rows = std::span<const T>;

// The rows of one scan, of rows in order of scans: scans are asked for in ascending order.
template <class T>
class ByScan {
 public:
  explicit ByScan(Rows<T> rows) : rest_(rows) {}
  Rows<T> at(std::uint32_t scan) {
    std::size_t begin = 0;
    while (begin < rest_.size() && rest_[begin].scan < scan) ++begin;
    std::size_t end = begin;
    while (end < rest_.size() && rest_[end].scan == scan) ++end;
    const Rows<T> found = rest_.subspan(begin, end - begin);
    rest_ = rest_.subspan(end);
    return found;
  }

 private:
  Rows<T> rest_;
};

template <class T>
std::vector<Point> points_of(Rows<T> rows) {
  std::vector<Point> points;
  points.reserve(rows.size());
  for (const T& row : rows) points.push_back({row.x_m, row.y_m, 0.0});
  return points;
}

GospaOptions squared_within(double cutoff_m) {
  GospaOptions options;
  options.cutoff = base::Length::from_metres(cutoff_m);
  return options;
}

void add(SquareSums& sums, const Gospa& gospa) {
  sums.localisation += gospa.localisation;
  sums.missed += gospa.missed;
  sums.false_tracks += gospa.false_tracks;
  ++sums.scans;
}

TrajectoryGospa trajectories_within(double cutoff_m) {
  TrajectoryGospaOptions options;
  options.gospa = squared_within(cutoff_m);
  options.switch_penalty = base::Length::from_metres(kSwitchPenaltyOfCutoff * cutoff_m);
  return TrajectoryGospa(options);
}

void take(TrajectoryGospa& metric,
          const Gospa& gospa,
          Rows<TruthRow> truth,
          Rows<EstimateRow> shown) {
  std::vector<NearPair> near;
  near.reserve(gospa.within.size());
  for (const Pair& pair : gospa.within)
    near.push_back({truth[pair.truth].target, shown[pair.track].track, pair.distance_m});
  metric.take(near, truth.size(), shown.size());
}

// `first_flight` is added to the numbers of targets, so that one run's flights are not another's.
void take(Siap& siap,
          const Gospa& gospa,
          Rows<TruthRow> truth,
          Rows<EstimateRow> shown,
          std::uint64_t first_flight) {
  std::vector<std::uint64_t> flights;
  for (const TruthRow& row : truth) flights.push_back(first_flight + row.target);
  std::vector<Siap::Association> own;
  for (const Pair& pair : associated(gospa, shown.size()))
    own.push_back({flights[pair.truth], shown[pair.track].track, pair.distance_m});
  siap.take(flights, shown.size(), own);
}

std::optional<double> normalised_error(const TruthRow& truth, const EstimateRow& track) {
  if (!track.covariance) return std::nullopt;
  const PositionCovariance& c = *track.covariance;
  return normalised_square({track.x_m - truth.x_m, track.y_m - truth.y_m}, c.xx, c.xy, c.yy);
}

Rows<EstimateRow> rows_of_run(Rows<EstimateRow> estimates, std::uint32_t run) {
  const auto begin = std::lower_bound(
      estimates.begin(), estimates.end(), run, [](const EstimateRow& row, std::uint32_t r) {
        return row.run < r;
      });
  const auto end =
      std::upper_bound(begin, estimates.end(), run, [](std::uint32_t r, const EstimateRow& row) {
        return r < row.run;
      });
  return {begin, end};
}

std::vector<std::uint32_t> runs_of(Rows<EstimateRow> estimates) {
  std::vector<std::uint32_t> runs;
  for (const EstimateRow& row : estimates) {
    if (runs.empty() || runs.back() != row.run) runs.push_back(row.run);
  }
  return runs;
}

std::optional<double> root_mean(double sum, std::uint64_t count) {
  if (count == 0) return std::nullopt;
  return std::sqrt(sum / static_cast<double>(count));
}

std::string number_or_null(std::optional<double> value, int decimals) {
  if (!value || !std::isfinite(*value)) return "null";
  return fmt::format("{:.{}f}", *value, decimals);
}

// Beside the reference `filter`; what both have is counted a run of the reference at a time.
ReferenceScore beside(const PointSet& set,
                      const std::string& filter,
                      const std::map<std::uint32_t, SquareSums>& ours,
                      Rows<ReferenceRow> reference) {
  ReferenceScore score;
  score.filter = filter;
  std::vector<PairedSums> pairs;
  for (const ReferenceRow& row : reference) {
    if (row.filter != filter) continue;
    const auto found = ours.find(row.run);
    if (found == ours.end()) continue;
    // Of a pair of agents one may be missing: means over scans compare, sums do not.
    const SquareSums& sums = found->second;
    const std::uint64_t scans = std::uint64_t{kPointScans} * set.agents;
    const double per_scan = static_cast<double>(scans) / static_cast<double>(sums.scans);
    score.ours += SquareSums{
        sums.localisation * per_scan, sums.missed * per_scan, sums.false_tracks * per_scan, scans};
    score.theirs += SquareSums{row.localisation, row.missed, row.false_tracks, scans};
    // Their total as written: the parts are rounded each for itself.
    pairs.push_back({sums.total() * per_scan, row.total});
    ++score.runs;
  }
  score.paired = paired_ratio(pairs);
  return score;
}

// Direction of flight in degrees, clockwise from the y axis.
double heading_deg(const Velocity& v) {
  return base::Angle::from_radians(base::atan2(v.x_mps, v.y_mps)).degrees();
}

double heading_error_deg(const Velocity& a, const Velocity& b) {
  const double error = (heading_deg(a) - heading_deg(b)) * base::kRadiansPerDegree;
  return base::wrap_pi(error) / base::kRadiansPerDegree;
}

double speed_mps(const Velocity& v) { return std::sqrt(square(v.x_mps) + square(v.y_mps)); }

bool moves(const Velocity& v) { return v.x_mps != 0.0 || v.y_mps != 0.0; }

std::uint64_t number_of(const TruthRow& row) { return row.target; }
std::uint64_t number_of(const EstimateRow& row) { return row.track; }

// The row of one aircraft or track in a scan; null if it is not there.
template <class T>
const T* row_of(Rows<T> rows, std::uint64_t number) {
  const auto found =
      std::lower_bound(rows.begin(), rows.end(), number, [](const T& row, std::uint64_t n) {
        return number_of(row) < n;
      });
  return found != rows.end() && number_of(*found) == number ? &*found : nullptr;
}

// The velocity of a track: as written, or by its place at the scan before.
std::optional<Velocity> velocity_of(const EstimateRow& row, Rows<EstimateRow> before) {
  if (row.velocity) return row.velocity;
  const EstimateRow* last = row_of(before, row.track);
  if (last == nullptr) return std::nullopt;
  return Velocity{(row.x_m - last->x_m) / kTrafficScanS, (row.y_m - last->y_m) / kTrafficScanS};
}

bool turns(const TruthRow& row, Rows<TruthRow> before) {
  const TruthRow* last = row_of(before, row.target);
  return last != nullptr &&
         std::fabs(heading_error_deg(row.velocity, last->velocity)) > kTrafficTurnDeg;
}

void note(PhaseErrors& errors,
          const TruthRow& truth,
          double distance_m,
          const std::optional<Velocity>& velocity) {
  ++errors.matched;
  errors.square_position_m2 += square(distance_m);
  if (!velocity || !moves(*velocity) || !moves(truth.velocity)) return;
  ++errors.headings;
  errors.square_heading_deg2 += square(heading_error_deg(*velocity, truth.velocity));
  errors.square_speed_m2s2 += square(speed_mps(*velocity) - speed_mps(truth.velocity));
}

}  // namespace

TrajectorySums& TrajectorySums::operator+=(const TrajectoryScore& score) {
  parts += {score.localisation, score.missed, score.false_tracks, score.instants};
  switches += score.switches;
  switch_count += score.switch_count;
  lower_bound += score.lower_bound;
  return *this;
}

SquareSums& SquareSums::operator+=(const SquareSums& other) {
  localisation += other.localisation;
  missed += other.missed;
  false_tracks += other.false_tracks;
  scans += other.scans;
  return *this;
}

double SquareSums::rms_m(double sum) const {
  return scans == 0 ? 0.0 : std::sqrt(sum / static_cast<double>(scans));
}

base::Result<PointSetScore> score_point_set(const PointSet& set,
                                            std::span<const TruthRow> truth,
                                            std::span<const EstimateRow> estimates,
                                            std::span<const ReferenceRow> reference,
                                            std::span<const std::uint32_t> runs) {
  const GospaOptions options = squared_within(kPointCutoffM);
  const std::vector<std::uint32_t> present = runs_of(estimates);
  if (runs.empty()) runs = present;
  if (runs.empty()) return base::bad_input("the estimates have no rows");
  if (!truth.empty() && truth.back().scan > kPointScans) {
    return base::bad_input(
        fmt::format("the truth goes to scan {}, beyond {}", truth.back().scan, kPointScans));
  }
  std::vector<Rows<TruthRow>> truth_at;
  ByScan<TruthRow> by_scan(truth);
  for (std::uint32_t scan = 1; scan <= kPointScans; ++scan) truth_at.push_back(by_scan.at(scan));

  PointSetScore score;
  score.set = set;
  std::map<std::uint32_t, SquareSums> by_reference_run;
  Siap siap;
  for (const std::uint32_t run : runs) {
    ByScan<EstimateRow> held(rows_of_run(estimates, run));
    SquareSums sums;
    TrajectoryGospa trajectories = trajectories_within(kPointCutoffM);
    std::vector<Rows<EstimateRow>> shown_at;
    for (std::uint32_t scan = 1; scan <= kPointScans; ++scan) {
      const Rows<TruthRow> there = truth_at[scan - 1];
      const Rows<EstimateRow> shown = held.at(scan);
      const Gospa one = gospa<geo::Enu>(points_of(there), points_of(shown), options);
      add(sums, one);
      take(trajectories, one, there, shown);
      take(siap, one, there, shown, run * kFlightsOfARun);
      shown_at.push_back(shown);
    }
    score.sums += sums;
    const TrajectoryScore paired = trajectories.score();
    score.trajectories += paired;
    for (const TrajectoryScore::Held& held_pair : paired.held) {
      const auto nees =
          normalised_error(*row_of(truth_at[held_pair.instant], held_pair.pair.flight),
                           *row_of(shown_at[held_pair.instant], held_pair.pair.track));
      if (nees) score.nees.take(*nees);
    }
    by_reference_run[(run + set.agents - 1) / set.agents] += sums;
    ++score.runs;
  }

  score.siap = siap.score(kPointScanS / 3600.0);
  std::vector<std::string> filters{std::string(set.filter)};
  for (const ReferenceRow& row : reference) {
    if (std::find(filters.begin(), filters.end(), row.filter) == filters.end())
      filters.push_back(row.filter);
  }
  for (const std::string& filter : filters) {
    ReferenceScore one = beside(set, filter, by_reference_run, reference);
    if (one.runs > 0) score.references.push_back(std::move(one));
  }
  return score;
}

std::string to_json(const PointSetScore& score) {
  const bool compared =
      !score.references.empty() && score.references.front().filter == score.set.filter;
  std::optional<double> reference_rms, ratio;
  std::string interval = "null";
  if (compared) {
    const ReferenceScore& reference = score.references.front();
    reference_rms = reference.theirs.rms_m(reference.theirs.total());
    if (reference.paired) {
      ratio = reference.paired->ratio;
      if (const auto& bounds = reference.paired->interval)
        interval = fmt::format("[{:.4f},{:.4f}]", bounds->first, bounds->second);
    }
  }
  const SquareSums& sums = score.sums;
  return fmt::format(
      "{{\"set\":\"{}\",\"runs\":{},\"rms_gospa\":{:.4f},\"loc\":{:.4f},\"missed\":{:.4f},"
      "\"false\":{:.4f},\"reference_rms_gospa\":{},\"paired_ratio\":{},\"paired_ratio_ci95\":{}}}",
      score.set.name,
      score.runs,
      sums.rms_m(sums.total()),
      sums.rms_m(sums.localisation),
      sums.rms_m(sums.missed),
      sums.rms_m(sums.false_tracks),
      number_or_null(reference_rms, 4),
      number_or_null(ratio, 4),
      interval);
}

PhaseErrors& PhaseErrors::operator+=(const PhaseErrors& other) {
  aircraft += other.aircraft;
  matched += other.matched;
  headings += other.headings;
  square_position_m2 += other.square_position_m2;
  square_heading_deg2 += other.square_heading_deg2;
  square_speed_m2s2 += other.square_speed_m2s2;
  nees += other.nees;
  return *this;
}

std::optional<double> PhaseErrors::position_rms_m() const {
  return root_mean(square_position_m2, matched);
}
std::optional<double> PhaseErrors::heading_rms_deg() const {
  return root_mean(square_heading_deg2, headings);
}
std::optional<double> PhaseErrors::speed_rms_mps() const {
  return root_mean(square_speed_m2s2, headings);
}

double TrafficScore::per_aircraft_m(double sum) const {
  return aircraft == 0 ? 0.0 : sums.rms_m(sum) / std::sqrt(static_cast<double>(aircraft));
}

base::Result<TrafficScore> score_traffic(std::string_view set,
                                         std::span<const TruthRow> truth,
                                         std::span<const EstimateRow> estimates) {
  const GospaOptions options = squared_within(kTrafficCutoffM);
  TrafficScore score;
  score.set = set;
  score.headings_from_positions = !estimates.empty() && !estimates.front().velocity;
  std::vector<std::uint64_t> aircraft;
  for (const TruthRow& row : truth) aircraft.push_back(row.target);
  std::sort(aircraft.begin(), aircraft.end());
  score.aircraft =
      static_cast<std::uint64_t>(std::unique(aircraft.begin(), aircraft.end()) - aircraft.begin());
  const std::uint32_t scans = truth.empty() ? 0 : truth.back().scan;
  if (scans <= kTrafficGospaAfterScan)
    return base::bad_input(fmt::format("the truth has {} scans, too few to score", scans));

  ByScan<TruthRow> truths(truth);
  ByScan<EstimateRow> held(estimates);
  std::vector<Rows<TruthRow>> there(1);  // by scan
  std::vector<Rows<EstimateRow>> shown(1);
  TrajectoryGospa trajectories = trajectories_within(kTrafficCutoffM);
  Siap siap;
  for (std::uint32_t scan = 1; scan <= scans; ++scan) {
    there.push_back(truths.at(scan));
    shown.push_back(held.at(scan));
    const Gospa one = gospa<geo::Enu>(points_of(there.back()), points_of(shown.back()), options);
    if (scan > kTrafficGospaAfterScan) add(score.sums, one);
    take(trajectories, one, there.back(), shown.back());
    take(siap, one, there.back(), shown.back(), 0);
  }
  const auto phase = [&](const TruthRow& row) -> PhaseErrors& {
    return turns(row, there[row.scan - 1]) ? score.turn : score.straight;
  };
  for (std::uint32_t scan = kTrafficErrorsFromScan; scan <= scans; ++scan) {
    for (const TruthRow& row : there[scan]) ++phase(row).aircraft;
  }
  score.siap = siap.score(kTrafficScanS / 3600.0);
  const TrajectoryScore paired = trajectories.score();
  score.trajectories += paired;
  for (const TrajectoryScore::Held& one : paired.held) {
    const std::uint32_t scan = one.instant + 1;
    if (scan < kTrafficErrorsFromScan) continue;
    const TruthRow& row = *row_of(there[scan], one.pair.flight);
    const EstimateRow& track = *row_of(shown[scan], one.pair.track);
    note(phase(row), row, one.pair.distance_m, velocity_of(track, shown[scan - 1]));
    if (const auto nees = normalised_error(row, track)) phase(row).nees.take(*nees);
  }
  return score;
}

std::string to_json(const TrafficScore& score) {
  PhaseErrors all = score.straight;
  all += score.turn;
  return fmt::format(
      "{{\"set\":\"{}\",\"position_rms_m\":{},\"position_rms_straight_m\":{},"
      "\"position_rms_turn_m\":{},\"heading_rms_straight_deg\":{},\"heading_rms_turn_deg\":{},"
      "\"gospa_per_aircraft_m\":{:.3f}}}",
      score.set,
      number_or_null(all.position_rms_m(), 3),
      number_or_null(score.straight.position_rms_m(), 3),
      number_or_null(score.turn.position_rms_m(), 3),
      number_or_null(score.straight.heading_rms_deg(), 4),
      number_or_null(score.turn.heading_rms_deg(), 4),
      score.per_aircraft_m(score.sums.total()));
}

}  // namespace liptako::assess
