#include "track/stored.hpp"

namespace liptako::track {
namespace {

constexpr double kMost = 1e9;
constexpr double kRounding = 1.0 + 1e-6;

}  // namespace

bool is_loadable(const Imm& imm) {
  if (!is_sound(imm)) return false;
  for (int m = 0; m < kModes; ++m) {
    if (!(imm.mu[m] >= 0.0)) return false;
    for (int r = 0; r < kStateSize; ++r) {
      if (std::fabs(imm.x[r][m]) > kMost || imm.P[packed(r, r)][m] > kMost * kMost) return false;
      // Cauchy's inequality for every pair; what it lets through, the next update finds.
      for (int k = r + 1; k < kStateSize; ++k) {
        const double p = imm.P[packed(r, k)][m];
        if (!(p * p <= kRounding * imm.P[packed(r, r)][m] * imm.P[packed(k, k)][m])) return false;
      }
    }
  }
  return true;
}

bool is_loadable(const VerticalFilter& v) {
  return std::fabs(v.altitude_m) < kMost && std::fabs(v.rate_mps) < kMost && v.P00 >= 0.0 &&
         v.P11 >= 0.0 && v.P00 < kMost && v.P11 < kMost &&
         v.P01 * v.P01 <= kRounding * v.P00 * v.P11;
}

bool is_loadable(const HeightEffect& effect) {
  for (const double d : effect.d) {
    if (!(std::fabs(d) < kMost)) return false;
  }
  return true;
}

}  // namespace liptako::track
