#include "record/cursor.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "record/crc32c.hpp"

namespace liptako::record {

namespace {

constexpr std::size_t kChunk = 1u << 20;  // read at a time; a frame is at most a sixteenth of it

base::Result<std::optional<SegmentHeader>> read_header(base::Storage& storage,
                                                       Stream stream,
                                                       std::uint32_t number) {
  const auto bytes = storage.read(segment_path(stream, number), 0, kSegmentHeaderSize);
  if (!bytes) return std::unexpected(bytes.error());
  const auto header = decode_segment_header(*bytes);
  if (!header) {
    if (const auto version = segment_version(*bytes); version && *version != kFormatVersion) {
      return base::bad_input(fmt::format(
          "{}: a record of format version {}; this build reads and writes version {} only",
          segment_path(stream, number),
          *version,
          kFormatVersion));
    }
  }
  return header;
}

base::Result<std::vector<std::uint32_t>> list_segments(base::Storage& storage, Stream stream) {
  const auto names = storage.list(folder_of(stream));
  if (!names) return std::unexpected(names.error());
  std::vector<std::uint32_t> numbers;  // sorted, since names of one length sort like their numbers
  for (const std::string& name : *names) {
    if (const auto number = segment_number(name)) numbers.push_back(*number);
  }
  return numbers;
}

}  // namespace

base::Result<std::optional<std::uint64_t>> find_salt(base::Storage& storage) {
  for (const Stream stream : {Stream::input, Stream::derived}) {
    const auto numbers = list_segments(storage, stream);
    if (!numbers) return std::unexpected(numbers.error());
    for (const std::uint32_t number : *numbers) {
      const auto header = read_header(storage, stream, number);
      if (!header) return std::unexpected(header.error());
      if (*header) return (*header)->salt;
    }
  }
  return std::nullopt;
}

base::Result<void> Cursor::survey() {
  const auto numbers = list_segments(*storage_, stream_);
  if (!numbers) return std::unexpected(numbers.error());
  for (const std::uint32_t number : *numbers) {
    const auto size = storage_->size(segment_path(stream_, number));
    if (!size) return std::unexpected(size.error());
    // An empty file at the end is a segment that is being begun.
    if (*size == 0 && number == numbers->back()) break;
    auto header = read_header(*storage_, stream_, number);
    if (!header) return std::unexpected(header.error());
    if (*header && !salt_known_) {
      salt_ = (*header)->salt;
      salt_known_ = true;
    }
    // A header that belongs elsewhere says nothing about this file.
    if (*header && ((*header)->number != number || (*header)->stream != stream_)) header->reset();
    segments_.push_back({number, *size, *header});
  }
  if (salt_known_ || segments_.empty()) return {};
  const auto salt = find_salt(*storage_);
  if (!salt) return std::unexpected(salt.error());
  salt_ = salt->value_or(0);
  salt_known_ = salt->has_value();
  return {};
}

base::Result<Cursor> Cursor::open(base::Storage& storage, Stream stream, std::uint64_t from) {
  Cursor cursor(storage, stream, from);
  if (const auto surveyed = cursor.survey(); !surveyed) return std::unexpected(surveyed.error());
  for (std::size_t i = 0; i < cursor.segments_.size(); ++i) {
    const auto& header = cursor.segments_[i].header;
    if (header && header->first_sequence <= from) cursor.current_ = i;
  }
  cursor.enter(cursor.current_);
  return cursor;
}

base::Result<Cursor> Cursor::open_last(base::Storage& storage, Stream stream) {
  Cursor cursor(storage, stream, 0);
  if (const auto surveyed = cursor.survey(); !surveyed) return std::unexpected(surveyed.error());
  if (!cursor.segments_.empty()) cursor.current_ = cursor.segments_.size() - 1;
  cursor.enter(cursor.current_);
  return cursor;
}

void Cursor::note(const Damage& damage) {
  ++damage_count_;
  if (damages_.size() < kMaxDamages) damages_.push_back(damage);
}

void Cursor::enter(std::size_t index) {
  const bool following = index == current_ + 1;
  current_ = index;
  offset_ = 0;
  chunk_.clear();
  chunk_offset_ = 0;
  if (index >= segments_.size()) return;
  const Segment& segment = segments_[index];
  if (following && segment.number != segments_[index - 1].number + 1) {
    const std::uint32_t missing = segments_[index - 1].number + 1;
    note({.what = Damage::What::segment_missing,
          .segment = missing,
          .sequence = expected_,
          .bytes = segment.number - missing});
    gap_allowed_ = true;
  }
  if (segment.header) {
    offset_ = kSegmentHeaderSize;
    if (gap_allowed_ && expected_ == 0) expected_ = segment.header->first_sequence;
  } else {
    note({.what = Damage::What::segment_header, .segment = segment.number, .sequence = expected_});
    offset_ = std::min<std::uint64_t>(kSegmentHeaderSize, segment.size);
    gap_allowed_ = true;
  }
}

base::Result<base::ByteView> Cursor::bytes_at(std::uint64_t offset, std::size_t size) {
  const Segment& segment = segments_[current_];
  if (offset >= segment.size) return base::ByteView{};
  const auto wanted =
      static_cast<std::size_t>(std::min<std::uint64_t>(size, segment.size - offset));
  const bool at_hand = offset >= chunk_offset_ && offset + wanted <= chunk_offset_ + chunk_.size();
  if (!at_hand) {
    auto chunk =
        storage_->read(segment_path(stream_, segment.number), offset, std::max(kChunk, size));
    if (!chunk) return std::unexpected(chunk.error());
    chunk_ = std::move(*chunk);
    chunk_offset_ = offset;
    // The file may have grown since the cursor was opened; what it ended with then is the end.
    if (chunk_.size() > segment.size - offset)
      chunk_.resize(static_cast<std::size_t>(segment.size - offset));
  }
  return base::ByteView(chunk_).subspan(static_cast<std::size_t>(offset - chunk_offset_));
}

base::Result<std::uint64_t> Cursor::find_frame(std::uint64_t offset) {
  const Segment& segment = segments_[current_];
  const std::uint64_t salt = segment.header ? segment.header->salt : salt_;
  while (true) {
    const auto bytes = bytes_at(offset, kFrameHeaderSize);
    if (!bytes) return std::unexpected(bytes.error());
    if (bytes->size() < kFrameHeaderSize) return segment.size;
    const std::size_t last =
        bytes->size() - kFrameHeaderSize;  // beyond it a header would not fit in what is at hand
    for (std::size_t at = find_frame_magic(*bytes, 0); at <= last;
         at = find_frame_magic(*bytes, at + 1)) {
      const auto header = decode_frame_header(salt, bytes->subspan(at));
      if (header && offset + at + kFrameHeaderSize + header->body_size <= segment.size)
        return offset + at;
    }
    offset += last + 1;
  }
}

base::Result<std::optional<Frame>> Cursor::next_frame() {
  while (current_ < segments_.size()) {
    const Segment& segment = segments_[current_];
    if (offset_ >= segment.size) {
      enter(current_ + 1);
      continue;
    }
    const std::uint64_t salt = segment.header ? segment.header->salt : salt_;
    auto bytes = bytes_at(offset_, kFrameHeaderSize);
    if (!bytes) return std::unexpected(bytes.error());
    const auto header = decode_frame_header(salt, *bytes);
    const std::uint64_t end = offset_ + kFrameHeaderSize + (header ? header->body_size : 0);
    if (!header || end > segment.size) {
      const auto next = find_frame(offset_ + 1);
      if (!next) return std::unexpected(next.error());
      note({.what = Damage::What::frame_header,
            .segment = segment.number,
            .offset = offset_,
            .sequence = expected_,
            .bytes = *next - offset_});
      gap_allowed_ = true;
      offset_ = *next;
      continue;
    }
    const std::uint64_t at = offset_;
    offset_ = end;
    if (header->sequence < expected_ || (header->sequence > expected_ && !gap_allowed_)) {
      note({.what = Damage::What::sequence,
            .segment = segment.number,
            .offset = at,
            .sequence = header->sequence});
      if (header->sequence < expected_) {
        // Handing out sequences in rising order is promised; a step back cannot be an entry's
        // place. Nor need it be whole: the body it claims may reach over frames that are.
        const auto next = find_frame(at + 1);
        if (!next) return std::unexpected(next.error());
        offset_ = *next;
        continue;
      }
    }
    gap_allowed_ = false;
    expected_ = header->sequence + 1;
    if (header->sequence < from_) continue;
    bytes = bytes_at(at, kFrameHeaderSize + header->body_size);
    if (!bytes) return std::unexpected(bytes.error());
    if (bytes->size() <
        kFrameHeaderSize + header->body_size) {  // the file shrank while it was read
      offset_ = segment.size;
      continue;
    }
    const base::ByteView body = bytes->subspan(kFrameHeaderSize, header->body_size);
    const bool damaged = crc32c(body) != header->body_checksum;
    if (damaged) {
      note({.what = Damage::What::body_checksum,
            .segment = segment.number,
            .offset = at,
            .sequence = header->sequence});
    }
    return Frame{header->sequence, damaged, segment.number, at, body};
  }
  return std::nullopt;
}

base::Result<std::optional<RecordedEntry>> Cursor::next() {
  while (true) {
    const auto frame = next_frame();
    if (!frame) return std::unexpected(frame.error());
    if (!*frame) return std::nullopt;
    if (const auto body = decode_input_body((*frame)->body)) {
      if (const auto entry = decode_entry(body->wire))
        return RecordedEntry{(*frame)->sequence, (*frame)->damaged, *entry, *body};
    }
    note({.what = Damage::What::entry_form,
          .segment = (*frame)->segment,
          .offset = (*frame)->offset,
          .sequence = (*frame)->sequence});
  }
}

}  // namespace liptako::record
