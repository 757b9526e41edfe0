#include "codec/asterix/record.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "codec/asterix/decode.hpp"
#include "codec/asterix/random_records_for_tests.hpp"
#include "codec/asterix/values.hpp"
#include "codec/asterix/walk.hpp"

namespace liptako::codec::asterix {
namespace {

// A category that uses every structural rule, for tests of the machinery alone.
namespace synthetic_facts {
using namespace table;
inline constexpr std::string_view kColours[] = {"red", "", "blue"};
inline constexpr Row kRows[] = {
    fixed("010", "sac_sic", "Source"),
    u("SAC", "sac", 8),
    u("SIC", "sic", 8),
    fixed("020", "mixed", "Fields across octets"),
    flag("A", "a"),
    s("B", "b_m", 14, {1, 4}),
    spare(3),
    code("C", "colour", 6, kColours),
    extended("030", "chain", "Extended"),
    u("A", "a", 7),
    fx,
    spare(3),
    u("B", "b", 4),
    fx,
    repetitive("040", "list", "Repetitive"),
    u("A", "a", 4),
    hex("B", "b", 12),
    repetitive_fx("050", "codes", "Repeated by FX"),
    u("", "codes", 7),
    fx,
    unused(),
    compound("070", "parts", "Compound"),
    sub_fixed("A", "a"),
    u("", "a_s", 8, {1, 128}),
    sub_unused(),
    sub_extended("B", "b"),
    u("X", "x", 7),
    fx,
    sub_repetitive("C", "c"),
    u("X", "x", 8),
    sub_fixed("D", "d"),
    u("X", "x", 8),
    u("Y", "y", 8),
    sub_fixed("E", "e"),
    u("", "e", 8),
    sub_fixed("F", "f"),
    u("", "f", 8),
    sub_fixed("G", "g"),
    u("", "g", 8),
    fixed("080", "wide", "Wide"),
    hex("", "wide", 64),
    explicit_length("SP", "special_purpose", "Opaque"),
    repetitive_fx("090", "pairs", "Repeated by FX, three octets an element"),
    u("A", "a", 8),
    u("B", "b", 15),
    fx,
    fixed("100", "name", "Text"),
    text8("", "name", 4),
};
inline constexpr auto kCompiled = compile(kRows);
}  // namespace synthetic_facts
constexpr Category kSynthetic = synthetic_facts::kCompiled.category(250, "1.0", "Synthetic");

std::vector<const Category*> all_categories() {
  std::vector<const Category*> all(std::begin(kTables), std::end(kTables));
  all.push_back(&kSynthetic);
  return all;
}

std::string error_of(const Category& category, const base::Bytes& octets) {
  const auto record = read_record(category, octets, 3, 0);
  return record ? "" : to_string(record.error());
}

TEST(Record, FindsItsItems) {
  const base::Bytes octets = {
      0xF9, 0xB0,                 // 010 020 030 040 050, -, -; 080, -, 090, 100
      23,   2,                    // 010
      0x80, 0x01, 0x02,           // 020
      0x03, 0x04,                 // 030: two octets
      2,    1,    2,    3,    4,  // 040: two elements
      0x0B, 0x0C,                 // 050: two elements
      1,    2,    3,    4,    5, 6,    7,
      8,    1,    0x03, 0x05, 2, 0x01, 0x04,  // 090: two elements of three octets
      'A',  'B',  ' ',  ' ',
  };
  const auto record = read_record(kSynthetic, octets, 0, 0);
  ASSERT_TRUE(record.has_value()) << to_string(record.error());
  EXPECT_EQ(record->info.bytes.size(), octets.size());
  EXPECT_EQ(record->item(1).size(), 3u);
  EXPECT_EQ(record->item(2).size(), 2u);
  EXPECT_EQ(record->item(3).size(), 5u);
  EXPECT_EQ(record->item(4).size(), 2u);
  EXPECT_FALSE(record->has(5));
  EXPECT_EQ(record->item(7).size(), 8u);
  EXPECT_EQ(record->item(9).size(), 6u);
  EXPECT_EQ(record->item(10).size(), 4u);
}

TEST(Record, SaysWhichItemIsCutAndByHowMuch) {
  // The second element of I250/090 lacks its last octet.
  EXPECT_EQ(error_of(kSynthetic, {0x01, 0x20, 1, 2, 5, 2, 2}),
            "CAT250 record at byte 3: I250/090 needs 6 bytes, 5 left");
  EXPECT_EQ(error_of(kCat048, {0x90, 23, 2, 0x12, 0x34}),
            "CAT048 record at byte 3: I048/040 needs 4 bytes, 2 left");
  EXPECT_EQ(error_of(kCat048, {0x80}), "CAT048 record at byte 3: I048/010 needs 2 bytes, 0 left");
  EXPECT_EQ(error_of(kCat048, {0x20, 0xA1, 0x01}),
            "CAT048 record at byte 3: I048/020 needs 3 bytes, 2 left");
  EXPECT_EQ(error_of(kCat048, {0x01, 0x20, 2, 1, 2, 3}),
            "CAT048 record at byte 3: I048/250 needs 17 bytes, 4 left");
  EXPECT_EQ(error_of(kCat048, {0x02, 0xC0, 7}),
            "CAT048 record at byte 3: I048/130 needs 3 bytes, 2 left");
}

TEST(Record, RefusesWhatTheCategoryDoesNotDefine) {
  EXPECT_EQ(error_of(kCat048, {}),
            "CAT048 record at byte 3: the FSPEC goes on past the end of the block");
  EXPECT_EQ(error_of(kCat048, {0x01, 0x01}),
            "CAT048 record at byte 3: the FSPEC goes on past the end of the block");
  EXPECT_EQ(error_of(kCat048, {0x00, 1, 2}),
            "CAT048 record at byte 3: the FSPEC announces no item");
  // CAT021 has no item at position 43, CAT034 none beyond its second FSPEC octet.
  EXPECT_EQ(error_of(kCat021, {0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x80, 0}),
            "CAT021 record at byte 3: FSPEC byte 7 announces an undefined item");
  EXPECT_EQ(error_of(kCat034, {0x81, 0x01, 0x80, 23, 2}),
            "CAT034 record at byte 3: FSPEC byte 3 announces an undefined item");
  // A presence bit of I034/050 that means nothing, and a reserved expansion field of length 0.
  EXPECT_EQ(error_of(kCat034, {0x04, 0x40, 0}),
            "CAT034 record at byte 3: I034/050 at byte 4 announces an impossible structure");
  EXPECT_EQ(error_of(kCat034, {0x01, 0x04, 0}),
            "CAT034 record at byte 3: I034/RE at byte 5 announces an impossible structure");
}

TEST(Record, KeepsChainsThatAreLongerThanTheTable) {
  const base::Bytes octets = {0x20, 0x03, 0x07, 0x55, 0x54};  // I/030 with four octets, two defined
  const auto record = read_record(kSynthetic, octets, 0, 0);
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(record->item(2).size(), 4u);
  base::Bytes again;
  append_values(values_of(*record), again);
  EXPECT_EQ(again, octets);
}

TEST(Record, KeepsPaddedFspecs) {
  const base::Bytes octets = {
      0x81, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x00, 23, 2};
  const auto record = read_record(kSynthetic, octets, 0, 0);
  ASSERT_TRUE(record.has_value());
  base::Bytes again;
  append_values(values_of(*record), again);
  EXPECT_EQ(again, octets);
}

// decode, then encode: identity, for anything that obeys a table.
TEST(Record, FieldValuesGiveBackTheSameOctets) {
  for (const Category* category : all_categories()) {
    RandomRecords random(*category, 7);
    for (int i = 0; i < 3000; ++i) {
      const base::Bytes octets = random.record();
      const auto record = read_record(*category, octets, 0, 0);
      ASSERT_TRUE(record.has_value()) << to_string(record.error());
      ASSERT_EQ(record->info.bytes.size(), octets.size());
      base::Bytes again;
      append_values(values_of(*record), again);
      ASSERT_EQ(again, octets) << "category " << unsigned{category->number} << ", record " << i;
    }
  }
}

// Every prefix of a record is an error, never a shorter record that reads.
TEST(Record, EveryPrefixIsRefused) {
  for (const Category* category : all_categories()) {
    RandomRecords random(*category, 8);
    for (int i = 0; i < 100; ++i) {
      const base::Bytes octets = random.record();
      for (std::size_t n = 0; n < octets.size(); ++n) {
        const base::Bytes cut(octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(n));
        const auto record = read_record(*category, cut, 0, 0);
        ASSERT_FALSE(record.has_value());
        ASSERT_LE(record.error().offset, n);
        ASSERT_FALSE(to_string(record.error()).empty());
      }
    }
  }
}

struct Trace {
  std::string text;
  void on_record(const Record& record) { text += "r" + std::to_string(record.info.offset) + " "; }
  void on_error(const RecordError& error) { text += "e(" + to_string(error) + ") "; }
  void on_other(const Block& block) {
    text += "o" + std::to_string(block.category) + "@" + std::to_string(block.offset) + " ";
  }
};
std::string trace(const base::Bytes& bytes) {
  Trace trace;
  BlockWalker walker(bytes);
  for_each_record(walker, trace);
  return trace.text;
}

TEST(Blocks, DeliverTheirRecordsInOrder) {
  EXPECT_EQ(trace({}), "");
  EXPECT_EQ(trace({48, 0, 6, 0x80, 23, 2, 34, 0, 9, 0x80, 23, 2, 0x80, 23, 3}), "r3 r9 r12 ");
}

TEST(Blocks, OfOtherCategoriesArePassedOver) {
  EXPECT_EQ(trace({63, 0, 5, 1, 2, 48, 0, 6, 0x80, 23, 2}), "o63@0 r8 ");
}

TEST(Blocks, ARecordInErrorEndsItsBlockAndNotTheDatagram) {
  EXPECT_EQ(trace({48, 0, 8, 0x80, 23, 2, 0x90, 1, 48, 0, 6, 0x80, 23, 4}),
            "r3 e(CAT048 record at byte 6: I048/010 needs 2 bytes, 1 left) r11 ");
}

TEST(Blocks, ALengthThatCannotBeIsReportedAndTheNextBlockFound) {
  EXPECT_EQ(trace({48, 0, 2, 0x80, 23, 2, 48, 0, 6, 0x80, 23, 4}),
            "e(CAT048 block at byte 0: length 2, 12 bytes left) r9 ");
  EXPECT_EQ(trace({48, 9, 6, 0x80, 23, 2, 48, 0, 6, 0x80, 23, 4}),
            "e(CAT048 block at byte 0: length 2310, 12 bytes left) r9 ");
  EXPECT_EQ(trace({48, 0}), "e(byte 0: a block header needs 3 bytes, 2 left) ");
}

TEST(Blocks, ALengthThatIsTooLongLosesOnlyItsOwnBlock) {
  base::Bytes bytes;
  for (std::uint8_t i = 0; i < 5; ++i) {
    const base::Bytes block = {48, 0, 10, 0xA0, 23, i, 0xA0, 0xA0, 23, i, 0xA0};
    bytes.insert(bytes.end(), block.begin(), block.end());
    bytes[i * 11 + 2] = 11;
  }
  bytes[13] = 16;  // the second block's length: into the third
  Trace got;
  BlockWalker walker(bytes);
  for_each_record(walker, got);
  for (const char* record :
       {"r3 ", "r7 ", "r14 ", "r18 ", "r25 ", "r29 ", "r36 ", "r47 ", "r51 "}) {
    EXPECT_NE(got.text.find(record), std::string::npos) << record << " in " << got.text;
  }
}

// A file read in pieces gives what it gives read at once.
TEST(Blocks, PiecesGiveTheSameAsTheWhole) {
  base::Bytes bytes;
  base::Prng prng(11);
  for (std::uint64_t i = 0; bytes.size() < 3'000'000; ++i) {
    RandomRecords random(*kCategories[i % std::size(kCategories)], i);
    const base::Bytes block = random.block(12);
    bytes.insert(bytes.end(), block.begin(), block.end());
    if (prng.chance(0.02)) bytes[bytes.size() - 1 - prng.below(200)] ^= 0x5A;
  }
  const std::string whole = trace(bytes);
  Trace pieces;
  std::size_t base = 0;
  while (base < bytes.size()) {
    const std::size_t n = std::min(bytes.size() - base, BlockWalker::kPiece);
    const bool more = base + n < bytes.size();
    BlockWalker walker(ByteView(bytes).subspan(base, n), base, more);
    for_each_record(walker, pieces);
    ASSERT_GT(walker.consumed(), 0u);
    base += walker.consumed();
  }
  EXPECT_TRUE(pieces.text == whole);
}

}  // namespace
}  // namespace liptako::codec::asterix
