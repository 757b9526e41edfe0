#include "seal/ed25519.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

#include "base/prng.hpp"

namespace liptako::seal {
namespace {

base::Bytes from_hex(std::string_view text) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  base::Bytes bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(digit(text[i]) << 4 | digit(text[i + 1])));
  }
  return bytes;
}

template <std::size_t N>
std::array<std::uint8_t, N> array_from_hex(std::string_view text) {
  std::array<std::uint8_t, N> array{};
  const base::Bytes bytes = from_hex(text);
  EXPECT_EQ(bytes.size(), N);
  std::copy_n(bytes.begin(), std::min(N, bytes.size()), array.begin());
  return array;
}

SigningKey random_key(base::Prng& prng) {
  std::array<std::uint8_t, SigningKey::kSeedSize> seed{};
  for (auto& byte : seed) byte = static_cast<std::uint8_t>(prng.below(256));
  return SigningKey::from_seed(seed);
}

struct Vector {
  std::string_view seed;
  std::string_view key;
  std::string_view message;
  std::string_view signature;
};

TEST(Ed25519, PublishedVectors) {  // [RFC 8032, §7.1] tests 1, 2, 3 and SHA(abc)
  constexpr std::array<Vector, 4> kVectors{{
      {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
       "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
       "",
       "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701c"
       "f9b46bd25bf5f0595bbe24655141438e7a100b"},
      {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
       "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
       "72",
       "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0"
       "f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
      {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
       "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
       "af82",
       "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f76098"
       "4dc6594a7c15e9716ed28dc027beceea1ec40a"},
      {"833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
       "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
       "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3"
       "feebbd454d4423643ce80e2a9ac94fa54ca49f",
       "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c664"
       "31e0303dca179c138ac17ad9bef1177331a704"},
  }};
  for (const Vector& vector : kVectors) {
    const auto key = SigningKey::from_seed(array_from_hex<32>(vector.seed));
    EXPECT_EQ(key.public_key().bytes, array_from_hex<32>(vector.key));
    EXPECT_TRUE(key.public_key().is_sound());
    const Signature signature = key.sign(from_hex(vector.message));
    EXPECT_EQ(signature.bytes, array_from_hex<64>(vector.signature));
    EXPECT_TRUE(verify(key.public_key(), from_hex(vector.message), signature));
  }
}

TEST(Ed25519, AnyChangedBitOfMessageKeyOrSignatureIsRefused) {
  base::Prng prng(1);
  for (int round = 0; round < 20; ++round) {
    const SigningKey key = random_key(prng);
    base::Bytes message(1 + prng.below(100));
    for (auto& byte : message) byte = static_cast<std::uint8_t>(prng.below(256));
    const Signature good = key.sign(message);
    for (std::size_t bit = 0; bit < 8 * good.bytes.size(); bit += 1 + prng.below(9)) {
      Signature bad = good;
      bad.bytes[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
      EXPECT_FALSE(verify(key.public_key(), message, bad)) << bit;
    }
    PublicKey other = key.public_key();
    other.bytes[prng.below(32)] ^= static_cast<std::uint8_t>(1u << prng.below(8));
    EXPECT_FALSE(verify(other, message, good));
    message[prng.below(message.size())] ^= static_cast<std::uint8_t>(1u << prng.below(8));
    EXPECT_FALSE(verify(key.public_key(), message, good));
  }
}

TEST(Ed25519, ASignatureHasOneForm) {
  // S + L, L the order of the group, satisfies the equation as S does; only S < L is accepted
  // [RFC 8032, §5.1.7].
  const base::Bytes order =
      from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  base::Prng prng(2);
  const SigningKey key = random_key(prng);
  Signature signature = key.sign(order);
  ASSERT_TRUE(verify(key.public_key(), order, signature));
  unsigned carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    carry += signature.bytes[32 + i] + unsigned{order[i]};
    signature.bytes[32 + i] = static_cast<std::uint8_t>(carry);
    carry >>= 8;
  }
  ASSERT_EQ(carry, 0u);
  EXPECT_FALSE(verify(key.public_key(), order, signature));
}

TEST(Ed25519, KeysThatSignEverythingAreRefused) {
  // The neutral element as key and R, S = 0: the equation holds for every message.
  PublicKey neutral;
  neutral.bytes[0] = 1;
  Signature signature;
  signature.bytes[0] = 1;
  EXPECT_FALSE(neutral.is_sound());
  EXPECT_FALSE(verify(neutral, from_hex("00"), signature));
  // A point of order 4, and bytes that are no point of the curve.
  EXPECT_FALSE(PublicKey{}.is_sound());
  PublicKey off_curve;
  off_curve.bytes[0] = 2;
  EXPECT_FALSE(off_curve.is_sound());
}

TEST(Ed25519, ComparesSecretsByValue) {
  EXPECT_TRUE(secrets_equal(from_hex("0102"), from_hex("0102")));
  EXPECT_FALSE(secrets_equal(from_hex("0102"), from_hex("0103")));
  EXPECT_FALSE(secrets_equal(from_hex("0102"), from_hex("01")));
  EXPECT_TRUE(secrets_equal({}, {}));
}

TEST(Ed25519, WipingLeavesZeros) {
  base::Bytes secret = from_hex("0102030405");
  wipe(secret);
  EXPECT_EQ(secret, base::Bytes(5, 0));
}

}  // namespace
}  // namespace liptako::seal
