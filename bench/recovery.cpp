// A record that a node made and that outlasted it is laid out in four steps.
//  1. A node plays recordings of a simulated radar picture for some seconds and is stopped.
//  2. Its own entries, datagrams and ticks as they came, are appended over and over until the
//     record has the size wanted, with their tiles and a checkpoint; the snapshot is put behind
//     them, as one would be that was made there. The core is spared the days it would take to use
//     them all.
//  3. A node goes on with it, playing again, until it has made snapshots and checkpoints of its
//     own, and is killed at an odd moment.
//  4. Measured: from starting the process to the first answer of /api/v1/tracks that holds a
//     track of the picture. Then it is killed again, and the next start is measured.
#include "recovery.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/check.hpp"
#include "io/file_storage.hpp"
#include "record/cursor.hpp"
#include "record/log.hpp"
#include "record/snapshot.hpp"
#include "record/writer.hpp"
#include "seal/key_file.hpp"

namespace liptako::bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr double kBudgetS = 5;
constexpr int kStarts = 5;
constexpr int kSpeed =
    20;  // times as fast as the recordings were made: some 900 datagrams a second

struct Scratch {
  fs::path path;
  Scratch() {
    std::string name = (fs::temp_directory_path() / "liptako-recovery-XXXXXX").string();
    CHECK(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Scratch() { fs::remove_all(path); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
};

pid_t start(const std::vector<std::string>& words, const fs::path& folder) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files{};
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addchdir_np(&files, folder.c_str());
  const std::string log = (folder / "out").string();
  for (const int fd : {1, 2})
    posix_spawn_file_actions_addopen(&files, fd, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0640);
  pid_t child = 0;
  CHECK(::posix_spawn(&child, words[0].c_str(), &files, nullptr, arguments.data(), environ) == 0);
  posix_spawn_file_actions_destroy(&files);
  return child;
}

int end_of(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) CHECK(errno == EINTR);
  return status;
}

sockaddr_in local(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

std::uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = local(0);
  socklen_t size = sizeof address;
  CHECK(::bind(fd, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  ::close(fd);
  return ntohs(address.sin_port);
}

// What the node on `port` answers; empty if it does not answer with 200.
std::string get(std::uint16_t port, const std::string& path) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = local(port);
  const timeval patience{.tv_sec = 2, .tv_usec = 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  std::string answer;
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    const std::string request = fmt::format(
        "GET {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n", path, port);
    if (::send(fd, request.data(), request.size(), MSG_NOSIGNAL) ==
        static_cast<ssize_t>(request.size())) {
      std::array<char, 65536> part;
      for (ssize_t count = 0; (count = ::recv(fd, part.data(), part.size(), 0)) > 0;)
        answer.append(part.data(), static_cast<std::size_t>(count));
    }
  }
  ::close(fd);
  return answer.starts_with("HTTP/1.1 200") ? answer : "";
}

bool shows_tracks(std::uint16_t port) {
  return get(port, "/api/v1/tracks").find("\"lat_deg\"") != std::string::npos;
}

struct Node {
  pid_t process = 0;
  std::uint16_t port = 0;
  Clock::time_point started{};
};

Node start_node(const fs::path& command, const fs::path& folder) {
  Node node{0, free_port(), Clock::now()};
  node.process = start({command.string(),
                        "node",
                        "--config",
                        "bamako/node.toml",
                        "--port",
                        std::to_string(node.port)},
                       folder);
  return node;
}

// Until it shows tracks; none if it ends before, or takes minutes.
std::optional<double> time_to_picture(const Node& node) {
  while (Clock::now() - node.started < std::chrono::minutes(5)) {
    if (shows_tracks(node.port)) return Seconds(Clock::now() - node.started).count();
    if (::waitpid(node.process, nullptr, WNOHANG) != 0) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return std::nullopt;
}

void play_faster(const fs::path& config) {
  std::ifstream in(config);
  std::string text;
  for (std::string line; std::getline(in, line);) {
    text += line + "\n";
    if (line == "kind = \"file\"") text += fmt::format("speed = {}\n", kSpeed);
  }
  in.close();
  std::ofstream(config) << text;
}

std::string text_of(const fs::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Step 2. Returns how many entries the record then holds.
std::uint64_t fill(const fs::path& record, double gigabytes) {
  const fs::path keys = record.string() + ".keys";
  auto storage = io::FileStorage::open(record).value();
  struct Kept {
    record::EntryView entry;
    base::Bytes payload;
  };
  std::vector<Kept> sample;
  auto cursor = record::Cursor::open(*storage, record::Stream::input).value();
  while (auto next = cursor.next().value()) {
    const record::EntryView& entry = next->entry;
    if (entry.kind != record::EntryKind::datagram && entry.kind != record::EntryKind::tick)
      continue;
    sample.push_back({entry, base::Bytes(entry.payload.begin(), entry.payload.end())});
  }
  CHECK(!sample.empty());
  for (Kept& kept : sample) kept.entry.payload = kept.payload;

  auto writer = record::Writer::open(*storage, {.commit = true}).value();
  const auto key = seal::open_key_file(text_of(keys / "log.key")).value();
  auto memory = io::FileStorage::open_beside(keys).value();
  const record::LogOptions options{
      .origin = key.name, .key = key.key, .former_keys = {}, .memory = memory.get()};
  const record::EntryRange there{writer.opened().first_sequence, writer.next_sequence()};
  auto log = record::Log::open(*storage, options, there);
  CHECK(!log.trouble());
  constexpr std::uint64_t kBetweenSyncs = 125'000;
  double left = gigabytes * 1e9;
  base::Timestamp now{};
  const auto commit = [&] {
    CHECK(writer.flush() && writer.sync());
    log.append(writer.take_commitments());
    auto work = left > 0 ? log.take_due(now, base::Duration::zero())
                         : log.take_all(now, base::Duration::zero());
    if (!work) return;
    const auto written = record::Log::write(*storage, *work);
    CHECK(written);
    log.finish(std::move(*work), written);
  };
  for (std::size_t i = 0; left > 0; i = (i + 1) % sample.size()) {
    now = sample[i].entry.utc;
    const auto sequence = writer.append(sample[i].entry).value();
    left -= static_cast<double>(record::kFrameHeaderSize +
                                record::input_body_size(sample[i].payload.size(), 0));
    if (sequence % kBetweenSyncs == 0) commit();
  }
  commit();
  CHECK(log.checkpoint_size() == writer.next_sequence());

  const auto newest = record::newest_sound_snapshot(*storage).value().value();
  const auto bytes = storage->read(fmt::format("snapshot/{:012}.snap", newest), 0, 4096).value();
  base::ByteReader in(bytes);
  (void)in.get_raw(8 + 4 + 8);
  const std::string build = in.get_string();
  auto found = record::load_snapshot(*storage, build, writer.next_sequence()).value();
  CHECK(found.snapshot && found.snapshot->next_sequence == newest);
  found.snapshot->next_sequence = writer.next_sequence();
  CHECK(record::write_snapshot(*storage, *found.snapshot));
  return writer.next_sequence();
}

// Whether the page cache could be emptied, which the system grants to few.
bool empty_page_cache() {
  ::sync();
  const int fd = ::open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool done = ::write(fd, "1\n", 2) == 2;
  ::close(fd);
  return done;
}

struct Measured {
  std::uint64_t entries = 0;
  std::vector<double> warm;  // seconds, sorted
  std::vector<double> cold;
};

Measured measure(const fs::path& command, const fs::path& scenario, double gigabytes) {
  const Scratch scratch;
  const fs::path folder = scratch.path / "world";
  const std::string minutes = "40";
  CHECK(
      end_of(start(
          {command.string(), "sim", scenario.string(), "--minutes", minutes, "-o", folder.string()},
          scratch.path)) == 0);
  play_faster(folder / "bamako/node.toml");
  Node node = start_node(command, folder);
  CHECK(time_to_picture(node));
  std::this_thread::sleep_for(std::chrono::seconds(6));
  CHECK(::kill(node.process, SIGTERM) == 0 && end_of(node.process) == 0);

  Measured measured;
  measured.entries = fill(folder / "bamako/record", gigabytes);
  node = start_node(command, folder);
  CHECK(time_to_picture(node));
  // Snapshots and checkpoints are ten seconds apart: killed late between two, the tail is long.
  std::this_thread::sleep_for(std::chrono::seconds(28));
  for (int i = 0; i < 2 * kStarts; ++i) {
    CHECK(::kill(node.process, SIGKILL) == 0);
    (void)end_of(node.process);
    const bool cold = i % 2 == 1 && empty_page_cache();
    node = start_node(command, folder);
    const auto taken = time_to_picture(node);
    CHECK(taken);
    (cold ? measured.cold : measured.warm).push_back(*taken);
    std::this_thread::sleep_for(std::chrono::seconds(i % 2 == 0 ? 7 : 2));
  }
  CHECK(::kill(node.process, SIGKILL) == 0);
  (void)end_of(node.process);
  std::ranges::sort(measured.warm);
  std::ranges::sort(measured.cold);
  return measured;
}

double middle(const std::vector<double>& sorted) { return sorted[sorted.size() / 2]; }

}  // namespace

bool measure_recovery(const fs::path& command,
                      const fs::path& scenario,
                      std::span<const double> gigabytes,
                      bool json) {
  bool kept = true;
  if (!json) {
    fmt::print("recovery after kill -9, from exec to the first tracks served, budget {} s\n",
               kBudgetS);
    fmt::print("{:<10}{:>12}{:>12}{:>10}{:>14}{:>10}\n",
               "record",
               "entries",
               "median s",
               "worst s",
               "cold median s",
               "worst s");
  }
  for (const double size : gigabytes) {
    const Measured measured = measure(command, scenario, size);
    const double worst =
        std::max(measured.warm.back(), measured.cold.empty() ? 0 : measured.cold.back());
    kept = kept && worst < kBudgetS;
    const std::string cold =
        measured.cold.empty()
            ? std::string("the system keeps its page cache")
            : fmt::format("{:>14.2f}{:>10.2f}", middle(measured.cold), measured.cold.back());
    if (json) {
      fmt::print(
          "{{\"record_gb\":{},\"entries\":{},\"recovery_s\":{:.3f},\"recovery_worst_s\":{:.3f}}}\n",
          size,
          measured.entries,
          middle(measured.warm),
          worst);
    } else {
      fmt::print("{:>6} GB {:>12}{:>12.2f}{:>10.2f}{}\n",
                 size,
                 measured.entries,
                 middle(measured.warm),
                 measured.warm.back(),
                 cold);
    }
    std::fflush(stdout);
  }
  return kept;
}

}  // namespace liptako::bench
