#include "io/history_store.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace liptako::io {
namespace {

constexpr std::int64_t kStartS = 1'790'000'000;

base::Timestamp at(double seconds) {
  return base::timestamp_from_ns(kStartS * 1'000'000'000) + base::seconds(seconds);
}

HistoryRow row(std::uint32_t track, double from_s, double to_s, double degree = 0.0) {
  const auto e6 = static_cast<std::int32_t>(degree * 1e6);
  return {.track = {track},
          .from = at(from_s),
          .to = at(to_s),
          .box = {e6, e6, e6 + 100'000, e6 + 100'000},
          .states = 10,
          .list = 1,
          .open = false,
          .data = {1, 2, static_cast<std::uint8_t>(track)}};
}

HistoryBox box(double from_degree, double to_degree) {
  const auto from = static_cast<std::int32_t>(from_degree * 1e6);
  const auto to = static_cast<std::int32_t>(to_degree * 1e6);
  return {from, from, to, to};
}

class HistoryStores : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "liptako-history-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    auto store = HistoryStore::open(file());
    ASSERT_TRUE(store) << store.error().message;
    store_ = std::move(*store);
  }
  void TearDown() override {
    store_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  [[nodiscard]] std::filesystem::path file() const { return folder_ / "history" / "tracks.sqlite"; }
  void write(const std::vector<HistoryRow>& rows) {
    const auto done = store_->write(rows);
    ASSERT_TRUE(done) << done.error().message;
  }
  // The tracks of the rows a query visits.
  [[nodiscard]] static std::vector<std::uint32_t> tracks(HistoryStore& store,
                                                         const HistoryStore::Query& query) {
    std::vector<std::uint32_t> out;
    base::Timestamp last = at(-1e6);
    const auto done = store.query(query, [&](const HistoryRow& found, base::Timestamp not_before) {
      EXPECT_LE(not_before, found.from);
      EXPECT_LT(found.from - not_before, std::chrono::seconds(2));
      EXPECT_GE(not_before, last);
      last = not_before;
      out.push_back(found.track.value);
      return true;
    });
    EXPECT_TRUE(done);
    return out;
  }
  [[nodiscard]] std::vector<std::uint32_t> tracks(const HistoryStore::Query& query) {
    return tracks(*store_, query);
  }

  std::filesystem::path folder_;
  std::unique_ptr<HistoryStore> store_;
};

using Tracks = std::vector<std::uint32_t>;

TEST_F(HistoryStores, FindRowsByPlaceAndTime) {
  write(
      {row(1, 0, 100, 10.0), row(2, 50, 150, 10.05), row(3, 0, 100, 20.0), row(4, 200, 300, 10.0)});
  EXPECT_EQ(tracks({.boxes = {box(10, 11)}, .from = at(0), .to = at(110), .track = {}}),
            (Tracks{1, 2}));
  EXPECT_EQ(tracks({.boxes = {box(19, 21)}, .from = at(0), .to = at(110), .track = {}}),
            (Tracks{3}));
  EXPECT_EQ(tracks({.boxes = {}, .from = at(250), .to = at(251), .track = {}}), (Tracks{4}));
  EXPECT_EQ(tracks({.boxes = {}, .from = at(0), .to = at(0), .track = {}}), (Tracks{}));
}

TEST_F(HistoryStores, ARowThatTouchesTwoBoxesIsGivenOnce) {
  write({row(1, 0, 100, 10.0)});
  EXPECT_EQ(tracks({.boxes = {box(9, 11), box(10, 12)}, .from = at(0), .to = at(10), .track = {}}),
            (Tracks{1}));
}

TEST_F(HistoryStores, FindATrackByItself) {
  write({row(1, 0, 100), row(2, 0, 100), row(1, 101, 200), row(1, 201, 300)});
  EXPECT_EQ(tracks({.boxes = {}, .from = at(50), .to = at(150), .track = {{1}}}), (Tracks{1, 1}));
}

TEST_F(HistoryStores, GiveRowsBackAsTheyWere) {
  HistoryRow written = row(7, 1.25, 9.5, -33.25);
  written.open = true;
  written.data = base::Bytes(5000, 42);
  write({written});
  const auto rows = store_->open_rows();
  ASSERT_TRUE(rows && rows->size() == 1);
  const HistoryRow& got = rows->front();
  EXPECT_EQ(got.track, written.track);
  EXPECT_EQ(got.from, written.from);
  EXPECT_EQ(got.to, written.to);
  EXPECT_EQ(got.box.south_e6, written.box.south_e6);
  EXPECT_EQ(got.box.east_e6, written.box.east_e6);
  EXPECT_EQ(got.states, written.states);
  EXPECT_EQ(got.data, written.data);
}

TEST_F(HistoryStores, TheNextRowOfATrackReplacesItsOpenOne) {
  HistoryRow open = row(1, 0, 50);
  open.open = true;
  write({open, row(2, 0, 10)});
  HistoryRow grown = row(1, 0, 80);
  grown.open = true;
  write({grown});
  EXPECT_EQ(store_->open_rows()->size(), 1u);
  EXPECT_EQ(store_->totals()->rows, 2u);
  write({row(1, 0, 100)});
  EXPECT_TRUE(store_->open_rows()->empty());
  EXPECT_EQ(store_->totals()->rows, 2u);
  EXPECT_EQ(*store_->newest(), at(100));
}

TEST_F(HistoryStores, RetentionRemovesWhatEndedBefore) {
  write({row(1, 0, 100), row(2, 0, 200), row(3, 300, 400)});
  ASSERT_TRUE(store_->add_gap({at(10), at(20)}));
  EXPECT_EQ(*store_->remove_before(at(200)), 1u);
  EXPECT_EQ(tracks({.boxes = {}, .from = at(0), .to = at(500), .track = {}}), (Tracks{2, 3}));
  EXPECT_TRUE(store_->gaps(at(0), at(500))->empty());
}

TEST_F(HistoryStores, RetentionRemovesNoMoreAtOnceThanAsked) {
  write({row(1, 0, 100), row(2, 0, 100), row(3, 0, 100), row(4, 300, 400)});
  ASSERT_TRUE(store_->add_gap({at(10), at(20)}));
  EXPECT_EQ(*store_->remove_before(at(200), 2), 2u);
  EXPECT_EQ(store_->totals()->rows, 2u);
  EXPECT_FALSE(store_->gaps(at(0), at(500))->empty()) << "told as long as something of then is";
  EXPECT_EQ(*store_->remove_before(at(200), 2), 1u);
  EXPECT_EQ(store_->totals()->rows, 1u);
  EXPECT_TRUE(store_->gaps(at(0), at(500))->empty());
}

TEST_F(HistoryStores, GapsAreToldWhereTheyTouch) {
  ASSERT_TRUE(store_->add_gap({at(10), at(20)}));
  EXPECT_EQ(store_->gaps(at(0), at(11))->size(), 1u);
  EXPECT_EQ(store_->gaps(at(19), at(30))->front(), (HistoryGap{at(10), at(20)}));
  EXPECT_TRUE(store_->gaps(at(20), at(30))->empty());
}

TEST_F(HistoryStores, ListsOfSensorsKeepTheirIds) {
  const std::vector<std::string> few{"Kati"};
  const std::vector<std::string> more{"Kati", "a\nb", ""};
  const auto one = store_->list_id(few);
  const auto two = store_->list_id(more);
  ASSERT_TRUE(one && two);
  EXPECT_NE(*one, *two);
  EXPECT_EQ(*store_->list_id(few), *one);
  EXPECT_EQ(*store_->names_of(*two), more);
  EXPECT_TRUE(store_->names_of(99)->empty());
}

TEST_F(HistoryStores, AReaderSeesWhatWasCommitted) {
  write({row(1, 0, 100)});
  auto reader = HistoryStore::open_read_only(file());
  ASSERT_TRUE(reader) << reader.error().message;
  write({row(2, 0, 100)});
  EXPECT_EQ(tracks(**reader, {.boxes = {}, .from = at(0), .to = at(10), .track = {}}),
            (Tracks{1, 2}));
  EXPECT_FALSE((*reader)->write(std::vector{row(3, 0, 1)}));
}

TEST_F(HistoryStores, AVisitorMayEndTheQuery) {
  write({row(1, 0, 100), row(2, 10, 100)});
  int visits = 0;
  ASSERT_TRUE(store_->query({.boxes = {}, .from = at(0), .to = at(50), .track = {}},
                            [&](const HistoryRow&, base::Timestamp) {
                              ++visits;
                              return false;
                            }));
  EXPECT_EQ(visits, 1);
  write({row(3, 0, 100)});  // nothing stays locked
}

TEST_F(HistoryStores, LastBeyondTheProcess) {
  write({row(1, 0, 100)});
  ASSERT_TRUE(store_->set_note("key", "value"));
  store_.reset();
  auto again = HistoryStore::open(file());
  ASSERT_TRUE(again);
  EXPECT_EQ((*again)->totals()->rows, 1u);
  EXPECT_EQ(**(*again)->note("key"), "value");
}

TEST_F(HistoryStores, AFileThatIsNoHistoryIsRefused) {
  const auto other = folder_ / "other";
  std::ofstream(other) << std::string(10'000, 'x');
  EXPECT_FALSE(HistoryStore::open(other));
  EXPECT_FALSE(HistoryStore::open_read_only(other));
  EXPECT_FALSE(HistoryStore::open_read_only(folder_ / "absent"));
}

// The R-tree is asked, not the table: how many rows a query touches follows from the box and the
// time, not from how much is stored.
TEST_F(HistoryStores, AQueryTouchesOnlyRowsNearIt) {
  std::vector<HistoryRow> rows;
  for (std::uint32_t i = 0; i < 5000; ++i)
    rows.push_back(row(i, (i / 50) * 600.0, (i / 50) * 600.0 + 599.0, 0.2 * (i % 50)));
  write(rows);
  std::size_t visits = 0;
  ASSERT_TRUE(
      store_->query({.boxes = {box(3.0, 4.0)}, .from = at(6000), .to = at(6599), .track = {}},
                    [&](const HistoryRow&, base::Timestamp) { return ++visits > 0; }));
  EXPECT_GT(visits, 0u);
  EXPECT_LE(visits, 7u);
}

}  // namespace
}  // namespace liptako::io
