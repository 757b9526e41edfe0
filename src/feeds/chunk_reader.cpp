#include "feeds/chunk_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "codec/asterix/record.hpp"
#include "codec/modes/avr.hpp"
#include "codec/modes/beast.hpp"
#include "feeds/block_time.hpp"
#include "feeds/time_of_day.hpp"

namespace liptako::feeds {
namespace {

namespace asterix = codec::asterix;
namespace capture = codec::capture;
namespace modes = codec::modes;

// A receiver's counter in nanoseconds, exactly: 12 MHz is 250/3 ns a tick.
base::Timestamp stamp_time(std::uint64_t stamp) {
  return base::timestamp_from_ns(static_cast<std::int64_t>(stamp * 250 / 3));
}

}  // namespace

ChunkReader::ChunkReader(base::ByteView head)
    : container_(capture::recognise(head)),
      format_(container_ == capture::Container::stream
                  ? recognise(head).value_or(SourceFormat::asterix)
                  : SourceFormat::asterix),
      time_(base::kDay / 2) {
  if (container_ != capture::Container::stream) capture_.emplace(container_);
}

capture::SkipCounts ChunkReader::skips() const {
  return capture_ ? capture_->skips() : capture::SkipCounts();
}

std::optional<capture::ReadFault> ChunkReader::fault() const {
  return capture_ ? capture_->fault() : std::nullopt;
}

void ChunkReader::note_gap(std::uint64_t offset, std::string_view what) {
  ++gaps_;
  last_gap_ = fmt::format("at byte {}: {}", offset, what);
}

ChunkReader::Step ChunkReader::step(base::ByteView rest, bool more) {
  Step step;
  if (capture_) {
    const auto read = capture_->step(rest, more);
    step.consumed = read.consumed;
    if (read.datagram) step.chunk = Chunk{read.datagram->bytes, read.datagram->time};
  } else if (!rest.empty()) {
    step = format_ == SourceFormat::asterix ? next_block(rest, more) : next_replies(rest, more);
  }
  offset_ += step.consumed;
  return step;
}

ChunkReader::Step ChunkReader::next_block(base::ByteView rest, bool more) {
  asterix::BlockWalker walker(rest, offset_, more);
  const auto found = walker.next();
  if (!found) return {walker.consumed(), {}};
  if (!found->has_value()) {
    note_gap(found->error().offset, asterix::to_string(found->error().fault));
    return {walker.consumed(), {}};
  }
  Chunk chunk{rest.first(walker.consumed()), {}};
  if (const auto time_of_day = first_time_of_day(chunk.bytes)) {
    time_ = unwrap(*time_of_day, time_);
    chunk.time = time_;
  }
  return {walker.consumed(), chunk};
}

ChunkReader::Step ChunkReader::next_replies(base::ByteView rest, bool more) {
  std::size_t length = 0;
  std::optional<base::Timestamp> first;
  while (length < rest.size()) {
    const base::ByteView at = rest.subspan(length);
    const modes::Piece piece =
        format_ == SourceFormat::beast ? modes::next_beast(at) : modes::next_avr(at);
    if (length > 0 && length + piece.length > kLongestReplies) break;
    if (piece.kind == modes::Piece::Kind::incomplete) {
      if (length > 0 || more) break;
      // A last line's end is no gap.
      if (!std::ranges::all_of(rest, [](std::uint8_t c) { return c == '\n' || c == '\r'; }))
        note_gap(offset_, "truncated");
      return {rest.size(), {}};
    }
    if (piece.kind == modes::Piece::Kind::garbage) {
      if (length > 0) break;
      note_gap(offset_, "not_a_reply");
      return {piece.length, {}};
    }
    if (piece.reception.stamp) {
      const base::Timestamp time = stamp_time(*piece.reception.stamp);
      if (!first) {
        first = time;
      } else if (time < *first || time - *first > kRepliesSpan) {
        break;
      }
    }
    length += piece.length;
  }
  if (length == 0) return {};
  return {length, Chunk{rest.first(length), first}};
}

}  // namespace liptako::feeds
