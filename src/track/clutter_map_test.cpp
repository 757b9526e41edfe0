#include "track/clutter_map.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/math.hpp"
#include "base/prng.hpp"
#include "track/scene_for_test.hpp"

namespace liptako::track {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the scene of this folder's tests
using base::Angle;
using base::Length;
using base::Prng;

SensorDescription primary_radar() {
  SensorDescription s = radar(12.9, -0.6, 5);
  s.range_sd = Length::from_metres(100);
  s.azimuth_sd = Angle::from_degrees(0.25);
  s.range_max = Length::from_metres(300e3);
  s.detection_probability = 0.8;
  return s;
}

struct EchoAt {
  double second = 0.0;
  double range_m = 0.0;
  double azimuth_deg = 0.0;
};

Plot echo(const EchoAt& at, Prng& prng) {
  Plot p;
  p.time = at_second(at.second);
  p.slant_range = Length::from_metres(at.range_m + prng.normal(0, 100));
  p.azimuth = Angle::from_radians(
      base::wrap_two_pi((at.azimuth_deg + prng.normal(0, 0.25)) * base::kRadiansPerDegree));
  return p;
}

// Wherever the echo lies against the cells, also across north and close to the radar.
TEST(ClutterMap, LearnsTheDensityOfAStandingEcho) {
  const SensorDescription s = primary_radar();
  // Mean density of the echo's plots at the places of its plots.
  const double truth = 0.2 / (4 * base::kPi * s.range_sd.metres() * s.azimuth_sd.radians());
  for (const auto& [range_m, azimuth_deg] :
       {std::pair(40e3, 77.0), {40'150.0, 77.35}, {90e3, 0.0}, {150.0, 200.0}}) {
    Prng prng(7);
    ClutterMap map(s);
    double sum = 0;
    int asked = 0;
    for (int look = 0; look < 1500; ++look) {
      map.note_time(at_second(5 * look), s.period);
      if (!prng.chance(0.2)) continue;
      const Plot p = echo({5.0 * look, range_m, azimuth_deg}, prng);
      if (look > 500) {
        sum += map.density(p.slant_range, p.azimuth);
        ++asked;
      }
      map.learn(Length::from_metres(std::fabs(p.slant_range.metres())), p.azimuth, 1.0);
    }
    // Less by the two plots of about 25 that anyone may leave, and by those at the block's edges.
    EXPECT_GT(sum / asked, 0.65 * truth) << range_m;
    EXPECT_LT(sum / asked, 1.0 * truth) << range_m;
    EXPECT_EQ(map.density(Length::from_metres(range_m + 3000), Angle::from_degrees(azimuth_deg)),
              0.0);
  }
}

TEST(ClutterMap, APassingAircraftLeavesNothingAndAnEchoThatEndsIsForgotten) {
  const SensorDescription s = primary_radar();
  const Length there = Length::from_metres(60e3);
  const Angle bearing = Angle::from_degrees(123);
  ClutterMap map(s);
  map.note_time(at_second(0), s.period);
  map.learn(there, bearing, 1.0);
  map.learn(there, bearing, 1.0);
  EXPECT_EQ(map.density(there, bearing), 0.0);
  for (int look = 0; look < 100; ++look) {
    map.note_time(at_second(5 * look), s.period);
    map.learn(there, bearing, 1.0);
  }
  EXPECT_GT(map.density(there, bearing), 0.1);
  map.note_time(at_second(500 + 3600), s.period);  // an hour's silence is not an hour of looks
  EXPECT_GT(map.density(there, bearing), 0.0);
  for (int look = 0; look < 500; ++look) map.note_time(at_second(4100 + 5 * look), s.period);
  EXPECT_EQ(map.density(there, bearing), 0.0);
}

TEST(ClutterMap, PlacesOutsideItTeachNothing) {
  ClutterMap map(primary_radar()), none;
  for (const double range_m : {-1.0, 300e3, 1e9, 1e300}) {
    for (int i = 0; i < 10; ++i) {
      map.learn(Length::from_metres(range_m), Angle::from_degrees(10), 1.0);
      none.learn(Length::from_metres(range_m), Angle::from_degrees(10), 1.0);
    }
    EXPECT_EQ(map.density(Length::from_metres(range_m), Angle::from_degrees(10)), 0.0);
    EXPECT_EQ(none.density(Length::from_metres(range_m), Angle::from_degrees(10)), 0.0);
  }
}

struct Watch {
  explicit Watch(const SensorDescription& s) { tracker.set_sensors({&s, 1}); }
  [[nodiscard]] std::vector<TrackView> confirmed(double s) const {
    std::vector<TrackView> views;
    tracker.for_each_track([&](std::uint32_t slot) {
      const TrackView v = tracker.view(slot, at_second(s));
      if (v.status != TrackStatus::tentative) views.push_back(v);
    });
    return views;
  }
  Tracker tracker;
  std::vector<TrackEvent> events;
};

// Forty spots as a primary radar's own clutter map lets through, some seen in nearly every turn.
struct Spots {
  explicit Spots(std::uint64_t seed) : prng(seed) {
    for (int i = 0; i < 40; ++i) {
      range_m.push_back(prng.uniform(8e3, 120e3));
      azimuth_deg.push_back(prng.uniform(0, 360));
      chance.push_back(i % 8 == 0 ? 0.9 : 0.2);
    }
  }
  void report(Watch& watch, double s) {
    for (std::size_t i = 0; i < range_m.size(); ++i) {
      if (prng.chance(chance[i]))
        watch.tracker.take(echo({s, range_m[i], azimuth_deg[i]}, prng), watch.events);
    }
  }
  Prng prng;
  std::vector<double> range_m, azimuth_deg, chance;
};

TEST(ClutterMap, StandingEchoesStopBeingTracksOnceTheyAreKnown) {
  Watch watch(primary_radar());
  Spots spots(8);
  double early = 0, late = 0;
  for (int look = 0; look < 720; ++look) {
    spots.report(watch, 5 * look);
    watch.tracker.advance(at_second(5 * look + 4), watch.events);
    const auto count = static_cast<double>(watch.confirmed(5 * look + 4).size());
    // Tentative ones: what stands still is not confirmed as an aircraft (doubt/slow_doubt.cpp).
    if (look >= 12 && look < 36) early += watch.tracker.track_count() / 24.0;
    if (look >= 360) late += count / 360;
  }
  EXPECT_GT(early, 3.0);
  EXPECT_LT(late, 0.1);
  EXPECT_GT(watch.tracker.counters().clutter, 5000u);
}

// 60 m/s, no transponder, seen four times in five, across the radar and around it.
TEST(ClutterMap, ASlowAircraftAmongStandingEchoesIsFoundAndHeld) {
  for (const bool around : {false, true}) {
    Watch watch(primary_radar());
    Spots spots(9);
    Aircraft a;
    a.frame = geo::TangentFrame(primary_radar().site);
    a.height_m = 900;
    a.speed_mps = 60;
    a.east_m = 45e3;
    a.north_m = around ? 0 : 20e3;
    a.course_rad = around ? 0 : 1.5 * base::kPi;
    if (around) a.turn_rad_s = -60.0 / 45e3;
    int due = 0, found = 0;
    std::set<std::uint32_t> numbers;
    for (int look = 0; look < 600; ++look) {
      spots.report(watch, 5 * look);
      if (look >= 300) {
        if (spots.prng.chance(0.8)) {
          Plot p = radar_plot(primary_radar(), 0, a, at_second(5 * look), spots.prng);
          p.pressure_altitude.reset();
          watch.tracker.take(p, watch.events);
        }
      }
      watch.tracker.advance(at_second(5 * look + 4), watch.events);
      if (look >= 312) {
        ++due;
        bool near = false;
        for (const TrackView& v : watch.confirmed(5 * look)) {
          const Error e = error_of(v, a);
          if (e.east_m * e.east_m + e.north_m * e.north_m > 2000.0 * 2000.0) continue;
          near = true;
          numbers.insert(v.number.value);
        }
        found += near;
      }
      if (look >= 300) a.fly(5);
    }
    EXPECT_GT(found, 0.95 * due) << around;
    EXPECT_LE(numbers.size(), 2u) << around;
  }
}

// Hovering over an echo is not told from the echo: the price, as the documentation says.
TEST(ClutterMap, AHoveringAircraftIsAbsorbedAndFoundAgainWhenItMoves) {
  const SensorDescription s = primary_radar();
  Watch watch(s);
  Prng prng(10);
  Aircraft a;
  a.frame = geo::TangentFrame(s.site);
  a.height_m = 900;
  a.speed_mps = 0;
  a.east_m = 45e3;
  std::size_t hovering = 0, moving = 0;
  for (int look = 0; look < 720; ++look) {
    if (look == 600) a.speed_mps = 60;
    if (prng.chance(0.8)) {
      Plot p = radar_plot(s, 0, a, at_second(5 * look), prng);
      p.pressure_altitude.reset();
      watch.tracker.take(p, watch.events);
    }
    watch.tracker.advance(at_second(5 * look + 4), watch.events);
    if (look >= 500 && look < 600) hovering += watch.confirmed(5 * look).size();
    if (look >= 640) moving += watch.confirmed(5 * look).size();
    a.fly(5);
  }
  EXPECT_LT(hovering, 50u);
  EXPECT_GE(moving, 75u);
}

TEST(ClutterMap, GoesOnIdenticallyFromASnapshotAndDoesNotTrustADamagedOne) {
  const SensorDescription s = primary_radar();
  Watch watch(s);
  Spots spots(11);
  for (int look = 0; look < 100; ++look) spots.report(watch, 5 * look);
  const auto saved = [](const Tracker& tracker) {
    base::Bytes bytes;
    base::ByteWriter out(bytes);
    tracker.save(out);
    return bytes;
  };
  const base::Bytes bytes = saved(watch.tracker);
  base::ByteReader in(bytes);
  auto loaded = Tracker::load({}, in);
  ASSERT_TRUE(loaded.has_value());
  Watch resumed(s);
  resumed.tracker = std::move(*loaded);
  EXPECT_EQ(saved(resumed.tracker), bytes);
  Spots same = spots;
  for (int look = 100; look < 200; ++look) {
    spots.report(watch, 5 * look);
    same.report(resumed, 5 * look);
  }
  EXPECT_EQ(saved(resumed.tracker), saved(watch.tracker));
  EXPECT_GT(watch.tracker.counters().clutter, 1000u);

  for (std::size_t length = 0; length < bytes.size(); length += 97) {
    base::ByteReader cut(base::ByteView(bytes).first(length));
    EXPECT_FALSE(Tracker::load({}, cut).has_value());
  }
  Prng prng(12);
  for (int i = 0; i < 300; ++i) {  // whatever it makes of a flipped byte, it does not crash
    base::Bytes flipped = bytes;
    flipped[prng.below(flipped.size())] ^= static_cast<std::uint8_t>(1 + prng.below(255));
    base::ByteReader from(flipped);
    if (auto tracker = Tracker::load({}, from); tracker && !tracker->sensors().empty()) {
      std::vector<TrackEvent> events;
      tracker->take(echo({600, 40e3, 77}, prng), events);
    }
  }
}

TEST(ClutterMap, IsKeptWhileTheRadarIsTheSameAndBeginsAnewWithAnother) {
  SensorDescription s = primary_radar();
  Watch watch(s);
  Prng prng(13);
  int turn = 0;
  const auto one_more = [&] {
    turn += 10;  // no track lives so long on one plot
    watch.tracker.advance(at_second(5 * turn - 1), watch.events);
    watch.tracker.take(echo({5.0 * turn, 40'150, 77.35}, prng), watch.events);
  };
  for (int i = 0; i < 8; ++i) one_more();
  const TrackerCounters learnt = watch.tracker.counters();
  EXPECT_GT(learnt.clutter, 0u);
  s.detection_probability = 0.7;
  watch.tracker.set_sensors({&s, 1});
  one_more();
  EXPECT_EQ(watch.tracker.counters().clutter, learnt.clutter + 1);
  s.range_max = Length::from_metres(200e3);  // other cells
  watch.tracker.set_sensors({&s, 1});
  one_more();
  EXPECT_EQ(watch.tracker.counters().clutter, learnt.clutter + 1);
  EXPECT_EQ(watch.tracker.counters().started, learnt.started + 1);
}

}  // namespace
}  // namespace liptako::track
