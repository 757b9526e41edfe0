#include "track/cluster/ranked_assignment.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/prng.hpp"

namespace liptako::track {
namespace {

constexpr double kEverything = -1e9;

struct Case {
  double base = 0.0;
  int rows = 0;
  int columns = 0;
  std::vector<double> gains;
};

Case random_case(base::Prng& prng) {
  Case c;
  c.base = prng.uniform(-2.0, 2.0);
  c.columns = static_cast<int>(1 + prng.below(5));
  c.rows = static_cast<int>(prng.below(5));
  // Whole numbers half of the time: ties.
  const bool coarse = prng.chance(0.5);
  for (int i = 0; i < c.rows * c.columns; ++i) {
    double gain = prng.uniform(-3.0, 6.0);
    if (coarse) gain = std::floor(gain);
    c.gains.push_back(prng.chance(0.25) ? kForbiddenGain : gain);
  }
  return c;
}

// All assignments, by trying them.
void enumerate(
    const Case& c, int row, std::uint64_t taken, double value, std::vector<double>& out) {
  if (row == c.rows) {
    out.push_back(value);
    return;
  }
  enumerate(c, row + 1, taken, value, out);
  for (int j = 0; j < c.columns; ++j) {
    const double gain = c.gains[row * c.columns + j];
    if (gain <= kForbiddenGain || ((taken >> j) & 1) != 0) continue;
    enumerate(c, row + 1, taken | (std::uint64_t{1} << j), value + gain, out);
  }
}

TEST(RankedAssignments, tells_every_assignment_of_several_problems_once_in_order_of_value) {
  RankedAssignments ranked;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    base::Prng prng(seed);
    ranked.clear();
    std::vector<Case> cases(1 + prng.below(3));
    std::vector<double> expected;
    for (Case& c : cases) {
      c = random_case(prng);
      enumerate(c, 0, 0, c.base, expected);
      ranked.add(c.base, c.gains, c.columns, kEverything);
    }
    std::ranges::sort(expected, std::greater<>());
    std::vector<std::vector<std::int16_t>> seen;
    std::size_t told = 0;
    while (const auto next = ranked.next(kEverything)) {
      ASSERT_LT(told, expected.size()) << "seed " << seed;
      ASSERT_NEAR(next->value, expected[told], 1e-9) << "seed " << seed << " rank " << told;
      const Case& c = cases[next->problem];
      ASSERT_EQ(next->column_of.size(), static_cast<std::size_t>(c.rows));
      double value = c.base;
      std::uint64_t taken = 0;
      for (int i = 0; i < c.rows; ++i) {
        const int j = next->column_of[i];
        if (j == kNoColumn) continue;
        ASSERT_EQ((taken >> j) & 1, 0U) << "seed " << seed;
        taken |= std::uint64_t{1} << j;
        value += c.gains[i * c.columns + j];
      }
      ASSERT_NEAR(value, next->value, 1e-12);
      std::vector<std::int16_t> key(next->column_of.begin(), next->column_of.end());
      key.push_back(static_cast<std::int16_t>(next->problem));
      ASSERT_TRUE(std::ranges::find(seen, key) == seen.end()) << "seed " << seed;
      seen.push_back(key);
      ++told;
    }
    ASSERT_EQ(told, expected.size()) << "seed " << seed;
  }
}

TEST(RankedAssignments, stops_at_the_least_value_asked_for) {
  RankedAssignments ranked;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    base::Prng prng(seed);
    ranked.clear();
    const Case c = random_case(prng);
    std::vector<double> all;
    enumerate(c, 0, 0, c.base, all);
    const double least = c.base + 2.5;  // no value is near it but by chance of continuous draws
    const auto expected = std::ranges::count_if(all, [&](double v) { return v >= least; });
    ranked.add(c.base, c.gains, c.columns, least);
    std::ptrdiff_t told = 0;
    while (ranked.next(least)) ++told;
    EXPECT_EQ(told, expected) << "seed " << seed;
  }
}

TEST(RankedAssignments, a_problem_without_rows_has_one_assignment) {
  RankedAssignments ranked;
  ranked.add(1.5, {}, 3, kEverything);
  const auto only = ranked.next(kEverything);
  ASSERT_TRUE(only);
  EXPECT_EQ(only->value, 1.5);
  EXPECT_TRUE(only->column_of.empty());
  EXPECT_FALSE(ranked.next(kEverything));
}

}  // namespace
}  // namespace liptako::track
