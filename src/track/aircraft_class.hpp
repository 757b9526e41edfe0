// What kind of aircraft a track is, as far as that says how it can move, and the motion models of
// each kind. A class is another set of numbers for the same five modes (imm.hpp); a track that
// changes class keeps its mean and covariance and begins with that class's modes at their long-run
// shares.
//
// Where turns of v m/s at a bank of b are meant, the rate is g tan b / v. A manoeuvre with an
// acceleration of a that lasts for s on average is noise of density a^2 s [BarShalom01, §6.3.2].
//
//   class       modes (rate in deg/s, density in m^2/s^3)    what they stand for
//   airliner    0; +-1.4; +-2.6                              25 deg of bank at 190 and at 100 m/s
//                                                            [ICAO Doc 8168]
//    cruising   0; +-0.6; +-1.3                              12 and 25 deg of bank at 200 m/s;
//                                                            straight for minutes
//   light       0; +-3; +-7                                  rate one; 32 deg of bank at 50 m/s
//   helicopter  0 quiet; 0 at 2; 0 at 16; +-7                0.2 g for 4 s to slow down to a hover;
//                                                            20 deg of bank at 30 m/s
//   uav         0 quiet; 0 at 4; 0 at 30; +-25               0.4 g for 2 s, of small multirotors;
//                                                            half a turn in 7 s
//   surface     0 quiet; 0 at 1; 0 at 8; +-9                 taxi; landing roll, 0.2 g; a quarter
//                                                            turn in 10 s
#pragma once

#include <vector>

#include "track/imm.hpp"
#include "track/plot.hpp"

namespace liptako::track {

inline constexpr int kAircraftClasses = 6;  // with none

// The modes of a class; of none: those of an airliner, which are `airliner` unless it cruises.
[[nodiscard]] ImmOptions motion_options(AircraftClass aircraft_class,
                                        bool cruises,
                                        const ImmOptions& airliner);

// What a track has been told and how it is moved.
struct Motion {
  AircraftClass told = AircraftClass::none;  // in flight
  AircraftClass used = AircraftClass::airliner;
  // It has a transponder, and flies faster than one does below flight level 100. Of an airliner the
  // numbers of the modes change, not what they are, so that it goes on with them.
  bool cruises = false;
};

// The modes of every motion, worked out once.
class MotionModels {
 public:
  // `airliner`: of one that does not cruise.
  explicit MotionModels(const ImmOptions& airliner);
  [[nodiscard]] const ImmModel& of(const Motion& m) const {
    if (m.cruises && m.used == AircraftClass::airliner) return cruise_;
    return by_class_[static_cast<std::size_t>(m.used)];
  }

 private:
  std::vector<ImmModel> by_class_;
  ImmModel cruise_;
};

// Told by the plot or its kind of sensor; else judged by how the aircraft flies: one that is surely
// slower than any airliner stays up, and that has a transponder, is light, or hovers. `state`:
// after the plot was used.
struct FlightEvidence {
  const Gaussian& state;
  bool has_transponder = false;
  bool is_confirmed = false;
};
[[nodiscard]] Motion judged(const Motion& before,
                            const Plot& plot,
                            SensorKind kind,
                            const FlightEvidence& evidence);

}  // namespace liptako::track
