#include "terrain_run.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>

#include "base/archive.hpp"
#include "base/math.hpp"
#include "geo/terrain_grid.hpp"
#include "track/coverage.hpp"

namespace liptako::bench {
namespace {

constexpr double kAntennaM = 30.0;
// Of the geoid over the ellipsoid about the middle of the region; over all of it, -18 to 56 m.
constexpr double kGeoidM = 27.0;
constexpr double kReachM = 250e3;

std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

double hidden_share(const track::SensorDescription& radar, double ground_m, double level) {
  const geo::TangentFrame site(radar.site);
  const double height = ground_m + level * 100.0 * base::kMetresPerFoot;
  double hidden = 0.0;
  int places = 0;
  for (int k = 0; k < 120; ++k) {
    const base::SinCos azimuth = base::sincos(2.0 * base::kPi * k / 120.0);
    for (int i = 0; i < 25; ++i) {
      // Rings of equal area.
      const double ground = kReachM * std::sqrt((i + 0.5) / 25.0);
      const geo::Geodetic place = geo::geodetic_from_ecef(
          site.ecef_from_enu({ground * azimuth.sin,
                              ground * azimuth.cos,
                              -ground * ground / (2.0 * geo::kMeanRadiusM)}));
      hidden += 1.0 - track::share_in_view(radar, site, place, {height, 0.0});
      ++places;
    }
  }
  return hidden / places;
}

}  // namespace

base::Result<TerrainResult> run_terrain(const std::string& folder) {
  const std::string bytes = content_of(folder + "/terrain.grid");
  const auto grid =
      geo::TerrainGrid::read({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  if (!grid) return std::unexpected(grid.error());
  TerrainResult result;
  std::ifstream lines(folder + "/aerodromes.json");
  double seconds = 0.0;
  for (std::string line; std::getline(lines, line);) {
    // ["GABS","Modibo Keita International Airport",12.5335,-7.9499,1247,1]
    const std::size_t numbers = line.rfind('"');
    double latitude = 0.0, longitude = 0.0, elevation_ft = 0.0;
    if (!line.starts_with("[\"") ||
        std::sscanf(
            line.c_str() + numbers, "\",%lf,%lf,%lf", &latitude, &longitude, &elevation_ft) != 3) {
      continue;
    }
    const double ground = elevation_ft * base::kMetresPerFoot + kGeoidM;
    track::SensorDescription radar;
    radar.placed = true;
    radar.site = {base::Angle::from_degrees(latitude),
                  base::Angle::from_degrees(longitude),
                  base::Length::from_metres(ground + kAntennaM)};
    const auto height = grid->height_at(radar.site.latitude, radar.site.longitude);
    if (!height) continue;
    TerrainSite site;
    site.code = line.substr(2, line.find('"', 2) - 2);
    site.lacks_m = height->metres() - ground;
    for (int i = 0; i < 3; ++i)
      site.hidden_by_sea[i] = hidden_share(radar, ground, kTerrainLevels[i]);
    const std::clock_t begun = std::clock();
    radar.terrain = track::terrain_seen_from(radar, *grid);
    seconds += static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC;
    base::Bytes saved;
    base::ByteWriter writer(saved);
    base::Saver{writer}(radar.terrain);
    site.octets = saved.size();
    for (int i = 0; i < 3; ++i) site.hidden[i] = hidden_share(radar, ground, kTerrainLevels[i]);
    result.sites.push_back(std::move(site));
  }
  if (result.sites.size() < 20) return base::bad_input(folder + ": no aerodromes");
  const auto count = static_cast<double>(result.sites.size());
  for (const TerrainSite& s : result.sites) result.mean_m += s.lacks_m / count;
  std::vector<double> apart;
  for (const TerrainSite& s : result.sites) {
    result.sd_m += (s.lacks_m - result.mean_m) * (s.lacks_m - result.mean_m) / count;
    apart.push_back(std::fabs(s.lacks_m - result.mean_m));
  }
  std::ranges::sort(apart);
  result.sd_m = std::sqrt(result.sd_m);
  result.inside_95_m = apart[apart.size() * 95 / 100];
  result.worst_m = apart.back();
  result.milliseconds = 1e3 * seconds / count;
  return result;
}

}  // namespace liptako::bench
