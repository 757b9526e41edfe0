#include "track/cluster/names.hpp"

#include <algorithm>

namespace liptako::track {
namespace {

constexpr double kLongest = 1e12;  // seconds

}  // namespace

std::size_t NameTable::column(std::uint32_t label) const {
  const auto it = std::ranges::lower_bound(labels, label);
  return it != labels.end() && *it == label ? static_cast<std::size_t>(it - labels.begin())
                                            : labels.size();
}

bool NameTable::is_sound() const {
  if (seconds.size() % width() != 0) return false;
  for (std::size_t l = 0; l < labels.size(); ++l) {
    if (labels[l] == 0 || (l > 0 && labels[l] <= labels[l - 1])) return false;
  }
  return std::ranges::all_of(seconds, [](double s) { return s >= 0.0 && s < kLongest; });
}

std::uint32_t NameTable::add_row() {
  const std::uint32_t k = rows();
  seconds.resize(seconds.size() + width(), 0.0);
  return k;
}

void NameTable::add_to(std::uint32_t k, const NameTable& from, std::uint32_t row, double share) {
  if (row == kNoRow) return;
  const auto mine = this->row(k);
  const auto theirs = from.row(row);
  for (std::size_t l = 0; l < from.labels.size(); ++l)
    mine[column(from.labels[l])] += share * theirs[l];
  mine[labels.size()] += share * theirs[from.labels.size()];
}

}  // namespace liptako::track
