#include "track/exchange/tracklets.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "base/prng.hpp"
#include "track/cluster/pmbm.hpp"
#include "track/exchange/tracklet_look.hpp"

namespace liptako::track {
namespace {

constexpr double kVariance = 4.0;  // of a plot's axis

Gaussian births() {
  Gaussian g;
  g.P[packed(0, 0)] = g.P[packed(1, 1)] = 150.0 * 150.0;
  g.P[packed(2, 2)] = g.P[packed(3, 3)] = 1.0;
  return g;
}

struct Target {
  HorizontalState x;

  void fly(double noise_density, base::Prng& prng) {
    for (const int axis : {0, 1}) {
      // Of white acceleration over 1 s: variance q / 3 and q, correlation sqrt(3) / 2.
      const double a = prng.normal(), b = prng.normal();
      const double root = std::sqrt(noise_density);
      x.x[axis] += x.x[2 + axis] + root * (0.5 * a + b / std::sqrt(12.0));
      x.x[2 + axis] += root * a;
    }
  }
  [[nodiscard]] PlanePlot seen(base::Prng& prng) const {
    return {x.x[0] + prng.normal(0, 2.0), x.x[1] + prng.normal(0, 2.0)};
  }
};

Target begun(base::Prng& prng) {
  Target t;
  for (int k = 0; k < kStateSize; ++k) t.x.x[k] = prng.normal(0, k < 2 ? 100.0 : 1.0);
  return t;
}

void take(Gaussian& x, const PlanePlot& plot) {
  LinearMeasurement m;
  m.H[0][0] = m.H[1][1] = 1.0;
  m.y[0] = plot.east - x.mean.x[0];
  m.y[1] = plot.north - x.mean.x[1];
  m.R[0] = m.R[2] = kVariance;
  ASSERT_TRUE(kalman_update(x, m));
}

void take(Gaussian& x, const TrackletSource::News& news) {
  const TrackletLook look(news);
  ASSERT_EQ(look.size(), 1U);
  ASSERT_TRUE(kalman_update(x, look.linearise(x, 0)));
  ASSERT_TRUE(kalman_update(x, look.linearise_rest(x, 0)));
}

SharedPicture picture_of(const Gaussian& x, std::uint64_t sequence, double seconds) {
  SharedPicture picture;
  picture.origin = 2;
  picture.sequence = sequence;
  picture.time = base::Timestamp() + base::seconds(seconds);
  picture.sensors = 0b10;
  picture.unseen = 0.02;
  picture.births = 1.0;
  picture.births_at = births();
  picture.tracks.push_back({7, x, 0.99});
  return picture;
}

double nees(const Gaussian& x, const Target& t) {
  LinearMeasurement m;
  m.H[0][0] = m.H[1][1] = 1.0;
  for (int i = 0; i < 2; ++i) m.y[i] = t.x.x[i] - x.mean.x[i];
  return fit(x, m).d2;
}

// Two nodes look each second, the second tells its track every five.
struct Pair {
  ConstantVelocity motion;
  Gaussian own = births();      // of the second: its plots alone
  Gaussian held = births();     // of the first: its plots and what it is told
  Gaussian central = births();  // all plots
  TrackletSource source;
  std::uint64_t told = 0;

  explicit Pair(double noise_density) : motion{noise_density}, source({motion, 1e9, 25.0}, 0b01) {}

  void second(const Target& target, base::Prng& prng) {
    for (Gaussian* x : {&own, &held, &central}) motion.predict(*x, 1.0);
    const PlanePlot first = target.seen(prng), other = target.seen(prng);
    take(held, first);
    take(own, other);
    take(central, first);
    take(central, other);
  }
  // Births move with the targets until they are first seen.
  void tell(double seconds) {
    SharedPicture picture = picture_of(own, ++told, seconds);
    motion.predict(picture.births_at, seconds);
    take(held, source.take(picture));
  }
};

TEST(Tracklets, add_up_to_all_plots_where_motion_has_no_noise) {
  base::Prng prng(1);
  Target target = begun(prng);
  Pair pair(0.0);
  for (int second = 1; second <= 20; ++second) {
    target.fly(0.0, prng);
    pair.second(target, prng);
    if (second % 5 != 0) continue;
    pair.tell(second);
    for (int k = 0; k < kStateSize; ++k)
      EXPECT_NEAR(pair.held.mean.x[k], pair.central.mean.x[k], 1e-6) << second;
    for (int k = 0; k < kPackedSize; ++k)
      EXPECT_NEAR(pair.held.P[k], pair.central.P[k], 1e-6) << second;
  }
  EXPECT_EQ(pair.source.counts().renewed, 0U);
}

TEST(Tracklets, leave_an_honest_covariance_where_motion_has_noise) {
  constexpr double kNoise = 0.05;
  double squares = 0.0, central = 0.0;
  int count = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    base::Prng prng(seed);
    Target target = begun(prng);
    Pair pair(kNoise);
    for (int second = 1; second <= 30; ++second) {
      target.fly(kNoise, prng);
      pair.second(target, prng);
      if (second % 5 != 0) continue;
      pair.tell(second);
      squares += nees(pair.held, target);
      central += nees(pair.central, target);
      ++count;
    }
  }
  EXPECT_NEAR(central / count / 2.0, 1.0, 0.08);  // the test's own honesty
  EXPECT_NEAR(squares / count / 2.0, 1.0, 0.15);
}

TEST(Tracklets, come_from_nothing_that_was_told_or_seen_before) {
  TrackletSource source({}, 0b01);
  Gaussian x = births();
  take(x, PlanePlot{10.0, 20.0});
  EXPECT_EQ(source.take(picture_of(x, 4, 10)).tracklets.size(), 1U);
  EXPECT_FALSE(source.take(picture_of(x, 4, 10)).taken);
  EXPECT_FALSE(source.take(picture_of(x, 3, 11)).taken);
  EXPECT_FALSE(source.take(picture_of(x, 5, 9)).taken);
  SharedPicture of_ours = picture_of(x, 5, 20);
  of_ours.sensors |= 0b01;
  EXPECT_FALSE(source.take(of_ours).taken);
  EXPECT_EQ(source.counts().refused, 4U);
  EXPECT_TRUE(source.take(picture_of(x, 5, 20)).taken);
}

TEST(Tracklets, of_a_number_that_went_elsewhere_count_with_twice_their_covariance) {
  TrackletSource source({}, 0b01);
  Gaussian x = births();
  take(x, PlanePlot{10.0, 20.0});
  take(x, PlanePlot{10.0, 20.0});
  (void)source.take(picture_of(x, 1, 10));
  x.mean.x[0] += 500.0;
  const auto news = source.take(picture_of(x, 2, 11));
  ASSERT_EQ(news.tracklets.size(), 1U);
  EXPECT_EQ(source.counts().renewed, 1U);
  EXPECT_EQ(news.tracklets[0].z.x[0], x.mean.x[0]);
  for (int k = 0; k < kPackedSize; ++k) EXPECT_EQ(news.tracklets[0].R[k], 2.0 * x.P[k]);
}

TEST(Tracklets, are_made_of_sound_tracks_alone) {
  TrackletSource source({}, 0b01);
  SharedPicture picture = picture_of(births(), 1, 10);
  picture.tracks.assign(4, picture.tracks[0]);
  picture.tracks[0].state.mean.x[2] = std::numeric_limits<double>::quiet_NaN();
  picture.tracks[1].state.P[packed(3, 3)] = -1.0;
  picture.tracks[2].existence = std::numeric_limits<double>::quiet_NaN();
  picture.tracks[3].state.P[packed(0, 0)] = std::numeric_limits<double>::infinity();
  const auto news = source.take(picture);
  EXPECT_TRUE(news.taken);
  EXPECT_TRUE(news.tracklets.empty());
}

// Existence of the one target that a filter holds, which it saw once; 0 if it reports none.
double existence_after(const TrackletSource::News& news) {
  PmbmOptions options;
  options.mean_lifetime_s = 100.0;
  options.report.least_existence = 1e-3;
  PmbmFilter<ConstantVelocity> filter(options, {0.01});
  filter.add_undetected(births(), 0.05);
  PlaneSensor sensor;
  sensor.false_per_m2 = 1e-6;
  const PlanePlot plots[] = {{10.0, 20.0}};
  filter.update(PlaneLook(sensor, plots));
  filter.update(TrackletLook(news));
  const auto held = filter.estimate();
  return held.empty() ? 0.0 : held[0].existence;
}

TEST(TrackletLook, makes_what_another_saw_surer_and_what_it_did_not_see_less_sure) {
  const double alone = existence_after({});
  Gaussian x = births();
  for (int k = 0; k < 5; ++k) take(x, PlanePlot{10.5, 19.5});
  TrackletSource source({}, 0b01);
  const auto seen = source.take(picture_of(x, 1, 0));
  EXPECT_GT(alone, 0.1);
  EXPECT_LT(alone, 0.9);
  EXPECT_GT(existence_after(seen), 0.99);
  EXPECT_LT(existence_after({true, 0.02, {}}), 0.2 * alone);
}

}  // namespace
}  // namespace liptako::track
