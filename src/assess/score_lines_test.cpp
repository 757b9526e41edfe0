#include "assess/score_lines.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

namespace liptako::assess {
namespace {

constexpr base::Timestamp kStart = base::timestamp_from_ns(1'795'305'600'000'000'000);

std::string time_of(double seconds) { return base::to_rfc3339(kStart + base::seconds(seconds)); }

std::string truth_line(double seconds, int flight, double latitude, const char* more = "") {
  return fmt::format(
      "{{\"time\":\"{}\",\"flight\":{},\"lat_deg\":{:.6f},\"lon_deg\":2.0,\"altitude_ft\":10000.0,"
      "\"track_angle_deg\":90.0,\"on_ground\":false,\"transponder\":\"mode_s\"{}}}\n",
      time_of(seconds),
      flight,
      latitude,
      more);
}

std::string track_line(double seconds, int number, double latitude, const char* state) {
  return fmt::format(
      "{{\"time\":\"{}\",\"track\":{},\"lat_deg\":{:.6f},\"lon_deg\":2.0,\"altitude_ft\":10100,"
      "\"ground_speed_kt\":0.0,\"track_angle_deg\":0.00,\"state\":\"{}\"}}\n",
      time_of(seconds),
      number,
      latitude,
      state);
}

base::Result<LinesScore> score_of(const std::string& truth,
                                  const std::string& tracks,
                                  const ScoreLinesOptions& options = {}) {
  return score_lines({truth, "truth.jsonl"}, {tracks, "tracks.jsonl"}, options);
}

TEST(ScoreLines, TwoFilesMakeAScore) {
  std::string truth, tracks;
  for (int t = 0; t <= 20; t += 4) {
    truth += truth_line(t, 1, 13.0) + truth_line(t, 2, 14.0);
    tracks += track_line(t, 9, 13.0, t == 0 ? "tentative" : "confirmed");
  }
  const auto scored = score_of(truth, tracks);
  ASSERT_TRUE(scored.has_value()) << scored.error().message;
  EXPECT_EQ(scored->score.instants, 6u);
  EXPECT_EQ(scored->truth_lines, 12u);
  EXPECT_EQ(scored->track_lines, 6u);
  EXPECT_EQ(scored->score.all.expected, 12u);
  EXPECT_EQ(scored->score.all.matched, 5u);
  EXPECT_EQ(scored->score.never_found, 1u);
  EXPECT_NEAR(scored->score.all.altitude_rms()->feet(), 100.0, 1e-6);
  EXPECT_LT(scored->score.all.position_rms()->metres(), 0.01);
  EXPECT_FALSE(scored->tells_seen);
}

TEST(ScoreLines, FromAndToBoundTheInstantsNotTheTracks) {
  std::string truth;
  for (int t = 0; t <= 20; t += 4) truth += truth_line(t, 1, 13.0);
  ScoreLinesOptions options;
  options.from = kStart + std::chrono::seconds(8);
  options.to = kStart + std::chrono::seconds(12);
  const auto scored = score_of(truth, track_line(0, 9, 13.0, "confirmed"), options);
  ASSERT_TRUE(scored.has_value());
  EXPECT_EQ(scored->score.instants, 2u);
  EXPECT_EQ(scored->score.all.matched, 2u);
}

TEST(ScoreLines, WithoutTracksAllAreMissed) {
  const auto scored = score_of(truth_line(0, 1, 13.0), "");
  ASSERT_TRUE(scored.has_value());
  EXPECT_EQ(scored->score.never_found, 1u);
  EXPECT_NEAR(scored->score.gospa.rms_m, 4630.0 / std::sqrt(2.0), 1e-6);
}

TEST(ScoreLines, AircraftThatNoSensorSawAreLeftOut) {
  const auto scored = score_of(
      truth_line(0, 1, 13.0, ",\"seen_by\":[\"a\"]") + truth_line(0, 2, 14.0, ",\"seen_by\":[]"),
      "");
  ASSERT_TRUE(scored.has_value());
  EXPECT_TRUE(scored->tells_seen);
  EXPECT_EQ(scored->score.all.expected, 1u);
  ScoreLinesOptions of_b;
  of_b.member = "b";
  const auto other = score_of(truth_line(0, 1, 13.0, ",\"seen_by\":[\"a\"]") +
                                  truth_line(0, 2, 14.0, ",\"seen_by\":[\"b\"]"),
                              "",
                              of_b);
  ASSERT_TRUE(other.has_value());
  EXPECT_EQ(other->score.all.expected, 1u);
}

TEST(ScoreLines, AMemberThatSeesNobodyIsRefused) {
  ScoreLinesOptions of_b;
  of_b.member = "b";
  const auto scored = score_of(
      truth_line(0, 1, 13.0, ",\"seen_by\":[\"a\"]") + truth_line(4, 1, 13.0, ",\"seen_by\":[]"),
      "",
      of_b);
  ASSERT_FALSE(scored.has_value());
  EXPECT_EQ(scored.error().message, "truth.jsonl: seen_by: never names a member \"b\"");
}

TEST(ScoreLines, LinesFurtherOutOfOrderThanAllowedAreCounted) {
  std::string truth;
  for (int t = 0; t <= 100; t += 4) truth += truth_line(t, 1, 13.0);
  const auto scored =
      score_of(truth,
               track_line(0, 9, 13.0, "confirmed") + track_line(60, 9, 13.0, "confirmed") +
                   track_line(10, 9, 13.0, "confirmed"));
  ASSERT_TRUE(scored.has_value());
  EXPECT_EQ(scored->late_lines, 1u);
}

TEST(ScoreLines, ErrorsNameFileLineAndField) {
  const std::string good = truth_line(0, 1, 13.0);
  EXPECT_EQ(score_of(good + truth_line(0, 2, 95.0), "").error().message,
            "truth.jsonl:2: lat_deg: 95.000000 is not in -90..90");
  EXPECT_EQ(score_of(truth_line(4, 1, 13.0) + good, "").error().message,
            "truth.jsonl:2: time: goes back");
  EXPECT_NE(score_of(good + good, "").error().message.find("flight: 1 is there twice"),
            std::string::npos);
  EXPECT_EQ(score_of(good, track_line(0, 9, 13.0, "odd")).error().message,
            "tracks.jsonl:1: state: not one of tentative, confirmed, coasting, dropped");
  EXPECT_EQ(score_of(good + "\n", "").error().message,
            "truth.jsonl:2: column 1: not a line of JSON");
  EXPECT_EQ(score_of("", "").error().message, "truth.jsonl: empty");
  ScoreLinesOptions later;
  later.from = kStart + std::chrono::seconds(1);
  EXPECT_EQ(score_of(good, "", later).error().message,
            "truth.jsonl: no instant in the time asked for");
}

}  // namespace
}  // namespace liptako::assess
