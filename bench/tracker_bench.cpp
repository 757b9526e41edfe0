// Speed of the tracker on one core: time a plot with traffic of every kind of sensor, time a track
// of one advance(), allocations once the tables have grown, memory a track. CPU time of the
// process, best of the rounds; each round is one report of every aircraft.
//
//   bench_tracker [--quick] [--json]      --json: one line at the end, for scripts
//
// Fails if take() or advance() allocates after warm-up where there is no group, whose tables may
// still grow.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/check.hpp"
#include "base/math.hpp"
#include "base/prng.hpp"
#include "geo/frames.hpp"
#include "track/sensors/models.hpp"
#include "track/tracker.hpp"
#include "tracker_groups_run.hpp"

namespace {

std::uint64_t allocations = 0;

}  // namespace

// Counted, not changed; all forms of new end here.
void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  ++allocations;
  const auto to = static_cast<std::size_t>(alignment);
  if (void* memory = std::aligned_alloc(to, (size + to - 1) / to * to)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

using namespace liptako;
using track::Plot;
using track::Tracker;
using track::TrackEvent;

constexpr base::Timestamp kStart = base::timestamp_from_ns(1'795'305'600'000'000'000);
constexpr double kFieldM = 350'000.0;  // aircraft fly in a square of twice this side

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

enum class Traffic { ads_b, mode_s, mode_ac, mlat, system_track };

bool states_position(Traffic traffic) {
  return traffic != Traffic::mode_s && traffic != Traffic::mode_ac;
}

track::SensorDescription sensor_of(Traffic traffic) {
  track::SensorDescription s;
  s.name = "sensor";
  s.sac_sic = {100, 1};
  if (traffic == Traffic::ads_b) {
    s.kind = track::SensorKind::ads_b;
    s.period = std::chrono::seconds(1);
    return s;
  }
  if (states_position(traffic)) {
    return track::described(traffic == Traffic::mlat ? track::SensorKind::mlat
                                                     : track::SensorKind::tracker);
  }
  s.site = {base::Angle::from_degrees(13), base::Angle(), base::Length::from_metres(300)};
  s.placed = true;
  s.period = std::chrono::seconds(5);
  s.range_max = base::Length::from_metres(2 * kFieldM);
  return s;
}

// Straight flight over a plane at the field's centre; every measurement has its sensor's noise.
class Aircraft {
 public:
  Aircraft(std::uint32_t index, base::Prng& prng)
      : index_(index),
        east_m_(prng.uniform(-kFieldM, kFieldM)),
        north_m_(prng.uniform(-kFieldM, kFieldM)),
        level_(static_cast<double>(100 + prng.below(300))) {
    const auto [sine, cosine] = base::sincos(prng.uniform(0, 2 * base::kPi));
    const double speed = prng.uniform(100, 260);
    velocity_east_ = speed * sine;
    velocity_north_ = speed * cosine;
  }

  [[nodiscard]] Plot plot(Traffic traffic,
                          const track::SensorDescription& sensor,
                          base::Timestamp t,
                          base::Prng& prng) const {
    const double age = base::to_seconds(t - kStart);
    const double east = east_m_ + velocity_east_ * age;
    const double north = north_m_ + velocity_north_ * age;
    const double height = base::Length::from_flight_level(level_).metres();
    static const geo::TangentFrame field({base::Angle::from_degrees(13), {}, {}});
    Plot p;
    p.time = t;
    p.pressure_altitude = base::Length::from_flight_level(level_);
    const geo::Position<geo::Ecef> place = track::ecef_at(field, east, north, height);
    if (states_position(traffic)) {
      const auto here = geo::geodetic_from_ecef(place);
      const double metre = 1.0 / geo::kMeanRadiusM;
      p.latitude = here.latitude + base::Angle::from_radians(prng.normal(0, 15) * metre);
      p.longitude = here.longitude + base::Angle::from_radians(prng.normal(0, 15) * metre);
      p.position_sd = p.sd_east = p.sd_north = base::Length::from_metres(15);
      if (traffic == Traffic::mlat) {
        p.icao_address = base::IcaoAddress(0x400000 + index_);
        return p;
      }
      p.velocity_east = base::Speed::from_mps(velocity_east_ + prng.normal(0, 1));
      p.velocity_north = base::Speed::from_mps(velocity_north_ + prng.normal(0, 1));
      p.velocity_sd = base::Speed::from_mps(1);
    } else {
      static const geo::TangentFrame site(sensor.site);
      const auto q = site.enu_from_ecef(place);
      p.slant_range = base::Length::from_metres(std::sqrt(q.x * q.x + q.y * q.y + q.z * q.z) +
                                                prng.normal(0, sensor.range_sd.metres()));
      p.azimuth = base::Angle::from_radians(
          base::wrap_two_pi(base::atan2(q.x, q.y) + prng.normal(0, sensor.azimuth_sd.radians())));
    }
    if (traffic == Traffic::mode_ac) {
      p.mode_3a = base::ModeACode(static_cast<std::uint16_t>(index_ % 4096));
      p.altitude_quantum = base::Length::from_feet(100);
    } else {
      p.icao_address = base::IcaoAddress(0x400000 + index_);
    }
    return p;
  }

 private:
  std::uint32_t index_;
  double east_m_, north_m_, level_;
  double velocity_east_ = 0, velocity_north_ = 0;
};

// ADS-B over as much of the Earth as gives each aircraft 100 square kilometres, reports in no order
// of place.
class Crowd {
 public:
  Crowd(std::uint32_t count, base::Prng& prng) : of_(count) {
    constexpr double kAreaEachM2 = 1e8;
    const double half_side =
        0.5 * std::sqrt(kAreaEachM2 * count) / geo::kMeanRadiusM;  // radians; 45 degrees for 1e6
    for (One& one : of_) {
      one.latitude = prng.uniform(-half_side, half_side);
      one.longitude = prng.uniform(-half_side, half_side) / base::cos(one.latitude);
      const auto [sine, cosine] = base::sincos(prng.uniform(0, 2 * base::kPi));
      const double speed = prng.uniform(100, 260);
      one.velocity_east = speed * sine;
      one.velocity_north = speed * cosine;
    }
  }
  [[nodiscard]] Plot plot(std::uint32_t index, base::Timestamp t, base::Prng& prng) const {
    const One& one = of_[index];
    const double age = base::to_seconds(t - kStart);
    constexpr double kSdM = 15.0;
    const double metre = 1.0 / geo::kMeanRadiusM;
    const double east = one.velocity_east * age + prng.normal(0, kSdM);
    const double north = one.velocity_north * age + prng.normal(0, kSdM);
    Plot p;
    p.time = t;
    p.latitude = base::Angle::from_radians(one.latitude + north * metre);
    p.longitude = base::Angle::from_radians(one.longitude + east * metre / base::cos(one.latitude));
    p.position_sd = base::Length::from_metres(kSdM);
    p.velocity_east = base::Speed::from_mps(one.velocity_east + prng.normal(0, 1));
    p.velocity_north = base::Speed::from_mps(one.velocity_north + prng.normal(0, 1));
    p.velocity_sd = base::Speed::from_mps(1);
    p.icao_address = base::IcaoAddress(1 + index);
    return p;
  }

 private:
  struct One {
    double latitude = 0, longitude = 0;  // at kStart, radians
    double velocity_east = 0, velocity_north = 0;
  };
  std::vector<One> of_;
};

struct Scale {
  std::uint32_t tracks = 0;
  double take_ns = 0;     // a plot
  double advance_ns = 0;  // a track
};

Scale run_scale(std::uint32_t count, bool quick) {
  base::Prng prng(count);
  const Crowd crowd(count, prng);
  track::TrackerOptions options;
  options.max_tracks = 2 * count;
  Tracker tracker(options);
  track::SensorDescription sensor = sensor_of(Traffic::ads_b);
  sensor.period = std::chrono::seconds(8);
  tracker.set_sensors({&sensor, 1});
  std::vector<TrackEvent> events;
  events.reserve(4);
  constexpr std::uint32_t kBatch = 1000;  // made before they are timed
  std::vector<Plot> plots(kBatch);
  Scale scale;
  scale.take_ns = scale.advance_ns = 1e18;
  constexpr int kWarmUp = 2;
  const int rounds = kWarmUp + (count >= 1'000'000 ? (quick ? 1 : 3) : 5);
  const base::Duration apart = sensor.period / count;
  for (int round = 0; round < rounds; ++round) {
    base::Timestamp t = kStart + round * sensor.period;
    double taken = 0;
    for (std::uint32_t i = 0; i < count;) {
      for (Plot& plot : plots) plot = crowd.plot(i++, t += apart, prng);
      const double begin = cpu_seconds();
      for (const Plot& plot : plots) {
        events.clear();
        tracker.take(plot, events);
      }
      taken += cpu_seconds() - begin;
    }
    events.clear();
    const double begin = cpu_seconds();
    tracker.advance(t, events);
    const double advanced = cpu_seconds() - begin;
    if (round < kWarmUp) continue;
    CHECK(tracker.track_count() == count);
    scale.take_ns = std::min(scale.take_ns, 1e9 * taken / count);
    scale.advance_ns = std::min(scale.advance_ns, 1e9 * advanced / count);
  }
  scale.tracks = tracker.track_count();
  return scale;
}

// What the arithmetic alone costs: a track that stays in the nearest cache is predicted, updated
// with a position and a velocity, and combined before, between and after, as a plot needs. No
// tracker that does this filter's work on this core with these instructions is faster.
double filter_ns() {
  const track::ImmModel model{track::ImmOptions()};
  track::Imm imm;
  track::Gaussian g;
  for (int k = 0; k < track::kStateSize; ++k) g.P[track::packed(k, k)] = k < 2 ? 900 : 100;
  track::start(imm, model.options, g);
  track::PackedImm packed;
  track::pack(imm, packed);
  track::LinearMeasurement position, velocity;
  position.columns = track::Columns::place;
  velocity.columns = track::Columns::velocity;
  for (int i = 0; i < 2; ++i) {
    position.H[i][i] = velocity.H[i][2 + i] = 1;
    position.R[2 * i] = 225;
    velocity.R[2 * i] = 1;
  }
  constexpr int kSteps = 20'000;
  double best = 1e18;
  double told = 0.0;  // so that no combination is left out
  for (int round = 0; round < 8; ++round) {
    const double begin = cpu_seconds();
    for (int step = 0; step < kSteps; ++step) {
      const track::Gaussian before = track::predict(packed, model, 1.0, imm);
      (void)track::update(
          imm, model, position, {before, evaluate(before, position), 0.0, nullptr, &velocity}, &g);
      track::pack(imm, packed);
      told += g.mean.x[0];
    }
    best = std::min(best, 1e9 * (cpu_seconds() - begin) / kSteps);
  }
  return std::isfinite(told) ? best : 1e18;
}

constexpr const char* kUnderValgrind = "--under-valgrind";

// This program once more, under a simulator that counts instructions: what a busy machine cannot
// change. Nothing if there is no valgrind.
std::optional<double> instructions_a_plot() {
  std::string self(4096, '\0');
  const ssize_t length = readlink("/proc/self/exe", self.data(), self.size());
  if (length <= 0) return std::nullopt;
  self.resize(static_cast<std::size_t>(length));
  const std::string command = fmt::format(
      "valgrind --tool=callgrind --callgrind-out-file=/dev/null '--toggle-collect=*Tracker::take*' "
      "'{}' {} 2>&1",
      self,
      kUnderValgrind);
  std::FILE* out = popen(command.c_str(), "r");
  if (out == nullptr) return std::nullopt;
  std::optional<double> instructions;
  double plots = 0;
  char line[1024];
  while (std::fgets(line, sizeof line, out) != nullptr) {
    const std::string_view text = line;
    if (const auto found = text.find("Collected : "); found != std::string_view::npos)
      instructions = std::strtod(line + found + 12, nullptr);
    if (text.starts_with("plots ")) plots = std::strtod(line + 6, nullptr);
  }
  if (pclose(out) != 0 || plots <= 0 || !instructions) return std::nullopt;
  return *instructions / plots;
}

// What is counted there: addressed traffic, ADS-B and Mode S in equal parts.
int run_under_valgrind() {
  double plots = 0;
  for (const Traffic traffic : {Traffic::ads_b, Traffic::mode_s}) {
    base::Prng prng(1);
    const track::SensorDescription sensor = sensor_of(traffic);
    std::vector<Aircraft> aircraft;
    for (std::uint32_t i = 0; i < 1000; ++i) aircraft.emplace_back(i, prng);
    Tracker tracker;
    tracker.set_sensors({&sensor, 1});
    std::vector<TrackEvent> events;
    for (int round = 0; round < 12; ++round) {
      for (const Aircraft& one : aircraft) {
        events.clear();
        tracker.take(one.plot(traffic, sensor, kStart + round * sensor.period, prng), events);
        ++plots;
      }
    }
  }
  fmt::print("plots {}\n", plots);
  return 0;
}

// From a plot's arrival to its track, in microseconds, where 20,000 plots arrive a second, evenly,
// of 10,000 aircraft: plots wait for the one before, and for advance(), which is called four times
// a second. Times of a clock on the wall: other work on the machine shows in them.
struct Latency {
  double p50 = 0, p99 = 0, p999 = 0;
};

Latency run_latency(bool quick) {
  constexpr std::uint32_t kAircraft = 10'000;
  constexpr double kPlotsPerSecond = 20'000;
  constexpr int kAdvanceEvery = 5'000;
  base::Prng prng(11);
  const track::SensorDescription sensor = sensor_of(Traffic::ads_b);
  std::vector<Aircraft> aircraft;
  for (std::uint32_t i = 0; i < kAircraft; ++i) aircraft.emplace_back(i, prng);
  Tracker tracker;
  tracker.set_sensors({&sensor, 1});
  std::vector<TrackEvent> events;
  events.reserve(4);
  const auto now = [] {
    timespec t{};
    clock_gettime(CLOCK_MONOTONIC, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
  };
  const std::uint32_t warm_up = 4 * kAircraft;
  const std::uint32_t count = warm_up + (quick ? 10 : 60) * kAircraft;
  std::vector<float> waited;
  waited.reserve(count);
  double free_at = 0.0;  // when the tracker is done with what came before
  std::optional<double> waits_since;
  const auto used = [&](double arrival) {
    if (arrival * kPlotsPerSecond >= warm_up)
      waited.push_back(static_cast<float>(1e6 * (free_at - arrival)));
  };
  for (std::uint32_t i = 0; i < count; ++i) {
    const double arrival = i / kPlotsPerSecond;
    const base::Timestamp t = kStart + base::seconds(arrival);
    const Plot plot = aircraft[i % kAircraft].plot(Traffic::ads_b, sensor, t, prng);
    const double begin = now();
    events.clear();
    tracker.take(plot, events);
    const double taken = now() - begin;
    free_at = std::max(free_at, arrival) + taken;
    // The one before is in its track now; this one waits for time to move on.
    if (waits_since) used(*waits_since);
    waits_since = arrival;
    if (i % kAdvanceEvery != 0) continue;
    const double before = now();
    events.clear();
    tracker.advance(t, events);
    free_at += now() - before;
    used(arrival);
    waits_since.reset();
  }
  std::ranges::sort(waited);
  const auto at = [&](double share) {
    return double{waited[static_cast<std::size_t>(share * static_cast<double>(waited.size() - 1))]};
  };
  return {at(0.5), at(0.99), at(0.999)};
}

struct Case {
  const char* name;
  Traffic traffic;
  std::uint32_t aircraft;
};

struct Result {
  std::string name;
  std::uint32_t aircraft = 0;
  std::uint32_t tracks = 0;
  double take_ns = 0;     // a plot
  double advance_ns = 0;  // a track
  double take_allocations = 0;
  double advance_allocations = 0;
  double used_share = 0;
  double snapshot_bytes = 0;  // a track
  bool allocates = false;     // in a round in which no plot was of a group
};

Result run(const Case& c) {
  base::Prng prng(c.aircraft + static_cast<std::uint64_t>(c.traffic));
  const track::SensorDescription sensor = sensor_of(c.traffic);
  std::vector<Aircraft> aircraft;
  aircraft.reserve(c.aircraft);
  for (std::uint32_t i = 0; i < c.aircraft; ++i) aircraft.emplace_back(i, prng);

  Tracker tracker;
  tracker.set_sensors({&sensor, 1});
  std::vector<TrackEvent> events;
  events.reserve(4);
  constexpr std::uint32_t kBatch = 100;  // made before they are timed, as a decoder hands them on
  std::vector<Plot> plots(kBatch);
  CHECK(c.aircraft % kBatch == 0);
  constexpr int kWarmUp = 12;
  // A shared machine is slow for tens of milliseconds at a time.
  const int rounds = kWarmUp + std::max(24, static_cast<int>(60'000 / c.aircraft));
  const base::Duration apart = sensor.period / c.aircraft;
  Result r;
  r.name = c.name;
  r.aircraft = c.aircraft;
  r.take_ns = r.advance_ns = 1e18;
  std::uint64_t take_allocations = 0, advance_allocations = 0, measured = 0, used = 0;
  std::uint64_t ungrouped_allocations = 0;
  for (int round = 0; round < rounds; ++round) {
    base::Timestamp t = kStart + round * sensor.period;
    const std::uint64_t used_before = tracker.counters().used;
    const std::uint64_t grouped_before = tracker.counters().grouped;
    const std::uint64_t allocations_before = allocations;
    double taken = 0.0;
    for (std::uint32_t i = 0; i < c.aircraft;) {
      for (Plot& plot : plots) {
        plot = aircraft[i++].plot(c.traffic, sensor, t, prng);
        t += apart;
      }
      const double begin = cpu_seconds();
      for (const Plot& plot : plots) {
        events.clear();
        tracker.take(plot, events);
      }
      taken += cpu_seconds() - begin;
    }
    const std::uint64_t allocations_between = allocations;
    events.clear();
    const double before = cpu_seconds();
    tracker.advance(t, events);
    const double advanced = cpu_seconds() - before;
    if (round < kWarmUp) continue;
    ++measured;
    used += tracker.counters().used - used_before;
    take_allocations += allocations_between - allocations_before;
    advance_allocations += allocations - allocations_between;
    if (tracker.counters().grouped == grouped_before)
      ungrouped_allocations += allocations - allocations_before;
    r.take_ns = std::min(r.take_ns, 1e9 * taken / c.aircraft);
    r.advance_ns = std::min(r.advance_ns, 1e9 * advanced / tracker.track_count());
  }
  const double plots_measured = static_cast<double>(measured) * c.aircraft;
  r.tracks = tracker.track_count();
  r.take_allocations = static_cast<double>(take_allocations) / plots_measured;
  r.advance_allocations = static_cast<double>(advance_allocations) / static_cast<double>(measured);
  r.allocates = ungrouped_allocations > 0;
  r.used_share = static_cast<double>(used) / plots_measured;
  base::Bytes state;
  base::ByteWriter writer(state);
  tracker.save(writer);
  r.snapshot_bytes = static_cast<double>(state.size()) / r.tracks;
  return r;
}

}  // namespace

int main(int argc, char** argv) {
  bool json = false, quick = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--json") {
      json = true;
    } else if (argument == "--quick") {
      quick = true;
    } else if (argument == kUnderValgrind) {
      return run_under_valgrind();
    } else {
      fmt::print(stderr, "bench_tracker [--quick] [--json]\n");
      return 2;
    }
  }
  const Case cases[] = {
      {"ADS-B, 1 s", Traffic::ads_b, 100},
      {"ADS-B, 1 s", Traffic::ads_b, 1'000},
      {"ADS-B, 1 s", Traffic::ads_b, 10'000},
      {"Mode S radar, 5 s", Traffic::mode_s, 1'000},
      {"Mode S radar, 5 s", Traffic::mode_s, 10'000},
      {"Mode A/C radar, 5 s", Traffic::mode_ac, 1'000},
      {"multilateration, 1 s", Traffic::mlat, 1'000},
      {"system tracks, 5 s", Traffic::system_track, 1'000},
  };
  fmt::print("{:20} {:>9} {:>7} {:>10} {:>9} {:>11} {:>12} {:>9} {:>10}\n",
             "traffic",
             "aircraft",
             "tracks",
             "plots/s",
             "ns/plot",
             "used plots",
             "allocations",
             "advance",
             "snapshot");
  fmt::print("{:20} {:>9} {:>7} {:>10} {:>9} {:>11} {:>12} {:>9} {:>10}\n",
             "",
             "",
             "",
             "",
             "",
             "%",
             "a plot",
             "ns/track",
             "B/track");
  std::string members;
  double addressed_10k = 1e18;  // the slower of the two kinds of traffic
  bool allocates = false;
  for (const Case& c : cases) {
    const Result r = run(c);
    if (c.aircraft == 10'000) addressed_10k = std::min(addressed_10k, 1e9 / r.take_ns);
    allocates = allocates || r.allocates;
    fmt::print("{:20} {:>9} {:>7} {:>10.0f} {:>9.0f} {:>11.2f} {:>12.4f} {:>9.0f} {:>10.0f}\n",
               r.name,
               r.aircraft,
               r.tracks,
               1e9 / r.take_ns,
               r.take_ns,
               100 * r.used_share,
               r.take_allocations,
               r.advance_ns,
               r.snapshot_bytes);
    members += fmt::format(
        "{}{{\"traffic\":\"{}\",\"aircraft\":{},\"tracks\":{},\"plots_per_s\":{:.0f},\"ns_per_"
        "plot\":"
        "{:.1f},\"used_share\":{:.4f},\"allocations_per_plot\":{:.4f},\"advance_ns_per_track\":{:."
        "1f},\"allocations_per_advance\":{:.2f},\"snapshot_bytes_per_track\":{:.0f}}}",
        members.empty() ? "" : ",",
        r.name,
        r.aircraft,
        r.tracks,
        1e9 / r.take_ns,
        r.take_ns,
        r.used_share,
        r.take_allocations,
        r.advance_ns,
        r.advance_allocations,
        r.snapshot_bytes);
  }
  fmt::print("memory of a track: {} bytes that every plot looks at, {} others\n",
             Tracker::kTrackBytes,
             track::DoubtBook::kSeldomBytes);

  const std::optional<double> instructions = instructions_a_plot();
  if (instructions) {
    fmt::print("instructions a plot of addressed traffic, under valgrind: {:.0f}\n", *instructions);
  } else {
    fmt::print("instructions a plot: not counted, there is no valgrind\n");
  }
  const double limit = 1e9 / filter_ns();
  fmt::print("the filter's arithmetic alone: {:.0f} plots/s with position and velocity\n", limit);
  fmt::print("\n{:>9} {:>10} {:>9} {:>9}   ADS-B every 8 s, 1 aircraft in 100 km2\n",
             "tracks",
             "plots/s",
             "ns/plot",
             "advance");
  std::string scales;
  for (const std::uint32_t count : {1'000U, 10'000U, 100'000U, 1'000'000U}) {
    const Scale scale = run_scale(count, quick);
    fmt::print("{:>9} {:>10.0f} {:>9.0f} {:>9.0f}\n",
               scale.tracks,
               1e9 / scale.take_ns,
               scale.take_ns,
               scale.advance_ns);
    scales += fmt::format("{}{{\"tracks\":{},\"ns_per_plot\":{:.1f},\"advance_ns\":{:.1f}}}",
                          scales.empty() ? "" : ",",
                          scale.tracks,
                          scale.take_ns,
                          scale.advance_ns);
  }
  const Latency latency = run_latency(quick);
  fmt::print(
      "\nplot to track, 20,000 plots/s, 10,000 tracks: p50 {:.1f} us, p99 {:.1f}, p99.9 {:.1f}\n",
      latency.p50,
      latency.p99,
      latency.p999);
  const int rounds = quick ? 40 : 200;
  const bench::MixResult mixed =
      bench::run_mix({.coded = 0.5, .in_pairs = 0.1}, rounds, allocations);
  const bench::MixResult mix =
      bench::run_mix({.addressed = 0.95, .in_pairs = 0.04, .in_fours = 0.01}, rounds, allocations);
  const double cluster_ms = bench::crossing_cluster_ms_per_scan(quick ? 5 : 40);
  const auto tell = [](const char* name, const bench::MixResult& r) {
    fmt::print("{}: {:.0f} plots/s, {:.1f} % of them in groups, {:.4f} allocations a plot\n",
               name,
               r.plots_per_s,
               100 * r.grouped_share,
               r.allocations_per_plot);
  };
  fmt::print("\n");
  tell("half Mode A/C, 40 % primary alone, 10 % primary in pairs", mixed);
  tell("95 % addressed, 4 % primary in pairs, 1 % in crossing fours", mix);
  fmt::print("four targets crossing, 200 hypotheses: {:.3f} ms a scan\n", cluster_ms);
  if (json) {
    fmt::print(
        "{{\"cases\":[{}],\"track_bytes\":{},\"addressed_10k_plots_per_s\":{:.0f},"
        "\"mixed_plots_per_s\":{:.0f},\"traffic_mix_plots_per_s\":{:.0f},"
        "\"crossing_cluster_ms_per_scan\":{:.3f},\"scale\":[{}],"
        "\"latency_us\":{{\"p50\":{:.1f},\"p99\":{:.1f},\"p999\":{:.1f}}},"
        "\"instructions_per_plot\":{},\"physical_limit_plots_per_s\":{:.0f}}}\n",
        members,
        Tracker::kTrackBytes,
        addressed_10k,
        mixed.plots_per_s,
        mix.plots_per_s,
        cluster_ms,
        scales,
        latency.p50,
        latency.p99,
        latency.p999,
        instructions ? fmt::format("{:.0f}", *instructions) : "null",
        limit);
  }
  return allocates ? 1 : 0;
}
