#include "base/time.hpp"

#include <gtest/gtest.h>

#include "base/prng.hpp"

namespace liptako::base {
namespace {

TEST(Time, FormattingThenParsingGivesTheSameMillisecond) {
  Prng prng(1);
  for (int i = 0; i < 2000; ++i) {
    const auto ms = static_cast<std::int64_t>(prng.below(4'000'000'000'000u)) - 500'000'000'000;
    const Timestamp t{std::chrono::milliseconds(ms)};
    const auto parsed = parse_rfc3339(to_rfc3339(t));
    ASSERT_TRUE(parsed.has_value()) << to_rfc3339(t);
    EXPECT_EQ(*parsed, t);
  }
}

TEST(Time, KnownInstantsAreRight) {
  EXPECT_EQ(to_rfc3339(timestamp_from_ns(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_ns(*parse_rfc3339("2000-03-01T00:00:00Z")), 951'868'800'000'000'000);
  EXPECT_EQ(to_ns(*parse_rfc3339("2026-11-22")), 1'795'305'600'000'000'000);
  EXPECT_EQ(to_ns(*parse_rfc3339("1970-01-01T00:00:00.000000001Z")), 1);
}

TEST(Time, WhatIsNotATimeIsRefused) {
  for (const char* text : {"",
                           "2026",
                           "2026-02-29",
                           "2026-13-01",
                           "2026-11-22T24:00:00Z",
                           "2026-11-22T10:00:00",
                           "2026-11-22T10:00:00+01:00",
                           "2026-11-22T10:00:00.Z",
                           "2026-11-22 10:00:00Z",
                           "9999-01-01"}) {
    EXPECT_FALSE(parse_rfc3339(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace liptako::base
