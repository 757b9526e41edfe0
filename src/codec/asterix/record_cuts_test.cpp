#include "codec/asterix/record_cuts.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "codec/asterix/decode.hpp"
#include "codec/asterix/random_records_for_tests.hpp"

namespace liptako::codec::asterix {
namespace {

// Counts what typed decoding gives.
struct Counter {
  std::size_t reports = 0;
  void on_report(const Cat010Report&) { ++reports; }
  void on_report(const Cat019Message&) { ++reports; }
  void on_report(const Cat020Report&) { ++reports; }
  void on_report(const Cat021Ed023Report&) { ++reports; }
  void on_report(const Cat021Report&) { ++reports; }
  void on_report(const Cat034Message&) { ++reports; }
  void on_report(const Cat048Report&) { ++reports; }
  void on_report(const Cat062Track&) { ++reports; }
  void on_error(const RecordError&) {}
  void on_other(const Block&) {}
};

std::size_t count_reports(base::ByteView datagram) {
  Counter counter;
  decode_datagram(datagram, counter);
  return counter.reports;
}

TEST(RecordCuts, AreTheRecordsThatDecodingGives) {
  for (std::uint64_t seed = 0; seed < 2'000; ++seed) {
    SCOPED_TRACE(seed);
    base::Prng prng(seed);
    base::Bytes datagram;
    std::vector<std::uint16_t> expected;
    std::size_t records = 0;
    for (std::uint64_t blocks = 1 + prng.below(3); blocks > 0; --blocks) {
      const Category& category = *kCategories[prng.below(std::size(kCategories))];
      RandomRecords random(category, prng.next());
      base::Bytes block{category.number, 0, 0};
      std::vector<std::uint16_t> edges;
      for (std::uint64_t count = 1 + prng.below(6); count > 0; --count) {
        edges.push_back(static_cast<std::uint16_t>(datagram.size() + block.size()));
        const base::Bytes record = random.record();
        block.insert(block.end(), record.begin(), record.end());
      }
      block[1] = static_cast<std::uint8_t>(block.size() >> 8);
      block[2] = static_cast<std::uint8_t>(block.size() & 0xFF);
      if (datagram.size() + block.size() > 0xFFFF) break;
      // A block's end is the cut before the next block's header.
      if (!datagram.empty()) expected.push_back(static_cast<std::uint16_t>(datagram.size()));
      expected.insert(expected.end(), edges.begin(), edges.end());
      records += edges.size();
      datagram.insert(datagram.end(), block.begin(), block.end());
    }
    std::vector<std::uint16_t> cuts;
    append_record_cuts(datagram, cuts);
    EXPECT_EQ(cuts, expected);
    EXPECT_EQ(count_reports(datagram), records);

    for (int damage = 0; damage < 3; ++damage)
      datagram[prng.below(datagram.size())] = static_cast<std::uint8_t>(prng.below(256));
    cuts.clear();
    append_record_cuts(datagram, cuts);
    EXPECT_TRUE(std::ranges::adjacent_find(cuts, std::greater_equal<>()) == cuts.end());
    EXPECT_TRUE(cuts.empty() || (cuts.front() > 0 && cuts.back() < datagram.size()));
    EXPECT_LE(count_reports(datagram), cuts.size());
  }
}

TEST(RecordCuts, OneRecordIsCutFromItsHeaderOnly) {
  RandomRecords records(kCat048, 1);
  const base::Bytes block = records.block(1);
  std::vector<std::uint16_t> cuts;
  append_record_cuts(block, cuts);
  EXPECT_EQ(cuts, (std::vector<std::uint16_t>{3}));
  cuts.clear();
  append_record_cuts({}, cuts);
  append_record_cuts(base::Bytes(100, 0xFF), cuts);
  EXPECT_TRUE(cuts.empty());
}

}  // namespace
}  // namespace liptako::codec::asterix
