// Which points to report of a group of targets when several hypotheses remain: the set with the
// least expected squared GOSPA distance to the truth (p = 2, alpha = 2, cut-off c) [Rahmathullah17;
// GarciaFernandez18], over all hypotheses, not the best one alone.
//
// Given an assignment of reported point i to member b of each hypothesis h, with probability w[h]
// and member b there with probability r, mean m and position covariance P,
//
//   expected cost = sum of w r (|x_i - m|^2 + tr P)           a pair
//                 + c^2/2 w (1 - r) and c^2/2 w r             false; missed
//
// so that a pair saves r (c^2 - |x_i - m|^2 - tr P) against none, a reported point costs c^2/2 (in
// general least_existence c^2, below), and the best point is the mean of its members weighted by w
// r. Alternating between assignments (exact, per hypothesis) and points lowers the cost in every
// step, as Lloyd's method does; points are taken out or added where that lowers it further. The
// result is never worse than the best hypothesis; that no other set is better still is not certain.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "track/cluster/ranked_assignment.hpp"
#include "track/imm.hpp"
#include "track/measurement.hpp"

namespace liptako::track {

struct BelievedMember {
  Gaussian state;
  double existence = 0.0;
  std::uint32_t label = 0;
};

struct BelievedSet {
  double weight = 0.0;
  std::span<const BelievedMember> members;
};

struct ReportedPoint {
  HorizontalState state;
  double existence = 0.0;  // probability that somebody is there
  std::uint32_t label = 0;
  // Expected square of the error of this point against the one it stands for, over all hypotheses:
  // sum of w r (P + (m - x)(m - x)') / sum of w r. Packed.
  double error[kPackedSize] = {};
};

struct SetEstimateOptions {
  double cutoff_m = 10.0;
  // A point is reported if somebody is there with at least about this probability. One half is best
  // if the model is exact; a model in which targets die more often than they do asks for less. 0.4
  // is what the filters of [GarciaFernandez18] report at.
  double least_existence = 0.4;
  int rounds = 3;  // of alternation, at most
};

class SetEstimator {
 public:
  // Weights sum to one. The result is valid until the next call.
  [[nodiscard]] std::span<const ReportedPoint> estimate(std::span<const BelievedSet> sets,
                                                        const SetEstimateOptions& options);

 private:
  struct Sum {
    double weight = 0.0;
    double state[kStateSize] = {};
    double saving = 0.0;
    double best_share = 0.0;
    std::uint32_t label = 0;
  };

  void start(std::span<const BelievedSet> sets, const SetEstimateOptions& options);
  // Error of result_, by the pairs of the last evaluation.
  void find_errors(std::span<const BelievedSet> sets);
  // What points_ save against reporting nothing, less what reporting them costs; fills sums_ and
  // unreported_.
  [[nodiscard]] double evaluate(std::span<const BelievedSet> sets,
                                const SetEstimateOptions& options);
  // Points to the means of their members; if asked, takes out who does not pay, adds who would.
  void improve(const SetEstimateOptions& options, bool count_too);
  // Alternates from points_ on; the best set met, and what it saves.
  [[nodiscard]] double alternate(std::span<const BelievedSet> sets,
                                 const SetEstimateOptions& options);

  std::vector<ReportedPoint> points_;
  std::vector<ReportedPoint> best_;  // of one alternation
  std::vector<ReportedPoint> result_;
  RankedAssignments assignments_;
  std::vector<double> gains_;
  std::vector<std::int16_t> pair_of_;
  std::vector<std::int16_t> pairs_;  // of all members, set by set
  std::vector<Sum> sums_;
  std::vector<Sum> unreported_;  // by label
};

}  // namespace liptako::track
