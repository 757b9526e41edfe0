// The tracker with sensors that compute positions themselves: multilateration and other systems'
// trackers. Properties: what is claimed is what is known, nothing is learned twice, and all kinds
// of sensors make one track.
#include <gtest/gtest.h>

#include "track/scene_for_test.hpp"
#include "track/sensors/models.hpp"

namespace liptako::track {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the scene of this folder's tests
using base::Prng;

SensorDescription mlat() {
  SensorDescription s = described(SensorKind::mlat);
  s.name = "mlat";
  s.sac_sic = {100, 5};
  return s;
}

SensorDescription other_tracker(double memory_s = 15) {
  SensorDescription s = described(SensorKind::tracker);
  s.name = "tracker";
  s.sac_sic = {101, 6};
  s.memory = base::seconds(memory_s);
  return s;
}

Aircraft airliner(std::uint32_t address) {
  Aircraft a;
  a.east_m = -40e3;
  a.north_m = 30e3;
  a.course_rad = 80 * base::kRadiansPerDegree;
  a.address = base::IcaoAddress(address);
  return a;
}

// A report of a position that is off by (east, north) metres.
Plot report(std::uint16_t sensor, const Aircraft& a, base::Timestamp t, double east, double north) {
  const geo::TangentFrame here(geo::geodetic_from_ecef(a.ecef()));
  const auto place = geo::geodetic_from_ecef(here.ecef_from_enu({east, north, 0}));
  Plot p;
  p.time = t;
  p.sensor = sensor;
  p.latitude = place.latitude;
  p.longitude = place.longitude;
  identify(a, p);
  return p;
}

Plot mlat_plot(std::uint16_t sensor, const Aircraft& a, base::Timestamp t, Prng& prng) {
  const double x = prng.normal(0, 1), y = prng.normal(0, 1);
  Plot p = report(sensor, a, t, 60 * x, 15 * (0.8 * x + 0.6 * y));
  p.sd_east = base::Length::from_metres(60);
  p.sd_north = base::Length::from_metres(15);
  p.correlation = 0.8;
  return p;
}

// Reports with an error that fades by `a` from one to the next; 50 m, as stated.
class OtherSystem {
 public:
  OtherSystem(double step_s, double memory_s, Prng& prng)
      : a_(base::exp(-step_s / memory_s)), prng_(prng) {
    for (double& e : error_) e = prng_.normal(0, 50);
  }
  Plot next(std::uint16_t sensor, const Aircraft& aircraft, base::Timestamp t) {
    Plot p = report(sensor, aircraft, t, error_[0], error_[1]);
    p.sd_east = p.sd_north = base::Length::from_metres(50);
    for (double& e : error_) e = a_ * e + prng_.normal(0, 50 * std::sqrt(1 - a_ * a_));
    return p;
  }

 private:
  double a_;
  double error_[2] = {};
  Prng& prng_;
};

struct Scene {
  explicit Scene(std::vector<SensorDescription> with) { tracker.set_sensors(with); }
  void take(const Plot& p) {
    tracker.take(p, events);
    tracker.advance(p.time, events);
  }
  [[nodiscard]] std::vector<TrackView> tracks(double s) const {
    std::vector<TrackView> views;
    tracker.for_each_track(
        [&](std::uint32_t slot) { views.push_back(tracker.view(slot, at_second(s))); });
    return views;
  }
  Tracker tracker;
  std::vector<TrackEvent> events;
};

TEST(ComputedSensors, AMultilaterationTrackClaimsWhatItKnows) {
  double nees = 0;
  int count = 0;
  double nis = 0;
  int updates = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Prng prng(seed);
    Scene run({mlat()});
    Aircraft a = airliner(0x400001);
    for (int t = 0; t < 60; ++t, a.fly(1)) {
      run.events.clear();
      run.take(mlat_plot(0, a, at_second(t), prng));
      const auto tracks = run.tracks(t);
      ASSERT_EQ(tracks.size(), 1u);
      if (t < 20) continue;
      nees += error_of(tracks[0], a).nees;
      nis += run.events.back().trace.nis;
      ++updates;
      ++count;
    }
  }
  // Two degrees of freedom. The filter allows for turns that do not come, so it is a little
  // cautious.
  EXPECT_LT(nees / count, 2.2);
  EXPECT_GT(nees / count, 0.8);
  EXPECT_NEAR(nis / updates, 2.0, 0.2);
}

// The other tracker says 50 m every second, and errs the same way for a quarter of a minute.
TEST(ComputedSensors, ATrackOnAnotherSystemsTracksIsNotSurerThanTheyAre) {
  const auto mean_nees = [](double step_s, double believed_memory_s) {
    double nees = 0;
    int count = 0;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
      Prng prng(seed);
      SensorDescription sensor = other_tracker(believed_memory_s);
      sensor.period = base::seconds(step_s);
      Scene run({sensor});
      OtherSystem other(step_s, 15, prng);
      Aircraft a = airliner(0x400002);
      for (double t = 0; t < 120; t += step_s, a.fly(step_s)) {
        run.take(other.next(0, a, at_second(t)));
        const auto tracks = run.tracks(t);
        EXPECT_EQ(tracks.size(), 1u);
        if (t < 40) continue;
        nees += error_of(tracks[0], a).nees;
        ++count;
      }
    }
    return nees / count;
  };
  for (const double step_s : {1.0, 5.0}) {
    EXPECT_LT(mean_nees(step_s, 15), 2.6) << step_s;
    EXPECT_GT(mean_nees(step_s, 15), 0.5) << step_s;
  }
  // What the model is for: taken as independent, the same reports make a track far too sure.
  EXPECT_GT(mean_nees(1, 0.1), 6.0);
}

TEST(ComputedSensors, ATurnIsFollowedThroughAnotherSystemsTracks) {
  Prng prng(7);
  SensorDescription sensor = other_tracker();
  Scene run({sensor});
  Aircraft a = airliner(0x400003);
  double worst_m = 0;
  for (int t = 0; t < 180; t += 5, a.fly(5)) {
    a.turn_rad_s = t >= 60 && t < 120 ? 2.0 * base::kRadiansPerDegree : 0.0;
    Plot p = report(0, a, at_second(t), prng.normal(0, 20), prng.normal(0, 20));
    p.sd_east = p.sd_north = base::Length::from_metres(50);
    p.velocity_east = base::Speed::from_mps(a.speed_mps * base::sin(a.course_rad));
    p.velocity_north = base::Speed::from_mps(a.speed_mps * base::cos(a.course_rad));
    p.velocity_sd = base::Speed::from_mps(5);
    run.take(p);
    const auto tracks = run.tracks(t);
    ASSERT_EQ(tracks.size(), 1u) << t;
    const Error e = error_of(tracks[0], a);
    worst_m = std::max(worst_m, std::hypot(e.east_m, e.north_m));
  }
  EXPECT_LT(worst_m, 400);
  EXPECT_EQ(run.tracker.counters().restarted, 0u);
}

TEST(ComputedSensors, WhatOurOwnSensorSawIsNotLearnedAgainFromATrackerThatCarriesIt) {
  SensorDescription carrying = other_tracker();
  carrying.carries = 1;  // the radar
  Scene with({radar(12.9, -0.6), carrying}), without({radar(12.9, -0.6), carrying});
  Prng prng(8);
  Aircraft a = airliner(0x400004);
  const auto fly_and_report = [&](double from, double to, bool radar_works) {
    for (double t = from; t < to; t += 1, a.fly(1)) {
      if (radar_works && static_cast<int>(t) % 5 == 0) {
        const Plot p = radar_plot(radar(12.9, -0.6), 0, a, at_second(t), prng);
        with.take(p);
        without.take(p);
      }
      Plot told = report(1, a, at_second(t + 0.5), 300, 0);
      told.sd_east = told.sd_north = base::Length::from_metres(10);
      told.call_sign = base::CallSign("AFR1");
      with.take(told);
    }
  };
  fly_and_report(0, 60, true);
  EXPECT_EQ(with.tracker.counters().nothing_new, 60u);
  ASSERT_EQ(with.tracks(60).size(), 1u);
  const TrackView told = with.tracks(60)[0], alone = without.tracks(60)[0];
  EXPECT_EQ(told.position.latitude.radians(), alone.position.latitude.radians());
  EXPECT_EQ(told.cov_ee_m2, alone.cov_ee_m2);
  EXPECT_EQ(told.sensors, 1u);
  EXPECT_EQ(told.call_sign.view(), "AFR1");
  // The radar falls silent: after its period and the other's memory the other's word is news.
  fly_and_report(60, 90, false);
  ASSERT_EQ(with.tracks(90).size(), 1u);
  EXPECT_EQ(with.tracks(90)[0].sensors, 3u);
  EXPECT_GT(with.tracker.counters().nothing_new, 60u);
  EXPECT_LT(with.tracker.counters().nothing_new, 90u);
}

TEST(ComputedSensors, AllKindsOfSensorsMakeOneTrackOfOneAircraft) {
  const std::vector<SensorDescription> sensors = {
      radar(12.9, -0.6), ads_b_station(), mlat(), other_tracker()};
  Scene run(sensors);
  Prng prng(9);
  OtherSystem other(5, 15, prng);
  Aircraft a = airliner(0x400005);
  for (int t = 0; t < 120; ++t, a.fly(1)) {
    if (t % 5 == 0) run.take(radar_plot(sensors[0], 0, a, at_second(t), prng));
    run.take(ads_b_plot(1, a, at_second(t), prng));
    run.take(mlat_plot(2, a, at_second(t), prng));
    if (t % 5 == 2) run.take(other.next(3, a, at_second(t)));
  }
  const auto tracks = run.tracks(119);
  ASSERT_EQ(tracks.size(), 1u);
  EXPECT_EQ(tracks[0].sensors, 0b1111u);
  EXPECT_EQ(run.tracker.counters().used, run.tracker.counters().plots - 1);
}

TEST(ComputedSensors, ASnapshotGoesOnIdentically) {
  SensorDescription carrying = other_tracker();
  carrying.carries = 1;
  Scene run({mlat(), carrying});
  Prng prng(10);
  Aircraft a = airliner(0x400006);
  for (int t = 0; t < 30; ++t, a.fly(1)) run.take(mlat_plot(0, a, at_second(t), prng));
  base::Bytes bytes;
  base::ByteWriter out(bytes);
  run.tracker.save(out);
  base::ByteReader in(bytes);
  auto again = Tracker::load({}, in);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->sensors()[1].carries, 1u);
  std::vector<TrackEvent> events;
  for (int t = 30; t < 60; ++t, a.fly(1)) {
    const Plot p =
        t % 2 == 0 ? mlat_plot(0, a, at_second(t), prng) : report(1, a, at_second(t), 0, 0);
    run.take(p);
    again->take(p, events);
    again->advance(p.time, events);
  }
  base::Bytes one, other;
  base::ByteWriter one_out(one), other_out(other);
  run.tracker.save(one_out);
  again->save(other_out);
  EXPECT_EQ(one, other);
}

}  // namespace
}  // namespace liptako::track
