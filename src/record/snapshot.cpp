#include "record/snapshot.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <ranges>

#include "seal/sha256.hpp"

namespace liptako::record {

namespace {

constexpr std::string_view kFolder = "snapshot";
constexpr std::string_view kSuffix = ".snap";
constexpr std::size_t kNumberDigits = 12;
constexpr std::array<std::uint8_t, 8> kMagic{'L', 'I', 'P', 'T', 'S', 'N', 'A', 'P'};
constexpr std::uint32_t kVersion = 1;
constexpr std::uint64_t kMaxSnapshot = 1u << 30;

std::string path_of(std::uint64_t next_sequence) {
  return fmt::format("{}/{:012}{}", kFolder, next_sequence, kSuffix);
}

std::optional<std::uint64_t> number_of(std::string_view name) {
  if (name.size() < kNumberDigits + kSuffix.size() || !name.ends_with(kSuffix)) return std::nullopt;
  const char* end = name.data() + name.size() - kSuffix.size();
  std::uint64_t number = 0;
  const auto [stop, error] = std::from_chars(name.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

// Ascending.
base::Result<std::vector<std::uint64_t>> list_snapshots(base::Storage& storage) {
  const auto names = storage.list(kFolder);
  if (!names) return std::unexpected(names.error());
  std::vector<std::uint64_t> numbers;
  for (const std::string& name : *names) {
    const auto number = number_of(name);
    if (number && path_of(*number) == fmt::format("{}/{}", kFolder, name))
      numbers.push_back(*number);
  }
  std::ranges::sort(numbers);
  return numbers;
}

base::Result<Snapshot> decode(base::ByteView bytes) {
  if (bytes.size() < seal::Digest{}.size()) return base::bad_input("shorter than its hash");
  const base::ByteView content = bytes.first(bytes.size() - seal::Digest{}.size());
  if (!std::ranges::equal(seal::sha256(content), bytes.subspan(content.size()))) {
    return base::bad_input("its hash does not match");
  }
  base::ByteReader in(content);
  if (!std::ranges::equal(in.get_raw(kMagic.size()), kMagic))
    return base::bad_input("not a snapshot");
  if (in.get<std::uint32_t>() != kVersion) return base::bad_input("of another format version");
  Snapshot snapshot;
  snapshot.next_sequence = in.get<std::uint64_t>();
  snapshot.build = in.get_string();
  const base::ByteView core = in.get_raw(in.remaining());
  if (!in.ok()) return base::bad_input("cut short");
  snapshot.core.assign(core.begin(), core.end());
  return snapshot;
}

base::Result<Snapshot> load_one(base::Storage& storage, std::string_view path) {
  const auto size = storage.size(path);
  if (!size) return std::unexpected(size.error());
  if (*size > kMaxSnapshot) return base::bad_input(fmt::format("{} bytes are too many", *size));
  const auto bytes = storage.read(path, 0, static_cast<std::size_t>(*size));
  if (!bytes) return std::unexpected(bytes.error());
  return decode(*bytes);
}

}  // namespace

base::Result<void> write_snapshot(base::Storage& storage, const Snapshot& snapshot) {
  base::Bytes bytes;
  bytes.reserve(kMagic.size() + 4 + 8 + 4 + snapshot.build.size() + snapshot.core.size() + 32);
  base::ByteWriter out(bytes);
  out.put_raw(kMagic);
  out.put(kVersion);
  out.put(snapshot.next_sequence);
  out.put_string(snapshot.build);
  out.put_raw(snapshot.core);
  const seal::Digest digest = seal::sha256(bytes);
  out.put_raw(digest);
  if (const auto replaced = storage.replace(path_of(snapshot.next_sequence), bytes); !replaced)
    return replaced;

  const auto numbers = list_snapshots(storage);
  if (!numbers) return std::unexpected(numbers.error());
  std::size_t kept = 0;
  for (const std::uint64_t number : *numbers | std::views::reverse) {
    // One beyond this rests on entries that no longer exist.
    if (number <= snapshot.next_sequence && kept < kSnapshotsKept) {
      ++kept;
      continue;
    }
    if (const auto removed = storage.remove(path_of(number)); !removed) return removed;
  }
  return {};
}

base::Result<FoundSnapshot> load_snapshot(base::Storage& storage,
                                          std::string_view build,
                                          std::uint64_t record_end) {
  const auto numbers = list_snapshots(storage);
  if (!numbers) return std::unexpected(numbers.error());
  FoundSnapshot found;
  for (const std::uint64_t number : *numbers | std::views::reverse) {
    const std::string path = path_of(number);
    if (number > record_end) {
      found.passed_over.push_back(
          fmt::format("{}: rests on entries beyond the record's end, {}", path, record_end));
      continue;
    }
    auto snapshot = load_one(storage, path);
    if (!snapshot) {
      found.passed_over.push_back(fmt::format("{}: {}", path, snapshot.error().message));
    } else if (snapshot->next_sequence != number) {
      found.passed_over.push_back(
          fmt::format("{}: holds for entry {}", path, snapshot->next_sequence));
    } else if (snapshot->build != build) {
      found.passed_over.push_back(fmt::format("{}: written by build {}", path, snapshot->build));
    } else {
      found.snapshot = std::move(*snapshot);
      break;
    }
  }
  return found;
}

base::Result<std::optional<std::uint64_t>> newest_sound_snapshot(base::Storage& storage) {
  const auto numbers = list_snapshots(storage);
  if (!numbers) return std::unexpected(numbers.error());
  for (const std::uint64_t number : *numbers | std::views::reverse) {
    const auto snapshot = load_one(storage, path_of(number));
    if (snapshot && snapshot->next_sequence == number) return number;
  }
  return std::nullopt;
}

base::Result<std::uint32_t> drop_older_snapshots(base::Storage& storage) {
  const auto newest = newest_sound_snapshot(storage);
  if (!newest) return std::unexpected(newest.error());
  return drop_snapshots_below(storage, newest->value_or(0));
}

base::Result<std::uint32_t> drop_snapshots_below(base::Storage& storage, std::uint64_t first) {
  const auto numbers = list_snapshots(storage);
  if (!numbers) return std::unexpected(numbers.error());
  std::uint32_t dropped = 0;
  for (const std::uint64_t number : *numbers) {
    if (number >= first) break;
    if (const auto gone = storage.remove(path_of(number)); !gone)
      return std::unexpected(gone.error());
    ++dropped;
  }
  return dropped;
}

base::Result<Recovery> recover(base::Storage& storage,
                               std::string_view build,
                               std::uint64_t record_end) {
  auto found = load_snapshot(storage, build, record_end);
  if (!found) return std::unexpected(found.error());
  auto tail =
      Cursor::open(storage, Stream::input, found->snapshot ? found->snapshot->next_sequence : 0);
  if (!tail) return std::unexpected(tail.error());
  return Recovery{std::move(*found), std::move(*tail)};
}

}  // namespace liptako::record
