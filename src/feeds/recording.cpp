#include "feeds/recording.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "codec/asterix/record.hpp"
#include "feeds/block_time.hpp"
#include "feeds/time_of_day.hpp"

namespace liptako::feeds {

namespace asterix = codec::asterix;

std::vector<DueBlock> index_recordings(std::span<const base::ByteView> recordings,
                                       base::Timestamp date,
                                       std::span<AsterixFeed> counters) {
  CHECK(counters.size() == recordings.size());
  std::vector<DueBlock> blocks;
  for (std::size_t i = 0; i < recordings.size(); ++i) {
    asterix::BlockWalker walker(recordings[i]);
    // Noon as first guide: any time of day of that date is nearer to it than half a day.
    base::Timestamp time = date + base::kDay / 2;
    while (const auto found = walker.next()) {
      if (!found->has_value()) {
        counters[i].note_rejected(asterix::to_string(found->error().fault),
                                  asterix::to_string(found->error()));
        continue;
      }
      const base::ByteView content = (*found)->content;
      const base::ByteView block{content.data() - asterix::kBlockHeader,
                                 content.size() + asterix::kBlockHeader};
      if (const auto time_of_day = first_time_of_day(block)) time = unwrap(*time_of_day, time);
      blocks.push_back({time, i, block});
    }
  }
  std::stable_sort(blocks.begin(), blocks.end(), [](const DueBlock& a, const DueBlock& b) {
    return a.time < b.time;
  });
  return blocks;
}

}  // namespace liptako::feeds
