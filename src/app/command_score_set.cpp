// `liptako score --set`: what a tracker held after each scan of a benchmark set, against the set's
// truth and beside its reference filters (docs/SCORING.md).
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <functional>

#include "app/commands.hpp"
#include "app/terminal.hpp"
#include "app/words.hpp"
#include "assess/set_score.hpp"
#include "io/packed_file.hpp"

namespace liptako::app {
namespace {

using base::Result;

// Unpacked; a set of 100 runs has some 10 MB of plots.
constexpr std::uint64_t kMaxSetFile = std::uint64_t{512} << 20;

base::Error usage(std::string message) { return {base::ErrorKind::usage, std::move(message)}; }

std::string_view text_of(const io::WholeFile& file) {
  // NOLINTNEXTLINE(bugprone-casting-through-void): bytes seen as characters
  return {static_cast<const char*>(static_cast<const void*>(file.bytes().data())),
          file.bytes().size()};
}

template <class T>
Result<T> parsed_file(const std::string& path,
                      const std::function<Result<T>(const assess::NamedText&)>& parse) {
  const auto file = io::WholeFile::open(path, kMaxSetFile);
  if (!file) return std::unexpected(file.error());
  return parse({text_of(*file), path});
}

// `name` or `name`.gz in the folder.
std::string in_folder(const std::string& folder, std::string_view name) {
  const std::filesystem::path plain = std::filesystem::path(folder) / name;
  std::error_code fault;
  std::filesystem::path packed = plain;
  packed += ".gz";
  if (!std::filesystem::exists(plain, fault) && std::filesystem::exists(packed, fault))
    return packed.string();
  return plain.string();
}

struct RunRange {
  std::uint32_t first = 1;
  std::uint32_t last = assess::kMaxRun;
};

Result<RunRange> runs_in(const std::string& text) {
  const auto number = [](std::string_view part) -> std::optional<std::uint32_t> {
    std::uint32_t value = 0;
    const auto [end, fault] = std::from_chars(part.data(), part.data() + part.size(), value);
    const bool whole = fault == std::errc() && end == part.data() + part.size();
    if (!whole || value < 1 || value > assess::kMaxRun) return std::nullopt;
    return value;
  };
  const std::string_view all = text;
  const std::size_t dash = std::min(all.find('-'), all.size());
  const auto first = number(all.substr(0, dash));
  const auto last = dash == all.size() ? first : number(all.substr(dash + 1));
  if (!first || !last || *last < *first) {
    return std::unexpected(usage(fmt::format("--runs: \"{}\": A-B, 1..{}", text, assess::kMaxRun)));
  }
  return RunRange{*first, *last};
}

void row(std::string_view french, std::string_view english, std::string_view value) {
  print_out("  {:<46} {:>14}\n", say(french, english), value);
}

std::string with_unit(std::optional<double> value, int decimals, std::string_view unit) {
  return value ? fmt::format("{:.{}f} {}", *value, decimals, unit) : "-";
}

void print_parts(const std::function<double(double)>& rms,
                 const assess::SquareSums& sums,
                 int decimals) {
  row("RMS", "RMS", with_unit(rms(sums.total()), decimals, "m"));
  row("  localisation", "  localisation", with_unit(rms(sums.localisation), decimals, "m"));
  row("  manqués", "  missed", with_unit(rms(sums.missed), decimals, "m"));
  row("  faux", "  false", with_unit(rms(sums.false_tracks), decimals, "m"));
}

void print_trajectories(const assess::TrajectorySums& sums, double cutoff_m, double per) {
  const auto rms = [&](double sum) { return fmt::format("{:.3f} m", sums.rms_m(sum / per)); };
  print_out("{}\n",
            fmt::format(fmt::runtime(say("GOSPA des trajectoires (gamma = {:.0f} m)",
                                         "Trajectory GOSPA (gamma = {:.0f} m)")),
                        assess::kSwitchPenaltyOfCutoff * cutoff_m));
  row("RMS", "RMS", rms(sums.total()));
  row("  borne inférieure", "  lower bound", rms(sums.lower_bound));
  row("  localisation", "  localisation", rms(sums.parts.localisation));
  row("  manqués", "  missed", rms(sums.parts.missed));
  row("  faux", "  false", rms(sums.parts.false_tracks));
  row("  changements de piste", "  changes of track", rms(sums.switches));
  row("changements de piste", "changes of track", fmt::format("{:.1f}", sums.switch_count));
}

void print_siap(const assess::SiapScore& siap) {
  const auto share = [](std::optional<double> value) {
    return value ? fmt::format("{:.2f} %", 100.0 * *value) : "-";
  };
  print_out("SIAP\n");
  row("complétude", "completeness", share(siap.completeness));
  row("ambiguïté", "ambiguity", siap.ambiguity ? fmt::format("{:.4f}", *siap.ambiguity) : "-");
  row("pistes sans aéronef", "spuriousness", share(siap.spuriousness));
  row("écart moyen de position",
      "positional accuracy, mean",
      with_unit(siap.position_accuracy_m, 2, "m"));
  row("plus long temps sous un numéro", "longest segment", share(siap.longest_segment));
}

void print_nees(const assess::Consistency& nees) {
  const auto bounds = nees.bounds();
  if (!bounds) return;
  row("NEES / dimension",
      "NEES / dimension",
      fmt::format("{:.3f} ({:.3f}..{:.3f})", *nees.mean(), bounds->first, bounds->second));
  row("  dans l'ellipse à 95 %",
      "  within the 95 % ellipse",
      fmt::format("{:.2f} %", 100.0 * *nees.inside_95()));
}

void print_score(const assess::PointSetScore& score) {
  print_out("{} : {} {}, {} {}\n",
            score.set.name,
            score.runs,
            say("tirages", "runs"),
            assess::kPointScans,
            say("balayages", "scans"));
  print_out("GOSPA (c = {:.0f} m, p = 2)\n", assess::kPointCutoffM);
  print_parts([&](double sum) { return score.sums.rms_m(sum); }, score.sums, 3);
  print_trajectories(score.trajectories, assess::kPointCutoffM, 1.0);
  print_siap(score.siap);
  print_nees(score.nees);
  for (const assess::ReferenceScore& reference : score.references) {
    print_out("{}\n",
              fmt::format(fmt::runtime(say("Face à {}, {} tirages en commun",
                                           "Beside {}, {} runs in common")),
                          reference.filter,
                          reference.runs));
    row("RMS de la référence",
        "RMS of the reference",
        with_unit(reference.theirs.rms_m(reference.theirs.total()), 3, "m"));
    row("RMS du nôtre sur les mêmes",
        "our RMS over the same",
        with_unit(reference.ours.rms_m(reference.ours.total()), 3, "m"));
    if (!reference.paired) continue;
    row("rapport apparié", "paired ratio", fmt::format("{:.4f}", reference.paired->ratio));
    if (const auto& interval = reference.paired->interval) {
      row("  intervalle à 95 %",
          "  95 % interval",
          fmt::format("{:.4f}..{:.4f}", interval->first, interval->second));
    }
  }
  if (score.references.empty()) {
    print_out(
        "{}\n",
        say("Aucun tirage en commun avec une référence", "No run in common with a reference"));
  }
}

void print_score(const assess::TrafficScore& score) {
  print_out("{} : {} {}\n", score.set, score.aircraft, say("aéronefs", "aircraft"));
  print_out("{}\n",
            fmt::format(fmt::runtime(say("GOSPA par aéronef (c = {:.0f} m, p = 2), après le "
                                         "balayage {}",
                                         "GOSPA per aircraft (c = {:.0f} m, p = 2), after scan "
                                         "{}")),
                        assess::kTrafficCutoffM,
                        assess::kTrafficGospaAfterScan));
  print_parts([&](double sum) { return score.per_aircraft_m(sum); }, score.sums, 1);
  print_trajectories(
      score.trajectories, assess::kTrafficCutoffM, static_cast<double>(score.aircraft));
  print_siap(score.siap);
  assess::PhaseErrors all = score.straight;
  all += score.turn;
  const struct {
    std::string_view french;
    std::string_view english;
    const assess::PhaseErrors& errors;
  } phases[] = {{"Toutes phases", "All phases", all},
                {"En ligne droite", "Straight", score.straight},
                {"En virage", "Turning", score.turn}};
  for (const auto& phase : phases) {
    print_out("{} {}\n",
              say(phase.french, phase.english),
              fmt::format(fmt::runtime(say("(à partir du balayage {})", "(from scan {})")),
                          assess::kTrafficErrorsFromScan));
    const assess::PhaseErrors& errors = phase.errors;
    row("part des aéronefs à piste",
        "aircraft with a track",
        errors.aircraft == 0 ? std::string("-")
                             : fmt::format("{:.2f} %",
                                           100.0 * static_cast<double>(errors.matched) /
                                               static_cast<double>(errors.aircraft)));
    row("position, RMS", "position, RMS", with_unit(errors.position_rms_m(), 1, "m"));
    row("route, RMS", "track angle, RMS", with_unit(errors.heading_rms_deg(), 2, "°"));
    row("vitesse, RMS", "speed, RMS", with_unit(errors.speed_rms_mps(), 2, "m/s"));
    print_nees(errors.nees);
  }
  if (score.headings_from_positions) {
    print_out("{}\n",
              say("Route et vitesse : par les places successives, faute de vx,vy",
                  "Track angle and speed: by successive places, for want of vx,vy"));
  }
}

template <class Score>
int show(const ScoreOptions& options, const base::Result<Score>& score) {
  if (!score) {
    return report(
        {score.error().kind, fmt::format("{}: {}", options.estimates, score.error().message)});
  }
  if (options.json) {
    print_out("{}\n", assess::to_json(*score));
  } else {
    print_score(*score);
  }
  return kDone;
}

int score_points(const ScoreOptions& options, const assess::PointSet& set) {
  const auto truth = parsed_file<std::vector<assess::TruthRow>>(in_folder(options.data, set.truth),
                                                                assess::parse_set_truth);
  if (!truth) return report(truth.error());
  const auto estimates = parsed_file<std::vector<assess::EstimateRow>>(
      options.estimates, [](const assess::NamedText& file) {
        return assess::parse_estimates(file, assess::kPointScans);
      });
  if (!estimates) return report(estimates.error());
  const auto reference = parsed_file<std::vector<assess::ReferenceRow>>(
      in_folder(options.data, set.reference), assess::parse_reference);
  if (!reference) return report(reference.error());
  // Asked for by number, a run of the set without estimates is a run with all missed.
  std::vector<std::uint32_t> runs;
  if (!options.runs.empty()) {
    const auto range = runs_in(options.runs);
    if (!range) return report(range.error());
    auto all = parsed_file<std::vector<std::uint32_t>>(in_folder(options.data, set.plots),
                                                       assess::parse_runs);
    if (!all) return report(all.error());
    for (const std::uint32_t run : *all) {
      if (run >= range->first && run <= range->last) runs.push_back(run);
    }
    if (runs.empty()) {
      return report(usage(fmt::format("--runs: {}: {} {}",
                                      options.runs,
                                      set.name,
                                      say("n'a pas ces tirages", "has no such runs"))));
    }
  }
  return show(options, assess::score_point_set(set, *truth, *estimates, *reference, runs));
}

// The sizes of traffic in the folder, by the truth files: atc10_truth.csv.gz is 10.
std::vector<std::uint32_t> traffic_sizes(const std::string& folder) {
  constexpr std::string_view kBegin = "atc", kEnd = "_truth.csv";
  std::vector<std::uint32_t> sizes;
  std::error_code fault;
  for (std::filesystem::directory_iterator each(folder, fault), end; !fault && each != end;
       each.increment(fault)) {
    const std::string name = each->path().filename().string();
    std::string_view rest = name;
    if (rest.ends_with(".gz")) rest.remove_suffix(3);
    if (!rest.starts_with(kBegin) || !rest.ends_with(kEnd)) continue;
    rest = rest.substr(kBegin.size(), rest.size() - kBegin.size() - kEnd.size());
    std::uint32_t size = 0;
    const auto [stop, wrong] = std::from_chars(rest.data(), rest.data() + rest.size(), size);
    if (wrong == std::errc() && stop == rest.data() + rest.size() && size > 0)
      sizes.push_back(size);
  }
  std::sort(sizes.begin(), sizes.end());
  sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
  return sizes;
}

int score_one_traffic(const ScoreOptions& options, std::uint32_t size, bool alone) {
  const std::string set = fmt::format("atc{}", size);
  const auto truth = parsed_file<std::vector<assess::TruthRow>>(
      in_folder(options.data, set + "_truth.csv"), assess::parse_set_truth);
  if (!truth) return report(truth.error());
  const auto estimates = parsed_file<std::vector<assess::EstimateRow>>(
      options.estimates, [&](const assess::NamedText& file) {
        return assess::parse_estimates(file, truth->back().scan);
      });
  if (!estimates) return report(estimates.error());
  // The run is the size; a file of one size alone may count it as its first.
  std::vector<assess::EstimateRow> of_size;
  for (const std::uint32_t run : {size, 1u}) {
    std::copy_if(estimates->begin(),
                 estimates->end(),
                 std::back_inserter(of_size),
                 [&](const assess::EstimateRow& row) { return row.run == run; });
    if (!of_size.empty() || !alone) break;
  }
  if (of_size.empty()) {
    return report({base::ErrorKind::bad_input,
                   fmt::format("{}: {} {}{}",
                               options.estimates,
                               say("aucune ligne du tirage", "no row of run"),
                               size,
                               alone ? say(" ou 1", " or 1") : "")});
  }
  return show(options, assess::score_traffic(set, *truth, of_size));
}

int score_traffic(const ScoreOptions& options) {
  if (!options.runs.empty()) {
    return report(
        usage(std::string(say("--runs ne va pas avec atc", "--runs does not go with atc"))));
  }
  const std::vector<std::uint32_t> sizes = traffic_sizes(options.data);
  if (options.set == "atc") {
    if (sizes.empty()) {
      return report(
          {base::ErrorKind::bad_input,
           fmt::format("{}: {}", options.data, say("aucun atcN_truth.csv", "no atcN_truth.csv"))});
    }
    for (const std::uint32_t size : sizes) {
      if (const int code = score_one_traffic(options, size, sizes.size() == 1); code != kDone)
        return code;
    }
    return kDone;
  }
  const auto named = std::find_if(sizes.begin(), sizes.end(), [&](std::uint32_t size) {
    return options.set == fmt::format("atc{}", size);
  });
  if (named == sizes.end()) {
    return report(
        {base::ErrorKind::bad_input,
         fmt::format("{}: {} {}_truth.csv", options.data, say("pas de", "no"), options.set)});
  }
  return score_one_traffic(options, *named, true);
}

}  // namespace

int run_score_set(const ScoreOptions& options) {
  if (options.data.empty() || options.estimates.empty() || !options.truth.empty() ||
      !options.tracks.empty()) {
    return report(usage(
        std::string(say("--set veut --data et --estimates, et ni --truth ni --tracks",
                        "--set takes --data and --estimates, and neither --truth nor --tracks"))));
  }
  for (const assess::PointSet& set : assess::kPointSets) {
    if (options.set == set.name) return score_points(options, set);
  }
  if (options.set.starts_with("atc")) return score_traffic(options);
  return report(usage(
      fmt::format("--set: \"{}\": s1, s1b, s2, s3, atc, atc10, atc100, atc1000", options.set)));
}

}  // namespace liptako::app
