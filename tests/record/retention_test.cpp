// What retention deletes, and above all what it does not.
#include "record/retention.hpp"

#include <gtest/gtest.h>

#include "record/snapshot.hpp"
#include "seal/checkpoint.hpp"
#include "seal/note.hpp"
#include "sim/sim_storage.hpp"
#include "written.hpp"

namespace liptako::record {
namespace {

constexpr WriterOptions kSmall{.segment_limit = 4u << 10, .buffer_limit = 4u << 10, .salt = 77};
constexpr std::uint64_t kEntries = 400;  // some 20 segments
const base::Timestamp kBegin = *base::parse_rfc3339("2026-01-01T00:00:00Z");
// One entry an hour: the last of them comes in sixteen days and a half after the first.
base::Timestamp time_of(std::uint64_t sequence) {
  return kBegin + static_cast<std::int64_t>(sequence) * std::chrono::hours(1);
}

RetentionRules keep_days(int days) { return {.keep = days * base::kDay, .without_log = true}; }

void write_entries(base::Storage& disk, std::uint64_t count = kEntries) {
  auto writer = Writer::open(disk, kSmall);
  ASSERT_TRUE(writer) << writer.error().message;
  for (std::uint64_t i = 0; i < count; ++i) {
    const base::Bytes payload = payload_of(writer->next_sequence());
    EntryView entry = entry_of(writer->next_sequence(), payload);
    entry.utc = time_of(writer->next_sequence());
    ASSERT_TRUE(writer->append(entry));
  }
  ASSERT_TRUE(writer->flush() && writer->sync());
}

// A derived body after every input entry.
void write_derived(base::Storage& disk) {
  WriterOptions options = kSmall;
  options.stream = Stream::derived;
  auto writer = Writer::open(disk, options);
  ASSERT_TRUE(writer) << writer.error().message;
  for (std::uint64_t i = 0; i < kEntries; ++i) {
    base::Bytes body;
    base::ByteWriter(body).put(i);
    body.resize(100);
    ASSERT_TRUE(writer->append_body(body));
  }
  ASSERT_TRUE(writer->flush() && writer->sync());
}

std::uint64_t first_of(base::Storage& disk, Stream stream) {
  auto cursor = Cursor::open(disk, stream);
  const auto frame = cursor->next_frame();
  return frame && *frame ? (*frame)->sequence : ~std::uint64_t{0};
}

// Retires until there is nothing more to retire.
std::vector<RetiredSegment> retire_all(base::Storage& disk, const RetentionRules& rules) {
  std::vector<RetiredSegment> all;
  while (true) {
    const auto step = retire(disk, rules, time_of(kEntries));
    EXPECT_TRUE(step) << step.error().message;
    if (!step || step->retired.empty()) return all;
    all.insert(all.end(), step->retired.begin(), step->retired.end());
  }
}

class Retention : public testing::Test {
 protected:
  void SetUp() override {
    write_entries(disk);
    write_derived(disk);
    ASSERT_TRUE(write_snapshot(disk, {30, "b", base::Bytes(100, 1)}));
    ASSERT_TRUE(write_snapshot(disk, {390, "b", base::Bytes(100, 1)}));
  }
  sim::SimStorage disk{1};
};

TEST_F(Retention, DeletesWholeSegmentsOlderThanTheRuleAndSaysWhatTheyWere) {
  const auto retired = retire_all(disk, keep_days(10));
  ASSERT_FALSE(retired.empty());
  const std::uint64_t first = first_of(disk, Stream::input);
  EXPECT_GT(first, 100u);
  EXPECT_LE(time_of(first), time_of(kEntries) - 10 * base::kDay + std::chrono::hours(60))
      << "no more is kept than a segment too many";
  // Every entry younger than the rule is there.
  for (std::uint64_t sequence = 0; sequence < first; ++sequence)
    EXPECT_GE(time_of(kEntries) - time_of(sequence), 10 * base::kDay);
  const auto said = list_retired(disk);
  ASSERT_TRUE(said && said->size() == retired.size());
  std::uint64_t next = 0;
  for (const RetiredSegment& r : *said) {
    if (r.stream != Stream::input) continue;
    EXPECT_EQ(r.first, next) << "without gaps";
    EXPECT_EQ(r.from, time_of(r.first));
    EXPECT_EQ(r.to, time_of(r.end - 1));
    EXPECT_GT(r.bytes, 1'000u);
    next = r.end;
  }
  EXPECT_EQ(next, first);
  EXPECT_TRUE(is_retired(*said, Stream::input, 0));
  EXPECT_FALSE(is_retired(*said, Stream::input, first));
  // What rests on it goes too; what does not, stays.
  EXPECT_GT(first_of(disk, Stream::derived), 0u);
  EXPECT_LE(first_of(disk, Stream::derived), first);
  EXPECT_FALSE(disk.size("snapshot/000000000030.snap"));
  EXPECT_TRUE(disk.size("snapshot/000000000390.snap"));
}

TEST_F(Retention, ANodeStartsFromWhatIsLeft) {
  ASSERT_FALSE(retire_all(disk, keep_days(1)).empty());
  const std::uint64_t first = first_of(disk, Stream::input);
  EXPECT_LE(first, 390u) << "the newest snapshot goes on at 390";
  auto writer = Writer::open(disk, kSmall);
  ASSERT_TRUE(writer) << writer.error().message;
  EXPECT_EQ(writer->next_sequence(), kEntries);
  EXPECT_EQ(writer->opened().first_sequence, first);
  auto recovery = recover(disk, "b", writer->next_sequence());
  ASSERT_TRUE(recovery && recovery->found.snapshot);
  std::uint64_t next = 390;
  while (true) {
    const auto entry = recovery->tail.next();
    ASSERT_TRUE(entry);
    if (!*entry) break;
    EXPECT_EQ((*entry)->sequence, next++);
  }
  EXPECT_EQ(next, kEntries);
  EXPECT_EQ(recovery->tail.damage_count(), 0u);
}

TEST_F(Retention, NothingYoungIsDeletedAndNothingWithoutASnapshot) {
  EXPECT_TRUE(retire_all(disk, keep_days(17)).empty());
  EXPECT_FALSE(disk.size("retired"));
  ASSERT_TRUE(disk.remove("snapshot/000000000030.snap"));
  disk.corrupt("snapshot/000000000390.snap", 50, 1);
  const auto kept = retire(disk, keep_days(1), time_of(kEntries));
  ASSERT_TRUE(kept);
  EXPECT_TRUE(kept->retired.empty());
  EXPECT_NE(kept->kept.find("no sound snapshot"), std::string::npos);
  EXPECT_EQ(first_of(disk, Stream::input), 0u);
}

TEST_F(Retention, WhatNoCheckpointCoversStays) {
  const auto key = seal::SigningKey::from_seed(std::array<std::uint8_t, 32>{1});
  seal::Note note{seal::checkpoint_text({"log.test", 120, {}}), {}};
  note.signatures.push_back(seal::sign(note.text, "log.test", key));
  const std::string text = seal::to_string(note);
  ASSERT_TRUE(disk.replace("checkpoint",
                           {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
  ASSERT_FALSE(retire_all(disk, keep_days(1)).empty());
  EXPECT_GT(first_of(disk, Stream::input), 60u);
  EXPECT_LE(first_of(disk, Stream::input), 120u);
}

TEST_F(Retention, ALogWithoutACheckpointCoversNothing) {
  const auto kept = retire(disk, {.keep = base::kDay}, time_of(kEntries));
  ASSERT_TRUE(kept);
  EXPECT_TRUE(kept->retired.empty());
  EXPECT_NE(kept->kept.find("entry 0 only"), std::string::npos);
}

TEST_F(Retention, ALegalHoldStopsItUntilItIsLifted) {
  const HoldAct act{kBegin, "juge", "enquête"};
  ASSERT_TRUE(set_hold(disk, "enquete", act));
  const auto stopped = retire(disk, keep_days(1), time_of(kEntries));
  ASSERT_TRUE(stopped);
  EXPECT_TRUE(stopped->retired.empty());
  ASSERT_EQ(stopped->holds.size(), 1u);
  EXPECT_EQ(first_of(disk, Stream::input), 0u);
  EXPECT_TRUE(disk.size("snapshot/000000000030.snap"));
  ASSERT_TRUE(lift_hold(disk, "enquete", act));
  EXPECT_FALSE(retire_all(disk, keep_days(1)).empty());
}

TEST_F(Retention, ACorruptedHeaderStopsItThere) {
  for (std::uint64_t at = 0; at < 2 * kSegmentHeaderCopy; ++at)
    disk.corrupt(segment_path(Stream::input, 3), at, 0xFF);
  for (const RetiredSegment& r : retire_all(disk, keep_days(1))) {
    if (r.stream == Stream::input) {
      EXPECT_LT(r.segment, 2u);
    }
  }
  EXPECT_TRUE(disk.size(segment_path(Stream::input, 2)));
}

TEST(RetentionCrash, WhateverHappensWhatIsGoneIsSaidAndTheRestIsThere) {
  int died = 0;
  int came_back = 0;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    SCOPED_TRACE(seed);
    base::Prng prng(seed);
    sim::SimStorage disk(seed);
    write_entries(disk, 150);
    ASSERT_TRUE(write_snapshot(disk, {140, "b", base::Bytes(100, 1)}));
    for (int lives = 0; lives < 3; ++lives) {
      disk.die_at_change(prng.below(12));
      if (prng.chance(0.3)) disk.set_capacity(disk.bytes_used() + prng.below(300));
      (void)retire(disk, keep_days(1), time_of(kEntries));
      died += disk.dead() ? 1 : 0;
      disk.set_capacity(1u << 30);
      if (prng.chance(0.5)) {
        disk.restart_after_power_loss();
      } else {
        disk.restart_after_kill();
      }
      const auto said = list_retired(disk);
      ASSERT_TRUE(said);
      auto cursor = Cursor::open(disk, Stream::input);
      std::uint64_t next = 0;
      while (true) {
        const auto entry = cursor->next();
        ASSERT_TRUE(entry);
        if (!*entry) break;
        for (; next < (*entry)->sequence; ++next)
          ASSERT_TRUE(is_retired(*said, Stream::input, next)) << next;
        came_back += is_retired(*said, Stream::input, next) ? 1 : 0;
        ++next;
      }
      EXPECT_EQ(next, 150u);
    }
    const auto last =
        retire(disk, {.keep = base::kDay, .most = 100, .without_log = true}, time_of(kEntries));
    ASSERT_TRUE(last) << last.error().message;
    EXPECT_GT(first_of(disk, Stream::input), 100u);
    auto rest = Cursor::open(disk, Stream::input);
    for (auto entry = rest->next(); entry && *entry;) entry = rest->next();
    EXPECT_EQ(rest->damage_count(), 0u) << "what came back is gone again";
  }
  EXPECT_GT(died, 100);
  EXPECT_GT(came_back, 20);
}

TEST(RetentionFullDisk, OlderSnapshotsMakeRoomForSayingWhatGoes) {
  sim::SimStorage disk(1);
  write_entries(disk);
  ASSERT_TRUE(write_snapshot(disk, {380, "b", base::Bytes(5'000, 1)}));
  ASSERT_TRUE(write_snapshot(disk, {390, "b", base::Bytes(5'000, 1)}));
  disk.set_capacity(disk.bytes_used());
  const auto step = retire(disk, keep_days(1), time_of(kEntries));
  ASSERT_TRUE(step) << step.error().message;
  EXPECT_EQ(step->retired.size(), 8u);
  EXPECT_EQ(step->snapshots, 1u);
  EXPECT_TRUE(disk.size("snapshot/000000000390.snap"));
}

TEST(RetiredLine, ParsesBackAndNothingAlteredPasses) {
  const RetiredSegment segment{Stream::input,
                               7,
                               100,
                               200,
                               4096,
                               seal::sha256({}),
                               kBegin,
                               kBegin + base::kDay,
                               kBegin + 100 * base::kDay};
  const std::string line = to_string(segment);
  const auto parsed = parse_retired(line);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(to_string(*parsed), line);
  for (std::size_t i = 0; i < line.size(); ++i) {
    EXPECT_FALSE(parse_retired(line.substr(0, i)));
    std::string altered = line;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    EXPECT_FALSE(parse_retired(altered)) << i;
  }
}

TEST(RetentionRules, AreChecked) {
  sim::SimStorage disk(1);
  EXPECT_FALSE(retire(disk, {.keep = std::chrono::hours(1)}, kBegin));
  EXPECT_FALSE(retire(disk, {.most = 0}, kBegin));
}

}  // namespace
}  // namespace liptako::record
