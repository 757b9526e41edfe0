// What the tracker's models of aircraft, air and coverage are worth: each against the same tracker
// without it, on flights simulated here.
//
//   bench_models [--quick] [--json]
//
// Motion: random flights of each class, seen as such aircraft are seen, followed as what they are
// and as airliners. Position RMS, and NEES (2 degrees of freedom, over 2) apart for steady flight
// and for manoeuvres.
//
// Air: aircraft with Mode C alone about a radar, on a day 14 K warmer than the standard, with and
// without twenty others whose ADS-B tells both heights. RMS of height and of place by distance.
#include <fmt/format.h>

#include <cmath>
#include <string_view>
#include <vector>

#include "base/math.hpp"
#include "base/prng.hpp"
#include "geo/frames.hpp"
#include "track/sensors/models.hpp"
#include "track/tracker.hpp"

namespace {

using namespace liptako;
using base::Angle;
using base::Length;
using base::Prng;
using base::Speed;
using track::AircraftClass;
using track::Plot;
using track::SensorDescription;
using track::SensorKind;

base::Timestamp at_second(double s) {
  return base::timestamp_from_ns(1'795'305'600'000'000'000) + base::seconds(s);
}

const geo::TangentFrame kField(geo::Geodetic{Angle::from_degrees(13), Angle::from_degrees(0), {}});

// An aircraft flown by orders: so long, with this acceleration along the path and this turn rate.
struct Flight {
  double east = 0, north = 0, course = 0, speed = 0, height = 3000;
  double along = 0, turn = 0;
  double since_change = 1e9;

  void fly(double seconds) {
    constexpr double kStep = 0.02;
    for (double t = 0; t < seconds - 1e-9; t += kStep) {
      speed = std::fmax(0.0, speed + kStep * along);
      course += kStep * turn;
      east += kStep * speed * base::sin(course);
      north += kStep * speed * base::cos(course);
      since_change = manoeuvres() ? 0.0 : since_change + kStep;
    }
  }
  [[nodiscard]] bool manoeuvres() const { return std::fabs(along) + std::fabs(turn) * speed > 0.3; }
  [[nodiscard]] geo::Geodetic place() const {
    return geo::geodetic_from_ecef(track::ecef_at(kField, east, north, height));
  }
};

struct Habit {
  std::string_view name;
  AircraftClass aircraft_class;
  SensorKind sensor;
  double period_s, sd_m;
  double speed_mps, height_m;
  double steady_s;       // mean length of steady flight
  double turn_deg_s[2];  // least, most
  double acceleration;   // of stops and starts; 0: keeps its speed
  double stop_share;     // of manoeuvres
};

constexpr Habit kHabits[] = {
    {"airliner",
     AircraftClass::airliner,
     SensorKind::polar_radar,
     5,
     60,
     220,
     9000,
     90,
     {0.8, 2},
     0.5,
     0.2},
    {"light", AircraftClass::light, SensorKind::polar_radar, 4, 60, 55, 1500, 45, {2, 6}, 0, 0},
    {"helicopter",
     AircraftClass::helicopter,
     SensorKind::mlat,
     1,
     20,
     60,
     600,
     30,
     {4, 9},
     1.5,
     0.5},
    {"uav", AircraftClass::uav, SensorKind::remote_id, 1, 4, 14, 100, 12, {15, 35}, 3, 0.5},
    {"surface", AircraftClass::surface, SensorKind::mlat, 1, 6, 9, 250, 20, {6, 12}, 0.9, 0.5},
};

SensorDescription sensor_of(const Habit& h) {
  SensorDescription s = track::described(h.sensor);
  s.name = "sensor";
  s.sac_sic = {1, 1};
  s.period = base::seconds(h.period_s);
  s.range_sd = Length::from_metres(h.sd_m);
  s.latency_sd = std::chrono::milliseconds(20);
  s.site = {Angle::from_degrees(13.3), Angle::from_degrees(0.3), Length::from_metres(300)};
  s.placed = true;
  return s;
}

Plot plot_of(const Habit& h, const SensorDescription& s, const Flight& f, double t, Prng& prng) {
  Plot p;
  p.time = at_second(t);
  p.icao_address = base::IcaoAddress(0x062001);
  p.pressure_altitude = Length::from_feet(25 * std::floor(f.height / 0.3048 / 25 + 0.5));
  const geo::Geodetic place = f.place();
  if (h.sensor == SensorKind::polar_radar) {
    const auto q = geo::TangentFrame(s.site).enu_from_ecef(geo::ecef_from_geodetic(place));
    p.slant_range = Length::from_metres(std::sqrt(q.x * q.x + q.y * q.y + q.z * q.z) +
                                        prng.normal(0, s.range_sd.metres()));
    p.azimuth = Angle::from_radians(
        base::wrap_two_pi(base::atan2(q.x, q.y) + prng.normal(0, s.azimuth_sd.radians())));
    return p;
  }
  const auto told = geo::geodetic_from_ecef(
      geo::TangentFrame(place).ecef_from_enu({prng.normal(0, h.sd_m), prng.normal(0, h.sd_m), 0}));
  p.latitude = told.latitude;
  p.longitude = told.longitude;
  p.sd_east = p.sd_north = Length::from_metres(h.sd_m);
  return p;
}

struct Tally {
  double square = 0, nees = 0;
  int count = 0;
  [[nodiscard]] double rms() const { return std::sqrt(square / std::fmax(1, count)); }
  [[nodiscard]] double mean_nees() const { return nees / std::fmax(1, count) / 2.0; }
};
struct Phases {
  Tally steady, manoeuvre;
};

void score(const track::TrackView& v, const Flight& f, double period, Phases& phases) {
  const geo::Geodetic truth = f.place();
  const auto e =
      geo::TangentFrame({truth.latitude, truth.longitude, {}})
          .enu_from_ecef(geo::ecef_from_geodetic({v.position.latitude, v.position.longitude, {}}));
  const double det = v.cov_ee_m2 * v.cov_nn_m2 - v.cov_en_m2 * v.cov_en_m2;
  Tally& tally = f.since_change < 2 * period ? phases.manoeuvre : phases.steady;
  tally.square += e.x * e.x + e.y * e.y;
  tally.nees +=
      (v.cov_nn_m2 * e.x * e.x - 2 * v.cov_en_m2 * e.x * e.y + v.cov_ee_m2 * e.y * e.y) / det;
  ++tally.count;
}

Phases follow(const Habit& h, bool as_it_is, int flights) {
  Phases phases;
  for (int flight = 0; flight < flights; ++flight) {
    Prng prng(static_cast<std::uint64_t>(1000 + flight));
    const SensorDescription sensor = sensor_of(h);
    track::Tracker tracker;
    tracker.set_sensors({&sensor, 1});
    std::vector<track::TrackEvent> events;
    Flight f;
    f.east = prng.uniform(-10e3, 10e3);
    f.north = prng.uniform(-10e3, 10e3);
    f.course = prng.uniform(0, 2 * base::kPi);
    f.speed = h.speed_mps;
    f.height = h.height_m;
    double change_at = prng.uniform(0.5, 1.5) * h.steady_s;
    for (double t = 0; t < 600; t += h.period_s) {
      Plot p = plot_of(h, sensor, f, t, prng);
      p.aircraft_class = AircraftClass::airliner;
      if (as_it_is && h.aircraft_class == AircraftClass::surface) {
        p.on_ground = track::OnGround::yes;
      } else if (as_it_is) {
        p.aircraft_class = h.aircraft_class;
      }
      events.clear();
      tracker.take(p, events);
      if (t > 30 && !events.empty()) score(events.back().view, f, h.period_s, phases);
      // Orders hold from plot to plot: the next one is given between two.
      for (double left = h.period_s; left > 0;) {
        const double step = std::fmin(left, std::fmax(0.02, change_at - t - (h.period_s - left)));
        f.fly(step);
        left -= step;
        const double now = t + h.period_s - left;
        if (now < change_at - 1e-6) continue;
        if (f.along != 0.0 || f.turn != 0.0) {  // a manoeuvre ends
          f.along = f.turn = 0.0;
          change_at = now + prng.uniform(0.5, 1.5) * h.steady_s;
        } else if (f.speed < 0.5 * h.speed_mps) {
          f.along = h.acceleration;
          change_at = now + (h.speed_mps - f.speed) / h.acceleration;
        } else if (prng.uniform(0, 1) < h.stop_share) {
          f.along = -h.acceleration;
          const double to = h.aircraft_class == AircraftClass::airliner ? 0.8 * f.speed : 0.0;
          change_at = now + (f.speed - to) / h.acceleration;
        } else {
          const double rate = prng.uniform(h.turn_deg_s[0], h.turn_deg_s[1]);
          f.turn = (prng.uniform(0, 1) < 0.5 ? -1 : 1) * rate * base::kRadiansPerDegree;
          change_at = now + prng.uniform(45, 180) / rate;
        }
      }
    }
  }
  return phases;
}

void print_motion(int flights, bool json) {
  if (!json)
    fmt::print("{:<12}{:<12}{:>12}{:>9}{:>14}{:>9}\n",
               "flights of",
               "followed as",
               "steady RMS m",
               "NEES/2",
               "manoeuvre RMS",
               "NEES/2");
  for (const Habit& h : kHabits) {
    for (const bool as_it_is : {false, true}) {
      const Phases p = follow(h, as_it_is, flights);
      if (json) {
        fmt::print(
            "{{\"flights\":\"{}\",\"followed_as\":\"{}\",\"steady_rms_m\":{:.2f},"
            "\"steady_nees\":{:.3f},\"manoeuvre_rms_m\":{:.2f},\"manoeuvre_nees\":{:.3f}}}\n",
            h.name,
            as_it_is ? h.name : "airliner",
            p.steady.rms(),
            p.steady.mean_nees(),
            p.manoeuvre.rms(),
            p.manoeuvre.mean_nees());
      } else {
        fmt::print("{:<12}{:<12}{:>12.1f}{:>9.2f}{:>14.1f}{:>9.2f}\n",
                   h.name,
                   as_it_is ? h.name : "airliner",
                   p.steady.rms(),
                   p.steady.mean_nees(),
                   p.manoeuvre.rms(),
                   p.manoeuvre.mean_nees());
      }
    }
  }
}

// Geometric height of a pressure altitude: 14 K more, the geoid, and low pressure at the sea.
double geometric(double pressure_altitude_m) { return -25.0 + 1.056 * pressure_altitude_m; }

struct AirScore {
  Tally height, near, far;
};

AirScore fly_in_warm_air(bool told, int minutes) {
  Prng prng(5);
  SensorDescription sensors[2] = {sensor_of(kHabits[0]), track::described(SensorKind::ads_b)};
  sensors[0].site = {Angle::from_degrees(13), Angle::from_degrees(0), Length::from_metres(300)};
  sensors[1].name = "ads-b";
  sensors[1].sac_sic = {1, 2};
  track::Tracker tracker;
  tracker.set_sensors(sensors);
  std::vector<track::TrackEvent> events;

  struct Traffic {
    Flight f;
    double pressure_altitude;
    double altimeter, receiver;  // its own errors, which stay
  };
  std::vector<Traffic> telling(20), others(8);
  for (std::size_t i = 0; i < telling.size() + others.size(); ++i) {
    Traffic& a = i < telling.size() ? telling[i] : others[i - telling.size()];
    a.f.course = prng.uniform(0, 2 * base::kPi);
    // Those that tell fly all over the place; the others circle about the radar.
    const double reach = i < telling.size() ? 150e3 : 0;
    a.f.east = prng.uniform(-reach, reach);
    a.f.north = prng.uniform(-reach, reach);
    a.f.speed = 200;
    a.pressure_altitude = 304.8 * std::floor(prng.uniform(20, 39));
    a.altimeter = prng.normal(0, 20);
    a.receiver = prng.normal(0, 10);
    a.f.height = geometric(a.pressure_altitude + a.altimeter);
    if (i < telling.size()) continue;
    const double radius = 12e3 + 6e3 * static_cast<double>(i - telling.size());
    a.f.east = radius * base::cos(a.f.course);
    a.f.north = -radius * base::sin(a.f.course);
    a.f.turn = -a.f.speed / radius;
  }
  AirScore score_of;
  Phases phases;
  for (double t = 0; t < 60.0 * minutes; t += 1) {
    for (std::size_t i = 0; i < telling.size(); ++i) {
      Traffic& a = telling[i];
      a.f.fly(1);
      Plot p = plot_of(kHabits[3], sensors[1], a.f, t, prng);
      p.sensor = 1;
      p.icao_address = base::IcaoAddress(0x062100 + static_cast<std::uint32_t>(i));
      p.position_sd = p.sd_east;
      p.pressure_altitude =
          Length::from_feet(25 * std::floor(a.pressure_altitude / 0.3048 / 25 + 0.5));
      if (told) {
        p.geometric_height = Length::from_metres(a.f.height + a.receiver + prng.normal(0, 5));
        p.geometric_height_sd = Length::from_metres(23);
      }
      events.clear();
      tracker.take(p, events);
    }
    for (std::size_t i = 0; i < others.size(); ++i) {
      Traffic& a = others[i];
      a.f.fly(1);
      if (static_cast<int>(t) % 5 != static_cast<int>(i) % 5) continue;
      Plot p = plot_of(kHabits[0], sensors[0], a.f, t, prng);
      p.icao_address.reset();
      p.mode_3a = base::ModeACode(static_cast<std::uint16_t>(01000 + i));
      p.altitude_quantum = Length::from_feet(100);
      p.pressure_altitude = Length::from_feet(100 * std::floor(a.pressure_altitude / 30.48 + 0.5));
      events.clear();
      tracker.take(p, events);
      if (t < 600 || events.empty()) continue;
      const track::TrackView& v = events.back().view;
      const double range = std::hypot(a.f.east, a.f.north);
      Phases one;
      score(v, a.f, 5, one);
      Tally& tally = range < 31e3 ? score_of.near : score_of.far;
      tally.square += one.steady.square + one.manoeuvre.square;
      tally.nees += one.steady.nees + one.manoeuvre.nees;
      ++tally.count;
      const double height_error = v.geometric_height->metres() - a.f.height;
      const double sd = v.geometric_height_sd.metres();
      score_of.height.square += height_error * height_error;
      score_of.height.nees += 2.0 * height_error * height_error / (sd * sd);
      ++score_of.height.count;
    }
  }
  return score_of;
}

void print_air(int minutes, bool json) {
  if (!json)
    fmt::print("\n{:<26}{:>12}{:>9}{:>12}{:>9}{:>12}{:>9}\n",
               "ADS-B tells both heights",
               "height RMS",
               "NEES",
               "12-30 km",
               "NEES/2",
               "36-54 km",
               "NEES/2");
  for (const bool told : {false, true}) {
    const AirScore s = fly_in_warm_air(told, minutes);
    if (json) {
      fmt::print(
          "{{\"offset_learnt\":{},\"height_rms_m\":{:.1f},\"height_nees\":{:.3f},"
          "\"near_rms_m\":{:.1f},\"near_nees\":{:.3f},\"far_rms_m\":{:.1f},\"far_nees\":{:.3f}}}\n",
          told,
          s.height.rms(),
          s.height.mean_nees(),
          s.near.rms(),
          s.near.mean_nees(),
          s.far.rms(),
          s.far.mean_nees());
    } else {
      fmt::print("{:<26}{:>12.0f}{:>9.2f}{:>12.1f}{:>9.2f}{:>12.1f}{:>9.2f}\n",
                 told ? "yes" : "no",
                 s.height.rms(),
                 s.height.mean_nees(),
                 s.near.rms(),
                 s.near.mean_nees(),
                 s.far.rms(),
                 s.far.mean_nees());
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  bool quick = false, json = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    quick = quick || argument == "--quick";
    json = json || argument == "--json";
  }
  print_motion(quick ? 10 : 40, json);
  print_air(quick ? 20 : 60, json);
  return 0;
}
