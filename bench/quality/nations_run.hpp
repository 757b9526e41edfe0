// A simulated day's sensors send into real nodes, one a nation, and each nation's picture is scored
// against the truth: what an operator there would have seen, datagrams' delays included. For the
// benchmark that prints it and the test that holds it.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "assess/scorer.hpp"
#include "base/result.hpp"
#include "sim/scenario.hpp"

namespace liptako::bench {

struct NationsRunOptions {
  std::uint64_t seed = 24;
  // Of the scenario: its own clock says which hour of its day that is.
  base::Timestamp start = base::timestamp_from_ns(1'795'305'600'000'000'000);  // 2026-11-22
  base::Duration settle = std::chrono::minutes(3);   // nodes run, nothing is scored yet
  base::Duration length = std::chrono::minutes(20);  // scored
  base::Duration every = std::chrono::seconds(4);    // from instant to instant
  assess::ScoreOptions score;
};

// What reported on an aircraft to a nation in the last minute: the group it is counted in.
enum class Situation : std::uint8_t {
  ads_b_only,
  secondary_only,  // radars that ask, and multilateration
  ads_b_and_secondary,
  primary_only,
  system_only,  // another state's tracks
};
inline constexpr std::array<std::string_view, 5> kSituationNames = {
    "adsb", "secondary", "adsb_and_secondary", "primary", "foreign_tracks"};

struct NationScore {
  std::string node;
  std::size_t sources = 0;
  std::uint64_t plots = 0;  // while it was scored and before
  assess::Score score;
};

// What the result calls the common picture, as the first member has it.
inline constexpr std::string_view kCommonPicture = "common";

// By name of the nation, then the common picture against all that anybody's sensors report.
// Deterministic.
[[nodiscard]] base::Result<std::vector<NationScore>> run_nations(const sim::Scenario& scenario,
                                                                 const NationsRunOptions& options);

}  // namespace liptako::bench
