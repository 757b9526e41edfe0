// Fixed-lag smoothing: exact where the model is linear with one mode, closer to the truth
// elsewhere, and nothing lost, doubled or out of order.
#include "track/smoothing.hpp"

#include <gtest/gtest.h>

#include "track/scene_for_test.hpp"

namespace liptako::track {
namespace {

using testing::at_second;

struct Scene {
  std::vector<TrackEvent> said, smoothed;
  std::vector<testing::Aircraft> truth;  // by second
};

Scene fly(double lag_s, std::uint64_t seed, double turn_rad_s = 0.025) {
  base::Prng prng(seed);
  const SensorDescription s = testing::radar(13.4, 0.4);
  Tracker tracker;
  tracker.set_sensors({&s, 1});
  FixedLagSmoother smoother(base::seconds(lag_s));
  Scene r;
  testing::Aircraft a;
  a.address = base::IcaoAddress(7);
  std::vector<TrackEvent> events;
  for (int t = 0; t < 400; ++t) {
    r.truth.push_back(a);
    events.clear();
    if (t % 5 == 0) tracker.take(testing::radar_plot(s, 0, a, at_second(t), prng), events);
    tracker.advance(at_second(t), events);
    for (const TrackEvent& e : events) {
      r.said.push_back(e);
      smoother.take(e, r.smoothed);
    }
    a.turn_rad_s = t > 150 && t < 220 ? turn_rad_s : 0.0;
    a.fly(1);
  }
  smoother.finish(r.smoothed);
  return r;
}

double rms(const std::vector<TrackEvent>& events, const Scene& r) {
  double sum = 0;
  int count = 0;
  for (const TrackEvent& e : events) {
    const double t = base::to_seconds(e.view.time - at_second(0));
    if (t < 30) continue;
    const auto error = testing::error_of(e.view, r.truth[static_cast<std::size_t>(std::lround(t))]);
    sum += error.east_m * error.east_m + error.north_m * error.north_m;
    ++count;
  }
  return std::sqrt(sum / count);
}

TEST(Smoothing, ComesCloserToTheTruthInTurnsAndOnTheStraight) {
  double before = 0, after = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const Scene r = fly(20, seed);
    before += rms(r.said, r);
    after += rms(r.smoothed, r);
  }
  EXPECT_LT(after, 0.75 * before);
}

TEST(Smoothing, TellsEveryUpdateOnceInItsOrderAndTheNewestAsItWas) {
  for (const double lag : {1.0, 12.0, 60.0, 1000.0}) {
    const Scene r = fly(lag, 3);
    ASSERT_EQ(r.smoothed.size(), r.said.size());
    for (std::size_t i = 0; i < r.said.size(); ++i) {
      EXPECT_EQ(r.smoothed[i].view.time, r.said[i].view.time);
      EXPECT_EQ(r.smoothed[i].trace.nis, r.said[i].trace.nis);
      // Later plots never make it less sure, but for what moments of modes leave out.
      EXPECT_LT(r.smoothed[i].view.cov_ee_m2 + r.smoothed[i].view.cov_nn_m2,
                1.15 * (r.said[i].view.cov_ee_m2 + r.said[i].view.cov_nn_m2));
    }
    EXPECT_EQ(r.smoothed.back().view.cov_ee_m2, r.said.back().view.cov_ee_m2);
  }
}

// With one mode, two states are a Gaussian in eight numbers: what the second tells of the first is
// the conditional mean, here by information instead of gains. x1 given both plots: the first
// state's information plus what the second plot alone says of it through the motion.
TEST(Smoothing, WithOneModeIsWhatBothPlotsTogetherSay) {
  ImmOptions straight;
  straight.turn_rate = {};
  straight.noise_density = {2, 2, 2, 2, 2};
  const double t = 4, q = 2;
  // One axis: position p and velocity v, prior N(0, diag(100, 400)), then a plot z of the position
  // at t with variance 50.
  const double P[2] = {100, 400}, R = 50, z = 37;
  const double qpp = q * t * t * t / 3, qpv = q * t * t / 2, qvv = q * t;
  const double pp = P[0] + t * t * P[1] + qpp, pv = t * P[1] + qpv, vv = P[1] + qvv;
  const double S = pp + R;
  TrackEvent first, second;
  first.kind = TrackEventKind::started;
  second.kind = TrackEventKind::updated;
  first.view.number = second.view.number = base::TrackNumber{1};
  first.view.time = at_second(0);
  second.view.time = at_second(t);
  const geo::TangentFrame plane(geo::Geodetic{});
  struct Northward {
    double place, speed, P00, P01, P11;
  };
  const auto fill = [&](TrackView& v, const Northward& n) {
    v.position = geo::geodetic_from_ecef(plane.ecef_from_enu({0, n.place, 0}));
    v.velocity_north = base::Speed::from_mps(n.speed);
    v.cov_ee_m2 = v.cov_nn_m2 = n.P00;
    v.cov_position_velocity = {n.P01, 0, 0, n.P01};
    v.cov_velocity = {n.P11, 0, n.P11};
  };
  fill(first.view, {0, 0, P[0], 0, P[1]});
  fill(second.view, {pp / S * z, pv / S * z, pp - pp * pp / S, pv - pp * pv / S, vv - pv * pv / S});
  FixedLagSmoother smoother(base::seconds(100), straight);
  std::vector<TrackEvent> out;
  smoother.take(first, out);
  smoother.take(second, out);
  smoother.finish(out);
  ASSERT_EQ(out.size(), 2u);
  // z = p + t v + noise of variance qpp + R, seen from the first state.
  const double expected_p = P[0] / S * z, expected_v = t * P[1] / S * z;
  const auto p = plane.enu_from_ecef(geo::ecef_from_geodetic(out[0].view.position));
  EXPECT_NEAR(p.y, expected_p, 1e-3);
  EXPECT_NEAR(out[0].view.ground_speed().mps(), expected_v, 1e-4);
  EXPECT_NEAR(out[0].view.cov_nn_m2, P[0] - P[0] * P[0] / S, 1e-6);
  EXPECT_NEAR(out[0].view.cov_velocity[2], P[1] - t * P[1] * t * P[1] / S, 1e-6);
}

TEST(Smoothing, NothingReachesBackOverARestart) {
  const Scene r = fly(1000, 5);
  std::vector<TrackEvent> cut = r.said;
  cut[40].kind = TrackEventKind::restarted;
  FixedLagSmoother smoother(base::seconds(1000));
  std::vector<TrackEvent> out;
  for (const TrackEvent& e : cut) smoother.take(e, out);
  smoother.finish(out);
  ASSERT_EQ(out.size(), cut.size());
  EXPECT_EQ(out[39].view.cov_nn_m2, cut[39].view.cov_nn_m2);
  EXPECT_LT(out[38].view.cov_nn_m2, cut[38].view.cov_nn_m2);
}

}  // namespace
}  // namespace liptako::track
