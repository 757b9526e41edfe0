#include "sim/truth.hpp"

#include <fmt/core.h>

#include <array>
#include <cmath>
#include <string_view>

namespace liptako::sim {
namespace {

constexpr std::array<std::string_view, 6> kKinds{
    "airliner", "regional", "light", "helicopter", "uncrewed", "state"};
constexpr std::array<std::string_view, 4> kTransponders{"none", "mode_ac", "mode_s", "adsb"};

template <class T>
std::string quoted_or_null(const std::optional<T>& value) {
  return value ? fmt::format("\"{}\"", value->to_string()) : "null";
}

}  // namespace

std::string to_json_line(const TruthState& state) {
  // No text here needs escaping: call signs hold A-Z, 0-9 and spaces only, and members are named
  // as nodes are.
  std::string members;
  for (const std::string& member : state.seen_by)
    members += fmt::format("{}\"{}\"", members.empty() ? "" : ",", member);
  return fmt::format(
      "{{\"time\":\"{}\",\"flight\":{},\"kind\":\"{}\",\"icao_address\":{},\"callsign\":\"{}\","
      "\"mode_3a\":{},"
      "\"lat_deg\":{:.8f},\"lon_deg\":{:.8f},\"height_m\":{:.2f},\"altitude_ft\":{:.1f},"
      "\"ground_speed_kt\":{:.2f},\"track_angle_deg\":{:.3f},\"vertical_rate_ftmin\":{},"
      "\"on_ground\":{},\"transponder\":\"{}\",\"silent\":{},\"seen_by\":[{}]}}",
      base::to_rfc3339(state.time),
      state.flight,
      kKinds[static_cast<std::size_t>(state.kind)],
      quoted_or_null(state.icao_address),
      state.call_sign.view(),
      quoted_or_null(state.mode_3a),
      state.place.latitude.degrees(),
      state.place.longitude.degrees(),
      state.place.height.metres(),
      state.pressure_altitude.feet(),
      state.ground_speed.knots(),
      state.track_angle.degrees(),
      static_cast<int>(std::floor(state.vertical_rate.feet_per_minute() + 0.5)),
      state.on_ground,
      kTransponders[static_cast<std::size_t>(state.transponder)],
      state.silent,
      members);
}

}  // namespace liptako::sim
