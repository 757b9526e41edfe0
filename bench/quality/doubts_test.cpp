// What of scenarios/doubts is found does not become less: one seed, with bounds below what ten
// gave (docs/DOUBTS.md).
#include <gtest/gtest.h>

#include "doubts_run.hpp"

namespace liptako::bench {
namespace {

struct Bounds {
  std::string_view scenario;
  std::string_view pathology;
  double recall;     // of episodes, or of plots where none are labelled
  double precision;  // likewise
};
constexpr Bounds kBounds[] = {
    {"duplicate_address", "duplicate_address", 0.9, 0.9},
    {"swapped_addresses", "swapped_addresses", 0.45, 0.9},
    {"garbled_code", "garbled_code", 0.7, 0.8},
    {"split_plot", "split_plot", 0.9, 0.95},
    {"reflection", "reflection", 0.6, 0.95},
    {"ring_around", "ring_around", 0.9, 0.95},
    {"transponder_failed", "transponder_failed", 0.7, 0.7},
    {"false_position", "false_position", 0.7, 0.7},
    {"spoofing", "position_or_time", 0.8, 0.8},
    {"false_velocity", "false_velocity", 0.7, 0.7},
    {"ghost", "ghost", 0.6, 0.7},
    {"jamming", "jamming", 0.7, 0.8},
    {"false_time", "false_time", 0.45, 0.7},
    {"station_time", "false_time", 0.8, 0.9},
    {"birds", "birds", 0.7, 0.8},
    {"wind_farm", "standing_echo", 0.7, 0.8},
};

TEST(DoubtScenarios, WhatIsWrongIsFound) {
  for (const Bounds& bounds : kBounds) {
    SCOPED_TRACE(bounds.scenario);
    const auto scenario =
        read_scenario(LIPTAKO_SOURCE_DIR "/scenarios/doubts", std::string(bounds.scenario));
    ASSERT_TRUE(scenario.has_value()) << scenario.error().message;
    DoubtsRunOptions options;
    options.length = std::chrono::minutes(13);
    const auto run = run_doubts(*scenario, options);
    ASSERT_TRUE(run.has_value()) << run.error().message;
    ASSERT_TRUE(run->scores.contains(std::string(bounds.pathology)));
    const assess::PathologyScore& s = run->scores.at(std::string(bounds.pathology));
    const bool of_plots = s.episodes == 0;
    EXPECT_GE(of_plots ? s.plot_recall().value_or(0.0) : s.recall().value_or(0.0), bounds.recall);
    EXPECT_GE(of_plots ? s.plot_precision().value_or(0.0) : s.precision().value_or(0.0),
              bounds.precision);
  }
}

TEST(DoubtScenarios, WhereNothingIsWrongNoAircraftIsDoubted) {
  const auto scenario = read_scenario(LIPTAKO_SOURCE_DIR "/scenarios/doubts", "nominal");
  ASSERT_TRUE(scenario.has_value()) << scenario.error().message;
  const auto run = run_doubts(*scenario, {});
  ASSERT_TRUE(run.has_value()) << run.error().message;
  EXPECT_GT(run->flight_hours, 5.0);
  for (const auto& [name, score] : run->scores) {
    if (name == "standing_echo") continue;  // the primary radar's own clutter
    EXPECT_EQ(score.raised, 0u) << name;
    EXPECT_EQ(score.plots_doubted, score.plots_found) << name;  // no true plot was set aside
  }
}

}  // namespace
}  // namespace liptako::bench
