// Strong types for physical quantities. A unit is named going in and coming out; there is no
// implicit conversion and no bare number. Kernels inside a .cpp work in plain double, SI and
// radians.
//
// Exactness: from_metres(x).metres() == x, and the same for mps() and radians(); other units
// multiply by one constant and are exact to one rounding.
#pragma once

#include <compare>

#include "base/time.hpp"

namespace liptako::base {

inline constexpr double kPi = 3.14159265358979323846;
inline constexpr double kMetresPerFoot = 0.3048;          // exact, international foot
inline constexpr double kMetresPerNauticalMile = 1852.0;  // exact
inline constexpr double kMpsPerKnot = 1852.0 / 3600.0;    // exact
inline constexpr double kRadiansPerDegree = kPi / 180.0;

// What all quantities share: a double in the SI unit, ordered, with the operations of a
// one-dimensional vector space.
template <class Self>
class Quantity {
 public:
  constexpr Quantity() = default;
  friend constexpr Self operator+(Self a, Self b) { return make(a.si_ + b.si_); }
  friend constexpr Self operator-(Self a, Self b) { return make(a.si_ - b.si_); }
  friend constexpr Self operator-(Self a) { return make(-a.si_); }
  friend constexpr Self operator*(double k, Self a) { return make(k * a.si_); }
  friend constexpr Self operator*(Self a, double k) { return make(a.si_ * k); }
  friend constexpr Self operator/(Self a, double k) { return make(a.si_ / k); }
  friend constexpr double operator/(Self a, Self b) { return a.si_ / b.si_; }
  friend constexpr bool operator==(Self a, Self b) { return a.si_ == b.si_; }
  friend constexpr std::partial_ordering operator<=>(Self a, Self b) { return a.si_ <=> b.si_; }

 protected:
  static constexpr Self make(double si) { return Self(si); }
  explicit constexpr Quantity(double si) : si_(si) {}
  double si_ = 0.0;
};

class Length : public Quantity<Length> {
 public:
  constexpr Length() = default;
  static constexpr Length from_metres(double m) { return Length(m); }
  static constexpr Length from_feet(double ft) { return Length(ft * kMetresPerFoot); }
  static constexpr Length from_nautical_miles(double nm) {
    return Length(nm * kMetresPerNauticalMile);
  }
  static constexpr Length from_flight_level(double fl) { return from_feet(fl * 100.0); }
  [[nodiscard]] constexpr double metres() const { return si_; }
  [[nodiscard]] constexpr double feet() const { return si_ / kMetresPerFoot; }
  [[nodiscard]] constexpr double nautical_miles() const { return si_ / kMetresPerNauticalMile; }
  [[nodiscard]] constexpr double flight_level() const { return feet() / 100.0; }

 private:
  friend class Quantity<Length>;
  explicit constexpr Length(double m) : Quantity(m) {}
};

class Speed : public Quantity<Speed> {
 public:
  constexpr Speed() = default;
  static constexpr Speed from_mps(double mps) { return Speed(mps); }
  static constexpr Speed from_knots(double kt) { return Speed(kt * kMpsPerKnot); }
  static constexpr Speed from_feet_per_minute(double fpm) {
    return Speed(fpm * kMetresPerFoot / 60.0);
  }
  [[nodiscard]] constexpr double mps() const { return si_; }
  [[nodiscard]] constexpr double knots() const { return si_ / kMpsPerKnot; }
  [[nodiscard]] constexpr double feet_per_minute() const { return si_ * 60.0 / kMetresPerFoot; }

 private:
  friend class Quantity<Speed>;
  explicit constexpr Speed(double mps) : Quantity(mps) {}
};

// An angle as given; wrapping is asked for by name (wrap_pi, wrap_two_pi in math.hpp).
class Angle : public Quantity<Angle> {
 public:
  constexpr Angle() = default;
  static constexpr Angle from_radians(double rad) { return Angle(rad); }
  static constexpr Angle from_degrees(double deg) { return Angle(deg * kRadiansPerDegree); }
  [[nodiscard]] constexpr double radians() const { return si_; }
  [[nodiscard]] constexpr double degrees() const { return si_ / kRadiansPerDegree; }

 private:
  friend class Quantity<Angle>;
  explicit constexpr Angle(double rad) : Quantity(rad) {}
};

constexpr Speed operator/(Length d, Duration t) {
  return Speed::from_mps(d.metres() / to_seconds(t));
}
constexpr Length operator*(Speed v, Duration t) {
  return Length::from_metres(v.mps() * to_seconds(t));
}

}  // namespace liptako::base
