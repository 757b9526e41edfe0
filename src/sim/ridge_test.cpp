// What a radar behind a ridge reports, and what its silence is worth to a tracker that knows the
// ground and to one that does not.
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "base/math.hpp"
#include "geo/terrain_for_test.hpp"
#include "sim/radar.hpp"
#include "track/terrain_view.hpp"
#include "track/tracker.hpp"

namespace liptako::sim {
namespace {

using base::Angle;
using base::Length;
using base::Timestamp;

constexpr Timestamp kStart = base::timestamp_from_ns(1'800'000'000'000'000'000);
constexpr double kGroundM = 300.0, kCrestM = 1500.0;
// A meridian 45 km east of the antenna.
constexpr double kLatitude = 13.0, kRidgeLongitude = 0.415;

Place place(double lat_deg, double lon_deg, double height_m = 0.0) {
  return {
      Angle::from_degrees(lat_deg), Angle::from_degrees(lon_deg), Length::from_metres(height_m)};
}

Atmosphere air() {
  Atmosphere a{0.0, 1013.25, Length(), Length::from_metres(kGroundM)};
  a.ridges.push_back(
      {place(12.3, kRidgeLongitude), place(13.7, kRidgeLongitude), Length::from_metres(kCrestM)});
  return a;
}

TEST(Ridge, HidesExactlyWhatALineOverItDoesNotReach) {
  const Frame antenna = frame_at(place(kLatitude, 0.0, 330));
  const Ridge ridge = air().ridges.front();
  base::Prng prng(1);
  int hidden = 0, seen = 0;
  for (int i = 0; i < 3000; ++i) {
    const double lat = prng.uniform(12.0, 14.0), lon = prng.uniform(-1.0, 2.5);
    const double height = prng.uniform(400, 8000);
    const Frame target = frame_at(place(lat, lon, height));
    // The target's elevation against the crest's where the ways cross, over 4/3 of the Earth.
    const auto elevation = [](double above_m, double ground_m) {
      return above_m / ground_m - ground_m / (2.0 * 4.0 / 3.0 * 6'371'000.0);
    };
    const double share = kRidgeLongitude / lon;
    const double ground = ground_distance_m(antenna.position, target.position);
    const bool crosses = lon > kRidgeLongitude &&
                         std::fabs(kLatitude + share * (lat - kLatitude) - kLatitude) < 0.69;
    const bool beside = lon < kRidgeLongitude || std::fabs(share * (lat - kLatitude)) > 0.71;
    const double margin =
        elevation(height - 330, ground) - elevation(kCrestM - 330, share * ground);
    if (beside || (crosses && margin > 1e-3)) {
      EXPECT_FALSE(hides(ridge, antenna, target.position)) << lat << " " << lon << " " << height;
      ++seen;
    } else if (crosses && margin < -1e-3) {
      EXPECT_TRUE(hides(ridge, antenna, target.position)) << lat << " " << lon << " " << height;
      ++hidden;
    }
  }
  EXPECT_GT(seen, 500);
  EXPECT_GT(hidden, 200);
}

// A flight without a 24-bit address and level.
std::unique_ptr<Flight> flight(
    std::uint32_t number, const Place& from, const Place& to, double level, const Atmosphere& air) {
  FlightPlan plan;
  plan.number = number;
  plan.departs = kStart;
  plan.route = {{from, -1, std::nullopt}, {to, -1, std::nullopt}};
  plan.level = Length::from_flight_level(level);
  plan.cruise = base::Speed::from_knots(200.0);
  plan.transponder = Transponder::mode_ac;
  plan.mode_3a = base::ModeACode(static_cast<std::uint16_t>(01000 + number));
  if (number == 2) plan.silent = {{std::chrono::minutes(12), std::chrono::minutes(30)}};
  return std::make_unique<Flight>(plan, std::vector<Aerodrome>{}, air);
}

track::SensorDescription described(const Radar& radar) {
  track::SensorDescription s;
  s.name = "radar";
  s.sac_sic = {1, 1};
  s.kind = track::SensorKind::polar_radar;
  s.site = {radar.site.latitude, radar.site.longitude, radar.site.height};
  s.placed = true;
  s.period = radar.period;
  s.detection_probability = radar.pd;
  return s;
}

// Least existence, in the minute after its last plot, of the track with each code.
std::map<std::uint16_t, double> existence_in_silence(bool knows_ground) {
  const Atmosphere around = air();
  Radar radar;
  radar.site = place(kLatitude, 0.0, 330.0);
  radar.period = std::chrono::seconds(5);
  radar.range = Length::from_metres(300e3);
  radar.minimum_range = Length::from_metres(1e3);
  radar.maximum_elevation = Angle::from_degrees(45.0);
  radar.range_sd = Length::from_metres(40.0);
  radar.azimuth_sd = Angle::from_degrees(0.06);
  radar.pd = 0.97;
  // Both fly past at 60 km for a quarter of an hour: the first low, and behind the ridge after a
  // while; the second in plain view, its transponder falling silent.
  Flights flights;
  flights.push_back(flight(1, place(14.3, 0.60), place(12.9, 0.60), 50, around));
  flights.push_back(flight(2, place(14.1, -0.60), place(12.5, -0.60), 70, around));
  RadarModel model(radar, around, 5, 1, kStart);

  track::SensorDescription s = described(radar);
  if (knows_ground) {
    s.terrain = track::terrain_seen_from(
        s,
        geo::testing::terrain(
            [](double lat, double lon) {
              const bool wall = std::fabs(lon - kRidgeLongitude) < 0.02 && lat > 12.3 && lat < 13.7;
              return wall ? kCrestM : kGroundM;
            },
            {.step_arcsec = 60}));
  }
  track::TrackerOptions options;
  options.coast_limit = std::chrono::minutes(3);
  track::Tracker tracker(options);
  tracker.set_sensors({&s, 1});
  std::vector<track::TrackEvent> events;
  std::map<std::uint16_t, Timestamp> last;
  std::map<std::uint16_t, double> least;
  while (model.next() <= kStart + std::chrono::minutes(18)) {
    const Timestamp now = model.next();
    for (auto& f : flights) f->fly_to(now);
    for (const RadarPlot& seen : model.scan(flights).plots) {
      track::Plot plot;
      plot.time = seen.time;
      plot.slant_range = Length::from_metres(seen.slant_range_m);
      plot.azimuth = Angle::from_radians(seen.azimuth_rad);
      plot.mode_3a = seen.mode_3a;
      if (seen.mode_c_ft) plot.pressure_altitude = Length::from_feet(*seen.mode_c_ft);
      plot.altitude_quantum = Length::from_feet(100);
      tracker.take(plot, events);
      if (!seen.mode_3a) continue;
      last[seen.mode_3a->bits()] = seen.time;
      least[seen.mode_3a->bits()] = 1.0;
    }
    tracker.note_sensor_time(0, now);
    tracker.advance(now, events);
    tracker.for_each_track([&](std::uint32_t slot) {
      const track::TrackView v = tracker.view(slot, now);
      if (!v.mode_3a) return;
      const base::Duration silence = now - last[v.mode_3a->bits()];
      if (silence < std::chrono::seconds(60))
        least[v.mode_3a->bits()] = std::min(least[v.mode_3a->bits()], v.existence);
    });
    events.clear();
  }
  return least;
}

TEST(Ridge, SilenceBehindItCostsATrackNothingWhereTheGroundIsKnown) {
  const auto known = existence_in_silence(true), unknown = existence_in_silence(false);
  ASSERT_TRUE(known.contains(01001) && known.contains(01002));
  EXPECT_GT(known.at(01001), 0.97);
  EXPECT_LT(unknown.at(01001), known.at(01001) - 0.05);
  // In plain view silence means what it meant.
  EXPECT_LT(known.at(01002), known.at(01001) - 0.05);
  EXPECT_NEAR(known.at(01002), unknown.at(01002), 0.05);
}

}  // namespace
}  // namespace liptako::sim
