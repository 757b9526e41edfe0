// The closed vocabulary: every field of every type, held against spec/vocabulary.
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <iterator>

#include "schema/schema.hpp"
#include "schema/vocabulary.hpp"

namespace liptako::schema {
namespace {

std::string text_of(const std::string& name) {
  std::ifstream file(std::string(LIPTAKO_SOURCE_DIR) + "/spec/vocabulary/" + name);
  EXPECT_TRUE(file) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

Vocabulary vocabulary() {
  const std::string words = text_of("words.txt");
  const std::string banned = text_of("banned.txt");
  const std::string exceptions = text_of("exceptions.txt");
  auto read = parse_vocabulary({words, banned, exceptions});
  EXPECT_TRUE(read) << read.error().message;
  return read.value_or(Vocabulary{});
}

// Violations that types with one more field have and those of the code have not.
std::vector<std::string> violations_with(const std::string& planted, const Vocabulary& rules) {
  std::vector<Type> types = all_types();
  types.front().fields.push_back({planted, "text", "", "", ""});
  return violations(types, rules);
}

TEST(Gate, EveryFieldOfEveryTypeIsInTheVocabulary) {
  for (const std::string& violation : violations(all_types(), vocabulary()))
    ADD_FAILURE() << violation;
}

TEST(Gate, APlantedFieldOfAnUnknownWordIsFound) {
  const auto found = violations_with("zorch_deg", vocabulary());
  ASSERT_EQ(found.size(), 1u);
  EXPECT_NE(found[0].find("zorch"), std::string::npos);
}

// The list itself may grow; what is here can be taken away only in two places at once.
TEST(Gate, PlantedFieldsThatLiptakoRefusesAreFoundThoughTheirWordsBeKnown) {
  constexpr std::array kRefused = {"weapon_type",       "target_list",
                                   "engagement_state",  "engage",
                                   "fire_control_mode", "firing_rate",
                                   "shooter",           "kill_probability",
                                   "missile_count",     "munition",
                                   "strike_time",       "hostile",
                                   "effector",          "intercept_point",
                                   "warhead",           "lethal_radius_m",
                                   "arme_type",         "tir",
                                   "cible_lat_deg",     "person_name",
                                   "people_count",      "ground_unit",
                                   "operator_position", "operator_latitude_deg",
                                   "operator.location", "pilot_position",
                                   "pilotLatitude"};
  for (const char* name : kRefused) {
    Vocabulary rules = vocabulary();
    // Known words are no way in.
    for (const std::string& word : words_of(name)) rules.words.try_emplace(word, "planted");
    const auto found = violations_with(name, rules);
    ASSERT_EQ(found.size(), 1u) << name;
    EXPECT_NE(found[0].find("refuses to hold"), std::string::npos) << found[0];
  }
}

TEST(Gate, APlantedValueThatLiptakoRefusesIsFound) {
  std::vector<Type> types = all_types();
  types.front().fields.push_back({"state", "text", "", "none weapon_free", ""});
  EXPECT_EQ(violations(types, vocabulary()).size(), 1u);
}

TEST(Gate, NoTypeIsThereTwice) {
  const std::vector<Type> types = all_types();
  for (std::size_t i = 1; i < types.size(); ++i) EXPECT_NE(types[i - 1].name, types[i].name);
}

}  // namespace
}  // namespace liptako::schema
