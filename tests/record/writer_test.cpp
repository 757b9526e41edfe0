#include "record/writer.hpp"

#include <gtest/gtest.h>

#include "sim/sim_storage.hpp"
#include "written.hpp"

namespace liptako::record {
namespace {

constexpr WriterOptions kSmall{.segment_limit = 4u << 10, .buffer_limit = 4u << 10, .salt = 77};

TEST(Writer, WhatIsAppendedIsReadFromAnyPlace) {
  sim::SimStorage disk(1);
  auto writer = Writer::open(disk, kSmall).value();
  EXPECT_TRUE(writer.opened().created);
  for (std::uint64_t i = 0; i < 500; ++i) ASSERT_EQ(append_next(writer), i);
  ASSERT_TRUE(writer.flush());
  EXPECT_GT(disk.list("input")->size(), 10u) << "the record spans many segments";
  for (const std::uint64_t from : {0, 1, 37, 250, 499, 500, 10'000}) {
    const Read read = read_all(disk, from);
    EXPECT_EQ(read.sound, sequences(from, 500));
    EXPECT_TRUE(read.damages.empty());
  }
}

TEST(Writer, ContinuesWhereItStopped) {
  sim::SimStorage disk(1);
  std::uint64_t end = 0;
  for (int life = 0; life < 20; ++life) {
    auto writer = Writer::open(disk, kSmall).value();
    EXPECT_EQ(writer.opened().created, life == 0);
    EXPECT_EQ(writer.opened().cut_bytes, 0u);
    EXPECT_EQ(writer.next_sequence(), end);
    EXPECT_EQ(writer.synced_end(), end);
    if (end > 0) {
      const auto last = decode_body_entry(writer.opened().last_body);
      EXPECT_TRUE(last && is_entry_of(end - 1, *last));
    }
    for (int i = 0; i < life * 3; ++i, ++end) ASSERT_TRUE(append_next(writer));
    ASSERT_TRUE(writer.flush());
  }
  const Read read = read_all(disk);
  EXPECT_EQ(read.sound, sequences(0, end));
  EXPECT_TRUE(read.damages.empty());
}

TEST(Writer, NothingIsWrittenBeforeTheFlushAndNothingSyncedBeforeTheSync) {
  sim::SimStorage disk(1);
  auto writer = Writer::open(disk, {}).value();
  ASSERT_TRUE(append_next(writer) && append_next(writer));
  EXPECT_EQ(writer.next_sequence(), 2u);
  EXPECT_EQ(writer.flushed_end(), 0u);
  EXPECT_TRUE(read_all(disk).sound.empty());
  ASSERT_TRUE(writer.flush());
  EXPECT_EQ(writer.flushed_end(), 2u);
  EXPECT_EQ(writer.synced_end(), 0u);
  ASSERT_TRUE(writer.sync());
  EXPECT_EQ(writer.synced_end(), 2u);
  EXPECT_EQ(writer.begin_sync(), std::nullopt) << "all is synced";
}

TEST(Writer, ATicketOutlivesTheSegmentItWasDrawnFor) {
  sim::SimStorage disk(1);
  auto writer = Writer::open(disk, kSmall).value();
  ASSERT_TRUE(append_next(writer) && writer.flush());
  const auto ticket = writer.begin_sync();
  ASSERT_TRUE(ticket);
  EXPECT_EQ(ticket->end, 1u);
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(append_next(writer));
  ASSERT_TRUE(writer.flush());
  const std::uint64_t synced_with_the_segments = writer.synced_end();
  EXPECT_GT(synced_with_the_segments, 1u);
  writer.finish_sync(*ticket, ticket->file->sync());
  EXPECT_EQ(writer.synced_end(), synced_with_the_segments);
  ASSERT_TRUE(writer.sync());
  EXPECT_EQ(writer.synced_end(), 301u);
}

TEST(Writer, AFullDiskKeepsTheRecordWholeAndHealsWhenThereIsRoom) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    base::Prng prng(seed);
    sim::SimStorage disk(seed);
    auto writer = Writer::open(disk, kSmall).value();
    disk.set_capacity(1'000 + prng.below(20'000));
    std::uint64_t refused = 0;
    for (int i = 0; i < 400; ++i) {
      if (!append_next(writer)) ++refused;
      if (prng.chance(0.3) && !writer.flush()) {
        ++refused;
        ASSERT_TRUE(writer.trouble());
        EXPECT_EQ(writer.trouble()->kind, base::ErrorKind::world);
        // The next flush after an error may try again; what is in the file is whole entries at any
        // time.
        const Read read = read_all(disk);
        ASSERT_EQ(read.sound, sequences(0, writer.flushed_end())) << seed;
        ASSERT_TRUE(read.damages.empty()) << seed << to_string(Stream::input, read.damages.front());
      }
    }
    EXPECT_GT(refused, 0u);
    disk.set_capacity(1u << 20);
    ASSERT_TRUE(writer.flush());
    EXPECT_FALSE(writer.trouble());
    ASSERT_TRUE(append_next(writer) && writer.flush() && writer.sync());
    const Read read = read_all(disk);
    EXPECT_EQ(read.sound, sequences(0, writer.next_sequence())) << seed;
    EXPECT_TRUE(read.damages.empty()) << seed;
  }
}

TEST(Writer, WhatWaitsCanBeGivenUp) {
  sim::SimStorage disk(1);
  auto writer = Writer::open(disk, kSmall).value();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(append_next(writer));
  ASSERT_TRUE(writer.flush());
  disk.set_capacity(disk.bytes_used());
  ASSERT_TRUE(append_next(writer) && append_next(writer));
  ASSERT_FALSE(writer.flush());
  EXPECT_EQ(writer.drop_waiting(), 2u);
  EXPECT_EQ(writer.next_sequence(), 5u);
  disk.set_capacity(1u << 20);
  ASSERT_TRUE(append_next(writer) && writer.flush());
  EXPECT_EQ(read_all(disk).sound, sequences(0, 6));
}

TEST(Writer, AFailedSyncIsNeverTakenBack) {
  sim::SimStorage disk(1);
  auto writer = Writer::open(disk, kSmall).value();
  ASSERT_TRUE(append_next(writer) && writer.flush() && writer.sync());
  disk.set_sync_failure(1.0);
  ASSERT_TRUE(append_next(writer) && writer.flush());
  EXPECT_FALSE(writer.sync());
  disk.set_sync_failure(0.0);
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(append_next(writer));
  ASSERT_TRUE(writer.flush()) << "the live picture goes on";
  EXPECT_FALSE(writer.sync());
  EXPECT_EQ(writer.synced_end(), 1u);
  EXPECT_TRUE(writer.trouble());
  auto reopened = Writer::open(disk, kSmall).value();
  EXPECT_EQ(reopened.synced_end(), 202u);
  EXPECT_FALSE(reopened.trouble());
}

TEST(Writer, RefusesWhatItCannotHold) {
  sim::SimStorage disk(1);
  auto writer = Writer::open(disk, kSmall).value();
  const base::Bytes huge(kMaxPayload + 1);
  const auto refused = writer.append({.payload = huge});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, base::ErrorKind::bad_input);
  EXPECT_FALSE(writer.append_body(base::Bytes(kMaxBody + 1)));
  // One that is larger than buffer and segment has a segment to itself.
  ASSERT_TRUE(append_next(writer));
  ASSERT_TRUE(writer.append({.payload = base::ByteView(huge).first(kMaxPayload)}));
  ASSERT_TRUE(append_next(writer) && writer.flush());
  EXPECT_EQ(disk.list("input")->size(), 3u);
  auto cursor = Cursor::open(disk, Stream::input, 1).value();
  EXPECT_EQ(cursor.next().value()->entry.payload.size(), kMaxPayload);
  EXPECT_FALSE(Writer::open(disk, {.segment_limit = 100}));
  EXPECT_FALSE(Writer::open(disk, {.buffer_limit = 0}));
}

TEST(Writer, DerivedOutputsAreAStreamOfTheirOwn) {
  sim::SimStorage disk(1);
  auto input = Writer::open(disk, kSmall).value();
  auto derived = Writer::open(disk, {.stream = Stream::derived, .salt = 5}).value();
  ASSERT_TRUE(append_next(input) && input.flush());
  ASSERT_TRUE(derived.append_body(base::Bytes{1, 2, 3}) && derived.flush());
  auto cursor = Cursor::open(disk, Stream::derived).value();
  const auto frame = cursor.next_frame().value();
  ASSERT_TRUE(frame);
  EXPECT_TRUE(std::ranges::equal(frame->body, base::Bytes{1, 2, 3}));
  ASSERT_TRUE(disk.remove("derived/00000000.seg"));
  EXPECT_EQ(read_all(disk).sound, sequences(0, 1));
}

}  // namespace
}  // namespace liptako::record
