#include "codec/modes/registers.hpp"

#include <gtest/gtest.h>

#include "base/prng.hpp"

namespace liptako::codec::modes {
namespace {

// Registers as the bits of their fields, each behind its status bit, from the specification's
// tables.
std::uint64_t bits(std::uint64_t message, unsigned last, std::int64_t value, unsigned count) {
  const std::uint64_t mask = (std::uint64_t{1} << count) - 1;
  return message | (static_cast<std::uint64_t>(value) & mask) << (56 - last);
}
std::uint64_t turning(std::int64_t roll, std::int64_t rate) {
  std::uint64_t m = 0;
  m = bits(bits(m, 1, 1, 1), 11, roll, 10);
  m = bits(bits(m, 12, 1, 1), 23, -512, 11);  // 270 degrees
  m = bits(bits(m, 24, 1, 1), 34, 219, 10);   // 438 kt
  m = bits(bits(m, 35, 1, 1), 45, rate, 10);
  return bits(bits(m, 46, 1, 1), 56, 212, 10);  // 424 kt
}

TEST(Registers, TrackAndTurnByHand) {
  const auto r = track_and_turn(turning(-128, -32));
  ASSERT_TRUE(r);
  EXPECT_EQ(r->roll->degrees(), -22.5);
  EXPECT_EQ(r->true_track->degrees(), 270.0);
  EXPECT_NEAR(r->ground_speed->knots(), 438.0, 1e-9);
  EXPECT_EQ(r->track_rate_deg_s, -1.0);
  EXPECT_NEAR(r->true_air_speed->knots(), 424.0, 1e-9);
}

TEST(Registers, HeadingAndSpeedByHand) {
  std::uint64_t m = 0;
  m = bits(bits(m, 1, 1, 1), 12, 512, 11);   // 90 degrees
  m = bits(bits(m, 13, 1, 1), 23, 252, 10);  // 252 kt
  m = bits(bits(m, 24, 1, 1), 34, 105, 10);  // Mach 0.42
  m = bits(bits(m, 35, 1, 1), 45, -60, 10);  // -1920 ft/min
  m = bits(bits(m, 46, 1, 1), 56, -62, 10);  // -1984 ft/min
  const auto r = heading_and_speed(m);
  ASSERT_TRUE(r);
  EXPECT_EQ(r->magnetic_heading->degrees(), 90.0);
  EXPECT_NEAR(r->indicated_air_speed->knots(), 252.0, 1e-9);
  EXPECT_NEAR(*r->mach, 0.42, 1e-12);
  EXPECT_NEAR(r->barometric_rate->feet_per_minute(), -1920.0, 1e-9);
  EXPECT_NEAR(r->inertial_rate->feet_per_minute(), -1984.0, 1e-9);
}

TEST(Registers, WhatIsNotThereIsNotRead) {
  const auto none = track_and_turn(0);
  ASSERT_TRUE(none);
  EXPECT_FALSE(none->roll || none->true_track || none->ground_speed || none->track_rate_deg_s ||
               none->true_air_speed);
  // A value without its status bit is no such register.
  EXPECT_FALSE(track_and_turn(bits(0, 11, 5, 10)));
  EXPECT_FALSE(heading_and_speed(bits(0, 56, 5, 10)));
}

TEST(Registers, WhatContradictsItselfIsRefused) {
  EXPECT_TRUE(track_and_turn(turning(100, 20)));
  EXPECT_FALSE(track_and_turn(turning(100, -20)));  // banked right, turning left
  EXPECT_FALSE(track_and_turn(turning(300, 20)));   // 53 degrees of bank
}

TEST(Registers, AnyBitsAreReadOrRefused) {
  base::Prng prng(9);
  int read = 0;
  for (int i = 0; i < 100'000; ++i) {
    const std::uint64_t message = prng.next() >> 8;
    const auto a = track_and_turn(message);
    const auto b = heading_and_speed(message);
    read += a.has_value() + b.has_value();
    if (a && a->true_track) {
      EXPECT_GE(a->true_track->degrees(), 0.0);
      EXPECT_LT(a->true_track->degrees(), 360.0);
    }
  }
  // Noise is rarely one of them.
  EXPECT_LT(read, 20'000);
}

}  // namespace
}  // namespace liptako::codec::modes
