// The tracker over the benchmark sets that other filters were run on too, scored against the sets'
// truth and beside these filters' results (docs/SCORING.md, "Benchmark sets").
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "app/benchmark_sets.hpp"
#include "assess/set_score.hpp"
#include "base/result.hpp"

namespace liptako::bench {

struct SetResult {
  app::SetHow how;
  std::uint64_t plots = 0;
  std::uint64_t scans = 0;
  double cpu_s = 0.0;  // of tracking alone
  std::vector<app::SensorFit> sensors;
  std::variant<assess::PointSetScore, assess::TrafficScore> score;
};

// Of the kept sets, those whose files are in the folder, each in both modes, s2
// with each exchange; with the first `runs`
// runs only, or all for 0; `only` one set, or all if empty.
[[nodiscard]] base::Result<std::vector<SetResult>> run_sets(const std::string& folder,
                                                            const std::string& only,
                                                            std::uint32_t runs);

}  // namespace liptako::bench
