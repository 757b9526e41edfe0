// How far two sets of points lie apart, one the truth and one an estimate: the
// generalised optimal sub-pattern assignment metric with alpha = 2
// [Rahmathullah17, proposition 1]. It is the only alpha for which the metric
// falls into three parts a person can act on: error of what was found, what was
// missed, and what is false.
//
//   GOSPA^p = min over assignments of  sum d(x, y)^p  +  c^p/2 (missed + false)
//
//   c  cut-off: a pair further apart is no pair, but one missed and one false
//   p  order: how much one large error weighs against many small ones
//
// The assignment is exact. Points that have nobody within c cost nothing to
// decide, and groups that share no pair within c are solved one by one, so that
// thousands of aircraft over a region take milliseconds; the cost grows with
// the cube of the largest group only.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "base/units.hpp"
#include "geo/frames.hpp"

namespace liptako::assess {

struct GospaOptions {
  // Half of 5 NM, the separation of aircraft en route under radar [ICAO Doc
  // 4444, §8.7.3.1]: a track further off might as well be the neighbour's.
  base::Length cutoff = base::Length::from_nautical_miles(2.5);
  int order = 2;  // p, 1 to 10

  [[nodiscard]] base::Result<void> validate() const;
};

struct Pair {
  std::uint32_t truth = 0;  // index
  std::uint32_t track = 0;  // index
  double distance_m = 0.0;
};

struct Gospa {
  // In metres to the power p; their sum is GOSPA^p.
  double localisation = 0.0;
  double missed = 0.0;
  double false_tracks = 0.0;
  std::uint32_t missed_count = 0;
  std::uint32_t false_count = 0;
  std::vector<Pair> pairs;   // assigned, by index of truth
  std::vector<Pair> within;  // all pairs nearer than c, by truth, then track

  [[nodiscard]] double total() const { return localisation + missed + false_tracks; }
};

// x to the power p.
[[nodiscard]] double power_of(double x, int order);
// The p-th root, so that parts of GOSPA^p become metres.
[[nodiscard]] double root_m(double value, int order);

// Requires valid options and finite points. Frame: geo::Ecef or geo::Enu.
template <class Frame>
[[nodiscard]] Gospa gospa(std::span<const geo::Position<Frame>> truth,
                          std::span<const geo::Position<Frame>> tracks,
                          const GospaOptions &options);

extern template Gospa gospa(std::span<const geo::Position<geo::Ecef>>,
                            std::span<const geo::Position<geo::Ecef>>,
                            const GospaOptions &);
extern template Gospa gospa(std::span<const geo::Position<geo::Enu>>,
                            std::span<const geo::Position<geo::Enu>>,
                            const GospaOptions &);

}  // namespace liptako::assess
