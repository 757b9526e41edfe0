// What the models of told positions share.
#include "track/sensors/stated_position.hpp"

#include "track/sensors/case_for_test.hpp"

namespace liptako::track {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

constexpr SensorKind kStatedKinds[] = {SensorKind::ads_b,
                                       SensorKind::mlat,
                                       SensorKind::tracker,
                                       SensorKind::uav_telemetry,
                                       SensorKind::remote_id};

TEST(StatedPosition, TheJacobianOfAVelocityIsItsNumericGradient) {
  Prng prng(35);
  for (int i = 0; i < 100; ++i) {
    const Case c = random_case(prng);
    const double scale[2] = {1, 1};
    expect_gradient(
        c,
        [&](const HorizontalState& at, const Height&) {
          return stated::linearise_velocity(c.plot, c.frame, at);
        },
        scale);
  }
}

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

TEST(StatedPosition, AHeightThatIsNotToldMeasuresNothing) {
  Plot plot;
  const Length otherwise = Length::from_metres(40);
  EXPECT_FALSE(stated::linearise_height(plot, otherwise, {1000.0, 1.0}).has_value());
  EXPECT_FALSE(stated::first_height(plot, otherwise).has_value());
  plot.geometric_height = Length::from_metres(1200);
  EXPECT_EQ(stated::linearise_height(plot, otherwise, {1000.0, 1.0})->y, 200.0);
  EXPECT_EQ(stated::first_height(plot, otherwise)->variance_m2, 1600.0);
}

}  // namespace
}  // namespace liptako::track
