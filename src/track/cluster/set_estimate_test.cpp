#include "track/cluster/set_estimate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/prng.hpp"

namespace liptako::track {
namespace {

BelievedMember at(double east, double north, double existence, std::uint32_t label) {
  BelievedMember member;
  member.state.mean.x[kEast] = east;
  member.state.mean.x[kNorth] = north;
  member.existence = existence;
  member.state.P[packed(0, 0)] = member.state.P[packed(1, 1)] = 0.5;
  member.label = label;
  return member;
}

SetEstimateOptions exact_options() {
  SetEstimateOptions options;
  options.least_existence = 0.5;
  options.rounds = 50;
  return options;
}

TEST(SetEstimate, reports_who_is_more_likely_there_than_not) {
  SetEstimator estimator;
  const std::vector<BelievedMember> members = {at(0, 0, 0.95, 1), at(50, 0, 0.45, 2)};
  const std::vector<BelievedSet> sets = {{1.0, members}};
  const auto points = estimator.estimate(sets, exact_options());
  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0].label, 1U);
  EXPECT_DOUBLE_EQ(points[0].existence, 0.95);
}

TEST(SetEstimate, counts_hypotheses_together_that_alone_would_not_do) {
  SetEstimator estimator;
  // Label 7 is in none of the best hypothesis, but in two that together weigh more.
  const std::vector<BelievedMember> none;
  const std::vector<BelievedMember> one = {at(10, 0, 1.0, 7)};
  const std::vector<BelievedMember> other = {at(12, 0, 1.0, 7)};
  const std::vector<BelievedSet> sets = {{0.4, none}, {0.3, one}, {0.3, other}};
  const auto points = estimator.estimate(sets, exact_options());
  ASSERT_EQ(points.size(), 1U);
  EXPECT_NEAR(points[0].state.x[kEast], 11.0, 1e-12);
  EXPECT_NEAR(points[0].existence, 0.6, 1e-12);
}

TEST(SetEstimate, does_not_mix_two_targets_whose_names_are_in_doubt) {
  SetEstimator estimator;
  // The same set, named one way or the other: a mean by name would put both in the middle.
  const std::vector<BelievedMember> one = {at(0, 0, 1.0, 1), at(8, 0, 1.0, 2)};
  const std::vector<BelievedMember> other = {at(8, 0, 1.0, 1), at(0, 0, 1.0, 2)};
  const std::vector<BelievedSet> sets = {{0.51, one}, {0.49, other}};
  const auto points = estimator.estimate(sets, exact_options());
  ASSERT_EQ(points.size(), 2U);
  EXPECT_NEAR(points[0].state.x[kEast], 0.0, 1e-12);
  EXPECT_NEAR(points[1].state.x[kEast], 8.0, 1e-12);
}

// Expected squared GOSPA by trying all assignments.
double cost_of_set(const std::vector<ReportedPoint>& points,
                   std::span<const BelievedMember> members,
                   std::size_t b,
                   std::uint64_t taken,
                   double whole) {
  if (b == members.size()) {
    double cost = 0.0;
    for (std::size_t i = 0; i < points.size(); ++i) cost += 0.5 * whole;
    return cost;
  }
  const BelievedMember& m = members[b];
  double best = 0.5 * whole * m.existence + cost_of_set(points, members, b + 1, taken, whole);
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (((taken >> i) & 1) != 0) continue;
    const double e = points[i].state.x[kEast] - m.state.mean.x[kEast];
    const double n = points[i].state.x[kNorth] - m.state.mean.x[kNorth];
    const double saving = m.existence * (whole - e * e - n * n - 1.0);
    best = std::fmin(best,
                     0.5 * whole * m.existence - saving +
                         cost_of_set(points, members, b + 1, taken | (1ULL << i), whole));
  }
  return best;
}

double expected_cost(const std::vector<ReportedPoint>& points, std::span<const BelievedSet> sets) {
  double cost = 0.0;
  for (const BelievedSet& set : sets) {
    cost += set.weight * cost_of_set(points, set.members, 0, 0, 100.0);
  }
  return cost;
}

TEST(SetEstimate, no_small_change_lowers_the_expected_cost_and_the_best_hypothesis_is_no_better) {
  SetEstimator estimator;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    base::Prng prng(seed);
    std::vector<std::vector<BelievedMember>> members(2 + prng.below(3));
    std::vector<BelievedSet> sets;
    double sum = 0.0;
    for (auto& list : members) {
      for (std::uint32_t label = 1; label <= 3; ++label) {
        if (prng.chance(0.3)) continue;
        list.push_back(
            at(4.0 * label + prng.normal(0, 2), prng.normal(0, 2), prng.uniform(), label));
      }
      sets.push_back({prng.uniform(0.1, 1.0), list});
      sum += sets.back().weight;
    }
    for (BelievedSet& set : sets) set.weight /= sum;
    const auto found = estimator.estimate(sets, exact_options());
    const std::vector<ReportedPoint> points(found.begin(), found.end());
    const double cost = expected_cost(points, sets);
    for (std::size_t i = 0; i < points.size(); ++i) {
      auto fewer = points;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      EXPECT_GE(expected_cost(fewer, sets), cost - 1e-9) << "seed " << seed;
      for (const double step : {-0.05, 0.05}) {
        auto moved = points;
        moved[i].state.x[kEast] += step;
        EXPECT_GE(expected_cost(moved, sets), cost - 1e-9) << "seed " << seed;
      }
    }
    std::vector<ReportedPoint> best;
    const auto heaviest = std::ranges::max_element(sets, {}, &BelievedSet::weight);
    for (const BelievedMember& m : heaviest->members) {
      if (m.existence > 0.5) best.push_back({m.state.mean, m.existence, m.label, {}});
    }
    EXPECT_GE(expected_cost(best, sets), cost - 1e-9) << "seed " << seed;
  }
}

TEST(SetEstimate, of_nothing_is_nothing) {
  SetEstimator estimator;
  EXPECT_TRUE(estimator.estimate({}, {}).empty());
}

}  // namespace
}  // namespace liptako::track
