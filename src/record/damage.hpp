// What a reader of a record found unreadable, and where: shown to people, counted, never silently
// passed over.
#pragma once

#include <cstdint>
#include <string>

#include "record/format.hpp"

namespace liptako::record {

// Something unreadable in a record, and where.
struct Damage {
  enum class What : std::uint8_t {
    segment_header,   // both copies unreadable; frames are still read
    segment_missing,  // a number is absent between two others
    frame_header,     // `bytes` skipped to the next sound frame, or to the end of the segment
    body_checksum,    // the body is handed over, flagged
    entry_form,       // a sound frame whose body is not an entry: skipped
    sequence,  // a frame's sequence does not follow the one before; `sequence` is what was found
  };
  What what = What::frame_header;
  std::uint32_t segment = 0;
  std::uint64_t offset = 0;    // in the segment's file
  std::uint64_t sequence = 0;  // of the entry concerned, or the one expected there
  std::uint64_t bytes = 0;     // skipped
};
// "input/00000002.seg at 4711: header checksum of entry 93; skipped 212 bytes to the next entry"
[[nodiscard]] std::string to_string(Stream stream, const Damage& damage);

}  // namespace liptako::record
