#include "seal/sha256_lanes.hpp"

// The compiler's own header leaves registers undefined on purpose and then warns of it.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/check.hpp"
#include "seal/sha256_blocks.hpp"

// What all functions here are compiled for; the rest of the build stays at its baseline.
#define LIPTAKO_LANES [[gnu::target("avx512f,avx512bw,bmi2")]]
#define LIPTAKO_LANES_INLINE [[gnu::target("avx512f,avx512bw,bmi2"), gnu::always_inline]] inline

namespace liptako::seal {

namespace {

[[nodiscard]] bool system_has_lanes() {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
         __builtin_cpu_supports("bmi2") != 0;
}
// A property of the machine, read once; no result depends on it.
const bool kHasLanes = system_has_lanes();

// Sixteen words, one of each message. The eight words of the chaining value, or sixteen of a block.
template <std::size_t Count>
struct Registers {
  __m512i of[Count];
};
using Chains = Registers<8>;
using Words = Registers<16>;

// Which of three bits each result bit is, for _mm512_ternarylogic_epi32.
constexpr int kXor = 0x96;
constexpr int kChoose = 0xca;    // Ch of [FIPS 180-4, §4.1.2]
constexpr int kMajority = 0xe8;  // Maj of the same

LIPTAKO_LANES_INLINE __m512i add(__m512i a, __m512i b) { return _mm512_add_epi32(a, b); }
LIPTAKO_LANES_INLINE __m512i all(std::uint32_t word) {
  return _mm512_set1_epi32(static_cast<int>(word));
}

// [FIPS 180-4, §6.2.2] for one block of each lane.
LIPTAKO_LANES_INLINE void compress(Chains& chains, const Words& words) {
  auto [a, b, c, d, e, f, g, h] = chains.of;
  auto [w] = words;
#pragma GCC unroll 64
  for (std::size_t t = 0; t < 64; ++t) {
    __m512i& word = w[t % 16];
    if (t >= 16) {
      const __m512i w15 = w[(t + 1) % 16];
      const __m512i w2 = w[(t + 14) % 16];
      const __m512i small0 = _mm512_ternarylogic_epi32(
          _mm512_ror_epi32(w15, 7), _mm512_ror_epi32(w15, 18), _mm512_srli_epi32(w15, 3), kXor);
      const __m512i small1 = _mm512_ternarylogic_epi32(
          _mm512_ror_epi32(w2, 17), _mm512_ror_epi32(w2, 19), _mm512_srli_epi32(w2, 10), kXor);
      word = add(add(word, small0), add(w[(t + 9) % 16], small1));
    }
    const __m512i large1 = _mm512_ternarylogic_epi32(
        _mm512_ror_epi32(e, 6), _mm512_ror_epi32(e, 11), _mm512_ror_epi32(e, 25), kXor);
    const __m512i large0 = _mm512_ternarylogic_epi32(
        _mm512_ror_epi32(a, 2), _mm512_ror_epi32(a, 13), _mm512_ror_epi32(a, 22), kXor);
    const __m512i one = add(add(add(h, all(kSha256Round[t])), word),
                            add(large1, _mm512_ternarylogic_epi32(e, f, g, kChoose)));
    const __m512i two = add(large0, _mm512_ternarylogic_epi32(a, b, c, kMajority));
    h = g;
    g = f;
    f = e;
    e = add(d, one);
    d = c;
    c = b;
    b = a;
    a = add(one, two);
  }
  const Chains after{{a, b, c, d, e, f, g, h}};
  for (std::size_t i = 0; i < 8; ++i) chains.of[i] = add(chains.of[i], after.of[i]);
}

LIPTAKO_LANES_INLINE Chains initial_chains() {
  Chains chains;
  for (std::size_t i = 0; i < 8; ++i) chains.of[i] = all(kSha256Initial[i]);
  return chains;
}

// Bytes of words from and to big-endian.
LIPTAKO_LANES_INLINE __m512i swap_bytes(__m512i words) {
  const __m128i order = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
  return _mm512_shuffle_epi8(words, _mm512_broadcast_i32x4(order));
}

// Four rows of four words each, in each 128-bit quarter by itself, become columns.
LIPTAKO_LANES_INLINE void turn_quarters(__m512i* rows) {
  const __m512i ab_low = _mm512_unpacklo_epi32(rows[0], rows[1]);
  const __m512i ab_high = _mm512_unpackhi_epi32(rows[0], rows[1]);
  const __m512i cd_low = _mm512_unpacklo_epi32(rows[2], rows[3]);
  const __m512i cd_high = _mm512_unpackhi_epi32(rows[2], rows[3]);
  rows[0] = _mm512_unpacklo_epi64(ab_low, cd_low);
  rows[1] = _mm512_unpackhi_epi64(ab_low, cd_low);
  rows[2] = _mm512_unpacklo_epi64(ab_high, cd_high);
  rows[3] = _mm512_unpackhi_epi64(ab_high, cd_high);
}

// Row i, the sixteen words of message i, becomes word i of all messages.
LIPTAKO_LANES_INLINE void turn(Words& rows) {
  for (std::size_t i = 0; i < 16; i += 4) turn_quarters(&rows.of[i]);
  for (std::size_t i = 0; i < 4; ++i) {  // now quarter q of row 4 m + i: word 4 q + i of 4 m..4 m+3
    const __m512i low01 = _mm512_shuffle_i32x4(rows.of[i], rows.of[4 + i], 0x44);
    const __m512i high01 = _mm512_shuffle_i32x4(rows.of[i], rows.of[4 + i], 0xee);
    const __m512i low23 = _mm512_shuffle_i32x4(rows.of[8 + i], rows.of[12 + i], 0x44);
    const __m512i high23 = _mm512_shuffle_i32x4(rows.of[8 + i], rows.of[12 + i], 0xee);
    rows.of[i] = _mm512_shuffle_i32x4(low01, low23, 0x88);
    rows.of[4 + i] = _mm512_shuffle_i32x4(low01, low23, 0xdd);
    rows.of[8 + i] = _mm512_shuffle_i32x4(high01, high23, 0x88);
    rows.of[12 + i] = _mm512_shuffle_i32x4(high01, high23, 0xdd);
  }
}

LIPTAKO_LANES_INLINE __m512i load(const void* from) { return _mm512_loadu_si512(from); }
LIPTAKO_LANES_INLINE void store(Digest& digest, __m256i bytes) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(digest.data()), bytes);
}

// Quarters 0 and 2, or 1 and 3, of two registers by turns.
LIPTAKO_LANES_INLINE __m512i even_quarters(__m512i a, __m512i b) {
  return _mm512_permutex2var_epi64(a, _mm512_set_epi64(13, 12, 5, 4, 9, 8, 1, 0), b);
}
LIPTAKO_LANES_INLINE __m512i odd_quarters(__m512i a, __m512i b) {
  return _mm512_permutex2var_epi64(a, _mm512_set_epi64(15, 14, 7, 6, 11, 10, 3, 2), b);
}

// Word i of sixteen digests, as numbers.
LIPTAKO_LANES_INLINE Chains load_digests(std::span<const Digest, kSha256Lanes> digests) {
  Chains rows;
  for (std::size_t i = 0; i < 8; ++i) {
    const __m256i first = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(digests[i].data()));
    const auto* second = reinterpret_cast<const __m256i*>(digests[8 + i].data());
    rows.of[i] = swap_bytes(
        _mm512_inserti64x4(_mm512_castsi256_si512(first), _mm256_loadu_si256(second), 1));
  }
  turn_quarters(&rows.of[0]);
  turn_quarters(&rows.of[4]);
  Chains words;
  for (std::size_t i = 0; i < 4; ++i) {
    words.of[i] = even_quarters(rows.of[i], rows.of[4 + i]);
    words.of[4 + i] = odd_quarters(rows.of[i], rows.of[4 + i]);
  }
  return words;
}

LIPTAKO_LANES_INLINE void store_digests(Chains words, std::span<Digest, kSha256Lanes> digests) {
  for (__m512i& word : words.of) word = swap_bytes(word);
  turn_quarters(&words.of[0]);
  turn_quarters(&words.of[4]);
  for (std::size_t i = 0; i < 4;
       ++i) {  // quarter q of words.of[i]: the first half of digest 4 q + i
    const __m512i zero_two = even_quarters(words.of[i], words.of[4 + i]);
    const __m512i one_three = odd_quarters(words.of[i], words.of[4 + i]);
    store(digests[i], _mm512_castsi512_si256(zero_two));
    store(digests[4 + i], _mm512_castsi512_si256(one_three));
    store(digests[8 + i], _mm512_extracti64x4_epi64(zero_two, 1));
    store(digests[12 + i], _mm512_extracti64x4_epi64(one_three, 1));
  }
}

// The last byte of one word and the first three of the next.
LIPTAKO_LANES_INLINE __m512i behind_a_byte(__m512i before, __m512i word) {
  return _mm512_or_si512(_mm512_slli_epi32(before, 24), _mm512_srli_epi32(word, 8));
}

}  // namespace

bool has_sha256_lanes() { return kHasLanes; }

LIPTAKO_LANES void sha256_lanes(std::span<const base::ByteView> messages,
                                std::span<Digest> digests) {
  CHECK(messages.size() <= kSha256Lanes && digests.size() == messages.size());
  alignas(64) std::array<std::uint32_t, kSha256Lanes> blocks{};
  alignas(64) std::array<std::uint32_t, kSha256Lanes> bits_low{};
  alignas(64) std::array<std::uint32_t, kSha256Lanes> bits_high{};
  std::uint32_t most = 0;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const std::uint64_t size = messages[i].size();
    blocks[i] = static_cast<std::uint32_t>((size + 8) / kSha256Block + 1);
    bits_low[i] = static_cast<std::uint32_t>(8 * size);
    bits_high[i] = static_cast<std::uint32_t>(size >> 29);
    most = std::max(most, blocks[i]);
  }
  const __m512i lane_blocks = load(blocks.data());
  Chains chains = initial_chains();
  for (std::uint32_t block = 0; block < most; ++block) {
    const std::size_t offset = kSha256Block * block;
    Words words;
    for (std::size_t i = 0; i < kSha256Lanes; ++i) {
      words.of[i] = _mm512_setzero_si512();
      if (i >= messages.size() || offset > messages[i].size()) continue;
      const std::size_t left = messages[i].size() - offset;
      if (left >= kSha256Block) {
        words.of[i] = load(messages[i].data() + offset);
      } else {  // the message's rest, and the bit behind it [FIPS 180-4, §5.1.1]
        const __mmask64 rest = _bzhi_u64(~std::uint64_t{0}, static_cast<unsigned>(left));
        words.of[i] =
            _mm512_mask_mov_epi8(_mm512_maskz_loadu_epi8(rest, messages[i].data() + offset),
                                 std::uint64_t{1} << left,
                                 _mm512_set1_epi8(static_cast<char>(0x80)));
      }
      words.of[i] = swap_bytes(words.of[i]);
    }
    turn(words);
    const __mmask16 last = _mm512_cmpeq_epi32_mask(lane_blocks, all(block + 1));
    words.of[14] = _mm512_mask_mov_epi32(words.of[14], last, load(bits_high.data()));
    words.of[15] = _mm512_mask_mov_epi32(words.of[15], last, load(bits_low.data()));
    const Chains before = chains;
    compress(chains, words);
    const __mmask16 running = _mm512_cmpgt_epu32_mask(lane_blocks, all(block));
    for (std::size_t i = 0; i < 8; ++i)
      chains.of[i] = _mm512_mask_mov_epi32(before.of[i], running, chains.of[i]);
  }
  if (digests.size() == kSha256Lanes) return store_digests(chains, digests.first<kSha256Lanes>());
  std::array<Digest, kSha256Lanes> made;
  store_digests(chains, made);
  std::copy_n(made.begin(), digests.size(), digests.begin());
}

LIPTAKO_LANES void leaf_hash_lanes(std::span<const Digest, kSha256Lanes> entries,
                                   std::span<Digest, kSha256Lanes> leaves) {
  const Chains entry = load_digests(entries);
  Words words;
  words.of[0] = _mm512_srli_epi32(entry.of[0], 8);  // behind the byte 0x00
  for (std::size_t i = 1; i < 8; ++i) words.of[i] = behind_a_byte(entry.of[i - 1], entry.of[i]);
  words.of[8] = behind_a_byte(entry.of[7], all(0x80000000));
  for (std::size_t i = 9; i < 15; ++i) words.of[i] = _mm512_setzero_si512();
  words.of[15] = all(8 * 33);
  Chains chains = initial_chains();
  compress(chains, words);
  store_digests(chains, leaves);
}

LIPTAKO_LANES void node_hash_lanes(std::span<const Digest, 2 * kSha256Lanes> children,
                                   std::span<Digest, kSha256Lanes> parents) {
  Words pairs;
  for (std::size_t i = 0; i < kSha256Lanes; ++i)
    pairs.of[i] = swap_bytes(load(children[2 * i].data()));
  turn(pairs);
  Words words;
  words.of[0] = _mm512_or_si512(all(0x01000000), _mm512_srli_epi32(pairs.of[0], 8));
  for (std::size_t i = 1; i < 16; ++i) words.of[i] = behind_a_byte(pairs.of[i - 1], pairs.of[i]);
  Chains chains = initial_chains();
  compress(chains, words);
  words.of[0] = behind_a_byte(pairs.of[15], all(0x80000000));
  for (std::size_t i = 1; i < 15; ++i) words.of[i] = _mm512_setzero_si512();
  words.of[15] = all(8 * 65);
  compress(chains, words);
  store_digests(chains, parents);
}

}  // namespace liptako::seal
