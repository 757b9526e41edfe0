// Where aircraft begin to be seen: aerodromes, and the edges of what sensors cover. Learnt from
// tracks that were confirmed, at the place of their first plot.
//
// A grid of 0.1 degrees counts them and forgets exponentially over a day, so that it knows the
// daily round and not last season's. Births of a cell are a Poisson process whose rate is given a
// gamma prior of mean one cell's share and weight a = 1/2, so that with n births in the cell, and N
// in all of a coverage of M cells, the rate over that of an even spread is
//
//   rho = (n + a) / (N / M + a)
//
// between 1/10 and 100: much where aircraft begin, a little less elsewhere, more so the longer it
// has watched; 1 everywhere at first. It multiplies TrackerOptions::births_per_look.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "geo/geodetic.hpp"

namespace liptako::track {

class BirthMap {
 public:
  static constexpr std::size_t kMaxCells = 4096;  // 64 KB; places beyond count in N alone

  // A confirmed track began here.
  void learn(const geo::Geodetic& place, base::Timestamp time);
  // rho, seen by a sensor of that reach.
  [[nodiscard]] double ratio(const geo::Geodetic& place, base::Length reach) const;

  [[nodiscard]] std::size_t cell_count() const { return cells_.size(); }
  void save(base::ByteWriter& out) const;
  [[nodiscard]] bool load(base::ByteReader& in);

 private:
  struct Cell {
    std::uint32_t key = 0;  // row and column
    double births = 0.0;    // n
  };
  [[nodiscard]] static std::uint32_t key_of(const geo::Geodetic& place);
  void forget(base::Timestamp time);

  std::vector<Cell> cells_;  // in the order of keys
  double all_ = 0.0;         // N
  base::Timestamp forgotten_until_;
};

}  // namespace liptako::track
