#include "track/tracker.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "track/scene_for_test.hpp"

namespace liptako::track {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the scene of this folder's tests
using base::Prng;

constexpr double kTurn = 2.0 * base::kRadiansPerDegree;

struct Scene {
  explicit Scene(std::vector<SensorDescription> with) : sensors(std::move(with)) {
    tracker.set_sensors(sensors);
  }
  void take(const Plot& plot) { tracker.take(plot, events); }
  void advance(double s) { tracker.advance(at_second(s), events); }
  [[nodiscard]] std::vector<TrackView> confirmed(double s) const {
    std::vector<TrackView> views;
    tracker.for_each_track([&](std::uint32_t slot) {
      const TrackView v = tracker.view(slot, at_second(s));
      if (v.status != TrackStatus::tentative) views.push_back(v);
    });
    return views;
  }
  [[nodiscard]] base::Bytes saved() const {
    base::Bytes bytes;
    base::ByteWriter out(bytes);
    tracker.save(out);
    return bytes;
  }
  std::vector<SensorDescription> sensors;
  Tracker tracker;
  std::vector<TrackEvent> events;
};

// NOLINTBEGIN(bugprone-easily-swappable-parameters): the order of every scene in this file.
Aircraft airliner(std::uint32_t address,
                  double east_m = -40e3,
                  double north_m = 30e3,
                  double course_deg = 80) {
  // NOLINTEND(bugprone-easily-swappable-parameters)
  Aircraft a;
  a.east_m = east_m;
  a.north_m = north_m;
  a.course_rad = course_deg * base::kRadiansPerDegree;
  a.address = base::IcaoAddress(address);
  a.mode_a = base::ModeACode(02000 + address % 512);
  return a;
}

TEST(Tracker, AModeSAircraftIsConfirmedAtItsSecondPlotAndKeepsOneNumber) {
  Prng prng(41);
  Scene run({radar(12.9, -0.6)});
  Aircraft a = airliner(0x062001);
  for (int scan = 0; scan < 60; ++scan) {
    run.take(radar_plot(run.sensors[0], 0, a, at_second(5 * scan), prng));
    run.advance(5 * scan);
    if (scan >= 1) {
      const auto views = run.confirmed(5 * scan);
      ASSERT_EQ(views.size(), 1u);
      EXPECT_EQ(views[0].number.value, 1u);
    }
    a.turn_rad_s = scan > 20 && scan < 35 ? kTurn : 0;
    a.fly(5);
  }
  EXPECT_EQ(run.tracker.counters().used, 59u);
}

// Errors against truth must have the size the filter says: the mean normalised error squared over
// many runs lies near its two degrees of freedom [BarShalom01, §5.4.2]. The bounds are those of
// docs/TESTING.md for a manoeuvring IMM.
TEST(Tracker, ItsUncertaintyIsHonestInStraightFlightAndInTurns) {
  double sum[2] = {};
  int count[2] = {};
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Prng prng(500 + seed);
    Scene run({radar(12.9, -0.6), radar(13.6, 0.9)});
    run.sensors[1].sac_sic.sic = 9;
    run.tracker.set_sensors(run.sensors);
    Aircraft a = airliner(0x062001, -40e3, 30e3, prng.uniform(0, 360));
    for (int step = 0; step < 80; ++step) {
      const auto which = static_cast<std::uint16_t>(step % 2);
      run.take(radar_plot(run.sensors[which], which, a, at_second(2.5 * step), prng));
      run.advance(2.5 * step);
      const bool turning = step > 40 && step < 60;
      if (step > 15 && step != 60) {
        const double nees = error_of(run.confirmed(2.5 * step).at(0), a).nees;
        sum[turning] += nees;
        ++count[turning];
      }
      a.turn_rad_s = turning ? (seed % 2 ? kTurn : -kTurn) : 0;
      a.fly(2.5);
    }
  }
  EXPECT_GT(sum[0] / count[0], 1.1);
  EXPECT_LT(sum[0] / count[0], 2.5);
  EXPECT_GT(sum[1] / count[1], 1.1);
  EXPECT_LT(sum[1] / count[1], 3.0);
}

// After a silence an aircraft may be anywhere in some hundred metres, and a plot that tells no
// address lies there often. It is used if it tells no code or the aircraft's own; if it tells
// another it is a neighbour's, unless it lies near where the aircraft should be: codes are garbled.
TEST(Tracker, AfterASilenceAPlotWithAnotherCodeIsSeldomUsed) {
  constexpr int kRuns = 300;
  int taken[3] = {};
  for (int code = 0; code < 3; ++code) {  // none, its own, another
    Prng prng(61);
    for (int k = 0; k < kRuns; ++k) {
      Scene run({radar(12.9, -0.6, 4.0)});
      Aircraft a = airliner(0x062001, -40e3, 30e3, prng.uniform(0, 360));
      for (int scan = 0; scan < 15; ++scan, a.fly(4))
        run.take(radar_plot(run.sensors[0], 0, a, at_second(4 * scan), prng));
      a.fly(12);  // silent for four turns of the antenna
      // As far aside as the aircraft itself might be by then.
      a.north_m += prng.chance(0.5) ? -300.0 : 300.0;
      Plot p = radar_plot(run.sensors[0], 0, a, at_second(72), prng);
      p.icao_address.reset();
      if (code == 0) p.mode_3a.reset();
      if (code == 2) p.mode_3a = base::ModeACode(p.mode_3a->bits() ^ 0101);
      run.take(p);
      run.advance(73);
      for (const TrackEvent& e : run.events)
        taken[code] += e.trace.plot_time == p.time && e.view.icao_address == a.address ? 1 : 0;
    }
  }
  EXPECT_EQ(taken[0], taken[1]);
  EXPECT_GT(taken[1], 0.8 * kRuns);
  EXPECT_LT(taken[2], 0.4 * kRuns);
}

TEST(Tracker, SilenceUpToThirtySecondsBreaksNothing) {
  Prng prng(42);
  Scene run({ads_b_station()});
  Aircraft a = airliner(0x05C001);
  double t = 0;
  for (int round = 0; round < 12; ++round) {
    for (int s = 0; s < 8; ++s, t += 1, a.fly(1)) {
      run.take(ads_b_plot(0, a, at_second(t), prng));
      run.advance(t + 0.5);
    }
    for (int s = 0; s < 29; ++s, t += 1, a.fly(1)) run.advance(t + 0.5);  // 30 s between plots
    ASSERT_EQ(run.confirmed(t).size(), 1u);
    EXPECT_EQ(run.confirmed(t)[0].status, TrackStatus::coasting);
  }
  EXPECT_EQ(run.confirmed(t)[0].number.value, 1u);
  EXPECT_EQ(run.confirmed(t)[0].breaks, 0u);
  EXPECT_EQ(run.tracker.counters().breaks, 0u);
}

TEST(Tracker, AfterALongerSilenceTheNumberResumesAndTheBreakIsCounted) {
  for (const double silence : {31.0, 45.0, 600.0}) {
    for (const bool ticks : {true, false}) {  // whether or not time was seen to pass
      Prng prng(43);
      Scene run({ads_b_station()});
      Aircraft a = airliner(0x05C001);
      double t = 0;
      for (int s = 0; s < 20; ++s, t += 1, a.fly(1)) run.take(ads_b_plot(0, a, at_second(t), prng));
      t += silence - 1;
      a.fly(silence - 1);
      for (double s = 20; ticks && s < t; ++s) run.advance(s);
      for (int s = 0; s < 20; ++s, t += 1, a.fly(1)) run.take(ads_b_plot(0, a, at_second(t), prng));
      const auto views = run.confirmed(t);
      ASSERT_EQ(views.size(), 1u) << silence;
      EXPECT_EQ(views[0].number.value, 1u);
      EXPECT_EQ(views[0].breaks, 1u);
    }
  }
}

// After a silence the first reply is often garbled: the address comes with the second.
TEST(Tracker, TheNumberResumesThoughTheFirstPlotHadNoAddress) {
  Prng prng(46);
  Scene run({radar(13.4, 0.0, 4.0)});
  Aircraft a = airliner(0x05C001);
  double t = 0;
  const auto fly = [&](double dt) { t += dt, a.fly(dt); };
  for (int k = 0; k < 10; ++k, fly(4))
    run.take(radar_plot(run.sensors[0], 0, a, at_second(t), prng));
  for (double s = t; s < t + 120; ++s) run.advance(s);
  fly(120);
  for (int k = 0; k < 6; ++k, fly(4)) {
    Plot plot = radar_plot(run.sensors[0], 0, a, at_second(t), prng);
    if (k < 1) plot.icao_address.reset();
    run.take(plot);
  }
  ASSERT_EQ(run.confirmed(t).size(), 1u);
  EXPECT_EQ(run.confirmed(t)[0].number.value, 1u);
  EXPECT_EQ(run.confirmed(t)[0].breaks, 1u);
}

// Until something tells the height, a radar's track stands where an aircraft of the usual height
// would be. What tells it moves the track, and is itself seen from where the track has moved to.
TEST(Tracker, APlotThatTellsTheHeightIsUsedFromTheNewPlace) {
  for (const double height : {3000.0, 4500.0, 7500.0}) {
    Prng prng(47);
    Scene run({radar(13.4, 0.0, 4.0), ads_b_station()});
    Aircraft a = airliner(0x05C001, -15e3, 20e3, 200);
    a.height_m = height;
    double t = 0;
    for (int k = 0; k < 12; ++k, t += 4, a.fly(4)) {
      Plot plot = radar_plot(run.sensors[0], 0, a, at_second(t), prng);
      plot.icao_address.reset();
      plot.pressure_altitude.reset();
      run.take(plot);
    }
    run.take(ads_b_plot(1, a, at_second(t), prng));
    run.tracker.finish(run.events);
    ASSERT_EQ(run.tracker.track_count(), 1u) << height;
    // The effect of height is linear: of 3 km at 25 km, h^2 / 2r = 180 m are left, of half as much
    // a quarter.
    EXPECT_LT(run.events.back().trace.nis, height == 3000.0 ? 25.0 : 15.0) << height;
    const Error e = error_of(run.events.back().view, a);
    EXPECT_LT(std::hypot(e.east_m, e.north_m), 150.0) << height;
  }
}

TEST(Tracker, TheAddressAloneDoesNotResumeANumber) {
  Prng prng(44);
  Scene run({ads_b_station()});
  Aircraft a = airliner(0x05C001);
  for (int s = 0; s < 10; ++s, a.fly(1)) run.take(ads_b_plot(0, a, at_second(s), prng));
  for (int s = 10; s < 100; ++s) run.advance(s);
  a.east_m += 150e3;  // 150 km in 90 s: another aircraft with the same address
  for (int s = 100; s < 110; ++s, a.fly(1)) run.take(ads_b_plot(0, a, at_second(s), prng));
  ASSERT_EQ(run.confirmed(110).size(), 1u);
  EXPECT_EQ(run.confirmed(110)[0].number.value, 2u);
  EXPECT_EQ(run.confirmed(110)[0].breaks, 0u);
}

TEST(Tracker, TwoAircraftClaimingOneAddressAreTwoTracks) {
  Prng prng(45);
  Scene run({ads_b_station()});
  Aircraft a = airliner(0x05C001, -40e3), b = airliner(0x05C001, 40e3, 10e3, 200);
  for (int s = 0; s < 60; ++s, a.fly(1), b.fly(1)) {
    run.take(ads_b_plot(0, a, at_second(s), prng));
    run.take(ads_b_plot(0, b, at_second(s + 0.5), prng));
    run.advance(s + 0.5);
  }
  const auto views = run.confirmed(60);
  ASSERT_EQ(views.size(), 2u);
  EXPECT_NE(views[0].number, views[1].number);
}

TEST(Tracker, RadarAndAdsBOfOneAircraftAreOneTrack) {
  Prng prng(46);
  Scene run({radar(12.9, -0.6), ads_b_station()});
  Aircraft a = airliner(0x062001);
  for (int s = 0; s < 120; ++s, a.fly(1)) {
    if (s % 5 == 0) run.take(radar_plot(run.sensors[0], 0, a, at_second(s), prng));
    run.take(ads_b_plot(1, a, at_second(s), prng));
    run.advance(s + 0.5);
  }
  const auto views = run.confirmed(120);
  ASSERT_EQ(views.size(), 1u);
  EXPECT_EQ(views[0].sensors, 3u);
  EXPECT_LT(std::hypot(error_of(views[0], a).east_m, error_of(views[0], a).north_m), 30);
}

TEST(Tracker, WithoutAddressTheModeACodeAndPlaceMakeTheTrack) {
  Prng prng(47);
  Scene run({radar(12.9, -0.6)});
  Aircraft a = airliner(1, -30e3, 20e3, 90),
           b = airliner(2, -30e3, 23e3, 90);  // 3 km apart, same course
  a.address.reset();
  b.address.reset();
  std::map<std::uint32_t, std::set<std::uint16_t>> codes;
  for (int scan = 0; scan < 40; ++scan, a.fly(5), b.fly(5)) {
    run.take(radar_plot(run.sensors[0], 0, a, at_second(5 * scan), prng));
    run.take(radar_plot(run.sensors[0], 0, b, at_second(5 * scan + 0.02), prng));
    run.advance(5 * scan + 1);
  }
  for (const TrackEvent& e : run.events) {
    if (e.view.mode_3a) codes[e.view.number.value].insert(e.view.mode_3a->bits());
  }
  EXPECT_EQ(run.confirmed(200).size(), 2u);
  for (const auto& [number, seen] : codes)
    EXPECT_EQ(seen.size(), 1u) << "track " << number << " swapped";
}

TEST(Tracker, ClutterMakesNoConfirmedTracksButAnAircraftInItDoes) {
  Prng prng(48);
  SensorDescription s = radar(12.9, -0.6);
  s.range_max = base::Length::from_metres(250e3);
  Scene run({s});
  Aircraft a = airliner(1, -30e3, 20e3, 90);
  a.address.reset();
  a.mode_a.reset();
  std::size_t false_confirmed = 0;
  for (int scan = 0; scan < 200; ++scan, a.fly(5)) {
    if (scan < 60 && prng.chance(0.85)) {
      Plot p = radar_plot(s, 0, a, at_second(5 * scan), prng);
      p.pressure_altitude.reset();
      run.take(p);
    }
    for (int k = prng.poisson(15); k > 0; --k) {
      Plot p;
      p.time = at_second(5 * scan + prng.uniform(0, 5));
      p.slant_range = base::Length::from_metres(prng.uniform(5e3, 250e3));
      p.azimuth = base::Angle::from_radians(prng.uniform(0, 2 * base::kPi));
      run.take(p);
    }
    run.advance(5 * scan + 5);
    if (scan == 50) {
      const auto views = run.confirmed(5 * scan);
      int near = 0;
      for (const TrackView& v : views) near += std::abs(error_of(v, a).east_m) < 3000;
      EXPECT_EQ(near, 1);
    }
    if (scan > 80) false_confirmed += run.confirmed(5 * scan).size();
  }
  EXPECT_LT(static_cast<double>(false_confirmed) / 120, 0.2)
      << "mean number of confirmed false tracks";
}

TEST(Tracker, ASilentSensorIsNoEvidenceButALookingOneIs) {
  for (const bool sensor_looks : {true, false}) {
    Prng prng(49);
    Scene run({radar(12.9, -0.6, 4)});
    Aircraft a = airliner(1);
    a.address.reset();
    double t = 0;
    for (; t < 12; t += 4, a.fly(4)) run.take(radar_plot(run.sensors[0], 0, a, at_second(t), prng));
    run.advance(t - 4);
    const double before = run.confirmed(t).at(0).existence;
    for (; t < 26; t += 4) {
      if (sensor_looks) run.tracker.note_sensor_time(0, at_second(t));
      run.advance(t);
    }
    const double after = run.confirmed(t).at(0).existence;
    if (sensor_looks) {
      EXPECT_LT(std::log(after / (1 - after)), std::log(before / (1 - before)) - 2);
    } else {
      EXPECT_NEAR(after, before, 0.01);
    }
  }
}

TEST(Tracker, LatePlotsImproveTheTrackAndVeryLateOnesAreCounted) {
  double with = 0, without = 0;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    Prng prng(700 + seed);
    std::vector<SensorDescription> sensors{radar(12.9, -0.6), radar(13.5, 0.8)};
    sensors[1].sac_sic.sic = 7;
    Scene fused(sensors), alone(sensors);
    Aircraft a = airliner(0x062001);
    for (int k = 0; k < 60; ++k) {
      const Plot late = radar_plot(sensors[1], 1, a, at_second(5 * k), prng);
      a.fly(2);
      const Plot fresh = radar_plot(sensors[0], 0, a, at_second(5 * k + 2), prng);
      fused.take(fresh);
      fused.take(late);  // arrives after, measured 2 s before
      alone.take(fresh);
      fused.advance(5 * k + 2.1);
      alone.advance(5 * k + 2.1);
      if (k > 20) {
        const auto e = error_of(fused.confirmed(5 * k + 2).at(0), a);
        const auto f = error_of(alone.confirmed(5 * k + 2).at(0), a);
        with += e.east_m * e.east_m + e.north_m * e.north_m;
        without += f.east_m * f.east_m + f.north_m * f.north_m;
      }
      a.fly(3);
    }
    Plot old = radar_plot(sensors[1], 1, a, at_second(200), prng);
    fused.take(old);
    fused.advance(300);
    EXPECT_EQ(fused.tracker.counters().late, 1u);
    EXPECT_EQ(fused.confirmed(300).size(), 1u);
  }
  EXPECT_LT(std::sqrt(with / without), 0.85);
}

TEST(Tracker, ASnapshotTakenAnywhereGoesOnIdentically) {
  Prng prng(50);
  std::vector<SensorDescription> sensors{radar(12.9, -0.6), ads_b_station()};
  std::vector<Plot> plots;
  std::vector<Aircraft> aircraft;
  for (std::uint32_t k = 0; k < 30; ++k) {
    aircraft.push_back(airliner(
        0x062000 + k, prng.uniform(-80e3, 80e3), prng.uniform(-80e3, 80e3), prng.uniform(0, 360)));
    if (k % 3 == 0) aircraft.back().address.reset();
  }
  for (int s = 0; s < 90; ++s) {
    for (Aircraft& a : aircraft) {
      if (s % 5 == 0 && prng.chance(0.9))
        plots.push_back(radar_plot(sensors[0], 0, a, at_second(s), prng));
      if (a.address && prng.chance(s > 30 && s < 70 ? 0.02 : 0.9))
        plots.push_back(ads_b_plot(1, a, at_second(s + 0.1), prng));
      a.fly(1);
    }
  }
  for (std::size_t cut = 1; cut < plots.size(); cut += plots.size() / 17) {
    Scene whole(sensors), resumed(sensors);
    for (std::size_t i = 0; i < plots.size(); ++i) {
      if (i == cut) {
        const base::Bytes bytes = whole.saved();
        base::ByteReader in(bytes);
        auto loaded = Tracker::load({}, in);
        ASSERT_TRUE(loaded.has_value());
        ASSERT_TRUE(in.at_end());
        resumed.tracker = std::move(*loaded);
        ASSERT_EQ(resumed.saved(), bytes);
      }
      whole.take(plots[i]);
      if (i >= cut) resumed.take(plots[i]);
      if (i % 50 == 0) {
        whole.tracker.advance(plots[i].time, whole.events);
        if (i >= cut) resumed.tracker.advance(plots[i].time, resumed.events);
      }
    }
    EXPECT_EQ(whole.saved(), resumed.saved()) << "cut at " << cut;
  }
}

TEST(Tracker, ADamagedSnapshotIsRefusedNotBelieved) {
  Prng prng(51);
  Scene run({radar(12.9, -0.6)});
  Aircraft a = airliner(0x062001);
  for (int scan = 0; scan < 5; ++scan, a.fly(5))
    run.take(radar_plot(run.sensors[0], 0, a, at_second(5 * scan), prng));
  const base::Bytes bytes = run.saved();
  for (std::size_t length = 0; length < bytes.size(); length += 7) {
    base::ByteReader in(base::ByteView(bytes).first(length));
    EXPECT_FALSE(Tracker::load({}, in).has_value());
  }
  for (int i = 0; i < 300; ++i) {  // whatever it makes of a flipped byte, it does not crash
    base::Bytes flipped = bytes;
    flipped[prng.below(flipped.size())] ^= static_cast<std::uint8_t>(1 + prng.below(255));
    base::ByteReader in(flipped);
    (void)Tracker::load({}, in);
  }
}

TEST(Tracker, PlotsThatAreNotNumbersAreCountedAndChangeNothing) {
  Scene run({radar(12.9, -0.6)});
  Plot p;
  p.time = at_second(0);
  p.slant_range = base::Length::from_metres(std::numeric_limits<double>::quiet_NaN());
  run.take(p);
  EXPECT_EQ(run.tracker.counters().not_finite, 1u);
  EXPECT_EQ(run.tracker.track_count(), 0u);
}

// Without Mode C the height is unknown, errs the same way at every scan, and moves the position
// with it: the claimed uncertainty must hold that, not average it away. Likewise when the pressure
// says some hundred metres less than the truth, as on any hot day.
TEST(Tracker, AnUnknownOrWrongHeightIsInTheClaimedUncertainty) {
  for (const double ground_m : {15e3, 30e3, 60e3}) {
    for (const bool mode_c : {false, true}) {
      double sum = 0;
      int count = 0;
      for (std::uint64_t seed = 0; seed < 60; ++seed) {
        Prng prng(900 + seed);
        Scene scene({radar(13.0, 0.1)});
        Aircraft a = airliner(0x062001, ground_m, -3e3, 0);
        a.height_m = mode_c ? 9144 : prng.normal(6000, 3500);
        if (a.height_m < 500 || a.height_m > 13e3) continue;
        const double pressure_offset = prng.normal(0, 300);  // 8 K from the standard at this level
        for (int scan = 0; scan < 12; ++scan, a.fly(5)) {
          Plot p = radar_plot(scene.sensors[0], 0, a, at_second(5 * scan), prng);
          if (mode_c) {
            p.pressure_altitude = base::Length::from_metres(a.height_m - pressure_offset);
          } else {
            p.pressure_altitude.reset();
          }
          scene.take(p);
          if (scan < 6) continue;
          sum += error_of(scene.confirmed(5 * scan).at(0), a).nees;
          ++count;
        }
      }
      EXPECT_LT(sum / count, 3.5) << ground_m << (mode_c ? " with Mode C" : " without Mode C");
      EXPECT_GT(sum / count, 0.6) << ground_m << (mode_c ? " with Mode C" : " without Mode C");
    }
  }
}

TEST(Tracker, TwoForgedReportsElsewhereDoNotStealANumber) {
  Prng prng(54);
  Scene scene({radar(12.9, -0.6), ads_b_station()});
  Aircraft a = airliner(0x05C001), forged = airliner(0x05C001, 160e3, 90e3);
  for (int scan = 0; scan < 30; ++scan, a.fly(5), forged.fly(5)) {
    scene.take(radar_plot(scene.sensors[0], 0, a, at_second(5 * scan), prng));
    if (scan >= 10) {
      scene.take(ads_b_plot(1, forged, at_second(5 * scan + 1), prng));
      scene.take(ads_b_plot(1, forged, at_second(5 * scan + 2), prng));
    }
    scene.advance(5 * scan + 3);
  }
  int real = 0;
  for (const TrackView& v : scene.confirmed(150)) {
    if (v.number.value != 1) continue;
    ++real;
    EXPECT_LT(std::abs(error_of(v, a).east_m), 1000) << "number 1 is still the aircraft";
    EXPECT_EQ(v.breaks, 0u);
  }
  EXPECT_EQ(real, 1);
}

TEST(Tracker, AFloodOfForgedReportsIsBoundedInTracksAndCounted) {
  Prng prng(55);
  TrackerOptions options;
  options.max_tracks = 500;
  Tracker tracker(options);
  tracker.set_sensors(std::vector<SensorDescription>{ads_b_station()});
  std::vector<TrackEvent> events;
  const auto forge = [&](std::uint32_t address, double t) {
    Aircraft a = airliner(address, prng.uniform(-400e3, 400e3), prng.uniform(-400e3, 400e3));
    tracker.take(ads_b_plot(0, a, at_second(t), prng), events);
  };
  for (int i = 0; i < 3000; ++i) forge(0x05C001, 0.001 * i);
  EXPECT_LE(tracker.track_count(), 4u) << "of one address";
  EXPECT_GT(tracker.counters().address_flood, 2000u);
  for (int i = 0; i < 3000; ++i) forge(0x100000u + static_cast<std::uint32_t>(i), 4 + 0.001 * i);
  EXPECT_EQ(tracker.track_count(), 500u);
  EXPECT_GT(tracker.counters().over_limit, 2000u);
}

TEST(Tracker, AVelocityThatContradictsTheTrackIsRefusedAndShown) {
  Prng prng(56);
  Scene scene({ads_b_station()});
  Aircraft a = airliner(0x05C001);
  for (int s = 0; s < 40; ++s, a.fly(1)) {
    Plot p = ads_b_plot(0, a, at_second(s), prng);
    if (s == 30) p.velocity_east = p.velocity_north = base::Speed();
    scene.take(p);
    if (s == 30) {
      scene.advance(30.5);
      EXPECT_GT(scene.events.back().trace.velocity_nis, 50);
      EXPECT_NEAR(scene.events.back().view.ground_speed().mps(), 220, 5);
    }
  }
  EXPECT_EQ(scene.tracker.counters().velocity_refused, 1u);
  EXPECT_EQ(scene.tracker.counters().restarted, 0u);
}

TEST(Tracker, LosingOneSensorOfTwoDoesNotMakeATrackFlicker) {
  Prng prng(57);
  Scene scene({radar(12.9, -0.6), ads_b_station()});
  Aircraft a = airliner(0x05C001);
  int coasting = 0;
  for (int s = 0; s < 200; ++s, a.fly(1)) {
    if (s % 5 == 0) scene.take(radar_plot(scene.sensors[0], 0, a, at_second(s), prng));
    if (s < 60) scene.take(ads_b_plot(1, a, at_second(s), prng));
    scene.advance(s + 0.9);
    coasting += s > 80 && scene.confirmed(s + 0.9).at(0).status == TrackStatus::coasting;
  }
  EXPECT_EQ(coasting, 0);
}

TEST(Tracker, OneReportOverTwoPathsIsUsedOnce) {
  Prng prng(58);
  Scene scene({ads_b_station()});
  Aircraft a = airliner(0x05C001);
  for (int s = 0; s < 20; ++s, a.fly(1)) {
    const Plot p = ads_b_plot(0, a, at_second(s), prng);
    scene.take(p);
    scene.take(p);
  }
  scene.advance(20);
  EXPECT_EQ(scene.tracker.counters().split, 20u);
  EXPECT_EQ(scene.tracker.counters().used, 19u);
}

// Radars and stations that see the same aircraft at the same time, some of which name nobody.
TEST(Tracker, PlotsOfOneTimeMayComeInAnyOrder) {
  const auto after = [](std::uint64_t order) {
    Prng prng(61), shuffle(order);
    std::vector<SensorDescription> sensors{
        radar(12.9, -0.6), radar(13.5, 0.8), ads_b_station(), ads_b_station()};
    sensors[1].sac_sic.sic = 7;
    sensors[3].sac_sic.sic = 8;
    Scene scene(sensors);
    std::vector<Aircraft> aircraft;
    for (std::uint32_t k = 0; k < 20; ++k) {
      aircraft.push_back(airliner(0x062000 + k,
                                  prng.uniform(-80e3, 80e3),
                                  prng.uniform(-80e3, 80e3),
                                  prng.uniform(0, 360)));
      if (k % 4 == 0) aircraft.back().address.reset();
    }
    for (int s = 0; s < 90; ++s) {
      std::vector<Plot> plots;
      for (Aircraft& a : aircraft) {
        for (std::uint16_t i = 0; i < 2; ++i) {
          if (s % 5 != 0) continue;
          plots.push_back(radar_plot(sensors[i], i, a, at_second(s), prng));
          if (i == 1) plots.back().icao_address.reset();
        }
        for (std::uint16_t i = 2; a.address && i < 4; ++i)
          plots.push_back(ads_b_plot(i, a, at_second(s), prng));
        a.fly(1);
      }
      for (std::size_t i = plots.size(); order != 0 && i > 1; --i)
        std::swap(plots[i - 1], plots[shuffle.below(i)]);
      for (const Plot& p : plots) scene.take(p);
      if (s % 7 == 0) scene.advance(s + 0.5);
    }
    scene.advance(90);
    EXPECT_GT(scene.tracker.counters().used, 2000u);
    base::Bytes bytes;
    base::ByteWriter out(bytes);
    scene.tracker.save(out);
    return bytes;
  };
  const base::Bytes as_they_come = after(0);
  EXPECT_TRUE(after(1) == as_they_come);
  EXPECT_TRUE(after(2) == as_they_come);
}

TEST(Tracker, AStateNewerThanTheInstantAskedForIsTakenBack) {
  Prng prng(59);
  Scene scene({ads_b_station()});
  Aircraft a = airliner(0x05C001);
  for (int s = 0; s < 20; ++s, a.fly(1)) scene.take(ads_b_plot(0, a, at_second(s), prng));
  const TrackView now = scene.confirmed(19).at(0), before = scene.confirmed(15).at(0);
  EXPECT_EQ(before.time, at_second(15));
  EXPECT_NEAR(geo::rough_distance(now.position, before.position).metres(), 4 * 220, 40);
}

TEST(Tracker, ALateAltitudeInAClimbIsOfWhereTheAircraftWas) {
  Prng prng(60);
  Scene scene({radar(12.9, -0.6), ads_b_station()});
  Aircraft a = airliner(0x05C001);
  double sum = 0;
  int count = 0;
  for (int s = 0; s < 120; ++s) {
    if (s % 6 == 0 && s > 0) {
      Aircraft was = a;
      was.height_m -= 12.5 * 4;
      was.east_m -= 4 * a.speed_mps * base::sin(a.course_rad);
      was.north_m -= 4 * a.speed_mps * base::cos(a.course_rad);
      scene.take(ads_b_plot(1, a, at_second(s), prng));
      scene.take(
          radar_plot(scene.sensors[0], 0, was, at_second(s - 4), prng));  // four seconds late
    } else {
      scene.take(ads_b_plot(1, a, at_second(s), prng));
    }
    if (s > 30) {
      sum += scene.confirmed(s).at(0).pressure_altitude->metres() - a.height_m;
      ++count;
    }
    a.fly(1);
    a.height_m += 12.5;
  }
  EXPECT_NEAR(sum / count, 0, 6);
}

TEST(Tracker, SensorsMayComeAndGoWhileItRuns) {
  Prng prng(52);
  std::vector<SensorDescription> sensors{radar(12.9, -0.6), ads_b_station()};
  Scene run(sensors);
  Aircraft a = airliner(0x062001);
  for (int s = 0; s < 20; ++s, a.fly(1)) run.take(ads_b_plot(1, a, at_second(s), prng));
  run.tracker.set_sensors(
      std::vector<SensorDescription>{sensors[1]});  // the radar goes, indices shift
  for (int s = 20; s < 40; ++s, a.fly(1)) run.take(ads_b_plot(0, a, at_second(s), prng));
  ASSERT_EQ(run.confirmed(40).size(), 1u);
  EXPECT_EQ(run.confirmed(40)[0].number.value, 1u);
  EXPECT_EQ(run.confirmed(40)[0].sensors, 1u);
}

TEST(Tracker, ARadarWithoutASiteTracksButClaimsNoPlace) {
  Prng prng(53);
  SensorDescription placed = radar(12.9, -0.6);
  SensorDescription lost = placed;
  lost.placed = false;
  Scene run({lost});
  Aircraft a = airliner(0x062001);
  for (int scan = 0; scan < 20; ++scan, a.fly(5)) {
    run.take(radar_plot(placed, 0, a, at_second(5 * scan), prng));
    run.advance(5 * scan);
  }
  ASSERT_EQ(run.confirmed(100).size(), 1u);
  EXPECT_FALSE(run.confirmed(100)[0].placed);
  EXPECT_NEAR(run.confirmed(100)[0].ground_speed().mps(), 220, 15);
}

}  // namespace
}  // namespace liptako::track
