// On-line registration: the biases of every sensor, learnt from aircraft that several sensors
// report, taken away from its plots, and what of them is not known counted in the plots' noise.
//
//   plot as reported ─► CommonAircraft ─► observations of 10 s ─► BiasFilter ─► corrected plot
//                            └───────────► OwnWay: steps of clocks ──┘
//
// A bias is taken away once it is known (its sd well below the sensor's own noise) and significant
// (beyond two sd), so that a sensor without one is not disturbed. Time: the plot's time is moved,
// not its position, so that no velocity is needed and a late plot stays what it is. What is left,
// variance B in the sensor's own measures, is not noise: it is the same at the next look. So R + B
// is what the gate expects, and the gain takes as much of it as keeps many looks of one sensor from
// adding up to more than one holds of it (dilution, as of another tracker's reports) [Schmidt66
// carries the correlation instead, at four numbers a track for every bias of every sensor]. Of an
// elevation the plot itself is told to be less sure.
//
// Deterministic; a function of the plots. No allocation a plot after set_sensors(). An addressed
// plot of a sensor that takes part costs a look at its aircraft.
#pragma once

#include <span>
#include <vector>

#include "track/measurement.hpp"
#include "track/registration/bias_filter.hpp"
#include "track/registration/common_aircraft.hpp"

namespace liptako::track {

// One bias of one sensor, as of now.
struct BiasReport {
  bool present = false;  // the sensor can have it
  double value = 0.0;    // what the sensor reports minus what is so: metres, radians, seconds
  double sd = 0.0;       // of the value; near what was thought at first: not observed
  bool applied = false;  // taken away from its plots
};

struct SensorRegistration {
  BiasReport range;
  BiasReport azimuth;
  BiasReport time;
  BiasReport elevation;   // of a radar that has told one
  BiasReport place_east;  // of a multilateration system's positions
  BiasReport place_north;
  std::uint64_t observations = 0;  // against other sensors, that moved the biases
  std::uint32_t jumps = 0;
  base::Timestamp last_jump;  // of the newest jump, if there was one
  // An ADS-B station's clock is so many seconds further on than when it was first heard, as the way
  // of the aircraft themselves tells (own_way.hpp); 0: it did not move.
  double clock_moved_s = 0.0;
};

class Registration {
 public:
  // How often the biases are worked out.
  static constexpr base::Duration kWindow = std::chrono::seconds(10);

  // Sensors in force. former[i]: what was sensor i, or negative; it keeps what is known of it.
  void set_sensors(std::span<const SensorDescription> sensors, std::span<const int> former);
  // Off: nothing is learnt and nothing is taken away.
  void set_enabled(bool enabled) { enabled_ = enabled; }
  [[nodiscard]] bool enabled() const { return enabled_; }

  // Learns from a plot as reported. True: `corrected` is to be used in its place; false: there is
  // nothing to correct. Requires finite numbers.
  [[nodiscard]] bool take(const Plot& plot,
                          std::span<const SensorDescription> sensors,
                          Plot& corrected);
  // The same of a plot that told no address, as it was corrected, once it has gone to the track of
  // that aircraft.
  void learn(const Plot& plot,
             base::IcaoAddress address,
             std::span<const SensorDescription> sensors);
  // A radar that may point so far aside that its plots do not find their tracks; and `m` as it is
  // expected of it: with what is thought of its biases, and their whole uncertainty.
  [[nodiscard]] bool is_strange(std::uint16_t sensor) const {
    return has_others_ && takes_part(sensor) && filter_.has(sensor, registration::kAzimuth) &&
           corrections_[sensor].variance[registration::kAzimuth] == 0.0;
  }
  void expect(LinearMeasurement& m, std::uint16_t sensor, const HorizontalState& at) const;
  // SensorRegistration::clock_moved_s.
  [[nodiscard]] double clock_moved_s(std::uint16_t sensor) const {
    return enabled_ ? own_way_.moved_s(sensor) : 0.0;
  }
  // The biases' remaining uncertainty into the measurement's noise. `at`: the state it was
  // linearised at.
  void widen(LinearMeasurement& m, std::uint16_t sensor, const HorizontalState& at) const;
  // LinearMeasurement::dilution of a position that widen() widened; `since_last` seconds since the
  // sensor's last plot of the track.
  [[nodiscard]] double dilution(const LinearMeasurement& m,
                                std::uint16_t sensor,
                                double since_last) const;

  // It is on, and the sensor has biases that can be learnt.
  [[nodiscard]] bool takes_part(std::uint16_t sensor) const;
  [[nodiscard]] SensorRegistration report(std::uint16_t sensor) const;
  // Aircraft whose ADS-B positions do not agree with what sensors say of them.
  [[nodiscard]] std::uint32_t doubted_aircraft() const { return aircraft_.doubted(); }
  // True height against pressure altitude, as far as slant ranges tell: share and offset, metres.
  [[nodiscard]] registration::Estimate height_share() const { return filter_.height_share(); }
  [[nodiscard]] registration::Estimate height_offset() const { return filter_.height_offset(); }

  void save(base::ByteWriter& out) const;
  // After set_sensors() with the same sensors. False: not a state of them.
  [[nodiscard]] bool load(base::ByteReader& in, std::span<const SensorDescription> sensors);

 private:
  static constexpr std::size_t kMostObservations = 4096;

  // What is done to a sensor's plots.
  struct Correction {
    bool any = false;
    bool considered = false;
    bool has_elevation = false;  // it has told one
    bool applied[registration::kComponents] = {};
    double value[registration::kComponents] = {};
    double variance[registration::kComponents] = {};  // of what is left
  };

  void work_out(base::Timestamp now, std::span<const SensorDescription> sensors);
  void follow_clocks(std::span<const SensorDescription> sensors);
  void decide(std::span<const SensorDescription> sensors);

  bool enabled_ = true;
  bool has_others_ = false;  // more than one sensor takes part
  registration::CommonAircraft aircraft_;
  registration::BiasFilter filter_;
  registration::OwnWay own_way_;
  std::vector<registration::Observation> window_;
  std::vector<Correction> corrections_;
  bool started_ = false;
  base::Timestamp due_;
  base::Timestamp latest_;  // by all sensors together
  base::Timestamp newest_;  // plot's time
};

}  // namespace liptako::track
