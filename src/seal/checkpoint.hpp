// The text of a checkpoint [C2SP tlog-checkpoint]: which log, how many leaves, what root. As a
// signed note (note.hpp) it is what a log answers for and a witness cosigns.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "seal/merkle.hpp"

namespace liptako::seal {

// Sizes fit a signed 64-bit number, as other implementations keep them; 63 hashes prove anything in
// a tree of up to 2^62 leaves [C2SP tlog-witness, add-checkpoint].
inline constexpr std::uint64_t kMaxTreeSize = (std::uint64_t{1} << 63) - 1;
inline constexpr std::size_t kMaxProofHashes = 63;

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

// Total. Extension lines are accepted and dropped: they are signed with the rest of the text, but
// say nothing about the tree.
[[nodiscard]] base::Result<Checkpoint> parse_checkpoint(std::string_view text);

// The pieces of this and the other line formats around it (proof_file.hpp, witness.hpp): a decimal
// number without leading zeros, at most kMaxTreeSize; a hash in base64; the text up to the next
// newline, which is taken from `text`, or nothing if there is none.
[[nodiscard]] std::optional<std::uint64_t> parse_tree_size(std::string_view text);
[[nodiscard]] std::optional<Digest> parse_base64_hash(std::string_view text);
[[nodiscard]] std::optional<std::string_view> take_line(std::string_view& text);

}  // namespace liptako::seal
