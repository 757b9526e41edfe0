#include "node/finding_book.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace liptako::node {
namespace {

track::Finding finding(std::uint32_t number, int second) {
  track::Finding f;
  f.track = base::TrackNumber{number};
  f.time = base::Timestamp() + std::chrono::seconds(second);
  f.sensor = 2;
  return f;
}

TEST(FindingBook, TellsWhatWasFoundOfATrackOldestFirst) {
  FindingBook book;
  const std::vector<track::Finding> found = {finding(7, 1), finding(8, 2), finding(7, 3)};
  book.note(found);
  const auto of_seven = book.of(base::TrackNumber{7});
  ASSERT_EQ(of_seven.size(), 2u);
  EXPECT_EQ(of_seven[0].time, found[0].time);
  EXPECT_EQ(of_seven[1].time, found[2].time);
  EXPECT_TRUE(book.of(base::TrackNumber{9}).empty());
}

TEST(FindingBook, SinglePlotsAndFindingsOfNoTrackPushNothingOut) {
  FindingBook book;
  book.note(std::vector{finding(7, 1)});
  track::Finding plot = finding(7, 2);
  plot.kind = track::FindingKind::plot;
  for (std::size_t i = 0; i < 2 * FindingBook::kKept; ++i)
    book.note(std::vector{plot, finding(0, 3)});
  EXPECT_EQ(book.of(base::TrackNumber{7}).size(), 1u);
}

TEST(FindingBook, KeepsTheNewestAndNoMore) {
  FindingBook book;
  constexpr int kAll = static_cast<int>(FindingBook::kKept) + 100;
  for (int i = 0; i < kAll; ++i) book.note(std::vector{finding(7, i)});
  const auto kept = book.of(base::TrackNumber{7});
  ASSERT_EQ(kept.size(), FindingBook::kKept);
  for (std::size_t i = 0; i < kept.size(); ++i)
    EXPECT_EQ(kept[i].time, finding(7, 100 + static_cast<int>(i)).time);
}

TEST(FindingBook, AChangeOfSensorsTakesTheirNamesAndLeavesTheFindings) {
  FindingBook book;
  book.note(std::vector{finding(7, 1)});
  book.forget_sensors();
  const auto kept = book.of(base::TrackNumber{7});
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].sensor, std::numeric_limits<std::uint16_t>::max());
}

}  // namespace
}  // namespace liptako::node
