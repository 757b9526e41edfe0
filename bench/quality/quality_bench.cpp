// How good the tracker is on the benchmark sets, beside the filters that were given the same plots;
// and how good the picture of each nation is over a simulated day's busiest minutes: GOSPA and its
// parts, update probability, position error, by nation and by what sees the aircraft
// (docs/SCORING.md).
//
//   bench_quality [--quick] [--minutes N] [--seed N] [--update-interval SECONDS]
//                 [--scenario FILE] [--data FOLDER] [--sets-only] [--pathologies [--seeds N]]
//                 [--json]
//
// --quick scores 5 minutes and five runs of a set, otherwise 20 and all; --json prints one line a
// set and mode, then one a nation. --pathologies alone: what of scenarios/doubts is found, over 20
// seeds (docs/DOUBTS.md). The sets are in FOLDER, or in tracking/ of LIPTAKO_SHARED_DATA,
// or beside the repository.
#include <fmt/format.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "assess/pathologies.hpp"
#include "assess/report.hpp"
#include "doubts_run.hpp"
#include "nations_run.hpp"
#include "sets_run.hpp"

namespace {

using namespace liptako;

struct Arguments {
  bench::NationsRunOptions run;
  std::string scenario = LIPTAKO_SOURCE_DIR "/scenarios/sahel24.toml";
  std::string data;
  std::uint32_t runs = 0;
  bool sets_only = false;
  bool pathologies = false;
  std::uint32_t seeds = 20;
  bool json = false;
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
    } else if (argument == "--sets-only") {
      a.sets_only = true;
    } else if (argument == "--pathologies") {
      a.pathologies = true;
    } else if (argument == "--seeds" && has_value) {
      a.seeds = static_cast<std::uint32_t>(std::strtoul(argv[++i], nullptr, 10));
    } else if (argument == "--data" && has_value) {
      a.data = argv[++i];
    } else if (argument == "--minutes" && has_value) {
      a.run.length = std::chrono::minutes(std::strtol(argv[++i], nullptr, 10));
    } else if (argument == "--seed" && has_value) {
      a.run.seed = std::strtoull(argv[++i], nullptr, 10);
    } else if (argument == "--update-interval" && has_value) {
      a.run.score.update_interval = std::chrono::seconds(std::strtol(argv[++i], nullptr, 10));
    } else if (argument == "--scenario" && has_value) {
      a.scenario = argv[++i];
    } else {
      a.wrong = true;
    }
  }
  a.wrong = a.wrong || a.run.length <= base::Duration::zero() || !a.run.score.validate();
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

std::string name_of(const assess::PointSetScore& score) { return std::string(score.set.name); }
std::string name_of(const assess::TrafficScore& score) { return score.set; }

void print_sets(const std::vector<bench::SetResult>& sets, bool as_json) {
  if (!as_json) {
    fmt::print("{:<9}{:<12}{:>9}{:>5}{:>8}{:>7}{:>8}{:>7}  reference\n",
               "set",
               "mode",
               "us/plot",
               "runs",
               "GOSPA",
               "loc",
               "missed",
               "false");
  }
  for (const bench::SetResult& set : sets) {
    const double us_per_plot =
        set.plots == 0 ? 0.0 : 1e6 * set.cpu_s / static_cast<double>(set.plots);
    std::visit(
        [&](const auto& score) {
          if (as_json) {
            fmt::print("{{\"mode\":\"{}\",\"us_per_plot\":{:.2f},\"score\":{}}}\n",
                       name_of(set.mode),
                       us_per_plot,
                       assess::to_json(score));
            return;
          }
          fmt::print("{:<9}{:<12}{:>9.1f}", name_of(score), name_of(set.mode), us_per_plot);
          print_row(score);
          fmt::print("\n");
        },
        set.score);
  }
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

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments = arguments_of(argc, argv);
  if (arguments.wrong) {
    fmt::print(
        stderr,
        "usage: bench_quality [--quick] [--minutes N] [--seed N] [--update-interval SECONDS] "
        "[--scenario FILE] [--data FOLDER] [--sets-only] [--pathologies [--seeds N]] [--json]\n");
    return 2;
  }
  if (arguments.pathologies) return print_pathologies(arguments);
  const auto sets = bench::run_sets(arguments.data, arguments.runs);
  if (!sets) {
    fmt::print(stderr, "{}\n", sets.error().message);
    return 1;
  }
  if (sets->empty())
    fmt::print(stderr, "no benchmark sets in {}\n", arguments.data);
  else
    print_sets(*sets, arguments.json);
  if (arguments.sets_only) return sets->empty() ? 1 : 0;
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
