#include "base/math.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>

#include "base/prng.hpp"

namespace liptako::base {
namespace {

TEST(Math, AgreesWithTheStandardLibraryToTwoUlp) {
  Prng prng(2);
  const auto close = [](double ours, double theirs) {
    return std::abs(ours - theirs) <= 4.5e-16 * std::abs(theirs) + 1e-300;
  };
  for (int i = 0; i < 20000; ++i) {
    const double x = prng.uniform(-1000, 1000);
    const double y = prng.uniform(-1000, 1000);
    EXPECT_TRUE(close(sin(x), std::sin(x))) << x;
    EXPECT_TRUE(close(cos(x), std::cos(x))) << x;
    EXPECT_TRUE(close(atan2(y, x), std::atan2(y, x))) << y << ' ' << x;
    EXPECT_TRUE(close(exp(x / 10), std::exp(x / 10))) << x;
    EXPECT_TRUE(close(log(std::abs(x)), std::log(std::abs(x)))) << x;
  }
}

TEST(Math, EightAtOnceAreTheSameBitsAsOneByOne) {
  const LaneMaths maths = lane_maths();
  for (int m = 0; m < maths.count; ++m) {
    Prng prng(5);
    for (int i = 0; i < 3000; ++i) {
      const double reach = i % 3 == 0 ? 700.0 : 5.0;
      double x[kLanes], e[kLanes], s[kLanes], c[kLanes];
      for (int k = 0; k < kLanes; ++k) e[k] = s[k] = x[k] = prng.uniform(-reach, reach);
      if (i == 0) e[1] = s[1] = x[1] = 0.0;
      if (i == 1) e[1] = -750.0, e[2] = -1e6, e[3] = -INFINITY;  // what is least likely of all
      maths.all[m].exp_each(e);
      maths.all[m].sincos_each(s, c);
      for (int k = 0; k < kLanes; ++k) {
        const SinCos both = sincos(x[k]);
        const auto same = [](double a, double b) {
          return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
        };
        const double power = i == 1 && k == 1   ? -750.0
                             : i == 1 && k == 2 ? -1e6
                             : i == 1 && k == 3 ? -INFINITY
                                                : x[k];
        EXPECT_TRUE(same(e[k], exp(power)) && same(s[k], both.sin) && same(c[k], both.cos))
            << x[k] << " by " << maths.all[m].width;
      }
    }
  }
}

TEST(Math, WrappingStaysInsideAndKeepsTheDirection) {
  Prng prng(3);
  for (int i = 0; i < 20000; ++i) {
    const double x = prng.uniform(-1e4, 1e4);
    const double w = wrap_pi(x);
    const double w2 = wrap_two_pi(x);
    EXPECT_GE(w, -kPi);
    EXPECT_LT(w, kPi);
    EXPECT_GE(w2, 0.0);
    EXPECT_LT(w2, 2 * kPi);
    EXPECT_NEAR(sin(w), sin(x), 1e-11);
    EXPECT_NEAR(cos(w2), cos(x), 1e-11);
  }
  EXPECT_EQ(wrap_pi(kPi), -kPi);
  EXPECT_EQ(wrap_two_pi(-1e-20), 0.0);
}

// The bits of every function over a fixed set of arguments, folded into one number. The constant
// was computed on a CPU with AVX-512 and FMA and holds with both masked; the test base_masked_cpu
// runs this binary so.
TEST(Math, BitsAreTheSameOnEveryCpu) {
  Prng prng(4);
  std::uint64_t fold = 14695981039346656037u;
  const auto add = [&](double v) {
    fold = (fold ^ std::bit_cast<std::uint64_t>(v)) * 1099511628211u;
  };
  for (int i = 0; i < 50000; ++i) {
    const double x = prng.uniform(-50, 50);
    const double y = prng.uniform(-50, 50);
    add(sin(x)), add(cos(y)), add(tan(x)), add(atan2(y, x)), add(exp(x)), add(log(std::abs(y))),
        add(asin(x / 50));
    add(acos(y / 50)), add(pow(std::abs(x), y / 25)), add(prng.normal());
  }
  EXPECT_EQ(fold, 9816167665746590997u);
}

}  // namespace
}  // namespace liptako::base
