// What bench_models prints stays what it is: short versions of its scenes, with bounds about what
// the long ones gave (docs/TRACKER.md).
#include <gtest/gtest.h>

#include <iterator>

#include "models_run.hpp"

namespace liptako::bench {
namespace {

TEST(Models, FlightsAreFollowedAsWhatTheyAre) {
  struct Bounds {
    double steady_m, manoeuvre_m;
  };
  // A sixth more than the tables have.
  constexpr Bounds kBounds[] = {{82, 108}, {72, 80}, {17.5, 23}, {4.8, 6.0}, {6.0, 7.2}};
  static_assert(std::size(kBounds) == std::size(kFlights));
  for (std::size_t kind = 0; kind < std::size(kFlights); ++kind) {
    SCOPED_TRACE(kFlights[kind]);
    const Phases p = follow(kind, {true, 12, 0.0});
    EXPECT_LT(p.steady.rms(), kBounds[kind].steady_m);
    EXPECT_LT(p.manoeuvre.rms(), kBounds[kind].manoeuvre_m);
    EXPECT_GT(p.steady.mean_nees(), 0.5);
    EXPECT_LT(p.steady.mean_nees(), 1.2);
    EXPECT_LT(p.manoeuvre.mean_nees(), 1.6);
    if (kind == 0) continue;
    const Phases as_airliner = follow(kind, {false, 12, 0.0});
    EXPECT_LT(p.manoeuvre.mean_nees(), 1.02 * as_airliner.manoeuvre.mean_nees());
  }
}

TEST(Models, SmoothingMakesItBetter) {
  const Phases now = follow(2, {true, 3, 0.0});
  const Phases later = follow(2, {true, 3, 20.0});
  EXPECT_LT(later.steady.rms(), now.steady.rms());
  EXPECT_LT(later.manoeuvre.rms(), now.manoeuvre.rms());
}

TEST(Models, HeightsThatOthersTellPutPlacesRight) {
  const AirScore untold = fly_in_warm_air(false, 16);
  EXPECT_NEAR(untold.height.rms(), 486, 30);
  EXPECT_NEAR(untold.near.rms(), 275, 40);
  EXPECT_LT(untold.near.mean_nees(), 2.3);
  EXPECT_NEAR(untold.far.rms(), 131, 25);
  EXPECT_LT(untold.far.mean_nees(), 2.2);
  const AirScore told = fly_in_warm_air(true, 16);
  EXPECT_LT(told.height.rms(), 30);
  EXPECT_LT(told.near.rms(), 85);
  EXPECT_LT(told.near.mean_nees(), 1.25);
  EXPECT_LT(told.far.rms(), 85);
  EXPECT_LT(told.far.mean_nees(), 1.3);
  EXPECT_GT(told.near.count, 280);
}

TEST(Models, WhereAircraftBeginIsLearnt) {
  const BirthScore learnt = fly_out({true, 60.0, 1});
  const BirthScore even = fly_out({false, 60.0, 1});
  ASSERT_GT(learnt.confirmed, 5);
  ASSERT_GT(even.confirmed, 5);
  EXPECT_LE(learnt.false_tracks, even.false_tracks);
  EXPECT_LT(learnt.delay_s / learnt.confirmed, 1.02 * even.delay_s / even.confirmed);
}

}  // namespace
}  // namespace liptako::bench
