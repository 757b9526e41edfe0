#include "geo/frames.hpp"

#include "base/math.hpp"

namespace liptako::geo {

using base::Angle;
using base::Length;

Position<Ecef> ecef_from_geodetic(const Geodetic& p) {
  const auto [sin_lat, cos_lat] = base::sincos(p.latitude.radians());
  const auto [sin_lon, cos_lon] = base::sincos(p.longitude.radians());
  const double h = p.height.metres();
  const double prime_vertical =
      kSemiMajorAxisM / std::sqrt(1.0 - kEccentricitySquared * sin_lat * sin_lat);
  return {(prime_vertical + h) * cos_lat * cos_lon,
          (prime_vertical + h) * cos_lat * sin_lon,
          (prime_vertical * (1.0 - kEccentricitySquared) + h) * sin_lat};
}

Geodetic geodetic_from_ecef(const Position<Ecef>& p) {
  const double semi_minor = kSemiMajorAxisM * (1.0 - kFlattening);
  const double second_eccentricity_squared = kEccentricitySquared / (1.0 - kEccentricitySquared);
  const double axis_distance = std::sqrt(p.x * p.x + p.y * p.y);
  // Bowring's parametric latitude, iterated on tangents: two rounds reach 1e-16 rad below 100 km.
  double tan_beta = axis_distance > 0.0 ? p.z / (axis_distance * (1.0 - kFlattening)) : 0.0;
  double numerator = p.z;
  double denominator = axis_distance;
  for (int round = 0; round < 3; ++round) {
    const double cos_beta = 1.0 / std::sqrt(1.0 + tan_beta * tan_beta);
    const double sin_beta = tan_beta * cos_beta;
    numerator = p.z + second_eccentricity_squared * semi_minor * sin_beta * sin_beta * sin_beta;
    denominator =
        axis_distance - kEccentricitySquared * kSemiMajorAxisM * cos_beta * cos_beta * cos_beta;
    if (denominator <= 0.0) break;  // within 43 km of the axis at the centre: no aircraft
    tan_beta = (1.0 - kFlattening) * numerator / denominator;
  }
  const double latitude = base::atan2(numerator, denominator);
  const double longitude = base::atan2(p.y, p.x);
  const auto [sin_lat, cos_lat] = base::sincos(latitude);
  const double root = std::sqrt(1.0 - kEccentricitySquared * sin_lat * sin_lat);
  const double height = axis_distance * cos_lat + p.z * sin_lat - kSemiMajorAxisM * root;
  return {Angle::from_radians(latitude),
          Angle::from_radians(longitude >= base::kPi ? -base::kPi : longitude),
          Length::from_metres(height)};
}

TangentFrame::TangentFrame(const Geodetic& origin)
    : origin_(origin), origin_ecef_(ecef_from_geodetic(origin)) {
  const auto [sin_lat, cos_lat] = base::sincos(origin.latitude.radians());
  const auto [sin_lon, cos_lon] = base::sincos(origin.longitude.radians());
  axes_ = {-sin_lon,
           cos_lon,
           0.0,
           -sin_lat * cos_lon,
           -sin_lat * sin_lon,
           cos_lat,
           cos_lat * cos_lon,
           cos_lat * sin_lon,
           sin_lat};
}

Position<Enu> TangentFrame::enu_from_ecef(const Position<Ecef>& p) const {
  const double dx = p.x - origin_ecef_.x;
  const double dy = p.y - origin_ecef_.y;
  const double dz = p.z - origin_ecef_.z;
  return {axes_[0] * dx + axes_[1] * dy + axes_[2] * dz,
          axes_[3] * dx + axes_[4] * dy + axes_[5] * dz,
          axes_[6] * dx + axes_[7] * dy + axes_[8] * dz};
}

Position<Ecef> TangentFrame::ecef_from_enu(const Position<Enu>& p) const {
  return {origin_ecef_.x + axes_[0] * p.x + axes_[3] * p.y + axes_[6] * p.z,
          origin_ecef_.y + axes_[1] * p.x + axes_[4] * p.y + axes_[7] * p.z,
          origin_ecef_.z + axes_[2] * p.x + axes_[5] * p.y + axes_[8] * p.z};
}

std::array<double, 9> rotation_between(const TangentFrame& from, const TangentFrame& to) {
  std::array<double, 9> r{};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      for (std::size_t k = 0; k < 3; ++k)
        r[3 * i + j] += to.axes()[3 * i + k] * from.axes()[3 * j + k];
    }
  }
  return r;
}

Length rough_distance(const Geodetic& a, const Geodetic& b) {
  const double half_lat = 0.5 * (b.latitude - a.latitude).radians();
  const double half_lon = 0.5 * (b.longitude - a.longitude).radians();
  const double s_lat = base::sin(half_lat);
  const double s_lon = base::sin(half_lon);
  const double haversine = s_lat * s_lat + base::cos(a.latitude.radians()) *
                                               base::cos(b.latitude.radians()) * s_lon * s_lon;
  return Length::from_metres(2.0 * kMeanRadiusM * base::asin(std::sqrt(std::fmin(1.0, haversine))));
}

}  // namespace liptako::geo
