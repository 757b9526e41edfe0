// What a plot tells of the height, in the order of what is best: a flight level, and a height that
// its sensor measures (an elevation, or satellite navigation).
//
// A height that was unknown by kilometres, or by the atmosphere's offset, has already moved the
// track's state by d b, d the effect of a height error (height_effect.hpp), b the error. When the
// height used then changes by D and is known better, b was D and a smaller rest, so that the state
// is put right by d D:
//
//   x <- x + d D
#pragma once

#include "track/height_effect.hpp"
#include "track/sensors/models.hpp"
#include "track/vertical_filter.hpp"

namespace liptako::track {

// Of a first plot; nothing if it tells nothing.
void start_height(VerticalFilter& v,
                  const SensorDescription& sensor,
                  const geo::TangentFrame& site,
                  const Plot& plot);

// What the filters hold of the track, taken to the plot's time or, for a late plot, left where it
// is.
struct HeightStates {
  VerticalFilter& vertical;
  Imm& imm;
  Gaussian& before;  // of the plot's time
  const HeightEffect& effect;
};
// `lag`: seconds that the plot is late.
[[nodiscard]] AltitudeUse use_height(const HeightStates& states,
                                     const SensorDescription& sensor,
                                     const geo::TangentFrame& site,
                                     const Plot& plot,
                                     const geo::TangentFrame& frame,
                                     double lag);

// The plot tells something of the height.
[[nodiscard]] bool tells_height(const Plot& plot);

// The atmosphere is known otherwise than it was.
void adopt(const HeightStates& states, const PressureOffset& offset);

// x <- x + d D: the height used is `step_m` higher from now on, and better known.
void shift(const HeightStates& states, double step_m);

}  // namespace liptako::track
