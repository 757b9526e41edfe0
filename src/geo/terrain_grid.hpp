// The ground's height on an even grid of latitude and longitude, as `data/region/terrain.grid` has
// it for one region (data/region/README.md tells the sources), and what a file of that form says.
//
// Heights are above the ellipsoid, as sites and tracks are, whole metres: whoever makes a grid adds
// the geoid's height, so that nobody else has to know of it. Between nodes they are bilinear.
//
//   offset  size
//   0       8     LIPTGRID
//   8       4     u32 version, 1
//   12      4     i32 latitude of the first row, north of all, arc-seconds
//   16      4     i32 longitude of the first column, west of all, arc-seconds
//   20      4     u32 step of rows and columns, arc-seconds
//   24      4, 4  u32 rows, columns
//   32      4     u32 standard deviation of a height against the ground at any place, metres
//   36            i16 a node, row by row; -32768: not known
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/units.hpp"
#include "geo/geodetic.hpp"

namespace liptako::geo {

class TerrainGrid {
 public:
  static constexpr std::uint32_t kMostNodes = 1u << 25;  // 64 MiB
  static constexpr std::int32_t kLeastStepArcsec = 3, kMostStepArcsec = 3600;

  // Total: any bytes give a grid or an error.
  [[nodiscard]] static base::Result<TerrainGrid> read(base::ByteView bytes);

  // Above the ellipsoid. None outside the grid or beside a node that is not known.
  [[nodiscard]] std::optional<base::Length> height_at(base::Angle latitude,
                                                      base::Angle longitude) const;
  // Standard deviation of a height.
  [[nodiscard]] base::Length height_sd() const { return height_sd_; }
  // Between nodes of one column; of one row they are nearer by the latitude's cosine.
  [[nodiscard]] base::Length spacing() const;

 private:
  double north_arcsec_ = 0.0;
  double west_arcsec_ = 0.0;
  double step_arcsec_ = 0.0;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
  base::Length height_sd_;
  std::vector<std::int16_t> heights_m_;
};

}  // namespace liptako::geo
