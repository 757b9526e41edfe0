#include "base/ids.hpp"

#include <gtest/gtest.h>

namespace liptako::base {
namespace {

TEST(Ids, PrintAsTheFieldWritesThem) {
  EXPECT_EQ(IcaoAddress(0x09C0FF).to_string(), "09c0ff");
  EXPECT_EQ(IcaoAddress(0xFF000001).to_string(), "000001");
  EXPECT_EQ(ModeACode(07700).to_string(), "7700");
  EXPECT_EQ(ModeACode(1).to_string(), "0001");
  EXPECT_EQ((SacSic{23, 2}.to_string()), "23/2");
}

TEST(Ids, CallSignKeepsOnlySafeCharacters) {
  EXPECT_EQ(CallSign("AFR123  ").view(), "AFR123");
  EXPECT_EQ(CallSign("a<b>\"\n").view(), "??????");
  EXPECT_EQ(CallSign("TOOLONGCALLSIGN").view(), "TOOLONGC");
  EXPECT_TRUE(CallSign("        ").empty());
}

}  // namespace
}  // namespace liptako::base
