// What a radar sees, against a ray walked step by step over the effective Earth; and what silence
// is worth where it sees nothing.
#include "track/coverage.hpp"

#include <gtest/gtest.h>

#include "track/scene_for_test.hpp"
#include "track/sensors/models.hpp"

namespace liptako::track {
namespace {

using base::Angle;
using base::Length;
using testing::at_second;

// The plane through antenna, target and the effective Earth's centre, at the origin. Independent of
// coverage.cpp: no ray formula, the segment is walked.
struct Plane {
  static constexpr double kRadius = 4.0 / 3.0 * 6'371'008.8;
  double antenna_m, ground_m, target_m;

  struct Point {
    double x, y;
  };
  [[nodiscard]] Point target() const {
    const double angle = ground_m / kRadius;
    return {(kRadius + target_m) * base::sin(angle), (kRadius + target_m) * base::cos(angle)};
  }
  [[nodiscard]] double elevation() const {
    return base::atan2(target().y - (kRadius + antenna_m), target().x);
  }
  // Least height over the Earth on the way there.
  [[nodiscard]] double least_clearance() const {
    double least = 1e9;
    for (int i = 0; i <= 400; ++i) {
      const double s = i / 400.0;
      const double x = s * target().x;
      const double y = (1 - s) * (kRadius + antenna_m) + s * target().y;
      least = std::fmin(least, std::sqrt(x * x + y * y) - kRadius);
    }
    return least;
  }
};

SensorDescription radar_at(double height_m) {
  SensorDescription s = testing::radar(13, 0);
  s.site.height = Length::from_metres(height_m);
  return s;
}

geo::Geodetic from(const SensorDescription& s, double azimuth, double ground_m) {
  // Chord to arc, and down to the antenna's level there, which is what coverage asks for.
  const double dip = ground_m * ground_m / (2 * geo::kMeanRadiusM);
  return geo::geodetic_from_ecef(geo::TangentFrame(s.site).ecef_from_enu(
      {ground_m * base::sin(azimuth), ground_m * base::cos(azimuth), -dip}));
}

TEST(Coverage, IsWhatAWalkedRayReaches) {
  base::Prng prng(21);
  int seen = 0, unseen = 0;
  for (int i = 0; i < 4000; ++i) {
    SensorDescription s = radar_at(prng.uniform(0, 800));
    s.range_max = Length::from_metres(1e6);
    const bool masked = i % 2 == 0;
    if (masked) {
      for (int k = 0; k < 12; ++k)
        s.horizon.push_back(Angle::from_degrees(prng.uniform(-0.3, 2.5)));
    }
    s.elevation_max = Angle::from_degrees(prng.uniform(20, 60));
    const double azimuth = prng.uniform(0, 2 * base::kPi), ground = prng.uniform(2e3, 400e3);
    const Height height{prng.uniform(100, 14'000), 0.0};
    const Plane plane{s.site.height.metres(), ground, height.mean_m};

    bool expected = plane.elevation() < s.elevation_max.radians();
    double margin = std::fabs(plane.elevation() - s.elevation_max.radians());
    if (masked) {
      const double place = azimuth / (2 * base::kPi) * 12;
      const auto k = static_cast<std::size_t>(place);
      const double mask = s.horizon[k % 12].radians() +
                          (place - std::floor(place)) *
                              (s.horizon[(k + 1) % 12].radians() - s.horizon[k % 12].radians());
      expected = expected && plane.elevation() > mask;
      margin = std::fmin(margin, std::fabs(plane.elevation() - mask));
    } else {
      expected = expected && plane.least_clearance() > -1.0;
      margin = std::fmin(margin, std::fabs(plane.least_clearance()) / ground);
    }
    if (margin < 0.35 * base::kRadiansPerDegree) continue;  // at the edge it is a matter of degree
    const double share =
        share_in_view(s, geo::TangentFrame(s.site), from(s, azimuth, ground), height);
    if (expected) {
      EXPECT_GT(share, 0.97) << ground << " " << height.mean_m;
    } else {
      EXPECT_LT(share, 0.03) << ground << " " << height.mean_m;
    }
    ++(expected ? seen : unseen);
  }
  EXPECT_GT(seen, 500);
  EXPECT_GT(unseen, 500);
}

TEST(Coverage, ARayIsAsHighAsTheTriangleSays) {
  base::Prng prng(22);
  for (int i = 0; i < 500; ++i) {
    const Plane plane{prng.uniform(0, 800), prng.uniform(1e3, 400e3), prng.uniform(0, 14'000)};
    const Length height = height_of_ray(Length::from_metres(plane.antenna_m),
                                        Angle::from_radians(plane.elevation()),
                                        Length::from_metres(plane.ground_m));
    EXPECT_NEAR(height.metres(), plane.target_m, 0.01);
  }
}

TEST(Coverage, OfAnUnknownHeightIsTheShareOfHeightsThatAreInView) {
  base::Prng prng(23);
  for (int i = 0; i < 40; ++i) {
    const SensorDescription s = radar_at(prng.uniform(0, 500));
    const geo::TangentFrame site(s.site);
    const geo::Geodetic place = from(s, 1.0, prng.uniform(50e3, 350e3));
    const Height height{prng.uniform(1000, 9000), 2000.0 * 2000.0};
    double sum = 0;
    constexpr int kDraws = 800;
    for (int k = 0; k < kDraws; ++k)
      sum += share_in_view(s, site, place, {height.mean_m + 2000 * prng.normal(0, 1), 0.0});
    EXPECT_NEAR(share_in_view(s, site, place, height), sum / kDraws, 0.08);
  }
}

TEST(Coverage, OfASensorWithoutASiteIsEverywhere) {
  SensorDescription s = described(SensorKind::ads_b);
  EXPECT_EQ(share_in_view(s, {}, {}, {}), 1.0);
}

// Two radars; the aircraft descends behind a ridge of one, which goes on turning.
double existence_after_silence(bool told_of_the_ridge) {
  base::Prng prng(24);
  SensorDescription s = testing::radar(13, 0);
  if (told_of_the_ridge) s.horizon.assign(8, Angle::from_degrees(2.0));
  TrackerOptions options;
  options.coast_limit = std::chrono::minutes(2);
  Tracker tracker(options);
  tracker.set_sensors({&s, 1});
  std::vector<TrackEvent> events;
  testing::Aircraft a;
  a.mode_a = base::ModeACode(01234);
  a.east_m = 60e3;
  a.speed_mps = 80;
  a.height_m = 1500;  // 1 degree above the horizontal of the antenna
  int t = 0;
  for (; t < 60; t += 5) {
    tracker.take(testing::radar_plot(s, 0, a, at_second(t), prng), events);
    a.fly(5);
  }
  for (; t < 120; t += 5) {
    tracker.note_sensor_time(0, at_second(t));
    tracker.advance(at_second(t), events);
  }
  double existence = 0;
  tracker.for_each_track(
      [&](std::uint32_t slot) { existence = tracker.view(slot, at_second(t)).existence; });
  return existence;
}

TEST(Coverage, SilenceCostsNothingWhereTheRadarSeesNothing) {
  EXPECT_GT(existence_after_silence(true), 0.97);
  EXPECT_LT(existence_after_silence(false), existence_after_silence(true));
}

}  // namespace
}  // namespace liptako::track
