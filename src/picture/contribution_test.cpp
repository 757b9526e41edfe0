#include "picture/contribution.hpp"

#include <gtest/gtest.h>

#include "geo/frames.hpp"
#include "picture/fusion.hpp"

namespace liptako::picture {
namespace {

Contribution aircraft(double lat_deg, double lon_deg, double east_mps, double north_mps) {
  Contribution c;
  c.number = 1;
  c.time = base::timestamp_from_ns(1'700'000'000'000'000'000);
  c.position = {base::Angle::from_degrees(lat_deg), base::Angle::from_degrees(lon_deg), {}};
  c.velocity_east = base::Speed::from_mps(east_mps);
  c.velocity_north = base::Speed::from_mps(north_mps);
  c.covariance = {2500, 100, 50, 0, 2500, 0, 50, 4, 0.5, 4};
  return c;
}

TEST(Extrapolation, FollowsTheAircraftForAMinute) {
  for (const double lat : {-30.0, 0.0, 14.0, 24.0}) {
    for (const double east : {-250.0, 0.0, 180.0}) {
      const Contribution from = aircraft(lat, 2.0, east, 150.0);
      const Contribution to = extrapolated(from, from.time + std::chrono::minutes(1), 0.0);
      // The straight line through the air, without the simplifications.
      const geo::TangentFrame frame(from.position);
      const auto there = geo::geodetic_from_ecef(frame.ecef_from_enu({east * 60, 150.0 * 60, 0.0}));
      EXPECT_LT(geo::rough_distance(there, to.position).metres(), 75.0) << lat << " " << east;
    }
  }
}

TEST(Extrapolation, ThereAndBackIsWhereItWas) {
  const Contribution from = aircraft(15.0, 0.2, 120.0, -200.0);
  const Contribution there = extrapolated(from, from.time + std::chrono::seconds(30), 0.0);
  const Contribution back = extrapolated(there, from.time, 0.0);
  EXPECT_LT(geo::rough_distance(from.position, back.position).metres(), 10.0);
  for (std::size_t i = 0; i < kCovarianceSize; ++i)
    EXPECT_NEAR(back.covariance[i], from.covariance[i], 1e-6 * 2500);
}

TEST(Extrapolation, KeepsACovarianceAndLetsItGrow) {
  const Contribution from = aircraft(15.0, 0.2, 120.0, -200.0);
  double last = 0.0;
  for (int s = 0; s <= 60; s += 5) {
    const Contribution to = extrapolated(from, from.time + std::chrono::seconds(s), 1.0);
    EXPECT_TRUE(is_positive_definite(to.covariance)) << s;
    EXPECT_GT(to.covariance[0] + to.covariance[4], last);
    last = to.covariance[0] + to.covariance[4];
  }
}

TEST(Extrapolation, StaysOnTheGlobe) {
  Contribution c = aircraft(89.99, 179.99, 3000.0, 3000.0);
  for (const int s : {-600, 600}) {
    const Contribution to = extrapolated(c, c.time + std::chrono::seconds(s), 1.0);
    EXPECT_LE(to.position.latitude.degrees(), 90.0);
    EXPECT_GE(to.position.longitude.degrees(), -180.0);
    EXPECT_LT(to.position.longitude.degrees(), 180.0);
  }
}

}  // namespace
}  // namespace liptako::picture
