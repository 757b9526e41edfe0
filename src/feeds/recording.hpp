// The blocks of recordings in the order in which they are due: by the time they tell, then as they
// came. For tracking and playing several recordings as one, with whatever repeats and overlaps they
// hold.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "feeds/asterix_feed.hpp"

namespace liptako::feeds {

struct DueBlock {
  base::Timestamp time;
  std::size_t recording = 0;
  base::ByteView block;  // with its header; points into the recording
};

// `date` is the day the recordings begin: ASTERIX tells the time of day only. A block that tells no
// time is due with the one before it. Damage between blocks goes to counters[i] of its recording;
// requires counters.size() == recordings.size(). Memory: 40 bytes a block.
[[nodiscard]] std::vector<DueBlock> index_recordings(std::span<const base::ByteView> recordings,
                                                     base::Timestamp date,
                                                     std::span<AsterixFeed> counters);

}  // namespace liptako::feeds
