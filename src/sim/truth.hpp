// The truth about an aircraft at one instant: what the scorer compares tracks with, and no tracker
// ever sees.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "sim/geometry.hpp"
#include "sim/scenario.hpp"

namespace liptako::sim {

struct TruthState {
  std::uint32_t flight = 0;  // counted up from 1, never reused
  base::Timestamp time;
  AircraftKind kind = AircraftKind::airliner;
  Place place;
  base::Length pressure_altitude;
  base::Speed ground_speed;
  base::Angle track_angle;    // clockwise from true north, [0, 2 pi)
  base::Speed vertical_rate;  // of pressure altitude
  bool on_ground = false;
  Transponder transponder = Transponder::none;
  bool silent = false;                            // in a window without reply or squitter
  std::optional<base::IcaoAddress> icao_address;  // with Mode S and ADS-B
  std::optional<base::ModeACode> mode_3a;         // with any transponder
  base::CallSign call_sign;                       // of the flight's papers, sent or not
  // Members to whom some sensor has sent its position in the last minute, by name: where a track is
  // due.
  std::vector<std::string> seen_by;
};

// One line of JSON without its end: the fields of tracks.jsonl where they mean the same.
[[nodiscard]] std::string to_json_line(const TruthState& state);

}  // namespace liptako::sim
