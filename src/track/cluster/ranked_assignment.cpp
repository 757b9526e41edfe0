#include "track/cluster/ranked_assignment.hpp"

#include <algorithm>
#include <limits>

#include "base/check.hpp"

namespace liptako::track {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::int16_t kNobody = -1;  // holds the columns left over
constexpr std::int16_t kUnreached = -2;

}  // namespace

void RankedAssignments::clear() {
  problems_.clear();
  gains_.clear();
  solutions_.clear();
  columns_.clear();
  prices_.clear();
  heap_.clear();
  sequence_ = 0;
}

void RankedAssignments::push(const Node& node) {
  heap_.push_back(node);
  std::push_heap(heap_.begin(), heap_.end(), [](const Node& a, const Node& b) {
    return a.value != b.value ? a.value < b.value : a.sequence > b.sequence;
  });
}

RankedAssignments::Node RankedAssignments::pop() {
  std::pop_heap(heap_.begin(), heap_.end(), [](const Node& a, const Node& b) {
    return a.value != b.value ? a.value < b.value : a.sequence > b.sequence;
  });
  const Node node = heap_.back();
  heap_.pop_back();
  return node;
}

std::uint32_t RankedAssignments::new_solution(std::uint32_t problem) {
  const Problem& p = problems_[problem];
  Solution solution;
  solution.problem = problem;
  solution.column_of = columns_.size();
  solution.prices = prices_.size();
  columns_.resize(columns_.size() + static_cast<std::size_t>(p.rows), kNoColumn);
  prices_.resize(prices_.size() + static_cast<std::size_t>(2 * p.rows + p.columns), 0.0);
  solutions_.push_back(solution);
  return static_cast<std::uint32_t>(solutions_.size() - 1);
}

void RankedAssignments::add(double base, std::span<const double> gains, int columns, double least) {
  CHECK(columns >= 0 && columns <= kMaxAssignmentColumns);
  Problem problem;
  problem.base = base;
  problem.columns = columns;
  problem.rows = columns == 0 ? 0 : static_cast<int>(gains.size()) / columns;
  problem.gains = gains_.size();
  // No assignment is worth more than every row's best.
  double bound = base;
  for (int i = 0; i < problem.rows; ++i) {
    double best = 0.0;
    for (int j = 0; j < columns; ++j) best = std::max(best, gains[i * columns + j]);
    bound += best;
  }
  problems_.push_back(problem);
  if (bound < least) return;
  gains_.insert(gains_.end(), gains.begin(), gains.end());
  Node node;
  node.value = bound;
  node.sequence = sequence_++;
  node.solution = static_cast<std::uint32_t>(problems_.size() - 1);
  node.row = -1;  // not begun: `solution` is the problem
  push(node);
}

double RankedAssignments::value_of(const Solution& solution) const {
  const Problem& p = problems_[solution.problem];
  double value = p.base;
  for (int i = 0; i < p.rows; ++i) {
    const std::int16_t j = columns_[solution.column_of + i];
    if (j < p.columns) value += gains_[p.gains + i * p.columns + j];
  }
  return value;
}

bool RankedAssignments::augment(Solution& solution, const Node& node, int start, int end) {
  const Problem& p = problems_[solution.problem];
  const int all = p.columns + p.rows;
  std::int16_t* column_of = columns_.data() + solution.column_of;
  double* u = prices_.data() + solution.prices;
  double* v = u + p.rows;
  const double* gain = gains_.data() + p.gains;
  distance_.assign(all, kInfinity);
  came_from_.assign(all, kUnreached);
  closed_.assign(all, 0);
  for (int i = 0; i < node.row; ++i) closed_[column_of[i]] = 1;  // fixed
  const auto reach = [&](int j, double d, int from) {
    if (d < distance_[j]) {
      distance_[j] = d;
      came_from_[j] = static_cast<std::int16_t>(from);
    }
  };
  const auto scan_row = [&](int i, double so_far) {
    const std::uint64_t forbidden = i == node.row ? node.forbidden : 0;
    for (int j = 0; j < p.columns; ++j) {
      const double g = gain[i * p.columns + j];
      if (closed_[j] || g <= kForbiddenGain || ((forbidden >> j) & 1) != 0) continue;
      reach(j, so_far - g - u[i] - v[j], i);
    }
    const int own = p.columns + i;
    if (!closed_[own] && ((forbidden >> p.columns) & 1) == 0) reach(own, so_far - u[i] - v[own], i);
  };

  scan_row(start, 0.0);
  int last = -1;
  double length = 0.0;
  int through_rest = -1;  // the first column nobody holds, by which all such rows are reached
  double length_to_rest = kInfinity;
  while (last < 0) {
    int nearest = -1;
    for (int j = 0; j < all; ++j) {
      if (!closed_[j] && distance_[j] < kInfinity &&
          (nearest < 0 || distance_[j] < distance_[nearest])) {
        nearest = j;
      }
    }
    if (nearest < 0) return false;
    length = distance_[nearest];
    closed_[nearest] = 2;
    const std::int16_t holder = row_of_[nearest];
    if (nearest == end || (end < 0 && holder == kNobody)) {
      last = nearest;
    } else if (holder != kNobody) {
      scan_row(holder, length);
    } else if (through_rest < 0) {
      through_rest = nearest;
      length_to_rest = length;
      for (int j = 0; j < all; ++j) {
        if (!closed_[j]) reach(j, length - solution.rest - v[j], kNobody);
      }
    }
  }

  for (int j = 0; j < all; ++j) {
    if (closed_[j] != 2 || j == last) continue;
    const double less = length - distance_[j];
    v[j] -= less;
    if (row_of_[j] != kNobody) u[row_of_[j]] += less;
  }
  u[start] += length;
  if (through_rest >= 0) {
    // All columns nobody holds are equally far.
    solution.rest += length - length_to_rest;
    for (int j = 0; j < all; ++j) {
      if (row_of_[j] == kNobody && closed_[j] == 0) v[j] = -solution.rest;
    }
  }
  for (int j = last;;) {
    const std::int16_t i = came_from_[j];
    row_of_[j] = i;
    if (i == kNobody) {
      j = through_rest;
      continue;
    }
    const std::int16_t before = column_of[i];
    column_of[i] = static_cast<std::int16_t>(j);
    if (i == start) return true;
    j = before;
  }
}

void RankedAssignments::solve_first(std::uint32_t index) {
  Solution& solution = solutions_[index];
  const Problem& p = problems_[solution.problem];
  row_of_.assign(p.columns + p.rows, kNobody);
  const Node whole{};
  for (int i = 0; i < p.rows; ++i) {
    const bool found = augment(solution, whole, i, -1);
    CHECK(found);  // "nothing" is always allowed here
  }
  solution.value = value_of(solution);
}

std::optional<std::uint32_t> RankedAssignments::solve_child(const Node& node) {
  const std::uint32_t index = new_solution(solutions_[node.solution].problem);
  const Solution& parent = solutions_[node.solution];
  Solution& child = solutions_[index];
  const Problem& p = problems_[parent.problem];
  for (int i = 0; i < p.rows; ++i) {
    columns_[child.column_of + i] = columns_[parent.column_of + i];
  }
  for (int i = 0; i < 2 * p.rows + p.columns; ++i) {
    prices_[child.prices + i] = prices_[parent.prices + i];
  }
  child.rest = parent.rest;
  row_of_.assign(p.columns + p.rows, kNobody);
  for (int i = node.row; i < p.rows; ++i) {
    row_of_[columns_[child.column_of + i]] = static_cast<std::int16_t>(i);
  }
  const int freed = columns_[child.column_of + node.row];
  row_of_[freed] = kNobody;
  if (!augment(child, node, node.row, freed)) return std::nullopt;
  child.value = value_of(child);
  return index;
}

// What is left of the node's part without its solution, as one part for every row from node.row on:
// the rows before keep their columns, the row itself does not.
void RankedAssignments::partition(const Node& node, double least) {
  const Solution& solution = solutions_[node.solution];
  const Problem& p = problems_[solution.problem];
  const std::int16_t* column_of = columns_.data() + solution.column_of;
  const double* u = prices_.data() + solution.prices;
  const double* v = u + p.rows;
  const double* gain = gains_.data() + p.gains;
  std::uint64_t taken = 0;
  for (int i = 0; i < node.row; ++i) {
    if (column_of[i] < p.columns) taken |= std::uint64_t{1} << column_of[i];
  }
  for (int i = node.row; i < p.rows; ++i) {
    const int now = column_of[i];
    const std::uint64_t bit = std::uint64_t{1} << std::min(now, p.columns);
    const std::uint64_t forbidden = (i == node.row ? node.forbidden : 0) | bit;
    double step = kInfinity;
    for (int j = 0; j < p.columns; ++j) {
      const double g = gain[i * p.columns + j];
      if (g <= kForbiddenGain || (((forbidden | taken) >> j) & 1) != 0) continue;
      step = std::min(step, -g - u[i] - v[j]);
    }
    if (((forbidden >> p.columns) & 1) == 0) step = std::min(step, -u[i] - v[p.columns + i]);
    if (now < p.columns) taken |= bit;
    if (step == kInfinity) continue;
    Node child;
    child.value = solution.value - std::max(0.0, step);
    if (child.value < least) continue;
    child.sequence = sequence_++;
    child.forbidden = forbidden;
    child.solution = node.solution;
    child.row = static_cast<std::int16_t>(i);
    push(child);
  }
}

std::optional<RankedAssignment> RankedAssignments::next(double least) {
  while (!heap_.empty() && heap_.front().value >= least) {
    Node node = pop();
    if (node.row < 0) {
      node.solution = new_solution(node.solution);
      solve_first(node.solution);
      node.row = 0;
    } else if (!node.solved) {
      const auto solved = solve_child(node);
      if (!solved) continue;
      node.solution = *solved;
    }
    if (!node.solved) {
      node.solved = true;
      // A bound may lie below by a rounding error; values must not rise.
      node.value = std::min(node.value, solutions_[node.solution].value);
      if (node.value < least) continue;
      if (!heap_.empty() && heap_.front().value > node.value) {
        push(node);
        continue;
      }
    }
    partition(node, least);
    const Solution& solution = solutions_[node.solution];
    const Problem& p = problems_[solution.problem];
    told_.resize(static_cast<std::size_t>(p.rows));
    for (int i = 0; i < p.rows; ++i) {
      const std::int16_t j = columns_[solution.column_of + i];
      told_[i] = j < p.columns ? j : kNoColumn;
    }
    return RankedAssignment{solution.problem, solution.value, told_};
  }
  return std::nullopt;
}

}  // namespace liptako::track
