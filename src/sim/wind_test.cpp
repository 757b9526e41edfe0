// The wind's changes have the measured structure function, and what they do to a flight is of one
// piece: the path stays, position and velocity fit each other.
#include "sim/wind.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "sim/flight.hpp"

namespace liptako::sim {
namespace {

constexpr double kStructure = 3.6e-3;
constexpr double kAirSpeedMps = 230.0;

TEST(Wind, ItsStructureFunctionIsTheMeasuredOne) {
  constexpr int kAircraft = 2000;
  for (const double distance_m : {20'000.0, 40'000.0, 80'000.0, 160'000.0}) {
    double sum = 0.0;
    for (std::uint64_t seed = 0; seed < kAircraft; ++seed) {
      const Wind wind(kStructure, base::Speed::from_mps(kAirSpeedMps), seed);
      const double begin = 100.0 + static_cast<double>(seed);
      const double change =
          wind.at(begin + distance_m / kAirSpeedMps).speed_mps - wind.at(begin).speed_mps;
      sum += change * change;
    }
    const double expected = kStructure * std::pow(distance_m, 2.0 / 3.0);
    // Of so many squares a mean is known to 3 %; the waves left out would add some per cent.
    EXPECT_NEAR(sum / kAircraft, expected, 0.12 * expected) << distance_m;
  }
}

TEST(Wind, TheWayGainedIsTheIntegralOfTheSpeedGained) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const Wind wind(kStructure, base::Speed::from_mps(kAirSpeedMps), seed);
    EXPECT_NEAR(wind.at(0.0).way_m, 0.0, 1e-9);
    for (double t = 0.0; t < 3000.0; t += 100.0) {
      // Simpson's rule.
      double way = 0.0;
      constexpr int kParts = 100;
      for (int i = 0; i <= kParts; ++i) {
        const double weight = i == 0 || i == kParts ? 1.0 : i % 2 == 1 ? 4.0 : 2.0;
        way += weight / 3.0 * wind.at(t + i).speed_mps;
      }
      EXPECT_NEAR(wind.at(t + kParts).way_m - wind.at(t).way_m, way, 0.01);
    }
  }
}

TEST(Wind, NoSlowAircraftIsBlownBackwards) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const Wind wind(0.1, base::Speed::from_mps(20.0), seed);
    for (double t = 0.0; t < 3000.0; t += 1.0)
      EXPECT_LE(std::fabs(wind.at(t).speed_mps), Wind::kMostOfAirSpeed * 20.0);
  }
}

FlightPlan plan() {
  const auto point = [](double latitude_deg, double longitude_deg) {
    return RoutePoint{{base::Angle::from_degrees(latitude_deg),
                       base::Angle::from_degrees(longitude_deg),
                       base::Length()},
                      -1,
                      std::nullopt};
  };
  FlightPlan plan;
  plan.departs = base::timestamp_from_ns(1'800'000'000'000'000'000);
  plan.route = {point(12.0, -4.0), point(13.5, -2.0), point(12.5, 0.5)};
  plan.level = base::Length::from_flight_level(330);
  plan.cruise = base::Speed::from_mps(kAirSpeedMps);
  plan.seed = 7;
  return plan;
}

TEST(Wind, APathStaysAndVelocityIsItsDerivative) {
  Atmosphere windy;
  windy.wind_structure = kStructure;
  Flight blown(plan(), {}, windy);
  Flight still(plan(), {}, {});
  double most_m = 0.0;
  constexpr base::Duration kHalf = std::chrono::milliseconds(50);
  for (int second = 1; second < 1500; ++second) {
    const base::Timestamp t = plan().departs + std::chrono::seconds(second);
    blown.fly_to(t + kHalf);
    const auto pose = blown.at(t), before = blown.at(t - kHalf), after = blown.at(t + kHalf);
    ASSERT_TRUE(pose && before && after);
    const Vec3 step = (1.0 / base::to_seconds(2 * kHalf)) * (after->position - before->position);
    EXPECT_LT(norm(step - pose->velocity), 0.01) << second;

    // Where still air has it a little earlier or later.
    still.fly_to(t + std::chrono::seconds(20));
    const auto then = still.at(t);
    ASSERT_TRUE(then);
    const Vec3 along = normalised(then->velocity);
    const double ahead_m = dot(pose->position - then->position, along);
    most_m = std::max(most_m, std::fabs(ahead_m));
    const auto same = still.at(t + base::seconds(ahead_m / norm(then->velocity)));
    ASSERT_TRUE(same);
    EXPECT_LT(norm(pose->position - same->position), 25.0) << second;
  }
  EXPECT_GT(most_m, 200.0);
}

}  // namespace
}  // namespace liptako::sim
