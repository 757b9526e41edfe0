// What becomes of reports of multilateration systems and of other systems' trackers: which are
// plots, with what accuracy and identity, and which are refused and why.
#include "feeds/computed_plots.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "base/math.hpp"
#include "track/sensors/models.hpp"

namespace liptako::feeds {
namespace {

using namespace codec::asterix;  // NOLINT(google-build-using-namespace): the records under test

Cat020Report mlat_report() {
  Cat020Report r;
  r.source = SacSic{100, 5};
  r.descriptor.emplace();
  r.descriptor->mode_s_multilateration = true;
  r.time_of_day = TimeOfDay{1};
  r.position = LatLon{Angle::from_degrees(12.35), Angle::from_degrees(-1.5)};
  r.aircraft_address = IcaoAddress(0x05C001);
  r.mode_3a = ReplyCode{ModeACode(02345)};
  r.flight_level = FlightLevel{Length::from_flight_level(120)};
  r.identification = Identification{CallSign("BUR12"), 2};
  r.position_accuracy.emplace();
  r.position_accuracy->position_sd =
      cat020::StandardDeviation{Length::from_metres(20), Length::from_metres(40), -0.5};
  return r;
}

Cat062Track system_track() {
  Cat062Track r;
  r.source = SacSic{101, 6};
  r.time_of_track = TimeOfDay{1};
  r.position = LatLon{Angle::from_degrees(13.5), Angle::from_degrees(2.1)};
  r.velocity = CartesianVelocity{Speed::from_mps(200), Speed::from_mps(-50)};
  r.mode_3a = cat062::Mode3A{ModeACode(02345)};
  r.status.emplace();
  r.aircraft_derived.emplace();
  r.aircraft_derived->aircraft_address = IcaoAddress(0x062001);
  r.aircraft_derived->call_sign = CallSign("NGR12");
  r.measured_flight_level = Length::from_flight_level(350);
  r.accuracies.emplace();
  r.accuracies->position_sd = Cartesian{Length::from_metres(60), Length::from_metres(80)};
  r.accuracies->velocity_sd = CartesianVelocity{Speed::from_mps(2), Speed::from_mps(3)};
  return r;
}

track::SensorDescription mlat() { return track::described(track::SensorKind::mlat); }
track::SensorDescription tracker() { return track::described(track::SensorKind::tracker); }

track::SensorDescription placed(track::SensorDescription s) {
  s.placed = true;
  s.site = {Angle::from_degrees(13.5), Angle::from_degrees(0), Length()};
  return s;
}

TEST(MlatPlot, CarriesPositionCovarianceHeightAndIdentity) {
  const auto p = plot_of(mlat_report(), mlat());
  ASSERT_TRUE(p.has_value()) << p.error().reason;
  EXPECT_NEAR(p->latitude.degrees(), 12.35, 1e-12);
  EXPECT_NEAR(p->sd_east.metres(), 20, 1e-9);
  EXPECT_NEAR(p->sd_north.metres(), 40, 1e-9);
  EXPECT_NEAR(p->correlation, -0.5, 1e-12);
  EXPECT_EQ(p->velocity_sd.mps(), 0.0);
  EXPECT_EQ(p->icao_address, IcaoAddress(0x05C001));
  EXPECT_EQ(p->mode_3a, ModeACode(02345));
  EXPECT_NEAR(p->pressure_altitude->flight_level(), 120, 1e-9);
  EXPECT_EQ(p->call_sign.view(), "BUR12");
}

TEST(MlatPlot, APositionOnThePlaneNeedsThePlanesOrigin) {
  Cat020Report r = mlat_report();
  r.position.reset();
  r.cartesian_position = Cartesian{Length::from_metres(0), Length::from_metres(11'060)};
  const auto unplaced = plot_of(r, mlat());
  ASSERT_FALSE(unplaced.has_value());
  EXPECT_EQ(unplaced.error().reason, "no_reference_point");
  const auto p = plot_of(r, placed(mlat()));
  ASSERT_TRUE(p.has_value());
  EXPECT_NEAR(p->latitude.degrees(), 13.6, 1e-3);
  EXPECT_NEAR(p->longitude.degrees(), 0.0, 1e-9);
}

TEST(MlatPlot, AnAccuracyThatMakesNoSenseIsNotTaken) {
  for (const auto& [x, y, correlation] :
       {std::tuple{0.0, 0.0, 0.0}, std::tuple{20.0, 0.0, 0.0}, std::tuple{1e6, 20.0, 0.0}}) {
    Cat020Report r = mlat_report();
    r.position_accuracy->position_sd =
        cat020::StandardDeviation{Length::from_metres(x), Length::from_metres(y), correlation};
    const auto p = plot_of(r, mlat());
    ASSERT_TRUE(p.has_value());
    EXPECT_EQ(p->sd_east, Length());
  }
  Cat020Report r = mlat_report();
  r.position_accuracy->position_sd->correlation = 16384 - 0.75;  // as an unsigned item holds -0.75
  EXPECT_NEAR(plot_of(r, mlat())->correlation, -0.75, 1e-12);
  r.position_accuracy->position_sd->correlation = 3.25;
  EXPECT_NEAR(plot_of(r, mlat())->correlation, 0.0, 1e-12);
}

TEST(MlatPlot, WhatIsNoAircraftIsRefusedWithItsReason) {
  struct Case {
    const char* reason;
    std::function<void(Cat020Report&)> change;
  };
  const Case cases[] = {
      {"simulated_or_test", [](Cat020Report& r) { r.descriptor->simulated = true; }},
      {"simulated_or_test", [](Cat020Report& r) { r.descriptor->test = true; }},
      {"field_monitor", [](Cat020Report& r) { r.descriptor->field_monitor = true; }},
      {"not_an_aircraft", [](Cat020Report& r) { r.vehicle_fleet = 3; }},
      {"not_an_aircraft", [](Cat020Report& r) { r.vehicle_message.emplace(); }},
      {"failed_station_check", [](Cat020Report& r) { r.descriptor->corrupted_replies = true; }},
      {"failed_station_check", [](Cat020Report& r) { r.track_status.emplace().ghost = true; }},
      {"track_ended", [](Cat020Report& r) { r.track_status.emplace().end_of_track = true; }},
      {"track_coasting", [](Cat020Report& r) { r.track_status.emplace().coasted = true; }},
      {"no_position", [](Cat020Report& r) { r.position.reset(); }},
      {"position_out_of_range",
       [](Cat020Report& r) { r.position->latitude = Angle::from_degrees(170); }},
      {"no_transponder",
       [](Cat020Report& r) {
         r.aircraft_address = IcaoAddress(0);
         r.mode_3a->garbled = true;
         r.flight_level->not_validated = true;
       }},
  };
  for (const Case& c : cases) {
    Cat020Report r = mlat_report();
    c.change(r);
    const auto p = plot_of(r, mlat());
    ASSERT_FALSE(p.has_value()) << c.reason;
    EXPECT_EQ(p.error().reason, c.reason);
  }
}

// An aircraft on the ground is an aircraft.
TEST(MlatPlot, AnAircraftOnTheGroundAndOneWithModeAAloneArePlots) {
  Cat020Report r = mlat_report();
  r.descriptor->on_ground = true;
  EXPECT_TRUE(plot_of(r, mlat()).has_value());
  r.aircraft_address.reset();
  r.flight_level.reset();
  EXPECT_TRUE(plot_of(r, mlat()).has_value());
  r = mlat_report();
  r.descriptor->address_kind = 1;
  EXPECT_FALSE(plot_of(r, mlat())->icao_address.has_value());
}

TEST(SystemTrackPlot, CarriesStateAccuracyAndWhatTheAircraftTransmits) {
  const auto p = plot_of(system_track(), tracker());
  ASSERT_TRUE(p.has_value()) << p.error().reason;
  EXPECT_NEAR(p->longitude.degrees(), 2.1, 1e-12);
  EXPECT_NEAR(p->velocity_east.mps(), 200, 1e-9);
  EXPECT_NEAR(p->velocity_north.mps(), -50, 1e-9);
  EXPECT_EQ(p->velocity_sd.mps(), 3);
  EXPECT_NEAR(p->sd_north.metres(), 80, 1e-9);
  EXPECT_NEAR(p->correlation, 0, 1e-12);
  EXPECT_EQ(p->icao_address, IcaoAddress(0x062001));
  EXPECT_EQ(p->mode_3a, ModeACode(02345));
  EXPECT_EQ(p->call_sign.view(), "NGR12");
  EXPECT_NEAR(p->pressure_altitude->flight_level(), 350, 1e-9);
}

TEST(SystemTrackPlot, WhatIsNotStatedIsTheSensors) {
  Cat062Track r = system_track();
  r.accuracies.reset();
  track::SensorDescription sensor = tracker();
  sensor.velocity_sd = Speed::from_mps(7);
  const auto p = plot_of(r, sensor);
  ASSERT_TRUE(p.has_value());
  EXPECT_EQ(p->sd_east, Length());
  EXPECT_EQ(p->velocity_sd.mps(), 7);
  r.velocity.reset();
  EXPECT_EQ(plot_of(r, sensor)->velocity_sd.mps(), 0);
}

TEST(SystemTrackPlot, CovarianceComesAsTheRootOfItsSizeWithItsSign) {
  Cat062Track r = system_track();
  r.accuracies->covariance_root = Length::from_metres(-40);
  EXPECT_NEAR(plot_of(r, tracker())->correlation, -1600.0 / 4800.0, 1e-12);
}

TEST(SystemTrackPlot, AccuracyInDegreesIsBroughtToMetres) {
  Cat062Track r = system_track();
  r.accuracies->position_sd.reset();
  r.accuracies->wgs84_position_sd =
      cat062::LatLonSd{Angle::from_degrees(0.001), Angle::from_degrees(0.002)};
  const auto p = plot_of(r, tracker());
  EXPECT_NEAR(p->sd_north.metres(), 111.19, 0.1);
  EXPECT_NEAR(p->sd_east.metres(), 222.39 * 0.97237, 0.2);
}

// A plane's north is not true north away from its origin: 2.1 deg of longitude at 13.5 deg of
// latitude turn it by 0.49 deg.
TEST(SystemTrackPlot, VelocityAndCovarianceOnThePlaneAreTurnedToTrueNorth) {
  track::SensorDescription sensor = placed(tracker());
  Cat062Track r = system_track();
  r.velocity = CartesianVelocity{Speed::from_mps(0), Speed::from_mps(200)};
  const auto north = plot_of(r, sensor);
  EXPECT_NEAR(north->velocity_east.mps(), 0, 1e-9);
  sensor.plane_velocity = true;
  const auto turned = plot_of(r, sensor);
  const double angle = base::atan2(turned->velocity_east.mps(), turned->velocity_north.mps());
  EXPECT_NEAR(angle / base::kRadiansPerDegree, 0.49, 0.01);
  // The ellipse of 60 by 80 m is turned with the axes; its area stays.
  const auto area = [](const track::Plot& p) {
    return p.sd_east.metres() * p.sd_north.metres() * std::sqrt(1 - p.correlation * p.correlation);
  };
  EXPECT_NEAR(area(*turned), 4800, 1e-6);
  EXPECT_GT(std::fabs(turned->correlation), 1e-3);
}

TEST(SystemTrackPlot, WhatIsNotMeasuredNowOrNoAircraftIsRefusedWithItsReason) {
  struct Case {
    const char* reason;
    std::function<void(Cat062Track&)> change;
  };
  const Case cases[] = {
      {"simulated_or_test", [](Cat062Track& r) { r.status->simulated = true; }},
      {"simulated_or_test",
       [](Cat062Track& r) { r.measured.emplace().type.emplace().test = true; }},
      {"field_monitor",
       [](Cat062Track& r) { r.measured.emplace().type.emplace().field_monitor = true; }},
      {"not_an_aircraft", [](Cat062Track& r) { r.vehicle_fleet = 1; }},
      {"not_an_aircraft", [](Cat062Track& r) { r.aircraft_derived->emitter_category = 21; }},
      {"a_person", [](Cat062Track& r) { r.aircraft_derived->emitter_category = 16; }},
      {"track_ended", [](Cat062Track& r) { r.status->last_message = true; }},
      {"track_coasting", [](Cat062Track& r) { r.status->coasting = true; }},
      {"track_coasting", [](Cat062Track& r) { r.status->from_flight_plan = true; }},
      {"track_coasting",
       [](Cat062Track& r) {
         r.update_ages.set(cat062::Update::ssr, std::chrono::seconds(12));
         r.update_ages.set(cat062::Update::psr, std::chrono::seconds(9));
       }},
      {"track_doubtful", [](Cat062Track& r) { r.status->tentative = true; }},
      {"track_doubtful", [](Cat062Track& r) { r.status->potentially_false = true; }},
      {"no_position", [](Cat062Track& r) { r.position.reset(); }},
      {"position_out_of_range",
       [](Cat062Track& r) { r.position->longitude = Angle::from_degrees(200); }},
  };
  for (const Case& c : cases) {
    Cat062Track r = system_track();
    c.change(r);
    const auto p = plot_of(r, tracker());
    ASSERT_FALSE(p.has_value()) << c.reason;
    EXPECT_EQ(p.error().reason, c.reason);
  }
  Cat062Track fresh = system_track();
  fresh.update_ages.set(cat062::Update::psr, std::chrono::seconds(40));
  fresh.update_ages.set(cat062::Update::multilateration, std::chrono::seconds(1));
  EXPECT_TRUE(plot_of(fresh, tracker()).has_value());
}

// Codes 1 and 2, replies of modes 4 and 5 and what the system made of them are its declaration.
TEST(SystemTrackPlot, NoDeclarationOfAnotherSystemIsTakenOver) {
  Cat062Track r = system_track();
  r.aircraft_derived.reset();
  r.mode_3a.reset();
  r.mode_2 = ModeACode(01234);
  r.status->mode_4_reply = 1;
  r.status->mode_5_reply = 1;
  r.status->military_identification = true;
  r.flight_plan.emplace();
  r.flight_plan->call_sign = CallSign("PLAN1");
  r.identification = Identification{CallSign("GUESS"), 1};
  const auto p = plot_of(r, tracker());
  ASSERT_TRUE(p.has_value());
  EXPECT_FALSE(p->icao_address || p->mode_3a);
  EXPECT_TRUE(p->call_sign.empty());
}

TEST(SystemTrackPlot, AnOldLevelOrAGarbledCodeIsLeftOut) {
  Cat062Track r = system_track();
  r.data_ages.set(cat062::Data::measured_flight_level, std::chrono::seconds(8));
  r.mode_3a->garbled = true;
  const auto p = plot_of(r, tracker());
  ASSERT_TRUE(p.has_value());
  EXPECT_FALSE(p->pressure_altitude.has_value());
  EXPECT_FALSE(p->mode_3a.has_value());
}

}  // namespace
}  // namespace liptako::feeds
