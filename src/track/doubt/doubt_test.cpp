// The tests behind the doubts keep the rates they promise; what they find, and what they leave
// alone. Recall and precision on whole scenarios: bench/quality.
#include <gtest/gtest.h>

#include <algorithm>

#include "track/doubt/detection_map.hpp"
#include "track/doubt/doubt_book.hpp"
#include "track/doubt/population.hpp"
#include "track/doubt/sequential.hpp"
#include "track/plot_height.hpp"
#include "track/scene_for_test.hpp"

namespace liptako::track {
namespace {

using base::Prng;
using testing::Aircraft;
using testing::at_second;

TEST(ShiftTest, AlarmsAreAsRareAsItSays) {
  for (const double limit : {4.0, 6.0, 8.0}) {
    Prng prng(7);
    ShiftTest test;
    int alarms = 0;
    constexpr int kLooks = 400'000;
    for (int i = 0; i < kLooks; ++i) {
      test.take(prng.normal(), prng.normal(), 0.0);
      if (test.statistic() <= limit) continue;
      ++alarms;
      test.clear();
    }
    const double k = ShiftTest::kReference;
    const double rate = alarms / static_cast<double>(kLooks);
    EXPECT_LT(rate, (1.0 + limit * limit) * base::exp(-2.0 * k * limit)) << limit;
    EXPECT_GT(alarms, 0) << limit << ": the bound is not empty";
  }
}

TEST(ShiftTest, WhatStaysWithinThreeOfItsOwnDeviationsIsNoShift) {
  Prng prng(8);
  for (const double share : {0.1, 0.5, 0.9}) {
    ShiftTest test;
    const double offset = 3.0 * std::sqrt(share);
    for (int i = 0; i < 20'000; ++i) {
      const double noise = std::sqrt(1.0 - share);
      test.take(offset + noise * prng.normal(), noise * prng.normal(), share);
      ASSERT_FALSE(test.alarms()) << share << ", look " << i;
    }
  }
}

TEST(ShiftTest, OneOutlierDoesNotDecideAndAShiftIsFound) {
  ShiftTest outlier;
  outlier.take(1e6, -1e6, 0.0);
  outlier.take(1e6, -1e6, 0.0);
  EXPECT_FALSE(outlier.alarms());
  Prng prng(9);
  ShiftTest shifted;
  int looks = 0;
  while (!shifted.alarms() && looks < 100) {
    shifted.take(2.0 + prng.normal(), prng.normal(), 0.0);
    ++looks;
  }
  EXPECT_GE(looks, 8);
  EXPECT_LE(looks, 25);
}

TEST(Population, FindsTheSensorsBiasThoughOneAircraftInFiveLies) {
  Prng prng(10);
  Population population;
  for (int look = 0; look < 20; ++look) {
    for (std::uint32_t a = 1; a <= 20; ++a) {
      const double course = 0.3 * a;
      const auto rate = std::array<double, 2>{4.0 * base::cos(course), 3.0 * base::sin(course)};
      Population::Comparison c;
      c.track = a;
      for (std::size_t i = 0; i < 2; ++i) {
        const double bias = i == 0 ? 2.0 : -1.5;
        const double lie = a % 5 == 0 ? 20.0 : 0.0;
        c.y[i] = static_cast<float>(bias + 0.4 * rate[i] + lie + prng.normal());
        c.rate[i] = static_cast<float>(rate[i]);
      }
      population.take(c, at_second(5 * look));
    }
  }
  ASSERT_TRUE(population.known());
  EXPECT_NEAR(population.bias(0), 2.0, 1.0);
  EXPECT_NEAR(population.bias(1), -1.5, 1.0);
  EXPECT_NEAR(population.lag_s(), 0.4, 0.3);
  EXPECT_LT(population.spread(), 2.5);
}

TEST(DetectionMap, KnowsNothingAtFirstAndMoreWithEveryHit) {
  DetectionMap map(base::Length::from_metres(300e3));
  const DetectionMap::Sight sight{120e3, 1.0, 0.052};
  const auto cell = map.cell_of(sight);
  ASSERT_TRUE(cell.has_value());
  EXPECT_EQ(map.expect(*cell).covered, 0.0) << "not seen is not: not there";
  for (int i = 0; i < 100; ++i) map.learn(*cell, i % 10 != 0);
  EXPECT_NEAR(map.expect(*cell).covered, 1.0, 0.02);
  EXPECT_NEAR(map.expect(*cell).detection, 0.86, 0.05);
  // Seen there: so is what is nearer in the same direction, and higher; not what is lower.
  const auto nearer = map.cell_of({60e3, 1.0, 0.104});
  const auto lower = map.cell_of({120e3, 1.0, 0.0035});
  ASSERT_TRUE(nearer && lower);
  EXPECT_GT(map.expect(*nearer).covered, 0.9);
  EXPECT_EQ(map.expect(*lower).covered, 0.0);
  EXPECT_FALSE(map.cell_of({400e3, 1.0, 0.05}).has_value());
}

TEST(DetectionMap, ARadarSeesItsOwnPlotWhereItsPlaceIs) {
  base::Prng prng(31);
  const geo::Geodetic at{base::Angle::from_degrees(13), {}, base::Length::from_metres(300)};
  const geo::TangentFrame site(at);
  for (int i = 0; i < 200; ++i) {
    const geo::Geodetic there{base::Angle::from_degrees(prng.uniform(11.5, 14.5)),
                              base::Angle::from_degrees(prng.uniform(-1.5, 1.5)),
                              base::Length::from_metres(prng.uniform(500, 12'000))};
    const auto seen = DetectionMap::sight_of(site.enu_from_ecef(geo::ecef_from_geodetic(there)));
    Plot plot;
    plot.slant_range = base::Length::from_metres(seen.range_m);
    plot.azimuth = base::Angle::from_radians(base::wrap_two_pi(seen.azimuth_rad));
    const auto own = DetectionMap::sight_of(plot, at.height, there.height);
    EXPECT_NEAR(own.up, seen.up, 2e-4) << "a hundredth of a degree";
    EXPECT_EQ(own.range_m, seen.range_m);
    EXPECT_NEAR(base::wrap_pi(own.azimuth_rad - seen.azimuth_rad), 0.0, 1e-12);
  }
}

// Twelve aircraft under a radar that errs by 0.15 degrees and 100 m, and an ADS-B station.
struct Scene {
  explicit Scene(std::uint64_t seed) : prng(seed) {
    sensors = {testing::radar(13, 0), testing::ads_b_station()};
    tracker.set_sensors(sensors);
    for (int i = 0; i < 12; ++i) {
      Aircraft a;
      a.frame = geo::TangentFrame(sensors[0].site);
      a.east_m = prng.uniform(-120e3, 120e3);
      a.north_m = prng.uniform(-120e3, 120e3);
      a.course_rad = prng.uniform(0.0, 6.28);
      a.address = base::IcaoAddress(0x050000u + static_cast<std::uint32_t>(i));
      a.mode_a = base::ModeACode(static_cast<std::uint16_t>(01001 + i));
      all.push_back(a);
    }
  }
  // The same world before another tracker.
  Scene(const Scene& other, Tracker anew)
      : prng(other.prng),
        sensors(other.sensors),
        all(other.all),
        tracker(std::move(anew)),
        time(other.time) {}
  // Where the first one says it is, off by so many metres to the right.
  void second(double offset_m) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      Aircraft told = all[i];
      if (i == 0) {
        told.east_m += base::cos(told.course_rad) * offset_m;
        told.north_m -= base::sin(told.course_rad) * offset_m;
      }
      tracker.take(testing::ads_b_plot(1, told, at_second(time), prng), events);
      if (static_cast<int>(time) % 5 == static_cast<int>(i) % 5) {
        Plot p = testing::radar_plot(sensors[0], 0, all[i], at_second(time + 0.3), prng);
        p.slant_range = p.slant_range + base::Length::from_metres(100);
        p.azimuth = base::Angle::from_radians(
            base::wrap_two_pi(p.azimuth.radians() + 0.15 * base::kRadiansPerDegree));
        tracker.take(p, events);
      }
      all[i].fly(1);
    }
    time += 1.0;
    tracker.advance(at_second(time), events);
  }
  [[nodiscard]] TrackView first_track() const {
    TrackView found;
    tracker.for_each_track([&](std::uint32_t slot) {
      const TrackView v = tracker.view(slot, at_second(time));
      if (v.icao_address == all[0].address && v.status != TrackStatus::tentative) found = v;
    });
    return found;
  }
  Prng prng;
  std::vector<SensorDescription> sensors;
  std::vector<Aircraft> all;
  Tracker tracker;
  std::vector<TrackEvent> events;
  double time = 0.0;
};

TEST(PositionDoubt, ABiasedRadarRaisesNone) {
  Scene scene(21);
  for (int s = 0; s < 900; ++s) scene.second(0.0);
  EXPECT_TRUE(scene.tracker.doubts().findings().empty())
      << name_of(scene.tracker.doubts().findings().front().doubt);
}

TEST(PositionDoubt, FalsePositionsAreDoubtedPassedOverAndBelievedAgain) {
  Scene scene(22);
  for (int s = 0; s < 300; ++s) scene.second(0.0);
  const base::TrackNumber number = scene.first_track().number;
  for (int s = 0; s < 200; ++s) scene.second(6.0 * s);  // away at 6 m/s
  ASSERT_FALSE(scene.tracker.doubts().findings().empty());
  const Finding& f = scene.tracker.doubts().findings().front();
  EXPECT_EQ(f.doubt, Doubt::false_position);
  EXPECT_EQ(f.icao_address, scene.all[0].address);
  EXPECT_GT(f.statistic, f.limit);
  const TrackView v = scene.first_track();
  EXPECT_EQ(v.number, number);
  EXPECT_NE(v.doubts & bit(Doubt::false_position), 0);
  const testing::Error e = testing::error_of(v, scene.all[0]);
  // It says 1,200 m; the radar, with its bias, knows better, and what is claimed covers it.
  EXPECT_LT(std::sqrt(e.east_m * e.east_m + e.north_m * e.north_m), 700.0);
  EXPECT_GT(std::sqrt(v.cov_ee_m2 + v.cov_nn_m2), 60.0);
  EXPECT_GT(scene.tracker.doubts().counters().position_doubt, 50u);
  for (int s = 0; s < 120; ++s) scene.second(0.0);
  EXPECT_EQ(scene.first_track().doubts, 0);
}

// Twelve aircraft, a radar that stamps late by `clock_s`, and a registration that puts its stamps
// right by what is asked of it.
struct Clocks {
  explicit Clocks(std::uint64_t seed) : prng(seed) {
    sensors = {testing::radar(13, 0), testing::ads_b_station()};
    book.set_sensors(sensors, {});
    for (std::uint32_t i = 0; i < 12; ++i) {
      Aircraft a;
      a.frame = geo::TangentFrame(sensors[0].site);
      a.east_m = prng.uniform(-80e3, 80e3);
      a.north_m = prng.uniform(-80e3, 80e3);
      a.course_rad = prng.uniform(0.0, 6.28);
      a.address = base::IcaoAddress(0x050000u + i);
      all.push_back(a);
      const Plot first = testing::ads_b_plot(1, a, at_second(0), prng);
      TrackRecord& t = store.at(store.allocate());
      t.status = TrackStatus::confirmed;
      t.number = base::TrackNumber{i + 1};
      t.frame = geo::TangentFrame(sensors[0].site);
      start_height(t.vertical, sensors[1], geo::TangentFrame(geo::Geodetic{}), first);
      store.index_address(i, *a.address);
      book.note_started(store, i, first, view_of(a, first.time));
    }
  }
  static TrackView view_of(const Aircraft& a, base::Timestamp time) {
    TrackView v;
    v.time = time;
    v.position = geo::geodetic_from_ecef(a.ecef());
    v.velocity_east = base::Speed::from_mps(a.speed_mps * base::sin(a.course_rad));
    v.velocity_north = base::Speed::from_mps(a.speed_mps * base::cos(a.course_rad));
    v.cov_ee_m2 = v.cov_nn_m2 = 400.0;
    return v;
  }
  void use(std::uint32_t slot, const Plot& reported, double back_s) {
    Plot corrected = reported;
    corrected.time -= base::seconds(back_s);
    book.note_sensor_time(corrected.sensor, corrected.time);
    book.note_correction(reported, corrected, 0.0);
    (void)book.note_used(store, slot, corrected, view_of(all[slot], corrected.time), {});
  }
  void second(double clock_s, double back_s) {
    for (std::uint32_t i = 0; i < all.size(); ++i) {
      Aircraft told = all[i];
      told.east_m += i == 0 ? first_off_m : 0.0;
      use(i, testing::ads_b_plot(1, told, at_second(time), prng), 0.0);
      if (static_cast<std::uint32_t>(time) % 5 == i % 5) {
        Plot p = testing::radar_plot(sensors[0], 0, all[i], at_second(time), prng);
        p.time += base::seconds(clock_s);
        use(i, p, back_s);
      }
      all[i].fly(1);
    }
    time += 1.0;
  }
  Prng prng;
  std::vector<SensorDescription> sensors;
  std::vector<Aircraft> all;
  TrackStore store;
  DoubtBook book;
  double time = 1.0;
  double first_off_m = 0.0;  // of what the first one says, to the east
};

// Many receivers that are led away alike draw registration after them, the radars' clocks first of
// all; whoever tells the truth is not to be called late for that.
TEST(PositionDoubt, WhereRegistrationIsDrawnAwayTheTruthIsNotDoubted) {
  for (const double drawn_s : {1.3, -1.3}) {
    Clocks scene(31);
    for (int s = 0; s < 150; ++s) scene.second(0.0, 0.0);
    for (int s = 0; s < 100; ++s) scene.second(0.0, drawn_s * std::fmin(1.0, s / 60.0));
    for (const Finding& f : scene.book.findings())
      ADD_FAILURE() << name_of(f.doubt) << " of " << f.track.value << ", " << f.value[0];
    // Another one does lie, across what the clock explains and along it.
    for (int s = 0; s < 100; ++s) {
      scene.first_off_m = 12.0 * s;
      scene.second(0.0, drawn_s);
    }
    EXPECT_FALSE(scene.book.findings().empty());
    for (const Finding& f : scene.book.findings())
      EXPECT_EQ(f.track.value, 1u) << name_of(f.doubt) << " " << f.value[0] << " " << f.value[1];
  }
}

TEST(PositionDoubt, AClockThatRegistrationPutsRightMakesNobodyLate) {
  for (const double step_s : {2.5, -2.5}) {
    Clocks scene(32);
    for (int s = 0; s < 150; ++s) scene.second(0.0, 0.0);
    for (int s = 0; s < 200; ++s) scene.second(step_s, step_s);
    EXPECT_TRUE(scene.book.findings().empty());
  }
}

// Two aircraft side by side before a Mode S radar, a primary one beside it, whose azimuth is
// biased, and an ADS-B station. Registration would find the bias.
struct Replies {
  explicit Replies(std::uint64_t seed) : prng(seed), tracker(unregistered()) {
    sensors = {testing::radar(13, 0), testing::radar(13, 0), testing::ads_b_station()};
    sensors[1].sac_sic = {100, 7};
    sensors[1].azimuth_sd = base::Angle::from_degrees(0.15);
    tracker.set_sensors(sensors);
    for (int i = 0; i < 2; ++i) {
      Aircraft a;
      a.frame = geo::TangentFrame(sensors[0].site);
      a.north_m = 90e3 + 4e3 * i;
      a.east_m = -20e3;
      a.course_rad = 0.5 * base::kPi;
      a.address = base::IcaoAddress(0x050000u + static_cast<std::uint32_t>(i));
      all.push_back(a);
    }
  }
  void look() {
    for (Aircraft& a : all) {
      if (a.address)
        tracker.take(testing::radar_plot(sensors[0], 0, a, at_second(time), prng), events);
      Plot p = testing::radar_plot(sensors[1], 1, a, at_second(time + 0.1), prng);
      p.azimuth = p.azimuth + base::Angle::from_degrees(0.25);
      p.icao_address = {};
      p.pressure_altitude = {};
      tracker.take(p, events);
    }
    for (int second = 0; second < 5; ++second) {
      for (Aircraft& a : all) {
        a.fly(0.5);
        if (a.address)
          tracker.take(testing::ads_b_plot(2, a, at_second(time + second + 0.5), prng), events);
        a.fly(0.5);
      }
    }
    time += 5.0;
    tracker.advance(at_second(time), events);
  }
  [[nodiscard]] static TrackerOptions unregistered() {
    TrackerOptions options;
    options.registration = false;
    return options;
  }
  [[nodiscard]] std::size_t failures() const {
    return static_cast<std::size_t>(std::ranges::count(
        tracker.doubts().findings(), Doubt::transponder_failed, &Finding::doubt));
  }
  Prng prng;
  std::vector<SensorDescription> sensors;
  std::vector<Aircraft> all;
  Tracker tracker;
  std::vector<TrackEvent> events;
  double time = 0.0;
};

TEST(SilenceDoubt, WhoAnswersUnderAnotherAddressHasATransponder) {
  int lived_on = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Replies scene(seed);
    for (int i = 0; i < 30; ++i) scene.look();
    const base::IcaoAddress before = *scene.all[0].address;
    scene.all[0].address = base::IcaoAddress(0x051234);
    for (int i = 0; i < 24; ++i) scene.look();
    EXPECT_EQ(scene.failures(), 0u) << seed;
    // The track of the old address, on primary plots of two minutes.
    scene.tracker.for_each_track([&](std::uint32_t slot) {
      lived_on += scene.tracker.view(slot, at_second(scene.time)).icao_address == before ? 1 : 0;
    });
  }
  EXPECT_GT(lived_on, 5) << "nothing was tested";
}

TEST(SilenceDoubt, ATransponderThatFailsBesideOneThatAnswersIsFound) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Replies scene(seed);
    for (int i = 0; i < 30; ++i) scene.look();
    scene.all[0].address = {};
    for (int i = 0; i < 24; ++i) scene.look();
    EXPECT_EQ(scene.failures(), 1u) << seed;
  }
}

TEST(Doubts, GoOnIdenticallyFromASnapshotAndDoNotTrustADamagedOne) {
  Scene scene(23);
  for (int s = 0; s < 330; ++s) scene.second(s < 300 ? 0.0 : 900.0);
  const auto saved = [](const Tracker& tracker) {
    base::Bytes bytes;
    base::ByteWriter out(bytes);
    tracker.save(out);
    return bytes;
  };
  const base::Bytes bytes = saved(scene.tracker);
  base::ByteReader in(bytes);
  auto loaded = Tracker::load({}, in);
  ASSERT_TRUE(loaded.has_value());
  EXPECT_EQ(saved(*loaded), bytes);
  Scene same(scene, std::move(*loaded));
  for (int s = 0; s < 60; ++s) {
    scene.second(900.0);
    same.second(900.0);
  }
  EXPECT_EQ(saved(same.tracker), saved(scene.tracker));
  EXPECT_NE(scene.first_track().doubts, 0);
  Prng prng(24);
  for (int i = 0; i < 300; ++i) {  // whatever it makes of a flipped byte, it does not crash
    base::Bytes flipped = bytes;
    flipped[prng.below(flipped.size())] ^= static_cast<std::uint8_t>(1 + prng.below(255));
    base::ByteReader from(flipped);
    auto tracker = Tracker::load({}, from);
    if (!tracker || tracker->sensors().size() != 2) continue;
    Scene again(scene, std::move(*tracker));
    again.second(0.0);
  }
}

TEST(Doubts, FindingsNobodyTakesAreBoundedAndCounted) {
  Scene scene(25);
  Plot echo;
  for (int i = 0; i < 3 * static_cast<int>(DoubtBook::kMaxFindings); ++i) {
    // Two plots of one aircraft in one look, over and over.
    echo = testing::radar_plot(scene.sensors[0], 0, scene.all[1], at_second(5.0 * i), scene.prng);
    scene.tracker.take(echo, scene.events);
    echo.time += std::chrono::milliseconds(100);
    scene.tracker.take(echo, scene.events);
    scene.events.clear();
  }
  EXPECT_LE(scene.tracker.doubts().findings().size(), DoubtBook::kMaxFindings);
  EXPECT_GT(scene.tracker.doubts().counters().findings_lost, 0u);
  EXPECT_GT(scene.tracker.doubts().counters().split, DoubtBook::kMaxFindings);
}

// Most of the aircraft that are there when a node begins may fly away from the radar: at the first
// look its range error and their lag are one.
TEST(Population, WhatSettlesIsTheRadarsBiasAndNotOneLooksNoise) {
  constexpr double kBias[2] = {1.8, -1.5};
  constexpr double kLagS = 0.05;
  double worst = 0.0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    base::Prng prng(seed);
    Population population;
    const auto aircraft = static_cast<std::uint32_t>(prng.uniform(8.0, 40.0));
    std::vector<std::array<double, 2>> rates;
    for (std::uint32_t i = 0; i < aircraft; ++i)
      rates.push_back(
          {prng.uniform(3.0, 5.5) * (prng.chance(0.2) ? -1.0 : 1.0), prng.uniform(-0.5, 0.5)});
    for (int look = 0; look < 36; ++look) {
      for (std::uint32_t i = 0; i < aircraft; ++i) {
        Population::Comparison c;
        c.track = i + 1;
        for (std::size_t axis = 0; axis < 2; ++axis) {
          c.rate[axis] = static_cast<float>(rates[i][axis]);
          c.y[axis] =
              static_cast<float>(kBias[axis] + kLagS * rates[i][axis] + prng.normal(0.0, 1.0));
        }
        population.take(c,
                        base::timestamp_from_ns(1'800'000'000'000'000'000) +
                            base::seconds(5.0 * look + 0.1 * i));
      }
      if (look < 18) continue;
      for (const std::array<double, 2>& rate : rates) {
        const double off =
            population.bias(0) + population.lag_s() * rate[0] - kBias[0] - kLagS * rate[0];
        worst = std::fmax(worst, std::fabs(off));
      }
    }
  }
  EXPECT_LT(worst, 1.0);
}

}  // namespace
}  // namespace liptako::track
