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

RetentionRules keep_days(int days) {
  return {.keep = days * base::kDay, .most = 3, .without_log = true};
}

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

constexpr std::uint64_t kCarriedEverywhere = ~std::uint64_t{0};

void append_note(base::Storage& disk, const RetirementNote& note) {
  auto writer = Writer::open(disk, kSmall);
  ASSERT_TRUE(writer) << writer.error().message;
  const std::string text = to_string(note);
  EntryView entry = entry_of(0, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  entry.kind = EntryKind::document;
  entry.utc = time_of(kEntries);
  ASSERT_TRUE(writer->append(entry));
  ASSERT_TRUE(writer->flush() && writer->sync());
}

Keeping said_by(base::Storage& disk) { return read_keeping(disk)->keeping; }

// One turn as a node does it, with nothing between the entry and the deletion.
base::Result<RetirementPlan> retire(base::Storage& disk,
                                    const RetentionRules& rules,
                                    base::Timestamp now) {
  auto plan = plan_retirement(disk, rules, now, said_by(disk), kCarriedEverywhere);
  if (!plan || plan->segments.empty()) return plan;
  append_note(disk, *said_by(disk).next_retirement(plan->rule, plan->segments));
  const auto done = carry_out_retirement(disk, said_by(disk));
  if (!done) return std::unexpected(done.error());
  EXPECT_EQ(done->segments, plan->segments.size());
  return plan;
}

// Retires until there is nothing more to retire.
std::vector<RetiredSegment> retire_all(base::Storage& disk, const RetentionRules& rules) {
  std::vector<RetiredSegment> all;
  while (true) {
    const auto step = retire(disk, rules, time_of(kEntries));
    EXPECT_TRUE(step) << step.error().message;
    if (!step || step->segments.empty()) return all;
    all.insert(all.end(), step->segments.begin(), step->segments.end());
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

 public:
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
  std::uint64_t next = 0;
  for (const RetiredSegment& r : retired) {
    if (r.stream != Stream::input) continue;
    EXPECT_EQ(r.first, next) << "without gaps";
    EXPECT_EQ(r.from, time_of(r.first));
    EXPECT_EQ(r.to, time_of(r.end - 1));
    EXPECT_GT(r.bytes, 1'000u);
    next = r.end;
  }
  EXPECT_EQ(next, first);
  const Keeping said = said_by(disk);
  EXPECT_EQ(said.ranges, (std::vector<DeletedRange>{{0, first}}));
  EXPECT_GT(said.retirements, 1u);
  EXPECT_EQ(parse_retirement(said.newest)->rule, "keep 10 days");
  EXPECT_TRUE(said.is_deleted(0));
  EXPECT_FALSE(said.is_deleted(first));
  EXPECT_EQ(*check_retired_index(disk, said), "");
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
  EXPECT_EQ(writer->next_sequence(), kEntries + said_by(disk).retirements);
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
  EXPECT_EQ(next, writer->next_sequence());
  EXPECT_EQ(recovery->tail.damage_count(), 0u);
}

TEST_F(Retention, NothingYoungIsDeletedAndNothingWithoutASnapshot) {
  EXPECT_TRUE(retire_all(disk, keep_days(17)).empty());
  EXPECT_FALSE(disk.size("retired"));
  ASSERT_TRUE(disk.remove("snapshot/000000000030.snap"));
  disk.corrupt("snapshot/000000000390.snap", 50, 1);
  const auto kept = retire(disk, keep_days(1), time_of(kEntries));
  ASSERT_TRUE(kept);
  EXPECT_TRUE(kept->segments.empty());
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
  EXPECT_TRUE(kept->segments.empty());
  EXPECT_NE(kept->kept.find("entry 0 only"), std::string::npos);
}

TEST_F(Retention, ALegalHoldStopsItUntilItIsLifted) {
  const HoldAct act{kBegin, "juge", "enquête"};
  ASSERT_TRUE(set_hold(disk, "enquete", act));
  const auto stopped = retire(disk, keep_days(1), time_of(kEntries));
  ASSERT_TRUE(stopped);
  EXPECT_TRUE(stopped->segments.empty());
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

TEST_F(Retention, WhatMustBeCarriedForwardIsToldAgainBeforeItsCarrierGoes) {
  const auto plan = [&](std::uint64_t carried_at) {
    return *plan_retirement(disk, keep_days(1), time_of(kEntries), {}, carried_at);
  };
  EXPECT_TRUE(plan(0).segments.empty());
  EXPECT_NE(plan(0).kept.find("carried forward"), std::string::npos);
  EXPECT_LE(plan(100).end(), 100u);
  EXPECT_GT(plan(100).end(), 60u);
  EXPECT_FALSE(disk.size("retired")) << "a plan changes nothing";
}

TEST_F(Retention, OnlyWhatTheEntriesSayIsDeletedAndNotUnderAHold) {
  const auto plan = plan_retirement(disk, keep_days(1), time_of(kEntries), {}, kCarriedEverywhere);
  ASSERT_TRUE(plan && !plan->segments.empty());
  EXPECT_EQ(carry_out_retirement(disk, said_by(disk))->segments, 0u) << "nothing is said yet";
  append_note(disk, *said_by(disk).next_retirement(plan->rule, plan->segments));
  ASSERT_TRUE(set_hold(disk, "enquete", {kBegin, "juge", "enquête"}));
  const auto held = carry_out_retirement(disk, said_by(disk));
  ASSERT_TRUE(held);
  EXPECT_EQ(held->segments, 0u);
  EXPECT_EQ(held->holds.size(), 1u);
  EXPECT_EQ(first_of(disk, Stream::input), 0u);
  // A hold that stands by an entry binds without its file too.
  ASSERT_TRUE(disk.remove("hold/enquete"));
  Keeping said = said_by(disk);
  said.holds.push_back({"enquete", {kBegin, "juge", "enquête"}, std::nullopt, true});
  EXPECT_EQ(carry_out_retirement(disk, said)->segments, 0u);
  const auto turn = work_on_retention(
      disk, {.rules = keep_days(1), .now = time_of(kEntries), .said = said, .may_delete = true});
  ASSERT_TRUE(turn);
  EXPECT_TRUE(disk.size("hold/enquete")) << "its file is put back";
  ASSERT_TRUE(lift_hold(disk, "enquete", {kBegin, "juge", "close"}));
  EXPECT_EQ(carry_out_retirement(disk, said)->segments, plan->segments.size());
}

TEST_F(Retention, AHoldLiftedOnTheMachineInChargeIsLiftedOnItsStandby) {
  const HoldAct set{kBegin, "juge", "enquête"};
  ASSERT_TRUE(set_hold(disk, "enquete", set));
  ASSERT_TRUE(set_hold(disk, "ici", set));
  RetentionWork work;
  work.rules = keep_days(1);
  work.now = time_of(kEntries);
  const HoldAct lifted{time_of(3), "juge", "close"};
  work.said.holds = {{"enquete", set, lifted, true},
                     {"ici", {kBegin, "juge", "autre enquête"}, lifted, true}};
  ASSERT_TRUE(work_on_retention(disk, work));
  EXPECT_TRUE(list_holds(disk)->front().stands()) << "who is in charge believes the file";
  work.plans = false;
  ASSERT_TRUE(work_on_retention(disk, work));
  EXPECT_FALSE(list_holds(disk)->front().stands());
  EXPECT_TRUE(list_holds(disk)->back().stands()) << "another hold of that name";
}

TEST_F(Retention, TheIndexIsVouchedForByTheNewestEntry) {
  ASSERT_FALSE(retire_all(disk, keep_days(1)).empty());
  const Keeping said = said_by(disk);
  ASSERT_GT(said.retirements, 2u);
  EXPECT_EQ(*check_retired_index(disk, said), "");
  const std::uint64_t size = *disk.size("retired");
  base::Prng prng(3);
  // The first line says where the notes begin, and a crash may have cut the last one short.
  const std::uint64_t last = size - said.newest.size();
  const std::uint64_t first = 25;
  for (int i = 0; i < 300; ++i) {
    const std::uint64_t at = first + prng.below(last - first);
    const auto mask = static_cast<std::uint8_t>(1u << prng.below(8));
    disk.corrupt("retired", at, mask);
    EXPECT_NE(*check_retired_index(disk, said), "") << at;
    disk.corrupt("retired", at, mask);
  }
  // What older builds wrote stands before, unread; a note that a crash cut short is none.
  const base::Bytes notes = *disk.read("retired", 0, size);
  for (const std::size_t cut : {std::size_t{1}, std::size_t{19}, std::size_t{40}}) {
    base::Bytes text{'i', 'n', 'p', 'u', 't', ' ', '0', '\n'};
    text.insert(text.end(), notes.begin(), notes.end());
    text.insert(text.end(), notes.begin(), notes.begin() + static_cast<std::ptrdiff_t>(cut));
    ASSERT_TRUE(disk.replace("retired", text));
    EXPECT_EQ(*check_retired_index(disk, said), "") << cut;
  }
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
      Keeping said = said_by(disk);
      const auto plan =
          plan_retirement(disk, keep_days(1), time_of(kEntries), said, kCarriedEverywhere);
      ASSERT_TRUE(plan);
      if (!plan->segments.empty())
        append_note(disk, *said.next_retirement(plan->rule, plan->segments));
      disk.die_at_change(prng.below(12));
      if (prng.chance(0.3)) disk.set_capacity(disk.bytes_used() + prng.below(300));
      (void)carry_out_retirement(disk, said_by(disk));
      died += disk.dead() ? 1 : 0;
      disk.set_capacity(1u << 30);
      if (prng.chance(0.5)) {
        disk.restart_after_power_loss();
      } else {
        disk.restart_after_kill();
      }
      said = said_by(disk);
      auto cursor = Cursor::open(disk, Stream::input);
      std::uint64_t next = 0;
      while (true) {
        const auto entry = cursor->next();
        ASSERT_TRUE(entry);
        if (!*entry) break;
        for (; next < (*entry)->sequence; ++next) ASSERT_TRUE(said.is_deleted(next)) << next;
        came_back += said.is_deleted(next) ? 1 : 0;
        ++next;
      }
      EXPECT_GE(next, 150u);
    }
    ASSERT_TRUE(carry_out_retirement(disk, said_by(disk)));
    EXPECT_EQ(first_of(disk, Stream::input), said_by(disk).deleted_end());
    auto rest = Cursor::open(disk, Stream::input);
    for (auto entry = rest->next(); entry && *entry;) entry = rest->next();
    EXPECT_EQ(rest->damage_count(), 0u) << "what came back is gone again";
    EXPECT_EQ(*check_retired_index(disk, said_by(disk)), "");
  }
  EXPECT_GT(died, 100);
  EXPECT_GT(came_back, 20);
}

TEST(RetentionFullDisk, DeletesWhatIsSaidThoughTheIndexFindsNoRoom) {
  sim::SimStorage disk(1);
  write_entries(disk);
  ASSERT_TRUE(write_snapshot(disk, {390, "b", base::Bytes(5'000, 1)}));
  const auto plan = plan_retirement(disk, keep_days(1), time_of(kEntries), {}, kCarriedEverywhere);
  append_note(disk, *Keeping().next_retirement(plan->rule, plan->segments));
  disk.set_capacity(disk.bytes_used());
  const auto done = carry_out_retirement(disk, said_by(disk));
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->segments, 3u);
  EXPECT_TRUE(disk.size("retired")) << "there is room for it now";
}

TEST(RetentionRules, AreChecked) {
  sim::SimStorage disk(1);
  EXPECT_FALSE(retire(disk, {.keep = std::chrono::hours(1)}, kBegin));
  EXPECT_FALSE(retire(disk, {.most = 0}, kBegin));
  EXPECT_FALSE(retire(disk, {.most = kMaxRetiredSegments}, kBegin));
}

}  // namespace
}  // namespace liptako::record
