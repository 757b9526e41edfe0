// Retention: whole segments of payloads that are older than the rule allows are deleted from the
// front of the record. What proves them stays: tiles and checkpoints are never touched, so that an
// entry kept elsewhere (a backup, an extract) can still be proved.
//
// In three steps, since a deletion must be a signed fact before it is one (keeping.hpp):
//   1. plan_retirement() says which segments may go, and reads them whole: beside the owner's loop
//   2. the owner writes the note as an entry, and waits until a checkpoint covers it
//   3. carry_out_retirement() deletes what the entries say is deleted: beside the loop again
// A crash between two of them leaves segments that are said to be deleted; step 3 is done again.
//
// Nothing is deleted while a legal hold stands (hold.hpp); nor the last segment; nor what the
// newest sound snapshot does not cover, since a node starts from it; nor what no checkpoint covers;
// nor the only carrier of what must be carried forward. Where the input is gone, derived segments
// and snapshots that rest on it go too.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/seams.hpp"
#include "base/time.hpp"
#include "record/checkpoints_kept.hpp"
#include "record/hold.hpp"
#include "record/keeping.hpp"

namespace liptako::record {

struct RetentionRules {
  // Raw data, that is all of the input stream, is kept this long after it came in. Range: 1 to
  // 36,500 days.
  base::Duration keep = 90 * base::kDay;
  // Segments of each stream in one plan: one is read whole, to say what was in it. Range: 1 to 32.
  std::uint32_t most = 8;
  // A record that keeps no log has no checkpoint; of any other, what no checkpoint covers stays.
  bool without_log = false;

  [[nodiscard]] base::Result<void> validate() const;
  // "keep 90 days"
  [[nodiscard]] std::string words() const;
};

struct RetirementPlan {
  std::vector<RetiredSegment> segments;  // input from the front, then derived
  std::vector<Hold> holds;               // those that stand: then nothing may go
  std::string rule;                      // by which they go, in words
  std::string kept;  // why older segments than the rule allows were kept, if some were

  // Behind the last entry that goes; 0 if none does.
  [[nodiscard]] std::uint64_t end() const;
};
// Changes nothing. `said`: by the record's entries. `carried_at`: from where on the record tells
// its state again, KeepingRead::carried_at; what lies behind it stays.
[[nodiscard]] base::Result<RetirementPlan> plan_retirement(base::Storage& storage,
                                                           const RetentionRules& rules,
                                                           base::Timestamp now,
                                                           const Keeping& said,
                                                           std::uint64_t carried_at);

// Deletes the segments that `said` says are deleted, which must be in entries under a checkpoint in
// place (synced, in a record without a log). Looks at the holds once more before each. Keeps the
// newest notes in the file `retired`, for people and for kept copies; nobody has to believe it.
struct CarriedOut {
  std::uint32_t segments = 0;   // deleted
  std::uint32_t snapshots = 0;  // the same
  std::vector<Hold> holds;      // that stopped it
};
[[nodiscard]] base::Result<CarriedOut> carry_out_retirement(base::Storage& storage,
                                                            const Keeping& said);

// One turn of retention, for a thread beside the owner's loop: deletes what may be, puts back the
// files of holds that stand, plans what is next once nothing that was said is left to do, and thins
// the checkpoints that are kept.
struct RetentionWork {
  RetentionRules rules;
  base::Timestamp now{};
  Keeping said;
  std::uint64_t carried_at = 0;
  std::vector<std::uint64_t> named{};  // sizes of checkpoints that stay
  bool plans = true;                   // false of a machine that does not write the record
  bool may_delete = false;  // the entries that say what is deleted are under a checkpoint
};
struct RetentionFound {
  CarriedOut done;
  std::vector<Hold> files;  // all holds, as they now lie in files
  RetirementPlan plan;
  Thinned checkpoints;
};
[[nodiscard]] base::Result<RetentionFound> work_on_retention(base::Storage& storage,
                                                             const RetentionWork& work);

inline constexpr std::string_view kRetiredIndex = "retired";
// Whether the notes in the file `retired` are those that the record's entries vouch for: each says
// the hash of the one before, and the newest is `said.newest` or the one before it. Lines before
// the first note, which older builds wrote, are not looked at, nor is the end that a crash may have
// cut short. What is wrong, in words; "" if nothing is.
[[nodiscard]] base::Result<std::string> check_retired_index(base::Storage& storage,
                                                            const Keeping& said);

}  // namespace liptako::record
