// What two sensors that saw the same aircraft tell of each other's biases.
//
// Legend (SI and radians)
//   b     biases: what a sensor reports minus what is so. Range, azimuth, elevation: of the
//         measurement; time: of the stamp, so that a report stamped t is of the time t - b_t; east,
//         north: of the position that a multilateration system reports, the same everywhere
//   own, other  d y / d b of the sensor and of the reference it is compared with
//   y     the sensor's measurement minus what it should be where the reference puts the aircraft:
//           y = own b + other b' + height (kappa h + o) + toward e + noise
//   e     error of the reference's own positions, east and north: the aircraft's navigation, for
//         ADS-B. It lives on from report to report
//   h     pressure altitude; true height is taken as h (1 + kappa) + o, one pair for the area
//   noise covariance of what is new in every observation
//   R     covariance to weigh the observation by: noise, and toward e with as much of it as keeps
//         many observations of one aircraft from adding up to more than they hold
// What a 3-D radar says of an elevation is an observation by itself, in the first row; its second
// says nothing, with R = 1.
#pragma once

#include <cstdint>

#include "track/plot.hpp"

namespace liptako::track::registration {

enum Component : int {
  kRange = 0,
  kAzimuth = 1,
  kTime = 2,
  kElevation = 3,
  kPlaceEast = 4,
  kPlaceNorth = 5,
  kComponents = 6
};

// Which of them a sensor of this description can have; none: it takes no part.
struct Components {
  bool has[kComponents] = {};
  [[nodiscard]] bool any() const { return has[kTime]; }
};
[[nodiscard]] Components components_of(const SensorDescription& sensor);

struct Observation {
  base::Timestamp time;
  std::uint32_t address = 0;
  std::uint16_t aircraft = 0;  // where CommonAircraft remembers it
  std::uint16_t sensor = 0;
  std::uint16_t reference = 0;
  bool doubted = false;  // the reference is: tells of the aircraft only, not of biases
  bool of_elevation = false;
  double y[2] = {};
  double own[2][kComponents] = {};
  double other[2][kComponents] = {};
  double height[2] = {};
  double altitude_m = 0.0;
  double toward[2][2] = {};
  double noise[3] = {};
  double R[3] = {};
  double reference_variance_m2 = 0.0;  // of e, one axis
};

}  // namespace liptako::track::registration
