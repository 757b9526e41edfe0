// A scenario with something wrong in it, recorded, tracked and scored against its labels: for the
// benchmark that prints it and the test that holds it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "assess/pathologies.hpp"
#include "base/result.hpp"
#include "sim/scenario.hpp"

namespace liptako::bench {

// Of scenarios/doubts, without their ends.
inline constexpr std::string_view kDoubtScenarios[] = {"nominal",
                                                       "duplicate_address",
                                                       "swapped_addresses",
                                                       "garbled_code",
                                                       "split_plot",
                                                       "reflection",
                                                       "ring_around",
                                                       "transponder_failed",
                                                       "false_position",
                                                       "spoofing",
                                                       "false_velocity",
                                                       "ghost",
                                                       "jamming",
                                                       "false_time",
                                                       "station_time",
                                                       "birds",
                                                       "wind_farm"};

struct DoubtsRunOptions {
  std::uint64_t seed = 1;
  base::Timestamp start = base::timestamp_from_ns(1'795'305'600'000'000'000);  // 2026-11-22
  base::Duration length = std::chrono::minutes(20);
};

struct DoubtsRun {
  std::map<std::string, assess::PathologyScore> scores;  // by pathology
  std::string doubts;                                    // doubts.jsonl
  std::uint64_t plots = 0;
  double flight_hours = 0.0;  // of all tracks' aircraft, from the truth
};

// The scenario of a folder; of its first member.
[[nodiscard]] base::Result<sim::Scenario> read_scenario(const std::string& folder,
                                                        const std::string& name);
[[nodiscard]] base::Result<DoubtsRun> run_doubts(const sim::Scenario& scenario,
                                                 const DoubtsRunOptions& options);

}  // namespace liptako::bench
