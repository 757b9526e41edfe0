#include "io/clock.hpp"

#include <sys/timex.h>

#include <ctime>

#include "base/check.hpp"

namespace liptako::io {
namespace {

std::int64_t read_ns(clockid_t clock) {
  timespec now{};
  CHECK(clock_gettime(clock, &now) == 0);
  return now.tv_sec * std::int64_t{1'000'000'000} + now.tv_nsec;
}

}  // namespace

base::Timestamp SystemClock::utc_now() { return base::timestamp_from_ns(read_ns(CLOCK_REALTIME)); }
base::Duration SystemClock::monotonic_now() { return base::Duration(read_ns(CLOCK_BOOTTIME)); }

std::optional<base::Duration> clock_error_bound() {
  timex asked{};  // modes 0: reads only
  const int state = adjtimex(&asked);
  if (state < 0 || state == TIME_ERROR || (asked.status & STA_UNSYNC) != 0) return std::nullopt;
  return std::chrono::microseconds(asked.maxerror);
}

void pause_for(base::Duration duration) {
  if (duration <= base::Duration::zero()) return;
  timespec wait{static_cast<time_t>(duration.count() / 1'000'000'000),
                static_cast<long>(duration.count() % 1'000'000'000)};
  (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &wait, nullptr);
}

}  // namespace liptako::io
