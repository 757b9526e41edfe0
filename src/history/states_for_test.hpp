// States of made-up flights, for the tests of this folder.
#pragma once

#include <cmath>
#include <vector>

#include "base/math.hpp"
#include "base/prng.hpp"
#include "history/state.hpp"

namespace liptako::history {

// A flight seen every `period_s` or so by a filter that errs as one does. From anywhere, in any
// direction; some states have no altitude, some tell that no plot came.
inline std::vector<State> flight_for_test(std::uint64_t seed, std::size_t count, double period_s) {
  base::Prng prng(seed);
  std::vector<State> states;
  double time_s = 1.79e9 + prng.uniform(0.0, 1e6);
  double plot_s = time_s;
  double latitude = prng.uniform(-80.0, 80.0);
  double longitude = prng.uniform(-180.0, 180.0);
  double speed = prng.uniform(0.0, 350.0);
  double angle = prng.uniform(0.0, 2.0 * base::kPi);
  double altitude = prng.uniform(0.0, 12'000.0);
  double climb = prng.chance(0.5) ? 0.0 : prng.normal(0.0, 10.0);
  const double sd = prng.uniform(5.0, 500.0);
  Identity identity;
  for (std::size_t i = 0; i < count; ++i) {
    const double dt = period_s * prng.uniform(0.9, 1.1);
    time_s += dt;
    const bool seen = !prng.chance(0.1);
    if (seen) plot_s = time_s;
    angle = base::wrap_two_pi(angle + prng.normal(0.0, 0.01));
    speed = std::fabs(speed + prng.normal(0.0, 1.0));
    latitude += speed * dt * base::cos(angle) / 111'000.0 + prng.normal(0.0, 0.1 * sd) / 111'000.0;
    longitude += speed * dt * base::sin(angle) / 111'000.0 + prng.normal(0.0, 0.1 * sd) / 111'000.0;
    if (std::fabs(latitude) > 89.0) latitude = 0.0;
    if (longitude >= 180.0) longitude -= 360.0;
    if (longitude < -180.0) longitude += 360.0;
    altitude += climb * dt;
    if (prng.chance(0.02)) {
      identity.icao_address = base::IcaoAddress(static_cast<std::uint32_t>(prng.below(1 << 24)));
      identity.mode_3a = base::ModeACode(static_cast<std::uint16_t>(prng.below(4096)));
      identity.call_sign = base::CallSign(prng.chance(0.5) ? "AZ 12?" : "MALI0042");
      identity.breaks += static_cast<std::uint32_t>(prng.below(3));
    }
    State s;
    s.time = base::Timestamp(base::seconds(time_s));
    s.last_plot_time = base::Timestamp(base::seconds(plot_s));
    s.latitude = base::Angle::from_degrees(latitude);
    s.longitude = base::Angle::from_degrees(longitude);
    s.ground_speed = base::Speed::from_mps(speed);
    s.track_angle = base::Angle::from_radians(angle);
    if (!prng.chance(0.1)) s.pressure_altitude = base::Length::from_metres(altitude);
    s.vertical_rate = base::Speed::from_mps(climb);
    const double major = sd * prng.uniform(1.0, 1.1);
    const double minor = major * prng.uniform(0.2, 1.0);
    const auto [sin, cos] = base::sincos(prng.uniform(0.0, base::kPi));
    s.covariance = {major * major * cos * cos + minor * minor * sin * sin,
                    (major * major - minor * minor) * sin * cos,
                    major * major * sin * sin + minor * minor * cos * cos};
    s.status = seen ? Status::confirmed : Status::coasting;
    s.existence = prng.uniform();
    s.sensors = prng.chance(0.1) ? prng.next() : prng.below(4);
    s.identity = identity;
    states.push_back(s);
  }
  return states;
}

}  // namespace liptako::history
