// Reading decisions from the fuzzer's bytes.
#pragma once

#include <algorithm>
#include <cstring>

#include "base/bytes.hpp"

namespace liptako::fuzzing {

// One decision after the other; zeros when the bytes run out.
class Choices {
 public:
  explicit Choices(base::ByteView bytes) : bytes_(bytes) {}

  template <class T>
  [[nodiscard]] T any() {
    T value{};
    const base::ByteView taken = take(sizeof(T));
    if (!taken.empty()) std::memcpy(&value, taken.data(), taken.size());
    return value;
  }
  // Below `bound`, which is at most 65,536.
  [[nodiscard]] std::uint32_t below(std::uint32_t bound) { return any<std::uint16_t>() % bound; }
  [[nodiscard]] base::ByteView take(std::size_t count) {
    const base::ByteView taken = bytes_.first(std::min(count, bytes_.size()));
    bytes_ = bytes_.subspan(taken.size());
    return taken;
  }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  [[nodiscard]] std::size_t remaining() const { return bytes_.size(); }

 private:
  base::ByteView bytes_;
};

}  // namespace liptako::fuzzing
