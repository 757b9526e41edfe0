#include "sim/sim_storage.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace liptako::sim {
namespace {

const base::Bytes kSynced(1'000, 1);
const base::Bytes kUnsynced(5'000, 2);

base::Bytes content(SimStorage& disk, std::string_view path) {
  const auto bytes = disk.read(path, 0, 1u << 20);
  return bytes ? *bytes : base::Bytes{};
}

TEST(SimStorage, AKillLosesNothingThatWasWritten) {
  SimStorage disk(1);
  auto file = disk.open_append("a/b");
  ASSERT_TRUE(file && (*file)->append(kUnsynced));
  disk.restart_after_kill();
  EXPECT_EQ(content(disk, "a/b"), kUnsynced);
  EXPECT_FALSE((*file)->append(kSynced)) << "the file belongs to a dead process";
}

TEST(SimStorage, APowerCutKeepsWhatWasSyncedAndMayLoseOrSpoilTheRest) {
  int all = 0;
  int none = 0;
  int spoilt = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SimStorage disk(seed);
    auto file = disk.open_append("f");
    ASSERT_TRUE((*file)->append(kSynced) && (*file)->sync() && (*file)->append(kUnsynced));
    disk.restart_after_power_loss();
    const base::Bytes after = content(disk, "f");
    ASSERT_GE(after.size(), kSynced.size());
    ASSERT_TRUE(std::ranges::equal(base::ByteView(after).first(kSynced.size()), kSynced)) << seed;
    const base::ByteView rest = base::ByteView(after).subspan(kSynced.size());
    const bool sound = std::ranges::all_of(rest, [](std::uint8_t byte) { return byte == 2; });
    all += sound && rest.size() == kUnsynced.size() ? 1 : 0;
    none += rest.empty() ? 1 : 0;
    spoilt += sound ? 0 : 1;
  }
  EXPECT_GT(all, 10);
  EXPECT_GT(none, 10);
  EXPECT_GT(spoilt, 10);
}

TEST(SimStorage, AFullDiskWritesInPartAndSaysSo) {
  SimStorage disk(1);
  disk.set_capacity(1'500);
  auto file = disk.open_append("f");
  ASSERT_TRUE((*file)->append(kSynced));
  const auto written = (*file)->append(kSynced);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, base::ErrorKind::world);
  EXPECT_EQ((*file)->size(), 1'500u);
  EXPECT_FALSE(disk.replace("g", kSynced));
  EXPECT_FALSE(disk.size("g"));
}

TEST(SimStorage, DeathComesInsideTheWrite) {
  SimStorage disk(1);
  auto file = disk.open_append("f");
  disk.die_after(1'200);
  ASSERT_TRUE((*file)->append(kSynced));
  EXPECT_FALSE((*file)->append(kSynced));
  EXPECT_TRUE(disk.dead());
  EXPECT_FALSE(disk.read("f", 0, 1));
  disk.restart_after_kill();
  EXPECT_EQ(content(disk, "f").size(), 1'200u);
}

TEST(SimStorage, AnUnsyncedTruncationMayComeBack) {
  int undone = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SimStorage disk(seed);
    auto file = disk.open_append("f");
    ASSERT_TRUE((*file)->append(kSynced) && (*file)->sync() && disk.truncate("f", 10));
    disk.restart_after_power_loss();
    const std::size_t size = content(disk, "f").size();
    ASSERT_TRUE(size == 10 || size == kSynced.size());
    undone += size == 10 ? 0 : 1;
  }
  EXPECT_GT(undone, 5);
  EXPECT_LT(undone, 45);
}

TEST(SimStorage, ReplaceIsWholeOrNotAtAll) {
  SimStorage disk(1);
  ASSERT_TRUE(disk.replace("f", kSynced));
  disk.die_after(100);
  EXPECT_FALSE(disk.replace("f", kUnsynced));
  disk.restart_after_power_loss();
  EXPECT_EQ(content(disk, "f"), kSynced);
}

TEST(SimStorage, DeathComesInAnyChangeAndTheSeedSaysWhetherItTookEffect) {
  // One call of each kind, in order; the process dies in each of them in turn.
  int took_effect[5] = {};
  constexpr int kSeeds = 60;
  for (int dying = 0; dying < 5; ++dying) {
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
      SimStorage disk(seed);
      ASSERT_TRUE(disk.replace("gone", kSynced) && disk.replace("cut", kSynced));
      disk.die_at_change(static_cast<std::uint64_t>(dying));
      auto file = disk.open_append("new");
      if (file) (void)(*file)->append(kUnsynced);
      (void)disk.replace("whole", kSynced);
      (void)disk.truncate("cut", 10);
      (void)disk.remove("gone");
      EXPECT_TRUE(disk.dead());
      disk.restart_after_kill();
      EXPECT_EQ(content(disk, "whole").size() % kSynced.size(), 0u);
      const bool effects[5] = {disk.size("new").has_value(),
                               !content(disk, "new").empty(),
                               disk.size("whole").has_value(),
                               content(disk, "cut").size() == 10,
                               !disk.size("gone")};
      took_effect[dying] += effects[dying] ? 1 : 0;
      for (int after = dying + 1; after < 5; ++after) EXPECT_FALSE(effects[after]);
    }
  }
  for (const int count : took_effect) {
    EXPECT_GT(count, 10);
    EXPECT_LE(count, kSeeds);
  }
}

TEST(SimStorage, ASyncThatFailedIsNotMadeGoodByTheNext) {
  int spoilt = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SimStorage disk(seed);
    auto file = disk.open_append("f");
    ASSERT_TRUE((*file)->append(kSynced) && (*file)->sync() && (*file)->append(kUnsynced));
    disk.set_sync_failure(1.0);
    ASSERT_FALSE((*file)->sync());
    disk.set_sync_failure(0.0);
    ASSERT_TRUE((*file)->sync());
    disk.restart_after_power_loss();
    const base::Bytes after = content(disk, "f");
    ASSERT_EQ(after.size(), kSynced.size() + kUnsynced.size());
    const base::ByteView rest = base::ByteView(after).subspan(kSynced.size());
    EXPECT_TRUE(std::ranges::equal(base::ByteView(after).first(kSynced.size()), kSynced));
    spoilt += std::ranges::equal(rest, kUnsynced) ? 0 : 1;
  }
  EXPECT_GT(spoilt, 25);
}

TEST(SimStorage, AReplacementWhoseSyncFailsMayBeThereOrNot) {
  int there = 0;
  int lost_by_the_cut = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SimStorage disk(seed);
    ASSERT_TRUE(disk.replace("f", kSynced));
    disk.set_sync_failure(1.0);
    ASSERT_FALSE(disk.replace("f", kUnsynced));
    const bool now = content(disk, "f") == kUnsynced;
    there += now ? 1 : 0;
    disk.restart_after_power_loss();
    const base::Bytes after = content(disk, "f");
    EXPECT_TRUE(after == kSynced || (now && after == kUnsynced));
    lost_by_the_cut += now && after == kSynced ? 1 : 0;
  }
  EXPECT_GT(there, 20);
  EXPECT_LT(there, 80);
  EXPECT_GT(lost_by_the_cut, 5);
}

TEST(SimStorage, ARemovedFileMayComeBackUntilItsFolderIsSynced) {
  int back = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SimStorage disk(seed);
    ASSERT_TRUE(disk.replace("a/x", kSynced) && disk.replace("b/x", kSynced));
    ASSERT_TRUE(disk.remove("a/x") && disk.remove("b/x") && disk.replace("b/y", kSynced));
    disk.restart_after_power_loss();
    back += content(disk, "a/x") == kSynced ? 1 : 0;
    EXPECT_FALSE(disk.size("b/x"));
  }
  EXPECT_GT(back, 10);
  EXPECT_LT(back, 40);
}

TEST(SimStorage, FilesWrittenTogetherAreSafeOnceAllAre) {
  int torn = 0;
  int old = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SimStorage disk(seed);
    const std::vector<base::FileContent> first{{"a", kSynced}, {"b", kSynced}};
    const std::vector<base::FileContent> second{{"a", kUnsynced}, {"b", kUnsynced}};
    ASSERT_TRUE(disk.write_files(first));
    disk.restart_after_power_loss();
    ASSERT_EQ(content(disk, "a"), kSynced);
    disk.die_at_change(1);
    ASSERT_FALSE(disk.write_files(second));
    disk.restart_after_power_loss();
    for (const char* path : {"a", "b"}) {
      const base::Bytes after = content(disk, path);
      old += after == kSynced ? 1 : 0;
      torn += after != kSynced && after != kUnsynced ? 1 : 0;
    }
  }
  EXPECT_GT(torn, 30);
  EXPECT_GT(old, 30);
}

TEST(SimStorage, RoomIsCountedByteByByte) {
  SimStorage disk(1);
  auto file = disk.open_append("f");
  ASSERT_TRUE((*file)->append(kUnsynced) && disk.replace("g", kSynced));
  EXPECT_EQ(disk.bytes_used(), 6'000u);
  ASSERT_TRUE(disk.truncate("f", 1'000) && disk.replace("g", kUnsynced) && disk.remove("g"));
  EXPECT_EQ(disk.bytes_used(), 1'000u);
  disk.set_capacity(1'000);
  EXPECT_FALSE(disk.open_append("h")) << "a full disk makes no file";
  EXPECT_TRUE(disk.open_append("f"));
  disk.set_capacity(2'500);
  EXPECT_TRUE(disk.replace("g", kSynced));
  EXPECT_FALSE(disk.replace("g", kSynced)) << "no room for old and new at once";
  EXPECT_EQ(content(disk, "g"), kSynced);
}

TEST(SimStorage, ListsTheFilesOfOneFolder) {
  SimStorage disk(1);
  for (const char* path : {"a/2", "a/1", "a/b/3", "ab", "b/4"})
    ASSERT_TRUE(disk.replace(path, kSynced));
  EXPECT_EQ(disk.list("a").value(), (std::vector<std::string>{"1", "2"}));
  EXPECT_TRUE(disk.list("none").value().empty());
}

}  // namespace
}  // namespace liptako::sim
