// Sensor model: Remote ID, the position that an unmanned aircraft broadcasts about once a second,
// with classes of accuracy and not numbers [ASTM F3411-22a, Location/Vector message;
// ASD-STAN 4709-002, the same fields]. Where the operator is, which the broadcast also carries,
// never reaches this folder.
//
//   y = p - (e, n), H = I on the position            (stated_position.hpp)
//   R = s^2 I + s_t^2 v v'
//   height: y = told - height, dh = 1
//
//   s    what the class of horizontal accuracy bounds at 95 %, over 2.448; `position_sd` of the
//        sensor where the class is "unknown"
//   s_t  of the time stamp's class; `latency_sd` where none is told
#pragma once

#include "track/sensors/models.hpp"

namespace liptako::track::remote_id {

// From the classes' numbers as sent; 0 for "unknown", and for numbers that are not assigned.
// Horizontal: 95 % of errors lie within the class's radius.
[[nodiscard]] base::Length position_sd(std::uint8_t horizontal_accuracy);
// Vertical: 95 % within so much above or below.
[[nodiscard]] base::Length height_sd(std::uint8_t vertical_accuracy);
// Speed, of one axis.
[[nodiscard]] base::Speed velocity_sd(std::uint8_t speed_accuracy);
// Time stamp: steps of 0.1 s that hold 95 %.
[[nodiscard]] base::Duration time_sd(std::uint8_t timestamp_accuracy);

[[nodiscard]] const SensorModel& model();

}  // namespace liptako::track::remote_id
