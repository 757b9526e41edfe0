#include "feeds/system_plane.hpp"

#include <algorithm>

#include "base/math.hpp"
#include "geo/frames.hpp"

namespace liptako::feeds {
namespace {

constexpr double kQuarterTurn = base::kPi / 2.0;
// The poles' own tangent is infinite; nothing is nearer to them than this.
constexpr double kMostLatitude = kQuarterTurn - 1e-9;
constexpr int kRounds = 6;  // each gains two digits and more

double eccentricity() { return std::sqrt(geo::kEccentricitySquared); }

// ((1 - e sin phi) / (1 + e sin phi))^(e / 2)
double flattening_factor(double latitude) {
  const double e = eccentricity();
  const double es = e * base::sin(latitude);
  return base::pow((1.0 - es) / (1.0 + es), 0.5 * e);
}

double conformal(double latitude) {
  const double phi = std::clamp(latitude, -kMostLatitude, kMostLatitude);
  return 2.0 * base::atan2(base::tan(0.5 * (kQuarterTurn + phi)) * flattening_factor(phi), 1.0) -
         kQuarterTurn;
}

double geodetic(double conformal_latitude) {
  const double tangent = base::tan(
      0.5 * (kQuarterTurn + std::clamp(conformal_latitude, -kMostLatitude, kMostLatitude)));
  double phi = conformal_latitude;
  for (int round = 0; round < kRounds; ++round) {
    phi = 2.0 * base::atan2(tangent / flattening_factor(phi), 1.0) - kQuarterTurn;
  }
  return phi;
}

}  // namespace

SystemPlane::SystemPlane(const geo::Geodetic& reference)
    : longitude_(reference.longitude.radians()) {
  const double phi = std::clamp(reference.latitude.radians(), -kMostLatitude, kMostLatitude);
  const auto [sin_phi, cos_phi] = base::sincos(phi);
  chi_ = conformal(phi);
  const auto [sin_chi, cos_chi] = base::sincos(chi_);
  sin_chi_ = sin_chi;
  cos_chi_ = cos_chi;
  radius_m_ = geo::kSemiMajorAxisM * cos_phi /
              (std::sqrt(1.0 - geo::kEccentricitySquared * sin_phi * sin_phi) * cos_chi);
}

geo::Geodetic SystemPlane::position(base::Length x, base::Length y) const {
  const double e = x.metres(), n = y.metres();
  const double rho = std::sqrt(e * e + n * n);
  const auto [sin_c, cos_c] = base::sincos(2.0 * base::atan2(rho, 2.0 * radius_m_));
  // Share of the way that is north; none of none.
  const double north = rho > 0.0 ? n / rho : 0.0;
  const double east = rho > 0.0 ? e / rho : 0.0;
  const double sine = std::clamp(cos_c * sin_chi_ + north * sin_c * cos_chi_, -1.0, 1.0);
  const double longitude =
      longitude_ + base::atan2(east * sin_c, cos_chi_ * cos_c - north * sin_chi_ * sin_c);
  return {base::Angle::from_radians(geodetic(base::asin(sine))),
          base::Angle::from_radians(base::wrap_pi(longitude)),
          base::Length()};
}

base::Angle SystemPlane::convergence(const geo::Geodetic& at) const {
  // Napier's analogy for the triangle of pole, reference and place: its two other angles differ
  // from two right ones by the convergence.
  const double chi = conformal(at.latitude.radians());
  const auto [sine, cosine] = base::sincos(0.5 * (at.longitude.radians() - longitude_));
  const double g = -2.0 * base::atan2(sine * base::sin(0.5 * (chi_ + chi)),
                                      cosine * base::cos(0.5 * (chi - chi_)));
  return base::Angle::from_radians(base::wrap_pi(g));
}

EastNorth true_from_plane(double x, double y, base::Angle convergence) {
  const auto [sine, cosine] = base::sincos(convergence.radians());
  return {x * cosine - y * sine, y * cosine + x * sine};
}

}  // namespace liptako::feeds
