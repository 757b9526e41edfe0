// What all consoles share and what each is sent.
//
// The node's owner calls Publisher::publish a few times a second; the result is a value that no
// longer changes, which the shell hands to its clients' thread. Every track in it is encoded once,
// with the revision at which it last needed sending. A ClientView holds two handfuls of numbers: up
// to which revision its client has been told. So a client that reads slowly costs nothing and is
// sent, when it can take it, one frame with all that changed since; a client that was away longer
// than drops are remembered is sent a new snapshot.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "serve/documents.hpp"
#include "serve/frames.hpp"
#include "track/track_view.hpp"

namespace liptako::serve {

struct DroppedTrack {
  base::TrackNumber number;
  std::uint64_t revision = 0;
};

struct Publication {
  base::Timestamp time;
  std::uint64_t snapshot_id = 0;
  std::uint64_t revision = 0;  // counts publications from 1; 0: nothing published yet
  // Parallel, by ascending track number.
  std::vector<track::TrackView> tracks;
  std::vector<TrackRecord> records;
  std::vector<IdentityRecord> identities;
  std::vector<std::uint64_t> record_revisions;  // revision at which the record last needed sending
  std::vector<std::uint64_t> identity_revisions;  // revision at which the identity last changed
  std::vector<DroppedTrack> dropped;              // ascending revisions
  std::uint64_t drops_known_from = 0;  // drops of revisions above this one are all in `dropped`
  std::string status_json;
  std::string open_status_json;  // without_restricted()
  std::uint64_t status_revision = 0;
  std::vector<std::string> sensor_names;

  // Null if there is no such track.
  [[nodiscard]] const track::TrackView* find(base::TrackNumber number) const;
};

// Past positions of the tracks of a publication, as trail records.
struct Trails {
  base::Timestamp time;
  base::Bytes records;
};

class Publisher {
 public:
  struct Options {
    // Changes when the node restarts.
    std::uint64_t snapshot_id = 1;
    // Tracks without a new plot are sent again this often, so that age and ellipse stay right.
    base::Duration refresh = std::chrono::seconds(1);
    // A track whose position differs by more than this from what its last record says, extrapolated
    // with speed and angle, is sent at once. Half a screen pixel at 50 m a pixel.
    base::Length extrapolation_bound = base::Length::from_metres(25.0);
    base::Duration status_period = std::chrono::seconds(1);
    // Past positions: at most `trail_points` a track, at least `trail_spacing` apart.
    std::uint32_t trail_points = 60;
    base::Duration trail_spacing = std::chrono::seconds(4);
    std::uint32_t drops_remembered = 2048;

    [[nodiscard]] base::Result<void> validate() const;
  };

  // Requires valid options.
  explicit Publisher(const Options& options);

  // The picture at status.time. Requires every track's time to equal it, ascending track numbers,
  // no duplicates. Tracks of status dropped count as absent. Sensor names and kinds are those of
  // `status`.
  [[nodiscard]] Publication publish(std::span<const track::TrackView> tracks,
                                    const NodeStatus& status);
  // The common picture at its own time, from a second Publisher of its own: one Publisher publishes
  // one picture. Requires every view's time to equal picture.time, and ascending handles. The
  // publication's sensor names are the members' codes.
  [[nodiscard]] Publication publish_common(const CommonPicture& picture, const NodeStatus& status);
  // Of the tracks of the last publication. Asked for about once a second, or when a client
  // connects.
  [[nodiscard]] Trails trails() const;

 private:
  struct TrailPoint {
    std::int32_t latitude_e7;
    std::int32_t longitude_e7;
  };
  struct Known {
    TrackRecord sent{};  // the record as of `sent_time`
    base::Timestamp sent_time;
    base::Timestamp sent_plot_time;
    std::uint64_t record_revision = 0;
    IdentityRecord identity{};
    std::uint64_t identity_revision = 0;
    std::vector<TrailPoint> trail;  // a ring once full
    std::size_t trail_next = 0;
    base::Timestamp trail_time;
    std::uint64_t seen_revision = 0;
  };

  [[nodiscard]] Publication publish_at(base::Timestamp time,
                                       std::span<const track::TrackView> tracks,
                                       std::span<const SensorKind> kinds,
                                       const NodeStatus& status);
  [[nodiscard]] bool needs_sending(const Known& known,
                                   const track::TrackView& track,
                                   const TrackRecord& record) const;
  void extend_trail(Known& known, const track::TrackView& track, const TrackRecord& record) const;

  Options options_;
  std::map<base::TrackNumber, Known> known_;
  std::vector<DroppedTrack> dropped_;
  std::uint64_t drops_known_from_ = 0;
  std::uint64_t revision_ = 0;
  std::string status_json_;
  std::string open_status_json_;
  base::Timestamp status_time_;
  std::uint64_t status_revision_ = 0;
  base::Timestamp time_;
};

// What one client was last sent. next() gives its frames one by one: after connection snapshot,
// identities, status, trails; then whatever changed, the newest state only.
class ClientView {
 public:
  // Who may not see what is restricted is told the status without it.
  explicit ClientView(bool sees_restricted = true) : sees_restricted_(sees_restricted) {}

  // The next frame, replacing `frame`; false (and `frame` empty) if this client has all there is.
  // `trails` may be null if none are at hand yet; they are sent once when they are.
  [[nodiscard]] bool next(const Publication& publication, const Trails* trails, base::Bytes& frame);

 private:
  void begin(FrameKind kind,
             base::Timestamp time,
             const Publication& publication,
             base::Bytes& frame);
  // Writes the count; always true.
  bool finish(std::size_t record_size, base::Bytes& frame);
  bool finish_unless_empty(std::size_t record_size, base::Bytes& frame);
  [[nodiscard]] bool put_snapshot(const Publication& publication, base::Bytes& frame);
  [[nodiscard]] bool put_drops(const Publication& publication, base::Bytes& frame);
  [[nodiscard]] bool put_updates(const Publication& publication, base::Bytes& frame);
  [[nodiscard]] bool put_identities(const Publication& publication, base::Bytes& frame);
  [[nodiscard]] bool put_status(const Publication& publication, base::Bytes& frame);
  [[nodiscard]] bool put_trails(const Publication& publication,
                                const Trails& trails,
                                base::Bytes& frame);

  bool sees_restricted_;
  std::uint64_t snapshot_id_ = 0;
  bool has_snapshot_ = false;
  bool has_trails_ = false;
  std::uint64_t records_told_ = 0;
  std::uint64_t identities_told_ = 0;
  std::uint64_t drops_told_ = 0;
  std::uint64_t status_told_ = 0;
  std::uint32_t sequence_ = 0;
};

}  // namespace liptako::serve
