// Contributions with every field drawn at random, for tests of what carries them.
#pragma once

#include <algorithm>
#include <vector>

#include "base/prng.hpp"
#include "picture/contribution.hpp"

namespace liptako::share {

inline const base::Timestamp kTestTime = base::timestamp_from_ns(1'795'000'000'000'000'000);

inline picture::Contribution random_contribution(base::Prng& prng, std::uint32_t number) {
  picture::Contribution c;
  c.number = number;
  c.born = kTestTime - base::seconds(prng.uniform(0, 9000));
  c.claim = {c.born, {base::MemberId{static_cast<std::uint8_t>(1 + prng.below(9))}, number}};
  c.time = kTestTime - base::seconds(prng.uniform(0, 5));
  c.plot_time = c.time - base::seconds(prng.uniform(0, 20));
  c.coasting = prng.chance(0.2);
  c.position.latitude = base::Angle::from_degrees(prng.uniform(-89, 89));
  c.position.longitude = base::Angle::from_degrees(prng.uniform(-180, 180));
  c.velocity_east = base::Speed::from_mps(prng.uniform(-300, 300));
  c.velocity_north = base::Speed::from_mps(prng.uniform(-300, 300));
  const double p = prng.uniform(10, 1e6), v = prng.uniform(0.1, 400);
  c.covariance = {p, 0.3 * p, 0, 0, p, 0, 0, v, -0.2 * v, v};
  if (prng.chance(0.7)) c.pressure_altitude = base::Length::from_feet(prng.uniform(0, 40'000));
  c.vertical_rate = base::Speed::from_mps(prng.uniform(-20, 20));
  c.existence = prng.uniform();
  if (prng.chance(0.8))
    c.icao_address = base::IcaoAddress(static_cast<std::uint32_t>(prng.below(1U << 24)));
  if (prng.chance(0.8)) c.mode_3a = base::ModeACode(static_cast<std::uint16_t>(prng.below(4096)));
  if (prng.chance(0.8)) c.call_sign = base::CallSign("MLI217");
  c.kinds = static_cast<std::uint8_t>(prng.below(16));
  c.sensor_count = static_cast<std::uint8_t>(prng.below(picture::Contribution::kMaxSensors + 1));
  for (std::size_t i = 0; i < c.sensor_count; ++i)
    c.sensors[i] = static_cast<picture::SensorTag>(1000 * i + prng.below(1000));
  return c;
}

inline std::vector<picture::Contribution> random_contributions(base::Prng& prng, int count) {
  std::vector<picture::Contribution> out;
  std::uint32_t number = 0;
  for (int i = 0; i < count; ++i) {
    number += 1 + static_cast<std::uint32_t>(prng.below(5));
    out.push_back(random_contribution(prng, number));
  }
  return out;
}

}  // namespace liptako::share
