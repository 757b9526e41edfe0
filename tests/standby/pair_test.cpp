// Two machines of one node on simulated disks, over a link that cuts, tears and reconnects: the
// standby's record is always the beginning of the primary's, with the same commitments, and its
// core is the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

#include "base/prng.hpp"
#include "node/node.hpp"
#include "record/backup.hpp"
#include "record/pair_session.hpp"
#include "record/retention.hpp"
#include "record/verify.hpp"
#include "sim/sim_storage.hpp"

namespace liptako::node {
namespace {

using base::Timestamp;
using record::EntryKind;
using record::PairRole;
using record::PairVerdict;

constexpr const char* kConfig =
    "[node]\nname = \"n\"\nrecord = \"r\"\n[[source]]\nname = \"a\"\nkind = \"internal\"\n";

seal::SigningKey key_of(std::uint8_t first) {
  const std::array<std::uint8_t, seal::SigningKey::kSeedSize> seed{first};
  return seal::SigningKey::from_seed(seed);
}

class Machine {
 public:
  Machine(std::uint64_t seed, std::string name, PairRole role)
      : disk(seed), name_(std::move(name)), role_(role), seed_(seed) {
    open();
  }
  // Begins with what is restored from the backup.
  Machine(std::uint64_t seed, std::string name, base::Storage& backup)
      : disk(seed), name_(std::move(name)), role_(PairRole::standby), seed_(seed) {
    EXPECT_TRUE(record::restore(backup, disk, now, record::RestoredAs::copy));
    open();
  }

  // False if the disk died on the way: restart() and try again.
  bool open() {
    node.reset();
    NodeOptions options;
    options.build = "test+1";
    options.boot_id = name_ + std::to_string(boots_);
    options.config_text = kConfig;
    options.salt = seed_ + 1;
    options.salt_key.fill(static_cast<std::uint8_t>(++openings_));
    options.segment_limit = 4u << 10;
    options.log = record::LogOptions{.origin = name_ + ".test/log",
                                     .key = key_of(static_cast<std::uint8_t>(seed_)),
                                     .former_keys = {}};
    options.quiet = role_ != PairRole::primary;
    options.log->is_copy = options.quiet;
    if (options.quiet && !record::cut_broken_copy(disk)) return false;
    auto opened = Node::open(disk, options, stamp());
    if (opened) node = std::move(*opened);
    return opened.has_value();
  }
  void restart(bool power) {
    node.reset();
    if (power) {
      ++boots_;
      disk.restart_after_power_loss();
    } else {
      disk.restart_after_kill();
    }
    ASSERT_TRUE(open());
  }

  [[nodiscard]] static Stamp stamp() { return {now, now.time_since_epoch(), 11}; }

  void record_something(base::Prng& prng) {
    const std::string text = "note " + std::string(prng.next() % 300, 'x');
    const base::ByteView bytes{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
    std::vector<record::EntryView> entries;
    for (std::uint64_t i = prng.next() % 8; i > 0; --i) {
      now += std::chrono::milliseconds(500);
      const Stamp s = stamp();
      entries.push_back({EntryKind::tick, record::kNoSource, s.utc, s.monotonic, {}, s.clock});
      entries.push_back(
          {EntryKind::source_event, base::SourceId{0}, s.utc, s.monotonic, bytes, s.clock});
    }
    (void)node->take(entries);
  }
  void sync() {
    if (const auto ticket = node->begin_sync())
      node->finish_sync(*ticket, ticket->file->sync(), now.time_since_epoch());
  }
  // One turn of retention, beside which all is synced, covered by a snapshot and signed.
  void retire() {
    ASSERT_TRUE(node->sync());
    node->finish_snapshot(record::write_snapshot(disk, node->snapshot()));
    keep_log();
    const auto found = record::work_on_retention(disk, node->retention_work(stamp()));
    ASSERT_TRUE(found) << found.error().message;
    ASSERT_TRUE(node->finish_retention(*found, stamp()));
  }
  void keep_log() {
    if (auto work = node->take_log_work(stamp(), true)) {
      const auto done = record::Log::write(disk, *work);
      node->finish_log_work(std::move(*work), done);
    }
  }
  [[nodiscard]] record::PairSession meet() {
    const std::uint64_t held =
        role_ == PairRole::primary ? node->synced_end() : node->next_sequence();
    return {disk,
            {role_,
             node->core().charge().term,
             record::tree_head_at(disk, held).value(),
             "n",
             name_ + ".test/log",
             "test+1"},
            node->opened().record.first_sequence};
  }
  // As app does; false: begin anew.
  bool copy(const std::vector<record::PairMessage>& messages) {
    for (const record::PairMessage& message : messages) {
      if (const auto* lost = std::get_if<record::LostEntries>(&message)) {
        if (!node->pass_over(lost->count)) return false;
        holes += lost->count;
      }
      if (const auto* batch = std::get_if<record::EntryBatch>(&message)) {
        std::vector<base::ByteView> bodies;
        for (std::size_t i = 0; i < batch->size(); ++i) bodies.push_back(batch->body(i));
        if (!node->follow(bodies)) return false;
      }
    }
    return true;
  }
  void lead() { role_ = PairRole::primary; }

  static inline Timestamp now{};
  sim::SimStorage disk;
  std::unique_ptr<Node> node;
  std::uint64_t holes = 0;

 private:
  std::string name_;
  PairRole role_;
  std::uint64_t seed_;
  int boots_ = 0;
  int openings_ = 0;
};

// Bytes under way in both directions, handed over in pieces.
struct Wire {
  record::PairSession primary;
  record::PairSession standby;
  base::Bytes to_standby;
  base::Bytes to_primary;

  Wire(Machine& a, Machine& b) : primary(a.meet()), standby(b.meet()) {
    primary.begin(to_standby);
    standby.begin(to_primary);
  }
  // False: the connection has ended.
  bool carry(Machine& a, Machine& b, std::size_t most) {
    std::vector<record::PairMessage> messages;
    const auto piece = [most](base::Bytes& from) {
      const auto size = static_cast<std::ptrdiff_t>(std::min(most, from.size()));
      base::Bytes taken(from.begin(), from.begin() + size);
      from.erase(from.begin(), from.begin() + size);
      return taken;
    };
    if (!primary.take(piece(to_primary), to_standby, messages)) return false;
    EXPECT_TRUE(messages.empty());
    if (to_standby.size() < 4096 && !primary.give(a.node->synced_end(), to_standby)) return false;
    const bool sound = standby.take(piece(to_standby), to_primary, messages).has_value();
    if (!b.copy(messages)) return false;
    encode_message(record::Beat{b.node->synced_end()}, to_primary);
    return sound;
  }
};

void expect_prefix(Machine& a, Machine& b) {
  const std::uint64_t size = b.node->next_sequence();
  ASSERT_LE(size, a.node->next_sequence());
  EXPECT_EQ(record::tree_head_at(a.disk, size).value(), record::tree_head_at(b.disk, size).value());
}

// Until the standby has all; then both cores are one.
void catch_up(Machine& a, Machine& b) {
  a.sync();
  a.keep_log();
  Wire wire(a, b);
  for (int i = 0; i < 100'000 && b.node->next_sequence() < a.node->next_sequence(); ++i) {
    ASSERT_TRUE(wire.carry(a, b, 64u << 10));
    ASSERT_FALSE(wire.standby.refusal()) << wire.standby.refusal()->words;
  }
  ASSERT_EQ(b.node->next_sequence(), a.node->next_sequence());
  b.sync();
  b.keep_log();
  expect_prefix(a, b);
}

TEST(Pair, TheStandbyHoldsTheBeginningOfTheRecordWhateverDies) {
  std::uint64_t kills = 0;
  std::uint64_t reconnects = 0;
  std::uint64_t holes = 0;
  int same_hash = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    base::Prng prng(seed);
    Machine::now = *base::parse_rfc3339("2026-11-22T12:00:00Z");
    Machine a(2 * seed, "a", PairRole::primary);
    Machine b(2 * seed + 1, "b", PairRole::standby);
    std::optional<Wire> wire;
    for (int step = 0; step < 250; ++step) {
      Machine& one = prng.next() % 2 == 0 ? a : b;
      switch (prng.next() % 12) {
        case 0:
        case 1:
        case 2:
          a.record_something(prng);
          break;
        case 3:
        case 4:
          a.sync();
          break;
        case 5:
          one.keep_log();
          break;
        case 6:
          b.sync();
          break;
        case 7:
          if (prng.next() % 4 == 0) one.disk.die_after(prng.next() % 3'000);
          break;
        case 8:
          if (prng.next() % 4 == 0) wire.reset();
          break;
        default:
          if (!wire) {
            wire.emplace(a, b);
            ++reconnects;
          }
          if (!wire->carry(a, b, 1 + prng.next() % 20'000)) wire.reset();
          break;
      }
      if (a.disk.dead() || b.disk.dead()) {
        wire.reset();
        for (Machine* m : {&a, &b}) {
          if (!m->disk.dead()) continue;
          ++kills;
          ASSERT_NO_FATAL_FAILURE(m->restart(prng.next() % 2 == 0));
        }
      }
      if (step % 10 == 0) {
        ASSERT_NO_FATAL_FAILURE(expect_prefix(a, b));
      }
    }
    wire.reset();
    for (Machine* m : {&a, &b}) ASSERT_NO_FATAL_FAILURE(m->restart(false));
    ASSERT_NO_FATAL_FAILURE(catch_up(a, b));
    // An entry that a power cut spoilt is committed to as lost and not sent; the primary's own core
    // takes its bytes for what they are worth.
    const bool spoilt = std::ranges::any_of(a.node->opened().remarks, [](const std::string& r) {
      return r.find("payload checksum") != std::string::npos;
    });
    if (!spoilt) {
      EXPECT_EQ(a.node->core().hash(), b.node->core().hash());
      ++same_hash;
    }
    const std::vector<seal::VerifierKey> keys{
        {"b.test/log",
         seal::KeyType::ed25519,
         key_of(static_cast<std::uint8_t>(2 * seed + 1)).public_key()}};
    const auto verified = record::verify_record(b.disk, keys).value();
    EXPECT_TRUE(verified.sound()) << to_string(verified.faults.front());
    EXPECT_EQ(verified.signatures.size(), 1u);
    holes += b.holes;
  }
  EXPECT_GT(kills, 100u);
  EXPECT_GT(reconnects, 500u);
  EXPECT_GT(same_hash, 50);
  EXPECT_GT(holes, 0u) << "no power cut left a hole that had to be copied";
}

TEST(Pair, AnotherHistoryIsRefusedOnBothSides) {
  Machine::now = *base::parse_rfc3339("2026-11-22T12:00:00Z");
  base::Prng prng(4);
  Machine a(2, "a", PairRole::primary);
  Machine other(6, "o", PairRole::primary);
  Machine b(3, "b", PairRole::standby);
  for (Machine* m : {&a, &other}) {
    for (int i = 0; i < 20; ++i) m->record_something(prng);
    m->sync();
  }
  ASSERT_NO_FATAL_FAILURE(catch_up(other, b));
  const std::uint64_t held = b.node->next_sequence();
  for (int i = 0; i < 20; ++i) a.record_something(prng);
  a.sync();
  Wire wire(a, b);
  while (wire.carry(a, b, 1'000)) {
  }
  ASSERT_TRUE(wire.primary.refusal() && wire.standby.refusal());
  EXPECT_EQ(wire.primary.refusal()->reason, record::PairRefusal::diverged);
  EXPECT_EQ(wire.standby.refusal()->reason, record::PairRefusal::diverged);
  EXPECT_EQ(b.node->next_sequence(), held);
}

TEST(Pair, WhoTookOverIsInTheRecordAndTheOtherStepsDown) {
  Machine::now = *base::parse_rfc3339("2026-11-22T12:00:00Z");
  base::Prng prng(5);
  Machine a(2, "a", PairRole::primary);
  Machine b(3, "b", PairRole::standby);
  for (int i = 0; i < 20; ++i) a.record_something(prng);
  ASSERT_NO_FATAL_FAILURE(catch_up(a, b));
  const std::uint64_t held = b.node->next_sequence();
  for (int i = 0; i < 5; ++i) a.record_something(prng);  // the standby is not sent these
  a.sync();

  TakeoverOrder order{.from = "a.test/log",
                      .cause = record::TakeoverCause::silence,
                      .heard = Machine::now,
                      .tree = record::tree_head_at(b.disk, held).value(),
                      .known_term = 1,
                      .key_name = "b.test/node",
                      .key = key_of(77)};
  Machine::now += std::chrono::seconds(6);
  ASSERT_TRUE(b.node->take_over(order, Machine::stamp()));
  b.lead();
  const ChargeStanding& charge = b.node->core().charge();
  EXPECT_EQ(charge.term, 2u);
  EXPECT_EQ(charge.takeovers, 1u);
  ASSERT_TRUE(charge.newest);
  EXPECT_EQ(charge.newest->by, "b.test/log");
  EXPECT_EQ(charge.newest->from, "a.test/log");
  EXPECT_EQ(charge.newest->tree, order.tree);
  EXPECT_EQ(b.node->core().gaps(), 1u);
  for (int i = 0; i < 5; ++i) b.record_something(prng);
  b.sync();
  b.keep_log();
  const auto gaps = record::verify_record(b.disk, {}).value().gaps;
  ASSERT_EQ(gaps.size(), 1u);
  EXPECT_EQ(gaps[0].gap.cause, record::GapCause::takeover);
  EXPECT_EQ(gaps[0].gap.to - gaps[0].gap.from, std::chrono::seconds(6));

  // What it says survives snapshot and restart.
  base::Bytes state;
  b.node->core().save(state);
  const auto loaded = Core::load("test+1", state);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->charge().newest, charge.newest);
  ASSERT_NO_FATAL_FAILURE(b.restart(false));
  EXPECT_EQ(b.node->core().charge().term, 2u);

  // The old one hears of it and changes nothing.
  const std::uint64_t before = a.node->next_sequence();
  Wire wire(a, b);
  for (int i = 0; i < 10; ++i) (void)wire.carry(a, b, 1'000);
  EXPECT_EQ(wire.primary.verdict(), PairVerdict::step_down);
  EXPECT_EQ(wire.standby.verdict(), PairVerdict::wait);
  EXPECT_EQ(a.node->next_sequence(), before);

  // Into a fresh record it copies all, and may take over in its turn.
  Machine again(8, "a", PairRole::standby);
  ASSERT_NO_FATAL_FAILURE(catch_up(b, again));
  EXPECT_EQ(again.node->core().hash(), b.node->core().hash());
  order.tree = record::tree_head_at(again.disk, again.node->next_sequence()).value();
  ASSERT_TRUE(again.node->take_over(order, Machine::stamp()));
  EXPECT_EQ(again.node->core().charge().term, 3u);
  const auto verified = [&] {
    again.sync();
    again.keep_log();
    return record::verify_record(again.disk, {}).value();
  };
  EXPECT_TRUE(verified().sound());
  order.tree.root[0] ^= 1;
  ASSERT_TRUE(again.node->take_over(order, Machine::stamp()));
  EXPECT_EQ(verified().fault_count, 1u) << "signed another tree than that of the entries before";
}

TEST(Pair, AStandbyIsBegunFromABackupOnceTheFirstEntriesAreRetired) {
  Machine::now = *base::parse_rfc3339("2026-11-22T12:00:00Z");
  base::Prng prng(6);
  Machine a(2, "a", PairRole::primary);
  for (int day = 0; day < 100; ++day) {
    for (int i = 0; i < 3; ++i) a.record_something(prng);
    Machine::now += base::kDay;
  }
  for (int turn = 0; turn < 4; ++turn) ASSERT_NO_FATAL_FAILURE(a.retire());
  ASSERT_NO_FATAL_FAILURE(a.restart(false));
  ASSERT_GT(a.node->opened().record.first_sequence, 0u);

  Machine fresh(3, "b", PairRole::standby);
  Wire refused(a, fresh);
  for (int i = 0; i < 5; ++i) (void)refused.carry(a, fresh, 1'000);
  ASSERT_TRUE(refused.standby.refusal());
  EXPECT_EQ(refused.standby.refusal()->reason, record::PairRefusal::not_whole);

  sim::SimStorage backup(5);
  a.sync();
  a.keep_log();
  ASSERT_TRUE(record::back_up(a.disk, backup, Machine::now));
  Machine b(7, "b", backup);
  ASSERT_FALSE(b.node->record_log()->trouble()) << *b.node->record_log()->trouble();
  b.keep_log();
  EXPECT_EQ(b.node->record_log()->checkpoint_size(), 0u)
      << "signs nothing before the other machine confirmed what it holds";
  ASSERT_NO_FATAL_FAILURE(b.restart(true));
  for (int i = 0; i < 5; ++i) a.record_something(prng);
  ASSERT_NO_FATAL_FAILURE(catch_up(a, b));
  EXPECT_EQ(b.node->record_log()->checkpoint_size(), b.node->next_sequence());
  ASSERT_NO_FATAL_FAILURE(b.restart(true));
  EXPECT_FALSE(b.node->record_log()->trouble());
  EXPECT_EQ(b.node->core().hash(), a.node->core().hash());
  const std::vector<seal::VerifierKey> keys{
      {"b.test/log", seal::KeyType::ed25519, key_of(7).public_key()}};
  const auto verified = record::verify_record(b.disk, keys).value();
  EXPECT_TRUE(verified.sound()) << to_string(verified.faults.front());
  EXPECT_EQ(verified.signatures.size(), 1u);
  EXPECT_GT(verified.retired, 0u);

  // What was restored must be the node's record: of another one nothing is copied or signed.
  Machine other(8, "o", PairRole::primary);
  for (int i = 0; i < 300; ++i) other.record_something(prng);
  other.sync();
  Machine c(9, "c", backup);
  Wire wrong(other, c);
  for (int i = 0; i < 5; ++i) (void)wrong.carry(other, c, 1'000);
  ASSERT_TRUE(wrong.standby.refusal());
  EXPECT_EQ(wrong.standby.refusal()->reason, record::PairRefusal::diverged);
  c.sync();
  c.keep_log();
  EXPECT_EQ(c.node->record_log()->checkpoint_size(), 0u);
}

TEST(Pair, WhatTheWriterTookBackIsNotSent) {
  sim::SimStorage disk(1);
  const auto record_entries = [&](std::uint8_t salts) {
    record::WriterOptions options;
    options.salt_key.fill(salts);  // so that no two bodies are alike
    auto writer = record::Writer::open(disk, options);
    ASSERT_TRUE(writer);
    while (writer->next_sequence() < 4) ASSERT_TRUE(writer->append({.kind = EntryKind::tick}));
    ASSERT_TRUE(writer->flush() && writer->sync());
  };
  ASSERT_NO_FATAL_FAILURE(record_entries(1));
  record::Tail tail(disk, 0);
  for (std::uint64_t i = 0; i < 2; ++i) ASSERT_EQ(tail.next(2).value()->first, i);
  // A write that failed in part, read before the writer could take it back; then room again.
  auto cursor = record::Cursor::open(disk, record::Stream::input, 2);
  const auto frame = cursor->next_frame();
  ASSERT_TRUE(disk.truncate(record::segment_path(record::Stream::input, 0), (*frame)->offset));
  ASSERT_NO_FATAL_FAILURE(record_entries(2));
  for (std::uint64_t i = 2; i < 4; ++i) {
    record::Tail fresh(disk, i);
    const base::ByteView sent = tail.next(4).value()->body;
    EXPECT_TRUE(std::ranges::equal(sent, fresh.next(4).value()->body));
  }
}

// Trees that cannot be compared are not taken for equal: nothing is given, and nothing breaks.
TEST(Pair, GivesNothingBeforeTheTreesWereCompared) {
  Machine::now = *base::parse_rfc3339("2026-11-22T12:00:00Z");
  Machine a(1, "a", PairRole::primary);
  base::Prng prng(9);
  for (int i = 0; i < 200; ++i) a.record_something(prng);
  a.sync();
  a.keep_log();
  ASSERT_GT(a.node->synced_end(), 600u);
  record::PairSession session = a.meet();
  for (const char* folder : {"tile/0", "tile/entries"}) {
    const auto names = a.disk.list(folder);
    ASSERT_TRUE(names);
    for (const std::string& name : *names) (void)a.disk.remove(std::string(folder) + "/" + name);
  }
  const auto segments = a.disk.list("input");
  ASSERT_TRUE(segments);
  for (const std::string& name : *segments) ASSERT_TRUE(a.disk.remove("input/" + name));
  base::Bytes wire, out;
  record::Hello standby{PairRole::standby, 1, {}, "n", "b.test/log", ""};
  standby.held.size = 600;
  encode_message(standby, wire);
  std::vector<record::PairMessage> taken;
  EXPECT_FALSE(session.take(wire, out, taken));
  const auto given = session.give(a.node->synced_end(), out);
  ASSERT_TRUE(given);
  EXPECT_FALSE(*given);
  EXPECT_EQ(session.given(), 0u);
}

TEST(Pair, WhatAConnectionMaySayIsBounded) {
  Machine::now = *base::parse_rfc3339("2026-11-22T12:00:00Z");
  Machine b(3, "b", PairRole::standby);
  const auto said = [&](const std::vector<record::PairMessage>& messages) {
    record::PairSession session = b.meet();
    base::Bytes wire, out;
    for (const record::PairMessage& message : messages) encode_message(message, wire);
    std::vector<record::PairMessage> taken;
    return session.take(wire, out, taken).has_value();
  };
  const record::Hello primary{PairRole::primary, 1, {}, "n", "a.test/log", ""};
  EXPECT_TRUE(said({primary, record::Beat{5}}));
  EXPECT_FALSE(said({record::Beat{5}})) << "no hello";
  EXPECT_FALSE(said({primary, primary}));
  EXPECT_FALSE(said({primary, record::LostEntries{5, 1}})) << "not the next one";
  record::Hello standby = primary;
  standby.role = PairRole::standby;
  EXPECT_FALSE(said({standby, record::LostEntries{0, 1}})) << "of one that is not followed";
  record::Hello stranger = primary;
  stranger.node = "m";
  record::PairSession session = b.meet();
  base::Bytes wire, out;
  encode_message(stranger, wire);
  std::vector<record::PairMessage> taken;
  EXPECT_TRUE(session.take(wire, out, taken));
  EXPECT_EQ(session.verdict(), PairVerdict::refuse);
}

}  // namespace
}  // namespace liptako::node
