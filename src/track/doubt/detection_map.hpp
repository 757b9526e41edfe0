// Where a radar sees aircraft: learnt from aircraft that other sensors vouch for, so that a silence
// means as much as is known and no more. A grid of azimuth, range and elevation counts looks and
// hits. A hit proves the line of sight to all that is nearer and higher in the same direction.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "geo/frames.hpp"
#include "track/plot.hpp"

namespace liptako::track {

class DetectionMap {
 public:
  static constexpr int kAzimuths = 36;
  static constexpr int kRanges = 12;
  static constexpr int kElevations = 6;
  static constexpr std::size_t kCells = std::size_t{kAzimuths} * kRanges * kElevations;

  DetectionMap() = default;
  explicit DetectionMap(base::Length range_max) : range_max_m_(range_max.metres()) {
    looks_.resize(kCells);
    hits_.resize(kCells);
  }
  [[nodiscard]] bool fits(base::Length range_max) const {
    return range_max_m_ == range_max.metres();
  }

  struct Sight {
    double range_m = 0.0;
    double azimuth_rad = 0.0;
    double up = 0.0;  // sine of the elevation
  };
  // Of a place seen from the radar.
  [[nodiscard]] static Sight sight_of(const geo::Position<geo::Enu>& place);
  // Of a plot of the radar itself.
  [[nodiscard]] static Sight sight_of(const Plot& plot, base::Length site, base::Length height);
  // Nothing outside the grid.
  [[nodiscard]] std::optional<std::uint16_t> cell_of(const Sight& sight) const;
  void learn(std::uint16_t cell, bool hit);

  struct Expectation {
    double covered = 0.0;    // probability that the radar sees the cell at all
    double detection = 0.0;  // of one look, if it does
  };
  // `covered` is 1 - 1/(h + 2) after h hits in the cell or beyond [Laplace's rule of succession];
  // nothing known: 0.
  [[nodiscard]] Expectation expect(std::uint16_t cell) const;

  void save(base::ByteWriter& out) const;
  [[nodiscard]] bool load(base::ByteReader& in);

 private:
  double range_max_m_ = 0.0;
  std::vector<std::uint16_t> looks_;
  std::vector<std::uint16_t> hits_;
};

}  // namespace liptako::track
