#include "track/imm.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <span>

#include "base/math.hpp"
#include "base/prng.hpp"
#include "track/imm_kernel.hpp"

namespace liptako::track {
namespace {

using base::Prng;

Gaussian random_gaussian(Prng& prng) {
  Gaussian g;
  double root[4][4];
  for (auto& row : root) {
    for (double& value : row) value = prng.normal();
  }
  const double scale[4] = {80, 80, 8, 8};
  for (int r = 0; r < 4; ++r) {
    g.mean.x[r] = scale[r] * prng.normal() * 20;
    for (int c = r; c < 4; ++c) {
      double sum = r == c ? 0.1 : 0.0;
      for (int k = 0; k < 4; ++k) sum += root[r][k] * root[c][k];
      g.P[packed(r, c)] = sum * scale[r] * scale[c];
    }
  }
  return g;
}

// One mode alone, so that the IMM is a plain Kalman filter.
ImmOptions one_mode(double turn_rate, double noise) {
  ImmOptions options;
  options.turn_rate.fill(turn_rate);
  options.noise_density.fill(noise);
  return options;
}

// The slow obvious way: dense matrices.
struct Dense {
  double x[4];
  double P[4][4];
};

Dense dense(const Gaussian& g) {
  Dense d;
  for (int r = 0; r < 4; ++r) {
    d.x[r] = g.mean.x[r];
    for (int c = 0; c < 4; ++c) d.P[r][c] = g.P[packed(r, c)];
  }
  return d;
}

Dense dense_predict(const Dense& in, double w, double q, double t) {
  const double s = base::sin(w * t), c = base::cos(w * t);
  const double F[4][4] = {{1, 0, w == 0 ? t : s / w, w == 0 ? 0 : -(1 - c) / w},
                          {0, 1, w == 0 ? 0 : (1 - c) / w, w == 0 ? t : s / w},
                          {0, 0, c, -s},
                          {0, 0, s, c}};
  Dense out{};
  for (int r = 0; r < 4; ++r) {
    for (int k = 0; k < 4; ++k) out.x[r] += F[r][k] * in.x[k];
    for (int j = 0; j < 4; ++j) {
      for (int k = 0; k < 4; ++k) {
        for (int l = 0; l < 4; ++l) out.P[r][j] += F[r][k] * in.P[k][l] * F[j][l];
      }
    }
  }
  for (int axis = 0; axis < 2; ++axis) {
    out.P[axis][axis] += q * t * t * t / 3;
    out.P[axis][axis + 2] += q * t * t / 2;
    out.P[axis + 2][axis] += q * t * t / 2;
    out.P[axis + 2][axis + 2] += q * t;
  }
  return out;
}

void expect_equal(const Gaussian& g, const Dense& d, double tolerance) {
  for (int r = 0; r < 4; ++r) {
    EXPECT_NEAR(g.mean.x[r], d.x[r], tolerance * (1 + std::abs(d.x[r])));
    for (int c = 0; c < 4; ++c) {
      EXPECT_NEAR(g.P[packed(r, c)], d.P[r][c], tolerance * (1 + std::sqrt(d.P[r][r] * d.P[c][c])));
    }
  }
}

TEST(Imm, WithOneModePredictionIsTheDenseKalmanPrediction) {
  Prng prng(21);
  for (int i = 0; i < 500; ++i) {
    const Gaussian g = random_gaussian(prng);
    const double w = i % 3 == 0 ? 0.0 : prng.uniform(-0.06, 0.06);
    const double q = prng.uniform(0, 5), t = prng.uniform(0.01, 12);
    Imm imm;
    const ImmOptions options = one_mode(w, q);
    start(imm, options, g);
    predict(imm, options, t);
    expect_equal(combine(imm), dense_predict(dense(g), w, q, t), 1e-9);
  }
}

TEST(Imm, WithOneModeUpdateIsTheDenseKalmanUpdate) {
  Prng prng(22);
  for (int i = 0; i < 500; ++i) {
    const Gaussian g = random_gaussian(prng);
    LinearMeasurement m;
    for (auto& row : m.H) {
      for (double& h : row) h = prng.normal();
    }
    m.R[0] = 900, m.R[1] = 100, m.R[2] = 400;
    m.y[0] = 30 * prng.normal(), m.y[1] = 30 * prng.normal();
    Imm imm;
    const ImmOptions options = one_mode(0, 1);
    start(imm, options, g);
    ASSERT_TRUE(update(imm, options, m, g, 0.0).has_value());

    Dense d = dense(g);
    double PH[4][2] = {}, S[2][2] = {{m.R[0], m.R[1]}, {m.R[1], m.R[2]}};
    for (int r = 0; r < 4; ++r) {
      for (int j = 0; j < 2; ++j) {
        for (int k = 0; k < 4; ++k) PH[r][j] += d.P[r][k] * m.H[j][k];
      }
    }
    for (int a = 0; a < 2; ++a) {
      for (int b = 0; b < 2; ++b) {
        for (int k = 0; k < 4; ++k) S[a][b] += m.H[a][k] * PH[k][b];
      }
    }
    const double det = S[0][0] * S[1][1] - S[0][1] * S[1][0];
    const double inverse[2][2] = {{S[1][1] / det, -S[0][1] / det}, {-S[1][0] / det, S[0][0] / det}};
    Dense after = d;
    for (int r = 0; r < 4; ++r) {
      for (int a = 0; a < 2; ++a) {
        double gain = 0;
        for (int b = 0; b < 2; ++b) gain += PH[r][b] * inverse[b][a];
        after.x[r] += gain * m.y[a];
        for (int c = 0; c < 4; ++c) after.P[r][c] -= gain * PH[c][a];
      }
    }
    expect_equal(combine(imm), after, 1e-8);
  }
}

template <class T>
bool same_bits(const T& a, const T& b) {
  return std::ranges::equal(std::as_bytes(std::span(&a, 1)), std::as_bytes(std::span(&b, 1)));
}

LinearMeasurement random_velocity(Prng& prng) {
  LinearMeasurement m;
  m.columns = Columns::velocity;
  m.H[0][kVelocityEast] = m.H[1][kVelocityNorth] = 1;
  m.R[0] = 9, m.R[1] = 1, m.R[2] = 4;
  m.y[0] = 3 * prng.normal(), m.y[1] = 3 * prng.normal();
  return m;
}

// Whatever registers the processor has, the bits are the same: a replay elsewhere rests on it.
TEST(Imm, EveryKernelComputesTheSameBits) {
  const ImmKernels kernels = imm_kernels();
  ASSERT_GE(kernels.count, 1);
  const ImmModel model{ImmOptions()};
  Imm of[3];
  Gaussian combined[3], between[3];
  UpdateResult results[3];
  Prng prng(27);
  for (int run = 0; run < 40; ++run) {
    const Gaussian g = random_gaussian(prng);
    for (Imm& imm : of) start(imm, model.options, g);
    for (int step = 0; step < 40; ++step) {
      LinearMeasurement m;
      m.columns = static_cast<Columns>(prng.below(4));
      const bool itself = m.columns == Columns::place || m.columns == Columns::velocity;
      const int first = m.columns == Columns::velocity ? kVelocityEast : kEast;
      for (int i = 0; i < 2; ++i) {
        if (itself) m.H[i][first + i] = 1;
        const int count = m.columns == Columns::all ? kStateSize : 2;
        for (int k = 0; !itself && k < count; ++k) m.H[i][k] = prng.normal();
      }
      m.R[0] = 900, m.R[1] = 100, m.R[2] = 400;
      m.y[0] = 30 * prng.normal(), m.y[1] = 30 * prng.normal();
      if (prng.below(4) == 0) m.dilution = prng.uniform(1, 9);
      const double dt = prng.uniform(0.01, 9);
      const double lag = prng.below(4) == 0 ? prng.uniform(0.01, 5) : 0.0;
      const bool tells_velocity = prng.below(2) == 0;
      const LinearMeasurement velocity = random_velocity(prng);
      const bool correlated = prng.below(3) == 0;
      Widening by;
      for (int r = 0; r < kStateSize; ++r) by.P[packed(r, r)] = prng.uniform(0, 9);
      Correlation correlation;
      for (auto& row : correlation.cross) row[0] = prng.normal(), row[1] = prng.normal();
      for (double& shared : correlation.shared) shared = prng.uniform(0, 30);
      for (int k = 0; k < kernels.count; ++k) {
        const ImmKernel& kernel = *kernels.all[k];
        Gaussian predicted;
        PackedImm packed_imm;
        kernel.pack(of[k], packed_imm);
        kernel.predict(packed_imm, model, dt, run % 2 == 0 ? &by : nullptr, of[k], predicted);
        kernel.combine(of[k], combined[k]);
        EXPECT_TRUE(same_bits(predicted, combined[k])) << kernel.name;
        if (lag > 0.0) kernel.carry_back(of[k], model, lag, combined[k]);
        const Gaussian before = combined[k];
        UpdateAt at{before, {}, lag};
        if (correlated) at.correlation = &correlation;
        results[k] = {};
        if (tells_velocity) at.velocity = &velocity, at.between = &between[k];
        if (correlated) kernel.widen(of[k], by);
        const auto use = correlated ? kernel.update_correlated : kernel.update;
        EXPECT_TRUE(use(of[k], model, m, at, results[k], &combined[k]));
        EXPECT_EQ(results[k].sound, kernel.is_sound(of[k]));
        EXPECT_EQ(results[k].velocity_used, tells_velocity);
        EXPECT_TRUE(same_bits(between[k], between[0])) << kernel.name;
        EXPECT_TRUE(same_bits(of[k], of[0])) << kernel.name << " step " << step;
        EXPECT_TRUE(same_bits(combined[k], combined[0])) << kernel.name;
        EXPECT_EQ(results[k].relative, results[0].relative) << kernel.name;
        EXPECT_EQ(results[k].least, results[0].least) << kernel.name;
      }
    }
  }
}

// A velocity told with a position is what it would be told after it.
TEST(Imm, AVelocityWithAPositionIsUsedAfterIt) {
  Prng prng(29);
  const ImmModel model{ImmOptions()};
  for (int i = 0; i < 300; ++i) {
    const Gaussian g = random_gaussian(prng);
    Imm once, twice;
    start(once, model.options, g);
    once.mu[1] *= 3, once.x[kVelocityEast][2] += 20;  // modes apart
    const double sum = once.mu[0] + once.mu[1] + once.mu[2] + once.mu[3] + once.mu[4];
    for (double& p : once.mu) p /= sum;
    twice = once;
    LinearMeasurement position;
    position.columns = Columns::position;
    for (auto& row : position.H) row[kEast] = prng.normal(), row[kNorth] = prng.normal();
    position.R[0] = 900, position.R[1] = 100, position.R[2] = 400;
    position.y[0] = 30 * prng.normal(), position.y[1] = 30 * prng.normal();
    LinearMeasurement velocity = random_velocity(prng);
    const double lag = prng.below(2) == 0 ? 0.0 : prng.uniform(0.1, 2);
    const Gaussian before = retrodict(once, model, lag);
    Gaussian between, after;
    UpdateAt at{before, evaluate(before, position), lag, nullptr, &velocity, &between};
    const auto result = update(once, model, position, at, &after);
    ASSERT_TRUE(result.has_value());
    EXPECT_TRUE(result->velocity_used);

    ASSERT_TRUE(update(twice, model, position, before, lag).has_value());
    expect_equal(retrodict(twice, model, lag), dense(between), 1e-12);
    // The innovation is of the mean that the velocity is linearised at.
    ASSERT_TRUE(update(twice, model, velocity, before, lag).has_value());
    expect_equal(combine(twice), dense(after), 1e-12);
    expect_equal(combine(once), dense(after), 1e-12);
  }
}

// Zeros and ones that are named as such are not multiplied, and nothing else changes.
TEST(Imm, WhatIsNamedZeroOrOneChangesNothing) {
  Prng prng(28);
  const ImmModel model{ImmOptions()};
  for (int i = 0; i < 300; ++i) {
    const Gaussian g = random_gaussian(prng);
    LinearMeasurement m;
    const Columns columns =
        std::array{Columns::position, Columns::place, Columns::velocity}[prng.below(3)];
    const int first = columns == Columns::velocity ? kVelocityEast : kEast;
    for (int row = 0; row < 2; ++row) {
      for (int k = 0; k < 2; ++k)
        m.H[row][first + k] = columns == Columns::position ? prng.normal() : (row == k ? 1.0 : 0.0);
    }
    Correlation correlation;
    for (auto& row : correlation.cross) row[0] = prng.normal(), row[1] = prng.normal();
    m.R[0] = 900, m.R[1] = 100, m.R[2] = 400;
    m.y[0] = 30 * prng.normal(), m.y[1] = 30 * prng.normal();
    LinearMeasurement named = m;
    named.columns = columns;
    Imm all, some;
    start(all, model.options, g);
    start(some, model.options, g);
    ASSERT_TRUE(update(all, model, m, g, 0.0).has_value());
    ASSERT_TRUE(update(some, model, named, g, 0.0).has_value());
    expect_equal(combine(some), dense(combine(all)), 1e-12);
    EXPECT_NEAR(evaluate(g, named).d2, evaluate(g, m).d2, 1e-9);
    const MeanGain wide = mean_gain(g, m, evaluate(g, m), &correlation);
    const MeanGain narrow = mean_gain(g, named, evaluate(g, named), &correlation);
    for (int r = 0; r < kStateSize; ++r) {
      for (int k = 0; k < 2; ++k) EXPECT_NEAR(narrow.K[r][k], wide.K[r][k], 1e-12);
    }
  }
}

TEST(Imm, RetrodictionUndoesPrediction) {
  Prng prng(23);
  for (int i = 0; i < 200; ++i) {
    const Gaussian g = random_gaussian(prng);
    const double w = prng.uniform(-0.05, 0.05), t = prng.uniform(0.1, 8);
    Imm imm;
    const ImmOptions options = one_mode(w, 0.0);
    start(imm, options, g);
    predict(imm, options, t);
    expect_equal(retrodict(imm, options, t), dense(g), 1e-7);
  }
}

TEST(Imm, ALateMeasurementIsWorthWhatItWouldHaveBeenInTime) {
  // Without process noise, updating now with a measurement of then is the same as having updated
  // then.
  Prng prng(24);
  for (int i = 0; i < 200; ++i) {
    const Gaussian g = random_gaussian(prng);
    const ImmOptions options = one_mode(prng.uniform(-0.05, 0.05), 0.0);
    const double t = prng.uniform(0.1, 5);
    LinearMeasurement m;
    m.H[0][kEast] = m.H[1][kNorth] = 1;
    m.R[0] = m.R[2] = 2500;
    m.y[0] = 50 * prng.normal(), m.y[1] = 50 * prng.normal();
    Imm in_time, late;
    start(in_time, options, g);
    ASSERT_TRUE(update(in_time, options, m, g, 0.0).has_value());
    predict(in_time, options, t);
    start(late, options, g);
    predict(late, options, t);
    ASSERT_TRUE(update(late, options, m, retrodict(late, options, t), t).has_value());
    expect_equal(combine(late), dense(combine(in_time)), 1e-6);
  }
}

TEST(Imm, TheModeThatFliesWins) {
  // Straight flight, then a 2.6 deg/s left turn: position measured every second with 30 m noise.
  Prng prng(25);
  const ImmOptions options;
  Imm imm;
  Gaussian g;
  g.mean.x[kVelocityEast] = 200;
  for (int r = 0; r < 2; ++r) g.P[packed(r, r)] = 900;
  for (int r = 2; r < 4; ++r) g.P[packed(r, r)] = 100;
  start(imm, options, g);
  double e = 0, n = 0, course = 0;
  for (int second = 1; second <= 70; ++second) {
    const double w = second > 40 ? 2.6 * base::kRadiansPerDegree : 0.0;
    for (int k = 0; k < 100; ++k) {
      course += 0.01 * w;
      e += 2.0 * base::cos(course);
      n += 2.0 * base::sin(course);
    }
    predict(imm, options, 1.0);
    const Gaussian before = combine(imm);
    const HorizontalState& at = before.mean;
    LinearMeasurement m;
    m.H[0][kEast] = m.H[1][kNorth] = 1;
    m.R[0] = m.R[2] = 900;
    m.y[0] = e + prng.normal(0, 30) - at.x[kEast];
    m.y[1] = n + prng.normal(0, 30) - at.x[kNorth];
    ASSERT_TRUE(update(imm, options, m, before, 0.0).has_value());
    ASSERT_TRUE(is_sound(imm));
    if (second == 40) {
      EXPECT_GT(imm.mu[0], 0.6);
    }
  }
  EXPECT_GT(imm.mu[1] + imm.mu[3], 0.65) << "left turns";
  EXPECT_LT(imm.mu[2] + imm.mu[4], 0.1) << "right turns";
}

// What the wind does along the way: white acceleration along one line, and none across it.
TEST(Imm, NoiseAlongTheWayIsWhiteAccelerationAlongTheVelocity) {
  Prng prng(26);
  for (int trial = 0; trial < 200; ++trial) {
    Gaussian g = random_gaussian(prng);
    const double speed = prng.uniform(20, 300), course = prng.uniform(-4, 4);
    g.mean.x[kVelocityEast] = speed * base::cos(course);
    g.mean.x[kVelocityNorth] = speed * base::sin(course);
    ImmOptions still = one_mode(0.0, 0.1), windy = still;
    windy.along_density = prng.uniform(0.01, 3);
    Imm a, b;
    start(a, still, g);
    start(b, windy, g);
    const double t = prng.uniform(0.1, 30);
    const Gaussian without = predict(a, still, t), with = predict(b, windy, t);
    const double q = windy.along_density;
    const double along[4] = {
        base::cos(course), base::sin(course), base::cos(course), base::sin(course)};
    for (int r = 0; r < 4; ++r) {
      EXPECT_EQ(with.mean.x[r], without.mean.x[r]);
      for (int c = r; c < 4; ++c) {
        const double grows = r >= 2 ? t : c >= 2 ? t * t / 2 : t * t * t / 3;
        const double more = q * grows * along[r] * along[c];
        EXPECT_NEAR(with.P[packed(r, c)] - without.P[packed(r, c)],
                    more,
                    1e-9 * (std::fabs(without.P[packed(r, c)]) + q * grows));
      }
    }
  }
  // Who stands has no way.
  Gaussian standing;
  for (int r = 0; r < 4; ++r) standing.P[packed(r, r)] = 1.0;
  ImmOptions windy = one_mode(0.0, 0.1);
  Imm a, b;
  start(a, windy, standing);
  start(b, windy, standing);
  const Gaussian without = predict(a, windy, 5.0);
  windy.along_density = 1.0;
  const Gaussian with = predict(b, windy, 5.0);
  for (int k = 0; k < kPackedSize; ++k) EXPECT_EQ(with.P[k], without.P[k]);
}

// Mixing, mode by mode, in matrices, as the textbook writes it [BarShalom01, §11.6.6].
struct Textbook {
  Dense mode[kModes];
  double mu[kModes];

  void predict(const ImmModel& model, double dt) {
    double pi[kModes][kModes], after[kModes] = {};
    for (int i = 0; i < kModes; ++i) {
      const double leaves = 1.0 - base::exp(-dt / model.options.sojourn_s[i]);
      for (int j = 0; j < kModes; ++j) {
        pi[i][j] = model.own[i][j] + leaves * model.leave[i][j];
        after[j] += mu[i] * pi[i][j];
      }
    }
    Dense mixed[kModes] = {};
    for (int j = 0; j < kModes; ++j) {
      for (int i = 0; i < kModes; ++i) {
        for (int r = 0; r < 4; ++r) mixed[j].x[r] += mu[i] * pi[i][j] / after[j] * mode[i].x[r];
      }
      for (int i = 0; i < kModes; ++i) {
        for (int r = 0; r < 4; ++r) {
          for (int c = 0; c < 4; ++c) {
            mixed[j].P[r][c] +=
                mu[i] * pi[i][j] / after[j] *
                (mode[i].P[r][c] + (mode[i].x[r] - mixed[j].x[r]) * (mode[i].x[c] - mixed[j].x[c]));
          }
        }
      }
    }
    for (int j = 0; j < kModes; ++j) {
      mode[j] =
          dense_predict(mixed[j], model.options.turn_rate[j], model.options.noise_density[j], dt);
      mu[j] = after[j];
    }
  }

  // Of a position with noise R; gives its likelihood.
  double update(const double (&z)[2], double R) {
    double total = 0.0;
    for (int j = 0; j < kModes; ++j) {
      Dense& d = mode[j];
      const double S[2][2] = {{d.P[0][0] + R, d.P[0][1]}, {d.P[1][0], d.P[1][1] + R}};
      const double det = S[0][0] * S[1][1] - S[0][1] * S[1][0];
      const double inverse[2][2] = {{S[1][1] / det, -S[0][1] / det},
                                    {-S[1][0] / det, S[0][0] / det}};
      const double y[2] = {z[0] - d.x[0], z[1] - d.x[1]};
      double d2 = 0.0;
      for (int a = 0; a < 2; ++a) {
        for (int b = 0; b < 2; ++b) d2 += y[a] * inverse[a][b] * y[b];
      }
      mu[j] *= base::exp(-0.5 * d2) / (2.0 * base::kPi * std::sqrt(det));
      total += mu[j];
      Dense after = d;
      for (int r = 0; r < 4; ++r) {
        for (int a = 0; a < 2; ++a) {
          double gain = 0.0;
          for (int b = 0; b < 2; ++b) gain += d.P[r][b] * inverse[b][a];
          after.x[r] += gain * y[a];
          for (int c = 0; c < 4; ++c) after.P[r][c] -= gain * d.P[a][c];
        }
      }
      d = after;
    }
    // No mode dies out.
    double kept = 0.0;
    for (double& m : mu) kept += m = std::fmax(m / total, 1e-9);
    for (double& m : mu) m /= kept;
    return total;
  }

  [[nodiscard]] Dense combined() const {
    Dense out{};
    for (int j = 0; j < kModes; ++j) {
      for (int r = 0; r < 4; ++r) out.x[r] += mu[j] * mode[j].x[r];
    }
    for (int j = 0; j < kModes; ++j) {
      for (int r = 0; r < 4; ++r) {
        for (int c = 0; c < 4; ++c) {
          out.P[r][c] +=
              mu[j] * (mode[j].P[r][c] + (mode[j].x[r] - out.x[r]) * (mode[j].x[c] - out.x[c]));
        }
      }
    }
    return out;
  }
};

TEST(Imm, WithFiveModesIsTheTextbookFilter) {
  Prng prng(31);
  const ImmModel model{ImmOptions()};
  for (int run = 0; run < 60; ++run) {
    const Gaussian g = random_gaussian(prng);
    Imm imm;
    start(imm, model.options, g);
    Textbook book;
    for (int j = 0; j < kModes; ++j) {
      book.mode[j] = dense(g);
      book.mu[j] = imm.mu[j];
    }
    // Up to a minute, whose turns are beyond the reach of the series.
    const double longest = run % 2 == 0 ? 10.0 : 60.0;
    for (int step = 0; step < 12; ++step) {
      const double dt = prng.uniform(0.01, longest);
      book.predict(model, dt);
      const Gaussian before = predict(imm, model, dt);
      expect_equal(before, book.combined(), 1e-9);
      LinearMeasurement m;
      m.columns = Columns::position;
      m.H[0][kEast] = m.H[1][kNorth] = 1;
      m.R[0] = m.R[2] = 900;
      const double sd = std::sqrt(before.P[packed(0, 0)] + 900);
      m.y[0] = sd * prng.normal(), m.y[1] = sd * prng.normal();
      const auto result = update(imm, model, m, before, 0.0);
      ASSERT_TRUE(result.has_value());
      const double likelihood =
          book.update({before.mean.x[kEast] + m.y[0], before.mean.x[kNorth] + m.y[1]}, 900);
      EXPECT_NEAR(result->likelihood / likelihood, 1.0, 1e-9);
      EXPECT_NEAR(log_likelihood(*result), base::log(likelihood), 1e-8);
      for (int j = 0; j < kModes; ++j) EXPECT_NEAR(imm.mu[j], book.mu[j], 1e-10);
      expect_equal(combine(imm), book.combined(), 1e-8);
    }
  }
}

// What a filter that is ready for accelerations claims of aircraft that never accelerate: at small
// gains a third more than it errs by. Of an alpha-beta filter noise alone leaves the share
// (2 a^2 + b (2 - 3 a)) / (a (4 - b - 2 a)) of the plots' variance [BenedictBordner62], and the
// filter claims a.
TEST(Imm, ReadinessCostsStraightFlightAQuarterOfItsNees) {
  Prng prng(33);
  constexpr double kStep = 5.0, kSd = 300.0;
  const ImmModel model{one_mode(0.0, 0.2)};
  double squared = 0.0, a = 0.0;
  int count = 0;
  for (int flight = 0; flight < 60; ++flight) {
    Gaussian g;
    for (int k = 0; k < kStateSize; ++k) g.P[packed(k, k)] = k < 2 ? kSd * kSd : 2'500.0;
    for (int k = 0; k < 2; ++k) g.mean.x[k] = kSd * prng.normal();  // the truth: at rest
    Imm imm;
    start(imm, model.options, g);
    for (int step = 0; step < 400; ++step) {
      const Gaussian before = predict(imm, model, kStep);
      LinearMeasurement m;
      m.columns = Columns::place;
      m.H[0][kEast] = m.H[1][kNorth] = 1;
      m.R[0] = m.R[2] = kSd * kSd;
      for (int k = 0; k < 2; ++k) m.y[k] = kSd * prng.normal() - before.mean.x[k];
      const Discrepancy fit = evaluate(before, m);
      a = mean_gain(before, m, fit, nullptr).K[kEast][0];
      Gaussian after;
      ASSERT_TRUE(update(imm, model, m, {before, fit}, &after).has_value());
      if (step < 100) continue;
      for (int k = 0; k < 2; ++k)
        squared += 0.5 * after.mean.x[k] * after.mean.x[k] / after.P[packed(k, k)];
      ++count;
    }
  }
  const double b = 2.0 * (2.0 - a) - 4.0 * std::sqrt(1.0 - a);
  const double expected = (2 * a * a + b * (2 - 3 * a)) / (a * a * (4 - b - 2 * a));
  EXPECT_NEAR(expected, 0.77, 0.02);
  EXPECT_NEAR(squared / count, expected, 0.04);
}

// A measurement so far off that no likelihood is a number still tells which mode fits best.
TEST(Imm, WhatIsHardlyLikelyAtAllIsUsedAllTheSame) {
  const ImmModel model{ImmOptions()};
  Gaussian g;
  g.mean.x[kVelocityEast] = 200;
  for (int r = 0; r < 2; ++r) g.P[packed(r, r)] = 900;
  for (int r = 2; r < 4; ++r) g.P[packed(r, r)] = 4;
  Imm imm;
  start(imm, model.options, g);
  const Gaussian before = predict(imm, model, 10.0);
  LinearMeasurement m;
  m.columns = Columns::position;
  m.H[0][kEast] = m.H[1][kNorth] = 1;
  m.R[0] = m.R[2] = 900;
  m.y[1] = 20'000;  // far to the left
  const auto result = update(imm, model, m, before, 0.0);
  ASSERT_TRUE(result.has_value());
  EXPECT_LT(log_likelihood(*result), -1000);
  EXPECT_TRUE(is_sound(imm));
  EXPECT_GT(imm.mu[3], 0.99) << "the fastest left turn";
}

TEST(Imm, ChangingTheFrameKeepsPlaceAndVelocity) {
  Prng prng(26);
  for (int i = 0; i < 200; ++i) {
    const geo::TangentFrame from({base::Angle::from_degrees(prng.uniform(-60, 60)),
                                  base::Angle::from_degrees(prng.uniform(-180, 180)),
                                  base::Length()});
    Gaussian g = random_gaussian(prng);
    g.mean.x[kEast] = prng.uniform(-35e3, 35e3);
    g.mean.x[kNorth] = prng.uniform(-35e3, 35e3);
    const double height = 10000;
    geo::Geodetic origin =
        geo::geodetic_from_ecef(ecef_at(from, g.mean.x[kEast], g.mean.x[kNorth], height));
    origin.height = base::Length();
    const geo::TangentFrame to(origin);
    Imm imm;
    start(imm, ImmOptions{}, g);
    const double t = 5.0;
    Imm moved = imm;
    change_frame(moved, from, to, height);
    for (Imm* each : {&imm, &moved}) {
      for (int m = 0; m < kModes; ++m) {
        each->x[kEast][m] += t * each->x[kVelocityEast][m];
        each->x[kNorth][m] += t * each->x[kVelocityNorth][m];
      }
    }
    const auto a = combine(imm).mean, b = combine(moved).mean;
    const auto p = ecef_at(from, a.x[kEast], a.x[kNorth], height);
    const auto q = ecef_at(to, b.x[kEast], b.x[kNorth], height);
    EXPECT_NEAR(std::hypot(p.x - q.x, p.y - q.y, p.z - q.z), 0.0, 1.5);  // of about 1 km flown
  }
}

}  // namespace
}  // namespace liptako::track
