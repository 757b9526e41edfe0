#include "node/offline.hpp"

namespace liptako::node {
namespace {

constexpr base::Duration kTickEvery = std::chrono::seconds(1);

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
  feeds::RecordingIndex index =
      feeds::index_recordings(recordings, options.date, feeds::Pace::told);
  std::vector<feeds::AsterixFeed> recorded;
  for (const feeds::IndexedRecording& recording : index.recordings) {
    auto& feed = recorded.emplace_back(feeds::TimeBase::recording, recording.guide);
    for (const feeds::Rejected& damage : recording.damage)
      feed.note_rejected(damage.reason, damage.last, damage.count);
  }

  feeds::FeedOutput output;
  std::vector<track::TrackEvent> events;
  std::optional<base::Timestamp> next_tick;
  const auto drain = [&] {
    for (const track::TrackEvent& event : events) sink(event, names);
    events.clear();
  };
  for (const feeds::DueBlock& due : index.blocks) {
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
  summary.recordings = std::move(index.recordings);
  summary.tracker = tracker.counters();
  summary.sensors.assign(sensors.sensors().begin(), sensors.sensors().end());
  return summary;
}

}  // namespace liptako::node
