#include "assess/paired.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/prng.hpp"

namespace liptako::assess {
namespace {

TEST(Paired, TwiceTheSquareIsTheRootOfTwoEverywhere) {
  const std::vector<PairedSums> runs = {{2, 1}, {8, 4}, {6, 3}};
  const auto result = paired_ratio(runs);
  ASSERT_TRUE(result && result->interval);
  EXPECT_DOUBLE_EQ(result->ratio, std::sqrt(2.0));
  // Where every run has the same ratio nothing is left to chance.
  EXPECT_NEAR(result->interval->first, result->ratio, 1e-12);
  EXPECT_NEAR(result->interval->second, result->ratio, 1e-12);
}

TEST(Paired, TwoRunsByHand) {
  // Sums 4 and 4: ratio 1. Shares (2/2)(3/4 - 1/4) = 1/2 and -1/2, standard deviation sqrt(1/2),
  // standard error 1/2, t 12.706.
  const std::vector<PairedSums> runs = {{3, 1}, {1, 3}};
  const auto result = paired_ratio(runs);
  ASSERT_TRUE(result && result->interval);
  EXPECT_DOUBLE_EQ(result->ratio, 1.0);
  EXPECT_NEAR(std::log(result->interval->second), 0.5 * 12.706, 1e-9);
  EXPECT_NEAR(std::log(result->interval->first), -0.5 * 12.706, 1e-9);
}

TEST(Paired, NothingToCompareIsNoRatio) {
  EXPECT_FALSE(paired_ratio({}).has_value());
  const std::vector<PairedSums> nothing = {{1, 0}};
  EXPECT_FALSE(paired_ratio(nothing).has_value());
  const std::vector<PairedSums> one = {{1, 1}};
  ASSERT_TRUE(paired_ratio(one).has_value());
  EXPECT_FALSE(paired_ratio(one)->interval.has_value());
}

TEST(Paired, StudentsPointsAreThoseOfTheTables) {
  EXPECT_NEAR(student_95(1), 12.706, 1e-3);
  EXPECT_NEAR(student_95(10), 2.228, 1e-3);
  EXPECT_NEAR(student_95(11), 2.201, 2e-3);
  EXPECT_NEAR(student_95(20), 2.086, 2e-3);
  EXPECT_NEAR(student_95(39), 2.023, 2e-3);
  EXPECT_NEAR(student_95(100), 1.984, 2e-3);
}

// The interval holds the ratio of the means as often as it says, for few and for many runs that
// differ in difficulty as the kept ones do.
TEST(Paired, TheIntervalHoldsTheTruthNineteenTimesInTwenty) {
  base::Prng random(11);
  for (const std::size_t count : {10u, 40u}) {
    int held = 0;
    const int rounds = 2000;
    for (int round = 0; round < rounds; ++round) {
      std::vector<PairedSums> runs;
      for (std::size_t i = 0; i < count; ++i) {
        const double hard = 400.0 + random.exponential(300.0);
        runs.push_back({hard + random.exponential(300.0), hard + random.exponential(200.0)});
      }
      const auto result = paired_ratio(runs);
      const double truth = std::sqrt(1000.0 / 900.0);
      if (result->interval->first <= truth && truth <= result->interval->second) ++held;
    }
    EXPECT_GT(held, 0.92 * rounds) << count;
    EXPECT_LT(held, 0.975 * rounds) << count;
  }
}

}  // namespace
}  // namespace liptako::assess
