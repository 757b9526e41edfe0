#include "assess/timeline.hpp"

#include <algorithm>

#include "base/math.hpp"

namespace liptako::assess {

using base::Length;

namespace {

// A line's covariance holds for its own time; carried on further it would have to grow, and by how
// much only the tracker knows.
constexpr base::Duration kFresh = std::chrono::milliseconds(500);

}  // namespace

geo::Geodetic carried_on(const geo::Geodetic &from,
                         base::Speed speed,
                         base::Angle angle,
                         base::Duration time) {
  const double distance = (speed * time).metres();
  const auto [sine, cosine] = base::sincos(angle.radians());
  const geo::TangentFrame frame({from.latitude, from.longitude, Length()});
  const geo::Geodetic to =
      geo::geodetic_from_ecef(frame.ecef_from_enu({distance * sine, distance * cosine, 0.0}));
  return {to.latitude, to.longitude, from.height};
}

void Timeline::take(const TrackLine &line) {
  late_lines_ += asked_ && line.time <= *asked_ ? 1 : 0;
  auto &ahead = tracks_[line.track].ahead;
  const auto place =
      std::upper_bound(ahead.begin(), ahead.end(), line, [](const auto &a, const auto &b) {
        return a.time < b.time;
      });
  ahead.insert(place, line);
}

std::vector<TrackSample> Timeline::at(base::Timestamp time) {
  asked_ = time;
  std::vector<TrackSample> shown;
  for (auto each = tracks_.begin(); each != tracks_.end();) {
    Track &track = each->second;
    while (!track.ahead.empty() && track.ahead.front().time <= time) {
      const TrackLine &line = track.ahead.front();
      if (!track.current || line.time >= track.current->time) track.current = line;
      // A file that begins amid a silence says no better than the time of its
      // first line.
      const bool by_plot =
          line.state == TrackState::confirmed || line.state == TrackState::tentative;
      if (by_plot || track.updated == base::Timestamp())
        track.updated = std::max(track.updated, line.time);
      track.ahead.pop_front();
    }
    const bool over = track.current && (track.current->state == TrackState::dropped ||
                                        time - track.updated > options_.coast);
    if (over) track.current.reset();
    if (track.current && track.current->state != TrackState::tentative && track.current->position) {
      const TrackLine &line = *track.current;
      TrackSample sample;
      sample.track = line.track;
      sample.position =
          carried_on(*line.position, line.ground_speed, line.track_angle, time - line.time);
      sample.pressure_altitude = line.pressure_altitude;
      sample.updated = track.updated;
      sample.ground_speed = line.ground_speed;
      sample.track_angle = line.track_angle;
      sample.identity = line.identity;
      if (time - line.time <= kFresh) sample.covariance = line.covariance;
      shown.push_back(sample);
    }
    each = over && track.ahead.empty() ? tracks_.erase(each) : std::next(each);
  }
  return shown;
}

}  // namespace liptako::assess
