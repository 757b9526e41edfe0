#include "seal/password.hpp"

#include <fmt/core.h>
#include <sodium.h>

#include <algorithm>
#include <optional>

#include "base/check.hpp"
#include "seal/base64.hpp"
#include "seal/ed25519.hpp"

namespace liptako::seal {

namespace {

static_assert(kPasswordSaltSize == crypto_pwhash_argon2id_SALTBYTES);
static_assert(PassphraseCost::kMinMemoryKib * 1024 >= crypto_pwhash_argon2id_MEMLIMIT_MIN);

constexpr std::string_view kScheme = "$argon2id$v=19$";

// The form's base64 has no padding.
std::string unpadded(base::ByteView bytes) {
  std::string text = to_base64(bytes);
  while (text.ends_with('=')) text.pop_back();
  return text;
}

template <std::size_t N>
std::optional<std::array<std::uint8_t, N>> from_unpadded(std::string_view text) {
  std::string padded(text);
  while (padded.size() % 4 != 0) padded += '=';
  const auto bytes = bytes_from_base64(padded);
  std::array<std::uint8_t, N> array{};
  if (!bytes || bytes->size() != N || text.ends_with('=')) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), array.begin());
  return array;
}

// A decimal number without leading zeros after `prefix`, both cut off the text.
std::optional<std::uint32_t> take_number(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  std::uint32_t value = 0;
  std::size_t digits = 0;
  while (digits < text.size() && digits < 7 && text[digits] >= '0' && text[digits] <= '9') {
    value = value * 10 + static_cast<std::uint32_t>(text[digits++] - '0');
  }
  if (digits == 0 || text.front() == '0') return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

struct PasswordHash {
  PassphraseCost cost;
  PasswordSalt salt{};
  std::array<std::uint8_t, 32> hash{};
};

std::optional<PasswordHash> parse_hash(std::string_view text) {
  if (!text.starts_with(kScheme)) return std::nullopt;
  text.remove_prefix(kScheme.size());
  PasswordHash parsed;
  const auto memory = take_number(text, "m=");
  if (!memory) return std::nullopt;
  const auto passes = take_number(text, ",t=");
  if (!passes || !text.starts_with(",p=1$")) return std::nullopt;
  text.remove_prefix(5);
  const std::size_t split = text.find('$');
  if (split == text.npos) return std::nullopt;
  const auto salt = from_unpadded<kPasswordSaltSize>(text.substr(0, split));
  const auto hash = from_unpadded<32>(text.substr(split + 1));
  parsed.cost = {*passes, *memory};
  if (!salt || !hash || !parsed.cost.validate()) return std::nullopt;
  parsed.salt = *salt;
  parsed.hash = *hash;
  return parsed;
}

}  // namespace

base::Result<void> PassphraseCost::validate() const {
  if (passes < 1 || passes > kMaxPasses) {
    return base::bad_input(fmt::format("argon2id: {} passes are not in 1..{}", passes, kMaxPasses));
  }
  if (memory_kib < kMinMemoryKib || memory_kib > kMaxMemoryKib) {
    return base::bad_input(fmt::format(
        "argon2id: {} KiB of memory are not in {}..{}", memory_kib, kMinMemoryKib, kMaxMemoryKib));
  }
  return {};
}

base::Result<std::array<std::uint8_t, 32>> derive_key(std::string_view passphrase,
                                                      const PasswordSalt& salt,
                                                      const PassphraseCost& cost) {
  if (const auto valid = cost.validate(); !valid) return std::unexpected(valid.error());
  if (passphrase.empty() || passphrase.size() > kMaxPassphraseSize) {
    return base::bad_input(
        fmt::format("a passphrase or password has 1 to {} bytes", kMaxPassphraseSize));
  }
  // Lets libsodium pick its fastest code for this CPU; results are the same without.
  CHECK(sodium_init() >= 0);
  std::array<std::uint8_t, 32> key{};
  if (crypto_pwhash(key.data(),
                    key.size(),
                    passphrase.data(),
                    passphrase.size(),
                    salt.data(),
                    cost.passes,
                    std::size_t{cost.memory_kib} * 1024,
                    crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return base::world_failed(
        fmt::format("argon2id: no {} KiB of memory to be had", cost.memory_kib));
  }
  return key;
}

base::Result<std::string> hash_password(std::string_view password,
                                        const PasswordSalt& salt,
                                        const PassphraseCost& cost) {
  const auto hash = derive_key(password, salt, cost);
  if (!hash) return std::unexpected(hash.error());
  return fmt::format("{}m={},t={},p=1${}${}",
                     kScheme,
                     cost.memory_kib,
                     cost.passes,
                     unpadded(salt),
                     unpadded(*hash));
}

base::Result<bool> verify_password(std::string_view hash, std::string_view password) {
  const auto parsed = parse_hash(hash);
  if (!parsed || password.empty() || password.size() > kMaxPassphraseSize) return false;
  const auto derived = derive_key(password, parsed->salt, parsed->cost);
  if (!derived) return std::unexpected(derived.error());
  return secrets_equal(*derived, parsed->hash);
}

}  // namespace liptako::seal
