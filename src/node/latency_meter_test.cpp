#include "node/latency_meter.hpp"

#include <gtest/gtest.h>

namespace liptako::node {
namespace {

TEST(LatencyMeter, APercentileIsTheSmallestThatEnoughDoNotExceed) {
  LatencyMeter meter;
  EXPECT_FALSE(meter.percentile(0.5).has_value());
  for (int ms = 100; ms >= 1; --ms) meter.note(std::chrono::milliseconds(ms));
  EXPECT_EQ(meter.percentile(0.50), std::chrono::milliseconds(50));
  EXPECT_EQ(meter.percentile(0.99), std::chrono::milliseconds(99));
  EXPECT_EQ(meter.percentile(1.0), std::chrono::milliseconds(100));
  EXPECT_EQ(meter.percentile(0.0), std::chrono::milliseconds(1));
}

}  // namespace
}  // namespace liptako::node
