// The yardstick for exchanged numbers is sound, and what the tracker does beside it does not become
// worse (docs/TRACKER.md has the measured figures).
#include <gtest/gtest.h>

#include <cmath>
#include <span>

#include "base/prng.hpp"
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

// All ways to share out the plots, one after the other: nothing shared, blended or dropped.
struct Enumeration {
  const DecisionModel& model;
  std::span<const std::vector<PlanePlot>> looks;
  double end_s = 0.0;
  double east = 0.0, north = 0.0;  // the decision to judge
  double right = 0.0, all = 0.0;

  struct Aircraft {
    double t = 0.0;
    track::Imm imm;
  };

  // The likelihood of the plot, which the aircraft then has.
  double take(Aircraft& a, const PlanePlot& z) const {
    const track::ImmModel motion(model.motion);
    const track::Gaussian g = track::predict(a.imm, motion, z.t_s - a.t);
    a.t = z.t_s;
    track::LinearMeasurement m;
    m.H[0][track::kEast] = m.H[1][track::kNorth] = 1.0;
    m.y[0] = z.east_m - g.mean.x[track::kEast];
    m.y[1] = z.north_m - g.mean.x[track::kNorth];
    m.R[0] = z.ee_m2;
    m.R[1] = z.en_m2;
    m.R[2] = z.nn_m2;
    return track::update(a.imm, motion, m, g, 0.0)->likelihood;
  }

  void go_on(std::size_t look, double weight, const std::array<Aircraft, 2>& at) {
    if (look == looks.size()) {
      const track::ImmModel motion(model.motion);
      double mean = 0.0, variance = 0.0;
      for (std::size_t k = 0; k < 2; ++k) {
        track::Imm imm = at[k].imm;
        const track::Gaussian g = track::predict(imm, motion, end_s - at[k].t);
        mean += (k == 0 ? 1.0 : -1.0) * (east * g.mean.x[0] + north * g.mean.x[1]);
        variance += east * east * g.P[track::packed(0, 0)] +
                    2.0 * east * north * g.P[track::packed(0, 1)] +
                    north * north * g.P[track::packed(1, 1)];
      }
      all += weight;
      right += weight * 0.5 * std::erfc(-mean / std::sqrt(2.0 * variance));
      return;
    }
    const int n = static_cast<int>(looks[look].size());
    for (int a = -1; a < n; ++a) {
      for (int b = -1; b < n; ++b) {
        if (a == b && a >= 0) continue;
        std::array<Aircraft, 2> next = at;
        double w = weight;
        for (const auto& [k, plot] : {std::pair(0, a), std::pair(1, b)}) {
          w *= plot < 0 ? 1.0 - model.detection : model.detection;
          if (plot < 0) continue;
          const PlanePlot& z = looks[look][static_cast<std::size_t>(plot)];
          w *= take(next[static_cast<std::size_t>(k)], z) / z.kappa_per_m2;
        }
        go_on(look + 1, w, next);
      }
    }
  }
};

TEST(BestDecision, IsThatOfAllWaysTold) {
  base::Prng prng(3);
  for (int scene = 0; scene < 4; ++scene) {
    const double apart = 150.0 + 50.0 * scene;
    std::array<PlaneState, 2> begin;
    for (std::size_t k = 0; k < 2; ++k)
      begin[k] = {0.0, {0.0, k == 0 ? apart : 0.0, 200.0, 0.0}, 150.0, 20.0};
    std::vector<std::vector<PlanePlot>> looks;
    for (int k = 1; k <= 4; ++k) {
      std::vector<PlanePlot>& look = looks.emplace_back();
      const double t = 4.0 * k;
      for (const double north : {apart, 0.0}) {
        if (prng.uniform() < 0.9)
          look.push_back(
              plot_at(t, 200.0 * t + prng.normal(0.0, 100.0), north + prng.normal(0.0, 100.0)));
      }
      // A false one, near enough to be either's.
      if (k % 2 == 0)
        look.push_back(plot_at(t, 200.0 * t + prng.normal(0.0, 200.0), prng.normal(0.0, 200.0)));
    }
    const ToldNames nobody{looks.size(), 0.0, 0.0, 1.0};
    const ShownPair shown{0.3, 0.9};
    DecisionModel model;
    model.motion = track::ImmOptions();
    model.max_ways = 1'000'000;
    model.least_share = 0.0;
    model.agree = 0.0;
    const Decision d = best_decision(model, begin, looks, nobody, shown, 17.0);
    Enumeration enumeration{model, looks, 17.0, d.east, d.north};
    std::array<Enumeration::Aircraft, 2> at;
    for (std::size_t k = 0; k < 2; ++k) {
      track::Gaussian g;
      for (int i = 0; i < 4; ++i) {
        g.mean.x[i] = begin[k].x[static_cast<std::size_t>(i)];
        g.P[track::packed(i, i)] = i < 2 ? 150.0 * 150.0 : 20.0 * 20.0;
      }
      track::start(at[k].imm, model.motion, g);
    }
    enumeration.go_on(0, 1.0, at);
    // But for missed plots, over which it moves in two steps, and the gate.
    EXPECT_NEAR(d.wrong, 1.0 - enumeration.right / enumeration.all, 2e-3) << apart;
    EXPECT_GT(d.wrong, 0.01) << apart;
    EXPECT_GE(d.shown_wrong, d.wrong - 1e-12);
    const Decision blended =
        best_decision({.motion = model.motion}, begin, looks, nobody, shown, 17.0);
    EXPECT_NEAR(blended.wrong, d.wrong, 0.01) << apart;
  }
}

// Where pairs fly as the tracker assumes, it does about as well as can be done, and says so.
TEST(Pairs, ThatFlyAsAssumedAreHardlyExchangedOftenerThanTheBestDecisionWould) {
  PairsOptions options;
  options.flights = 80;
  options.max_ways = 500;
  const PairsTally all = run_pairs(options).tally();
  EXPECT_EQ(all.flights, 160u);
  // Nobody's number is lost in a turn: each aircraft begins some three of them.
  EXPECT_GE(all.counted + 2, all.flights);
  ASSERT_TRUE(all.expected_to_best);
  EXPECT_GT(all.best, 3.0);
  EXPECT_GE(all.expected_to_best->ratio, 1.0);
  EXPECT_LT(all.expected_to_best->ratio, 1.25);
  EXPECT_NEAR(all.said, all.expected, 0.3 * all.expected);
  EXPECT_NEAR(static_cast<double>(all.exchanged), all.expected, 3.0 * std::sqrt(all.expected));
  EXPECT_NEAR(static_cast<double>(all.best_erred), all.best, 3.0 * std::sqrt(all.best));
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
