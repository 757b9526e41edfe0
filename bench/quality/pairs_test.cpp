// The yardstick for exchanged numbers is sound, and what the tracker does beside it does not become
// worse (docs/TRACKER.md has the measured figures).
#include <gtest/gtest.h>

#include <cmath>

#include "best_decision.hpp"
#include "pairs_run.hpp"

namespace liptako::bench {
namespace {

PlanePlot plot_at(double t_s, double east_m, double north_m) {
  return {t_s, east_m, north_m, 1e4, 0.0, 1e4, 1e-11};
}

// Two that fly east at 200 m/s, the first `apart_m` north of the other, seen without error.
Decision side_by_side(double apart_m, bool told) {
  std::array<PlaneState, 2> begin;
  for (std::size_t k = 0; k < 2; ++k)
    begin[k] = {0.0, {0.0, k == 0 ? apart_m : 0.0, 200.0, 0.0}, 150.0, 20.0};
  std::vector<std::vector<PlanePlot>> looks;
  for (int k = 1; k <= 10; ++k) {
    const double t = 4.0 * k;
    looks.push_back({plot_at(t, 200.0 * t, apart_m), plot_at(t, 200.0 * t, 0.0)});
  }
  ToldNames names{0, 4.0, 0.0, 1.0};
  if (!told) names.after_look = looks.size();
  return best_decision({}, begin, looks, names, {0.0, 1.0}, 40.0);
}

TEST(BestDecision, IsSureWhereAircraftAreFarApart) {
  const Decision d = side_by_side(3000.0, false);
  EXPECT_LT(d.wrong, 1e-9);
  EXPECT_GT(d.north, 0.99);
}

// Of two in one place nobody knows who is who.
TEST(BestDecision, IsAGuessWhereTheyAreInOnePlace) {
  EXPECT_NEAR(side_by_side(0.0, false).wrong, 0.5, 1e-6);
}

TEST(BestDecision, IsSurerTheFurtherApartAndTheMoreIsTold) {
  double before = 0.51;
  for (const double apart : {20.0, 60.0, 120.0, 250.0, 500.0}) {
    const double wrong = side_by_side(apart, false).wrong;
    EXPECT_LT(wrong, before) << apart;
    EXPECT_LT(side_by_side(apart, true).wrong, wrong + 1e-12) << apart;
    before = wrong;
  }
}

// The best errs as often as it says; the tracker oftener, but no oftener than it did.
TEST(Pairs, AreExchangedNoOftenerThanMeasured) {
  PairsOptions options;
  options.flights = 30;
  options.straight_m2s3 = 0.5;
  options.max_ways = 500;
  const PairsResult result = run_pairs(options);
  const PairsTally all = result.tally();
  EXPECT_GT(all.counted, 140u);
  EXPECT_GT(all.best, 0.5);
  EXPECT_NEAR(static_cast<double>(all.best_erred), all.best, 4.0 * std::sqrt(all.best) + 2.0);
  EXPECT_LT(static_cast<double>(all.exchanged), 0.1 * static_cast<double>(all.counted));
  EXPECT_LT(static_cast<double>(all.exchanged), 2.0 * all.said + 6.0);
  // Whose numbers went over had been in doubt.
  EXPECT_GE(all.flagged + 1, all.exchanged);
  EXPECT_EQ(result.tally(PairKind::crossing).exchanged, 0u);
}

}  // namespace
}  // namespace liptako::bench
