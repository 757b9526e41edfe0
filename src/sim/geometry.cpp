#include "sim/geometry.hpp"

#include <cmath>

#include "base/math.hpp"

namespace liptako::sim {
namespace {

// WGS-84 [TR8350.2, table 3.1].
constexpr double kSemiMajorM = 6378137.0;
constexpr double kFlattening = 1.0 / 298.257223563;
constexpr double kEccentricity2 = kFlattening * (2.0 - kFlattening);
constexpr double kMeanRadiusM = 6371008.8;

// Local axes from the normal: east is the Earth's axis turned onto the normal.
Frame with_axes(Vec3 up, double height_m) {
  Frame frame;
  frame.up = up;
  frame.east = normalised(Vec3{-up.y, up.x, 0.0});
  frame.north = cross(up, frame.east);
  frame.height_m = height_m;
  const double root = std::sqrt(1.0 - kEccentricity2 * up.z * up.z);
  const double prime_vertical = kSemiMajorM / root;
  frame.position = {(prime_vertical + height_m) * up.x,
                    (prime_vertical + height_m) * up.y,
                    (prime_vertical * (1.0 - kEccentricity2) + height_m) * up.z};
  return frame;
}

struct Foot {
  Vec3 up;
  double height_m;
};

// The normal through a point. From p = (N + h, N + h, N (1 - e2) + h) * n componentwise, the normal
// has p's equatorial part and its polar part scaled by (N + h) / (N (1 - e2) + h); each round gains
// five digits at flight heights.
Foot foot_of(Vec3 p) {
  double height = 0.0;
  double prime_vertical = kSemiMajorM;
  Vec3 up;
  for (int round = 0; round < 4; ++round) {
    const double scale =
        (prime_vertical + height) / (prime_vertical * (1.0 - kEccentricity2) + height);
    up = normalised(Vec3{p.x, p.y, p.z * scale});
    const double root = std::sqrt(1.0 - kEccentricity2 * up.z * up.z);
    prime_vertical = kSemiMajorM / root;
    height =
        dot(p, up) - kSemiMajorM * root;  // a * root: distance of the tangent plane from the centre
  }
  return {up, height};
}

}  // namespace

double norm(Vec3 a) { return std::sqrt(dot(a, a)); }

Vec3 normalised(Vec3 a) { return (1.0 / norm(a)) * a; }

Frame frame_at(const Place& place) {
  const base::SinCos lat = base::sincos(place.latitude.radians());
  const base::SinCos lon = base::sincos(place.longitude.radians());
  return with_axes(Vec3{lat.cos * lon.cos, lat.cos * lon.sin, lat.sin}, place.height.metres());
}

Frame frame_at(Vec3 ecef_m) {
  const Foot foot = foot_of(ecef_m);
  Frame frame = with_axes(foot.up, foot.height_m);
  frame.position = ecef_m;
  return frame;
}

Place place_of(const Frame& frame) {
  const Vec3 n = frame.up;
  const double equatorial = std::sqrt(n.x * n.x + n.y * n.y);
  return {base::Angle::from_radians(base::atan2(n.z, equatorial)),
          base::Angle::from_radians(base::wrap_pi(base::atan2(n.y, n.x))),
          base::Length::from_metres(frame.height_m)};
}

Sight sight(const Frame& site, Vec3 ecef_m) {
  const Vec3 line = ecef_m - site.position;
  const double east = dot(line, site.east);
  const double north = dot(line, site.north);
  const double up = dot(line, site.up);
  return {norm(line),
          base::wrap_two_pi(base::atan2(east, north)),
          base::atan2(up, std::sqrt(east * east + north * north))};
}

Vec3 direction_to(const Frame& from, Vec3 ecef_m) {
  const Vec3 line = ecef_m - from.position;
  return normalised(line - dot(line, from.up) * from.up);
}

Vec3 direction(const Frame& at, double track_angle_rad) {
  const base::SinCos angle = base::sincos(track_angle_rad);
  return angle.sin * at.east + angle.cos * at.north;
}

double track_angle(const Frame& at, Vec3 direction) {
  return base::wrap_two_pi(base::atan2(dot(direction, at.east), dot(direction, at.north)));
}

Vec3 turned(const Frame& at, Vec3 direction, double clockwise_rad) {
  const base::SinCos angle = base::sincos(clockwise_rad);
  return angle.cos * direction + angle.sin * cross(direction, at.up);
}

Frame stepped(const Frame& from, Vec3 direction, double distance_m, double height_m) {
  const Foot foot = foot_of(from.position + distance_m * direction);
  return with_axes(foot.up, height_m);
}

double ground_distance_m(Vec3 a_ecef_m, Vec3 b_ecef_m) {
  return kMeanRadiusM * base::atan2(norm(cross(a_ecef_m, b_ecef_m)), dot(a_ecef_m, b_ecef_m));
}

bool in_radio_sight(double ground_distance_m, double height_a_m, double height_b_m) {
  if (height_a_m < 0.0 || height_b_m < 0.0) return false;
  constexpr double kDiameterM = 2.0 * (4.0 / 3.0) * kMeanRadiusM;
  return ground_distance_m <=
         std::sqrt(kDiameterM * height_a_m) + std::sqrt(kDiameterM * height_b_m);
}

bool hides(const Ridge& ridge, const Frame& antenna, Vec3 target_ecef_m) {
  // In the antenna's directions: a point by its ground distance and azimuth.
  struct Point {
    double east;
    double north;
  };
  const auto seen = [&](Vec3 ecef) {
    const Vec3 line = ecef - antenna.position;
    const double east = dot(line, antenna.east), north = dot(line, antenna.north);
    const double stretch =
        ground_distance_m(antenna.position, ecef) / std::sqrt(east * east + north * north);
    return Point{stretch * east, stretch * north};
  };
  const Point target = seen(target_ecef_m);
  const Point from = seen(frame_at(ridge.from).position), to = seen(frame_at(ridge.to).position);
  const double along_east = to.east - from.east, along_north = to.north - from.north;
  const double det = target.north * along_east - target.east * along_north;
  if (std::fabs(det) < 1.0) return false;  // along the wall, or above the antenna
  const double on_line = (from.north * along_east - from.east * along_north) / det;
  const double on_ridge = (target.east * from.north - target.north * from.east) / det;
  if (!(on_line > 0.0 && on_line < 1.0 && on_ridge >= 0.0 && on_ridge <= 1.0)) return false;
  constexpr double kDiameterM = 2.0 * (4.0 / 3.0) * kMeanRadiusM;
  const double ground = ground_distance_m(antenna.position, target_ecef_m);
  const double target_height = frame_at(target_ecef_m).height_m;
  const double line = antenna.height_m + on_line * (target_height - antenna.height_m);
  const double bulge = on_line * (1.0 - on_line) * ground * ground / kDiameterM;
  return line - bulge < ridge.crest.metres();
}

}  // namespace liptako::sim
