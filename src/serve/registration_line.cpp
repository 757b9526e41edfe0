#include "serve/registration_line.hpp"

namespace liptako::serve {
namespace {

constexpr double kPerDegree = 1.0 / base::kRadiansPerDegree;

void put_number(JsonWriter& json, bool present, double value, int decimals) {
  present ? json.number(value, decimals) : json.null();
}

}  // namespace

void put_registration_fields(JsonWriter& json, const track::SensorRegistration& r) {
  json.key("observations").unsigned_integer(r.observations);
  json.key("jumps").unsigned_integer(r.jumps);
  json.key("last_jump");
  r.jumps > 0 ? json.string(base::to_rfc3339(r.last_jump)) : json.null();
  json.key("range_bias_m");
  put_number(json, r.range.present, r.range.value, 1);
  json.key("range_bias_sd_m");
  put_number(json, r.range.present, r.range.sd, 1);
  json.key("azimuth_bias_deg");
  put_number(json, r.azimuth.present, r.azimuth.value * kPerDegree, 4);
  json.key("azimuth_bias_sd_deg");
  put_number(json, r.azimuth.present, r.azimuth.sd * kPerDegree, 4);
  json.key("time_bias_s");
  put_number(json, r.time.present, r.time.value, 4);
  json.key("time_bias_sd_s");
  put_number(json, r.time.present, r.time.sd, 4);
  json.key("elevation_bias_deg");
  put_number(json, r.elevation.present, r.elevation.value * kPerDegree, 4);
  json.key("elevation_bias_sd_deg");
  put_number(json, r.elevation.present, r.elevation.sd * kPerDegree, 4);
  json.key("east_bias_m");
  put_number(json, r.place_east.present, r.place_east.value, 1);
  json.key("east_bias_sd_m");
  put_number(json, r.place_east.present, r.place_east.sd, 1);
  json.key("north_bias_m");
  put_number(json, r.place_north.present, r.place_north.value, 1);
  json.key("north_bias_sd_m");
  put_number(json, r.place_north.present, r.place_north.sd, 1);
  json.key("applied").begin_array();
  if (r.range.applied) json.string("range");
  if (r.azimuth.applied) json.string("azimuth");
  if (r.time.applied) json.string("time");
  if (r.elevation.applied) json.string("elevation");
  if (r.place_east.applied) json.string("east");
  if (r.place_north.applied) json.string("north");
  json.end_array();
}

void append_registration_json(base::Timestamp time,
                              std::string_view sensor,
                              const track::SensorRegistration& registration,
                              std::string& out) {
  JsonWriter json(out);
  json.begin_object();
  json.key("time").string(base::to_rfc3339(time));
  json.key("sensor").string(sensor);
  put_registration_fields(json, registration);
  json.end_object();
}

}  // namespace liptako::serve
