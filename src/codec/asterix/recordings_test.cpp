// The codec against whole recordings of real sensors: nothing lost, and every record comes back bit
// for bit.
#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

#include "codec/asterix/decode.hpp"
#include "codec/asterix/encode.hpp"
#include "codec/asterix/recordings_for_tests.hpp"
#include "codec/asterix/values.hpp"

namespace liptako::codec::asterix {
namespace {

struct Counts {
  std::size_t cat048 = 0;
  std::size_t cat034 = 0;
  std::size_t cat021 = 0;
  std::size_t errors = 0;
  std::size_t other = 0;
  void on_report(const Cat048Report&) { ++cat048; }
  void on_report(const Cat034Message&) { ++cat034; }
  void on_report(const Cat021Report&) { ++cat021; }
  void on_error(const RecordError&) { ++errors; }
  void on_other(const Block&) { ++other; }
  friend bool operator==(const Counts&, const Counts&) = default;
};

Counts count(ByteView bytes) {
  Counts counts;
  decode_datagram(bytes, counts);
  return counts;
}

// Numbers of records from the manifest that comes with the recordings.
TEST(Recordings, JahorinaIsDecodedWhole) {
  LIPTAKO_NEED_RECORDING(bytes, "cat048_034_jahorina.ast.xz");
  EXPECT_EQ(count(bytes), (Counts{.cat048 = 2099, .cat034 = 20}));
}
TEST(Recordings, BarcelonaIsDecodedWhole) {
  LIPTAKO_NEED_RECORDING(bytes, "cat048_bcn_2023.ast.xz");
  EXPECT_EQ(count(bytes), (Counts{.cat048 = 44085}));
}
TEST(Recordings, AlicanteIsDecodedWhole) {
  LIPTAKO_NEED_RECORDING(bytes, "cat021_v2x_alicante.ast.xz");
  EXPECT_EQ(count(bytes), (Counts{.cat021 = 20090}));
}
// Categories outside the tables are handed over as blocks.
TEST(Recordings, CategoriesNotDecodedAreCounted) {
  LIPTAKO_NEED_RECORDING(bytes, "cat010_lebl_mlat_2016.ast.xz");
  const Counts counts = count(bytes);
  EXPECT_EQ(counts.errors, 0u);
  EXPECT_EQ(counts.other, 84'453u);
}

// Re-encodes every record from its field values, inside its block, and compares the whole file.
struct ValueRoundTrip {
  base::Bytes out;
  std::size_t records = 0;
  void on_record(const Record& record) {
    base::Bytes again;
    append_values(values_of(record), again);
    if (!std::equal(
            again.begin(), again.end(), record.info.bytes.begin(), record.info.bytes.end()) &&
        ++different <= 3) {
      ADD_FAILURE() << "record at byte " << record.info.offset << " changed";
    }
    ++records;
  }
  void on_error(const RecordError& error) { ADD_FAILURE() << to_string(error); }
  void on_other(const Block&) { ADD_FAILURE(); }
  std::size_t different = 0;
};

TEST(Recordings, EveryRecordIsTheSameAfterDecodingAndEncodingItsFields) {
  std::size_t records = 0;
  for (const char* name : kRecordings) {
    LIPTAKO_NEED_RECORDING(bytes, std::string(name) + ".ast.xz");
    ValueRoundTrip trip;
    BlockWalker walker(bytes);
    for_each_record(walker, trip);
    EXPECT_EQ(trip.different, 0u) << name;
    records += trip.records;
  }
  EXPECT_EQ(records, 2119u + 44085u + 20090u);
}

// Typed values are canonical: extents that say nothing and what sits in spare bits is not kept, so
// a report is compared after one more decoding.
struct TypedRoundTrip {
  std::size_t records = 0;
  std::size_t same_octets = 0;
  std::size_t different = 0;

  template <class Report>
  void on_report(const Report& report) {
    base::Bytes once;
    append_record(report, once);
    same_octets += std::ranges::equal(once, report.record.bytes);
    const Category& category = *find_category(report.record.category);
    const auto record = read_record(category, once, 0, 0);
    ASSERT_TRUE(record.has_value());
    base::Bytes twice;
    if constexpr (std::is_same_v<Report, Cat048Report>) append_record(to_cat048(*record), twice);
    if constexpr (std::is_same_v<Report, Cat034Message>) append_record(to_cat034(*record), twice);
    if constexpr (std::is_same_v<Report, Cat021Report>) append_record(to_cat021(*record), twice);
    different += once != twice;
    ++records;
  }
  void on_error(const RecordError& error) { ADD_FAILURE() << to_string(error); }
  void on_other(const Block&) { ADD_FAILURE(); }
};

TEST(Recordings, TypedReportsEncodeToWhatTheyWereDecodedFrom) {
  for (const char* name : kRecordings) {
    LIPTAKO_NEED_RECORDING(bytes, std::string(name) + ".ast.xz");
    TypedRoundTrip trip;
    decode_datagram(bytes, trip);
    EXPECT_EQ(trip.different, 0u) << name;
    // The ADS-B station sends I021/040 with an empty second extent in each record, which the
    // canonical encoding drops.
    const bool empty_extents = std::string_view(name) == "cat021_v2x_alicante";
    EXPECT_EQ(trip.same_octets, empty_extents ? 0 : trip.records) << name;
  }
}

}  // namespace
}  // namespace liptako::codec::asterix
