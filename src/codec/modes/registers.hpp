// What an aircraft tells of its own flight in Comm-B registers: BDS 5,0 (track and turn) and BDS
// 6,0 (heading and speed) [ICAO Doc 9871, tables A-2-80 and A-2-96]. Which register a message is,
// the radar that asked for it says; a message that cannot be that register is refused whole: fields
// told as not there are zero, values lie within what flies, and those that belong together agree.
#pragma once

#include <cstdint>
#include <optional>

#include "base/units.hpp"

namespace liptako::codec::modes {

struct TrackAndTurn {                       // BDS 5,0
  std::optional<base::Angle> roll;          // right wing down positive; 45/256 degree steps
  std::optional<base::Angle> true_track;    // over ground, [0, 2 pi); 90/512 degree steps
  std::optional<base::Speed> ground_speed;  // 2 kt steps
  std::optional<double> track_rate_deg_s;   // clockwise positive; 1/32 degree a second steps
  std::optional<base::Speed> true_air_speed;
};

struct HeadingAndSpeed {                        // BDS 6,0
  std::optional<base::Angle> magnetic_heading;  // [0, 2 pi)
  std::optional<base::Speed> indicated_air_speed;
  std::optional<double> mach;
  std::optional<base::Speed> barometric_rate;  // positive up; 32 ft/min steps
  std::optional<base::Speed> inertial_rate;
};

// Of the 56 bits of the message, the first on the air the highest.
[[nodiscard]] std::optional<TrackAndTurn> track_and_turn(std::uint64_t message);
[[nodiscard]] std::optional<HeadingAndSpeed> heading_and_speed(std::uint64_t message);

}  // namespace liptako::codec::modes
