// A copy of a record that can be trusted, and the way back.
#include "record/backup.hpp"

#include <gtest/gtest.h>

#include "record/retention.hpp"
#include "record/snapshot.hpp"
#include "record/verify.hpp"
#include "seal/note.hpp"
#include "seal/tiles.hpp"
#include "sim/sim_storage.hpp"
#include "written.hpp"

namespace liptako::record {
namespace {

constexpr WriterOptions kSmall{.segment_limit = 4u << 10, .buffer_limit = 4u << 10, .salt = 77};
const base::Timestamp kNow = *base::parse_rfc3339("2026-11-22T10:00:00Z");

base::ByteView bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// A record on a simulated disk, with its log.
class Recorded {
 public:
  explicit Recorded(sim::SimStorage& disk, WriterOptions options = kSmall) : disk_(&disk) {
    options.commit = true;
    writer_.emplace(*Writer::open(disk, options));
    options.stream = Stream::derived;
    derived_.emplace(*Writer::open(disk, options));
  }
  void append(int count) {
    for (int i = 0; i < count; ++i) {
      base::Bytes body;
      base::ByteWriter(body).put(writer_->next_sequence());
      body.resize(60);
      ASSERT_TRUE(append_next(*writer_));
      ASSERT_TRUE(derived_->append_body(body));
    }
    ASSERT_TRUE(writer_->flush() && derived_->flush());
  }
  // Says that the first segments are deleted, and deletes them when that is under a checkpoint.
  void retire(std::uint32_t most) {
    const auto said = read_keeping(*disk_);
    ASSERT_TRUE(said);
    const auto plan =
        plan_retirement(*disk_, {.keep = base::kDay, .most = most}, kNow, said->keeping, end());
    ASSERT_TRUE(plan && !plan->segments.empty());
    const std::string text = to_string(*said->keeping.next_retirement(plan->rule, plan->segments));
    EntryView note = entry_of(end(), bytes_of(text));
    note.kind = EntryKind::document;
    ASSERT_TRUE(writer_->append(note));
    ASSERT_TRUE(writer_->flush());
    checkpoint();
    ASSERT_TRUE(carry_out_retirement(*disk_, read_keeping(*disk_)->keeping));
  }
  // Signs for all that is flushed.
  void checkpoint() {
    ASSERT_TRUE(writer_->sync());
    for (const seal::Digest& commitment : writer_->take_commitments()) {
      commitments_.push_back(commitment);
      const seal::Digest leaf = seal::leaf_hash(commitment);
      std::vector<seal::Tile> full;
      tree_.append({&leaf, 1}, full);
      for (const seal::Tile& tile : full) put(seal::tile_path(tile.id), tile.bytes());
    }
    for (const seal::Tile& tile : tree_.partial()) put(seal::tile_path(tile.id), tile.bytes());
    for (std::uint64_t index = 0; index * 256 < tree_.size(); ++index) {
      const std::uint64_t end = std::min<std::uint64_t>(tree_.size(), index * 256 + 256);
      base::Bytes entries;
      for (std::uint64_t i = index * 256; i < end; ++i)
        seal::put_bundle_entry(entries, commitments_[i]);
      put(seal::entries_path(index, static_cast<std::size_t>(end - index * 256)), entries);
    }
    seal::Note note{seal::checkpoint_text({"log.test", tree_.size(), tree_.root()}), {}};
    note.signatures.push_back(seal::sign(
        note.text, "log.test", seal::SigningKey::from_seed(std::array<std::uint8_t, 32>{1})));
    put("checkpoint", bytes_of(seal::to_string(note)));
  }
  [[nodiscard]] std::uint64_t end() const { return writer_->next_sequence(); }

 private:
  void put(const std::string& path, base::ByteView content) {
    ASSERT_TRUE(disk_->replace(path, content));
  }
  sim::SimStorage* disk_;
  std::optional<Writer> writer_;
  std::optional<Writer> derived_;
  seal::TileBuilder tree_;
  std::vector<seal::Digest> commitments_;
};

std::string content(base::Storage& disk, const std::string& path) {
  const auto bytes = disk.read(path, 0, 1u << 24);
  return bytes ? std::string(bytes->begin(), bytes->end()) : "none";
}

TEST(Backup, HoldsTheRecordUpToItsCheckpointAndComesBackTheSame) {
  sim::SimStorage disk(1);
  sim::SimStorage copy(2);
  Recorded record(disk);
  record.append(700);
  record.checkpoint();
  ASSERT_TRUE(write_snapshot(disk, {600, "b", base::Bytes(100, 1)}));
  ASSERT_TRUE(write_snapshot(disk, {720, "b", base::Bytes(100, 1)}));
  ASSERT_TRUE(set_hold(disk, "a-1", {kNow, "juge", "enquête"}));
  record.append(50);  // not in a checkpoint yet
  const auto made = back_up(disk, copy, kNow);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->manifest.end, 700u);
  EXPECT_EQ(made->checkpoint->size, 700u);

  sim::SimStorage other(3);
  const auto restored = restore(copy, other, kNow);
  ASSERT_TRUE(restored) << restored.error().message;
  const Read read = read_all(other);
  EXPECT_EQ(read.sound, sequences(0, 700));
  EXPECT_TRUE(read.damages.empty());
  EXPECT_EQ(content(other, "checkpoint"), content(disk, "checkpoint"));
  EXPECT_EQ(content(other, "tile/0/000"), content(disk, "tile/0/000"));
  EXPECT_EQ(content(other, "hold/a-1"), content(disk, "hold/a-1"));
  EXPECT_TRUE(other.size("snapshot/000000000600.snap"));
  EXPECT_FALSE(other.size("snapshot/000000000720.snap")) << "it rests on entries left out";
  EXPECT_TRUE(other.size(kRestored));
  EXPECT_FALSE(other.size(kRestoring));
  auto writer = Writer::open(other, kSmall);
  ASSERT_TRUE(writer);
  EXPECT_EQ(writer->next_sequence(), 700u);
  auto derived = Cursor::open(other, Stream::derived);
  std::uint64_t bodies = 0;
  for (auto frame = derived->next_frame(); frame && *frame; frame = derived->next_frame()) ++bodies;
  EXPECT_EQ(bodies, 700u);
}

TEST(Backup, ASecondRunCopiesOnlyWhatIsNew) {
  sim::SimStorage disk(1);
  sim::SimStorage copy(2);
  Recorded record(disk);
  record.append(2'000);
  record.checkpoint();
  const auto first = back_up(disk, copy, kNow);
  ASSERT_TRUE(first) << first.error().message;
  record.append(20);
  record.checkpoint();
  const auto second = back_up(disk, copy, kNow + base::kDay);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(second->manifest.end, 2'020u);
  EXPECT_LT(second->copied_bytes * 10, first->copied_bytes);
  sim::SimStorage other(3);
  ASSERT_TRUE(restore(copy, other, kNow));
  EXPECT_EQ(read_all(other).sound, sequences(0, 2'020));
}

TEST(Backup, WithoutALogItHoldsEveryWholeEntry) {
  sim::SimStorage disk(1);
  sim::SimStorage copy(2);
  Recorded record(disk);
  record.append(300);
  // The writer is in the middle of its next write.
  const std::uint32_t last = *segment_number(disk.list("input")->back());
  auto file = disk.open_append(segment_path(Stream::input, last));
  ASSERT_TRUE((*file)->append(base::Bytes(10, 'L')));
  const auto made = back_up(disk, copy, kNow);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->manifest.end, 300u);
  EXPECT_FALSE(made->checkpoint);
  EXPECT_TRUE(read_all(copy).damages.empty());
}

TEST(Backup, RefusesARecordWithAnotherPast) {
  sim::SimStorage disk(1);
  sim::SimStorage other(2);
  sim::SimStorage copy(3);
  Recorded record(disk);
  WriterOptions salted = kSmall;
  salted.salt = 78;
  Recorded stranger(other, salted);
  record.append(100);
  stranger.append(150);
  ASSERT_TRUE(back_up(disk, copy, kNow));
  const auto refused = back_up(other, copy, kNow);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("past"), std::string::npos);
  EXPECT_TRUE(verify_backup(copy)) << "what was there stays good";
}

TEST(Backup, RefusesARecordThatLostWhatItsCheckpointCovers) {
  sim::SimStorage disk(1);
  sim::SimStorage copy(2);
  Recorded record(disk);
  record.append(100);
  record.checkpoint();
  const std::uint32_t last = *segment_number(disk.list("input")->back());
  ASSERT_TRUE(disk.remove(segment_path(Stream::input, last)));
  const auto refused = back_up(disk, copy, kNow);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("lost"), std::string::npos);
}

TEST(Backup, AnyAlteredByteIsFound) {
  sim::SimStorage disk(1);
  sim::SimStorage copy(2);
  Recorded record(disk);
  record.append(400);
  record.checkpoint();
  ASSERT_TRUE(write_snapshot(disk, {300, "b", base::Bytes(100, 1)}));
  ASSERT_TRUE(back_up(disk, copy, kNow));
  base::Prng prng(5);
  for (const char* path : {"input/00000000.seg",
                           "derived/00000001.seg",
                           "snapshot/000000000300.snap",
                           "checkpoint",
                           "backup",
                           "tile/0/000",
                           "tile/0/001.p/144",
                           "tile/1/000.p/1",
                           "tile/entries/000",
                           "tile/entries/001.p/144"}) {
    const auto size = copy.size(path);
    ASSERT_TRUE(size) << path;
    for (int i = 0; i < 10; ++i) {
      const std::uint64_t at = prng.below(*size);
      const auto mask = static_cast<std::uint8_t>(1u << prng.below(8));
      copy.corrupt(path, at, mask);
      EXPECT_FALSE(verify_backup(copy)) << path << " at " << at;
      sim::SimStorage other(3);
      EXPECT_FALSE(restore(copy, other, kNow));
      EXPECT_TRUE(other.list("input")->empty());
      copy.corrupt(path, at, mask);
    }
  }
  EXPECT_TRUE(verify_backup(copy));
}

TEST(Backup, AnEntryPutInThePlaceOfAnotherIsFoundThoughTheListSaysItIsRight) {
  sim::SimStorage disk(1);
  sim::SimStorage copy(2);
  Recorded record(disk);
  record.append(100);
  record.checkpoint();
  ASSERT_TRUE(back_up(disk, copy, kNow));
  // Whoever can write the folder can write the list too; not the checkpoint.
  auto cursor = Cursor::open(copy, Stream::input, 40);
  const Frame frame = **cursor->next_frame();
  base::Bytes body(frame.body.begin(), frame.body.end());
  body.back() ^= 1;
  base::Bytes forged;
  encode_frame(kSmall.salt, 40, body, forged);
  const std::string path = segment_path(Stream::input, frame.segment);
  base::Bytes segment = *copy.read(path, 0, 1u << 20);
  std::ranges::copy(forged, segment.begin() + static_cast<std::ptrdiff_t>(frame.offset));
  ASSERT_TRUE(copy.replace(path, segment));
  Manifest list = *read_manifest(copy);
  list.files[path].sha256 = seal::sha256(segment);
  ASSERT_TRUE(copy.replace("backup", bytes_of(to_string(list))));
  const auto found = verify_backup(copy);
  ASSERT_FALSE(found);
  EXPECT_NE(found.error().message.find("entry 40 is not the one that was committed to"),
            std::string::npos)
      << found.error().message;
}

TEST(Backup, WhatRetentionDeletedIsDeletedFromTheCopyToo) {
  sim::SimStorage disk(1);
  sim::SimStorage copy(2);
  Recorded record(disk);
  record.append(400);
  record.checkpoint();
  ASSERT_TRUE(write_snapshot(disk, {400, "b", base::Bytes(100, 1)}));
  ASSERT_TRUE(back_up(disk, copy, kNow));
  record.retire(3);
  ASSERT_FALSE(disk.size("input/00000000.seg"));
  ASSERT_TRUE(copy.size("input/00000000.seg"));
  const auto second = back_up(disk, copy, kNow);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_GT(second->keeping.deleted_end(), 0u);
  EXPECT_FALSE(copy.size("input/00000000.seg"));
  sim::SimStorage other(3);
  ASSERT_TRUE(restore(copy, other, kNow));
  EXPECT_EQ(content(other, "input/00000003.seg"), content(disk, "input/00000003.seg"));
  EXPECT_TRUE(verify_record(other, {})->sound());
}

TEST(Backup, WhatWentFromTheRecordWithoutAWordStaysInTheCopy) {
  sim::SimStorage disk(1);
  sim::SimStorage copy(2);
  Recorded record(disk);
  record.append(400);
  record.checkpoint();
  ASSERT_TRUE(write_snapshot(disk, {400, "b", base::Bytes(100, 1)}));
  ASSERT_TRUE(back_up(disk, copy, kNow));
  record.retire(2);
  ASSERT_TRUE(disk.remove("input/00000002.seg"));
  const auto refused = back_up(disk, copy, kNow);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("input/00000002.seg"), std::string::npos)
      << refused.error().message;
  const auto before = verify_backup(copy);
  ASSERT_TRUE(before) << before.error().message;
  sim::SimStorage other(3);
  ASSERT_TRUE(restore(copy, other, kNow));
  EXPECT_EQ(read_all(other).sound, sequences(0, 400));
}

TEST(Restore, WhatLiesInItsPlaceAlreadyIsNeverTaken) {
  sim::SimStorage disk(1);
  sim::SimStorage copy(2);
  Recorded record(disk);
  record.append(600);
  record.checkpoint();
  ASSERT_TRUE(back_up(disk, copy, kNow));
  for (const char* path : {"tile/0/000",
                           "tile/entries/001",
                           "retired",
                           "hold/a-1",
                           "restored",
                           "checkpoints/00000000000000000007",
                           "snapshot/000000000007.snap",
                           "checkpoint",
                           "derived/00000009.seg"}) {
    sim::SimStorage other(3);
    ASSERT_TRUE(other.replace(path, base::Bytes{1, 2, 3}));
    const auto refused = restore(copy, other, kNow);
    ASSERT_FALSE(refused) << path;
    EXPECT_NE(refused.error().message.find(path), std::string::npos);
    EXPECT_FALSE(other.size(kRestoring)) << "nothing was begun";
    // Put into what an interrupted restore left.
    ASSERT_TRUE(other.replace(kRestoring, base::Bytes{'x'}));
    ASSERT_TRUE(restore(copy, other, kNow)) << path;
    EXPECT_TRUE(verify_record(other, {})->sound()) << path;
    EXPECT_NE(content(other, path), "\x01\x02\x03") << path;
  }
}

// A disk that does not keep what it was given.
class Forgetful final : public base::Storage {
 public:
  Forgetful(base::Storage& disk, std::string path) : disk_(&disk), path_(std::move(path)) {}
  base::Result<std::unique_ptr<base::AppendFile>> open_append(std::string_view path) override {
    return disk_->open_append(path);
  }
  base::Result<base::Bytes> read(std::string_view path,
                                 std::uint64_t offset,
                                 std::size_t length) override {
    auto bytes = disk_->read(path, offset, length);
    if (bytes && path == path_ && !bytes->empty()) bytes->back() ^= 1;
    return bytes;
  }
  base::Result<std::uint64_t> size(std::string_view path) override { return disk_->size(path); }
  base::Result<void> truncate(std::string_view path, std::uint64_t size) override {
    return disk_->truncate(path, size);
  }
  base::Result<void> replace(std::string_view path, base::ByteView content) override {
    return disk_->replace(path, content);
  }
  base::Result<void> remove(std::string_view path) override { return disk_->remove(path); }
  base::Result<std::vector<std::string>> list(std::string_view folder) override {
    return disk_->list(folder);
  }

 private:
  base::Storage* disk_;
  std::string path_;
};

TEST(Restore, WhatWasWrittenIsReadBackAndAFailureLeavesNothingThatANodeOpens) {
  sim::SimStorage disk(1);
  sim::SimStorage copy(2);
  Recorded record(disk);
  record.append(600);
  record.checkpoint();
  ASSERT_TRUE(back_up(disk, copy, kNow));
  for (const char* path : {"input/00000001.seg",
                           "derived/00000001.seg",
                           "tile/0/001",
                           "tile/entries/000",
                           "checkpoint"}) {
    sim::SimStorage other(3);
    Forgetful bad(other, path);
    const auto failed = restore(copy, bad, kNow);
    ASSERT_FALSE(failed) << path;
    EXPECT_NE(failed.error().message.find("no node will start there"), std::string::npos)
        << failed.error().message;
    EXPECT_TRUE(other.size(kRestoring));
    EXPECT_FALSE(other.size(kRestored));
    ASSERT_TRUE(restore(copy, other, kNow)) << "on a sound disk it can be run again";
    EXPECT_FALSE(other.size(kRestoring));
  }
}

TEST(Backup, AListNamesFilesOfARecordOnly) {
  const auto parses = [](const std::string& path) {
    Manifest list;
    list.files[path] = {};
    return parse_manifest(to_string(list)).has_value();
  };
  for (const char* path : {"checkpoint",
                           "retired",
                           "input/00000001.seg",
                           "derived/00000000.seg",
                           "snapshot/000000000007.snap",
                           "checkpoints/00000000000000000007",
                           "hold/inquiry-1"}) {
    EXPECT_TRUE(parses(path)) << path;
  }
  for (const char* path : {"lock",
                           "restored",
                           "backup",
                           "input/x",
                           "input/../lock",
                           "hold/..",
                           "hold/a/b",
                           "hold/x.tmp",
                           "hold/",
                           "/checkpoint",
                           "tile/0/000"}) {
    EXPECT_FALSE(parses(path)) << path;
  }
}

TEST(Restore, NeverWritesIntoARecord) {
  sim::SimStorage disk(1);
  sim::SimStorage copy(2);
  Recorded record(disk);
  record.append(100);
  ASSERT_TRUE(back_up(disk, copy, kNow));
  const std::string before = content(disk, "input/00000000.seg");
  EXPECT_FALSE(restore(copy, disk, kNow));
  EXPECT_EQ(content(disk, "input/00000000.seg"), before);
  sim::SimStorage empty(3);
  EXPECT_FALSE(restore(empty, disk, kNow)) << "no backup there";
}

TEST(BackupCrash, AnInterruptedRunIsMadeGoodByTheNext) {
  int died = 0;
  int usable = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    base::Prng prng(seed);
    sim::SimStorage disk(1'000 + seed);
    sim::SimStorage copy(2'000 + seed);
    Recorded record(disk);
    std::uint64_t last_good = 0;
    for (int runs = 0; runs < 4; ++runs) {
      record.append(40 + static_cast<int>(prng.below(150)));
      if (prng.chance(0.8)) record.checkpoint();
      copy.die_at_change(prng.below(60));
      const auto made = back_up(disk, copy, kNow);
      died += copy.dead() ? 1 : 0;
      if (made) last_good = made->manifest.end;
      if (prng.chance(0.5)) {
        copy.restart_after_power_loss();
      } else {
        copy.restart_after_kill();
      }
      if (last_good == 0) continue;
      // What was good stays so, or is newer.
      const auto verified = verify_backup(copy);
      ASSERT_TRUE(verified) << verified.error().message;
      EXPECT_GE(verified->manifest.end, last_good);
      ++usable;
    }
    record.checkpoint();
    const auto made = back_up(disk, copy, kNow);
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->manifest.end, record.end());
    sim::SimStorage other(3);
    other.die_at_change(prng.below(40));
    const auto first = restore(copy, other, kNow);
    other.restart_after_kill();
    if (!first) {
      const auto again = restore(copy, other, kNow);
      ASSERT_TRUE(again || other.size(kRestored)) << again.error().message;
    }
    EXPECT_EQ(read_all(other).sound, sequences(0, record.end()));
  }
  EXPECT_GT(died, 60);
  EXPECT_GT(usable, 30);
}

}  // namespace
}  // namespace liptako::record
