// What is known of a sensor's biases, as JSON: in the node's status, and one line a sensor and
// minute of the file that `liptako track --registration` writes.
#pragma once

#include <string>
#include <string_view>

#include "serve/json_writer.hpp"
#include "track/registration/registration.hpp"

namespace liptako::serve {

// observations, jumps, last_jump (null: none), and for range (m), azimuth (deg), time (s),
// elevation (deg), east and north (m) ..._bias_... and ..._bias_sd_..., null where the sensor
// measures no such thing; applied: which of them are taken away from its plots. Into an open
// object.
void put_registration_fields(JsonWriter& json, const track::SensorRegistration& registration);

// time and sensor, then those fields, as an object without line end.
void append_registration_json(base::Timestamp time,
                              std::string_view sensor,
                              const track::SensorRegistration& registration,
                              std::string& out);

}  // namespace liptako::serve
