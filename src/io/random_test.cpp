#include "io/random.hpp"

#include <gtest/gtest.h>

#include <bitset>
#include <set>
#include <vector>

namespace liptako::io {
namespace {

TEST(Random, FillsEveryByteAndNeverRepeats) {
  std::set<std::array<std::uint8_t, 32>> seen;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(seen.insert(random_bytes<32>()).second);
  // More than one call of the kernel gives: every byte of it takes many values. A byte that was
  // left alone would stay zero in all of them.
  std::vector<std::uint8_t> big(1 << 20);
  std::vector<std::uint8_t> any(big.size());
  for (int round = 0; round < 8; ++round) {
    fill_random(big);
    for (std::size_t i = 0; i < big.size(); ++i) any[i] |= big[i];
  }
  std::size_t untouched = 0;
  for (const std::uint8_t byte : any) untouched += byte == 0;
  EXPECT_EQ(untouched, 0u);  // by chance: 2^20 * 2^-64
}

TEST(Random, BitsAreBalanced) {
  std::vector<std::uint8_t> bytes(1 << 16);
  fill_random(bytes);
  double ones = 0;
  for (const std::uint8_t byte : bytes) ones += static_cast<double>(std::bitset<8>(byte).count());
  const double bits = 8.0 * static_cast<double>(bytes.size());
  EXPECT_NEAR(ones / bits, 0.5, 0.01);  // fourteen standard deviations
}

}  // namespace
}  // namespace liptako::io
