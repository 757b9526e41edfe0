#include "track/near.hpp"

#include <gtest/gtest.h>

#include "base/prng.hpp"
#include "track/sensors/models.hpp"

namespace liptako::track {
namespace {

// Whatever the track does and wherever the plot comes from: a plot that is far is in no gate, and
// most that are in none are known to be far.
TEST(Near, WhatIsFarIsInNoGate) {
  base::Prng prng(41);
  const ImmModel model{ImmOptions()};
  SensorDescription radar = described(SensorKind::polar_radar);
  radar.placed = true;
  radar.site = {base::Angle::from_degrees(13), base::Angle::from_degrees(-3), {}};
  const geo::TangentFrame site(radar.site);
  int far = 0, outside = 0;
  for (int i = 0; i < 20'000; ++i) {
    const double range = prng.uniform(3e3, 300e3), direction = prng.uniform(0, 6.28);
    const double height = prng.uniform(500, 12e3);
    geo::Geodetic origin = geo::geodetic_from_ecef(
        site.ecef_from_enu({range * base::sin(direction), range * base::cos(direction), height}));
    origin.height = base::Length();
    const geo::TangentFrame frame(origin);
    Gaussian g;
    const double heading = prng.uniform(0, 6.28), speed = prng.uniform(0, 300);
    g.mean.x[kVelocityEast] = speed * base::sin(heading);
    g.mean.x[kVelocityNorth] = speed * base::cos(heading);
    const double sd = prng.uniform(20, 1500), speed_sd = prng.uniform(1, 100);
    for (int r = 0; r < 2; ++r) g.P[packed(r, r)] = sd * sd;
    for (int r = 2; r < 4; ++r) g.P[packed(r, r)] = speed_sd * speed_sd;
    Imm imm;
    start(imm, model.options, g);
    (void)predict(imm, model, prng.uniform(0, 20));
    PackedImm packed_imm;
    pack(imm, packed_imm);

    const double dt = prng.uniform(-3, 30);
    Imm then;
    Gaussian before = predict(packed_imm, model, dt, then);
    if (dt < 0) before = retrodict(then, model, -dt);
    // A plot some way off, of an aircraft as high or not.
    const double off = prng.uniform(0, 30e3), aside = prng.uniform(0, 6.28);
    const auto q = site.enu_from_ecef(ecef_at(frame,
                                              before.mean.x[kEast] + off * base::sin(aside),
                                              before.mean.x[kNorth] + off * base::cos(aside),
                                              prng.uniform(0, 12e3)));
    Plot plot;
    plot.slant_range = base::Length::from_metres(std::sqrt(q.x * q.x + q.y * q.y + q.z * q.z));
    plot.azimuth = base::Angle::from_radians(base::wrap_two_pi(base::atan2(q.x, q.y)));
    const Height known{height, prng.below(2) == 0 ? 100.0 : 9e6};
    const Height assumed{prng.uniform(0, 12e3), 9e6};
    const SensorModel& sensor = model_of(SensorKind::polar_radar);
    LinearMeasurement m = sensor.linearise(radar, site, plot, frame, before.mean, known);
    HeightEffect effect;
    if (prng.below(2) == 0) {
      for (int k = 0; k < 2; ++k) effect.d[k] = prng.uniform(-0.5, 0.5);
      for (int k = 2; k < 4; ++k) effect.d[k] = prng.uniform(-5e-3, 5e-3);
    }
    HeightEffect by_then = effect;
    predict(by_then, dt);
    m = considered(m, by_then, known);
    const double sds = 8.0;
    const bool refused = evaluate(before, m).d2 > sds * sds;
    const Seen seen = seen_at(sensor.first_fix(radar, site, plot, assumed), plot);
    const bool is = is_far(packed_imm, model, frame, {known, effect, {}}, seen, dt, sds);
    ASSERT_TRUE(!is || refused) << i;
    far += is ? 1 : 0;
    outside += refused ? 1 : 0;
  }
  EXPECT_GT(outside, 5'000);
  EXPECT_GT(far, 0.2 * outside);
}

}  // namespace
}  // namespace liptako::track
