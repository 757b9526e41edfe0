#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/commands.hpp"
#include "app/terminal.hpp"
#include "app/words.hpp"
#include "assess/pathologies.hpp"
#include "assess/report.hpp"
#include "assess/score_lines.hpp"
#include "io/mapped_file.hpp"

namespace liptako::app {
namespace {

std::string metres(std::optional<base::Length> length) {
  return length ? fmt::format("{:.1f} m", length->metres()) : "-";
}

std::string feet(std::optional<base::Length> length) {
  return length ? fmt::format("{:.0f} ft", length->feet()) : "-";
}

std::string percent(std::optional<double> share) {
  return share ? fmt::format("{:.2f} %", 100.0 * *share) : "-";
}

std::string plain(std::optional<double> value, int decimals) {
  return value ? fmt::format("{:.{}f}", *value, decimals) : "-";
}

std::string seconds(std::optional<base::Duration> duration) {
  return duration ? fmt::format("{:.1f} s", base::to_seconds(*duration)) : "-";
}

void row(std::string_view french, std::string_view english, std::string_view value) {
  // Padded by characters as shown, not by bytes: fmt counts code points.
  print_out("  {:<46} {:>14}\n", say(french, english), value);
}

std::string with_bounds(const assess::Consistency& consistency) {
  const auto bounds = consistency.bounds();
  if (!bounds) return "-";
  return fmt::format("{:.3f} ({:.3f}..{:.3f})", *consistency.mean(), bounds->first, bounds->second);
}

void print_tally(const assess::Tally& tally) {
  row("part des aéronefs à piste", "aircraft with a track", percent(tally.found_share()));
  row("probabilité de mise à jour", "update probability", percent(tally.update_probability()));
  row("position, RMS", "position, RMS", metres(tally.position_rms()));
  row("  le long de la route", "  along the track", metres(tally.along_rms()));
  row("  en travers", "  across", metres(tally.across_rms()));
  row("altitude-pression, RMS", "pressure altitude, RMS", feet(tally.altitude_rms()));
  row("  écart d'au plus 300 ft",
      "  off by 300 ft at most",
      percent(tally.altitude_within_share()));
  const auto angle = tally.track_angle_rms();
  row("route, RMS", "track angle, RMS", angle ? fmt::format("{:.2f} °", angle->degrees()) : "-");
  const auto speed = tally.speed_rms();
  row("vitesse, RMS", "speed, RMS", speed ? fmt::format("{:.2f} m/s", speed->mps()) : "-");
  row("identité juste", "identity right", percent(tally.identity_right_share()));
  row("identité fausse", "identity wrong", percent(tally.identity_wrong_share()));
  row("longs silences", "long gaps", fmt::format("{}", tally.long_gaps));
  row("pistes par aéronef à piste",
      "tracks per aircraft with a track",
      plain(tally.tracks_per_aircraft(), 4));
  if (tally.nees.count() > 0) {
    row("NEES / dimension", "NEES / dimension", with_bounds(tally.nees));
    row("  dans l'ellipse à 95 %", "  within the 95 % ellipse", percent(tally.nees.inside_95()));
  }
}

// The parts of trajectory GOSPA over instants, like those of GOSPA.
void print_trajectories(const assess::TrajectoryScore& t, const assess::ScoreOptions& options) {
  const auto rms = [&](double sum) {
    const auto instants = static_cast<double>(std::max<std::uint64_t>(t.instants, 1));
    return fmt::format("{:.1f} m", assess::root_m(sum / instants, options.gospa.order));
  };
  print_out("{}\n",
            fmt::format(fmt::runtime(say("GOSPA des trajectoires (gamma = {:.0f} m)",
                                         "Trajectory GOSPA (gamma = {:.0f} m)")),
                        options.switch_penalty.metres()));
  row("RMS", "RMS", rms(t.total()));
  row("  borne inférieure", "  lower bound", rms(t.lower_bound));
  row("  localisation", "  localisation", rms(t.localisation));
  row("  aéronefs manqués", "  missed aircraft", rms(t.missed));
  row("  fausses pistes", "  false tracks", rms(t.false_tracks));
  row("  changements de piste", "  changes of track", rms(t.switches));
  row("changements de piste", "changes of track", plain(t.switch_count, 1));
}

void print_siap(const assess::SiapScore& siap) {
  print_out("SIAP\n");
  row("complétude", "completeness", percent(siap.completeness));
  row("ambiguïté", "ambiguity", plain(siap.ambiguity, 4));
  row("pistes sans aéronef", "spuriousness", percent(siap.spuriousness));
  row("écart moyen de position",
      "positional accuracy, mean",
      siap.position_accuracy_m ? fmt::format("{:.1f} m", *siap.position_accuracy_m) : "-");
  row("plus long temps sous un numéro", "longest segment", percent(siap.longest_segment));
  row("changements de numéro, par heure",
      "number changes, per hour",
      plain(siap.number_changes_per_hour, 3));
}

struct NamedTally {
  std::string_view french;
  std::string_view english;
};
// In the order of assess::Phase.
constexpr std::array<NamedTally, assess::kPhaseNames.size()> kPhases = {{
    {"En ligne droite", "Straight"},
    {"En virage", "Turning"},
    {"En palier", "Level"},
    {"En montée", "Climbing"},
    {"En descente", "Descending"},
}};

void print_score(const assess::Score& score, const assess::ScoreOptions& options) {
  print_out("{}\n",
            fmt::format(fmt::runtime(say("{} instants, de {} à {} ; {} aéronefs, {} pistes",
                                         "{} instants, {} to {}; {} aircraft, {} tracks")),
                        score.instants,
                        base::to_rfc3339(score.first),
                        base::to_rfc3339(score.last),
                        score.aircraft,
                        score.tracks));
  print_out("GOSPA (c = {:.0f} m, p = {})\n", options.gospa.cutoff.metres(), options.gospa.order);
  row("RMS", "RMS", fmt::format("{:.1f} m", score.gospa.rms_m));
  row("  localisation", "  localisation", fmt::format("{:.1f} m", score.gospa.localisation_rms_m));
  row("  aéronefs manqués", "  missed aircraft", fmt::format("{:.1f} m", score.gospa.missed_rms_m));
  row("  fausses pistes", "  false tracks", fmt::format("{:.1f} m", score.gospa.false_rms_m));
  row("moyenne", "mean", fmt::format("{:.1f} m", score.gospa.mean_m));
  row("RMS par aéronef",
      "RMS per aircraft",
      score.gospa.per_aircraft_m ? fmt::format("{:.1f} m", *score.gospa.per_aircraft_m) : "-");
  print_out("{}\n",
            fmt::format(fmt::runtime(say("Pistes (mise à jour attendue en {:.0f} s)",
                                         "Tracks (an update is due within {:.0f} s)")),
                        base::to_seconds(options.update_interval)));
  print_tally(score.all);
  row("changements de numéro, par heure de vol",
      "number changes, per flight hour",
      plain(score.number_changes_per_flight_hour(), 3));
  row("fausses pistes, par heure", "false tracks, per hour", plain(score.strays_per_hour(), 2));
  row("aéronefs jamais trouvés", "aircraft never found", fmt::format("{}", score.never_found));
  row("délai de confirmation, moyen",
      "time to confirmation, mean",
      seconds(score.mean_confirmation));
  row("délai de confirmation, le plus long",
      "time to confirmation, longest",
      seconds(score.longest_confirmation));
  row("part des longs silences", "share of long gaps", percent(score.long_gap_share));
  print_trajectories(score.trajectories, options);
  print_siap(score.siap);
  for (std::size_t i = 0; i < kPhases.size(); ++i) {
    if (score.phases[i].expected == 0) continue;
    print_out("{}\n", say(kPhases[i].french, kPhases[i].english));
    print_tally(score.phases[i]);
  }
  for (std::size_t i = 0; i < assess::kEquipmentNames.size(); ++i) {
    if (score.groups[i].expected == 0 || score.groups[i].expected == score.all.expected) continue;
    print_out("{} {}\n", say("Transpondeur :", "Transponder:"), assess::kEquipmentNames[i]);
    print_tally(score.groups[i]);
  }
}

base::Result<std::optional<base::Timestamp>> time_in(const std::string& text, const char* option) {
  if (text.empty()) return std::nullopt;
  auto time = base::parse_rfc3339(text);
  if (!time) {
    return std::unexpected(
        base::Error{base::ErrorKind::usage, fmt::format("{}: {}", option, time.error().message)});
  }
  return *time;
}

std::string_view text_of(const io::MappedFile& file) {
  // NOLINTNEXTLINE(bugprone-casting-through-void): bytes seen as characters
  return {static_cast<const char*>(static_cast<const void*>(file.bytes().data())),
          file.bytes().size()};
}

}  // namespace

namespace {

int run_score_doubts(const ScoreOptions& options) {
  const auto labels = io::MappedFile::open(options.labels);
  if (!labels) return report(labels.error());
  const auto doubts = io::MappedFile::open(options.doubts);
  if (!doubts) return report(doubts.error());
  const auto scores = assess::score_pathologies({text_of(*labels), options.labels},
                                                {text_of(*doubts), options.doubts});
  if (!scores) return report(scores.error());
  if (options.json) {
    print_out("{}\n", assess::to_json(*scores));
    return kDone;
  }
  print_out("{:<20}{:>9}{:>10}{:>10}{:>11}{:>8}{:>8}{:>10}{:>11}\n",
            say("anomalie", "pathology"),
            say("épisodes", "episodes"),
            say("rappel", "recall"),
            say("doutes", "doubts"),
            say("précision", "precision"),
            say("délai", "delay"),
            say("plots", "plots"),
            say("rappel", "recall"),
            say("précision", "precision"));
  for (const auto& [name, s] : *scores) {
    const auto delay = s.median_delay_s();
    print_out("{:<20}{:>9}{:>10}{:>10}{:>11}{:>8}{:>8}{:>10}{:>11}\n",
              name,
              s.episodes,
              percent(s.recall()),
              s.raised,
              percent(s.precision()),
              delay ? fmt::format("{:.0f} s", *delay) : "-",
              s.plots,
              percent(s.plot_recall()),
              percent(s.plot_precision()));
  }
  return kDone;
}

}  // namespace

int run_score(const ScoreOptions& options) {
  if (!options.set.empty()) return run_score_set(options);
  if (!options.labels.empty() && !options.doubts.empty()) return run_score_doubts(options);
  if (!options.data.empty() || !options.estimates.empty() || !options.runs.empty() ||
      options.truth.empty() || options.tracks.empty()) {
    return report(
        {base::ErrorKind::usage,
         std::string(say("il faut --truth et --tracks, --labels et --doubts, ou --set, --data "
                         "et --estimates",
                         "--truth and --tracks are needed, --labels and --doubts, or "
                         "--set, --data and --estimates"))});
  }
  assess::ScoreLinesOptions how;
  how.score.gospa.cutoff = base::Length::from_metres(options.cutoff_m);
  how.score.gospa.order = options.order;
  how.score.switch_penalty =
      base::Length::from_metres(options.gamma_m.value_or(0.1 * options.cutoff_m));
  how.score.update_interval = base::seconds(options.update_interval_s);
  how.timeline.coast = base::seconds(options.coast_s);
  const auto from = time_in(options.from, "--from");
  if (!from) return report(from.error());
  const auto to = time_in(options.to, "--to");
  if (!to) return report(to.error());
  how.member = options.member;
  how.from = *from;
  how.to = *to;
  if (const auto valid = how.score.validate(); !valid) return report(valid.error());

  const auto truth = io::MappedFile::open(options.truth);
  if (!truth) return report(truth.error());
  const auto tracks = io::MappedFile::open(options.tracks);
  if (!tracks) return report(tracks.error());
  const auto scored = assess::score_lines(
      {text_of(*truth), options.truth}, {text_of(*tracks), options.tracks}, how);
  if (!scored) return report(scored.error());

  if (!scored->tells_seen) {
    print_error("{}\n",
                say("liptako : la vérité ne dit pas qui est vu des capteurs : tout aéronef en vol "
                    "compte",
                    "liptako: the truth does not say whom sensors see: every aircraft in the air "
                    "counts"));
  }
  if (scored->late_lines > 0) {
    print_error(
        "{}\n",
        fmt::format(fmt::runtime(say("liptako : {} : {} lignes plus de {:.0f} s en désordre",
                                     "liptako: {}: {} lines out of order by more than "
                                     "{:.0f} s")),
                    options.tracks,
                    scored->late_lines,
                    base::to_seconds(how.disorder)));
  }
  if (options.json) {
    print_out("{}\n", assess::to_json(*scored, how.score, assess::kEquipmentNames));
    return kDone;
  }
  print_score(scored->score, how.score);
  for (const auto& [sensor, nis] : scored->nis) {
    print_out("{} {}\n", say("Capteur :", "Sensor:"), sensor);
    row("NIS / dimension", "NIS / dimension", with_bounds(nis));
    row("  dans l'ellipse à 95 %", "  within the 95 % ellipse", percent(nis.inside_95()));
  }
  return kDone;
}

}  // namespace liptako::app
