// Retention: whole segments of payloads that are older than the rule allows are deleted from the
// front of the record. What proves them stays: tiles and checkpoints are never touched, so that an
// entry kept elsewhere (a backup, an extract) can still be proved. What was deleted stays said, one
// line each in the file `retired`, written and synced before the deletion.
//
// Nothing is deleted while a legal hold stands (hold.hpp); nor the last segment; nor what the
// newest sound snapshot does not cover, since a node starts from it; nor what no checkpoint covers.
// Where the input is gone, derived segments and snapshots that rest on it go too.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/seams.hpp"
#include "base/time.hpp"
#include "record/format.hpp"
#include "record/hold.hpp"
#include "seal/sha256.hpp"

namespace liptako::record {

struct RetentionRules {
  // Raw data, that is all of the input stream, is kept this long after it came in. Range: 1 to
  // 36,500 days.
  base::Duration keep = 90 * base::kDay;
  // Segments retired in one call: one is read whole, to say what was in it. Range: at least 1.
  std::uint32_t most = 8;
  // A record that keeps no log has no checkpoint; of any other, what no checkpoint covers stays.
  bool without_log = false;

  [[nodiscard]] base::Result<void> validate() const;
};

// A segment that was deleted lawfully: a line of the file `retired`.
struct RetiredSegment {
  Stream stream = Stream::input;
  std::uint32_t segment = 0;
  std::uint64_t first = 0;  // sequence of its first entry
  std::uint64_t end = 0;    // of the first entry of the segment behind it
  std::uint64_t bytes = 0;
  seal::Digest sha256{};   // of the whole file, so that a kept copy can be told
  base::Timestamp from{};  // smallest and largest stamp of its entries; input only
  base::Timestamp to{};
  base::Timestamp at{};  // of the deletion
};
// The line without its newline; it ends with a checksum over the rest.
[[nodiscard]] std::string to_string(const RetiredSegment& retired);
[[nodiscard]] std::optional<RetiredSegment> parse_retired(std::string_view line);
// All that is said to have been deleted, in the order it was; a torn or altered line is no line. A
// crash may have left a segment that is said to be deleted.
[[nodiscard]] base::Result<std::vector<RetiredSegment>> list_retired(base::Storage& storage);
// Whether the payload of this entry was deleted lawfully.
[[nodiscard]] bool is_retired(const std::vector<RetiredSegment>& retired,
                              Stream stream,
                              std::uint64_t sequence);

struct Retirement {
  std::vector<RetiredSegment> retired;  // by this call
  std::uint32_t snapshots = 0;          // removed
  std::vector<Hold> holds;              // those that stand: then nothing was done
  std::string kept;  // why older segments than the rule allows were kept, if some were
};
// One step: says what it will delete, then deletes it. Call again while it retires something. Safe
// at any crash: what was said but not deleted is deleted by the next call. Beside a running node it
// may be called by that node's process alone.
[[nodiscard]] base::Result<Retirement> retire(base::Storage& storage,
                                              const RetentionRules& rules,
                                              base::Timestamp now);

}  // namespace liptako::record
