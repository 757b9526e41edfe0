#include "serve/json_reader.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/prng.hpp"
#include "serve/json_writer.hpp"

namespace liptako::serve {
namespace {

TEST(JsonReader, TextsTruthsListsAndNullsComeAsTheyAre) {
  const auto json = JsonObject::parse(
      " { \"a\" : \"x\\n\\u00e9\\ud83d\\udeeb\" , \"b\":true,\"c\":[ \"1\" , \"2\" "
      "],\"d\":null,\"e\":[] } ");
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ(json->text("a"), "x\né\U0001F6EB");
  EXPECT_EQ(json->truth("b"), true);
  ASSERT_NE(json->texts("c"), nullptr);
  EXPECT_EQ(*json->texts("c"), (std::vector<std::string>{"1", "2"}));
  EXPECT_TRUE(json->is_absent_or_null("d"));
  EXPECT_TRUE(json->is_absent_or_null("z"));
  EXPECT_TRUE(json->texts("e")->empty());
  EXPECT_FALSE(json->text("b").has_value());
  EXPECT_TRUE(json->only({"a", "b", "c", "d", "e"}));
  EXPECT_FALSE(json->only({"a", "b"}));
  EXPECT_TRUE(JsonObject::parse("{}").has_value());
}

TEST(JsonReader, WhatIsNotSuchAnObjectIsNone) {
  for (const std::string bad : {"",
                                "[]",
                                "\"a\"",
                                "{",
                                "{\"a\"}",
                                "{\"a\":}",
                                "{\"a\":\"b\",}",
                                "{\"a\":\"b\"} x",
                                "{\"a\":1}",
                                "{\"a\":{}}",
                                "{\"a\":[1]}",
                                "{\"a\":\"b\",\"a\":\"c\"}",
                                "{\"a\":\"\n\"}",
                                "{\"a\":\"\\x\"}",
                                "{\"a\":\"\\ud800\"}",
                                "{\"a\":\"\\udc00\"}",
                                "{\"a\":\"\\u12\"}",
                                "{\"a\":\"\xFF\"}",
                                "{\"a\":\"\xC0\xAF\"}",
                                "{\"a\":\"\xED\xA0\x80\"}",
                                "{\"a\":\"b",
                                "{'a':'b'}",
                                "{\"a\":truex}"}) {
    EXPECT_FALSE(JsonObject::parse(bad).has_value()) << bad;
  }
  std::string many = "{";
  for (int i = 0; i < 17; ++i) many += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":null";
  EXPECT_FALSE(JsonObject::parse(many + "}").has_value());
}

TEST(JsonReader, AnyBytesGiveWhatALibraryReadsOrNone) {
  base::Prng prng(3);
  const std::string seed = R"({"note":"é\u0041\n","roles":["a","b"],"off":false,"x":null})";
  for (int round = 0; round < 20'000; ++round) {
    std::string text = seed;
    for (std::uint64_t i = 0; i <= prng.below(3); ++i) {
      constexpr std::string_view kBytes = "\"\\{}[],:u0ntf \x80\xC3\xA9";
      text[prng.below(text.size())] = kBytes[prng.below(kBytes.size())];
    }
    const auto mine = JsonObject::parse(text);
    if (!mine) continue;
    const auto theirs = nlohmann::json::parse(text, nullptr, false);
    ASSERT_TRUE(theirs.is_object()) << text;
    if (theirs.contains("note") && theirs["note"].is_string()) {
      EXPECT_EQ(mine->text("note"), theirs["note"].get<std::string>());
    }
  }
}

}  // namespace
}  // namespace liptako::serve
