#include "feeds/chunk_reader.hpp"

#include <gtest/gtest.h>

#include "codec/asterix/encode.hpp"
#include "codec/capture/write_for_tests.hpp"
#include "codec/modes/avr.hpp"
#include "codec/modes/beast.hpp"
#include "feeds/recording.hpp"

namespace liptako::feeds {
namespace {

namespace asterix = codec::asterix;
namespace capture = codec::capture;
namespace modes = codec::modes;
using base::Bytes;
using base::Timestamp;

constexpr Timestamp kMorning = base::timestamp_from_ns(1'795'305'600'000'000'000);

// A radar's report without anything but its time of day.
Bytes block(base::Duration time_of_day) {
  asterix::Cat048Report report;
  report.source = base::SacSic{23, 2};
  report.time_of_day = asterix::TimeOfDay::from(time_of_day);
  Bytes out;
  asterix::BlockWriter writer(48, out);
  writer.add(report);
  writer.finish();
  return out;
}

struct Kept {
  std::optional<Timestamp> time;
  Bytes bytes;
};

std::vector<Kept> read(ChunkReader& reader, base::ByteView file) {
  std::vector<Kept> out;
  for (std::size_t at = 0;;) {
    const auto step = reader.step(file.subspan(at), false);
    if (step.chunk)
      out.push_back({step.chunk->time, {step.chunk->bytes.begin(), step.chunk->bytes.end()}});
    if (step.consumed == 0) return out;
    at += step.consumed;
  }
}

void append(Bytes& to, const Bytes& bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

TEST(ChunkReader, CutsPlainAsterixAtItsBlocksWithTheirTimes) {
  Bytes file = block(base::kDay - std::chrono::seconds(1));
  append(file, block(std::chrono::seconds(1)));
  ChunkReader reader(file);
  EXPECT_EQ(reader.format(), SourceFormat::asterix);
  const auto chunks = read(reader, file);
  ASSERT_EQ(chunks.size(), 2u);
  EXPECT_EQ(chunks[1].bytes, block(std::chrono::seconds(1)));
  EXPECT_EQ(*chunks[1].time - *chunks[0].time, std::chrono::seconds(2));
  EXPECT_EQ(reader.gaps(), 0u);
}

TEST(ChunkReader, GoesOnBehindDamageAndSaysWhereItWas) {
  Bytes file = block(std::chrono::hours(1));
  const std::size_t first = file.size();
  append(file, {0x30, 0x00, 0x01});
  append(file, block(std::chrono::hours(1)));
  ChunkReader reader(file);
  EXPECT_EQ(read(reader, file).size(), 2u);
  EXPECT_EQ(reader.gaps(), 1u);
  EXPECT_EQ(reader.last_gap(), "at byte " + std::to_string(first) + ": block_length_invalid");
}

TEST(ChunkReader, PutsRepliesOfAReceiverTogetherByTheirStamps) {
  for (const bool beast : {true, false}) {
    Bytes file;
    const auto add = [&](std::uint64_t stamp) {
      modes::Reception reception;
      reception.frame = modes::Frame(Bytes(modes::kLongSize, 0x1A));
      reception.stamp = stamp;
      if (beast) {
        modes::encode_beast(reception, file);
      } else {
        modes::encode_avr(reception, file);
      }
    };
    add(1000);
    add(1000 + modes::kTicksPerSecond / 100);
    const std::size_t first = file.size();
    add(1000 + modes::kTicksPerSecond);
    ChunkReader reader(file);
    EXPECT_EQ(reader.format(), beast ? SourceFormat::beast : SourceFormat::avr);
    const auto chunks = read(reader, file);
    ASSERT_EQ(chunks.size(), 2u);
    // A line's end leads the next line.
    EXPECT_EQ(chunks[0].bytes.size(), beast ? first : first - 1);
    EXPECT_EQ(*chunks[1].time - *chunks[0].time, std::chrono::seconds(1));
    EXPECT_EQ(reader.gaps(), 0u);
  }
}

TEST(ChunkReader, MoreRepliesThanAPacketTakesAreSeveralChunks) {
  Bytes file;
  for (int i = 0; i < 1000; ++i) {
    modes::Reception reception;
    reception.frame = modes::Frame(Bytes(modes::kShortSize, 0x5D));
    reception.stamp = 5;
    modes::encode_beast(reception, file);
  }
  ChunkReader reader(file);
  Bytes together;
  for (const Kept& chunk : read(reader, file)) {
    EXPECT_LE(chunk.bytes.size(), ChunkReader::kLongestReplies);
    append(together, chunk.bytes);
  }
  EXPECT_EQ(together, file);
}

// A capture whose clock is an hour and a bit off the data's.
Bytes captured(const std::vector<std::pair<base::Duration, base::Duration>>& times) {
  capture::PcapWriter pcap(false, true, 101);
  for (const auto& [recorded, told] : times)
    pcap.add(kMorning + recorded, capture::ipv4_packet(capture::udp_packet(block(told))));
  return pcap.bytes();
}

TEST(IndexRecordings, CapturesPlayAtTheirOwnPaceAndAreTrackedByTheTimesTheyTell) {
  using std::chrono::hours;
  using std::chrono::seconds;
  const Bytes file =
      captured({{hours(10), hours(9)}, {hours(10) + seconds(3), hours(9) + seconds(1)}});
  const base::ByteView view = file;
  const auto played = index_recordings({&view, 1}, Timestamp{}, Pace::recorded);
  ASSERT_EQ(played.blocks.size(), 2u);
  EXPECT_EQ(played.blocks[1].time - played.blocks[0].time, seconds(3));
  const auto tracked = index_recordings({&view, 1}, {}, Pace::told);
  ASSERT_EQ(tracked.blocks.size(), 2u);
  EXPECT_EQ(tracked.blocks[0].time, kMorning + hours(9));
  EXPECT_EQ(tracked.blocks[1].time, kMorning + hours(9) + seconds(1));
}

TEST(IndexRecordings, TheDayIsTheOneAskedForElseACapturesElse1970) {
  const Bytes file = captured({{std::chrono::hours(10), std::chrono::hours(10)}});
  const Bytes plain = block(std::chrono::hours(11));
  const std::vector<base::ByteView> both = {plain, file};
  const auto told = index_recordings(both, {}, Pace::told);
  ASSERT_EQ(told.blocks.size(), 2u);
  EXPECT_EQ(told.blocks[0].time, kMorning + std::chrono::hours(10));
  EXPECT_EQ(told.blocks[1].time, kMorning + std::chrono::hours(11));
  const Timestamp other = kMorning - base::kDay;
  const auto asked = index_recordings(both, other, Pace::told);
  EXPECT_EQ(asked.blocks[0].time, other + std::chrono::hours(10));
  EXPECT_EQ(asked.blocks[1].time, other + std::chrono::hours(11));
  const base::ByteView alone = plain;
  EXPECT_EQ(index_recordings({&alone, 1}, {}, Pace::told).blocks[0].time,
            Timestamp{} + std::chrono::hours(11));
}

// The bytes of a datagram that came in fragments outlive the reader that put them together.
TEST(IndexRecordings, KeepsDatagramsThatCameInFragments) {
  const Bytes content = block(std::chrono::hours(1));
  const Bytes udp = capture::udp_packet(content);
  capture::PcapWriter pcap(false, false, 101);
  for (unsigned id = 0; id < 3; ++id) {
    pcap.add(kMorning, capture::ipv4_packet(base::ByteView(udp).first(8), 17, id, 0, true));
    pcap.add(kMorning, capture::ipv4_packet(base::ByteView(udp).subspan(8), 17, id, 8, false));
  }
  const base::ByteView view = pcap.bytes();
  const auto index = index_recordings({&view, 1}, {}, Pace::told);
  ASSERT_EQ(index.blocks.size(), 3u);
  for (const DueBlock& due : index.blocks) EXPECT_TRUE(std::ranges::equal(due.block, content));
}

}  // namespace
}  // namespace liptako::feeds
