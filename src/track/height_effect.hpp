// A wrong height is not noise: it errs the same way at every look of a radar, so averaging does not
// remove it. It is therefore considered apart from the filter's own covariance, as a constant that
// is never estimated [Schmidt66; BarShalom01, §4.10]:
//
//   b  true height minus the height used, variance s2 = Height::variance_m2
//   d  effect of b on the state's error, (true - estimate) = d b + noise
//   g = H d + dh      what b does to the innovation
//   R <- R + g g' s2  for gain and gate;      d <- d - K g after the update
//   P + d d' s2       what is claimed to the outside
//
// One d serves all modes: it follows the moment-matched gain.
#pragma once

#include "track/imm.hpp"

namespace liptako::track {

struct HeightEffect {
  double d[kStateSize] = {};  // metres and metres per second per metre of height
};

// No height error moves the state.
[[nodiscard]] inline bool is_none(const HeightEffect& e) {
  return e.d[0] == 0.0 && e.d[1] == 0.0 && e.d[2] == 0.0 && e.d[3] == 0.0;
}

[[nodiscard]] HeightEffect effect_of(const FirstFix& fix);

// Straight extrapolation.
void predict(HeightEffect& effect, double dt);

// Into another tangent frame.
void change_frame(HeightEffect& effect, const geo::TangentFrame& from, const geo::TangentFrame& to);

// The measurement with the effect of an unknown height error counted in its noise.
[[nodiscard]] LinearMeasurement considered(const LinearMeasurement& m,
                                           const HeightEffect& effect,
                                           const Height& height);

// After an update with `m` (as linearised) by this gain.
void update(HeightEffect& effect, const LinearMeasurement& m, const MeanGain& gain);

}  // namespace liptako::track
