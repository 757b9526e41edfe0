#include "base/bytes.hpp"

#include <gtest/gtest.h>

namespace liptako::base {
namespace {

TEST(Bytes, WhatIsWrittenIsRead) {
  Bytes buffer;
  ByteWriter out(buffer);
  out.put(std::uint8_t{7});
  out.put(-1.5);
  out.put_string("piste");
  out.put(std::uint64_t{1} << 63);
  ByteReader in(buffer);
  EXPECT_EQ(in.get<std::uint8_t>(), 7);
  EXPECT_EQ(in.get<double>(), -1.5);
  EXPECT_EQ(in.get_string(), "piste");
  EXPECT_EQ(in.get<std::uint64_t>(), std::uint64_t{1} << 63);
  EXPECT_TRUE(in.ok() && in.at_end());
}

TEST(Bytes, EveryTruncationFailsAndNothingReadsOutside) {
  Bytes buffer;
  ByteWriter out(buffer);
  out.put(std::uint32_t{3});
  out.put_string("abc");
  out.put(2.0);
  for (std::size_t length = 0; length < buffer.size(); ++length) {
    ByteReader in(ByteView(buffer).first(length));
    (void)in.get<std::uint32_t>();
    (void)in.get_string();
    (void)in.get<double>();
    EXPECT_FALSE(in.ok()) << length;
  }
}

TEST(Bytes, AnImpossibleCountFails) {
  Bytes buffer;
  ByteWriter(buffer).put(std::uint32_t{0xFFFFFFFF});
  ByteReader in(buffer);
  EXPECT_EQ(in.get_count(8), 0u);
  EXPECT_FALSE(in.ok());
}

}  // namespace
}  // namespace liptako::base
