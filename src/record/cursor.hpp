// Reads one stream of a record from any sequence on, a piece of a file at a time. Total on hostile
// bytes: whatever the files hold, it ends, stays within its memory, and says what it could not
// read.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "base/seams.hpp"
#include "record/damage.hpp"
#include "record/entry.hpp"
#include "record/format.hpp"

namespace liptako::record {

// A frame as read. Views hold until the next call to the cursor.
struct Frame {
  std::uint64_t sequence = 0;
  bool damaged = false;  // the body does not match its checksum; it is handed over as it is
  std::uint32_t segment = 0;
  std::uint64_t offset = 0;  // of the frame's header in the segment's file
  base::ByteView body{};
};

struct RecordedEntry {
  std::uint64_t sequence = 0;
  bool damaged = false;
  EntryView entry{};
  InputBody body{};  // the same with salt and cuts
};

class Cursor {
 public:
  // At the first entry whose sequence is not below `from`. A stream that does not exist reads as
  // empty. `storage` must outlive the cursor. Entries that a writer flushes later are seen only by
  // a new cursor. A record of another format version is bad_input.
  [[nodiscard]] static base::Result<Cursor> open(base::Storage& storage,
                                                 Stream stream,
                                                 std::uint64_t from = 0);

  // The next frame, none at the end. The only error is storage that fails to read.
  [[nodiscard]] base::Result<std::optional<Frame>> next_frame();
  // The same of the input stream, decoded; bodies that are no entries are noted in damages() and
  // passed over.
  [[nodiscard]] base::Result<std::optional<RecordedEntry>> next();

  // What was found unreadable so far, oldest first; the list stops at kMaxDamages, the count does
  // not.
  [[nodiscard]] const std::vector<Damage>& damages() const { return damages_; }
  [[nodiscard]] std::uint64_t damage_count() const { return damage_count_; }
  static constexpr std::size_t kMaxDamages = 1'000;

 private:
  friend class Writer;  // opening for append is reading the last segment to its end
  struct Segment {
    std::uint32_t number = 0;
    std::uint64_t size = 0;
    std::optional<SegmentHeader> header;
  };
  Cursor(base::Storage& storage, Stream stream, std::uint64_t from)
      : storage_(&storage), stream_(stream), from_(from) {}

  // At the first frame of the last segment.
  [[nodiscard]] static base::Result<Cursor> open_last(base::Storage& storage, Stream stream);
  // Looks at all segments' headers.
  [[nodiscard]] base::Result<void> survey();
  void note(const Damage& damage);
  // To the start of segments_[index]: says if a number is missing before it or its header is
  // unreadable.
  void enter(std::size_t index);
  // What is at hand of the current segment from `offset` on: at least `size` bytes, fewer only at
  // its end.
  [[nodiscard]] base::Result<base::ByteView> bytes_at(std::uint64_t offset, std::size_t size);
  // Offset of the first sound frame at or after `offset`, the segment's size if there is none.
  [[nodiscard]] base::Result<std::uint64_t> find_frame(std::uint64_t offset);

  base::Storage* storage_;
  Stream stream_;
  std::uint64_t from_;
  std::vector<Segment> segments_;
  std::uint64_t salt_ = 0;  // of the first readable header: stands in for unreadable ones
  bool salt_known_ = false;
  std::size_t current_ = 0;     // index into segments_
  std::uint64_t offset_ = 0;    // of the next frame in it
  std::uint64_t expected_ = 0;  // lowest sequence the next frame may have
  bool gap_allowed_ =
      true;  // the next frame may have a higher one: at the start, and behind noted damage
  base::Bytes chunk_;  // bytes of the current segment from chunk_offset_ on
  std::uint64_t chunk_offset_ = 0;
  std::vector<Damage> damages_;
  std::uint64_t damage_count_ = 0;
};

// The salt of a stream's record: from its own segments, else from the other stream's; none if no
// header is readable.
[[nodiscard]] base::Result<std::optional<std::uint64_t>> find_salt(base::Storage& storage);

}  // namespace liptako::record
