// Grids for tests, drawn from a function of latitude and longitude in degrees.
#pragma once

#include <cmath>
#include <functional>
#include <string_view>

#include "geo/terrain_grid.hpp"

namespace liptako::geo::testing {

inline constexpr double kTerrainNorthDeg = 18.0, kTerrainWestDeg = -5.0;

struct TerrainShape {
  std::uint32_t step_arcsec = 300;
  double degrees = 10.0;  // of latitude and of longitude
  std::uint32_t sd_m = 72;
};

// Heights in metres above the ellipsoid, rounded.
inline base::Bytes terrain_bytes(const std::function<double(double, double)>& height_m,
                                 const TerrainShape& shape) {
  const auto nodes = static_cast<std::uint32_t>(shape.degrees * 3600.0 / shape.step_arcsec) + 1;
  base::Bytes bytes;
  base::ByteWriter out(bytes);
  for (const char c : std::string_view("LIPTGRID")) out.put(c);
  out.put(std::uint32_t{1});
  out.put(static_cast<std::int32_t>(kTerrainNorthDeg * 3600.0));
  out.put(static_cast<std::int32_t>(kTerrainWestDeg * 3600.0));
  out.put(shape.step_arcsec);
  out.put(nodes);
  out.put(nodes);
  out.put(shape.sd_m);
  const double step = shape.step_arcsec / 3600.0;
  for (std::uint32_t r = 0; r < nodes; ++r) {
    for (std::uint32_t c = 0; c < nodes; ++c) {
      const double height = height_m(kTerrainNorthDeg - r * step, kTerrainWestDeg + c * step);
      out.put(static_cast<std::int16_t>(std::lround(height)));
    }
  }
  return bytes;
}

// Requires heights of a grid.
inline TerrainGrid terrain(const std::function<double(double, double)>& height_m,
                           const TerrainShape& shape = {}) {
  return *TerrainGrid::read(terrain_bytes(height_m, shape));
}

}  // namespace liptako::geo::testing
