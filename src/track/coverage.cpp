#include "track/coverage.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>

#include "base/math.hpp"
#include "track/sensors/models.hpp"

namespace liptako::track {
namespace {

constexpr double kEffectiveEarthM = kEffectiveEarth.metres();
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

// What the ground hides there: all below a ray of this elevation, a normal variable.
struct Horizon {
  double elevation = 0.0;
  double variance = 0.0;
};

Horizon given_horizon(std::span<const base::Angle> profile, double azimuth) {
  const auto count = static_cast<double>(profile.size());
  const double place = base::wrap_two_pi(azimuth) / (2.0 * base::kPi) * count;
  const auto first = static_cast<std::size_t>(place) % profile.size();
  const double share = place - std::floor(place);
  const std::size_t next = (first + 1) % profile.size();
  return {(1.0 - share) * profile[first].radians() + share * profile[next].radians(), 0.0};
}

// None: the sea hides nothing there.
std::optional<Horizon> sea_horizon(double antenna_m, double ground_m) {
  const double dip = base::acos(kEffectiveEarthM / (kEffectiveEarthM + std::fmax(0.0, antenna_m)));
  if (!(ground_m > dip * kEffectiveEarthM)) return std::nullopt;
  return Horizon{-dip, 0.0};
}

std::optional<Horizon> terrain_horizon(const SensorDescription& sensor,
                                       double azimuth,
                                       double ground_m) {
  const std::optional<Horizon> sea = sea_horizon(sensor.site.height.metres(), ground_m);
  if (sensor.terrain.empty()) return sea;
  const double place = base::wrap_two_pi(azimuth) / (2.0 * base::kPi) * TerrainView::kAzimuths;
  const auto first = static_cast<std::size_t>(place) % TerrainView::kAzimuths;
  const auto at = [&](std::size_t direction) {
    const auto highest = highest_ground(
        sensor.terrain, direction % TerrainView::kAzimuths, base::Length::from_metres(ground_m));
    if (!highest || (sea && highest->elevation.radians() < sea->elevation)) return sea;
    const double sd = sensor.terrain.ground_sd_m / highest->distance.metres();
    return std::optional(Horizon{highest->elevation.radians(), sd * sd});
  };
  const std::optional<Horizon> a = at(first), b = at(first + 1);
  if (!a || !b) return a ? a : b;
  const double share = place - std::floor(place);
  const double apart = b->elevation - a->elevation;
  return Horizon{
      a->elevation + share * apart,
      (1.0 - share) * a->variance + share * b->variance + share * (1.0 - share) * apart * apart};
}

// Height below which nothing is seen, a normal variable.
struct LowEdge {
  double height_m = 0.0;
  double variance_m2 = 0.0;
};

LowEdge low_edge(const SensorDescription& sensor, double azimuth, double ground_m) {
  const double antenna = sensor.site.height.metres();
  const double beam = height_of_ray_m(antenna, sensor.elevation_min.radians(), ground_m);
  const std::optional<Horizon> horizon =
      sensor.horizon.empty() ? terrain_horizon(sensor, azimuth, ground_m)
                             : std::optional(given_horizon(sensor.horizon, azimuth));
  if (!horizon) return {beam, 0.0};
  const double height = height_of_ray_m(antenna, horizon->elevation, ground_m);
  if (height < beam) return {beam, 0.0};
  return {height, horizon->variance * ground_m * ground_m};
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
  return base::Length::from_metres(
      low_edge(sensor, azimuth.radians(), ground_distance.metres()).height_m);
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
  const double variance = std::fmax(0.0, height.variance_m2) + kEdgeSd * ground * kEdgeSd * ground +
                          kLeastSdM * kLeastSdM;
  const LowEdge low = low_edge(sensor, base::atan2(q.x, q.y), ground);
  const double antenna = sensor.site.height.metres();
  const double high = height_of_ray_m(antenna, sensor.elevation_max.radians(), ground);
  const double under =
      std::isfinite(high) ? below((high - height.mean_m) / std::sqrt(variance)) : 1.0;
  const double hidden =
      below((low.height_m - height.mean_m) / std::sqrt(variance + low.variance_m2));
  return seen * std::fmax(0.0, under - hidden);
}

}  // namespace liptako::track
