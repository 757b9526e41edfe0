// Time: integer nanoseconds of UTC (without leap seconds, as POSIX) on the project's own chrono
// clock, which has no now(): only src/io reads a real clock, and what it reads is recorded before
// the core sees it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace liptako::base {

using Duration = std::chrono::nanoseconds;

struct UtcClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<UtcClock, Duration>;
  static constexpr bool is_steady = false;
};

// Nanoseconds since 1970-01-01T00:00:00Z; covers 1678 to 2262.
using Timestamp = UtcClock::time_point;

[[nodiscard]] constexpr Timestamp timestamp_from_ns(std::int64_t ns) {
  return Timestamp(Duration(ns));
}
[[nodiscard]] constexpr std::int64_t to_ns(Timestamp t) { return t.time_since_epoch().count(); }

// Rounded to the nearest nanosecond; requires |s| < 9.2e9.
[[nodiscard]] constexpr Duration seconds(double s) {
  return Duration(static_cast<std::int64_t>(s * 1e9 + (s >= 0 ? 0.5 : -0.5)));
}
[[nodiscard]] constexpr double to_seconds(Duration d) {
  return static_cast<double>(d.count()) * 1e-9;
}

inline constexpr Duration kDay = std::chrono::hours(24);

// 2026-11-22T14:32:07.125Z: RFC 3339 in UTC with exactly three decimals, truncated.
[[nodiscard]] std::string to_rfc3339(Timestamp t);

// Accepts YYYY-MM-DD, or YYYY-MM-DDThh:mm:ss[.fraction]Z. Checks calendar and clock ranges.
[[nodiscard]] Result<Timestamp> parse_rfc3339(std::string_view text);

}  // namespace liptako::base
