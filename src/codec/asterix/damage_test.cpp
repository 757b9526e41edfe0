// Ten thousand damaged recordings: nothing crashes or loops, and what was not touched is still
// delivered.
#include <gtest/gtest.h>

#include <map>

#include "codec/asterix/decode.hpp"
#include "codec/asterix/json.hpp"
#include "codec/asterix/random_records_for_tests.hpp"
#include "codec/asterix/recordings_for_tests.hpp"
#include "codec/asterix/values.hpp"

namespace liptako::codec::asterix {
namespace {

using base::Bytes;

// Recordings as whole blocks, so that damage can be laid to a block's account.
std::vector<Bytes> blocks_of(ByteView recording, std::size_t limit) {
  std::vector<Bytes> blocks;
  for (std::size_t at = 0; at + 3 <= recording.size() && blocks.size() < limit;) {
    const std::size_t length = std::size_t{recording[at + 1]} << 8 | recording[at + 2];
    blocks.emplace_back(recording.begin() + static_cast<std::ptrdiff_t>(at),
                        recording.begin() + static_cast<std::ptrdiff_t>(at + length));
    at += length;
  }
  return blocks;
}

struct AnyReport {
  std::size_t reports = 0;
  template <class Report>
  void on_report(const Report&) {
    ++reports;
  }
  void on_error(const RecordError&) {}
  void on_other(const Block&) {}
};

struct Delivered {
  AnyReport any;
  std::multimap<std::size_t, std::size_t> lengths;  // by offset in the data
  std::string text;
  void on_record(const Record& record) {
    lengths.emplace(record.info.offset, record.info.bytes.size());
    Bytes again;
    append_values(values_of(record), again);
    ASSERT_TRUE(std::ranges::equal(again, record.info.bytes));
    text.clear();
    append_json(record, "", text);
    TypedReports<AnyReport> typed{any};
    typed.on_record(record);
  }
  void on_error(const RecordError& error) { ASSERT_FALSE(to_string(error).empty()); }
  void on_other(const Block&) {}
};

struct Tally {
  std::size_t untouched = 0;  // records in untouched blocks
  std::size_t delivered = 0;  // of those
};

// Damages `blocks` in up to `most` places (octets changed, inserted, removed), decodes, and counts
// which records of untouched blocks arrive where they now are.
void damage_and_count(std::vector<Bytes> blocks,
                      std::uint64_t most,
                      base::Prng& prng,
                      Tally& tally,
                      Editions editions = {}) {
  std::vector<bool> touched(blocks.size(), false);
  const std::uint64_t places = 1 + prng.below(most);
  for (std::uint64_t i = 0; i < places; ++i) {
    const std::size_t b = prng.below(blocks.size());
    Bytes& block = blocks[b];
    touched[b] = true;
    if (block.empty()) continue;
    const auto at = block.begin() + static_cast<std::ptrdiff_t>(prng.below(block.size()));
    switch (prng.below(3)) {
      case 0:
        *at = static_cast<std::uint8_t>(prng.next());
        break;
      case 1:
        block.insert(at, static_cast<std::uint8_t>(prng.next()));
        break;
      default:
        block.erase(at);
    }
  }
  Bytes data;
  std::vector<std::size_t> starts;
  for (const Bytes& block : blocks) {
    starts.push_back(data.size());
    data.insert(data.end(), block.begin(), block.end());
  }
  Delivered got;
  BlockWalker walker(data, 0, false, editions);
  for_each_record(walker, got);

  for (std::size_t b = 0; b < blocks.size(); ++b) {
    const Category* category = find_category(blocks[b].empty() ? 0 : blocks[b][0], editions);
    if (touched[b] || category == nullptr) continue;
    const ByteView content = ByteView(blocks[b]).subspan(3);
    for (std::size_t at = 0; at < content.size();) {
      const auto record = read_record(*category, content.subspan(at), 0, 0);
      ASSERT_TRUE(record.has_value());
      const auto [first, last] = got.lengths.equal_range(starts[b] + 3 + at);
      bool found = false;
      for (auto it = first; it != last; ++it) found |= it->second == record->info.bytes.size();
      ++tally.untouched;
      tally.delivered += found;
      at += record->info.bytes.size();
    }
  }
}

TEST(Damage, OfOwnBlocksLosesOnlyWhatItTouches) {
  base::Prng prng(31);
  Tally tally;
  for (std::uint64_t run = 0; run < 5000; ++run) {
    std::vector<Bytes> blocks;
    for (std::uint64_t i = 0; i < 20; ++i) {
      RandomRecords random(*kCategories[prng.below(std::size(kCategories))], run * 20 + i);
      blocks.push_back(random.block());
    }
    damage_and_count(std::move(blocks), 5, prng, tally);
  }
  EXPECT_GT(tally.untouched, 100'000u);
  EXPECT_GE(tally.delivered * 1000, tally.untouched * 990)
      << tally.delivered << " of " << tally.untouched;
  RecordProperty("delivered_ppm", static_cast<int>(tally.delivered * 1'000'000 / tally.untouched));
}

TEST(Damage, OfRealRecordingsLosesOnlyWhatItTouches) {
  base::Prng prng(32);
  for (const char* name : kRecordings) {
    LIPTAKO_NEED_RECORDING(file, name);
    const std::vector<Bytes> all = blocks_of(unframed(file), 100'000);
    Tally tally;
    for (int run = 0; run < 1000; ++run) {
      const std::size_t from = prng.below(all.size() - 200);
      const std::vector<Bytes> piece(all.begin() + static_cast<std::ptrdiff_t>(from),
                                     all.begin() + static_cast<std::ptrdiff_t>(from + 200));
      damage_and_count(piece, 50, prng, tally, editions_of(name));
    }
    EXPECT_GE(tally.delivered * 1000, tally.untouched * 990)
        << name << ": " << tally.delivered << " of " << tally.untouched;
    RecordProperty(name, static_cast<int>(tally.delivered * 1'000'000 / tally.untouched));
  }
}

// Bytes made to cost: headers at every place, chains that never end, blocks within blocks. Work is
// counted in records and errors, which bound it.
TEST(Damage, HostileBytesCostNoMoreThanTheirLength) {
  for (const Bytes& unit : {Bytes{48, 0, 4},
                            Bytes{48, 0xFF, 0xFF},
                            Bytes{21, 0, 4, 0xFF},
                            Bytes{0xFF},
                            Bytes{34, 0, 5, 0x80},
                            Bytes{48, 0, 6, 0x80, 1, 2, 0}}) {
    Bytes data;
    while (data.size() < 400'000) data.insert(data.end(), unit.begin(), unit.end());
    struct Count {
      std::size_t calls = 0;
      void on_record(const Record&) { ++calls; }
      void on_error(const RecordError&) { ++calls; }
      void on_other(const Block&) { ++calls; }
    } count;
    BlockWalker walker(data);
    for_each_record(walker, count);
    EXPECT_LE(count.calls, data.size());
  }
}

}  // namespace
}  // namespace liptako::codec::asterix
