// Every sensor model: its Jacobian against numeric differences, and its first fix against its own
// prediction.
#include <gtest/gtest.h>

#include "base/math.hpp"
#include "base/prng.hpp"
#include "track/imm.hpp"
#include "track/sensors/models.hpp"
#include "track/sensors/polar_radar.hpp"
#include "track/sensors/stated_position.hpp"

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

constexpr SensorKind kKinds[] = {
    SensorKind::polar_radar, SensorKind::ads_b, SensorKind::mlat, SensorKind::tracker};
constexpr SensorKind kStatedKinds[] = {SensorKind::ads_b, SensorKind::mlat, SensorKind::tracker};

TEST(SensorModels, EveryKindHasItsOwn) {
  for (const SensorKind kind : kKinds) {
    ASSERT_TRUE(is_known(kind));
    EXPECT_EQ(model_of(kind).kind, kind);
    EXPECT_EQ(described(kind).kind, kind);
    EXPECT_EQ(model_of(kind).needs_site, kind == SensorKind::polar_radar);
  }
  EXPECT_FALSE(is_known(SensorKind{0}));
  EXPECT_FALSE(is_known(static_cast<SensorKind>(std::size(kKinds) + 1)));
}

TEST(StatedPosition, JacobiansAreTheNumericGradients) {
  Prng prng(35);
  for (int i = 0; i < 100; ++i) {
    Case c = random_case(prng);
    c.plot.sd_east = Length::from_metres(prng.uniform(5, 300));
    c.plot.sd_north = Length::from_metres(prng.uniform(5, 300));
    c.plot.correlation = prng.uniform(-0.9, 0.9);
    const double scale[2] = {1, 1};
    for (const SensorKind kind : kStatedKinds) {
      expect_gradient(
          c,
          [&](const HorizontalState& at, const Height& h) {
            return model_of(kind).linearise(c.sensor, c.site, c.plot, c.frame, at, h);
          },
          scale);
    }
    expect_gradient(
        c,
        [&](const HorizontalState& at, const Height&) {
          return stated::linearise_velocity(c.plot, c.frame, at);
        },
        scale);
  }
}

// dh is left 0: what is left out is under 5 m a kilometre of height.
TEST(StatedPosition, AWrongHeightHardlyMovesIt) {
  Prng prng(37);
  for (int i = 0; i < 100; ++i) {
    const Case c = random_case(prng);
    Height wrong = c.height;
    wrong.mean_m += 1000;
    for (const SensorKind kind : kStatedKinds) {
      const LinearMeasurement right =
          model_of(kind).linearise(c.sensor, c.site, c.plot, c.frame, c.at, c.height);
      const LinearMeasurement moved =
          model_of(kind).linearise(c.sensor, c.site, c.plot, c.frame, c.at, wrong);
      EXPECT_LT(std::hypot(moved.y[0] - right.y[0], moved.y[1] - right.y[1]), 5.0);
      EXPECT_EQ(right.dh[0], 0.0);
    }
  }
}

TEST(StatedPosition, FirstFixIsThePlotWithItsCovariance) {
  Prng prng(38);
  Case c = random_case(prng);
  c.plot.sd_east = Length::from_metres(40);
  c.plot.sd_north = Length::from_metres(10);
  c.plot.correlation = -0.5;
  for (const SensorKind kind : {SensorKind::mlat, SensorKind::tracker}) {
    const FirstFix fix = model_of(kind).first_fix(c.sensor, c.site, c.plot, c.height);
    EXPECT_EQ(fix.position.latitude.radians(), c.plot.latitude.radians());
    EXPECT_NEAR(fix.cov_ee_m2, 1600, 1e-9);
    EXPECT_NEAR(fix.cov_en_m2, -200, 1e-9);
    EXPECT_NEAR(fix.cov_nn_m2, 100, 1e-9);
  }
}

TEST(StatedPosition, AnAccuracyThatIsNotStatedIsTheSensorsAndAnImpossibleOneIsMadePossible) {
  Prng prng(39);
  const Case c = random_case(prng);
  for (const SensorKind kind : {SensorKind::mlat, SensorKind::tracker}) {
    SensorDescription sensor = described(kind);
    sensor.position_sd = Length::from_metres(70);
    const auto R = [&](double sd_m, double correlation) {
      Plot plot = c.plot;
      plot.sd_east = plot.sd_north = Length::from_metres(sd_m);
      plot.correlation = correlation;
      const FirstFix fix = model_of(kind).first_fix(sensor, c.site, plot, c.height);
      EXPECT_GT(fix.cov_ee_m2 * fix.cov_nn_m2, fix.cov_en_m2 * fix.cov_en_m2);
      return fix.cov_ee_m2;
    };
    EXPECT_EQ(R(0, 0), 70.0 * 70.0);
    EXPECT_EQ(R(-5, 2), 70.0 * 70.0);
    EXPECT_GE(R(1e-6, -1), 4.0);
    EXPECT_NEAR(R(300, 1), 300.0 * 300.0, 1e-6);
  }
}

// Draws with the stated covariance and time error: y' R^-1 y is chi-square with two degrees of
// freedom. Mean 2, variance 4: the mean of n draws is within 4 sd of 2 all but once in 15,000.
TEST(StatedPosition, NisOfSimulatedDrawsIsChiSquare) {
  constexpr int kDraws = 20'000;
  for (const SensorKind kind : {SensorKind::mlat, SensorKind::tracker}) {
    Prng prng(40 + static_cast<std::uint64_t>(kind));
    double sum = 0;
    int beyond = 0;
    for (int i = 0; i < kDraws; ++i) {
      Case c = random_case(prng);
      SensorDescription sensor = described(kind);
      sensor.latency_sd = std::chrono::milliseconds(200);
      const double se = prng.uniform(10, 200), sn = prng.uniform(10, 200);
      const double r = prng.uniform(-0.9, 0.9);
      // The aircraft is at c.at; the report is of where it was a little before or after, in the
      // frame of the place itself, and off by a draw of the stated covariance.
      const double late = prng.normal(0, 0.2), a = prng.normal(0, 1), b = prng.normal(0, 1);
      const auto truth =
          geo::geodetic_from_ecef(ecef_at(c.frame,
                                          c.at.x[kEast] + late * c.at.x[kVelocityEast],
                                          c.at.x[kNorth] + late * c.at.x[kVelocityNorth],
                                          c.height.mean_m));
      const auto place = geo::geodetic_from_ecef(geo::TangentFrame(truth).ecef_from_enu(
          {se * a, sn * (r * a + std::sqrt(1 - r * r) * b), 0.0}));
      c.plot.latitude = place.latitude;
      c.plot.longitude = place.longitude;
      c.plot.sd_east = Length::from_metres(se);
      c.plot.sd_north = Length::from_metres(sn);
      c.plot.correlation = r;
      const LinearMeasurement m =
          model_of(kind).linearise(sensor, c.site, c.plot, c.frame, c.at, c.height);
      const double nis = evaluate(Gaussian{}, m).d2;
      sum += nis;
      beyond += nis > 5.991;
    }
    EXPECT_NEAR(sum / kDraws, 2.0, 4.0 * std::sqrt(4.0 / kDraws));
    EXPECT_NEAR(beyond, 0.05 * kDraws, 4.0 * std::sqrt(0.05 * 0.95 * kDraws));
  }
}

// The tracker model's whole point: reports of one constant, correlated from one to the next, give
// together the information that such a sequence holds, however often they come.
TEST(SystemTrack, ReportsOfAConstantAddUpToTheInformationTheyHold) {
  SensorDescription sensor = described(SensorKind::tracker);
  sensor.memory = std::chrono::seconds(10);
  const auto factor = model_of(SensorKind::tracker).dilution;
  const Plot plot;
  for (const double step : {0.5, 1.0, 4.0, 30.0}) {
    // Direct: 1' C^-1 1 of the covariance C_ij = a^|i-j|, by elimination.
    constexpr int kReports = 12;
    const double a = base::exp(-step / 10.0);
    double C[kReports][kReports + 1];
    for (int i = 0; i < kReports; ++i) {
      for (int j = 0; j < kReports; ++j) C[i][j] = base::pow(a, std::abs(i - j));
      C[i][kReports] = 1.0;
    }
    for (int i = 0; i < kReports; ++i) {
      for (int k = 0; k < kReports; ++k) {
        if (k == i) continue;
        const double share = C[k][i] / C[i][i];
        for (int j = i; j <= kReports; ++j) C[k][j] -= share * C[i][j];
      }
    }
    double held = 0, added = 0;
    for (int i = 0; i < kReports; ++i) {
      held += C[i][kReports] / C[i][i];
      added += 1.0 / (i == 0 ? factor(sensor, plot, std::nullopt)
                             : factor(sensor, plot, base::seconds(step)));
    }
    EXPECT_NEAR(added, held, 1e-9 * held) << step;
  }
  EXPECT_TRUE(std::isfinite(factor(sensor, plot, base::Duration::zero())));
}

TEST(SystemTrack, PositionAndVelocityOfOneReportCountAsIfTheyCouldBeFullyCorrelated) {
  Plot plot;
  plot.velocity_sd = base::Speed::from_mps(5);
  const auto factor = model_of(SensorKind::tracker).dilution;
  EXPECT_EQ(factor(described(SensorKind::tracker), plot, std::nullopt), 2.0);
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
