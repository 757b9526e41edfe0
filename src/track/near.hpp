// Whether a plot may lie in a track's gate at all, for the many tracks near by that did not make
// it: some arithmetic instead of a prediction.
//
// The distance from the straight mode's extrapolation is held against
//   off    how far any mode's mean can be from there: what lies between the modes now and by their
//          velocities, and a turn of rate w, w v dt^2 / 2, at most 2 v dt
//   sd^2   a bound of the innovation's variance: of position now and of velocity over dt, of
//          process noise, 2 q dt^3 / 3, of means that lie `off` apart, of the plot, of the track's
//          height
// A plot is far if it is so by a quarter more, which is more than linearising errs.
#pragma once

#include "geo/frames.hpp"
#include "track/height_effect.hpp"
#include "track/imm.hpp"
#include "track/navigation_effect.hpp"

namespace liptako::track {

// Where a plot says that something is, as the sensor model places it at some height.
struct Seen {
  geo::Position<geo::Ecef> place;
  double height_m = 0.0;
  double slant_range_m = 0.0;  // 0: of no radar
  double sd_m = 0.0;           // of both directions together
  double height_effect = 0.0;  // metres of place a metre of height
};
[[nodiscard]] Seen seen_at(const FirstFix& fix, const Plot& plot);

// The track's height, and how its place errs if that does, and if its own navigation does.
struct TrackEffects {
  Height height;
  HeightEffect effect;
  NavigationEffect navigation;
};
// `dt`: seconds from the state to the plot. `sds`: the gate's reach, in
// standard deviations. True only for what the prediction's gate refuses too.
[[nodiscard]] bool is_far(const PackedImm& imm,
                          const ImmModel& model,
                          const geo::TangentFrame& frame,
                          const TrackEffects& of_track,
                          const Seen& seen,
                          double dt,
                          double sds);

}  // namespace liptako::track
