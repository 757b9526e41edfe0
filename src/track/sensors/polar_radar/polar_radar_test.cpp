// The radar's geometry: Jacobians against numeric differences, first fix against prediction,
// elevation against the effective Earth.
#include "track/sensors/polar_radar/polar_radar.hpp"

#include "track/sensors/case_for_test.hpp"

namespace liptako::track {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

TEST(PolarRadar, JacobianIsTheNumericGradient) {
  Prng prng(31);
  for (int i = 0; i < 300; ++i) {
    const Case c = random_case(prng);
    const double ground = 0.2 * c.plot.slant_range.metres();
    const double scale[2] = {1.0, 1.0 / ground};
    expect_gradient(
        c,
        [&](const HorizontalState& at, const Height& h) {
          return polar_radar::linearise(c.sensor, c.site, c.plot, c.frame, at, h);
        },
        scale);
  }
}

TEST(PolarRadar, TheEffectOfHeightIsItsNumericGradient) {
  Prng prng(32);
  for (int i = 0; i < 300; ++i) {
    const Case c = random_case(prng);
    Height up = c.height, down = c.height;
    up.mean_m += 1;
    down.mean_m -= 1;
    const auto model = [&](const Height& h) {
      return polar_radar::linearise(c.sensor, c.site, c.plot, c.frame, c.at, h);
    };
    for (int k = 0; k < 2; ++k) {
      const double numeric = -(model(up).y[k] - model(down).y[k]) / 2;
      EXPECT_NEAR(model(c.height).dh[k], numeric, k == 0 ? 1e-5 : 1e-9);
    }
  }
}

TEST(PolarRadar, TheEffectOfHeightOnAFirstFixIsItsNumericGradient) {
  Prng prng(36);
  for (int i = 0; i < 300; ++i) {
    const Case c = random_case(prng);
    Height up = c.height, down = c.height;
    up.mean_m += 1;
    down.mean_m -= 1;
    const FirstFix fix = polar_radar::first_fix(c.sensor, c.site, c.plot, c.height);
    geo::Geodetic origin = fix.position;
    origin.height = Length();
    const geo::TangentFrame here(origin);
    const auto place = [&](const Height& h) {
      auto p = polar_radar::first_fix(c.sensor, c.site, c.plot, h).position;
      p.height = Length();
      return here.enu_from_ecef(geo::ecef_from_geodetic(p));
    };
    // Over the curve of the Earth and between two north directions: 3 % of the flat formula.
    const double tolerance =
        0.03 + 0.05 * std::hypot(fix.height_effect_east, fix.height_effect_north);
    EXPECT_NEAR(fix.height_effect_east, (place(up).x - place(down).x) / 2, tolerance);
    EXPECT_NEAR(fix.height_effect_north, (place(up).y - place(down).y) / 2, tolerance);
  }
}

TEST(PolarRadar, FirstFixIsWhereTheModelWouldMeasureThePlot) {
  Prng prng(33);
  for (int i = 0; i < 300; ++i) {
    const Case c = random_case(prng);
    const FirstFix fix = polar_radar::first_fix(c.sensor, c.site, c.plot, c.height);
    EXPECT_NEAR(fix.position.height.metres(), c.height.mean_m, 0.01);
    geo::Geodetic origin = fix.position;
    origin.height = Length();
    const auto m =
        polar_radar::linearise(c.sensor, c.site, c.plot, geo::TangentFrame(origin), {}, c.height);
    EXPECT_NEAR(m.y[0], 0, 0.02);
    EXPECT_NEAR(m.y[1], 0, 1e-8);
    // Its covariance, seen through the Jacobian, is the sensor's own.
    const double cov[2][2] = {{fix.cov_ee_m2, fix.cov_en_m2}, {fix.cov_en_m2, fix.cov_nn_m2}};
    double azimuth_variance = 0;
    for (int r = 0; r < 2; ++r) {
      for (int k = 0; k < 2; ++k) azimuth_variance += m.H[1][r] * cov[r][k] * m.H[1][k];
    }
    EXPECT_NEAR(std::sqrt(azimuth_variance) / c.sensor.azimuth_sd.radians(), 1.0, 0.02);
  }
}

TEST(PolarRadar, APlotCloserThanItsHeightIsPutAboveTheSite) {
  Prng prng(34);
  Case c = random_case(prng);
  c.plot.slant_range = Length::from_metres(3000);
  c.height.mean_m = 10000;
  const FirstFix fix = polar_radar::first_fix(c.sensor, c.site, c.plot, c.height);
  EXPECT_LT(geo::rough_distance(fix.position, c.sensor.site).metres(), 100);
  EXPECT_TRUE(std::isfinite(fix.cov_ee_m2) && fix.cov_ee_m2 > 0);
}

TEST(PolarRadar, TheFirstFixOfAPlotAtTheSiteIsNotExact) {
  SensorDescription sensor;
  sensor.placed = true;
  const geo::TangentFrame site(sensor.site);
  for (const double height_m : {0.0, 5000.0}) {
    const FirstFix fix = polar_radar::first_fix(sensor, site, Plot(), {height_m, 100.0});
    EXPECT_GE(fix.cov_nn_m2, sensor.range_sd.metres() * sensor.range_sd.metres());
    EXPECT_GT(fix.cov_ee_m2, 0.0);
  }
}

// How radars work out the height they report, over an Earth of 4/3 of the radius, against the
// model's ellipsoid with a bent ray.
TEST(PolarRadar, ElevationOverTheEffectiveEarthIsWhatTheModelExpects) {
  Prng prng(61);
  for (int i = 0; i < 300; ++i) {
    Case c = random_case(prng);
    const auto q =
        c.site.enu_from_ecef(ecef_at(c.frame, c.at.x[kEast], c.at.x[kNorth], c.height.mean_m));
    c.plot.slant_range = Length::from_metres(std::sqrt(q.x * q.x + q.y * q.y + q.z * q.z));
    c.plot.azimuth = Angle::from_radians(base::wrap_two_pi(base::atan2(q.x, q.y)));
    c.plot.elevation = polar_radar::elevation_of(
        c.sensor.site.height, c.plot.slant_range, Length::from_metres(c.height.mean_m));
    const auto m = polar_radar::linearise_height(c.sensor, c.site, c.plot, c.frame, c.at, c.height);
    ASSERT_TRUE(m.has_value());
    // The ellipsoid curves up to 1 % otherwise than a sphere of its mean radius.
    const double range = c.plot.slant_range.metres();
    const double tolerance = 2e-5 + 1e-2 * range / (2 * geo::kMeanRadiusM);
    EXPECT_NEAR(m->y, 0.0, tolerance);
    const auto alone = polar_radar::first_height(c.sensor, c.site, c.plot);
    ASSERT_TRUE(alone.has_value());
    EXPECT_NEAR(alone->mean_m, c.height.mean_m, 2.0 + range * tolerance);
  }
}

}  // namespace
}  // namespace liptako::track
