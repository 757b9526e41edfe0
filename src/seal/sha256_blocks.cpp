// With the SHA instructions of the CPU where it has them; else OpenSSL's code for one block, whose
// state lives in the caller's memory. The results are the same bits.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "seal/sha256_blocks.hpp"

#include <cpuid.h>
#include <immintrin.h>
#include <openssl/sha.h>

#include <algorithm>

namespace liptako::seal {

namespace {

[[nodiscard]] bool cpu_has_sha() {
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0) return false;
  return (b >> 29 & 1) != 0;
}
// A property of the machine, read once; no result depends on it.
const bool kHasSha = cpu_has_sha();

// The instructions want the eight words as (A B E F) and (C D G H), A highest.
template <std::size_t Lanes>
[[gnu::target("sha,sse4.1")]] void compress_by_instruction(
    const std::array<Sha256Lane, Lanes>& lanes, std::size_t count) {
  const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
  __m128i abef[Lanes];
  __m128i cdgh[Lanes];
  for (std::size_t lane = 0; lane < Lanes; ++lane) {
    const auto* words = reinterpret_cast<const __m128i*>(lanes[lane].chain->data());
    const __m128i badc = _mm_shuffle_epi32(_mm_loadu_si128(words), 0xb1);
    const __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128(words + 1), 0x1b);
    abef[lane] = _mm_alignr_epi8(badc, efgh, 8);
    cdgh[lane] = _mm_blend_epi16(efgh, badc, 0xf0);
  }
  for (std::size_t block = 0; block < count; ++block) {
    __m128i abef_before[Lanes];
    __m128i cdgh_before[Lanes];
    __m128i schedule[Lanes][4];  // the last sixteen words of the message schedule
    for (std::size_t lane = 0; lane < Lanes; ++lane) {
      abef_before[lane] = abef[lane];
      cdgh_before[lane] = cdgh[lane];
    }
#pragma GCC unroll 16
    for (std::size_t group = 0; group < 16; ++group) {  // four rounds each
      const __m128i constants =
          _mm_load_si128(reinterpret_cast<const __m128i*>(kSha256Round.data() + 4 * group));
#pragma GCC unroll 2
      for (std::size_t lane = 0; lane < Lanes; ++lane) {
        __m128i* w = schedule[lane];
        __m128i& words = w[group % 4];
        if (group < 4) {
          const auto* message = reinterpret_cast<const __m128i*>(lanes[lane].blocks +
                                                                 block * kSha256Block + 16 * group);
          words = _mm_shuffle_epi8(_mm_loadu_si128(message), swap);
        } else {
          const __m128i last = w[(group + 3) % 4];
          const __m128i older = _mm_sha256msg1_epu32(words, w[(group + 1) % 4]);
          const __m128i seven_back = _mm_alignr_epi8(last, w[(group + 2) % 4], 4);
          words = _mm_sha256msg2_epu32(_mm_add_epi32(older, seven_back), last);
        }
        const __m128i input = _mm_add_epi32(words, constants);
        cdgh[lane] = _mm_sha256rnds2_epu32(cdgh[lane], abef[lane], input);
        abef[lane] = _mm_sha256rnds2_epu32(abef[lane], cdgh[lane], _mm_shuffle_epi32(input, 0x0e));
      }
    }
    for (std::size_t lane = 0; lane < Lanes; ++lane) {
      abef[lane] = _mm_add_epi32(abef[lane], abef_before[lane]);
      cdgh[lane] = _mm_add_epi32(cdgh[lane], cdgh_before[lane]);
    }
  }
  for (std::size_t lane = 0; lane < Lanes; ++lane) {
    auto* words = reinterpret_cast<__m128i*>(lanes[lane].chain->data());
    const __m128i feba = _mm_shuffle_epi32(abef[lane], 0x1b);
    const __m128i dchg = _mm_shuffle_epi32(cdgh[lane], 0xb1);
    _mm_storeu_si128(words, _mm_blend_epi16(feba, dchg, 0xf0));
    _mm_storeu_si128(words + 1, _mm_alignr_epi8(dchg, feba, 8));
  }
}

}  // namespace

void sha256_compress_portably(Sha256Chain& chain, const std::uint8_t* blocks, std::size_t count) {
  SHA256_CTX context{};
  std::copy(chain.begin(), chain.end(), context.h);
  for (std::size_t i = 0; i < count; ++i) SHA256_Transform(&context, blocks + i * kSha256Block);
  std::copy(std::begin(context.h), std::end(context.h), chain.begin());
}

void sha256_compress(Sha256Chain& chain, const std::uint8_t* blocks, std::size_t count) {
  if (kHasSha) {
    compress_by_instruction<1>({Sha256Lane{&chain, blocks}}, count);
  } else {
    sha256_compress_portably(chain, blocks, count);
  }
}

void sha256_compress_two(Sha256Lane a, Sha256Lane b, std::size_t count) {
  if (kHasSha) {
    compress_by_instruction<2>({a, b}, count);
  } else {
    sha256_compress_portably(*a.chain, a.blocks, count);
    sha256_compress_portably(*b.chain, b.blocks, count);
  }
}

}  // namespace liptako::seal
