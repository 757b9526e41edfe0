// Whether a radar can see a place at all, so that its silence means what it should: nothing, where
// it cannot.
//
// Over an effective Earth of k R_E, k = 4/3 [ITU-R P.310; Skolnik08, ch. 26], a ray that leaves an
// antenna at height h_s with elevation e is, over the ground distance g, at the height
//
//   h(e, g) = (k R_E + h_s) cos e / cos(e + g / k R_E) - k R_E
//
// Seen is what is above the sea's horizon, whose ray touches the effective Earth at
// e = -acos(k R_E / (k R_E + h_s)), or this side of where it does; above the ray of the highest
// ground on the way there (SensorDescription::terrain, terrain_view.hpp); above the ray of the
// antenna's own lowest elevation; below that of its highest, for the cone of silence; and within
// its ranges. A profile that was given (SensorDescription::horizon, linear between its values)
// stands for sea and terrain: who gave it was there. It does not say how far its terrain is: what
// flies low in front of it is thought unseen, so that silence there says too little and never too
// much.
//
// A track's height has a variance, and edges are not sharp: an edge is taken as normal with the
// height's variance and 0.1 degrees of elevation, what refraction and the steps of a profile leave;
// one of terrain besides with what its ground may err by, seen under the angle that this is at its
// distance. Between two directions of a terrain view the edge is between theirs, and the less sure
// the less they agree. The normal distribution is taken as logistic, within 0.01.
#pragma once

#include "geo/frames.hpp"
#include "track/measurement.hpp"
#include "track/plot.hpp"

namespace liptako::track {

inline constexpr base::Length kEffectiveEarth =
    base::Length::from_metres(4.0 / 3.0 * geo::kMeanRadiusM);

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
