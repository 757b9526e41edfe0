// A node's own keys: opened, or made at its first start, in a folder only the node may enter. They
// lie plain, since a node must start alone after a power cut; the roster revokes a stolen one.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "node/node.hpp"
#include "seal/key_file.hpp"

namespace liptako::app {

struct NodeKeys {
  seal::PrivateKey node;
  seal::PrivateKey log;  // its name is the origin of the record's checkpoints
  // What the log was signed with before its key was rotated: the last checkpoint may still bear it.
  std::vector<seal::VerifierKey> former_log;
  seal::PrivateKey witness;  // cosigns checkpoints of others
};

// `node.key`, `log.key` and `witness.key`, named "<authority>/node" and so on. A key that bears
// another name is an error: the authority was changed after the first start.
[[nodiscard]] base::Result<NodeKeys> open_or_make_keys(const std::filesystem::path& folder,
                                                       std::string_view authority);

// `link.key`, named "<authority>/tls": of the link between two machines of one node
// (docs/STANDBY.md). Beside it `tls.key` is that of the console's certificate.
[[nodiscard]] base::Result<seal::PrivateKey> open_or_make_link_key(
    const std::filesystem::path& folder, std::string_view authority);

// Hands the roster that the configuration names to a node that opens: recorded if it takes force
// now, passed over if a newer one is in force. A file that is no roster, or that enough did not
// sign, is an error.
[[nodiscard]] base::Result<void> take_configured_roster(node::Node& node, const node::Stamp& now);

// A new key of fresh random bytes.
[[nodiscard]] seal::PrivateKey make_key(seal::KeyRole role, std::string name);

}  // namespace liptako::app
