// The best assignments of rows to columns in descending order of value, over one problem or several
// at once: Murty's partition [Murty68] with the three improvements of [MillerStoneCox97]. Each
// subproblem inherits its parent's assignment and prices, so that one shortest augmenting path
// solves it [JonkerVolgenant87]; it is bounded by its parent's reduced costs, and solved only when
// the bound comes to the top; rows are fixed one after the other.
//
// In a filter a row is a track and a column a plot; every row may also take nothing. Several
// problems ranked together are the global hypotheses of one cluster: what comes out is the best of
// all their children, not a share fixed in advance of each one's.
//
// Legend
//   c[i][j] = -gain   cost of row i taking column j; nothing costs 0 and is a column of row i's own
//   u, v              prices: c[i][j] - u[i] - v[j] >= 0 everywhere, = 0 where assigned
//   rest              price of the rows that stand for "nobody": they hold all columns left over,
//                     at no cost, so that the problem is square and a path can end at the column
//                     that the forbidden pair sets free
//
// The plain solver of src/assess answers another question (one matrix, best only) and allocates;
// the two do not share.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace liptako::track {

inline constexpr int kMaxAssignmentColumns = 62;
inline constexpr std::int16_t kNoColumn = -1;
// A pair with this gain or less is not allowed.
inline constexpr double kForbiddenGain = -1e12;

struct RankedAssignment {
  std::uint32_t problem = 0;                // in the order of add()
  double value = 0.0;                       // base plus the gains of what is assigned
  std::span<const std::int16_t> column_of;  // by row; valid until the next call
};

// Keeps its memory from one use to the next.
class RankedAssignments {
 public:
  void clear();
  // One more problem: gains row-major, rows x columns, read at once and copied. Requires columns <=
  // kMaxAssignmentColumns; rows may be 0. What cannot reach `least` is left out.
  void add(double base, std::span<const double> gains, int columns, double least);
  // The next best, nothing if its value is below `least` (which must not fall from call to call) or
  // all are told. Ties fall the same way every time.
  [[nodiscard]] std::optional<RankedAssignment> next(double least);

 private:
  struct Problem {
    double base = 0.0;
    int rows = 0;
    int columns = 0;
    std::size_t gains = 0;  // into gains_
  };
  // A solved node: who has which column, and the prices.
  struct Solution {
    std::uint32_t problem = 0;
    std::size_t column_of = 0;  // into columns_
    std::size_t prices = 0;     // into prices_: u, then v of columns and of each row's "nothing"
    double rest = 0.0;
    double value = 0.0;
  };
  // A part of the space of assignments: rows before `row` are as in the solution, and `row` does
  // not take the columns in `forbidden` (bit `columns` is "nothing").
  struct Node {
    double value = 0.0;  // exact if solved, else a bound
    std::uint64_t sequence = 0;
    std::uint64_t forbidden = 0;
    std::uint32_t solution = 0;
    std::int16_t row = 0;
    bool solved = false;
  };

  void push(const Node& node);
  [[nodiscard]] Node pop();
  [[nodiscard]] std::uint32_t new_solution(std::uint32_t problem);
  // Gives row `start` a column by a shortest augmenting path over the rows from `node.row` on. It
  // ends at column `end`, or, if that is negative, at any column nobody holds. False if there is no
  // path.
  [[nodiscard]] bool augment(Solution& solution, const Node& node, int start, int end);
  void solve_first(std::uint32_t solution);
  [[nodiscard]] std::optional<std::uint32_t> solve_child(const Node& node);
  [[nodiscard]] double value_of(const Solution& solution) const;
  void partition(const Node& node, double least);

  std::vector<Problem> problems_;
  std::vector<double> gains_;
  std::vector<Solution> solutions_;
  std::vector<std::int16_t> columns_;
  std::vector<double> prices_;
  std::vector<Node> heap_;
  std::uint64_t sequence_ = 0;
  // Scratch of one shortest path.
  std::vector<double> distance_;
  std::vector<std::int16_t> came_from_;
  std::vector<std::int16_t> row_of_;
  std::vector<std::uint8_t> closed_;
  std::vector<std::int16_t> told_;
};

}  // namespace liptako::track
