#include "serve/publication.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/check.hpp"
#include "base/math.hpp"

namespace liptako::serve {
namespace {

constexpr double kMetresPerDegree =
    111'195.0;  // of latitude, mean sphere: enough to compare two near places
constexpr double kMetresPerE7 = kMetresPerDegree * 1e-7;
constexpr double kTurnE7 = 3.6e9;

// Places of fields in the track record (docs/CONSOLE_PROTOCOL.md).
constexpr std::size_t kLatitudeAt = 4;
constexpr std::size_t kLongitudeAt = 8;
constexpr std::size_t kAltitudeAt = 12;
constexpr std::size_t kSpeedAt = 14;
constexpr std::size_t kAngleAt = 16;
constexpr std::size_t kStatusAt = 22;
constexpr std::size_t kKindsAt = 29;
constexpr std::size_t kFlagsAt = 30;

template <class T>
T field(const TrackRecord& record, std::size_t at) {
  T value;
  std::memcpy(&value, record.data() + at, sizeof(T));
  return value;
}

bool same_field(const TrackRecord& a, const TrackRecord& b, std::size_t at, std::size_t size) {
  return std::memcmp(a.data() + at, b.data() + at, size) == 0;
}

// How far, in metres, the place in `record` is from where a client that holds `sent` draws the
// track `seconds` later: straight on with its speed and angle.
double extrapolation_error(const TrackRecord& sent, const TrackRecord& record, double seconds) {
  const double speed_mps = field<std::uint16_t>(sent, kSpeedAt) * 0.1 * base::kMpsPerKnot;
  const double angle = field<std::uint16_t>(sent, kAngleAt) * (2.0 * base::kPi / 65536.0);
  const base::SinCos heading = base::sincos(angle);
  const double latitude_e7 = field<std::int32_t>(record, kLatitudeAt);
  double longitude_step_e7 = static_cast<double>(field<std::int32_t>(record, kLongitudeAt)) -
                             field<std::int32_t>(sent, kLongitudeAt);
  if (longitude_step_e7 > 0.5 * kTurnE7) longitude_step_e7 -= kTurnE7;
  if (longitude_step_e7 < -0.5 * kTurnE7) longitude_step_e7 += kTurnE7;
  const double north_m = (latitude_e7 - field<std::int32_t>(sent, kLatitudeAt)) * kMetresPerE7;
  const double east_m =
      longitude_step_e7 * kMetresPerE7 * base::cos(latitude_e7 * 1e-7 * base::kRadiansPerDegree);
  const double north_error = north_m - speed_mps * seconds * heading.cos;
  const double east_error = east_m - speed_mps * seconds * heading.sin;
  return std::sqrt(north_error * north_error + east_error * east_error);
}

template <std::size_t Size>
void append_record(const std::array<std::uint8_t, Size>& record, base::Bytes& frame) {
  frame.insert(frame.end(), record.begin(), record.end());
}

}  // namespace

const track::TrackView* Publication::find(base::TrackNumber number) const {
  const auto at = std::ranges::lower_bound(tracks, number, {}, &track::TrackView::number);
  return at != tracks.end() && at->number == number ? &*at : nullptr;
}

base::Result<void> Publisher::Options::validate() const {
  if (refresh <= base::Duration::zero()) return base::bad_input("refresh must be positive");
  if (status_period < base::Duration::zero())
    return base::bad_input("status_period must not be negative");
  if (!(extrapolation_bound.metres() > 0.0))
    return base::bad_input("extrapolation_bound must be positive");
  if (trail_points > 10'000) return base::bad_input("trail_points must be at most 10000");
  return {};
}

Publisher::Publisher(const Options& options) : options_(options) {
  CHECK(options_.validate().has_value());
}

bool Publisher::needs_sending(const Known& known,
                              const track::TrackView& track,
                              const TrackRecord& record) const {
  if (track.last_plot_time != known.sent_plot_time) return true;
  const base::Duration since = track.time - known.sent_time;
  if (since >= options_.refresh || since < base::Duration::zero()) return true;
  const bool same = same_field(known.sent, record, kAltitudeAt, 2) &&
                    same_field(known.sent, record, kStatusAt, 1) &&
                    same_field(known.sent, record, kKindsAt, 1) &&
                    same_field(known.sent, record, kFlagsAt, 2);
  return !same || extrapolation_error(known.sent, record, base::to_seconds(since)) >
                      options_.extrapolation_bound.metres();
}

void Publisher::extend_trail(Known& known,
                             const track::TrackView& track,
                             const TrackRecord& record) const {
  const bool is_placed = (field<std::uint16_t>(record, kFlagsAt) & kFlagNotPlaced) == 0;
  if (options_.trail_points == 0 || !is_placed) return;
  if (!known.trail.empty() && track.time - known.trail_time < options_.trail_spacing) return;
  const TrailPoint point{field<std::int32_t>(record, kLatitudeAt),
                         field<std::int32_t>(record, kLongitudeAt)};
  known.trail_time = track.time;
  if (known.trail.size() < options_.trail_points) {
    known.trail.push_back(point);
    return;
  }
  known.trail[known.trail_next] = point;
  known.trail_next = (known.trail_next + 1) % known.trail.size();
}

Publication Publisher::publish(std::span<const track::TrackView> tracks, const NodeStatus& status) {
  std::vector<SensorKind> kinds;
  kinds.reserve(status.sensors.size());
  for (const SensorStatus& sensor : status.sensors) kinds.push_back(sensor.kind);
  Publication out = publish_at(status.time, tracks, kinds, status);
  for (const SensorStatus& sensor : status.sensors) out.sensor_names.push_back(sensor.name);
  return out;
}

Publication Publisher::publish_common(const CommonPicture& picture, const NodeStatus& status) {
  std::vector<track::TrackView> tracks;
  tracks.reserve(picture.tracks.size());
  for (const CommonTrack& track : picture.tracks) tracks.push_back(track.view);
  // The views' kinds are complete: the sensors behind them are not this node's.
  Publication out = publish_at(picture.time, tracks, {}, status);
  for (const CommonCut& cut : picture.cut) out.sensor_names.push_back(cut.member);
  return out;
}

Publication Publisher::publish_at(base::Timestamp time,
                                  std::span<const track::TrackView> tracks,
                                  std::span<const SensorKind> kinds,
                                  const NodeStatus& status) {
  ++revision_;
  time_ = time;
  Publication out;
  out.time = time;
  out.snapshot_id = options_.snapshot_id;
  out.revision = revision_;
  out.tracks.reserve(tracks.size());
  out.records.reserve(tracks.size());
  out.identities.reserve(tracks.size());
  out.record_revisions.reserve(tracks.size());
  out.identity_revisions.reserve(tracks.size());

  for (const track::TrackView& track : tracks) {
    CHECK(track.time == time);
    if (track.status == track::TrackStatus::dropped) continue;
    CHECK(out.tracks.empty() || out.tracks.back().number < track.number);
    const TrackRecord record = encode_track(track, kinds);
    const IdentityRecord identity = encode_identity(track);
    const auto [at, is_new] = known_.try_emplace(track.number);
    Known& known = at->second;
    if (is_new || needs_sending(known, track, record)) {
      // A place is worth remembering when a plot confirmed it, not while the track is only
      // extrapolated.
      if (is_new || track.last_plot_time != known.sent_plot_time)
        extend_trail(known, track, record);
      known.sent = record;
      known.sent_time = track.time;
      known.sent_plot_time = track.last_plot_time;
      known.record_revision = revision_;
    }
    if (is_new || identity != known.identity) {
      known.identity = identity;
      known.identity_revision = revision_;
    }
    known.seen_revision = revision_;
    out.tracks.push_back(track);
    out.records.push_back(record);
    out.identities.push_back(identity);
    out.record_revisions.push_back(known.record_revision);
    out.identity_revisions.push_back(known.identity_revision);
  }

  std::erase_if(known_, [&](const auto& entry) {
    if (entry.second.seen_revision == revision_) return false;
    dropped_.push_back({entry.first, revision_});
    return true;
  });
  if (dropped_.size() > options_.drops_remembered) {
    const auto keep_from = dropped_.end() - static_cast<std::ptrdiff_t>(options_.drops_remembered);
    drops_known_from_ = (keep_from - 1)->revision;
    dropped_.erase(dropped_.begin(), keep_from);
  }
  out.dropped = dropped_;
  out.drops_known_from = drops_known_from_;

  const base::Duration since_status = status.time - status_time_;
  if (status_revision_ == 0 || since_status >= options_.status_period ||
      since_status < base::Duration::zero()) {
    status_json_ = status_json(status);
    open_status_json_ = status_json(without_restricted(status));
    status_time_ = status.time;
    status_revision_ = revision_;
  }
  out.status_json = status_json_;
  out.open_status_json = open_status_json_;
  out.status_revision = status_revision_;
  return out;
}

Trails Publisher::trails() const {
  Trails out;
  out.time = time_;
  base::ByteWriter writer(out.records);
  for (const auto& [number, known] : known_) {
    for (std::size_t i = 0; i < known.trail.size(); ++i) {
      const TrailPoint& point = known.trail[(known.trail_next + i) % known.trail.size()];
      writer.put(number.value);
      writer.put(point.latitude_e7);
      writer.put(point.longitude_e7);
    }
  }
  return out;
}

bool ClientView::next(const Publication& publication, const Trails* trails, base::Bytes& frame) {
  frame.clear();
  if (publication.revision == 0) return false;
  const bool can_continue = has_snapshot_ && snapshot_id_ == publication.snapshot_id &&
                            drops_told_ >= publication.drops_known_from;
  if (!can_continue) return put_snapshot(publication, frame);
  // Drops first: a number that came back after its drop is in the update that follows.
  if (put_drops(publication, frame)) return true;
  if (put_updates(publication, frame)) return true;
  if (put_identities(publication, frame)) return true;
  if (put_status(publication, frame)) return true;
  return trails != nullptr && put_trails(publication, *trails, frame);
}

void ClientView::begin(FrameKind kind,
                       base::Timestamp time,
                       const Publication& publication,
                       base::Bytes& frame) {
  append_header({.kind = kind,
                 .time = time,
                 .sequence = sequence_,
                 .count = 0,
                 .snapshot_id = publication.snapshot_id},
                frame);
}

bool ClientView::finish(std::size_t record_size, base::Bytes& frame) {
  const auto count = static_cast<std::uint32_t>((frame.size() - kFrameHeaderSize) / record_size);
  std::memcpy(frame.data() + kFrameCountAt, &count, sizeof count);
  ++sequence_;
  return true;
}

bool ClientView::finish_unless_empty(std::size_t record_size, base::Bytes& frame) {
  if (frame.size() > kFrameHeaderSize) return finish(record_size, frame);
  frame.clear();
  return false;
}

bool ClientView::put_snapshot(const Publication& publication, base::Bytes& frame) {
  begin(FrameKind::snapshot, publication.time, publication, frame);
  for (const TrackRecord& record : publication.records) append_record(record, frame);
  snapshot_id_ = publication.snapshot_id;
  has_snapshot_ = true;
  has_trails_ = false;
  records_told_ = publication.revision;
  drops_told_ = publication.revision;
  identities_told_ = 0;
  status_told_ = 0;
  return finish(sizeof(TrackRecord), frame);
}

bool ClientView::put_drops(const Publication& publication, base::Bytes& frame) {
  begin(FrameKind::drop, publication.time, publication, frame);
  base::ByteWriter writer(frame);
  const auto first =
      std::ranges::upper_bound(publication.dropped, drops_told_, {}, &DroppedTrack::revision);
  for (auto drop = first; drop != publication.dropped.end(); ++drop) {
    if (publication.find(drop->number) == nullptr) writer.put(drop->number.value);
  }
  drops_told_ = publication.revision;
  return finish_unless_empty(sizeof(std::uint32_t), frame);
}

bool ClientView::put_updates(const Publication& publication, base::Bytes& frame) {
  begin(FrameKind::update, publication.time, publication, frame);
  for (std::size_t i = 0; i < publication.records.size(); ++i) {
    if (publication.record_revisions[i] > records_told_)
      append_record(publication.records[i], frame);
  }
  records_told_ = publication.revision;
  return finish_unless_empty(sizeof(TrackRecord), frame);
}

bool ClientView::put_identities(const Publication& publication, base::Bytes& frame) {
  begin(FrameKind::identity, publication.time, publication, frame);
  for (std::size_t i = 0; i < publication.identities.size(); ++i) {
    if (publication.identity_revisions[i] > identities_told_)
      append_record(publication.identities[i], frame);
  }
  identities_told_ = publication.revision;
  return finish_unless_empty(sizeof(IdentityRecord), frame);
}

bool ClientView::put_status(const Publication& publication, base::Bytes& frame) {
  if (publication.status_revision <= status_told_) return false;
  begin(FrameKind::status, publication.time, publication, frame);
  const std::string& text =
      sees_restricted_ ? publication.status_json : publication.open_status_json;
  frame.insert(frame.end(), text.begin(), text.end());
  status_told_ = publication.status_revision;
  return finish(1, frame);
}

bool ClientView::put_trails(const Publication& publication,
                            const Trails& trails,
                            base::Bytes& frame) {
  if (has_trails_) return false;
  has_trails_ = true;
  begin(FrameKind::trail, trails.time, publication, frame);
  for (std::size_t at = 0; at + kTrailRecordSize <= trails.records.size(); at += kTrailRecordSize) {
    base::TrackNumber number;
    std::memcpy(&number.value, trails.records.data() + at, sizeof number.value);
    if (publication.find(number) == nullptr) continue;
    const auto record = trails.records.begin() + static_cast<std::ptrdiff_t>(at);
    frame.insert(frame.end(), record, record + kTrailRecordSize);
  }
  return finish_unless_empty(kTrailRecordSize, frame);
}

}  // namespace liptako::serve
