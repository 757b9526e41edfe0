#include "late_run.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "track/scene_for_test.hpp"

namespace liptako::bench {
namespace {

using track::Plot;
using track::Tracker;
namespace scene = track::testing;

constexpr double kFlightS = 300.0;
constexpr double kFromS = 60.0;
constexpr double kStep = 0.25;
constexpr int kStepsPerSecond = 4;
constexpr LateScene kScenes[] = {
    {"radars, in order", false, {0, 0}, {0, 0}},
    {"both to 2 s", false, {0, 0}, {2, 2}},
    {"one 2 to 10 s", false, {0, 2}, {0, 10}},
    {"both to 10 s", false, {0, 0}, {10, 10}},
    {"with ADS-B", true, {0, 0}, {0, 0}},
    {"ADS-B to 2 s", true, {0, 0}, {0, 2}},
    {"both to 2 s", true, {0, 0}, {2, 2}},
    {"ADS-B 2 to 10 s", true, {0, 2}, {0, 10}},
    {"ADS-B 8 to 10 s", true, {0, 8}, {0, 10}},
    {"both to 10 s", true, {0, 0}, {10, 10}},
};

struct Arrival {
  double at_s = 0.0;
  Plot plot;
};

struct Flight {
  std::vector<scene::Aircraft> each_step;
  std::vector<Arrival> arrivals;  // in order of arrival
};

std::vector<track::SensorDescription> sensors_of(const LateScene& late) {
  std::vector<track::SensorDescription> sensors = {
      scene::radar(13.4, 0.0, 4.0),
      late.ads_b ? scene::ads_b_station() : scene::radar(12.7, 0.6, 5.0)};
  sensors[1].sac_sic = {100, 9};
  return sensors;
}

// A report whose error is for the most part that of the one before, as satellites' is: it swings
// within minutes, by as much as is claimed, and by 3 m from report to report.
Plot told(std::uint16_t sensor,
          const scene::Aircraft& aircraft,
          double t,
          const double (&phase)[2],
          base::Prng& prng) {
  constexpr double kClaimedSdM = 15.0;
  constexpr double kFreshSdM = 3.0;
  constexpr double kPeriodS = 300.0;
  const double swing = kClaimedSdM * std::sqrt(2.0);
  scene::Aircraft where = aircraft;
  where.east_m += swing * base::sin(2 * base::kPi * t / kPeriodS + phase[0]);
  where.north_m += swing * base::sin(2 * base::kPi * t / kPeriodS + phase[1]);
  Plot plot = scene::ads_b_plot(sensor, where, scene::at_second(t), prng, kFreshSdM);
  plot.position_sd = base::Length::from_metres(kClaimedSdM);
  return plot;
}

Flight fly(const LateScene& late, std::uint64_t seed) {
  base::Prng prng(seed);
  const auto sensors = sensors_of(late);
  scene::Aircraft aircraft;
  aircraft.speed_mps = prng.uniform(120, 250);
  aircraft.course_rad = prng.uniform(0, 2 * base::kPi);
  aircraft.address = base::IcaoAddress(0x400000);
  Flight flight;
  double turn_left_s = prng.uniform(20, 100);
  const double phase[2] = {prng.uniform(0, 2 * base::kPi), prng.uniform(0, 2 * base::kPi)};
  double next[2] = {prng.uniform(0, 4), prng.uniform(0, 5)};
  for (int step = 0; step < static_cast<int>(kFlightS / kStep); ++step) {
    const double t = step * kStep;
    flight.each_step.push_back(aircraft);
    for (std::uint16_t sensor = 0; sensor < 2; ++sensor) {
      if (t < next[sensor]) continue;
      next[sensor] += base::to_seconds(sensors[sensor].period);
      if (prng.uniform(0, 1) > 0.95) continue;
      const base::Timestamp at = scene::at_second(t);
      const Plot plot = sensors[sensor].kind == track::SensorKind::ads_b
                            ? told(sensor, aircraft, t, phase, prng)
                            : scene::radar_plot(sensors[sensor], sensor, aircraft, at, prng);
      const double delay = prng.uniform(late.least_delay[sensor], late.most_delay[sensor]);
      flight.arrivals.push_back({t + delay, plot});
    }
    turn_left_s -= kStep;
    if (turn_left_s <= 0.0) {
      const bool begins = aircraft.turn_rad_s == 0.0;
      const double rate = prng.uniform(1, 3) * base::kRadiansPerDegree;
      aircraft.turn_rad_s = begins ? (prng.chance(0.5) ? rate : -rate) : 0.0;
      turn_left_s = prng.uniform(20, begins ? 60 : 100);
    }
    aircraft.fly(kStep);
  }
  std::ranges::stable_sort(flight.arrivals, {}, &Arrival::at_s);
  return flight;
}

struct Seen {
  double squared_m2 = 0.0;
  double nees = 0.0;
};

// Of the one track; nothing if there is none, or several.
std::optional<Seen> seen(const Tracker& tracker, double t, const scene::Aircraft& aircraft) {
  if (tracker.track_count() != 1) return std::nullopt;
  std::optional<Seen> out;
  tracker.for_each_track([&](std::uint32_t slot) {
    const scene::Error error = scene::error_of(tracker.view(slot, scene::at_second(t)), aircraft);
    out = {error.east_m * error.east_m + error.north_m * error.north_m, error.nees};
  });
  return out;
}

struct Sums {
  double come = 0.0, order = 0.0;
  std::uint64_t count = 0;
  void add(const Seen& a, const Seen& b) {
    come += a.squared_m2;
    order += b.squared_m2;
    ++count;
  }
};
double rms(double sum, std::uint64_t count) {
  return count == 0 ? 0.0 : std::sqrt(sum / static_cast<double>(count));
}

}  // namespace

std::vector<LateResult> run_late(int flights) {
  constexpr double kInside = 5.991464547107979;  // 95 % of chi-square, 2 degrees of freedom
  std::vector<LateResult> results;
  for (const LateScene& late : kScenes) {
    const auto sensors = sensors_of(late);
    LateResult result;
    result.scene = late;
    Sums all, turning;
    double retrodicted = 0.0;
    std::uint64_t retrodictions = 0;
    std::uint64_t inside = 0;
    for (int seed = 1; seed <= flights; ++seed) {
      const Flight flight = fly(late, static_cast<std::uint64_t>(seed));
      Tracker as_they_come;
      as_they_come.set_sensors(sensors);
      track::TrackerOptions without;
      without.max_pasts = 0;
      Tracker by_retrodiction(without);
      by_retrodiction.set_sensors(sensors);
      std::vector<track::TrackEvent> events;
      std::vector<Plot> arrived;
      std::size_t next = 0;
      for (std::size_t step = 0; step < flight.each_step.size(); step += kStepsPerSecond) {
        const double t = kStep * static_cast<double>(step);
        for (; next < flight.arrivals.size() && flight.arrivals[next].at_s <= t; ++next) {
          events.clear();
          as_they_come.take(flight.arrivals[next].plot, events);
          by_retrodiction.take(flight.arrivals[next].plot, events);
          arrived.push_back(flight.arrivals[next].plot);
        }
        if (t < kFromS) continue;
        std::ranges::stable_sort(arrived, {}, &Plot::time);
        Tracker in_order;
        in_order.set_sensors(sensors);
        for (const Plot& plot : arrived) {
          events.clear();
          in_order.take(plot, events);
        }
        for (Tracker* one : {&as_they_come, &by_retrodiction, &in_order}) one->finish(events);
        ++result.instants;
        const double newest = base::to_seconds(arrived.back().time - scene::at_second(0));
        const scene::Aircraft& aircraft =
            flight.each_step[static_cast<std::size_t>(std::lround(newest / kStep))];
        const auto a = seen(as_they_come, newest, aircraft);
        const auto b = seen(in_order, newest, aircraft);
        const auto c = seen(by_retrodiction, newest, aircraft);
        if (!a || !b) continue;
        if (c) {
          retrodicted += c->squared_m2;
          ++retrodictions;
        }
        all.add(*a, *b);
        if (aircraft.turn_rad_s != 0.0) turning.add(*a, *b);
        inside += a->nees <= kInside ? 1 : 0;
      }
      result.plots += as_they_come.counters().plots;
      result.late += as_they_come.counters().late;
    }
    result.shown = all.count;
    result.as_they_come_m = rms(all.come, all.count);
    result.by_retrodiction_m = rms(retrodicted, retrodictions);
    result.in_order_m = rms(all.order, all.count);
    result.turning_as_they_come_m = rms(turning.come, turning.count);
    result.turning_in_order_m = rms(turning.order, turning.count);
    result.inside_95 =
        static_cast<double>(inside) / static_cast<double>(std::max<std::uint64_t>(1, all.count));
    results.push_back(result);
  }
  return results;
}

}  // namespace liptako::bench
