#include "io/random.hpp"

#include <sys/random.h>

#include <cerrno>

#include "base/check.hpp"

namespace liptako::io {

void fill_random(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const ssize_t got = ::getrandom(out.data(), out.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    CHECK(got > 0);
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace liptako::io
