#include "assess/gospa.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "assess/assignment.hpp"
#include "base/prng.hpp"

namespace liptako::assess {
namespace {

using Point = geo::Position<geo::Enu>;
using Points = std::vector<Point>;

GospaOptions options_of(double cutoff_m, int order) {
  GospaOptions options;
  options.cutoff = base::Length::from_metres(cutoff_m);
  options.order = order;
  return options;
}

Gospa gospa_of(const Points &truth, const Points &tracks, const GospaOptions &options) {
  return gospa<geo::Enu>(truth, tracks, options);
}

double metric(const Points &a, const Points &b, const GospaOptions &options) {
  return root_m(gospa_of(a, b, options).total(), options.order);
}

Points random_points(base::Prng &prng, std::size_t count, double side) {
  Points points(count);
  for (Point &p : points) p = {prng.uniform(0, side), prng.uniform(0, side), prng.uniform(0, 1)};
  return points;
}

double distance(const Point &a, const Point &b) {
  const double dx = a.x - b.x, dy = a.y - b.y, dz = a.z - b.z;
  return std::sqrt(dx * dx + dy * dy + dz * dz);
}

// Every assignment there is, one truth after the other.
double brute_force(const Points &truth,
                   const Points &tracks,
                   const GospaOptions &options,
                   std::vector<bool> &taken,
                   std::size_t at = 0) {
  const double half = 0.5 * power_of(options.cutoff.metres(), options.order);
  if (at == truth.size())
    return half * static_cast<double>(std::count(taken.begin(), taken.end(), false));
  double best = half + brute_force(truth, tracks, options, taken, at + 1);
  for (std::size_t j = 0; j < tracks.size(); ++j) {
    if (taken[j]) continue;
    taken[j] = true;
    const double cost = power_of(distance(truth[at], tracks[j]), options.order);
    best = std::min(best, cost + brute_force(truth, tracks, options, taken, at + 1));
    taken[j] = false;
  }
  return best;
}

TEST(Assignment, TakesTheCheapestOfAllPermutations) {
  base::Prng prng(11);
  for (int round = 0; round < 300; ++round) {
    const std::size_t rows = 1 + prng.below(5), columns = rows + prng.below(3);
    std::vector<double> costs(rows * columns);
    // Small whole numbers make ties.
    for (double &c : costs) c = static_cast<double>(prng.below(6)) - 2.0;
    const auto chosen = cheapest_assignment(costs, rows, columns);
    double sum = 0.0;
    for (std::size_t i = 0; i < rows; ++i) sum += costs[i * columns + chosen[i]];
    std::vector<std::size_t> order(columns);
    std::iota(order.begin(), order.end(), std::size_t{0});
    double least = std::numeric_limits<double>::infinity();
    do {
      double tried = 0.0;
      for (std::size_t i = 0; i < rows; ++i) tried += costs[i * columns + order[i]];
      least = std::min(least, tried);
    } while (std::next_permutation(order.begin(), order.end()));
    EXPECT_DOUBLE_EQ(sum, least);
    auto different = chosen;
    std::sort(different.begin(), different.end());
    EXPECT_EQ(std::unique(different.begin(), different.end()), different.end());
  }
}

TEST(Gospa, NothingIsNoDistanceFromNothing) {
  const Gospa g = gospa_of({}, {}, options_of(10, 2));
  EXPECT_EQ(g.total(), 0.0);
  EXPECT_TRUE(g.pairs.empty());
}

// By hand, c = 10, p = 2: one pair 3-4-5 off, one aircraft without track, two
// tracks of nothing.
TEST(Gospa, ItsPartsAreErrorMissedAndFalse) {
  const Gospa g =
      gospa_of({{0, 0, 0}, {100, 0, 0}}, {{200, 0, 0}, {3, 4, 0}, {0, 300, 0}}, options_of(10, 2));
  EXPECT_DOUBLE_EQ(g.localisation, 25.0);
  EXPECT_DOUBLE_EQ(g.missed, 50.0);
  EXPECT_DOUBLE_EQ(g.false_tracks, 100.0);
  EXPECT_EQ(g.missed_count, 1u);
  EXPECT_EQ(g.false_count, 2u);
  ASSERT_EQ(g.pairs.size(), 1u);
  EXPECT_EQ(g.pairs[0].truth, 0u);
  EXPECT_EQ(g.pairs[0].track, 1u);
  EXPECT_DOUBLE_EQ(root_m(g.total(), 2), std::sqrt(175.0));
}

// By hand, c = 10, p = 1: errors 1 and 2, one missed.
TEST(Gospa, OfOrderOneAddsPlainDistances) {
  const Gospa g =
      gospa_of({{0, 0, 0}, {50, 0, 0}, {100, 0, 0}}, {{1, 0, 0}, {50, 2, 0}}, options_of(10, 1));
  EXPECT_DOUBLE_EQ(g.total(), 1.0 + 2.0 + 5.0);
}

// The nearest track first would leave 1 + 81; the best whole is 16 + 16.
TEST(Gospa, AssignsTheWholeSetAtBestNotEachPointInTurn) {
  const Gospa g = gospa_of({{0, 0, 0}, {5, 0, 0}}, {{4, 0, 0}, {9, 0, 0}}, options_of(10, 2));
  EXPECT_DOUBLE_EQ(g.localisation, 32.0);
  EXPECT_EQ(g.within.size(), 4u);
}

TEST(Gospa, APairAtTheCutOffIsNoPair) {
  const Gospa g = gospa_of({{0, 0, 0}}, {{10, 0, 0}}, options_of(10, 2));
  EXPECT_TRUE(g.pairs.empty());
  EXPECT_DOUBLE_EQ(g.total(), 100.0);
}

TEST(Gospa, EqualsEveryAssignmentTried) {
  base::Prng prng(12);
  for (int round = 0; round < 400; ++round) {
    const GospaOptions options =
        options_of(prng.uniform(5, 60), 1 + static_cast<int>(prng.below(3)));
    const Points truth = random_points(prng, prng.below(6), 60);
    const Points tracks = random_points(prng, prng.below(6), 60);
    const Gospa g = gospa_of(truth, tracks, options);
    std::vector<bool> taken(tracks.size(), false);
    const double best = brute_force(truth, tracks, options, taken);
    EXPECT_NEAR(g.total(), best, 1e-9 * (1.0 + best)) << "round " << round;
    EXPECT_EQ(g.pairs.size() + g.missed_count, truth.size());
    EXPECT_EQ(g.pairs.size() + g.false_count, tracks.size());
  }
}

TEST(Gospa, IsAMetric) {
  base::Prng prng(13);
  for (int round = 0; round < 500; ++round) {
    const GospaOptions options =
        options_of(prng.uniform(5, 60), 1 + static_cast<int>(prng.below(3)));
    const Points a = random_points(prng, prng.below(9), 80);
    const Points b = random_points(prng, prng.below(9), 80);
    const Points c = random_points(prng, prng.below(9), 80);
    const double ab = metric(a, b, options);
    EXPECT_NEAR(ab, metric(b, a, options), 1e-9 * (1.0 + ab));
    EXPECT_EQ(metric(a, a, options), 0.0);
    EXPECT_LE(ab, metric(a, c, options) + metric(c, b, options) + 1e-9);
  }
}

// Groups that share no pair are solved apart: together they must give what each
// gives alone.
TEST(Gospa, OfFarApartGroupsIsTheSumOfTheirs) {
  base::Prng prng(14);
  const GospaOptions options = options_of(30, 2);
  Points truth, tracks;
  double sum = 0.0;
  for (int group = 0; group < 40; ++group) {
    Points some = random_points(prng, prng.below(7), 60);
    Points others = random_points(prng, prng.below(7), 60);
    for (Points *points : {&some, &others}) {
      for (Point &p : *points) p.x += 1000.0 * group;
    }
    sum += gospa_of(some, others, options).total();
    truth.insert(truth.end(), some.begin(), some.end());
    tracks.insert(tracks.end(), others.begin(), others.end());
  }
  EXPECT_NEAR(gospa_of(truth, tracks, options).total(), sum, 1e-6);
}

TEST(Gospa, DoesNotDependOnTheOrderOfPoints) {
  base::Prng prng(15);
  const GospaOptions options = options_of(40, 2);
  Points truth = random_points(prng, 60, 300);
  Points tracks = random_points(prng, 70, 300);
  const double before = gospa_of(truth, tracks, options).total();
  for (std::size_t i = truth.size(); i > 1; --i) std::swap(truth[i - 1], truth[prng.below(i)]);
  for (std::size_t i = tracks.size(); i > 1; --i) std::swap(tracks[i - 1], tracks[prng.below(i)]);
  EXPECT_NEAR(gospa_of(truth, tracks, options).total(), before, 1e-9 * before);
}

// 4,000 aircraft over 1,500 km, each with its track some hundred metres off.
TEST(Gospa, FindsThousandsOfPairs) {
  base::Prng prng(16);
  const Points truth = random_points(prng, 4000, 1.5e6);
  Points tracks = truth;
  for (Point &p : tracks) {
    p.x += prng.normal(0, 100);
    p.y += prng.normal(0, 100);
  }
  const Gospa g = gospa_of(truth, tracks, options_of(4630, 2));
  EXPECT_EQ(g.pairs.size(), 4000u);
  EXPECT_NEAR(std::sqrt(g.localisation / 4000.0), 141.0, 5.0);
}

TEST(Gospa, RefusesOptionsWithoutMeaning) {
  EXPECT_TRUE(options_of(1, 1).validate().has_value());
  EXPECT_FALSE(options_of(0, 2).validate().has_value());
  EXPECT_FALSE(options_of(std::numeric_limits<double>::quiet_NaN(), 2).validate().has_value());
  EXPECT_FALSE(options_of(10, 0).validate().has_value());
}

}  // namespace
}  // namespace liptako::assess
