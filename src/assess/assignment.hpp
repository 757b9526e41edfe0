// The cheapest assignment of the rows of a matrix to its columns, exact: the
// Hungarian method by shortest augmenting paths with dual prices
// [JonkerVolgenant87].
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace liptako::assess {

// For each row its column, so that every row has its own and the sum of costs
// is least. `costs` is row-major, finite. Requires rows <= columns. Ties fall
// the same way every time. Cost of the call: rows² times columns.
[[nodiscard]] std::vector<std::uint32_t> cheapest_assignment(std::span<const double> costs,
                                                             std::size_t rows,
                                                             std::size_t columns);

}  // namespace liptako::assess
