// Sensor model: telemetry of an unmanned aircraft, passed on by whoever flies it. The aircraft's
// own satellite navigation tells position, height and velocity, several times a second, with the
// covariance that its filter believes in. Of the aircraft alone: where who flies it stands is not
// in a plot.
//
//   y = p - (e, n), H = I on the position            (stated_position.hpp)
//   R = stated covariance, at least 1 m, + s_t^2 v v'
//   height: y = told - height, dh = 1
//   c = c_t c_v for the gain                         (system_track/system_track.hpp)
//
// What a navigation filter tells ten times a second is not ten measurements: its errors live on for
// a memory, 2 s by default, so that reports weigh what they hold (c_t), and a report's position and
// velocity come from the same data (c_v = 2). Errors that live for minutes (the ionosphere, a
// reflection's) are biases, and not in R.
#pragma once

#include "track/sensors/models.hpp"

namespace liptako::track::uav_telemetry {

[[nodiscard]] const SensorModel& model();

}  // namespace liptako::track::uav_telemetry
