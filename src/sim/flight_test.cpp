// Flights stay within what aircraft can do, and their path does not depend on how it is asked for.
#include "sim/flight.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/math.hpp"
#include "base/prng.hpp"

namespace liptako::sim {
namespace {

using base::Angle;
using base::Length;
using base::Speed;
using base::Timestamp;

constexpr Timestamp kDeparture = base::timestamp_from_ns(1'800'000'000'000'000'000);

Place place(double lat_deg, double lon_deg, double height_m = 0.0) {
  return {
      Angle::from_degrees(lat_deg), Angle::from_degrees(lon_deg), Length::from_metres(height_m)};
}

std::vector<Aerodrome> aerodromes() {
  return {{"A", place(12.53, -7.95, 408.0), Angle::from_degrees(60.0)},
          {"B", place(14.5, -4.1, 300.0), Angle::from_degrees(230.0)}};
}

Atmosphere warm() {
  Atmosphere air;
  air.isa_offset_k = 15.0;
  air.qnh_hpa = 1010.0;
  air.geoid = Length::from_metres(28.0);
  return air;
}

FlightPlan plan_of(AircraftKind kind, std::uint64_t seed) {
  base::Prng prng(seed);
  FlightPlan plan;
  plan.kind = kind;
  plan.departs = kDeparture;
  plan.route.push_back({Place{}, 0, std::nullopt});
  plan.route.push_back(
      {place(prng.uniform(12.5, 14.0), prng.uniform(-7.5, -6.0)), -1, std::nullopt});
  plan.route.push_back(
      {place(prng.uniform(13.0, 15.0), prng.uniform(-6.0, -5.0)), -1, std::nullopt});
  if (seed % 2 == 0)
    plan.route.back().hold = Hold{1, Angle::from_degrees(prng.uniform(0.0, 360.0))};
  plan.route.push_back({Place{}, 1, std::nullopt});
  const bool low = kind == AircraftKind::light || kind == AircraftKind::helicopter;
  plan.level =
      Length::from_flight_level(low ? prng.uniform(30.0, 95.0) : prng.uniform(150.0, 240.0));
  plan.cruise = performance(kind).cruise;
  return plan;
}

TEST(Flight, StaysWithinTheLimitsOfItsKindFromRunwayToRunway) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const auto kind = static_cast<AircraftKind>(seed % 6);
    SCOPED_TRACE(seed);
    const Performance& can = performance(kind);
    Flight flight(plan_of(kind, seed), aerodromes(), warm());
    const double tangent = std::tan(can.bank.radians());
    std::optional<Pose> last;
    double highest_m = 0.0;
    double touchdown_miss_m = 1e9;
    Timestamp t = kDeparture;
    for (;; t += base::seconds(0.5)) {
      flight.fly_to(t);
      const std::optional<Pose> pose = flight.at(t);
      if (!pose) break;
      const Frame frame = frame_at(pose->position);
      const double vertical = dot(pose->velocity, frame.up);
      const Vec3 flat = pose->velocity - vertical * frame.up;
      const double speed = norm(flat);
      EXPECT_LE(speed, can.cruise.mps() * 1.001 + 0.1);
      EXPECT_LE(pose->vertical_rate_mps, can.climb.mps() * 1.01);
      EXPECT_GE(pose->vertical_rate_mps, -can.descent.mps() * 1.01 - 4.0);
      highest_m = std::max(highest_m, pose->pressure_altitude_m);
      EXPECT_NEAR(
          frame.height_m, height_of_pressure_altitude(warm(), pose->pressure_altitude_m), 0.05);
      if (last) {
        EXPECT_LT(norm(pose->position - last->position), can.cruise.mps() * 0.5 * 1.002 + 0.5);
        const Frame before = frame_at(last->position);
        const Vec3 flat_before = last->velocity - dot(last->velocity, before.up) * before.up;
        if (!pose->on_ground && !last->on_ground && pose->pressure_altitude_m > 440.0) {
          const double turned_rad =
              std::fabs(base::wrap_pi(track_angle(frame, flat) - track_angle(before, flat_before)));
          EXPECT_LE(turned_rad / 0.5, 3.15 * base::kRadiansPerDegree);
          EXPECT_LE(turned_rad / 0.5 * speed, 9.81 * tangent * 1.05 + 0.1);
          EXPECT_LE(std::fabs(speed - norm(flat_before)) / 0.5, 0.7);
          EXPECT_LE(std::fabs(pose->vertical_rate_mps - last->vertical_rate_mps) / 0.5, 1.1);
        }
        if (pose->on_ground && !last->on_ground) {
          touchdown_miss_m = norm(pose->position - frame_at(aerodromes()[1].threshold).position);
        }
      }
      last = pose;
      ASSERT_LT(t, kDeparture + base::seconds(5 * 3600.0)) << "never arrives";
    }
    EXPECT_TRUE(flight.over(t));
    EXPECT_GT(t, kDeparture + base::seconds(900.0));
    EXPECT_NEAR(highest_m, flight.plan().level.metres(), 60.0);
    EXPECT_LT(touchdown_miss_m, 1500.0);
    ASSERT_TRUE(last.has_value());
    EXPECT_TRUE(last->on_ground);
  }
}

TEST(Flight, PathDoesNotDependOnHowItIsAskedFor) {
  const FlightPlan plan = plan_of(AircraftKind::airliner, 4);
  Flight whole(plan, aerodromes(), warm());
  Flight pieces(plan, aerodromes(), warm());
  base::Prng prng(9);
  Timestamp t = kDeparture;
  while (true) {
    t += base::seconds(prng.uniform(0.0, 30.0));
    pieces.fly_to(t);
    whole.fly_to(t + base::seconds(prng.uniform(0.0, 40.0)));
    const auto a = whole.at(t);
    const auto b = pieces.at(t);
    ASSERT_EQ(a.has_value(), b.has_value());
    if (!a) break;
    EXPECT_EQ(a->position.x, b->position.x);
    EXPECT_EQ(a->velocity.y, b->velocity.y);
    EXPECT_EQ(a->pressure_altitude_m, b->pressure_altitude_m);
  }
}

TEST(Flight, VelocityIsTheDerivativeOfPosition) {
  Flight flight(plan_of(AircraftKind::regional, 3), aerodromes(), warm());
  base::Prng prng(3);
  for (Timestamp t = kDeparture + base::seconds(60.0);;
       t += base::seconds(prng.uniform(1.0, 9.0))) {
    flight.fly_to(t + base::seconds(1.0));
    const auto a = flight.at(t - base::seconds(0.01));
    const auto middle = flight.at(t);
    const auto b = flight.at(t + base::seconds(0.01));
    if (!b) break;
    const Vec3 difference = 50.0 * (b->position - a->position);
    EXPECT_LT(norm(difference - middle->velocity), 0.02);
  }
}

TEST(Flight, CrossesAnAreaAtItsLevelAndSpeedWithoutAerodromes) {
  FlightPlan plan;
  plan.departs = kDeparture;
  plan.route = {{place(10.0, -12.0), -1, std::nullopt}, {place(15.0, -2.0), -1, std::nullopt}};
  plan.level = Length::from_flight_level(370);
  plan.cruise = Speed::from_knots(470);
  Flight flight(plan, {}, warm());
  Timestamp t = kDeparture;
  for (;; t += base::seconds(7.0)) {
    flight.fly_to(t);
    const auto pose = flight.at(t);
    if (!pose) break;
    EXPECT_NEAR(norm(pose->velocity), plan.cruise.mps(), 0.01);
    EXPECT_NEAR(pose->pressure_altitude_m, plan.level.metres(), 0.01);
  }
  const double distance = ground_distance_m(frame_at(plan.route[0].place).position,
                                            frame_at(plan.route[1].place).position);
  EXPECT_NEAR(base::to_seconds(t - kDeparture), distance / plan.cruise.mps(), 30.0);
}

TEST(Flight, WarmAirAndLowPressureShiftHeightAsTheyShould) {
  // 15 K above standard at 11 km: the mean temperature is 252.4 K, so 5.94 % more height.
  EXPECT_NEAR(height_of_pressure_altitude(warm(), 11000.0),
              11000.0 * (1.0 + 15.0 / 252.4) - 3.25 * 8.23 + 28.0,
              0.1);
  for (double altitude = -300.0; altitude < 14000.0; altitude += 333.0) {
    EXPECT_NEAR(pressure_altitude_of_height(warm(), height_of_pressure_altitude(warm(), altitude)),
                altitude,
                1e-3);
  }
}

TEST(NavigationError, HasTheSpreadOfItsCategoryAndChangesSlowly) {
  for (const int nac_p : {8, 9, 10}) {
    const double sd = NavigationError::radius95(nac_p)->metres() / 2.4477;
    double sum = 0.0;
    double sum2 = 0.0;
    double fastest = 0.0;
    int inside = 0;
    int count = 0;
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
      const NavigationError error(nac_p, seed);
      for (double t = 0.0; t < 2000.0; t += 50.0) {
        const auto a = error.at(base::seconds(t));
        const auto b = error.at(base::seconds(t + 1.0));
        sum += a.east_m;
        sum2 += a.east_m * a.east_m;
        fastest = std::max(fastest, std::fabs(b.east_m - a.east_m));
        inside +=
            std::hypot(a.east_m, a.north_m) < NavigationError::radius95(nac_p)->metres() ? 1 : 0;
        ++count;
      }
    }
    EXPECT_NEAR(sum / count, 0.0, 0.05 * sd);
    EXPECT_NEAR(std::sqrt(sum2 / count), sd, 0.03 * sd);
    EXPECT_NEAR(static_cast<double>(inside) / count, 0.95, 0.015);
    EXPECT_LT(fastest, 0.35 * sd);
  }
}

}  // namespace
}  // namespace liptako::sim
