#include "history/bits.hpp"

#include <gtest/gtest.h>

#include "base/prng.hpp"

namespace liptako::history {
namespace {

using Column = std::vector<std::uint64_t>;

base::Bytes written(const Column& column) {
  base::Bytes bytes;
  BitWriter out(bytes);
  out.put_column(column);
  out.finish();
  return bytes;
}

Column read_back(const base::Bytes& bytes, std::size_t size) {
  BitReader in(bytes);
  Column column = in.get_column(size);
  EXPECT_TRUE(in.ok() && in.finished());
  return column;
}

TEST(Bits, NumbersOfEitherSignBecomeSmallOnes) {
  EXPECT_EQ(zigzag(0), 0u);
  EXPECT_EQ(zigzag(-1), 1u);
  EXPECT_EQ(zigzag(1), 2u);
  for (const std::int64_t x : {INT64_MIN, INT64_MAX, std::int64_t{0}, std::int64_t{-77}}) {
    EXPECT_EQ(unzigzag(zigzag(x)), x);
  }
}

TEST(Bits, AnyColumnIsReadBack) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    base::Prng prng(seed);
    Column column(prng.below(200));
    const std::uint64_t bound = std::uint64_t{1} << prng.below(63);
    const double chance = prng.uniform();
    for (std::uint64_t& x : column) {
      if (prng.chance(chance)) x = prng.below(prng.chance(0.05) ? ~std::uint64_t{0} : bound);
    }
    EXPECT_EQ(read_back(written(column), column.size()), column) << seed;
  }
}

TEST(Bits, AColumnOfZerosTakesNoRoom) { EXPECT_EQ(written(Column(1000)).size(), 1u); }

TEST(Bits, ARareNumberCostsLittleWhereverItStands) {
  Column column(1000);
  column[777] = 5;
  EXPECT_LE(written(column).size(), 5u);
}

TEST(Bits, NoiseCostsItsEntropyAndLittleMore) {
  base::Prng prng(1);
  Column column(1000);
  for (std::uint64_t& x : column) x = prng.below(256);
  EXPECT_LE(written(column).size(), 1000u * 9 / 8);
}

TEST(Bits, TheEndOfTheBytesIsNoticed) {
  base::Bytes bytes = written({1, 200, 3, 4000, 5});
  bytes.pop_back();
  BitReader in(bytes);
  (void)in.get_column(5);
  EXPECT_FALSE(in.ok());
}

TEST(Bits, BytesThatNobodyReadAreNoticed) {
  base::Bytes bytes = written({1, 2, 3});
  bytes.push_back(0);
  BitReader in(bytes);
  (void)in.get_column(3);
  EXPECT_TRUE(in.ok());
  EXPECT_FALSE(in.finished());
}

}  // namespace
}  // namespace liptako::history
