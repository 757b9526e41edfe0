// How much processor time threads have used.
#pragma once

#include <thread>

#include "base/time.hpp"

namespace liptako::io {

[[nodiscard]] base::Duration cpu_time_of_this_thread();
// Requires that the thread has not ended.
[[nodiscard]] base::Duration cpu_time_of(std::thread& thread);

}  // namespace liptako::io
