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
// Layout: arrays run over modes last, so that every step below is straight-line arithmetic over the
// modes, all of them in one vector register where the processor has such (imm_kernel.hpp). Turn
// rates of 1.4 and 2.6 deg/s span what airliners fly (rate one is 3 deg/s, high-altitude turns are
// near 1); fixed rates keep every mode linear, and the same state in all modes makes mixing exact.
#pragma once

#include <array>
#include <optional>

#include "track/measurement.hpp"

namespace liptako::track {

inline constexpr int kModes = 5;
inline constexpr int kPackedSize = 10;  // of a symmetric 4 x 4 matrix

// Index into the packed upper triangle.
[[nodiscard]] constexpr int packed(int row, int column) {
  const int first = row < column ? row : column;  // no recursion, which g++ makes a loop of
  return first * 3 - first * (first - 1) / 2 + (row < column ? column : row);
}

// m^2/s^2. Slower has no way along which noise could be.
inline constexpr double kLeastSpeed2 = 1.0;

struct ImmOptions {
  // Straight first; then turns. rad/s.
  std::array<double, kModes> turn_rate = {0.0,
                                          1.4 * base::kRadiansPerDegree,
                                          -1.4 * base::kRadiansPerDegree,
                                          2.6 * base::kRadiansPerDegree,
                                          -2.6 * base::kRadiansPerDegree};
  // Straight flight still changes speed and follows the wind; 0.1 to 10 is sensible.
  std::array<double, kModes> noise_density = {0.5, 3.0, 3.0, 3.0, 3.0};
  // More of it along the way, in every mode: an aircraft that holds its air speed gains and loses
  // over the ground what the wind does along its line, while its autopilot holds the line.
  double along_density = 0.0;
  // Mean time spent in a mode before leaving it, seconds. With 180 s of straight flight an en-route
  // track errs by a tenth less, but one that circles far from its radar is believed too much.
  std::array<double, kModes> sojourn_s = {90.0, 25.0, 25.0, 25.0, 25.0};
  // Of those who leave a turn: the share that goes to straight flight; the rest spreads over the
  // other turns.
  double turn_to_straight = 0.8;
};

// As the filter works on it: a row of every number over the modes, padded with zeros to the width
// of a register.
inline constexpr int kLanes = 8;
struct alignas(64) Imm {
  double x[kStateSize][kLanes] = {};
  double P[kPackedSize][kLanes] = {};
  double mu[kLanes] = {};
};

// As a track keeps it, in two thirds of the memory: of a crowd of tracks, that is most of what an
// update waits for. Mode 0 is whole; of the others the differences from it are kept, which are
// small, to 24 bits.
struct PackedImm {
  double first[kStateSize + kPackedSize] = {};  // x and P
  double mu[kModes] = {};
  float others[kStateSize + kPackedSize][kModes - 1] = {};
};
void pack(const Imm& imm, PackedImm& out);
[[nodiscard]] Imm unpack(const PackedImm& imm);

// Field lists for snapshots (base/archive.hpp).
template <class Archive>
void visit_fields(Archive& archive, PackedImm& imm) {
  archive(imm.first, imm.mu, imm.others);
}
template <class Archive>
void visit_fields(Archive& archive, Imm& imm) {
  const auto row = [&](double(&r)[kLanes]) { archive(r[0], r[1], r[2], r[3], r[4]); };
  static_assert(kModes == 5);
  for (auto& r : imm.x) row(r);
  for (auto& r : imm.P) row(r);
  row(imm.mu);
}

// What every step needs of the options, worked out once.
class ImmModel {
 public:
  // Implicit: options are what one has in a test, a model what one keeps.
  ImmModel(const ImmOptions& options);  // NOLINT(google-explicit-constructor)

  ImmOptions options;
  double fastest = 0.0;   // of the turn rates, either way
  double noisiest = 0.0;  // of the noise densities
  bool has_along = false;
  alignas(64) double rate[kLanes] = {};
  alignas(64) double inverse_rate[kLanes] = {};  // 0: straight
  alignas(64) double leave_rate[kLanes] = {};    // of exponential sojourns, per second
  alignas(64) double straight[kLanes] = {};      // 1 or 0
  alignas(64) double noise[kLanes] = {};
  alignas(64) double along[kLanes] = {};  // more noise along the way
  // The share p of those who leave mode i that enter mode j, less one for i itself: with l the
  // probability to leave, row i of the transition matrix is 1_i + l p_i.
  alignas(64) double leave[kModes][kLanes] = {};
  alignas(64) double own[kModes][kLanes] = {};  // 1_i
};

struct Gaussian {
  HorizontalState mean;
  double P[kPackedSize] = {};
};

template <class Archive>
void visit_fields(Archive& archive, Gaussian& g) {
  archive(g.mean.x, g.P);
}

// How a measurement fits a state.
struct Discrepancy {
  // Of the combined (moment-matched) prediction, for gates and explanations: S = H P H' + R, d2 =
  // y' S^-1 y.
  double S[3] = {};
  double d2 = 0.0;
};
[[nodiscard]] double log_likelihood(const Discrepancy& fit);

struct UpdateResult {
  Discrepancy fit;
  // Of the measurement given the track, summed over modes; and the two factors of it, relative
  // exp(-least / 2), where it is too small for a number.
  double likelihood = 0.0;
  double relative = 0.0;
  double least = 0.0;
  bool velocity_used = false;  // UpdateAt::velocity
  bool sound = false;          // is_sound() of the result
};
[[nodiscard]] double log_likelihood(const UpdateResult& result);

// All modes at the same Gaussian; mode probabilities at their long-run shares.
void start(Imm& imm, const ImmOptions& options, const Gaussian& initial);

// A covariance that is added to another: packed, of the state.
struct Widening {
  double P[kPackedSize] = {};
};

// In every mode.
void widen(Imm& imm, const Widening& by);
void widen(Gaussian& state, const Widening& by);

// Mixes and propagates by `dt` seconds; nothing for dt <= 0. Then widens every mode, unless `wider`
// is null. Gives the moment-matched mean and covariance.
Gaussian predict(const PackedImm& from,
                 const ImmModel& model,
                 double dt,
                 Imm& imm,
                 const Widening* wider = nullptr);
Gaussian predict(Imm& imm, const ImmModel& model, double dt);

// Moment-matched mean and covariance.
[[nodiscard]] Gaussian combine(const Imm& imm);
[[nodiscard]] Gaussian combine(const PackedImm& imm);

// The combined state `lag` seconds ago, by each mode's own motion backwards; combine() for lag <=
// 0. No smoothing gain: the covariance is that of the propagated state [BarShalom02, algorithm B1
// without process noise correlation].
[[nodiscard]] Gaussian retrodict(const Imm& imm, const ImmModel& model, double lag);

// d2 and S without changing anything.
[[nodiscard]] Discrepancy evaluate(const Gaussian& predicted, const LinearMeasurement& m);

// Kalman update of every mode with a measurement linearised at `before`'s mean, and of the mode
// probabilities.
// With lag > 0 the measurement is of the state that long ago. `before`: retrodict()'s, or
// combine()'s if there is no lag. `fit`: evaluate()'s of them. `after`, unless null: combine()'s of
// the result. Fails (and changes nothing) if a mode's innovation covariance is not positive
// definite, or nothing is likely at all.
//
// What the error of the state (`before`'s time and now alike) has in common with that of the
// measurement, beside the filter's own covariance (navigation_effect.hpp).
struct Correlation {
  double cross[kStateSize][2] = {};  // cov(state, innovation) beyond P H'
  double shared[3] = {};             // the part of the measurement's R that is no noise of its own
};
// What an update does to the moment-matched mean for each unit of the innovation.
struct MeanGain {
  double K[kStateSize][2] = {};
};
// (P H' + cross) S^-1 of `before`, with S as a dilution widens it. `correlation` null: none.
// Requires S positive definite.
[[nodiscard]] MeanGain mean_gain(const Gaussian& before,
                                 const LinearMeasurement& m,
                                 const Discrepancy& fit,
                                 const Correlation* correlation);

struct UpdateAt {
  const Gaussian& before;
  const Discrepancy& fit;
  double lag = 0.0;
  const Correlation* correlation = nullptr;  // of the first measurement; null: none
  // Unless null: used next, independent of the first given the state; linearised at the same mean.
  // Columns::velocity.
  const LinearMeasurement* velocity = nullptr;
  Gaussian* between = nullptr;  // unless null: the state of `before`'s time with the first alone
};
[[nodiscard]] std::optional<UpdateResult> update(Imm& imm,
                                                 const ImmModel& model,
                                                 const LinearMeasurement& m,
                                                 const UpdateAt& at,
                                                 Gaussian* after);
[[nodiscard]] std::optional<UpdateResult> update(Imm& imm,
                                                 const ImmModel& model,
                                                 const LinearMeasurement& m,
                                                 const Gaussian& before,
                                                 double lag);

// Moves the state into another tangent frame; both origins within some tens of kilometres.
void change_frame(Imm& imm,
                  const geo::TangentFrame& from,
                  const geo::TangentFrame& to,
                  double height_m);

// Finite, with positive variances and probabilities that sum to one.
[[nodiscard]] bool is_sound(const Imm& imm);

}  // namespace liptako::track
