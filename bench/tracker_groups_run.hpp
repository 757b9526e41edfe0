// What tracks in each other's gates cost: aircraft that primary radar alone sees, some of them in
// pairs and fours, through the tracker; and the cluster filter by itself where four targets meet.
#pragma once

#include <cstdint>

namespace liptako::bench {

// Shares of all aircraft.
struct Mix {
  double addressed = 0.0;
  double coded = 0.0;     // Mode A and C
  double in_pairs = 0.0;  // primary plots, 400 m apart
  double in_fours = 0.0;  // primary plots, crossing and crossing again within 300 m
  std::uint32_t aircraft = 1000;
};

struct MixResult {
  double plots_per_s = 0.0;    // take() and advance(), CPU time, mean over the rounds
  double grouped_share = 0.0;  // of plots, that went through the cluster filter
  double allocations_per_plot = 0.0;
};

// The rest are primary plots of aircraft alone. `allocations` counts them.
[[nodiscard]] MixResult run_mix(const Mix& mix, int rounds, const std::uint64_t& allocations);

// Four targets that meet in the middle of 81 scans, 10 false plots a scan, 200 hypotheses.
[[nodiscard]] double crossing_cluster_ms_per_scan(int runs);

}  // namespace liptako::bench
