#include "record/tail.hpp"

#include <algorithm>

#include "record/crc32c.hpp"
#include "record/cursor.hpp"

namespace liptako::record {

namespace {

using base::Result;

constexpr std::size_t kChunk = 256u << 10;
constexpr std::uint64_t kMostLost = 1u << 16;  // in a piece

}  // namespace

Result<base::ByteView> Tail::bytes_at(std::uint64_t offset, std::size_t size) {
  const std::uint64_t end = chunk_begin_ + chunk_.size();
  if (offset < chunk_begin_ || offset + size > end) {
    auto read = storage_->read(path_, offset, std::max(size, kChunk));
    if (!read) return std::unexpected(read.error());
    chunk_ = std::move(*read);
    chunk_begin_ = offset;
  }
  const auto rest = base::ByteView(chunk_).subspan(static_cast<std::size_t>(offset - chunk_begin_));
  return rest.first(std::min(size, rest.size()));
}

Result<std::optional<base::ByteView>> Tail::frame_here() {
  const auto head = bytes_at(place_->offset, kFrameHeaderSize);
  if (!head) return std::unexpected(head.error());
  const auto header = decode_frame_header(salt_, *head);
  if (!header || header->sequence != next_) return std::nullopt;
  const auto body = bytes_at(place_->offset + kFrameHeaderSize, header->body_size);
  if (!body) return std::unexpected(body.error());
  const bool is_whole = body->size() == header->body_size && crc32c(*body) == header->body_checksum;
  if (!is_whole || !decode_body_entry(*body)) return std::nullopt;
  return *body;
}

Result<std::optional<std::uint64_t>> Tail::find() {
  place_.reset();
  const auto salt = find_salt(*storage_);
  if (!salt) return std::unexpected(salt.error());
  salt_ = salt->value_or(0);
  auto cursor = Cursor::open(*storage_, Stream::input, next_);
  if (!cursor) return std::unexpected(cursor.error());
  while (true) {
    const auto frame = cursor->next_frame();
    if (!frame) return std::unexpected(frame.error());
    if (!*frame) return std::nullopt;
    if ((*frame)->damaged || !decode_body_entry((*frame)->body)) continue;
    place_ = Place{(*frame)->segment, (*frame)->offset};
    path_ = segment_path(Stream::input, (*frame)->segment);
    chunk_.clear();
    return (*frame)->sequence;
  }
}

Result<std::optional<Tail::Piece>> Tail::next(std::uint64_t end) {
  if (next_ >= end) return std::nullopt;
  if (next_ >= chunk_end_) {
    chunk_.clear();
    chunk_end_ = end;
  }
  if (place_) {
    auto body = frame_here();
    if (!body) return std::unexpected(body.error());
    if (!*body) {
      // The writer may have gone on to the next segment.
      place_ = Place{place_->segment + 1, kSegmentHeaderSize};
      path_ = segment_path(Stream::input, place_->segment);
      chunk_.clear();
      const bool is_there = storage_->size(path_).has_value();
      body = is_there ? frame_here() : std::optional<base::ByteView>();
      if (!body) return std::unexpected(body.error());
    }
    if (*body) {
      place_->offset += kFrameHeaderSize + (*body)->size();
      return Piece{.first = next_++, .body = **body};
    }
  }
  const auto found = find();
  if (!found) return std::unexpected(found.error());
  if (!*found || **found > next_) {
    const std::uint64_t until = std::min({*found ? **found : end, end, next_ + kMostLost});
    const Piece lost{.first = next_, .count = until - next_, .lost = true};
    next_ = until;
    if (!*found || **found != until) place_.reset();
    return lost;
  }
  const auto body = frame_here();
  if (!body) return std::unexpected(body.error());
  if (!*body) return base::world_failed("a frame of the record changed while it was read");
  place_->offset += kFrameHeaderSize + (*body)->size();
  return Piece{.first = next_++, .body = **body};
}

}  // namespace liptako::record
