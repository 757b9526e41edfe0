// The simulator's geometry against GeographicLib, which it does not use.
#include "sim/geometry.hpp"

#include <gtest/gtest.h>

#include <GeographicLib/Geocentric.hpp>
#include <GeographicLib/Geodesic.hpp>
#include <GeographicLib/LocalCartesian.hpp>
#include <cmath>

#include "base/math.hpp"
#include "base/prng.hpp"

namespace liptako::sim {
namespace {

using base::Angle;
using base::Length;

Place place(double lat_deg, double lon_deg, double height_m) {
  return {
      Angle::from_degrees(lat_deg), Angle::from_degrees(lon_deg), Length::from_metres(height_m)};
}

TEST(Geometry, EcefPositionsAgreeWithGeographicLibToAMicrometre) {
  base::Prng prng(1);
  for (int i = 0; i < 2000; ++i) {
    const double lat = prng.uniform(-89.0, 89.0);
    const double lon = prng.uniform(-180.0, 180.0);
    const double height = prng.uniform(-10e3, 100e3);
    double x = 0, y = 0, z = 0;
    GeographicLib::Geocentric::WGS84().Forward(lat, lon, height, x, y, z);
    const Frame frame = frame_at(place(lat, lon, height));
    EXPECT_NEAR(frame.position.x, x, 1e-6);
    EXPECT_NEAR(frame.position.y, y, 1e-6);
    EXPECT_NEAR(frame.position.z, z, 1e-6);
  }
}

TEST(Geometry, EcefToGeodeticAgreesWithGeographicLib) {
  base::Prng prng(2);
  for (int i = 0; i < 2000; ++i) {
    const double lat = prng.uniform(-89.0, 89.0);
    const double lon = prng.uniform(-180.0, 180.0);
    const double height = prng.uniform(-10e3, 100e3);
    double x = 0, y = 0, z = 0;
    GeographicLib::Geocentric::WGS84().Forward(lat, lon, height, x, y, z);
    const Place back = place_of(frame_at(Vec3{x, y, z}));
    EXPECT_NEAR(back.latitude.degrees(), lat, 1e-11);
    EXPECT_NEAR(back.longitude.degrees(), lon, 1e-11);
    EXPECT_NEAR(back.height.metres(), height, 1e-6);
  }
}

TEST(Geometry, SightAgreesWithALocalCartesianFrameToAMillimetre) {
  base::Prng prng(3);
  for (int i = 0; i < 2000; ++i) {
    const double lat = prng.uniform(-70.0, 70.0);
    const double lon = prng.uniform(-179.0, 179.0);
    const double height = prng.uniform(0.0, 1000.0);
    const double to_lat = lat + prng.uniform(-4.0, 4.0);
    const double to_lon = lon + prng.uniform(-4.0, 4.0);
    const double to_height = prng.uniform(0.0, 15e3);
    const GeographicLib::LocalCartesian local(lat, lon, height);
    double e = 0, n = 0, u = 0;
    local.Forward(to_lat, to_lon, to_height, e, n, u);
    const Sight seen = sight(frame_at(place(lat, lon, height)),
                             frame_at(place(to_lat, to_lon, to_height)).position);
    const base::SinCos az = base::sincos(seen.azimuth_rad);
    const base::SinCos el = base::sincos(seen.elevation_rad);
    EXPECT_NEAR(seen.slant_range_m * el.cos * az.sin, e, 1e-3);
    EXPECT_NEAR(seen.slant_range_m * el.cos * az.cos, n, 1e-3);
    EXPECT_NEAR(seen.slant_range_m * el.sin, u, 1e-3);
  }
}

TEST(Geometry, DirectionToIsTheGeodesicsToAThousandthOfADegreeOver500Km) {
  base::Prng prng(4);
  for (int i = 0; i < 500; ++i) {
    const double lat = prng.uniform(-30.0, 30.0);
    const double azimuth = prng.uniform(0.0, 360.0);
    const double distance = prng.uniform(1e3, 500e3);
    double to_lat = 0, to_lon = 0;
    GeographicLib::Geodesic::WGS84().Direct(lat, 1.0, azimuth, distance, to_lat, to_lon);
    const Frame from = frame_at(place(lat, 1.0, 0.0));
    const Vec3 aim = direction_to(from, frame_at(place(to_lat, to_lon, 0.0)).position);
    const double error = base::wrap_pi(track_angle(from, aim) - azimuth * base::kRadiansPerDegree);
    EXPECT_NEAR(error / base::kRadiansPerDegree, 0.0, 1e-3);
  }
}

TEST(Geometry, AChainOfStepsStaysWithinAMetreOfTheGeodesicOver1000Km) {
  base::Prng prng(5);
  for (int i = 0; i < 20; ++i) {
    const double lat = prng.uniform(-40.0, 40.0);
    const double azimuth = prng.uniform(0.0, 360.0);
    const double step = prng.uniform(100.0, 2000.0);
    Frame at = frame_at(place(lat, -3.0, 0.0));
    Vec3 ahead = direction(at, azimuth * base::kRadiansPerDegree);
    double flown = 0.0;
    while (flown < 1000e3) {
      at = stepped(at, ahead, step, 0.0);
      ahead = normalised(ahead - dot(ahead, at.up) * at.up);
      flown += step;
    }
    double to_lat = 0, to_lon = 0;
    GeographicLib::Geodesic::WGS84().Direct(lat, -3.0, azimuth, flown, to_lat, to_lon);
    EXPECT_LT(norm(at.position - frame_at(place(to_lat, to_lon, 0.0)).position), 1.0);
  }
}

TEST(Geometry, TurnedGoesClockwiseSeenFromAbove) {
  const Frame at = frame_at(place(12.0, -8.0, 0.0));
  const Vec3 east = turned(at, at.north, base::kPi / 2.0);
  EXPECT_NEAR(dot(east, at.east), 1.0, 1e-12);
  EXPECT_NEAR(track_angle(at, turned(at, at.north, 1.0)), 1.0, 1e-12);
}

TEST(Geometry, GroundDistanceIsWithinSixPartsInAThousand) {
  base::Prng prng(6);
  for (int i = 0; i < 500; ++i) {
    const double lat = prng.uniform(-60.0, 60.0);
    const double azimuth = prng.uniform(0.0, 360.0);
    const double distance = prng.uniform(1e3, 3000e3);
    double to_lat = 0, to_lon = 0;
    GeographicLib::Geodesic::WGS84().Direct(lat, 0.0, azimuth, distance, to_lat, to_lon);
    const double ours = ground_distance_m(frame_at(place(lat, 0.0, 10e3)).position,
                                          frame_at(place(to_lat, to_lon, 300.0)).position);
    EXPECT_NEAR(ours / distance, 1.0, 6e-3);
  }
}

// Worked by hand from d = 4.12 km * (sqrt(h1) + sqrt(h2)): 15 m antenna, 4/3 earth.
TEST(Geometry, RadioHorizonsMatchTheKnownTable) {
  const auto horizon_km = [](double height_m) {
    double km = 0.0;
    while (in_radio_sight((km + 1.0) * 1e3, 15.0, height_m)) km += 1.0;
    return km;
  };
  EXPECT_NEAR(horizon_km(150.0), 66.0, 1.0);
  EXPECT_NEAR(horizon_km(1000.0), 146.0, 1.0);
  EXPECT_NEAR(horizon_km(10668.0), 441.0, 1.0);
  EXPECT_FALSE(in_radio_sight(1.0, 15.0, -1.0));
}

}  // namespace
}  // namespace liptako::sim
