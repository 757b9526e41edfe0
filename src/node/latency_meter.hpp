// Percentiles of the newest few thousand latencies.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <vector>

#include "base/time.hpp"

namespace liptako::node {

class LatencyMeter {
 public:
  static constexpr std::size_t kKept = 4096;

  void note(base::Duration latency) { kept_[count_++ % kKept] = latency; }

  // The smallest kept latency that at least `share` of them do not exceed; nothing before the
  // first.
  [[nodiscard]] std::optional<base::Duration> percentile(double share) const {
    const std::size_t n = std::min(count_, kKept);
    if (n == 0) return std::nullopt;
    std::vector<base::Duration> sorted(kept_.begin(),
                                       kept_.begin() + static_cast<std::ptrdiff_t>(n));
    const double enough = std::max(1.0, std::ceil(share * static_cast<double>(n)));
    const auto rank = std::min(n, static_cast<std::size_t>(enough)) - 1;
    std::nth_element(
        sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(rank), sorted.end());
    return sorted[rank];
  }

 private:
  std::array<base::Duration, kKept> kept_{};
  std::size_t count_ = 0;
};

}  // namespace liptako::node
