#include "picture/fusion.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/prng.hpp"

namespace liptako::picture {
namespace {

using Packed = std::array<double, kCovarianceSize>;

constexpr int packed(int row, int column) {
  return row <= column ? row * 4 - row * (row - 1) / 2 + (column - row) : packed(column, row);
}

// A random covariance with positions in hundreds of metres and velocities in metres per second.
Packed random_covariance(base::Prng& prng) {
  double A[4][4];
  for (int i = 0; i < 4; ++i) {
    for (double& x : A[i]) x = (prng.uniform() - 0.5) * (i < 2 ? 400.0 : 10.0);
  }
  Packed out{};
  for (int i = 0; i < 4; ++i) {
    for (int j = i; j < 4; ++j) {
      for (int k = 0; k < 4; ++k) out[packed(i, j)] += A[i][k] * A[j][k];
    }
    out[packed(i, i)] += i < 2 ? 25.0 : 0.01;
  }
  return out;
}

double trace(const Packed& m) { return m[0] + m[4]; }

TEST(CovarianceIntersection, IsNeverWorseThanTheBetterOfTwo) {
  base::Prng prng(1);
  int gained = 0;
  for (int i = 0; i < 500; ++i) {
    const Estimate a{{0, 0, 10, 5}, random_covariance(prng)};
    const Estimate b{{30, -20, 12, 4}, random_covariance(prng)};
    const auto fused = intersect(a, b);
    ASSERT_TRUE(fused);
    const double best = std::min(trace(a.covariance), trace(b.covariance));
    EXPECT_LE(trace(fused->estimate.covariance), best * (1 + 1e-9));
    gained += trace(fused->estimate.covariance) < 0.9 * best;
    EXPECT_GE(fused->weight, 0.0);
    EXPECT_LE(fused->weight, 1.0);
    EXPECT_TRUE(is_positive_definite(fused->estimate.covariance));
  }
  EXPECT_GT(gained, 100);  // two radars at an angle know more than each
}

TEST(CovarianceIntersection, OfAnEstimateWithItselfIsItself) {
  base::Prng prng(2);
  for (int i = 0; i < 100; ++i) {
    const Estimate a{{1, 2, 3, 4}, random_covariance(prng)};
    const auto fused = intersect(a, a);
    ASSERT_TRUE(fused);
    for (std::size_t k = 0; k < kCovarianceSize; ++k) {
      EXPECT_NEAR(fused->estimate.covariance[k],
                  a.covariance[k],
                  1e-6 * (std::fabs(a.covariance[0]) + std::fabs(a.covariance[4])));
    }
    for (int k = 0; k < 4; ++k) EXPECT_NEAR(fused->estimate.mean[k], a.mean[k], 1e-6);
  }
}

// The claim that makes the rule honest: whatever part of their errors two estimates share, what is
// claimed covers the true error of the fused one on average.
TEST(CovarianceIntersection, DoesNotClaimMoreThanItKnowsWhateverIsShared) {
  base::Prng prng(3);
  for (const double shared : {0.0, 0.5, 0.95}) {
    double nees = 0.0;
    constexpr int kRuns = 4000;
    for (int i = 0; i < kRuns; ++i) {
      // Two long ellipses at right angles; each error is part common, part its own.
      const auto draw = [&] { return prng.normal(); };
      const double ce = draw(), cn = draw();
      const double s = std::sqrt(shared), o = std::sqrt(1 - shared);
      const Packed A{10000, 0, 0, 0, 900, 0, 0, 4, 0, 4}, B{900, 0, 0, 0, 10000, 0, 0, 4, 0, 4};
      const Estimate a{{100 * (s * ce + o * draw()), 30 * (s * cn + o * draw()), 0, 0}, A};
      const Estimate b{{30 * (s * ce + o * draw()), 100 * (s * cn + o * draw()), 0, 0}, B};
      const auto fused = intersect(a, b);
      ASSERT_TRUE(fused);
      nees += *squared_mahalanobis(fused->estimate.mean, fused->estimate.covariance, 2);
    }
    EXPECT_LE(nees / kRuns, 2.1) << shared;  // 2 degrees of freedom
    EXPECT_GE(nees / kRuns, 0.2) << shared;
  }
}

TEST(CovarianceIntersection, RefusesWhatIsNoCovariance) {
  const Estimate sound{{}, {1, 0, 0, 0, 1, 0, 0, 1, 0, 1}};
  for (const Packed& broken : {Packed{},
                               Packed{1, 2, 0, 0, 1, 0, 0, 1, 0, 1},
                               Packed{std::nan(""), 0, 0, 0, 1, 0, 0, 1, 0, 1}}) {
    EXPECT_FALSE(is_positive_definite(broken));
    EXPECT_FALSE(intersect(sound, {{}, broken}));
  }
}

}  // namespace
}  // namespace liptako::picture
