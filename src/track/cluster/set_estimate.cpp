#include "track/cluster/set_estimate.hpp"

#include <algorithm>

namespace liptako::track {
namespace {

constexpr double kEverything = -1e9;
constexpr double kLeastGain = 1e-9;  // m^2
constexpr double kWeakPoint = 0.75;  // of the square of the cut-off

double squared_distance(const HorizontalState& a, const HorizontalState& b) {
  const double e = a.x[kEast] - b.x[kEast];
  const double n = a.x[kNorth] - b.x[kNorth];
  return e * e + n * n;
}

}  // namespace

void SetEstimator::start(std::span<const BelievedSet> sets, const SetEstimateOptions& options) {
  points_.clear();
  const auto best = std::ranges::max_element(sets, {}, &BelievedSet::weight);
  if (best == sets.end()) return;
  for (const BelievedMember& member : best->members) {
    if (member.existence <= options.least_existence) continue;
    if (points_.size() >= kMaxAssignmentColumns) break;
    points_.push_back({member.state.mean, member.existence, member.label, {}});
  }
}

double SetEstimator::evaluate(std::span<const BelievedSet> sets,
                              const SetEstimateOptions& options) {
  const double whole = options.cutoff_m * options.cutoff_m;
  const int columns = static_cast<int>(points_.size());
  sums_.assign(points_.size(), Sum{});
  unreported_.clear();
  pairs_.clear();
  const auto unreported = [&](std::uint32_t label) -> Sum& {
    for (Sum& sum : unreported_) {
      if (sum.label == label) return sum;
    }
    unreported_.push_back({});
    unreported_.back().label = label;
    return unreported_.back();
  };
  for (const BelievedSet& set : sets) {
    const int rows = static_cast<int>(set.members.size());
    gains_.resize(static_cast<std::size_t>(rows * columns));
    pair_of_.assign(static_cast<std::size_t>(rows), kNoColumn);
    bool conflict = false;
    std::uint64_t taken = 0;
    for (int b = 0; b < rows; ++b) {
      const BelievedMember& member = set.members[b];
      int best = kNoColumn;
      for (int i = 0; i < columns; ++i) {
        const double saving =
            member.existence * (whole - squared_distance(points_[i].state, member.state.mean) -
                                member.state.P[packed(0, 0)] - member.state.P[packed(1, 1)]);
        gains_[b * columns + i] = saving > 0.0 ? saving : kForbiddenGain;
        if (saving <= 0.0) continue;
        if (best == kNoColumn || saving > gains_[b * columns + best]) best = i;
      }
      pair_of_[b] = static_cast<std::int16_t>(best);
      if (best != kNoColumn) {
        conflict = conflict || ((taken >> best) & 1) != 0;
        taken |= std::uint64_t{1} << best;
      }
    }
    // Each its favourite is the best there is, unless two have the same.
    if (conflict) {
      assignments_.clear();
      assignments_.add(0.0, gains_, columns, kEverything);
      if (const auto assignment = assignments_.next(kEverything))
        std::ranges::copy(assignment->column_of, pair_of_.begin());
    }
    pairs_.insert(pairs_.end(), pair_of_.begin(), pair_of_.end());
    for (int b = 0; b < rows; ++b) {
      const BelievedMember& member = set.members[b];
      const double share = set.weight * member.existence;
      const bool paired = pair_of_[b] != kNoColumn;
      Sum& sum = paired ? sums_[pair_of_[b]] : unreported(member.label);
      sum.weight += share;
      for (int k = 0; k < kStateSize; ++k) sum.state[k] += share * member.state.mean.x[k];
      if (paired) {
        sum.saving += set.weight * gains_[b * columns + pair_of_[b]];
        if (share > sum.best_share) {
          sum.best_share = share;
          sum.label = member.label;
        }
      }
    }
  }
  double saving = 0.0;
  for (const Sum& sum : sums_) saving += sum.saving - options.least_existence * whole;
  return saving;
}

void SetEstimator::improve(const SetEstimateOptions& options, bool count_too) {
  const double whole = options.cutoff_m * options.cutoff_m;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < points_.size(); ++i) {
    const Sum& sum = sums_[i];
    if (sum.weight == 0.0 || (count_too && sum.saving <= options.least_existence * whole)) continue;
    ReportedPoint& point = points_[kept++];
    for (int k = 0; k < kStateSize; ++k) point.state.x[k] = sum.state[k] / sum.weight;
    point.existence = sum.weight;
    point.label = sum.label;
  }
  points_.resize(kept);
  if (!count_too) return;
  for (const Sum& sum : unreported_) {
    if (sum.weight <= options.least_existence || points_.size() >= kMaxAssignmentColumns) continue;
    ReportedPoint point;
    for (int k = 0; k < kStateSize; ++k) point.state.x[k] = sum.state[k] / sum.weight;
    point.existence = sum.weight;
    point.label = sum.label;
    points_.push_back(point);
  }
}

double SetEstimator::alternate(std::span<const BelievedSet> sets,
                               const SetEstimateOptions& options) {
  double best = evaluate(sets, options);
  best_ = points_;
  bool count_too = true;
  for (int round = 0; round < options.rounds; ++round) {
    improve(options, count_too);
    const double saving = evaluate(sets, options);
    if (saving > best + kLeastGain) {
      best = saving;
      best_ = points_;
      count_too = true;
      continue;
    }
    if (!count_too) break;
    // Who came or went was no gain: let those that stay move alone.
    count_too = false;
    points_ = best_;
    (void)evaluate(sets, options);
  }
  return best;
}

void SetEstimator::find_errors(std::span<const BelievedSet> sets) {
  for (ReportedPoint& point : result_) std::ranges::fill(point.error, 0.0);
  auto pair = pairs_.begin();
  for (const BelievedSet& set : sets) {
    for (const BelievedMember& member : set.members) {
      const std::int16_t i = *pair++;
      if (i == kNoColumn) continue;
      ReportedPoint& point = result_[static_cast<std::size_t>(i)];
      const double share = set.weight * member.existence / point.existence;
      double d[kStateSize];
      for (int r = 0; r < kStateSize; ++r) d[r] = member.state.mean.x[r] - point.state.x[r];
      for (int r = 0; r < kStateSize; ++r) {
        for (int k = r; k < kStateSize; ++k)
          point.error[packed(r, k)] += share * (member.state.P[packed(r, k)] + d[r] * d[k]);
      }
    }
  }
}

std::span<const ReportedPoint> SetEstimator::estimate(std::span<const BelievedSet> sets,
                                                      const SetEstimateOptions& options) {
  start(sets, options);
  double best = alternate(sets, options);
  result_ = best_;
  // A point that hardly pays for itself may stand between two others that would do without it.
  const double whole = options.cutoff_m * options.cutoff_m;
  for (std::size_t i = 0; i < result_.size() && result_.size() > 1;) {
    points_ = result_;
    (void)evaluate(sets, options);
    if (sums_[i].saving > kWeakPoint * whole) {
      ++i;
      continue;
    }
    points_.erase(points_.begin() + static_cast<std::ptrdiff_t>(i));
    const double without = alternate(sets, options);
    if (without > best + kLeastGain) {
      best = without;
      result_ = best_;
      i = 0;
    } else {
      ++i;
    }
  }
  // Existence, labels and errors as of the points themselves.
  points_ = result_;
  (void)evaluate(sets, options);
  for (std::size_t i = 0; i < result_.size(); ++i) {
    result_[i].existence = sums_[i].weight;
    result_[i].label = sums_[i].label;
  }
  find_errors(sets);
  return result_;
}

}  // namespace liptako::track
