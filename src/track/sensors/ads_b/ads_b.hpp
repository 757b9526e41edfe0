// Sensor model: ADS-B. Position as the aircraft reports it, with the accuracy the report carries.
#pragma once

#include "track/sensors/models.hpp"

namespace liptako::track::ads_b {

[[nodiscard]] const SensorModel& model();

}  // namespace liptako::track::ads_b
