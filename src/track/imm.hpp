// The horizontal filter: an interacting multiple model estimator of five modes over one 4-state
// kinematic model, straight flight and coordinated turns of four fixed rates [BarShalom01, §11.6.6;
// BlomBarShalom88].
//
// Legend (SI and radians; frame: the track's tangent frame)
//   x[4]  state: east, north, velocity east, velocity north; P its covariance, packed upper
//   triangle, row by row mu    mode probabilities; w turn rate, counter-clockwise positive; q white
//   acceleration noise density, m^2/s^3 F(w, t) coordinated-turn transition; Q(q, t)
//   white-noise-acceleration covariance
//
// Layout: arrays run over modes last, so that every step below is a loop of straight-line
// arithmetic over the modes. Turn rates of 1.4 and 2.6 deg/s span what airliners fly (rate one is 3
// deg/s, high-altitude turns are near 1); fixed rates keep every mode linear, and the same state in
// all modes makes mixing exact.
#pragma once

#include <array>
#include <optional>

#include "track/measurement.hpp"

namespace liptako::track {

inline constexpr int kModes = 5;
inline constexpr int kPackedSize = 10;  // of a symmetric 4 x 4 matrix

// Index into the packed upper triangle.
[[nodiscard]] constexpr int packed(int row, int column) {
  return row <= column ? row * 4 - row * (row - 1) / 2 + (column - row) : packed(column, row);
}

struct ImmOptions {
  // Straight first; then turns. rad/s.
  std::array<double, kModes> turn_rate = {0.0,
                                          1.4 * base::kRadiansPerDegree,
                                          -1.4 * base::kRadiansPerDegree,
                                          2.6 * base::kRadiansPerDegree,
                                          -2.6 * base::kRadiansPerDegree};
  // Straight flight still changes speed and follows the wind; 0.1 to 10 is sensible.
  std::array<double, kModes> noise_density = {0.5, 3.0, 3.0, 3.0, 3.0};
  // Mean time spent in a mode before leaving it, seconds.
  std::array<double, kModes> sojourn_s = {90.0, 25.0, 25.0, 25.0, 25.0};
  // Of those who leave a turn: the share that goes to straight flight; the rest spreads over the
  // other turns.
  double turn_to_straight = 0.8;
};

struct Imm {
  double x[kStateSize][kModes] = {};
  double P[kPackedSize][kModes] = {};
  double mu[kModes] = {};
};

struct Gaussian {
  HorizontalState mean;
  double P[kPackedSize] = {};
};

struct UpdateResult {
  // Log-likelihood of the measurement given the track, summed over modes.
  double log_likelihood = 0.0;
  // Of the combined (moment-matched) prediction, for gates and explanations: S = H P H' + R, d2 =
  // y' S^-1 y.
  double S[3] = {};
  double d2 = 0.0;
};

// All modes at the same Gaussian; mode probabilities at their long-run shares.
void start(Imm& imm, const ImmOptions& options, const Gaussian& initial);

// Mixes and propagates by `dt` seconds. Requires dt >= 0.
void predict(Imm& imm, const ImmOptions& options, double dt);

// Moment-matched mean and covariance.
[[nodiscard]] Gaussian combine(const Imm& imm);

// The combined state `lag` seconds ago, by each mode's own motion backwards; lag >= 0. No smoothing
// gain: the covariance is that of the propagated state [BarShalom02, algorithm B1 without process
// noise correlation].
[[nodiscard]] Gaussian retrodict(const Imm& imm, const ImmOptions& options, double lag);

// d2 and S without changing anything.
[[nodiscard]] UpdateResult evaluate(const Gaussian& predicted, const LinearMeasurement& m);

// Kalman update of every mode with a measurement linearised at `at`, and of the mode probabilities.
// With lag > 0 the measurement is of the state that long ago and `at` is retrodict()'s mean. Fails
// (and changes nothing) if a mode's innovation covariance is not positive definite.
[[nodiscard]] std::optional<UpdateResult> update(Imm& imm,
                                                 const ImmOptions& options,
                                                 const LinearMeasurement& m,
                                                 const HorizontalState& at,
                                                 double lag);

// Moves the state into another tangent frame; both origins within some tens of kilometres.
void change_frame(Imm& imm,
                  const geo::TangentFrame& from,
                  const geo::TangentFrame& to,
                  double height_m);

// Finite, with positive variances and probabilities that sum to one.
[[nodiscard]] bool is_sound(const Imm& imm);

}  // namespace liptako::track
