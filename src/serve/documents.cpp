#include "serve/documents.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "serve/finding_line.hpp"
#include "serve/frames.hpp"
#include "serve/json_writer.hpp"
#include "serve/reasons.hpp"
#include "serve/registration_line.hpp"

namespace liptako::serve {
namespace {

void put_seconds(JsonWriter& json, const std::optional<base::Duration>& duration, int decimals) {
  if (duration) {
    json.number(base::to_seconds(*duration), decimals);
  } else {
    json.null();
  }
}

// Below a full turn after rounding too. At most two decimals.
void put_angle(JsonWriter& json, base::Angle angle, double full_turn_deg, int decimals) {
  const double degrees = angle.degrees();
  constexpr std::array<double, 3> kHalfSteps = {0.5, 0.05, 0.005};
  const double half_step = kHalfSteps[static_cast<std::size_t>(decimals)];
  json.number(degrees >= full_turn_deg - half_step ? 0.0 : degrees, decimals);
}

// Square root of the larger eigenvalue of a position covariance.
double largest_sd_m(double ee_m2, double en_m2, double nn_m2) {
  const double mean = 0.5 * (ee_m2 + nn_m2);
  const double half_difference = 0.5 * (nn_m2 - ee_m2);
  return std::sqrt(mean + std::sqrt(half_difference * half_difference + en_m2 * en_m2));
}

// A sensor whose clock is ahead makes no age below zero, here as in the track record.
double age_s(base::Timestamp now, base::Timestamp then) {
  return base::to_seconds(std::max(now - then, base::Duration::zero()));
}

// From the address to the state: what a local and a system track have in common.
void put_estimate(JsonWriter& json, const track::TrackView& track) {
  json.key("icao_address");
  track.icao_address ? json.string(track.icao_address->to_string()) : json.null();
  json.key("callsign");
  track.call_sign.empty() ? json.null() : json.string(track.call_sign.view());
  json.key("mode_3a");
  track.mode_3a ? json.string(track.mode_3a->to_string()) : json.null();
  json.key("lat_deg");
  track.placed ? json.number(track.position.latitude.degrees(), 7) : json.null();
  json.key("lon_deg");
  track.placed ? json.number(track.position.longitude.degrees(), 7) : json.null();
  json.key("altitude_ft");
  track.pressure_altitude ? json.number(track.pressure_altitude->feet(), 0) : json.null();
  json.key("ground_speed_kt").number(track.ground_speed().knots(), 1);
  json.key("track_angle_deg");
  put_angle(json, track.track_angle(), 360.0, 2);
  json.key("position_sd_m");
  track.placed ? json.number(largest_sd_m(track.cov_ee_m2, track.cov_en_m2, track.cov_nn_m2), 1)
               : json.null();
  json.key("existence").number(track.existence, 3);
  json.key("state").string(name_of(track.status));
}

void put_track_fields(JsonWriter& json,
                      const track::TrackView& track,
                      std::span<const std::string> sensor_names) {
  json.key("time").string(base::to_rfc3339(track.time));
  json.key("track").unsigned_integer(track.number.value);
  put_estimate(json, track);
  json.key("sources").begin_array();
  for (std::size_t i = 0; i < std::min<std::size_t>(sensor_names.size(), 64); ++i) {
    if ((track.sensors >> i & 1u) != 0) json.string(sensor_names[i]);
  }
  json.end_array();
  json.key("doubts").begin_array();
  for (std::size_t i = 0; i < track::kDoubts; ++i) {
    if ((track.doubts >> i & 1u) != 0) json.string(track::kDoubtNames[i]);
  }
  json.end_array();
}

// What the API tells beyond the line of tracks.jsonl.
void put_api_fields(JsonWriter& json, base::Timestamp time, const track::TrackView& track) {
  const Ellipse ellipse = ellipse_95(track.cov_ee_m2, track.cov_en_m2, track.cov_nn_m2);
  json.key("age_s").number(age_s(time, track.last_plot_time), 1);
  json.key("semi_major_m");
  track.placed ? json.number(ellipse.semi_major.metres(), 1) : json.null();
  json.key("semi_minor_m");
  track.placed ? json.number(ellipse.semi_minor.metres(), 1) : json.null();
  json.key("ellipse_angle_deg");
  track.placed ? put_angle(json, ellipse.direction, 180.0, 1) : (void)json.null();
  json.key("vertical_rate_ftmin");
  track.pressure_altitude ? json.number(track.vertical_rate.feet_per_minute(), 0) : json.null();
  json.key("breaks").unsigned_integer(track.breaks);
  json.key("ambiguous").boolean(track.ambiguous);
  json.key("number_exchanged").number(track.exchanged, 3);
}

void put_source(JsonWriter& json, const SourceStatus& source) {
  json.begin_object();
  json.key("name").string(source.name);
  json.key("kind").string(source.kind);
  json.key("address").string(source.address);
  json.key("state").string(name_of(source.state));
  if (!source.detail.empty()) {
    json.key("detail").string(source.detail);
    if (source.state == SourceState::dead) json.key("cause").string(reason_of(source.detail).code);
  }
  json.key("age_s");
  put_seconds(json, source.age, 1);
  json.key("datagrams").unsigned_integer(source.datagrams);
  json.key("bytes").unsigned_integer(source.bytes);
  json.key("records").unsigned_integer(source.records);
  json.key("plots").unsigned_integer(source.plots);
  json.key("overflowed").unsigned_integer(source.overflowed);
  json.key("rejected").begin_array();
  for (const Rejected& rejected : source.rejected) {
    json.begin_object();
    json.key("reason").string(rejected.reason);
    json.key("count").unsigned_integer(rejected.count);
    json.key("last").string(rejected.last);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void put_sensor(JsonWriter& json, const SensorStatus& sensor) {
  json.begin_object();
  json.key("name").string(sensor.name);
  json.key("sac_sic").string(sensor.sac_sic.to_string());
  json.key("kind").string(name_of(sensor.kind));
  json.key("state").string(name_of(sensor.state));
  json.key("age_s");
  put_seconds(json, sensor.age, 1);
  json.key("plots").unsigned_integer(sensor.plots);
  json.key("lat_deg");
  sensor.site ? json.number(sensor.site->latitude.degrees(), 7) : json.null();
  json.key("lon_deg");
  sensor.site ? json.number(sensor.site->longitude.degrees(), 7) : json.null();
  json.key("period_s");
  put_seconds(json, sensor.period, 2);
  if (sensor.registration) {
    json.key("registration").begin_object();
    put_registration_fields(json, *sensor.registration);
    json.end_object();
  }
  json.end_object();
}

void put_log(JsonWriter& json, const LogStatus& log) {
  json.key("log").begin_object();
  json.key("origin").string(log.origin);
  json.key("size").unsigned_integer(log.size);
  json.key("checkpoint_size").unsigned_integer(log.checkpoint_size);
  json.key("checkpoint_age_s");
  put_seconds(json, log.checkpoint_age, 1);
  json.key("cosigned_by").begin_array();
  for (const CosignedBy& one : log.cosigned_by) {
    json.begin_object();
    json.key("key").string(one.key);
    json.key("age_s");
    put_seconds(json, one.age, 1);
    json.end_object();
  }
  json.end_array();
  json.key("trouble");
  log.trouble.empty() ? json.null() : json.string(log.trouble);
  if (!log.trouble.empty()) json.key("cause").string(reason_of(log.trouble).code);
  json.key("fork_refused");
  log.fork_refused.empty() ? json.null() : json.string(log.fork_refused);
  json.end_object();
}

void put_record(JsonWriter& json, const RecordStatus& record) {
  json.key("record").begin_object();
  json.key("state").string(record.degraded ? "degraded" : "ok");
  if (!record.detail.empty()) {
    json.key("detail").string(record.detail);
    json.key("cause").string(reason_of(record.detail).code);
  }
  json.key("lost_arrivals").unsigned_integer(record.lost_arrivals);
  json.key("lost_explanations").unsigned_integer(record.lost_explanations);
  json.key("synced_age_s");
  put_seconds(json, record.synced_age, 2);
  json.end_object();
}

void put_member(JsonWriter& json, const MemberStatus& member) {
  json.begin_object();
  json.key("id").unsigned_integer(member.id);
  json.key("code").string(member.code);
  json.key("name").string(member.name);
  json.key("console").string(member.console);
  json.key("self").boolean(member.self);
  json.key("state").string(name_of(member.state));
  json.key("age_s");
  put_seconds(json, member.age, 1);
  json.key("epoch").unsigned_integer(member.epoch);
  json.key("sequence").unsigned_integer(member.sequence);
  json.key("contributions").unsigned_integer(member.contributions);
  json.key("frames_refused").unsigned_integer(member.frames_refused);
  json.key("last_refusal").string(member.last_refusal);
  json.end_object();
}

void put_federation(JsonWriter& json, const FederationStatus& federation) {
  json.key("federation").begin_object();
  json.key("name").string(federation.name);
  json.key("common_hash").string(federation.common_hash);
  json.key("picture_time").string(base::to_rfc3339(federation.picture_time));
  json.key("common_tracks").unsigned_integer(federation.common_tracks);
  json.key("isolated").boolean(federation.isolated);
  json.key("members").begin_array();
  for (const MemberStatus& member : federation.members) put_member(json, member);
  json.end_array();
  json.end_object();
}

void put_standby(JsonWriter& json, const StandbyStatus& standby) {
  json.key("standby").begin_object();
  json.key("role").string(standby.role);
  json.key("state").string(standby.state);
  json.key("of").string(standby.of);
  json.key("age_s");
  put_seconds(json, standby.age, 1);
  json.key("term").unsigned_integer(standby.term);
  json.key("behind").unsigned_integer(standby.behind);
  json.key("wrong_keys").unsigned_integer(standby.wrong_keys);
  json.key("detail");
  standby.detail.empty() ? json.null() : json.string(standby.detail);
  json.end_object();
}

void put_roster(JsonWriter& json, const RosterStatus& roster) {
  json.key("roster").begin_object();
  json.key("state").string(roster.state);
  json.key("federation").string(roster.federation);
  json.key("version").unsigned_integer(roster.version);
  json.key("expires").string(base::to_rfc3339(roster.expires));
  json.key("releasing").boolean(roster.releasing);
  json.key("refused").unsigned_integer(roster.refused);
  json.key("last_refusal");
  roster.last_refusal.empty() ? json.null() : json.string(roster.last_refusal);
  json.end_object();
}

void put_certificate(JsonWriter& json, const CertificateStatus& certificate) {
  json.key("certificate").begin_object();
  json.key("state").string(certificate.state);
  json.key("ends").string(base::to_rfc3339(certificate.ends));
  json.key("own").boolean(certificate.own);
  json.key("missing_names").begin_array();
  for (const std::string& name : certificate.missing_names) json.string(name);
  json.end_array();
  json.end_object();
}

void put_common_track(JsonWriter& json, const CommonPicture& picture, const CommonTrack& track) {
  json.key("time").string(base::to_rfc3339(track.view.time));
  json.key("number").string(track.number);
  json.key("track").unsigned_integer(track.view.number.value);
  put_estimate(json, track.view);
  json.key("members").begin_array();
  for (std::size_t i = 0; i < std::min<std::size_t>(picture.cut.size(), 64); ++i) {
    if ((track.view.sensors >> i & 1u) != 0) json.string(picture.cut[i].member);
  }
  json.end_array();
  put_api_fields(json, picture.time, track.view);
  json.key("born").string(base::to_rfc3339(track.born));
  json.key("aliases").begin_array();
  for (const std::string& alias : track.aliases) json.string(alias);
  json.end_array();
  json.key("split_from");
  track.split_from ? json.string(*track.split_from) : json.null();
}

void put_contributor(JsonWriter& json, base::Timestamp now, const CommonContributor& contributor) {
  json.begin_object();
  json.key("member").string(contributor.member);
  json.key("track").unsigned_integer(contributor.number.value);
  json.key("time").string(base::to_rfc3339(contributor.time));
  json.key("age_s").number(age_s(now, contributor.last_plot_time), 1);
  json.key("lat_deg").number(contributor.position.latitude.degrees(), 7);
  json.key("lon_deg").number(contributor.position.longitude.degrees(), 7);
  json.key("position_sd_m")
      .number(largest_sd_m(contributor.cov_ee_m2, contributor.cov_en_m2, contributor.cov_nn_m2), 1);
  json.key("existence").number(contributor.existence, 3);
  json.key("state").string(name_of(contributor.status));
  json.key("weight").number(contributor.weight, 3);
  json.key("sensors").begin_array();
  for (const std::string& sensor : contributor.sensors) json.string(sensor);
  json.end_array();
  json.end_object();
}

void put_update(JsonWriter& json,
                const UpdateTrace& update,
                std::span<const std::string> sensor_names) {
  json.begin_object();
  json.key("time").string(base::to_rfc3339(update.time));
  json.key("sensor");
  update.sensor < sensor_names.size() ? json.string(sensor_names[update.sensor]) : json.null();
  json.key("kind").string(name_of(update.kind));
  const std::size_t count = std::min<std::size_t>(update.components, update.innovation.size());
  if (count > 0) {
    json.key("innovation").begin_object();
    for (std::size_t i = 0; i < count; ++i) {
      const InnovationComponent& component = update.innovation[i];
      json.key(component.name).begin_object();
      json.key("value").number(component.value, 4);
      json.key("sd").number(component.sd, 4);
      json.end_object();
    }
    json.end_object();
    json.key("nis").number(update.nis, 3);
    json.key("gate_ratio").number(update.gate_ratio, 3);
  }
  json.end_object();
}

// "ML-1042": a member's code, a hyphen, a number.
bool is_common_number(std::string_view text) {
  constexpr std::size_t kLongestCode = 16;
  constexpr std::size_t kLongestNumber = 10;
  const auto hyphen = text.find('-');
  if (hyphen == std::string_view::npos || hyphen == 0 || hyphen > kLongestCode) return false;
  const std::string_view code = text.substr(0, hyphen);
  const std::string_view number = text.substr(hyphen + 1);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return !number.empty() && number.size() <= kLongestNumber &&
         std::ranges::all_of(number, is_digit) &&
         std::ranges::all_of(code, [&](char c) { return is_digit(c) || (c >= 'A' && c <= 'Z'); });
}

}  // namespace

std::string_view name_of(SourceState state) {
  switch (state) {
    case SourceState::waiting:
      return "waiting";
    case SourceState::live:
      return "live";
    case SourceState::stalled:
      return "stalled";
    case SourceState::dead:
      return "dead";
    case SourceState::ended:
      return "ended";
  }
  return "unknown";
}

std::string_view name_of(SensorState state) {
  switch (state) {
    case SensorState::waiting:
      return "waiting";
    case SensorState::live:
      return "live";
    case SensorState::silent:
      return "silent";
  }
  return "unknown";
}

std::string_view name_of(SensorKind kind) {
  switch (kind) {
    case SensorKind::radar:
      return "radar";
    case SensorKind::ads_b:
      return "adsb";
    case SensorKind::mlat:
      return "mlat";
    case SensorKind::tracker:
      return "tracker";
    case SensorKind::uav:
      return "uav";
    case SensorKind::remote_id:
      return "remote_id";
    case SensorKind::observer:
      return "observer";
  }
  return "unknown";
}

std::string_view name_of(MemberState state) {
  switch (state) {
    case MemberState::waiting:
      return "waiting";
    case MemberState::live:
      return "live";
    case MemberState::cut:
      return "cut";
  }
  return "unknown";
}

std::string_view name_of(UpdateKind kind) {
  switch (kind) {
    case UpdateKind::started:
      return "started";
    case UpdateKind::updated:
      return "updated";
    case UpdateKind::resumed:
      return "resumed";
    case UpdateKind::restarted:
      return "restarted";
  }
  return "unknown";
}

std::string_view name_of(track::TrackStatus status) {
  switch (status) {
    case track::TrackStatus::tentative:
      return "tentative";
    case track::TrackStatus::confirmed:
      return "confirmed";
    case track::TrackStatus::coasting:
      return "coasting";
    case track::TrackStatus::dropped:
      return "dropped";
  }
  return "unknown";
}

void append_track_json(const track::TrackView& track,
                       std::span<const std::string> sensor_names,
                       std::string& out) {
  JsonWriter json(out);
  json.begin_object();
  put_track_fields(json, track, sensor_names);
  json.end_object();
}

NodeStatus without_restricted(NodeStatus status) {
  status.sources.clear();
  status.record.detail.clear();
  for (SensorStatus& sensor : status.sensors) {
    sensor.site.reset();
    sensor.registration.reset();
  }
  return status;
}

std::string status_json(const NodeStatus& status) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("node").string(status.node);
  json.key("time").string(base::to_rfc3339(status.time));
  json.key("build").string(status.build);
  json.key("epoch").unsigned_integer(status.epoch);
  json.key("plots").unsigned_integer(status.plots);
  json.key("tracks").unsigned_integer(status.tracks);
  json.key("bytes_in").unsigned_integer(status.bytes_in);
  json.key("entries").unsigned_integer(status.entries);
  json.key("record_synced_age_s");
  put_seconds(json, status.record.synced_age, 2);
  put_record(json, status.record);
  if (status.log) put_log(json, *status.log);
  const auto put_ms = [&](const std::optional<base::Duration>& latency) {
    latency ? json.number(base::to_seconds(*latency) * 1e3, 2) : json.null();
  };
  json.key("latency_ms").begin_object();
  json.key("p50");
  put_ms(status.latency_p50);
  json.key("p99");
  put_ms(status.latency_p99);
  json.end_object();
  json.key("sources").begin_array();
  for (const SourceStatus& source : status.sources) put_source(json, source);
  json.end_array();
  json.key("sensors").begin_array();
  for (const SensorStatus& sensor : status.sensors) put_sensor(json, sensor);
  json.end_array();
  if (status.federation) put_federation(json, *status.federation);
  if (status.roster) put_roster(json, *status.roster);
  if (status.certificate) put_certificate(json, *status.certificate);
  if (status.standby) put_standby(json, *status.standby);
  json.end_object();
  return out;
}

std::string tracks_json(base::Timestamp time,
                        std::span<const track::TrackView> tracks,
                        std::span<const std::string> sensor_names) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("time").string(base::to_rfc3339(time));
  json.key("tracks").begin_array();
  for (const track::TrackView& track : tracks) {
    json.begin_object();
    put_track_fields(json, track, sensor_names);
    put_api_fields(json, time, track);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out;
}

std::string track_json(base::Timestamp time,
                       const track::TrackView& track,
                       const TrackReasons& reasons,
                       std::span<const std::string> sensor_names) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  put_track_fields(json, track, sensor_names);
  put_api_fields(json, time, track);
  json.key("updates").begin_array();
  for (const UpdateTrace& update : reasons.updates) put_update(json, update, sensor_names);
  json.end_array();
  json.key("findings").begin_array();
  for (const track::Finding& finding : reasons.findings) {
    json.begin_object();
    put_finding_fields(json, finding, sensor_names);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out;
}

const CommonTrack* CommonPicture::find(std::string_view number) const {
  const auto has_number = [&](const CommonTrack& track) { return track.number == number; };
  const auto has_alias = [&](const CommonTrack& track) {
    return std::ranges::find(track.aliases, number) != track.aliases.end();
  };
  auto at = std::ranges::find_if(tracks, has_number);
  if (at == tracks.end()) at = std::ranges::find_if(tracks, has_alias);
  return at == tracks.end() ? nullptr : &*at;
}

std::string common_json(const CommonPicture& picture) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("hash").string(picture.hash);
  json.key("time").string(base::to_rfc3339(picture.time));
  json.key("cut").begin_object();
  for (const CommonCut& cut : picture.cut) {
    json.escaped_key(cut.member).begin_array();
    json.unsigned_integer(cut.epoch).unsigned_integer(cut.sequence);
    json.end_array();
  }
  json.end_object();
  json.key("tracks").begin_array();
  for (const CommonTrack& track : picture.tracks) {
    json.begin_object();
    put_common_track(json, picture, track);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out;
}

std::string common_track_json(const CommonPicture& picture, const CommonTrack& track) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  put_common_track(json, picture, track);
  json.key("contributors").begin_array();
  for (const CommonContributor& contributor : track.contributors)
    put_contributor(json, picture.time, contributor);
  json.end_array();
  json.end_object();
  return out;
}

std::string error_json(std::string_view message) {
  std::string out;
  JsonWriter(out).begin_object().key("error").string(message).end_object();
  return out;
}

std::string accepted_json() { return R"({"accepted":true})"; }

ApiPath parse_api_path(std::string_view path) {
  constexpr std::string_view kRoot = "/api/v1/";
  constexpr std::string_view kTrack = "tracks/";
  constexpr std::string_view kCommonTrack = "common/";
  using Kind = ApiPath::Kind;
  if (!path.starts_with(kRoot)) return {};
  path.remove_prefix(kRoot.size());
  if (path == "status") return {.kind = Kind::status};
  if (path == "tracks") return {.kind = Kind::tracks};
  if (path == "config") return {.kind = Kind::config};
  if (path == "common") return {.kind = Kind::common};
  if (path.starts_with(kCommonTrack)) {
    path.remove_prefix(kCommonTrack.size());
    if (!is_common_number(path)) return {};
    return {.kind = Kind::common_track, .common_track = std::string(path)};
  }
  if (!path.starts_with(kTrack)) return {};
  path.remove_prefix(kTrack.size());
  base::TrackNumber number;
  const auto [end, error] = std::from_chars(path.data(), path.data() + path.size(), number.value);
  if (error != std::errc() || end != path.data() + path.size() || path.empty()) return {};
  return {.kind = Kind::track, .track = number};
}

}  // namespace liptako::serve
