#include "sim/mlat.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "sim/due.hpp"
#include "sim/traffic.hpp"

namespace liptako::sim {
namespace {

using base::Timestamp;

enum : std::uint64_t { kMlat = 1007 };

double steps(double value, double step) { return std::floor(value / step + 0.5) * step; }

}  // namespace

MlatModel::MlatModel(const MlatSystem& system,
                     const Atmosphere& air,
                     std::uint64_t seed,
                     std::uint64_t index,
                     Timestamp start)
    : system_(&system),
      air_(&air),
      start_(start),
      next_(start + kCollect),
      middle_(frame_at(system.site)),
      prng_(prng_for(seed, kMlat, index)) {}

std::vector<MlatReport> MlatModel::listen(const Flights& flights) {
  const Timestamp begin = next_ - kCollect;
  const Timestamp end = next_;
  next_ += kCollect;
  std::vector<MlatReport> out;
  const double range = system_->range.metres();
  for (const std::unique_ptr<Flight>& flight : flights) {
    const FlightPlan& plan = flight->plan();
    if (plan.transponder == Transponder::none || plan.ghost) continue;
    if (!flight->within(middle_.position, range)) continue;
    const base::Duration phase = due_phase(plan.seed, system_->interval);
    each_due(start_, phase, system_->interval, begin, end, [&](Timestamp due, std::int64_t) {
      const std::optional<Pose> pose = flight->at(due);
      if (!pose || pose->on_ground || flight->silent(due)) return;
      const Frame here = frame_at(pose->position);
      const double part = ground_distance_m(middle_.position, pose->position) / range;
      const double above_sea = here.height_m - air_->geoid.metres();
      if (part >= 1.0 || above_sea < system_->lowest.metres()) return;
      if (!prng_.chance(system_->pd)) return;
      const double sd = system_->horizontal_sd.metres() * (1.0 + (kEdge - 1.0) * part * part);
      const double east = system_->east_bias.metres() + prng_.normal(0.0, sd);
      const double north = system_->north_bias.metres() + prng_.normal(0.0, sd);
      const Place said = place_of(frame_at(here.position + east * here.east + north * here.north));
      const bool mode_s = plan.transponder != Transponder::mode_ac;
      MlatReport report;
      report.flight = plan.number;
      report.time = due;
      report.latitude = said.latitude;
      report.longitude = said.longitude;
      report.horizontal_sd = base::Length::from_metres(sd);
      report.mode_3a = plan.mode_3a;
      report.mode_c_ft =
          steps((pose->pressure_altitude_m + plan.altimeter_error.metres()) / base::kMetresPerFoot,
                mode_s ? 25.0 : 100.0);
      if (mode_s) {
        report.icao_address = flight->told_address();
        report.call_sign = plan.call_sign;
      }
      out.push_back(report);
    });
  }
  std::sort(out.begin(), out.end(), [](const MlatReport& a, const MlatReport& b) {
    return std::tie(a.time, a.mode_3a, a.latitude) < std::tie(b.time, b.mode_3a, b.latitude);
  });
  return out;
}

}  // namespace liptako::sim
