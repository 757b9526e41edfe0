#include "assess/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace liptako::assess {
namespace {

std::string number_or_null(std::optional<double> value, int decimals) {
  if (!value || !std::isfinite(*value)) return "null";
  return fmt::format("{:.{}f}", *value, decimals);
}

std::string metres(std::optional<base::Length> length) {
  return number_or_null(length ? std::optional(length->metres()) : std::nullopt, 2);
}

std::string seconds(std::optional<base::Duration> duration) {
  return number_or_null(duration ? std::optional(base::to_seconds(*duration)) : std::nullopt, 1);
}

// What is said of normalised errors, each a number or null.
struct Honesty {
  explicit Honesty(const Consistency &consistency)
      : mean(number_or_null(consistency.mean(), 4)),
        inside(number_or_null(consistency.inside_95(), 5)) {
    const auto bounds = consistency.bounds();
    low = number_or_null(bounds ? std::optional(bounds->first) : std::nullopt, 4);
    high = number_or_null(bounds ? std::optional(bounds->second) : std::nullopt, 4);
  }
  std::string mean;
  std::string low;
  std::string high;
  std::string inside;
};

std::string fields_of(const Tally &tally) {
  const auto altitude = tally.altitude_rms();
  const auto angle = tally.track_angle_rms();
  const auto speed = tally.speed_rms();
  const Honesty nees(tally.nees);
  return fmt::format(
      "\"found_share\":{},\"update_probability\":{},\"position_rms_m\":{},"
      "\"along_rms_m\":{},"
      "\"across_rms_m\":{},\"altitude_rms_ft\":{},\"tracks_per_aircraft\":{},"
      "\"altitude_right_share\":{},\"track_angle_rms_deg\":{},\"speed_rms_mps\":{},"
      "\"identity_right_share\":{},\"identity_wrong_share\":{},\"long_gaps\":{},"
      "\"nees\":{},\"nees_low\":{},\"nees_high\":{},\"nees_inside_share\":{}",
      number_or_null(tally.found_share(), 5),
      number_or_null(tally.update_probability(), 5),
      metres(tally.position_rms()),
      metres(tally.along_rms()),
      metres(tally.across_rms()),
      number_or_null(altitude ? std::optional(altitude->feet()) : std::nullopt, 1),
      number_or_null(tally.tracks_per_aircraft(), 5),
      number_or_null(tally.altitude_within_share(), 5),
      number_or_null(angle ? std::optional(angle->degrees()) : std::nullopt, 3),
      number_or_null(speed ? std::optional(speed->mps()) : std::nullopt, 3),
      number_or_null(tally.identity_right_share(), 5),
      number_or_null(tally.identity_wrong_share(), 5),
      tally.long_gaps,
      nees.mean,
      nees.low,
      nees.high,
      nees.inside);
}

std::string trajectory_fields(const Score &score, const ScoreOptions &options) {
  const TrajectoryScore &t = score.trajectories;
  const auto rms = [&](double sum) {
    const auto instants = static_cast<double>(std::max<std::uint64_t>(t.instants, 1));
    return root_m(sum / instants, options.gospa.order);
  };
  return fmt::format(
      "\"trajectory_gospa\":{{\"gamma_m\":{:.1f},\"rms_m\":{:.2f},\"lower_bound_m\":{:.2f},"
      "\"localisation_rms_m\":{:.2f},\"missed_rms_m\":{:.2f},\"false_rms_m\":{:.2f},"
      "\"change_rms_m\":{:.2f},\"changes\":{:.1f}}}",
      options.switch_penalty.metres(),
      rms(t.total()),
      rms(t.lower_bound),
      rms(t.localisation),
      rms(t.missed),
      rms(t.false_tracks),
      rms(t.switches),
      t.switch_count);
}

std::string siap_fields(const SiapScore &siap) {
  return fmt::format(
      "\"siap\":{{\"completeness\":{},\"ambiguity\":{},\"spuriousness\":{},"
      "\"position_accuracy_m\":{},\"longest_segment_share\":{},\"number_changes_per_hour\":{}}}",
      number_or_null(siap.completeness, 5),
      number_or_null(siap.ambiguity, 5),
      number_or_null(siap.spuriousness, 5),
      number_or_null(siap.position_accuracy_m, 2),
      number_or_null(siap.longest_segment, 5),
      number_or_null(siap.number_changes_per_hour, 4));
}

}  // namespace

std::string to_json(const Score &score,
                    const ScoreOptions &options,
                    std::span<const std::string_view> group_names) {
  std::string out = fmt::format(
      "{{\"instants\":{},\"from\":\"{}\",\"to\":\"{}\",\"c_m\":{:.1f},\"p\":{},"
      "\"update_interval_s\":{:.1f},",
      score.instants,
      base::to_rfc3339(score.first),
      base::to_rfc3339(score.last),
      options.gospa.cutoff.metres(),
      options.gospa.order,
      base::to_seconds(options.update_interval));
  out += fmt::format(
      "\"gospa_rms_m\":{:.2f},\"gospa_mean_m\":{:.2f},"
      "\"localisation_rms_m\":{:.2f},"
      "\"missed_rms_m\":{:.2f},\"false_rms_m\":{:.2f},\"gospa_"
      "per_aircraft_m\":{},",
      score.gospa.rms_m,
      score.gospa.mean_m,
      score.gospa.localisation_rms_m,
      score.gospa.missed_rms_m,
      score.gospa.false_rms_m,
      number_or_null(score.gospa.per_aircraft_m, 2));
  out += fields_of(score.all);
  out += fmt::format(
      ",\"mean_missed\":{:.4f},\"mean_false\":{:.4f},\"aircraft\":{},\"never_"
      "found\":{},"
      "\"tracks\":{},\"flight_hours\":{:.3f},\"number_changes\":{},"
      "\"number_changes_per_flight_hour\":{},\"false_tracks\":{},\"false_"
      "tracks_per_hour\":{},"
      "\"confirmations\":{},\"confirmation_mean_s\":{},\"confirmation_longest_"
      "s\":{}",
      score.mean_missed,
      score.mean_false,
      score.aircraft,
      score.never_found,
      score.tracks,
      score.flight_hours,
      score.number_changes,
      number_or_null(score.number_changes_per_flight_hour(), 4),
      score.strays,
      number_or_null(score.strays_per_hour(), 3),
      score.confirmations,
      seconds(score.mean_confirmation),
      seconds(score.longest_confirmation));
  out += fmt::format(",\"long_gap_share\":{},{},{}",
                     number_or_null(score.long_gap_share, 6),
                     trajectory_fields(score, options),
                     siap_fields(score.siap));
  out += ",\"phases\":[";
  bool first = true;
  for (std::size_t i = 0; i < score.phases.size(); ++i) {
    if (score.phases[i].expected == 0) continue;
    out += fmt::format("{}{{\"phase\":\"{}\",\"expected\":{},{}}}",
                       first ? "" : ",",
                       kPhaseNames[i],
                       score.phases[i].expected,
                       fields_of(score.phases[i]));
    first = false;
  }
  out += "],\"groups\":[";
  first = true;
  for (std::size_t i = 0; i < std::min(score.groups.size(), group_names.size()); ++i) {
    if (score.groups[i].expected == 0) continue;
    out += fmt::format("{}{{\"group\":\"{}\",\"expected\":{},{}}}",
                       first ? "" : ",",
                       group_names[i],
                       score.groups[i].expected,
                       fields_of(score.groups[i]));
    first = false;
  }
  return out + "]}";
}

std::string to_json(const LinesScore &scored,
                    const ScoreOptions &options,
                    std::span<const std::string_view> group_names) {
  std::string out = to_json(scored.score, options, group_names);
  out.pop_back();
  out += ",\"sensors\":[";
  bool first = true;
  for (const auto &[name, nis] : scored.nis) {
    const Honesty told(nis);
    out += fmt::format(
        "{}{{\"sensor\":\"{}\",\"plots\":{},\"nis\":{},\"nis_low\":{},\"nis_high\":{},"
        "\"nis_inside_share\":{}}}",
        first ? "" : ",",
        name,
        nis.count(),
        told.mean,
        told.low,
        told.high,
        told.inside);
    first = false;
  }
  return out + "]}";
}

}  // namespace liptako::assess
