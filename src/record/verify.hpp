// Whether a record is what its log committed to: every entry against its leaf, every tile against
// the one below it, the root against the signed checkpoint, and the checkpoints kept against each
// other. Entries that are not there must have been deleted by rule, as an entry under the
// checkpoint says (keeping.hpp); no file is believed. Says which entry, tile or note is at fault.
// Reads the whole record; changes nothing. A backup and what is restored are judged by the same.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/seams.hpp"
#include "record/gap.hpp"
#include "record/keeping.hpp"
#include "seal/checkpoint.hpp"
#include "seal/note.hpp"

namespace liptako::record {

// Something that is not what it should be.
struct Fault {
  enum class Part : std::uint8_t { segment, entry, tile, bundle, checkpoint, hold, retired };
  Part part = Part::entry;
  std::string where;                   // "input/00000002.seg at 4711", "tile/0/003", "checkpoint"
  std::optional<std::uint64_t> entry;  // the first concerned, if one is known
  std::string what;                    // in words
};
[[nodiscard]] std::string_view name_of(Fault::Part part);
[[nodiscard]] std::string to_string(const Fault& fault);

struct FoundGap {
  std::uint64_t entry = 0;  // that says so
  Gap gap;
};

// A signature on the newest checkpoint by one of the keys given.
struct FoundSignature {
  std::string key;
  seal::KeyType type = seal::KeyType::ed25519;
  std::uint64_t unix_time_s = 0;  // a cosignature's
};

struct Verification {
  std::uint64_t first = 0;  // entries that are there: [first, end)
  std::uint64_t end = 0;
  std::uint64_t proved = 0;     // entries that are what the checkpoint covers
  std::uint64_t uncovered = 0;  // entries behind the checkpoint: nothing vouches for them yet
  std::uint64_t retired = 0;    // covered entries whose payload was deleted by rule
  std::uint64_t lost = 0;       // those that were lost before they were committed to
  std::optional<seal::Checkpoint> checkpoint;  // the newest
  bool keys_given = false;
  std::vector<FoundSignature> signatures;
  std::uint64_t checkpoints_kept = 0;  // in checkpoints/
  std::vector<std::uint64_t> starts;   // entries of kind start
  std::vector<FoundGap> gaps;
  // What the proved entries say of the record itself: which entries were deleted by rule, say.
  Keeping keeping;
  std::vector<Fault> faults;  // at most kMaxFaults
  std::uint64_t fault_count = 0;
  static constexpr std::size_t kMaxFaults = 1'000;

  [[nodiscard]] bool sound() const { return fault_count == 0; }
};

// `keys`: what is known of log and witnesses; without any, no signature is checked, and who made
// the record is not known. The error is storage that fails.
[[nodiscard]] base::Result<Verification> verify_record(base::Storage& storage,
                                                       std::span<const seal::VerifierKey> keys);

// Verifier keys, one a line; empty lines and lines that begin with '#' are passed over.
[[nodiscard]] base::Result<std::vector<seal::VerifierKey>> parse_verifier_keys(
    std::string_view text);

}  // namespace liptako::record
