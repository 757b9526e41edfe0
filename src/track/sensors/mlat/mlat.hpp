// Sensor model: a multilateration system. Each report states a position, computed from the times at
// which several stations heard one transmission, and the covariance of its error: the geometry of
// the stations stretches it, so it is not a circle [CAT020 ed. 1.11, I020/500]. Height is not used
// from it: the track has it from Mode C.
//
//   y = p - (e, n), H = I on the position          (stated_position.hpp)
//   R = [s_e^2  r s_e s_n; r s_e s_n  s_n^2] + s_t^2 v v'
//
//   s_e, s_n  stated standard deviations; `position_sd` of the sensor where none is stated
//   r         their correlation
//   s_t       of the report's time: a step of the time of day by default
//
// Each report comes from a transmission of its own, so errors of reports are taken as independent.
// What a system's stations and clocks err in common is a bias, and not in R.
#pragma once

#include "track/sensors/models.hpp"

namespace liptako::track::mlat {

[[nodiscard]] const SensorModel& model();

}  // namespace liptako::track::mlat
