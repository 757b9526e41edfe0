// How good the tracker is on the benchmark sets, beside the filters that were given the same plots;
// and how good the picture of each nation is over a simulated day's busiest minutes: GOSPA and its
// parts, update probability, position error, by nation and by what sees the aircraft
// (docs/SCORING.md).
//
//   bench_quality [--quick] [--minutes N] [--seed N] [--update-interval SECONDS]
//                 [--scenario FILE] [--data FOLDER] [--sets-only] [--set NAME] [--late] [--json]
//   bench_quality --recordings [--data FOLDER]
//   bench_quality --en-route [--minutes N | --hours N] [--seed N] [--perfect] [--still-air]
//                 [--mlat-bias METRES] [--json]
//   bench_quality --pathologies [--scenario NAME]... [--seeds N] [--json]
//   bench_quality --swaps [--hours N] [--seed N] [--json]
//   bench_quality --pairs [--seeds N] [--seed N] [--json]
//   bench_quality --terrain
//   bench_quality --pictures [FOLDER]
//
// --en-route scores registration alone: scenarios/en-route.toml, ten minutes to learn and N scored,
// by a tracker that registers its sensors and by one that does not; --perfect leaves the biases
// out, --still-air the wind, --mlat-bias puts positions of multilateration so far east and half as
// far south. It is part of the first, too.
//
// --swaps flies aircraft with addresses close to each other for N flight hours (300; the goal is
// of 30,000) and counts numbers that go over; --pairs flies pairs that a radar alone sees, N of
// each kind (20), and sets the numbers exchanged beside the best possible decision. Both are part
// of the first, too.
//
// --terrain prints what the ground of data/region hides from radars there, and how good its heights
// are.
//
// --pictures writes the pictures of docs/TRACKER.md, there or into FOLDER.
//
// --recordings prints instead what the tracker makes of recordings of real sensors
// (docs/RECORDINGS.md); they are in FOLDER, or in surveillance/asterix/ of the same places.
// --quick scores 5 minutes and five runs of a set, otherwise 20 and all; --json prints one line a
// set and mode, then one a nation. --pathologies alone: what of scenarios/doubts, or of those
// named, is found, over 20 seeds (docs/DOUBTS.md). The sets are in FOLDER, or in tracking/ of
// LIPTAKO_SHARED_DATA, or beside the repository.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "assess/pathologies.hpp"
#include "assess/report.hpp"
#include "doubts_run.hpp"
#include "en_route_run.hpp"
#include "late_run.hpp"
#include "nations_run.hpp"
#include "pairs_run.hpp"
#include "pictures.hpp"
#include "recordings_run.hpp"
#include "sets_run.hpp"
#include "swaps_run.hpp"
#include "terrain_run.hpp"

namespace {

using namespace liptako;

struct Arguments {
  bench::NationsRunOptions run;
  std::string scenario = LIPTAKO_SOURCE_DIR "/scenarios/sahel24.toml";
  std::string data;
  std::string set;  // one alone
  std::uint32_t runs = 0;
  bool sets_only = false;
  bool en_route_only = false;
  bool perfect = false;
  bool still_air = false;
  double mlat_bias_m = 0.0;
  bool recordings = false;
  bool data_given = false;
  bool late = false;
  bool pathologies = false;
  std::vector<std::string_view> named;  // scenarios
  bool swaps = false;
  bool pairs = false;
  bool terrain = false;
  std::string pictures;  // folder
  std::uint32_t seeds = 20;
  bool json = false;
  std::optional<double> hours;
  bool wrong = false;
};

Arguments arguments_of(int argc, char** argv) {
  Arguments a;
  const char* shared = std::getenv("LIPTAKO_SHARED_DATA");
  a.data =
      std::string(shared != nullptr ? shared : LIPTAKO_SOURCE_DIR "/../shared/data") + "/tracking";
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const bool has_value = i + 1 < argc;
    if (argument == "--json") {
      a.json = true;
    } else if (argument == "--quick") {
      a.run.length = std::chrono::minutes(5);
      a.runs = 5;
      a.seeds = 2;
      a.hours = 60.0;
    } else if (argument == "--en-route") {
      a.en_route_only = true;
    } else if (argument == "--perfect") {
      a.perfect = true;
    } else if (argument == "--still-air") {
      a.still_air = true;
    } else if (argument == "--sets-only") {
      a.sets_only = true;
    } else if (argument == "--mlat-bias" && has_value) {
      a.mlat_bias_m = std::strtod(argv[++i], nullptr);
    } else if (argument == "--late") {
      a.late = true;
    } else if (argument == "--set" && has_value) {
      a.set = argv[++i];
      a.sets_only = true;
    } else if (argument == "--pairs") {
      a.pairs = true;
    } else if (argument == "--terrain") {
      a.terrain = true;
    } else if (argument == "--swaps") {
      a.swaps = true;
    } else if (argument == "--pathologies") {
      a.pathologies = true;
    } else if (argument == "--pictures") {
      a.pictures = has_value ? argv[++i] : LIPTAKO_SOURCE_DIR "/docs/images/tracker";
    } else if (argument == "--seeds" && has_value) {
      a.seeds = static_cast<std::uint32_t>(std::strtoul(argv[++i], nullptr, 10));
    } else if (argument == "--data" && has_value) {
      a.data = argv[++i];
      a.data_given = true;
    } else if (argument == "--recordings") {
      a.recordings = true;
    } else if (argument == "--minutes" && has_value) {
      a.run.length = std::chrono::minutes(std::strtol(argv[++i], nullptr, 10));
    } else if (argument == "--hours" && has_value) {
      a.hours = std::strtod(argv[++i], nullptr);
    } else if (argument == "--seed" && has_value) {
      a.run.seed = std::strtoull(argv[++i], nullptr, 10);
    } else if (argument == "--update-interval" && has_value) {
      a.run.score.update_interval = std::chrono::seconds(std::strtol(argv[++i], nullptr, 10));
    } else if (argument == "--scenario" && has_value) {
      a.scenario = argv[++i];
      a.named.emplace_back(argv[i]);
    } else {
      a.wrong = true;
    }
  }
  if (a.hours && a.en_route_only)
    a.run.length =
        std::chrono::round<base::Duration>(std::chrono::duration<double>(*a.hours * 3600));
  a.wrong = a.wrong || (a.hours && !(*a.hours > 0.0 && *a.hours < 1e6)) ||
            a.run.length <= base::Duration::zero() || !a.run.score.validate();
  return a;
}

double metres(std::optional<base::Length> length) { return length ? length->metres() : 0.0; }
double percent(std::optional<double> share) { return share ? 100.0 * *share : 0.0; }

void print_table(const std::vector<bench::NationScore>& nations) {
  fmt::print("{:<14}{:>7}{:>9}{:>9}{:>9}{:>9}{:>8}{:>9}{:>9}{:>9}\n",
             "nation",
             "due",
             "GOSPA",
             "loc",
             "missed",
             "false",
             "found",
             "updated",
             "pos RMS",
             "alt RMS");
  for (const bench::NationScore& nation : nations) {
    const assess::Score& s = nation.score;
    const auto altitude = s.all.altitude_rms();
    fmt::print(
        "{:<14}{:>7.1f}{:>9.0f}{:>9.0f}{:>9.0f}{:>9.0f}{:>7.2f}%{:>8.2f}%{:>8.0f}m{:>7.0f}ft\n",
        nation.node,
        s.instants == 0 ? 0.0
                        : static_cast<double>(s.all.expected) / static_cast<double>(s.instants),
        s.gospa.rms_m,
        s.gospa.localisation_rms_m,
        s.gospa.missed_rms_m,
        s.gospa.false_rms_m,
        percent(s.all.found_share()),
        percent(s.all.update_probability()),
        metres(s.all.position_rms()),
        altitude ? altitude->feet() : 0.0);
    for (std::size_t i = 0; i < bench::kSituationNames.size(); ++i) {
      const assess::Tally& tally = s.groups[i];
      if (tally.expected == 0) continue;
      fmt::print("  {:<19}{:>6.1f}{:>32}{:>9.2f}%{:>8.2f}%{:>8.0f}m\n",
                 bench::kSituationNames[i],
                 static_cast<double>(tally.expected) / static_cast<double>(s.instants),
                 "",
                 percent(tally.found_share()),
                 percent(tally.update_probability()),
                 metres(tally.position_rms()));
    }
    fmt::print(
        "  tracks per aircraft {:.4f}, number changes {:.3f} per flight hour, false tracks {:.2f} "
        "per hour, confirmation {:.1f} s ({})\n",
        s.all.tracks_per_aircraft().value_or(0.0),
        s.number_changes_per_flight_hour().value_or(0.0),
        s.strays_per_hour().value_or(0.0),
        s.mean_confirmation ? base::to_seconds(*s.mean_confirmation) : 0.0,
        s.confirmations);
  }
}

std::string_view name_of(app::SetMode mode) {
  return mode == app::SetMode::research ? "research" : "operational";
}

void print_row(const assess::PointSetScore& score) {
  const assess::SquareSums& sums = score.sums;
  fmt::print("{:>5}{:>8.3f}{:>7.3f}{:>8.3f}{:>7.3f}",
             score.runs,
             sums.rms_m(sums.total()),
             sums.rms_m(sums.localisation),
             sums.rms_m(sums.missed),
             sums.rms_m(sums.false_tracks));
  for (const assess::ReferenceScore& one : score.references) {
    if (one.filter != score.set.filter) continue;
    fmt::print("  {} {:.3f}", one.filter, one.theirs.rms_m(one.theirs.total()));
    if (!one.paired) continue;
    fmt::print(", ratio {:.4f}", one.paired->ratio);
    if (const auto& interval = one.paired->interval)
      fmt::print(" ({:.4f}..{:.4f})", interval->first, interval->second);
    fmt::print(" over {}", one.runs);
  }
}

void print_row(const assess::TrafficScore& score) {
  assess::PhaseErrors all = score.straight;
  all += score.turn;
  fmt::print(
      "  position {:.1f} m ({:.1f} straight, {:.1f} turning), angle {:.2f} and {:.2f} deg, "
      "GOSPA {:.1f} m an aircraft",
      all.position_rms_m().value_or(0.0),
      score.straight.position_rms_m().value_or(0.0),
      score.turn.position_rms_m().value_or(0.0),
      score.straight.heading_rms_deg().value_or(0.0),
      score.turn.heading_rms_deg().value_or(0.0),
      score.per_aircraft_m(score.sums.total()));
}

// Consistency: NEES over its dimension, and the share of errors within the 95 % ellipse.
void print_nees(std::string_view of, const assess::Consistency& nees) {
  if (nees.count() == 0) return;
  fmt::print(
      "{:9}{} NEES {:.3f}, {:.1f} % inside\n", "", of, *nees.mean(), 100.0 * *nees.inside_95());
}
void print_consistency(const assess::PointSetScore& score) { print_nees("all", score.nees); }
void print_consistency(const assess::TrafficScore& score) {
  print_nees("straight", score.straight.nees);
  print_nees("turning", score.turn.nees);
}

std::string name_of(const assess::PointSetScore& score) { return std::string(score.set.name); }
std::string name_of(const assess::TrafficScore& score) { return score.set; }

std::string_view exchange_of(const app::SetHow& how) {
  switch (how.exchange) {
    case app::SetExchange::plots:
      return "plots";
    case app::SetExchange::tracks:
      return "tracks";
    case app::SetExchange::none:
      break;
  }
  return "none";
}

// As in the first column; the exchange is that of s2 and every ten scans for tracks.
std::string label_of(const std::string& set, const app::SetHow& how) {
  if (how.exchange == app::SetExchange::tracks) return set + " tracks";
  return how.exchange == app::SetExchange::none ? set + " none" : set;
}

void print_sets(const std::vector<bench::SetResult>& sets, bool as_json) {
  if (!as_json) {
    fmt::print("{:<10}{:<12}{:>9}{:>9}{:>5}{:>8}{:>7}{:>8}{:>7}  reference\n",
               "set",
               "mode",
               "us/plot",
               "ms/scan",
               "runs",
               "GOSPA",
               "loc",
               "missed",
               "false");
  }
  for (const bench::SetResult& set : sets) {
    const double us_per_plot =
        set.plots == 0 ? 0.0 : 1e6 * set.cpu_s / static_cast<double>(set.plots);
    const double ms_per_scan =
        set.scans == 0 ? 0.0 : 1e3 * set.cpu_s / static_cast<double>(set.scans);
    std::visit(
        [&](const auto& score) {
          if (as_json) {
            fmt::print(
                "{{\"mode\":\"{}\",\"exchange\":\"{}\",\"us_per_plot\":{:.2f},\"score\":{}}}\n",
                name_of(set.how.mode),
                exchange_of(set.how),
                us_per_plot,
                assess::to_json(score));
            return;
          }
          fmt::print("{:<10}{:<12}{:>9.1f}{:>9.2f}",
                     label_of(name_of(score), set.how),
                     name_of(set.how.mode),
                     us_per_plot,
                     ms_per_scan);
          print_row(score);
          fmt::print("\n");
          print_consistency(score);
          for (const app::SensorFit& fit : set.sensors) {
            if (const auto nis = fit.nis()) fmt::print("{:9}{} NIS {:.3f}\n", "", fit.sensor, *nis);
          }
        },
        set.score);
  }
}

constexpr double kDegree = base::kRadiansPerDegree;

void print_en_route(const bench::EnRouteResult& result) {
  fmt::print("{:<24}{:>26}{:>32}{:>30}\n",
             "sensor",
             "range error (given), m",
             "azimuth error (given), deg",
             "time error (given), ms");
  for (const bench::BiasFound& b : result.biases) {
    fmt::print("{:<24}", b.sensor);
    if (b.is_radar) {
      fmt::print("{:>10.1f} ±{:>4.1f} ({:>6.1f}){:>14.4f} ±{:>7.4f} ({:>6.2f})",
                 b.found.range.value - b.range_m,
                 b.found.range.sd,
                 b.range_m,
                 (b.found.azimuth.value - b.azimuth_rad) / kDegree,
                 b.found.azimuth.sd / kDegree,
                 b.azimuth_rad / kDegree);
    } else {
      fmt::print("{:>56}", "");
    }
    fmt::print("{:>13.1f} ±{:>5.1f} ({:>6.0f})\n",
               1e3 * (b.found.time.value - b.time_s),
               1e3 * b.found.time.sd,
               1e3 * b.time_s);
  }
  for (const bench::BiasFound& b : result.biases) {
    const track::BiasReport &east = b.found.place_east, &north = b.found.place_north;
    if (!east.present) continue;
    fmt::print(
        "{:<24}{:>10.1f} ±{:>4.1f} ({:>6.1f}) m east{:>8.1f} ±{:>4.1f} ({:>6.1f}) m north, taken "
        "away: {}, {}\n",
        b.sensor,
        east.value - b.east_m,
        east.sd,
        b.east_m,
        north.value - b.north_m,
        north.sd,
        b.north_m,
        east.applied,
        north.applied);
  }
  fmt::print(
      "worst {:.1f} m of 10, {:.4f} deg of 0.01, {:.1f} ms of 20; all within for good after {:.0f} "
      "s\n",
      result.worst_range_m,
      result.worst_azimuth_rad / kDegree,
      1e3 * result.worst_time_s,
      result.found_after_s);
  fmt::print("at the end {:.1f} m, {:.4f} deg, {:.1f} ms; {} jumps, {} aircraft doubted\n",
             result.last_range_m,
             result.last_azimuth_rad / kDegree,
             1e3 * result.last_time_s,
             result.jumps,
             result.doubted);
  fmt::print(
      "at worst after 10 min {:.1f} m, {:.4f} deg, {:.1f} ms; all within at {:.2f} % of instants\n",
      result.ever_range_m,
      result.ever_azimuth_rad / kDegree,
      1e3 * result.ever_time_s,
      100.0 * result.within_share);
  const auto row = [](std::string_view name, const assess::Score& s) {
    fmt::print(
        "{:<22} GOSPA {:>6.1f} m (localisation {:.0f}, missed {:.0f}, false {:.0f}), position RMS "
        "{:.1f} m of 500/3, updated "
        "{:.2f} %, long gaps {:.3f} %, angle {:.2f} deg, speed {:.2f} m/s, NEES {:.2f}\n",
        name,
        s.gospa.rms_m,
        s.gospa.localisation_rms_m,
        s.gospa.missed_rms_m,
        s.gospa.false_rms_m,
        metres(s.all.position_rms()),
        percent(s.all.update_probability()),
        percent(s.long_gap_share),
        s.all.track_angle_rms() ? s.all.track_angle_rms()->degrees() : 0.0,
        s.all.speed_rms() ? s.all.speed_rms()->mps() : 0.0,
        s.all.nees.mean().value_or(0.0));
  };
  row("with registration", result.with);
  row("without registration", result.without);
  fmt::print("GOSPA ratio {:.4f} of 0.75, {} plots, {:.0f} flight hours\n",
             result.with.gospa.rms_m / result.without.gospa.rms_m,
             result.plots,
             result.with.flight_hours);
  const assess::Score& s = result.with;
  fmt::print(
      "with registration: altitude {:.2f} % within 300 ft, identity right {:.3f} %, wrong {:.4f} "
      "%, "
      "tracks per aircraft {:.5f}, number changes {:.4f} per flight hour\n",
      percent(s.all.altitude_within_share()),
      percent(s.all.identity_right_share()),
      percent(s.all.identity_wrong_share()),
      s.all.tracks_per_aircraft().value_or(0.0),
      s.number_changes_per_flight_hour().value_or(0.0));
  fmt::print("{:<24}{:>10}{:>12}{:>8}{:>12}\n", "", "instants", "position", "NEES", "inside 95 %");
  const auto consistency = [](std::string_view name, const assess::Tally& t) {
    if (t.nees.count() == 0) return;
    fmt::print("{:<24}{:>10}{:>10.1f} m{:>8.3f}{:>10.2f} %\n",
               name,
               t.nees.count(),
               metres(t.position_rms()),
               *t.nees.mean(),
               percent(t.nees.inside_95()));
  };
  for (std::size_t i = 0; i < assess::kPhaseNames.size(); ++i)
    consistency(assess::kPhaseNames[i], s.phases[i]);
  for (std::size_t i = 0; i < bench::kEnRouteSeenNames.size(); ++i)
    consistency(bench::kEnRouteSeenNames[i], s.groups[i]);
  for (const bench::SensorNis& one : result.nis) {
    if (one.nis.count() == 0) continue;
    fmt::print("{:<24}{:>10}{:>12}{:>8.3f}{:>10.2f} %\n",
               one.sensor,
               one.nis.count(),
               "NIS",
               *one.nis.mean(),
               percent(one.nis.inside_95()));
  }
}

int score_en_route(const Arguments& arguments) {
  const std::string file = LIPTAKO_SOURCE_DIR "/scenarios/en-route.toml";
  std::ifstream in(file);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto scenario = sim::load_scenario(text, file);
  if (!scenario) {
    fmt::print(stderr, "{}\n", scenario.error().message);
    return 1;
  }
  bench::EnRouteOptions options;
  options.seed = arguments.run.seed;
  options.length = arguments.run.length;
  options.score = arguments.run.score;
  options.perfect = arguments.perfect;
  options.still_air = arguments.still_air;
  options.mlat_bias = base::Length::from_metres(arguments.mlat_bias_m);
  const auto result = bench::run_en_route(*scenario, options);
  if (!result) {
    fmt::print(stderr, "{}\n", result.error().message);
    return 1;
  }
  if (!arguments.json) {
    fmt::print("{}, seed {}, {:.0f} minutes after 10\n",
               scenario->name,
               options.seed,
               base::to_seconds(options.length) / 60.0);
    print_en_route(*result);
    return 0;
  }
  fmt::print(
      "{{\"scenario\":\"{}\",\"seed\":{},\"worst_range_m\":{:.2f},\"worst_azimuth_deg\":{:.5f},"
      "\"worst_time_s\":{:.5f},\"found_after_s\":{:.0f},\"position_rms_m\":{:.2f},"
      "\"position_rms_unregistered_m\":{:.2f},\"gospa_m\":{:.2f},\"gospa_unregistered_m\":{:.2f},"
      "\"gospa_ratio\":{:.4f}}}\n",
      scenario->name,
      options.seed,
      result->worst_range_m,
      result->worst_azimuth_rad / kDegree,
      result->worst_time_s,
      result->found_after_s,
      metres(result->with.all.position_rms()),
      metres(result->without.all.position_rms()),
      result->with.gospa.rms_m,
      result->without.gospa.rms_m,
      result->with.gospa.rms_m / result->without.gospa.rms_m);
  return 0;
}

int print_recordings(const std::string& folder) {
  const std::string sensors = LIPTAKO_SOURCE_DIR "/tests/recordings/";
  const auto print = [](const auto& figures) {
    if (!figures) {
      fmt::print(stderr, "{}\n", figures.error().message);
      return false;
    }
    fmt::print("{}\n", bench::to_text(*figures));
    return true;
  };
  const bool aerodrome = print(bench::run_aerodrome(folder, sensors + "lebl_2016.toml"));
  const bool radar = print(bench::run_radar_hour(folder, sensors + "bcn_2023.toml"));
  return aerodrome && radar ? 0 : 1;
}

void print_late(const std::vector<bench::LateResult>& results) {
  fmt::print("{:<18}{:>10}{:>9}{:>7}{:>15}{:>7}{:>9}{:>10}{:>8}{:>8}\n",
             "delays",
             "in order",
             "come",
             "ratio",
             "retrodiction",
             "ratio",
             "turning",
             "in order",
             "inside",
             "late");
  for (const bench::LateResult& r : results) {
    fmt::print(
        "{:<18}{:>8.1f} m{:>7.1f} m{:>7.3f}{:>13.1f} m{:>7.3f}{:>7.1f} m{:>8.1f} m{:>6.1f} "
        "%{:>8}\n",
        r.scene.name,
        r.in_order_m,
        r.as_they_come_m,
        r.ratio(),
        r.by_retrodiction_m,
        r.ratio_by_retrodiction(),
        r.turning_as_they_come_m,
        r.turning_in_order_m,
        100.0 * r.inside_95,
        r.late);
    if (r.shown != r.instants)
      fmt::print("{:<18}{} of {} instants without a track, or with two\n",
                 "",
                 r.instants - r.shown,
                 r.instants);
  }
}

int print_terrain() {
  const auto result = bench::run_terrain(LIPTAKO_SOURCE_DIR "/data/region");
  if (!result) {
    fmt::print(stderr, "{}\n", result.error().message);
    return 1;
  }
  fmt::print(
      "terrain.grid against {} aerodromes: {:.1f} m above them in the mean, {:.1f} m about that, "
      "95 "
      "% within {:.0f} m, worst {:.0f} m; a view takes {:.1f} ms\n",
      result->sites.size(),
      result->mean_m,
      result->sd_m,
      result->inside_95_m,
      result->worst_m,
      result->milliseconds);
  fmt::print("{:<10}{:>12}{:>10}", "antenna", "grid too high", "octets");
  for (const double level : bench::kTerrainLevels)
    fmt::print("{:>18}", fmt::format("hidden, {:.0f} ft", 100.0 * level));
  fmt::print("   (by the sea's horizon alone)\n");
  const auto row = [](const bench::TerrainSite& s) {
    fmt::print("{:<10}{:>11.0f} m{:>10}", s.code, s.lacks_m, s.octets);
    for (int i = 0; i < 3; ++i) {
      fmt::print("{:>18}",
                 fmt::format("{:.1f} ({:.1f}) %", 100.0 * s.hidden[i], 100.0 * s.hidden_by_sea[i]));
    }
    fmt::print("\n");
  };
  bench::TerrainSite mean;
  mean.code = "mean";
  for (const bench::TerrainSite& s : result->sites) {
    const auto count = static_cast<double>(result->sites.size());
    mean.octets += s.octets;
    mean.lacks_m += s.lacks_m / count;
    for (int i = 0; i < 3; ++i) {
      mean.hidden[i] += s.hidden[i] / count;
      mean.hidden_by_sea[i] += s.hidden_by_sea[i] / count;
    }
    for (const char* named : {"GABS", "DRRN", "DFFD", "GAGO", "GAKL", "DRZA", "DRZI", "DAAT"}) {
      if (s.code == named) row(s);
    }
  }
  mean.octets /= result->sites.size();
  row(mean);
  return 0;
}

int print_swaps(const Arguments& arguments) {
  bench::SwapsOptions options;
  options.seed = arguments.run.seed;
  if (arguments.hours) options.hours = *arguments.hours;
  const std::clock_t begun = std::clock();
  const bench::SwapsResult result = bench::run_swaps(options);
  const bench::SwapsTally all = result.all();
  if (arguments.json) {
    fmt::print(
        "{{\"flight_hours\":{:.1f},\"encounters\":{},\"swaps\":{},\"merges\":{},\"astray\":{},"
        "\"doubled_share\":{"
        ":.3e},"
        "\"unseen_share\":{:.3e},\"renamed\":{}}}\n",
        all.flight_hours,
        all.encounters,
        all.swaps,
        all.merges,
        all.astray,
        static_cast<double>(all.doubled) / static_cast<double>(all.instants),
        static_cast<double>(all.unseen) / static_cast<double>(all.instants),
        all.renamed);
    return 0;
  }
  fmt::print(
      "addressed traffic, seed {}: {} scenes, {} plots, {} without an address, {} with a wrong one "
      "({} "
      "the neighbour's), {:.0f} s of processor\n",
      options.seed,
      result.scenes,
      result.plots,
      result.without_address,
      result.wrong_address,
      result.neighbours_address,
      static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC);
  fmt::print("{:<18}{:>12}{:>12}{:>7}{:>8}{:>8}{:>16}{:>12}{:>9}{:>20}\n",
             "encounter",
             "flight hours",
             "encounters",
             "swaps",
             "merges",
             "astray",
             "two numbers",
             "no track",
             "renamed",
             "nameless strayed");
  const auto row = [](std::string_view name, const bench::SwapsTally& t) {
    fmt::print("{:<18}{:>12.1f}{:>12}{:>7}{:>8}{:>8}{:>14.4f} %{:>10.4f} %{:>9}{:>10} of {}\n",
               name,
               t.flight_hours,
               t.encounters,
               t.swaps,
               t.merges,
               t.astray,
               100.0 * static_cast<double>(t.doubled) / static_cast<double>(t.instants),
               100.0 * static_cast<double>(t.unseen) / static_cast<double>(t.instants),
               t.renamed,
               t.strayed,
               t.nameless);
  };
  for (std::size_t i = 0; i < bench::kEncounterNames.size(); ++i)
    row(bench::kEncounterNames[i], result.by_encounter[i]);
  row("all", all);
  for (const bench::SwapFinding& f : result.findings)
    fmt::print("scene {}, {:.0f} s, {}: {};{}\n",
               f.scene,
               f.at_s,
               bench::kEncounterNames[static_cast<std::size_t>(f.encounter)],
               f.what,
               f.trace);
  return 0;
}

// More of those that move as the tracker assumes: few are in doubt, and they cost little.
constexpr int kMeetingsASeed = 10;

std::string in_words(const std::optional<bench::PairsRatio>& r) {
  return r ? fmt::format("{:.2f} ({:.2f}..{:.2f})", r->ratio, r->from, r->to) : "-";
}

std::string in_json(const std::optional<bench::PairsRatio>& r) {
  return r ? fmt::format("[{:.4f},{:.4f},{:.4f}]", r->ratio, r->from, r->to) : "null";
}

int print_pairs(const Arguments& arguments) {
  const std::clock_t begun = std::clock();
  // As the tracker assumes, turns and all; then as straight as airliners fly, and with the noise
  // that the tracker takes straight flight to have.
  for (const double noise : {0.0, 0.05, track::ImmOptions().noise_density[0]}) {
    bench::PairsOptions options;
    options.seed = arguments.run.seed;
    options.flights = static_cast<int>(arguments.seeds);
    if (noise > 0.0) {
      options.straight_m2s3 = noise;
    } else {
      options.flights *= kMeetingsASeed;
    }
    const bench::PairsResult result = bench::run_pairs(options);
    const bench::PairsTally all = result.tally();
    if (arguments.json) {
      fmt::print(
          "{{\"straight_m2s3\":{},\"pairs\":{},\"counted\":{},\"exchanged\":{},\"expected\":{:.3f},"
          "\"best\":{:.3f},\"said\":{:.3f},\"exchanged_to_best\":{},\"expected_to_best\":{},"
          "\"said_to_exchanged\":{},\"exchanged_to_ready\":{},\"flagged\":{}}}\n",
          noise > 0.0 ? fmt::format("{}", noise) : std::string("null"),
          all.flights,
          all.counted,
          all.exchanged,
          all.expected,
          all.best,
          all.said,
          in_json(all.exchanged_to_best),
          in_json(all.expected_to_best),
          in_json(all.said_to_exchanged),
          in_json(noise > 0.0 ? all.exchanged_to_ready : std::nullopt),
          all.flagged);
      continue;
    }
    fmt::print(
        "pairs without address, {}, seed {}; the best drops at most {:.1e} of weight; {:.0f} s of "
        "processor\n",
        noise > 0.0 ? fmt::format("straight, white acceleration {} m2/s3", noise)
                    : std::string("moving as the tracker assumes"),
        options.seed,
        all.worst_dropped,
        static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC);
    constexpr auto kRow =
        "{:<24}{:>7}{:>9}{:>11}{:>9}{:>8}{:>8}{:>8}{:>22}{:>22}{:>9}{:>10}{:>7}\n";
    fmt::print(fmt::runtime(kRow),
               "pairs",
               "flown",
               "counted",
               "exchanged",
               "expected",
               "said",
               "best",
               "(erred)",
               "exchanged / best",
               "expected / best",
               "flagged",
               "ambiguous",
               "ready");
    const auto row = [&](std::string_view name, const bench::PairsTally& t) {
      fmt::print(fmt::runtime(kRow),
                 name,
                 t.flights,
                 t.counted,
                 t.exchanged,
                 fmt::format("{:.2f}", t.expected),
                 fmt::format("{:.2f}", t.said),
                 fmt::format("{:.2f}", t.best),
                 t.best_erred,
                 in_words(t.exchanged_to_best),
                 in_words(t.expected_to_best),
                 t.flagged,
                 t.ambiguous,
                 noise > 0.0 ? std::to_string(t.ready_erred) : "-");
    };
    for (std::size_t i = 0; i < bench::kPairNames.size(); ++i) {
      const bench::PairsTally t = result.tally(static_cast<bench::PairKind>(i));
      if (t.flights > 0) row(bench::kPairNames[i], t);
    }
    row("all", all);
    row("in no doubt when named", result.tally_clear());
    fmt::print("said over exchanged {}", in_words(all.said_to_exchanged));
    if (noise > 0.0)
      fmt::print(", exchanged over errors of a best decision that is ready for turns {}",
                 in_words(all.exchanged_to_ready));
    fmt::print("; of those exchanged {} said 5 % or more\n", all.told_5);
    for (const bench::PairsCalibration& bin : result.calibration()) {
      if (bin.pairs == 0) continue;
      fmt::print("  said {:.3f} to {:.3f}: {} pairs, {:.1f} expected, {} exchanged\n",
                 bin.from,
                 std::fmin(bin.to, 1.0),
                 bin.pairs,
                 bin.said,
                 bin.exchanged);
    }
    std::fflush(stdout);
  }
  return 0;
}

// Every scenario of scenarios/doubts over seeds, a line a scenario and pathology.
int print_pathologies(const Arguments& arguments) {
  if (!arguments.json) {
    fmt::print("{:<20}{:<20}{:>9}{:>8}{:>8}{:>7}{:>7}{:>10}{:>9}{:>8}{:>8}{:>10}\n",
               "scenario",
               "pathology",
               "episodes",
               "recall",
               "raised",
               "right",
               "other",
               "precision",
               "delay",
               "plots",
               "recall",
               "precision");
  }
  const auto percent_or_dash = [](std::optional<double> value) {
    return value ? fmt::format("{:.1f}%", 100.0 * *value) : std::string("-");
  };
  for (const std::string_view name : bench::kDoubtScenarios) {
    if (!arguments.named.empty() &&
        std::ranges::find(arguments.named, name) == arguments.named.end())
      continue;
    const auto scenario =
        bench::read_scenario(LIPTAKO_SOURCE_DIR "/scenarios/doubts", std::string(name));
    if (!scenario) {
      fmt::print(stderr, "{}\n", scenario.error().message);
      return 1;
    }
    std::map<std::string, assess::PathologyScore> sum;
    double hours = 0.0;
    for (std::uint32_t seed = 1; seed <= arguments.seeds; ++seed) {
      bench::DoubtsRunOptions how;
      how.seed = seed;
      const auto run = bench::run_doubts(*scenario, how);
      if (!run) {
        fmt::print(stderr, "{}\n", run.error().message);
        return 1;
      }
      for (const auto& [pathology, score] : run->scores) sum[pathology] += score;
      hours += run->flight_hours;
    }
    if (arguments.json) {
      fmt::print("{{\"scenario\":\"{}\",\"seeds\":{},\"flight_hours\":{:.1f},\"score\":{}}}\n",
                 name,
                 arguments.seeds,
                 hours,
                 assess::to_json(sum));
      continue;
    }
    if (sum.empty()) fmt::print("{:<20}nothing in {:.0f} flight hours\n", name, hours);
    for (const auto& [pathology, s] : sum) {
      const auto delay = s.median_delay_s();
      fmt::print("{:<20}{:<20}{:>9}{:>8}{:>8}{:>7}{:>7}{:>10}{:>9}{:>8}{:>8}{:>10}\n",
                 name,
                 pathology,
                 s.episodes,
                 percent_or_dash(s.recall()),
                 s.raised,
                 s.right,
                 s.other_name,
                 percent_or_dash(s.precision()),
                 delay ? fmt::format("{:.0f} s", *delay) : "-",
                 s.plots,
                 percent_or_dash(s.plot_recall()),
                 percent_or_dash(s.plot_precision()));
    }
    std::fflush(stdout);
  }
  return 0;
}

int write_pictures(const std::string& folder) {
  for (const bench::Picture& picture : bench::draw_all()) {
    const std::string path = folder + "/" + picture.file;
    std::ofstream out(path, std::ios::binary);
    out << picture.svg;
    out.close();
    if (!out) {
      fmt::print(stderr, "{}: cannot be written\n", path);
      return 1;
    }
    fmt::print("{:<20}{:>8} bytes\n", picture.file, picture.svg.size());
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments = arguments_of(argc, argv);
  if (!arguments.wrong && arguments.recordings) {
    // Without --data: beside the sets.
    return print_recordings(arguments.data_given ? arguments.data
                                                 : arguments.data + "/../surveillance/asterix");
  }
  if (arguments.wrong) {
    fmt::print(
        stderr,
        "usage: bench_quality [--quick] [--minutes N] [--seed N] [--update-interval SECONDS] "
        "[--scenario FILE] [--data FOLDER] [--sets-only] [--set NAME] [--late] "
        "[--en-route [--hours N] [--perfect] [--still-air] [--mlat-bias METRES]] [--swaps [--hours "
        "N]] [--pairs "
        "[--seeds N]] "
        "[--recordings] [--pathologies [--scenario NAME]... [--seeds N]] [--terrain] [--pictures "
        "[FOLDER]] "
        "[--json]\n");
    return 2;
  }
  if (arguments.en_route_only) return score_en_route(arguments);
  if (arguments.pathologies) return print_pathologies(arguments);
  if (arguments.terrain) return print_terrain();
  if (arguments.swaps) return print_swaps(arguments);
  if (arguments.pairs) return print_pairs(arguments);
  if (!arguments.pictures.empty()) return write_pictures(arguments.pictures);
  if (arguments.late) {
    print_late(bench::run_late(arguments.runs == 0 ? 10 : 5));
    return 0;
  }
  const auto sets = bench::run_sets(arguments.data, arguments.set, arguments.runs);
  if (!sets) {
    fmt::print(stderr, "{}\n", sets.error().message);
    return 1;
  }
  if (sets->empty())
    fmt::print(stderr, "no benchmark sets in {}\n", arguments.data);
  else
    print_sets(*sets, arguments.json);
  if (arguments.sets_only) return sets->empty() ? 1 : 0;
  if (const int failed = print_swaps(arguments); failed != 0) return failed;
  if (const int failed = print_pairs(arguments); failed != 0) return failed;
  if (const int failed = score_en_route(arguments); failed != 0) return failed;
  std::ifstream in(arguments.scenario);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto scenario = sim::load_scenario(text, arguments.scenario);
  if (!scenario) {
    fmt::print(stderr, "{}\n", scenario.error().message);
    return 1;
  }
  const std::clock_t begun = std::clock();
  const auto nations = bench::run_nations(*scenario, arguments.run);
  if (!nations) {
    fmt::print(stderr, "{}\n", nations.error().message);
    return 1;
  }
  if (arguments.json) {
    for (const bench::NationScore& nation : *nations) {
      fmt::print(
          "{{\"scenario\":\"{}\",\"seed\":{},\"nation\":\"{}\",\"sources\":{},\"plots\":{},"
          "\"score\":{}}}\n",
          scenario->name,
          arguments.run.seed,
          nation.node,
          nation.sources,
          nation.plots,
          assess::to_json(nation.score, arguments.run.score, bench::kSituationNames));
    }
    return 0;
  }
  fmt::print("{}, seed {}, {:.0f} minutes from {}, {:.1f} s of processor\n",
             scenario->name,
             arguments.run.seed,
             base::to_seconds(arguments.run.length) / 60.0,
             base::to_rfc3339(arguments.run.start + arguments.run.settle),
             static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC);
  print_table(*nations);
  return 0;
}
