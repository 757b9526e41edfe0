// Every sensor model: its Jacobian against numeric differences, and its first fix against its own
// prediction.
#include <gtest/gtest.h>

#include "base/math.hpp"
#include "base/prng.hpp"
#include "track/sensors/ads_b.hpp"
#include "track/sensors/polar_radar.hpp"

namespace liptako::track {
namespace {

using base::Angle;
using base::Length;
using base::Prng;

struct Case {
  SensorDescription sensor;
  geo::TangentFrame site;
  geo::TangentFrame frame;
  HorizontalState at;
  Height height;
  Plot plot;
};

Case random_case(Prng& prng) {
  Case c;
  c.sensor.site = {Angle::from_degrees(prng.uniform(-60, 60)),
                   Angle::from_degrees(prng.uniform(-180, 180)),
                   Length::from_metres(prng.uniform(0, 1500))};
  c.sensor.placed = true;
  c.site = geo::TangentFrame(c.sensor.site);
  const double range = prng.uniform(15e3, 400e3), bearing = prng.uniform(0, 2 * base::kPi);
  geo::Geodetic near = geo::geodetic_from_ecef(
      c.site.ecef_from_enu({range * base::sin(bearing), range * base::cos(bearing), 0}));
  near.height = Length();
  c.frame = geo::TangentFrame(near);
  c.at.x[kEast] = prng.uniform(-20e3, 20e3);
  c.at.x[kNorth] = prng.uniform(-20e3, 20e3);
  c.at.x[kVelocityEast] = prng.uniform(-250, 250);
  c.at.x[kVelocityNorth] = prng.uniform(-250, 250);
  c.height = {prng.uniform(500, 12000), 100.0 * 100.0};
  c.plot.slant_range = Length::from_metres(range);
  c.plot.azimuth = Angle::from_radians(bearing);
  c.plot.latitude = near.latitude;
  c.plot.longitude = near.longitude;
  c.plot.position_sd = Length::from_metres(50);
  c.plot.velocity_sd = base::Speed::from_mps(2);
  return c;
}

// y falls as the prediction rises, so dh/dx = -dy/dx.
template <class Model>
void expect_gradient(const Case& c, Model model, const double scale[2]) {
  const LinearMeasurement m = model(c.at, c.height);
  for (int k = 0; k < kStateSize; ++k) {
    const double step = k < 2 ? 1.0 : 0.1;
    HorizontalState up = c.at, down = c.at;
    up.x[k] += step;
    down.x[k] -= step;
    for (int i = 0; i < 2; ++i) {
      const double numeric = -(model(up, c.height).y[i] - model(down, c.height).y[i]) / (2 * step);
      EXPECT_NEAR(m.H[i][k], numeric, 2e-5 * scale[i]) << "component " << i << ", state " << k;
    }
  }
}

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

TEST(AdsB, JacobiansAreTheNumericGradients) {
  Prng prng(35);
  for (int i = 0; i < 100; ++i) {
    const Case c = random_case(prng);
    const double scale[2] = {1, 1};
    expect_gradient(
        c,
        [&](const HorizontalState& at, const Height& h) {
          return ads_b::linearise_position(c.sensor, c.plot, c.frame, at, h);
        },
        scale);
    expect_gradient(
        c,
        [&](const HorizontalState& at, const Height&) {
          return ads_b::linearise_velocity(c.plot, c.frame, at);
        },
        scale);
  }
}

// A radar may report range zero, at its own height too.
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

}  // namespace
}  // namespace liptako::track
