// Recordings into a node's UDP ports, as the sensors sent them.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <iostream>

#include "app/commands.hpp"
#include "app/recordings.hpp"
#include "app/terminal.hpp"
#include "app/words.hpp"
#include "feeds/recording.hpp"
#include "io/clock.hpp"
#include "io/packed_file.hpp"
#include "io/udp_sender.hpp"

namespace liptako::app {
namespace {

// A longer pause in a recording is not waited for.
constexpr base::Duration kLongestPause = std::chrono::seconds(60);
constexpr std::uint16_t kLastPort = 65'535;
constexpr base::Duration kLongestNap = std::chrono::milliseconds(50);  // how soon a stop is noticed

}  // namespace

int run_play(const PlayOptions& options, const std::atomic<bool>& stop) {
  const std::size_t colon = options.to.rfind(':');
  std::uint16_t port = 0;
  const char* const end = options.to.data() + options.to.size();
  const auto read = colon == std::string::npos
                        ? std::from_chars_result{end, std::errc::invalid_argument}
                        : std::from_chars(options.to.data() + colon + 1, end, port);
  if (read.ec != std::errc{} || read.ptr != end || port == 0) {
    return report({base::ErrorKind::usage,
                   fmt::format("--to: '{}' is not of the form 127.0.0.1:8600", options.to)});
  }
  if (options.files.size() - 1 > static_cast<std::size_t>(kLastPort - port)) {
    return report({base::ErrorKind::usage,
                   fmt::format("--to: {} files from port {} on would need ports past {}",
                               options.files.size(),
                               port,
                               kLastPort)});
  }
  std::vector<io::WholeFile> files;
  std::vector<io::UdpSender> senders;
  std::vector<base::ByteView> recordings;
  for (std::size_t i = 0; i < options.files.size(); ++i) {
    auto file = io::WholeFile::open(options.files[i]);
    if (!file) return report(file.error());
    files.push_back(std::move(*file));
    auto sender =
        io::UdpSender::open(options.to.substr(0, colon), static_cast<std::uint16_t>(port + i));
    if (!sender) return report(sender.error());
    senders.push_back(std::move(*sender));
  }
  for (const io::WholeFile& file : files) recordings.push_back(file.bytes());
  io::SystemClock clock;
  const feeds::RecordingIndex index =
      feeds::index_recordings(recordings, base::Timestamp{}, feeds::Pace::recorded);
  for (std::size_t i = 0; i < files.size(); ++i) {
    tell_of_capture(
        options.files[i], index.recordings[i].skips, index.recordings[i].fault, std::cerr);
  }
  // Every recording begins now, whatever its time of day.
  std::vector<std::optional<base::Timestamp>> last(files.size());
  std::vector<base::Duration> elapsed(files.size());
  struct Send {
    base::Duration at;
    const feeds::DueBlock* block;
  };
  std::vector<Send> plan;
  for (const feeds::DueBlock& b : index.blocks) {
    if (last[b.recording])
      elapsed[b.recording] += std::min(b.time - *last[b.recording], kLongestPause);
    last[b.recording] = b.time;
    plan.push_back({elapsed[b.recording], &b});
  }
  std::stable_sort(
      plan.begin(), plan.end(), [](const Send& a, const Send& b) { return a.at < b.at; });

  const base::Duration start = clock.monotonic_now();
  std::uint64_t sent = 0;
  std::uint64_t failed = 0;
  for (const Send& send : plan) {
    const base::Duration due = start + base::seconds(base::to_seconds(send.at) / options.speed);
    base::Duration now = clock.monotonic_now();
    const auto over = [&] {
      return stop || (options.seconds && now - start >= base::seconds(*options.seconds));
    };
    for (; now < due && !over(); now = clock.monotonic_now())
      io::pause_for(std::min(due - now, kLongestNap));
    if (over()) break;
    ++(senders[send.block->recording].send(send.block->block) ? sent : failed);
  }
  print_out("{}\n",
            fmt::format(fmt::runtime(say("{} blocs envoyés, {} refusés par le réseau",
                                         "{} blocks sent, {} refused by the network")),
                        sent,
                        failed));
  return sent == 0 && failed > 0 ? kWorldFailed : kDone;
}

}  // namespace liptako::app
