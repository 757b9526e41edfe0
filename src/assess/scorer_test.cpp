#include "assess/scorer.hpp"

#include <gtest/gtest.h>

#include <GeographicLib/Geodesic.hpp>
#include <algorithm>
#include <cmath>

#include "assess/report.hpp"

namespace liptako::assess {
namespace {

using base::Angle;
using base::Duration;
using base::Length;
using base::Timestamp;

constexpr Timestamp kStart = base::timestamp_from_ns(1'795'305'600'000'000'000);
constexpr double kLatitude = 13.5;
constexpr double kLongitude = 2.1;

Timestamp at(double seconds) { return kStart + base::seconds(seconds); }

// A place by geodesic from the scene's middle: an independent ruler.
geo::Geodetic place(double east_m, double north_m) {
  double latitude = 0.0, longitude = 0.0;
  GeographicLib::Geodesic::WGS84().Direct(kLatitude,
                                          kLongitude,
                                          std::atan2(east_m, north_m) / base::kRadiansPerDegree,
                                          std::sqrt(east_m * east_m + north_m * north_m),
                                          latitude,
                                          longitude);
  return {Angle::from_degrees(latitude), Angle::from_degrees(longitude), Length()};
}

TruthSample aircraft(std::uint32_t number, double east_m, double north_m) {
  TruthSample t;
  t.aircraft = number;
  t.position = place(east_m, north_m);
  return t;
}

TrackSample track(std::uint64_t number, double east_m, double north_m, Timestamp updated) {
  TrackSample t;
  t.track = number;
  t.position = place(east_m, north_m);
  t.updated = updated;
  return t;
}

std::vector<TruthSample> truths(std::initializer_list<TruthSample> list) { return list; }
std::vector<TrackSample> tracks(std::initializer_list<TrackSample> list) { return list; }

// Two aircraft, one with a track 300 m east and 400 m north of it, one without;
// one track of nothing. c = 2.5 NM = 4,630 m.
TEST(Scorer, AnInstantByHand) {
  Scorer scorer;
  const Gospa g = scorer.take(at(0),
                              truths({aircraft(1, 0, 0), aircraft(2, 50'000, 0)}),
                              tracks({track(7, 300, 400, at(0)), track(8, 0, 90'000, at(0))}));
  EXPECT_NEAR(g.localisation, 250'000.0, 5.0);
  EXPECT_DOUBLE_EQ(g.missed, 0.5 * 4630.0 * 4630.0);
  EXPECT_DOUBLE_EQ(g.false_tracks, 0.5 * 4630.0 * 4630.0);
  const Score score = scorer.score();
  EXPECT_NEAR(score.gospa.rms_m, std::sqrt(250'000.0 + 4630.0 * 4630.0), 0.01);
  EXPECT_NEAR(*score.gospa.per_aircraft_m, score.gospa.rms_m / std::sqrt(2.0), 1e-9);
  EXPECT_NEAR(score.all.position_rms()->metres(), 500.0, 0.01);
  EXPECT_DOUBLE_EQ(*score.all.found_share(), 0.5);
  EXPECT_DOUBLE_EQ(score.mean_missed, 1.0);
  EXPECT_DOUBLE_EQ(score.mean_false, 1.0);
  EXPECT_EQ(score.strays, 1u);
  EXPECT_EQ(score.never_found, 1u);
  EXPECT_FALSE(score.all.update_probability().has_value());
}

TEST(Scorer, RootMeanSquaresOfPartsAddUp) {
  Scorer scorer;
  scorer.take(at(0), truths({aircraft(1, 0, 0)}), tracks({track(7, 100, 0, at(0))}));
  scorer.take(at(1),
              truths({aircraft(1, 0, 0), aircraft(2, 90'000, 0)}),
              tracks({track(7, 700, 0, at(1)), track(8, 20'000, 0, at(1))}));
  scorer.take(at(2), truths({aircraft(1, 0, 0)}), {});
  const GospaScore g = scorer.score().gospa;
  EXPECT_NEAR(g.rms_m * g.rms_m,
              g.localisation_rms_m * g.localisation_rms_m + g.missed_rms_m * g.missed_rms_m +
                  g.false_rms_m * g.false_rms_m,
              1e-3);
  // By hand: localisation² 10,000, 490,000 and 0.
  EXPECT_NEAR(g.localisation_rms_m, std::sqrt(500'000.0 / 3.0), 0.01);
  EXPECT_NEAR(g.missed_rms_m, std::sqrt(2.0 / 3.0 * 0.5) * 4630.0, 0.01);
  EXPECT_NEAR(g.false_rms_m, std::sqrt(1.0 / 3.0 * 0.5) * 4630.0, 0.01);
}

TEST(Scorer, ErrorsAreSplitAlongAndAcrossTheTruth) {
  Scorer scorer;
  TruthSample flying = aircraft(1, 0, 0);
  flying.track_angle = Angle::from_degrees(90);
  scorer.take(at(0), truths({flying}), tracks({track(7, 300, 40, at(0))}));
  const Tally tally = scorer.score().all;
  EXPECT_NEAR(tally.along_rms()->metres(), 300.0, 0.01);
  EXPECT_NEAR(tally.across_rms()->metres(), 40.0, 0.01);
}

TEST(Scorer, AltitudeCountsWhereBothTellIt) {
  Scorer scorer;
  TruthSample high = aircraft(1, 0, 0);
  high.pressure_altitude = Length::from_feet(35'000);
  TrackSample near = track(7, 0, 0, at(0));
  near.pressure_altitude = Length::from_feet(35'100);
  scorer.take(
      at(0), truths({high, aircraft(2, 50'000, 0)}), tracks({near, track(8, 50'000, 0, at(0))}));
  EXPECT_NEAR(scorer.score().all.altitude_rms()->feet(), 100.0, 1e-6);
}

// T = 8 s, an instant every 4 s. The aircraft is due from 0 s on, so updates
// are due from 8 s on. Its track has plots at 4 s and 16 s: that makes 8 s and
// 16 s and 20 s good; 12 s is 8 s after the last plot.
TEST(Scorer, UpdateProbabilityIsTheShareOfInstantsWithAPlotInTheIntervalBefore) {
  Scorer scorer;
  for (const auto &[instant, plot] :
       {std::pair(0.0, 0.0), {4.0, 4.0}, {8.0, 4.0}, {12.0, 4.0}, {16.0, 16.0}, {20.0, 16.0}}) {
    scorer.take(at(instant), truths({aircraft(1, 0, 0)}), tracks({track(7, 0, 0, at(plot))}));
  }
  scorer.take(at(24), truths({aircraft(1, 0, 0)}), {});
  const Tally tally = scorer.score().all;
  EXPECT_EQ(tally.updates_due, 5u);
  EXPECT_EQ(tally.updates, 3u);
}

TEST(Scorer, AnAircraftThatWasOutOfSightIsDueAnUpdateOnlyAfterAWholeInterval) {
  Scorer scorer;
  TruthSample hidden = aircraft(1, 0, 0);
  hidden.expected = false;
  for (int i = 0; i < 4; ++i) scorer.take(at(4.0 * i), truths({aircraft(1, 0, 0)}), {});
  scorer.take(at(16), truths({hidden}), {});
  scorer.take(at(20), truths({aircraft(1, 0, 0)}), {});
  scorer.take(at(24), truths({aircraft(1, 0, 0)}), {});
  EXPECT_EQ(scorer.score().all.updates_due, 2u);  // at 8 s and 12 s
  scorer.take(at(28), truths({aircraft(1, 0, 0)}), {});
  EXPECT_EQ(scorer.score().all.updates_due, 3u);
}

TEST(Scorer, AnAircraftNobodyCanSeeIsLeftOutWithItsTrack) {
  Scorer scorer;
  TruthSample hidden = aircraft(2, 50'000, 0);
  hidden.expected = false;
  const Gospa g = scorer.take(
      at(0),
      truths({aircraft(1, 0, 0), hidden}),
      tracks({track(7, 30, 40, at(0)), track(8, 50'500, 0, at(0)), track(9, 50'600, 0, at(0))}));
  EXPECT_NEAR(g.localisation, 2500.0, 0.1);
  EXPECT_EQ(g.missed_count, 0u);
  EXPECT_EQ(g.missed, 0.0);
  EXPECT_EQ(g.false_count,
            1u);  // a second track of it is one too many all the same
  EXPECT_EQ(g.pairs.size(), 1u);
  const Score score = scorer.score();
  EXPECT_EQ(score.aircraft, 1u);
  EXPECT_EQ(score.all.expected, 1u);
  EXPECT_EQ(score.strays, 0u);
  const Gospa gone = scorer.take(at(1), truths({hidden, aircraft(1, 0, 0)}), {});
  EXPECT_EQ(gone.missed_count, 1u);
  EXPECT_DOUBLE_EQ(gone.missed, 0.5 * 4630.0 * 4630.0);
}

TEST(Scorer, ASecondTrackOfAnAircraftIsADuplicateAndNoStray) {
  Scorer scorer;
  scorer.take(at(0),
              truths({aircraft(1, 0, 0)}),
              tracks({track(7, 100, 0, at(0)), track(8, 200, 0, at(0))}));
  const Score score = scorer.score();
  EXPECT_DOUBLE_EQ(*score.all.tracks_per_aircraft(), 2.0);
  EXPECT_EQ(score.strays, 0u);
  EXPECT_DOUBLE_EQ(score.mean_false, 1.0);
}

TEST(Scorer, ANumberChangesWhenTheOldOneIsGoneNotWhenADuplicateIsNearer) {
  Scorer scorer;
  const auto one = truths({aircraft(1, 0, 0)});
  scorer.take(at(0), one, tracks({track(7, 100, 0, at(0))}));
  scorer.take(at(1), one, tracks({track(7, 100, 0, at(1)), track(8, 50, 0, at(1))}));
  EXPECT_EQ(scorer.score().number_changes, 0u);
  scorer.take(at(2), one, tracks({track(8, 50, 0, at(2))}));
  EXPECT_EQ(scorer.score().number_changes, 1u);
  scorer.take(at(3), one, {});
  scorer.take(at(4), one, tracks({track(8, 50, 0, at(4))}));
  EXPECT_EQ(scorer.score().number_changes, 1u);
}

TEST(Scorer, TwoTracksThatSwapAreTwoChanges) {
  Scorer scorer;
  const auto two = truths({aircraft(1, 0, 0), aircraft(2, 3'000, 0)});
  scorer.take(at(0), two, tracks({track(7, 0, 0, at(0)), track(8, 3'000, 0, at(0))}));
  scorer.take(at(1), two, tracks({track(7, 3'000, 0, at(1)), track(8, 0, 0, at(1))}));
  EXPECT_EQ(scorer.score().number_changes, 2u);
}

TEST(Scorer, ConfirmationIsTimedForAircraftThatAppear) {
  Scorer scorer;
  const auto first = truths({aircraft(1, 0, 0)});
  const auto both = truths({aircraft(1, 0, 0), aircraft(2, 50'000, 0)});
  scorer.take(at(0), first, {});
  scorer.take(at(5), both, {});
  scorer.take(at(10), both, tracks({track(7, 0, 0, at(10))}));
  scorer.take(at(15), both, tracks({track(7, 0, 0, at(15)), track(8, 50'000, 0, at(15))}));
  const Score score = scorer.score();
  EXPECT_EQ(score.confirmations, 1u);
  EXPECT_EQ(*score.mean_confirmation, Duration(std::chrono::seconds(10)));
  EXPECT_EQ(score.never_found, 0u);
  EXPECT_NEAR(score.flight_hours, (2 * 5 + 2 * 5 + 2 * 5) / 3600.0, 1e-12);
}

TEST(Scorer, ATrackOfAnAircraftAtAnyTimeIsNoStray) {
  Scorer scorer;
  scorer.take(at(0), truths({aircraft(1, 0, 0)}), tracks({track(7, 0, 0, at(0))}));
  scorer.take(at(1800), {}, tracks({track(7, 0, 0, at(0)), track(8, 9'000, 0, at(0))}));
  const Score score = scorer.score();
  EXPECT_EQ(score.strays, 1u);
  EXPECT_DOUBLE_EQ(*score.strays_per_hour(), 2.0);
}

TEST(Scorer, GroupsAreKeptApart) {
  Scorer scorer;
  TruthSample other = aircraft(2, 50'000, 0);
  other.group = 3;
  scorer.take(at(0), truths({aircraft(1, 0, 0), other}), tracks({track(7, 60, 80, at(0))}));
  const Score score = scorer.score();
  EXPECT_NEAR(score.groups[0].position_rms()->metres(), 100.0, 0.01);
  EXPECT_EQ(score.groups[3].expected, 1u);
  EXPECT_EQ(score.groups[3].matched, 0u);
  EXPECT_EQ(score.all.expected, 2u);
}

// Across the date line and beside a pole, where degrees mislead.
TEST(Scorer, DistancesHoldAnywhereOnEarth) {
  Scorer scorer;
  TruthSample t;
  t.aircraft = 1;
  t.position = {Angle::from_degrees(70), Angle::from_degrees(-179.999), Length()};
  TrackSample k;
  k.track = 7;
  k.position = {Angle::from_degrees(70), Angle::from_degrees(179.999), Length()};
  double distance = 0.0;
  GeographicLib::Geodesic::WGS84().Inverse(70, -179.999, 70, 179.999, distance);
  const Gospa g = scorer.take(at(0), std::span(&t, 1), std::span(&k, 1));
  ASSERT_EQ(g.pairs.size(), 1u);
  EXPECT_NEAR(g.pairs[0].distance_m, distance, 0.001);
}

TEST(Report, IsOneLineWithNullWhereNothingWasRated) {
  Scorer scorer;
  scorer.take(at(0), truths({aircraft(1, 0, 0)}), {});
  const std::string_view names[] = {"all"};
  const std::string json = to_json(scorer.score(), {}, names);
  EXPECT_EQ(json.find('\n'), std::string::npos);
  EXPECT_NE(json.find("\"position_rms_m\":null"), std::string::npos) << json;
  EXPECT_NE(json.find("\"update_probability\":null"), std::string::npos);
  EXPECT_NE(json.find("\"gospa_rms_m\":3273.9"), std::string::npos) << json;
  EXPECT_NE(json.find("\"groups\":[{\"group\":\"all\",\"expected\":1,"), std::string::npos) << json;
}

// One aircraft for 60 s, an instant every 4 s: north, from 20 s on turning by 2 deg/s, from 40 s on
// straight and climbing. Its track is 100 m off to the east with a standard deviation of 50 m an
// axis, 10 m/s too fast, 5 degrees off, 400 ft too low while it climbs.
TEST(Scorer, PhasesOfFlightByHand) {
  Scorer scorer;
  for (int i = 0; i <= 15; ++i) {
    const double time = 4.0 * i;
    TruthSample truth = aircraft(1, 0, 200.0 * time);
    const double angle = 2.0 * std::clamp(time - 20.0, 0.0, 20.0);
    truth.track_angle = Angle::from_degrees(angle);
    truth.ground_speed = base::Speed::from_mps(200);
    const bool climbs = time > 40.0;
    truth.vertical_rate = base::Speed::from_feet_per_minute(climbs ? 1'500.0 : 100.0);
    truth.pressure_altitude = Length::from_feet(10'000);
    truth.identity.icao_address = base::IcaoAddress(0x3a01f2);
    TrackSample shown = track(7, 100, 200.0 * time, at(time));
    shown.track_angle = Angle::from_degrees(angle + 355.0);
    shown.ground_speed = base::Speed::from_mps(210);
    shown.pressure_altitude = Length::from_feet(climbs ? 9'600 : 10'000);
    shown.covariance = TrackSample::Covariance{2'500.0, 0.0, 2'500.0};
    // Its address is right, then wrong in one instant, then not known.
    if (i < 8) shown.identity.icao_address = base::IcaoAddress(i == 3 ? 1 : 0x3a01f2);
    scorer.take(at(time), truths({truth}), tracks({shown}));
  }
  const Score score = scorer.score();
  const auto phase = [&](Phase p) { return score.phases[static_cast<std::size_t>(p)]; };
  // The direction has changed at 24, 28, ... 40 s.
  EXPECT_EQ(phase(Phase::turn).expected, 5u);
  EXPECT_EQ(phase(Phase::straight).expected, 11u);
  EXPECT_EQ(phase(Phase::level).expected, 11u);
  EXPECT_EQ(phase(Phase::climb).expected, 5u);
  EXPECT_EQ(phase(Phase::descent).expected, 0u);
  EXPECT_NEAR(score.all.track_angle_rms()->degrees(), 5.0, 1e-9);
  EXPECT_NEAR(score.all.speed_rms()->mps(), 10.0, 1e-9);
  EXPECT_NEAR(*phase(Phase::turn).nees.mean(), 4.0 / 2.0, 1e-3);
  EXPECT_EQ(*phase(Phase::level).altitude_within_share(), 1.0);
  EXPECT_EQ(*phase(Phase::climb).altitude_within_share(), 0.0);
  EXPECT_EQ(*score.all.identity_right_share(), 7.0 / 16.0);
  EXPECT_EQ(*score.all.identity_wrong_share(), 1.0 / 16.0);
  EXPECT_EQ(*score.siap.completeness, 1.0);
  EXPECT_EQ(*score.siap.longest_segment, 1.0);
  EXPECT_EQ(score.trajectories.switch_count, 0.0);
  EXPECT_NEAR(score.trajectories.total(), 16 * 1e4, 1.0);
}

// A track without plots for 40 s, an update being due every 8: one long gap, however long it grows,
// and none for the 20 s that follow a plot.
TEST(Scorer, ALongGapCountsOnce) {
  Scorer scorer;
  for (int second = 0; second <= 80; second += 4) {
    const int updated = second < 20 ? second : second < 60 ? 16 : 60;
    scorer.take(at(second), truths({aircraft(1, 0, 0)}), tracks({track(7, 10, 0, at(updated))}));
  }
  const Score score = scorer.score();
  EXPECT_EQ(score.all.long_gaps, 1u);
  EXPECT_NEAR(*score.long_gap_share, 1.0 / 10.0, 1e-12);
}

// Two aircraft exchange their tracks: GOSPA sees nothing, trajectory GOSPA and the numbers do.
TEST(Scorer, ASwapIsSeenOverTime) {
  Scorer scorer;
  for (int i = 0; i < 10; ++i) {
    const std::uint64_t first = i < 5 ? 7 : 8, second = i < 5 ? 8 : 7;
    scorer.take(at(i),
                truths({aircraft(1, 0, 0), aircraft(2, 3'000, 0)}),
                tracks({track(first, 0, 0, at(i)), track(second, 3'000, 0, at(i))}));
  }
  const Score score = scorer.score();
  EXPECT_NEAR(score.gospa.rms_m, 0.0, 1e-6);
  EXPECT_EQ(score.trajectories.switch_count, 2.0);
  EXPECT_NEAR(score.trajectories.total(), 2 * 463.0 * 463.0, 1e-3);
  EXPECT_NEAR(score.trajectories.lower_bound, score.trajectories.total(), 1e-3);
  EXPECT_EQ(*score.siap.longest_segment, 0.5);
}

}  // namespace
}  // namespace liptako::assess
