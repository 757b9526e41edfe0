// When a periodic report on a flight is due: each flight at its own place within the interval.
#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace liptako::sim {

// Calls f(instant, its number) for each instant of (begin, end] that lies a whole number of
// intervals after start + phase.
template <class F>
void each_due(base::Timestamp start,
              base::Duration phase,
              base::Duration interval,
              base::Timestamp begin,
              base::Timestamp end,
              F&& f) {
  const std::int64_t since = (begin - start - phase).count();
  const std::int64_t length = interval.count();
  std::int64_t turn = since >= 0 ? since / length + 1 : -((-since - 1) / length);
  for (base::Timestamp due = start + phase + turn * interval; due <= end; due += interval) {
    f(due, turn++);
  }
}

// The place within the interval, from a flight's seed.
[[nodiscard]] inline base::Duration due_phase(std::uint64_t seed, base::Duration interval) {
  return base::Duration(
      static_cast<std::int64_t>(seed % static_cast<std::uint64_t>(interval.count())));
}

}  // namespace liptako::sim
