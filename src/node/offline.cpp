#include "node/offline.hpp"

#include <algorithm>

#include "feeds/feed.hpp"
#include "node/terrain_document.hpp"

namespace liptako::node {
namespace {

constexpr base::Duration kTickEvery = std::chrono::seconds(1);
constexpr base::Duration kMinute = std::chrono::minutes(1);

// Whose receiver the recording `number` of Mode S replies is, which it does not tell: the one ADS-B
// station that is described, or else one by itself.
base::SacSic receiver(const OfflineOptions& options, std::size_t number) {
  const auto is_station = [](const track::SensorDescription& sensor) {
    return sensor.kind == track::SensorKind::ads_b;
  };
  if (std::ranges::count_if(options.sensors, is_station) == 1)
    return std::ranges::find_if(options.sensors, is_station)->sac_sic;
  return {0, static_cast<std::uint8_t>(number + 1)};
}

feeds::Feed feed_of(const feeds::IndexedRecording& recording, base::SacSic receiver) {
  const auto time_base = feeds::TimeBase::recording;
  if (recording.format == feeds::SourceFormat::asterix)
    return feeds::Feed(feeds::AsterixFeed(time_base, recording.guide, recording.editions));
  return feeds::Feed(feeds::ModeSFeed(recording.format, receiver, time_base, recording.guide));
}

}  // namespace

OfflineSummary track_recordings(std::span<const base::ByteView> recordings,
                                const OfflineOptions& options,
                                const OfflineSink& sink,
                                const OfflineMinute& each_minute) {
  OfflineSummary summary;
  feeds::SensorDirectory sensors(true);
  sensors.configure(options.terrain != nullptr ? with_terrain(options.sensors, *options.terrain)
                                               : options.sensors);
  track::TrackerOptions how;
  how.registration = options.registration;
  track::Tracker tracker(how);
  std::uint64_t sensors_used = 0;
  std::vector<std::string> names;
  feeds::RecordingIndex index =
      feeds::index_recordings(recordings, options.date, feeds::Pace::told);
  std::vector<feeds::Feed> recorded;
  for (std::size_t i = 0; i < index.recordings.size(); ++i) {
    feeds::Feed& feed = recorded.emplace_back(feed_of(index.recordings[i], receiver(options, i)));
    for (const feeds::Rejected& damage : index.recordings[i].damage)
      feed.note_rejected(damage.reason, damage.last, damage.count);
  }

  feeds::FeedOutput output;
  std::vector<track::TrackEvent> events;
  std::optional<base::Timestamp> next_tick;
  std::optional<base::Timestamp> next_minute;
  const auto drain = [&] {
    for (const track::TrackEvent& event : events) sink(event, names);
    events.clear();
    if (options.findings) {
      for (const track::Finding& finding : tracker.doubts().findings())
        options.findings(finding, names);
    }
    tracker.clear_findings();
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
    if (!next_minute) next_minute = due.time + kMinute;
    if (due.time >= *next_minute) {
      if (each_minute) each_minute(due.time, tracker, names);
      next_minute = due.time + kMinute;
    }

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
  tracker.finish(events);
  drain();
  if (each_minute && next_tick) each_minute(*next_tick, tracker, names);
  for (const feeds::Feed& feed : recorded) {
    summary.records += feed.counters().records;
    summary.plots += feed.counters().plots;
    summary.rejected.push_back(feed.counters().rejected);
  }
  summary.recordings = std::move(index.recordings);
  summary.tracker = tracker.counters();
  summary.doubts = tracker.doubts().counters();
  summary.sensors.assign(sensors.sensors().begin(), sensors.sensors().end());
  return summary;
}

}  // namespace liptako::node
