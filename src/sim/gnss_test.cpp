// Interference with satellite navigation, cuts of power and lines: what they do to reports, when,
// and to whom.
#include "sim/gnss.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "sim/adsb.hpp"
#include "sim/faults.hpp"
#include "sim/wire.hpp"
#include "sim/world.hpp"

namespace liptako::sim {
namespace {

using base::Angle;
using base::Duration;
using base::Length;
using base::Timestamp;

const Timestamp kStart = base::parse_rfc3339("2026-11-22T13:00:00Z").value();
const Atmosphere kAir{10.0, 1013.25, Length::from_metres(27.0), Length::from_metres(350.0)};

Place place(double lat_deg, double lon_deg) {
  return {Angle::from_degrees(lat_deg), Angle::from_degrees(lon_deg), Length()};
}

Duration seconds(double s) { return base::seconds(s); }

// Aircraft along one meridian, each in slow flight to the east, `spacing_km` apart from 12.5 N on.
Flights row_of_aircraft(int count, double spacing_km) {
  Flights out;
  for (int i = 0; i < count; ++i) {
    FlightPlan plan;
    plan.number = static_cast<std::uint32_t>(i + 1);
    plan.departs = kStart - seconds(30.0);
    const double lat = 12.5 + i * spacing_km / 110.6;
    plan.route = {{place(lat, -8.0), -1, std::nullopt}, {place(lat, -6.0), -1, std::nullopt}};
    plan.level = Length::from_flight_level(350.0);
    plan.cruise = base::Speed::from_knots(60.0);
    plan.icao_address = base::IcaoAddress(static_cast<std::uint32_t>(0x05C000 + i));
    plan.nac_p = 9;
    plan.seed = 0x9E3779B97F4A7C15u * static_cast<std::uint64_t>(i + 1);
    out.push_back(std::make_unique<Flight>(plan, std::vector<Aerodrome>{}, kAir));
  }
  return out;
}

Scenario with(GnssFault fault) {
  Scenario out;
  fault.middle = place(12.5, -8.0);
  fault.window = {seconds(100.0), seconds(200.0), std::nullopt};
  out.gnss_faults = {fault};
  return out;
}

double error_m(const NavigationState& told, const Pose& pose) {
  return norm(told.position - pose.position);
}

TEST(Gnss, JammingTakesPositionsNearAndSpoilsThemFurtherOutForItsTime) {
  GnssFault jam;
  jam.kind = GnssFaultKind::jam;
  jam.radius = Length::from_metres(80e3);
  GnssField field(with(jam), kStart);
  const Flights flights = row_of_aircraft(12, 10.0);
  for (const double at : {50.0, 99.0, 150.0, 199.0, 201.0, 650.0}) {
    const bool on = at >= 100.0 && at < 200.0;
    const Timestamp time = kStart + seconds(at);
    for (std::size_t i = 0; i < flights.size(); ++i) {
      flights[i]->fly_to(time);
      const Pose pose = *flights[i]->at(time);
      const double part =
          ground_distance_m(frame_at(place(12.5, -8.0)).position, pose.position) / 80e3;
      const auto told = field.told(*flights[i], pose, time);
      const NavigationState usual = undisturbed(*flights[i], pose, time);
      if (!on || part > 1.0) {
        ASSERT_TRUE(told.has_value());
        EXPECT_EQ(told->nac_p, 9);
        EXPECT_EQ(error_m(*told, pose), error_m(usual, pose));
      } else if (part < GnssField::kNoPosition) {
        EXPECT_FALSE(told.has_value());
      } else {
        ASSERT_TRUE(told.has_value());
        EXPECT_EQ(told->nac_p, part < GnssField::kPoorPosition ? 4 : 6);
        EXPECT_GT(error_m(*told, pose), 5.0 * error_m(usual, pose));
      }
    }
  }
}

TEST(Gnss, SpoofingGathersSoManyAircraftAtOnePointAndNoMore) {
  GnssFault spoof;
  spoof.kind = GnssFaultKind::spoof;
  spoof.radius = Length::from_metres(300e3);
  spoof.told = place(14.0, -7.0);
  spoof.aircraft = 15;
  GnssField field(with(spoof), kStart);
  const Flights flights = row_of_aircraft(25, 8.0);
  for (double at = 90.0; at < 230.0; at += 5.0) {
    const Timestamp time = kStart + seconds(at);
    int moved = 0;
    for (const auto& flight : flights) {
      flight->fly_to(time);
      const Pose pose = *flight->at(time);
      const auto told = field.told(*flight, pose, time);
      ASSERT_TRUE(told.has_value());
      EXPECT_EQ(told->nac_p, 9);  // it knows nothing of it
      if (error_m(*told, pose) < 1000.0) continue;
      ++moved;
      const Frame said = frame_at(told->position);
      EXPECT_LT(ground_distance_m(said.position, frame_at(spoof.told).position), 100.0);
      EXPECT_NEAR(said.height_m, frame_at(pose.position).height_m, 150.0);
      EXPECT_EQ(norm(told->velocity), 0.0);
    }
    EXPECT_EQ(moved, at >= 100.0 && at < 200.0 ? 15 : 0) << at;
  }
}

TEST(Gnss, MeaconingDriftsAwayTogetherAtItsSpeed) {
  GnssFault meaconing;
  meaconing.kind = GnssFaultKind::meaconing;
  meaconing.radius = Length::from_metres(200e3);
  meaconing.drift = base::Speed::from_mps(20.0);
  meaconing.drift_track = Angle::from_degrees(90.0);
  GnssField field(with(meaconing), kStart);
  const Flights flights = row_of_aircraft(5, 10.0);
  for (const double at : {101.0, 150.0, 199.0}) {
    const Timestamp time = kStart + seconds(at);
    for (const auto& flight : flights) {
      flight->fly_to(time);
      const Pose pose = *flight->at(time);
      const NavigationState told = *field.told(*flight, pose, time);
      const NavigationState usual = undisturbed(*flight, pose, time);
      EXPECT_NEAR(norm(told.position - usual.position), 20.0 * (at - 100.0), 1.0);
      EXPECT_NEAR(dot(told.velocity - usual.velocity, frame_at(pose.position).east), 20.0, 0.05);
    }
  }
}

TEST(PowerSupply, IsOffItsShareOfTheTimeInCutsOfItsLengths) {
  for (const double availability : {0.95, 0.80}) {
    Supply supply;
    supply.availability = availability;
    supply.outage = {std::chrono::minutes(30), std::chrono::minutes(120)};
    PowerSupply power(supply, 11, 0, kStart);
    EXPECT_FALSE(power.off(kStart));
    constexpr int kMinutes = 1440 * 400;
    int off = 0;
    int lasting = 0;
    for (int minute = 0; minute < kMinutes; ++minute) {
      if (power.off(kStart + std::chrono::minutes(minute))) {
        ++off;
        ++lasting;
      } else {
        if (lasting > 0) {
          EXPECT_GE(lasting, 29);
        }
        lasting = 0;
      }
    }
    EXPECT_NEAR(static_cast<double>(off) / kMinutes, 1.0 - availability, 0.02);
  }
  PowerSupply always(Supply{}, 11, 0, kStart);
  EXPECT_FALSE(always.off(kStart + std::chrono::hours(100'000)));
}

constexpr std::string_view kShared = R"(name = "partage"
members = ["a", "b"]
[[point]]
name = "N"
latitude_deg = 13.5
longitude_deg = -8
[[point]]
name = "S"
latitude_deg = 11.5
longitude_deg = -8
[[adsb_station]]
name = "s"
nodes = ["a", "b"]
sac = 1
sic = 1
latitude_deg = 12.5
longitude_deg = -8
antenna_m = 400
range_km = 300
pd = 1
delay_s = [0.1, 0.3]
[[traffic]]
name = "t"
kind = "airliner"
route = ["N", "S"]
per_hour = 60
levels_ft = [33000]
fleet = [["AFR###", "380000-3BFFFF"]]
[[fault]]
source = "s"
node = "b"
kind = "line_cut"
from_min = 1
until_min = 2
[[gnss_fault]]
kind = "time_spoof"
latitude_deg = 12.5
longitude_deg = -8
radius_km = 50
from_min = 3
until_min = 4
offset_s = -37
)";

TEST(SharedSensor, ALineCutSilencesItForOneMemberOnly) {
  const auto scenario = load_scenario(kShared, "shared");
  ASSERT_TRUE(scenario.has_value()) << scenario.error().message;
  World world(*scenario, 1, kStart);
  ASSERT_EQ(world.sources().size(), 2u);
  EXPECT_EQ(world.sources()[1].node, "b");
  EXPECT_EQ(world.sources()[1].index_at_node, 0);
  std::map<std::pair<int, int>, int> datagrams;  // by source and minute
  world.advance(kStart + std::chrono::minutes(3), [&](const Emission& e) {
    ++datagrams[{e.source, static_cast<int>((e.emitted_at - kStart) / std::chrono::minutes(1))}];
  });
  EXPECT_NEAR((datagrams[{0, 1}]), (datagrams[{0, 2}]), 15);
  EXPECT_GT((datagrams[{0, 1}]), 100);
  EXPECT_EQ((datagrams[{1, 1}]), 0);
  EXPECT_GT((datagrams[{1, 2}]), 100);
}

TEST(SharedSensor, AFalseTimeOfDayMovesTheClocksInItsReachAlone) {
  auto scenario = load_scenario(kShared, "shared");
  ASSERT_TRUE(scenario.has_value()) << scenario.error().message;
  const SensorClock& clock = scenario->adsb_stations[0].clock;
  ASSERT_EQ(clock.spoofs.size(), 1u);
  const auto shown = [&](const SensorClock& of, double minute) {
    const Timestamp time = kStart + seconds(60.0 * minute);
    return base::to_seconds(shown_by(of, kStart, time) - time);
  };
  EXPECT_EQ(shown(clock, 2.9), 0.0);
  EXPECT_EQ(shown(clock, 3.5), -37.0);
  EXPECT_EQ(shown(clock, 4.0), 0.0);
  // Out of reach, and a clock that listens to no satellite.
  for (const auto& [from, to] :
       {std::pair{std::string_view("latitude_deg = 12.5\nlongitude_deg = -8\nradius_km"),
                  std::string_view("latitude_deg = 13.5\nlongitude_deg = -8\nradius_km")},
        std::pair{std::string_view("antenna_m = 400"),
                  std::string_view("antenna_m = 400\nclock_free = true")}}) {
    std::string text(kShared);
    ASSERT_NE(text.find(from), text.npos);
    text.replace(text.find(from), from.size(), to);
    scenario = load_scenario(text, "shared");
    ASSERT_TRUE(scenario.has_value()) << scenario.error().message;
    EXPECT_TRUE(scenario->adsb_stations[0].clock.spoofs.empty());
  }
}

}  // namespace
}  // namespace liptako::sim
