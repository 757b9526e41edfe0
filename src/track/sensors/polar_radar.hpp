// Sensor model: a rotating radar that measures slant range and azimuth at its site [BarShalom01,
// §10.4].
//
//   q = A (p - s), p and s in ECEF, A the site's east-north-up axes
//   rho = |q|                 azimuth = atan2(q_e, q_n), clockwise from true north
//
// Height is not measured: it comes from the track's vertical filter, and what an error of it does
// to range and azimuth goes out as dh, to be considered, not averaged (height_effect.hpp).
#pragma once

#include "track/sensors/models.hpp"

namespace liptako::track::polar_radar {

// Linearised at `at`; y[0] in metres of range, y[1] in radians of azimuth.
[[nodiscard]] LinearMeasurement linearise(const SensorDescription& sensor,
                                          const geo::TangentFrame& site,
                                          const Plot& plot,
                                          const geo::TangentFrame& frame,
                                          const HorizontalState& at,
                                          const Height& height);

// Position of a plot at the given height, by solving the slant-range triangle on the ellipsoid;
// converges to 1 mm. A slant range shorter than the height allows is put above the site.
[[nodiscard]] FirstFix first_fix(const SensorDescription& sensor,
                                 const geo::TangentFrame& site,
                                 const Plot& plot,
                                 const Height& height);

[[nodiscard]] const SensorModel& model();

}  // namespace liptako::track::polar_radar
