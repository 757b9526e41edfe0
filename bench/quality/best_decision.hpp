// The best possible decision of who is who, for two aircraft that a radar alone sees: what no
// tracker of the same knowledge can beat on these plots.
//
// It knows that there are two aircraft and where about they began (but not which of them began
// where, if naming tells it later), how they move, the sensor's noise, detection and false plots,
// and the height. How they move is said by the modes of imm.hpp: with a chain that never leaves
// straight flight, white acceleration of a known density; with the tracker's own chain, what the
// tracker assumes and no more. From these it works out the posterior over labelled states by
// telling all ways to share out the plots among the two [Reid79], each weighed by the likelihood
// of its plots:
//
//   w <- w (1 - pD)^misses prod pD N(z; predicted, S) / kappa(z)
//
// A way is a history of plots for each aircraft; a history is one interacting multiple model
// filter at each plot's own time [BlomBarShalom88], exact for straight flight, and shared by all
// ways that have it. Histories with the same plots of late, whose states nearly agree, become one
// [SingerSeaHousewright74]; what is dropped for its small weight is added up: how far this is from
// exact stands in the result.
//
// What naming told, that (x_a - x_b) . d > 0 for the d of then, weighs each way by its probability
// and cuts its normal distribution, of which mean and covariance are kept mode by mode, the other
// aircraft's modes taken together.
//
// Who is shown as a and b is right, if (x_a - x_b) . (shown_a - shown_b) > 0: the sum of squared
// distances is then smaller than with the names exchanged. So the decision is a direction d, and
// the best of all has max over d of P((x_a - x_b) . d > 0), a mixture of normal distributions.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "track/imm.hpp"

namespace liptako::bench {

// In the plane, metres; a plot turned into a position.
struct PlanePlot {
  double t_s = 0.0;
  double east_m = 0.0, north_m = 0.0;
  double ee_m2 = 0.0, en_m2 = 0.0, nn_m2 = 0.0;
  double kappa_per_m2 = 0.0;  // density of false plots there, a look
};

struct PlaneState {
  double t_s = 0.0;
  std::array<double, 4> x{};  // east, north and their rates
  // Of position and of velocity, one axis each; the axes are independent.
  double position_sd_m = 0.0, velocity_sd_mps = 0.0;
};

// What naming tells, after one of the looks: of the two that were shown then, on which side of each
// other, who was who. The aircraft named first lay on the side of (east, north).
struct ToldNames {
  std::size_t after_look = 0;
  double t_s = 0.0;
  double east = 0.0, north = 0.0;
};

// Never turns: white acceleration of `noise_m2s3` alone.
[[nodiscard]] track::ImmOptions straight_flight(double noise_m2s3);

struct DecisionModel {
  track::ImmOptions motion = straight_flight(0.05);
  double detection = 0.9;
  int max_ways = 3000;
  double least_share = 1e-7;  // of the heaviest way, below which one is dropped
  double agree = 0.05;        // squared Mahalanobis distance of states made one; 0: never
};

struct Decision {
  double wrong = 0.0;  // probability that the best decision errs, at most 1/2
  // Its direction, east and north.
  double east = 0.0, north = 0.0;
  double dropped = 0.0;      // weight of what was dropped, summed over looks
  double shown_wrong = 0.0;  // the same probability of the decision that was shown
};

// What is shown at the end: from the place of b to that of a.
struct ShownPair {
  double east = 0.0, north = 0.0;
};

// `looks`: the plots of each turn of the antenna, at most 15 of them.
[[nodiscard]] Decision best_decision(const DecisionModel& model,
                                     const std::array<PlaneState, 2>& begin,
                                     std::span<const std::vector<PlanePlot>> looks,
                                     const ToldNames& told,
                                     const ShownPair& shown,
                                     double end_s);

}  // namespace liptako::bench
