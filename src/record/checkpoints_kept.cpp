#include "record/checkpoints_kept.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "record/log.hpp"

namespace liptako::record {

namespace {

using base::Result;

constexpr std::uint64_t kMaxTimes = 64u << 20;

std::int64_t seconds_of(base::Timestamp time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

// By size: when it was signed, as far as that is known.
using Times = std::map<std::uint64_t, std::int64_t>;

// A number and the character behind it.
template <class T>
bool take_number(std::string_view& text, T& out, char end) {
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  const auto used = static_cast<std::size_t>(stop - text.data());
  if (error != std::errc() || used == text.size() || *stop != end) return false;
  text.remove_prefix(used + 1);
  return true;
}

// What is no line of the file ends it: it can be lost.
Result<Times> read_times(base::Storage& storage) {
  Times out;
  const auto size = storage.size(kCheckpointTimes);
  if (!size || *size > kMaxTimes) return out;
  const auto bytes = storage.read(kCheckpointTimes, 0, static_cast<std::size_t>(*size));
  if (!bytes) return std::unexpected(bytes.error());
  std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  std::uint64_t number = 0;
  std::int64_t time = 0;
  while (take_number(text, number, ' ') && take_number(text, time, '\n')) out[number] = time;
  return out;
}

Result<void> write_times(base::Storage& storage, const Times& times) {
  std::string text;
  for (const auto& [size, time] : times) text += fmt::format("{} {}\n", size, time);
  return storage.replace(kCheckpointTimes,
                         {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

// A cosignature begins with the time it signs, seconds in eight octets [C2SP tlog-cosignature].
std::optional<std::int64_t> cosigned_at(const seal::NoteSignature& signature) {
  constexpr std::size_t kTimeSize = 8;
  constexpr std::uint64_t kMostSeconds = 9'000'000'000;  // year 2255
  if (signature.bytes.size() != kTimeSize + seal::Signature::kSize) return std::nullopt;
  std::uint64_t time = 0;
  for (std::size_t i = 0; i < kTimeSize; ++i) time = time << 8 | signature.bytes[i];
  if (time > kMostSeconds) return std::nullopt;
  return static_cast<std::int64_t>(time);
}

// What a kept note says of itself. One that cannot be read is evidence of something: it stays.
struct Note {
  std::size_t witnesses = 0;
  std::optional<std::int64_t> time;  // of the newest cosignature
  bool readable = true;
};
Result<Note> read_kept(base::Storage& storage, std::uint64_t size) {
  const auto bytes = storage.read(checkpoint_history_path(size), 0, seal::kMaxNoteSize + 1);
  if (!bytes) return std::unexpected(bytes.error());
  const auto note = seal::parse_note({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
  const auto checkpoint = note ? seal::parse_checkpoint(note->text) : std::unexpected(note.error());
  if (!checkpoint || checkpoint->size != size) return Note{0, std::nullopt, false};
  Note out;
  for (const seal::NoteSignature& signature : note->signatures) {
    if (signature.key_name == checkpoint->origin) continue;
    ++out.witnesses;
    if (const auto at = cosigned_at(signature)) out.time = std::max(out.time.value_or(0), *at);
  }
  return out;
}

std::vector<std::uint64_t> sizes_of(const std::vector<std::string>& names) {
  std::vector<std::uint64_t> out;
  for (const std::string& name : names) {
    std::uint64_t size = 0;
    const auto [stop, error] = std::from_chars(name.data(), name.data() + name.size(), size);
    if (error == std::errc() && stop == name.data() + name.size() &&
        checkpoint_history_path(size) == fmt::format("{}/{}", kCheckpointFolder, name)) {
      out.push_back(size);
    }
  }
  std::ranges::sort(out);
  return out;
}

}  // namespace

Result<Thinned> thin_checkpoints(base::Storage& storage,
                                 const ThinningRules& rules,
                                 base::Timestamp now,
                                 std::span<const std::uint64_t> named) {
  if (rules.most < 2) return base::bad_input("thinning: most is at least 2");
  const auto names = storage.list(kCheckpointFolder);
  if (!names) return std::unexpected(names.error());
  const std::vector<std::uint64_t> sizes = sizes_of(*names);
  Thinned out;
  out.kept = static_cast<std::uint32_t>(names->size());
  auto known = read_times(storage);
  if (!known) return std::unexpected(known.error());
  Times times;
  std::uint32_t left = rules.most;
  const std::int64_t now_s = seconds_of(now);
  for (const std::uint64_t size : sizes) {
    const auto time = known->find(size);
    if (time != known->end()) {
      times.insert(*time);
      continue;
    }
    if (left == 0) {
      out.complete = false;
      continue;
    }
    --left;
    const auto note = read_kept(storage, size);
    if (!note) return std::unexpected(note.error());
    times[size] = std::min(now_s, note->time.value_or(now_s));
  }

  // Groups of which one stays: those of an hour, and before these those of a day.
  const std::int64_t all_from = seconds_of(now - rules.all);
  const std::int64_t hourly_from = seconds_of(now - rules.hourly);
  std::map<std::pair<bool, std::int64_t>, std::vector<std::uint64_t>> groups;
  for (const auto& [size, time] : times) {
    if (time >= all_from || size == sizes.back()) continue;
    // The next longer period begins where whole ones of it lie behind: an hour is judged once.
    constexpr std::int64_t kHour = 3'600;
    constexpr std::int64_t kDaySeconds = 86'400;
    const bool daily = time / kDaySeconds * kDaySeconds + kDaySeconds <= hourly_from;
    groups[{daily, time / (daily ? kDaySeconds : kHour)}].push_back(size);
  }
  bool changed = times != *known;
  for (auto& [period, group] : groups) {
    if (group.size() < 2) continue;
    if (group.size() > left) {
      out.complete = false;
      if (left < rules.most) break;  // the next call has room for it
      group.resize(left);
    }
    left -= static_cast<std::uint32_t>(group.size());
    std::uint64_t best = group.front();
    std::size_t most = 0;
    std::set<std::uint64_t> stay;
    for (const std::uint64_t size : group) {
      const auto note = read_kept(storage, size);
      if (!note) return std::unexpected(note.error());
      if (!note->readable || std::ranges::find(named, size) != named.end()) stay.insert(size);
      if (note->readable && note->witnesses >= most) {
        best = size;
        most = note->witnesses;
      }
    }
    for (const std::uint64_t size : group) {
      if (size == best || stay.contains(size)) continue;
      if (const auto gone = storage.remove(checkpoint_history_path(size)); !gone)
        return std::unexpected(gone.error());
      times.erase(size);
      changed = true;
      ++out.removed;
      --out.kept;
    }
  }
  if (changed) {
    if (const auto put = write_times(storage, times); !put) return std::unexpected(put.error());
  }
  return out;
}

}  // namespace liptako::record
