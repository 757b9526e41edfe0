// The form every sensor model reduces a plot to, so that the filter sees neither range nor
// latitude: two numbers that are nearly linear in the horizontal state.
//
// Legend (all SI and radians)
//   x  horizontal state (east, north, velocity east, velocity north) in the track's tangent frame
//   z  the two measured numbers; h(x) their prediction; y = z - h(x) the innovation
//   H  dh/dx, R covariance of z's noise, both at the linearisation point
//   dh dh/dheight: what an error of the height used does to z; kept apart from R because it does
//      not average out (height_effect.hpp)
#pragma once

#include "geo/frames.hpp"
#include "track/plot.hpp"

namespace liptako::track {

enum StateIndex : int {
  kEast = 0,
  kNorth = 1,
  kVelocityEast = 2,
  kVelocityNorth = 3,
  kStateSize = 4
};

struct HorizontalState {
  double x[kStateSize] = {};
};

struct Height {
  double mean_m = 0.0;
  double variance_m2 = 0.0;
};

// What is known of H: what is zero or one is not multiplied.
enum class Columns : std::uint8_t {
  all,       // nothing
  position,  // zero in the columns of the velocity
  place,     // it measures the position itself: the identity there, else zero
  velocity   // likewise the velocity
};

struct LinearMeasurement {
  double y[2] = {};
  double H[2][kStateSize] = {};
  Columns columns = Columns::all;
  double R[3] = {};   // (0,0), (0,1), (1,1): the sensor's noise alone
  double dh[2] = {};  // dh/dheight: what an error of the height used does to z
  // The gain takes the noise as this many times R: of what the report says, the share that was not
  // known before. How likely the report is, is judged by R.
  double dilution = 1.0;
};

// What a plot measures of the height itself: one number, nearly linear in height and place. `y` in
// metres or radians.
struct HeightMeasurement {
  double y = 0.0;
  double H[2] = {};  // over east and north
  double dh = 0.0;   // over height
  double R = 0.0;    // variance of the noise
};

// Where a first plot puts a new track: position with covariance in the frame it also chooses.
struct FirstFix {
  geo::Geodetic position;
  double cov_ee_m2 = 0.0;
  double cov_en_m2 = 0.0;
  double cov_nn_m2 = 0.0;  // of the sensor's noise alone
  // d(true position)/d(true height): how the fix errs if the height it used does.
  double height_effect_east = 0.0;
  double height_effect_north = 0.0;
};

// A point of the tangent frame at a given ellipsoidal height: its up coordinate falls away from the
// tangent plane by (e^2 + n^2) / 2R, which is within 1 m of the ellipsoid up to 40 km from the
// origin.
[[nodiscard]] geo::Position<geo::Ecef> ecef_at(const geo::TangentFrame& frame,
                                               double east_m,
                                               double north_m,
                                               double height_m);

}  // namespace liptako::track
