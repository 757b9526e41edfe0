#include "geo/frames.hpp"

#include <gtest/gtest.h>

#include <GeographicLib/Geocentric.hpp>
#include <GeographicLib/Geodesic.hpp>
#include <GeographicLib/LocalCartesian.hpp>
#include <algorithm>
#include <cmath>
#include <type_traits>

#include "base/prng.hpp"

namespace liptako::geo {
namespace {

using base::Angle;
using base::Length;

Geodetic random_position(base::Prng& prng, double max_height_m) {
  return {Angle::from_degrees(prng.uniform(-90, 90)),
          Angle::from_degrees(prng.uniform(-180, 180)),
          Length::from_metres(prng.uniform(-500, max_height_m))};
}

TEST(Frames, EcefAgreesWithGeographicLibToTwoNanometres) {
  base::Prng prng(11);
  for (int i = 0; i < 20000; ++i) {
    const Geodetic p = random_position(prng, 30000);
    double x, y, z;
    GeographicLib::Geocentric::WGS84().Forward(
        p.latitude.degrees(), p.longitude.degrees(), p.height.metres(), x, y, z);
    const auto ours = ecef_from_geodetic(p);
    EXPECT_NEAR(ours.x, x, 4e-9);
    EXPECT_NEAR(ours.y, y, 4e-9);
    EXPECT_NEAR(ours.z, z, 4e-9);
  }
}

TEST(Frames, GeodeticToEcefAndBackIsTheSamePoint) {
  base::Prng prng(12);
  for (int i = 0; i < 20000; ++i) {
    const Geodetic p = random_position(prng, 100000);
    const auto there = ecef_from_geodetic(p);
    const auto again = ecef_from_geodetic(geodetic_from_ecef(there));
    EXPECT_NEAR(std::hypot(there.x - again.x, there.y - again.y, there.z - again.z), 0.0, 1e-6);
  }
}

TEST(Frames, AVectorOfAPlaceIsTurnedAsItsAxesAre) {
  base::Prng prng(16);
  for (int i = 0; i < 20000; ++i) {
    const Geodetic origin{Angle::from_degrees(prng.uniform(-75, 75)),
                          Angle::from_degrees(prng.uniform(-180, 180)),
                          Length()};
    const TangentFrame frame(origin);
    const double reach = i % 2 == 0 ? 0.85 : 3.0;  // within and beyond kCloseRad
    const Geodetic p{origin.latitude + Angle::from_degrees(prng.uniform(-reach, reach)),
                     origin.longitude + Angle::from_degrees(prng.uniform(-reach, reach)),
                     Length()};
    const EastNorth vector{prng.uniform(-1, 1), prng.uniform(-1, 1)};
    const EastNorth exact = turned_from(place_of(p, frame), frame, vector);
    const EastNorth ours = turned_from(p, frame, vector);
    EXPECT_NEAR(ours.east, exact.east, 4e-6);
    EXPECT_NEAR(ours.north, exact.north, 4e-6);
  }
}

TEST(Frames, APlaceNearAFrameIsThePlaceItIs) {
  base::Prng prng(15);
  for (int i = 0; i < 20000; ++i) {
    const Geodetic origin = random_position(prng, 0);
    const TangentFrame frame(origin);
    // Mostly within the reach of the series, sometimes far beyond; also across the 180th meridian.
    const double reach = i % 10 == 0 ? 80.0 : 1.0;
    const Geodetic p{Angle::from_degrees(std::clamp(
                         origin.latitude.degrees() + prng.uniform(-reach, reach), -90.0, 90.0)),
                     Angle::from_degrees(std::remainder(
                         origin.longitude.degrees() + prng.uniform(-reach, reach), 360.0)),
                     Length::from_metres(prng.uniform(-500, 30000))};
    const Position<Ecef> there = ecef_from_geodetic(p);
    const Position<Ecef> ours = ecef_of(place_of(p, frame));
    EXPECT_NEAR(std::hypot(there.x - ours.x, there.y - ours.y, there.z - ours.z), 0.0, 1e-8);
    const Place back = place_of(there, frame);
    const Position<Ecef> again = ecef_from_geodetic(back.position);
    EXPECT_NEAR(std::hypot(there.x - again.x, there.y - again.y, there.z - again.z), 0.0, 1e-5);
    EXPECT_GE(back.position.longitude.degrees(), -180.0);
    EXPECT_LT(back.position.longitude.degrees(), 180.0);
    // Turned as the rotation between the two frames turns it.
    const auto r = rotation_between(frame, TangentFrame(p));
    const EastNorth turned = turned_to(back, frame, {3.0, -4.0});
    EXPECT_NEAR(turned.east, 3.0 * r[0] - 4.0 * r[1], 1e-9);
    EXPECT_NEAR(turned.north, 3.0 * r[3] - 4.0 * r[4], 1e-9);
    const EastNorth home = turned_from(back, frame, {3.0, -4.0});
    EXPECT_NEAR(home.east, 3.0 * r[0] - 4.0 * r[3], 1e-9);
    EXPECT_NEAR(home.north, 3.0 * r[1] - 4.0 * r[4], 1e-9);
  }
}

TEST(Frames, LongitudeZeroAndThePolesAreOrdinaryPlaces) {
  for (const double lat : {-90.0, -45.0, 0.0, 16.27, 90.0}) {
    for (const double lon : {-180.0, 0.0, 90.0}) {
      const Geodetic p{
          Angle::from_degrees(lat), Angle::from_degrees(lon), Length::from_metres(10000)};
      const Geodetic q = geodetic_from_ecef(ecef_from_geodetic(p));
      EXPECT_NEAR(q.latitude.degrees(), lat, 1e-12);
      EXPECT_NEAR(q.height.metres(), 10000, 1e-6);
      if (std::abs(lat) < 90) {
        EXPECT_NEAR(q.longitude.degrees(), lon, 1e-12);
      }
    }
  }
}

TEST(Frames, TangentFrameAgreesWithGeographicLib) {
  base::Prng prng(13);
  for (int i = 0; i < 5000; ++i) {
    const Geodetic origin = random_position(prng, 2000);
    const Geodetic p = random_position(prng, 12000);
    const GeographicLib::LocalCartesian oracle(
        origin.latitude.degrees(), origin.longitude.degrees(), origin.height.metres());
    double e, n, u;
    oracle.Forward(p.latitude.degrees(), p.longitude.degrees(), p.height.metres(), e, n, u);
    const TangentFrame frame(origin);
    const auto ours = frame.enu_from_ecef(ecef_from_geodetic(p));
    EXPECT_NEAR(std::hypot(ours.x - e, ours.y - n, ours.z - u), 0.0, 2e-8);
    const auto back = frame.ecef_from_enu(ours);
    const auto there = ecef_from_geodetic(p);
    EXPECT_NEAR(std::hypot(back.x - there.x, back.y - there.y, back.z - there.z), 0.0, 2e-8);
  }
}

TEST(Frames, RoughDistanceIsWithinItsStatedError) {
  base::Prng prng(14);
  for (int i = 0; i < 5000; ++i) {
    const Geodetic a = random_position(prng, 0);
    const Geodetic b = random_position(prng, 0);
    double geodesic;
    GeographicLib::Geodesic::WGS84().Inverse(a.latitude.degrees(),
                                             a.longitude.degrees(),
                                             b.latitude.degrees(),
                                             b.longitude.degrees(),
                                             geodesic);
    EXPECT_NEAR(rough_distance(a, b).metres(), geodesic, 0.006 * geodesic);
  }
}

template <class P>
concept GoesIntoTangentFrame = requires(const TangentFrame& frame, P p) { frame.enu_from_ecef(p); };

TEST(Frames, AnEcefPositionCannotBePassedAsEnu) {
  static_assert(GoesIntoTangentFrame<Position<Ecef>>);
  static_assert(!GoesIntoTangentFrame<Position<Enu>>);
  static_assert(!std::is_convertible_v<Position<Enu>, Position<Ecef>>);
}

}  // namespace
}  // namespace liptako::geo
