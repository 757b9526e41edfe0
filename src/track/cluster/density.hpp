// What a target's state is believed to be, given one history of plots, and how it moves: a Gaussian
// under nearly constant velocity [BarShalom01, §6.2.2] here, the interacting multiple models of
// track/imm.hpp in manoeuvring.hpp. Both are motions of the cluster filter (pmbm.hpp), which asks
// of a motion
//
//   Density            the value type
//   kReach             how many times the gate's standard deviations a plot may lie off
//   predict            through a time
//   combined           its mean and covariance
//   linearise          a plot of a look, at the combined mean
//   log_likelihood     of a plot, given how it fits the combined state
//   evidence           log-likelihood ratio of what a plot says of who sent it
//   update             with a plot and its linearisation
//   alike              two may be one target as far as identity tells
//   blend              moment-matched sum of two, by weight
//   start              from a first Gaussian
//   begin              the same, from a plot
#pragma once

#include "track/cluster/look.hpp"
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

// Of a motion whose targets have neither name nor height.
struct Nameless {
  using Look = track::Look;
  static constexpr double kReach = 1.5;

  template <class Density>
  [[nodiscard]] static LinearMeasurement linearise(const Look& look,
                                                   const Density&,
                                                   const Gaussian& predicted,
                                                   std::size_t plot) {
    return look.linearise(predicted, plot);
  }
  template <class Density>
  [[nodiscard]] static double evidence(const Look&, const Density&, std::size_t) {
    return 0.0;
  }
  template <class Density>
  [[nodiscard]] static double log_likelihood(const Density&,
                                             const Gaussian&,
                                             const LinearMeasurement&,
                                             const Fit& how) {
    return how.log_likelihood;
  }
  template <class Density>
  [[nodiscard]] static bool alike(const Density&, const Density&) {
    return true;
  }
};

struct ConstantVelocity : Nameless {
  using Density = Gaussian;

  // Noise of white acceleration, m^2/s^3. Implicit: it is all that there is to say.
  ConstantVelocity(double density = 0.02)  // NOLINT(google-explicit-constructor)
      : noise_density(density) {}

  double noise_density;

  void predict(Density& x, double dt) const;
  [[nodiscard]] static Gaussian combined(const Density& x) { return x; }
  [[nodiscard]] static bool update(Density& x,
                                   const LinearMeasurement& m,
                                   const Look&,
                                   std::size_t) {
    return kalman_update(x, m);
  }
  static void blend(Density& x, const Density& other, double share) {
    x = blended(x, other, share);
  }
  [[nodiscard]] static Density start(const Gaussian& first) { return first; }
  [[nodiscard]] static Density begin(const Gaussian& first, const Look&, std::size_t) {
    return first;
  }
  // What a snapshot may hold: finite, with positive variances.
  [[nodiscard]] static bool is_usable(const Density& x);
};

}  // namespace liptako::track
