#include "sim/system_server.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "sim/due.hpp"
#include "sim/traffic.hpp"

namespace liptako::sim {
namespace {

using base::Duration;
using base::Timestamp;

enum : std::uint64_t { kServer = 1008 };

// After so many updates without the aircraft its track has ended.
constexpr int kPatience = 4;
constexpr std::uint16_t kLastNumber = 65535;

}  // namespace

SystemServerModel::SystemServerModel(const SystemServer& server,
                                     const Atmosphere& air,
                                     std::uint64_t seed,
                                     std::uint64_t index,
                                     Timestamp start)
    : server_(&server),
      air_(&air),
      seed_(prng_for(seed, kServer, index).next()),
      start_(start),
      next_(start + kCollect),
      middle_(frame_at(server.site)) {}

std::uint16_t SystemServerModel::free_number() {
  for (int attempt = 0; attempt < kLastNumber; ++attempt) {
    last_number_ = last_number_ == kLastNumber ? std::uint16_t{1}
                                               : static_cast<std::uint16_t>(last_number_ + 1);
    const bool used = std::any_of(known_.begin(), known_.end(), [&](const auto& one) {
      return one.second.number == last_number_;
    });
    if (!used) return last_number_;
  }
  return 0;  // as many tracks as numbers: this aircraft has to wait
}

std::vector<ServerTrack> SystemServerModel::update(const Flights& flights) {
  const Timestamp begin = next_ - kCollect;
  const Timestamp end = next_;
  next_ += kCollect;
  std::vector<ServerTrack> out;
  const double range = server_->range.metres();
  const double lag_s = base::to_seconds(server_->lag);
  for (const std::unique_ptr<Flight>& flight : flights) {
    const FlightPlan& plan = flight->plan();
    if (plan.transponder == Transponder::none || plan.ghost) continue;
    if (!flight->within(middle_.position, range)) continue;
    const Duration phase = due_phase(plan.seed ^ seed_, server_->interval);
    each_due(start_, phase, server_->interval, begin, end, [&](Timestamp due, std::int64_t) {
      if (due - server_->lag < start_) return;
      const std::optional<Pose> pose = flight->at(due - server_->lag);
      if (!pose || pose->on_ground || flight->silent(due)) return;
      const Frame here = frame_at(pose->position);
      if (here.height_m - air_->geoid.metres() < server_->lowest.metres()) return;
      if (ground_distance_m(middle_.position, pose->position) >= range) return;
      const auto [found, is_new] = known_.try_emplace(
          plan.number,
          Known{0, due, due, NavigationError(server_->horizontal_sd, plan.seed ^ ~seed_)});
      Known& known = found->second;
      known.seen = due;
      if (due - known.seen_since < server_->initiation) return;
      ServerTrack track;
      if (known.number == 0) {
        known.number = free_number();
        track.first = true;
      }
      if (known.number == 0) return;
      // Where it was `lag` ago, carried on along a straight line.
      const NavigationError::Offset error = known.error.at(due - plan.departs);
      const Vec3 carried = here.position + lag_s * pose->velocity + error.east_m * here.east +
                           error.north_m * here.north;
      const Place said = place_of(frame_at(carried));
      track.flight = plan.number;
      track.number = known.number;
      track.time = due;
      track.latitude = said.latitude;
      track.longitude = said.longitude;
      track.east_mps = dot(pose->velocity, here.east);
      track.north_mps = dot(pose->velocity, here.north);
      track.pressure_altitude_ft =
          (pose->pressure_altitude_m + plan.altimeter_error.metres()) / base::kMetresPerFoot;
      track.vertical_rate_ftmin = pose->vertical_rate_mps * 60.0 / base::kMetresPerFoot;
      track.horizontal_sd = server_->horizontal_sd;
      track.mode_3a = plan.mode_3a;
      if (plan.transponder != Transponder::mode_ac) {
        track.icao_address = flight->told_address();
        track.call_sign = plan.call_sign;
      }
      track.kind = plan.kind;
      out.push_back(track);
    });
  }
  std::erase_if(known_, [&](const auto& one) {
    return end - one.second.seen > kPatience * server_->interval;
  });
  std::sort(out.begin(), out.end(), [](const ServerTrack& a, const ServerTrack& b) {
    return std::tie(a.time, a.number) < std::tie(b.time, b.number);
  });
  return out;
}

}  // namespace liptako::sim
