// Wide-area multilateration: positions of whatever replies, from the times at which several
// receivers hear it. The receivers are not modelled one by one: accuracy falls away from the middle
// of the area, and below a height too few of them hear. Gives reports, not bytes (wire.hpp).
#pragma once

#include <cstdint>
#include <vector>

#include "base/ids.hpp"
#include "base/prng.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "sim/flight.hpp"
#include "sim/radar.hpp"
#include "sim/scenario.hpp"

namespace liptako::sim {

struct MlatReport {
  std::uint32_t flight = 0;  // whose it is, for the truth alone
  base::Timestamp time;      // true time for which the position holds
  base::Angle latitude;
  base::Angle longitude;
  base::Length horizontal_sd;  // per axis, as the system itself thinks of it
  base::ModeACode mode_3a;
  double mode_c_ft = 0.0;  // in the transponder's steps
  std::optional<base::IcaoAddress> icao_address;
  base::CallSign call_sign;  // empty: not obtained
};

class MlatModel {
 public:
  static constexpr base::Duration kCollect = std::chrono::milliseconds(250);
  // How many times worse than in the middle the position is at the edge.
  static constexpr double kEdge = 3.0;

  // `system` and `air` must outlive the model.
  MlatModel(const MlatSystem& system,
            const Atmosphere& air,
            std::uint64_t seed,
            std::uint64_t index,
            base::Timestamp start);

  // When the present collecting interval ends.
  [[nodiscard]] base::Timestamp next() const { return next_; }
  // What was measured in it, by time; moves on. Requires the flights to have been flown to next().
  [[nodiscard]] std::vector<MlatReport> listen(const Flights& flights);
  void skip() { next_ += kCollect; }

 private:
  const MlatSystem* system_;
  const Atmosphere* air_;
  base::Timestamp start_;
  base::Timestamp next_;
  Frame middle_;
  base::Prng prng_;
};

}  // namespace liptako::sim
