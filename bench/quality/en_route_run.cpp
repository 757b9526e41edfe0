#include "en_route_run.hpp"

#include <cmath>
#include <map>

#include "feeds/asterix_feed.hpp"
#include "node/config.hpp"
#include "sim/configuration.hpp"
#include "sim/world.hpp"
#include "track/tracker.hpp"

namespace liptako::bench {
namespace {

using base::Timestamp;

// A track is due as long as some sensor reported the aircraft: the longest gap that the
// requirements allow, 3.3 intervals of 8 s [EUROCONTROL-SPEC-0147].
constexpr base::Duration kSeen = std::chrono::milliseconds(26'400);
constexpr base::Duration kTick = std::chrono::milliseconds(500);
constexpr double kRangeGoalM = 10.0;
constexpr double kAzimuthGoalRad = 0.01 * base::kRadiansPerDegree;
constexpr double kTimeGoalS = 0.02;

assess::TruthSample truth_sample(const sim::World& world,
                                 const sim::TruthState& state,
                                 Timestamp now) {
  assess::TruthSample sample;
  sample.aircraft = state.flight;
  sample.position = {state.place.latitude, state.place.longitude, base::Length()};
  sample.track_angle = state.track_angle;
  sample.ground_speed = state.ground_speed;
  sample.pressure_altitude = state.pressure_altitude;
  sample.identity = {state.icao_address, state.mode_3a};
  int radars = 0;
  bool ads_b = false, wide_area = false;
  for (const sim::SourceInfo& source : world.sources()) {
    const auto reported = world.reported(state.flight, source.index);
    if (!reported || now - *reported > kSeen) continue;
    switch (source.kind) {
      case sim::SourceKind::adsb_station:
        ads_b = true;
        break;
      case sim::SourceKind::mlat_system:
        wide_area = true;
        break;
      default:
        ++radars;
    }
  }
  sample.expected = !state.on_ground && (ads_b || wide_area || radars > 0);
  const EnRouteSeen seen = ads_b        ? EnRouteSeen::ads_b
                           : wide_area  ? EnRouteSeen::wide_area
                           : radars > 1 ? EnRouteSeen::several_radars
                                        : EnRouteSeen::one_radar;
  sample.group = static_cast<std::uint8_t>(seen);
  return sample;
}

std::vector<assess::TrackSample> shown_by(const track::Tracker& tracker, Timestamp now) {
  std::vector<assess::TrackSample> shown;
  tracker.for_each_track([&](std::uint32_t slot) {
    const track::TrackView view = tracker.view(slot, now);
    if (view.status == track::TrackStatus::tentative || !view.placed) return;
    assess::TrackSample& sample = shown.emplace_back();
    sample.track = view.number.value;
    sample.position = view.position;
    sample.pressure_altitude = view.pressure_altitude;
    sample.updated = view.last_plot_time;
    sample.ground_speed = view.ground_speed();
    sample.track_angle = view.track_angle();
    sample.identity = {view.icao_address, view.mode_3a};
    sample.covariance = {view.cov_ee_m2, view.cov_en_m2, view.cov_nn_m2};
  });
  return shown;
}

// Adds what was scored later.
void pool(assess::Score& sum, const assess::Score& next, const assess::ScoreOptions& options) {
  const auto n = static_cast<double>(sum.instants), m = static_cast<double>(next.instants);
  if (m == 0.0) return;
  if (n == 0.0) {
    sum = next;
    return;
  }
  const auto mean = [&](double a, double b) { return (n * a + m * b) / (n + m); };
  const auto root = [&](double a, double b) { return std::sqrt(mean(a * a, b * b)); };
  assess::GospaScore& g = sum.gospa;
  g.mean_m = mean(g.mean_m, next.gospa.mean_m);
  g.rms_m = root(g.rms_m, next.gospa.rms_m);
  g.localisation_rms_m = root(g.localisation_rms_m, next.gospa.localisation_rms_m);
  g.missed_rms_m = root(g.missed_rms_m, next.gospa.missed_rms_m);
  g.false_rms_m = root(g.false_rms_m, next.gospa.false_rms_m);
  sum.mean_missed = mean(sum.mean_missed, next.mean_missed);
  sum.mean_false = mean(sum.mean_false, next.mean_false);
  sum.instants += next.instants;
  sum.last = next.last;
  sum.all += next.all;
  for (std::size_t i = 0; i < sum.groups.size(); ++i) sum.groups[i] += next.groups[i];
  for (std::size_t i = 0; i < sum.phases.size(); ++i) sum.phases[i] += next.phases[i];
  sum.flight_hours += next.flight_hours;
  sum.number_changes += next.number_changes;
  sum.strays += next.strays;
  sum.never_found += next.never_found;
  const double intervals = sum.flight_hours * 3600.0 / base::to_seconds(options.update_interval);
  if (intervals > 0.0) sum.long_gap_share = static_cast<double>(sum.all.long_gaps) / intervals;
}

struct Worst {
  double range_m = 0.0;
  double azimuth_rad = 0.0;
  double time_s = 0.0;
  [[nodiscard]] bool within_goals() const {
    return range_m <= kRangeGoalM && azimuth_rad <= kAzimuthGoalRad && time_s <= kTimeGoalS;
  }
};

Worst worst_of(const std::vector<BiasFound>& biases) {
  Worst worst;
  for (const BiasFound& b : biases) {
    if (b.is_radar) {
      worst.range_m = std::fmax(worst.range_m, std::fabs(b.found.range.value - b.range_m));
      worst.azimuth_rad =
          std::fmax(worst.azimuth_rad, std::fabs(b.found.azimuth.value - b.azimuth_rad));
    }
    worst.time_s = std::fmax(worst.time_s, std::fabs(b.found.time.value - b.time_s));
  }
  return worst;
}

}  // namespace

base::Result<EnRouteResult> run_en_route(sim::Scenario scenario, const EnRouteOptions& options) {
  if (options.still_air) scenario.atmosphere.wind_structure = 0.0;
  if (options.perfect) {
    for (sim::Radar& radar : scenario.radars) {
      radar.range_bias = base::Length();
      radar.azimuth_bias = base::Angle();
      radar.clock.offset = {};
    }
    for (sim::MlatSystem& system : scenario.mlat_systems) system.clock.offset = {};
  }
  for (sim::MlatSystem& system : scenario.mlat_systems) {
    system.east_bias = system.east_bias + options.mlat_bias;
    system.north_bias = system.north_bias - 0.5 * options.mlat_bias;
  }
  std::map<base::SacSic, BiasFound> given;
  for (const sim::Radar& r : scenario.radars) {
    given[r.id] = {r.name,
                   true,
                   r.range_bias.metres(),
                   r.azimuth_bias.radians(),
                   base::to_seconds(r.clock.offset),
                   0.0,
                   0.0,
                   {}};
  }
  for (const sim::AdsbStation& s : scenario.adsb_stations)
    given[s.id] = {s.name, false, 0.0, 0.0, base::to_seconds(s.clock.offset), 0.0, 0.0, {}};
  for (const sim::MlatSystem& s : scenario.mlat_systems) {
    given[s.id] = {s.name,
                   false,
                   0.0,
                   0.0,
                   base::to_seconds(s.clock.offset),
                   s.east_bias.metres(),
                   s.north_bias.metres(),
                   {}};
  }

  sim::World world(scenario, options.seed, options.start);
  std::string text;
  for (const sim::SourceInfo& source : world.sources()) {
    if (text.empty()) text = sim::configuration_for(world, source.node);
  }
  const auto config = node::parse_config(text, "en-route");
  if (!config) return std::unexpected(config.error());
  feeds::SensorDirectory sensors;
  sensors.configure(config->sensors);
  std::vector<feeds::AsterixFeed> feeds(world.sources().size());

  track::TrackerOptions unregistered;
  unregistered.registration = false;
  track::Tracker with;
  track::Tracker without(unregistered);
  with.set_sensors(sensors.sensors());
  without.set_sensors(sensors.sensors());
  assess::Scorer with_scorer(options.score);
  assess::Scorer without_scorer(options.score);

  EnRouteResult result;
  for (const track::SensorDescription& sensor : sensors.sensors())
    result.nis.push_back({sensor.name, {}});
  feeds::FeedOutput output;
  std::vector<track::TrackEvent> events;
  const auto biases_now = [&] {
    std::vector<BiasFound> out;
    for (std::size_t i = 0; i < sensors.sensors().size(); ++i) {
      const auto known = given.find(sensors.sensors()[i].sac_sic);
      if (known == given.end()) continue;
      out.push_back(known->second);
      out.back().found = with.registration().report(static_cast<std::uint16_t>(i));
    }
    return out;
  };
  const Timestamp first = options.start + options.learn;
  const Timestamp last = first + options.length;
  Timestamp instant = first;
  Timestamp scored_until = first + options.scored_at_once;
  const auto finish_part = [&] {
    pool(result.with, with_scorer.score(), options.score);
    pool(result.without, without_scorer.score(), options.score);
    with_scorer = assess::Scorer(options.score);
    without_scorer = assess::Scorer(options.score);
  };
  std::uint64_t looked_at = 0, within_goals = 0;
  for (Timestamp now = options.start + kTick; now <= last; now += kTick) {
    world.advance(now, [&](const sim::Emission& emission) {
      output.clear();
      feeds[emission.source].take(emission.datagram, emission.emitted_at, sensors, output);
      for (const track::Plot& plot : output.plots) {
        ++result.plots;
        with.take(plot, events);
        for (const track::TrackEvent& event : events) {
          const bool used = event.kind == track::TrackEventKind::updated ||
                            event.kind == track::TrackEventKind::resumed;
          if (used && now > first) result.nis[event.trace.sensor].nis.take(event.trace.nis);
        }
        without.take(plot, events);
        events.clear();
      }
      for (const feeds::SensorLook& look : output.looks) {
        with.note_sensor_time(look.sensor, look.time);
        without.note_sensor_time(look.sensor, look.time);
      }
    });
    with.advance(now, events);
    without.advance(now, events);
    events.clear();
    const double elapsed = base::to_seconds(now - options.start);
    if (std::fmod(elapsed, 10.0) == 0.0) {
      const Worst worst = worst_of(biases_now());
      const bool within = worst.within_goals();
      if (now >= first) {
        result.ever_range_m = std::fmax(result.ever_range_m, worst.range_m);
        result.ever_azimuth_rad = std::fmax(result.ever_azimuth_rad, worst.azimuth_rad);
        result.ever_time_s = std::fmax(result.ever_time_s, worst.time_s);
        ++looked_at;
        within_goals += within ? 1 : 0;
      }
      if (!within) result.found_after_s = -1.0;
      if (within && result.found_after_s < 0.0) result.found_after_s = elapsed;
    }
    if (now < instant) continue;
    if (instant == first) {
      result.biases = biases_now();
      const Worst worst = worst_of(result.biases);
      result.worst_range_m = worst.range_m;
      result.worst_azimuth_rad = worst.azimuth_rad;
      result.worst_time_s = worst.time_s;
    }
    if (instant >= scored_until) {
      finish_part();
      scored_until += options.scored_at_once;
    }
    instant += options.every;
    std::vector<assess::TruthSample> due;
    for (const sim::TruthState& state : world.truth(now))
      due.push_back(truth_sample(world, state, now));
    with_scorer.take(now, due, shown_by(with, now));
    without_scorer.take(now, due, shown_by(without, now));
  }
  const std::vector<BiasFound> biases = biases_now();
  const Worst worst = worst_of(biases);
  result.last_range_m = worst.range_m;
  result.last_azimuth_rad = worst.azimuth_rad;
  result.last_time_s = worst.time_s;
  for (const BiasFound& b : biases) result.jumps += b.found.jumps;
  result.doubted = with.registration().doubted_aircraft();
  finish_part();
  if (looked_at > 0)
    result.within_share = static_cast<double>(within_goals) / static_cast<double>(looked_at);
  return result;
}

}  // namespace liptako::bench
