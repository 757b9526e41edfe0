#include "record/writer.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/check.hpp"
#include "record/cursor.hpp"

namespace liptako::record {

base::Result<void> WriterOptions::validate() const {
  if (segment_limit < (4u << 10) || segment_limit > (std::uint64_t{4} << 30)) {
    return base::bad_input(
        fmt::format("record: segment_limit: {} bytes is not in 4 KiB..4 GiB", segment_limit));
  }
  if (buffer_limit < (4u << 10) || buffer_limit > (64u << 20)) {
    return base::bad_input(
        fmt::format("record: buffer_limit: {} bytes is not in 4 KiB..64 MiB", buffer_limit));
  }
  return {};
}

base::Result<Writer> Writer::open(base::Storage& storage, const WriterOptions& options) {
  if (const auto valid = options.validate(); !valid) return std::unexpected(valid.error());
  Writer writer(storage, options);
  const auto salt = find_salt(storage);
  if (!salt) return std::unexpected(salt.error());
  writer.salt_ = salt->value_or(options.salt);
  writer.buffer_.reserve(options.buffer_limit + kFrameHeaderSize + kMaxBody);
  // A segment whose very header did not get to the disk holds nothing; then the one before it is
  // the last.
  while (!writer.file_) {
    const auto names = storage.list(folder_of(options.stream));
    if (!names) return std::unexpected(names.error());
    std::optional<std::uint32_t> last;
    for (const std::string& name : *names) {
      if (const auto number = segment_number(name)) last = number;
    }
    if (!last) {
      if (const auto made = writer.create(); !made) return std::unexpected(made.error());
    } else if (const auto reopened = writer.reopen(*last); !reopened) {
      return std::unexpected(reopened.error());
    }
  }
  return writer;
}

base::Result<void> Writer::create() {
  opened_.created = true;
  if (const auto begun = begin_segment(0); !begun) return begun;
  if (const auto flushed = flush(); !flushed) return flushed;
  return file_->sync();
}

base::Result<void> Writer::reopen(std::uint32_t number) {
  const std::string path = segment_path(options_.stream, number);
  const auto size = storage_->size(path);
  if (!size) return std::unexpected(size.error());
  if (*size == 0) return storage_->remove(path);
  if (const auto safe = sync_before(number); !safe) return safe;
  auto cursor = Cursor::open_last(*storage_, options_.stream);
  if (!cursor) return std::unexpected(cursor.error());
  const Cursor::Segment segment = cursor->segments_.back();

  // Everything up to the last sound entry stays, with the damage that lies before it. What follows
  // is the end of an interrupted write, or sectors a power cut spoilt.
  std::uint64_t keep =
      segment.header && segment.size >= kSegmentHeaderSize ? kSegmentHeaderSize : 0;
  std::uint64_t next = segment.header ? segment.header->first_sequence : 0;
  while (true) {
    const auto frame = cursor->next_frame();
    if (!frame) return std::unexpected(frame.error());
    if (!*frame) break;
    if ((*frame)->damaged) continue;
    keep = (*frame)->offset + kFrameHeaderSize + (*frame)->body.size();
    next = (*frame)->sequence + 1;
    opened_.last_body.assign((*frame)->body.begin(), (*frame)->body.end());
  }
  if (keep == 0) {
    if (!cursor->salt_known_ && segment.size > kSegmentHeaderSize) {
      // There may be sound entries behind it: nothing here can tell, so nothing may be deleted.
      return base::world_failed(
          fmt::format("{}: both copies of its header are unreadable and no other segment holds the "
                      "record's salt; repair the file or move it away",
                      path));
    }
    opened_.cut_bytes += segment.size;
    return storage_->remove(path);
  }
  opened_.cut_bytes += segment.size - keep;
  for (const Damage& damage : cursor->damages_) {
    if (damage.offset < keep && opened_.damages.size() < OpenReport::kMaxDamages) {
      opened_.damages.push_back(damage);
    }
  }
  if (segment.size > keep) {
    if (const auto cut = storage_->truncate(path, keep); !cut) return std::unexpected(cut.error());
  }
  auto file = storage_->open_append(path);
  if (!file) return std::unexpected(file.error());
  if ((*file)->size() != keep) {
    return base::world_failed(fmt::format(
        "{}: {} bytes instead of {}; is another process writing?", path, (*file)->size(), keep));
  }
  if (const auto synced = (*file)->sync(); !synced) return std::unexpected(synced.error());
  file_ = std::move(*file);
  file_size_ = keep;
  segment_ = segment.number;
  if (segment.header) salt_ = segment.header->salt;
  next_sequence_ = flushed_end_ = synced_end_ = commitments_begin_ = next;

  auto first = Cursor::open(*storage_, options_.stream);
  if (!first) return std::unexpected(first.error());
  const auto frame = first->next_frame();
  if (!frame) return std::unexpected(frame.error());
  opened_.first_sequence = *frame ? (*frame)->sequence : next;
  opened_.next_sequence = next;
  return {};
}

// A process whose sync failed went on to the next segment, and may have been killed there: what
// it left behind is in the files, but perhaps not on the disk.
base::Result<void> Writer::sync_before(std::uint32_t number) {
  const auto names = storage_->list(folder_of(options_.stream));
  if (!names) return std::unexpected(names.error());
  for (const std::string& name : *names) {
    const auto earlier = segment_number(name);
    if (!earlier || *earlier >= number) continue;
    auto file = storage_->open_append(segment_path(options_.stream, *earlier));
    if (!file) return std::unexpected(file.error());
    if (const auto synced = (*file)->sync(); !synced) return synced;
  }
  return {};
}

base::Result<void> Writer::begin_segment(std::uint32_t number) {
  auto file = storage_->open_append(segment_path(options_.stream, number));
  if (!file) return std::unexpected(file.error());
  if ((*file)->size() != 0) {
    return base::world_failed(fmt::format("{}: there already; is another process writing?",
                                          segment_path(options_.stream, number)));
  }
  retire_file();
  file_ = std::move(*file);
  file_size_ = 0;
  segment_ = number;
  encode_segment_header({options_.stream, number, next_sequence_, salt_}, buffer_);
  return {};
}

void Writer::retire_file() {
  if (file_ && ticket_out_) retired_.push_back(std::move(file_));
  file_.reset();
}

base::Result<void> Writer::make_room(std::size_t body_size) {
  const std::size_t frame = kFrameHeaderSize + body_size;
  const bool waiting = next_sequence_ != flushed_end_;
  if (waiting && buffer_.size() + frame > options_.buffer_limit) {
    if (const auto flushed = flush(); !flushed) return flushed;
  }
  const std::uint64_t size = file_size_ + buffer_.size();
  if (size <= kSegmentHeaderSize || size + frame <= options_.segment_limit) return {};
  if (const auto flushed = flush(); !flushed) return flushed;
  // A segment is durable before the next begins, so that a power cut spoils only the last one.
  if (!sync_failed_ && synced_end_ != flushed_end_) {
    const auto synced = file_->sync();
    if (synced) {
      synced_end_ = flushed_end_;
    } else {
      sync_failed_ = true;
      trouble_ = synced.error();
    }
  }
  const auto begun = begin_segment(segment_ + 1);
  if (!begun && !sync_failed_) trouble_ = begun.error();
  return begun;
}

base::Result<std::uint64_t> Writer::append(const EntryView& entry,
                                           std::span<const std::uint16_t> cuts) {
  CHECK(options_.stream == Stream::input);
  if (entry.payload.size() > kMaxPayload) {
    return base::bad_input(
        fmt::format("a payload of {} bytes exceeds {}", entry.payload.size(), kMaxPayload));
  }
  cuts = cuts.first(std::min(cuts.size(), kMaxCuts));
  CHECK(are_cuts(cuts, entry.payload.size()));
  const std::size_t body_size = input_body_size(entry.payload.size(), cuts.size());
  if (const auto room = make_room(body_size); !room) return std::unexpected(room.error());
  if (options_.commit) frames_.push_back(buffer_.size());
  const std::size_t begin = begin_frame(buffer_);
  encode_input_body(entry, cuts, salts_.next(), buffer_);
  end_frame(salt_, next_sequence_, begin, buffer_);
  return next_sequence_++;
}

base::Result<std::uint64_t> Writer::append_copy(base::ByteView body) {
  CHECK(options_.stream == Stream::input);
  if (body.size() > kMaxBody)
    return base::bad_input(fmt::format("a body of {} bytes exceeds {}", body.size(), kMaxBody));
  if (const auto entry = decode_body_entry(body); !entry) return std::unexpected(entry.error());
  if (const auto room = make_room(body.size()); !room) return std::unexpected(room.error());
  if (options_.commit) frames_.push_back(buffer_.size());
  encode_frame(salt_, next_sequence_, body, buffer_);
  return next_sequence_++;
}

base::Result<void> Writer::pass_over(std::uint64_t count) {
  CHECK(next_sequence_ == flushed_end_);
  const std::uint64_t begin = next_sequence_;
  base::Result<void> done;
  for (std::uint64_t i = 0; done && i < count; ++i) {
    done = make_room(0);
    if (!done) break;
    encode_frame(salt_, next_sequence_, {}, buffer_);
    ++next_sequence_;
  }
  if (done) done = flush();
  if (!done) (void)drop_waiting();
  if (options_.commit && !sync_failed_)
    commitments_.resize(commitments_.size() + (flushed_end_ - begin), kLostCommitment);
  return done;
}

base::Result<std::uint64_t> Writer::append_body(base::ByteView body) {
  if (body.size() > kMaxBody) {
    return base::bad_input(fmt::format("a body of {} bytes exceeds {}", body.size(), kMaxBody));
  }
  if (const auto room = make_room(body.size()); !room) return std::unexpected(room.error());
  encode_frame(salt_, next_sequence_, body, buffer_);
  return next_sequence_++;
}

base::Result<void> Writer::flush() {
  if (buffer_.empty()) return {};
  if (torn_) {
    if (const auto repaired = repair(); !repaired) return repaired;
  }
  if (const auto written = file_->append(buffer_); !written) {
    torn_ = true;
    if (!sync_failed_) trouble_ = written.error();
    // Should even that fail, the next flush tries again before it writes.
    if (const auto repaired = repair(); !repaired && !sync_failed_) trouble_ = repaired.error();
    return written;
  }
  file_size_ += buffer_.size();
  if (options_.commit) commit_flushed();
  buffer_.clear();
  flushed_end_ = next_sequence_;
  if (!sync_failed_) trouble_.reset();
  return {};
}

void Writer::commit_flushed() {
  bodies_.clear();
  for (std::size_t i = 0; i < frames_.size(); ++i) {
    const std::size_t begin = frames_[i] + kFrameHeaderSize;
    const std::size_t end = i + 1 < frames_.size() ? frames_[i + 1] : buffer_.size();
    bodies_.push_back(base::ByteView(buffer_).subspan(begin, end - begin));
  }
  frames_.clear();
  if (sync_failed_) return;  // nothing is ever synced again
  const std::size_t before = commitments_.size();
  commitments_.resize(before + bodies_.size());
  commit_bodies(bodies_, std::span(commitments_).subspan(before));
}

std::vector<seal::Digest> Writer::take_commitments() {
  const auto count = static_cast<std::ptrdiff_t>(synced_end_ - commitments_begin_);
  if (!options_.commit || sync_failed_ || count == 0) return {};
  std::vector<seal::Digest> taken(commitments_.begin(), commitments_.begin() + count);
  commitments_.erase(commitments_.begin(), commitments_.begin() + count);
  commitments_begin_ = synced_end_;
  return taken;
}

base::Result<void> Writer::repair() {
  const std::string path = segment_path(options_.stream, segment_);
  if (const auto cut = storage_->truncate(path, file_size_); !cut) return cut;
  auto file = storage_->open_append(path);
  if (!file) return std::unexpected(file.error());
  if ((*file)->size() != file_size_) {
    return base::world_failed(
        fmt::format("{}: {} bytes instead of {}", path, (*file)->size(), file_size_));
  }
  retire_file();
  file_ = std::move(*file);
  torn_ = false;
  return {};
}

std::uint64_t Writer::drop_waiting() {
  const std::uint64_t dropped = next_sequence_ - flushed_end_;
  // A new segment's header stays: it waits at the front of the buffer until the first flush.
  buffer_.resize(file_size_ == 0 ? kSegmentHeaderSize : 0);
  frames_.clear();
  next_sequence_ = flushed_end_;
  return dropped;
}

std::optional<SyncTicket> Writer::begin_sync() {
  CHECK(!ticket_out_);
  if (sync_failed_ || synced_end_ == flushed_end_) return std::nullopt;
  ticket_out_ = true;
  return SyncTicket{file_.get(), flushed_end_};
}

void Writer::finish_sync(const SyncTicket& ticket, const base::Result<void>& result) {
  CHECK(ticket_out_);
  ticket_out_ = false;
  retired_.clear();
  if (!result) {
    sync_failed_ = true;
    trouble_ = result.error();
  } else if (!sync_failed_) {
    synced_end_ = std::max(synced_end_, ticket.end);
  }
}

base::Result<void> Writer::sync() {
  if (const auto ticket = begin_sync()) finish_sync(*ticket, ticket->file->sync());
  if (sync_failed_) return std::unexpected(*trouble_);
  return {};
}

}  // namespace liptako::record
