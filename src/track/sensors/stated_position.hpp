// What the models of sensors that state a latitude and a longitude share: the innovation of such a
// position, which is linear in the track's tangent frame, the noise that an uncertain time adds to
// it, and a stated velocity.
//
//   y = p - (e, n)        p the stated position in the track's frame
//   H = I on the position
//   R = R_stated + s_t^2 v v'    s_t the time's standard deviation, v the velocity: an error of the
//                                time moves the position along the flight path
//
// A wrong height moves p by at most the share of the Earth's radius that it is, 5 m a kilometre at
// the rim of the frame: dh is left 0. R_stated's axes are those of the place of the plot, taken as
// those of the frame, whose origin is within 30 km: they are turned by 0.3 deg at most below 45 deg
// of latitude.
#pragma once

#include <optional>

#include "track/measurement.hpp"

namespace liptako::track::stated {

// Covariance of a position, east and north, square metres.
struct Covariance {
  double ee_m2 = 0.0;
  double en_m2 = 0.0;
  double nn_m2 = 0.0;
};

// From standard deviations and their correlation; always positive definite: a deviation that is not
// stated (0) is `otherwise`, one under `least` is that, and a correlation beyond 0.99 is 0.99.
[[nodiscard]] Covariance covariance_of(const Plot& plot,
                                       base::Length otherwise,
                                       base::Length least);

[[nodiscard]] LinearMeasurement linearise(const Plot& plot,
                                          const Covariance& stated,
                                          base::Duration latency_sd,
                                          const geo::TangentFrame& frame,
                                          const HorizontalState& at,
                                          const Height& height);

[[nodiscard]] FirstFix first_fix(const Plot& plot, const Covariance& stated, const Height& height);

// Of a plot with a geometric height: y = told - height, in metres, dh = 1. Its standard deviation
// is `otherwise` where none is stated.
[[nodiscard]] std::optional<HeightMeasurement> linearise_height(const Plot& plot,
                                                                base::Length otherwise,
                                                                const Height& height);
[[nodiscard]] std::optional<Height> first_height(const Plot& plot, base::Length otherwise);

// (1 + a) / (1 - a), a = exp(-dt / memory): how much wider than stated to take a report whose error
// is in part that of the one `since_last` ago (system_track/system_track.hpp); 1 if there was none.
[[nodiscard]] double fading(base::Duration memory, std::optional<base::Duration> since_last);

// Area of the sensor's coverage, square metres: what its false plots are spread over.
[[nodiscard]] double measurement_space(const SensorDescription& sensor);

// y in metres per second east and north. Requires plot.velocity_sd > 0.
[[nodiscard]] LinearMeasurement linearise_velocity(const Plot& plot,
                                                   const geo::TangentFrame& frame,
                                                   const HorizontalState& at);

}  // namespace liptako::track::stated
