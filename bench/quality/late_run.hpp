// What late plots cost: flights with turns, seen by two radars, or a radar and ADS-B, whose plots
// arrive after a random delay, tracked as they come and, as the yardstick, by a tracker that at
// each instant is given anew all plots that have arrived, in order of measurement. Both are asked
// where the aircraft was at the newest of these plots, so that no extrapolation hides what a
// filter got wrong.
#pragma once

#include <cstdint>
#include <vector>

namespace liptako::bench {

struct LateScene {
  const char* name = "";
  bool ads_b = false;  // the second sensor, instead of a radar
  // Delays are uniform between these, seconds, by sensor: plots of one overtake each other.
  double least_delay[2] = {};
  double most_delay[2] = {};
};

struct LateResult {
  LateScene scene;
  double as_they_come_m = 0.0;     // RMS of position at the newest plot, each second
  double by_retrodiction_m = 0.0;  // the same where no track's past is kept
  double in_order_m = 0.0;
  double turning_as_they_come_m = 0.0;
  double turning_in_order_m = 0.0;
  double inside_95 = 0.0;  // of the errors as they come
  std::uint64_t plots = 0;
  std::uint64_t late = 0;   // set aside for their age
  std::uint64_t shown = 0;  // instants with one track; the rest have none or several
  std::uint64_t instants = 0;

  [[nodiscard]] double ratio_by_retrodiction() const { return by_retrodiction_m / in_order_m; }
  [[nodiscard]] double ratio() const { return as_they_come_m / in_order_m; }
};

[[nodiscard]] std::vector<LateResult> run_late(int flights);

}  // namespace liptako::bench
