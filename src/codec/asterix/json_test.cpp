#include "codec/asterix/json.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>

#include "codec/asterix/decode.hpp"
#include "codec/asterix/random_records_for_tests.hpp"
#include "codec/asterix/recordings_for_tests.hpp"
#include "spec/asterix/cat021.hpp"
#include "spec/asterix/cat034.hpp"
#include "spec/asterix/cat048.hpp"

namespace liptako::codec::asterix {
namespace {

struct Lines {
  std::string text;
  void on_record(const Record& record) { append_json(record, "", text); }
  void on_error(const RecordError& error) { append_json(error, "", text); }
  void on_other(const Block& block) { append_json(block, "", text); }
};
std::string lines_of(const base::Bytes& bytes) {
  Lines lines;
  BlockWalker walker(bytes);
  for_each_record(walker, lines);
  return lines.text;
}

TEST(Json, ARecordIsOneLineWithUnitsInItsNames) {
  const base::Bytes bytes = {
      48,   0,    25,    //
      0xFD, 0x81, 0x40,  // 010 140 020 040 070 090, 220, 030
      23,   2,    0x58, 0x78, 0x40, 0xA0, 0x64, 0x80, 0x40,
      0x00, 0x0F, 0xAC, 0x7F, 0xEC, 0x4C, 0xA1, 0xB2,  //
      0x03, 0x2C,                                      //
  };
  EXPECT_EQ(lines_of(bytes),
            R"({"category":48,"edition":"1.32","offset":3,"length":22,"sac_sic":"23/2",)"
            R"("time_of_day_s":45296.5,"descriptor":{"detection":"mode_s_roll_call",)"
            R"("simulated":false,"rdp_chain_2":false,"spi":false,"field_monitor":false},)"
            R"("measured_position":{"slant_range_nm":100.5,"azimuth_deg":90},)"
            R"("mode_3a":{"not_validated":false,"garbled":false,"not_extracted":false,)"
            R"("code":"7654"},"flight_level":{"not_validated":false,"garbled":true,)"
            R"("flight_level_fl":-5},"aircraft_address":"4ca1b2","warnings":[1,22]})"
            "\n");
}

TEST(Json, AnErrorSaysWhereAndWhatAndIsJson) {
  EXPECT_EQ(lines_of({48, 0, 8, 0x90, 23, 2, 0x12, 0x34}),
            R"({"error":"CAT048 record at byte 3: I048/040 needs 4 bytes, 2 left",)"
            R"("reason":"item_truncated","category":48,"record":0,"offset":3,"at":6,)"
            R"("item":"I048/040"})"
            "\n");
}

TEST(Json, ACategoryWithoutATableSaysSo) {
  EXPECT_EQ(lines_of({63, 0, 5, 1, 2}),
            "{\"category\":63,\"decoded\":false,\"offset\":0,\"length\":5}\n");
}

TEST(Json, KeepsWhatIsOdd) {
  const base::Bytes bytes = {
      48,   0,    22,                      //
      0x81, 0x53, 0x01, 0x01, 0x00,        // padded: 010, 240 161 170
      23,   2,                             //
      0x01, 0x94, 0xB1, 0xC8, 0x10, 0xA0,  // 240: the first character is none
      0x51, 0x23,                          // 161 with spare bits
      0x01, 0x05, 0x01, 0xAA,              // 170: a spare bit, and two octets too many
  };
  const auto line = nlohmann::json::parse(lines_of(bytes));
  const nlohmann::json expected = {{"I048/240 raw", "0194b1c810a0"},
                                   {"I048/161 spare@0", 5},
                                   {"I048/170 spare@12", 2},
                                   {"I048/170 extra", "01aa"},
                                   {"fspec_octets", 5}};
  EXPECT_EQ(line.at("oddities"), expected);
  EXPECT_EQ(line.at("aircraft_identification"), "?YR12AB");
}

// Whatever the bytes: each line is JSON, and no name stands twice in it.
TEST(Json, IsValidForAnything) {
  base::Prng prng(21);
  std::size_t lines = 0;
  for (int i = 0; i < 3000; ++i) {
    RandomRecords random(*kCategories[static_cast<std::size_t>(i) % std::size(kCategories)],
                         static_cast<std::uint64_t>(i));
    base::Bytes bytes = random.block();
    if (i % 2 == 1) bytes[prng.below(bytes.size())] = static_cast<std::uint8_t>(prng.next());
    const std::string text = lines_of(bytes);
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find('\n', at);
      ASSERT_NE(end, text.npos);
      const std::string line = text.substr(at, end - at);
      std::vector<std::set<std::string>> names;
      bool twice = false;
      const auto check = [&](int, nlohmann::json::parse_event_t event, nlohmann::json& value) {
        using Event = nlohmann::json::parse_event_t;
        if (event == Event::object_start) names.emplace_back();
        if (event == Event::object_end) names.pop_back();
        if (event == Event::key) twice |= !names.back().insert(value.get<std::string>()).second;
        return true;
      };
      const auto parsed = nlohmann::json::parse(line, check, false);
      ASSERT_FALSE(parsed.is_discarded()) << line;
      ASSERT_FALSE(twice) << line;
      at = end + 1;
      ++lines;
    }
  }
  EXPECT_GT(lines, 4000u);
}

TEST(Json, NamesAreSnakeCaseAndUniqueInTheirObject) {
  for (const Category* category : kTables) {
    std::set<std::string_view> items = {
        "category", "edition", "offset", "length", "file", "error", "record", "oddities"};
    const auto check = [](std::string_view name, std::set<std::string_view>& in) {
      EXPECT_FALSE(name.empty());
      EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"), name.npos) << name;
      EXPECT_TRUE(in.insert(name).second) << name;
    };
    const auto check_fields = [&](const Part& part) {
      std::set<std::string_view> fields;
      for (const Field& field : category->fields_of(part)) {
        if (field.form != Form::spare) check(field.name, fields);
      }
    };
    for (const Part& item : category->items) {
      if (item.shape == Shape::unused) continue;
      const bool value = item.shape == Shape::fixed && item.value_count == 1;
      const auto fields = category->fields_of(item);
      const auto first = std::find_if(
          fields.begin(), fields.end(), [](const Field& f) { return f.form != Form::spare; });
      check(value ? first->name : item.name, items);
      check_fields(item);
      std::set<std::string_view> subs;
      for (const Part& sub : category->subs_of(item)) {
        if (sub.shape == Shape::unused) continue;
        check(sub.name, subs);
        check_fields(sub);
      }
    }
  }
}

// As many items and fields as the standards have, the two opaque items of each without fields.
TEST(Json, TheTablesAreComplete) {
  const auto count = [](const Category& category) {
    std::size_t items = 0;
    std::size_t fields = 0;
    for (const Part& item : category.items) items += item.shape != Shape::unused;
    for (const Field& field : category.fields) fields += field.form != Form::spare;
    return std::pair(items, fields);
  };
  EXPECT_EQ(count(kCat048), std::pair(28ul, 141ul));
  EXPECT_EQ(count(kCat034), std::pair(14ul, 49ul));
  EXPECT_EQ(count(kCat021), std::pair(44ul, 158ul));
  EXPECT_EQ(count(kCat010), std::pair(27ul, 69ul));
  EXPECT_EQ(count(kCat021Ed023), std::pair(28ul, 67ul));
  // Two transponders more than the standard.
  EXPECT_EQ(count(kCat019), std::pair(12ul, 32ul));
  // The eight bits of an octet of receivers are one field here.
  EXPECT_EQ(count(kCat020), std::pair(28ul, 93ul));
  // Three fields for a register, one for a runway.
  EXPECT_EQ(count(kCat062), std::pair(29ul, 260ul));
}

// `liptako decode --fields` prints the reference; the document holds the same text.
TEST(Json, TheDocumentListsTheFieldsOfTheTables) {
  std::ifstream file(std::string(LIPTAKO_SOURCE_DIR) + "/docs/DECODE.md");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_NE(text.find(field_reference()), std::string::npos)
      << "docs/DECODE.md: replace the part below \"## Fields\" by the output of "
         "`liptako decode --fields`";
}

}  // namespace
}  // namespace liptako::codec::asterix
