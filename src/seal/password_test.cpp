#include "seal/password.hpp"

#include <gtest/gtest.h>
#include <sodium.h>

#include "base/prng.hpp"

namespace liptako::seal {
namespace {

constexpr PassphraseCost kCheap{1, 8};
constexpr PasswordSalt kSalt{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

TEST(Password, HashesAreReadByTheLibrarysOwnVerifier) {
  for (const PassphraseCost cost : {kCheap, PassphraseCost{2, 1024}, PassphraseCost{}}) {
    const auto hash = hash_password("le mot juste", kSalt, cost);
    ASSERT_TRUE(hash) << hash.error().message;
    EXPECT_EQ(crypto_pwhash_str_verify(hash->c_str(), "le mot juste", 12), 0) << *hash;
    EXPECT_NE(crypto_pwhash_str_verify(hash->c_str(), "le mot faux ", 12), 0);
  }
}

TEST(Password, TheLibrarysOwnHashesAreRead) {
  std::array<char, crypto_pwhash_STRBYTES> text{};
  ASSERT_EQ(crypto_pwhash_str(text.data(), "kilo lima", 9, 1, 8192), 0);
  EXPECT_TRUE(*verify_password(text.data(), "kilo lima"));
  EXPECT_FALSE(*verify_password(text.data(), "kilo limb"));
}

TEST(Password, EqualPasswordsWithOtherSaltsHashDifferently) {
  PasswordSalt other = kSalt;
  other[0] ^= 1;
  EXPECT_NE(*hash_password("x", kSalt, kCheap), *hash_password("x", other, kCheap));
  EXPECT_EQ(*hash_password("x", kSalt, kCheap), *hash_password("x", kSalt, kCheap));
}

TEST(Password, AnyChangedCharacterOfTheHashIsRefused) {
  const std::string good = *hash_password("x", kSalt, kCheap);
  ASSERT_TRUE(*verify_password(good, "x"));
  base::Prng prng(1);
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(33 + prng.below(94));
    if (bad == good) continue;
    EXPECT_FALSE(*verify_password(bad, "x")) << bad;
    EXPECT_FALSE(*verify_password(good.substr(0, at), "x"));
  }
}

TEST(Password, HostileCostsAreRefusedWithoutPayingThem) {
  const std::string rest = "$AQIDBAUGBwgJCgsMDQ4PEA$" + std::string(42, 'A') + "A";
  for (const std::string_view cost : {"m=1048576,t=3,p=1",
                                      "m=4294967295,t=3,p=1",
                                      "m=99999999999999999999,t=3,p=1",
                                      "m=65536,t=4000000000,p=1",
                                      "m=65536,t=0,p=1",
                                      "m=7,t=1,p=1",
                                      "m=08,t=1,p=1",
                                      "m=8,t=1,p=2",
                                      "m=-8,t=1,p=1"}) {
    EXPECT_FALSE(*verify_password("$argon2id$v=19$" + std::string(cost) + rest, "x")) << cost;
  }
  EXPECT_TRUE(verify_password("$argon2id$v=19$m=8,t=1,p=1" + rest, "x"));
  EXPECT_FALSE(hash_password("x", kSalt, {1, PassphraseCost::kMaxMemoryKib + 1}));
  EXPECT_FALSE(hash_password("x", kSalt, {PassphraseCost::kMaxPasses + 1, 8}));
}

TEST(Password, EmptyAndEndlessPasswordsAreRefused) {
  EXPECT_FALSE(hash_password("", kSalt, kCheap));
  EXPECT_FALSE(hash_password(std::string(kMaxPassphraseSize + 1, 'x'), kSalt, kCheap));
  const std::string good = *hash_password("x", kSalt, kCheap);
  EXPECT_FALSE(*verify_password(good, ""));
  EXPECT_FALSE(*verify_password(good, std::string(kMaxPassphraseSize + 1, 'x')));
}

}  // namespace
}  // namespace liptako::seal
