// The simulator's own WGS-84 geometry. It shares no code with src/geo on purpose: a mistake in one
// must show as a disagreement with the other. Everything here is vectors: a point is its ECEF
// position with the local axes east, north and up (the n-vector); bearings and elevations are dot
// products with those axes; motion is a step along the tangent, put back on the surface.
//
// Sources: n-vector [Gade10]; constants of WGS-84 [TR8350.2].
#pragma once

#include "base/units.hpp"

namespace liptako::sim {

struct Vec3 {
  double x = 0.0;
  double y = 0.0;
  double z = 0.0;
  friend constexpr Vec3 operator+(Vec3 a, Vec3 b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
  friend constexpr Vec3 operator-(Vec3 a, Vec3 b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
  friend constexpr Vec3 operator*(double k, Vec3 a) { return {k * a.x, k * a.y, k * a.z}; }
};

[[nodiscard]] constexpr double dot(Vec3 a, Vec3 b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
[[nodiscard]] constexpr Vec3 cross(Vec3 a, Vec3 b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
[[nodiscard]] double norm(Vec3 a);
// Requires a non-zero vector.
[[nodiscard]] Vec3 normalised(Vec3 a);

// Geodetic coordinates, as people and files write them.
struct Place {
  base::Angle latitude;   // [-90, 90] degrees
  base::Angle longitude;  // [-180, 180) degrees
  base::Length height;    // above the ellipsoid
};

// A point with its local axes. Undefined only on the Earth's axis.
struct Frame {
  Vec3 position;  // ECEF, metres
  Vec3 east;
  Vec3 north;
  Vec3 up;
  double height_m = 0.0;  // above the ellipsoid
};

[[nodiscard]] Frame frame_at(const Place& place);
// From an ECEF position; error below 1 micrometre for heights from -10 km to 100 km.
[[nodiscard]] Frame frame_at(Vec3 ecef_m);
[[nodiscard]] Place place_of(const Frame& frame);

// What an observer at `site` measures of a point.
struct Sight {
  double slant_range_m = 0.0;
  double azimuth_rad = 0.0;    // clockwise from true north, [0, 2 pi)
  double elevation_rad = 0.0;  // of the straight line, above the local horizontal plane
};
[[nodiscard]] Sight sight(const Frame& site, Vec3 ecef_m);

// Unit horizontal vector at `from` along the normal section to a point. Requires the two not to be
// above one another.
[[nodiscard]] Vec3 direction_to(const Frame& from, Vec3 ecef_m);
// Unit horizontal vector at a track angle clockwise from true north; and back, in [0, 2 pi).
[[nodiscard]] Vec3 direction(const Frame& at, double track_angle_rad);
[[nodiscard]] double track_angle(const Frame& at, Vec3 direction);
// A horizontal vector turned clockwise as seen from above.
[[nodiscard]] Vec3 turned(const Frame& at, Vec3 direction, double clockwise_rad);

// The frame `distance_m` further along a horizontal direction, at height `height_m` over the
// ellipsoid. For steps of at most 5 km; a chain of them leaves the geodesic by less than 1 m in
// 1,000 km.
[[nodiscard]] Frame stepped(const Frame& from, Vec3 direction, double distance_m, double height_m);

// Distance over the ground, within 0.6 % of the geodesic: for planning and horizons.
[[nodiscard]] double ground_distance_m(Vec3 a_ecef_m, Vec3 b_ecef_m);

// Radio line of sight over a smooth earth of 4/3 radius: true if the ground distance does not
// exceed the sum of both horizons [ITU-R P.310]. Heights are above the ground; one below it sees
// nothing.
[[nodiscard]] bool in_radio_sight(double ground_distance_m, double height_a_m, double height_b_m);

// A wall of ground, straight as seen from nearby, as thick as a line.
struct Ridge {
  Place from;
  Place to;
  base::Length crest;  // above the ellipsoid
};
// The straight line between antenna and target over an earth of 4/3 radius crosses it below its
// crest. For distances of up to 500 km.
[[nodiscard]] bool hides(const Ridge& ridge, const Frame& antenna, Vec3 target_ecef_m);

}  // namespace liptako::sim
