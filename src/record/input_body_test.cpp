#include "record/input_body.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/prng.hpp"
#include "record/entry_salts.hpp"
#include "seal/merkle.hpp"

namespace liptako::record {
namespace {

EntrySalt salt_of(std::uint8_t first) {
  EntrySalt salt{};
  for (std::size_t i = 0; i < salt.size(); ++i) salt[i] = static_cast<std::uint8_t>(first + i);
  return salt;
}

base::Bytes random_bytes(base::Prng& prng, std::size_t size) {
  base::Bytes bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(prng.below(256));
  return bytes;
}

std::vector<std::uint16_t> random_cuts(base::Prng& prng, std::size_t payload) {
  std::vector<std::uint16_t> cuts;
  for (std::size_t at = 1; at < payload && cuts.size() < kMaxCuts; ++at) {
    if (prng.chance(0.1)) cuts.push_back(static_cast<std::uint16_t>(at));
  }
  return cuts;
}

base::Bytes operator+(base::Bytes a, base::ByteView b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TEST(InputBody, ReadsBackWhatWasWritten) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    base::Prng prng(seed);
    const base::Bytes payload = random_bytes(prng, prng.below(300));
    const auto cuts = random_cuts(prng, payload.size());
    const EntryView entry{.kind = EntryKind::datagram, .payload = payload, .clock = 9};
    base::Bytes bytes;
    encode_input_body(entry, cuts, salt_of(7), bytes);
    ASSERT_EQ(bytes.size(), input_body_size(payload.size(), cuts.size()));
    const auto body = decode_input_body(bytes);
    ASSERT_TRUE(body);
    EXPECT_EQ(body->salt, salt_of(7));
    ASSERT_EQ(body->cut_count(), cuts.size());
    for (std::size_t i = 0; i < cuts.size(); ++i) EXPECT_EQ(body->cut(i), cuts[i]);
    const auto read = decode_body_entry(bytes);
    ASSERT_TRUE(read);
    EXPECT_TRUE(std::ranges::equal(read->payload, payload));
  }
}

TEST(InputBody, RefusesCutsThatAreNone) {
  const base::Bytes payload(10);
  EXPECT_TRUE(are_cuts({}, 0));
  for (const std::vector<std::uint16_t>& cuts : {std::vector<std::uint16_t>{0},
                                                 std::vector<std::uint16_t>{10},
                                                 std::vector<std::uint16_t>{3, 3},
                                                 std::vector<std::uint16_t>{4, 3}}) {
    EXPECT_FALSE(are_cuts(cuts, payload.size()));
    base::Bytes bytes;
    encode_input_body({.payload = payload}, cuts, {}, bytes);
    EXPECT_FALSE(decode_input_body(bytes));
  }
  base::Bytes bytes;
  encode_input_body({}, {}, {}, bytes);
  EXPECT_TRUE(decode_input_body(bytes));
  EXPECT_FALSE(decode_input_body(base::ByteView(bytes).first(bytes.size() - 1)));
}

TEST(InputBody, TheCommitmentIsTheTreeOverSaltedPieces) {
  const base::Bytes payload{10, 11, 12, 13, 14};
  const EntryView entry{.kind = EntryKind::datagram, .payload = payload};
  base::Bytes wire;
  encode_entry(entry, wire);
  const EntrySalt salt = salt_of(1);
  const auto hash = [](const base::Bytes& bytes) { return seal::sha256(bytes); };

  base::Bytes whole;
  encode_input_body(entry, {}, salt, whole);
  EXPECT_EQ(commitment_of(decode_input_body(whole).value()), hash(base::Bytes{0x00} + salt + wire));

  const std::vector<std::uint16_t> cuts{3};
  base::Bytes cut;
  encode_input_body(entry, cuts, salt, cut);
  const auto leaf = [&](std::uint8_t i, base::ByteView piece) {
    const seal::Digest long_salt = hash(base::Bytes{0x02} + salt + base::Bytes{i, 0, 0, 0});
    return hash(base::Bytes{0x00} + base::ByteView(long_salt).first(16) + piece);
  };
  const base::ByteView w = wire;
  const seal::Digest left =
      hash(base::Bytes{0x01} + leaf(0, w.first(kEntryHeaderSize)) + leaf(1, w.subspan(20, 3)));
  const seal::Digest expected = hash(base::Bytes{0x01} + left + leaf(2, w.subspan(23)));
  EXPECT_EQ(commitment_of(decode_input_body(cut).value()), expected);

  const std::vector<base::ByteView> bodies{whole, cut, whole};
  std::vector<seal::Digest> digests(3);
  commit_bodies(bodies, digests);
  EXPECT_EQ(digests[0], commitment_of(decode_input_body(whole).value()));
  EXPECT_EQ(digests[1], expected);
  EXPECT_EQ(digests[2], digests[0]);
}

TEST(InputBody, EveryByteOfItIsCommittedTo) {
  const base::Bytes payload{10, 11, 12, 13, 14};
  for (const std::vector<std::uint16_t>& cuts :
       {std::vector<std::uint16_t>{}, std::vector<std::uint16_t>{2, 4}}) {
    base::Bytes bytes;
    encode_input_body({.payload = payload}, cuts, salt_of(1), bytes);
    const seal::Digest sound = commitment_of(decode_input_body(bytes).value());
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      base::Bytes other = bytes;
      other[i] ^= 0x01;
      const auto body = decode_input_body(other);
      EXPECT_TRUE(!body || commitment_of(*body) != sound) << i;
    }
  }
}

TEST(EntrySalts, DoNotRepeatAndFollowFromTheKey) {
  EntrySalts::Key key{};
  key[5] = 1;
  EntrySalts a(key);
  EntrySalts again(key);
  EntrySalts other({});
  std::vector<EntrySalt> all;
  for (int i = 0; i < 1'000; ++i) {
    all.push_back(a.next());
    EXPECT_EQ(again.next(), all.back());
    all.push_back(other.next());
  }
  std::ranges::sort(all);
  EXPECT_EQ(std::ranges::adjacent_find(all), all.end());
}

}  // namespace
}  // namespace liptako::record
