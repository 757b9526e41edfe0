// What a target's state is believed to be, given one history of plots, and how it moves: a Gaussian
// under nearly constant velocity [BarShalom01, §6.2.2] here, the interacting multiple models of
// track/imm.hpp in manoeuvring.hpp. Both are motions of the cluster filter (pmbm.hpp), which asks
// of a motion
//
//   Density            the value type
//   predict            through a time
//   combined           its mean and covariance
//   update             with a linearised measurement, whose y is taken at the combined mean
//   blend              moment-matched sum of two, by weight
//   start              from a first Gaussian
#pragma once

#include "track/imm.hpp"
#include "track/measurement.hpp"

namespace liptako::track {

// d2 and log-likelihood of a measurement.
struct Fit {
  double d2 = 0.0;
  double log_likelihood = 0.0;
};
[[nodiscard]] Fit fit(const Gaussian& predicted, const LinearMeasurement& m);

// Kalman update [BarShalom01, §5.2.3]. False, and nothing changed, if S is not positive definite.
[[nodiscard]] bool kalman_update(Gaussian& x, const LinearMeasurement& m);

// a with weight 1 - share, b with weight share, as one Gaussian of the same mean and covariance.
[[nodiscard]] Gaussian blended(const Gaussian& a, const Gaussian& b, double share);

struct ConstantVelocity {
  using Density = Gaussian;

  double noise_density = 0.02;  // of white acceleration, m^2/s^3

  void predict(Density& x, double dt) const;
  [[nodiscard]] static Gaussian combined(const Density& x) { return x; }
  [[nodiscard]] static bool update(Density& x, const LinearMeasurement& m) {
    return kalman_update(x, m);
  }
  static void blend(Density& x, const Density& other, double share) {
    x = blended(x, other, share);
  }
  [[nodiscard]] static Density start(const Gaussian& first) { return first; }
};

}  // namespace liptako::track
