// What navigation errs by, considered: against the Schmidt-Kalman filter of the whole state, and in
// simulated flights.
#include "track/navigation_effect.hpp"

#include <gtest/gtest.h>

#include <array>

#include "base/prng.hpp"
#include "track/fresh_share.hpp"

namespace liptako::track {
namespace {

constexpr int kAll = kStateSize + 2;  // with the navigation's two deviations
using Dense = std::array<std::array<double, kAll>, kAll>;

// Of state and u together: P + G G', G, I.
Dense joint(const Gaussian& g, const NavigationEffect& effect) {
  Dense out{};
  for (int r = 0; r < kStateSize; ++r) {
    for (int k = 0; k < kStateSize; ++k) {
      out[r][k] = g.P[packed(r, k)];
      for (int u = 0; u < 2; ++u)
        out[r][k] += static_cast<double>(effect.per_sd[r][u]) * effect.per_sd[k][u];
    }
    for (int u = 0; u < 2; ++u)
      out[r][kStateSize + u] = out[kStateSize + u][r] = effect.per_sd[r][u];
  }
  out[4][4] = out[5][5] = 1.0;
  return out;
}

struct Scene {
  ImmOptions options;
  Imm imm;
  NavigationEffect effect;
  LinearMeasurement m;
  double root[2][2] = {};
};

// One motion in all modes, so that they are one filter.
Scene random_scene(base::Prng& prng) {
  Scene s;
  s.options.turn_rate = {};
  s.options.noise_density = {1, 1, 1, 1, 1};
  Gaussian g;
  for (double& x : g.mean.x) x = prng.uniform(-100, 100);
  double a[4][4];
  for (auto& row : a) {
    for (double& x : row) x = prng.normal();
  }
  for (int r = 0; r < 4; ++r) {
    for (int k = r; k < 4; ++k) {
      for (int i = 0; i < 4; ++i) g.P[packed(r, k)] += 5.0 * a[r][i] * a[k][i];
      if (r == k) g.P[packed(r, k)] += 1.0;
    }
  }
  start(s.imm, s.options, g);
  for (auto& row : s.effect.per_sd) {
    for (float& x : row) x = static_cast<float>(3.0 * prng.normal());
  }
  s.m.columns = Columns::position;
  for (auto& row : s.m.H) row[kEast] = prng.normal(), row[kNorth] = prng.normal();
  s.m.R[0] = 4, s.m.R[1] = 1, s.m.R[2] = 3;
  for (double& y : s.m.y) y = 5 * prng.normal();
  s.root[0][0] = prng.uniform(1, 10);
  s.root[1][0] = prng.normal();
  s.root[1][1] = prng.uniform(1, 10);
  return s;
}

TEST(NavigationEffect, IsTheSchmidtFilterOfTheWholeState) {
  base::Prng prng(11);
  for (int i = 0; i < 200; ++i) {
    Scene s = random_scene(prng);
    const bool own = i % 2 == 0;
    const Gaussian before = combine(s.imm);
    const Dense P = joint(before, s.effect);
    // Rows of the whole measurement: H x + L u.
    double H[2][kAll] = {};
    for (int r = 0; r < 2; ++r) {
      for (int k = 0; k < kStateSize; ++k) H[r][k] = s.m.H[r][k];
      for (int u = 0; own && u < 2; ++u) H[r][kStateSize + u] = s.root[r][u];
    }
    double PH[kAll][2] = {}, S[2][2] = {{s.m.R[0], s.m.R[1]}, {s.m.R[1], s.m.R[2]}};
    for (int r = 0; r < kAll; ++r) {
      for (int q = 0; q < 2; ++q) {
        for (int k = 0; k < kAll; ++k) PH[r][q] += P[r][k] * H[q][k];
      }
    }
    for (int p = 0; p < 2; ++p) {
      for (int q = 0; q < 2; ++q) {
        for (int k = 0; k < kAll; ++k) S[p][q] += H[p][k] * PH[k][q];
      }
    }
    const double det = S[0][0] * S[1][1] - S[0][1] * S[1][0];
    double K[kAll][2] = {};  // none of u: it is not estimated
    for (int r = 0; r < kStateSize; ++r) {
      K[r][0] = (PH[r][0] * S[1][1] - PH[r][1] * S[1][0]) / det;
      K[r][1] = (PH[r][1] * S[0][0] - PH[r][0] * S[0][1]) / det;
    }
    Dense after = P;  // P - K H P - P H' K' + K S K'
    for (int r = 0; r < kAll; ++r) {
      for (int k = 0; k < kAll; ++k) {
        for (int p = 0; p < 2; ++p) {
          after[r][k] -= K[r][p] * PH[k][p] + PH[r][p] * K[k][p];
          for (int q = 0; q < 2; ++q) after[r][k] += K[r][p] * S[p][q] * K[k][q];
        }
      }
    }

    const NavigationShare share = share_of(s.effect, s.m, own ? s.root : nullptr);
    LinearMeasurement with = s.m;
    for (int k = 0; k < 3; ++k) with.R[k] += share.correlation.shared[k];
    const Discrepancy fit = evaluate(before, with);
    EXPECT_NEAR(fit.S[0], S[0][0], 1e-9 * S[0][0]);
    UpdateAt at{before, fit};
    at.correlation = &share.correlation;
    Gaussian state;
    ASSERT_TRUE(update(s.imm, ImmModel(s.options), with, at, &state).has_value());
    update(s.effect, share, mean_gain(before, with, fit, &share.correlation));
    const Dense ours = joint(state, s.effect);
    for (int r = 0; r < kStateSize; ++r) {
      EXPECT_NEAR(
          state.mean.x[r], before.mean.x[r] + K[r][0] * s.m.y[0] + K[r][1] * s.m.y[1], 1e-6);
      for (int k = 0; k < kAll; ++k) EXPECT_NEAR(ours[r][k], after[r][k], 2e-4) << r << ' ' << k;
    }
  }
}

TEST(NavigationEffect, WhatFadesBecomesNoiseAndNothingIsLost) {
  base::Prng prng(12);
  for (int i = 0; i < 50; ++i) {
    Scene s = random_scene(prng);
    Gaussian g = combine(s.imm);
    NavigationEffect carried = s.effect;
    const double dt = prng.uniform(0.1, 100);
    carry(carried, dt);
    const Dense before = joint(g, carried);
    const Widening by = predict(s.effect, dt);
    widen(g, by);
    const Dense after = joint(g, s.effect);
    const double kept = s.effect.per_sd[0][0] / carried.per_sd[0][0];
    EXPECT_LT(kept, 1.0);
    EXPECT_GT(kept, 0.0);
    for (int r = 0; r < kStateSize; ++r) {
      for (int k = 0; k < kStateSize; ++k)
        EXPECT_NEAR(after[r][k], before[r][k], 1e-5 * (1 + std::fabs(before[r][k])));
    }
    widen(g, forget(s.effect));
    EXPECT_TRUE(is_none(s.effect));
    const Dense forgotten = joint(g, s.effect);
    for (int r = 0; r < kStateSize; ++r)
      EXPECT_NEAR(forgotten[r][r], before[r][r], 1e-5 * (1 + before[r][r]));
  }
}

TEST(NavigationEffect, AClaimIsSplitAndStaysPositive) {
  base::Prng prng(13);
  for (int i = 0; i < 500; ++i) {
    const double east = prng.uniform(0.01, 400), north = prng.uniform(0.01, 400);
    const double share = prng.uniform(0, 1);
    const Claim still{{east, 0.99 * prng.uniform(-1, 1) * std::sqrt(east * north), north}, 0, 0};
    const ReportNoise n = split(still, share);
    EXPECT_GT(n.fresh[0] * n.fresh[2] - n.fresh[1] * n.fresh[1], 0.0);
    // Together what was claimed, where the rest has a root.
    EXPECT_NEAR(n.fresh[0] + n.root[0][0] * n.root[0][0], east, 1e-9 * east);
    const Claim moving{{east, 0, north}, 200, -100};
    const ReportNoise late = split(moving, share);
    EXPECT_GE(late.fresh[0], split({{east, 0, north}, 0, 0}, share).fresh[0]);
    EXPECT_NEAR(late.root[1][1], split({{east, 0, north}, 0, 0}, share).root[1][1], 1e-9);
  }
}

TEST(NavigationEffect, WhatStampsErrByIsNewInEachReportWhereverItPoints) {
  base::Prng prng(16);
  for (int i = 0; i < 100; ++i) {
    const double claimed = prng.uniform(10, 400), stamps = prng.uniform(0, 0.1);
    const double share = prng.uniform(0, 1);
    const double east = prng.uniform(-250, 250), north = prng.uniform(-250, 250);
    const ReportNoise none = split({{claimed, 0, claimed}, east, north}, share);
    const ReportNoise n = split(
        {{claimed + stamps * east * east, stamps * east * north, claimed + stamps * north * north},
         east,
         north,
         stamps},
        share);
    for (int r = 0; r < 2; ++r) {
      for (int k = 0; k < 2; ++k) EXPECT_NEAR(n.root[r][k], none.root[r][k], 1e-6);
    }
    EXPECT_NEAR(n.fresh[0], none.fresh[0] + stamps * east * east, 1e-6);
    EXPECT_NEAR(n.fresh[1], none.fresh[1] + stamps * east * north, 1e-6);
    EXPECT_NEAR(n.fresh[2], none.fresh[2] + stamps * north * north, 1e-6);
  }
}

// Reports that err by a walk of minutes and by noise of their own, of aircraft that fly straight.
struct Honesty {
  double nees = 0.0;  // over its dimension, of all instants
  double nis = 0.0;
  double share = 0.0;
};

Honesty flown(double claimed_sd_m, double fresh_sd_m) {
  base::Prng prng(14);
  ImmOptions options;
  options.noise_density[0] = 0.05;
  options.sojourn_s[0] = 1e6;
  const ImmModel model(options);
  FreshShare fresh;
  double nees = 0.0, nis = 0.0;
  int instants = 0;
  constexpr int kAircraft = 30;
  constexpr int kSeconds = 600;
  struct Flight {
    Imm imm;
    NavigationEffect effect;
    double x[4], b[2];
  };
  std::vector<Flight> flights(kAircraft);
  const double variance = claimed_sd_m * claimed_sd_m;
  const double kept = 1.0 / (1.0 + 1.0 / base::to_seconds(kNavigationMemory));
  for (int t = 0; t < kSeconds; ++t) {
    fresh.note_time(base::Timestamp(base::seconds(t)));
    for (Flight& f : flights) {
      if (t == 0) {
        for (double& b : f.b) b = claimed_sd_m * prng.normal();
        f.x[0] = f.x[1] = 0.0;
        f.x[2] = 200 * prng.normal(), f.x[3] = 200 * prng.normal();
      } else {
        for (int k = 0; k < 2; ++k) {
          f.x[k] += f.x[k + 2];
          f.b[k] = kept * f.b[k] + std::sqrt(1 - kept * kept) * claimed_sd_m * prng.normal();
        }
      }
      double z[2];
      for (int k = 0; k < 2; ++k) z[k] = f.x[k] + f.b[k] + fresh_sd_m * prng.normal();
      const ReportNoise noise = split({{variance, 0, variance}, 0, 0}, fresh.share());
      if (t == 0) {
        Gaussian g;
        for (int k = 0; k < 2; ++k) {
          g.mean.x[k] = z[k], g.mean.x[k + 2] = f.x[k + 2] + prng.normal();
          g.P[packed(k, k)] = noise.fresh[0], g.P[packed(k + 2, k + 2)] = 1.0;
          f.effect.per_sd[k][k] = static_cast<float>(-noise.root[k][k]);
        }
        start(f.imm, options, g);
        continue;
      }
      Gaussian g = predict(f.imm, model, 1.0);
      const Widening by = predict(f.effect, 1.0);
      widen(f.imm, by);
      widen(g, by);
      LinearMeasurement m;
      m.columns = Columns::place;
      for (int k = 0; k < 2; ++k) m.H[k][k] = 1.0, m.y[k] = z[k] - g.mean.x[k];
      const NavigationShare share = share_of(f.effect, m, noise.root);
      for (int k = 0; k < 3; ++k) m.R[k] = noise.fresh[k] + share.correlation.shared[k];
      const Discrepancy fit = evaluate(g, m);
      UpdateAt at{g, fit};
      at.correlation = &share.correlation;
      Gaussian after;
      EXPECT_TRUE(update(f.imm, model, m, at, &after).has_value());
      update(f.effect, share, mean_gain(g, m, fit, &share.correlation));
      fresh.learn(fit.d2);
      if (t < kSeconds / 2) continue;
      const Dense P = joint(after, f.effect);
      const double det = P[0][0] * P[1][1] - P[0][1] * P[0][1];
      const double e = after.mean.x[0] - f.x[0], n = after.mean.x[1] - f.x[1];
      nees += 0.5 * (P[1][1] * e * e - 2 * P[0][1] * e * n + P[0][0] * n * n) / det;
      nis += 0.5 * fit.d2;
      ++instants;
    }
  }
  return {nees / instants, nis / instants, fresh.share()};
}

TEST(NavigationEffect, CovarianceAndInnovationsAreHonestWhateverIsFreshInAReport) {
  for (const double fresh_sd : {2.0, 6.0, 12.0}) {
    const Honesty h = flown(30.0, fresh_sd);
    // The errors of thirty aircraft that live for minutes are some sixty independent ones.
    EXPECT_NEAR(h.nees, 1.0, 0.35) << fresh_sd;
    EXPECT_NEAR(h.nis, 1.0, 0.1) << fresh_sd;
    EXPECT_NEAR(h.share * 900.0 + 2.25, fresh_sd * fresh_sd, 0.3 * fresh_sd * fresh_sd) << fresh_sd;
  }
}

TEST(FreshShare, DoesNotDependOnTheOrderOfReports) {
  base::Prng prng(15);
  std::vector<double> d2(200);
  for (double& d : d2) d = prng.uniform(0, 30);
  FreshShare forwards, backwards;
  for (FreshShare* s : {&forwards, &backwards}) {
    s->note_time(base::Timestamp(base::seconds(1)));
    for (std::size_t i = 0; i < d2.size(); ++i)
      s->learn(s == &forwards ? d2[i] : d2[d2.size() - 1 - i]);
    s->note_time(base::Timestamp(base::seconds(12)));
  }
  EXPECT_NE(forwards.share(), FreshShare().share());
  EXPECT_EQ(forwards.share(), backwards.share());
  EXPECT_TRUE(forwards.is_sound());
}

TEST(FreshShare, LearnsOnAfterAStampOfFarAhead) {
  FreshShare s;
  s.note_time(base::Timestamp(std::chrono::hours(24)));
  for (int t = 0; t < 60; ++t) {
    s.note_time(base::Timestamp(base::seconds(t)));
    for (int i = 0; i < 5; ++i) s.learn(6.0);
  }
  EXPECT_GT(s.share(), FreshShare().share());
}

}  // namespace
}  // namespace liptako::track
