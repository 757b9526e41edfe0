#include "base/bytes.hpp"

namespace liptako::base {

void ByteWriter::put_bytes(ByteView bytes) {
  put(static_cast<std::uint32_t>(bytes.size()));
  put_raw(bytes);
}

void ByteWriter::put_string(std::string_view text) {
  put_bytes({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

void ByteWriter::put_raw(ByteView bytes) { out_->insert(out_->end(), bytes.begin(), bytes.end()); }

bool ByteReader::take(std::size_t count) {
  if (count > remaining()) {
    fail();
    return false;
  }
  at_ += count;
  return true;
}

ByteView ByteReader::get_raw(std::size_t count) {
  if (!take(count)) return {};
  return in_.subspan(at_ - count, count);
}

ByteView ByteReader::get_bytes() { return get_raw(get<std::uint32_t>()); }

std::string ByteReader::get_string() {
  const ByteView bytes = get_bytes();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::uint32_t ByteReader::get_count(std::size_t min_size) {
  const auto count = get<std::uint32_t>();
  if (count > remaining() / min_size) {
    fail();
    return 0;
  }
  return count;
}

}  // namespace liptako::base
