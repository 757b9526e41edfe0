// What a feed's times are measured against.
#pragma once

#include <cstdint>

namespace liptako::feeds {

enum class TimeBase : std::uint8_t {
  utc,        // time of day tells UTC, near the reception time
  rebase,     // a recording: shifted so that its first record is of now; where it jumps, it goes on
              // from there
  recording,  // off line: no reception time; the source's own last time guides
  rebase_at_speed,  // a recording played faster or slower than it was made: may leave the clock
};

}  // namespace liptako::feeds
