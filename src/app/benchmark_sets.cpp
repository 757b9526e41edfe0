#include "app/benchmark_sets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <tuple>

#include "base/math.hpp"
#include "track/cluster/pmbm.hpp"
#include "track/exchange/tracklet_look.hpp"

namespace liptako::app {
namespace {

constexpr std::uint32_t kMaxNumber = 1'000'000;  // of runs and scans; more is a slip
constexpr double kMaxCoordinate = 1e8;

std::string_view without_return(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::vector<std::string_view> cells_of(std::string_view line) {
  std::vector<std::string_view> cells;
  for (;;) {
    const std::size_t comma = line.find(',');
    cells.push_back(line.substr(0, comma));
    if (comma == std::string_view::npos) return cells;
    line.remove_prefix(comma + 1);
  }
}

template <class T>
bool parse_whole(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

class RunReader {
 public:
  explicit RunReader(std::span<const SetPlot> plots) : plots_(plots) {}

  [[nodiscard]] bool at_end() const { return at_ >= plots_.size(); }
  [[nodiscard]] std::uint32_t run() const { return plots_[at_].run; }
  // The plots of the run it stands at; moves on.
  [[nodiscard]] std::span<const SetPlot> take_run() {
    const std::size_t first = at_;
    while (at_ < plots_.size() && plots_[at_].run == plots_[first].run) ++at_;
    return plots_.subspan(first, at_ - first);
  }

 private:
  std::span<const SetPlot> plots_;
  std::size_t at_ = 0;
};

std::span<const SetPlot> scan_of(std::span<const SetPlot> run, std::uint32_t scan) {
  const auto [first, last] = std::ranges::equal_range(run, scan, {}, &SetPlot::scan);
  return {first, last};
}

// ---- A few targets that meet: models as stated with the sets ----

constexpr std::uint32_t kPointScans = 81;
constexpr double kPointField = 300.0;
constexpr double kSurvival = 0.99;  // a scan of 1 s
constexpr double kBirths = 0.005;   // a scan

struct PointModel {
  double noise_density = 0.02;
  double expected_at_start = 3.0;
  double birth_centre = 100.0;
  double birth_sd = 150.0;
};

track::PmbmOptions point_options(SetMode mode) {
  track::PmbmOptions options;
  options.mean_lifetime_s = -1.0 / base::log(kSurvival);
  if (mode == SetMode::operational) {
    options.max_hypotheses = 100;
    options.least_share = 5e-4;
  }
  return options;
}

track::Gaussian births_of(const PointModel& model) {
  track::Gaussian g;
  g.mean.x[track::kEast] = model.birth_centre;
  g.mean.x[track::kNorth] = model.birth_centre;
  g.P[track::packed(0, 0)] = g.P[track::packed(1, 1)] = model.birth_sd * model.birth_sd;
  g.P[track::packed(2, 2)] = g.P[track::packed(3, 3)] = 1.0;
  return g;
}

using PointFilter = track::PmbmFilter<track::ConstantVelocity>;

void begin_point_scan(PointFilter& filter, const PointModel& model, std::uint32_t scan) {
  if (scan > 1) filter.predict(1.0);
  filter.add_undetected(births_of(model), scan == 1 ? model.expected_at_start : kBirths);
}

std::vector<track::PlanePlot> plane_plots(std::span<const SetPlot> plots) {
  std::vector<track::PlanePlot> out;
  for (const SetPlot& plot : plots) out.push_back({plot.a, plot.b});
  return out;
}

void note_fit(SetSummary& summary, const std::string& sensor, const track::LookFit& fit) {
  auto it = std::ranges::find(summary.sensors, sensor, &SensorFit::sensor);
  if (it == summary.sensors.end())
    it = summary.sensors.insert(summary.sensors.end(), {sensor, 0.0, 0.0});
  it->plots += fit.plots;
  it->squares += fit.squares;
}

void count(SetSummary& summary, const track::PmbmCounts& counts) {
  summary.hypotheses += counts.hypotheses;
  summary.largest_cluster = std::max(summary.largest_cluster, counts.largest_cluster);
}

std::uint32_t scans_of(std::span<const SetPlot> run) {
  return run.empty() ? kPointScans : std::max(kPointScans, run.back().scan);
}

struct PlaneScene {
  PointModel model;
  track::PlaneSensor sensor;
  std::string name;
};

void track_plane_run(std::uint32_t run_number,
                     std::span<const SetPlot> run,
                     const PlaneScene& scene,
                     SetMode mode,
                     const std::function<void(const SetScan&)>& held,
                     SetSummary& summary) {
  PointFilter filter(point_options(mode), {scene.model.noise_density});
  for (std::uint32_t scan = 1; scan <= scans_of(run); ++scan) {
    begin_point_scan(filter, scene.model, scan);
    const auto plots = plane_plots(scan_of(run, scan));
    filter.update(track::PlaneLook(scene.sensor, plots));
    note_fit(summary, scene.name, filter.look_fit());
    held({run_number, scan, filter.estimate()});
    summary.plots += plots.size();
    ++summary.scans;
  }
  count(summary, filter.counts());
}

// ---- Two agents ----

struct Agents {
  PointModel model;
  track::PlaneSensor sensor;

  Agents() {
    model.noise_density = 0.01;
    sensor.variance = 4.0;
    sensor.detection_probability = 0.9;
    sensor.false_per_m2 = 10.0 / (kPointField * kPointField);
  }
};

using Pair = std::array<std::span<const SetPlot>, 2>;

std::uint32_t scans_of(const Pair& agents) {
  return std::max(scans_of(agents[0]), scans_of(agents[1]));
}

std::string name_of_agent(std::size_t agent) { return fmt::format("agent {}", agent + 1); }

// Plots exchanged after every scan: each has all of them, and so both hold the same.
void track_pair_by_plots(std::uint32_t pair,
                         const Pair& agents,
                         SetMode mode,
                         const std::function<void(const SetScan&)>& held,
                         SetSummary& summary) {
  const Agents stated;
  PointFilter filter(point_options(mode), {stated.model.noise_density});
  const std::uint32_t scans = scans_of(agents);
  std::vector<std::vector<track::ReportedPoint>> all;
  for (std::uint32_t scan = 1; scan <= scans; ++scan) {
    begin_point_scan(filter, stated.model, scan);
    for (std::size_t agent = 0; agent < agents.size(); ++agent) {
      const auto plots = plane_plots(scan_of(agents[agent], scan));
      filter.update(track::PlaneLook(stated.sensor, plots));
      note_fit(summary, name_of_agent(agent), filter.look_fit());
      summary.plots += plots.size();
    }
    const auto now = filter.estimate();
    all.emplace_back(now.begin(), now.end());
    summary.scans += 2;
  }
  for (std::uint32_t agent = 0; agent < 2; ++agent) {
    for (std::uint32_t scan = 1; scan <= scans; ++scan) {
      held({2 * pair - 1 + agent, scan, all[scan - 1]});
    }
  }
  count(summary, filter.counts());
}

// An agent that is told tracks has two filters: `own` knows its own plots alone, and is what it
// tells of; `picture` knows what it was told besides, and is what it holds.
struct Agent {
  PointFilter own;
  PointFilter picture;
  track::TrackletSource from_other;
};

constexpr std::uint32_t kScansBetweenTracks = 10;
// A target seen for ten scans at 0.9 is in the sender's picture but for those that the sender takes
// for one with a neighbour, or has lost.
constexpr double kUnseenAmongTracks = 0.02;
constexpr double kLeastToldExistence = 0.1;

track::SharedPicture told_by(std::uint32_t agent, PointFilter& own, std::uint32_t scan) {
  const Agents stated;
  track::SharedPicture picture;
  picture.origin = agent;
  picture.sequence = scan / kScansBetweenTracks;
  picture.time = base::Timestamp() + base::seconds(scan);
  picture.sensors = std::uint64_t{1} << agent;
  picture.unseen = kUnseenAmongTracks;
  picture.births = kBirths * kScansBetweenTracks;
  if (scan == kScansBetweenTracks) picture.births += stated.model.expected_at_start;
  picture.births_at = births_of(stated.model);
  track::SetEstimateOptions report = point_options(SetMode::operational).report;
  report.least_existence = kLeastToldExistence;
  picture.tracks = track::shared_tracks(own.estimate(report));
  return picture;
}

void track_pair_by_tracks(std::uint32_t pair,
                          const Pair& agents,
                          SetMode mode,
                          const std::function<void(const SetScan&)>& held,
                          SetSummary& summary) {
  const Agents stated;
  const track::ConstantVelocity motion{stated.model.noise_density};
  const track::PmbmOptions options = point_options(mode);
  const track::ExchangeOptions exchange{motion, options.mean_lifetime_s};
  std::vector<Agent> sides;
  for (std::uint32_t agent = 0; agent < 2; ++agent) {
    sides.push_back({PointFilter(options, motion),
                     PointFilter(options, motion),
                     track::TrackletSource(exchange, std::uint64_t{1} << agent)});
  }
  const std::uint32_t scans = scans_of(agents);
  std::array<std::vector<std::vector<track::ReportedPoint>>, 2> all;
  for (std::uint32_t scan = 1; scan <= scans; ++scan) {
    for (std::size_t agent = 0; agent < sides.size(); ++agent) {
      const auto plots = plane_plots(scan_of(agents[agent], scan));
      for (PointFilter* filter : {&sides[agent].own, &sides[agent].picture}) {
        begin_point_scan(*filter, stated.model, scan);
        filter->update(track::PlaneLook(stated.sensor, plots));
      }
      note_fit(summary, name_of_agent(agent), sides[agent].picture.look_fit());
      summary.plots += plots.size();
      ++summary.scans;
    }
    if (scan % kScansBetweenTracks == 0) {
      for (std::uint32_t agent = 0; agent < 2; ++agent) {
        Agent& other = sides[1 - agent];
        const auto news = other.from_other.take(told_by(agent, sides[agent].own, scan));
        other.picture.update(track::TrackletLook(news));
      }
    }
    for (std::size_t agent = 0; agent < sides.size(); ++agent) {
      const auto now = sides[agent].picture.estimate();
      all[agent].emplace_back(now.begin(), now.end());
    }
  }
  for (std::uint32_t agent = 0; agent < 2; ++agent) {
    for (std::uint32_t scan = 1; scan <= scans; ++scan) {
      held({2 * pair - 1 + agent, scan, all[agent][scan - 1]});
    }
    count(summary, sides[agent].picture.counts());
  }
}

void track_pair(std::uint32_t pair,
                const Pair& agents,
                const SetHow& how,
                const std::function<void(const SetScan&)>& held,
                SetSummary& summary) {
  switch (how.exchange) {
    case SetExchange::plots:
      return track_pair_by_plots(pair, agents, how.mode, held, summary);
    case SetExchange::tracks:
      return track_pair_by_tracks(pair, agents, how.mode, held, summary);
    case SetExchange::none:
      break;
  }
  const Agents stated;
  for (std::uint32_t agent = 0; agent < 2; ++agent) {
    track_plane_run(2 * pair - 1 + agent,
                    agents[agent],
                    {stated.model, stated.sensor, name_of_agent(agent)},
                    how.mode,
                    held,
                    summary);
  }
}

void track_polar_run(std::uint32_t run_number,
                     std::span<const SetPlot> run,
                     SetMode mode,
                     const std::function<void(const SetScan&)>& held,
                     SetSummary& summary) {
  PointModel model;
  model.noise_density = 0.01;
  model.expected_at_start = 1.0;
  model.birth_centre = 180.0;
  model.birth_sd = 100.0;
  track::PolarSensor sensor;
  sensor.east = 100.0;
  sensor.north = 100.0;
  sensor.azimuth_variance = 1e-3;  // von Mises, kappa 1000
  sensor.range_variance = 3.0;
  sensor.false_per_m_rad = 10.0 / (2.0 * base::kPi * 290.0);
  sensor.detection_range = 900.0;
  PointFilter filter(point_options(mode), {model.noise_density});
  for (std::uint32_t scan = 1; scan <= scans_of(run); ++scan) {
    begin_point_scan(filter, model, scan);
    std::vector<track::PolarPlot> plots;
    for (const SetPlot& plot : scan_of(run, scan)) plots.push_back({plot.a, plot.b});
    filter.update(track::PolarLook(sensor, plots));
    note_fit(summary, "polar", filter.look_fit());
    held({run_number, scan, filter.estimate()});
    summary.plots += plots.size();
    ++summary.scans;
  }
  count(summary, filter.counts());
}

// ---- Air traffic under one radar ----

constexpr double kScanPeriod = 4.0;

// Straight flight at constant speed, and turns of 20 to 60 s at constant rates between 1 and 3
// deg/s that take 34 % of the time. The turning modes stand in the middle of each half of these
// rates, a little inside, and their noise makes up for what is between; straight flight changes its
// speed little. Mean straight flight would be 78 s: a turn is thought likelier than it is, since
// one found late costs more than one feared in vain.
track::Manoeuvring traffic_motion() {
  track::ImmOptions options;
  for (int m = 0; m < track::kModes; ++m) {
    const double sign = m % 2 == 1 ? 1.0 : -1.0;
    const double rate = m == 0 ? 0.0 : sign * (m < 3 ? 1.45 : 2.65);
    options.turn_rate[m] = rate * base::kRadiansPerDegree;
  }
  options.noise_density = {0.05, 1.0, 1.0, 1.0, 1.0};
  options.sojourn_s = {60.0, 40.0, 40.0, 40.0, 40.0};
  options.turn_to_straight = 0.9;
  return {track::ImmModel(options)};
}

// One aircraft a square of 10 km, a fifth as many false plots a scan; 120 to 250 m/s in all
// directions. How long an aircraft is there is not stated: an hour, and as many come as go.
void track_traffic(std::uint32_t run_number,
                   std::span<const SetPlot> plots,
                   SetMode mode,
                   const std::function<void(const SetScan&)>& held,
                   SetSummary& summary) {
  constexpr double kAircraftPerM2 = 1e-8;
  track::PmbmOptions options;
  options.mean_lifetime_s = 3600.0;
  options.undetected_per_m2 = kAircraftPerM2;
  options.births_per_m2_s = kAircraftPerM2 / options.mean_lifetime_s;
  options.birth_velocity_sd = 134.0;
  options.report.cutoff_m = 1000.0;
  options.recycle_existence = 1e-2;
  options.max_faint = 100'000;
  options.gate = 30.0;  // the tails of five modes reach further than those of their Gaussian
  if (mode == SetMode::operational) {
    options.max_hypotheses = 100;
    options.least_share = 5e-4;
  }
  track::PlaneSensor sensor;
  sensor.variance = 60.0 * 60.0;
  sensor.detection_probability = 0.95;
  sensor.false_per_m2 = 0.2 * kAircraftPerM2;
  track::PmbmFilter<track::Manoeuvring> filter(options, traffic_motion());
  const std::uint32_t scans = plots.empty() ? 0 : plots.back().scan;
  for (std::uint32_t scan = 1; scan <= scans; ++scan) {
    if (scan > 1) filter.predict(kScanPeriod);
    const auto now = plane_plots(scan_of(plots, scan));
    filter.update(track::PlaneLook(sensor, now));
    note_fit(summary, "radar", filter.look_fit());
    held({run_number, scan, filter.estimate()});
    summary.plots += now.size();
    ++summary.scans;
  }
  count(summary, filter.counts());
}

bool is_traffic(const std::string& set) { return set.starts_with("atc"); }

}  // namespace

base::Result<std::vector<SetPlot>> parse_set_plots(std::string_view text, const std::string& name) {
  const auto fault = [&](std::size_t line, std::string_view what) {
    return base::bad_input(fmt::format("{}:{}: {}", name, line, what));
  };
  std::vector<SetPlot> plots;
  std::size_t line_number = 0;
  std::size_t columns = 0;
  bool has_run = false;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = without_return(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++line_number;
    const auto cells = cells_of(line);
    if (line_number == 1) {
      has_run = cells[0] == "run";
      columns = has_run ? 4 : 3;
      if (cells.size() != columns || cells[has_run ? 1 : 0] != "k") {
        return fault(1, "the first line is not run,k and two more names, or k and two more");
      }
      continue;
    }
    if (line.empty()) continue;
    if (cells.size() != columns) {
      return fault(line_number, fmt::format("{} columns, not {}", cells.size(), columns));
    }
    SetPlot plot;
    std::size_t c = 0;
    if (has_run && (!parse_whole(cells[c++], plot.run) || plot.run < 1 || plot.run > kMaxNumber)) {
      return fault(line_number, "run is not a number from 1 to 1000000");
    }
    if (!parse_whole(cells[c++], plot.scan) || plot.scan < 1 || plot.scan > kMaxNumber) {
      return fault(line_number, "k is not a number from 1 to 1000000");
    }
    for (double* value : {&plot.a, &plot.b}) {
      if (!parse_whole(cells[c++], *value) || !(std::fabs(*value) <= kMaxCoordinate)) {
        return fault(line_number, fmt::format("'{}' is not a coordinate", cells[c - 1]));
      }
    }
    plots.push_back(plot);
  }
  if (line_number == 0) return fault(1, "the file is empty");
  std::ranges::sort(plots, {}, [](const SetPlot& p) { return std::tie(p.run, p.scan, p.a, p.b); });
  return plots;
}

base::Result<RunRange> parse_run_range(const std::string& text) {
  RunRange range;
  if (text.empty()) return range;
  const std::string_view all = text;
  const std::size_t dash = all.find('-');
  const std::string_view last = dash == std::string_view::npos ? all : all.substr(dash + 1);
  if (!parse_whole(all.substr(0, dash), range.first) || !parse_whole(last, range.last) ||
      range.first < 1 || range.last < range.first) {
    return std::unexpected(
        base::Error{base::ErrorKind::usage, fmt::format("--runs: {}: not A or A-B", text)});
  }
  return range;
}

bool is_benchmark_set(const std::string& set) {
  if (set == "s1" || set == "s1b" || set == "s2" || set == "s3") return true;
  std::uint32_t aircraft = 0;
  return is_traffic(set) && parse_whole(std::string_view(set).substr(3), aircraft);
}

std::string plots_file_of(const std::string& set) { return set + "_meas.csv"; }

SetSummary track_set(const std::string& set,
                     const SetHow& how,
                     std::span<const SetPlot> plots,
                     const RunRange& runs,
                     const std::function<void(const SetScan&)>& held) {
  SetSummary summary;
  if (is_traffic(set)) {
    std::uint32_t aircraft = 0;
    (void)parse_whole(std::string_view(set).substr(3), aircraft);
    track_traffic(aircraft, plots, how.mode, held, summary);
    return summary;
  }
  RunReader reader(plots);
  track::PlaneSensor sensor;
  sensor.variance = 1.0;
  sensor.detection_probability = set == "s1b" ? 0.7 : 0.9;
  sensor.false_per_m2 = (set == "s1b" ? 20.0 : 10.0) / (kPointField * kPointField);
  while (!reader.at_end()) {
    const std::uint32_t number = reader.run();
    const auto run = reader.take_run();
    const bool wanted = number >= runs.first && (runs.last == 0 || number <= runs.last);
    if (set == "s2") {
      const std::uint32_t pair = (number + 1) / 2;
      std::array<std::span<const SetPlot>, 2> agents = {};
      agents[(number + 1) % 2] = run;
      const bool other_follows = number % 2 == 1 && !reader.at_end() && reader.run() == number + 1;
      if (other_follows) agents[1] = reader.take_run();
      const bool either = 2 * pair >= runs.first && (runs.last == 0 || 2 * pair - 1 <= runs.last);
      if (either) track_pair(pair, agents, how, held, summary);
    } else if (!wanted) {
      continue;
    } else if (set == "s3") {
      track_polar_run(number, run, how.mode, held, summary);
    } else {
      track_plane_run(number, run, {{}, sensor, "plane"}, how.mode, held, summary);
    }
  }
  return summary;
}

}  // namespace liptako::app
