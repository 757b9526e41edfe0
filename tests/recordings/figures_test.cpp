// What docs/RECORDINGS.md tells of the recordings, held: one picture of an aerodrome's three
// sensors, each the others' check, and a radar's hour beside what the aircraft told of themselves.
// Bounds are the measured figures with room for a tracker that changes, not for one that gets
// worse.
#include <gtest/gtest.h>

#include "codec/asterix/recordings_for_tests.hpp"
#include "recordings_run.hpp"

namespace liptako::bench {
namespace {

std::string sensors(const char* name) {
  return std::string(LIPTAKO_SOURCE_DIR) + "/tests/recordings/" + name;
}

void expect_between(double low, double value, double high, const char* what) {
  EXPECT_GE(value, low) << what;
  EXPECT_LE(value, high) << what;
}

TEST(Figures, BarcelonasThreeSensorsAreOnePicture) {
  LIPTAKO_NEED_RECORDING(bytes, "cat021_v023_lebl_2016.ast.xz");
  (void)bytes;
  const auto run =
      run_aerodrome(codec::asterix::surveillance_data().string(), sensors("lebl_2016.toml"));
  ASSERT_TRUE(run) << run.error().message;
  const AerodromeFigures& f = *run;
  SCOPED_TRACE(to_text(f));
  // Of 168,197 reports 30 lie beyond what the station can hear.
  EXPECT_EQ(f.picture.plots, 168'167u);
  EXPECT_EQ(f.picture.heard, 49);
  EXPECT_EQ(f.picture.tracked, 49);
  EXPECT_EQ(f.picture.two_at_once, 0);
  EXPECT_LE(f.picture.numbers, 53);
  EXPECT_GE(f.picture.confirmed_share, 0.995);
  EXPECT_EQ(f.picture.vehicles, 4);
  ASSERT_EQ(f.sensors.size(), 3u);
  for (const SensorFit& sensor : f.sensors) {
    EXPECT_GT(sensor.all.count, 5'000u) << sensor.name;
    expect_between(0.85, sensor.all.mean(), 1.15, sensor.name.c_str());
  }
  // Two independent systems, a reference point and a site, all taken from documents, agree.
  expect_between(1.0, f.ads_b.ground.across_median_m, 2.5, "ADS-B across, ground");
  expect_between(3.0, f.ads_b.ground.median_m, 8.0, "ADS-B, ground");
  expect_between(20.0, f.ads_b.air.median_m, 60.0, "ADS-B, air");
  expect_between(5.0, f.ads_b.air.across_median_m, 15.0, "ADS-B across, air");
  EXPECT_EQ(f.ads_b.aircraft, 25);
  expect_between(0.4, f.ads_b.median_late_s, 0.7, "ADS-B late");
  expect_between(2.0, f.surface_radar.across_median_m, 5.0, "surface radar across");
}

TEST(Figures, AircraftConfirmWhatTheRadarsTracksSayOfTheirMotion) {
  LIPTAKO_NEED_RECORDING(bytes, "cat048_bcn_2023.ast.xz");
  (void)bytes;
  const auto run =
      run_radar_hour(codec::asterix::surveillance_data().string(), sensors("bcn_2023.toml"));
  ASSERT_TRUE(run) << run.error().message;
  const RadarHourFigures& f = *run;
  SCOPED_TRACE(to_text(f));
  EXPECT_EQ(f.picture.plots, 44'085u);
  EXPECT_EQ(f.picture.heard, 172);
  EXPECT_EQ(f.picture.tracked, 172);
  EXPECT_EQ(f.picture.two_at_once, 0);
  EXPECT_GE(f.picture.confirmed_share, 0.99);
  EXPECT_LE(f.picture.restarts, 80u);
  EXPECT_EQ(f.track_and_turn, 9'772u);
  EXPECT_EQ(f.heading_and_speed, 38'943u);
  EXPECT_EQ(f.refused, 6u);
  EXPECT_GT(f.straight.count, 5'000u);
  EXPECT_LE(f.straight.speed_rms_kt, 5.0);
  EXPECT_LE(f.straight.track_rms_deg, 1.5);
  EXPECT_LE(f.straight.track_median_deg, 0.4);  // the site is right, and north is north
  EXPECT_GT(f.turning.count, 500u);
  EXPECT_LE(f.turning.speed_rms_kt, 7.0);
  EXPECT_LE(f.turning.track_rms_deg, 5.0);
  EXPECT_LE(f.level.rms_ft_min, 120.0);
  EXPECT_LE(f.climbing.rms_ft_min, 450.0);
  EXPECT_LE(f.descending.rms_ft_min, 350.0);
}

}  // namespace
}  // namespace liptako::bench
