// People's reports: old by minutes, wide, and never enough to confirm a track.
#include "track/sensors/observer/observer.hpp"

#include <gtest/gtest.h>

#include "track/scene_for_test.hpp"

namespace liptako::track {
namespace {

using testing::Aircraft;
using testing::at_second;

SensorDescription post() {
  SensorDescription s = described(SensorKind::observer);
  s.name = "post";
  s.sac_sic = {100, 7};
  s.site = {base::Angle::from_degrees(13), base::Angle::from_degrees(0), base::Length()};
  s.placed = true;
  return s;
}

// Of the aircraft as it was `ago` seconds before, in a sector of 45 degrees and a class of 5 km.
Plot report(const SensorDescription& s, const Aircraft& was, double now, double ago) {
  const auto q = geo::TangentFrame(s.site).enu_from_ecef(was.ecef());
  constexpr double sector = base::kPi / 4;
  Plot p;
  p.time = at_second(now);
  p.azimuth = base::Angle::from_radians(
      sector * std::floor(base::wrap_two_pi(base::atan2(q.x, q.y)) / sector) + sector / 2);
  p.azimuth_width = base::Angle::from_radians(sector);
  const double range = std::sqrt(q.x * q.x + q.y * q.y);
  p.slant_range = base::Length::from_metres(5000 * std::floor(range / 5000) + 2500);
  p.range_width = base::Length::from_metres(5000);
  p.seen_ago = base::seconds(ago);
  p.time_sd = base::seconds(ago / 4);
  return p;
}

TEST(Observer, AReportMinutesOldIsHeldAgainstWhereTheTrackWasThen) {
  const SensorModel& model = observer::model();
  Aircraft a;
  a.course_rad = 1.0;
  a.speed_mps = 80;
  HorizontalState now;
  const Plot p = report(post(), a, 180, 180);
  a.fly(180);
  now.x[kEast] = a.east_m;
  now.x[kNorth] = a.north_m;
  now.x[kVelocityEast] = a.speed_mps * base::sin(a.course_rad);
  now.x[kVelocityNorth] = a.speed_mps * base::cos(a.course_rad);
  const auto m =
      model.linearise(post(), geo::TangentFrame(post().site), p, a.frame, now, {a.height_m, 0});
  EXPECT_LT(std::hypot(m.y[0], m.y[1]), 6000);  // half the segment; it flew 14 km since
  EXPECT_LT(evaluate({now, {}}, m).d2, 6.0);
}

TEST(Observer, ReportsAloneConfirmNoTrackAndARadarsPlotsDo) {
  base::Prng prng(7);
  Tracker tracker;
  SensorDescription radar = testing::radar(13.5, 0.5);
  const SensorDescription sensors[] = {post(), radar};
  tracker.set_sensors(sensors);
  std::vector<TrackEvent> events;
  Aircraft a;
  a.east_m = 8000;
  a.speed_mps = 15;
  for (int i = 0; i < 20; ++i) {
    tracker.take(report(sensors[0], a, 60 * i, 0), events);
    a.fly(60);
  }
  bool confirmed = false;
  const auto status = [&] {
    tracker.for_each_track([&](std::uint32_t slot) {
      confirmed = confirmed || tracker.view(slot, at_second(1260)).status == TrackStatus::confirmed;
    });
    return confirmed;
  };
  tracker.advance(at_second(1199), events);
  EXPECT_GT(tracker.counters().used, 5u);
  EXPECT_FALSE(status());
  for (int i = 0; i < 4; ++i) {
    tracker.take(testing::radar_plot(radar, 1, a, at_second(1200 + 5 * i), prng), events);
    a.fly(5);
  }
  EXPECT_TRUE(status());
}

TEST(Observer, AReportHardlyMovesATrackThatARadarHolds) {
  base::Prng prng(8);
  Tracker with, without;
  SensorDescription radar = testing::radar(13.5, 0.5);
  const SensorDescription sensors[] = {post(), radar};
  with.set_sensors(sensors);
  without.set_sensors(sensors);
  std::vector<TrackEvent> events;
  Aircraft a;
  a.mode_a = base::ModeACode(01234);
  Aircraft earlier = a;
  for (int i = 0; i < 40; ++i) {
    const Plot p = testing::radar_plot(radar, 1, a, at_second(5 * i), prng);
    with.take(p, events);
    without.take(p, events);
    if (i == 10) earlier = a;
    a.fly(5);
  }
  with.take(report(sensors[0], earlier, 196, 146), events);
  with.advance(at_second(196), events);
  without.advance(at_second(196), events);
  ASSERT_EQ(with.track_count(), 1u);
  EXPECT_EQ(with.counters().used, without.counters().used + 1);
  const auto p = with.view(0, at_second(196)).position,
             q = without.view(0, at_second(196)).position;
  EXPECT_LT(geo::rough_distance(p, q).metres(), 25);
}

}  // namespace
}  // namespace liptako::track
