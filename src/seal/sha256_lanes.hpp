// SHA-256 [FIPS 180-4] of sixteen messages side by side, a message to each 32-bit lane of the CPU's
// 512-bit registers (AVX-512). A tree of a million leaves is hashed in half the time that the SHA
// instructions take. The digests are the same bits as everywhere else; who has fewer messages, or a
// CPU without such registers, goes by sha256_blocks.hpp.
#pragma once

#include <cstddef>
#include <span>

#include "base/bytes.hpp"
#include "seal/sha256.hpp"

namespace liptako::seal {

inline constexpr std::size_t kSha256Lanes = 16;
// Sixteen side by side cost as much as seven and a half with the SHA instructions, two in step.
inline constexpr std::size_t kWorthLanes = 8;

// Whether this CPU, and the system on it, can run the functions below: requires it of all of them.
[[nodiscard]] bool has_sha256_lanes();

// digests[i] = sha256(messages[i]), of at most kSha256Lanes messages. Costs as much as sixteen of
// the longest.
void sha256_lanes(std::span<const base::ByteView> messages, std::span<Digest> digests);
// leaves[i] = H(0x00 || entries[i]) [RFC 6962, §2.1].
void leaf_hash_lanes(std::span<const Digest, kSha256Lanes> entries,
                     std::span<Digest, kSha256Lanes> leaves);
// parents[i] = H(0x01 || children[2 i] || children[2 i + 1]). `parents` may begin where `children`
// begins.
void node_hash_lanes(std::span<const Digest, 2 * kSha256Lanes> children,
                     std::span<Digest, kSha256Lanes> parents);

}  // namespace liptako::seal
