// Interference with satellite navigation, as the aircraft in it feel it: what their receivers tell
// them instead of where they are. Jamming takes the position away near the middle and spoils it
// further out; spoofing tells some aircraft that they are all at one point; meaconing lets the
// positions of all drift away together. A false time of day is a matter of the sensors' clocks
// (SensorClock).
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "sim/flight.hpp"
#include "sim/labels.hpp"
#include "sim/scenario.hpp"

namespace liptako::sim {

// What an aircraft's navigation says.
struct NavigationState {
  Vec3 position;  // ECEF, metres
  Vec3 velocity;  // ECEF, metres per second
  int nac_p = 0;  // the accuracy that it claims
};

// Without interference: the truth with the error of the receiver.
[[nodiscard]] NavigationState undisturbed(const Flight& flight,
                                          const Pose& pose,
                                          base::Timestamp time);

class GnssField {
 public:
  // Parts of a jamming disc's radius: within the first no position, within the second a poor one
  // (NACp 4), beyond that a worse one than usual (NACp 6).
  static constexpr double kNoPosition = 0.6;
  static constexpr double kPoorPosition = 0.8;

  GnssField(const Scenario& scenario, base::Timestamp start);

  // Nothing if the receiver gives no position. A spoofer takes the aircraft that come first, by
  // order of asking, and keeps them until its window ends.
  [[nodiscard]] std::optional<NavigationState> told(const Flight& flight,
                                                    const Pose& pose,
                                                    base::Timestamp time);

  // What was told otherwise than it is, since this was last asked: for the labels.
  struct Disturbance {
    Pathology pathology = Pathology::none;
    std::uint32_t flight = 0;
    base::IcaoAddress address;
    base::Timestamp time;
  };
  [[nodiscard]] std::vector<Disturbance> take_disturbances() {
    return std::exchange(disturbances_, {});
  }

 private:
  void tell_wrongly(const Flight& flight, base::Timestamp time, NavigationState& out);

  struct Source {
    GnssFault fault;
    Frame middle;
    Vec3 told;
    Vec3 drift;  // metres per second
    base::Timestamp window_end;
    std::set<std::uint32_t> taken = {};  // flights, in the window that ends then
  };
  base::Timestamp start_;
  std::vector<Source> sources_;
  std::vector<AircraftFault> aircraft_faults_;
  std::vector<Disturbance> disturbances_;
};

}  // namespace liptako::sim
