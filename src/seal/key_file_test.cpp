#include "seal/key_file.hpp"

#include <gtest/gtest.h>

#include "base/prng.hpp"

namespace liptako::seal {
namespace {

constexpr PassphraseCost kCheap{1, 8};

PrivateKey key_of(KeyRole role, std::uint8_t number = 7) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(number);
  return {role, "ml.liptako.internal/" + std::string(name_of(role)), SigningKey::from_seed(seed)};
}

SealingSeeds seeds_of(std::uint8_t number) {
  SealingSeeds seeds;
  seeds.salt.fill(number);
  seeds.nonce.fill(number);
  return seeds;
}

void expect_same(const base::Result<PrivateKey>& opened, const PrivateKey& key) {
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->role, key.role);
  EXPECT_EQ(opened->verifier(), key.verifier());
  EXPECT_EQ(opened->key.sign({}), key.key.sign({}));
}

TEST(KeyFile, PlainFilesOfEveryRoleReadBack) {
  for (std::size_t i = 0; i < kKeyRoles; ++i) {
    const PrivateKey key = key_of(static_cast<KeyRole>(i));
    const std::string text = plain_key_file(key);
    expect_same(open_key_file(text), key);
    const auto head = read_key_file_head(text);
    ASSERT_TRUE(head);
    EXPECT_EQ(head->role, key.role);
    EXPECT_EQ(head->key, key.verifier());
    EXPECT_FALSE(head->sealed);
    EXPECT_EQ(key_role_from(name_of(key.role)), key.role);
  }
}

TEST(KeyFile, ASealedFileOpensWithItsPassphraseAndNoOther) {
  const PrivateKey key = key_of(KeyRole::operator_key);
  const auto text = sealed_key_file(key, "sable et vent", seeds_of(1), kCheap);
  ASSERT_TRUE(text) << text.error().message;
  expect_same(open_key_file(*text, "sable et vent"), key);
  EXPECT_FALSE(open_key_file(*text, "sable et vents"));
  EXPECT_FALSE(open_key_file(*text, ""));
  EXPECT_FALSE(open_key_file(*text));
  const auto head = read_key_file_head(*text);
  ASSERT_TRUE(head);
  EXPECT_TRUE(head->sealed);
  EXPECT_EQ(head->key, key.verifier());
  EXPECT_EQ(text->find(plain_key_file(key).substr(plain_key_file(key).find("seed ") + 5)),
            text->npos);
}

TEST(KeyFile, TheWorkingCostSealsAndOpens) {
  const PrivateKey key = key_of(KeyRole::root);
  const auto text = sealed_key_file(key, "x", seeds_of(2));
  ASSERT_TRUE(text);
  EXPECT_NE(text->find("argon2id passes 3 memory_kib 65536 "), text->npos);
  expect_same(open_key_file(*text, "x"), key);
}

TEST(KeyFile, AnyChangedByteIsRefused) {
  base::Prng prng(1);
  const PrivateKey key = key_of(KeyRole::operator_key);
  for (const std::string& good :
       {plain_key_file(key), *sealed_key_file(key, "x", seeds_of(3), kCheap)}) {
    ASSERT_TRUE(open_key_file(good, "x"));
    for (std::size_t at = 0; at < good.size(); ++at) {
      std::string bad = good;
      bad[at] = static_cast<char>(prng.chance(0.2) ? '\n' : 32 + prng.below(95));
      if (bad == good) continue;
      EXPECT_FALSE(open_key_file(bad, "x")) << bad;
      std::string cut = good;
      cut.erase(at, 1);
      EXPECT_FALSE(open_key_file(cut, "x")) << cut;
      EXPECT_FALSE(open_key_file(good.substr(0, at), "x"));
    }
    EXPECT_FALSE(open_key_file(good + "more\n", "x"));
    EXPECT_FALSE(open_key_file(good + good, "x"));
  }
}

TEST(KeyFile, AnotherKeysSeedIsRefused) {
  std::string text = plain_key_file(key_of(KeyRole::node, 1));
  const std::string other = plain_key_file(key_of(KeyRole::node, 2));
  text.replace(text.find("seed "), text.npos, other.substr(other.find("seed ")));
  EXPECT_FALSE(open_key_file(text));
}

TEST(KeyFile, ARoleCannotBeExchangedForAnotherOfTheSameType) {
  // In a sealed file the role is authenticated; operator and node keys have the same type.
  const auto text = sealed_key_file(key_of(KeyRole::operator_key), "x", seeds_of(4), kCheap);
  std::string changed = *text;
  changed.replace(changed.find("role operator"), 13, "role node");
  EXPECT_TRUE(read_key_file_head(changed));
  EXPECT_FALSE(open_key_file(changed, "x"));
}

TEST(KeyFile, HostileCostsAreRefusedBeforeTheyArePaid) {
  const auto good = sealed_key_file(key_of(KeyRole::root), "x", seeds_of(5), kCheap);
  for (const std::string_view cost : {"passes 4000000 memory_kib 8",
                                      "passes 17 memory_kib 8",
                                      "passes 0 memory_kib 8",
                                      "passes 1 memory_kib 262145",
                                      "passes 1 memory_kib 9999999999",
                                      "passes 1 memory_kib 7",
                                      "passes 01 memory_kib 8",
                                      "passes -1 memory_kib 8"}) {
    std::string bad = *good;
    bad.replace(bad.find("passes 1 memory_kib 8"), 21, cost);
    EXPECT_FALSE(open_key_file(bad, "x")) << cost;
  }
  EXPECT_FALSE(read_key_file_head(std::string(kMaxKeyFileSize, 'x') + "\n"));
}

TEST(KeyFile, Pkcs8IsThePublishedForm) {  // [RFC 8410, §10.3]
  constexpr std::array<std::uint8_t, 32> kSeed{0xD4, 0xEE, 0x72, 0xDB, 0xF9, 0x13, 0x58, 0x4A,
                                               0xD5, 0xB6, 0xD8, 0xF1, 0xF7, 0x69, 0xF8, 0xAD,
                                               0x3A, 0xFE, 0x7C, 0x28, 0xCB, 0xF1, 0xD4, 0xFB,
                                               0xE0, 0x97, 0xA8, 0x8F, 0x44, 0x75, 0x58, 0x42};
  EXPECT_EQ(pkcs8_pem(SigningKey::from_seed(kSeed)),
            "-----BEGIN PRIVATE KEY-----\n"
            "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
            "-----END PRIVATE KEY-----\n");
}

}  // namespace
}  // namespace liptako::seal
