#include "serve/json_writer.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

namespace liptako::serve {
namespace {

std::string number(double value, int decimals) {
  std::string out;
  JsonWriter(out).number(value, decimals);
  return out;
}

std::string text(std::string_view value) {
  std::string out;
  JsonWriter(out).string(value);
  return out;
}

TEST(JsonWriter, PlacesCommasBetweenMembersAndElementsOnly) {
  std::string out;
  JsonWriter json(out);
  json.begin_object()
      .key("a")
      .begin_array()
      .integer(-1)
      .null()
      .boolean(true)
      .begin_array()
      .end_array();
  json.end_array()
      .key("b")
      .begin_object()
      .end_object()
      .key("c")
      .unsigned_integer(18446744073709551615u)
      .end_object();
  EXPECT_EQ(out, R"({"a":[-1,null,true,[]],"b":{},"c":18446744073709551615})");
}

TEST(JsonWriter, WritesNumbersWithFixedDecimals) {
  EXPECT_EQ(number(0.0, 0), "0");
  EXPECT_EQ(number(12.3456789, 7), "12.3456789");
  EXPECT_EQ(number(-0.0004, 3), "0.000");
  EXPECT_EQ(number(-0.0006, 3), "-0.001");
  EXPECT_EQ(number(0.05, 1), "0.1");
  EXPECT_EQ(number(1e14, 0), "100000000000000");
  EXPECT_EQ(number(-999.5, 0), "-1000");
}

TEST(JsonWriter, NeverWritesWhatIsNoNumber) {
  EXPECT_EQ(number(std::nan(""), 2), "null");
  EXPECT_EQ(number(std::numeric_limits<double>::infinity(), 2), "null");
  EXPECT_EQ(number(-std::numeric_limits<double>::infinity(), 0), "null");
  EXPECT_EQ(number(1e15, 0), "null");
  EXPECT_EQ(number(-1e300, 7), "null");
}

TEST(JsonWriter, EscapesTextAndRepairsWhatIsNotUtf8) {
  EXPECT_EQ(text("say \"a\\b\"\n\t\x01"), R"("say \"a\\b\"\n\u0009\u0001")");
  EXPECT_EQ(text("Ségou \xE2\x9C\x88 \xF0\x9F\x9B\xA9"), "\"Ségou \xE2\x9C\x88 \xF0\x9F\x9B\xA9\"");
  EXPECT_EQ(text("\xFF"), "\"\xEF\xBF\xBD\"");
  EXPECT_EQ(text("a\xC3"), "\"a\xEF\xBF\xBD\"");                                // cut short
  EXPECT_EQ(text("\xC0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");                  // overlong
  EXPECT_EQ(text("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");  // surrogate
}

}  // namespace
}  // namespace liptako::serve
