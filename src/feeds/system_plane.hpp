// The plane on which a surveillance system computes: positions on it into latitude and longitude,
// and its directions into true ones. Stereographic about the system's reference point, conformal on
// the ellipsoid and true to scale at that point [Snyder87, eqs. 3-1, 20-14, 20-15 and 21-24 ff.].
//
// Legend
//   chi    conformal latitude    lambda  longitude    0  of the reference point
//   R      radius of the conformal sphere, a cos(phi_0) / (W cos(chi_0))
//   g      convergence: azimuth on the plane minus true azimuth, at one place
//
// Systems differ in what they take for their plane; one recorded server's is 0.08 % larger than
// this one (240 m at 300 km, measured on its reports that give a position both ways). Where a
// report has a latitude, that is used.
#pragma once

#include "geo/geodetic.hpp"

namespace liptako::feeds {

class SystemPlane {
 public:
  explicit SystemPlane(const geo::Geodetic& reference);

  // Height is left 0. Within 1 mm of the projection's formulas up to 1,000 km from the reference.
  [[nodiscard]] geo::Geodetic position(base::Length x, base::Length y) const;
  [[nodiscard]] base::Angle convergence(const geo::Geodetic& at) const;

 private:
  double longitude_;
  double chi_;
  double sin_chi_;
  double cos_chi_;
  double radius_m_;
};

// A vector on the plane in true east and north, where the plane's convergence is `g`.
struct EastNorth {
  double east = 0.0;
  double north = 0.0;
};
[[nodiscard]] EastNorth true_from_plane(double x, double y, base::Angle convergence);

}  // namespace liptako::feeds
