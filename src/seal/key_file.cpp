#include "seal/key_file.hpp"

#include <fmt/core.h>
#include <sodium.h>

#include <algorithm>
#include <span>
#include <vector>

#include "base/check.hpp"
#include "seal/base64.hpp"

namespace liptako::seal {

namespace {

constexpr std::string_view kPlainFirstLine = "liptako/key/v1";
constexpr std::string_view kSealedFirstLine = "liptako/sealed-key/v1";
constexpr std::array<std::string_view, kKeyRoles> kRoleNames{
    "node", "log", "witness", "tls", "operator", "root"};

constexpr std::size_t kNonceSize = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kSealedSize =
    SigningKey::kSeedSize + crypto_aead_xchacha20poly1305_ietf_ABYTES;
using Seed = std::array<std::uint8_t, SigningKey::kSeedSize>;

static_assert(sizeof(SealingSeeds::nonce) == kNonceSize);
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == 32);

base::ByteView view(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::unexpected<base::Error> malformed(std::size_t line, std::string_view what) {
  return base::bad_input(fmt::format("key file: line {}: {}", line, what));
}

// The lines of the text without their newlines; nothing if the last one has none.
std::optional<std::vector<std::string_view>> lines_of(std::string_view text) {
  if (!text.ends_with('\n')) return std::nullopt;
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

std::optional<std::string_view> after(std::string_view line, std::string_view prefix) {
  if (!line.starts_with(prefix)) return std::nullopt;
  return line.substr(prefix.size());
}

template <std::size_t N>
std::optional<std::array<std::uint8_t, N>> bytes_of(std::string_view base64) {
  auto bytes = bytes_from_base64(base64);
  if (!bytes || bytes->size() != N) return std::nullopt;
  std::array<std::uint8_t, N> array{};
  std::copy(bytes->begin(), bytes->end(), array.begin());
  wipe(*bytes);
  return array;
}

std::string head_text(std::string_view first_line, KeyRole role, const VerifierKey& key) {
  return fmt::format("{}\nrole {}\nkey {}\n", first_line, name_of(role), key.text());
}

struct SealedPart {
  PassphraseCost cost;
  SealingSeeds seeds;
  std::array<std::uint8_t, kSealedSize> box{};
};

// Decimal, without sign or leading zeros, at most seven digits.
std::optional<std::uint32_t> number_of(std::string_view text) {
  if (text.empty() || text.size() > 7 || text.front() == '0') return std::nullopt;
  std::uint32_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return value;
}

base::Result<SealedPart> parse_sealed(const std::vector<std::string_view>& lines) {
  SealedPart part;
  // argon2id passes P memory_kib M salt S
  std::vector<std::string_view> words;
  for (std::string_view rest = lines[3]; words.size() < 8;) {
    const std::size_t space = rest.find(' ');
    words.push_back(rest.substr(0, space));
    if (space == rest.npos) break;
    rest.remove_prefix(space + 1);
  }
  if (words.size() != 7 || words[0] != "argon2id" || words[1] != "passes" ||
      words[3] != "memory_kib" || words[5] != "salt") {
    return malformed(4, "not argon2id passes P memory_kib M salt S");
  }
  const auto passes = number_of(words[2]);
  const auto memory = number_of(words[4]);
  const auto salt = bytes_of<kPasswordSaltSize>(words[6]);
  if (!passes || !memory || !salt) return malformed(4, "not numbers and a salt of 16 bytes");
  part.cost = {*passes, *memory};
  if (const auto valid = part.cost.validate(); !valid) return malformed(4, valid.error().message);
  part.seeds.salt = *salt;
  const auto nonce = after(lines[4], "xchacha20poly1305 nonce ");
  const auto nonce_bytes = nonce ? bytes_of<kNonceSize>(*nonce) : std::nullopt;
  if (!nonce_bytes) return malformed(5, "not a nonce of 24 bytes");
  part.seeds.nonce = *nonce_bytes;
  const auto box = after(lines[5], "sealed ");
  const auto box_bytes = box ? bytes_of<kSealedSize>(*box) : std::nullopt;
  if (!box_bytes) return malformed(6, "not a sealed seed");
  part.box = *box_bytes;
  return part;
}

std::string sealed_head(const PrivateKey& key,
                        const SealingSeeds& seeds,
                        const PassphraseCost& cost) {
  return head_text(kSealedFirstLine, key.role, key.verifier()) +
         fmt::format("argon2id passes {} memory_kib {} salt {}\nxchacha20poly1305 nonce {}\n",
                     cost.passes,
                     cost.memory_kib,
                     to_base64(seeds.salt),
                     to_base64(seeds.nonce));
}

base::Result<PrivateKey> key_from(const KeyFileHead& head, Seed& seed) {
  PrivateKey key{head.role, head.key.name, SigningKey::from_seed(seed)};
  wipe(seed);
  if (key.verifier() != head.key) {
    return base::bad_input("key file: its seed does not make the key it names");
  }
  return key;
}

}  // namespace

std::string_view name_of(KeyRole role) { return kRoleNames[static_cast<std::size_t>(role)]; }

std::optional<KeyRole> key_role_from(std::string_view name) {
  for (std::size_t i = 0; i < kKeyRoles; ++i) {
    if (kRoleNames[i] == name) return static_cast<KeyRole>(i);
  }
  return std::nullopt;
}

KeyType key_type_of(KeyRole role) {
  return role == KeyRole::witness ? KeyType::cosignature : KeyType::ed25519;
}

std::string plain_key_file(const PrivateKey& key) {
  CHECK(is_key_name(key.name));
  return head_text(kPlainFirstLine, key.role, key.verifier()) +
         fmt::format("seed {}\n", to_base64(key.key.seed()));
}

base::Result<std::string> sealed_key_file(const PrivateKey& key,
                                          std::string_view passphrase,
                                          const SealingSeeds& seeds,
                                          const PassphraseCost& cost) {
  CHECK(is_key_name(key.name));
  auto derived = derive_key(passphrase, seeds.salt, cost);
  if (!derived) return std::unexpected(derived.error());
  std::string text = sealed_head(key, seeds, cost);
  std::array<std::uint8_t, kSealedSize> box{};
  crypto_aead_xchacha20poly1305_ietf_encrypt(box.data(),
                                             nullptr,
                                             key.key.seed().data(),
                                             key.key.seed().size(),
                                             view(text).data(),
                                             text.size(),
                                             nullptr,
                                             seeds.nonce.data(),
                                             derived->data());
  wipe(*derived);
  return text + fmt::format("sealed {}\n", to_base64(box));
}

base::Result<KeyFileHead> read_key_file_head(std::string_view text) {
  if (text.size() > kMaxKeyFileSize) return base::bad_input("key file: too large");
  const auto lines = lines_of(text);
  if (!lines || lines->empty()) return base::bad_input("key file: not lines of text");
  KeyFileHead head;
  head.sealed = lines->front() == kSealedFirstLine;
  if (!head.sealed && lines->front() != kPlainFirstLine) return malformed(1, "not a key file");
  if (lines->size() != (head.sealed ? 6u : 4u)) {
    return base::bad_input("key file: lines missing, or too many");
  }
  const auto role_name = after((*lines)[1], "role ");
  const auto role = role_name ? key_role_from(*role_name) : std::nullopt;
  if (!role) return malformed(2, "not a role of keys");
  head.role = *role;
  const auto vkey = after((*lines)[2], "key ");
  if (!vkey) return malformed(3, "not a verifier key");
  auto key = VerifierKey::parse(*vkey);
  if (!key) return malformed(3, key.error().message);
  if (key->type != key_type_of(*role)) return malformed(3, "a key of this type has another role");
  head.key = std::move(*key);
  return head;
}

base::Result<PrivateKey> open_key_file(std::string_view text,
                                       std::optional<std::string_view> passphrase) {
  const auto head = read_key_file_head(text);
  if (!head) return std::unexpected(head.error());
  const auto lines = lines_of(text);
  Seed seed{};
  if (!head->sealed) {
    const auto coded = after((*lines)[3], "seed ");
    auto bytes = coded ? bytes_of<SigningKey::kSeedSize>(*coded) : std::nullopt;
    if (!bytes) return malformed(4, "not a seed of 32 bytes");
    seed = *bytes;
    wipe(*bytes);
    return key_from(*head, seed);
  }
  const auto part = parse_sealed(*lines);
  if (!part) return std::unexpected(part.error());
  if (!passphrase) return base::bad_input("key file: sealed; a passphrase opens it");
  auto derived = derive_key(*passphrase, part->seeds.salt, part->cost);
  if (!derived) return std::unexpected(derived.error());
  const std::string_view sealed_under =
      text.substr(0, static_cast<std::size_t>(lines->back().data() - text.data()));
  const int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(seed.data(),
                                                                nullptr,
                                                                nullptr,
                                                                part->box.data(),
                                                                part->box.size(),
                                                                view(sealed_under).data(),
                                                                sealed_under.size(),
                                                                part->seeds.nonce.data(),
                                                                derived->data());
  wipe(*derived);
  if (opened != 0) {
    return base::bad_input("key file: wrong passphrase, or the file was changed");
  }
  return key_from(*head, seed);
}

std::string pkcs8_pem(const SigningKey& key) {
  // SEQUENCE { version 0, algorithm 1.3.101.112, OCTET STRING { OCTET STRING seed } }
  base::Bytes der{0x30,
                  0x2E,
                  0x02,
                  0x01,
                  0x00,
                  0x30,
                  0x05,
                  0x06,
                  0x03,
                  0x2B,
                  0x65,
                  0x70,
                  0x04,
                  0x22,
                  0x04,
                  0x20};
  der.insert(der.end(), key.seed().begin(), key.seed().end());
  std::string pem =
      fmt::format("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", to_base64(der));
  wipe(der);
  return pem;
}

}  // namespace liptako::seal
