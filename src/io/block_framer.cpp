#include "io/block_framer.hpp"

#include <fmt/format.h>

#include <cstring>

#include "base/check.hpp"

namespace liptako::io {

std::span<std::uint8_t> BlockFramer::room() {
  buffer_.resize(kBuffer);
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    consumed_ += begin_;
    end_ -= begin_;
    begin_ = 0;
  }
  return std::span(buffer_).subspan(end_);
}

void BlockFramer::commit(std::size_t count) {
  CHECK(count <= buffer_.size() - end_);
  end_ += count;
}

base::Result<std::optional<base::ByteView>> BlockFramer::next() {
  const base::ByteView rest = base::ByteView(buffer_).subspan(begin_, end_ - begin_);
  if (rest.size() < 3) return std::nullopt;
  const std::size_t length = rest[1] * 256u + rest[2];
  if (rest[0] == 0 || length < kMinBlock || length > kMaxBlock) {
    return base::bad_input(fmt::format(
        "category {}, block length {} at byte {}", rest[0], length, consumed_ + begin_));
  }
  if (rest.size() < length) return std::nullopt;
  begin_ += length;
  ++blocks_;
  return rest.first(length);
}

}  // namespace liptako::io
