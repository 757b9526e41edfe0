// Recordings into tracks without a node: several files at once, merged by the time they tell, as
// fast as they can be read. The same feeds and tracker as live, with time taken from the data.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "feeds/asterix_feed.hpp"
#include "feeds/recording.hpp"
#include "track/tracker.hpp"

namespace liptako::node {

struct OfflineOptions {
  std::vector<track::SensorDescription> sensors;
  // The day the recordings begin: ASTERIX tells the time of day only. Absent: the day a capture
  // tells, else 1970-01-01.
  std::optional<base::Timestamp> date;
  bool registration = true;                   // sensors' biases are learnt and taken away
  const geo::TerrainGrid* terrain = nullptr;  // heights of the ground, if they are known
  // Receives what was found doubtful, in order, among the events.
  std::function<void(const track::Finding&, std::span<const std::string> sensor_names)> findings;
};

struct OfflineSummary {
  std::uint64_t blocks = 0;
  std::uint64_t records = 0;
  std::uint64_t plots = 0;
  track::TrackerCounters tracker;
  track::DoubtCounters doubts;
  std::vector<track::SensorDescription> sensors;       // configured and met
  std::vector<std::vector<feeds::Rejected>> rejected;  // of each recording
  std::vector<feeds::IndexedRecording> recordings;
};

// Receives events in order; sensor names index TrackView::sensors.
using OfflineSink =
    std::function<void(const track::TrackEvent&, std::span<const std::string> sensor_names)>;

// Receives the tracker once a minute of the recordings' time, and at their end.
using OfflineMinute = std::function<void(
    base::Timestamp, const track::Tracker&, std::span<const std::string> sensor_names)>;

[[nodiscard]] OfflineSummary track_recordings(std::span<const base::ByteView> recordings,
                                              const OfflineOptions& options,
                                              const OfflineSink& sink,
                                              const OfflineMinute& each_minute = {});

}  // namespace liptako::node
