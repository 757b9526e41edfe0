// What the history keeps of a track at one update: the state as it was shown, without the parts of
// the covariance that only an extrapolation needs.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "base/units.hpp"

namespace liptako::history {

// Values are those of track::TrackStatus.
enum class Status : std::uint8_t { tentative = 1, confirmed = 2, coasting = 3, dropped = 4 };

// What changes seldom. Kept without loss.
struct Identity {
  std::optional<base::IcaoAddress> icao_address;
  std::optional<base::ModeACode> mode_3a;
  base::CallSign call_sign;
  std::uint32_t breaks = 0;  // times the number was lost and resumed
  friend bool operator==(const Identity&, const Identity&) = default;
};

// Horizontal position covariance in local east and north, square metres.
struct Covariance {
  double ee_m2 = 0.0;
  double en_m2 = 0.0;
  double nn_m2 = 0.0;
};

struct State {
  base::Timestamp time;            // the instant the state holds for
  base::Timestamp last_plot_time;  // measurement time of the newest plot used
  base::Angle latitude;            // in [-90, 90] degrees
  base::Angle longitude;           // in [-180, 180) degrees
  base::Speed ground_speed;
  base::Angle track_angle;  // clockwise from true north, [0, 2 pi)
  std::optional<base::Length> pressure_altitude;
  base::Speed vertical_rate;
  Covariance covariance;
  Status status = Status::tentative;
  double existence = 0.0;     // probability that there is an aircraft
  std::uint64_t sensors = 0;  // bit i: sensor i of the list that the chunk was stored with
  Identity identity;
};

}  // namespace liptako::history
