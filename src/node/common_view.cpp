#include "node/common_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/math.hpp"
#include "geo/frames.hpp"

namespace liptako::node {
namespace {

// A member silent for longer is cut off; its tracks are shown as coasting (picture::RuleOptions).
constexpr base::Duration kCutAfter = std::chrono::seconds(10);

std::uint32_t handle_of(const picture::ContributionId& id) {
  return (static_cast<std::uint32_t>(id.origin.value) << 24) | (id.number & 0xFF'FFFFU);
}

std::string_view name_of_kind(std::uint32_t kind) {
  switch (static_cast<track::SensorKind>(kind)) {
    case track::SensorKind::polar_radar:
      return name_of(serve::SensorKind::radar);
    case track::SensorKind::ads_b:
      return name_of(serve::SensorKind::ads_b);
    case track::SensorKind::mlat:
      return name_of(serve::SensorKind::mlat);
    case track::SensorKind::tracker:
      return name_of(serve::SensorKind::tracker);
    case track::SensorKind::uav_telemetry:
      return name_of(serve::SensorKind::uav);
    case track::SensorKind::remote_id:
      return name_of(serve::SensorKind::remote_id);
    case track::SensorKind::observer:
      return name_of(serve::SensorKind::observer);
  }
  return "?";
}

std::string name_of_tag(picture::SensorTag tag, std::span<const track::SensorDescription> sensors) {
  for (const track::SensorDescription& s : sensors) {
    if (sensor_tag(s) == tag) return s.name;
  }
  return fmt::format("{} {}/{}", name_of_kind(tag >> 16), tag >> 8 & 0xFFU, tag & 0xFFU);
}

track::TrackStatus status_of(bool coasting) {
  return coasting ? track::TrackStatus::coasting : track::TrackStatus::confirmed;
}

track::TrackView view_of(const picture::SystemTrack& t, base::Timestamp time) {
  const picture::Contribution& s = t.state;
  track::TrackView v;
  v.number = base::TrackNumber{handle_of(t.number.id)};
  v.status = status_of(s.coasting);
  v.time = time;
  v.first_plot_time = t.number.born;
  v.last_plot_time = t.plot_time;
  v.position = s.position;
  v.velocity_east = s.velocity_east;
  v.velocity_north = s.velocity_north;
  v.pressure_altitude = s.pressure_altitude;
  v.vertical_rate = s.vertical_rate;
  v.cov_ee_m2 = s.covariance[0];
  v.cov_en_m2 = s.covariance[1];
  v.cov_nn_m2 = s.covariance[4];
  v.existence = s.existence;
  v.icao_address = s.icao_address;
  v.mode_3a = s.mode_3a;
  v.call_sign = s.call_sign;
  v.kinds = s.kinds;
  return v;
}

}  // namespace

std::string to_string(const picture::ContributionId& id, const FederationConfig& config) {
  for (const FederationMember& m : config.members) {
    if (m.id == id.origin) return fmt::format("{}-{}", m.code, id.number);
  }
  return fmt::format("{}-{}", id.origin.value, id.number);  // of one that is a member no more
}

serve::CommonPicture common_view(const Federation& federation,
                                 std::span<const track::SensorDescription> sensors) {
  const FederationConfig& config = federation.config();
  const picture::CommonPicture picture = federation.common();
  serve::CommonPicture out;
  out.hash = seal::to_hex(picture::hash_of(picture));
  out.time = picture.time;
  for (std::size_t i = 0; i < config.members.size(); ++i) {
    const picture::Cut& cut = federation.held()[i].cut();
    out.cut.push_back({config.members[i].code, cut.epoch, cut.sequence});
  }
  for (const picture::SystemTrack& t : picture.tracks) {
    serve::CommonTrack track;
    track.view = view_of(t, picture.time);
    track.number = to_string(t.number.id, config);
    track.born = t.number.born;
    for (const picture::CommonNumber& n : t.aliases)
      track.aliases.push_back(to_string(n.id, config));
    if (t.split_from) track.split_from = to_string(t.split_from->id, config);
    for (const picture::Contributor& c : t.contributors) {
      const auto index = federation.index_of(picture.cut[c.published].origin);
      if (!index) continue;
      const picture::Contribution& published = federation.held()[*index].contributions()[c.index];
      track.view.sensors |= std::uint64_t{1} << *index;
      serve::CommonContributor& shown = track.contributors.emplace_back();
      shown.member = config.members[*index].code;
      shown.number = base::TrackNumber{published.number};
      shown.time = published.time;
      shown.last_plot_time = published.plot_time;
      shown.position = published.position;
      shown.cov_ee_m2 = published.covariance[0];
      shown.cov_en_m2 = published.covariance[1];
      shown.cov_nn_m2 = published.covariance[4];
      shown.existence = published.existence;
      shown.status = status_of(published.coasting);
      shown.weight = c.weight;
      for (const picture::SensorTag tag : published.rests_on())
        shown.sensors.push_back(name_of_tag(tag, sensors));
    }
    out.tracks.push_back(std::move(track));
  }
  const auto handle = [](const serve::CommonTrack& t) { return t.view.number; };
  std::ranges::stable_sort(out.tracks, {}, handle);
  const auto repeated = std::ranges::unique(out.tracks, {}, handle);
  out.tracks.erase(repeated.begin(), repeated.end());
  return out;
}

serve::FederationStatus federation_status(const Federation& federation,
                                          const serve::CommonPicture& common,
                                          base::Timestamp now) {
  const FederationConfig& config = federation.config();
  serve::FederationStatus out;
  out.name = config.name;
  out.common_hash = common.hash;
  out.picture_time = common.time;
  out.common_tracks = common.tracks.size();
  out.isolated = config.members.size() > 1;
  for (std::size_t i = 0; i < config.members.size(); ++i) {
    const FederationMember& member = config.members[i];
    const MemberCondition& condition = federation.conditions()[i];
    const share::Held& held = federation.held()[i];
    serve::MemberStatus& m = out.members.emplace_back();
    m.id = member.id.value;
    m.code = member.code;
    m.name = member.name;
    m.console = member.console;
    m.self = member.id == config.self;
    if (condition.heard) {
      m.age = std::max(now - condition.last_heard, base::Duration::zero());
      m.state = *m.age > kCutAfter ? serve::MemberState::cut : serve::MemberState::live;
    }
    m.epoch = held.cut().epoch;
    m.sequence = held.cut().sequence;
    m.contributions = held.contributions().size();
    m.frames_refused = condition.refused;
    m.last_refusal = condition.last_refusal;
    if (!m.self && m.state == serve::MemberState::live) out.isolated = false;
  }
  return out;
}

}  // namespace liptako::node
