#include "schema/schema.hpp"

#include <gtest/gtest.h>

#include <array>

#include "schema/report.hpp"

namespace liptako::schema {
namespace {

base::Result<std::vector<Type>> parsed(std::string_view text) {
  const std::array files = {Declarations{"plain.txt", text}};
  return parse_types(files);
}

std::string error_of(std::string_view text) {
  const auto types = parsed(text);
  return types ? "" : types.error().message;
}

const Field* find(const Type& type, std::string_view path) {
  for (const Field& field : type.fields) {
    if (field.path == path) return &field;
  }
  return nullptr;
}

constexpr std::string_view kHead = "type a.b\n  plane api\n  in src/a.cpp\n  says what\n";

TEST(Declarations, FieldsNestByIndentAndGroupsArePutIn) {
  const auto types = parsed(
      "group place\n"
      "  lat_deg | number | | -90..90 | latitude\n"
      "type a.b\n"
      "  plane record\n"
      "  in src/a.cpp src/b.cpp\n"
      "  says what it is\n"
      "  list | list | | |\n"
      "    include place\n"
      "    name | text | | | called\n"
      "  speed | number | kt | |\n"
      "  parts x y.z\n");
  ASSERT_TRUE(types) << types.error().message;
  const Type& type = types->front();
  EXPECT_EQ(type.name, "a.b");
  EXPECT_EQ(type.plane, Plane::record);
  EXPECT_EQ(type.defined_in, (std::vector<std::string>{"src/a.cpp", "src/b.cpp"}));
  std::vector<std::string> names;
  for (const Field& field : type.fields) names.push_back(type.full_name(field));
  EXPECT_EQ(names,
            (std::vector<std::string>{
                "a.b.list", "a.b.list.lat_deg", "a.b.list.name", "a.b.speed", "a.b.x", "a.b.y.z"}));
  EXPECT_EQ(type.fields[1].unit, "deg");
  EXPECT_EQ(type.fields[1].values, "-90..90");
  EXPECT_EQ(type.fields[3].unit, "kt");
}

TEST(Declarations, MistakesAreNamedByFileAndLine) {
  EXPECT_EQ(error_of("x | text | | |\n").substr(0, 12), "plain.txt:1:");
  EXPECT_NE(error_of("  x | text | | |\n").find("stands in no type"), std::string::npos);
  EXPECT_NE(error_of(std::string(kHead) + "  x | text | |\n").find("plain.txt:5"),
            std::string::npos);
  EXPECT_NE(error_of(std::string(kHead) + "    x | text | | |\n").find("within no field"),
            std::string::npos);
  EXPECT_NE(error_of(std::string(kHead) + "  x | text | | |\n  x | text | | |\n").find("twice"),
            std::string::npos);
  EXPECT_NE(error_of(std::string(kHead) + "  include nothing\n").find("no group nothing"),
            std::string::npos);
  EXPECT_NE(error_of(kHead).find("no fields"), std::string::npos);
  EXPECT_NE(error_of("type a\n  x | text | | |\n").find("needs `in`"), std::string::npos);
  EXPECT_NE(error_of("type a\n  plane moon\n").find("no plane moon"), std::string::npos);
  EXPECT_NE(error_of("type a\ntype a\n").find("twice"), std::string::npos);
}

TEST(Declarations, AGroupThatIncludesItselfIsRefused) {
  EXPECT_NE(error_of("group g\n  include g\n" + std::string(kHead) + "  include g\n").find("group"),
            std::string::npos);
}

TEST(Declarations, ThoseBuiltInAreSound) {
  const auto types = parse_types(declarations());
  ASSERT_TRUE(types) << types.error().message;
  EXPECT_GT(types->size(), 40u);
}

TEST(AsterixTypes, AreTheDecodersTables) {
  const std::vector<Type> types = asterix_types();
  std::vector<std::string> names;
  for (const Type& type : types) names.push_back(type.name);
  EXPECT_EQ(names,
            (std::vector<std::string>{"asterix.cat010",
                                      "asterix.cat019",
                                      "asterix.cat020",
                                      "asterix.cat021",
                                      "asterix.cat021_ed023",
                                      "asterix.cat034",
                                      "asterix.cat048",
                                      "asterix.cat062"}));
  const Type& plots = types[6];
  const Field* range = find(plots, "measured_position.slant_range_nm");
  ASSERT_NE(range, nullptr);
  EXPECT_EQ(range->unit, "NM");
  EXPECT_EQ(range->meaning, "I048/040/RHO: Measured position in polar co-ordinates");
  const Field* detection = find(plots, "descriptor.detection");
  ASSERT_NE(detection, nullptr);
  EXPECT_EQ(detection->values.substr(0, 12), "none psr ssr");
}

TEST(Report, JsonTellsFullNames) {
  const auto types = parsed(std::string(kHead) + "  x_m | number | | 0..1 | \"far\"\n");
  ASSERT_TRUE(types);
  EXPECT_EQ(to_json(*types),
            "{\"types\":[{\"name\":\"a.b\",\"plane\":\"api\",\"defined_in\":[\"src/a.cpp\"],"
            "\"meaning\":\"what\",\"fields\":[{\"name\":\"a.b.x_m\",\"type\":\"number\","
            "\"unit\":\"m\",\"values\":\"0..1\",\"meaning\":\"\\\"far\\\"\"}]}]}\n");
}

TEST(Report, TextHasOneRowAField) {
  const auto types = parsed(std::string(kHead) + "  x_m | number | | 0..1 | far\n");
  ASSERT_TRUE(types);
  EXPECT_EQ(to_text(*types, {"field", "type", "unit", "values", "meaning"}),
            "a.b (api): what\n"
            "  field  type    unit  values; meaning\n"
            "  x_m    number  m     0..1; far\n");
}

}  // namespace
}  // namespace liptako::schema
