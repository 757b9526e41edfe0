// Tracks of an aerodrome: a radar of its surface, aircraft on the ground that tell no altitude,
// multilateration that knows less further away, and the name of one aircraft beside another echo.
#include <gtest/gtest.h>

#include "track/scene_for_test.hpp"
#include "track/sensors/mlat.hpp"
#include "track/sensors/polar_radar.hpp"

namespace liptako::track {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): this folder's scenes
using base::Length;

constexpr Height kUntold{5500.0, 3500.0 * 3500.0};

SensorDescription surface_radar() {
  SensorDescription s = radar(13.0, 0.1, 1.0);
  s.site.height = Length::from_metres(20);
  s.surface = true;
  s.range_sd = Length::from_metres(8);
  s.azimuth_sd = base::Angle::from_degrees(0.3);
  s.range_max = Length::from_metres(5000);
  s.false_plots_primary = 2;
  return s;
}

// Where a plot at this range and azimuth is put, from the site.
geo::Position<geo::Enu> place_of(const SensorDescription& s, const Plot& plot) {
  const geo::TangentFrame site(s.site);
  const FirstFix fix = polar_radar::first_fix(s, site, plot, kUntold);
  return site.enu_from_ecef(geo::ecef_from_geodetic(fix.position));
}

TEST(SurfaceRadar, AnEchoLiesWhereItsRangeIs) {
  const SensorDescription s = surface_radar();
  Plot plot;
  plot.slant_range = Length::from_metres(1063);
  plot.azimuth = base::Angle::from_degrees(90);
  const auto q = place_of(s, plot);
  EXPECT_NEAR(q.x, 1063.0, 0.2);
  EXPECT_NEAR(q.y, 0.0, 0.2);
}

// On the apron 3 km from an en-route radar, by the usual guess 5.5 km high: nowhere.
TEST(PolarRadar, AnAircraftOnTheGroundHasAPlaceNearTheRadar) {
  SensorDescription s = radar(13.0, 0.1, 4.0);
  Plot plot;
  plot.slant_range = Length::from_metres(3000);
  plot.azimuth = base::Angle::from_degrees(0);
  plot.on_ground = true;
  EXPECT_NEAR(place_of(s, plot).y, 3000.0, 1.0);
  // And one that tells nothing at all lies at least under the beam, not over the antenna.
  plot.on_ground = false;
  const double ground = place_of(s, plot).y;
  EXPECT_GT(ground, 3000.0 * 0.7);
  EXPECT_LT(ground, 3000.0);
}

TEST(PolarRadar, TheHeightOfWhatIsOnTheGroundIsNotInDoubt) {
  SensorDescription s = radar(13.0, 0.1, 4.0);
  const geo::TangentFrame site(s.site);
  Plot plot;
  plot.slant_range = Length::from_metres(3000);
  plot.on_ground = true;
  HorizontalState at;
  at.x[kNorth] = 3000;
  const LinearMeasurement m = polar_radar::linearise(s, site, plot, site, at, kUntold);
  EXPECT_EQ(m.dh[0], 0.0);
  EXPECT_NEAR(m.y[0], 0.0, 1.0);
  plot.on_ground = false;
  EXPECT_NE(polar_radar::linearise(s, site, plot, site, at, kUntold).dh[0], 0.0);
}

TEST(Multilateration, KnowsLessFurtherAway) {
  SensorDescription s = mlat::model().described();
  s.placed = true;
  s.site = {base::Angle::from_degrees(13), base::Angle::from_degrees(0.1), Length()};
  s.position_sd = Length::from_metres(3);
  s.position_sd_per_km = Length::from_metres(4);
  const auto sd_at = [&](double north_m) {
    const geo::Geodetic place =
        geo::geodetic_from_ecef(geo::TangentFrame(s.site).ecef_from_enu({0.0, north_m, 0.0}));
    Plot plot;
    plot.latitude = place.latitude;
    plot.longitude = place.longitude;
    return std::sqrt(mlat::model().first_fix(s, {}, plot, {}).cov_nn_m2);
  };
  EXPECT_NEAR(sd_at(0), 3.0, 1e-9);
  EXPECT_NEAR(sd_at(1000), 5.0, 0.05);
  EXPECT_NEAR(sd_at(10'000), 40.1, 0.4);
  // What a report states itself is believed.
  Plot stated;
  stated.latitude = s.site.latitude + base::Angle::from_degrees(0.1);
  stated.longitude = s.site.longitude;
  stated.sd_east = stated.sd_north = Length::from_metres(7);
  EXPECT_NEAR(std::sqrt(mlat::model().first_fix(s, {}, stated, {}).cov_nn_m2), 7.0, 1e-9);
}

Plot echo_of(std::uint16_t sensor, const Aircraft& a, base::Timestamp t) {
  const auto q = a.frame.enu_from_ecef(a.ecef());
  Plot p;
  p.time = t;
  p.sensor = sensor;
  p.slant_range = Length::from_metres(std::sqrt(q.x * q.x + q.y * q.y));
  p.azimuth = base::Angle::from_radians(base::wrap_two_pi(base::atan2(q.x, q.y)));
  return p;
}

struct Apron {
  Tracker tracker;
  std::vector<TrackEvent> events;
  Apron() {
    SensorDescription ads_b = ads_b_station();
    tracker.set_sensors(std::vector<SensorDescription>{surface_radar(), ads_b});
  }
  [[nodiscard]] int with_address(base::IcaoAddress address) const {
    int count = 0;
    tracker.for_each_track([&](std::uint32_t slot) {
      count += tracker.view(slot, at_second(0)).icao_address == address;
    });
    return count;
  }
};

// An ADS-B position 80 m off falls on what stands beside the aircraft: its track is not called the
// aircraft's too.
TEST(Apron, OneAircraftsNameIsNotGivenToWhatStandsBesideIt) {
  Apron apron;
  base::Prng prng(3);
  Aircraft taxiing;
  taxiing.north_m = 1500;
  taxiing.speed_mps = 8;
  taxiing.height_m = 20;
  taxiing.address = base::IcaoAddress(0x345205);
  Aircraft truck = taxiing;
  truck.east_m = 90;
  truck.address.reset();
  for (int i = 0; i < 40; ++i) {
    apron.tracker.take(ads_b_plot(1, taxiing, at_second(i), prng, 3), apron.events);
    apron.tracker.take(echo_of(0, truck, at_second(i + 0.5)), apron.events);
    if (i >= 20 && i < 22) {
      Plot off = ads_b_plot(1, truck, at_second(i + 0.7), prng, 3);
      off.icao_address = taxiing.address;
      apron.tracker.take(off, apron.events);
    }
    taxiing.fly(1);
    truck.fly(1);
    EXPECT_EQ(apron.with_address(*taxiing.address), 1) << i;
  }
  EXPECT_EQ(apron.tracker.track_count(), 2u);
}

// An aircraft that flies over the aerodrome takes no echo of the ground.
TEST(Apron, AnOverflightTakesNoEchoOfTheGround) {
  for (const double height : {20.0, 3000.0}) {
    Apron apron;
    base::Prng prng(4);
    Aircraft over;
    over.north_m = 1500;
    over.speed_mps = 30;
    over.height_m = height;
    over.address = base::IcaoAddress(0x4CA001);
    Aircraft below = over;
    below.height_m = 20;
    std::uint64_t sensors = 0;
    for (int i = 0; i < 10; ++i) {
      apron.tracker.take(ads_b_plot(1, over, at_second(i), prng, 3), apron.events);
      apron.tracker.take(echo_of(0, below, at_second(i)), apron.events);
      over.fly(1);
      below.fly(1);
    }
    apron.tracker.for_each_track([&](std::uint32_t slot) {
      const TrackView v = apron.tracker.view(slot, at_second(10));
      if (v.icao_address) sensors = v.sensors;
    });
    EXPECT_EQ((sensors & 1) != 0, height < 1000) << height;
  }
}

TEST(Apron, AVehicleIsOneInASnapshotToo) {
  Apron apron;
  base::Prng prng(5);
  Aircraft vehicle;
  vehicle.north_m = 1000;
  vehicle.speed_mps = 5;
  vehicle.address = base::IcaoAddress(0x342123);
  for (int i = 0; i < 3; ++i) {
    Plot p = ads_b_plot(1, vehicle, at_second(i), prng, 3);
    p.mover = Mover::vehicle;
    apron.tracker.take(p, apron.events);
    vehicle.fly(1);
  }
  base::Bytes bytes;
  base::ByteWriter out(bytes);
  apron.tracker.save(out);
  base::ByteReader in(bytes);
  const auto again = Tracker::load({}, in);
  ASSERT_TRUE(again);
  int vehicles = 0;
  again->for_each_track([&](std::uint32_t slot) {
    vehicles += again->view(slot, at_second(3)).mover == Mover::vehicle;
  });
  EXPECT_EQ(vehicles, 1);
}

}  // namespace
}  // namespace liptako::track
