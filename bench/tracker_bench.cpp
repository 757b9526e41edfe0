// Speed of the tracker on one core: time a plot with traffic of every kind of sensor, time a track
// of one advance(), allocations once the tables have grown, memory a track. CPU time of the
// process, best of the rounds; each round is one report of every aircraft.
//
//   bench_tracker [--quick] [--json]      --json: one line at the end, for scripts
//
// Fails if take() or advance() allocates after warm-up.
#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <ctime>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/math.hpp"
#include "base/prng.hpp"
#include "geo/frames.hpp"
#include "track/sensors/models.hpp"
#include "track/tracker.hpp"

namespace {

std::uint64_t allocations = 0;

}  // namespace

// Counted, not changed; all forms of new end here.
void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
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
};

Result run(const Case& c, bool quick) {
  base::Prng prng(c.aircraft + static_cast<std::uint64_t>(c.traffic));
  const track::SensorDescription sensor = sensor_of(c.traffic);
  std::vector<Aircraft> aircraft;
  aircraft.reserve(c.aircraft);
  for (std::uint32_t i = 0; i < c.aircraft; ++i) aircraft.emplace_back(i, prng);

  Tracker tracker;
  tracker.set_sensors({&sensor, 1});
  std::vector<TrackEvent> events;
  events.reserve(4);
  std::vector<Plot> plots(c.aircraft);
  constexpr int kWarmUp = 12;
  const int rounds = kWarmUp + (quick ? 4 : std::max(8, static_cast<int>(60'000 / c.aircraft)));
  const base::Duration apart = sensor.period / c.aircraft;
  Result r;
  r.name = c.name;
  r.aircraft = c.aircraft;
  r.take_ns = r.advance_ns = 1e18;
  std::uint64_t take_allocations = 0, advance_allocations = 0, measured = 0, used = 0;
  for (int round = 0; round < rounds; ++round) {
    base::Timestamp t = kStart + round * sensor.period;
    for (std::uint32_t i = 0; i < c.aircraft; ++i, t += apart)
      plots[i] = aircraft[i].plot(c.traffic, sensor, t, prng);
    const std::uint64_t used_before = tracker.counters().used;
    const std::uint64_t allocations_before = allocations;
    const double begin = cpu_seconds();
    for (const Plot& plot : plots) {
      events.clear();
      tracker.take(plot, events);
    }
    const double taken = cpu_seconds();
    const std::uint64_t allocations_between = allocations;
    events.clear();
    tracker.advance(t, events);
    const double advanced = cpu_seconds();
    if (round < kWarmUp) continue;
    ++measured;
    used += tracker.counters().used - used_before;
    take_allocations += allocations_between - allocations_before;
    advance_allocations += allocations - allocations_between;
    r.take_ns = std::min(r.take_ns, 1e9 * (taken - begin) / c.aircraft);
    r.advance_ns = std::min(r.advance_ns, 1e9 * (advanced - taken) / tracker.track_count());
  }
  const double plots_measured = static_cast<double>(measured) * c.aircraft;
  r.tracks = tracker.track_count();
  r.take_allocations = static_cast<double>(take_allocations) / plots_measured;
  r.advance_allocations = static_cast<double>(advance_allocations) / static_cast<double>(measured);
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
  bool allocates = false;
  for (const Case& c : cases) {
    const Result r = run(c, quick);
    allocates = allocates || r.take_allocations > 0 || r.advance_allocations > 0;
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
  fmt::print("memory of a track: {} bytes\n", sizeof(track::TrackRecord));
  if (json) {
    fmt::print("{{\"cases\":[{}],\"track_bytes\":{}}}\n", members, sizeof(track::TrackRecord));
  }
  return allocates ? 1 : 0;
}
