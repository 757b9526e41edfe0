#include "assess/assignment.hpp"

#include <limits>

#include "base/check.hpp"

namespace liptako::assess {

std::vector<std::uint32_t> cheapest_assignment(std::span<const double> costs,
                                               std::size_t rows,
                                               std::size_t columns) {
  CHECK(rows <= columns && costs.size() == rows * columns);
  // Column 0 is where each row's search starts: real rows and columns count
  // from 1, 0 is "none".
  std::vector<double> row_price(rows + 1, 0.0);
  std::vector<double> column_price(columns + 1, 0.0);
  std::vector<std::size_t> row_of(columns + 1, 0);
  std::vector<std::size_t> came_from(columns + 1, 0);
  std::vector<double> slack(columns + 1);
  std::vector<bool> reached(columns + 1);
  for (std::size_t row = 1; row <= rows; ++row) {
    // Dijkstra over reduced costs until a free column is reached.
    slack.assign(columns + 1, std::numeric_limits<double>::infinity());
    reached.assign(columns + 1, false);
    row_of[0] = row;
    std::size_t column = 0;
    do {
      reached[column] = true;
      const std::size_t from = row_of[column];
      double step = std::numeric_limits<double>::infinity();
      std::size_t next = 0;
      for (std::size_t j = 1; j <= columns; ++j) {
        if (reached[j]) continue;
        const double reduced =
            costs[(from - 1) * columns + j - 1] - row_price[from] - column_price[j];
        if (reduced < slack[j]) {
          slack[j] = reduced;
          came_from[j] = column;
        }
        if (slack[j] < step) {
          step = slack[j];
          next = j;
        }
      }
      for (std::size_t j = 0; j <= columns; ++j) {
        if (reached[j]) {
          row_price[row_of[j]] += step;
          column_price[j] -= step;
        } else {
          slack[j] -= step;
        }
      }
      column = next;
    } while (row_of[column] != 0);
    // Along the path every column passes to the row it was reached from.
    while (column != 0) {
      row_of[column] = row_of[came_from[column]];
      column = came_from[column];
    }
  }
  std::vector<std::uint32_t> column_of(rows);
  for (std::size_t j = 1; j <= columns; ++j) {
    if (row_of[j] != 0) column_of[row_of[j] - 1] = static_cast<std::uint32_t>(j - 1);
  }
  return column_of;
}

}  // namespace liptako::assess
