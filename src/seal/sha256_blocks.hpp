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

// First 32 bits of the fractions of the cube roots of the first 64 primes [FIPS 180-4, §4.2.2].
alignas(16) inline constexpr std::array<std::uint32_t, 64> kSha256Round{
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

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
