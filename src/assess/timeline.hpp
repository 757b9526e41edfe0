// What was shown when: lines of tracks.jsonl, one an update and roughly in
// order of time, become the tracks that stood on the picture at an instant.
//
// A track is shown from the line that confirms it to the one that drops it;
// between lines it goes on straight with the speed and angle it had, as a
// console draws it. A line counts from its own time, which is the time of the
// measurement: how late the plot came is not seen here.
#pragma once

#include <deque>
#include <map>
#include <vector>

#include "assess/lines.hpp"

namespace liptako::assess {

struct TimelineOptions {
  // How long after its newest plot a track is shown at most. Longer than the
  // tracker itself carries a track without plots: it is meant for files that
  // say nothing of drops.
  base::Duration coast = std::chrono::seconds(60);
};

class Timeline {
 public:
  explicit Timeline(const TimelineOptions &options = {}) : options_(options) {}

  // A line, in any order; of two of one time the later given holds.
  void take(const TrackLine &line);
  // The tracks at `time`, by number. Requires times to ascend: lines before it
  // are forgotten, and one that comes too late for its own time counts from the
  // next instant on.
  [[nodiscard]] std::vector<TrackSample> at(base::Timestamp time);
  [[nodiscard]] std::uint64_t late_lines() const { return late_lines_; }

 private:
  struct Track {
    std::deque<TrackLine> ahead;  // by time
    std::optional<TrackLine> current;
    base::Timestamp updated;
  };

  TimelineOptions options_;
  std::map<std::uint64_t, Track> tracks_;
  std::optional<base::Timestamp> asked_;
  std::uint64_t late_lines_ = 0;
};

// Straight on over the ellipsoid, by speed and angle. For times of minutes.
[[nodiscard]] geo::Geodetic carried_on(const geo::Geodetic &from,
                                       base::Speed speed,
                                       base::Angle angle,
                                       base::Duration time);

}  // namespace liptako::assess
