// Sensor model: a rotating radar that measures slant range and azimuth at its site [BarShalom01,
// §10.4].
//
//   q = A (p - s), p and s in ECEF, A the site's east-north-up axes
//   rho = |q|                 azimuth = atan2(q_e, q_n), clockwise from true north
//
// For range and azimuth the height comes from the track's vertical filter, and what an error of it
// does to them goes out as dh, to be considered, not averaged (height_effect.hpp). A 3-D radar, or
// one that nods to be asked for a height, measures elevation too, and with it the height:
//
//   epsilon = atan2(q_u, g) + g / 8 R_E        g ground range, q_u the part of q along the site's
//                                              up
//
// The air bends the ray: in the mean atmosphere, whose effective Earth has 4/3 of the radius R_E
// [ITU-R P.310; Skolnik08, ch. 26], it arrives steeper by half its bend g / 4 R_E. How much it
// bends changes with the weather; a fifth of the correction is taken as its standard deviation, as
// if the effective radius were 1.25 to 1.43 R_E in two days of three.
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

// y in radians of elevation; absent if the plot has none.
[[nodiscard]] std::optional<HeightMeasurement> linearise_height(const SensorDescription& sensor,
                                                                const geo::TangentFrame& site,
                                                                const Plot& plot,
                                                                const geo::TangentFrame& frame,
                                                                const HorizontalState& at,
                                                                const Height& height);

// The height by slant range and elevation alone.
[[nodiscard]] std::optional<Height> first_height(const SensorDescription& sensor,
                                                 const geo::TangentFrame& site,
                                                 const Plot& plot);

// Elevation at the antenna of a ray that reaches `height` after `slant_range`, over the effective
// Earth: undoes how radars work out the height that they report [CAT048 ed. 1.32, I048/110].
[[nodiscard]] base::Angle elevation_of(base::Length antenna,
                                       base::Length slant_range,
                                       base::Length height);

[[nodiscard]] const SensorModel& model();

}  // namespace liptako::track::polar_radar
