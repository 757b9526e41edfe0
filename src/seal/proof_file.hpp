// Proof files [C2SP tlog-proof]: that an entry is in a log, checkable off line with nothing but the
// entry and the keys of the log and its witnesses. Stored as *.tlog-proof.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "seal/checkpoint.hpp"
#include "seal/note.hpp"

namespace liptako::seal {

struct ProofFile {
  base::Bytes extra;  // outside the proof: nothing vouches for it
  std::uint64_t index = 0;
  Proof proof;
  std::string checkpoint;  // the signed note as it came

  friend bool operator==(const ProofFile&, const ProofFile&) = default;
};

// Requires index and number of hashes within kMaxTreeSize and kMaxProofHashes.
[[nodiscard]] std::string to_string(const ProofFile& file);

// Total. The checkpoint must be a note, but nothing is verified.
[[nodiscard]] base::Result<ProofFile> parse_proof_file(std::string_view text);

// What a proof file shows once it is verified. Whether these signatures are enough is a policy's
// matter.
struct ProvedEntry {
  Checkpoint checkpoint;
  std::vector<KnownSignature> signatures;  // of the checkpoint, by the keys given
};

// Verifies that the leaf is in the log: one of `known` is an Ed25519 key of the origin's name and
// signed the checkpoint, no known key's signature is bad, and the inclusion proof holds.
[[nodiscard]] base::Result<ProvedEntry> check_proof_file(const ProofFile& file,
                                                         const Digest& leaf,
                                                         std::span<const VerifierKey> known);

}  // namespace liptako::seal
