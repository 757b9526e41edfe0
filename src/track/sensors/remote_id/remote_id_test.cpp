// The classes of accuracy of Remote ID, in the standard's order.
#include "track/sensors/remote_id/remote_id.hpp"

#include <gtest/gtest.h>

namespace liptako::track::remote_id {
namespace {

TEST(RemoteId, EachClassIsBetterThanTheOneBeforeAndUnknownIsNone) {
  for (std::uint8_t code = 2; code <= 12; ++code)
    EXPECT_LT(position_sd(code), position_sd(static_cast<std::uint8_t>(code - 1))) << int{code};
  for (std::uint8_t code = 2; code <= 6; ++code)
    EXPECT_LT(height_sd(code), height_sd(static_cast<std::uint8_t>(code - 1))) << int{code};
  for (std::uint8_t code = 2; code <= 4; ++code)
    EXPECT_LT(velocity_sd(code), velocity_sd(static_cast<std::uint8_t>(code - 1))) << int{code};
  EXPECT_NEAR(position_sd(1).metres() * 2.448, 18'520, 0.01);  // 10 NM
  EXPECT_NEAR(position_sd(12).metres() * 2.448, 1, 1e-9);
  EXPECT_NEAR(height_sd(1).metres() * 1.960, 150, 1e-9);
  EXPECT_NEAR(velocity_sd(4).mps() * 2.448, 0.3, 1e-9);
  EXPECT_NEAR(base::to_seconds(time_sd(15)) * 1.960, 1.5, 1e-6);
}

TEST(RemoteId, UnknownAndUnassignedClassesSayNothing) {
  for (int code = 0; code < 256; ++code) {
    const auto c = static_cast<std::uint8_t>(code);
    EXPECT_EQ(position_sd(c) == base::Length(), c == 0 || c > 12) << code;
    EXPECT_EQ(height_sd(c) == base::Length(), c == 0 || c > 6) << code;
    EXPECT_EQ(velocity_sd(c) == base::Speed(), c == 0 || c > 4) << code;
    EXPECT_EQ(time_sd(c) == base::Duration::zero(), c == 0 || c > 15) << code;
  }
}

TEST(RemoteId, APlotOfAnUnknownClassTakesTheSensorsAccuracy) {
  SensorDescription sensor = model().described();
  sensor.position_sd = base::Length::from_metres(80);
  Plot plot;
  EXPECT_EQ(model().first_fix(sensor, {}, plot, {}).cov_ee_m2, 6400.0);
  plot.sd_east = position_sd(10);
  EXPECT_NEAR(model().first_fix(sensor, {}, plot, {}).cov_nn_m2, 10 * 10 / (2.448 * 2.448), 1e-9);
}

}  // namespace
}  // namespace liptako::track::remote_id
