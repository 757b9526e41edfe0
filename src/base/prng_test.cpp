#include "base/prng.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace liptako::base {
namespace {

constexpr int kDraws = 200'000;

TEST(Prng, FirstNumbersArePinned) {
  Prng a(42);
  Prng b(42);
  EXPECT_EQ(a.next(), b.next());
  EXPECT_EQ(Prng(0).next(),
            11091344671253066420u);  // reference implementation, seed 0 through SplitMix64
}

TEST(Prng, NormalHasItsMoments) {
  Prng prng(5);
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double x = prng.normal(3.0, 2.0);
    sum += x;
    squares += (x - 3.0) * (x - 3.0);
  }
  EXPECT_NEAR(sum / kDraws, 3.0, 5 * 2.0 / std::sqrt(kDraws));
  EXPECT_NEAR(squares / kDraws, 4.0, 5 * 4.0 * std::sqrt(2.0 / kDraws));
}

TEST(Prng, PoissonAndExponentialHaveTheirMeans) {
  Prng prng(6);
  double poisson = 0;
  double exponential = 0;
  for (int i = 0; i < kDraws; ++i) {
    poisson += prng.poisson(7.5);
    exponential += prng.exponential(4.0);
  }
  EXPECT_NEAR(poisson / kDraws, 7.5, 5 * std::sqrt(7.5 / kDraws));
  EXPECT_NEAR(exponential / kDraws, 4.0, 5 * 4.0 / std::sqrt(kDraws));
}

TEST(Prng, BelowReachesAllValuesEqually) {
  Prng prng(7);
  std::array<int, 7> counts{};
  for (int i = 0; i < kDraws; ++i) ++counts[prng.below(7)];
  for (const int count : counts) EXPECT_NEAR(count, kDraws / 7.0, 5 * std::sqrt(kDraws / 7.0));
}

}  // namespace
}  // namespace liptako::base
