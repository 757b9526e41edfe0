#include "record/keeping.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <iterator>

#include "record/cursor.hpp"

namespace liptako::record {

namespace {

constexpr std::string_view kRetirement = "liptako/retirement/v1\n";
// The last line of a note, and the first part of a carried state: what a power cut spoilt is none.
constexpr std::string_view kSha256 = "sha256";
constexpr std::string_view kHeld = "liptako/held/v1\n";
constexpr std::string_view kCarried = "liptako/carried/v1\n";
// Of a carried state in one entry: what is left of it is the first line and two numbers.
constexpr std::size_t kCarriedPart = 60'000;
// A state is the configuration, a roster and a few small texts: each fits an entry.
constexpr std::size_t kMaxCarried = 4u << 20;

std::string_view text_of(base::ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
base::Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

// Takes words off a line, and lines off a text; total.
class Words {
 public:
  explicit Words(std::string_view text) : rest_(text) {}
  // Up to the next blank or end of line, which is taken with it.
  std::string_view next(char end = ' ') {
    const std::size_t at = rest_.find(end);
    if (at == std::string_view::npos) {
      ok_ = false;
      return {};
    }
    const std::string_view word = rest_.substr(0, at);
    rest_.remove_prefix(at + 1);
    return word;
  }
  void expect(std::string_view word) { ok_ = ok_ && next() == word; }
  template <class T>
  void number(T& out, char end = ' ') {
    const std::string_view word = next(end);
    const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), out);
    ok_ = ok_ && error == std::errc() && stop == word.data() + word.size();
  }
  void time(base::Timestamp& out, char end = ' ') {
    const auto parsed = base::parse_rfc3339(next(end));
    ok_ = ok_ && parsed.has_value();
    if (parsed) out = *parsed;
  }
  void digest(seal::Digest& out, char end = ' ') {
    const auto parsed = seal::digest_from_hex(next(end));
    ok_ = ok_ && parsed.has_value();
    if (parsed) out = *parsed;
  }
  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

bool is_line(std::string_view text, std::size_t most) {
  return !text.empty() && text.size() <= most && std::ranges::none_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
}

RetiredSegment take_segment(Words& words, bool& known) {
  RetiredSegment out;
  const std::string_view stream = words.next();
  known = stream == folder_of(Stream::input) || stream == folder_of(Stream::derived);
  const bool input = stream == folder_of(Stream::input);
  out.stream = input ? Stream::input : Stream::derived;
  words.number(out.segment);
  words.expect("entries");
  words.number(out.first);
  words.expect("to");
  words.number(out.end);
  words.expect("bytes");
  words.number(out.bytes);
  words.expect("sha256");
  words.digest(out.sha256, input ? ' ' : '\n');
  if (input) {
    words.expect("from");
    words.time(out.from);
    words.expect("until");
    words.time(out.to, '\n');
  }
  return out;
}

Hold* find(std::vector<Hold>& holds, std::string_view id) {
  const auto at = std::ranges::find(holds, id, &Hold::id);
  return at == holds.end() ? nullptr : &*at;
}
const Hold* find(const std::vector<Hold>& holds, std::string_view id) {
  const auto at = std::ranges::find(holds, id, &Hold::id);
  return at == holds.end() ? nullptr : &*at;
}

// "id mopti-114\n", then the text of its file.
std::string hold_item(const Hold& hold) {
  return fmt::format("id {}\n{}", hold.id, to_string(hold));
}
std::optional<Hold> parse_hold_item(std::string_view text) {
  Words words(text);
  words.expect("id");
  const std::string_view id = words.next('\n');
  if (!words.ok() || !is_hold_id(id)) return std::nullopt;
  Hold hold = parse_hold(id, words.rest());
  if (!hold.readable) return std::nullopt;
  return hold;
}

// A hold that was lifted stays so: a name is used once.
void note_hold(std::vector<Hold>& holds, Hold hold) {
  if (Hold* known = find(holds, hold.id)) {
    if (known->stands()) *known = std::move(hold);
    return;
  }
  const auto at = std::ranges::lower_bound(holds, hold.id, {}, &Hold::id);
  holds.insert(at, std::move(hold));
}

}  // namespace

std::string to_string(const RetiredSegment& r) {
  std::string line = fmt::format("segment {} {} entries {} to {} bytes {} sha256 {}",
                                 folder_of(r.stream),
                                 r.segment,
                                 r.first,
                                 r.end,
                                 r.bytes,
                                 seal::to_hex(r.sha256));
  if (r.stream == Stream::input)
    line += fmt::format(" from {} until {}", base::to_rfc3339(r.from), base::to_rfc3339(r.to));
  return line;
}

namespace {

std::string sha256_line(std::string_view text) {
  return fmt::format("{} {}\n", kSha256, seal::to_hex(seal::sha256(bytes_of(text))));
}

}  // namespace

std::string to_string(const RetirementNote& note) {
  std::string text = fmt::format("{}number {}\nprevious {}\nrule {}\n",
                                 kRetirement,
                                 note.number,
                                 seal::to_hex(note.previous),
                                 note.rule);
  for (const DeletedRange& r : note.ranges)
    text += fmt::format("deleted {} to {}\n", r.begin, r.end);
  for (const RetiredSegment& segment : note.segments) text += to_string(segment) + '\n';
  return text + sha256_line(text);
}

std::optional<RetirementNote> parse_retirement(std::string_view text) {
  if (!text.starts_with(kRetirement)) return std::nullopt;
  RetirementNote note;
  Words words(text.substr(kRetirement.size()));
  words.expect("number");
  words.number(note.number, '\n');
  words.expect("previous");
  words.digest(note.previous, '\n');
  words.expect("rule");
  note.rule = words.next('\n');
  bool ended = false;
  while (words.ok() && !ended) {
    const std::string_view word = words.next();
    bool known = true;
    if (word == kSha256) {
      (void)words.next('\n');  // it is compared below, with the rest
      ended = words.at_end();
      known = ended;
    } else if (word == "deleted" && note.segments.empty()) {
      DeletedRange& range = note.ranges.emplace_back();
      words.number(range.begin);
      words.expect("to");
      words.number(range.end, '\n');
    } else if (word == "segment") {
      note.segments.push_back(take_segment(words, known));
    } else {
      known = false;
    }
    const bool too_many =
        note.ranges.size() > kMaxDeletedRanges || note.segments.size() > kMaxRetiredSegments;
    if (!known || too_many) return std::nullopt;
  }
  const bool ordered =
      std::ranges::all_of(note.ranges, [](const auto& r) { return r.begin < r.end; }) &&
      std::ranges::adjacent_find(note.ranges, [](const auto& a, const auto& b) {
        return a.end >= b.begin;
      }) == note.ranges.end();
  if (!words.ok() || !ordered || !is_line(note.rule, kMaxRule) || to_string(note) != text)
    return std::nullopt;
  return note;
}

bool is_carried(base::ByteView payload) { return text_of(payload).starts_with(kCarried); }

bool begins_carried(base::ByteView payload) {
  return is_carried(payload) && text_of(payload).substr(kCarried.size()).starts_with("part 1 ");
}

namespace {

seal::Digest hash_of(const CarriedState& state) {
  seal::Sha256 hash;
  for (const CarriedItem& item : state) {
    hash.update(bytes_of(fmt::format("{} {}\n", item.name, item.content.size())));
    hash.update(item.content);
  }
  return hash.finish();
}

}  // namespace

std::vector<base::Bytes> carried_payloads(const CarriedState& state) {
  base::Bytes all;
  CarriedState sealed{{std::string(kSha256), bytes_of(seal::to_hex(hash_of(state)))}};
  sealed.insert(sealed.end(), state.begin(), state.end());
  for (const CarriedItem& item : sealed) {
    const base::Bytes head = bytes_of(fmt::format("{} {}\n", item.name, item.content.size()));
    all.insert(all.end(), head.begin(), head.end());
    all.insert(all.end(), item.content.begin(), item.content.end());
  }
  std::vector<base::Bytes> payloads;
  const std::size_t parts =
      std::max<std::size_t>(1, (all.size() + kCarriedPart - 1) / kCarriedPart);
  for (std::size_t part = 0; part < parts; ++part) {
    base::Bytes& payload =
        payloads.emplace_back(bytes_of(fmt::format("{}part {} {}\n", kCarried, part + 1, parts)));
    const std::size_t begin = part * kCarriedPart;
    const std::size_t end = std::min(all.size(), begin + kCarriedPart);
    payload.insert(payload.end(),
                   all.begin() + static_cast<std::ptrdiff_t>(begin),
                   all.begin() + static_cast<std::ptrdiff_t>(end));
  }
  return payloads;
}

std::optional<CarriedState> CarriedReader::take(base::ByteView payload) {
  std::uint32_t part = 0;
  std::uint32_t parts = 0;
  Words head(text_of(payload).substr(std::min(kCarried.size(), payload.size())));
  head.expect("part");
  head.number(part);
  head.number(parts, '\n');
  const bool follows = is_carried(payload) && head.ok() && part >= 1 && part <= parts &&
                       (part == 1 || part == next_part_) &&
                       (part == 1 ? 0 : bytes_.size()) + head.rest().size() <= kMaxCarried;
  if (!follows) {
    next_part_ = 0;
    return std::nullopt;
  }
  if (part == 1) bytes_.clear();
  bytes_.insert(bytes_.end(), head.rest().begin(), head.rest().end());
  next_part_ = part + 1;
  if (part < parts) return std::nullopt;
  next_part_ = 0;
  CarriedState state;
  for (Words words(text_of(bytes_)); !words.at_end();) {
    CarriedItem item;
    item.name = words.next();
    std::size_t size = 0;
    words.number(size, '\n');
    if (!words.ok() || size > words.rest().size()) return std::nullopt;
    item.content = bytes_of(words.rest().substr(0, size));
    state.push_back(std::move(item));
    words = Words(words.rest().substr(size));
  }
  if (state.empty() || state.front().name != kSha256) return std::nullopt;
  const std::string said(state.front().content.begin(), state.front().content.end());
  state.erase(state.begin());
  if (said != seal::to_hex(hash_of(state))) return std::nullopt;
  return state;
}

bool Keeping::take(base::ByteView payload) {
  const std::string_view text = text_of(payload);
  if (text.starts_with(kHeld)) {
    auto hold = parse_hold_item(text.substr(kHeld.size()));
    if (hold) note_hold(holds, std::move(*hold));
    return hold.has_value();
  }
  auto note = parse_retirement(text);
  if (!note) return false;
  retirements = note->number;
  ranges = std::move(note->ranges);
  newest = text;
  return true;
}

bool Keeping::is_deleted(std::uint64_t sequence) const {
  return is_deleted(DeletedRange{sequence, sequence + 1});
}

bool Keeping::is_deleted(const DeletedRange& range) const {
  return std::ranges::any_of(
      ranges, [&](const DeletedRange& r) { return range.begin >= r.begin && range.end <= r.end; });
}

std::optional<RetirementNote> Keeping::next_retirement(std::string rule,
                                                       std::vector<RetiredSegment> segments) const {
  RetirementNote note;
  note.number = retirements + 1;
  if (!newest.empty()) note.previous = seal::sha256(bytes_of(newest));
  note.rule = std::move(rule);
  note.ranges = ranges;
  for (const RetiredSegment& s : segments) {
    if (s.stream != Stream::input) continue;
    if (!note.ranges.empty() && note.ranges.back().end == s.first) {
      note.ranges.back().end = s.end;
    } else {
      note.ranges.push_back({s.first, s.end});
    }
  }
  note.segments = std::move(segments);
  if (note.ranges.size() > kMaxDeletedRanges || note.segments.size() > kMaxRetiredSegments)
    return std::nullopt;
  return note;
}

CarriedState Keeping::carried() const {
  CarriedState state;
  if (!newest.empty()) state.push_back({"retirement", bytes_of(newest)});
  for (const Hold& hold : holds) state.push_back({"hold", bytes_of(hold_item(hold))});
  return state;
}

void Keeping::restore(const CarriedState& state) {
  Keeping out;
  for (const CarriedItem& item : state) {
    if (item.name == "retirement") (void)out.take(item.content);
    if (item.name != "hold") continue;
    if (auto hold = parse_hold_item(text_of(item.content))) note_hold(out.holds, std::move(*hold));
  }
  *this = std::move(out);
}

base::Bytes held_payload(const Hold& hold) {
  return bytes_of(fmt::format("{}{}", kHeld, hold_item(hold)));
}

std::vector<Hold> unsaid_holds(const std::vector<Hold>& said, const std::vector<Hold>& files) {
  std::vector<Hold> out;
  for (const Hold& hold : files) {
    if (!hold.readable || !is_hold_id(hold.id)) continue;
    const Hold* known = find(said, hold.id);
    if (known == nullptr || (known->stands() && !hold.stands())) out.push_back(hold);
  }
  return out;
}

std::vector<Hold> missing_holds(const std::vector<Hold>& said, const std::vector<Hold>& files) {
  std::vector<Hold> out;
  std::ranges::copy_if(said, std::back_inserter(out), [&](const Hold& hold) {
    return hold.stands() && find(files, hold.id) == nullptr;
  });
  return out;
}

std::vector<Hold> standing_holds(const std::vector<Hold>& said, const std::vector<Hold>& files) {
  std::vector<Hold> out = missing_holds(said, files);
  std::ranges::copy_if(files, std::back_inserter(out), &Hold::stands);
  return out;
}

base::Result<KeepingRead> read_keeping(base::Storage& storage) {
  auto cursor = Cursor::open(storage, Stream::input);
  if (!cursor) return std::unexpected(cursor.error());
  KeepingRead out;
  bool any = false;
  CarriedReader reader;
  std::uint64_t set_begin = 0;
  while (true) {
    const auto entry = cursor->next();
    if (!entry) return std::unexpected(entry.error());
    if (!*entry) return out;
    if (!any) out.first = (*entry)->sequence;
    any = true;
    if ((*entry)->damaged || (*entry)->entry.kind != EntryKind::document) continue;
    const base::ByteView payload = (*entry)->entry.payload;
    if (begins_carried(payload)) set_begin = (*entry)->sequence;
    if (const auto state = reader.take(payload)) {
      out.keeping.restore(*state);
      out.carried_at = set_begin;
    }
    (void)out.keeping.take(payload);
  }
}

}  // namespace liptako::record
