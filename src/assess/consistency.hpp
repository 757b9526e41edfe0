// Whether a tracker's uncertainty is honest: normalised squared errors against the chi-square law
// they follow if it is [BarShalom01, §5.4].
//
//   NEES  e' P^-1 e   of the estimate's error e, which needs the truth
//   NIS   v' S^-1 v   of a plot's innovation v, which does not
//
// Either has as many degrees of freedom as the vector has dimensions. The mean over the dimension
// is 1 for an honest tracker; above it boasts, below it is timid. The bounds hold 95 % of means of
// so many independent values: errors of one track at instants close together are not, so that
// means just beyond the bounds accuse nobody.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

namespace liptako::assess {

// Of two-dimensional errors.
class Consistency {
 public:
  // Requires a value that is finite and not negative.
  void take(double normalised_square);
  Consistency& operator+=(const Consistency& other);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  // Mean over the dimension, 2.
  [[nodiscard]] std::optional<double> mean() const;
  // 95 % bounds of that mean.
  [[nodiscard]] std::optional<std::pair<double, double>> bounds() const;
  // Of values within the 95 % ellipse.
  [[nodiscard]] std::optional<double> inside_95() const;

 private:
  std::uint64_t count_ = 0;
  std::uint64_t inside_ = 0;
  double sum_ = 0.0;
};

// x' C^-1 x for a symmetric 2 x 2 covariance; absent if it is not positive definite.
[[nodiscard]] std::optional<double> normalised_square(std::pair<double, double> x,
                                                      double c_xx,
                                                      double c_xy,
                                                      double c_yy);

// The value below which chi-square with so many degrees of freedom lies with the probability of the
// normal deviate z: within 1 % from 10 degrees of freedom on; at 2 the upper 2.5 %
// point within 3 %, the lower one half of what it is [WilsonHilferty31].
[[nodiscard]] double chi_square_point(double degrees, double z);

}  // namespace liptako::assess
