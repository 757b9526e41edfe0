// The history of a node: what it tells is the same whether it was kept live or computed again from
// the record, through kills too, and it takes few bytes and few chunks to tell it.
#include "app/history_keeper.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/time_range.hpp"
#include "codec/asterix/recordings_for_tests.hpp"
#include "io/file_storage.hpp"
#include "node/offline.hpp"
#include "record/hold.hpp"
#include "sim/configuration.hpp"
#include "sim/world.hpp"

namespace liptako::app {
namespace {

using base::Duration;
using base::Timestamp;

struct Traffic {
  struct Datagram {
    Timestamp arrival;
    std::uint16_t source = 0;
    base::Bytes bytes;
  };
  std::string config;
  Timestamp start;
  std::vector<Datagram> datagrams;
};

// What the sensors of one member of the demonstration send in eight minutes; made once.
const Traffic& traffic() {
  static const Traffic kTraffic = [] {
    std::ifstream in(std::string(LIPTAKO_SOURCE_DIR) + "/scenarios/demo.toml");
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto scenario = sim::load_scenario(text, "demo.toml");
    EXPECT_TRUE(scenario) << scenario.error().message;
    Traffic out;
    out.start = base::parse_rfc3339("2026-11-22T10:00:00Z").value();
    sim::World world(*scenario, 7, out.start);
    out.config = sim::configuration_for(world, "bamako");
    world.advance(out.start + std::chrono::minutes(8), [&](const sim::Emission& e) {
      out.datagrams.push_back({e.emitted_at, e.source, {e.datagram.begin(), e.datagram.end()}});
    });
    return out;
  }();
  return kTraffic;
}

class HistoryKeepers : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "liptako-keeper-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    now_ = traffic().start;
  }
  void TearDown() override {
    stop();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  [[nodiscard]] node::Stamp stamp() const { return {now_, now_ - traffic().start}; }

  void start() {
    storage_ = io::FileStorage::open(folder_).value();
    node::NodeOptions options;
    options.build = "test";
    options.boot_id = "boot";
    options.config_text = traffic().config;
    options.salt = 42;
    auto node = node::Node::open(*storage_, options, stamp());
    ASSERT_TRUE(node) << node.error().message;
    node_ = std::move(*node);
    auto keeper = HistoryKeeper::open(folder_, *node_);
    ASSERT_TRUE(keeper) << keeper.error().message;
    keeper_ = std::move(*keeper);
  }
  // As LiveNode does: arrivals and a tick every half second, and a turn of the keeper.
  void run(Duration length) {
    const Timestamp end = now_ + length;
    while (now_ < end) {
      now_ += std::chrono::milliseconds(500);
      std::vector<record::EntryView> arrivals;
      const auto& datagrams = traffic().datagrams;
      for (; next_ < datagrams.size() && datagrams[next_].arrival <= now_; ++next_) {
        const Traffic::Datagram& d = datagrams[next_];
        arrivals.push_back({record::EntryKind::datagram,
                            base::SourceId{d.source},
                            d.arrival,
                            d.arrival - traffic().start,
                            d.bytes});
      }
      const node::Stamp at = stamp();
      arrivals.push_back({record::EntryKind::tick, record::kNoSource, at.utc, at.monotonic, {}});
      ASSERT_TRUE(node_->take(arrivals));
      keeper_->take(*node_);
      keeper_->turn(at.monotonic);
    }
  }
  void stop() {
    if (keeper_) keeper_->close();
    keeper_.reset();
    node_.reset();
    storage_.reset();
  }
  // What a killed process leaves: the files as they are while it runs.
  void kill() {
    keeper_->settle();  // a copy while it writes would be no moment's files
    const auto copy = folder_.string() + ".copy";
    std::filesystem::copy(folder_, copy, std::filesystem::copy_options::recursive);
    stop();
    std::filesystem::remove_all(folder_);
    std::filesystem::rename(copy, folder_);
  }

  struct Told {
    std::vector<std::string> lines;
    HistoryReading reading;
    std::size_t gaps = 0;
    io::HistoryTotals totals;
  };
  [[nodiscard]] Told told(const std::optional<history::Area>& area = {},
                          Timestamp from = base::kFirstTime,
                          Timestamp to = base::kEndOfTime) {
    Told out;
    auto store = io::HistoryStore::open_read_only(history_file(folder_));
    EXPECT_TRUE(store) << store.error().message;
    Timestamp last = base::kFirstTime;
    const auto reading =
        read_history(**store,
                     {.area = area, .from = from, .to = to, .track = {}},
                     ~std::uint64_t{0},
                     [&](const history::Found& found, std::span<const std::string> names) {
                       EXPECT_GE(found.state.time, last);
                       last = found.state.time;
                       EXPECT_FALSE(names.empty());
                       out.lines.push_back(std::to_string(base::to_ns(found.state.time)) + " " +
                                           std::to_string(found.track.value) + " " +
                                           std::to_string(found.state.latitude.degrees()) + " " +
                                           std::to_string(found.state.sensors));
                       return true;
                     });
    EXPECT_TRUE(reading);
    std::ranges::sort(out.lines);  // states of one instant and track have no order
    out.reading = *reading;
    out.gaps = (*store)->gaps(base::kFirstTime, base::kEndOfTime)->size();
    out.totals = (*store)->totals().value();
    return out;
  }
  // Whether the live history tells what one made anew from the record tells.
  void expect_as_rebuilt(const Told& live) {
    rebuild();
    const Told anew = told();
    std::vector<std::string> differences;
    std::ranges::set_symmetric_difference(anew.lines, live.lines, std::back_inserter(differences));
    for (const std::string& line : differences) {
      ADD_FAILURE() << line << ": " << std::ranges::count(anew.lines, line) << " times, live "
                    << std::ranges::count(live.lines, line) << " times";
    }
  }
  void rebuild() {
    auto storage = io::FileStorage::open(folder_).value();
    const auto rebuilt = rebuild_history(*storage, folder_);
    ASSERT_TRUE(rebuilt) << rebuilt.error().message;
  }

  std::filesystem::path folder_;
  Timestamp now_;
  std::size_t next_ = 0;
  std::unique_ptr<io::FileStorage> storage_;
  std::unique_ptr<node::Node> node_;
  std::unique_ptr<HistoryKeeper> keeper_;
};

TEST_F(HistoryKeepers, TellLiveWhatARebuildTells) {
  start();
  run(std::chrono::minutes(3));
  stop();
  start();
  run(std::chrono::minutes(3));
  stop();
  const Told live = told();
  EXPECT_GT(live.lines.size(), 1000u);
  EXPECT_EQ(live.gaps, 0u);
  expect_as_rebuilt(live);
}

TEST_F(HistoryKeepers, MissNothingThroughAKill) {
  // Each kill finds the other thread elsewhere: behind a save, with chunks finished since, with
  // tracks that are not confirmed yet.
  start();
  for (const int seconds : {11, 2, 59, 17, 44, 7, 31}) {
    run(std::chrono::seconds(seconds));
    kill();
    start();
  }
  run(std::chrono::minutes(1));
  stop();
  const Told live = told();
  EXPECT_EQ(live.gaps, 0u);
  expect_as_rebuilt(live);
}

TEST_F(HistoryKeepers, TakeAtMostTwentyBytesAState) {
  start();
  run(std::chrono::minutes(8));
  stop();
  rebuild();
  const Told all = told();
  constexpr std::uint64_t kEmptyDatabase = 45'056;
  EXPECT_GT(all.totals.states, 3000u);
  EXPECT_LE(all.totals.data_bytes, 16 * all.totals.states);
  EXPECT_LE(all.totals.file_bytes - kEmptyDatabase, 20 * all.totals.states);
}

TEST_F(HistoryKeepers, PruneWhatIsOlderThanTheRetentionUnlessAHoldStands) {
  start();
  run(std::chrono::minutes(8));
  Duration at = now_ - traffic().start;
  const auto prune = [&](Timestamp keep_from) {
    keeper_->settle();  // a turn passes while the other thread works
    at += HistoryKeeper::kPruneEvery + std::chrono::seconds(1);
    keeper_->turn(at, keep_from);
    keeper_->settle();
  };
  prune(traffic().start);  // nothing to remove; all that waits is stored
  const Timestamp keep_from = now_ - std::chrono::minutes(2);
  auto store = io::HistoryStore::open_read_only(history_file(folder_.string())).value();
  const auto rows = [&] { return store->totals()->rows; };
  // Rows that reach keep_from.
  std::size_t young = 0;
  ASSERT_TRUE(store->query({.boxes = {}, .from = keep_from, .to = now_, .track = {}},
                           [&](const io::HistoryRow&, Timestamp) {
                             ++young;
                             return true;
                           }));
  const std::uint64_t all = rows();
  ASSERT_GT(young, 0u);
  ASSERT_GT(all, young);
  const record::HoldAct act{.time = now_, .by = "investigator", .reason = "accident"};
  ASSERT_TRUE(record::set_hold(*storage_, "case-7", act));
  prune(keep_from);
  EXPECT_EQ(rows(), all);
  ASSERT_TRUE(record::lift_hold(*storage_, "case-7", act));
  prune(keep_from);
  EXPECT_EQ(rows(), young);
  EXPECT_FALSE(keeper_->take_trouble().has_value());
}

// What real sensors' tracks take: over all recordings, as one node would keep them.
TEST(HistoryRecordings, RealTracksTakeAtMostTwentyBytesAState) {
  const std::string path = std::string(LIPTAKO_SOURCE_DIR) + "/docs/examples/recordings.toml";
  std::ifstream in(path);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  node::OfflineOptions options;
  options.sensors = node::parse_sensors(text, path).value();
  std::string folder = (std::filesystem::temp_directory_path() / "liptako-real-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  io::HistoryTotals totals;
  {
    auto store = io::HistoryStore::open(history_file(folder)).value();
    HistoryWriter writer(*store);
    ASSERT_TRUE(writer.use_names(std::vector<std::string>{"recorded"}));
    std::uint32_t first_number = 0;  // tracks of one recording are not those of the next
    for (const char* name : codec::asterix::kRecordings) {
      const auto bytes = codec::asterix::read_surveillance(name);
      if (!bytes) {
        std::filesystem::remove_all(folder);
        GTEST_SKIP() << "recording " << name << " not found in "
                     << codec::asterix::surveillance_data()
                     << "; set LIPTAKO_SHARED_DATA to the folder that holds surveillance/";
      }
      const base::ByteView view = *bytes;
      std::uint32_t highest = first_number;
      const auto sink = [&](const track::TrackEvent& event, std::span<const std::string>) {
        if (!event.view.placed) return;
        const std::uint32_t number = first_number + event.view.number.value;
        highest = std::max(highest, number);
        writer.take(base::TrackNumber{number}, state_of(event.view));
      };
      (void)node::track_recordings({&view, 1}, options, sink);
      ASSERT_TRUE(writer.finish(0));
      first_number = highest;
    }
    ASSERT_TRUE(store->checkpoint());
    totals = store->totals().value();
  }
  std::filesystem::remove_all(folder);
  RecordProperty("states", static_cast<int>(totals.states));
  RecordProperty("file_bytes", static_cast<int>(totals.file_bytes));
  EXPECT_GT(totals.states, 70'000u);
  EXPECT_LE(totals.file_bytes, 20 * totals.states) << "tables, R-tree and indexes included";
}

TEST_F(HistoryKeepers, ABoxReadsOnlyChunksThatTouchIt) {
  start();
  run(std::chrono::minutes(8));
  stop();
  const Told all = told();
  const history::Area area = history::parse_area("12,-9,13,-8").value();
  const Told some = told(area, traffic().start, traffic().start + std::chrono::minutes(4));
  EXPECT_GT(some.lines.size(), 0u);
  EXPECT_LT(some.reading.chunks, all.reading.chunks / 2);
}

TEST_F(HistoryKeepers, AnswerOverHttpWithALimit) {
  start();
  run(std::chrono::minutes(2));
  const auto asked = [&](const std::string& query) {
    std::pair<int, std::string> answer;
    EXPECT_TRUE(keeper_->ask(
        query, [&](int status, std::string body) { answer = {status, std::move(body)}; }));
    keeper_->close();
    return answer;
  };
  const auto [status, body] =
      asked("from=2026-11-22T10:00:00Z&to=2026-11-22T10%3A10%3A00Z&box=0%2C-20,30,20");
  EXPECT_EQ(status, 200);
  EXPECT_TRUE(
      body.starts_with(R"({"from":"2026-11-22T10:00:00.000Z","to":"2026-11-22T10:10:00.000Z")"))
      << body.substr(0, 200);
  EXPECT_NE(body.find(R"("more":false,"next_from":null,"damaged":0,"gaps":[],"states":[{"time":)"),
            std::string::npos)
      << body.substr(0, 300);
  stop();

  auto store = io::HistoryStore::open_read_only(history_file(folder_)).value();
  auto question = parse_history_query("from=2026-11-22&to=2026-11-23").value();
  std::size_t answers = 0;
  std::size_t states = 0;
  for (bool more = true; more && answers < 1000; ++answers) {
    const std::string answer =
        history_json(*store, question, {.states = 100, .chunks = 60'000}).value();
    for (std::size_t at = 0; (at = answer.find("{\"time\":", at)) != answer.npos; ++at) ++states;
    more = answer.find(R"("more":true)") != answer.npos;
    const std::string_view key = R"("next_from":")";
    const std::size_t next = answer.find(key);
    if (more) {
      question.from =
          base::parse_rfc3339(std::string_view(answer).substr(next + key.size(), 24)).value();
    }
  }
  EXPECT_GT(answers, 2u);
  EXPECT_EQ(states, told().lines.size());
}

TEST(HistoryQueries, AreRefusedWithAReason) {
  for (const char* wrong : {"",
                            "from=2026-11-22",
                            "from=2026-11-22&to=2026-11-22",
                            "from=2026-11-22&to=yesterday",
                            "from=2026-11-22&from=2026-11-22&to=2026-11-23",
                            "from=2026-11-22&to=2026-11-23&box=1,2",
                            "from=2026-11-22&to=2026-11-23&track=a",
                            "from=2026-11-22&to=2026-11-23&track=",
                            "from=2026-11-22&to=2026-11-23&b%6Fx=1,2,3,4",
                            "from=2026-11-22&to=2026-11-23&box=%2",
                            "from=2026-11-22&to=2026-11-23&box=%+1"}) {
    EXPECT_FALSE(parse_history_query(wrong)) << wrong;
  }
  EXPECT_TRUE(parse_history_query("from=2026-11-22&to=2026-11-23&track=7&box=1,2,3,4"));
}

}  // namespace
}  // namespace liptako::app
