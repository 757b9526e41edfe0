#include "share/publisher.hpp"

#include <cmath>

#include "geo/frames.hpp"

namespace liptako::share {
namespace {

using picture::Contribution;

constexpr double kAnyNoise = 0.0;  // of extrapolation; only the position is looked at

bool tells_the_same(const Contribution& said, const Contribution& now) {
  return said.icao_address == now.icao_address && said.mode_3a == now.mode_3a &&
         said.call_sign == now.call_sign && said.coasting == now.coasting &&
         said.claim == now.claim && said.kinds == now.kinds &&
         said.sensor_count == now.sensor_count && said.sensors == now.sensors &&
         said.pressure_altitude.has_value() == now.pressure_altitude.has_value() &&
         std::fabs(said.existence - now.existence) <= 0.05;
}

bool has_strayed(const Contribution& said, const Contribution& now, const PublisherOptions& o) {
  const Contribution there = extrapolated(said, now.time, kAnyNoise);
  const double east = there.velocity_east.mps() - now.velocity_east.mps();
  const double north = there.velocity_north.mps() - now.velocity_north.mps();
  if (east * east + north * north > kVelocityBound.mps() * kVelocityBound.mps()) return true;
  if (geo::rough_distance(there.position, now.position) > o.bound) return true;
  return now.pressure_altitude &&
         std::fabs(there.pressure_altitude->metres() - now.pressure_altitude->metres()) >
             o.height_bound.metres();
}

}  // namespace

bool Publisher::is_due(base::Timestamp now, const PublisherOptions& options) const {
  if (!published_) return true;
  // A clock that was set back must not silence the node until it has caught up.
  return now < last_ || now - last_ >= options.period;
}

std::vector<base::Bytes> Publisher::publish(base::Timestamp now,
                                            std::uint64_t epoch,
                                            std::span<const Contribution> current,
                                            const Held& own,
                                            const PublisherOptions& options) {
  // Sequences go on through epochs, so that a keyframe of another epoch is never taken for this
  // one's.
  ++sequence_;
  const bool has_base = epoch == epoch_ && own.keyframe_cut().epoch == epoch &&
                        own.keyframe_cut().sequence != 0 &&
                        sequence_ - own.keyframe_cut().sequence < options.keyframe_every;
  epoch_ = epoch;
  last_ = now;
  published_ = true;
  current = current.first(std::min(current.size(), kMaxContributions));
  FrameHeader header;
  header.cut = {self_, epoch_, sequence_};
  header.time = now;
  header.bound = options.bound;
  if (!has_base) {
    header.keyframe = sequence_;
    return encode_frame(header, current, {});
  }
  header.keyframe = own.keyframe_cut().sequence;
  std::vector<Contribution> changed;
  std::vector<std::uint32_t> removed;
  const auto said = own.keyframe();
  std::size_t i = 0;
  for (const Contribution& c : current) {
    while (i < said.size() && said[i].number < c.number) removed.push_back(said[i++].number);
    const bool known = i < said.size() && said[i].number == c.number;
    if (!known || !tells_the_same(said[i], c) || has_strayed(said[i], c, options))
      changed.push_back(c);
    if (known) ++i;
  }
  while (i < said.size()) removed.push_back(said[i++].number);
  return encode_frame(header, changed, removed);
}

}  // namespace liptako::share
