#include "record/retention.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <span>

#include "record/crc32c.hpp"
#include "record/cursor.hpp"
#include "record/snapshot.hpp"
#include "seal/checkpoint.hpp"
#include "seal/note.hpp"

namespace liptako::record {

namespace {

using base::Result;

constexpr std::string_view kRetired = "retired";
constexpr std::size_t kChunk = 1u << 20;
constexpr std::size_t kMaxCheckpoint = 1u << 20;
// Of the file `retired`: some 200,000 segments.
constexpr std::uint64_t kMaxRetired = 64u << 20;
constexpr std::string_view kChecksumMark = " crc ";

base::ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

struct Segment {
  std::uint32_t number = 0;
  std::uint64_t first = 0;
  std::uint64_t end = 0;  // first sequence of the segment behind it
};

// The stream's segments but the last. It stops before one whose extent its neighbours' headers do
// not tell.
Result<std::vector<Segment>> closed_segments(base::Storage& storage, Stream stream) {
  const auto names = storage.list(folder_of(stream));
  if (!names) return std::unexpected(names.error());
  std::vector<Segment> segments;
  for (const std::string& name : *names) {
    const auto number = segment_number(name);
    if (!number) continue;
    const auto bytes = storage.read(segment_path(stream, *number), 0, kSegmentHeaderSize);
    if (!bytes) return std::unexpected(bytes.error());
    const auto header = decode_segment_header(*bytes);
    if (!header || header->number != *number || header->stream != stream) break;
    if (!segments.empty()) segments.back().end = header->first_sequence;
    segments.push_back({*number, header->first_sequence, header->first_sequence});
  }
  if (!segments.empty()) segments.pop_back();
  return segments;
}

Result<seal::Digest> hash_file(base::Storage& storage, std::string_view path, std::uint64_t size) {
  seal::Sha256 hash;
  for (std::uint64_t at = 0; at < size;) {
    const auto bytes = storage.read(path, at, kChunk);
    if (!bytes) return std::unexpected(bytes.error());
    if (bytes->empty())
      return base::world_failed(fmt::format("{}: shrank while it was read", path));
    hash.update(*bytes);
    at += bytes->size();
  }
  return hash.finish();
}

// Stamp of the first readable entry from `sequence` on; none if there is none.
Result<std::optional<base::Timestamp>> stamp_at(base::Storage& storage, std::uint64_t sequence) {
  auto cursor = Cursor::open(storage, Stream::input, sequence);
  if (!cursor) return std::unexpected(cursor.error());
  const auto entry = cursor->next();
  if (!entry) return std::unexpected(entry.error());
  if (!*entry) return std::nullopt;
  return (*entry)->entry.utc;
}

// What the line about the segment will say.
Result<RetiredSegment> describe(base::Storage& storage, Stream stream, const Segment& segment) {
  RetiredSegment out;
  out.stream = stream;
  out.segment = segment.number;
  out.first = segment.first;
  out.end = segment.end;
  const std::string path = segment_path(stream, segment.number);
  const auto size = storage.size(path);
  if (!size) return std::unexpected(size.error());
  out.bytes = *size;
  const auto hash = hash_file(storage, path, *size);
  if (!hash) return std::unexpected(hash.error());
  out.sha256 = *hash;
  if (stream == Stream::derived) return out;
  auto cursor = Cursor::open(storage, Stream::input, segment.first);
  if (!cursor) return std::unexpected(cursor.error());
  bool any = false;
  while (true) {
    const auto entry = cursor->next();
    if (!entry) return std::unexpected(entry.error());
    if (!*entry || (*entry)->sequence >= segment.end) break;
    const base::Timestamp utc = (*entry)->entry.utc;
    out.from = any ? std::min(out.from, utc) : utc;
    out.to = any ? std::max(out.to, utc) : utc;
    any = true;
  }
  return out;
}

// Entries below it are in a checkpoint; all of a record that keeps no log.
Result<std::uint64_t> covered_end(base::Storage& storage, bool without_log) {
  constexpr std::string_view kCheckpoint = "checkpoint";
  if (!storage.size(kCheckpoint)) return without_log ? ~std::uint64_t{0} : 0;
  const auto bytes = storage.read(kCheckpoint, 0, kMaxCheckpoint);
  if (!bytes) return std::unexpected(bytes.error());
  const auto note = seal::parse_note({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
  if (!note) return std::unexpected(note.error());
  const auto checkpoint = seal::parse_checkpoint(note->text);
  if (!checkpoint) return std::unexpected(checkpoint.error());
  return checkpoint->size;
}

Result<void> say(base::Storage& storage, std::span<const RetiredSegment> segments) {
  std::string text;
  for (const RetiredSegment& segment : segments) text += to_string(segment) + '\n';
  auto file = storage.open_append(kRetired);
  if (!file) return std::unexpected(file.error());
  // A crash may have left part of a line.
  if ((*file)->size() > 0) {
    const auto last = storage.read(kRetired, (*file)->size() - 1, 1);
    if (!last) return std::unexpected(last.error());
    if (last->empty() || last->front() != '\n') text.insert(text.begin(), '\n');
  }
  if (const auto written = (*file)->append(bytes_of(text)); !written) return written;
  return (*file)->sync();
}

// Segments on the disk that were said to be deleted: a crash came between. They are said once more,
// since the first time may not be safe from a power cut, not even after another sync.
Result<void> finish(base::Storage& storage, Stream stream) {
  const auto said = list_retired(storage);
  if (!said) return std::unexpected(said.error());
  if (said->empty()) return {};
  const auto closed = closed_segments(storage, stream);
  if (!closed) return std::unexpected(closed.error());
  std::vector<RetiredSegment> again;
  for (const Segment& segment : *closed) {
    const auto deleted = std::ranges::find_if(*said, [&](const RetiredSegment& r) {
      return r.stream == stream && r.segment == segment.number && r.first == segment.first;
    });
    if (deleted != said->end()) again.push_back(*deleted);
  }
  if (again.empty()) return {};
  if (const auto safe = say(storage, again); !safe) return safe;
  for (const RetiredSegment& segment : again) {
    if (const auto gone = storage.remove(segment_path(stream, segment.segment)); !gone) return gone;
  }
  return {};
}

// A hold may have been set since the call began, by another process.
Result<bool> held(base::Storage& storage, Retirement& out) {
  const auto holds = list_holds(storage);
  if (!holds) return std::unexpected(holds.error());
  std::ranges::copy_if(*holds, std::back_inserter(out.holds), &Hold::stands);
  return !out.holds.empty();
}

// Input segments from the front that may go, with what will be said of them.
Result<std::vector<RetiredSegment>> expired_input(base::Storage& storage,
                                                  const RetentionRules& rules,
                                                  base::Timestamp now,
                                                  Retirement& out) {
  std::vector<RetiredSegment> expired;
  const auto closed = closed_segments(storage, Stream::input);
  if (!closed) return std::unexpected(closed.error());
  std::optional<std::uint64_t> needed;  // looked up once something is old enough
  for (const Segment& segment : *closed) {
    if (expired.size() >= rules.most) break;
    // The first entry behind it is a first sign of its age, and costs one read; then every entry
    // counts, since clocks step.
    const auto behind = stamp_at(storage, segment.end);
    if (!behind) return std::unexpected(behind.error());
    if (!*behind || now - **behind < rules.keep) break;
    if (!needed) {
      const auto snapshot = newest_sound_snapshot(storage);
      if (!snapshot) return std::unexpected(snapshot.error());
      const auto covered = covered_end(storage, rules.without_log);
      if (!covered) return std::unexpected(covered.error());
      if (!*snapshot) {
        out.kept = "there is no sound snapshot to start from without them";
        break;
      }
      needed = std::min(**snapshot, *covered);
    }
    if (segment.end > *needed) {
      out.kept = fmt::format("the newest snapshot and checkpoint reach to entry {} only", *needed);
      break;
    }
    auto described = describe(storage, Stream::input, segment);
    if (!described) return std::unexpected(described.error());
    if (now - described->to < rules.keep) break;
    expired.push_back(*described);
  }
  return expired;
}

// Derived segments from the front whose last body was computed from an entry below `first_input`.
Result<std::vector<RetiredSegment>> orphaned_derived(base::Storage& storage,
                                                     const RetentionRules& rules,
                                                     std::uint64_t first_input) {
  std::vector<RetiredSegment> orphaned;
  const auto closed = closed_segments(storage, Stream::derived);
  if (!closed) return std::unexpected(closed.error());
  for (const Segment& segment : *closed) {
    if (orphaned.size() >= rules.most) break;
    // Bodies come in the order of the entries they were computed from.
    auto cursor = Cursor::open(storage, Stream::derived, segment.end);
    if (!cursor) return std::unexpected(cursor.error());
    const auto frame = cursor->next_frame();
    if (!frame) return std::unexpected(frame.error());
    if (!*frame || (*frame)->damaged) break;
    if (base::ByteReader((*frame)->body).get<std::uint64_t>() > first_input) break;
    auto described = describe(storage, Stream::derived, segment);
    if (!described) return std::unexpected(described.error());
    orphaned.push_back(*described);
  }
  return orphaned;
}

Result<void> delete_said(base::Storage& storage,
                         std::vector<RetiredSegment> segments,
                         base::Timestamp now,
                         Retirement& out) {
  if (segments.empty()) return {};
  for (RetiredSegment& segment : segments) segment.at = now;
  if (auto said = say(storage, segments); !said) {
    // A disk so full that not even this can be said: snapshots that only shorten a way back make
    // room.
    const auto dropped = drop_older_snapshots(storage);
    if (!dropped) return std::unexpected(dropped.error());
    out.snapshots += *dropped;
    if (*dropped == 0) return said;
    if (said = say(storage, segments); !said) return said;
  }
  for (const RetiredSegment& segment : segments) {
    const auto standing = held(storage, out);
    if (!standing) return std::unexpected(standing.error());
    if (*standing) return {};
    if (const auto gone = storage.remove(segment_path(segment.stream, segment.segment)); !gone)
      return gone;
    out.retired.push_back(segment);
  }
  return {};
}

}  // namespace

Result<void> RetentionRules::validate() const {
  if (keep < base::kDay || keep > 36'500 * base::kDay)
    return base::bad_input("retention: keep is not in 1..36500 days");
  if (most < 1) return base::bad_input("retention: most is at least 1");
  return {};
}

std::string to_string(const RetiredSegment& r) {
  std::string line = fmt::format("{} segment {} entries {} to {} bytes {} sha256 {}",
                                 folder_of(r.stream),
                                 r.segment,
                                 r.first,
                                 r.end,
                                 r.bytes,
                                 seal::to_hex(r.sha256));
  if (r.stream == Stream::input)
    line += fmt::format(" from {} until {}", base::to_rfc3339(r.from), base::to_rfc3339(r.to));
  line += fmt::format(" deleted {}", base::to_rfc3339(r.at));
  return fmt::format("{}{}{:08x}", line, kChecksumMark, crc32c(bytes_of(line)));
}

namespace {

// Takes words off a line; total.
class Words {
 public:
  explicit Words(std::string_view line) : rest_(line) {}
  std::string_view next() {
    const std::size_t end = std::min(rest_.find(' '), rest_.size());
    const std::string_view word = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    return word;
  }
  void expect(std::string_view word) { ok_ = ok_ && next() == word; }
  template <class T>
  void number(T& out) {
    const std::string_view word = next();
    const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), out);
    ok_ = ok_ && error == std::errc() && stop == word.data() + word.size();
  }
  void time(base::Timestamp& out) {
    const auto parsed = base::parse_rfc3339(next());
    ok_ = ok_ && parsed.has_value();
    if (parsed) out = *parsed;
  }
  void digest(seal::Digest& out) {
    const auto parsed = seal::digest_from_hex(next());
    ok_ = ok_ && parsed.has_value();
    if (parsed) out = *parsed;
  }
  [[nodiscard]] bool ok_at_end() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace

std::optional<RetiredSegment> parse_retired(std::string_view line) {
  const std::size_t mark = line.rfind(kChecksumMark);
  if (mark == std::string_view::npos) return std::nullopt;
  const std::string_view content = line.substr(0, mark);
  if (line.substr(mark + kChecksumMark.size()) != fmt::format("{:08x}", crc32c(bytes_of(content))))
    return std::nullopt;
  Words words(content);
  RetiredSegment out;
  const std::string_view stream = words.next();
  if (stream != folder_of(Stream::input) && stream != folder_of(Stream::derived))
    return std::nullopt;
  out.stream = stream == folder_of(Stream::input) ? Stream::input : Stream::derived;
  words.expect("segment");
  words.number(out.segment);
  words.expect("entries");
  words.number(out.first);
  words.expect("to");
  words.number(out.end);
  words.expect("bytes");
  words.number(out.bytes);
  words.expect("sha256");
  words.digest(out.sha256);
  if (out.stream == Stream::input) {
    words.expect("from");
    words.time(out.from);
    words.expect("until");
    words.time(out.to);
  }
  words.expect("deleted");
  words.time(out.at);
  if (!words.ok_at_end()) return std::nullopt;
  return out;
}

Result<std::vector<RetiredSegment>> list_retired(base::Storage& storage) {
  std::vector<RetiredSegment> out;
  const auto size = storage.size(kRetired);
  if (!size) return out;  // nothing was ever deleted
  if (*size > kMaxRetired)
    return base::bad_input(fmt::format("{}: {} bytes are too many", kRetired, *size));
  const auto bytes = storage.read(kRetired, 0, static_cast<std::size_t>(*size));
  if (!bytes) return std::unexpected(bytes.error());
  std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) break;
    if (auto line = parse_retired(text.substr(0, end))) out.push_back(*line);
    text.remove_prefix(end + 1);
  }
  return out;
}

bool is_retired(const std::vector<RetiredSegment>& retired, Stream stream, std::uint64_t sequence) {
  return std::ranges::any_of(retired, [&](const RetiredSegment& r) {
    return r.stream == stream && sequence >= r.first && sequence < r.end;
  });
}

Result<Retirement> retire(base::Storage& storage,
                          const RetentionRules& rules,
                          base::Timestamp now) {
  if (const auto valid = rules.validate(); !valid) return std::unexpected(valid.error());
  Retirement out;
  const auto standing = held(storage, out);
  if (!standing) return std::unexpected(standing.error());
  if (*standing) return out;
  for (const Stream stream : {Stream::input, Stream::derived}) {
    if (const auto done = finish(storage, stream); !done) return std::unexpected(done.error());
  }
  auto expired = expired_input(storage, rules, now, out);
  if (!expired) return std::unexpected(expired.error());
  if (const auto done = delete_said(storage, std::move(*expired), now, out); !done)
    return std::unexpected(done.error());
  const auto said = list_retired(storage);
  if (!said) return std::unexpected(said.error());
  std::uint64_t first_input = 0;
  for (const RetiredSegment& r : *said) {
    if (r.stream == Stream::input) first_input = std::max(first_input, r.end);
  }
  if (first_input == 0 || !out.holds.empty()) return out;
  auto orphaned = orphaned_derived(storage, rules, first_input);
  if (!orphaned) return std::unexpected(orphaned.error());
  if (const auto done = delete_said(storage, std::move(*orphaned), now, out); !done)
    return std::unexpected(done.error());
  const auto dropped = drop_snapshots_below(storage, first_input);
  if (!dropped) return std::unexpected(dropped.error());
  out.snapshots += *dropped;
  return out;
}

}  // namespace liptako::record
