#include "track/doubt/population.hpp"

#include <algorithm>
#include <cmath>

#include "base/time_range.hpp"

namespace liptako::track {
namespace {

constexpr std::uint32_t kEstimateEvery = 8;
constexpr int kRounds = 4;
// Of so many aircraft, and seen for so long: until then the mean of the medians counts. One look at
// eight aircraft, of which most fly away from the radar, confuses its bias with their lag by
// several of its standard deviations, and what is settled wrong stays so for an hour.
constexpr std::uint32_t kSettled = 8;
constexpr base::Duration kSettling = std::chrono::seconds(60);
// A settled bias moves no faster: radars drift by fractions of their noise an hour.
constexpr double kDriftPerS = 0.1 / 60.0;      // sd
constexpr double kLagDriftPerS = 0.02 / 60.0;  // seconds
constexpr double kSpreadPerS = 0.1 / 60.0;
constexpr double kMaxLagS = 5.0;

double median(std::array<double, Population::kAircraft>& values, std::uint32_t count) {
  const auto middle = values.begin() + count / 2;
  std::nth_element(values.begin(), middle, values.begin() + count);
  return *middle;
}

}  // namespace

void Population::take(const Comparison& c, base::Timestamp time) {
  if (!(std::fabs(c.y[0]) < 1e6F && std::fabs(c.y[1]) < 1e6F && std::fabs(c.rate[0]) < 1e6F &&
        std::fabs(c.rate[1]) < 1e6F)) {
    return;
  }
  Comparison* mine = nullptr;
  for (std::uint32_t i = 0; i < count_; ++i) {
    if (newest_[i].track == c.track) mine = &newest_[i];
  }
  if (mine == nullptr) {
    mine = &newest_[next_];
    next_ = (next_ + 1) % kAircraft;
    count_ = std::min<std::uint32_t>(count_ + 1, kAircraft);
  }
  *mine = c;
  if (++pending_ < kEstimateEvery) return;
  pending_ = 0;
  if (known()) estimate(time);
}

void Population::estimate(base::Timestamp time) {
  std::array<double, 2> b = bias_;
  double lag = lag_s_;
  std::array<double, kAircraft> values{};
  for (int round = 0; round < kRounds; ++round) {
    for (std::size_t axis = 0; axis < 2; ++axis) {
      for (std::uint32_t i = 0; i < count_; ++i)
        values[i] = newest_[i].y[axis] - lag * newest_[i].rate[axis];
      b[axis] = median(values, count_);
    }
    std::uint32_t moving = 0;
    for (std::uint32_t i = 0; i < count_; ++i) {
      const Comparison& c = newest_[i];
      const double gg = double{c.rate[0]} * c.rate[0] + double{c.rate[1]} * c.rate[1];
      if (gg < 1e-6) continue;
      values[moving++] = ((c.y[0] - b[0]) * c.rate[0] + (c.y[1] - b[1]) * c.rate[1]) / gg;
    }
    if (moving >= kKnown) lag = std::clamp(median(values, moving), -kMaxLagS, kMaxLagS);
  }
  const bool was_settled = settled_;
  const double passed = std::max(0.0, base::to_seconds(time - estimated_));
  if (settled_) {
    for (std::size_t axis = 0; axis < 2; ++axis) {
      b[axis] =
          std::clamp(b[axis], bias_[axis] - kDriftPerS * passed, bias_[axis] + kDriftPerS * passed);
    }
    lag = std::clamp(lag, lag_s_ - kLagDriftPerS * passed, lag_s_ + kLagDriftPerS * passed);
  }
  if (!settled_ && count_ >= kSettled) {
    if (estimates_ == 0) since_ = time;
    ++estimates_;
    for (std::size_t axis = 0; estimates_ > 1 && axis < 2; ++axis)
      b[axis] = bias_[axis] + (b[axis] - bias_[axis]) / estimates_;
    if (estimates_ > 1) lag = lag_s_ + (lag - lag_s_) / estimates_;
    settled_ = time - since_ >= kSettling;
  }
  estimated_ = time;
  bias_ = b;
  lag_s_ = lag;
  for (std::uint32_t i = 0; i < count_; ++i) {
    const Comparison& c = newest_[i];
    values[i] = 0.5 * (std::fabs(c.y[0] - b[0] - lag * c.rate[0]) +
                       std::fabs(c.y[1] - b[1] - lag * c.rate[1]));
  }
  // Of a normal error the mean of two absolute values has a median near 0.77 sd.
  const double spread = std::clamp(median(values, count_) / 0.77, 1.0, 10.0);
  spread_ = was_settled ? std::min(spread, spread_ + kSpreadPerS * passed) : spread;
}

bool Population::is_usable() const {
  const auto sane = [](double value) { return std::fabs(value) < 1e7; };
  if (count_ > kAircraft || next_ >= kAircraft || pending_ >= kEstimateEvery) return false;
  if (!sane(bias_[0]) || !sane(bias_[1]) || !(std::fabs(lag_s_) <= kMaxLagS)) return false;
  if (!(spread_ >= 1.0 && spread_ <= 10.0) || !base::is_reckonable(estimated_) ||
      !base::is_reckonable(since_))
    return false;
  return std::ranges::all_of(newest_, [&](const Comparison& c) {
    return sane(c.y[0]) && sane(c.y[1]) && sane(c.rate[0]) && sane(c.rate[1]);
  });
}

}  // namespace liptako::track
