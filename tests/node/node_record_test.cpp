// What a node's record says of itself: what it lacks and why, and what the log commits to.
#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>

#include "node/node.hpp"
#include "record/cursor.hpp"
#include "record/verify.hpp"
#include "sim/sim_storage.hpp"

namespace liptako::node {
namespace {

using base::Timestamp;
using record::EntryKind;
using record::GapCause;

constexpr const char* kConfig =
    "[node]\nname = \"n\"\nrecord = \"r\"\n[[source]]\nname = \"a\"\nkind = \"internal\"\n";

seal::SigningKey log_key() {
  const std::array<std::uint8_t, seal::SigningKey::kSeedSize> seed{9};
  return seal::SigningKey::from_seed(seed);
}

std::vector<seal::VerifierKey> keys() {
  return {{"n.test/log", seal::KeyType::ed25519, log_key().public_key()}};
}

// A node that can be ended in every way there is.
class Station {
 public:
  Station() { open(); }

  void open(const std::string& boot = "boot 1") {
    node.reset();
    NodeOptions options;
    options.build = "test+1";
    options.boot_id = boot;
    options.config_text = kConfig;
    options.salt = 7;
    options.log = record::LogOptions{.origin = "n.test/log", .key = log_key(), .former_keys = {}};
    auto opened = Node::open(disk, options, stamp());
    ASSERT_TRUE(opened) << opened.error().message;
    node = std::move(*opened);
  }

  [[nodiscard]] Stamp stamp() const { return {now, now.time_since_epoch(), 11}; }

  // One tick and one event of a source a second.
  void run(int seconds) {
    const std::string_view text = "note x";
    const base::ByteView bytes{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
    for (int i = 0; i < seconds; ++i) {
      now += std::chrono::seconds(1);
      const Stamp s = stamp();
      const record::EntryView entries[] = {
          {EntryKind::tick, record::kNoSource, s.utc, s.monotonic, {}, s.clock},
          {EntryKind::source_event, base::SourceId{0}, s.utc, s.monotonic, bytes, s.clock}};
      (void)node->take(entries);
    }
  }

  void keep_log() {
    EXPECT_TRUE(node->sync());
    if (auto work = node->take_log_work(stamp())) {
      const auto done = record::Log::write(disk, *work);
      node->finish_log_work(std::move(*work), done);
    }
  }

  [[nodiscard]] std::vector<record::FoundGap> gaps() {
    return record::verify_record(disk, {}).value().gaps;
  }

  sim::SimStorage disk{3};
  Timestamp now = *base::parse_rfc3339("2026-11-22T12:00:00Z");
  std::unique_ptr<Node> node;
};

TEST(NodeRecord, ANewRecordLacksNothing) {
  Station s;
  s.run(3);
  EXPECT_TRUE(s.gaps().empty());
}

// Acts and looks are judged by their time above all: how good it is stands with every entry.
TEST(NodeRecord, EveryEntrySaysHowGoodItsClockWas) {
  Station s;
  s.run(2);
  const std::string text = std::string(kConfig) + "[[source]]\nname = \"b\"\nkind = \"internal\"\n";
  ASSERT_TRUE(s.node->reconfigure(text, "test", s.stamp()));
  for (const EntryKind kind : {EntryKind::act, EntryKind::audit, EntryKind::document}) {
    const std::string_view word = "word";
    const record::EntryView entry =
        s.stamp().entry(kind, {reinterpret_cast<const std::uint8_t*>(word.data()), word.size()});
    ASSERT_TRUE(s.node->take({&entry, 1}));
  }
  s.open("boot 2");  // killed: a gap and a start
  ASSERT_TRUE(s.node->stop(s.stamp()));
  s.node.reset();
  auto cursor = record::Cursor::open(s.disk, record::Stream::input);
  ASSERT_TRUE(cursor);
  std::set<EntryKind> seen;
  while (true) {
    const auto next = cursor->next();
    ASSERT_TRUE(next);
    if (!*next) break;
    seen.insert((*next)->entry.kind);
    EXPECT_EQ((*next)->entry.clock, s.stamp().clock) << static_cast<int>((*next)->entry.kind);
  }
  for (const EntryKind kind : {EntryKind::start,
                               EntryKind::configuration,
                               EntryKind::tick,
                               EntryKind::gap,
                               EntryKind::act,
                               EntryKind::audit,
                               EntryKind::document})
    EXPECT_TRUE(seen.contains(kind)) << static_cast<int>(kind);
}

TEST(NodeRecord, SaysWhatEndedTheProcessBefore) {
  Station s;
  s.run(5);
  const Timestamp stopped = s.now;
  ASSERT_TRUE(s.node->stop(s.stamp()));
  s.now += std::chrono::seconds(60);
  s.open();
  ASSERT_EQ(s.gaps().size(), 1u);
  EXPECT_EQ(s.gaps()[0].gap.cause, GapCause::stop);
  EXPECT_EQ(s.gaps()[0].gap.from, stopped);
  EXPECT_EQ(s.gaps()[0].gap.to, s.now);

  s.run(5);
  const Timestamp killed = s.now;
  s.node.reset();
  s.disk.restart_after_kill();
  s.now += std::chrono::seconds(7);
  s.open();
  ASSERT_EQ(s.gaps().size(), 2u);
  EXPECT_EQ(s.gaps()[1].gap.cause, GapCause::kill);
  EXPECT_EQ(s.gaps()[1].gap.from, killed);

  s.run(5);
  s.keep_log();
  s.run(5);
  s.node.reset();
  s.disk.restart_after_power_loss();
  s.now += std::chrono::seconds(7);
  s.open("boot 2");
  ASSERT_EQ(s.gaps().size(), 3u);
  EXPECT_EQ(s.gaps()[2].gap.cause, GapCause::power);
  EXPECT_EQ(s.node->core().gaps(), 3u) << "a farewell is no gap";
}

TEST(NodeRecord, SaysWhatAFullDiskCost) {
  Station s;
  s.run(5);
  s.disk.set_capacity(s.disk.bytes_used());
  const Timestamp last = s.now;
  s.run(4);
  EXPECT_TRUE(s.gaps().empty());
  s.disk.set_capacity(1u << 30);
  s.run(1);
  ASSERT_EQ(s.gaps().size(), 1u);
  const record::Gap gap = s.gaps()[0].gap;
  EXPECT_EQ(gap.cause, GapCause::disk);
  EXPECT_EQ(gap.lost, 4u) << "events; a tick came from nowhere";
  EXPECT_EQ(gap.from, last + std::chrono::seconds(1));
  EXPECT_EQ(gap.to, last + std::chrono::seconds(4));
  EXPECT_EQ(s.node->taken(), 2u) << "of the arrivals alone";
  s.run(3);
  EXPECT_EQ(s.gaps().size(), 1u) << "said once";
  const auto replayed = replay(s.disk, "test+1");
  ASSERT_TRUE(replayed);
  EXPECT_EQ(replayed->core.hash(), s.node->core().hash());
}

TEST(NodeRecord, TheLogCoversWhatIsSyncedAndGoesOnAfterARestart) {
  Station s;
  for (int life = 0; life < 4; ++life) {
    for (int turn = 0; turn < 5; ++turn) {
      s.run(40);
      s.keep_log();
    }
    const auto status = s.node->status(s.stamp());
    ASSERT_TRUE(status.log);
    EXPECT_EQ(status.log->origin, "n.test/log");
    EXPECT_EQ(status.log->trouble, "");
    EXPECT_EQ(status.log->checkpoint_size, status.log->size);
    EXPECT_EQ(status.log->size, status.entries);
    ASSERT_TRUE(status.log->checkpoint_age);
    const auto found = record::verify_record(s.disk, keys()).value();
    EXPECT_TRUE(found.sound());
    EXPECT_EQ(found.proved, status.entries);
    EXPECT_EQ(found.starts.size(), static_cast<std::size_t>(life + 1));
    s.run(3);
    s.node.reset();
    life % 2 == 0 ? s.disk.restart_after_kill() : s.disk.restart_after_power_loss();
    s.open();
  }
}

TEST(NodeRecord, EveryEntryCarriesTheQualityOfTheClock) {
  Station s;
  s.run(3);
  auto cursor = record::Cursor::open(s.disk, record::Stream::input).value();
  while (const auto entry = cursor.next().value()) EXPECT_EQ(entry->entry.clock, 11);
}

TEST(NodeRecord, ALogInTroubleStopsNothingElse) {
  Station s;
  s.run(20);
  s.keep_log();
  s.node.reset();
  s.disk.corrupt("checkpoint", 30, 1);
  s.open();
  EXPECT_NE(s.node->status(s.stamp()).log->trouble, "");
  const auto trouble = s.node->record_trouble();
  ASSERT_TRUE(trouble.has_value());
  EXPECT_EQ(trouble->part, RecordTrouble::Part::log);
  EXPECT_EQ(trouble->error.message, s.node->status(s.stamp()).log->trouble);
  EXPECT_FALSE(s.node->status(s.stamp()).record.degraded) << "all is recorded, if not sealed";
  ASSERT_FALSE(s.node->opened().remarks.empty());
  const std::uint64_t before = s.node->status(s.stamp()).entries;
  s.run(20);
  s.keep_log();
  EXPECT_EQ(s.node->status(s.stamp()).entries, before + 40);
  EXPECT_FALSE(s.node->status(s.stamp()).record.degraded);
}

}  // namespace
}  // namespace liptako::node
