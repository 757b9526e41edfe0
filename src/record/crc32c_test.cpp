#include "record/crc32c.hpp"

#include <gtest/gtest.h>

#include <string_view>

#include "base/prng.hpp"

namespace liptako::record {
namespace {

std::uint32_t bit_by_bit(base::ByteView bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78 : 0);
  }
  return ~crc;
}

TEST(Crc32c, PublishedExamples) {  // [RFC 3720, appendix B.4]
  EXPECT_EQ(crc32c(base::Bytes(32, 0x00)), 0x8A9136AAu);
  EXPECT_EQ(crc32c(base::Bytes(32, 0xFF)), 0x62A8AB43u);
  base::Bytes counting(32);
  for (std::size_t i = 0; i < 32; ++i) counting[i] = static_cast<std::uint8_t>(i);
  EXPECT_EQ(crc32c(counting), 0x46DD794Eu);
}

TEST(Crc32c, AllThreeWaysAgreeAndPiecesContinue) {
  base::Prng prng(3);
  for (int round = 0; round < 500; ++round) {
    base::Bytes bytes(prng.below(200));
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(prng.below(256));
    const base::ByteView all(bytes);
    const std::uint32_t expected = bit_by_bit(all);
    EXPECT_EQ(crc32c(all), expected);
    EXPECT_EQ(crc32c_portable(all), expected);
    const std::size_t cut = prng.below(bytes.size() + 1);
    EXPECT_EQ(crc32c(all.subspan(cut), crc32c(all.first(cut))), expected);
  }
}

}  // namespace
}  // namespace liptako::record
