#include "record/cursor.hpp"

#include <gtest/gtest.h>

#include "record/crc32c.hpp"
#include "sim/sim_storage.hpp"
#include "written.hpp"

namespace liptako::record {
namespace {

constexpr WriterOptions kSmall{.segment_limit = 4u << 10, .buffer_limit = 4u << 10, .salt = 77};

// A record of `count` entries, flushed one by one.
sim::SimStorage disk_with(std::uint64_t count) {
  sim::SimStorage disk(1);
  auto writer = Writer::open(disk, kSmall).value();
  for (std::uint64_t i = 0; i < count; ++i) EXPECT_TRUE(append_next(writer));
  EXPECT_TRUE(writer.flush() && writer.sync());
  return disk;
}

struct Place {
  std::uint32_t segment = 0;
  std::uint64_t offset = 0;
  std::size_t body = 0;
};

std::vector<Place> places(base::Storage& disk) {
  std::vector<Place> all;
  auto cursor = Cursor::open(disk, Stream::input).value();
  while (const auto frame = cursor.next_frame().value())
    all.push_back({frame->segment, frame->offset, frame->body.size()});
  return all;
}

TEST(Cursor, ADamagedPayloadIsHandedOverWithItsFlag) {
  sim::SimStorage disk = disk_with(60);
  const Place place = places(disk)[23];
  disk.corrupt(segment_path(Stream::input, place.segment),
               place.offset + kFrameHeaderSize + place.body - 1,
               0x10);
  auto cursor = Cursor::open(disk, Stream::input, 23).value();
  const auto entry = cursor.next().value();
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->sequence, 23u);
  EXPECT_TRUE(entry->damaged);
  base::Bytes expected = payload_of(23);
  expected.back() ^= 0x10;
  EXPECT_TRUE(std::ranges::equal(entry->entry.payload, expected));

  const Read read = read_all(disk);
  EXPECT_EQ(read.sound.size(), 59u);
  EXPECT_EQ(read.damaged, (std::vector<std::uint64_t>{23}));
  ASSERT_EQ(read.damages.size(), 1u);
  EXPECT_EQ(to_string(Stream::input, read.damages[0]),
            segment_path(Stream::input, place.segment) + " at " + std::to_string(place.offset) +
                ": payload checksum of entry 23");
}

TEST(Cursor, ADamagedFrameHeaderHidesItsEntryOnly) {
  sim::SimStorage disk = disk_with(60);
  const Place place = places(disk)[23];
  disk.corrupt(segment_path(Stream::input, place.segment), place.offset + 5, 0x01);
  const Read read = read_all(disk);
  EXPECT_EQ(read.sound.size(), 59u);
  EXPECT_FALSE(std::ranges::binary_search(read.sound, 23u));
  ASSERT_EQ(read.damages.size(), 1u);
  EXPECT_EQ(read.damages[0].what, Damage::What::frame_header);
  EXPECT_EQ(read.damages[0].sequence, 23u);
  EXPECT_EQ(read.damages[0].offset, place.offset);
  EXPECT_EQ(read.damages[0].bytes, kFrameHeaderSize + place.body);
}

TEST(Cursor, AnyOneFlippedByteCostsAtMostItsOwnEntryAndIsSaid) {
  sim::SimStorage disk = disk_with(30);
  const std::vector<Place> all = places(disk);
  ASSERT_GT(all.back().segment, 0u);
  const std::vector<std::string> names = disk.list("input").value();
  for (const std::string& name : names) {
    const std::string path = "input/" + name;
    const std::uint64_t size = disk.size(path).value();
    for (std::uint64_t offset = 0; offset < size; ++offset) {
      disk.corrupt(path, offset, 0xFF);
      const Read read = read_all(disk);
      const bool in_segment_header = offset < kSegmentHeaderSize;
      EXPECT_EQ(read.sound.size(), in_segment_header ? 30u : 29u) << path << " " << offset;
      EXPECT_EQ(read.damages.empty(), in_segment_header) << path << " " << offset;
      for (const Damage& damage : read.damages)
        EXPECT_EQ(damage.sequence, read.damages[0].sequence);
      disk.corrupt(path, offset, 0xFF);
    }
  }
}

TEST(Cursor, FramesInsideAPayloadDoNotPassForEntries) {
  sim::SimStorage disk(1);
  auto writer = Writer::open(disk, kSmall).value();
  base::Bytes hostile;  // what someone who knows the format, but not the salt, would send
  for (std::uint64_t sequence = 1; sequence < 10; ++sequence) {
    base::Bytes body;
    encode_input_body({.kind = EntryKind::configuration}, {}, {}, body);
    encode_frame(/*salt=*/0, sequence, body, hostile);
  }
  ASSERT_TRUE(writer.append({.kind = EntryKind::datagram, .payload = hostile}));
  ASSERT_TRUE(append_next(writer) && writer.flush());
  disk.corrupt("input/00000000.seg", kSegmentHeaderSize + 1, 0xFF);
  EXPECT_EQ(read_all(disk).sound, (std::vector<std::uint64_t>{1}));
}

TEST(Cursor, ARecordOfAnotherVersionIsRefusedInWords) {
  sim::SimStorage disk = disk_with(10);
  const std::string path = segment_path(Stream::input, 0);
  base::Bytes bytes = disk.read(path, 0, 1u << 20).value();
  for (const std::size_t copy : {std::size_t{0}, kSegmentHeaderCopy}) {
    bytes[copy + 8] = 1;
    base::Bytes checksum;
    base::ByteWriter(checksum).put(
        crc32c(base::ByteView(bytes).subspan(copy, kSegmentHeaderCopy - 4)));
    std::ranges::copy(checksum,
                      bytes.begin() + static_cast<std::ptrdiff_t>(copy + kSegmentHeaderCopy - 4));
  }
  ASSERT_TRUE(disk.replace(path, bytes));
  const auto writer = Writer::open(disk, kSmall);
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().message,
            "input/00000000.seg: a record of format version 1; this build reads and writes version "
            "2 only");
  EXPECT_FALSE(Cursor::open(disk, Stream::input));
  EXPECT_EQ(disk.read(path, 0, 1u << 20).value(), bytes);
}

TEST(Cursor, AnUnreadableSegmentHeaderBorrowsTheSaltOfAnother) {
  sim::SimStorage disk = disk_with(60);
  for (const std::uint64_t copy : {0u, 64u}) disk.corrupt("input/00000001.seg", copy, 0xFF);
  const Read read = read_all(disk);
  EXPECT_EQ(read.sound, sequences(0, 60));
  ASSERT_EQ(read.damages.size(), 1u);
  EXPECT_EQ(read.damages[0].what, Damage::What::segment_header);

  sim::SimStorage single = disk_with(10);
  {
    auto derived = Writer::open(single, {.stream = Stream::derived}).value();
  }
  for (const std::uint64_t copy : {0u, 64u}) single.corrupt("input/00000000.seg", copy, 0xFF);
  EXPECT_EQ(read_all(single).sound, sequences(0, 10));
  auto writer = Writer::open(single, kSmall).value();
  EXPECT_EQ(writer.next_sequence(), 10u);
  ASSERT_TRUE(append_next(writer) && writer.flush());
  EXPECT_EQ(read_all(single).sound, sequences(0, 11));
}

TEST(Cursor, AWriterCutsWhatIsSpoiltAtTheEndAndOnlyThere) {
  sim::SimStorage disk = disk_with(60);
  const std::vector<Place> all = places(disk);
  const Place last = all[59];
  const Place middle = all[57];
  ASSERT_EQ(middle.segment, last.segment);
  const std::string path = segment_path(Stream::input, last.segment);
  disk.corrupt(path, last.offset + kFrameHeaderSize, 0x01);
  disk.corrupt(path, middle.offset + kFrameHeaderSize, 0x01);
  const auto writer = Writer::open(disk, kSmall).value();
  EXPECT_EQ(writer.opened().cut_bytes, kFrameHeaderSize + last.body);
  EXPECT_EQ(writer.next_sequence(), 59u);
  ASSERT_EQ(writer.opened().damages.size(), 1u);
  EXPECT_EQ(writer.opened().damages[0].sequence, 57u);
  const auto body = decode_body_entry(writer.opened().last_body);
  EXPECT_TRUE(body && is_entry_of(58, *body));
}

TEST(Cursor, AWriterDoesNotDeleteWhatItCannotJudge) {
  sim::SimStorage disk = disk_with(10);
  const std::uint64_t size = disk.bytes_used();
  for (const std::uint64_t copy : {0u, 64u}) disk.corrupt("input/00000000.seg", copy, 0xFF);
  const auto writer = Writer::open(disk, kSmall);
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().kind, base::ErrorKind::world);
  EXPECT_EQ(disk.bytes_used(), size);
}

TEST(Cursor, AMissingSegmentIsSaidAndTheRestIsRead) {
  sim::SimStorage disk = disk_with(100);
  const std::vector<Place> all = places(disk);
  ASSERT_TRUE(disk.remove("input/00000001.seg"));
  const Read read = read_all(disk);
  const auto lost = std::ranges::count(all, 1u, &Place::segment);
  EXPECT_EQ(read.sound.size(), 100u - static_cast<std::size_t>(lost));
  ASSERT_EQ(read.damages.size(), 1u);
  EXPECT_EQ(read.damages[0].what, Damage::What::segment_missing);
  EXPECT_EQ(read.damages[0].segment, 1u);
}

TEST(Cursor, OldSegmentsMayBeGone) {
  sim::SimStorage disk = disk_with(100);
  const auto all = places(disk);
  const auto first =
      static_cast<std::uint64_t>(std::ranges::find(all, 1u, &Place::segment) - all.begin());
  ASSERT_TRUE(disk.remove("input/00000000.seg"));
  const Read read = read_all(disk);
  EXPECT_EQ(read.sound, sequences(first, 100));
  EXPECT_TRUE(read.damages.empty());
  EXPECT_EQ(Writer::open(disk, kSmall)->opened().first_sequence, first);
}

TEST(Cursor, AFrameThatIsNoEntryIsSaid) {
  sim::SimStorage disk(1);
  auto writer = Writer::open(disk, kSmall).value();
  ASSERT_TRUE(writer.append_body(base::Bytes{99}));
  ASSERT_TRUE(append_next(writer) && writer.flush());
  const Read read = read_all(disk);
  EXPECT_EQ(read.sound, (std::vector<std::uint64_t>{1}));
  ASSERT_EQ(read.damages.size(), 1u);
  EXPECT_EQ(read.damages[0].what, Damage::What::entry_form);
}

TEST(Cursor, ASegmentCopiedIntoAnotherPlaceRepeatsNothing) {
  sim::SimStorage disk = disk_with(60);
  const base::Bytes first = disk.read("input/00000000.seg", 0, 1u << 20).value();
  ASSERT_TRUE(disk.replace("input/00000001.seg", first));
  const Read read = read_all(disk);  // fails by itself on a step back
  EXPECT_FALSE(read.damages.empty());
}

TEST(Cursor, EndsOnAnyBytes) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    base::Prng prng(seed);
    sim::SimStorage disk = disk_with(prng.below(40));
    const auto names = disk.list("input").value();
    const std::string path = "input/" + names[prng.below(names.size())];
    base::Bytes bytes = disk.read(path, 0, 1u << 20).value();
    for (std::uint64_t edit = prng.below(6); edit > 0 && !bytes.empty(); --edit) {
      const std::size_t at = prng.below(bytes.size());
      const std::size_t size = std::min<std::size_t>(prng.below(300), bytes.size() - at);
      const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at);
      const auto end = begin + static_cast<std::ptrdiff_t>(size);
      switch (prng.below(4)) {
        case 0:
          std::generate(begin, end, [&] { return static_cast<std::uint8_t>(prng.below(256)); });
          break;
        case 1:
          bytes.erase(begin, end);
          break;
        case 2: {
          const base::Bytes copy(begin, end);
          bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(prng.below(bytes.size())),
                       copy.begin(),
                       copy.end());
          break;
        }
        default:
          bytes.resize(at);
      }
    }
    ASSERT_TRUE(disk.replace(path, bytes));
    const Read read = read_all(disk, prng.below(20));
    // Whatever was read, a writer can go on behind it.
    auto writer = Writer::open(disk, kSmall);
    if (!writer) {
      EXPECT_TRUE(names.size() == 1 && read.sound.empty())
          << seed << ": " << writer.error().message;
      continue;
    }
    const std::uint64_t due = writer->next_sequence();
    ASSERT_TRUE(append_next(*writer) && writer->flush());
    const Read after = read_all(disk);
    ASSERT_FALSE(after.sound.empty()) << seed;
    EXPECT_EQ(after.sound.back(), due) << seed;
  }
}

}  // namespace
}  // namespace liptako::record
