// The body of an input frame: an entry with the salt it is committed with, and where it may be
// taken apart. The commitment is what the tamper-evident log holds of an entry (log.hpp): it says
// nothing about the entry to whoever lacks the salt, and pieces of the entry can be shown, and
// proved, without the others.
//
//   u8 number of cuts | 16 bytes salt | u16 each cut | the entry's wire form (entry.hpp)
//
// The commitment is an RFC 6962 tree hash whose leaves are hashed from salt and piece: leaf i =
// SHA-256(0x00 || salt_i || piece_i). Without cuts there is one piece, the whole wire form, and
// salt_0 is the frame's: SHA-256(0x00 || salt || wire), which is SHA-256 of the body as it stands.
// With cuts the pieces are the wire form's header, then the payload up to the first cut, and so on;
// salt_i is the first 16 bytes of SHA-256(0x02 || salt || u32 i), so that the salt of a piece shown
// does not give away the others'.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "record/entry.hpp"
#include "seal/sha256.hpp"

namespace liptako::record {

inline constexpr std::size_t kSaltSize = 16;
using EntrySalt = std::array<std::uint8_t, kSaltSize>;

// A payload with more places to cut is cut at the first ones; the rest stays one piece.
inline constexpr std::size_t kMaxCuts = 255;
inline constexpr std::size_t kInputBodyPrefix = 1 + kSaltSize;

// A commitment of all zeros: the entry was lost before anything was committed to (power loss spoilt
// it). No entry has it.
inline constexpr seal::Digest kLostCommitment{};

// As read; views into the frame's body.
struct InputBody {
  EntrySalt salt{};
  base::ByteView cuts{};  // u16 each, little-endian: offsets into the payload, ascending
  base::ByteView wire{};  // the entry's wire form

  [[nodiscard]] std::size_t cut_count() const { return cuts.size() / 2; }
  [[nodiscard]] std::size_t cut(std::size_t i) const {
    return cuts[2 * i] | static_cast<std::size_t>(cuts[2 * i + 1]) << 8;
  }
};

// Cuts that an entry of this payload may have: rising, inside the payload, at most kMaxCuts.
[[nodiscard]] bool are_cuts(std::span<const std::uint16_t> cuts, std::size_t payload_size);
[[nodiscard]] constexpr std::size_t input_body_size(std::size_t payload_size, std::size_t cuts) {
  return kInputBodyPrefix + 2 * cuts + kEntryHeaderSize + payload_size;
}
// Appends the body. Requires are_cuts().
void encode_input_body(const EntryView& entry,
                       std::span<const std::uint16_t> cuts,
                       const EntrySalt& salt,
                       base::Bytes& out);
// Total. Fails on a body too short, and on cuts that are none; the entry itself is
// decode_entry()'s.
[[nodiscard]] base::Result<InputBody> decode_input_body(base::ByteView bytes);
// The entry in a body.
[[nodiscard]] base::Result<EntryView> decode_body_entry(base::ByteView bytes);

// One piece as it is committed to.
struct Piece {
  EntrySalt salt{};
  base::ByteView bytes{};
};
[[nodiscard]] std::vector<Piece> pieces_of(const InputBody& body);
[[nodiscard]] seal::Digest leaf_of(const Piece& piece);
[[nodiscard]] seal::Digest commitment_of(const InputBody& body);

// The commitments of bodies that were encoded or decoded here, the usual ones (without cuts)
// several at a time. Requires digests as many as bodies.
void commit_bodies(std::span<const base::ByteView> bodies, std::span<seal::Digest> digests);

}  // namespace liptako::record
