#include "seal/sha256.hpp"

#include <algorithm>
#include <cstring>

#include "base/check.hpp"
#include "seal/sha256_blocks.hpp"
#include "seal/sha256_lanes.hpp"

namespace liptako::seal {

namespace {

// What follows a message's whole blocks: its rest, one bit, zeros, and its length in bits
// [FIPS 180-4, §5.1.1].
struct Ending {
  std::array<std::uint8_t, 2 * kSha256Block> bytes{};
  std::size_t blocks = 1;
};

Ending ending_of(base::ByteView rest, std::uint64_t length) {
  Ending ending;
  if (!rest.empty()) std::memcpy(ending.bytes.data(), rest.data(), rest.size());
  ending.bytes[rest.size()] = 0x80;
  ending.blocks = rest.size() < kSha256Block - 8 ? 1 : 2;
  const std::uint64_t bits = std::byteswap(length * 8);
  std::memcpy(ending.bytes.data() + ending.blocks * kSha256Block - 8, &bits, 8);
  return ending;
}

void hash_two(base::ByteView a, base::ByteView b, std::span<Digest, 2> digests) {
  Sha256Chain chain_a = kSha256Initial;
  Sha256Chain chain_b = kSha256Initial;
  const std::size_t whole = a.size() / kSha256Block;
  if (whole > 0) sha256_compress_two({&chain_a, a.data()}, {&chain_b, b.data()}, whole);
  const Ending end_a = ending_of(a.subspan(whole * kSha256Block), a.size());
  const Ending end_b = ending_of(b.subspan(whole * kSha256Block), b.size());
  sha256_compress_two({&chain_a, end_a.bytes.data()}, {&chain_b, end_b.bytes.data()}, end_a.blocks);
  digests[0] = digest_of(chain_a);
  digests[1] = digest_of(chain_b);
}

std::size_t blocks_of(base::ByteView message) { return (message.size() + 8) / kSha256Block + 1; }

// Neighbours of equal length in blocks in step, by twos.
void hash_by_twos(std::span<const base::ByteView> messages, std::span<Digest> digests) {
  std::size_t i = 0;
  while (i < messages.size()) {
    if (i + 1 < messages.size() &&
        messages[i].size() / kSha256Block == messages[i + 1].size() / kSha256Block &&
        blocks_of(messages[i]) == blocks_of(messages[i + 1])) {
      hash_two(messages[i], messages[i + 1], digests.subspan(i).first<2>());
      i += 2;
    } else {
      digests[i] = sha256(messages[i]);
      ++i;
    }
  }
}

// At most sixteen messages, of lengths as they come.
void hash_lanes(std::span<const base::ByteView> messages, std::span<Digest> digests) {
  std::size_t sum = 0;
  std::size_t most = 0;
  for (const base::ByteView message : messages) {
    const std::size_t blocks = blocks_of(message);
    sum += blocks;
    most = std::max(most, blocks);
  }
  if (sum >= kWorthLanes * most) {
    sha256_lanes(messages, digests);
  } else {
    hash_by_twos(messages, digests);
  }
}

// A batch of messages that are sorted by their length in blocks before sixteen go together.
constexpr std::size_t kBatch = 256;

void hash_batch(std::span<const base::ByteView> messages, std::span<Digest> digests) {
  if (std::ranges::is_sorted(messages, {}, blocks_of)) {
    for (std::size_t begin = 0; begin < messages.size(); begin += kSha256Lanes) {
      const std::size_t count = std::min(kSha256Lanes, messages.size() - begin);
      hash_lanes(messages.subspan(begin, count), digests.subspan(begin, count));
    }
    return;
  }
  std::array<std::uint8_t, kBatch> places;
  const auto order = std::span(places).first(messages.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::uint8_t>(i);
  std::ranges::sort(order, {}, [&](std::uint8_t i) { return blocks_of(messages[i]); });
  std::array<base::ByteView, kSha256Lanes> some;
  std::array<Digest, kSha256Lanes> made;
  for (std::size_t begin = 0; begin < order.size(); begin += kSha256Lanes) {
    const auto lanes = order.subspan(begin, std::min(kSha256Lanes, order.size() - begin));
    for (std::size_t i = 0; i < lanes.size(); ++i) some[i] = messages[lanes[i]];
    hash_lanes(std::span(some).first(lanes.size()), std::span(made).first(lanes.size()));
    for (std::size_t i = 0; i < lanes.size(); ++i) digests[lanes[i]] = made[i];
  }
}

}  // namespace

void sha256_many(std::span<const base::ByteView> messages, std::span<Digest> digests) {
  CHECK(digests.size() == messages.size());
  if (!has_sha256_lanes()) return hash_by_twos(messages, digests);
  while (!messages.empty()) {
    const std::size_t count = std::min(kBatch, messages.size());
    hash_batch(messages.first(count), digests.first(count));
    messages = messages.subspan(count);
    digests = digests.subspan(count);
  }
}

Sha256::Sha256() : chain_(kSha256Initial) {}

void Sha256::update(base::ByteView bytes) {
  if (bytes.empty()) return;
  const std::size_t open = length_ % kSha256Block;
  length_ += bytes.size();
  if (open + bytes.size() < kSha256Block) {
    std::memcpy(block_.data() + open, bytes.data(), bytes.size());
    return;
  }
  if (open > 0) {
    std::memcpy(block_.data() + open, bytes.data(), kSha256Block - open);
    sha256_compress(chain_, block_.data(), 1);
    bytes = bytes.subspan(kSha256Block - open);
  }
  const std::size_t whole = bytes.size() / kSha256Block;
  if (whole > 0) sha256_compress(chain_, bytes.data(), whole);
  bytes = bytes.subspan(whole * kSha256Block);
  block_.fill(0);
  if (!bytes.empty()) std::memcpy(block_.data(), bytes.data(), bytes.size());
}

Digest Sha256::finish() {
  const Ending ending = ending_of(base::ByteView(block_).first(length_ % kSha256Block), length_);
  sha256_compress(chain_, ending.bytes.data(), ending.blocks);
  const Digest digest = digest_of(chain_);
  *this = Sha256();
  return digest;
}

Sha256::State Sha256::save() const {
  State state{};
  std::memcpy(state.data(), chain_.data(), 32);
  std::memcpy(state.data() + 32, &length_, 8);
  std::memcpy(state.data() + 40, block_.data(), kSha256Block);
  return state;
}

Sha256 Sha256::restore(const State& state) {
  Sha256 hash;
  std::memcpy(hash.chain_.data(), state.data(), 32);
  std::memcpy(&hash.length_, state.data() + 32, 8);
  std::memcpy(hash.block_.data(), state.data() + 40, kSha256Block);
  return hash;
}

Digest sha256(base::ByteView bytes) {
  Sha256Chain chain = kSha256Initial;
  const std::size_t whole = bytes.size() / kSha256Block;
  if (whole > 0) sha256_compress(chain, bytes.data(), whole);
  const Ending ending = ending_of(bytes.subspan(whole * kSha256Block), bytes.size());
  sha256_compress(chain, ending.bytes.data(), ending.blocks);
  return digest_of(chain);
}

std::string to_hex(const Digest& digest) { return to_hex(base::ByteView(digest)); }

std::string to_hex(base::ByteView bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::optional<Digest> digest_from_hex(std::string_view text) {
  Digest digest{};
  if (text.size() != 2 * digest.size()) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    int value = 0;
    if (c >= '0' && c <= '9') {
      value = c - '0';
    } else if (c >= 'a' && c <= 'f') {
      value = c - 'a' + 10;
    } else if (c >= 'A' && c <= 'F') {
      value = c - 'A' + 10;
    } else {
      return std::nullopt;
    }
    digest[i / 2] = static_cast<std::uint8_t>(digest[i / 2] << 4 | value);
  }
  return digest;
}

}  // namespace liptako::seal
