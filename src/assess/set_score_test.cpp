#include "assess/set_score.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace liptako::assess {
namespace {

constexpr PointSet kOneAgent = kPointSets[0];
constexpr PointSet kTwoAgents = kPointSets[2];

std::vector<TruthRow> one_target_at_rest() {
  std::vector<TruthRow> truth;
  for (std::uint32_t k = 1; k <= kPointScans; ++k) truth.push_back({k, 1, 0.0, 0.0, {}});
  return truth;
}

// A run whose single track lies `off_m` away in every scan.
void add_run(std::vector<EstimateRow>& rows, std::uint32_t run, double off_m) {
  for (std::uint32_t k = 1; k <= kPointScans; ++k) rows.push_back({run, k, 1, off_m, 0.0, {}, {}});
}

TEST(SetScore, PointsByHand) {
  std::vector<EstimateRow> estimates;
  add_run(estimates, 1, 3.0);
  add_run(estimates, 2, 4.0);
  // In the last scan of run 2 the track is beyond c: missed and false, 50 m² each.
  estimates.back().x_m = 11.0;
  const std::vector<ReferenceRow> reference = {{"other", 1, 81.0, 81.0, 0.0, 0.0},
                                               {"pmbm", 1, 81.0, 81.0, 0.0, 0.0},
                                               {"pmbm", 2, 81.0 * 16, 81.0 * 16, 0.0, 0.0},
                                               {"pmbm", 3, 5.0, 5.0, 0.0, 0.0}};
  const auto score = score_point_set(kOneAgent, one_target_at_rest(), estimates, reference, {});
  ASSERT_TRUE(score.has_value()) << score.error().message;
  EXPECT_EQ(score->runs, 2u);
  EXPECT_EQ(score->sums.scans, 162u);
  EXPECT_DOUBLE_EQ(score->sums.localisation, 81 * 9.0 + 80 * 16.0);
  EXPECT_DOUBLE_EQ(score->sums.missed, 50.0);
  EXPECT_DOUBLE_EQ(score->sums.false_tracks, 50.0);
  ASSERT_EQ(score->references.size(), 2u);
  EXPECT_EQ(score->references[0].filter, "pmbm");
  EXPECT_EQ(score->references[0].runs, 2u);
  EXPECT_DOUBLE_EQ(score->references[0].paired->ratio,
                   std::sqrt((81 * 9.0 + 80 * 16.0 + 100.0) / (81.0 * 17)));
  EXPECT_EQ(score->references[1].runs, 1u);
  EXPECT_DOUBLE_EQ(score->references[1].paired->ratio, 3.0);
  const std::string json = to_json(*score);
  EXPECT_TRUE(
      json.starts_with("{\"set\":\"s1\",\"runs\":2,\"rms_gospa\":3.6081,\"loc\":3.5215,"
                       "\"missed\":0.5556,\"false\":0.5556,\"reference_rms_gospa\":2.9155,"
                       "\"paired_ratio\":1.2376,\"paired_ratio_ci95\":["))
      << json;
}

TEST(SetScore, ARunAskedForWithoutEstimatesIsMissed) {
  std::vector<EstimateRow> estimates;
  add_run(estimates, 1, 0.0);
  const std::vector<std::uint32_t> runs = {1, 2};
  const auto score = score_point_set(kOneAgent, one_target_at_rest(), estimates, {}, runs);
  ASSERT_TRUE(score.has_value());
  EXPECT_EQ(score->runs, 2u);
  EXPECT_DOUBLE_EQ(score->sums.total(), 81 * 50.0);
  EXPECT_TRUE(score->references.empty());
  EXPECT_EQ(to_json(*score),
            "{\"set\":\"s1\",\"runs\":2,\"rms_gospa\":5.0000,\"loc\":0.0000,\"missed\":5.0000,"
            "\"false\":0.0000,\"reference_rms_gospa\":null,\"paired_ratio\":null,"
            "\"paired_ratio_ci95\":null}");
}

// The reference's sums of s2 are over both agents' scans; a pair of which one agent tells counts by
// its mean over scans.
TEST(SetScore, APairOfAgentsIsOneRunOfTheReference) {
  std::vector<EstimateRow> estimates;
  add_run(estimates, 1, 1.0);
  add_run(estimates, 2, 3.0);
  add_run(estimates, 3, 2.0);
  const std::vector<ReferenceRow> reference = {{"central_pmbm", 1, 162.0, 162.0, 0.0, 0.0},
                                               {"central_pmbm", 2, 162.0, 162.0, 0.0, 0.0}};
  const auto score = score_point_set(kTwoAgents, one_target_at_rest(), estimates, reference, {});
  ASSERT_TRUE(score.has_value());
  ASSERT_EQ(score->references.size(), 1u);
  EXPECT_EQ(score->references[0].runs, 2u);
  // (1 + 9)/2 and 4, against 1 and 1.
  EXPECT_DOUBLE_EQ(score->references[0].paired->ratio, std::sqrt((5.0 + 4.0) / 2.0));
  EXPECT_DOUBLE_EQ(score->references[0].theirs.rms_m(score->references[0].theirs.total()), 1.0);
}

TEST(SetScore, NoEstimatesAndTooLongATruthAreRefused) {
  EXPECT_FALSE(score_point_set(kOneAgent, one_target_at_rest(), {}, {}, {}).has_value());
  std::vector<TruthRow> truth = one_target_at_rest();
  truth.push_back({kPointScans + 1, 1, 0.0, 0.0, {}});
  std::vector<EstimateRow> estimates;
  add_run(estimates, 1, 1.0);
  EXPECT_FALSE(score_point_set(kOneAgent, truth, estimates, {}, {}).has_value());
}

// Two aircraft over 12 scans: one flies east straight on, the other turns right by a right angle
// between scans 9 and 10.
std::vector<TruthRow> two_aircraft() {
  std::vector<TruthRow> truth;
  for (std::uint32_t k = 1; k <= 12; ++k) {
    truth.push_back({k, 1, 400.0 * k, 0.0, {100.0, 0.0}});
    const bool after = k >= 10;
    const double x = after ? 3600.0 : 400.0 * k, y = after ? -400.0 * (k - 9) : 0.0;
    truth.push_back({k, 2, x, 50'000.0 + y, after ? Velocity{0, -100} : Velocity{100, 0}});
  }
  return truth;
}

TEST(SetScore, TrafficByHand) {
  std::vector<EstimateRow> estimates;
  for (const TruthRow& row : two_aircraft()) {
    // 30 m off to the north; the second is lost from scan 11 on, and turns a scan late.
    if (row.target == 2 && row.scan >= 11) continue;
    const Velocity velocity = row.scan == 10 && row.target == 2 ? Velocity{100, 0} : row.velocity;
    estimates.push_back({1, row.scan, row.target, row.x_m, row.y_m + 30.0, velocity, {}});
  }
  const auto score = score_traffic("atc2", two_aircraft(), estimates);
  ASSERT_TRUE(score.has_value()) << score.error().message;
  EXPECT_EQ(score->aircraft, 2u);
  // Scans 6 to 12, two aircraft, two misses at c²/2.
  EXPECT_EQ(score->sums.scans, 7u);
  EXPECT_DOUBLE_EQ(score->sums.localisation, 12 * 900.0);
  EXPECT_DOUBLE_EQ(score->sums.missed, 2 * 500'000.0);
  EXPECT_DOUBLE_EQ(score->sums.false_tracks, 0.0);
  EXPECT_DOUBLE_EQ(score->per_aircraft_m(score->sums.total()),
                   std::sqrt((12 * 900.0 + 1e6) / 7.0 / 2.0));
  // Scans 9 to 12: only aircraft 2 at scan 10 turns.
  EXPECT_EQ(score->turn.aircraft, 1u);
  EXPECT_EQ(score->straight.aircraft, 7u);
  EXPECT_EQ(score->straight.matched, 5u);
  EXPECT_DOUBLE_EQ(*score->straight.position_rms_m(), 30.0);
  EXPECT_DOUBLE_EQ(*score->straight.heading_rms_deg(), 0.0);
  EXPECT_DOUBLE_EQ(*score->turn.position_rms_m(), 30.0);
  EXPECT_NEAR(*score->turn.heading_rms_deg(), 90.0, 1e-9);
  EXPECT_DOUBLE_EQ(*score->turn.speed_rms_mps(), 0.0);
  EXPECT_FALSE(score->headings_from_positions);
}

TEST(SetScore, WithoutVelocityTheDirectionIsByPlaces) {
  std::vector<EstimateRow> estimates;
  for (const TruthRow& row : two_aircraft())
    estimates.push_back({1, row.scan, row.target, row.x_m, row.y_m, {}, {}});
  const auto score = score_traffic("atc2", two_aircraft(), estimates);
  ASSERT_TRUE(score.has_value());
  EXPECT_TRUE(score->headings_from_positions);
  EXPECT_NEAR(*score->straight.heading_rms_deg(), 0.0, 1e-9);
  EXPECT_NEAR(*score->turn.heading_rms_deg(), 0.0, 1e-9);
  EXPECT_EQ(score->turn.headings, 1u);
}

TEST(SetScore, NothingFoundIsNullNotZero) {
  const auto score = score_traffic("atc2", two_aircraft(), {});
  ASSERT_TRUE(score.has_value());
  EXPECT_EQ(to_json(*score),
            "{\"set\":\"atc2\",\"position_rms_m\":null,\"position_rms_straight_m\":null,"
            "\"position_rms_turn_m\":null,\"heading_rms_straight_deg\":null,"
            "\"heading_rms_turn_deg\":null,\"gospa_per_aircraft_m\":707.107}");
}

TEST(SetScore, CovariancesAreHeldAgainstErrors) {
  std::vector<EstimateRow> estimates;
  add_run(estimates, 1, 3.0);
  for (EstimateRow& row : estimates) row.covariance = PositionCovariance{9.0, 0.0, 1.0};
  const auto score = score_point_set(kOneAgent, one_target_at_rest(), estimates, {}, {});
  ASSERT_TRUE(score.has_value());
  EXPECT_EQ(score->nees.count(), 81u);
  EXPECT_DOUBLE_EQ(*score->nees.mean(), 0.5);
  EXPECT_DOUBLE_EQ(*score->siap.completeness, 1.0);
  EXPECT_DOUBLE_EQ(*score->siap.position_accuracy_m, 3.0);
  EXPECT_DOUBLE_EQ(*score->siap.longest_segment, 1.0);
}

}  // namespace
}  // namespace liptako::assess
