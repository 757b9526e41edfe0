// That entries which are not there were deleted by rule is a signed fact, and no file's word.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "record/log.hpp"
#include "record/retention.hpp"
#include "record/snapshot.hpp"
#include "record/verify.hpp"
#include "sim/sim_storage.hpp"
#include "written.hpp"

namespace liptako::record {
namespace {

const base::Timestamp kNow = *base::parse_rfc3339("2026-11-22T10:00:00Z");

seal::SigningKey log_key() {
  return seal::SigningKey::from_seed(std::array<std::uint8_t, seal::SigningKey::kSeedSize>{1});
}
std::vector<seal::VerifierKey> keys() {
  return {{"node.test/log", seal::KeyType::ed25519, log_key().public_key()}};
}

// A record with its log, dealt with as a node does.
class Kept {
 public:
  explicit Kept(std::uint64_t seed) : disk(seed) { open(); }
  void open() {
    WriterOptions writing{.segment_limit = 4u << 10, .buffer_limit = 4u << 10, .salt = 77};
    writing.commit = true;
    writer_.emplace(*Writer::open(disk, writing));
    log_.emplace(Log::open(disk,
                           {"node.test/log", log_key(), {}, std::chrono::seconds(10)},
                           {writer_->opened().first_sequence, writer_->next_sequence()}));
  }
  void append(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) ASSERT_TRUE(append_next(*writer_));
    ASSERT_TRUE(writer_->flush());
  }
  void append_document(base::ByteView payload) {
    EntryView entry = entry_of(writer_->next_sequence(), payload);
    entry.kind = EntryKind::document;
    ASSERT_TRUE(writer_->append(entry) && writer_->flush());
  }
  void seal() {
    ASSERT_TRUE(writer_->sync());
    log_->append(writer_->take_commitments());
    auto work = log_->take_all(kNow, base::Duration(0));
    if (!work) return;
    ASSERT_TRUE(Log::write(disk, *work));
    log_->finish(std::move(*work), {});
    ASSERT_TRUE(write_snapshot(disk, {writer_->next_sequence(), "b", base::Bytes(10, 1)}));
  }
  [[nodiscard]] Keeping said() { return read_keeping(disk)->keeping; }
  // Announces what may go; it does not go yet.
  RetirementPlan announce(std::uint32_t most = 2) {
    const Keeping keeping = said();
    auto plan = *plan_retirement(
        disk, {.keep = base::kDay, .most = most}, kNow, keeping, writer_->next_sequence());
    const std::string text = to_string(*keeping.next_retirement(plan.rule, plan.segments));
    append_document({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    return plan;
  }
  void retire(std::uint32_t most = 2) {
    ASSERT_FALSE(announce(most).segments.empty());
    seal();
    ASSERT_TRUE(carry_out_retirement(disk, said()));
  }
  [[nodiscard]] std::uint64_t end() const { return writer_->next_sequence(); }
  [[nodiscard]] std::uint64_t first() {
    return (*Cursor::open(disk, Stream::input)->next_frame())->sequence;
  }
  // The attacker's hand.
  void remove_first_segments(int count) {
    const auto names = *disk.list("input");
    for (int i = 0; i < count; ++i)
      ASSERT_TRUE(disk.remove("input/" + names[static_cast<std::size_t>(i)]));
  }

  sim::SimStorage disk;

 private:
  std::optional<Writer> writer_;
  std::optional<Log> log_;
};

Verification verified(Kept& record) { return *verify_record(record.disk, keys()); }

std::string faults_of(const Verification& found) {
  std::string all;
  for (const Fault& fault : found.faults) all += to_string(fault) + "\n";
  return all;
}

TEST(RetirementProof, LawfulDeletionsAreNoFaultHoweverManyAndThoughTheirEntriesAreDeletedToo) {
  Kept record(1);
  std::uint64_t rounds = 0;
  // Goes on until the segments that held the first retirements are gone themselves.
  for (; rounds < 40; ++rounds) {
    record.append(90);
    record.seal();
    record.retire(4);
    const Verification found = verified(record);
    ASSERT_TRUE(found.sound()) << rounds << "\n" << faults_of(found);
    ASSERT_EQ(found.retired, record.first());
    ASSERT_EQ(found.proved, record.end() - record.first());
    if (rounds % 10 == 9) record.open();
  }
  EXPECT_EQ(record.said().retirements, rounds);
  EXPECT_GT(record.first(), 2'000u) << "the first retirement was entry 91";
  // Nor does anybody have to believe the file.
  ASSERT_TRUE(record.disk.remove("retired"));
  EXPECT_TRUE(verified(record).sound());
}

TEST(RetirementProof, LeadingSegmentsThatWentWithoutAnEntryAreNamed) {
  for (const int already : {0, 2}) {
    SCOPED_TRACE(already);
    Kept record(2);
    record.append(400);
    record.seal();
    if (already > 0) record.retire(2);
    const std::uint64_t lawful = record.first();
    record.remove_first_segments(3);
    const std::uint64_t first = record.first();
    const auto expect_named = [&] {
      const Verification found = verified(record);
      ASSERT_FALSE(found.sound());
      EXPECT_EQ(found.faults.front().where, fmt::format("entries {} to {}", lawful, first - 1));
      EXPECT_EQ(found.faults.front().what,
                "missing, and no entry of the record says that it was deleted by rule");
      EXPECT_EQ(found.retired, lawful);
    };
    expect_named();
    // The attacker writes fitting notes, and the lines of older builds.
    RetirementNote forged{1, {}, "keep 1 days", {{0, first}}, {}};
    std::string text =
        fmt::format("input segment 0 entries 0 to {} bytes 1\n", first) + to_string(forged);
    ASSERT_TRUE(record.disk.replace("retired", base::Bytes(text.begin(), text.end())));
    expect_named();
    EXPECT_TRUE(std::ranges::any_of(verified(record).faults,
                                    [](const Fault& f) { return f.part == Fault::Part::retired; }));
    // Nor does a node that goes on and deletes more by rule wash it clean.
    ASSERT_TRUE(record.disk.remove("retired"));
    record.open();
    record.append(200);
    record.seal();
    record.retire(2);
    const Verification found = verified(record);
    ASSERT_FALSE(found.sound());
    EXPECT_EQ(found.faults.front().where, fmt::format("entries {} to {}", lawful, first - 1));
  }
}

TEST(RetirementProof, AnEntryThatNoCheckpointCoversProvesNothing) {
  Kept record(3);
  record.append(300);
  record.seal();
  const RetirementPlan plan = record.announce();
  ASSERT_TRUE(carry_out_retirement(record.disk, record.said()));
  const Verification early = verified(record);
  ASSERT_FALSE(early.sound());
  EXPECT_EQ(early.faults.front().where, fmt::format("entries 0 to {}", plan.end() - 1));
  record.seal();
  EXPECT_TRUE(verified(record).sound());
}

TEST(RetirementProof, NothingButWhatWasAnnouncedMayBeMissing) {
  base::Prng prng(4);
  for (int i = 0; i < 40; ++i) {
    Kept record(10 + static_cast<std::uint64_t>(i));
    record.append(300 + prng.below(200));
    record.seal();
    const RetirementPlan plan = record.announce(1 + static_cast<std::uint32_t>(prng.below(4)));
    record.seal();
    // A power cut may bring back any of the deleted segments: those that are there are proved.
    const auto names = *record.disk.list("input");
    const std::size_t victim = prng.below(names.size() - 1);
    const bool lawful = std::ranges::any_of(plan.segments, [&](const RetiredSegment& s) {
      return s.stream == Stream::input && s.segment == *segment_number(names[victim]);
    });
    ASSERT_TRUE(record.disk.remove("input/" + names[victim]));
    const Verification found = verified(record);
    EXPECT_EQ(found.sound(), lawful) << victim << "\n" << faults_of(found);
    EXPECT_EQ(found.retired > 0, lawful);
  }
}

TEST(RetirementProof, ADamagedEntryIsAFaultThoughItsSegmentIsToGo) {
  Kept record(5);
  record.append(300);
  record.seal();
  (void)record.announce();
  record.seal();
  record.disk.corrupt("input/00000000.seg", kSegmentHeaderSize + kFrameHeaderSize + 3, 1);
  const Verification found = verified(record);
  ASSERT_EQ(found.fault_count, 1u) << faults_of(found);
  EXPECT_EQ(found.faults.front().entry, 0u);
}

TEST(RetirementProof, AHoldThatAnEntrySaysIsMissedWithoutItsFile) {
  Kept record(6);
  record.append(20);
  const HoldAct act{kNow, "juge", "enquête"};
  ASSERT_TRUE(set_hold(record.disk, "a-1", act));
  for (const Hold& hold : unsaid_holds({}, *list_holds(record.disk)))
    record.append_document(held_payload(hold));
  record.seal();
  EXPECT_TRUE(verified(record).sound());
  ASSERT_TRUE(record.disk.remove("hold/a-1"));
  const Verification found = verified(record);
  ASSERT_EQ(found.fault_count, 1u);
  EXPECT_EQ(found.faults.front().part, Fault::Part::hold);
  EXPECT_EQ(found.faults.front().where, "hold/a-1");
}

}  // namespace
}  // namespace liptako::record
