#include "record/input_body.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

#include "base/check.hpp"
#include "seal/merkle.hpp"

namespace liptako::record {

namespace {

EntrySalt piece_salt(const EntrySalt& salt, std::size_t piece) {
  std::array<std::uint8_t, 1 + kSaltSize + 4> message{0x02};
  std::ranges::copy(salt, message.begin() + 1);
  const auto number = static_cast<std::uint32_t>(piece);
  std::memcpy(message.data() + 1 + kSaltSize, &number, sizeof number);
  const seal::Digest digest = seal::sha256(message);
  EntrySalt out;
  std::copy_n(digest.begin(), out.size(), out.begin());
  return out;
}

}  // namespace

bool are_cuts(std::span<const std::uint16_t> cuts, std::size_t payload_size) {
  std::size_t before = 0;
  for (const std::uint16_t cut : cuts) {
    if (cut <= before || cut >= payload_size) return false;
    before = cut;
  }
  return cuts.size() <= kMaxCuts;
}

void encode_input_body(const EntryView& entry,
                       std::span<const std::uint16_t> cuts,
                       const EntrySalt& salt,
                       base::Bytes& out) {
  const std::size_t begin = out.size();
  out.resize(begin + input_body_size(entry.payload.size(), cuts.size()));
  std::uint8_t* to = out.data() + begin;
  *to = static_cast<std::uint8_t>(cuts.size());
  std::memcpy(to + 1, salt.data(), kSaltSize);
  if (!cuts.empty()) std::memcpy(to + kInputBodyPrefix, cuts.data(), 2 * cuts.size());
  put_entry(entry, to + kInputBodyPrefix + 2 * cuts.size());
}

base::Result<InputBody> decode_input_body(base::ByteView bytes) {
  base::ByteReader in(bytes);
  InputBody body;
  const std::size_t count = in.get<std::uint8_t>();
  const base::ByteView salt = in.get_raw(kSaltSize);
  body.cuts = in.get_raw(2 * count);
  if (!in.ok() || in.remaining() < kEntryHeaderSize) {
    return base::bad_input(
        fmt::format("a body of {} bytes is too short for an entry with its salt", bytes.size()));
  }
  std::ranges::copy(salt, body.salt.begin());
  body.wire = in.get_raw(in.remaining());
  std::size_t before = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (body.cut(i) <= before || body.cut(i) >= body.wire.size() - kEntryHeaderSize) {
      return base::bad_input(
          fmt::format("cut {} at {} of a payload of {} bytes", i, body.cut(i), body.wire.size()));
    }
    before = body.cut(i);
  }
  return body;
}

base::Result<EntryView> decode_body_entry(base::ByteView bytes) {
  const auto body = decode_input_body(bytes);
  if (!body) return std::unexpected(body.error());
  return decode_entry(body->wire);
}

std::vector<Piece> pieces_of(const InputBody& body) {
  if (body.cuts.empty()) return {{body.salt, body.wire}};
  std::vector<Piece> pieces;
  pieces.push_back({piece_salt(body.salt, 0), body.wire.first(kEntryHeaderSize)});
  const base::ByteView payload = body.wire.subspan(kEntryHeaderSize);
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= body.cut_count(); ++i) {
    const std::size_t end = i < body.cut_count() ? body.cut(i) : payload.size();
    pieces.push_back({piece_salt(body.salt, i + 1), payload.subspan(begin, end - begin)});
    begin = end;
  }
  return pieces;
}

seal::Digest leaf_of(const Piece& piece) {
  static constexpr std::uint8_t kLeaf = 0x00;
  seal::Sha256 hash;
  hash.update({&kLeaf, 1});
  hash.update(piece.salt);
  hash.update(piece.bytes);
  return hash.finish();
}

seal::Digest commitment_of(const InputBody& body) {
  std::vector<seal::Digest> leaves;
  for (const Piece& piece : pieces_of(body)) leaves.push_back(leaf_of(piece));
  return seal::root_of_leaves(leaves);
}

void commit_bodies(std::span<const base::ByteView> bodies, std::span<seal::Digest> digests) {
  CHECK(bodies.size() == digests.size());
  seal::sha256_many(bodies, digests);  // holds for bodies without cuts: their first byte is 0
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    if (bodies[i][0] == 0) continue;
    const auto body = decode_input_body(bodies[i]);
    CHECK(body.has_value());
    digests[i] = commitment_of(*body);
  }
}

}  // namespace liptako::record
