// How fast a node can write its record: entries of 60 bytes on one core, disk included, against a
// plain append of the same entries; and how fast they are read back. Budgets: at least 500,000
// entries a second, at most 300 ns an entry over the plain append. --json prints one object.
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string_view>

#include "base/check.hpp"
#include "io/file_storage.hpp"
#include "record/cursor.hpp"
#include "record/writer.hpp"
#include "seal/sha256.hpp"

namespace liptako::record {
namespace {

constexpr int kEntries = 1'000'000;
constexpr int kRounds = 5;
constexpr int kTurn = 100;              // entries a loop turn: one flush
constexpr int kBetweenSyncs = 125'000;  // 250 ms at the budget's rate

// Nanoseconds an entry of one run of `work`.
double time_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - begin;
  return taken.count() / kEntries;
}

// Ends only the scratch folder it made.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "liptako-bench-XXXXXX").string();
    CHECK(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

EntryView entry(int i, base::Bytes& payload) {
  payload[0] = static_cast<std::uint8_t>(i);
  return {.kind = EntryKind::datagram,
          .source = base::SourceId{3},
          .utc = base::timestamp_from_ns(1'790'000'000'000'000'000 + i),
          .monotonic = base::Duration(i),
          .payload = payload};
}

// The entries' wire form, buffered and written alike, without frames, checksums or segments.
void plain_append(base::Storage& storage) {
  base::Bytes payload(60, 7);
  base::Bytes buffer;
  auto file = storage.open_append("plain").value();
  for (int i = 0; i < kEntries; ++i) {
    encode_entry(entry(i, payload), buffer);
    if (i % kTurn == kTurn - 1) {
      CHECK(file->append(buffer));
      buffer.clear();
    }
    if (i % kBetweenSyncs == kBetweenSyncs - 1) CHECK(file->sync());
  }
}

void record_append(base::Storage& storage, bool hashed) {
  base::Bytes payload(60, 7);
  base::Bytes wire;
  seal::Digest last{};
  auto writer = Writer::open(storage, {.salt = 1}).value();
  for (int i = 0; i < kEntries; ++i) {
    const EntryView one = entry(i, payload);
    CHECK(writer.append(one));
    if (hashed) {
      wire.clear();
      encode_entry(one, wire);
      last = seal::sha256(wire);
    }
    if (i % kTurn == kTurn - 1) CHECK(writer.flush());
    if (i % kBetweenSyncs == kBetweenSyncs - 1) CHECK(writer.sync());
  }
  CHECK(!hashed || last != seal::Digest{});
}

void read_back(base::Storage& storage) {
  auto cursor = Cursor::open(storage, Stream::input).value();
  int count = 0;
  while (cursor.next().value()) ++count;
  CHECK(count == kEntries && cursor.damage_count() == 0);
}

int run(bool json) {
  double plain = 1e9;
  double record = 1e9;
  double hashed = 1e9;
  double read = 1e9;
  double reopen_ms = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    const Folder folder;
    auto plain_disk = io::FileStorage::open(folder.path() / "plain").value();
    auto record_disk = io::FileStorage::open(folder.path() / "record").value();
    auto hashed_disk = io::FileStorage::open(folder.path() / "hashed").value();
    plain = std::min(plain, time_of([&] { plain_append(*plain_disk); }));
    record = std::min(record, time_of([&] { record_append(*record_disk, false); }));
    hashed = std::min(hashed, time_of([&] { record_append(*hashed_disk, true); }));
    read = std::min(read, time_of([&] { read_back(*record_disk); }));
    reopen_ms = std::min(reopen_ms,
                         time_of([&] { CHECK(Writer::open(*record_disk, {})); }) * kEntries * 1e-6);
  }
  if (json) {
    fmt::print(
        "{{\"plain_append_ns\":{:.1f},\"record_append_ns\":{:.1f},\"record_append_sha256_ns\":{:."
        "1f},\"read_ns\":{:.1f},"
        "\"reopen_ms\":{:.1f},\"entries_per_s\":{:.0f},\"entries_per_s_sha256\":{:.0f}}}\n",
        plain,
        record,
        hashed,
        read,
        reopen_ms,
        1e9 / record,
        1e9 / hashed);
  } else {
    fmt::print("{} entries of 60 bytes, {} a write, a sync every {}; best of {} rounds\n",
               kEntries,
               kTurn,
               kBetweenSyncs,
               kRounds);
    fmt::print("plain append               {:7.1f} ns an entry\n", plain);
    fmt::print(
        "record                     {:7.1f} ns an entry, {:.1f} over plain, {:.0f} entries/s\n",
        record,
        record - plain,
        1e9 / record);
    fmt::print(
        "record and SHA-256 of each {:7.1f} ns an entry, {:.1f} over plain, {:.0f} entries/s\n",
        hashed,
        hashed - plain,
        1e9 / hashed);
    fmt::print("reading back               {:7.1f} ns an entry\n", read);
    fmt::print("opening for append         {:7.1f} ms\n", reopen_ms);
  }
  return 0;
}

}  // namespace
}  // namespace liptako::record

int main(int argc, char** argv) {
  return liptako::record::run(argc > 1 && std::string_view(argv[1]) == "--json");
}
