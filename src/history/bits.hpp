// Columns of whole numbers as bits: what comes often and is small takes few. Three ways, the
// shortest of which is taken for each column: nothing at all, if all are zero; the few that are not
// zero, with the gaps between them; or every number in Rice's code [Rice79] with the parameter that
// suits the column best.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.hpp"

namespace liptako::history {

// Small numbers of either sign as small numbers: 0, -1, 1, -2, 2 become 0, 1, 2, 3, 4.
[[nodiscard]] constexpr std::uint64_t zigzag(std::int64_t x) {
  return (static_cast<std::uint64_t>(x) << 1) ^ static_cast<std::uint64_t>(x >> 63);
}
[[nodiscard]] constexpr std::int64_t unzigzag(std::uint64_t x) {
  return static_cast<std::int64_t>(x >> 1) ^ -static_cast<std::int64_t>(x & 1);
}

class BitWriter {
 public:
  explicit BitWriter(base::Bytes& out) : out_(&out) {}
  // The low `count` (at most 64) bits, the lowest first.
  void put(std::uint64_t bits, int count);
  // Elias' gamma code of x + 1 [Elias75]: few bits for small numbers. Requires x < 2^64 - 1.
  void put_number(std::uint64_t x);
  void put_column(std::span<const std::uint64_t> column);
  // Fills the last byte with zeros.
  void finish();

 private:
  void put_rice(std::uint64_t x, int low_bits);

  base::Bytes* out_;
  std::uint64_t waiting_ = 0;
  int waiting_bits_ = 0;
};

// Total: past the end, and where no writer would have written it, everything is zero and ok() false
// for good.
class BitReader {
 public:
  explicit BitReader(base::ByteView in) : in_(in) {}
  [[nodiscard]] std::uint64_t get(int count);
  [[nodiscard]] std::uint64_t get_number();
  // Requires that the caller has bounded `size`.
  [[nodiscard]] std::vector<std::uint64_t> get_column(std::size_t size);
  // Nothing is left but the zeros that fill the last byte.
  [[nodiscard]] bool finished() const;
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  [[nodiscard]] std::uint64_t get_rice(int low_bits);
  void fail();

  base::ByteView in_;
  std::size_t at_ = 0;  // in bits
  bool ok_ = true;
};

}  // namespace liptako::history
