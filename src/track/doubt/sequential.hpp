// Sequential tests: evidence is added up look by look, and a limit stands for a false-alarm rate.
//
//   CUSUM of log-likelihood ratios l   S <- max(0, S + l), alarm at S >= h [Page54]. However the
//     looks are distributed, the mean number of them between false alarms is at least exp(h)
//     [Lorden71, theorem 2].
//   Sequential probability ratio test  the sum without the floor; the probability that it ever
//     reaches h though nothing is wrong is at most exp(-h) [Wald45].
//   Shift of a mean in the plane       x, the residual in units of its covariance:
//     C = |S + x|, S <- (S + x) (1 - k / C), or 0 if C <= k; alarm at |S| > h [Crosier88]. Along
//     one direction it is a CUSUM of llr 2k (x - k) with limit 2 k h; directions add a factor that
//     a test measures (sequential_test.cpp): with k = 0.5 fewer than (1 + h^2) exp(-2 k h) alarms a
//     look.
#pragma once

#include <cmath>

namespace liptako::track {

class ShiftTest {
 public:
  static constexpr double kReference = 0.5;  // k: no lesser shift is looked for
  // Of one look: no single outlier decides.
  static constexpr double kLargest = 8.0;
  // (1 + 400) exp(-20): fewer than one false alarm in a million looks.
  static constexpr double kLimit = 20.0;

  // One residual of two dimensions, in units of its own covariance. `persistent`: the share of
  // that covariance, 0 to 1, that stays from look to look; three standard deviations of it are no
  // shift.
  void take(double x, double y, double persistent) {
    const double size = std::sqrt(x * x + y * y);
    if (!(size < 1e9)) return;
    const double cap = size > kLargest ? kLargest / size : 1.0;
    const double k = kReference + 3.0 * std::sqrt(std::fmin(std::fmax(persistent, 0.0), 1.0));
    const double a = total_[0] + cap * x, b = total_[1] + cap * y;
    const double c = std::sqrt(a * a + b * b);
    const double keep = c > k ? 1.0 - k / c : 0.0;
    total_[0] = static_cast<float>(keep * a);
    total_[1] = static_cast<float>(keep * b);
  }
  [[nodiscard]] double statistic() const {
    return std::sqrt(double{total_[0]} * total_[0] + double{total_[1]} * total_[1]);
  }
  [[nodiscard]] bool alarms() const { return statistic() > kLimit; }
  void clear() { total_[0] = total_[1] = 0.0F; }

  template <class Archive>
  friend void visit_fields(Archive& archive, ShiftTest& t) {
    archive(t.total_);
  }

 private:
  float total_[2] = {};
};

}  // namespace liptako::track
