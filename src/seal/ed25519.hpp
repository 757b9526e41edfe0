// Ed25519 signatures [RFC 8032] by libsodium: the one signature of notes, frames and acts.
//
// Verification is strict: a signature whose S is not reduced, and keys or R that are not canonical
// or lie in the small subgroup, are refused, so that a signature has one form and no key signs
// everything. Signing is deterministic; a key is made from a seed that the caller drew
// (io/random.hpp), since nothing here draws randomness. Whoever signs says in the signed bytes what
// they are for; bytes that a stranger chose are never signed bare.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.hpp"

namespace liptako::seal {

struct PublicKey {
  static constexpr std::size_t kSize = 32;
  std::array<std::uint8_t, kSize> bytes{};
  // Whether this is a canonical point of the main subgroup, as every honest key is. A verifier's
  // list takes no other.
  [[nodiscard]] bool is_sound() const;
  friend constexpr auto operator<=>(const PublicKey&, const PublicKey&) = default;
};

struct Signature {
  static constexpr std::size_t kSize = 64;
  std::array<std::uint8_t, kSize> bytes{};
  friend constexpr auto operator<=>(const Signature&, const Signature&) = default;
};

// A private key. Copies are as secret as the key; each wipes its memory when it goes.
class SigningKey {
 public:
  static constexpr std::size_t kSeedSize = 32;

  [[nodiscard]] static SigningKey from_seed(std::span<const std::uint8_t, kSeedSize> seed);
  SigningKey(const SigningKey&) = default;
  SigningKey& operator=(const SigningKey&) = default;
  ~SigningKey();

  [[nodiscard]] PublicKey public_key() const;
  [[nodiscard]] Signature sign(base::ByteView message) const;
  // What the key was made from and what a key file holds; secret.
  [[nodiscard]] std::span<const std::uint8_t, kSeedSize> seed() const;

 private:
  SigningKey() = default;
  std::array<std::uint8_t, kSeedSize + PublicKey::kSize> secret_{};  // seed, then public key
};

[[nodiscard]] bool verify(const PublicKey& key, base::ByteView message, const Signature& signature);

// Overwrites memory that held a secret; never optimised away.
void wipe(std::span<std::uint8_t> secret);
// Equal in a time that does not depend on where they differ. Lengths are not secret.
[[nodiscard]] bool secrets_equal(base::ByteView a, base::ByteView b);

}  // namespace liptako::seal
