// Sensor model: ADS-B. Position and velocity as the aircraft reports them, each with the accuracy
// the report carries; linear in the track's tangent frame.
#pragma once

#include "track/measurement.hpp"

namespace liptako::track::ads_b {

// y in metres east and north. The uncertainty of the report's time widens R along the flight path.
[[nodiscard]] LinearMeasurement linearise_position(const SensorDescription& sensor,
                                                   const Plot& plot,
                                                   const geo::TangentFrame& frame,
                                                   const HorizontalState& at,
                                                   const Height& height);

// y in metres per second east and north. Requires plot.velocity_sd > 0.
[[nodiscard]] LinearMeasurement linearise_velocity(const Plot& plot,
                                                   const geo::TangentFrame& frame,
                                                   const HorizontalState& at);

[[nodiscard]] FirstFix first_fix(const Plot& plot, const Height& height);

}  // namespace liptako::track::ads_b
