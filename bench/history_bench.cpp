// What the track history costs and gives: bytes a stored state and states stored a second for one
// nation's tracks of a whole simulated day (scenarios/sahel24.toml), and how long a box of one
// degree takes over ten minutes of it. Budgets: 20 bytes, 50 ms. --json prints one object. Files
// after it are recordings, measured too: what real sensors' tracks take.
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string_view>

#include "app/history_keeper.hpp"
#include "app/history_question.hpp"
#include "app/scenario_file.hpp"
#include "base/check.hpp"
#include "base/prng.hpp"
#include "io/packed_file.hpp"
#include "node/config.hpp"
#include "node/offline.hpp"
#include "sim/recorder.hpp"

namespace liptako::app {
namespace {

constexpr int kQueries = 500;
constexpr std::size_t kEventsAStore = 20'000;
constexpr std::string_view kMember = "ouagadougou";  // the day's most costly states

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
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

struct Event {
  base::TrackNumber track;
  history::State state;
};

std::vector<Event> tracked(std::span<const base::ByteView> recordings,
                           const node::OfflineOptions& options) {
  std::vector<Event> events;
  (void)node::track_recordings(
      recordings, options, [&](const track::TrackEvent& event, std::span<const std::string>) {
        if (event.view.placed) events.push_back({event.view.number, state_of(event.view)});
      });
  return events;
}

struct Stored {
  io::HistoryTotals totals;
  double seconds = 0.0;
};

Stored stored(io::HistoryStore& store, std::span<const Event> events) {
  Stored out;
  const auto begin = std::chrono::steady_clock::now();
  HistoryWriter writer(store);
  CHECK(writer.use_names(std::vector<std::string>{"sensors"}));
  std::size_t waiting = 0;
  for (const Event& event : events) {
    writer.take(event.track, event.state);
    if (++waiting % kEventsAStore == 0) CHECK(writer.save(waiting));
  }
  CHECK(writer.finish(waiting));
  CHECK(store.checkpoint());
  out.seconds = seconds_since(begin);
  out.totals = store.totals().value();
  return out;
}

double bytes_a_state(const io::HistoryTotals& totals) {
  return static_cast<double>(totals.file_bytes) /
         static_cast<double>(std::max<std::uint64_t>(totals.states, 1));
}

struct Asked {
  std::vector<double> ms;  // sorted
  std::uint64_t states = 0;
  std::uint64_t chunks = 0;
};

// Boxes of one degree around places where something flew, ten minutes about the time it did.
Asked asked(io::HistoryStore& store, std::span<const Event> events) {
  Asked out;
  base::Prng prng(1);
  for (int i = 0; i < kQueries; ++i) {
    const history::State& middle = events[prng.below(events.size())].state;
    const auto half = base::Angle::from_degrees(0.5);
    const history::Question question{.area = history::Area{middle.latitude - half,
                                                           middle.longitude - half,
                                                           middle.latitude + half,
                                                           middle.longitude + half},
                                     .from = middle.time - std::chrono::minutes(5),
                                     .to = middle.time + std::chrono::minutes(5),
                                     .track = {}};
    const auto begin = std::chrono::steady_clock::now();
    const auto reading =
        read_history(store, question, ~std::uint64_t{0}, [&](const history::Found&, const auto&) {
          ++out.states;
          return true;
        });
    out.ms.push_back(seconds_since(begin) * 1e3);
    CHECK(reading);
    out.chunks += reading->chunks;
  }
  std::ranges::sort(out.ms);
  return out;
}

// One nation's day as its sensors sent it, tracked.
std::vector<Event> simulated_day() {
  const auto scenario =
      read_scenario(std::string(LIPTAKO_SOURCE_DIR) + "/scenarios/sahel24.toml").value();
  std::map<std::string, base::Bytes> files;
  const sim::RecordingOptions options{
      1, base::parse_rfc3339("2026-01-15T00:00:00Z").value(), std::chrono::hours(24)};
  CHECK(sim::record(scenario, options, [&](const std::string& path, base::ByteView bytes) {
    if (path.starts_with(kMember)) {
      base::Bytes& file = files[path];
      file.insert(file.end(), bytes.begin(), bytes.end());
    }
    return base::Result<void>();
  }));
  node::OfflineOptions tracking;
  std::vector<base::ByteView> recordings;
  for (const auto& [path, bytes] : files) {
    if (path.ends_with(".toml")) {
      const std::string text(bytes.begin(), bytes.end());
      tracking.sensors = node::parse_sensors(text, path).value();
    } else {
      recordings.emplace_back(bytes);
    }
  }
  return tracked(recordings, tracking);
}

void measure_recordings(std::span<char* const> paths) {
  const std::string sensors = std::string(LIPTAKO_SOURCE_DIR) + "/docs/examples/recordings.toml";
  auto text = io::WholeFile::open(sensors).value();
  const std::string_view toml(reinterpret_cast<const char*>(text.bytes().data()),
                              text.bytes().size());
  for (const std::string path : paths) {
    const auto file = io::WholeFile::open(path);
    CHECK(file);
    node::OfflineOptions options;
    options.sensors = node::parse_sensors(toml, sensors).value();
    const base::ByteView bytes = file->bytes();
    const auto events = tracked({&bytes, 1}, options);
    const Folder folder;
    auto store = io::HistoryStore::open(folder.path() / "tracks.sqlite").value();
    const Stored of = stored(*store, events);
    fmt::print("{}: {} states in {} chunks, {:.1f} bytes a state, {:.1f} without the index\n",
               std::filesystem::path(path).filename().string(),
               of.totals.states,
               of.totals.rows,
               bytes_a_state(of.totals),
               static_cast<double>(of.totals.data_bytes) /
                   static_cast<double>(std::max<std::uint64_t>(of.totals.states, 1)));
  }
}

int run(bool json, std::span<char* const> recordings) {
  const auto events = simulated_day();
  const Folder folder;
  auto store = io::HistoryStore::open(folder.path() / "tracks.sqlite").value();
  const Stored day = stored(*store, events);
  const Asked answers = asked(*store, events);
  const double rate = static_cast<double>(events.size()) / day.seconds;
  const double chunk_bytes =
      static_cast<double>(day.totals.data_bytes) / static_cast<double>(day.totals.states);
  const double median = answers.ms[answers.ms.size() / 2];
  const double p99 = answers.ms[answers.ms.size() * 99 / 100];
  if (json) {
    fmt::print(
        "{{\"states\":{},\"chunks\":{},\"bytes_a_state\":{:.2f},\"chunk_bytes_a_state\":{:.2f},"
        "\"states_per_s\":{:.0f},\"query_ms_p50\":{:.3f},\"query_ms_p99\":{:.3f},"
        "\"query_ms_max\":{:.3f}}}\n",
        day.totals.states,
        day.totals.rows,
        bytes_a_state(day.totals),
        chunk_bytes,
        rate,
        median,
        p99,
        answers.ms.back());
    return 0;
  }
  fmt::print("{}: a simulated day, {} states kept of {}, {} chunks\n",
             kMember,
             day.totals.states,
             events.size(),
             day.totals.rows);
  fmt::print("stored             {:8.1f} bytes a state, {:.1f} without the index\n",
             bytes_a_state(day.totals),
             chunk_bytes);
  fmt::print("written            {:8.0f} states/s, chunks made and stored by one thread\n", rate);
  fmt::print(
      "1 degree x 10 min  {:8.2f} ms median, {:.2f} p99, {:.2f} the longest of {}; {} chunks and "
      "{} "
      "states an answer\n",
      median,
      p99,
      answers.ms.back(),
      kQueries,
      answers.chunks / kQueries,
      answers.states / kQueries);
  measure_recordings(recordings);
  return 0;
}

}  // namespace
}  // namespace liptako::app

int main(int argc, char** argv) {
  const bool json = argc > 1 && std::string_view(argv[1]) == "--json";
  return liptako::app::run(
      json, std::span<char* const>(argv, static_cast<std::size_t>(argc)).subspan(json ? 2 : 1));
}
