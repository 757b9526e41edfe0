#include <gtest/gtest.h>

#include <algorithm>

#include "track/scene_for_test.hpp"

namespace liptako::track {
namespace {

using testing::at_second;

struct Arrival {
  double at_s = 0.0;
  Plot plot;
};

// Four minutes of one aircraft in straight flight and turns, seen by a radar on time and by ADS-B
// up to `most_late` seconds late, in order of arrival.
std::vector<Arrival> flight(double most_late, std::uint64_t seed) {
  const std::vector<SensorDescription> sensors = {testing::radar(13.4, 0.0, 4.0),
                                                  testing::ads_b_station()};
  base::Prng prng(seed);
  testing::Aircraft aircraft;
  aircraft.address = base::IcaoAddress(0x400000);
  std::vector<Arrival> arrivals;
  for (int second = 0; second < 240; ++second) {
    aircraft.turn_rad_s = second % 80 > 50 ? 2.0 * base::kRadiansPerDegree : 0.0;
    const base::Timestamp at = at_second(second);
    if (second % 4 == 0)
      arrivals.push_back({1.0 * second, testing::radar_plot(sensors[0], 0, aircraft, at, prng)});
    aircraft.fly(0.5);
    arrivals.push_back({second + 0.5 + prng.uniform(0.0, most_late),
                        testing::ads_b_plot(1, aircraft, at_second(second + 0.5), prng)});
    aircraft.fly(0.5);
  }
  std::ranges::stable_sort(arrivals, {}, &Arrival::at_s);
  return arrivals;
}

struct Tracked {
  Tracker tracker;
  std::vector<TrackEvent> events;

  // What is learnt of the station depends on when its reports come. These err anew each time.
  static TrackerOptions options() {
    TrackerOptions o;
    o.fresh_share = 1.0;
    return o;
  }

  explicit Tracked(const TrackerOptions& with = options()) : tracker(with) {
    const std::vector<SensorDescription> sensors = {testing::radar(13.4, 0.0, 4.0),
                                                    testing::ads_b_station()};
    tracker.set_sensors(sensors);
  }
  void take(const Plot& plot) {
    events.clear();
    tracker.take(plot, events);
  }
  [[nodiscard]] TrackView view(double s) const {
    TrackView out;
    tracker.for_each_track([&](std::uint32_t slot) { out = tracker.view(slot, at_second(s)); });
    return out;
  }
};

base::Bytes saved(const Tracker& tracker) {
  base::Bytes bytes;
  base::ByteWriter out(bytes);
  tracker.save(out);
  return bytes;
}

TEST(Rollback, holds_what_plots_in_order_would_have_given) {
  for (const double most_late : {5.0, 9.0}) {
    auto arrivals = flight(most_late, 1);
    Tracked as_they_come;
    for (const Arrival& arrival : arrivals) as_they_come.take(arrival.plot);
    std::ranges::stable_sort(
        arrivals, [](const Arrival& a, const Arrival& b) { return a.plot.time < b.plot.time; });
    Tracked in_order;
    for (const Arrival& arrival : arrivals) in_order.take(arrival.plot);
    ASSERT_EQ(as_they_come.tracker.track_count(), 1U);
    EXPECT_EQ(as_they_come.tracker.counters().used, in_order.tracker.counters().used);
    const TrackView a = as_they_come.view(240);
    const TrackView b = in_order.view(240);
    // Up to what the first plots did, of which nobody knew yet that they would come late.
    EXPECT_LT(geo::rough_distance(a.position, b.position).metres(), 0.3) << most_late;
    // How much of a report is news is judged at its fit, which differs in the last digits.
    EXPECT_NEAR(a.cov_ee_m2 / b.cov_ee_m2, 1.0, 1e-2) << most_late;
    EXPECT_NEAR(a.ground_speed().mps(), b.ground_speed().mps(), 0.01) << most_late;
  }
}

TEST(Retrodiction, of_one_second_errs_less_in_a_turn_than_the_track_itself) {
  double apart = 0.0, variance = 0.0;
  TrackerOptions without = Tracked::options();
  without.max_pasts = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    auto arrivals = flight(0.9, seed);
    Tracked as_they_come(without);
    for (const Arrival& arrival : arrivals) as_they_come.take(arrival.plot);
    std::ranges::stable_sort(
        arrivals, [](const Arrival& a, const Arrival& b) { return a.plot.time < b.plot.time; });
    Tracked in_order;
    for (const Arrival& arrival : arrivals) in_order.take(arrival.plot);
    const TrackView a = as_they_come.view(240);
    const TrackView b = in_order.view(240);
    const double distance = geo::rough_distance(a.position, b.position).metres();
    apart += distance * distance;
    variance += b.cov_ee_m2 + b.cov_nn_m2;
  }
  EXPECT_LT(apart, 0.2 * variance);
}

TEST(Rollback, begins_where_an_aircraft_may_fly_otherwise_by_more_than_the_plot_errs) {
  using namespace std::chrono_literals;
  constexpr double kNoise = 4.0;
  Plot plot;
  EXPECT_FALSE(Rollback::is_late(plot, 1s, kNoise));
  EXPECT_TRUE(Rollback::is_late(plot, 1001ms, kNoise));
  plot.velocity_sd = base::Speed::from_mps(1);
  EXPECT_FALSE(Rollback::is_late(plot, 249ms, kNoise));
  EXPECT_TRUE(Rollback::is_late(plot, 251ms, kNoise));
  plot.velocity_sd = base::Speed::from_mps(5);
  EXPECT_FALSE(Rollback::is_late(plot, 1s, kNoise));
  EXPECT_TRUE(Rollback::is_late(plot, 1001ms, kNoise));
}

TEST(Rollback, keeps_reports_with_velocities_in_order_that_are_late_by_less_than_a_second) {
  for (const std::uint64_t seed : {8, 9, 10}) {
    auto arrivals = flight(0.9, seed);
    Tracked as_they_come;
    for (const Arrival& arrival : arrivals) as_they_come.take(arrival.plot);
    std::ranges::stable_sort(
        arrivals, [](const Arrival& a, const Arrival& b) { return a.plot.time < b.plot.time; });
    Tracked in_order;
    for (const Arrival& arrival : arrivals) in_order.take(arrival.plot);
    const TrackView a = as_they_come.view(240), b = in_order.view(240);
    EXPECT_GT(as_they_come.tracker.counters().rolled_back, 10U);
    EXPECT_LT(geo::rough_distance(a.position, b.position).metres(), 0.3) << seed;
    EXPECT_NEAR(a.ground_speed().mps(), b.ground_speed().mps(), 0.05) << seed;
  }
}

// An aircraft may have changed its velocity in a second by more than the report errs.
TEST(Retrodiction, does_not_make_an_overtaken_velocity_one_of_now) {
  TrackerOptions without = Tracked::options();
  without.max_pasts = 0;
  for (const std::uint64_t seed : {11, 12, 13}) {
    auto arrivals = flight(0.0, seed);
    std::erase_if(arrivals, [](const Arrival& arrival) { return arrival.plot.sensor == 0; });
    Tracked in_order;
    for (const Arrival& arrival : arrivals) in_order.take(arrival.plot);
    std::swap(arrivals.end()[-1], arrivals.end()[-2]);
    Tracked overtaken(without);
    for (const Arrival& arrival : arrivals) overtaken.take(arrival.plot);
    for (Tracked* one : {&in_order, &overtaken}) one->tracker.finish(one->events);
    const TrackView a = overtaken.view(240), b = in_order.view(240);
    EXPECT_GT(a.cov_velocity[0] + a.cov_velocity[2], 0.75 * (b.cov_velocity[0] + b.cov_velocity[2]))
        << seed;
  }
}

TEST(Rollback, goes_on_identically_from_a_snapshot_taken_anywhere) {
  const auto arrivals = flight(9.0, 2);
  for (const std::size_t cut : {std::size_t{20}, std::size_t{90}, std::size_t{200}}) {
    Tracked whole;
    for (std::size_t i = 0; i < cut; ++i) whole.take(arrivals[i].plot);
    const base::Bytes taken = saved(whole.tracker);
    base::ByteReader in(taken);
    auto loaded = Tracker::load(Tracked::options(), in);
    ASSERT_TRUE(loaded.has_value());
    EXPECT_EQ(in.remaining(), 0U);
    Tracked resumed;
    resumed.tracker = std::move(*loaded);
    for (std::size_t i = cut; i < arrivals.size(); ++i) {
      whole.take(arrivals[i].plot);
      resumed.take(arrivals[i].plot);
    }
    EXPECT_GT(whole.tracker.counters().rolled_back, 50U);
    EXPECT_EQ(saved(whole.tracker), saved(resumed.tracker)) << cut;
  }
}

TEST(Rollback, keeps_nothing_where_plots_come_in_order_and_no_more_than_it_may) {
  Tracked in_order;
  for (const Arrival& arrival : flight(0.0, 3)) in_order.take(arrival.plot);
  EXPECT_EQ(in_order.tracker.pasts_kept(), 0U);

  TrackerOptions one;
  one.max_pasts = 1;
  Tracker tracker(one);
  const std::vector<SensorDescription> sensors = {testing::radar(13.4, 0.0, 4.0),
                                                  testing::ads_b_station()};
  tracker.set_sensors(sensors);
  std::vector<TrackEvent> events;
  const auto first = flight(5.0, 4);
  auto second = flight(5.0, 5);
  for (Arrival& arrival : second) arrival.plot.icao_address = base::IcaoAddress(0x400001);
  for (std::size_t i = 0; i < first.size() && i < second.size(); ++i) {
    tracker.take(first[i].plot, events);
    tracker.take(second[i].plot, events);
    EXPECT_LE(tracker.pasts_kept(), 1U);
  }
  EXPECT_EQ(tracker.pasts_kept(), 1U);
  EXPECT_EQ(tracker.track_count(), 2U);
}

// A plot older than max_lag against its track is counted and begins no other, whether it has an
// address or not.
TEST(Rollback, a_plot_older_than_its_track_s_past_is_counted_and_begins_no_track) {
  for (const bool addressed : {true, false}) {
    Tracked tracked;
    auto arrivals = flight(0.0, 6);
    std::vector<Plot> radar_plots;
    for (const Arrival& arrival : arrivals) {
      if (arrival.plot.sensor != 0) continue;
      radar_plots.push_back(arrival.plot);
      if (!addressed) radar_plots.back().icao_address.reset();
    }
    for (std::size_t i = 0; i < 40; ++i) {
      if (i != 30) tracked.take(radar_plots[i]);
    }
    ASSERT_EQ(tracked.tracker.track_count(), 1U);
    const std::uint64_t started = tracked.tracker.counters().started;
    tracked.take(radar_plots[30]);
    tracked.take(radar_plots[40]);  // the instant before is shared out
    EXPECT_EQ(tracked.tracker.counters().late, 1U);
    EXPECT_EQ(tracked.tracker.counters().started, started);
    EXPECT_EQ(tracked.tracker.track_count(), 1U);
  }
}

TEST(Rollback, what_a_wrong_height_did_to_the_velocity_ends_with_velocities_told) {
  Tracked tracked;
  for (const Arrival& arrival : flight(0.0, 7)) tracked.take(arrival.plot);
  const TrackView v = tracked.view(240);
  EXPECT_LT(v.cov_ee_m2 + v.cov_nn_m2, 60.0 * 60.0);
}

}  // namespace
}  // namespace liptako::track
