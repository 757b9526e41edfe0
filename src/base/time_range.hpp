// Which times the core reckons with. Times from outside (a broken clock, a damaged record, hostile
// data) are checked here before anything is computed from them: the difference of two that passed,
// a day more or less, cannot overflow.
#pragma once

#include "base/time.hpp"

namespace liptako::base {

inline constexpr Timestamp kFirstTime = timestamp_from_ns(0);                          // 1970
inline constexpr Timestamp kEndOfTime = timestamp_from_ns(7'258'118'400'000'000'000);  // 2200

[[nodiscard]] constexpr bool is_reckonable(Timestamp t) {
  return t >= kFirstTime && t < kEndOfTime;
}

}  // namespace liptako::base
