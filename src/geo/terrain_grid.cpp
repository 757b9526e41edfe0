#include "geo/terrain_grid.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string_view>

#include "base/math.hpp"
#include "geo/frames.hpp"

namespace liptako::geo {
namespace {

constexpr std::string_view kMagic = "LIPTGRID";
constexpr std::uint32_t kVersion = 1;
constexpr std::int16_t kUnknown = -32768;
constexpr std::int32_t kArcsecPerDegree = 3600;
constexpr std::uint32_t kMostSdM = 2000;

}  // namespace

base::Result<TerrainGrid> TerrainGrid::read(base::ByteView bytes) {
  base::ByteReader in(bytes);
  const base::ByteView magic = in.get_raw(kMagic.size());
  if (magic.size() != kMagic.size() ||
      std::memcmp(magic.data(), kMagic.data(), kMagic.size()) != 0) {
    return base::bad_input("terrain: not a terrain grid");
  }
  const auto version = in.get<std::uint32_t>();
  const auto north = in.get<std::int32_t>(), west = in.get<std::int32_t>();
  const auto step = in.get<std::uint32_t>();
  const auto rows = in.get<std::uint32_t>(), columns = in.get<std::uint32_t>();
  const auto sd = in.get<std::uint32_t>();
  if (!in.ok()) return base::bad_input("terrain: the head is cut short");
  if (version != kVersion) return base::bad_input("terrain: of another version");
  if (step < kLeastStepArcsec || step > kMostStepArcsec)
    return base::bad_input("terrain: a step of 3 to 3600 arc-seconds is needed");
  if (rows < 2 || columns < 2 || std::uint64_t{rows} * columns > kMostNodes)
    return base::bad_input("terrain: too few or too many nodes");
  if (sd < 1 || sd > kMostSdM)
    return base::bad_input("terrain: a standard deviation of 1 to 2000 m is needed");
  const std::int64_t south = std::int64_t{north} - std::int64_t{step} * (rows - 1);
  const std::int64_t east = std::int64_t{west} + std::int64_t{step} * (columns - 1);
  if (north > 90 * kArcsecPerDegree || south < -90 * kArcsecPerDegree ||
      west < -180 * kArcsecPerDegree || east > 180 * kArcsecPerDegree) {
    return base::bad_input("terrain: not on the Earth, or across the 180th meridian");
  }
  if (in.remaining() != std::size_t{rows} * columns * sizeof(std::int16_t))
    return base::bad_input("terrain: not as many heights as the head says");

  TerrainGrid grid;
  grid.north_arcsec_ = north;
  grid.west_arcsec_ = west;
  grid.step_arcsec_ = step;
  grid.rows_ = rows;
  grid.columns_ = columns;
  grid.height_sd_ = base::Length::from_metres(sd);
  grid.heights_m_.resize(std::size_t{rows} * columns);
  for (std::int16_t& height : grid.heights_m_) height = in.get<std::int16_t>();
  return grid;
}

std::optional<base::Length> TerrainGrid::height_at(base::Angle latitude,
                                                   base::Angle longitude) const {
  const double row = (north_arcsec_ - kArcsecPerDegree * latitude.degrees()) / step_arcsec_;
  const double column = (kArcsecPerDegree * longitude.degrees() - west_arcsec_) / step_arcsec_;
  const bool inside = row >= 0.0 && row <= static_cast<double>(rows_ - 1) && column >= 0.0 &&
                      column <= static_cast<double>(columns_ - 1);
  if (!inside) return std::nullopt;
  const std::size_t r = std::min(static_cast<std::size_t>(row), rows_ - 2);
  const std::size_t c = std::min(static_cast<std::size_t>(column), columns_ - 2);
  const std::int16_t* const upper = &heights_m_[r * columns_ + c];
  const std::int16_t* const lower = upper + columns_;
  if (upper[0] == kUnknown || upper[1] == kUnknown || lower[0] == kUnknown || lower[1] == kUnknown)
    return std::nullopt;
  const double v = row - static_cast<double>(r), u = column - static_cast<double>(c);
  return base::Length::from_metres((1.0 - v) * ((1.0 - u) * upper[0] + u * upper[1]) +
                                   v * ((1.0 - u) * lower[0] + u * lower[1]));
}

base::Length TerrainGrid::spacing() const {
  return base::Length::from_metres(step_arcsec_ / kArcsecPerDegree * base::kRadiansPerDegree *
                                   kMeanRadiusM);
}

}  // namespace liptako::geo
