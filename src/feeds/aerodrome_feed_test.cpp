// What an aerodrome's sensors send becomes plots: CAT010 of surface radar and multilateration,
// vehicles inside the aerodrome and outside, and ADS-B of edition 0.23. Records come from our own
// encoder, whose bytes the codec's tests hold against real recordings.
#include <gtest/gtest.h>

#include "codec/asterix/encode.hpp"
#include "feeds/asterix_feed.hpp"
#include "track/sensors/models.hpp"

namespace liptako::feeds {
namespace {

using namespace codec::asterix;  // NOLINT(google-build-using-namespace): the records under test

constexpr SacSic kSurfaceRadar{0, 7};
constexpr SacSic kSystem{0, 107};

base::Timestamp noon() { return *base::parse_rfc3339("2026-11-22T12:00:00Z"); }

Cat010Report cat010(SacSic source, cat010::Detection detection) {
  Cat010Report r;
  r.source = source;
  r.message_type = static_cast<std::uint8_t>(cat010::MessageType::report);
  r.descriptor = cat010::Descriptor{.detection = detection};
  r.time_of_day = TimeOfDay::from(std::chrono::hours(12));
  return r;
}

Cat010Report echo() {
  Cat010Report r = cat010(kSurfaceRadar, cat010::Detection::primary);
  r.measured_position = Polar{Length::from_metres(1063), Angle::from_degrees(90)};
  return r;
}

Cat010Report located(cat010::Kind kind, double x_m) {
  Cat010Report r = cat010(kSystem, cat010::Detection::mode_s_multilateration);
  r.descriptor->kind = kind;
  r.descriptor->on_ground = true;
  r.cartesian_position = Cartesian{Length::from_metres(x_m), Length::from_metres(0)};
  r.aircraft_address = IcaoAddress(0x342123);
  return r;
}

Cat021Ed023Report told() {
  Cat021Ed023Report r;
  r.source = kSystem;
  r.descriptor = cat021_ed023::Descriptor{.address_type = 1, .altitude_reporting = 1};
  r.time_of_day = TimeOfDay::from(std::chrono::hours(12));
  r.position = LatLon{Angle::from_degrees(41.4), Angle::from_degrees(2.2)};
  r.aircraft_address = IcaoAddress(0x4CA5F7);
  r.quality = cat021_ed023::Quality{.nuc_p = 7};
  r.link = cat021_ed023::Link{.mode_s = true};
  r.pressure_altitude = Length::from_flight_level(112);
  r.ground_vector = cat021_ed023::GroundVector{Speed::from_knots(278), Angle::from_degrees(180)};
  r.nuc_r = 2;
  return r;
}

template <class Report>
base::Bytes bytes_of(std::uint8_t category, const Report& report) {
  base::Bytes out;
  BlockWriter block(category, out);
  block.add(report);
  block.finish();
  return out;
}

struct Aerodrome {
  explicit Aerodrome(Editions editions = {.cat021_ed023 = true})
      : feed(TimeBase::utc, {}, editions) {
    std::vector<track::SensorDescription> all;
    for (const auto kind :
         {track::SensorKind::polar_radar, track::SensorKind::mlat, track::SensorKind::ads_b}) {
      track::SensorDescription s = track::described(kind);
      s.sac_sic = kind == track::SensorKind::polar_radar ? kSurfaceRadar : kSystem;
      s.surface = kind == track::SensorKind::polar_radar;
      s.site = {Angle::from_degrees(41.297), Angle::from_degrees(2.078), Length()};
      s.placed = true;
      s.aerodrome_radius = Length::from_metres(3000);
      all.push_back(s);
    }
    sensors.configure(all);
  }
  std::vector<track::Plot> take(const base::Bytes& datagram) {
    out.clear();
    feed.take(datagram, noon() + std::chrono::seconds(1), sensors, out);
    return out.plots;
  }
  [[nodiscard]] std::uint64_t rejected(std::string_view reason) const {
    for (const Rejected& r : feed.counters().rejected) {
      if (r.reason == reason) return r.count;
    }
    return 0;
  }
  AsterixFeed feed;
  SensorDirectory sensors;
  FeedOutput out;
};

TEST(AerodromeFeed, AnEchoIsAPlotOfTheSurfaceRadar) {
  Aerodrome a;
  const auto plots = a.take(bytes_of(10, echo()));
  ASSERT_EQ(plots.size(), 1u);
  EXPECT_EQ(plots[0].sensor, 0);
  EXPECT_EQ(plots[0].time, noon());
  EXPECT_EQ(plots[0].slant_range.metres(), 1063.0);
  EXPECT_FALSE(plots[0].icao_address);
  EXPECT_FALSE(plots[0].on_ground);  // says no transponder
}

TEST(AerodromeFeed, WhatNoEchoStandsBehindIsNoPlot) {
  Aerodrome a;
  Cat010Report last = echo();
  last.track_status.emplace().end_of_track = true;
  EXPECT_TRUE(a.take(bytes_of(10, last)).empty());
  EXPECT_EQ(a.rejected("track_ended"), 1u);
  Cat010Report coasted = echo();
  coasted.track_status.emplace().coasted = 2;
  EXPECT_TRUE(a.take(bytes_of(10, coasted)).empty());
  EXPECT_EQ(a.rejected("track_coasting"), 1u);
  Cat010Report monitor = located(cat010::Kind::undetermined, 0);
  monitor.descriptor->field_monitor = true;
  EXPECT_TRUE(a.take(bytes_of(10, monitor)).empty());
  EXPECT_EQ(a.rejected("field_monitor"), 1u);
  Cat010Report test = located(cat010::Kind::aircraft, 0);
  test.descriptor->test = true;
  EXPECT_TRUE(a.take(bytes_of(10, test)).empty());
  EXPECT_EQ(a.rejected("simulated_or_test"), 1u);
}

TEST(AerodromeFeed, AircraftAndVehiclesAreToldApart) {
  Aerodrome a;
  const auto aircraft = a.take(bytes_of(10, located(cat010::Kind::aircraft, 500)));
  ASSERT_EQ(aircraft.size(), 1u);
  EXPECT_EQ(aircraft[0].sensor, 1);
  EXPECT_EQ(aircraft[0].mover, track::Mover::aircraft);
  EXPECT_TRUE(aircraft[0].on_ground);
  EXPECT_EQ(aircraft[0].icao_address, IcaoAddress(0x342123));
  EXPECT_NEAR(aircraft[0].longitude.degrees(), 2.078 + 500 / 83'800.0, 1e-5);
  const auto vehicle = a.take(bytes_of(10, located(cat010::Kind::vehicle, 2900)));
  ASSERT_EQ(vehicle.size(), 1u);
  EXPECT_EQ(vehicle[0].mover, track::Mover::vehicle);
}

// Nothing on a road outside is followed, nor any vehicle where no aerodrome is declared.
TEST(AerodromeFeed, AVehicleOutsideTheAerodromeIsNotFollowed) {
  Aerodrome a;
  EXPECT_TRUE(a.take(bytes_of(10, located(cat010::Kind::vehicle, 3100))).empty());
  EXPECT_EQ(a.rejected("not_an_aircraft"), 1u);
  EXPECT_EQ(a.take(bytes_of(10, located(cat010::Kind::aircraft, 3100))).size(), 1u);
  std::vector<track::SensorDescription> undeclared(a.sensors.sensors().begin(),
                                                   a.sensors.sensors().end());
  undeclared[1].aerodrome_radius = Length();
  a.sensors.configure(undeclared);
  EXPECT_TRUE(a.take(bytes_of(10, located(cat010::Kind::vehicle, 10))).empty());
  EXPECT_EQ(a.rejected("not_an_aircraft"), 2u);
}

TEST(AerodromeFeed, ASensorThatSaysItIsNotToBeUsedIsNot) {
  Aerodrome a;
  Cat010Report status;
  status.source = kSurfaceRadar;
  status.message_type = static_cast<std::uint8_t>(cat010::MessageType::periodic_status);
  status.time_of_day = TimeOfDay::from(std::chrono::hours(12));
  status.system_status = cat010::SystemStatus{.release = 2};
  EXPECT_TRUE(a.take(bytes_of(10, status)).empty());
  ASSERT_EQ(a.out.looks.size(), 1u);
  EXPECT_EQ(a.out.looks[0].sensor, 0);
  EXPECT_TRUE(a.take(bytes_of(10, echo())).empty());
  EXPECT_EQ(a.rejected("sensor_not_operational"), 1u);
  status.system_status->release = 0;
  (void)a.take(bytes_of(10, status));
  EXPECT_EQ(a.take(bytes_of(10, echo())).size(), 1u);
}

TEST(AerodromeFeed, AnOldAdsBReportArrivesWithTheAccuracyOfItsCategory) {
  Aerodrome a;
  const auto plots = a.take(bytes_of(21, told()));
  ASSERT_EQ(plots.size(), 1u);
  EXPECT_EQ(plots[0].sensor, 2);
  EXPECT_NEAR(plots[0].latitude.degrees(), 41.4, 2e-5);
  EXPECT_NEAR(plots[0].position_sd.metres(), 92.6 / 2.448, 1e-6);
  EXPECT_NEAR(plots[0].velocity_sd.mps(), 3 / 2.448, 1e-6);
  EXPECT_NEAR(plots[0].velocity_north.knots(), -278, 0.5);
  EXPECT_EQ(plots[0].icao_address, IcaoAddress(0x4CA5F7));

  Cat021Ed023Report unknown = told();
  unknown.quality->nuc_p = 0;
  EXPECT_EQ(a.take(bytes_of(21, unknown)).at(0).position_sd.metres(), 300.0);
}

TEST(AerodromeFeed, OldAdsBThatIsNoAircraftInReachIsRefused) {
  Aerodrome a;
  const auto refuse = [&](const Cat021Ed023Report& r, std::string_view reason) {
    const std::uint64_t before = a.rejected(reason);
    EXPECT_TRUE(a.take(bytes_of(21, r)).empty()) << reason;
    EXPECT_EQ(a.rejected(reason), before + 1) << reason;
  };
  Cat021Ed023Report r = told();
  r.descriptor->address_type = 2;
  refuse(r, "not_an_aircraft");
  r = told();
  r.emitter_category = 21;
  refuse(r, "not_an_aircraft");
  r = told();
  r.emitter_category = 16;
  refuse(r, "a_person");
  r = told();
  r.descriptor->simulated = true;
  refuse(r, "simulated_or_test");
  r = told();
  r.position = LatLon{Angle::from_degrees(66.3), Angle::from_degrees(2.1)};
  refuse(r, "position_out_of_range");
  r = told();
  r.descriptor->address_type = 3;  // anonymous: a plot without an address
  const auto plots = a.take(bytes_of(21, r));
  ASSERT_EQ(plots.size(), 1u);
  EXPECT_FALSE(plots[0].icao_address);
}

// A wrong setting shows, and puts nothing on the map.
TEST(AerodromeFeed, ADatagramOfAnotherEditionIsRefused) {
  Cat021Report later;
  later.source = kSystem;
  later.descriptor.emplace();
  later.position_time = TimeOfDay::from(std::chrono::hours(12));
  later.position = LatLon{Angle::from_degrees(41.4), Angle::from_degrees(2.2)};
  later.aircraft_address = IcaoAddress(0x4CA5F7);
  Aerodrome old;
  EXPECT_TRUE(old.take(bytes_of(21, later)).empty());
  EXPECT_EQ(old.rejected("other_edition"), 1u);
  Aerodrome current(Editions{});
  EXPECT_TRUE(current.take(bytes_of(21, told())).empty());
  EXPECT_EQ(current.rejected("other_edition"), 1u);
  EXPECT_EQ(current.take(bytes_of(21, later)).size(), 1u);
  current.feed.set_editions({.cat021_ed023 = true});
  EXPECT_EQ(current.take(bytes_of(21, told())).size(), 1u);
}

TEST(AerodromeFeed, TheEditionIsKeptInASnapshot) {
  Aerodrome a;
  base::Bytes bytes;
  base::ByteWriter out(bytes);
  a.feed.save(out);
  base::ByteReader in(bytes);
  AsterixFeed again;
  again.load(in);
  ASSERT_TRUE(in.ok());
  a.feed = again;
  EXPECT_EQ(a.take(bytes_of(21, told())).size(), 1u);
}

}  // namespace
}  // namespace liptako::feeds
