// How much of what an ADS-B station's reports claim to err by is new in each report: learnt from
// how well they agree with their tracks [Mehra70]. A claim is a bound on what the navigation errs
// by for minutes (navigation_effect.hpp); from one report to the next it changes by far less, and
// by how much depends on receivers, installations and the station's stamps, which nobody tells.
//
// With d2 the squared distance of a report (two degrees of freedom), the share s follows
//     s <- s x mean(d2 / 2)
// once a window, by a factor within 1/4 and 4: an honest s has a mean of 1. Sums of whole
// numbers: nothing depends on the order of plots of one time.
#pragma once

#include <cstdint>

#include "base/time_range.hpp"

namespace liptako::track {

class FreshShare {
 public:
  static constexpr base::Duration kWindow = std::chrono::seconds(10);
  static constexpr double kLeast = 1e-3;

  // Of the variance claimed; 0.1 until something is learnt.
  [[nodiscard]] double share() const { return share_; }
  // Data time has come to `time`; before the plots of it are used.
  void note_time(base::Timestamp time);
  // Beyond five deviations as at five.
  void learn(double d2);

  [[nodiscard]] bool is_sound() const {
    return share_ >= kLeast && share_ <= 1.0 && base::is_reckonable(until_) && count_ <= kMost &&
           total_ <= kMost * kUnit * 13;
  }
  template <class Archive>
  friend void visit_fields(Archive& archive, FreshShare& s) {
    archive(s.share_, s.until_, s.count_, s.total_);
  }

 private:
  static constexpr std::uint64_t kMost = 1'000'000;
  static constexpr std::uint64_t kUnit = 1 << 16;

  double share_ = 0.1;
  base::Timestamp until_;
  std::uint64_t count_ = 0;
  std::uint64_t total_ = 0;  // of d2 / 2, in units of 1 / kUnit
};

}  // namespace liptako::track
