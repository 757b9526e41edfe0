// The shell's one source of randomness: the kernel's generator. Seeds of keys, salts, nonces and
// tokens are drawn here and handed to the core as parameters.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace liptako::io {

// Blocks only before the kernel's generator is first seeded, in early boot; a kernel without one
// stops the process.
void fill_random(std::span<std::uint8_t> out);

template <std::size_t N>
[[nodiscard]] std::array<std::uint8_t, N> random_bytes() {
  std::array<std::uint8_t, N> bytes{};
  fill_random(bytes);
  return bytes;
}

}  // namespace liptako::io
