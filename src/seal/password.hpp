// Password hashes as text: argon2id [RFC 9106] in the form that libsodium's crypto_pwhash_str and
// others write and read, `$argon2id$v=19$m=65536,t=3,p=1$<salt>$<hash>`. The salt is the caller's
// (io/random.hpp).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace liptako::seal {

// What deriving a key from a passphrase or hashing a password costs. The bounds keep a hostile file
// from asking for all the memory and time there is.
struct PassphraseCost {
  static constexpr std::uint32_t kMaxPasses = 16;
  static constexpr std::uint32_t kMinMemoryKib = 8;
  static constexpr std::uint32_t kMaxMemoryKib = 256u << 10;

  // Passes over memory, 1..kMaxPasses, and memory in kibibytes, kMinMemoryKib..kMaxMemoryKib. The
  // working values are the second choice of [RFC 9106, §4]: for machines with little memory.
  std::uint32_t passes = 3;
  std::uint32_t memory_kib = 64u << 10;

  [[nodiscard]] base::Result<void> validate() const;
  friend bool operator==(const PassphraseCost&, const PassphraseCost&) = default;
};

inline constexpr std::size_t kPasswordSaltSize = 16;
using PasswordSalt = std::array<std::uint8_t, kPasswordSaltSize>;
// Passphrases and passwords: bytes, most often UTF-8; empty or longer is refused.
inline constexpr std::size_t kMaxPassphraseSize = 1024;

// Fails if the password is empty or too long, the cost is out of bounds, or memory is short.
[[nodiscard]] base::Result<std::string> hash_password(std::string_view password,
                                                      const PasswordSalt& salt,
                                                      const PassphraseCost& cost = {});

// Whether the password is the one hashed; false also for a text that is no such hash or asks for
// more than the bounds allow. An error only if memory is short.
[[nodiscard]] base::Result<bool> verify_password(std::string_view hash, std::string_view password);

// Thirty-two bytes derived by argon2id, version 1.3, one lane: what both of the above and sealed
// files rest on. The result is as secret as the passphrase.
[[nodiscard]] base::Result<std::array<std::uint8_t, 32>> derive_key(std::string_view passphrase,
                                                                    const PasswordSalt& salt,
                                                                    const PassphraseCost& cost);

}  // namespace liptako::seal
