#include "record/format.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/prng.hpp"
#include "record/crc32c.hpp"

namespace liptako::record {
namespace {

constexpr std::uint64_t kSalt = 0x1122334455667788;

TEST(Format, NamesOfSegments) {
  EXPECT_EQ(segment_path(Stream::input, 12), "input/00000012.seg");
  EXPECT_EQ(segment_path(Stream::derived, 0), "derived/00000000.seg");
  EXPECT_EQ(segment_number("00000012.seg"), 12u);
  for (const char* other : {"",
                            "00000012.se",
                            "0000012.seg",
                            "000000012.seg",
                            "-0000012.seg",
                            "0000001x.seg",
                            "00000012.seg.tmp"}) {
    EXPECT_EQ(segment_number(other), std::nullopt) << other;
  }
}

TEST(Format, SegmentHeaderReadsBackFromEitherCopy) {
  base::Bytes bytes;
  encode_segment_header({Stream::derived, 3, 900, kSalt}, bytes);
  ASSERT_EQ(bytes.size(), kSegmentHeaderSize);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    base::Bytes damaged = bytes;
    damaged[i] ^= 0x40;
    const auto header = decode_segment_header(damaged);
    ASSERT_TRUE(header) << i;
    EXPECT_EQ(header->stream, Stream::derived);
    EXPECT_EQ(header->number, 3u);
    EXPECT_EQ(header->first_sequence, 900u);
    EXPECT_EQ(header->salt, kSalt);
  }
  base::Bytes both = bytes;
  both[5] ^= 1;
  both[kSegmentHeaderCopy + 20] ^= 1;
  EXPECT_FALSE(decode_segment_header(both));
}

TEST(Format, FrameHasTheDocumentedBytes) {
  base::Bytes bytes;
  const base::Bytes body{1, 2, 3};
  encode_frame(kSalt, 0x0A0B, body, bytes);
  ASSERT_EQ(bytes.size(), kFrameHeaderSize + 3);
  base::Bytes expected;
  base::ByteWriter out(expected);
  out.put_raw(base::Bytes{'L', 'P', 'F', '2', 3, 0, 0, 0, 0x0B, 0x0A, 0, 0, 0, 0, 0, 0});
  out.put(crc32c(body));
  base::Bytes salt;
  base::ByteWriter(salt).put(kSalt);
  out.put(crc32c(expected, crc32c(salt)));
  out.put_raw(body);
  EXPECT_EQ(bytes, expected);
}

TEST(Format, AnyFlippedBitOfAFrameHeaderAndAnotherSaltAreNoticed) {
  base::Bytes bytes;
  encode_frame(kSalt, 77, base::Bytes(50, 9), bytes);
  ASSERT_TRUE(decode_frame_header(kSalt, bytes));
  EXPECT_FALSE(decode_frame_header(kSalt + 1, bytes));
  for (std::size_t bit = 0; bit < kFrameHeaderSize * 8; ++bit) {
    base::Bytes damaged = bytes;
    damaged[bit / 8] ^= static_cast<std::uint8_t>(1 << (bit % 8));
    EXPECT_FALSE(decode_frame_header(kSalt, damaged)) << bit;
  }
  for (std::size_t size = 0; size < kFrameHeaderSize; ++size) {
    EXPECT_FALSE(decode_frame_header(kSalt, base::ByteView(bytes).first(size))) << size;
  }
}

TEST(Format, FindsTheFirstPossibleFrame) {
  base::Prng prng(4);
  for (int round = 0; round < 200; ++round) {
    base::Bytes bytes(prng.below(60));
    for (auto& byte : bytes) byte = "LPF2"[prng.below(4)];
    const std::size_t from = prng.below(bytes.size() + 1);
    static constexpr std::string_view kMagic = "LPF2";
    const auto hit = std::search(bytes.begin() + static_cast<std::ptrdiff_t>(from),
                                 bytes.end(),
                                 kMagic.begin(),
                                 kMagic.end());
    EXPECT_EQ(find_frame_magic(bytes, from), static_cast<std::size_t>(hit - bytes.begin()));
  }
}

}  // namespace
}  // namespace liptako::record
