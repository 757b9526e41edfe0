// The compression function of SHA-256 [FIPS 180-4, §6.2.2] on whole blocks, for one message or for
// two in step: two independent chains keep the CPU's SHA unit busy where one waits for itself.
// Padding and lengths are the callers' (sha256.cpp, merkle.cpp).
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "seal/sha256.hpp"

namespace liptako::seal {

inline constexpr std::size_t kSha256Block = 64;

// The chaining value H, eight words.
using Sha256Chain = std::array<std::uint32_t, 8>;
inline constexpr Sha256Chain kSha256Initial{0x6a09e667,
                                            0xbb67ae85,
                                            0x3c6ef372,
                                            0xa54ff53a,
                                            0x510e527f,
                                            0x9b05688c,
                                            0x1f83d9ab,
                                            0x5be0cd19};  // [FIPS 180-4, §5.3.3]

// `blocks` points at count * 64 bytes.
void sha256_compress(Sha256Chain& chain, const std::uint8_t* blocks, std::size_t count);

// One of two messages that are compressed in step, each of `count` blocks.
struct Sha256Lane {
  Sha256Chain* chain;
  const std::uint8_t* blocks;
};
// What the other two fall back on; apart so that a machine with SHA instructions can test it.
void sha256_compress_portably(Sha256Chain& chain, const std::uint8_t* blocks, std::size_t count);
void sha256_compress_two(Sha256Lane a, Sha256Lane b, std::size_t count);

[[nodiscard]] inline Digest digest_of(const Sha256Chain& chain) {
  Digest digest;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const std::uint32_t word = std::byteswap(chain[i]);
    std::memcpy(digest.data() + 4 * i, &word, 4);
  }
  return digest;
}

}  // namespace liptako::seal
