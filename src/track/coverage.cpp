#include "track/coverage.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/math.hpp"
#include "track/sensors/models.hpp"

namespace liptako::track {
namespace {

constexpr double kEffectiveEarthM = 4.0 / 3.0 * geo::kMeanRadiusM;
constexpr double kEdgeSd = 0.1 * base::kRadiansPerDegree;
constexpr double kLeastSdM = 10.0;

// Of a standard normal below x, within 0.01.
double below(double x) {
  if (x > 20.0) return 1.0;
  if (x < -20.0) return 0.0;
  return 1.0 / (1.0 + base::exp(-1.702 * x));
}

double height_of_ray_m(double antenna_m, double elevation, double ground_m) {
  const double angle = elevation + ground_m / kEffectiveEarthM;
  if (angle >= 0.5 * base::kPi) return std::numeric_limits<double>::infinity();
  return (kEffectiveEarthM + antenna_m) * base::cos(elevation) / base::cos(angle) -
         kEffectiveEarthM;
}

}  // namespace

base::Length height_of_ray(base::Length antenna,
                           base::Angle elevation,
                           base::Length ground_distance) {
  return base::Length::from_metres(
      height_of_ray_m(antenna.metres(), elevation.radians(), ground_distance.metres()));
}

base::Length lowest_in_view(const SensorDescription& sensor,
                            base::Angle azimuth,
                            base::Length ground_distance) {
  const double antenna = sensor.site.height.metres(), ground = ground_distance.metres();
  const double beam = height_of_ray_m(antenna, sensor.elevation_min.radians(), ground);
  double horizon = -std::numeric_limits<double>::infinity();
  if (!sensor.horizon.empty()) {
    const auto count = static_cast<double>(sensor.horizon.size());
    const double place = base::wrap_two_pi(azimuth.radians()) / (2.0 * base::kPi) * count;
    const auto first = static_cast<std::size_t>(place) % sensor.horizon.size();
    const double share = place - std::floor(place);
    const std::size_t next = (first + 1) % sensor.horizon.size();
    const double elevation =
        (1.0 - share) * sensor.horizon[first].radians() + share * sensor.horizon[next].radians();
    horizon = height_of_ray_m(antenna, elevation, ground);
  } else {
    const double dip = base::acos(kEffectiveEarthM / (kEffectiveEarthM + std::fmax(0.0, antenna)));
    if (ground > dip * kEffectiveEarthM) horizon = height_of_ray_m(antenna, -dip, ground);
  }
  return base::Length::from_metres(std::fmax(beam, horizon));
}

double share_in_view(const SensorDescription& sensor,
                     const geo::TangentFrame& site,
                     const geo::Geodetic& place,
                     const Height& height) {
  if (!model_of(sensor.kind).needs_site || !sensor.placed) return 1.0;
  const auto q = site.enu_from_ecef(
      geo::ecef_from_geodetic({place.latitude, place.longitude, sensor.site.height}));
  // The chord between two places of one height: shorter than the way over ground by 0.02 % at 400
  // km.
  const double ground = std::sqrt(q.x * q.x + q.y * q.y + q.z * q.z);
  const double range_edge = std::fmax(kLeastSdM, 3.0 * sensor.range_sd.metres());
  const double rise = height.mean_m - sensor.site.height.metres();
  const double range = std::sqrt(ground * ground + rise * rise);
  double seen = below((sensor.range_max.metres() - range) / range_edge);
  if (sensor.range_min > base::Length())
    seen *= below((range - sensor.range_min.metres()) / range_edge);
  const double sd = std::sqrt(std::fmax(0.0, height.variance_m2) +
                              kEdgeSd * ground * kEdgeSd * ground + kLeastSdM * kLeastSdM);
  const auto azimuth = base::Angle::from_radians(base::wrap_two_pi(base::atan2(q.x, q.y)));
  const double antenna = sensor.site.height.metres();
  const double low = lowest_in_view(sensor, azimuth, base::Length::from_metres(ground)).metres();
  const double high = height_of_ray_m(antenna, sensor.elevation_max.radians(), ground);
  const double under = std::isfinite(high) ? below((high - height.mean_m) / sd) : 1.0;
  return seen * std::fmax(0.0, under - below((low - height.mean_m) / sd));
}

}  // namespace liptako::track
