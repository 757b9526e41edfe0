// How fast a node can write its record: entries of 60 bytes on one core, hashing and disk included,
// against a plain append of the same entries and against what cannot be saved; how fast they are
// read back and opened; and how soon a node that was killed shows its picture again. Budgets: at
// least 500,000 entries a second, at most 300 ns an entry over the plain append, 5 s to the picture
// of a record of 10 GB.
//
// --json prints one object a line. --full makes the record of 10 GB (16 GB of disk, some twenty
// minutes); without it smaller ones show how the time scales. --large FOLDER GB makes a record of
// that many gigabytes with its log in FOLDER, which must not exist, and measures how long it takes
// to open.
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "base/check.hpp"
#include "io/cpu_time.hpp"
#include "io/file_storage.hpp"
#include "record/cursor.hpp"
#include "record/log.hpp"
#include "record/snapshot.hpp"
#include "record/writer.hpp"
#include "recovery.hpp"
#include "seal/merkle.hpp"

namespace liptako::record {
namespace {

constexpr int kEntries = 1'000'000;
constexpr int kRounds = 5;
constexpr int kTurn = 100;  // entries a loop turn: one flush
constexpr double kMostOverPlainNs = 300;
constexpr double kLeastRate = 500'000;
constexpr int kBetweenSyncs = 125'000;  // 250 ms at the budget's rate

// Nanoseconds an entry: by the clock, and of this thread's processor time. The second hardly moves
// when others use the machine, and does not count waiting for the disk.
struct Cost {
  double wall = 1e12;
  double cpu = 1e12;
  void keep_best(const Cost& other) {
    wall = std::min(wall, other.wall);
    cpu = std::min(cpu, other.cpu);
  }
};

Cost cost_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  const base::Duration cpu = io::cpu_time_of_this_thread();
  work();
  const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - begin;
  return {taken.count() / kEntries,
          static_cast<double>((io::cpu_time_of_this_thread() - cpu).count()) / kEntries};
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

LogOptions log_options() {
  const std::array<std::uint8_t, seal::SigningKey::kSeedSize> seed{1};
  // Entries are counted as nanoseconds here.
  return {.origin = "bench.test/log",
          .key = seal::SigningKey::from_seed(seed),
          .former_keys = {},
          .checkpoint_every = base::Duration(500'000)};
}

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

// What no way of writing saves: every byte of frame, tile and bundle copied once and handed to the
// system, in as many writes and syncs, and an entry's five compressions of SHA-256 (two of its
// commitment, one of its leaf, two of a node above) at the rate of this machine in long rows.
constexpr std::size_t kFrameBytes = kFrameHeaderSize + kInputBodyPrefix + kEntryHeaderSize + 60;
constexpr std::size_t kTileBytes = 2 * seal::kDigestSize + 2;
constexpr std::size_t kCompressions = 5;

void write_and_compress(base::Storage& storage) {
  const base::Bytes frames(kTurn * (kFrameBytes + kTileBytes), 7);
  base::Bytes buffer(frames.size());
  std::vector<seal::Digest> digests(kTurn * kCompressions);
  auto file = storage.open_append("limit").value();
  for (int i = 0; i < kEntries; i += kTurn) {
    std::ranges::copy(frames, buffer.begin());
    buffer[0] = digests[0][0];
    CHECK(file->append(buffer));
    seal::leaf_hashes(digests, digests);
    if (i % kBetweenSyncs == 0) CHECK(file->sync());
  }
}

// How much of the log goes with the record: nothing; commitments, tree and checkpoints, which is
// what a node's loop pays; its files too, which a node writes on another thread.
enum class Sealing : std::uint8_t { none, hashed, written };

void record_append(base::Storage& storage, Sealing sealing) {
  base::Bytes payload(60, 7);
  const bool sealed = sealing != Sealing::none;
  auto writer = Writer::open(storage, {.salt = 1, .commit = sealed}).value();
  std::optional<Log> log;
  if (sealed) log = Log::open(storage, log_options(), {0, 0});
  const auto write_due = [&](int i) {
    log->append(writer.take_commitments());
    auto work = log->take_due(base::timestamp_from_ns(i), base::Duration(i));
    if (!work) return;
    if (sealing == Sealing::written) CHECK(Log::write(storage, *work));
    log->finish(std::move(*work), {});
  };
  for (int i = 0; i < kEntries; ++i) {
    CHECK(writer.append(entry(i, payload)));
    if (i % kTurn == kTurn - 1) CHECK(writer.flush());
    if (i % kBetweenSyncs != kBetweenSyncs - 1) continue;
    CHECK(writer.sync());
    if (sealed) write_due(i);
  }
  if (!sealed) return;
  CHECK(writer.sync());
  write_due(kEntries);
  CHECK(!log->trouble() && log->size() == kEntries);
}

void read_back(base::Storage& storage) {
  auto cursor = Cursor::open(storage, Stream::input).value();
  int count = 0;
  while (cursor.next().value()) ++count;
  CHECK(count == kEntries && cursor.damage_count() == 0);
}

double milliseconds_of(const std::function<void()>& work) {
  return cost_of(work).wall * kEntries * 1e-6;
}

// Opening as a node does it: both writers' surveys, the log, the newest snapshot.
void open_all(base::Storage& storage, bool sealed) {
  auto writer = Writer::open(storage, {.commit = sealed}).value();
  if (sealed) {
    const Log log =
        Log::open(storage, log_options(), {writer.opened().first_sequence, writer.next_sequence()});
    CHECK(!log.trouble() && log.size() == writer.next_sequence());
  }
  CHECK(recover(storage, "bench", writer.next_sequence()));
}

int run(bool json) {
  Cost plain;
  Cost record;
  Cost hashed;
  Cost sealed;
  Cost read;
  double reopen_ms = 1e9;
  double reopen_sealed_ms = 1e9;
  // A file system without a journal passes over the inodes of files that were deleted in the last
  // minutes, one by one, for each new file: so nothing is deleted before the end.
  const Folder all;
  Cost limit;
  for (int round = 0; round < kRounds; ++round) {
    const std::filesystem::path folder = all.path() / fmt::format("{}", round);
    auto plain_disk = io::FileStorage::open(folder / "plain").value();
    auto record_disk = io::FileStorage::open(folder / "record").value();
    auto hashed_disk = io::FileStorage::open(folder / "hashed").value();
    auto sealed_disk = io::FileStorage::open(folder / "sealed").value();
    auto limit_disk = io::FileStorage::open(folder / "limit").value();
    limit.keep_best(cost_of([&] { write_and_compress(*limit_disk); }));
    plain.keep_best(cost_of([&] { plain_append(*plain_disk); }));
    record.keep_best(cost_of([&] { record_append(*record_disk, Sealing::none); }));
    hashed.keep_best(cost_of([&] { record_append(*hashed_disk, Sealing::hashed); }));
    sealed.keep_best(cost_of([&] { record_append(*sealed_disk, Sealing::written); }));
    read.keep_best(cost_of([&] { read_back(*record_disk); }));
    reopen_ms = std::min(reopen_ms, milliseconds_of([&] { open_all(*record_disk, false); }));
    reopen_sealed_ms =
        std::min(reopen_sealed_ms, milliseconds_of([&] { open_all(*sealed_disk, true); }));
  }
  if (json) {
    fmt::print(
        "{{\"plain_append_ns\":{:.1f},\"record_append_ns\":{:.1f},\"sealed_append_ns\":{:.1f},"
        "\"read_ns\":{:.1f},\"reopen_ms\":{:.1f},\"reopen_sealed_ms\":{:.1f},"
        "\"plain_append_cpu_ns\":{:.1f},\"record_append_cpu_ns\":{:.1f},"
        "\"hashed_append_cpu_ns\":{:.1f},\"sealed_append_cpu_ns\":{:.1f},"
        "\"sealed_entries_per_s\":{:.0f},"
        "\"sealed_entries_per_cpu_s\":{:.0f},\"hashed_over_plain_cpu_ns\":{:.1f},"
        "\"sealed_over_plain_cpu_ns\":{:.1f},\"limit_cpu_ns\":{:.1f}}}\n",
        plain.wall,
        record.wall,
        sealed.wall,
        read.wall,
        reopen_ms,
        reopen_sealed_ms,
        plain.cpu,
        record.cpu,
        hashed.cpu,
        sealed.cpu,
        1e9 / sealed.wall,
        1e9 / sealed.cpu,
        hashed.cpu - plain.cpu,
        sealed.cpu - plain.cpu,
        limit.cpu);
    return 0;
  }
  fmt::print("{} entries of 60 bytes, {} a write, a sync every {}; best of {} rounds\n",
             kEntries,
             kTurn,
             kBetweenSyncs,
             kRounds);
  fmt::print("{:<26}{:>10}{:>10}{:>12}{:>8}{:>14}\n",
             "ns an entry",
             "by clock",
             "of CPU",
             "over plain",
             "times",
             "entries/s CPU");
  const auto line = [&](std::string_view name, const Cost& cost) {
    fmt::print("{:<26}{:>10.1f}{:>10.1f}{:>12.1f}{:>8.2f}{:>14.0f}\n",
               name,
               cost.wall,
               cost.cpu,
               cost.cpu - plain.cpu,
               cost.cpu / plain.cpu,
               1e9 / cost.cpu);
  };
  line("plain append", plain);
  line("limit: writes and hashes", limit);
  line("record", record);
  line("record and log (loop)", hashed);
  line("record, log and tiles", sealed);
  line("reading back", read);
  const auto judged = [](std::string_view name, double value, double goal, bool at_most) {
    fmt::print("{:<32}{:>10.0f} of {:>7.0f}  x {:.2f}{}\n",
               name,
               value,
               goal,
               value / goal,
               (value <= goal) == at_most ? "" : "  MISSED");
  };
  judged("loop over plain append, ns", hashed.cpu - plain.cpu, kMostOverPlainNs, true);
  judged("one core over plain append, ns", sealed.cpu - plain.cpu, kMostOverPlainNs, true);
  judged("one core, entries/s of CPU", 1e9 / sealed.cpu, kLeastRate, false);
  judged("one core, entries/s by the clock", 1e9 / sealed.wall, kLeastRate, false);
  fmt::print("opening {:.1f} ms, with log {:.1f} ms\n", reopen_ms, reopen_sealed_ms);
  return 0;
}

int run_large(const std::filesystem::path& folder, double gigabytes) {
  CHECK(!std::filesystem::exists(folder));
  {
    auto storage = io::FileStorage::open(folder).value();
    auto writer = Writer::open(*storage, {.salt = 1, .commit = true}).value();
    auto log = Log::open(*storage, log_options(), {0, 0});
    base::Bytes payload(300, 7);
    std::uint64_t bytes = 0;
    for (int i = 0; static_cast<double>(bytes) < gigabytes * 1e9; ++i) {
      CHECK(writer.append(entry(i, payload)));
      bytes += kFrameHeaderSize + input_body_size(payload.size(), 0);
      if (i % kTurn == kTurn - 1) CHECK(writer.flush());
      if (i % kBetweenSyncs != kBetweenSyncs - 1) continue;
      CHECK(writer.sync());
      log.append(writer.take_commitments());
      auto work = log.take_all(base::timestamp_from_ns(i), base::Duration(i));
      CHECK(work && Log::write(*storage, *work));
      log.finish(std::move(*work), {});
    }
    CHECK(writer.flush() && writer.sync());
    Snapshot snapshot{writer.next_sequence(), "bench", base::Bytes(8u << 20, 3)};
    CHECK(write_snapshot(*storage, snapshot));
    fmt::print(
        "{} entries, {:.2f} GB\n", writer.next_sequence(), static_cast<double>(bytes) * 1e-9);
  }
  auto storage = io::FileStorage::open(folder).value();
  for (int round = 0; round < kRounds; ++round)
    fmt::print("opening with log and snapshot: {:.0f} ms\n",
               milliseconds_of([&] { open_all(*storage, true); }));
  return 0;
}

}  // namespace
}  // namespace liptako::record

int main(int argc, char** argv) {
  const std::vector<std::string_view> words(argv + 1, argv + argc);
  if (words.size() == 3 && words[0] == "--large")
    return liptako::record::run_large(argv[2], std::atof(argv[3]));
  const bool json = std::ranges::find(words, "--json") != words.end();
  const bool full = std::ranges::find(words, "--full") != words.end();
  const int status = liptako::record::run(json);
  std::fflush(stdout);
  // The command of the same build.
  const auto command = std::filesystem::canonical(argv[0]).parent_path().parent_path() / "liptako";
  if (!std::filesystem::is_regular_file(command)) {
    fmt::print(stderr, "{}: not built; recovery is not measured\n", command.native());
    return 1;
  }
  const std::vector<double> sizes =
      full ? std::vector<double>{0.1, 1, 10} : std::vector<double>{0.1, 0.4};
  const std::filesystem::path scenario =
      std::filesystem::path(LIPTAKO_SOURCE_DIR) / "scenarios/sahel24.toml";
  return liptako::bench::measure_recovery(command, scenario, sizes, json) ? status : 1;
}
