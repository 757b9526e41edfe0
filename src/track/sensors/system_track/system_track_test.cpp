// Reports whose errors live on weigh what they hold.
#include <gtest/gtest.h>

#include "base/math.hpp"
#include "track/sensors/models.hpp"

namespace liptako::track {
namespace {

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

}  // namespace
}  // namespace liptako::track
