// Aircraft without an address, near each other: whatever radar sees them, there are as many tracks
// as aircraft, where the aircraft are, and what cannot be known is said to be unknown.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "track/scene_for_test.hpp"

namespace liptako::track {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the scene of this folder's tests
using base::Prng;

SensorDescription primary_radar() {
  SensorDescription s = radar(13.0, 0.1, 4.0);
  s.detection_probability = 0.9;
  s.false_plots_primary = 5.0;
  return s;
}

struct Sky {
  explicit Sky(std::uint64_t seed, int max_hypotheses = 200)
      : prng(seed), tracker(options(max_hypotheses)) {
    tracker.set_sensors({&sensor, 1});
  }
  static TrackerOptions options(int max_hypotheses) {
    TrackerOptions out;
    out.max_hypotheses = max_hypotheses;
    return out;
  }

  // One turn of the antenna: everybody in the order of azimuth, at his own time, among false plots.
  std::vector<Plot> scan(const std::vector<Aircraft>& all, int k) {
    std::vector<Plot> plots;
    const geo::TangentFrame site(sensor.site);
    for (const Aircraft& a : all) {
      if (prng.uniform() > sensor.detection_probability) continue;
      const auto q = site.enu_from_ecef(a.ecef());
      const double share = base::wrap_two_pi(base::atan2(q.x, q.y)) / (2 * base::kPi);
      Aircraft then = a;
      then.fly(4.0 * share);
      Plot p = radar_plot(sensor, 0, then, at_second(4.0 * (k + share)), prng);
      p.pressure_altitude.reset();
      p.mode_3a.reset();
      plots.push_back(p);
    }
    const int falses = static_cast<int>(prng.uniform(0, 10));
    for (int i = 0; i < falses; ++i) {
      const double share = prng.uniform();
      Plot p;
      p.time = at_second(4.0 * (k + share));
      p.azimuth = base::Angle::from_radians(share * 2 * base::kPi);
      p.slant_range = base::Length::from_metres(prng.uniform(5e3, 400e3));
      plots.push_back(p);
    }
    std::ranges::sort(plots, {}, &Plot::time);
    return plots;
  }
  void take(const std::vector<Plot>& plots) {
    for (const Plot& p : plots) tracker.take(p, events);
  }
  [[nodiscard]] std::vector<TrackView> near(const Aircraft& a, double s, double reach_m) const {
    std::vector<TrackView> views;
    tracker.for_each_track([&](std::uint32_t slot) {
      const TrackView v = tracker.view(slot, at_second(s));
      if (v.status == TrackStatus::tentative) return;
      const Error e = error_of(v, a);
      if (std::hypot(e.east_m, e.north_m) < reach_m) views.push_back(v);
    });
    return views;
  }
  [[nodiscard]] base::Bytes saved() const {
    base::Bytes bytes;
    base::ByteWriter out(bytes);
    tracker.save(out);
    return bytes;
  }

  Prng prng;
  SensorDescription sensor = primary_radar();
  Tracker tracker;
  std::vector<TrackEvent> events;
};

// Two whose paths cross under an angle, halfway through, one `behind_m` later than the other; with
// no angle, side by side.
std::vector<Aircraft> crossing(double angle_deg, double behind_m) {
  std::vector<Aircraft> all(2);
  for (int i = 0; i < 2; ++i) {
    Aircraft& a = all[i];
    a.speed_mps = 200;
    a.height_m = 6000;  // what the tracker takes an aircraft that tells none to fly at
    a.course_rad = (90 + (i == 0 ? -0.5 : 0.5) * angle_deg) * base::kRadiansPerDegree;
    const double back = 200.0 * 4 * 25 + (i == 0 || angle_deg == 0 ? 0.0 : behind_m);
    const double aside = i == 0 || angle_deg > 0 ? 0.0 : behind_m;
    a.east_m = -back * base::sin(a.course_rad);
    // South: the beam meets them in the middle of a turn.
    a.north_m = -60e3 + aside - back * base::cos(a.course_rad);
  }
  return all;
}

struct Outcome {
  double cost =
      0.0;  // squared GOSPA [Rahmathullah17] of the confirmed tracks, p = 2, c = 1 km: sum
  int looks = 0;
  double missed = 0.0, extra = 0.0;  // per look, summed
  int exchanged = 0;                 // numbers that went over
  double expected = 0.0;             // of them, by what the tracks say themselves
  long grouped = 0;
  void add(const Outcome& o) {
    cost += o.cost, looks += o.looks, missed += o.missed, extra += o.extra;
    exchanged += o.exchanged, expected += o.expected, grouped += o.grouped;
  }
};

constexpr double kCutoffM = 1000.0;
constexpr int kNamed = 12;  // scan after which numbers are compared

// All ways to pair few tracks with few aircraft.
double best_cost(const std::vector<TrackView>& tracks,
                 const std::vector<Aircraft>& all,
                 std::size_t i,
                 unsigned used,
                 int& paired) {
  if (i == all.size()) return 0.0;
  int without = 0;
  double best = best_cost(tracks, all, i + 1, used, without);
  paired = without;
  for (std::size_t j = 0; j < tracks.size(); ++j) {
    if ((used >> j & 1) != 0) continue;
    const Error e = error_of(tracks[j], all[i]);
    const double d2 = e.east_m * e.east_m + e.north_m * e.north_m;
    if (d2 >= kCutoffM * kCutoffM) continue;
    int with = 0;
    // A pair saves two unpaired ones.
    const double cost =
        d2 - kCutoffM * kCutoffM + best_cost(tracks, all, i + 1, used | 1u << j, with);
    if (cost < best) best = cost, paired = with + 1;
  }
  return best;
}

Outcome fly(std::vector<Aircraft> all, std::uint64_t seed, int scans, int max_hypotheses = 200) {
  Sky sky(seed, max_hypotheses);
  std::vector<std::uint32_t> before(all.size());
  Outcome out;
  const auto number_of = [&](std::size_t i, double s) {
    double least = 1500.0;
    TrackView nearest;
    for (const TrackView& v : sky.near(all[i], s, least)) {
      const Error e = error_of(v, all[i]);
      if (std::hypot(e.east_m, e.north_m) < least)
        least = std::hypot(e.east_m, e.north_m), nearest = v;
    }
    return nearest;
  };
  for (int k = 0; k < scans; ++k) {
    sky.take(sky.scan(all, k));
    for (Aircraft& a : all) a.fly(4);
    const double now = 4.0 * (k + 1);
    sky.tracker.advance(at_second(now), sky.events);
    if (k == kNamed) {
      for (std::size_t i = 0; i < all.size(); ++i) before[i] = number_of(i, now).number.value;
    }
    if (k < kNamed) continue;
    const auto tracks = sky.near(all[0], now, 30e3);
    int paired = 0;
    ++out.looks;
    out.cost += best_cost(tracks, all, 0, 0, paired) +
                0.5 * kCutoffM * kCutoffM * double(tracks.size() + all.size());
    out.missed += double(all.size()) - paired;
    out.extra += double(tracks.size()) - paired;
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    const TrackView v = number_of(i, 4.0 * scans);
    const bool is_other =
        std::ranges::find(before, v.number.value) != before.end() && v.number.value != before[i];
    out.exchanged += is_other;
    out.expected += v.exchanged;
  }
  out.grouped = static_cast<long>(sky.tracker.counters().grouped);
  return out;
}

// Near misses and crossings under all angles, and flights side by side, with one filter for each
// track and with groups.
// A turn takes it out of the gate of straight flight within two plots. The gate is of likelihood
// over all modes, and so the number stays.
TEST(TrackerGroups, AnAircraftAloneThatTurnsKeepsItsNumber) {
  int lost = 0, turns = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Sky sky(seed);
    std::vector<Aircraft> all(1);
    Aircraft& a = all[0];
    a.north_m = -60e3;
    a.course_rad = base::kPi / 2;
    std::uint32_t number = 0;
    for (int k = 0; k < 60; ++k) {
      // Straight for 48 s, right or left for 32 s, and so on.
      const bool turning = k % 20 >= 12;
      const double way = (k / 20 + static_cast<int>(seed)) % 2 == 0 ? 1.0 : -1.0;
      a.turn_rad_s = turning ? way * 2.6 * base::kRadiansPerDegree : 0.0;
      turns += turning && k % 20 == 12 ? 1 : 0;
      sky.take(sky.scan(all, k));
      a.fly(4.0);
      sky.tracker.advance(at_second(4.0 * (k + 1)), sky.events);
      sky.events.clear();
      if (k < 8) continue;
      const auto views = sky.near(a, 4.0 * (k + 1), 1500.0);
      if (views.empty()) continue;
      const std::uint32_t now = views.front().number.value;
      lost += number != 0 && now != number && views.size() == 1 ? 1 : 0;
      if (views.size() == 1) number = now;
    }
  }
  EXPECT_EQ(turns, 180);
  EXPECT_LE(lost, 1);
}

TEST(TrackerGroups, ExchangeFewerNumbersAndFollowCloserThanTracksAlone) {
  Outcome alone, grouped;
  for (const double angle : {0.0, 4.0, 8.0, 15.0, 30.0, 60.0}) {
    for (const double apart : {300.0, 926.0}) {
      for (std::uint64_t seed = 0; seed < 15; ++seed) {
        alone.add(fly(crossing(angle, apart), seed, 50, 0));
        grouped.add(fly(crossing(angle, apart), seed, 50));
      }
    }
  }
  EXPECT_EQ(alone.grouped, 0);
  EXPECT_GT(grouped.grouped, 1000);
  EXPECT_LT(grouped.cost, 0.75 * alone.cost);
  EXPECT_LE(grouped.missed, alone.missed);
  EXPECT_LE(grouped.extra, alone.extra);
  EXPECT_LT(4 * grouped.exchanged, alone.exchanged);
  // What they say of themselves is what happens, within the chance of so few.
  EXPECT_LT(grouped.exchanged, 2.0 * grouped.expected + 6.0);
  EXPECT_GT(grouped.exchanged, 0.2 * grouped.expected - 6.0);
}

std::vector<Aircraft> formation() {
  std::vector<Aircraft> all(4);
  for (int i = 0; i < 4; ++i) {
    Aircraft& a = all[i];
    a.speed_mps = 150;
    a.height_m = 6000;
    a.course_rad = 1.3;
    const bool behind = i >= 2;
    const bool beside = i % 2 == 1;
    a.east_m = behind ? -14.7e3 : -14e3;
    a.north_m = beside ? -49.074e3 : -50e3;
  }
  return all;
}

TEST(TrackerGroups, AFormationIsAsManyTracksAsItHasAircraft) {
  Outcome sum;
  for (std::uint64_t seed = 0; seed < 20; ++seed) sum.add(fly(formation(), seed, 40));
  EXPECT_LT(sum.missed / sum.looks, 0.02);
  EXPECT_LT(sum.extra / sum.looks, 0.02);
}

// A snapshot amid a look at a group goes on as if nothing had been.
TEST(TrackerGroups, ASnapshotGoesOnIdentically) {
  std::vector<Aircraft> all = crossing(4.0, 100.0);
  Sky sky(5);
  int amid = 0;
  for (int k = 0; k < 40; ++k) {
    const auto plots = sky.scan(all, k);
    std::vector<base::Bytes> ends;  // of this scan, for a tracker loaded after each plot
    for (std::size_t i = 0; i < plots.size(); ++i) {
      sky.tracker.take(plots[i], sky.events);
      const base::Bytes before = sky.saved();
      base::ByteReader in(before);
      auto copy = Tracker::load({}, in);
      ASSERT_TRUE(copy);
      EXPECT_EQ(in.remaining(), 0u);
      std::vector<TrackEvent> events;
      for (std::size_t j = i + 1; j < plots.size(); ++j) copy->take(plots[j], events);
      copy->advance(at_second(4.0 * (k + 1)), events);
      base::ByteWriter out(ends.emplace_back());
      copy->save(out);
      bool ambiguous = false;
      sky.tracker.for_each_track([&](std::uint32_t slot) {
        ambiguous = ambiguous || sky.tracker.view(slot, plots[i].time).ambiguous;
      });
      amid += ambiguous;
    }
    for (Aircraft& a : all) a.fly(4);
    sky.tracker.advance(at_second(4.0 * (k + 1)), sky.events);
    for (const base::Bytes& end : ends) ASSERT_EQ(end, sky.saved());
  }
  EXPECT_GT(amid, 5);
}

// With aircraft whose address another sensor tells among them, whose echoes are anybody's: what is
// restored finds its tracks in another order.
TEST(TrackerGroups, ASnapshotAmongAddressedAircraftGoesOnIdentically) {
  std::vector<Aircraft> all = crossing(0.0, 300.0);
  for (int i = 0; i < 4; ++i) {
    Aircraft a = all[0];
    a.north_m += 150.0 + 100.0 * i;
    a.address = base::IcaoAddress(0x0A0100 + static_cast<std::uint32_t>(i));
    all.push_back(a);
  }
  Sky sky(21);
  std::vector<SensorDescription> both = {sky.sensor, radar(12.9, -0.3, 4)};
  sky.tracker.set_sensors(both);
  std::optional<Tracker> restored;
  int compared = 0;
  for (int k = 0; k < 30; ++k) {
    std::vector<Plot> plots = sky.scan(all, k);
    for (Plot& p : plots) p.icao_address.reset();
    for (const Aircraft& a : all) {
      if (!a.address) continue;
      Aircraft then = a;
      then.fly(1.0);
      plots.push_back(radar_plot(both[1], 1, then, at_second(4.0 * k + 1.0), sky.prng));
    }
    std::ranges::stable_sort(plots, {}, &Plot::time);
    for (const Plot& p : plots) {
      sky.tracker.take(p, sky.events);
      if (restored) restored->take(p, sky.events);
    }
    for (Aircraft& a : all) a.fly(4);
    sky.tracker.advance(at_second(4.0 * (k + 1)), sky.events);
    if (restored) restored->advance(at_second(4.0 * (k + 1)), sky.events);
    const base::Bytes saved = sky.saved();
    if (restored) {
      base::Bytes other;
      base::ByteWriter out(other);
      restored->save(out);
      ASSERT_EQ(saved, other) << k;
      ++compared;
    }
    if (k % 7 == 6) {
      base::ByteReader in(saved);
      restored = Tracker::load({}, in);
      ASSERT_TRUE(restored);
    }
  }
  EXPECT_GT(compared, 20);
  EXPECT_GT(sky.tracker.counters().grouped, 20u);
}

// One address told to two sensors while their looks are open names one track.
TEST(TrackerGroups, AnAddressToldTwiceNamesOneTrack) {
  std::vector<Aircraft> all = crossing(0.0, 250.0);
  Sky sky(13);
  std::vector<SensorDescription> three = {sky.sensor, radar(12.9, -0.3, 5), radar(12.8, 0.5, 5)};
  three[1].sac_sic = {100, 8};
  three[2].sac_sic = {100, 9};
  sky.tracker.set_sensors(three);
  for (int k = 0; k < 30; ++k) {
    sky.take(sky.scan(all, k));
    if (k >= 20) {
      for (std::uint16_t sensor = 1; sensor < 3; ++sensor) {
        Aircraft then = all[0];
        const double late = 3.4 + 0.1 * sensor;
        then.fly(late);
        then.address = base::IcaoAddress(0x0A0007);
        sky.tracker.take(
            radar_plot(three[sensor], sensor, then, at_second(4.0 * k + late), sky.prng),
            sky.events);
      }
    }
    for (Aircraft& a : all) a.fly(4);
    sky.tracker.advance(at_second(4.0 * (k + 1)), sky.events);
    int named = 0;
    sky.tracker.for_each_track([&](std::uint32_t slot) {
      named += sky.tracker.view(slot, at_second(4.0 * (k + 1))).icao_address.has_value();
    });
    EXPECT_LE(named, 1) << k;
  }
}

// Nothing that waits is lost when no more comes.
TEST(TrackerGroups, TheLastPlotsAreUsed) {
  std::vector<Aircraft> all = crossing(0.0, 200.0);
  Sky sky(14);
  for (int k = 0; k < 20; ++k) {
    sky.take(sky.scan(all, k));
    for (Aircraft& a : all) a.fly(4);
  }
  for (const Aircraft& a : all) {
    Aircraft then = a;
    then.fly(2.0);
    Plot p = radar_plot(sky.sensor, 0, then, at_second(82.0), sky.prng);
    p.pressure_altitude.reset();
    sky.tracker.take(p, sky.events);
  }
  const auto newest = [&] {
    base::Timestamp time{};
    for (const TrackView& v : sky.near(all[0], 80, 3000)) time = std::max(time, v.last_plot_time);
    return time;
  };
  const base::Timestamp before = newest();
  sky.tracker.finish(sky.events);
  EXPECT_GT(newest(), before);
  const base::Timestamp after = newest();
  sky.tracker.finish(sky.events);
  EXPECT_EQ(newest(), after);
}

// Bytes of anybody's snapshot with groups, cut or with a bit turned, load or do not; what loads
// runs.
TEST(TrackerGroups, ABrokenSnapshotDoesNoHarm) {
  std::vector<Aircraft> all = crossing(0.0, 200.0);
  Sky sky(6);
  for (int k = 0; k < 25; ++k) {
    sky.take(sky.scan(all, k));
    for (Aircraft& a : all) a.fly(4);
  }
  const base::Bytes sound = sky.saved();
  const auto next = sky.scan(all, 25);
  Prng prng(9);
  int loaded = 0;
  for (int i = 0; i < 3000; ++i) {
    base::Bytes bytes = sound;
    const auto at = static_cast<std::size_t>(prng.uniform() * static_cast<double>(bytes.size()));
    if (i % 3 == 0) {
      bytes.resize(at);
    } else {
      bytes[at] ^= static_cast<std::uint8_t>(1 << (i % 8));
    }
    base::ByteReader in(bytes);
    auto tracker = Tracker::load({}, in);
    if (!tracker) continue;
    ++loaded;
    std::vector<TrackEvent> events;
    for (const Plot& p : next) {
      if (p.sensor < tracker->sensors().size()) tracker->take(p, events);
    }
    tracker->advance(at_second(4.0 * 27), events);
  }
  EXPECT_GT(loaded, 100);
  EXPECT_LT(loaded, 2900);
}

// Plots of one instant in any order leave the same tracks, but for their numbers.
TEST(TrackerGroups, TheOrderOfPlotsOfOneInstantDoesNotMatter) {
  const auto states = [](const Sky& sky, double s) {
    std::vector<std::array<double, 6>> all;
    sky.tracker.for_each_track([&](std::uint32_t slot) {
      const TrackView v = sky.tracker.view(slot, at_second(s));
      all.push_back({v.position.latitude.radians(),
                     v.position.longitude.radians(),
                     v.ground_speed().mps(),
                     v.cov_ee_m2,
                     v.existence,
                     v.exchanged});
    });
    std::ranges::sort(all);
    return all;
  };
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    std::vector<Aircraft> all = formation();
    Sky one(seed), other(seed);
    Prng shuffle(seed);
    for (int k = 0; k < 25; ++k) {
      auto plots = one.scan(all, k);
      for (Plot& p : plots) p.time = at_second(4.0 * k);
      one.take(plots);
      for (std::size_t i = plots.size(); i > 1; --i)
        std::swap(plots[i - 1], plots[static_cast<std::size_t>(shuffle.uniform() * double(i))]);
      other.take(plots);
      for (Aircraft& a : all) a.fly(4);
      ASSERT_EQ(states(one, 4.0 * k), states(other, 4.0 * k)) << seed << " " << k;
    }
  }
}

// Whoever tells his address is nobody's neighbour any more, and his number is his.
TEST(TrackerGroups, AnAddressEndsTheDoubt) {
  std::vector<Aircraft> all = crossing(0.0, 150.0);
  Sky sky(8);
  std::vector<SensorDescription> sensors = {sky.sensor, radar(12.9, -0.3, 5)};
  sky.tracker.set_sensors(sensors);
  for (int k = 0; k < 40; ++k) {
    sky.take(sky.scan(all, k));
    if (k >= 30) {
      for (std::size_t i = 0; i < all.size(); ++i) {
        Aircraft then = all[i];
        then.fly(3.9);
        then.address = base::IcaoAddress(0x0A0001 + static_cast<std::uint32_t>(i));
        sky.tracker.take(radar_plot(sensors[1], 1, then, at_second(4.0 * k + 3.9), sky.prng),
                         sky.events);
      }
    }
    for (Aircraft& a : all) a.fly(4);
    sky.tracker.advance(at_second(4.0 * (k + 1)), sky.events);
    if (k == 29) {
      const auto views = sky.near(all[0], 120, 2000);
      ASSERT_EQ(views.size(), 2u);
      EXPECT_TRUE(views[0].ambiguous && views[1].ambiguous);
      EXPECT_GT(std::fmax(views[0].exchanged, views[1].exchanged), 0.01);
    }
  }
  const auto views = sky.near(all[0], 160, 2000);
  ASSERT_EQ(views.size(), 2u);
  for (const TrackView& v : views) {
    EXPECT_TRUE(v.icao_address);
    EXPECT_FALSE(v.ambiguous);
    EXPECT_EQ(v.exchanged, 0.0);
  }
}

// A group whose aircraft all fell silent leaves nothing behind that a snapshot could not hold.
TEST(TrackerGroups, AGroupThatFallsSilentEnds) {
  std::vector<Aircraft> all = crossing(0.0, 200.0);
  Sky sky(12);
  for (int k = 0; k < 15; ++k) {
    sky.take(sky.scan(all, k));
    for (Aircraft& a : all) a.fly(4);
    sky.tracker.advance(at_second(4.0 * (k + 1)), sky.events);
  }
  ASSERT_EQ(sky.near(all[0], 60, 2000).size(), 2u);
  for (int k = 15; k < 40; ++k) {
    sky.tracker.note_sensor_time(0, at_second(4.0 * (k + 1)));
    sky.tracker.advance(at_second(4.0 * (k + 1)), sky.events);
    const base::Bytes bytes = sky.saved();
    base::ByteReader in(bytes);
    EXPECT_TRUE(Tracker::load({}, in)) << k;
  }
  EXPECT_EQ(sky.near(all[0], 160, 50e3).size(), 0u);
}

// Sensors may change while a group's plots wait for one of them.
TEST(TrackerGroups, ASensorThatGoesTakesItsWaitingPlotsAlong) {
  std::vector<Aircraft> all = crossing(0.0, 200.0);
  Sky sky(11);
  std::vector<SensorDescription> both = {sky.sensor, radar(12.9, -0.3, 5)};
  both[1].sac_sic = {100, 7};
  sky.tracker.set_sensors(both);
  for (int k = 0; k < 20; ++k) {
    sky.take(sky.scan(all, k));
    if (k == 15) {
      Plot p = radar_plot(both[1], 1, all[0], at_second(4.0 * k + 3.5), sky.prng);
      p.pressure_altitude.reset();
      p.mode_3a.reset();
      sky.tracker.take(p, sky.events);
      sky.tracker.set_sensors({&sky.sensor, 1});
    }
    for (Aircraft& a : all) a.fly(4);
    sky.tracker.advance(at_second(4.0 * (k + 1)), sky.events);
  }
  EXPECT_EQ(sky.near(all[0], 80, 2000).size(), 2u);
}

// Two light aircraft that answer alike circle side by side: in doubt of who is who, but not of how
// they fly.
TEST(Groups, MoveAsTheAircraftInThemDo) {
  double nees = 0.0;
  int in_doubt = 0;
  constexpr int kCircles = 40;  // from this scan on
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Sky sky(seed);
    std::vector<Aircraft> all(2);
    for (int i = 0; i < 2; ++i) {
      Aircraft& a = all[i];
      a.speed_mps = 45;
      a.height_m = 1500;
      a.north_m = 50e3 + 200.0 * i;
      a.course_rad = 0.5 * base::kPi;
      a.mode_a = base::ModeACode(07000);
    }
    for (int k = 0; k < 100; ++k) {
      std::vector<Plot> plots;
      for (const Aircraft& a : all) {
        if (sky.prng.uniform() > 0.9) continue;
        Plot p = radar_plot(sky.sensor, 0, a, at_second(4.0 * k), sky.prng);
        p.aircraft_class = AircraftClass::light;
        plots.push_back(p);
      }
      sky.events.clear();
      sky.take(plots);
      sky.tracker.advance(at_second(4.0 * k + 0.5), sky.events);
      for (const TrackEvent& e : sky.events) {
        if (e.kind != TrackEventKind::updated || !e.view.ambiguous) continue;
        EXPECT_EQ(e.trace.motion, AircraftClass::light);
      }
      for (Aircraft& a : all) {
        for (const TrackView& v : sky.near(a, 4.0 * k, 3000.0)) {
          if (k < kCircles + 5 || !v.ambiguous) continue;
          ++in_doubt;
          nees += std::min(error_of(v, all[0]).nees, error_of(v, all[1]).nees);
        }
        a.turn_rad_s = k >= kCircles ? 6.0 * base::kRadiansPerDegree : 0.0;
      }
      for (Aircraft& a : all) a.fly(4.0);
    }
  }
  ASSERT_GT(in_doubt, 1000);
  // Of two dimensions, and of the nearer of two; followed as airliners it is 8.
  EXPECT_GT(nees / in_doubt / 2, 0.6);
  EXPECT_LT(nees / in_doubt / 2, 1.2);
}

}  // namespace
}  // namespace liptako::track
