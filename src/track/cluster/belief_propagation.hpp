// Probabilities of association by loopy belief propagation [WilliamsLau14]: of every track, how
// likely each plot is its own, and of every plot, how likely it belongs to no track. For groups too
// large to enumerate; cost rises with the number of pairs, not with the number of joint events.
//
// Legend
//   w[i][j]  odds of track i with plot j against track i with none, and against plot j being new:
//            r pD g(z) / ((1 - r pD) rho(z))
//   mu       message from track i to plot j:
//            w[i][j] / (1 + sum over other plots k of w[i][k] nu[k][i])
//   nu       message from plot j to track i:
//            1 / (1 + sum over other tracks k of mu[k][j])
//
// The iteration converges to one fixed point [WilliamsLau14]; where the graph of tracks
// and plots is a tree the result is exact, elsewhere somewhat too sure of itself.
#pragma once

#include <span>
#include <vector>

namespace liptako::track {

struct AssociationMarginals {
  // Row-major, tracks x plots, and per track and per plot the probability of none. Rows of tracks
  // sum to one with their own none, columns of plots with theirs only at the fixed point.
  std::span<const double> pair;
  std::span<const double> missed;
  std::span<const double> unclaimed;
  int iterations = 0;
};

class BeliefPropagation {
 public:
  // Iterates until no message moves by more than `tolerance` of itself, 200 times at most. `odds`
  // row-major, >= 0. The result is valid until the next call.
  [[nodiscard]] AssociationMarginals run(std::span<const double> odds,
                                         std::size_t plots,
                                         double tolerance);

 private:
  std::vector<double> mu_;
  std::vector<double> nu_;
  std::vector<double> pair_;
  std::vector<double> missed_;
  std::vector<double> unclaimed_;
};

}  // namespace liptako::track
