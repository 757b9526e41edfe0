// Equal numbers to an independent decoder: its kept results for whole recordings, of every leaf
// over the whole file and value by value for the first 2,000 records.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "codec/asterix/decode.hpp"
#include "codec/asterix/recordings_for_tests.hpp"
#include "codec/asterix/walk.hpp"
#include "spec/asterix/cat019.hpp"

namespace liptako::codec::asterix {
namespace {

// 64 bits do not hold the sum of 92,414 registers.
__extension__ using Wide = unsigned __int128;

struct Leaf {
  Wide count = 0;
  Wide min = ~Wide{0};
  Wide max = 0;
  Wide sum = 0;
  friend bool operator==(const Leaf&, const Leaf&) = default;
};
using Leaves = std::map<std::string, Leaf>;

// Names leaves as the kept results do: "048/250[]/BDS1", "034/050/COM/NOGO", "048/140".
struct LeafWalker {
  std::string item;
  bool element = false;
  void begin_item(const Part& part, ByteView) { item = part.code; }
  void end_item() {}
  void begin_sub(const Part& sub, ByteView) { item += "/" + std::string(sub.code); }
  void end_sub() { item.resize(item.rfind('/')); }
  void begin_element() { element = true; }
  void end_element() { element = false; }
  void extra(ByteView) {}
  [[nodiscard]] std::string name(const Field& field) const {
    std::string path = item + (element ? "[]" : "");
    if (!field.code.empty()) path += "/" + std::string(field.code);
    // That decoder gives both reception times of CAT021 one name.
    if (path == "076/TOMRV") path = "076/TOMRP";
    return path;
  }
};

// They come with the system tracks.
bool not_decoded_here(unsigned category) { return category == 63 || category == 65; }

// That decoder follows the letter of [CAT019 ed. 1.3] and refuses a third octet of I019/553.
bool refused_there(const Record& record) {
  constexpr std::size_t kTransponders = item_index(kCat019, "553");
  return record.info.category == 19 && record.has(kTransponders) &&
         record.item(kTransponders).size() > 2;
}

// What is one field here and eight there: the bits of an octet, the highest first.
constexpr const char* kReceivers = "400[]";

struct Digest : LeafWalker {
  Leaves leaves;
  std::string category;
  std::size_t refused = 0;
  void add(const std::string& path, std::uint64_t raw) {
    Leaf& leaf = leaves[category + "/" + path];
    ++leaf.count;
    leaf.min = std::min<Wide>(leaf.min, raw);
    leaf.max = std::max<Wide>(leaf.max, raw);
    leaf.sum += raw;
  }
  void field(const Field& field, std::uint64_t raw) {
    if (field.form == Form::spare) return;
    const std::string path = name(field);
    if (path != kReceivers) return add(path, raw);
    for (unsigned i = 0; i < 8; ++i) {
      add(path + "/BIT" + std::to_string(i + 1), raw >> (7 - i) & 1);
    }
  }
  void opaque(ByteView) {}
  void on_record(const Record& record) {
    if (refused_there(record)) {
      ++refused;
      return;
    }
    category = "0" + std::to_string(record.info.category);
    walk(record, *this);
  }
  void on_error(const RecordError& error) { ADD_FAILURE() << to_string(error); }
  void on_other(const Block& block) { EXPECT_TRUE(not_decoded_here(block.category)); }
};

// The object "leaf[n,min,max,sum of raw uint]" of the kept digest. Its sums exceed what JSON
// libraries keep exactly.
Leaves read_digest(const std::string& text) {
  Leaves leaves;
  std::size_t at = text.find("\"leaf[");
  at = text.find('{', at) + 1;
  const std::size_t end = text.find('}', at);
  while (true) {
    const std::size_t open = text.find('"', at);
    if (open == text.npos || open > end) return leaves;
    const std::size_t close = text.find('"', open + 1);
    at = text.find('[', close) + 1;
    std::array<Wide, 4> numbers{};
    for (Wide& number : numbers) {
      at = text.find_first_of("0123456789", at);
      for (; at < end && text[at] >= '0' && text[at] <= '9'; ++at) {
        number = number * 10 + static_cast<unsigned>(text[at] - '0');
      }
    }
    leaves[text.substr(open + 1, close - open - 1)] = {
        numbers[0], numbers[1], numbers[2], numbers[3]};
  }
}

std::string text_of(const base::Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

std::string stem(const std::string& name) { return name.substr(0, name.find('.')); }

class Exactness : public testing::TestWithParam<const char*> {};

TEST_P(Exactness, EveryLeafOfTheWholeFileHasTheSameCountMinimumMaximumAndSum) {
  const std::string name = GetParam();
  LIPTAKO_NEED_RECORDING(bytes, name);
  LIPTAKO_NEED_RECORDING(kept, "decoded/" + stem(name) + ".libasterix.digest.json");
  Digest digest;
  for (const Piece& piece : pieces_of(bytes)) {
    BlockWalker walker(piece.blocks, 0, false, editions_of(name));
    for_each_record(walker, digest);
  }
  EXPECT_EQ(digest.refused, name.starts_with("cat020") ? 121u : 0u);

  std::size_t compared = 0;
  for (const auto& [path, leaf] : read_digest(text_of(kept))) {
    // Reserved expansion fields are kept as octets here.
    if (path.substr(4, 2) == "RE" || not_decoded_here(static_cast<unsigned>(std::stoi(path)))) {
      continue;
    }
    EXPECT_TRUE(digest.leaves[path] == leaf) << path;
    digest.leaves.erase(path);
    ++compared;
  }
  EXPECT_GT(compared, 30u);
  // What is left are bits that were spare in the edition of the kept results.
  for (const auto& [path, leaf] : digest.leaves) EXPECT_TRUE(leaf.sum == 0) << path;
}

// One kept value: a raw number, [raw, scaled] or [raw, text].
struct FirstRecords : LeafWalker {
  const Category* category = nullptr;
  const nlohmann::json* items = nullptr;
  std::size_t element_number = 0;
  std::size_t compared = 0;
  std::size_t scaled_compared = 0;
  std::uint64_t offset = 0;

  void begin_item(const Part& part, ByteView octets) {
    LeafWalker::begin_item(part, octets);
    element_number = 0;
  }
  void end_element() {
    LeafWalker::end_element();
    ++element_number;
  }
  void opaque(ByteView) {}
  void field(const Field& field, std::uint64_t raw) {
    if (field.form == Form::spare) return;
    const std::string path = name(field);
    if (path == kReceivers) return compare_receivers(raw);
    const nlohmann::json* node = items;
    for (std::size_t at = 0; at < path.size();) {
      const std::size_t slash = std::min(path.find('/', at), path.size());
      std::string step = path.substr(at, slash - at);
      const bool list = step.ends_with("[]");
      if (list) step.resize(step.size() - 2);
      // Fields of editions later than the kept one are absent there.
      if (!node->is_object() || !node->contains(step)) {
        EXPECT_EQ(raw, 0u) << path << " at byte " << offset;
        return;
      }
      node = &node->at(step);
      if (list) node = &node->at(element_number);
      at = slash + 1;
    }
    const nlohmann::json& kept = node->is_array() ? node->at(0) : *node;
    EXPECT_EQ(kept.get<std::uint64_t>(), raw) << path << " at byte " << offset;
    ++compared;
    const bool quantity = field.form == Form::number || field.form == Form::signed_number;
    if (!quantity || !node->is_array() || !node->at(1).is_number()) return;
    // Kept with nine decimals, and speeds in NM/s where ours are in knots.
    double per_unit = field.name.ends_with("_kt") && field.scale.den == 16384 ? 3600.0 : 1.0;
    // The known difference: that decoder counts these in sixteenths (physics_test.cpp).
    const bool surface = items->contains("000") && (item == "202" || item == "210");
    if (surface) per_unit = 4.0;
    EXPECT_NEAR(node->at(1).get<double>() * per_unit, scaled(field, raw), 1e-9 * per_unit) << path;
    ++scaled_compared;
  }
  void compare_receivers(std::uint64_t raw) {
    const nlohmann::json& bits = items->at("400").at(element_number);
    for (unsigned i = 0; i < 8; ++i) {
      EXPECT_EQ(bits.at("BIT" + std::to_string(i + 1)), raw >> (7 - i) & 1) << offset;
      ++compared;
    }
  }
  void on_error(const RecordError& error) { ADD_FAILURE() << to_string(error); }
  void on_other(const Block& block) { EXPECT_TRUE(not_decoded_here(block.category)); }
};

TEST_P(Exactness, TheFirstTwoThousandRecordsHaveTheSameValues) {
  const std::string name = GetParam();
  LIPTAKO_NEED_RECORDING(bytes, name);
  LIPTAKO_NEED_RECORDING(kept, "decoded/" + stem(name) + ".libasterix.first2000.jsonl.xz");
  std::vector<nlohmann::json> lines;
  const std::string text = text_of(kept);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    auto line = nlohmann::json::parse(text.substr(at, end - at));
    if (!not_decoded_here(line.at("cat"))) lines.push_back(std::move(line));
    at = end + 1;
  }
  ASSERT_EQ(lines.size(), name.starts_with("cat062") ? 1236u : 2000u);

  struct Comparison : FirstRecords {
    const std::vector<nlohmann::json>* lines = nullptr;
    std::size_t line = 0;
    void on_record(const Record& record) {
      if (line == lines->size() || refused_there(record)) return;
      const nlohmann::json& expected = (*lines)[line++];
      EXPECT_EQ(expected.at("cat"), record.info.category);
      EXPECT_EQ(expected.at("off"), record.info.offset);
      EXPECT_EQ(expected.at("len"), record.info.bytes.size());
      offset = record.info.offset;
      items = &expected.at("items");
      walk(record, *this);
    }
  } comparison;
  comparison.lines = &lines;
  for (const Piece& piece : pieces_of(bytes)) {
    BlockWalker walker(piece.blocks, piece.offset, false, editions_of(name));
    for_each_record(walker, comparison);
  }
  EXPECT_EQ(comparison.line, lines.size());
  EXPECT_GT(comparison.compared, 50'000u);
  EXPECT_GT(comparison.scaled_compared, 5'000u);
  RecordProperty("values", static_cast<int>(comparison.compared));
}

INSTANTIATE_TEST_SUITE_P(Recordings, Exactness, testing::ValuesIn(kRecordings));

}  // namespace
}  // namespace liptako::codec::asterix
