// The machine's clocks behind base::Clock: the only place where time is read.
#pragma once

#include <optional>

#include "base/seams.hpp"

namespace liptako::io {

// CLOCK_REALTIME and CLOCK_BOOTTIME. Without state: any thread may use one.
class SystemClock final : public base::Clock {
 public:
  [[nodiscard]] base::Timestamp utc_now() override;
  [[nodiscard]] base::Duration monotonic_now() override;
};

// How far from UTC the system's time service says its clock may be; none if it says that the clock
// is not synchronised.
[[nodiscard]] std::optional<base::Duration> clock_error_bound();

// Gives up the processor for about this long. For drivers of simulated worlds, which follow the
// real clock.
void pause_for(base::Duration duration);

}  // namespace liptako::io
