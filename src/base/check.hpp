// CHECK: a broken invariant is a bug, in release builds too. The process stops, restarts and
// recovers from its record. Never used for input from outside: that is a Result (result.hpp).
#pragma once

namespace liptako::base {

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace liptako::base

#define CHECK(condition)                                             \
  do {                                                               \
    if (!(condition)) [[unlikely]] {                                 \
      ::liptako::base::check_failed(#condition, __FILE__, __LINE__); \
    }                                                                \
  } while (false)
