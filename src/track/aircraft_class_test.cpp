// Which motion models a track moves by, and what changing them does.
#include "track/aircraft_class.hpp"

#include <gtest/gtest.h>

#include "track/scene_for_test.hpp"

namespace liptako::track {
namespace {

Gaussian flying(double speed_mps, double sd_mps) {
  Gaussian g;
  g.mean.x[kVelocityEast] = speed_mps;
  g.P[packed(0, 0)] = g.P[packed(1, 1)] = 100;
  g.P[packed(2, 2)] = g.P[packed(3, 3)] = sd_mps * sd_mps;
  return g;
}

AircraftClass used(Motion before, const Plot& plot, const Gaussian& g, bool transponder = true) {
  return judged(before, plot, SensorKind::mlat, {g, transponder, true}).used;
}

TEST(AircraftClass, EveryClassFliesStraightForMostOfTheTimeAndTurnsBothWays) {
  for (int c = 0; c < 2 * kAircraftClasses; ++c) {
    const ImmOptions o =
        motion_options(static_cast<AircraftClass>(c % kAircraftClasses), c >= kAircraftClasses, {});
    EXPECT_EQ(o.turn_rate[0], 0.0);
    double sum = 0;
    for (int m = 0; m < kModes; ++m) {
      sum += o.turn_rate[m];
      EXPECT_GT(o.noise_density[m], 0.0);
      EXPECT_LE(o.sojourn_s[m], o.sojourn_s[0]);
    }
    EXPECT_EQ(sum, 0.0);
  }
}

TEST(AircraftClass, WhatIsToldCountsAndASpeedThatContradictsItCountsMore) {
  Plot plot;
  const Motion airliner;
  EXPECT_EQ(used(airliner, plot, flying(220, 2)), AircraftClass::airliner);
  plot.aircraft_class = AircraftClass::helicopter;
  EXPECT_EQ(used(airliner, plot, flying(60, 2)), AircraftClass::helicopter);
  EXPECT_EQ(used(airliner, plot, flying(220, 2)), AircraftClass::airliner);
  plot.aircraft_class = AircraftClass::airliner;
  EXPECT_EQ(used(airliner, plot, flying(30, 1)), AircraftClass::airliner);
}

TEST(AircraftClass, WhatIsSurelyTooSlowForAnAirlinerIsNone) {
  const Plot plot;
  const Motion airliner, light{AircraftClass::none, AircraftClass::light, false};
  EXPECT_EQ(used(airliner, plot, flying(40, 2)), AircraftClass::light);
  EXPECT_EQ(used(airliner, plot, flying(40, 10)), AircraftClass::airliner) << "not surely";
  EXPECT_EQ(used(airliner, plot, flying(5, 2)), AircraftClass::helicopter);
  EXPECT_EQ(used(airliner, plot, flying(40, 2), false), AircraftClass::airliner) << "a bird?";
  EXPECT_EQ(used(light, plot, flying(70, 2)), AircraftClass::light) << "stays between";
  EXPECT_EQ(used(light, plot, flying(120, 2)), AircraftClass::airliner);
}

TEST(AircraftClass, WhoIsFastCruisesUntilClearlySlower) {
  const auto cruises = [](bool before, double mps) {
    const Motion was{AircraftClass::none, AircraftClass::airliner, before};
    return judged(was, {}, SensorKind::mlat, {flying(mps, 2), true, true}).cruises;
  };
  EXPECT_FALSE(cruises(false, 150));
  EXPECT_TRUE(cruises(false, 230));
  for (const bool before : {false, true}) EXPECT_EQ(cruises(before, 170), before);
  EXPECT_FALSE(cruises(true, 150));
  EXPECT_FALSE(judged({}, {}, SensorKind::polar_radar, {flying(230, 2), false, true}).cruises)
      << "whoever tells nothing may turn as it likes";
}

TEST(AircraftClass, OnTheGroundItRollsUntilItIsToldToFlyOrDoes) {
  Plot plot;
  plot.on_ground = OnGround::yes;
  const Motion m = judged({}, plot, SensorKind::ads_b, {flying(8, 1), true, true});
  EXPECT_EQ(m.used, AircraftClass::surface);
  plot.on_ground = OnGround::unknown;
  EXPECT_EQ(used(m, plot, flying(70, 1)), AircraftClass::surface);
  EXPECT_EQ(used(m, plot, flying(100, 1)), AircraftClass::airliner);
  plot.on_ground = OnGround::no;
  EXPECT_EQ(used(m, plot, flying(80, 1)), AircraftClass::airliner);
}

TEST(AircraftClass, UnmannedAircraftAreKnownByTheirSensors) {
  for (const SensorKind kind : {SensorKind::uav_telemetry, SensorKind::remote_id})
    EXPECT_EQ(judged({}, {}, kind, {flying(10, 1)}).used, AircraftClass::uav);
}

TEST(AircraftClass, ATrackThatChangesClassKeepsItsMoments) {
  base::Prng prng(3);
  for (int c = 0; c < kAircraftClasses; ++c) {
    const ImmModel model(motion_options(static_cast<AircraftClass>(c), false, {}));
    Imm imm;
    start(imm, ImmOptions{}, flying(prng.uniform(0, 200), prng.uniform(1, 20)));
    predict(imm, ImmModel(ImmOptions{}), prng.uniform(1, 10));
    const Gaussian before = combine(imm);
    start(imm, model.options, before);
    const Gaussian after = combine(imm);
    EXPECT_TRUE(is_sound(imm));
    for (int r = 0; r < kStateSize; ++r) EXPECT_NEAR(after.mean.x[r], before.mean.x[r], 1e-9);
    for (int k = 0; k < kPackedSize; ++k)
      EXPECT_NEAR(after.P[k], before.P[k], 1e-9 * (1 + std::fabs(before.P[k])));
  }
}

// From 60 m/s to a hover at 0.15 g, seen by multilateration each second.
TEST(AircraftClass, AHelicopterThatStopsIsFollowedCloserAsOne) {
  const auto worst = [](AircraftClass as) {
    base::Prng prng(4);
    SensorDescription s = described(SensorKind::mlat);
    s.sac_sic = {1, 1};
    Tracker tracker;
    tracker.set_sensors({&s, 1});
    std::vector<TrackEvent> events;
    testing::Aircraft a;
    a.address = base::IcaoAddress(1);
    a.speed_mps = 60;
    a.height_m = 500;
    double sum = 0;
    for (int t = 0; t < 100; ++t) {
      Plot p = testing::ads_b_plot(0, a, testing::at_second(t), prng, 20);
      p.velocity_sd = {};
      p.sd_east = p.sd_north = base::Length::from_metres(20);
      p.aircraft_class = as;
      events.clear();
      tracker.take(p, events);
      tracker.advance(p.time, events);
      if (t >= 30 && t < 75) {
        const auto e = testing::error_of(events.back().view, a);
        sum += e.east_m * e.east_m + e.north_m * e.north_m;
      }
      a.fly(1);
      if (t >= 30) a.speed_mps = std::fmax(0.0, a.speed_mps - 1.5);
    }
    return std::sqrt(sum / 45);
  };
  EXPECT_LT(worst(AircraftClass::helicopter), 0.85 * worst(AircraftClass::airliner));
}

}  // namespace
}  // namespace liptako::track
