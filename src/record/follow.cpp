#include "record/follow.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.hpp"
#include "record/cursor.hpp"
#include "record/input_body.hpp"
#include "record/log.hpp"

namespace liptako::record {

namespace {

using base::Result;

constexpr std::array<std::string_view, 3> kRoleNames{"primary", "standby", "former"};
constexpr std::array<std::string_view, 6> kRefusalNames{
    "wrong_node", "diverged", "two_primaries", "not_whole", "damaged", "same_log"};
constexpr std::string_view kMagic = "LPPAIR1\n";
constexpr std::size_t kSizeField = 4;

enum class Kind : std::uint8_t { hello = 1, entries = 2, lost = 3, beat = 4, refusal = 5 };

base::ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

void put_text(base::ByteWriter& writer, std::string_view text) {
  writer.put_string(text.substr(0, kMaxPairText));
}

// One line, as it goes into a takeover, a file and onto a terminal. Longer than any that is
// written, or no line: fails.
std::string get_line(base::ByteReader& reader) {
  std::string text = reader.get_string();
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (text.size() > kMaxPairText || std::ranges::any_of(text, is_control)) reader.fail();
  return text;
}

void put_body(base::ByteWriter& writer, const Hello& hello) {
  writer.put(Kind::hello);
  writer.put_raw(bytes_of(kMagic));
  writer.put(hello.role);
  writer.put(hello.term);
  writer.put(hello.held.size);
  writer.put_raw(hello.held.root);
  for (const std::string* text : {&hello.node, &hello.origin, &hello.build})
    put_text(writer, *text);
}

void put_body(base::ByteWriter& writer, const EntryBatch& batch) {
  writer.put(Kind::entries);
  writer.put(batch.first);
  writer.put(static_cast<std::uint32_t>(batch.size()));
  for (std::size_t i = 0; i < batch.size(); ++i) writer.put_bytes(batch.body(i));
}

void put_body(base::ByteWriter& writer, const LostEntries& lost) {
  writer.put(Kind::lost);
  writer.put(lost.first);
  writer.put(lost.count);
}

void put_body(base::ByteWriter& writer, const Beat& beat) {
  writer.put(Kind::beat);
  writer.put(beat.end);
}

void put_body(base::ByteWriter& writer, const Refused& refused) {
  writer.put(Kind::refusal);
  writer.put(refused.reason);
  put_text(writer, refused.words);
}

std::optional<Hello> get_hello(base::ByteReader& reader) {
  if (!std::ranges::equal(reader.get_raw(kMagic.size()), bytes_of(kMagic))) return std::nullopt;
  Hello hello;
  hello.role = reader.get<PairRole>();
  hello.term = reader.get<std::uint64_t>();
  hello.held.size = reader.get<std::uint64_t>();
  const base::ByteView root = reader.get_raw(hello.held.root.size());
  std::ranges::copy(root, hello.held.root.begin());
  for (std::string* text : {&hello.node, &hello.origin, &hello.build}) *text = get_line(reader);
  const bool is_role = hello.role >= PairRole::primary && hello.role <= kLastPairRole;
  const bool is_term = hello.term >= kFirstTerm && hello.term <= kLastTerm;
  if (!is_role || !is_term) return std::nullopt;
  return hello;
}

std::optional<EntryBatch> get_entries(base::ByteReader& reader) {
  EntryBatch batch;
  batch.first = reader.get<std::uint64_t>();
  const std::uint32_t count = reader.get_count(kInputBodyPrefix + kEntryHeaderSize);
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) {
    const base::ByteView body = reader.get_bytes();
    if (body.size() > kMaxBody || !decode_body_entry(body)) return std::nullopt;
    batch.add(body);
  }
  if (count == 0 || batch.first + count < batch.first) return std::nullopt;
  return batch;
}

std::optional<LostEntries> get_lost(base::ByteReader& reader) {
  LostEntries lost;
  lost.first = reader.get<std::uint64_t>();
  lost.count = reader.get<std::uint64_t>();
  if (lost.count == 0 || lost.count > kMaxLost || lost.first + lost.count < lost.first)
    return std::nullopt;
  return lost;
}

std::optional<Refused> get_refusal(base::ByteReader& reader) {
  Refused refused;
  refused.reason = reader.get<PairRefusal>();
  refused.words = get_line(reader);
  if (refused.reason < PairRefusal::wrong_node || refused.reason > kLastPairRefusal)
    return std::nullopt;
  return refused;
}

std::optional<PairMessage> get_message(base::ByteReader& reader) {
  switch (reader.get<Kind>()) {
    case Kind::hello:
      return get_hello(reader);
    case Kind::entries:
      return get_entries(reader);
    case Kind::lost:
      return get_lost(reader);
    case Kind::beat:
      return Beat{reader.get<std::uint64_t>()};
    case Kind::refusal:
      return get_refusal(reader);
  }
  return std::nullopt;
}

// Calls `take` with the commitments of entries [begin, end): of one that is missing or damaged,
// that of a lost entry.
template <class Take>
Result<void> for_commitments(base::Storage& storage, EntryRange range, const Take& take) {
  auto cursor = Cursor::open(storage, Stream::input, range.first);
  if (!cursor) return std::unexpected(cursor.error());
  for (std::uint64_t next = range.first; next < range.end;) {
    const auto frame = cursor->next_frame();
    if (!frame) return std::unexpected(frame.error());
    const std::uint64_t found = *frame ? std::min((*frame)->sequence, range.end) : range.end;
    for (; next < found; ++next) take(kLostCommitment);
    if (next == range.end) break;
    seal::Digest digest = kLostCommitment;
    if (!(*frame)->damaged && decode_body_entry((*frame)->body))
      commit_bodies({&(*frame)->body, 1}, {&digest, 1});
    take(digest);
    ++next;
  }
  return {};
}

Result<seal::TreeHead> tree_head(base::Storage& storage, std::uint64_t size) {
  const auto checkpoint = read_checkpoint(storage);
  seal::Frontier tree;
  // A record whose checkpoint cannot be read is judged by its entries.
  if (checkpoint && *checkpoint) {
    const std::uint64_t covered = (*checkpoint)->checkpoint.size;
    seal::TileHashes hashes(tile_reader(storage), covered);
    auto frontier = seal::tree_frontier(hashes.reader(), std::min(size, covered));
    if (!frontier) return std::unexpected(frontier.error());
    tree = std::move(*frontier);
  }
  const auto done = for_commitments(storage, {tree.size(), size}, [&](const seal::Digest& c) {
    tree.append(seal::leaf_hash(c));
  });
  if (!done) return std::unexpected(done.error());
  return tree.head();
}

}  // namespace

std::string_view name_of(PairRole role) { return kRoleNames[static_cast<std::size_t>(role) - 1]; }

std::string_view name_of(PairRefusal refusal) {
  return kRefusalNames[static_cast<std::size_t>(refusal) - 1];
}

void EntryBatch::add(base::ByteView body) {
  bytes.insert(bytes.end(), body.begin(), body.end());
  ends.push_back(static_cast<std::uint32_t>(bytes.size()));
}

void encode_message(const PairMessage& message, base::Bytes& out) {
  base::ByteWriter writer(out);
  const std::size_t begin = out.size();
  writer.put(std::uint32_t{0});
  std::visit([&](const auto& body) { put_body(writer, body); }, message);
  const auto size = static_cast<std::uint32_t>(out.size() - begin - kSizeField);
  CHECK(size <= kMaxPairMessage);
  std::memcpy(out.data() + begin, &size, sizeof size);
}

void MessageReader::take(base::ByteView bytes) {
  if (bad_) return;
  if (begin_ > 0) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(begin_));
    begin_ = 0;
  }
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

Result<std::optional<PairMessage>> MessageReader::next() {
  const auto refused = [&](std::string_view what) {
    bad_ = true;
    buffer_.clear();
    begin_ = 0;
    return base::bad_input(fmt::format("the other machine sent {}", what));
  };
  if (bad_) return refused("what is no message");
  const base::ByteView rest = base::ByteView(buffer_).subspan(begin_);
  if (rest.size() < kSizeField) return std::nullopt;
  const auto size = base::ByteReader(rest).get<std::uint32_t>();
  if (size == 0 || size > kMaxPairMessage)
    return refused(fmt::format("a message of {} bytes", size));
  if (rest.size() - kSizeField < size) return std::nullopt;
  base::ByteReader reader(rest.subspan(kSizeField, size));
  auto message = get_message(reader);
  if (!message || !reader.ok() || !reader.at_end()) return refused("what is no message");
  begin_ += kSizeField + size;
  return message;
}

PairJudgement judge(const Hello& own, const Hello& other) {
  using enum PairVerdict;
  if (own.node != other.node) return {refuse, PairRefusal::wrong_node};
  const bool leads = own.role == PairRole::primary;
  if (leads && other.term > own.term) return {step_down, {}};
  // The record names who took over by the log: with one name each would find itself in charge.
  if (own.origin == other.origin) return {refuse, PairRefusal::same_log};
  if (leads && other.role == PairRole::primary) {
    // The lower one steps down when it hears this one's term.
    return other.term < own.term ? PairJudgement{wait, {}}
                                 : PairJudgement{refuse, PairRefusal::two_primaries};
  }
  if (leads && other.role == PairRole::standby) return {serve, {}};
  if (own.role == PairRole::standby && other.role == PairRole::primary && other.term >= own.term)
    return {follow, {}};
  return {wait, {}};
}

Result<seal::TreeHead> tree_head_at(base::Storage& storage, std::uint64_t size) {
  // A writer may replace the checkpoint's open tiles while they are read here.
  constexpr int kAttempts = 3;
  auto head = tree_head(storage, size);
  for (int i = 1; !head && i < kAttempts; ++i) head = tree_head(storage, size);
  return head;
}

Result<std::optional<bool>> are_committed_as_lost(base::Storage& storage,
                                                  const LostEntries& entries) {
  const auto checkpoint = read_checkpoint(storage);
  if (!checkpoint) return std::unexpected(checkpoint.error());
  const std::uint64_t end = entries.first + entries.count;
  if (!*checkpoint || end > (*checkpoint)->checkpoint.size) return std::nullopt;
  const seal::Digest lost = seal::leaf_hash(kLostCommitment);
  seal::TileHashes hashes(tile_reader(storage), (*checkpoint)->checkpoint.size);
  for (std::uint64_t i = entries.first; i < end; ++i) {
    const auto leaf = hashes.at({0, i});
    if (!leaf) return std::unexpected(leaf.error());
    if (*leaf != lost) return false;
  }
  return true;
}

Result<std::uint64_t> cut_broken_copy(base::Storage& storage) {
  const auto checkpoint = read_checkpoint(storage);
  if (!checkpoint) return std::unexpected(checkpoint.error());
  std::uint64_t next = *checkpoint ? (*checkpoint)->checkpoint.size : 0;
  auto cursor = Cursor::open(storage, Stream::input, next);
  if (!cursor) return std::unexpected(cursor.error());
  // Where the last entry that stays ends; none: where the first one that is found begins.
  std::optional<std::pair<std::uint32_t, std::uint64_t>> end;
  while (true) {
    const auto frame = cursor->next_frame();
    if (!frame) return std::unexpected(frame.error());
    if (!*frame) return 0;  // what follows is the unfinished end, the writer's to cut
    const Frame& f = **frame;
    const bool is_entry = f.body.empty() || decode_body_entry(f.body).has_value();
    const bool sound = !f.damaged && f.sequence == next && is_entry;
    if (!end) end.emplace(f.segment, f.offset);
    if (!sound) break;
    end.emplace(f.segment, f.offset + kFrameHeaderSize + f.body.size());
    ++next;
  }
  const auto names = storage.list(folder_of(Stream::input));
  if (!names) return std::unexpected(names.error());
  std::uint64_t given_up = 1;
  for (auto frame = cursor->next_frame(); frame && *frame; frame = cursor->next_frame()) ++given_up;
  // The newest first: cut short, this leaves a record that is cut again.
  for (auto name = names->rbegin(); name != names->rend(); ++name) {
    const auto number = segment_number(*name);
    if (!number || *number <= end->first) continue;
    if (auto removed = storage.remove(segment_path(Stream::input, *number)); !removed)
      return std::unexpected(removed.error());
  }
  const std::string path = segment_path(Stream::input, end->first);
  if (auto cut = storage.truncate(path, end->second); !cut) return std::unexpected(cut.error());
  const auto file = storage.open_append(path);
  if (!file) return std::unexpected(file.error());
  if (auto synced = (*file)->sync(); !synced) return std::unexpected(synced.error());
  return given_up;
}

}  // namespace liptako::record
