#include "assess/consistency.hpp"

#include <cmath>

namespace liptako::assess {
namespace {

constexpr double kDimension = 2.0;
// 95 % of chi-square with two degrees of freedom lie below -2 log 0.05.
constexpr double kEllipse95 = 5.991464547107979;
constexpr double kNormal975 = 1.959963984540054;

}  // namespace

void Consistency::take(double normalised_square) {
  ++count_;
  sum_ += normalised_square;
  inside_ += normalised_square <= kEllipse95 ? 1 : 0;
}

Consistency& Consistency::operator+=(const Consistency& other) {
  count_ += other.count_;
  inside_ += other.inside_;
  sum_ += other.sum_;
  return *this;
}

std::optional<double> Consistency::mean() const {
  if (count_ == 0) return std::nullopt;
  return sum_ / static_cast<double>(count_) / kDimension;
}

std::optional<std::pair<double, double>> Consistency::bounds() const {
  if (count_ == 0) return std::nullopt;
  const double degrees = kDimension * static_cast<double>(count_);
  return std::pair(chi_square_point(degrees, -kNormal975) / degrees,
                   chi_square_point(degrees, kNormal975) / degrees);
}

std::optional<double> Consistency::inside_95() const {
  if (count_ == 0) return std::nullopt;
  return static_cast<double>(inside_) / static_cast<double>(count_);
}

std::optional<double> normalised_square(std::pair<double, double> x,
                                        double c_xx,
                                        double c_xy,
                                        double c_yy) {
  const double determinant = c_xx * c_yy - c_xy * c_xy;
  if (!(c_xx > 0.0 && determinant > 0.0)) return std::nullopt;
  const auto [a, b] = x;
  const double square = (a * a * c_yy - 2.0 * a * b * c_xy + b * b * c_xx) / determinant;
  if (!std::isfinite(square)) return std::nullopt;
  // Rounding may bring a square near zero below it.
  return square < 0.0 ? 0.0 : square;
}

double chi_square_point(double degrees, double z) {
  const double variance = 2.0 / (9.0 * degrees);
  const double root = 1.0 - variance + z * std::sqrt(variance);
  return root <= 0.0 ? 0.0 : degrees * root * root * root;
}

}  // namespace liptako::assess
