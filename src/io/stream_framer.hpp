// Cuts a byte stream into payloads, each of which becomes one entry of the record. Where to cut is
// told by a function of the stream's format; that for ASTERIX data blocks is here. Knows nothing of
// what is inside. Memory is bounded by one largest payload.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace liptako::io {

inline constexpr std::size_t kMaxPayload = 65'507;  // what one entry of the record takes

// How many bytes of `rest`, at most kMaxPayload, are the next payload; 0 if more are needed, which
// a cutter may say of less than kMaxPayload bytes only. An error if the stream cannot be framed.
// `at` is the place of `rest` in the stream, for messages.
using Cutter = std::function<base::Result<std::size_t>(base::ByteView rest, std::uint64_t at)>;

// One ASTERIX data block, by its length field: category (1 byte), length (2 bytes, big-endian,
// counting from the category) [EUROCONTROL-SPEC-0149, §4.2: data block].
[[nodiscard]] base::Result<std::size_t> cut_data_block(base::ByteView rest, std::uint64_t at);

class StreamFramer {
 public:
  explicit StreamFramer(Cutter cutter = cut_data_block) : cutter_(std::move(cutter)) {}

  // Room for more bytes: read into it, then commit(how many). Never empty, unless next() has blocks
  // to give.
  [[nodiscard]] std::span<std::uint8_t> room();
  void commit(std::size_t count);

  // The next payload, a view valid until room() is called; nothing if more bytes are needed. An
  // error, from then on for good, if the stream cannot be framed: of ASTERIX, there is no mark to
  // find the next block by.
  [[nodiscard]] base::Result<std::optional<base::ByteView>> next();

  // Bytes of an unfinished payload.
  [[nodiscard]] std::size_t pending() const { return end_ - begin_; }
  [[nodiscard]] std::uint64_t payloads() const { return payloads_; }

 private:
  static constexpr std::size_t kBuffer = 2 * 65'536;

  Cutter cutter_;
  base::Bytes buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t consumed_ = 0;  // bytes of the stream before begin_
  std::uint64_t payloads_ = 0;
};

}  // namespace liptako::io
