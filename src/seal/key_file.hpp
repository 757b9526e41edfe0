// Private keys at rest, as text files. A node's own keys lie plain in a folder that only the node
// may read, since it must start alone after a power cut:
//
//   liptako/key/v1
//   role log
//   key ml.liptako.internal/log+3fe1c2a0+AQ…     the verifier key: what others need
//   seed <base64 of 32 bytes>
//
// Keys of persons, and root keys, are sealed by a passphrase:
//
//   liptako/sealed-key/v1
//   role operator
//   key ml.liptako.internal/operator/oq-1+…
//   argon2id passes 3 memory_kib 65536 salt <base64 of 16 bytes>
//   xchacha20poly1305 nonce <base64 of 24 bytes>
//   sealed <base64 of 48 bytes>
//
// The last line is the seed under a key derived from the passphrase by argon2id [RFC 9106]; all
// lines before it are authenticated with it. What a file may ask for in memory and time is bounded
// before it is paid. A key and its name and role go together: a file whose seed does not make the
// key it names is refused.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "seal/ed25519.hpp"
#include "seal/note.hpp"
#include "seal/password.hpp"

namespace liptako::seal {

// What a key is for; no key serves two of them.
enum class KeyRole : std::uint8_t {
  node,          // signs frames and statements of a node
  log,           // signs checkpoints of the record
  witness,       // cosigns checkpoints of others
  tls,           // the link between nodes
  operator_key,  // a person's acts
  root,          // a member's voice in the roster
};
inline constexpr std::size_t kKeyRoles = 6;

// "operator", as in files.
[[nodiscard]] std::string_view name_of(KeyRole role);
[[nodiscard]] std::optional<KeyRole> key_role_from(std::string_view name);
// Witness keys cosign; all others make plain signatures.
[[nodiscard]] KeyType key_type_of(KeyRole role);

struct PrivateKey {
  KeyRole role = KeyRole::node;
  std::string name;
  SigningKey key;

  [[nodiscard]] VerifierKey verifier() const { return {name, key_type_of(role), key.public_key()}; }
};

// What anyone may read of a key file.
struct KeyFileHead {
  KeyRole role = KeyRole::node;
  VerifierKey key;
  bool sealed = false;
};

// A key file is small; a larger text is refused unread.
inline constexpr std::size_t kMaxKeyFileSize = 4096;

// Drawn by the caller (io/random.hpp), new for each sealing.
struct SealingSeeds {
  PasswordSalt salt{};
  std::array<std::uint8_t, 24> nonce{};
};

// Require is_key_name(key.name). The text of the plain file is secret.
[[nodiscard]] std::string plain_key_file(const PrivateKey& key);
[[nodiscard]] base::Result<std::string> sealed_key_file(const PrivateKey& key,
                                                        std::string_view passphrase,
                                                        const SealingSeeds& seeds,
                                                        const PassphraseCost& cost = {});

// Total, cheap, and says nothing about whether the secret part is good.
[[nodiscard]] base::Result<KeyFileHead> read_key_file_head(std::string_view text);
// The key of a plain file, or of a sealed one with its passphrase.
[[nodiscard]] base::Result<PrivateKey> open_key_file(
    std::string_view text, std::optional<std::string_view> passphrase = std::nullopt);

// The key as PKCS #8 in PEM [RFC 8410, §7], for programs that speak TLS. Secret.
[[nodiscard]] std::string pkcs8_pem(const SigningKey& key);

}  // namespace liptako::seal
