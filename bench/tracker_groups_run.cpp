#include "tracker_groups_run.hpp"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <vector>

#include "base/check.hpp"
#include "base/math.hpp"
#include "base/prng.hpp"
#include "geo/frames.hpp"
#include "track/cluster/pmbm.hpp"
#include "track/tracker.hpp"

namespace liptako::bench {
namespace {

using track::Plot;

constexpr base::Timestamp kStart = base::timestamp_from_ns(1'795'305'600'000'000'000);
constexpr double kFieldM = 350'000.0;
constexpr double kTurnS = 5.0;
constexpr int kWarmUp = 160;  // until groups of every kind have been

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

enum class Told { address, code, nothing };

// One aircraft of a party of one, two or four, flying straight but for what keeps four crossing.
struct Flight {
  double east_m = 0, north_m = 0, velocity_east = 0, velocity_north = 0;
  double aside_m = 0;   // of a pair
  double phase = -1.0;  // of a four; negative: not of one
  Told told = Told::nothing;
  std::uint32_t index = 0;

  [[nodiscard]] double east(double s) const {
    return east_m + velocity_east * s + aside_m + weave(s, 0.0);
  }
  [[nodiscard]] double north(double s) const {
    return north_m + velocity_north * s + weave(s, 0.5 * base::kPi);
  }
  [[nodiscard]] double weave(double s, double lead) const {
    if (phase < 0.0) return 0.0;
    return 150.0 * base::sin(2 * base::kPi * s / 180.0 + phase + lead);
  }
};

track::SensorDescription radar() {
  track::SensorDescription s;
  s.name = "radar";
  s.sac_sic = {100, 1};
  s.site = {base::Angle::from_degrees(13), base::Angle(), base::Length::from_metres(300)};
  s.placed = true;
  s.period = base::seconds(kTurnS);
  s.range_max = base::Length::from_metres(2 * kFieldM);
  return s;
}

std::vector<Flight> flights(const Mix& mix, base::Prng& prng) {
  std::vector<Flight> all;
  const auto party = [&](int size, Told told) {
    Flight f;
    f.east_m = prng.uniform(-kFieldM, kFieldM);
    f.north_m = prng.uniform(-kFieldM, kFieldM);
    const auto [sine, cosine] = base::sincos(prng.uniform(0, 2 * base::kPi));
    const double speed = prng.uniform(100, 260);
    f.velocity_east = speed * sine;
    f.velocity_north = speed * cosine;
    f.told = told;
    for (int k = 0; k < size; ++k) {
      f.index = static_cast<std::uint32_t>(all.size());
      f.aside_m = size == 2 ? 400.0 * k : 0.0;
      f.phase = size == 4 ? k * 0.5 * base::kPi : -1.0;
      all.push_back(f);
    }
  };
  const auto fill = [&](double share, int size, Told told) {
    const auto until = all.size() + static_cast<std::size_t>(std::lround(share * mix.aircraft));
    while (all.size() < until) party(size, told);
  };
  fill(mix.addressed, 1, Told::address);
  fill(mix.coded, 1, Told::code);
  fill(mix.in_pairs, 2, Told::nothing);
  fill(mix.in_fours, 4, Told::nothing);
  while (all.size() < mix.aircraft) party(1, Told::nothing);
  return all;
}

Plot plot_of(const Flight& f,
             const track::SensorDescription& sensor,
             double turn_begins_s,
             base::Prng& prng) {
  static const geo::TangentFrame field({base::Angle::from_degrees(13), {}, {}});
  static const geo::TangentFrame site(sensor.site);
  const auto seen_at = [&](double s) {
    return site.enu_from_ecef(track::ecef_at(field, f.east(s), f.north(s), 6000.0));
  };
  const auto first = seen_at(turn_begins_s);
  const double share = base::wrap_two_pi(base::atan2(first.x, first.y)) / (2 * base::kPi);
  const double s = turn_begins_s + kTurnS * share;
  const auto q = seen_at(s);
  Plot p;
  p.time = kStart + base::seconds(s);
  p.slant_range = base::Length::from_metres(std::sqrt(q.x * q.x + q.y * q.y + q.z * q.z) +
                                            prng.normal(0, sensor.range_sd.metres()));
  p.azimuth = base::Angle::from_radians(
      base::wrap_two_pi(base::atan2(q.x, q.y) + prng.normal(0, sensor.azimuth_sd.radians())));
  if (f.told == Told::nothing) return p;
  p.pressure_altitude = base::Length::from_metres(6000.0);
  if (f.told == Told::address) p.icao_address = base::IcaoAddress(0x400000 + f.index);
  if (f.told == Told::code) p.mode_3a = base::ModeACode(static_cast<std::uint16_t>(f.index % 4096));
  return p;
}

}  // namespace

MixResult run_mix(const Mix& mix, int rounds, const std::uint64_t& allocations) {
  base::Prng prng(7);
  const track::SensorDescription sensor = radar();
  const std::vector<Flight> all = flights(mix, prng);
  track::Tracker tracker;
  tracker.set_sensors({&sensor, 1});
  std::vector<track::TrackEvent> events;
  std::vector<Plot> plots(all.size());
  double taken = 0.0;
  std::uint64_t grouped = 0, made = 0;
  for (int round = 0; round < kWarmUp + rounds; ++round) {
    for (std::size_t i = 0; i < all.size(); ++i)
      plots[i] = plot_of(all[i], sensor, round * kTurnS, prng);
    std::ranges::sort(plots, {}, &Plot::time);
    const std::uint64_t grouped_before = tracker.counters().grouped;
    const std::uint64_t made_before = allocations;
    const double begin = cpu_seconds();
    for (const Plot& plot : plots) {
      events.clear();
      tracker.take(plot, events);
    }
    events.clear();
    tracker.advance(kStart + base::seconds((round + 1) * kTurnS), events);
    if (round < kWarmUp) continue;
    taken += cpu_seconds() - begin;
    grouped += tracker.counters().grouped - grouped_before;
    made += allocations - made_before;
  }
  const double count = static_cast<double>(rounds) * static_cast<double>(all.size());
  return {count / taken, static_cast<double>(grouped) / count, static_cast<double>(made) / count};
}

double crossing_cluster_ms_per_scan(int runs) {
  constexpr int kScans = 81;
  constexpr double kSideM = 300.0;
  double seconds = 0.0;
  for (int run = 0; run < runs; ++run) {
    base::Prng prng(100 + run);
    double at[4][4];  // place at the middle scan, velocity
    for (auto& one : at) {
      for (int k = 0; k < 2; ++k) one[k] = 0.5 * kSideM + prng.normal(0, 0.3);
      for (int k = 2; k < 4; ++k) one[k] = prng.normal(0, 1.0);
    }
    track::PmbmOptions options;
    options.max_hypotheses = 200;
    options.mean_lifetime_s = 100.0;
    track::PmbmFilter<track::ConstantVelocity> filter(options, 0.02);
    track::Gaussian birth;
    birth.mean.x[0] = birth.mean.x[1] = 0.5 * kSideM;
    birth.P[track::packed(0, 0)] = birth.P[track::packed(1, 1)] = kSideM * kSideM / 4;
    birth.P[track::packed(2, 2)] = birth.P[track::packed(3, 3)] = 1.0;
    track::PlaneSensor sensor;
    sensor.false_per_m2 = 10.0 / (kSideM * kSideM);
    std::vector<track::PlanePlot> plots;
    for (int scan = 0; scan < kScans; ++scan) {
      plots.clear();
      for (const auto& one : at) {
        if (prng.uniform() > sensor.detection_probability) continue;
        const double s = scan - 40;  // from the middle
        plots.push_back(
            {one[0] + one[2] * s + prng.normal(0, 1), one[1] + one[3] * s + prng.normal(0, 1)});
      }
      for (int i = 0; i < 10; ++i)
        plots.push_back({prng.uniform(0, kSideM), prng.uniform(0, kSideM)});
      const double begin = cpu_seconds();
      filter.predict(scan == 0 ? 0.0 : 1.0);
      filter.add_undetected(birth, scan == 0 ? 3.0 : 0.005);
      filter.update(track::PlaneLook(sensor, plots));
      CHECK(filter.estimate().size() <= plots.size() + 4);
      seconds += cpu_seconds() - begin;
    }
  }
  return 1e3 * seconds / (kScans * runs);
}

}  // namespace liptako::bench
