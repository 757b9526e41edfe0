#include "models_run.hpp"

#include <algorithm>
#include <vector>

#include "base/math.hpp"
#include "base/prng.hpp"
#include "geo/frames.hpp"
#include "track/sensors/models.hpp"
#include "track/smoothing.hpp"
#include "track/tracker.hpp"

namespace liptako::bench {
namespace {

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

// Geometric height of a pressure altitude: 14 K more, the geoid, and low pressure at the sea.
double geometric(double pressure_altitude_m) { return -25.0 + 1.056 * pressure_altitude_m; }

}  // namespace

Phases follow(std::size_t habit, const FollowOptions& how) {
  const Habit& h = kHabits[habit];
  const double lag_s = how.lag_s;
  Phases phases;
  for (int flight = 0; flight < how.flights; ++flight) {
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
    track::FixedLagSmoother smoother(base::seconds(std::fmax(1, lag_s)));
    std::vector<track::TrackEvent> later;
    std::vector<Flight> flown;
    for (double t = 0; t < 600; t += h.period_s) {
      Plot p = plot_of(h, sensor, f, t, prng);
      p.aircraft_class = AircraftClass::airliner;
      if (how.as_it_is && h.aircraft_class == AircraftClass::surface) {
        p.on_ground = track::OnGround::yes;
      } else if (how.as_it_is) {
        p.aircraft_class = h.aircraft_class;
      }
      events.clear();
      tracker.take(p, events);
      tracker.advance(p.time, events);
      if (lag_s > 0) {
        flown.push_back(f);
        for (const track::TrackEvent& event : events) smoother.take(event, later);
      } else if (t > 30 && !events.empty()) {
        score(events.back().view, f, h.period_s, phases);
      }
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
    smoother.finish(later);
    for (const track::TrackEvent& event : later) {
      const double t = base::to_seconds(event.view.time - at_second(0));
      if (t <= 30) continue;
      score(event.view,
            flown[static_cast<std::size_t>(std::lround(t / h.period_s))],
            h.period_s,
            phases);
    }
  }
  return phases;
}

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
      tracker.advance(p.time, events);
      if (t < 600) continue;
      // Events of others come between: of tracks that end, of those that wait for an instant.
      const auto its = std::find_if(events.rbegin(), events.rend(), [&](const auto& e) {
        return e.kind != track::TrackEventKind::dropped && e.view.mode_3a == p.mode_3a;
      });
      if (its == events.rend()) continue;
      const track::TrackView& v = its->view;
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

BirthScore fly_out(const BirthOptions& how) {
  const double false_plots = how.false_plots;
  const int hours = how.hours;
  Prng prng(77);
  SensorDescription s = track::described(SensorKind::polar_radar);
  s.name = "radar";
  s.sac_sic = {1, 1};
  s.site = {Angle::from_degrees(13), Angle::from_degrees(0), Length::from_metres(300)};
  s.placed = true;
  s.period = std::chrono::seconds(6);
  s.range_sd = Length::from_metres(80);
  s.azimuth_sd = Angle::from_degrees(0.12);
  s.range_max = Length::from_metres(150e3);
  s.detection_probability = 0.8;
  s.false_plots_primary = false_plots;
  track::TrackerOptions options;
  options.learns_births = how.learns;
  track::Tracker tracker(options);
  tracker.set_sensors({&s, 1});
  const geo::TangentFrame site(s.site);
  std::vector<track::TrackEvent> events;
  struct Aircraft {
    Flight f;
    double first_plot_s = -1;
    bool confirmed = false;
  };
  std::vector<Aircraft> flying;
  constexpr double kLearnS = 7200, kFieldsM[2][2] = {{40e3, 25e3}, {-30e3, -70e3}};
  BirthScore score_of;
  score_of.hours = hours;
  std::vector<std::uint32_t> known;  // numbers that were confirmed
  double next = 0;
  for (double t = 0; t < kLearnS + 3600.0 * hours; t += 6) {
    if (t >= next) {
      next = t + prng.uniform(100, 260);
      Aircraft a;
      const auto& field = kFieldsM[prng.uniform(0, 1) < 0.5 ? 0 : 1];
      a.f.east = field[0] + prng.uniform(-2e3, 2e3);
      a.f.north = field[1] + prng.uniform(-2e3, 2e3);
      a.f.course = prng.uniform(0, 2 * base::kPi);
      a.f.speed = prng.uniform(50, 110);
      flying.push_back(a);
    }
    std::erase_if(flying,
                  [](const Aircraft& a) { return std::hypot(a.f.east, a.f.north) > 140e3; });
    std::vector<Plot> scan;
    for (Aircraft& a : flying) {
      a.f.fly(6);
      if (prng.uniform(0, 1) > s.detection_probability) continue;
      Plot p = plot_of(kHabits[0], s, a.f, t, prng);
      p.icao_address.reset();
      p.pressure_altitude.reset();
      scan.push_back(p);
      if (a.first_plot_s < 0) a.first_plot_s = t;
    }
    // Poisson, by waiting times.
    for (double mass = -std::log(prng.uniform(1e-12, 1)); mass < false_plots;
         mass -= std::log(prng.uniform(1e-12, 1))) {
      Plot p;
      p.time = at_second(t);
      p.slant_range = Length::from_metres(prng.uniform(2e3, 150e3));
      p.azimuth = Angle::from_radians(prng.uniform(0, 2 * base::kPi));
      scan.push_back(p);
    }
    events.clear();
    for (const Plot& p : scan) tracker.take(p, events);
    tracker.note_sensor_time(0, at_second(t));
    tracker.advance(at_second(t), events);
    tracker.for_each_track([&](std::uint32_t slot) {
      const track::TrackView v = tracker.view(slot, at_second(t));
      if (v.status != track::TrackStatus::confirmed) return;
      if (std::find(known.begin(), known.end(), v.number.value) != known.end()) return;
      known.push_back(v.number.value);
      Aircraft* nearest = nullptr;
      for (Aircraft& a : flying) {
        const double apart = geo::rough_distance(a.f.place(), v.position).metres();
        if (apart < 4e3 && nearest == nullptr) nearest = &a;
      }
      if (nearest == nullptr) {
        score_of.false_tracks += t > kLearnS;
      } else if (!nearest->confirmed) {
        nearest->confirmed = true;
        if (t < kLearnS) return;
        ++score_of.confirmed;
        score_of.delay_s += t - nearest->first_plot_s;
      }
    });
  }
  return score_of;
}

}  // namespace liptako::bench
