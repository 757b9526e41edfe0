#include "io/stream_framer.hpp"

#include <fmt/format.h>

#include <cstring>

#include "base/check.hpp"

namespace liptako::io {

base::Result<std::size_t> cut_data_block(base::ByteView rest, std::uint64_t at) {
  // Category, length, and at least one byte of field specification.
  constexpr std::size_t kMinBlock = 4;
  if (rest.size() < 3) return 0;
  const std::size_t length = rest[1] * 256u + rest[2];
  if (rest[0] == 0 || length < kMinBlock || length > kMaxPayload) {
    return base::bad_input(
        fmt::format("category {}, block length {} at byte {}", rest[0], length, at));
  }
  return rest.size() < length ? 0 : length;
}

std::span<std::uint8_t> StreamFramer::room() {
  buffer_.resize(kBuffer);
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    consumed_ += begin_;
    end_ -= begin_;
    begin_ = 0;
  }
  return std::span(buffer_).subspan(end_);
}

void StreamFramer::commit(std::size_t count) {
  CHECK(count <= buffer_.size() - end_);
  end_ += count;
}

base::Result<std::optional<base::ByteView>> StreamFramer::next() {
  const base::ByteView rest = base::ByteView(buffer_).subspan(begin_, end_ - begin_);
  const auto length = cutter_(rest, consumed_ + begin_);
  if (!length) return std::unexpected(length.error());
  CHECK(*length <= rest.size() && *length <= kMaxPayload);
  if (*length == 0) return std::nullopt;
  begin_ += *length;
  ++payloads_;
  return rest.first(*length);
}

}  // namespace liptako::io
