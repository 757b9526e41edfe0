#include "record/retention.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "record/cursor.hpp"
#include "record/snapshot.hpp"
#include "seal/checkpoint.hpp"
#include "seal/note.hpp"

namespace liptako::record {

namespace {

using base::Result;

constexpr std::size_t kChunk = 1u << 20;
constexpr std::size_t kMaxCheckpoint = 1u << 20;
// Of the file `retired`: some 200,000 segments.
constexpr std::uint64_t kMaxIndex = 64u << 20;

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

Result<bool> is_orphaned(base::Storage& storage,
                         const Segment& derived,
                         std::uint64_t first_input) {
  // Bodies come in the order of the entries they were computed from: that of the first behind it
  // says enough.
  auto cursor = Cursor::open(storage, Stream::derived, derived.end);
  if (!cursor) return std::unexpected(cursor.error());
  const auto frame = cursor->next_frame();
  if (!frame) return std::unexpected(frame.error());
  if (!*frame || (*frame)->damaged) return false;
  return base::ByteReader((*frame)->body).get<std::uint64_t>() <= first_input;
}

// What a node and its proofs need of the input's front.
struct Needed {
  std::uint64_t from = 0;
  std::string why;  // for a person
};
Result<Needed> needed_from(base::Storage& storage,
                           const RetentionRules& rules,
                           std::uint64_t carried_at) {
  const auto snapshot = newest_sound_snapshot(storage);
  if (!snapshot) return std::unexpected(snapshot.error());
  const auto covered = covered_end(storage, rules.without_log);
  if (!covered) return std::unexpected(covered.error());
  if (!*snapshot) return Needed{0, "there is no sound snapshot to start from without them"};
  const std::uint64_t sealed = std::min(**snapshot, *covered);
  if (carried_at < sealed) {
    return Needed{
        carried_at,
        fmt::format("what must be carried forward is told up to entry {} only", carried_at)};
  }
  return Needed{sealed,
                fmt::format("the newest snapshot and checkpoint reach to entry {} only", sealed)};
}

// The notes in the file `retired`, in its order. `whole`: how much of
// the file ends with a whole note, or with what older builds wrote.
struct Index {
  std::vector<std::string_view> notes;
  std::uint64_t whole = 0;
  bool spoilt = false;  // part of it before the last note is none
};
Index read_index(std::string_view text) {
  constexpr std::string_view kFirstLine = "liptako/retirement/";
  Index out;
  const auto next_note = [&](std::size_t from) {
    const std::size_t at = text.find(fmt::format("\n{}", kFirstLine), from);
    return at == std::string_view::npos ? text.size() : at + 1;
  };
  std::size_t begin = text.starts_with(kFirstLine) ? 0 : next_note(0);
  const auto up_to_line = [](std::string_view part) {
    return part.substr(0, part.rfind('\n') + 1);
  };
  out.whole = up_to_line(text.substr(0, begin)).size();
  while (begin < text.size()) {
    const std::size_t end = next_note(begin);
    std::string_view note = text.substr(begin, end - begin);
    if (!parse_retirement(note)) note = up_to_line(note);  // the beginning of the next may be there
    if (parse_retirement(note)) {
      out.notes.push_back(note);
      out.whole = begin + note.size();
    }
    out.spoilt = out.spoilt || (end < text.size() && out.whole != end);
    begin = end;
  }
  return out;
}

Result<std::string> read_index_file(base::Storage& storage) {
  const auto size = storage.size(kRetiredIndex);
  if (!size) return std::string();  // nothing was ever deleted
  if (*size > kMaxIndex)
    return base::bad_input(fmt::format("{}: {} bytes are too many", kRetiredIndex, *size));
  const auto bytes = storage.read(kRetiredIndex, 0, static_cast<std::size_t>(*size));
  if (!bytes) return std::unexpected(bytes.error());
  return std::string(bytes->begin(), bytes->end());
}

// Puts the newest note behind the others, if it is not there.
Result<void> keep_index(base::Storage& storage, const Keeping& said) {
  const auto text = read_index_file(storage);
  if (!text) return std::unexpected(text.error());
  const Index index = read_index(*text);
  if (!index.notes.empty() && index.notes.back() == said.newest) return {};
  // A crash may have left part of a note.
  if (index.whole < text->size()) {
    if (const auto cut = storage.truncate(kRetiredIndex, index.whole); !cut) return cut;
  }
  auto file = storage.open_append(kRetiredIndex);
  if (!file) return std::unexpected(file.error());
  if (const auto written = (*file)->append(bytes_of(said.newest)); !written) return written;
  return (*file)->sync();
}

// Segments of the stream that are said to be deleted and are there.
Result<std::vector<std::uint32_t>> left_over(base::Storage& storage,
                                             Stream stream,
                                             const Keeping& said) {
  std::vector<std::uint32_t> out;
  const auto closed = closed_segments(storage, stream);
  if (!closed) return std::unexpected(closed.error());
  for (const Segment& segment : *closed) {
    bool goes = said.is_deleted(DeletedRange{segment.first, segment.end});
    if (stream == Stream::derived) {
      const auto orphaned = is_orphaned(storage, segment, said.deleted_end());
      if (!orphaned) return std::unexpected(orphaned.error());
      goes = *orphaned;
    }
    if (goes) out.push_back(segment.number);
    if (!goes && stream == Stream::derived) break;
  }
  return out;
}

}  // namespace

Result<void> RetentionRules::validate() const {
  if (keep < base::kDay || keep > 36'500 * base::kDay)
    return base::bad_input("retention: keep is not in 1..36500 days");
  if (most < 1 || most > kMaxRetiredSegments / 2)
    return base::bad_input(fmt::format("retention: most is not in 1..{}", kMaxRetiredSegments / 2));
  return {};
}

std::string RetentionRules::words() const { return fmt::format("keep {} days", keep / base::kDay); }

std::uint64_t RetirementPlan::end() const {
  std::uint64_t end = 0;
  for (const RetiredSegment& segment : segments) {
    if (segment.stream == Stream::input) end = std::max(end, segment.end);
  }
  return end;
}

Result<RetirementPlan> plan_retirement(base::Storage& storage,
                                       const RetentionRules& rules,
                                       base::Timestamp now,
                                       const Keeping& said,
                                       std::uint64_t carried_at) {
  if (const auto valid = rules.validate(); !valid) return std::unexpected(valid.error());
  RetirementPlan plan;
  plan.rule = rules.words();
  const auto files = list_holds(storage);
  if (!files) return std::unexpected(files.error());
  plan.holds = standing_holds(said.holds, *files);
  if (!plan.holds.empty()) return plan;
  const auto closed = closed_segments(storage, Stream::input);
  if (!closed) return std::unexpected(closed.error());
  std::optional<Needed> needed;  // looked up once something is old enough
  for (const Segment& segment : *closed) {
    if (plan.segments.size() >= rules.most) break;
    if (said.is_deleted(DeletedRange{segment.first, segment.end})) continue;
    // The first entry behind it is a first sign of its age, and costs one read; then every entry
    // counts, since clocks step.
    const auto behind = stamp_at(storage, segment.end);
    if (!behind) return std::unexpected(behind.error());
    if (!*behind || now - **behind < rules.keep) break;
    if (!needed) {
      auto from = needed_from(storage, rules, carried_at);
      if (!from) return std::unexpected(from.error());
      needed = std::move(*from);
    }
    if (segment.end > needed->from) {
      plan.kept = needed->why;
      break;
    }
    auto described = describe(storage, Stream::input, segment);
    if (!described) return std::unexpected(described.error());
    if (now - described->to < rules.keep) break;
    plan.segments.push_back(*described);
  }
  if (plan.segments.empty()) return plan;
  const std::uint64_t first_input = plan.end();
  const auto derived = closed_segments(storage, Stream::derived);
  if (!derived) return std::unexpected(derived.error());
  for (const Segment& segment : *derived) {
    if (plan.segments.size() >= 2 * std::size_t{rules.most}) break;
    const auto orphaned = is_orphaned(storage, segment, first_input);
    if (!orphaned) return std::unexpected(orphaned.error());
    if (!*orphaned) break;
    auto described = describe(storage, Stream::derived, segment);
    if (!described) return std::unexpected(described.error());
    plan.segments.push_back(*described);
  }
  return plan;
}

Result<CarriedOut> carry_out_retirement(base::Storage& storage, const Keeping& said) {
  CarriedOut out;
  if (said.ranges.empty()) return out;
  // A hold may be set at any time, by another process.
  const auto is_held = [&]() -> Result<bool> {
    const auto files = list_holds(storage);
    if (!files) return std::unexpected(files.error());
    out.holds = standing_holds(said.holds, *files);
    return !out.holds.empty();
  };
  auto held = is_held();
  if (!held) return std::unexpected(held.error());
  if (*held) return out;
  // The disk may be so full that there is no room for it; deleting makes some.
  Result<void> indexed = keep_index(storage, said);
  for (const Stream stream : {Stream::input, Stream::derived}) {
    const auto segments = left_over(storage, stream, said);
    if (!segments) return std::unexpected(segments.error());
    for (const std::uint32_t segment : *segments) {
      held = is_held();
      if (!held) return std::unexpected(held.error());
      if (*held) return out;
      if (const auto gone = storage.remove(segment_path(stream, segment)); !gone)
        return std::unexpected(gone.error());
      ++out.segments;
    }
  }
  const auto dropped = drop_snapshots_below(storage, said.deleted_end());
  if (!dropped) return std::unexpected(dropped.error());
  out.snapshots = *dropped;
  if (!indexed) indexed = keep_index(storage, said);
  if (!indexed) return std::unexpected(indexed.error());
  return out;
}

Result<RetentionFound> work_on_retention(base::Storage& storage, const RetentionWork& work) {
  RetentionFound out;
  auto files = list_holds(storage);
  if (!files) return std::unexpected(files.error());
  for (const Hold& hold : missing_holds(work.said.holds, *files)) {
    const std::string text = to_string(hold);
    if (const auto back = storage.replace(hold_path(hold.id), bytes_of(text)); !back)
      return std::unexpected(back.error());
    files->push_back(hold);
  }
  // What is about to be said must outlive a power cut: whoever wrote the file may have failed at
  // the last step, the sync of its folder.
  for (const Hold& hold : unsaid_holds(work.said.holds, *files)) {
    const std::string text = to_string(hold);
    if (const auto kept = storage.replace(hold_path(hold.id), bytes_of(text)); !kept)
      return std::unexpected(kept.error());
  }
  // A hold that was lifted by its file on the machine that writes the record is lifted here too:
  // its file came from there, and would keep everything for ever.
  for (Hold& file : *files) {
    const auto said = std::ranges::find(work.said.holds, file.id, &Hold::id);
    if (work.plans || said == work.said.holds.end() || said->stands() || !file.stands()) continue;
    Hold before = *said;
    before.lifted.reset();
    if (!file.readable || to_string(file) != to_string(before)) continue;
    const std::string text = to_string(*said);
    if (const auto lifted = storage.replace(hold_path(file.id), bytes_of(text)); !lifted)
      return std::unexpected(lifted.error());
    file = *said;
  }
  out.files = std::move(*files);
  auto thinned = thin_checkpoints(storage, {}, work.now, work.named);
  if (!thinned) return std::unexpected(thinned.error());
  out.checkpoints = *thinned;
  const bool waits = work.said.retirements > 0 && !work.may_delete;
  if (work.may_delete) {
    auto done = carry_out_retirement(storage, work.said);
    if (!done) return std::unexpected(done.error());
    out.done = std::move(*done);
  }
  if (waits || !work.plans || !out.done.holds.empty()) return out;
  auto plan = plan_retirement(storage, work.rules, work.now, work.said, work.carried_at);
  if (!plan) return std::unexpected(plan.error());
  out.plan = std::move(*plan);
  return out;
}

Result<std::string> check_retired_index(base::Storage& storage, const Keeping& said) {
  const auto text = read_index_file(storage);
  if (!text) return text;
  const Index index = read_index(*text);
  if (index.spoilt) return std::string("part of it is no note");
  for (std::size_t i = 1; i < index.notes.size(); ++i) {
    if (parse_retirement(index.notes[i])->previous == seal::sha256(bytes_of(index.notes[i - 1])))
      continue;
    return fmt::format("retirement {} does not follow the one before it",
                       parse_retirement(index.notes[i])->number);
  }
  if (index.notes.empty()) return std::string();
  const std::string_view last = index.notes.back();
  const auto newest = parse_retirement(said.newest);
  const bool vouched =
      newest && (last == said.newest || newest->previous == seal::sha256(bytes_of(last)));
  return vouched ? std::string() : std::string("no entry of the record vouches for its notes");
}

}  // namespace liptako::record
