// ADS-B: what equipped aircraft say of themselves, and which of it a station on the ground or in
// orbit hears. Gives reports, not bytes (wire.hpp).
#pragma once

#include <cstdint>
#include <vector>

#include "base/ids.hpp"
#include "base/prng.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "sim/flight.hpp"
#include "sim/geometry.hpp"
#include "sim/gnss.hpp"
#include "sim/radar.hpp"
#include "sim/scenario.hpp"

namespace liptako::sim {

// One report, in the resolution of the squitters it comes from. A station that passes on the
// squitters themselves has position and heights unrounded: encoding them rounds.
struct AdsbReport {
  std::uint32_t flight = 0;       // whose it is, for the truth alone
  std::int64_t number = 0;        // of the interval since the start
  base::Timestamp position_time;  // true time for which the position holds
  base::Timestamp received;       // true time of reception
  base::IcaoAddress icao_address;
  base::ModeACode mode_3a;
  base::CallSign call_sign;
  AircraftKind kind = AircraftKind::airliner;
  bool has_position = true;  // false: the receiver lost its satellites
  base::Angle latitude;
  base::Angle longitude;
  double pressure_altitude_ft = 0.0;
  double geometric_height_ft = 0.0;  // above the ellipsoid
  double ground_speed_kt = 0.0;
  double track_angle_rad = 0.0;
  double east_kt = 0.0;
  double north_kt = 0.0;
  double vertical_rate_ftmin = 0.0;  // barometric
  int nac_p = 0;
  int nac_v = 0;
  int nic = 0;
  int sil = 0;
};

class AdsbModel {
 public:
  static constexpr base::Duration kCollect = std::chrono::milliseconds(250);

  // `station` and `air` must outlive the model.
  AdsbModel(const AdsbStation& station,
            const Atmosphere& air,
            std::uint64_t seed,
            std::uint64_t index,
            base::Timestamp start);

  // When the present collecting interval ends.
  [[nodiscard]] base::Timestamp next() const { return next_; }
  // What was heard in it, by time of reception; moves on. Requires the flights to have been flown
  // to next().
  // `gnss` may be null.
  [[nodiscard]] std::vector<AdsbReport> listen(const Flights& flights, GnssField* gnss = nullptr);
  void skip() { next_ += kCollect; }

 private:
  [[nodiscard]] double reception_probability(const Pose& pose) const;
  [[nodiscard]] AdsbReport report_of(const Flight& flight,
                                     const Pose& pose,
                                     const std::optional<NavigationState>& told);

  const AdsbStation* station_;
  const Atmosphere* air_;
  base::Timestamp start_;
  base::Timestamp next_;
  Frame site_;
  base::Prng prng_;
};

}  // namespace liptako::sim
