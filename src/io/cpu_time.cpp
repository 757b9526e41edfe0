#include "io/cpu_time.hpp"

#include <pthread.h>
#include <time.h>

namespace liptako::io {
namespace {

base::Duration read(clockid_t clock) {
  timespec t{};
  if (clock_gettime(clock, &t) != 0) return base::Duration::zero();
  return std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec);
}

}  // namespace

base::Duration cpu_time_of_this_thread() { return read(CLOCK_THREAD_CPUTIME_ID); }

base::Duration cpu_time_of(std::thread& thread) {
  clockid_t clock{};
  if (pthread_getcpuclockid(thread.native_handle(), &clock) != 0) return base::Duration::zero();
  return read(clock);
}

}  // namespace liptako::io
