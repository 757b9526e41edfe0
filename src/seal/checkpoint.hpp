// The text of a checkpoint [tlog-checkpoint]: which log, how many leaves, what root. As a signed note
// (note.hpp) it is what a log answers for and a witness cosigns.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "seal/merkle.hpp"

namespace liptako::seal {

struct Checkpoint {
  std::string origin;  // the log's name, which is also its key's
  std::uint64_t size = 0;
  Digest root = empty_root();

  [[nodiscard]] TreeHead head() const { return {size, root}; }
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

// Three lines: origin, size in decimal, root in base64. Requires a non-empty origin without control
// characters.
[[nodiscard]] std::string checkpoint_text(const Checkpoint& checkpoint);

// Total. Extension lines are accepted and dropped: they are signed with the rest of the text, but say
// nothing about the tree.
[[nodiscard]] base::Result<Checkpoint> parse_checkpoint(std::string_view text);

}  // namespace liptako::seal
