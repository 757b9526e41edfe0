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

// Four minutes of one aircraft in straight flight and turns, seen by a radar on time and by ADS-B up
// to `most_late` seconds late, in order of arrival.
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

  Tracked() {
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

TEST(Rollback, holds_what_plots_in_order_would_have_given) {
  for (const double most_late : {2.0, 5.0, 9.0}) {
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
    EXPECT_LT(geo::rough_distance(a.position, b.position).metres(), 0.1) << most_late;
    EXPECT_NEAR(a.cov_ee_m2 / b.cov_ee_m2, 1.0, 1e-3) << most_late;
    EXPECT_NEAR(a.ground_speed.mps(), b.ground_speed.mps(), 0.01) << most_late;
  }
}

}  // namespace
}  // namespace liptako::track
