#include "record/entry.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace liptako::record {
namespace {

TEST(Entry, ReadsBackWhatWasWritten) {
  const base::Bytes payload{0x30, 0x00, 0x03};
  const EntryView entry{.kind = EntryKind::datagram,
                        .source = base::SourceId{7},
                        .utc = base::timestamp_from_ns(1'790'000'000'123'456'789),
                        .monotonic = base::Duration(42),
                        .payload = payload,
                        .clock = 17};
  base::Bytes bytes;
  encode_entry(entry, bytes);
  ASSERT_EQ(bytes.size(), kEntryHeaderSize + payload.size());
  const auto read = decode_entry(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->kind, entry.kind);
  EXPECT_EQ(read->source, entry.source);
  EXPECT_EQ(read->utc, entry.utc);
  EXPECT_EQ(read->monotonic, entry.monotonic);
  EXPECT_TRUE(std::ranges::equal(read->payload, payload));
  EXPECT_EQ(read->clock, entry.clock);
}

TEST(Entry, HasTheDocumentedBytes) {
  base::Bytes bytes;
  encode_entry({.kind = EntryKind::tick,
                .utc = base::timestamp_from_ns(0x0102),
                .monotonic = base::Duration(-1)},
               bytes);
  const base::Bytes expected{4,    0xFF, 0xFF,                                // kind, source
                             0x02, 0x01, 0,    0,    0,    0,    0,    0,     // UTC
                             0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,  // monotonic
                             0xFF};                                           // clock unknown
  EXPECT_EQ(bytes, expected);
}

TEST(Entry, RefusesWhatIsNone) {
  base::Bytes bytes;
  encode_entry({.kind = EntryKind::tick}, bytes);
  EXPECT_FALSE(decode_entry(base::ByteView(bytes).first(kEntryHeaderSize - 1)));
  EXPECT_FALSE(decode_entry({}));
  for (const int kind : {0, static_cast<int>(kLastEntryKind) + 1, 255}) {
    base::Bytes other = bytes;
    other[0] = static_cast<std::uint8_t>(kind);
    EXPECT_FALSE(decode_entry(other)) << kind;
  }
  for (const int clock : {64, 254}) {
    base::Bytes other = bytes;
    other[kEntryHeaderSize - 1] = static_cast<std::uint8_t>(clock);
    EXPECT_FALSE(decode_entry(other)) << clock;
  }
  bytes.resize(kEntryHeaderSize + kMaxPayload);
  EXPECT_TRUE(decode_entry(bytes));
  bytes.push_back(0);
  EXPECT_FALSE(decode_entry(bytes));
}

TEST(ClockQuality, NamesTheNearestBoundThatHolds) {
  using std::chrono::microseconds;
  EXPECT_EQ(clock_code(microseconds(0)), 0);
  EXPECT_EQ(clock_code(microseconds(1)), 0);
  EXPECT_EQ(clock_code(microseconds(2)), 2);
  EXPECT_EQ(clock_code(microseconds(500)), 18);
  EXPECT_EQ(clock_code(std::chrono::nanoseconds(1001)), 2);
  EXPECT_EQ(clock_code(std::chrono::hours(1)), kClockUnknown);
  EXPECT_EQ(clock_code(base::Duration(-1)), kClockUnknown);
  EXPECT_EQ(clock_code(base::Duration::max()), kClockUnknown);
  EXPECT_EQ(clock_bound(kClockUnknown), std::nullopt);
  EXPECT_EQ(clock_bound(64), std::nullopt);
  for (std::uint8_t code = 3; code <= kLastClockCode; ++code) {
    const base::Duration bound = clock_bound(code).value();
    EXPECT_GT(bound, clock_bound(static_cast<std::uint8_t>(code - 1)).value()) << int{code};
    // The bound shown is the code's own, rounded up: it may need the next code, never a lower one.
    EXPECT_GE(clock_code(bound), code);
    EXPECT_LE(clock_code(bound - microseconds(1)), code);
  }
}

}  // namespace
}  // namespace liptako::record
