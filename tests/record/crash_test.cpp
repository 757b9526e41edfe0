// Crashes of a simulated machine, each drawn from a seed: what was flushed survives a kill, what
// was synced survives a power cut, in order, and nothing appears that nobody wrote. A failure names
// its seed.
#include <gtest/gtest.h>

#include "record/snapshot.hpp"
#include "sim/sim_storage.hpp"
#include "written.hpp"

namespace liptako::record {
namespace {

constexpr int kSeeds = 250;
constexpr WriterOptions kSmall{.segment_limit = 4u << 10, .buffer_limit = 4u << 10, .salt = 77};

struct Life {
  std::uint64_t flushed = 0;
  std::uint64_t synced = 0;
  std::uint64_t refused = 0;  // calls that failed
};

// A process that appends until it dies or has had enough.
Life live(sim::SimStorage& disk, base::Prng& prng, Writer& writer) {
  const std::uint64_t enough = prng.below(300);
  std::uint64_t refused = 0;
  std::optional<SyncTicket> ticket;
  for (std::uint64_t i = 0; i < enough && !disk.dead(); ++i) {
    if (!append_next(writer)) ++refused;
    if (prng.chance(0.4) && !writer.flush()) ++refused;
    if (ticket && prng.chance(0.3)) {
      writer.finish_sync(*ticket, ticket->file->sync());
      ticket.reset();
    } else if (!ticket && prng.chance(0.1)) {
      ticket = writer.begin_sync();
    }
  }
  return {writer.flushed_end(), writer.synced_end(), refused};
}

TEST(Crash, AfterAKillEveryFlushedEntryIsThere) {
  int torn = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    base::Prng prng(seed);
    sim::SimStorage disk(seed);
    Life life;
    for (int lives = 0; lives < 4; ++lives) {
      auto writer = Writer::open(disk, kSmall);
      ASSERT_TRUE(writer) << writer.error().message;
      ASSERT_GE(writer->next_sequence(), life.flushed);
      EXPECT_TRUE(writer->opened().damages.empty());
      torn += writer->opened().cut_bytes > 0 ? 1 : 0;
      disk.die_after(prng.below(12'000));
      life = live(disk, prng, *writer);
      disk.restart_after_kill();
    }
    auto writer = Writer::open(disk, kSmall);
    ASSERT_TRUE(writer);
    ASSERT_GE(writer->next_sequence(), life.flushed);
    const Read read = read_all(disk);
    EXPECT_EQ(read.sound, sequences(0, writer->next_sequence()));
    EXPECT_TRUE(read.damages.empty());
  }
  EXPECT_GT(torn, kSeeds / 4) << "the kills must hit writes";
}

TEST(Crash, AfterPowerLossEverySyncedEntryIsThere) {
  int cut = 0;
  int holes = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    base::Prng prng(seed);
    sim::SimStorage disk(seed);
    std::vector<std::uint64_t> safe;  // sequences that must be there for ever
    for (int lives = 0; lives < 4; ++lives) {
      auto writer = Writer::open(disk, kSmall);
      ASSERT_TRUE(writer) << writer.error().message;
      cut += writer->opened().cut_bytes > 0 ? 1 : 0;
      safe = read_all(disk).sound;  // what is there at opening is durable from then on
      const std::uint64_t begin = writer->next_sequence();
      const Life life = live(disk, prng, *writer);
      for (std::uint64_t sequence = begin; sequence < life.synced; ++sequence)
        safe.push_back(sequence);
      // A kill leaves entries unsynced that the next life reads, and so relies on.
      if (prng.chance(0.3)) {
        disk.restart_after_kill();
      } else {
        disk.restart_after_power_loss();
      }
      const Read read = read_all(disk);
      EXPECT_TRUE(std::ranges::includes(read.sound, safe));
      for (const std::uint64_t sequence : read.sound) EXPECT_LT(sequence, life.flushed);
      for (const std::uint64_t sequence : read.damaged)
        EXPECT_FALSE(std::ranges::binary_search(safe, sequence));
      holes += read.damages.empty() ? 0 : 1;
    }
  }
  EXPECT_GT(cut, kSeeds / 4);
  EXPECT_GT(holes, kSeeds / 4);
}

TEST(Crash, ASnapshotNeverRestsOnLostEntries) {
  for (std::uint64_t seed = 0; seed < kSeeds / 4; ++seed) {
    SCOPED_TRACE(seed);
    base::Prng prng(seed);
    sim::SimStorage disk(seed);
    for (int lives = 0; lives < 6; ++lives) {
      auto writer = Writer::open(disk, kSmall);
      ASSERT_TRUE(writer);
      auto recovery = recover(disk, "b", writer->next_sequence());
      ASSERT_TRUE(recovery);
      const std::uint64_t from =
          recovery->found.snapshot ? recovery->found.snapshot->next_sequence : 0;
      EXPECT_LE(from, writer->next_sequence());
      if (const auto entry = recovery->tail.next(); from < writer->next_sequence()) {
        ASSERT_TRUE(entry && *entry);
        EXPECT_GE((*entry)->sequence, from);
      }
      const Life life = live(disk, prng, *writer);
      if (prng.chance(0.5)) disk.die_after(prng.below(2'000));
      if (life.synced > 0) {
        const bool written =
            write_snapshot(disk, {life.synced, "b", base::Bytes(700, 1)}).has_value();
        EXPECT_TRUE(written || disk.dead());
      }
      if (prng.chance(0.5)) {
        disk.restart_after_kill();
      } else {
        disk.restart_after_power_loss();
      }
    }
  }
}

TEST(Crash, FullDisksAndFailingSyncsLoseNothingAcknowledged) {
  std::uint64_t refused = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    base::Prng prng(seed);
    sim::SimStorage disk(seed);
    auto writer = Writer::open(disk, kSmall);
    ASSERT_TRUE(writer);
    if (prng.chance(0.7)) disk.set_capacity(500 + prng.below(15'000));
    if (prng.chance(0.5)) disk.set_sync_failure(prng.uniform());
    if (prng.chance(0.5)) disk.die_after(prng.below(15'000));
    const Life life = live(disk, prng, *writer);
    refused += life.refused;
    const bool power = prng.chance(0.5);
    if (power) {
      disk.restart_after_power_loss();
    } else {
      disk.restart_after_kill();
    }
    disk.set_sync_failure(0.0);
    const std::uint64_t acknowledged = power ? life.synced : life.flushed;
    auto reopened = Writer::open(disk, kSmall);
    ASSERT_TRUE(reopened) << reopened.error().message;
    EXPECT_GE(reopened->next_sequence(), acknowledged);
    const Read read = read_all(disk);
    EXPECT_TRUE(std::ranges::includes(read.sound, sequences(0, acknowledged)));
  }
  EXPECT_GT(refused, 1'000u);
}

}  // namespace
}  // namespace liptako::record
