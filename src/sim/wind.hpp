// How the wind along an aircraft's way changes: it holds its air speed, so that what the wind gains
// or loses is gained or lost over the ground. The line it flies is held by the autopilot, and
// stays.
#pragma once

#include <cstdint>
#include <vector>

#include "base/units.hpp"

namespace liptako::sim {

// Waves whose structure function, the mean square of the change of the wind along the way over a
// distance r, is c r^(2/3) for r of 20 to 160 km: what airliners measured at their cruising
// heights, with c about 3.6e-3 m^(4/3)/s^2 [Lindborg99]. Waves shorter than 5 km are left out,
// since an airliner's speed follows the wind over tens of seconds only; the longest are of 2,000
// km.
class Wind {
 public:
  Wind() = default;  // still air
  Wind(double structure, base::Speed air_speed, std::uint64_t seed);

  [[nodiscard]] bool is_still() const { return waves_.empty(); }
  struct Gain {
    double way_m = 0.0;  // since departure, of what still air would have brought
    double speed_mps = 0.0;
  };
  // A pure function of time.
  [[nodiscard]] Gain at(double flight_s) const;

  // The gain of speed stays below this part of the air speed.
  static constexpr double kMostOfAirSpeed = 0.25;

 private:
  struct Wave {
    double speed_mps = 0.0;  // amplitude
    double rate = 0.0;       // radians per second
    double phase = 0.0;
  };
  std::vector<Wave> waves_;
};

}  // namespace liptako::sim
