// Earth-centred and local tangent frames on WGS-84 [NIMA TR8350.2], with frames as types.
//
//   ECEF  x towards 0N 0E, y towards 0N 90E, z towards the pole, metres
//   ENU   east, north, up at a named origin on the ellipsoid, metres
//
// Our own and not GeographicLib's, because its trigonometry is libm's, whose bits depend on the
// CPU; the tests hold it against GeographicLib.
#pragma once

#include <array>

#include "base/math.hpp"
#include "geo/geodetic.hpp"

namespace liptako::geo {

inline constexpr double kSemiMajorAxisM = 6378137.0;
inline constexpr double kFlattening = 1.0 / 298.257223563;
inline constexpr double kEccentricitySquared = kFlattening * (2.0 - kFlattening);
inline constexpr double kMeanRadiusM = 6371008.8;

struct Ecef;
struct Enu;

// A point in a frame, metres. The name of a coordinate says what it is only together with the
// frame.
template <class Frame>
struct Position {
  double x = 0.0;
  double y = 0.0;
  double z = 0.0;
};

// Exact to 2 nm.
[[nodiscard]] Position<Ecef> ecef_from_geodetic(const Geodetic& p);

// Within 1 um for heights of -10 km to 100 km (Bowring's method, iterated) [Bowring76].
[[nodiscard]] Geodetic geodetic_from_ecef(const Position<Ecef>& p);

// A tangent frame: its origin is on the ellipsoid at the given latitude and longitude, at the given
// height.
class TangentFrame {
 public:
  TangentFrame() = default;
  explicit TangentFrame(const Geodetic& origin);

  [[nodiscard]] const Geodetic& origin() const { return origin_; }
  [[nodiscard]] const Position<Ecef>& origin_ecef() const { return origin_ecef_; }
  [[nodiscard]] Position<Enu> enu_from_ecef(const Position<Ecef>& p) const {
    const double dx = p.x - origin_ecef_.x;
    const double dy = p.y - origin_ecef_.y;
    const double dz = p.z - origin_ecef_.z;
    return {axes_[0] * dx + axes_[1] * dy + axes_[2] * dz,
            axes_[3] * dx + axes_[4] * dy + axes_[5] * dz,
            axes_[6] * dx + axes_[7] * dy + axes_[8] * dz};
  }
  [[nodiscard]] Position<Ecef> ecef_from_enu(const Position<Enu>& p) const {
    return {origin_ecef_.x + axes_[0] * p.x + axes_[3] * p.y + axes_[6] * p.z,
            origin_ecef_.y + axes_[1] * p.x + axes_[4] * p.y + axes_[7] * p.z,
            origin_ecef_.z + axes_[2] * p.x + axes_[5] * p.y + axes_[8] * p.z};
  }
  // Rotation matrix, row-major: rows are the east, north and up axes in ECEF.
  [[nodiscard]] const std::array<double, 9>& axes() const { return axes_; }

 private:
  Geodetic origin_;
  Position<Ecef> origin_ecef_;
  std::array<double, 9> axes_{};
};

// Rotation that takes vectors of `from` to vectors of `to`, row-major.
[[nodiscard]] std::array<double, 9> rotation_between(const TangentFrame& from,
                                                     const TangentFrame& to);

// A place with the sines its axes are made of. Made near a frame, of which they are known already,
// it costs no trigonometry: the angle between is small, and its series are exact to the last bits
// up to kNearRad of latitude and longitude; beyond, the functions are called.
struct Place {
  Geodetic position;
  base::SinCos latitude;
  base::SinCos longitude;
};
inline constexpr double kNearRad = 0.1;  // 637 km
[[nodiscard]] Place place_of(const Geodetic& p, const TangentFrame& near);
// Within 10 um for heights up to 30 km.
[[nodiscard]] Place place_of(const Position<Ecef>& p, const TangentFrame& near);
// The height that place_of() finds.
[[nodiscard]] base::Length height_of(const Position<Ecef>& p);
[[nodiscard]] Position<Ecef> ecef_of(const Place& place);

// A horizontal vector of a frame as it is called at another place nearby, along that place's east
// and north, and the other way round. What points up or down there is left out.
struct EastNorth {
  double east = 0.0;
  double north = 0.0;
};
[[nodiscard]] EastNorth turned_to(const Place& place,
                                  const TangentFrame& frame,
                                  const EastNorth& vector);
[[nodiscard]] EastNorth turned_from(const Place& place,
                                    const TangentFrame& frame,
                                    const EastNorth& vector);
// Within 4 millionths of the vector: near the frame by the first two terms of the angles between.
inline constexpr double kCloseRad = 0.015;  // 96 km
[[nodiscard]] EastNorth turned_from(const Geodetic& p,
                                    const TangentFrame& frame,
                                    const EastNorth& vector);

// Distance along the mean sphere: within 0.6 % of the geodesic. For gates and thresholds, never for
// a verdict.
[[nodiscard]] base::Length rough_distance(const Geodetic& a, const Geodetic& b);

}  // namespace liptako::geo
