#include "geo/frames.hpp"

#include "base/math.hpp"

namespace liptako::geo {

using base::Angle;
using base::Length;

namespace {

base::SinCos sines_of(Angle angle) { return base::sincos(angle.radians()); }

// Of a small angle: the rest of the series is below 1e-18. Divisors are multiplied with: a division
// takes the processor as long as the rest of its line.
base::SinCos sines_of_small(double x) {
  const double x2 = x * x;
  const double sine =
      x2 * (1.0 / 20.0) *
      (1.0 - x2 * (1.0 / 42.0) * (1.0 - x2 * (1.0 / 72.0) * (1.0 - x2 * (1.0 / 110.0))));
  const double cosine =
      x2 * (1.0 / 12.0) *
      (1.0 - x2 * (1.0 / 30.0) * (1.0 - x2 * (1.0 / 56.0) * (1.0 - x2 * (1.0 / 90.0))));
  return {x * (1.0 - x2 * (1.0 / 6.0) * (1.0 - sine)), 1.0 - x2 * 0.5 * (1.0 - cosine)};
}

base::SinCos sines_near(Angle angle, Angle known, const base::SinCos& of_known) {
  const double turn = (angle - known).radians();
  if (std::fabs(turn) > kNearRad) return sines_of(angle);
  const base::SinCos small = sines_of_small(turn);
  return {of_known.sin * small.cos + of_known.cos * small.sin,
          of_known.cos * small.cos - of_known.sin * small.sin};
}

// The angle whose sine and cosine are given.
double angle_near(const base::SinCos& of, Angle known, const base::SinCos& of_known) {
  const double sine = of.sin * of_known.cos - of.cos * of_known.sin;  // of the angle between
  const double cosine = of.cos * of_known.cos + of.sin * of_known.sin;
  if (std::fabs(sine) > kNearRad || cosine < 0.0) return base::atan2(of.sin, of.cos);
  const double s2 = sine * sine;
  const double rest =
      (49.0 / 72.0) * s2 *
      (1.0 + (81.0 / 110.0) * s2 * (1.0 + (121.0 / 156.0) * s2 * (1.0 + (169.0 / 210.0) * s2)));
  return known.radians() +
         sine * (1.0 + (1.0 / 6.0) * s2 *
                           (1.0 + (9.0 / 20.0) * s2 * (1.0 + (25.0 / 42.0) * s2 * (1.0 + rest))));
}

base::SinCos latitude_of(const TangentFrame& frame) { return {frame.axes()[8], frame.axes()[5]}; }
base::SinCos longitude_of(const TangentFrame& frame) { return {-frame.axes()[0], frame.axes()[1]}; }

// Axes of a place, row-major: east, north, up in ECEF.
std::array<double, 9> axes_of(const base::SinCos& latitude, const base::SinCos& longitude) {
  return {-longitude.sin,
          longitude.cos,
          0.0,
          -latitude.sin * longitude.cos,
          -latitude.sin * longitude.sin,
          latitude.cos,
          latitude.cos * longitude.cos,
          latitude.cos * longitude.sin,
          latitude.sin};
}

EastNorth turned(const std::array<double, 9>& from,
                 const std::array<double, 9>& to,
                 const EastNorth& v) {
  const double x = v.east * from[0] + v.north * from[3];
  const double y = v.east * from[1] + v.north * from[4];
  const double z = v.east * from[2] + v.north * from[5];
  return {to[0] * x + to[1] * y + to[2] * z, to[3] * x + to[4] * y + to[5] * z};
}

// Bowring's parametric latitude, iterated on tangents: two rounds reach 1e-16 rad below 100 km, one
// 1.3e-12 rad (8 um) below 30 km.
struct Bowring {
  Bowring(const Position<Ecef>& p, int rounds) : axis_distance(std::sqrt(p.x * p.x + p.y * p.y)) {
    const double semi_minor = kSemiMajorAxisM * (1.0 - kFlattening);
    const double second_eccentricity_squared = kEccentricitySquared / (1.0 - kEccentricitySquared);
    double tan_beta = axis_distance > 0.0 ? p.z / (axis_distance * (1.0 - kFlattening)) : 0.0;
    numerator = p.z;
    denominator = axis_distance;
    for (int round = 0; round < rounds; ++round) {
      const double cos_beta = 1.0 / std::sqrt(1.0 + tan_beta * tan_beta);
      const double sin_beta = tan_beta * cos_beta;
      numerator = p.z + second_eccentricity_squared * semi_minor * sin_beta * sin_beta * sin_beta;
      denominator =
          axis_distance - kEccentricitySquared * kSemiMajorAxisM * cos_beta * cos_beta * cos_beta;
      if (denominator <= 0.0) break;  // within 43 km of the axis at the centre: no aircraft
      tan_beta = (1.0 - kFlattening) * numerator / denominator;
    }
  }
  double axis_distance;
  double numerator = 0.0;  // of the latitude's tangent
  double denominator = 0.0;
};

Length height_of(const Position<Ecef>& p, double axis_distance, const base::SinCos& latitude) {
  const double root = std::sqrt(1.0 - kEccentricitySquared * latitude.sin * latitude.sin);
  return Length::from_metres(axis_distance * latitude.cos + p.z * latitude.sin -
                             kSemiMajorAxisM * root);
}

Angle longitude_from(double radians) {
  if (radians >= base::kPi) return Angle::from_radians(radians - 2.0 * base::kPi);
  if (radians < -base::kPi) return Angle::from_radians(radians + 2.0 * base::kPi);
  return Angle::from_radians(radians);
}

}  // namespace

Position<Ecef> ecef_of(const Place& place) {
  const base::SinCos& latitude = place.latitude;
  const double h = place.position.height.metres();
  const double prime_vertical =
      kSemiMajorAxisM / std::sqrt(1.0 - kEccentricitySquared * latitude.sin * latitude.sin);
  const double from_axis = (prime_vertical + h) * latitude.cos;
  return {from_axis * place.longitude.cos,
          from_axis * place.longitude.sin,
          (prime_vertical * (1.0 - kEccentricitySquared) + h) * latitude.sin};
}

Position<Ecef> ecef_from_geodetic(const Geodetic& p) {
  return ecef_of({p, sines_of(p.latitude), sines_of(p.longitude)});
}

Geodetic geodetic_from_ecef(const Position<Ecef>& p) {
  const Bowring b(p, 2);
  const Angle latitude = Angle::from_radians(base::atan2(b.numerator, b.denominator));
  return {latitude,
          longitude_from(base::atan2(p.y, p.x)),
          height_of(p, b.axis_distance, sines_of(latitude))};
}

Place place_of(const Geodetic& p, const TangentFrame& near) {
  return {p,
          sines_near(p.latitude, near.origin().latitude, latitude_of(near)),
          sines_near(p.longitude, near.origin().longitude, longitude_of(near))};
}

Place place_of(const Position<Ecef>& p, const TangentFrame& near) {
  const Bowring b(p, 1);
  const double length = std::sqrt(b.numerator * b.numerator + b.denominator * b.denominator);
  if (!(length > 0.0) || !(b.axis_distance > 0.0)) {  // on the axis: no longitude to be near to
    const Geodetic there = geodetic_from_ecef(p);
    return {there, sines_of(there.latitude), sines_of(there.longitude)};
  }
  Place place;
  place.latitude = {b.numerator / length, b.denominator / length};
  place.longitude = {p.y / b.axis_distance, p.x / b.axis_distance};
  place.position = {
      Angle::from_radians(angle_near(place.latitude, near.origin().latitude, latitude_of(near))),
      longitude_from(angle_near(place.longitude, near.origin().longitude, longitude_of(near))),
      height_of(p, b.axis_distance, place.latitude)};
  return place;
}

Length height_of(const Position<Ecef>& p) {
  const Bowring b(p, 1);
  const double length = std::sqrt(b.numerator * b.numerator + b.denominator * b.denominator);
  if (!(length > 0.0)) return geodetic_from_ecef(p).height;
  return height_of(p, b.axis_distance, {b.numerator / length, b.denominator / length});
}

EastNorth turned_to(const Place& place, const TangentFrame& frame, const EastNorth& vector) {
  return turned(frame.axes(), axes_of(place.latitude, place.longitude), vector);
}

EastNorth turned_from(const Place& place, const TangentFrame& frame, const EastNorth& vector) {
  return turned(axes_of(place.latitude, place.longitude), frame.axes(), vector);
}

EastNorth turned_from(const Geodetic& p, const TangentFrame& frame, const EastNorth& vector) {
  const double up = (p.latitude - frame.origin().latitude).radians();
  const double round = (p.longitude - frame.origin().longitude).radians();
  if (std::fabs(up) > kCloseRad || std::fabs(round) > kCloseRad)
    return turned_from(place_of(p, frame), frame, vector);
  const base::SinCos of_frame = latitude_of(frame);
  const double sine = of_frame.sin + up * of_frame.cos;  // of the place's latitude
  return {
      vector.east * (1.0 - 0.5 * round * round) - vector.north * sine * round,
      vector.east * of_frame.sin * round +
          vector.north * (1.0 - 0.5 * up * up - 0.5 * round * round * of_frame.sin * of_frame.sin)};
}

TangentFrame::TangentFrame(const Geodetic& origin) : origin_(origin) {
  const Place place{origin, sines_of(origin.latitude), sines_of(origin.longitude)};
  origin_ecef_ = ecef_of(place);
  axes_ = axes_of(place.latitude, place.longitude);
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
