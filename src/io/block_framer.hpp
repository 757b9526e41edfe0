// Cuts a byte stream into ASTERIX data blocks by their length field: category (1 byte), length (2
// bytes, big-endian, counting from the category) [EUROCONTROL-SPEC-0149, §4.2: data block]. Knows
// nothing of what is inside. Memory is bounded by one largest block.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace liptako::io {

class BlockFramer {
 public:
  // Category, length, and at least one byte of field specification.
  static constexpr std::size_t kMinBlock = 4;
  static constexpr std::size_t kMaxBlock = 65'507;  // what one entry of the record takes

  // Room for more bytes: read into it, then commit(how many). Never empty, unless next() has blocks
  // to give.
  [[nodiscard]] std::span<std::uint8_t> room();
  void commit(std::size_t count);

  // The next whole block, a view valid until room() is called; nothing if more bytes are needed. An
  // error, from then on for good, if the stream cannot be framed: there is no mark to find the next
  // block by.
  [[nodiscard]] base::Result<std::optional<base::ByteView>> next();

  // Bytes of an unfinished block.
  [[nodiscard]] std::size_t pending() const { return end_ - begin_; }
  [[nodiscard]] std::uint64_t blocks() const { return blocks_; }

 private:
  static constexpr std::size_t kBuffer = 2 * 65'536;

  base::Bytes buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t consumed_ = 0;  // bytes of the stream before begin_
  std::uint64_t blocks_ = 0;
};

}  // namespace liptako::io
