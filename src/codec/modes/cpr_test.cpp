#include "codec/modes/cpr.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/prng.hpp"

namespace liptako::codec::modes {
namespace {

using base::Angle;

LatLon at(double latitude, double longitude) {
  return {Angle::from_degrees(latitude), Angle::from_degrees(longitude)};
}

// Metres on a sphere, for small distances and away from the poles' last metres.
double apart_m(const LatLon& a, const LatLon& b) {
  const double metres_per_degree = 60.0 * 1852.0;
  double east = a.longitude.degrees() - b.longitude.degrees();
  east -= 360.0 * std::floor(east / 360.0 + 0.5);
  east *= std::cos(a.latitude.radians());
  return std::hypot(a.latitude.degrees() - b.latitude.degrees(), east) * metres_per_degree;
}

// A latitude in the middle of the band that has this many zones, found by bisection on the
// definition.
double latitude_with_zones(int zones) {
  const auto first_with_less = [](int n) {
    double low = 0;
    double high = 90;
    for (int i = 0; i < 60; ++i) {
      const double middle = (low + high) / 2;
      (longitude_zones(Angle::from_degrees(middle)) >= n ? low : high) = middle;
    }
    return low;
  };
  const double top = zones == 1 ? 90.0 : first_with_less(zones);
  const double bottom = zones == 59 ? 0.0 : first_with_less(zones + 1);
  return (top + bottom) / 2;
}

TEST(Cpr, ZonesAreThoseOfTheFormula) {
  // [DO-260B, §A.1.7.2 d] with libm, away from the transitions.
  for (double latitude = 0.001; latitude < 87; latitude += 0.0137) {
    const double a = 1 - std::cos(base::kPi / 30);
    const double c = std::cos(latitude * base::kRadiansPerDegree);
    const double exact = 2 * base::kPi / std::acos(1 - a / (c * c));
    if (std::fabs(exact - std::round(exact)) < 1e-6) continue;
    EXPECT_EQ(longitude_zones(Angle::from_degrees(latitude)), static_cast<int>(exact)) << latitude;
    EXPECT_EQ(longitude_zones(Angle::from_degrees(-latitude)), static_cast<int>(exact));
  }
  EXPECT_EQ(longitude_zones(Angle::from_degrees(0)), 59);
  EXPECT_EQ(longitude_zones(Angle::from_degrees(10.4704712)), 59);
  EXPECT_EQ(longitude_zones(Angle::from_degrees(10.4704714)), 58);
  EXPECT_EQ(longitude_zones(Angle::from_degrees(87)), 2);
  EXPECT_EQ(longitude_zones(Angle::from_degrees(-87.0001)), 1);
  EXPECT_EQ(longitude_zones(Angle::from_degrees(90)), 1);
}

TEST(Cpr, PairsComeBackWithinTheResolutionInEveryZone) {
  base::Prng prng(1);
  double worst = 0;
  double worst_near_poles = 0;
  for (int zones = 1; zones <= 59; ++zones) {
    const double middle = latitude_with_zones(zones);
    ASSERT_EQ(longitude_zones(Angle::from_degrees(middle)), zones);
    for (int i = 0; i < 400; ++i) {
      const double sign = prng.chance(0.5) ? 1 : -1;
      const LatLon place = at(sign * middle, prng.uniform(-180, 180));
      const bool odd = prng.chance(0.5);
      const auto decoded = decode_cpr_pair(encode_cpr(place, CprKind::airborne, !odd),
                                           encode_cpr(place, CprKind::airborne, odd));
      ASSERT_TRUE(decoded.has_value()) << zones;
      EXPECT_GE(decoded->longitude.degrees(), -180.0);
      EXPECT_LT(decoded->longitude.degrees(), 180.0);
      double& of_band = middle < 84 ? worst : worst_near_poles;
      of_band = std::max(of_band, apart_m(place, *decoded));
    }
  }
  EXPECT_LT(worst, 5.1);
  EXPECT_GT(worst, 2.5) << "half a cell of latitude is 2.5 m: a smaller worst case tests nothing";
  EXPECT_LT(worst_near_poles, 10.2) << "few zones are wide ones";
}

TEST(Cpr, PairsAreRightEverywhereOrGiveNothing) {
  base::Prng prng(2);
  int none = 0;
  constexpr int kPlaces = 100'000;
  for (int i = 0; i < kPlaces; ++i) {
    const LatLon place = at(prng.uniform(-90, 90), prng.uniform(-180, 180));
    const bool odd = prng.chance(0.5);
    // The aircraft flies up to 3 km between the two.
    LatLon before = place;
    before.latitude = Angle::from_degrees(
        std::fmin(90, std::fmax(-90, place.latitude.degrees() + prng.uniform(-0.02, 0.02))));
    const auto decoded = decode_cpr_pair(encode_cpr(before, CprKind::airborne, !odd),
                                         encode_cpr(place, CprKind::airborne, odd));
    if (!decoded) {
      ++none;
      continue;
    }
    EXPECT_LT(apart_m(place, *decoded), std::fabs(place.latitude.degrees()) < 84 ? 5.1 : 10.2)
        << place.latitude.degrees() << ' ' << place.longitude.degrees();
  }
  // Only those that cross a change of zones on the way.
  EXPECT_LT(none, kPlaces / 50);
  EXPECT_GT(none, 0);
}

TEST(Cpr, NearAReferenceWithinHalfAZone) {
  base::Prng prng(3);
  for (const CprKind kind : {CprKind::airborne, CprKind::surface}) {
    const double reach_deg = kind == CprKind::airborne ? 2.9 : 0.7;
    double worst = 0;
    for (int i = 0; i < 50'000; ++i) {
      const LatLon place = at(prng.uniform(-84, 84), prng.uniform(-180, 180));
      const double narrow = std::cos(place.latitude.radians());
      const LatLon reference =
          at(place.latitude.degrees() + prng.uniform(-reach_deg, reach_deg),
             place.longitude.degrees() + prng.uniform(-reach_deg, reach_deg) / narrow);
      const auto decoded =
          decode_cpr_near(encode_cpr(place, kind, prng.chance(0.5)), kind, reference);
      ASSERT_TRUE(decoded.has_value());
      worst = std::max(worst, apart_m(place, *decoded));
    }
    EXPECT_LT(worst, kind == CprKind::airborne ? 5.1 : 1.3);
  }
}

TEST(Cpr, AnyPairGivesAPlaceOnEarthOrNothing) {
  base::Prng prng(4);
  const auto any = [&](bool odd) {
    return CprPosition{odd,
                       static_cast<std::uint32_t>(prng.below(1 << 17)),
                       static_cast<std::uint32_t>(prng.below(1 << 17))};
  };
  int places = 0;
  for (int i = 0; i < 100'000; ++i) {
    const bool odd = prng.chance(0.5);
    const auto p = decode_cpr_pair(any(!odd), any(odd));
    if (!p) continue;
    ++places;
    EXPECT_LE(std::fabs(p->latitude.degrees()), 90.0);
    EXPECT_GE(p->longitude.degrees(), -180.0);
    EXPECT_LT(p->longitude.degrees(), 180.0);
  }
  EXPECT_GT(places, 1000);
  EXPECT_FALSE(decode_cpr_pair(any(true), any(true)).has_value());
}

}  // namespace
}  // namespace liptako::codec::modes
