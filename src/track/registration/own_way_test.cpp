// Clocks of ADS-B stations that step or are walked off: found by what the aircraft fly, whoever
// else agrees with the wrong clock; and nothing is found where nothing is wrong.
#include "track/registration/own_way.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <tuple>

#include "base/math.hpp"
#include "base/prng.hpp"
#include "track/registration/field_for_test.hpp"
#include "track/tracker.hpp"

namespace liptako::track {
namespace {

using base::Length;

using testing::at_second;
using testing::begin;
using testing::run;
using testing::saved;

struct Site {
  SensorDescription sensor;
  std::function<double(double)> clock = [](double) { return 0.0; };  // its error, by true time
};

SensorDescription described_at(SensorKind kind, std::uint8_t sic, double lon) {
  return testing::sensor_at(
      kind, sic, testing::place_at(13, lon), kind == SensorKind::ads_b ? 1.0 : 5.0);
}

std::function<double(double)> stepped(double by, double from, double until = 1e9) {
  return [=](double t) { return t >= from && t < until ? by : 0.0; };
}

struct Aircraft {
  double east, north, course, speed, height = 10'000.0;
  std::uint32_t address = 0;
  double turn = 0.0, turn_until = 0.0;
  testing::SlowError error = {};
  double late_s = 0.0;  // its positions
};

// Aircraft that fly straight and turn now and then; one report in ten is lost.
class Traffic {
 public:
  Traffic(std::vector<Site> sites, int aircraft, std::uint64_t seed)
      : sites_(std::move(sites)), prng_(seed) {
    for (const Site& s : sites_) described_.push_back(s.sensor);
    for (int i = 0; i < aircraft; ++i) {
      Aircraft a{prng_.uniform(-100e3, 100e3),
                 prng_.uniform(-100e3, 100e3),
                 prng_.uniform(0.0, 2.0 * base::kPi),
                 prng_.uniform(110.0, 260.0)};
      a.address = 0x400000u + static_cast<std::uint32_t>(i) * 7919u;
      a.late_s = prng_.uniform(0.0, 0.1);
      aircraft_.push_back(a);
    }
  }
  std::vector<Aircraft>& aircraft() { return aircraft_; }
  [[nodiscard]] std::span<const SensorDescription> sensors() const { return described_; }
  [[nodiscard]] double now() const { return now_; }
  double leap_m = 0.0;  // of all positions told, eastwards
  double turns_an_hour = 12.0;
  bool whole_seconds = false;

  // In the order in which they were sent.
  std::vector<Plot> second() {
    std::vector<std::pair<double, Plot>> out;
    for (Aircraft& a : aircraft_) fly(a);
    for (std::size_t s = 0; s < sites_.size(); ++s) {
      for (const Aircraft& a : aircraft_) {
        const auto due = testing::look_due(sites_[s].sensor, s, a.address, now_);
        if (due && !prng_.chance(0.1)) out.emplace_back(*due, look(s, a, *due));
      }
    }
    now_ += 1.0;
    return testing::in_order(std::move(out));
  }
  // Where it is, `seconds` after the last second began.
  [[nodiscard]] static geo::Geodetic place(const Aircraft& a, double seconds) {
    return geo::geodetic_from_ecef(ecef_at(testing::kField,
                                           a.east + seconds * a.speed * base::sin(a.course),
                                           a.north + seconds * a.speed * base::cos(a.course),
                                           a.height));
  }

 private:
  void fly(Aircraft& a) {
    if (now_ > 0.0) {
      a.course += a.turn;
      a.east += a.speed * base::sin(a.course);
      a.north += a.speed * base::cos(a.course);
    }
    if (now_ >= a.turn_until) a.turn = 0.0;
    const double reach = std::sqrt(a.east * a.east + a.north * a.north);
    const bool outward = a.east * base::sin(a.course) + a.north * base::cos(a.course) > 0.0;
    if (a.turn == 0.0 && (prng_.chance(turns_an_hour / 3600.0) ||
                          (turns_an_hour > 0.0 && outward && reach > 120e3))) {
      a.turn = (prng_.chance(0.5) ? 1.0 : -1.0) * 2.0 * base::kRadiansPerDegree;
      a.turn_until = now_ + prng_.uniform(15.0, 90.0);
    }
    a.error.second(10.0, prng_);
  }
  Plot look(std::size_t index, const Aircraft& a, double time) {
    const Site& site = sites_[index];
    Plot p;
    p.sensor = static_cast<std::uint16_t>(index);
    const double stamp = time + site.clock(time);
    p.time = at_second(whole_seconds ? std::floor(stamp) : stamp);
    p.icao_address = base::IcaoAddress(a.address);
    p.pressure_altitude = Length::from_metres(a.height);
    const double after = time - now_;
    if (site.sensor.kind == SensorKind::polar_radar) {
      testing::measure(
          p, site.sensor, geo::ecef_from_geodetic(place(a, after)), testing::RadarBias{}, prng_);
      return p;
    }
    Aircraft told = a;
    told.east += a.error.east_m + leap_m + prng_.normal(0.0, 3.0);
    told.north += a.error.north_m + prng_.normal(0.0, 3.0);
    const auto where = place(told, after - a.late_s);
    p.latitude = where.latitude;
    p.longitude = where.longitude;
    p.position_sd = Length::from_metres(15);
    // Velocities in whole knots.
    const auto knots = [](double mps) {
      return base::Speed::from_mps(std::floor(mps / base::kMpsPerKnot + 0.5) * base::kMpsPerKnot);
    };
    // In the axes of the place, not of the field.
    const auto ahead = place(told, after - a.late_s + 1.0);
    const auto way =
        geo::TangentFrame({where.latitude, where.longitude, {}})
            .enu_from_ecef(geo::ecef_from_geodetic({ahead.latitude, ahead.longitude, Length()}));
    p.velocity_east = knots(way.x);
    p.velocity_north = knots(way.y);
    p.velocity_sd = base::Speed::from_mps(1.5);
    return p;
  }

  std::vector<Site> sites_;
  std::vector<SensorDescription> described_;
  std::vector<Aircraft> aircraft_;
  base::Prng prng_;
  double now_ = 0.0;
};

TEST(OwnWay, AStepOfAStationThatIsAloneIsFoundWhateverItsSign) {
  for (const double step : {0.3, -0.3, 1.0, -1.0, 2.5, -2.5, 5.0, -5.0}) {
    SCOPED_TRACE(step);
    Traffic traffic({{described_at(SensorKind::ads_b, 1, 0), stepped(step, 60.3, 180.7)}}, 20, 3);
    Registration r = begin(traffic);
    run(r, traffic, 60);
    EXPECT_EQ(r.clock_moved_s(0), 0.0);
    run(r, traffic, 75);
    EXPECT_NEAR(r.clock_moved_s(0), step, 0.06);
    EXPECT_TRUE(r.report(0).time.applied);
    EXPECT_NEAR(r.report(0).time.value, step, 0.06);
    run(r, traffic, 180);
    EXPECT_EQ(r.report(0).jumps, 1u);
    run(r, traffic, 195);
    EXPECT_NEAR(r.clock_moved_s(0), 0.0, 0.08);
    EXPECT_EQ(r.report(0).jumps, 2u);
  }
}

TEST(OwnWay, FiveAircraftAreEnoughAndFourAreNot) {
  for (const int aircraft : {4, 6}) {
    Traffic traffic({{described_at(SensorKind::ads_b, 1, 0), stepped(2.0, 60.3)}}, aircraft, 5);
    traffic.turns_an_hour = 0.0;
    Registration r = begin(traffic);
    run(r, traffic, 90);
    EXPECT_NEAR(r.clock_moved_s(0), aircraft < 5 ? 0.0 : 2.0, 0.08) << aircraft;
  }
}

TEST(OwnWay, AStationAndTheRadarBesideItDoNotOutvoteTheOthers) {
  for (const double step : {2.5, -2.5}) {
    SCOPED_TRACE(step);
    const auto wrong = stepped(step, 300.3);
    // The wrong site before the right one, and after it.
    for (const std::size_t site : {0u, 2u}) {
      std::vector<Site> sites{{described_at(SensorKind::ads_b, 1, -0.5)},
                              {described_at(SensorKind::polar_radar, 2, -0.5)},
                              {described_at(SensorKind::ads_b, 3, 0.5)},
                              {described_at(SensorKind::polar_radar, 4, 0.5)}};
      sites[site].clock = sites[site + 1].clock = wrong;
      Traffic traffic(sites, 30, 7);
      Tracker tracker;
      tracker.set_sensors(traffic.sensors());
      std::vector<TrackEvent> events;
      std::vector<double> errors;
      while (traffic.now() < 420) {
        for (const Plot& plot : traffic.second()) tracker.take(plot, events);
        events.clear();
        if (traffic.now() < 240) continue;
        tracker.for_each_track([&](std::uint32_t slot) {
          const TrackView v = tracker.view(slot, at_second(traffic.now()));
          for (const Aircraft& a : traffic.aircraft()) {
            if (v.icao_address != base::IcaoAddress(a.address)) continue;
            // Turning aircraft are elsewhere in the second that is extrapolated.
            if (a.turn == 0.0)
              errors.push_back(geo::rough_distance(Traffic::place(a, 1.0), v.position).metres());
          }
        });
      }
      const Registration& r = tracker.registration();
      EXPECT_NEAR(r.report(static_cast<std::uint16_t>(site)).time.value, step, 0.1);
      EXPECT_NEAR(r.report(static_cast<std::uint16_t>(site + 1)).time.value, step, 0.15);
      EXPECT_NEAR(r.report(static_cast<std::uint16_t>(2 - site)).time.value, 0.0, 0.1);
      EXPECT_NEAR(r.report(static_cast<std::uint16_t>(3 - site)).time.value, 0.0, 0.15);
      EXPECT_EQ(r.clock_moved_s(static_cast<std::uint16_t>(2 - site)), 0.0);
      // 2.5 s are 275 to 650 m.
      std::ranges::sort(errors);
      EXPECT_LT(errors[errors.size() * 95 / 100], 120.0);
      // Told of every aircraft, and its reports are used nevertheless.
      std::size_t doubted = 0, tracks = 0;
      tracker.for_each_track([&](std::uint32_t slot) {
        ++tracks;
        const TrackView v = tracker.view(slot, at_second(traffic.now()));
        doubted += (v.doubts & bit(Doubt::false_time)) != 0 ? 1 : 0;
        EXPECT_EQ(v.doubts & ~bit(Doubt::false_time), 0);
      });
      EXPECT_GE(10 * doubted, 9 * tracks);
      EXPECT_LT(tracker.doubts().counters().position_doubt, 100u);
    }
  }
}

TEST(OwnWay, AClockThatIsWalkedOffIsFollowed) {
  for (const double rate : {0.1, -0.1, 0.05}) {
    SCOPED_TRACE(rate);
    const auto walk = [=](double t) { return rate * std::fmin(60.0, std::fmax(0.0, t - 60.0)); };
    Traffic traffic({{described_at(SensorKind::ads_b, 1, 0), walk}}, 25, 9);
    Registration r = begin(traffic);
    run(r, traffic, 60);
    EXPECT_EQ(r.clock_moved_s(0), 0.0);
    run(r, traffic, 80);
    EXPECT_GT(std::fabs(r.clock_moved_s(0)), 0.25 * 20.0 * std::fabs(rate));
    run(r, traffic, 140);
    EXPECT_NEAR(r.clock_moved_s(0), 60.0 * rate, 0.15 * 60.0 * std::fabs(rate));
  }
}

TEST(OwnWay, NothingIsFoundWhereNoClockMoves) {
  Traffic traffic({{described_at(SensorKind::ads_b, 1, 0), [](double t) { return 1e-5 * t; }},
                   {described_at(SensorKind::ads_b, 2, 1)}},
                  15,
                  11);
  traffic.turns_an_hour = 30.0;
  Registration r = begin(traffic);
  run(r, traffic, 2 * 3600);
  for (std::uint16_t s = 0; s < 2; ++s) {
    EXPECT_EQ(r.clock_moved_s(s), 0.0);
    EXPECT_EQ(r.report(s).jumps, 0u);
  }
}

TEST(OwnWay, NeitherOneLateAircraftNorALeapOfAllPositionsNorCoarseStampsAreAStep) {
  const auto station = [] { return std::vector<Site>{{described_at(SensorKind::ads_b, 1, 0)}}; };
  Traffic late(station(), 12, 13);
  Registration of_late = begin(late);
  run(of_late, late, 60);
  for (std::size_t i = 0; i < 3; ++i) late.aircraft()[i].late_s = 3.0;
  run(of_late, late, 120);
  EXPECT_EQ(of_late.clock_moved_s(0), 0.0);

  for (const bool alike : {false, true}) {
    Traffic leap(station(), 20, 17);
    leap.turns_an_hour = 0.0;
    // All fly east: an earlier stamp would explain it as well.
    for (Aircraft& a : leap.aircraft()) {
      if (alike) a.course = 0.5 * base::kPi + 0.05 * (a.course - base::kPi);
      if (alike) a.speed = 220.0 + 0.05 * (a.speed - 220.0);
    }
    Registration of_leap = begin(leap);
    run(of_leap, leap, 60);
    leap.leap_m = 150.0;
    run(of_leap, leap, 120);
    EXPECT_EQ(of_leap.clock_moved_s(0), 0.0) << alike;
  }

  Traffic coarse(station(), 20, 19);
  coarse.whole_seconds = true;
  Registration of_coarse = begin(coarse);
  run(of_coarse, coarse, 1800);
  EXPECT_EQ(of_coarse.clock_moved_s(0), 0.0);
}

TEST(OwnWay, SavedAmidAStepItGoesOnIdentically) {
  Traffic traffic({{described_at(SensorKind::ads_b, 1, 0), stepped(-2.0, 60.3)},
                   {described_at(SensorKind::polar_radar, 2, 0.5)}},
                  20,
                  23);
  Registration r = begin(traffic);
  run(r, traffic, 60);
  Plot corrected;
  std::size_t taken = 0;
  for (int second = 0; second < 4; ++second) {
    for (const Plot& plot : traffic.second()) {
      Registration copy = begin(traffic);
      if (++taken % 5 == 0) {
        const base::Bytes before = saved(r);
        base::ByteReader in(before);
        ASSERT_TRUE(copy.load(in, traffic.sensors()));
      }
      (void)r.take(plot, traffic.sensors(), corrected);
      if (taken % 5 != 0) continue;
      (void)copy.take(plot, traffic.sensors(), corrected);
      ASSERT_EQ(saved(copy), saved(r)) << taken;
    }
  }
  EXPECT_NEAR(r.clock_moved_s(0), -2.0, 0.06);
}

TEST(OwnWay, OrderOfPlotsOfOneTimeDoesNotMatter) {
  const auto result = [](bool backwards) {
    Traffic traffic({{described_at(SensorKind::ads_b, 1, -0.5), stepped(2.5, 60.3, 90.0)},
                     {described_at(SensorKind::ads_b, 2, 0.5)}},
                    20,
                    29);
    Registration r = begin(traffic);
    Plot corrected;
    while (traffic.now() < 120) {
      std::vector<Plot> plots = traffic.second();
      // All of a tenth of a second at one time.
      for (Plot& p : plots) {
        const auto ns = p.time.time_since_epoch().count();
        p.time = base::timestamp_from_ns(ns - ns % 100'000'000);
      }
      std::ranges::sort(plots, [&](const Plot& p, const Plot& q) {
        if (p.time != q.time) return p.time < q.time;
        const auto one = std::tuple(p.icao_address, p.sensor);
        const auto other = std::tuple(q.icao_address, q.sensor);
        return backwards ? other < one : one < other;
      });
      for (const Plot& p : plots) (void)r.take(p, traffic.sensors(), corrected);
    }
    return std::tuple(r.clock_moved_s(0), r.report(0).time.value, r.report(1).time.value);
  };
  EXPECT_EQ(result(false), result(true));
}

// Whether more reports of one instant come than are kept, or fewer.
TEST(OwnWay, OrderOfReportsOfOneInstantLeavesTheSameBytes) {
  for (const int aircraft : {30, 200}) {
    SCOPED_TRACE(aircraft);
    int found = 0;
    const auto after = [&](std::uint64_t order) {
      Traffic traffic({{described_at(SensorKind::ads_b, 1, 0), stepped(3.0, 40.0)}}, aircraft, 31);
      traffic.whole_seconds = true;
      base::Prng prng(order);
      registration::OwnWay own_way;
      own_way.set_sensors(traffic.sensors(), {});
      std::map<std::uint32_t, registration::Way> ways;
      std::vector<base::Bytes> snapshots;
      base::Timestamp instant;
      while (traffic.now() < 60) {
        std::vector<Plot> plots = traffic.second();
        testing::shuffle(plots, prng);
        std::ranges::stable_sort(plots, {}, &Plot::time);
        for (const Plot& p : plots) {
          bool looks = p.time != instant && own_way.is_due(p.time);
          instant = p.time;
          while (looks) {
            const auto step = own_way.find(p.time);
            looks = step.has_value();
            found += looks ? 1 : 0;
          }
          (void)own_way.take(p, p.time, ways[p.icao_address->bits()]);
        }
        snapshots.push_back(saved(own_way));
      }
      return snapshots;
    };
    const auto one = after(1), other = after(2);
    for (std::size_t i = 0; i < one.size(); ++i) ASSERT_TRUE(one[i] == other[i]) << "second " << i;
    EXPECT_EQ(found, 2) << "the step, twice";
  }
}

}  // namespace
}  // namespace liptako::track
