// The chunks of recordings in the order in which they are due, then as they came. For tracking and
// playing several recordings as one, with whatever repeats and overlaps they hold.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "codec/asterix/record.hpp"
#include "feeds/chunk_reader.hpp"
#include "feeds/source_counters.hpp"

namespace liptako::feeds {

// Which clock says when a chunk is due.
enum class Pace : std::uint8_t {
  // The time that the data tells: the tracker's. A capture's clock only says which day that is.
  told,
  // The recorder's clock, where there is one: the pace at which the bytes came.
  recorded,
};

// A data block with its header, a captured datagram, or some replies of a Mode S receiver.
struct DueBlock {
  base::Timestamp time;
  std::size_t recording = 0;
  base::ByteView block;  // points into the recording or into RecordingIndex::assembled
};

struct IndexedRecording {
  SourceFormat format = SourceFormat::asterix;
  codec::capture::Container container = codec::capture::Container::stream;
  codec::capture::SkipCounts skips;                // packets of a capture that are no datagram
  std::optional<codec::capture::ReadFault> fault;  // where a capture breaks off
  std::vector<Rejected> damage;                    // between the blocks of a plain file
  codec::asterix::Editions editions;               // as its records tell
  base::Timestamp guide;                           // near its first time: within half a day
};

struct RecordingIndex {
  std::vector<DueBlock> blocks;
  std::vector<IndexedRecording> recordings;
  std::deque<base::Bytes> assembled;  // datagrams that came in fragments
};

// `date` is the day the recordings begin, as ASTERIX tells the time of day only; without it, the
// day a capture tells, and 1970-01-01 if none does. A block that tells no time is due with the one
// before it. Memory: 40 bytes a block.
[[nodiscard]] RecordingIndex index_recordings(std::span<const base::ByteView> recordings,
                                              std::optional<base::Timestamp> date,
                                              Pace pace);

}  // namespace liptako::feeds
