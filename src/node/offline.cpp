#include "node/offline.hpp"

#include <algorithm>
#include <optional>

#include "codec/asterix/record.hpp"
#include "feeds/block_time.hpp"
#include "feeds/time_of_day.hpp"

namespace liptako::node {
namespace {

namespace asterix = codec::asterix;

constexpr base::Duration kTickEvery = std::chrono::seconds(1);

// Where a block lies and when it is due.
struct Due {
  base::Timestamp time;
  std::size_t recording = 0;
  base::ByteView block;
};

// Every block of a recording; damage between blocks goes to its feed's counters. A block that tells no time is due with
// the one before it.
void index_blocks(base::ByteView bytes,
                  std::size_t recording,
                  base::Timestamp guide,
                  feeds::AsterixFeed& feed,
                  std::vector<Due>& out) {
  asterix::BlockWalker walker(bytes);
  base::Timestamp time = guide;
  while (const auto found = walker.next()) {
    if (!found->has_value()) {
      feed.note_rejected(asterix::to_string(found->error().fault),
                         asterix::to_string(found->error()));
      continue;
    }
    const base::ByteView content = (*found)->content;
    const base::ByteView block{content.data() - asterix::kBlockHeader,
                               content.size() + asterix::kBlockHeader};
    if (const auto time_of_day = feeds::first_time_of_day(block))
      time = feeds::unwrap(*time_of_day, time);
    out.push_back({time, recording, block});
  }
}

}  // namespace

OfflineSummary track_recordings(std::span<const base::ByteView> recordings,
                                const OfflineOptions& options,
                                const OfflineSink& sink) {
  OfflineSummary summary;
  feeds::SensorDirectory sensors(true);
  sensors.configure(options.sensors);
  track::Tracker tracker;
  std::uint64_t sensors_used = 0;
  std::vector<std::string> names;
  // Noon as first guide: any time of day of that date is nearer to it than half a day.
  const base::Timestamp noon = options.date + base::kDay / 2;
  std::vector<feeds::AsterixFeed> recorded(recordings.size(),
                                           feeds::AsterixFeed(feeds::TimeBase::recording, noon));
  std::vector<Due> blocks;
  for (std::size_t i = 0; i < recordings.size(); ++i)
    index_blocks(recordings[i], i, noon, recorded[i], blocks);
  // Recordings repeat and overlap themselves; time decides, then the order given.
  std::stable_sort(
      blocks.begin(), blocks.end(), [](const Due& a, const Due& b) { return a.time < b.time; });

  feeds::FeedOutput output;
  std::vector<track::TrackEvent> events;
  std::optional<base::Timestamp> next_tick;
  const auto drain = [&] {
    for (const track::TrackEvent& event : events) sink(event, names);
    events.clear();
  };
  for (const Due& due : blocks) {
    if (!next_tick) next_tick = due.time + kTickEvery;
    // After a long pause one tick says as much as many: what was to be dropped is dropped.
    if (due.time - *next_tick > std::chrono::minutes(5)) {
      tracker.advance(*next_tick + std::chrono::minutes(1), events);
      next_tick = due.time;
    }
    for (; *next_tick <= due.time; *next_tick += kTickEvery) tracker.advance(*next_tick, events);
    drain();

    ++summary.blocks;
    output.clear();
    recorded[due.recording].take(due.block, due.time, sensors, output);
    if (sensors_used != sensors.revision()) {
      sensors_used = sensors.revision();
      tracker.set_sensors(sensors.sensors());
      names.clear();
      for (const auto& sensor : sensors.sensors()) names.push_back(sensor.name);
    }
    for (const track::Plot& plot : output.plots) tracker.take(plot, events);
    for (const feeds::SensorLook& look : output.looks)
      tracker.note_sensor_time(look.sensor, look.time);
    drain();
  }
  for (const feeds::AsterixFeed& feed : recorded) {
    summary.records += feed.counters().records;
    summary.plots += feed.counters().plots;
    summary.rejected.push_back(feed.counters().rejected);
  }
  summary.tracker = tracker.counters();
  summary.sensors.assign(sensors.sensors().begin(), sensors.sensors().end());
  return summary;
}

}  // namespace liptako::node
