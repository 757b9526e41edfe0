// How far geometric height lies above pressure altitude, learnt from aircraft that tell both, as a
// field over place and altitude.
//
// Altimeters measure pressure in a standard atmosphere. Where the air is warmer the same pressure
// stands higher, by 4 % for 10 K [ICAO Doc 8168, Vol. III]; the pressure at sea level and the geoid
// add what does not depend on altitude. The air changes over hundreds of kilometres and over hours,
// so what some aircraft show holds for all that fly there:
//
//   D(h)   offset at pressure altitude h, linear between knots at 0, 3.5, 7, 10.5 and 14 km
//   prior  D_0 of 40 m; D_k+1 - D_k of 3 % of the layer, common to all layers, and 1 % each its own
//   z      told height - pressure altitude = D(h) + error                        a scalar Kalman
//                                                                                update
//
// kept for cells of 2 by 2 degrees. With time a cell forgets: 8 m and 0.3 % of the height an hour,
// as a random walk. A place without a better cell takes the nearest one's within 6 degrees, less
// sure by 5 m and 0.15 % of the height a degree.
//
// One aircraft's altimeter and satellite receiver err the same way from minute to minute: it is
// asked once a minute, and each answer weighs as one of sixty (stated_position.hpp: fading, with a
// memory of half an hour). An answer beyond five sigma is refused. What is told of another aircraft
// has its own altimeter's error on top, of 25 m [ICAO Doc 9574: 75 m at three sigma], and 10 m for
// the field's coarseness.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "geo/geodetic.hpp"
#include "track/plot.hpp"
#include "track/vertical_filter.hpp"

namespace liptako::track {

class PressureOffsets {
 public:
  static constexpr int kKnots = 5;
  static constexpr std::size_t kMaxCells = 1024;  // 200 KB; places beyond learn nothing

  // A track is asked once a minute: between two of its plots a minute of the clock has begun.
  [[nodiscard]] static bool is_due(base::Timestamp last, base::Timestamp now);

  // An aircraft's plot with both heights at a place (height unused); nothing if it lacks one.
  void learn(const Plot& plot, const geo::Geodetic& place);
  // Of another aircraft there. variance 0: nothing is known.
  [[nodiscard]] PressureOffset at(const geo::Geodetic& place,
                                  double pressure_altitude_m,
                                  base::Timestamp time) const;

  struct Counters {
    std::uint64_t learnt = 0;
    std::uint64_t refused = 0;
  };
  [[nodiscard]] const Counters& counters() const { return counters_; }
  [[nodiscard]] std::size_t cell_count() const { return cells_.size(); }

  void save(base::ByteWriter& out) const;
  [[nodiscard]] bool load(base::ByteReader& in);

 private:
  struct Cell {
    std::int32_t row = 0, column = 0;  // of 2 degrees
    base::Timestamp time;
    std::array<double, kKnots> mean{};
    std::array<std::array<double, kKnots>, kKnots> P{};
  };
  struct Guess {
    double mean = 0.0;
    double variance = 0.0;
    bool known = false;
  };

  [[nodiscard]] static bool comes_before(const Cell& a, const Cell& b);
  [[nodiscard]] const Cell* find(std::int32_t row, std::int32_t column) const;
  // The cell that knows most of a place, and its variance there.
  [[nodiscard]] const Cell* best_at(std::int32_t row, std::int32_t column) const;
  static void forget(Cell& cell, base::Timestamp now);
  static void widen(Cell& cell, double level_m2, double share2);

  std::vector<Cell> cells_;  // in the order of row and column
  Counters counters_;
};

}  // namespace liptako::track
