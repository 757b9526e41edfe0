// What a record says of itself, in entries of kind document, so that it lies under the checkpoints
// as everything else does and no file beside the log has to be believed:
//
//   liptako/retirement/v1   which entries were deleted by rule, this time and ever; written before
//                           the deletion, which waits for a checkpoint over it
//   liptako/held/v1         a legal hold that was set or lifted, as its file then was
//   liptako/carried/v1      what must not go with the oldest segments: the state of this file, and
//                           whatever its owner adds (node/core.hpp), said again in each new segment
//
// A retirement says all ranges that were ever deleted, and the hash of the retirement before it: so
// the newest, which lies in a segment that is still there, speaks for all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "record/format.hpp"
#include "record/hold.hpp"
#include "seal/sha256.hpp"

namespace liptako::record {

// Entries [begin, end).
struct DeletedRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  friend bool operator==(const DeletedRange&, const DeletedRange&) = default;
};

// A segment that is deleted lawfully.
struct RetiredSegment {
  Stream stream = Stream::input;
  std::uint32_t segment = 0;
  std::uint64_t first = 0;  // sequence of its first entry
  std::uint64_t end = 0;    // of the first entry of the segment behind it
  std::uint64_t bytes = 0;
  seal::Digest sha256{};   // of the whole file, so that a kept copy can be told
  base::Timestamp from{};  // smallest and largest stamp of its entries; input only
  base::Timestamp to{};
};
// "segment input 3 entries 100 to 200 bytes 4096 sha256 … from … until …"
[[nodiscard]] std::string to_string(const RetiredSegment& segment);

struct RetirementNote {
  std::uint64_t number = 1;          // of this record's retirements
  seal::Digest previous{};           // of the text of the one before; zero for the first
  std::string rule;                  // by which, in words: "keep 90 days"
  std::vector<DeletedRange> ranges;  // of the input, ever, ascending, this time's included
  std::vector<RetiredSegment> segments;
};
inline constexpr std::size_t kMaxRetiredSegments = 64;  // in one note
inline constexpr std::size_t kMaxDeletedRanges = 64;
inline constexpr std::size_t kMaxRule = 100;  // bytes
[[nodiscard]] std::string to_string(const RetirementNote& note);
// Total: nothing but what to_string writes is one.
[[nodiscard]] std::optional<RetirementNote> parse_retirement(std::string_view text);

// A named part of a state that is carried forward.
struct CarriedItem {
  std::string name;  // lower-case letters and underscores
  base::Bytes content;
  friend bool operator==(const CarriedItem&, const CarriedItem&) = default;
};
using CarriedState = std::vector<CarriedItem>;
// Payloads of entries that follow one another.
[[nodiscard]] std::vector<base::Bytes> carried_payloads(const CarriedState& state);

// Puts such payloads together again. Total; a set that is not whole gives nothing.
class CarriedReader {
 public:
  // The whole state, if this payload was the last of a set.
  [[nodiscard]] std::optional<CarriedState> take(base::ByteView payload);

 private:
  base::Bytes bytes_;
  std::uint32_t next_part_ = 0;

  template <class Archive>
  friend void visit_fields(Archive& archive, CarriedReader& r) {
    archive(r.bytes_, r.next_part_);
  }
};
[[nodiscard]] bool is_carried(base::ByteView payload);
[[nodiscard]] bool begins_carried(base::ByteView payload);  // its first part

// What the entries so far say.
struct Keeping {
  std::uint64_t retirements = 0;
  std::string newest;                // the text of the newest retirement
  std::vector<DeletedRange> ranges;  // as it says
  std::vector<Hold> holds;           // by ascending id

  // An entry's payload; true if it was a retirement or a hold.
  bool take(base::ByteView payload);
  [[nodiscard]] bool is_deleted(std::uint64_t sequence) const;
  [[nodiscard]] bool is_deleted(const DeletedRange& range) const;
  // Behind the last entry that was deleted by rule.
  [[nodiscard]] std::uint64_t deleted_end() const { return ranges.empty() ? 0 : ranges.back().end; }
  // The note that says these are deleted too; none if there are more ranges than a note holds.
  [[nodiscard]] std::optional<RetirementNote> next_retirement(
      std::string rule, std::vector<RetiredSegment> segments) const;
  [[nodiscard]] CarriedState carried() const;
  void restore(const CarriedState& state);
};

// The payload that says how a hold now is. Requires that it is readable.
[[nodiscard]] base::Bytes held_payload(const Hold& hold);
// Of the holds in files, those that `said` does not know so: a set one, a lifted one. What has no
// readable form is in no entry; it stands by its file alone.
[[nodiscard]] std::vector<Hold> unsaid_holds(const std::vector<Hold>& said,
                                             const std::vector<Hold>& files);
// Those that stand by an entry, and have no file.
[[nodiscard]] std::vector<Hold> missing_holds(const std::vector<Hold>& said,
                                              const std::vector<Hold>& files);
// Those that stand, by an entry or by a file.
[[nodiscard]] std::vector<Hold> standing_holds(const std::vector<Hold>& said,
                                               const std::vector<Hold>& files);

// All that the entries of a record say, which are as its files have them: nothing is proved here.
struct KeepingRead {
  Keeping keeping;
  std::uint64_t first = 0;  // entry that is there
  std::uint64_t carried_at =
      0;  // where the newest whole carried state begins, or behind; 0 if there is none
};
[[nodiscard]] base::Result<KeepingRead> read_keeping(base::Storage& storage);

// For snapshots (base/archive.hpp).
template <class Archive>
void visit_fields(Archive& archive, DeletedRange& r) {
  archive(r.begin, r.end);
}
template <class Archive>
void visit_fields(Archive& archive, HoldAct& a) {
  archive(a.time, a.by, a.reason);
}
template <class Archive>
void visit_fields(Archive& archive, Hold& h) {
  archive(h.id, h.set, h.lifted, h.readable);
}
template <class Archive>
void visit_fields(Archive& archive, Keeping& k) {
  archive(k.retirements, k.newest, k.ranges, k.holds);
}

}  // namespace liptako::record
