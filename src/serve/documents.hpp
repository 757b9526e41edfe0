// The JSON documents of the node's API and the line of tracks.jsonl (docs/CONSOLE_PROTOCOL.md).
// What they tell is given in the plain structs below, which the node fills; nothing here knows a
// source, a tracker or a socket.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "geo/geodetic.hpp"
#include "track/doubt/doubt.hpp"
#include "track/registration/registration.hpp"
#include "track/track_view.hpp"

namespace liptako::serve {

enum class SourceState : std::uint8_t { waiting, live, stalled, dead, ended };
enum class SensorState : std::uint8_t { waiting, live, silent };
// The value is the bit in the track record's "kinds of sensors".
enum class SensorKind : std::uint8_t { radar, ads_b, mlat, tracker, uav, remote_id, observer };

[[nodiscard]] std::string_view name_of(SourceState state);
[[nodiscard]] std::string_view name_of(SensorState state);
[[nodiscard]] std::string_view name_of(SensorKind kind);  // "radar", "adsb", …
[[nodiscard]] std::string_view name_of(track::TrackStatus status);

// What was refused from a source, by reason.
struct Rejected {
  std::string reason;
  std::uint64_t count = 0;
  std::string last;  // the newest case in full: category, byte, data item
};

struct SourceStatus {
  std::string name;
  std::string kind;     // "udp", "tcp", "tcp_listen", "file"
  std::string address;  // as configured or bound: "127.0.0.1:8600", a file's name
  SourceState state = SourceState::waiting;
  std::string detail;                 // why, in words, when dead
  std::optional<base::Duration> age;  // since anything was heard; absent if never
  std::uint64_t datagrams = 0;
  std::uint64_t bytes = 0;
  std::uint64_t records = 0;
  std::uint64_t plots = 0;
  std::uint64_t overflowed = 0;  // datagrams lost before the record because a queue was full
  std::vector<Rejected> rejected;
};

struct SensorStatus {
  std::string name;
  base::SacSic sac_sic;
  SensorKind kind = SensorKind::radar;
  SensorState state = SensorState::waiting;
  std::optional<base::Duration> age;
  std::uint64_t plots = 0;
  std::optional<geo::Geodetic> site;
  std::optional<base::Duration> period;                   // of the antenna, as observed
  std::optional<track::SensorRegistration> registration;  // of a sensor whose biases are learnt
};

// Whether what comes in reaches the disk. Degraded is a state to act upon: what is lost is in no
// record and in no picture.
struct RecordStatus {
  bool degraded = false;
  std::string detail;                        // why, in words, when degraded
  std::uint64_t lost_arrivals = 0;           // datagrams and events that could not be written
  std::uint64_t lost_explanations = 0;       // bodies of the derived stream, likewise
  std::optional<base::Duration> synced_age;  // since the last fsync
};

// Whose cosignature stands on this node's log, and how old its newest one is.
struct CosignedBy {
  std::string key;  // its name
  base::Duration age;
};

// The tamper-evident log over the record.
struct LogStatus {
  std::string origin;                            // its name
  std::uint64_t size = 0;                        // entries that are in the tree
  std::uint64_t checkpoint_size = 0;             // those that the newest signed checkpoint covers
  std::optional<base::Duration> checkpoint_age;  // absent if none was signed since the start
  std::vector<CosignedBy> cosigned_by;
  std::string trouble;       // why nothing is signed any more, in English; empty in health
  std::string fork_refused;  // the log that showed this node two histories; empty if none did
};

// What is known of a member of the federation: this node itself or a partner.
enum class MemberState : std::uint8_t {
  waiting,  // never heard since this node started
  live,
  cut,  // heard before, silent for longer than 10 s
};
[[nodiscard]] std::string_view name_of(MemberState state);

struct MemberStatus {
  std::uint8_t id = 0;  // the top 8 bits of a common track's handle
  std::string code;     // "ML", as in the common number ML-1042
  std::string name;     // "bamako"
  std::string console;  // address of that member's console, "http://127.0.0.1:8081/"; may be empty
  bool self = false;
  MemberState state = MemberState::waiting;
  std::optional<base::Duration> age;  // since its newest accepted frame; absent if never
  // Its frame at the cut, the newest that the common picture rests on.
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
  std::uint64_t contributions = 0;  // of its tracks, in the common picture
  std::uint64_t frames_refused = 0;
  std::string last_refusal;  // in words; empty if none
};

struct FederationStatus {
  std::string name;         // "AES"
  std::string common_hash;  // of the common picture, hexadecimal
  base::Timestamp picture_time;
  std::uint64_t common_tracks = 0;
  bool isolated = false;              // all other members are cut
  std::vector<MemberStatus> members;  // by id = bit order of a common track's TrackView::sensors
};

// The federation's roster as the node holds it (docs/KEYS.md).
struct RosterStatus {
  std::string state;  // "not_yet", "in_force", "expired", "none": refused ones only
  std::string federation;
  std::uint32_t version = 0;
  base::Timestamp expires;
  bool releasing = true;      // whether partners are sent this node's frames
  std::uint64_t refused = 0;  // documents that did not take force
  std::string last_refusal;   // why the newest of them did not, a code; empty if none
};

// This machine as one of the two that the node runs on (docs/STANDBY.md).
struct StandbyStatus {
  std::string role;  // "primary", "standby", "former": it was in charge until the other took over
  // standby: "following", "behind", "lost"; primary: the same of the other, "absent" for lost;
  // either: "refused"; former: "stepped_down"
  std::string state;
  std::string of;                     // authority of the other machine; empty: never heard of
  std::optional<base::Duration> age;  // since it was heard; by how much, if behind
  std::uint64_t term = 0;             // of this machine's record
  std::uint64_t behind = 0;           // entries that the standby still lacks
  std::uint64_t wrong_keys = 0;       // connections refused for their key
  std::string detail;                 // why the two do not work together, in English
};

// What the console is served with, over TLS.
struct CertificateStatus {
  std::string state;  // "good", "ending" (within 30 days), "ended"
  base::Timestamp ends;
  bool own = false;                        // by the node's own authority
  std::vector<std::string> missing_names;  // for which that authority was not made
};

struct NodeStatus {
  std::string node;
  base::Timestamp time;
  std::string build;
  std::uint64_t epoch = 0;
  std::uint64_t plots = 0;
  std::uint64_t tracks = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t entries = 0;
  RecordStatus record;
  std::optional<LogStatus> log;  // absent if the node keeps none
  // From the reception of a datagram to the tracks it updated.
  std::optional<base::Duration> latency_p50;
  std::optional<base::Duration> latency_p99;
  std::vector<SourceStatus> sources;
  std::vector<SensorStatus> sensors;  // order of configuration = bit order of TrackView::sensors
  std::optional<FederationStatus> federation;    // absent if the node is a member of none
  std::optional<RosterStatus> roster;            // absent if the node was given none
  std::optional<CertificateStatus> certificate;  // absent in the clear
  std::optional<StandbyStatus> standby;          // absent if it runs on one machine
};

// What one member contributes to a system track, as it published it.
struct CommonContributor {
  std::string member;        // its code
  base::TrackNumber number;  // its own number of its local track
  base::Timestamp time;      // the instant position and covariance hold for
  base::Timestamp last_plot_time;
  geo::Geodetic position;  // height unused
  double cov_ee_m2 = 0.0;
  double cov_en_m2 = 0.0;
  double cov_nn_m2 = 0.0;
  double existence = 0.0;
  track::TrackStatus status = track::TrackStatus::tentative;
  // Its share in the fused position, 0 to 1; 0 if covariance intersection found that it adds
  // nothing to the surer ones. Sensors in common matter for the existence only.
  double weight = 0.0;
  // This node's name of a sensor that it has too, else kind and SAC/SIC.
  std::vector<std::string> sensors;
};

struct CommonTrack {
  // `number` is the handle: member id in the top 8 bits, the origin's number in the low 24.
  // `sensors`: bit i, member i contributes. `kinds`: of all sensors behind it.
  track::TrackView view;
  std::string number;                     // "ML-1042"
  base::Timestamp born;                   // of the oldest contribution
  std::vector<std::string> aliases;       // numbers that were merged into this one
  std::optional<std::string> split_from;  // the number it was part of before
  std::vector<CommonContributor> contributors;
};

// One member's frame that a common picture rests on.
struct CommonCut {
  std::string member;  // its code
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
};

// The picture that all members hold who hold the same frames.
struct CommonPicture {
  std::string hash;  // hexadecimal
  base::Timestamp time;
  std::vector<CommonCut> cut;       // one a member, by member id: bit order of the views' `sensors`
  std::vector<CommonTrack> tracks;  // by ascending handle

  // By number or by alias. Null if there is none.
  [[nodiscard]] const CommonTrack* find(std::string_view number) const;
};

// One component of an innovation, in the sensor's own measurement space.
struct InnovationComponent {
  std::string_view
      name;  // with its unit: "range_m", "azimuth_deg", "east_m", "north_m", "height_m"; a literal
  double value = 0.0;
  double sd = 0.0;  // square root of the innovation covariance's diagonal
};

// What a plot did to its track.
enum class UpdateKind : std::uint8_t { started, updated, resumed, restarted };
[[nodiscard]] std::string_view name_of(UpdateKind kind);

// Why a track moved: one update by one plot.
struct UpdateTrace {
  UpdateKind kind = UpdateKind::updated;
  base::Timestamp time;  // measurement time of the plot
  std::uint8_t sensor = 0;
  std::array<InnovationComponent, 4> innovation{};
  // How many of `innovation` are meant. 0: the track began anew at this plot, and there was
  // nothing to compare it with; then NIS and gate mean nothing either.
  std::uint8_t components = 0;
  double nis = 0.0;         // normalised innovation squared
  double gate_ratio = 0.0;  // NIS over the gate's limit: above 1 is outside
};

// One track as an object without line end, the fields and order of tracks.jsonl: time, track,
// icao_address, callsign, mode_3a, lat_deg, lon_deg, altitude_ft, ground_speed_kt, track_angle_deg,
// position_sd_m, existence, state, sources. lat_deg, lon_deg and position_sd_m are null for a track
// that is not placed; position_sd_m is the square root of the larger eigenvalue of the position
// covariance.
void append_track_json(const track::TrackView& track,
                       std::span<const std::string> sensor_names,
                       std::string& out);

// GET /api/v1/status and the status frame.
[[nodiscard]] std::string status_json(const NodeStatus& status);
// The same for those who may not see sources: without them, without sensors' sites, and without
// what is wrong with the record in words, which name files.
[[nodiscard]] NodeStatus without_restricted(NodeStatus status);
// GET /api/v1/tracks. Ages are relative to `time`.
[[nodiscard]] std::string tracks_json(base::Timestamp time,
                                      std::span<const track::TrackView> tracks,
                                      std::span<const std::string> sensor_names);
// Why a track is where it is and what is doubted of it, oldest first.
struct TrackReasons {
  std::span<const UpdateTrace> updates;
  std::span<const track::Finding> findings;
};
// GET /api/v1/tracks/N.
[[nodiscard]] std::string track_json(base::Timestamp time,
                                     const track::TrackView& track,
                                     const TrackReasons& reasons,
                                     std::span<const std::string> sensor_names);
// GET /api/v1/common. Ages are relative to the picture's time.
[[nodiscard]] std::string common_json(const CommonPicture& picture);
// GET /api/v1/common/ML-1042: one of its tracks, with contributors.
[[nodiscard]] std::string common_track_json(const CommonPicture& picture, const CommonTrack& track);
[[nodiscard]] std::string error_json(std::string_view message);  // {"error":"…"}
[[nodiscard]] std::string accepted_json();                       // {"accepted":true}

// What an API path asks for. Total: any text gives an answer.
struct ApiPath {
  enum class Kind : std::uint8_t {
    unknown,
    status,
    tracks,
    track,
    config,
    common,
    common_track,
  } kind = Kind::unknown;
  base::TrackNumber track{};   // of Kind::track
  std::string common_track{};  // of Kind::common_track: "ML-1042"
};
[[nodiscard]] ApiPath parse_api_path(std::string_view path);

}  // namespace liptako::serve
