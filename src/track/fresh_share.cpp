#include "track/fresh_share.hpp"

#include <algorithm>

namespace liptako::track {
namespace {

// A stamp of far ahead does not end the learning.
constexpr base::Duration kRanAway = 10 * FreshShare::kWindow;
constexpr std::uint64_t kEnough = 20;
constexpr double kMostStep = 4.0;

}  // namespace

void FreshShare::note_time(base::Timestamp time) {
  if (time < until_ && until_ - time <= kRanAway) return;
  if (count_ >= kEnough) {
    const double mean =
        static_cast<double>(total_) / (static_cast<double>(kUnit) * static_cast<double>(count_));
    const double step = std::clamp(mean, 1.0 / kMostStep, kMostStep);
    share_ = std::clamp(share_ * step, kLeast, 1.0);
    count_ = 0;
    total_ = 0;
  }
  until_ = time + kWindow;
}

void FreshShare::learn(double d2) {
  if (count_ == kMost) return;
  ++count_;
  total_ += static_cast<std::uint64_t>(0.5 * std::clamp(d2, 0.0, 25.0) * kUnit);
}

}  // namespace liptako::track
