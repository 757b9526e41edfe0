#include "assess/timeline.hpp"

#include <gtest/gtest.h>

#include <GeographicLib/Geodesic.hpp>

namespace liptako::assess {
namespace {

using base::Timestamp;

constexpr Timestamp kStart = base::timestamp_from_ns(1'795'305'600'000'000'000);

Timestamp at(double seconds) { return kStart + base::seconds(seconds); }

TrackLine line(double time, TrackState state, std::uint64_t number = 7) {
  TrackLine l;
  l.time = at(time);
  l.track = number;
  l.state = state;
  l.position = {base::Angle::from_degrees(13.5), base::Angle::from_degrees(2.1), base::Length()};
  l.ground_speed = base::Speed::from_mps(200);
  l.track_angle = base::Angle::from_degrees(60);
  return l;
}

TEST(Timeline, ATrackIsShownFromConfirmationToDrop) {
  Timeline timeline;
  timeline.take(line(0, TrackState::tentative));
  timeline.take(line(4, TrackState::confirmed));
  timeline.take(line(20, TrackState::coasting));
  timeline.take(line(30, TrackState::dropped));
  EXPECT_TRUE(timeline.at(at(-1)).empty());
  EXPECT_TRUE(timeline.at(at(3)).empty());
  ASSERT_EQ(timeline.at(at(4)).size(), 1u);
  const auto coasting = timeline.at(at(25));
  ASSERT_EQ(coasting.size(), 1u);
  EXPECT_EQ(coasting[0].updated, at(4));
  EXPECT_TRUE(timeline.at(at(30)).empty());
}

TEST(Timeline, BetweenLinesATrackGoesStraightOn) {
  Timeline timeline;
  timeline.take(line(0, TrackState::confirmed));
  const auto shown = timeline.at(at(30));
  ASSERT_EQ(shown.size(), 1u);
  double latitude = 0.0, longitude = 0.0;
  GeographicLib::Geodesic::WGS84().Direct(13.5, 2.1, 60.0, 6000.0, latitude, longitude);
  double off = 0.0;
  GeographicLib::Geodesic::WGS84().Inverse(latitude,
                                           longitude,
                                           shown[0].position.latitude.degrees(),
                                           shown[0].position.longitude.degrees(),
                                           off);
  EXPECT_LT(off, 0.01);
  EXPECT_EQ(shown[0].updated, at(0));
}

TEST(Timeline, LinesOutOfOrderStandInOrderOfTime) {
  Timeline timeline;
  timeline.take(line(8, TrackState::confirmed));
  timeline.take(line(4, TrackState::tentative));
  EXPECT_TRUE(timeline.at(at(6)).empty());
  EXPECT_EQ(timeline.at(at(8)).size(), 1u);
}

TEST(Timeline, ALineThatComesAfterItsTimeDoesNotUndoANewerOne) {
  Timeline timeline;
  timeline.take(line(8, TrackState::confirmed));
  ASSERT_EQ(timeline.at(at(9)).size(), 1u);
  timeline.take(line(5, TrackState::tentative));
  const auto shown = timeline.at(at(10));
  ASSERT_EQ(shown.size(), 1u);
  EXPECT_EQ(shown[0].updated, at(8));
  EXPECT_EQ(timeline.late_lines(), 1u);
}

TEST(Timeline, ATrackWithoutDropEndsWhenItsCoastIsOver) {
  TimelineOptions options;
  options.coast = std::chrono::seconds(20);
  Timeline timeline(options);
  timeline.take(line(0, TrackState::confirmed));
  EXPECT_EQ(timeline.at(at(20)).size(), 1u);
  EXPECT_TRUE(timeline.at(at(21)).empty());
  // Its number may come back.
  timeline.take(line(60, TrackState::confirmed));
  EXPECT_EQ(timeline.at(at(61)).size(), 1u);
}

TEST(Timeline, ATrackWithoutPlaceIsNotShown) {
  Timeline timeline;
  TrackLine nowhere = line(0, TrackState::confirmed);
  nowhere.position.reset();
  timeline.take(nowhere);
  EXPECT_TRUE(timeline.at(at(1)).empty());
}

TEST(Timeline, TracksComeByNumber) {
  Timeline timeline;
  for (const std::uint64_t number : {9u, 3u, 5u})
    timeline.take(line(0, TrackState::confirmed, number));
  const auto shown = timeline.at(at(0));
  ASSERT_EQ(shown.size(), 3u);
  EXPECT_EQ(shown[0].track, 3u);
  EXPECT_EQ(shown[2].track, 9u);
}

}  // namespace
}  // namespace liptako::assess
