#include "app/key_folder.hpp"

#include <fmt/core.h>

#include <sstream>

#include "app/files.hpp"
#include "charter/roster.hpp"
#include "io/private_file.hpp"
#include "io/random.hpp"
#include "io/secret_text.hpp"

namespace liptako::app {

namespace {

base::Result<seal::PrivateKey> open_or_make(const std::filesystem::path& folder,
                                            std::string_view authority,
                                            seal::KeyRole role,
                                            std::string_view file = {}) {
  const std::filesystem::path path =
      folder / fmt::format("{}.key", file.empty() ? seal::name_of(role) : file);
  const std::string name = fmt::format("{}/{}", authority, seal::name_of(role));
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    seal::PrivateKey key = make_key(role, name);
    std::string text = seal::plain_key_file(key);
    const auto written = io::write_new_secret(path, text);
    io::wipe(text);
    if (!written) return std::unexpected(written.error());
    return key;
  }
  auto text = io::read_secret(path, seal::kMaxKeyFileSize);
  if (!text) return std::unexpected(text.error());
  auto key = seal::open_key_file(*text);
  io::wipe(*text);
  if (!key) return base::bad_input(fmt::format("{}: {}", path.string(), key.error().message));
  if (key->role != role || key->name != name) {
    return base::bad_input(fmt::format("{}: is the {} key {}, and the configuration makes it {}",
                                       path.string(),
                                       seal::name_of(key->role),
                                       key->name,
                                       name));
  }
  return key;
}

// All log keys of this node, the one in use among them, in the order they were; one a line.
constexpr std::string_view kLogKeys = "log.keys";
constexpr std::size_t kMaxLogKeysSize = 64 << 10;

base::Result<std::vector<seal::VerifierKey>> former_log_keys(const std::filesystem::path& folder,
                                                             const seal::VerifierKey& in_use) {
  const std::string path = (folder / kLogKeys).string();
  auto text = io::read_private_file(path, kMaxLogKeysSize);
  if (!text) return std::unexpected(text.error());
  std::vector<seal::VerifierKey> former;
  bool known = false;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    auto key = seal::VerifierKey::parse(line);
    if (!key) return base::bad_input(fmt::format("{}: {}", path, key.error().message));
    known = known || *key == in_use;
    if (*key != in_use) former.push_back(std::move(*key));
  }
  if (!known) {
    const auto written = io::write_private_file(path, *text + in_use.text() + "\n");
    if (!written) return std::unexpected(written.error());
  }
  return former;
}

}  // namespace

seal::PrivateKey make_key(seal::KeyRole role, std::string name) {
  auto seed = io::random_bytes<seal::SigningKey::kSeedSize>();
  seal::PrivateKey key{role, std::move(name), seal::SigningKey::from_seed(seed)};
  seal::wipe(seed);
  return key;
}

base::Result<NodeKeys> open_or_make_keys(const std::filesystem::path& folder,
                                         std::string_view authority) {
  if (const auto made = io::make_private_folder(folder); !made) {
    return std::unexpected(made.error());
  }
  auto node = open_or_make(folder, authority, seal::KeyRole::node);
  if (!node) return std::unexpected(node.error());
  auto log = open_or_make(folder, authority, seal::KeyRole::log);
  if (!log) return std::unexpected(log.error());
  auto witness = open_or_make(folder, authority, seal::KeyRole::witness);
  if (!witness) return std::unexpected(witness.error());
  auto former = former_log_keys(folder, log->verifier());
  if (!former) return std::unexpected(former.error());
  return NodeKeys{std::move(*node), std::move(*log), std::move(*former), std::move(*witness)};
}

base::Result<seal::PrivateKey> open_or_make_link_key(const std::filesystem::path& folder,
                                                     std::string_view authority) {
  if (const auto made = io::make_private_folder(folder); !made) {
    return std::unexpected(made.error());
  }
  return open_or_make(folder, authority, seal::KeyRole::tls, "link");
}

base::Result<void> take_configured_roster(node::Node& node, const node::Stamp& now) {
  const node::KeysConfig& keys = node.core().config().keys;
  if (keys.roster.empty()) return {};
  const auto text = read_file(keys.roster, record::kMaxPayload);
  if (!text) return std::unexpected(text.error());
  const auto roster = charter::RosterNote::parse(*text);
  const auto refuse = [&](std::string_view why) {
    return base::bad_input(fmt::format("{}: {}", keys.roster, why));
  };
  if (!roster) return refuse(roster.error().message);
  const auto& in_force = node.core().roster().in_force;
  if (!in_force && !keys.roster_sha256.empty() &&
      seal::to_hex(roster->hash) != keys.roster_sha256) {
    return refuse("not the roster that keys.roster_sha256 names");
  }
  const auto verdict = charter::judge_succession(in_force ? &*in_force : nullptr, *roster);
  if (verdict == charter::RosterVerdict::same || verdict == charter::RosterVerdict::not_newer) {
    return {};
  }
  if (verdict != charter::RosterVerdict::takes_force) return refuse(charter::name_of(verdict));
  const record::EntryView document{
      record::EntryKind::document,
      record::kNoSource,
      now.utc,
      now.monotonic,
      {reinterpret_cast<const std::uint8_t*>(text->data()), text->size()},
      now.clock};
  return node.take({&document, 1});
}

}  // namespace liptako::app
