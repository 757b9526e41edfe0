#include "seal/ed25519.hpp"

#include <sodium.h>

#include <algorithm>

namespace liptako::seal {

static_assert(PublicKey::kSize == crypto_sign_PUBLICKEYBYTES);
static_assert(Signature::kSize == crypto_sign_BYTES);
static_assert(SigningKey::kSeedSize == crypto_sign_SEEDBYTES);
static_assert(SigningKey::kSeedSize + PublicKey::kSize == crypto_sign_SECRETKEYBYTES);

bool PublicKey::is_sound() const { return crypto_core_ed25519_is_valid_point(bytes.data()) == 1; }

SigningKey SigningKey::from_seed(std::span<const std::uint8_t, kSeedSize> seed) {
  SigningKey key;
  PublicKey unused;
  crypto_sign_seed_keypair(unused.bytes.data(), key.secret_.data(), seed.data());
  return key;
}

SigningKey::~SigningKey() { wipe(secret_); }

PublicKey SigningKey::public_key() const {
  PublicKey key;
  std::copy(secret_.begin() + kSeedSize, secret_.end(), key.bytes.begin());
  return key;
}

Signature SigningKey::sign(base::ByteView message) const {
  Signature signature;
  crypto_sign_detached(
      signature.bytes.data(), nullptr, message.data(), message.size(), secret_.data());
  return signature;
}

std::span<const std::uint8_t, SigningKey::kSeedSize> SigningKey::seed() const {
  return std::span(secret_).first<kSeedSize>();
}

bool verify(const PublicKey& key, base::ByteView message, const Signature& signature) {
  return crypto_sign_verify_detached(
             signature.bytes.data(), message.data(), message.size(), key.bytes.data()) == 0;
}

void wipe(std::span<std::uint8_t> secret) { sodium_memzero(secret.data(), secret.size()); }

bool secrets_equal(base::ByteView a, base::ByteView b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace liptako::seal
