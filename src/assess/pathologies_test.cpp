// Doubts against labels, by hand.
#include "assess/pathologies.hpp"

#include <gtest/gtest.h>

namespace liptako::assess {
namespace {

std::string label(std::string_view pathology,
                  std::string_view from,
                  std::string_view until,
                  std::string_view more) {
  return "{\"pathology\":\"" + std::string(pathology) + "\",\"from\":\"2026-01-15T" +
         std::string(from) + "Z\",\"until\":\"2026-01-15T" + std::string(until) +
         "Z\",\"flight\":1," + std::string(more) + "}\n";
}
std::string doubt(std::string_view kind,
                  std::string_view name,
                  std::string_view time,
                  std::string_view more) {
  return "{\"time\":\"2026-01-15T" + std::string(time) + "Z\",\"kind\":\"" + std::string(kind) +
         "\",\"doubt\":\"" + std::string(name) +
         "\",\"track\":1,\"lat_deg\":13.0,\"lon_deg\":2.0," + std::string(more) + "}\n";
}
constexpr std::string_view kOne =
    "\"icao_addresses\":[\"0a0001\"],\"mode_3a\":null,\"source\":\"\"";
constexpr std::string_view kTwo =
    "\"icao_addresses\":[\"0a0002\"],\"mode_3a\":null,\"source\":\"\"";
constexpr std::string_view kOfOne =
    "\"sensor\":\"r\",\"icao_address\":\"0a0001\",\"mode_3a\":null,\"slant_range_m\":50000.0";
constexpr std::string_view kOfOther =
    "\"sensor\":\"r\",\"icao_address\":\"0a0003\",\"mode_3a\":null,\"slant_range_m\":50000.0";

TEST(Pathologies, EpisodesAreFoundInTimeUnderTheirNameOrNotAtAll) {
  const std::string labels = label("false_position", "10:00:00", "10:05:00", kOne) +
                             label("false_position", "10:00:00", "10:05:00", kTwo) +
                             label("ghost", "10:00:00", "10:00:20", kTwo);
  const std::string doubts = doubt("raised", "false_position", "10:00:30", kOfOne) +
                             doubt("raised", "false_position", "10:02:00", kOfOne) +
                             doubt("cleared", "false_position", "10:02:30", kOfOne) +
                             doubt("raised", "false_position", "10:06:30", kOfOne) +
                             doubt("raised", "false_time", "10:01:00", kOfOne) +
                             doubt("raised", "false_position", "10:01:00", kOfOther);
  const auto scores = score_pathologies({labels, "l"}, {doubts, "d"});
  ASSERT_TRUE(scores.has_value()) << scores.error().message;
  const PathologyScore& s = scores->at("false_position");
  EXPECT_EQ(s.episodes, 2u);
  EXPECT_EQ(s.found, 1u);
  EXPECT_NEAR(s.median_delay_s().value_or(0.0), 30.0, 1e-6);
  EXPECT_EQ(s.raised, 4u);
  EXPECT_EQ(s.right, 2u);
  EXPECT_EQ(scores->at("false_time").other_name, 1u);
  EXPECT_EQ(scores->at("false_time").right, 0u);
  // Either name for either.
  const PathologyScore& both = scores->at("position_or_time");
  EXPECT_EQ(both.episodes, 2u);
  EXPECT_EQ(both.found, 1u);
  EXPECT_EQ(both.raised, 5u);
  EXPECT_EQ(both.right, 3u);
  EXPECT_EQ(scores->at("ghost").short_episodes, 1u);
  EXPECT_FALSE(scores->at("ghost").recall().has_value());
}

TEST(Pathologies, PlotsAreHeldAgainstPlots) {
  const std::string at_fifty =
      std::string(kOne.substr(0, kOne.size() - 2)) + "\"r\",\"slant_range_m\":50010.0";
  const std::string labels = label("split_plot", "10:00:00", "10:00:00", at_fifty) +
                             label("split_plot", "10:00:05", "10:00:05", at_fifty);
  const std::string doubts = doubt("plot", "split_plot", "10:00:00.010", kOfOne) +
                             doubt("plot", "split_plot", "10:00:09", kOfOne);
  const auto scores = score_pathologies({labels, "l"}, {doubts, "d"});
  ASSERT_TRUE(scores.has_value()) << scores.error().message;
  const PathologyScore& s = scores->at("split_plot");
  EXPECT_EQ(s.plot_recall(), 0.5);
  EXPECT_EQ(s.plot_precision(), 0.5);
  EXPECT_EQ(s.raised, 0u);
}

TEST(Pathologies, AMovingEchoIsFoundWhereItHasMovedTo) {
  const std::string labels =
      label("birds",
            "10:00:00",
            "10:10:00",
            "\"icao_addresses\":[],\"mode_3a\":null,\"source\":\"p\",\"lat_deg\":12.95,"
            "\"lon_deg\":2.0,\"radius_m\":1500,\"ground_speed_kt\":36.0,\"track_angle_deg\":0.0");
  const std::string of_none =
      "\"sensor\":\"p\",\"icao_address\":null,\"mode_3a\":null,\"slant_range_m\":50000.0";
  // 0.05 degrees are 5,560 m: 300 s at 18.5 m/s.
  const auto late =
      score_pathologies({labels, "l"}, {doubt("raised", "birds", "10:05:00", of_none), "d"});
  const auto early =
      score_pathologies({labels, "l"}, {doubt("raised", "birds", "10:00:30", of_none), "d"});
  ASSERT_TRUE(late && early);
  EXPECT_EQ(late->at("birds").found, 1u);
  EXPECT_EQ(early->at("birds").found, 0u);
}

TEST(Pathologies, ErrorsNameFileLineAndField) {
  const auto scores = score_pathologies({"{\"pathology\":3}\n", "labels.jsonl"}, {"", "d"});
  ASSERT_FALSE(scores.has_value());
  EXPECT_NE(scores.error().message.find("labels.jsonl:1"), std::string::npos);
  EXPECT_NE(scores.error().message.find("pathology"), std::string::npos);
}

}  // namespace
}  // namespace liptako::assess
