// Another state's tracking system, as far as it shows: tracks under numbers of its own, a while
// after the aircraft came within its reach, with an error that changes slowly (a tracker's errors
// are never white) and that lags behind in turns. Gives tracks, not bytes (wire.hpp).
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "sim/flight.hpp"
#include "sim/radar.hpp"
#include "sim/scenario.hpp"

namespace liptako::sim {

struct ServerTrack {
  std::uint32_t flight = 0;  // whose it is, for the truth alone
  std::uint16_t number = 0;
  base::Timestamp time;  // true time for which the state holds
  base::Angle latitude;
  base::Angle longitude;
  double east_mps = 0.0;
  double north_mps = 0.0;
  double pressure_altitude_ft = 0.0;
  double vertical_rate_ftmin = 0.0;
  base::Length horizontal_sd;  // per axis, as the server thinks of it
  base::ModeACode mode_3a;
  std::optional<base::IcaoAddress> icao_address;
  base::CallSign call_sign;  // empty: not known
  AircraftKind kind = AircraftKind::airliner;
  bool first = false;
};

class SystemServerModel {
 public:
  static constexpr base::Duration kCollect = std::chrono::milliseconds(500);

  // `server` and `air` must outlive the model.
  SystemServerModel(const SystemServer& server,
                    const Atmosphere& air,
                    std::uint64_t seed,
                    std::uint64_t index,
                    base::Timestamp start);

  [[nodiscard]] base::Timestamp next() const { return next_; }
  // The tracks updated until next(), by time; moves on. Requires the flights to have been flown
  // there.
  [[nodiscard]] std::vector<ServerTrack> update(const Flights& flights);
  void skip() { next_ += kCollect; }

 private:
  struct Known {
    std::uint16_t number = 0;  // 0 until it is a track
    base::Timestamp seen_since;
    base::Timestamp seen;
    NavigationError error;
  };
  [[nodiscard]] std::uint16_t free_number();

  const SystemServer* server_;
  const Atmosphere* air_;
  std::uint64_t seed_;
  base::Timestamp start_;
  base::Timestamp next_;
  Frame middle_;
  std::map<std::uint32_t, Known> known_;  // by flight
  std::uint16_t last_number_ = 0;
};

}  // namespace liptako::sim
