// Who is who among targets that cannot be told apart: for how long each label has stood at each of
// them.
//
// A hypothesis says which plots were of one aircraft, and so, of all times in the past, at whom
// each label stood. With w its weight and V(i, l) the seconds that label l stood at its aircraft
// i, the labels now go to places so that the sum over hypotheses of w V(who is there, label
// there) is largest. Whoever began at some time to call an aircraft by its number then finds the
// number at it in most cases; where plots of long ago no longer tell who is who, the later past
// counts. The sum is linear in V: two hypotheses of the same aircraft under different names
// become one, with the mean of their V, and nothing of it is lost.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace liptako::track {

inline constexpr std::uint32_t kNoRow = 0xffffffff;

// A row is one target as one or more hypotheses have it: seconds that each label stood at it.
struct NameTable {
  std::vector<std::uint32_t> labels;  // ascending
  // Rows of one number for each label, and one for all labels that are gone.
  std::vector<double> seconds;

  void clear() { labels.clear(), seconds.clear(); }
  [[nodiscard]] std::size_t width() const { return labels.size() + 1; }
  [[nodiscard]] std::uint32_t rows() const {
    return static_cast<std::uint32_t>(seconds.size() / width());
  }
  [[nodiscard]] std::span<const double> row(std::uint32_t k) const {
    return std::span(seconds).subspan(k * width(), width());
  }
  [[nodiscard]] std::span<double> row(std::uint32_t k) {
    return std::span(seconds).subspan(k * width(), width());
  }
  // The column of a label; that of those gone if it is not there.
  [[nodiscard]] std::size_t column(std::uint32_t label) const;
  // A row of zeros.
  std::uint32_t add_row();
  // Adds share times a row of another table to row k.
  void add_to(std::uint32_t k, const NameTable& from, std::uint32_t row, double share);

  // What a snapshot may hold.
  [[nodiscard]] bool is_sound() const;

  template <class Archive>
  friend void visit_fields(Archive& archive, NameTable& t) {
    archive(t.labels, t.seconds);
  }
};

}  // namespace liptako::track
