// What a node must not lose: everything that may be deleted is deleted, no snapshot can be read,
// and it comes back with roster, configuration, holds and epoch; and what it records of deletions.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <chrono>

#include "node/node.hpp"
#include "record/verify.hpp"
#include "sim/sim_storage.hpp"

namespace liptako::node {
namespace {

using record::EntryKind;

std::string first_roster_hash();
std::string config(int stall) {
  return fmt::format(
      "[node]\nname = \"n\"\nrecord = \"r\"\n[record]\nretain_days = 1\n[[source]]\nname = "
      "\"a\"\nkind = "
      "\"internal\"\nstall_after_s = {}\n[keys]\nroster = \"x\"\nroster_sha256 = \"{}\"\n",
      stall,
      first_roster_hash());
}

seal::SigningKey key_of(std::uint8_t first) {
  const std::array<std::uint8_t, seal::SigningKey::kSeedSize> seed{first};
  return seal::SigningKey::from_seed(seed);
}
std::vector<seal::VerifierKey> log_keys() {
  return {{"n.test/log", seal::KeyType::ed25519, key_of(9).public_key()}};
}

base::ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

class Station {
 public:
  explicit Station(std::uint64_t seed = 1) : disk(seed) { open(); }

  void open(const std::string& build = "test+1", const std::string& boot = "boot 1") {
    node.reset();
    NodeOptions options;
    options.build = build;
    options.boot_id = boot;
    options.config_text = config(10);
    options.salt = 7;
    options.segment_limit = 8u << 10;
    options.log = record::LogOptions{.origin = "n.test/log", .key = key_of(9), .former_keys = {}};
    auto opened = Node::open(disk, options, stamp());
    ASSERT_TRUE(opened) << opened.error().message;
    node = std::move(*opened);
  }

  [[nodiscard]] Stamp stamp() const { return {now, now.time_since_epoch(), 11}; }

  void take(EntryKind kind, std::string_view text) {
    const Stamp s = stamp();
    const record::EntryView entry{
        kind, record::kNoSource, s.utc, s.monotonic, bytes_of(text), s.clock};
    ASSERT_TRUE(node->take({&entry, 1}));
  }
  // A day goes by.
  void run_a_day() {
    for (int i = 0; i < 300; ++i) {
      now += std::chrono::minutes(5);
      take(EntryKind::audit, std::string(100, 'x'));
      take(EntryKind::tick, "");
    }
    keep();
  }
  // Syncs, snapshots, signs.
  void keep() {
    ASSERT_TRUE(node->sync());
    node->finish_snapshot(record::write_snapshot(disk, node->snapshot()));
    if (auto work = node->take_log_work(stamp(), true)) {
      const auto done = record::Log::write(disk, *work);
      node->finish_log_work(std::move(*work), done);
    }
  }
  // One turn of retention; whether something was deleted or announced.
  bool retire() {
    const auto found = record::work_on_retention(disk, node->retention_work(stamp()));
    EXPECT_TRUE(found) << found.error().message;
    if (!found) return false;
    EXPECT_TRUE(node->finish_retention(*found, stamp()));
    return found->done.segments > 0 || !found->plan.segments.empty();
  }
  void retire_all() {
    int turns = 0;
    for (int idle = 0; idle < 3; ++turns) {
      ASSERT_LT(turns, 200);
      idle = retire() ? 0 : idle + 1;
      keep();
    }
  }
  [[nodiscard]] std::uint64_t first() { return record::read_keeping(disk)->first; }
  void lose_snapshots() {
    const auto names = disk.list("snapshot");
    for (const std::string& name : *names) ASSERT_TRUE(disk.remove("snapshot/" + name));
  }

  sim::SimStorage disk;
  base::Timestamp now = *base::parse_rfc3339("2026-11-22T10:00:00Z");
  std::unique_ptr<Node> node;
};

seal::PrivateKey root() { return {seal::KeyRole::root, "ml.example/root/1", key_of(11)}; }

// The first roster, and one that follows it.
std::vector<std::string> rosters() {
  std::vector<std::string> out;
  charter::Roster roster;
  roster.federation = "aes.example";
  roster.valid_from = *base::parse_rfc3339("2026-01-01T00:00:00Z");
  roster.valid_to = *base::parse_rfc3339("2028-01-01T00:00:00Z");
  roster.members = {{{1}, "ml", "Mali"}};
  roster.keys.push_back({"ml", seal::KeyRole::root, {}, root().verifier()});
  EXPECT_TRUE(roster.quorum.add_key(root().name));
  EXPECT_TRUE(roster.quorum.add_group("roots 1 " + root().name));
  EXPECT_TRUE(roster.quorum.set_quorum("roots"));
  for (int version = 1; version <= 2; ++version) {
    seal::Note note{roster.text(), {}};
    note.signatures.push_back(seal::sign(note.text, root().name, root().key));
    out.push_back(seal::to_string(note));
    roster.version = 2;
    roster.previous = charter::RosterNote::parse(out.back())->hash;
  }
  return out;
}

std::string first_roster_hash() {
  return seal::to_hex(charter::RosterNote::parse(rosters().front())->hash);
}

TEST(NodeKeeping, ANodeComesBackWithWhatItMustKnowThoughAllThatToldItIsGone) {
  Station s;
  ASSERT_TRUE(s.node->reconfigure(config(20), "live", s.stamp()));
  for (const std::string& roster : rosters()) s.take(EntryKind::document, roster);
  ASSERT_EQ(s.node->core().roster().in_force->roster.version, 2u);
  ASSERT_TRUE(record::set_hold(s.disk, "old-1", {s.now, "juge", "affaire"}));
  ASSERT_TRUE(record::lift_hold(s.disk, "old-1", {s.now, "juge", "close"}));
  s.keep();
  EXPECT_FALSE(s.retire());
  s.open("test+1", "boot 2");
  for (int day = 0; day < 6; ++day) s.run_a_day();
  s.retire_all();
  const std::uint64_t first = s.first();
  EXPECT_GT(first, 1'000u) << "start, configuration and hold were the first entries";
  const std::uint64_t epoch = s.node->core().epoch();
  EXPECT_EQ(epoch, 2u);
  const std::uint64_t retirements = s.node->core().keeping().retirements;
  EXPECT_GT(retirements, 1u);
  s.lose_snapshots();

  s.open("test+2", "boot 2");
  const Core& core = s.node->core();
  EXPECT_FALSE(s.node->opened().from_snapshot);
  EXPECT_EQ(core.config_text(), config(20)) << "accepted while the node ran";
  EXPECT_EQ(core.epoch(), epoch);
  ASSERT_TRUE(core.roster().in_force);
  EXPECT_EQ(core.roster().in_force->roster.version, 2u)
      << "though the configuration vouches for the first only";
  EXPECT_EQ(core.keeping().retirements, retirements);
  EXPECT_EQ(core.keeping().deleted_end(), first);
  ASSERT_EQ(core.keeping().holds.size(), 1u);
  EXPECT_FALSE(core.keeping().holds[0].stands());
  s.open("test+2", "boot 3");
  EXPECT_EQ(s.node->core().epoch(), epoch + 1) << "it goes on counting from there";
  s.keep();
  const auto found = record::verify_record(s.disk, log_keys());
  EXPECT_TRUE(found->sound()) << (found->faults.empty() ? "" : to_string(found->faults.front()));
  EXPECT_EQ(found->retired, first);
  // Replay believes the entries too, and gives the same standing.
  const auto replayed = replay(s.disk, "test+3");
  ASSERT_TRUE(replayed);
  EXPECT_EQ(replayed->core.config_text(), config(20));
  EXPECT_EQ(replayed->core.epoch(), epoch + 1);
  EXPECT_TRUE(replayed->remarks.empty());
}

TEST(NodeKeeping, NothingIsDeletedBeforeACheckpointCoversTheEntryThatSaysSo) {
  Station s;
  for (int day = 0; day < 4; ++day) s.run_a_day();
  ASSERT_TRUE(s.retire()) << "announced";
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(s.retire());
  EXPECT_EQ(s.first(), 0u);
  // A kill in between changes nothing.
  s.open("test+1", "boot 1");
  EXPECT_FALSE(s.retire());
  EXPECT_EQ(s.first(), 0u);
  s.keep();
  EXPECT_TRUE(s.retire());
  EXPECT_GT(s.first(), 0u);
  s.keep();
  EXPECT_TRUE(record::verify_record(s.disk, log_keys())->sound());
}

TEST(NodeKeeping, WhatWentWithoutAnEntryIsRemarkedAtTheNextStart) {
  Station s;
  for (int day = 0; day < 4; ++day) s.run_a_day();
  s.node.reset();
  ASSERT_TRUE(s.disk.remove("input/00000000.seg"));
  s.open();
  const auto& remarks = s.node->opened().remarks;
  EXPECT_TRUE(std::ranges::any_of(remarks, [](const std::string& remark) {
    return remark.find("no entry says") != std::string::npos;
  }));
  EXPECT_FALSE(replay(s.disk, "x")->remarks.empty());
}

TEST(NodeKeeping, AHoldIsRecordedAndItsFilePutBack) {
  Station s;
  ASSERT_TRUE(record::set_hold(s.disk, "a-1", {s.now, "juge", "enquête"}));
  EXPECT_FALSE(s.retire());
  ASSERT_EQ(s.node->core().keeping().holds.size(), 1u);
  EXPECT_TRUE(s.node->core().keeping().holds[0].stands());
  for (int day = 0; day < 4; ++day) s.run_a_day();
  ASSERT_TRUE(s.disk.remove("hold/a-1"));
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(s.retire());
  EXPECT_TRUE(s.disk.size("hold/a-1"));
  EXPECT_EQ(s.first(), 0u);
  ASSERT_TRUE(record::lift_hold(s.disk, "a-1", {s.now, "juge", "close"}));
  EXPECT_TRUE(s.retire());
  EXPECT_FALSE(s.node->core().keeping().holds[0].stands());
}

// A fork of another's log that this node refused, and a witness that holds another history of its
// own: both are told until a person has looked, whatever else happens to the log.
TEST(NodeKeeping, AForkAndADisputeStandInTheStatusUntilTheNextStart) {
  Station s;
  s.run_a_day();
  EXPECT_EQ(s.node->status(s.stamp()).log->trouble, "");
  EXPECT_EQ(s.node->status(s.stamp()).log->fork_refused, "");
  s.node->note_fork_refused("other.test/log");
  s.node->note_log_disputed("the witness w holds another history");
  for (int day = 0; day < 2; ++day) {
    const auto status = s.node->status(s.stamp());
    EXPECT_EQ(status.log->fork_refused, "other.test/log");
    EXPECT_EQ(status.log->trouble, "the witness w holds another history");
    s.run_a_day();
  }
  EXPECT_EQ(s.node->status(s.stamp()).log->checkpoint_size, s.node->status(s.stamp()).entries)
      << "it goes on signing: whose history is the right one a person decides";
  s.open();
  EXPECT_EQ(s.node->status(s.stamp()).log->fork_refused, "");
  EXPECT_EQ(s.node->status(s.stamp()).log->trouble, "");
}

TEST(NodeKeeping, ARetirementBehindAFarewellLeavesItOne) {
  Station s;
  for (int day = 0; day < 3; ++day) s.run_a_day();
  ASSERT_TRUE(s.node->stop(s.stamp()));
  const base::Timestamp stopped = s.now;
  s.now += std::chrono::hours(1);
  ASSERT_TRUE(s.retire()) << "as `liptako record retire` would, while the node is stopped";
  ASSERT_TRUE(s.node->sync());
  s.open("test+1", "boot 2");
  s.keep();
  const auto gaps = record::verify_record(s.disk, log_keys())->gaps;
  ASSERT_EQ(gaps.size(), 1u);
  EXPECT_EQ(gaps[0].gap.cause, record::GapCause::stop);
  EXPECT_EQ(gaps[0].gap.from, stopped);
}

}  // namespace
}  // namespace liptako::node
