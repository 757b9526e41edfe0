#include "node/federation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/archive.hpp"
#include "base/check.hpp"
#include "base/math.hpp"
#include "base/time_range.hpp"
#include "picture/fusion.hpp"

namespace liptako::node {
namespace {

using picture::CommonNumber;
using picture::Contribution;

// A partner's clock may be off by seconds (domain: an unsynchronised node, 3 s); by more, its
// frames would age everybody else's.
constexpr base::Duration kMostAhead = std::chrono::seconds(5);
// What is older has no place in a live picture; a member whose clock is an hour behind must be told
// from one that says nothing.
constexpr base::Duration kMostBehind = std::chrono::seconds(30);
const share::PublisherOptions kPublishing;

// The kind's bit of Contribution::kinds.
std::uint8_t kind_bit(track::SensorKind kind) {
  return static_cast<std::uint8_t>(1U << (static_cast<unsigned>(kind) - 1U));
}

Contribution contribution_of(const track::TrackView& view,
                             std::span<const track::SensorDescription> sensors) {
  Contribution c;
  c.number = view.number.value;
  c.born = view.first_plot_time;
  c.time = view.time;
  c.plot_time = view.last_plot_time;
  c.coasting = view.status == track::TrackStatus::coasting;
  c.position = view.position;
  c.velocity_east = view.velocity_east;
  c.velocity_north = view.velocity_north;
  c.covariance = {view.cov_ee_m2,
                  view.cov_en_m2,
                  view.cov_position_velocity[0],
                  view.cov_position_velocity[1],
                  view.cov_nn_m2,
                  view.cov_position_velocity[2],
                  view.cov_position_velocity[3],
                  view.cov_velocity[0],
                  view.cov_velocity[1],
                  view.cov_velocity[2]};
  // Rounding to the wire's 24 bits must not cost positive definiteness.
  constexpr double kRounding = 1.0 + 1e-5;
  for (const std::size_t diagonal : {0, 4, 7, 9}) c.covariance[diagonal] *= kRounding;
  c.pressure_altitude = view.pressure_altitude;
  c.vertical_rate = view.vertical_rate;
  c.existence = view.existence;
  c.icao_address = view.icao_address;
  c.mode_3a = view.mode_3a;
  c.call_sign = view.call_sign;
  std::vector<picture::SensorTag> tags;
  for (std::size_t i = 0; i < sensors.size(); ++i) {
    if ((view.sensors >> i & 1U) == 0) continue;
    c.kinds |= kind_bit(sensors[i].kind);
    tags.push_back(sensor_tag(sensors[i]));
  }
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  for (const picture::SensorTag tag : tags) {
    if (c.sensor_count == Contribution::kMaxSensors) break;
    c.sensors[c.sensor_count++] = tag;
  }
  return c;
}

// What decode_part() would refuse must not be sent.
bool is_sound(const Contribution& c) {
  constexpr double kMaxVariance = 1e11;
  auto rounded = c.covariance;  // as the wire carries it
  for (double& x : rounded) {
    if (!(std::fabs(x) <= kMaxVariance)) return false;
    x = static_cast<double>(static_cast<float>(x));
  }
  if (!base::is_reckonable(c.born) || !base::is_reckonable(c.plot_time)) return false;
  if (c.plot_time - c.time > std::chrono::seconds(30)) return false;
  const bool finite = std::isfinite(c.position.latitude.radians()) &&
                      std::isfinite(c.position.longitude.radians()) &&
                      std::isfinite(c.velocity_east.mps()) &&
                      std::isfinite(c.velocity_north.mps()) &&
                      std::isfinite(c.vertical_rate.mps()) && std::isfinite(c.existence);
  return finite && picture::is_positive_definite(rounded);
}

}  // namespace

picture::SensorTag sensor_tag(const track::SensorDescription& sensor) {
  return (static_cast<std::uint32_t>(sensor.kind) << 16) |
         (static_cast<std::uint32_t>(sensor.sac_sic.sac) << 8) | sensor.sac_sic.sic;
}

template <class Archive>
void visit_fields(Archive& archive, MemberCondition& c) {
  archive(c.heard, c.last_heard, c.refused, c.last_refusal);
}

Federation::Federation(const FederationConfig& config) { configure(config); }

void Federation::configure(const FederationConfig& config) {
  std::vector<share::Held> held;
  std::vector<MemberCondition> conditions;
  for (const FederationMember& m : config.members) {
    const auto old = index_of(m.id);
    held.push_back(old ? std::move(held_[*old]) : share::Held(m.id));
    conditions.push_back(old ? std::move(conditions_[*old]) : MemberCondition{});
  }
  publisher_.become(config.self);
  config_ = config;
  held_ = std::move(held);
  conditions_ = std::move(conditions);
}

std::optional<std::size_t> Federation::index_of(base::MemberId member) const {
  for (std::size_t i = 0; i < config_.members.size(); ++i) {
    if (config_.members[i].id == member) return i;
  }
  return std::nullopt;
}

void Federation::take(base::ByteView bytes, base::Timestamp now) {
  const auto origin = share::origin_of(bytes);
  const auto index = origin && *origin != config_.self ? index_of(*origin) : std::nullopt;
  if (!index) {
    ++unattributed_;
    return;
  }
  MemberCondition& condition = conditions_[*index];
  const auto refuse = [&](std::string why) {
    ++condition.refused;
    condition.last_refusal = std::move(why);
  };
  auto part = share::decode_part(bytes);
  if (!part) return refuse(part.error().message);
  if (part->header.time - now > kMostAhead) {
    return refuse(fmt::format("its clock is {:.0f} s ahead of this node's",
                              base::to_seconds(part->header.time - now)));
  }
  if (now - part->header.time > kMostBehind) {
    return refuse(fmt::format("its frame is {:.0f} s old, or its clock behind this node's",
                              base::to_seconds(now - part->header.time)));
  }
  const auto taken = held_[*index].take(std::move(*part));
  if (!taken) return refuse(taken.error().message);
  if (*taken != share::Taken::complete) return;
  condition.heard = true;
  condition.last_heard = now;
}

bool Federation::is_due(base::Timestamp now) const {
  return !config_.members.empty() && publisher_.is_due(now, kPublishing);
}

void Federation::publish(base::Timestamp now,
                         std::uint64_t epoch,
                         const track::Tracker& tracker,
                         std::vector<base::Bytes>& out) {
  forget_the_future(now);
  // What this node calls its own tracks in common, by their numbers.
  std::map<std::uint32_t, CommonNumber> names;
  const std::size_t self = index_of(config_.self).value();
  const picture::CommonPicture picture = common();
  for (const picture::SystemTrack& t : picture.tracks) {
    for (const picture::Contributor& c : t.contributors) {
      if (picture.cut[c.published].origin != config_.self) continue;
      names[held_[self].contributions()[c.index].number] = t.number;
    }
  }
  std::vector<Contribution> current;
  tracker.for_each_track([&](std::uint32_t slot) {
    const track::TrackView view = tracker.view(slot, now);
    if (!view.placed) return;
    if (view.status != track::TrackStatus::confirmed && view.status != track::TrackStatus::coasting)
      return;
    Contribution c = contribution_of(view, tracker.sensors());
    if (!is_sound(c)) return;
    const auto name = names.find(c.number);
    c.claim = name != names.end() ? name->second : CommonNumber{c.born, {config_.self, c.number}};
    current.push_back(c);
  });
  std::sort(current.begin(), current.end(), [](const Contribution& a, const Contribution& b) {
    return a.number < b.number;
  });
  const std::size_t first = out.size();
  for (base::Bytes& part : publisher_.publish(now, epoch, current, held_[self], kPublishing))
    out.push_back(std::move(part));
  for (std::size_t i = first; i < out.size(); ++i) {
    auto part = share::decode_part(out[i]);
    CHECK(part);  // what this node publishes it can read
    CHECK(held_[self].take(std::move(*part)));
  }
  conditions_[self].heard = true;
  conditions_[self].last_heard = now;
}

// This node's clock was set back: what it took before seems to come from the future. Kept, it would
// pass for the newest there is and make everything since seem old.
void Federation::forget_the_future(base::Timestamp now) {
  for (std::size_t i = 0; i < held_.size(); ++i) {
    conditions_[i].last_heard = std::min(conditions_[i].last_heard, now);
    if (!held_[i].known() || held_[i].time() - now <= kMostAhead) continue;
    held_[i] = share::Held(config_.members[i].id);
    conditions_[i].last_refusal = "this node's clock was set back; what was held is forgotten";
  }
}

picture::CommonPicture Federation::common() const {
  std::vector<picture::Published> published;
  for (const share::Held& h : held_) {
    if (h.known()) published.push_back(h.published());
  }
  std::sort(published.begin(), published.end(), [](const auto& a, const auto& b) {
    return a.cut.origin < b.cut.origin;
  });
  return picture::fuse(published);
}

void Federation::save(base::ByteWriter& out) const {
  base::Saver saver(out);
  saver(static_cast<std::uint32_t>(held_.size()));
  for (const share::Held& h : held_) h.save(out);
  saver(conditions_, unattributed_, publisher_);
}

bool Federation::load(base::ByteReader& in) {
  base::Loader loader(in);
  std::uint32_t count = 0;
  loader(count);
  if (count != held_.size()) return false;
  for (share::Held& h : held_) h.load(in);
  loader(conditions_, unattributed_, publisher_);
  if (!in.ok() || conditions_.size() != held_.size()) return false;
  for (std::size_t i = 0; i < held_.size(); ++i) {
    if (held_[i].cut().origin != config_.members[i].id) return false;
    if (!base::is_reckonable(held_[i].time())) return false;
    if (!base::is_reckonable(conditions_[i].last_heard)) return false;
  }
  return true;
}

}  // namespace liptako::node
