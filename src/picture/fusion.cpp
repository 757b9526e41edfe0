// Legend: L lower Cholesky factor, M = L L'; packed(i, j) index into the upper triangle.
#include "picture/fusion.hpp"

#include <cmath>

namespace liptako::picture {
namespace {

using Packed = std::array<double, kCovarianceSize>;

constexpr int packed(int row, int column) {
  return row <= column ? row * 4 - row * (row - 1) / 2 + (column - row) : packed(column, row);
}

struct Cholesky {
  double L[4][4] = {};
};

std::optional<Cholesky> factorise(const Packed& m, int size) {
  Cholesky c;
  for (int i = 0; i < size; ++i) {
    for (int j = 0; j <= i; ++j) {
      double sum = m[packed(i, j)];
      for (int k = 0; k < j; ++k) sum -= c.L[i][k] * c.L[j][k];
      if (i == j) {
        if (!(sum > 0.0) || !std::isfinite(sum)) return std::nullopt;
        c.L[i][i] = std::sqrt(sum);
      } else {
        c.L[i][j] = sum / c.L[j][j];
      }
    }
  }
  return c;
}

std::array<double, 4> solve(const Cholesky& c, std::array<double, 4> b) {
  for (int i = 0; i < 4; ++i) {
    for (int k = 0; k < i; ++k) b[i] -= c.L[i][k] * b[k];
    b[i] /= c.L[i][i];
  }
  for (int i = 3; i >= 0; --i) {
    for (int k = i + 1; k < 4; ++k) b[i] -= c.L[k][i] * b[k];
    b[i] /= c.L[i][i];
  }
  return b;
}

std::optional<Packed> inverse(const Packed& m) {
  const auto c = factorise(m, 4);
  if (!c) return std::nullopt;
  Packed out{};
  for (int column = 0; column < 4; ++column) {
    std::array<double, 4> unit{};
    unit[column] = 1.0;
    const auto x = solve(*c, unit);
    for (int row = 0; row <= column; ++row) out[packed(row, column)] = x[row];
  }
  return out;
}

Packed mix(const Packed& a, const Packed& b, double w) {
  Packed out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = w * a[i] + (1.0 - w) * b[i];
  return out;
}

std::array<double, 4> times(const Packed& m, const std::array<double, 4>& x) {
  std::array<double, 4> out{};
  for (int i = 0; i < 4; ++i) {
    for (int j = 0; j < 4; ++j) out[i] += m[packed(i, j)] * x[j];
  }
  return out;
}

double position_trace(const Packed& covariance) { return covariance[0] + covariance[4]; }

}  // namespace

std::optional<double> squared_mahalanobis(const std::array<double, 4>& y,
                                          const Packed& m,
                                          int size) {
  const auto c = factorise(m, size);
  if (!c) return std::nullopt;
  double sum = 0.0;
  double z[4] = {};
  for (int i = 0; i < size; ++i) {
    z[i] = y[i];
    for (int k = 0; k < i; ++k) z[i] -= c->L[i][k] * z[k];
    z[i] /= c->L[i][i];
    sum += z[i] * z[i];
  }
  return sum;
}

bool is_positive_definite(const Packed& m) { return factorise(m, 4).has_value(); }

std::optional<Intersection> intersect(const Estimate& a, const Estimate& b) {
  const auto A = inverse(a.covariance), B = inverse(b.covariance);
  if (!A || !B) return std::nullopt;
  const auto trace_at = [&](double w) {
    const auto p = inverse(mix(*A, *B, w));
    return p ? position_trace(*p) : std::numeric_limits<double>::infinity();
  };
  // The trace is convex in w: a golden-section search to 1 in 1,000, then the ends, where the
  // better of two nested ellipses lies.
  constexpr double kGolden = 0.6180339887498949;
  double low = 0.0, high = 1.0;
  double left = high - kGolden * (high - low), right = low + kGolden * (high - low);
  double at_left = trace_at(left), at_right = trace_at(right);
  for (int i = 0; i < 14; ++i) {
    if (at_left <= at_right) {
      high = right;
      right = left;
      at_right = at_left;
      left = high - kGolden * (high - low);
      at_left = trace_at(left);
    } else {
      low = left;
      left = right;
      at_left = at_right;
      right = low + kGolden * (high - low);
      at_right = trace_at(right);
    }
  }
  double w = 0.5 * (low + high);
  if (position_trace(a.covariance) <= trace_at(w)) w = 1.0;
  if (w < 1.0 && position_trace(b.covariance) < trace_at(w)) w = 0.0;
  if (w == 1.0) return Intersection{a, 1.0};
  if (w == 0.0) return Intersection{b, 0.0};
  const auto p = inverse(mix(*A, *B, w));
  if (!p) return Intersection{a, 1.0};
  const auto xa = times(*A, a.mean), xb = times(*B, b.mean);
  std::array<double, 4> x{};
  for (int i = 0; i < 4; ++i) x[i] = w * xa[i] + (1.0 - w) * xb[i];
  return Intersection{{times(*p, x), *p}, w};
}

}  // namespace liptako::picture
