#include "sim/adsb.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "base/math.hpp"
#include "sim/due.hpp"
#include "sim/traffic.hpp"

namespace liptako::sim {
namespace {

using base::Angle;
using base::Duration;
using base::Timestamp;

enum : std::uint64_t { kAdsb = 1003 };

double steps(double value, double step) { return std::floor(value / step + 0.5) * step; }

// Number of longitude zones at a latitude [ICAO Annex 10 Vol. IV, CPR]; 15 zones of latitude in a
// quarter circle.
int longitude_zones(double latitude_rad) {
  const double cosine = base::cos(latitude_rad);
  const double a = 1.0 - base::cos(base::kPi / 30.0);
  const double ratio = std::clamp(1.0 - a / (cosine * cosine), -1.0, 1.0);
  return std::max(1, static_cast<int>(2.0 * base::kPi / base::acos(ratio)));
}

struct Quality {
  int nic;
  int nac_v;
};

// What installations of each position accuracy usually send along; NIC bounds the error 10 to 20
// times wider.
Quality quality_of(int nac_p) {
  switch (nac_p) {
    case 11:
      return {10, 3};
    case 10:
      return {9, 2};
    case 9:
      return {8, 2};
    case 8:
      return {8, 1};
    case 7:
      return {7, 1};
    case 6:
      return {5, 1};
    case 5:
      return {4, 1};
    default:
      return {0, 0};
  }
}

}  // namespace

AdsbModel::AdsbModel(const AdsbStation& station,
                     const Atmosphere& air,
                     std::uint64_t seed,
                     std::uint64_t index,
                     Timestamp start)
    : station_(&station),
      air_(&air),
      start_(start),
      next_(start + kCollect),
      site_(frame_at(station.site)),
      prng_(prng_for(seed, kAdsb, index)) {}

double AdsbModel::reception_probability(const Pose& pose) const {
  if (station_->from_space) {
    const bool covered =
        ground_distance_m(site_.position, pose.position) < station_->range.metres();
    return covered ? station_->pd : 0.0;
  }
  const double part = norm(pose.position - site_.position) / station_->range.metres();
  if (part >= 1.0) return 0.0;
  for (const Ridge& ridge : air_->ridges) {
    if (hides(ridge, site_, pose.position)) return 0.0;
  }
  const double ground = (air_->geoid + air_->terrain).metres();
  const bool sight = in_radio_sight(ground_distance_m(site_.position, pose.position),
                                    site_.height_m - ground,
                                    frame_at(pose.position).height_m - ground);
  return sight ? station_->pd * (1.0 - part * part * part) : 0.0;
}

AdsbReport AdsbModel::report_of(const Flight& flight,
                                const Pose& pose,
                                const std::optional<NavigationState>& told) {
  const FlightPlan& plan = flight.plan();
  const bool whole = station_->format == AdsbFormat::beast;
  AdsbReport report;
  report.flight = plan.number;
  report.icao_address = flight.told_address();
  report.mode_3a = plan.mode_3a;
  report.call_sign = plan.call_sign;
  report.kind = plan.kind;
  const double altitude_ft =
      (pose.pressure_altitude_m + plan.altimeter_error.metres()) / base::kMetresPerFoot;
  report.pressure_altitude_ft = whole ? altitude_ft : steps(altitude_ft, 25.0);
  report.vertical_rate_ftmin = steps(pose.vertical_rate_mps * 60.0 / base::kMetresPerFoot, 64.0);
  report.has_position = told.has_value();
  if (!told) return report;

  const Frame said = frame_at(told->position);
  const Place place = place_of(said);
  const double vertical = dot(told->velocity, said.up);
  const Vec3 flat = told->velocity - vertical * said.up;
  const Quality quality = quality_of(told->nac_p);
  report.latitude = place.latitude;
  report.longitude = place.longitude;
  report.geometric_height_ft = said.height_m / base::kMetresPerFoot;
  if (!whole) {
    // Compact position reporting has 2^17 steps in a zone of 6 degrees of latitude.
    constexpr double kZoneBins = 131072.0;
    report.latitude = Angle::from_degrees(steps(place.latitude.degrees(), 6.0 / kZoneBins));
    report.longitude = Angle::from_degrees(steps(
        place.longitude.degrees(), 360.0 / longitude_zones(place.latitude.radians()) / kZoneBins));
    report.geometric_height_ft = steps(report.geometric_height_ft, 25.0);
  }
  // Velocity squitters carry whole knots east and north.
  const double velocity_sd_kt = quality.nac_v >= 2 ? 0.5 : 1.0;
  report.east_kt =
      steps(dot(flat, said.east) / base::kMpsPerKnot + prng_.normal(0.0, velocity_sd_kt), 1.0);
  report.north_kt =
      steps(dot(flat, said.north) / base::kMpsPerKnot + prng_.normal(0.0, velocity_sd_kt), 1.0);
  report.ground_speed_kt =
      std::sqrt(report.east_kt * report.east_kt + report.north_kt * report.north_kt);
  report.track_angle_rad = base::wrap_two_pi(base::atan2(report.east_kt, report.north_kt));
  report.nac_p = told->nac_p;
  report.nac_v = quality.nac_v;
  report.nic = quality.nic;
  report.sil = quality.nic > 0 ? 3 : 0;
  return report;
}

std::vector<AdsbReport> AdsbModel::listen(const Flights& flights, GnssField* gnss) {
  const Timestamp begin = next_ - kCollect;
  const Timestamp end = next_;
  next_ += kCollect;
  std::vector<AdsbReport> heard;
  for (const std::unique_ptr<Flight>& flight : flights) {
    const FlightPlan& plan = flight->plan();
    if (plan.transponder != Transponder::adsb) continue;
    if (!flight->within(site_.position, station_->range.metres())) continue;
    const Duration phase = due_phase(plan.seed, station_->interval);
    each_due(start_, phase, station_->interval, begin, end, [&](Timestamp received, auto number) {
      // How old a position is when it is sent differs between installations, up to 0.1 s.
      const Timestamp position_time =
          received - Duration(static_cast<std::int64_t>(plan.seed >> 32) % 100'000'000);
      const std::optional<Pose> pose = flight->at(std::max(position_time, plan.departs));
      if (!pose || pose->on_ground || flight->silent(received)) return;
      if (!prng_.chance(reception_probability(*pose))) return;
      std::optional<NavigationState> told;
      if (gnss != nullptr) {
        told = gnss->told(*flight, *pose, position_time);
      } else {
        told = undisturbed(*flight, *pose, position_time);
      }
      // A report needs a position; squitters go on without one.
      if (!told && station_->format == AdsbFormat::asterix) return;
      heard.push_back(report_of(*flight, *pose, told));
      heard.back().number = number;
      heard.back().position_time = position_time;
      heard.back().received = received;
    });
  }
  std::sort(heard.begin(), heard.end(), [](const AdsbReport& a, const AdsbReport& b) {
    return std::tie(a.received, a.icao_address) < std::tie(b.received, b.icao_address);
  });
  return heard;
}

}  // namespace liptako::sim
