// An en-route area whose sensors are all set up wrong, seen twice at once: by a tracker that
// registers its sensors and by one that does not, given the same plots. What each shows is scored
// against the truth, and the biases found against those the scenario gave.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "assess/scorer.hpp"
#include "base/result.hpp"
#include "sim/scenario.hpp"
#include "track/registration/registration.hpp"

namespace liptako::bench {

struct EnRouteOptions {
  std::uint64_t seed = 24;
  base::Timestamp start = base::timestamp_from_ns(1'795'305'600'000'000'000);  // 2026-11-22
  base::Duration learn = std::chrono::minutes(10);   // then biases are compared, scoring begins
  base::Duration length = std::chrono::minutes(20);  // scored
  base::Duration every = std::chrono::seconds(4);    // from instant to instant
  // Scorers begin anew after this, so that a day takes no more memory than this much of it; changes
  // of number and gaps across that instant are not counted.
  base::Duration scored_at_once = std::chrono::hours(1);
  assess::ScoreOptions score;
  // Positions of multilateration are so far east, and half as far south, of where they should be.
  base::Length mlat_bias;
  bool perfect = false;    // the scenario's biases are left out: what registration costs
  bool still_air = false;  // the scenario's wind is left out
};

// What reported the aircraft of late, the best of it: assess::TruthSample::group.
enum class EnRouteSeen : std::uint8_t { ads_b, wide_area, several_radars, one_radar };
inline constexpr std::array<std::string_view, 4> kEnRouteSeenNames = {
    "ADS-B", "multilateration", "several radars", "one radar"};

// How the plots of a sensor fitted the tracks that took them.
struct SensorNis {
  std::string sensor;
  assess::Consistency nis;
};

struct BiasFound {
  std::string sensor;
  bool is_radar = false;
  double range_m = 0.0;  // given
  double azimuth_rad = 0.0;
  double time_s = 0.0;
  double east_m = 0.0;
  double north_m = 0.0;
  track::SensorRegistration found;  // at the end of `learn`
};

struct EnRouteResult {
  std::vector<BiasFound> biases;
  // The largest error of any radar, and of any sensor's time, at the end of `learn`.
  double worst_range_m = 0.0;
  double worst_azimuth_rad = 0.0;
  double worst_time_s = 0.0;
  // Seconds from the start until all errors stayed within 10 m, 0.01 deg and 20 ms; negative:
  // never.
  double found_after_s = -1.0;
  // At the end of the run, as above; jumps found in all of it, of which the scenario has none; and
  // aircraft doubted at the end, none of which lies.
  double last_range_m = 0.0;
  double last_azimuth_rad = 0.0;
  double last_time_s = 0.0;
  std::uint32_t jumps = 0;
  std::uint32_t doubted = 0;
  // The largest errors of any instant after `learn`, by 10 s, and the share of these instants at
  // which all errors were within 10 m, 0.01 deg and 20 ms.
  double ever_range_m = 0.0;
  double ever_azimuth_rad = 0.0;
  double ever_time_s = 0.0;
  double within_share = 0.0;
  // Pooled over what was scored at once; trajectories and attributes of the air picture of the
  // first of it.
  assess::Score with;
  assess::Score without;
  std::vector<SensorNis> nis;  // with registration, after `learn`
  std::uint64_t plots = 0;
};

[[nodiscard]] base::Result<EnRouteResult> run_en_route(sim::Scenario scenario,
                                                       const EnRouteOptions& options);

}  // namespace liptako::bench
