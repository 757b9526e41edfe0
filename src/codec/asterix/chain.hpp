// Writing FSPECs and presence octets: seven bits each, the lowest bit tells whether another octet
// follows.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "base/bytes.hpp"

namespace liptako::codec::asterix {

// Bit of the item at `index` (from 0) in a presence set.
[[nodiscard]] constexpr std::uint64_t chain_bit(std::size_t index) {
  return std::uint64_t{1} << (63 - index);
}

// Puts the chain for the set `present` before the octet at `start`: the shortest one, or `length`
// octets if that is more (up to 255; a sender may pad).
// NOLINTBEGIN(bugprone-easily-swappable-parameters): a set of bits between two counts of octets.
inline void insert_chain(base::Bytes& out,
                         std::size_t start,
                         std::uint64_t present,
                         std::size_t length = 0) {
  // NOLINTEND(bugprone-easily-swappable-parameters)
  const auto last = static_cast<std::size_t>(63 - std::countr_zero(present));
  const std::size_t shortest = present == 0 ? 1 : last / 7 + 1;
  const std::size_t octets = std::max(shortest, length);
  const auto at = out.insert(out.begin() + static_cast<std::ptrdiff_t>(start), octets, 0);
  for (std::size_t i = 0; i < octets; ++i) {
    const std::uint64_t seven = i < 9 ? present >> (57 - 7 * i) & 0x7F : 0;
    at[static_cast<std::ptrdiff_t>(i)] =
        static_cast<std::uint8_t>(seven << 1 | (i + 1 < octets ? 1 : 0));
  }
}

}  // namespace liptako::codec::asterix
