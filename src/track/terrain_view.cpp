#include "track/terrain_view.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "base/math.hpp"
#include "geo/frames.hpp"
#include "track/coverage.hpp"
#include "track/plot.hpp"

namespace liptako::track {
namespace {

// Ground that rises by less over the edge before it is left to that.
constexpr double kLeastRise = 0.02 * base::kRadiansPerDegree;
constexpr double kLeastStepM = 500.0;
constexpr double kNearSteps = 1.5;
constexpr double kSamplesAStep = 4.0;
// Lower ground hides nothing that flies.
constexpr double kLowest = -10.0 * base::kRadiansPerDegree;
constexpr double kHighest = 60.0 * base::kRadiansPerDegree;

// A distance that the rays of all directions share.
struct Ring {
  double ground_m;
  base::SinCos on_earth;   // of the angle at the Earth's centre
  base::SinCos effective;  // at that of the effective Earth
};

// The edges of one direction. `rises`: the least that makes a new one.
void append_edges(std::span<const double> elevations,
                  std::span<const Ring> rings,
                  double rise,
                  std::vector<TerrainEdge>& out) {
  double highest = kLowest;
  for (std::size_t i = 0; i < elevations.size(); ++i) {
    const double seen = std::fmin(elevations[i], kHighest);
    if (!(seen > highest + rise)) continue;
    highest = seen;
    const double distance = rings[i].ground_m / TerrainView::kDistanceUnit.metres();
    const double elevation = highest / TerrainView::kElevationUnit.radians();
    out.push_back({static_cast<std::uint16_t>(std::floor(distance + 0.5)),
                   static_cast<std::int16_t>(std::floor(elevation + 0.5))});
  }
}

}  // namespace

bool is_loadable(const TerrainView& view) {
  if (view.empty()) return view.edges.empty();
  if (view.ends.size() != TerrainView::kAzimuths || view.ends.back() != view.edges.size())
    return false;
  if (!(view.ground_sd_m >= 0.0F && view.ground_sd_m <= 1e5F)) return false;
  std::size_t begin = 0;
  for (const std::uint16_t end : view.ends) {
    if (end < begin || end - begin > TerrainView::kMostEdges) return false;
    for (std::size_t i = begin; i < end; ++i) {
      const TerrainEdge& e = view.edges[i];
      if (e.distance == 0 || std::fabs(e.elevation * TerrainView::kElevationUnit.degrees()) > 60.01)
        return false;
      if (i > begin &&
          !(view.edges[i - 1].distance < e.distance && view.edges[i - 1].elevation < e.elevation)) {
        return false;
      }
    }
    begin = end;
  }
  return true;
}

TerrainView terrain_seen_from(const SensorDescription& sensor, const geo::TerrainGrid& grid) {
  TerrainView view;
  if (sensor.kind != SensorKind::polar_radar || !sensor.placed || sensor.surface ||
      !sensor.horizon.empty()) {
    return view;
  }
  const auto at_site = grid.height_at(sensor.site.latitude, sensor.site.longitude);
  if (!at_site) return view;
  const double antenna = sensor.site.height.metres();
  const double too_high = std::fmax(0.0, at_site->metres() - antenna);
  const double sd = grid.height_sd().metres();
  view.ground_sd_m = static_cast<float>(std::sqrt(sd * sd + too_high * too_high));

  const double effective = kEffectiveEarth.metres();
  const double reach = std::fmin(TerrainView::kReach.metres(), sensor.range_max.metres());
  const double step = std::fmax(kLeastStepM, grid.spacing().metres() / kSamplesAStep);
  std::vector<Ring> rings;
  for (double g = kNearSteps * grid.spacing().metres(); g <= reach; g += step)
    rings.push_back({g, base::sincos(g / geo::kMeanRadiusM), base::sincos(g / effective)});
  const base::SinCos latitude = base::sincos(sensor.site.latitude.radians());
  const double longitude = sensor.site.longitude.radians();
  std::vector<double> elevations;
  for (std::size_t k = 0; k < TerrainView::kAzimuths; ++k) {
    const base::SinCos azimuth =
        base::sincos(2.0 * base::kPi * static_cast<double>(k) / TerrainView::kAzimuths);
    elevations.clear();
    for (const Ring& ring : rings) {
      // On a sphere: within 0.3 % of the distance, 1 km at most.
      const double along = latitude.cos * ring.on_earth.sin;
      const double sine = latitude.sin * ring.on_earth.cos + along * azimuth.cos;
      const double east = base::atan2(azimuth.sin * along, ring.on_earth.cos - latitude.sin * sine);
      const auto ground = grid.height_at(
          base::Angle::from_radians(base::asin(std::fmin(1.0, std::fmax(-1.0, sine)))),
          base::Angle::from_radians(base::wrap_pi(longitude + east)));
      if (!ground) break;  // beyond, nothing is known of the ground
      const double from_centre = effective + ground->metres() - too_high;
      elevations.push_back(base::atan2(from_centre * ring.effective.cos - (effective + antenna),
                                       from_centre * ring.effective.sin));
    }
    const std::size_t begin = view.edges.size();
    for (double rise = kLeastRise;; rise *= 2.0) {
      view.edges.resize(begin);
      append_edges(elevations, rings, rise, view.edges);
      if (view.edges.size() - begin <= TerrainView::kMostEdges) break;
    }
    view.ends.push_back(static_cast<std::uint16_t>(view.edges.size()));
  }
  return view;
}

std::optional<HighestGround> highest_ground(const TerrainView& view,
                                            std::size_t index,
                                            base::Length ground_distance) {
  const std::size_t begin = index == 0 ? 0 : view.ends[index - 1];
  const auto edges =
      std::span<const TerrainEdge>(view.edges).subspan(begin, view.ends[index] - begin);
  const double reach = ground_distance / TerrainView::kDistanceUnit;
  const auto beyond = std::ranges::partition_point(
      edges, [&](const TerrainEdge& e) { return e.distance <= reach; });
  if (beyond == edges.begin()) return std::nullopt;
  const TerrainEdge& edge = *(beyond - 1);
  return HighestGround{edge.elevation * TerrainView::kElevationUnit,
                       edge.distance * TerrainView::kDistanceUnit};
}

}  // namespace liptako::track
