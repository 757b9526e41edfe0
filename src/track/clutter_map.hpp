// Where a radar's antenna gives plots turn after turn though nothing flies there: ground, masts,
// wind turbines, roads.
//
// A grid in slant range and azimuth counts the primary plots that no track with better evidence
// accounts for, each with the weight w that its source stands still, and forgets exponentially in
// looks of the radar [Skolnik08, ch. 7: clutter maps]:
//
//   n <- n exp(-1/N) + w        L <- L exp(-1/N) + 1        once a look
//
// An aircraft passes a cell in a turn or two and leaves n0 plots at most; what comes on top is a
// standing echo. A plot at z finds n in the block of 2 x 2 cells whose middle is nearest to it, and
// the density of false plots there is
//
//   lambda(z) = lambda0 + max(0, n - n0) / (L A)
//
// with lambda0 the density spread evenly over the coverage, and A the smaller of the block's area
// and 4 pi sigma_range sigma_azimuth: what a point echo's plots show, on average, at the place of
// one of them (the integral of the square of their normal density is 1/A).
//
// Cells are three standard deviations wide, or as wide as the bounded grid makes them; a block
// holds an echo wherever it lies. Counts are fixed-point numbers, so that all is exact.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "track/plot.hpp"

namespace liptako::track {

class ClutterMap {
 public:
  static constexpr std::uint32_t kMaxRangeCells = 1024;
  static constexpr std::uint32_t kMaxAzimuthCells = 512;

  ClutterMap() = default;  // of a sensor without one: learns nothing, knows nothing
  explicit ClutterMap(const SensorDescription& radar);

  // The same cells and spread as of this radar: what was learnt still holds.
  [[nodiscard]] bool fits(const SensorDescription& radar) const;

  // The radar is known to have looked up to `time`: turns pass and are forgotten.
  void note_time(base::Timestamp time, base::Duration period);
  // A primary plot; weight: probability, of 0 to 1, that its source stands still.
  void learn(base::Length slant_range, base::Angle azimuth, double weight);
  // Of false plots a look, beyond those spread evenly; per metre and radian.
  [[nodiscard]] double density(base::Length slant_range, base::Angle azimuth) const;

  void save(base::ByteWriter& out) const;
  // Into a map of the same radar.
  [[nodiscard]] bool load(base::ByteReader& in);

 private:
  struct Block {
    std::uint32_t rows[2];
    std::uint32_t row_count;
    std::uint32_t columns[2];
  };
  [[nodiscard]] Block block_at(double range, double azimuth) const;
  void forget();

  base::Length range_max_;
  base::Length range_sd_;
  base::Angle azimuth_sd_;
  double range_cell_m_ = 0.0;
  double azimuth_cell_rad_ = 0.0;
  double spread_ = 0.0;  // A
  std::uint32_t rows_ = 0;
  std::uint32_t columns_ = 0;
  std::vector<std::uint16_t> counts_;  // by range, then azimuth
  double looks_ = 0.0;                 // L
  std::uint32_t looks_unforgotten_ = 0;
  base::Timestamp looked_until_;
  bool looked_ = false;
};

}  // namespace liptako::track
