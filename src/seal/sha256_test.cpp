#include "seal/sha256.hpp"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "base/prng.hpp"
#include "seal/sha256_blocks.hpp"
#include "seal/sha256_lanes.hpp"

namespace liptako::seal {
namespace {

base::ByteView view(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

base::Bytes noise(base::Prng& prng, std::size_t size) {
  base::Bytes bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(prng.below(256));
  return bytes;
}

TEST(Sha256, PublishedExamples) {  // [FIPS 180-4] examples published with it, one and two blocks,
                                   // and the empty message
  EXPECT_EQ(to_hex(sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256(view("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256(view("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256, ManyAtOnceHashLikeOneByOne) {
  base::Prng prng(3);
  for (int round = 0; round < 100; ++round) {
    std::vector<base::Bytes> messages(prng.below(8));
    std::vector<base::ByteView> views;
    const std::size_t usual = prng.below(300);
    for (base::Bytes& message : messages) {
      message = noise(prng, prng.chance(0.6) ? usual : prng.below(300));
      views.emplace_back(message);
    }
    std::vector<Digest> digests(messages.size());
    sha256_many(views, digests);
    for (std::size_t i = 0; i < messages.size(); ++i) {
      Sha256 slow;
      for (const std::uint8_t byte : messages[i]) slow.update({&byte, 1});
      EXPECT_EQ(digests[i], slow.finish());
      EXPECT_EQ(digests[i], sha256(messages[i]));
    }
  }
}

// The slow obvious way: padded as the standard says, and compressed by the portable code.
Digest portably(base::ByteView message) {
  base::Bytes padded(message.begin(), message.end());
  padded.push_back(0x80);
  while (padded.size() % kSha256Block != kSha256Block - 8) padded.push_back(0);
  for (int shift = 56; shift >= 0; shift -= 8)
    padded.push_back(static_cast<std::uint8_t>(8 * message.size() >> shift));
  Sha256Chain chain = kSha256Initial;
  sha256_compress_portably(chain, padded.data(), padded.size() / kSha256Block);
  return digest_of(chain);
}

TEST(Sha256, EveryPathGivesTheDigestsOfThePortableOne) {
  base::Prng prng(5);
  for (int round = 0; round < 400; ++round) {
    // Up to some hundred messages: full lanes, lanes that are not full, and a rest for one or two.
    const std::size_t count = prng.below(round % 20 == 0 ? 600 : 40);
    const std::size_t usual = prng.below(200);
    std::vector<base::Bytes> messages(count);
    std::vector<base::ByteView> views;
    for (base::Bytes& message : messages) {
      message = noise(prng, prng.chance(0.5) ? usual : prng.below(700));
      views.emplace_back(message);
    }
    std::vector<Digest> digests(count);
    sha256_many(views, digests);
    for (std::size_t i = 0; i < count; ++i) {
      const Digest expected = portably(views[i]);
      ASSERT_EQ(digests[i], expected) << views[i].size() << " bytes, " << count << " messages";
      ASSERT_EQ(sha256(views[i]), expected);
    }
  }
}

TEST(Sha256, LanesHashEveryLengthAndReadNothingBehindIt) {
  if (!has_sha256_lanes()) GTEST_SKIP() << "this CPU has no AVX-512";
  base::Prng prng(6);
  const base::Bytes bytes = noise(prng, 400);
  for (std::size_t size = 0; size < 385; ++size) {
    // Each on the heap by itself, so that a sanitizer sees a byte too many; one alone, or sixteen.
    const std::size_t count = size % 3 == 0 ? 1 : 1 + prng.below(kSha256Lanes);
    std::vector<base::Bytes> messages;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t some = i == 0 ? size : prng.below(385);
      messages.emplace_back(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(some));
    }
    const std::vector<base::ByteView> views(messages.begin(), messages.end());
    std::vector<Digest> digests(count);
    sha256_lanes(views, digests);
    for (std::size_t i = 0; i < count; ++i)
      ASSERT_EQ(digests[i], portably(views[i])) << views[i].size() << " bytes, lane " << i;
  }
}

TEST(Sha256, BlocksCompressAlikeWithAndWithoutTheInstructions) {
  base::Prng prng(4);
  Sha256Chain fast = kSha256Initial;
  Sha256Chain slow = kSha256Initial;
  Sha256Chain other = kSha256Initial;
  for (int round = 0; round < 50; ++round) {
    const std::size_t count = prng.below(4);
    const base::Bytes blocks = noise(prng, count * kSha256Block);
    sha256_compress_portably(slow, blocks.data(), count);
    if (prng.chance(0.5)) {
      sha256_compress(fast, blocks.data(), count);
    } else {
      sha256_compress_two({&other, blocks.data()}, {&fast, blocks.data()}, count);
    }
    EXPECT_EQ(fast, slow);
  }
}

TEST(Sha256, PiecesHashLikeTheWhole) {
  base::Prng prng(1);
  for (int round = 0; round < 300; ++round) {
    const base::Bytes whole = noise(prng, prng.below(400));
    Sha256 hash;
    std::size_t at = 0;
    while (at < whole.size()) {
      const std::size_t size = std::min<std::size_t>(prng.below(130), whole.size() - at);
      hash.update(base::ByteView(whole).subspan(at, size));
      at += size;
      if (prng.chance(0.3)) hash = Sha256::restore(hash.save());
    }
    EXPECT_EQ(hash.finish(), sha256(whole)) << whole.size();
  }
}

TEST(Sha256, EqualMessagesHaveEqualStates) {
  base::Prng prng(2);
  const base::Bytes whole = noise(prng, 333);
  Sha256 at_once;
  at_once.update(whole);
  Sha256 by_byte;
  for (std::size_t i = 0; i < whole.size(); ++i)
    by_byte.update(base::ByteView(whole).subspan(i, 1));
  EXPECT_EQ(at_once.save(), by_byte.save());
}

TEST(Sha256, FinishingACopyLeavesTheRunningHash) {
  Sha256 hash;
  hash.update(view("ab"));
  auto copy = hash;
  EXPECT_EQ(copy.finish(), sha256(view("ab")));
  hash.update(view("c"));
  EXPECT_EQ(hash.finish(), sha256(view("abc")));
  EXPECT_EQ(hash.finish(), sha256({}));
}

TEST(Sha256, HexReadsBackAndRefusesOtherText) {
  const Digest digest = sha256(view("abc"));
  EXPECT_EQ(digest_from_hex(to_hex(digest)), digest);
  EXPECT_EQ(digest_from_hex(to_hex(digest).substr(1)), std::nullopt);
  EXPECT_EQ(digest_from_hex(std::string(63, '0') + "g"), std::nullopt);
}

}  // namespace
}  // namespace liptako::seal
