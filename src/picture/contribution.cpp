// Legend (SI): P covariance over (east, north, velocity east, velocity north), packed upper
// triangle; q density of a white random acceleration, m^2/s^3; t seconds ahead.
//   P(t) = F P F' + Q,  F = [I tI; 0 I],  Q = q [t^3/3 I  t^2/2 I; t^2/2 I  t I]
//   [BarShalom01, §6.2.2]
#include "picture/contribution.hpp"

#include <cmath>

#include "base/math.hpp"
#include "geo/frames.hpp"

namespace liptako::picture {

Contribution extrapolated(const Contribution& c, base::Timestamp at, double acceleration_density) {
  Contribution out = c;
  out.time = at;
  const double t = base::to_seconds(at - c.time);
  if (t == 0.0) return out;
  // Along the sphere through the position: over a minute of flight within 0.4 % of the way.
  const double north_m = c.velocity_north.mps() * t, east_m = c.velocity_east.mps() * t;
  const double cosine = std::fmax(base::cos(c.position.latitude.radians()), 0.01);
  const double latitude = c.position.latitude.radians() + north_m / geo::kMeanRadiusM;
  out.position.latitude =
      base::Angle::from_radians(std::fmin(std::fmax(latitude, -base::kPi / 2), base::kPi / 2));
  out.position.longitude = base::Angle::from_radians(
      base::wrap_pi(c.position.longitude.radians() + east_m / (geo::kMeanRadiusM * cosine)));
  if (out.pressure_altitude)
    out.pressure_altitude =
        base::Length::from_metres(out.pressure_altitude->metres() + c.vertical_rate.mps() * t);
  // 0 ee, 1 en, 2 e.ve, 3 e.vn, 4 nn, 5 n.ve, 6 n.vn, 7 ve.ve, 8 ve.vn, 9 vn.vn
  const auto& P = c.covariance;
  const double q = acceleration_density, ahead = std::fabs(t);
  out.covariance[0] = P[0] + 2 * t * P[2] + t * t * P[7] + q * ahead * ahead * ahead / 3;
  out.covariance[1] = P[1] + t * (P[3] + P[5]) + t * t * P[8];
  out.covariance[2] = P[2] + t * P[7] + q * t * ahead / 2;
  out.covariance[3] = P[3] + t * P[8];
  out.covariance[4] = P[4] + 2 * t * P[6] + t * t * P[9] + q * ahead * ahead * ahead / 3;
  out.covariance[5] = P[5] + t * P[8];
  out.covariance[6] = P[6] + t * P[9] + q * t * ahead / 2;
  out.covariance[7] = P[7] + q * ahead;
  out.covariance[8] = P[8];
  out.covariance[9] = P[9] + q * ahead;
  return out;
}

}  // namespace liptako::picture
