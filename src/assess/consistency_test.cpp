#include "assess/consistency.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/prng.hpp"

namespace liptako::assess {
namespace {

TEST(Consistency, ANormalisedSquareByHand) {
  EXPECT_DOUBLE_EQ(*normalised_square({3, 4}, 1, 0, 1), 25.0);
  EXPECT_DOUBLE_EQ(*normalised_square({3, 4}, 9, 0, 16), 2.0);
  // C = [2 1; 1 2], C^-1 = [2 -1; -1 2] / 3.
  EXPECT_NEAR(*normalised_square({1, 2}, 2, 1, 2), 2.0, 1e-12);
  EXPECT_FALSE(normalised_square({1, 1}, 1, 1, 1).has_value());
  EXPECT_FALSE(normalised_square({1, 1}, -1, 0, -1).has_value());
  EXPECT_FALSE(normalised_square({1, 1}, std::nan(""), 0, 1).has_value());
}

TEST(Consistency, ChiSquarePointsAreThoseOfTheTables) {
  EXPECT_NEAR(chi_square_point(2, 1.959964), 7.378, 0.03 * 7.378);
  EXPECT_NEAR(chi_square_point(10, 1.959964), 20.483, 0.007 * 20.483);
  EXPECT_NEAR(chi_square_point(10, -1.959964), 3.247, 0.01 * 3.247);
  EXPECT_NEAR(chi_square_point(100, 1.959964), 129.561, 0.05);
  EXPECT_NEAR(chi_square_point(100, -1.959964), 74.222, 0.05);
}

TEST(Consistency, WithoutValuesThereIsNothing) {
  const Consistency none;
  EXPECT_FALSE(none.mean() || none.bounds() || none.inside_95());
}

// A filter that knows its model is inside, one that claims half the variance it has is outside.
// Ends of independent tracks, so that the bounds are exact.
TEST(Consistency, TellsAnHonestFilterFromABoaster) {
  base::Prng random(4);
  Consistency honest, boaster;
  for (int run = 0; run < 500; ++run) {
    // Random walk along two axes, measured with variance 4.
    double state[2] = {}, estimate[2] = {}, variance = 100.0;
    for (int axis = 0; axis < 2; ++axis) state[axis] = random.normal(0, 10);
    for (int step = 0; step < 20; ++step) {
      variance += 1.0;
      const double gain = variance / (variance + 4.0);
      for (int axis = 0; axis < 2; ++axis) {
        state[axis] += random.normal(0, 1);
        estimate[axis] += gain * (random.normal(state[axis], 2) - estimate[axis]);
      }
      variance *= 1.0 - gain;
    }
    const std::pair error(estimate[0] - state[0], estimate[1] - state[1]);
    honest.take(*normalised_square(error, variance, 0, variance));
    boaster.take(*normalised_square(error, variance / 2, 0, variance / 2));
  }
  EXPECT_GT(*honest.mean(), honest.bounds()->first);
  EXPECT_LT(*honest.mean(), honest.bounds()->second);
  EXPECT_NEAR(*honest.inside_95(), 0.95, 0.03);
  EXPECT_GT(*boaster.mean(), boaster.bounds()->second);
  EXPECT_LT(*boaster.inside_95(), 0.9);
  Consistency both = honest;
  both += boaster;
  EXPECT_EQ(both.count(), 1000u);
  EXPECT_NEAR(*both.mean(), (*honest.mean() + *boaster.mean()) / 2, 1e-12);
}

}  // namespace
}  // namespace liptako::assess
