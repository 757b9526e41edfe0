#include "serve/finding_line.hpp"

#include <cmath>

namespace liptako::serve {
namespace {

std::string_view name_of(track::FindingKind kind) {
  switch (kind) {
    case track::FindingKind::raised:
      return "raised";
    case track::FindingKind::cleared:
      return "cleared";
    case track::FindingKind::plot:
      return "plot";
  }
  return "";
}

void put_number(JsonWriter& json, double value, int decimals) {
  std::isfinite(value) ? (void)json.number(value, decimals) : (void)json.null();
}

}  // namespace

void put_finding_fields(JsonWriter& json,
                        const track::Finding& f,
                        std::span<const std::string> sensor_names) {
  json.key("time").string(base::to_rfc3339(f.time));
  json.key("kind").string(name_of(f.kind));
  json.key("doubt").string(track::name_of(f.doubt));
  json.key("track");
  f.track.value != 0 ? (void)json.unsigned_integer(f.track.value) : (void)json.null();
  json.key("sensor");
  f.sensor < sensor_names.size() ? (void)json.string(sensor_names[f.sensor]) : (void)json.null();
  json.key("icao_address");
  f.icao_address ? (void)json.string(f.icao_address->to_string()) : (void)json.null();
  json.key("mode_3a");
  f.mode_3a ? (void)json.string(f.mode_3a->to_string()) : (void)json.null();
  json.key("lat_deg");
  put_number(json, f.latitude.degrees(), 6);
  json.key("lon_deg");
  put_number(json, f.longitude.degrees(), 6);
  json.key("statistic");
  put_number(json, f.statistic, 9);
  json.key("limit");
  put_number(json, f.limit, 9);
  json.key("values").begin_array();
  for (const double value : f.value) put_number(json, value, 3);
  json.end_array();
  json.key("looks").unsigned_integer(f.looks);
  json.key("slant_range_m");
  put_number(json, f.slant_range.metres(), 1);
  json.key("azimuth_deg");
  put_number(json, f.azimuth.degrees(), 4);
}

void append_finding_json(const track::Finding& finding,
                         std::span<const std::string> sensor_names,
                         std::string& out) {
  JsonWriter json(out);
  json.begin_object();
  put_finding_fields(json, finding, sensor_names);
  json.end_object();
}

}  // namespace liptako::serve
