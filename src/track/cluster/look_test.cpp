#include "track/cluster/look.hpp"

#include <gtest/gtest.h>

#include "base/math.hpp"
#include "base/prng.hpp"
#include "track/cluster/density.hpp"

namespace liptako::track {
namespace {

Gaussian near(double east, double north, double variance) {
  Gaussian g;
  g.mean.x[kEast] = east;
  g.mean.x[kNorth] = north;
  for (int r = 0; r < kStateSize; ++r) g.P[packed(r, r)] = variance;
  return g;
}

TEST(PolarLook, of_a_sure_target_is_the_gradient_of_azimuth_and_range) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    base::Prng prng(seed);
    PolarSensor sensor;
    sensor.east = 100.0;
    sensor.north = 100.0;
    const double azimuth = prng.uniform(-3.1, 3.1);
    const double range = prng.uniform(30.0, 250.0);
    const auto [s, c] = base::sincos(azimuth);
    const Gaussian x = near(100.0 + range * c, 100.0 + range * s, 1e-8);
    const std::vector<PolarPlot> plots = {{azimuth + 0.02, range + 1.0}};
    const LinearMeasurement m = PolarLook(sensor, plots).linearise(x, 0);
    EXPECT_NEAR(m.H[0][kEast], -s / range, 1e-7);
    EXPECT_NEAR(m.H[0][kNorth], c / range, 1e-7);
    EXPECT_NEAR(m.H[1][kEast], c, 1e-7);
    EXPECT_NEAR(m.H[1][kNorth], s, 1e-7);
    EXPECT_NEAR(m.y[0], 0.02, 1e-7);
    EXPECT_NEAR(m.y[1], 1.0, 1e-7);
    EXPECT_NEAR(m.R[0], sensor.azimuth_variance, 1e-9);
    EXPECT_NEAR(m.R[2], sensor.range_variance, 1e-7);
  }
}

TEST(PolarLook, of_a_target_anywhere_in_the_field_ends_where_the_plot_lies) {
  PolarSensor sensor;
  sensor.east = 100.0;
  sensor.north = 100.0;
  const std::vector<PolarPlot> plots = {{2.5, 140.0}, {-3.1, 60.0}};
  const PolarLook look(sensor, plots);
  for (std::size_t j = 0; j < plots.size(); ++j) {
    Gaussian x = near(180.0, 180.0, 1e4);
    ASSERT_TRUE(kalman_update(x, look.linearise(x, j)));
    const PlotPlace place = look.place(j);
    const double e = x.mean.x[kEast] - place.east;
    const double n = x.mean.x[kNorth] - place.north;
    EXPECT_LT(std::sqrt(e * e + n * n), 1.5) << j;
    EXPECT_NEAR(x.P[packed(0, 0)] + x.P[packed(1, 1)],
                place.cov_ee + place.cov_nn,
                0.1 * (place.cov_ee + place.cov_nn));
  }
}

// A pull of the estimate towards or away from the sensor would show in the mean.
TEST(PolarLook, updates_are_consistent_and_without_bias) {
  base::Prng prng(7);
  PolarSensor sensor;
  double nees = 0.0;
  double bias = 0.0;
  constexpr int kDraws = 4000;
  for (int i = 0; i < kDraws; ++i) {
    Gaussian x = near(120.0, 60.0, 16.0);
    const double east = 120.0 + prng.normal(0.0, 4.0);
    const double north = 60.0 + prng.normal(0.0, 4.0);
    const std::vector<PolarPlot> plots = {
        {base::atan2(north, east) + prng.normal(0.0, std::sqrt(sensor.azimuth_variance)),
         std::sqrt(east * east + north * north) + prng.normal(0.0, std::sqrt(3.0))}};
    ASSERT_TRUE(kalman_update(x, PolarLook(sensor, plots).linearise(x, 0)));
    const double de = x.mean.x[kEast] - east;
    const double dn = x.mean.x[kNorth] - north;
    const double a = x.P[packed(0, 0)], b = x.P[packed(0, 1)], d = x.P[packed(1, 1)];
    nees += (d * de * de - 2.0 * b * de * dn + a * dn * dn) / (a * d - b * b);
    bias += (de * 120.0 + dn * 60.0) / std::sqrt(120.0 * 120.0 + 60.0 * 60.0);
  }
  // Two degrees of freedom: variance 4 a draw; four standard errors.
  EXPECT_NEAR(nees / kDraws, 2.0, 4.0 * std::sqrt(4.0 / kDraws));
  EXPECT_NEAR(bias / kDraws, 0.0, 4.0 * std::sqrt(3.0 / kDraws));
}

TEST(PolarLook, detects_less_the_further_away) {
  const PolarLook look(PolarSensor{}, {});
  EXPECT_NEAR(look.detection_probability(near(90.0, 0.0, 1.0)), 0.904837, 1e-6);
  EXPECT_NEAR(look.detection_probability(near(0.0, 900.0, 1.0)), 0.367879, 1e-6);
}

TEST(PlaneLook, measures_position) {
  const std::vector<PlanePlot> plots = {{3.0, -2.0}};
  const LinearMeasurement m = PlaneLook({}, plots).linearise(near(1.0, 1.0, 4.0), 0);
  EXPECT_EQ(m.y[0], 2.0);
  EXPECT_EQ(m.y[1], -3.0);
  // d2 with S = 5 on both axes.
  EXPECT_NEAR(fit(near(1.0, 1.0, 4.0), m).d2, 13.0 / 5.0, 1e-12);
}

}  // namespace
}  // namespace liptako::track
