// How an aircraft of an emitter category moves, as far as the category says [CAT021 ed. 2.7,
// I021/020; DO-260B, §2.2.3.2.5.2].
#pragma once

#include "track/plot.hpp"

namespace liptako::feeds {

// By I021/020: 1 light to 5 heavy, 6 highly manoeuvrable, 10 rotorcraft, 11 glider, 12 airship or
// balloon, 13 unmanned, 15 ultralight.
[[nodiscard]] constexpr track::AircraftClass aircraft_class_of(std::uint8_t emitter_category) {
  switch (emitter_category) {
    case 1:
    case 6:
    case 11:
    case 12:
    case 15:
      return track::AircraftClass::light;
    case 2:
    case 3:
    case 4:
    case 5:
      return track::AircraftClass::airliner;
    case 10:
      return track::AircraftClass::helicopter;
    case 13:
      return track::AircraftClass::uav;
    default:
      return track::AircraftClass::none;
  }
}

// By set ('A', 'B') and category of a squitter.
[[nodiscard]] constexpr track::AircraftClass aircraft_class_of(char set, std::uint8_t category) {
  if (set == 'A') return aircraft_class_of(category == 7 ? std::uint8_t{10} : category);
  if (set != 'B') return track::AircraftClass::none;
  switch (category) {
    case 1:
    case 2:
    case 4:
      return track::AircraftClass::light;
    case 6:
      return track::AircraftClass::uav;
    default:
      return track::AircraftClass::none;
  }
}

}  // namespace liptako::feeds
