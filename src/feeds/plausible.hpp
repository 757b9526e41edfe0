// What no aircraft can have told of itself, whatever the format it came in.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/ids.hpp"
#include "base/units.hpp"

namespace liptako::feeds {

// Emitter categories that are no aircraft: vehicles and obstacles [CAT021 ed. 2.7, I021/020; CAT062
// ed. 1.21, I062/380 EMC].
inline constexpr std::uint8_t kFirstSurfaceVehicle = 20;
// A person under a parachute, in the same items: Liptako follows no people (docs/SCHEMA.md). Such
// reports count under this reason, without a word about whose they were.
inline constexpr std::uint8_t kParachutist = 16;
inline constexpr std::string_view kAPerson = "a_person";

// Items hold latitudes to 180 or 360 degrees, longitudes to 360 [CAT021 ed. 2.7, I021/130 and
// I021/131].
[[nodiscard]] inline bool on_earth(base::Angle latitude, base::Angle longitude) {
  return std::fabs(latitude.degrees()) <= 90.0 && std::fabs(longitude.degrees()) <= 180.0;
}

// Neither all zeros nor all ones is assigned to an aircraft [Annex 10, vol. III, part I, ch. 9]:
// one that sends them has none, and two that do are not one.
[[nodiscard]] inline std::optional<base::IcaoAddress> assigned(
    const std::optional<base::IcaoAddress>& address) {
  if (!address || address->bits() == 0 || address->bits() == 0xFFFFFF) return std::nullopt;
  return address;
}

}  // namespace liptako::feeds
