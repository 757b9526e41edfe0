#include "record/snapshot.hpp"

#include <gtest/gtest.h>

#include "sim/sim_storage.hpp"
#include "written.hpp"

namespace liptako::record {
namespace {

Snapshot snapshot_at(std::uint64_t next_sequence, std::string build = "build-1") {
  return {next_sequence,
          std::move(build),
          base::Bytes(1'000, static_cast<std::uint8_t>(next_sequence))};
}

TEST(Snapshot, TheNewestComesBack) {
  sim::SimStorage disk(1);
  ASSERT_TRUE(write_snapshot(disk, snapshot_at(5)));
  ASSERT_TRUE(write_snapshot(disk, snapshot_at(1'000'000'000'007)));
  const auto found = load_snapshot(disk, "build-1", 2'000'000'000'000).value();
  ASSERT_TRUE(found.snapshot);
  EXPECT_EQ(found.snapshot->next_sequence, 1'000'000'000'007u);
  EXPECT_EQ(found.snapshot->core, snapshot_at(1'000'000'000'007).core);
  EXPECT_TRUE(found.passed_over.empty());
  sim::SimStorage empty(2);
  EXPECT_FALSE(load_snapshot(empty, "build-1", 9)->snapshot);
}

TEST(Snapshot, ThreeAreKeptAndNoneFromAFutureThatWasLost) {
  sim::SimStorage disk(1);
  for (const std::uint64_t at : {10, 20, 30, 40, 50})
    ASSERT_TRUE(write_snapshot(disk, snapshot_at(at)));
  EXPECT_EQ(
      disk.list("snapshot").value(),
      (std::vector<std::string>{"000000000030.snap", "000000000040.snap", "000000000050.snap"}));
  ASSERT_TRUE(write_snapshot(disk, snapshot_at(45)));
  EXPECT_EQ(
      disk.list("snapshot").value(),
      (std::vector<std::string>{"000000000030.snap", "000000000040.snap", "000000000045.snap"}));
}

TEST(Snapshot, AnyDamageFallsBackToTheOlder) {
  sim::SimStorage disk(1);
  ASSERT_TRUE(write_snapshot(disk, snapshot_at(10)) && write_snapshot(disk, snapshot_at(20)));
  const std::string path = "snapshot/000000000020.snap";
  const std::uint64_t size = disk.size(path).value();
  for (std::uint64_t offset = 0; offset < size; offset += 13) {
    disk.corrupt(path, offset, 0x01);
    const auto found = load_snapshot(disk, "build-1", 100).value();
    ASSERT_TRUE(found.snapshot) << offset;
    EXPECT_EQ(found.snapshot->next_sequence, 10u);
    EXPECT_EQ(found.passed_over, (std::vector<std::string>{path + ": its hash does not match"}));
    disk.corrupt(path, offset, 0x01);
  }
  ASSERT_TRUE(disk.truncate(path, 3));
  EXPECT_EQ(load_snapshot(disk, "build-1", 100)->snapshot->next_sequence, 10u);
  // Renamed, it would claim to hold for other entries.
  ASSERT_TRUE(disk.replace(path, disk.read("snapshot/000000000010.snap", 0, 1u << 20).value()));
  EXPECT_EQ(load_snapshot(disk, "build-1", 100)->snapshot->next_sequence, 10u);
}

TEST(Snapshot, OnlyItsOwnBuildAndOnlyWithItsEntries) {
  sim::SimStorage disk(1);
  ASSERT_TRUE(write_snapshot(disk, snapshot_at(10, "build-0")) &&
              write_snapshot(disk, snapshot_at(20)) && write_snapshot(disk, snapshot_at(30)));
  EXPECT_EQ(load_snapshot(disk, "build-1", 30)->snapshot->next_sequence, 30u);
  EXPECT_EQ(load_snapshot(disk, "build-1", 29)->snapshot->next_sequence, 20u);
  EXPECT_EQ(load_snapshot(disk, "build-1", 19)->snapshot, std::nullopt);
  EXPECT_EQ(load_snapshot(disk, "build-0", 30)->snapshot->next_sequence, 10u);
  EXPECT_EQ(load_snapshot(disk, "build-2", 30)->passed_over.size(), 3u);
}

TEST(Snapshot, RecoveryContinuesBehindIt) {
  sim::SimStorage disk(1);
  auto writer = Writer::open(disk, {.segment_limit = 4u << 10}).value();
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(append_next(writer));
  ASSERT_TRUE(writer.flush() && writer.sync());
  auto without = recover(disk, "build-1", writer.next_sequence()).value();
  EXPECT_FALSE(without.found.snapshot);
  EXPECT_EQ(without.tail.next().value()->sequence, 0u);
  ASSERT_TRUE(write_snapshot(disk, snapshot_at(63)));
  auto with = recover(disk, "build-1", writer.next_sequence()).value();
  EXPECT_EQ(with.found.snapshot->next_sequence, 63u);
  for (std::uint64_t sequence = 63; sequence < 100; ++sequence)
    EXPECT_EQ(with.tail.next().value()->sequence, sequence);
  EXPECT_FALSE(with.tail.next().value());
}

}  // namespace
}  // namespace liptako::record
