#include "assess/siap.hpp"

#include <gtest/gtest.h>

namespace liptako::assess {
namespace {

using Associations = std::vector<Siap::Association>;

// Ten instants of one hour, two flights, up to four tracks:
//   flight 1  track 7 in instants 0..5, track 8 in 4..9: covered by two numbers, twice by both
//   flight 2  track 9 in instants 0..2 and 6..7: the same number after a gap
//   track 5   nobody's, in all
Siap scene() {
  Siap siap;
  for (std::uint32_t t = 0; t < 10; ++t) {
    Associations own;
    if (t <= 5) own.push_back({1, 7, 10.0});
    if (t >= 4) own.push_back({1, 8, 20.0});
    if (t <= 2 || (t >= 6 && t <= 7)) own.push_back({2, 9, 30.0});
    const std::vector<std::uint64_t> flights = {1, 2};
    siap.take(flights, own.size() + 1, own);
  }
  return siap;
}

TEST(Siap, ASceneByHand) {
  const SiapScore score = scene().score(1.0);
  EXPECT_DOUBLE_EQ(*score.completeness, 15.0 / 20.0);
  EXPECT_DOUBLE_EQ(*score.ambiguity, 17.0 / 15.0);
  EXPECT_DOUBLE_EQ(*score.spuriousness, 10.0 / 27.0);
  EXPECT_DOUBLE_EQ(*score.position_accuracy_m, (6 * 10.0 + 6 * 20.0 + 5 * 30.0) / 17.0);
  EXPECT_DOUBLE_EQ(*score.longest_segment, (6.0 + 3.0) / 20.0);
  EXPECT_DOUBLE_EQ(*score.number_changes_per_hour, 1.0 / 15.0);
}

TEST(Siap, TheFewestNumbersThatCoverAreCounted) {
  // 7 covers all of it, 8 and 9 parts: no change is needed.
  Siap siap;
  for (std::uint32_t t = 0; t < 6; ++t) {
    const Associations own = {{1, 7, 0.0}, {1, t < 3 ? 8u : 9u, 0.0}};
    const std::vector<std::uint64_t> flights = {1};
    siap.take(flights, 2, own);
  }
  EXPECT_DOUBLE_EQ(*siap.score(1.0).number_changes_per_hour, 0.0);
}

TEST(Siap, ThreeNumbersOneAfterTheOtherAreTwoChanges) {
  Siap siap;
  for (std::uint32_t t = 0; t < 6; ++t) {
    const Associations own = {{1, 7 + t / 2, 0.0}};
    const std::vector<std::uint64_t> flights = {1};
    siap.take(flights, 1, own);
  }
  const SiapScore score = siap.score(0.5);
  EXPECT_DOUBLE_EQ(*score.number_changes_per_hour, 2.0 / 3.0);
  EXPECT_DOUBLE_EQ(*score.longest_segment, 2.0 / 6.0);
}

TEST(Siap, WithoutAnythingThereIsNoRate) {
  const SiapScore score = Siap().score(1.0);
  EXPECT_FALSE(score.completeness || score.ambiguity || score.spuriousness ||
               score.position_accuracy_m || score.longest_segment || score.number_changes_per_hour);
}

TEST(Siap, ATrackBelongsToItsAssignedFlightOrElseTheNearest) {
  using Point = geo::Position<geo::Enu>;
  const std::vector<Point> flights = {{0, 0, 0}, {100, 0, 0}};
  const std::vector<Point> tracks = {{10, 0, 0}, {20, 0, 0}, {101, 0, 0}, {5'000, 0, 0}};
  GospaOptions options;
  options.cutoff = base::Length::from_metres(1000);
  const auto own = associated(gospa<geo::Enu>(flights, tracks, options), tracks.size());
  ASSERT_EQ(own.size(), 3u);
  EXPECT_EQ(own[0].truth, 0u);
  EXPECT_EQ(own[1].track, 1u);
  EXPECT_EQ(own[1].truth, 0u);
  EXPECT_EQ(own[2].truth, 1u);
}

}  // namespace
}  // namespace liptako::assess
