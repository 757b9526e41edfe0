// For tests of this folder: an aircraft somewhere, a frame near it, a radar that may see it; and
// gradients by differences.
#pragma once

#include <gtest/gtest.h>

#include "base/math.hpp"
#include "base/prng.hpp"
#include "track/imm.hpp"
#include "track/sensors/models.hpp"

namespace liptako::track::testing {

using base::Angle;
using base::Length;
using base::Prng;

struct Case {
  SensorDescription sensor;
  geo::TangentFrame site;
  geo::TangentFrame frame;
  HorizontalState at;
  Height height;
  Plot plot;
};

inline Case random_case(Prng& prng) {
  Case c;
  c.sensor.site = {Angle::from_degrees(prng.uniform(-60, 60)),
                   Angle::from_degrees(prng.uniform(-180, 180)),
                   Length::from_metres(prng.uniform(0, 1500))};
  c.sensor.placed = true;
  c.site = geo::TangentFrame(c.sensor.site);
  const double range = prng.uniform(15e3, 400e3), bearing = prng.uniform(0, 2 * base::kPi);
  geo::Geodetic near = geo::geodetic_from_ecef(
      c.site.ecef_from_enu({range * base::sin(bearing), range * base::cos(bearing), 0}));
  near.height = Length();
  c.frame = geo::TangentFrame(near);
  c.at.x[kEast] = prng.uniform(-20e3, 20e3);
  c.at.x[kNorth] = prng.uniform(-20e3, 20e3);
  c.at.x[kVelocityEast] = prng.uniform(-250, 250);
  c.at.x[kVelocityNorth] = prng.uniform(-250, 250);
  c.height = {prng.uniform(500, 12000), 100.0 * 100.0};
  c.plot.slant_range = Length::from_metres(range);
  c.plot.azimuth = Angle::from_radians(bearing);
  c.plot.latitude = near.latitude;
  c.plot.longitude = near.longitude;
  c.plot.position_sd = Length::from_metres(50);
  c.plot.velocity_sd = base::Speed::from_mps(2);
  return c;
}

// y falls as the prediction rises, so dh/dx = -dy/dx.
template <class Model>
void expect_gradient(const Case& c, Model model, const double scale[2]) {
  const LinearMeasurement m = model(c.at, c.height);
  for (int k = 0; k < kStateSize; ++k) {
    const double step = k < 2 ? 1.0 : 0.1;
    HorizontalState up = c.at, down = c.at;
    up.x[k] += step;
    down.x[k] -= step;
    for (int i = 0; i < 2; ++i) {
      const double numeric = -(model(up, c.height).y[i] - model(down, c.height).y[i]) / (2 * step);
      EXPECT_NEAR(m.H[i][k], numeric, 2e-5 * scale[i]) << "component " << i << ", state " << k;
    }
  }
}

}  // namespace liptako::track::testing
