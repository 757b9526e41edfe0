// Whether a radar can see a place at all, so that its silence means what it should: nothing, where
// it cannot.
//
// Over an effective Earth of k R_E, k = 4/3 [ITU-R P.310; Skolnik08, ch. 26], a ray that leaves an
// antenna at height h_s with elevation e is, over the ground distance g, at the height
//
//   h(e, g) = (k R_E + h_s) cos e / cos(e + g / k R_E) - k R_E
//
// Seen is what is above the ray of the terrain's horizon in that direction
// (SensorDescription::horizon, linear between its values); without a profile, above the sea's,
// whose ray touches the effective Earth at e = -acos(k R_E / (k R_E + h_s)), and all this side of
// where it does; above the ray of the antenna's own lowest elevation; below that of its highest,
// for the cone of silence; and within its ranges. A profile does not say how far its terrain is:
// what flies low in front of it is thought unseen, so that silence there says too little and never
// too much.
//
// A track's height has a variance, and edges are not sharp: an edge is taken as normal with the
// height's variance and 0.1 degrees of elevation, what refraction and the steps of a profile leave.
// The normal distribution is taken as logistic, within 0.01.
#pragma once

#include "track/measurement.hpp"
#include "track/plot.hpp"

namespace liptako::track {

// Height above the ellipsoid of a ray that leaves the sensor at `elevation`, over the ground
// distance. Infinite where it never comes down so far: from the zenith on.
[[nodiscard]] base::Length height_of_ray(base::Length antenna,
                                         base::Angle elevation,
                                         base::Length ground_distance);

// Height above the ellipsoid below which the sensor sees nothing there.
[[nodiscard]] base::Length lowest_in_view(const SensorDescription& sensor,
                                          base::Angle azimuth,
                                          base::Length ground_distance);

// Probability that the place at the height is in view of a sensor with a site; 1 for others.
[[nodiscard]] double share_in_view(const SensorDescription& sensor,
                                   const geo::TangentFrame& site,
                                   const geo::Geodetic& place,
                                   const Height& height);

}  // namespace liptako::track
