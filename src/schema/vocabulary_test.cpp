#include "schema/vocabulary.hpp"

#include <gtest/gtest.h>

namespace liptako::schema {
namespace {

using Words = std::vector<std::string>;

Vocabulary vocabulary() {
  auto read = parse_vocabulary(
      {"# words\na  first\nx  across\ndeg  degrees\nlist  several\n", "strik\noperator_pos\n", ""});
  EXPECT_TRUE(read);
  return *read;
}

Type type_of(std::vector<Field> fields) {
  Type type;
  type.name = "a";
  type.fields = std::move(fields);
  return type;
}

TEST(Words, AreSplitAtUnderscoresDotsCapitalsAndSigns) {
  EXPECT_EQ(words_of("api.status.record_age_s"), (Words{"api", "status", "record", "age", "s"}));
  EXPECT_EQ(words_of("latencyMs"), (Words{"latency", "ms"}));
  EXPECT_EQ(words_of("SACCode"), (Words{"sac", "code"}));
  EXPECT_EQ(words_of("cut.<member_code>"), (Words{"cut", "member", "code"}));
  EXPECT_EQ(words_of("mode_3a.12.sha256"), (Words{"mode", "3a", "sha256"}));
  EXPECT_EQ(words_of(""), Words{});
}

TEST(BannedStems, MatchTheBeginningOfWordsInTheirOrder) {
  const Words banned = {"strik", "operator_pos"};
  const auto found = [&](std::string_view name) { return banned_stem(words_of(name), banned); };
  EXPECT_EQ(found("api.time_striking"), "strik");
  EXPECT_EQ(found("cot.operator_position_deg"), "operator_pos");
  EXPECT_EQ(found("cot.operator.position"), "operator_pos");
  EXPECT_EQ(found("uas.operator_home_position_deg"), "operator_pos");
  EXPECT_EQ(found("operator.place.and.position"), "operator_pos");
  EXPECT_EQ(found("act.operator_name"), "");
  EXPECT_EQ(found("position_of_operator"), "");
  EXPECT_EQ(found("restrike"), "");
}

TEST(Violations, NothingIsSaidOfAVocabularyThatFits) {
  const std::vector<Type> types = {
      type_of({{"x_deg", "number", "deg", "", ""}, {"list", "list", "", "", ""}})};
  EXPECT_EQ(violations(types, vocabulary()), Words{});
}

TEST(Violations, AnUnknownWordIsNamedWithWhatToDo) {
  const std::vector<Type> types = {
      type_of({{"x_deg", "number", "", "", ""}, {"list.glorp", "list", "", "", ""}})};
  const auto found = violations(types, vocabulary());
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].find("a.list.glorp: the word \"glorp\" is not in"), 0u);
}

TEST(Violations, ABannedWordIsRefusedThoughTheVocabularyHasIt) {
  Vocabulary rules = vocabulary();
  rules.words["strike"] = "planted";
  const std::vector<Type> types = {
      type_of({{"x_deg", "number", "", "", ""}, {"list.strike", "list", "", "", ""}})};
  const auto found = violations(types, rules);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].find("a.list.strike: says \"strik\""), 0u);
  rules.exceptions["a.list.strike"] = "means something else";
  EXPECT_EQ(violations(types, rules), Words{});
}

TEST(Violations, AnExceptionIsForOneFullName) {
  Vocabulary rules = vocabulary();
  rules.words["strike"] = "planted";
  rules.exceptions["a.list.strike"] = "means something else";
  const std::vector<Type> types = {type_of({{"x_deg", "number", "", "", ""},
                                            {"list.strike", "list", "", "", ""},
                                            {"x.strike", "list", "", "", ""}})};
  EXPECT_EQ(violations(types, rules).size(), 1u);
}

TEST(Violations, ValuesAreHeldAgainstTheBannedStemsToo) {
  Vocabulary rules = vocabulary();
  const std::vector<Type> types = {
      type_of({{"x_deg", "number", "", "", ""}, {"list", "code", "", "none first_strike", ""}})};
  ASSERT_EQ(violations(types, rules).size(), 1u);
  rules.exceptions["a.list=first_strike"] = "means something else";
  EXPECT_EQ(violations(types, rules), Words{});
}

TEST(Violations, WordsAndExceptionsThatNobodyNeedsAreRefused) {
  Vocabulary rules = vocabulary();
  rules.words["yonder"] = "planted";
  rules.exceptions["a.x_deg"] = "planted";
  const std::vector<Type> types = {
      type_of({{"x_deg", "number", "", "", ""}, {"list", "list", "", "", ""}})};
  EXPECT_EQ(violations(types, rules).size(), 2u);
}

TEST(Vocabulary, EveryWordHasAMeaningAndStandsOnce) {
  EXPECT_FALSE(parse_vocabulary({"word\n", "", ""}));
  EXPECT_FALSE(parse_vocabulary({"word a\nword b\n", "", ""}));
  EXPECT_FALSE(parse_vocabulary({"", "", "a.b\n"}));
}

}  // namespace
}  // namespace liptako::schema
