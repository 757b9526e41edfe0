// Bits of a message as the standards count them: from 1, the first on the air and most significant.
#pragma once

#include <cstdint>

#include "base/bytes.hpp"

namespace liptako::codec::modes {

// Of the 56 bits of a message field (ME, MB). Requires 1 <= first <= last <= 56.
[[nodiscard]] constexpr std::uint32_t bits_of(std::uint64_t field, unsigned first, unsigned last) {
  return static_cast<std::uint32_t>(field >> (56 - last) &
                                    ((std::uint64_t{1} << (last - first + 1)) - 1));
}

// Of octets; requires them to hold the bits, and at most 56 of them.
[[nodiscard]] constexpr std::uint64_t bits_of(base::ByteView octets,
                                              unsigned first,
                                              unsigned last) {
  std::uint64_t value = 0;
  for (unsigned i = (first - 1) / 8; i <= (last - 1) / 8; ++i) value = value << 8 | octets[i];
  return value >> (7 - (last - 1) % 8) & ((std::uint64_t{1} << (last - first + 1)) - 1);
}

}  // namespace liptako::codec::modes
