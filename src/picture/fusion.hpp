// Covariance intersection of two estimates of one state [JulierUhlmann97]:
//   P^-1 = w A^-1 + (1 - w) B^-1,   x = P (w A^-1 a + (1 - w) B^-1 b),   0 <= w <= 1
// Consistent whatever the correlation of a and b. w is chosen to make the position surest.
//
// State order and units as Contribution::covariance; means relative to one origin.
#pragma once

#include <array>
#include <optional>

#include "picture/contribution.hpp"

namespace liptako::picture {

struct Estimate {
  std::array<double, 4> mean{};
  std::array<double, kCovarianceSize> covariance{};  // packed upper triangle
};

// y' M^-1 y for the first `size` (2 or 4) states; nothing if that block of M is not positive
// definite.
[[nodiscard]] std::optional<double> squared_mahalanobis(
    const std::array<double, 4>& y, const std::array<double, kCovarianceSize>& m, int size);

[[nodiscard]] bool is_positive_definite(const std::array<double, kCovarianceSize>& m);

struct Intersection {
  Estimate estimate;
  double weight = 1.0;  // of the first
};
// Nothing if one of them is not positive definite.
[[nodiscard]] std::optional<Intersection> intersect(const Estimate& a, const Estimate& b);

}  // namespace liptako::picture
