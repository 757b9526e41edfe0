#include "track/navigation_effect.hpp"

#include <algorithm>
#include <cmath>

#include "base/unrolled.hpp"
#include "geo/frames.hpp"

namespace liptako::track {
namespace {

// A position is told in steps of 5.1 m [DO-260B, §2.2.3.2.3.7], and the antenna is somewhere.
constexpr double kStepsM2 = 1.5 * 1.5;

Widening outer(const NavigationEffect& effect, double factor) {
  Widening by;
  LIPTAKO_UNROLLED
  for (int r = 0; r < kStateSize; ++r) {
    for (int k = r; k < kStateSize; ++k) {
      const double product = static_cast<double>(effect.per_sd[r][0]) * effect.per_sd[k][0] +
                             static_cast<double>(effect.per_sd[r][1]) * effect.per_sd[k][1];
      by.P[packed(r, k)] = factor * product;
    }
  }
  return by;
}

}  // namespace

void carry(NavigationEffect& effect, double dt) {
  LIPTAKO_UNROLLED
  for (int u = 0; u < 2; ++u) {
    for (int r = kEast; r <= kNorth; ++r)
      effect.per_sd[r][u] += static_cast<float>(dt * effect.per_sd[r + kVelocityEast][u]);
  }
}

Widening predict(NavigationEffect& effect, double dt) {
  carry(effect, dt);
  const double kept = 1.0 / (1.0 + dt / base::to_seconds(kNavigationMemory));
  const Widening by = outer(effect, 1.0 - kept * kept);
  LIPTAKO_UNROLLED
  for (auto& row : effect.per_sd) {
    for (float& g : row) g = static_cast<float>(kept * g);
  }
  return by;
}

Widening forget(NavigationEffect& effect) {
  const Widening by = outer(effect, 1.0);
  effect = {};
  return by;
}

void change_frame(NavigationEffect& effect,
                  const geo::TangentFrame& from,
                  const geo::TangentFrame& to) {
  if (is_none(effect)) return;
  const auto r = geo::rotation_between(from, to);
  for (const int k : {kEast, kVelocityEast}) {
    for (int u = 0; u < 2; ++u) {
      const double east = effect.per_sd[k][u], north = effect.per_sd[k + 1][u];
      effect.per_sd[k][u] = static_cast<float>(r[0] * east + r[1] * north);
      effect.per_sd[k + 1][u] = static_cast<float>(r[3] * east + r[4] * north);
    }
  }
}

ReportNoise split(const Claim& claim, double share) {
  ReportNoise noise;
  const double east = claim.velocity_east, north = claim.velocity_north;
  const double along[3] = {east * east, east * north, north * north};
  double claimed[3];
  for (int k = 0; k < 3; ++k) claimed[k] = claim.variance[k] - claim.stamp_variance_s2 * along[k];
  const double least = std::min(claimed[0], claimed[2]);
  // The steps at most in full: what is claimed stays positive definite.
  const double steps = std::min(kStepsM2, 0.5 * least);
  for (int k = 0; k < 3; ++k) noise.fresh[k] = share * claimed[k];
  noise.fresh[0] += (1.0 - share) * steps;
  noise.fresh[2] += (1.0 - share) * steps;
  const double a = claimed[0] - noise.fresh[0];
  const double b = claimed[1] - noise.fresh[1];
  const double c = claimed[2] - noise.fresh[2];
  const double age = base::to_seconds(kReportAge);
  const double time = share * age * age + claim.stamp_variance_s2;
  for (int k = 0; k < 3; ++k) noise.fresh[k] += time * along[k];
  if (!(a > 0.0)) return noise;
  noise.root[0][0] = std::sqrt(a);
  noise.root[1][0] = b / noise.root[0][0];
  noise.root[1][1] = std::sqrt(std::max(c - noise.root[1][0] * noise.root[1][0], 0.0));
  return noise;
}

namespace {

// g += H effect.
void add_seen(const NavigationEffect& effect, const LinearMeasurement& m, double (&g)[2][2]) {
  const auto& per_sd = effect.per_sd;
  if (m.columns == Columns::place || m.columns == Columns::velocity) {
    const int first = m.columns == Columns::place ? kEast : kVelocityEast;
    LIPTAKO_UNROLLED
    for (int i = 0; i < 2; ++i) {
      for (int u = 0; u < 2; ++u) g[i][u] += per_sd[first + i][u];
    }
    return;
  }
  const int count = m.columns == Columns::position ? 2 : kStateSize;
  for (int i = 0; i < 2; ++i) {
    for (int r = 0; r < count; ++r) {
      for (int u = 0; u < 2; ++u) g[i][u] += m.H[i][r] * per_sd[r][u];
    }
  }
}

// effect -= K g
void correct(NavigationEffect& effect, const double (&g)[2][2], const MeanGain& gain) {
  LIPTAKO_UNROLLED
  for (int r = 0; r < kStateSize; ++r) {
    for (int u = 0; u < 2; ++u)
      effect.per_sd[r][u] -= static_cast<float>(gain.K[r][0] * g[0][u] + gain.K[r][1] * g[1][u]);
  }
}

}  // namespace

void correlate(NavigationShare& share, const NavigationEffect& effect) {
  const auto& g = share.g;
  LIPTAKO_UNROLLED
  for (int r = 0; r < kStateSize; ++r) {
    for (int i = 0; i < 2; ++i)
      share.correlation.cross[r][i] = effect.per_sd[r][0] * g[i][0] + effect.per_sd[r][1] * g[i][1];
  }
}

NavigationShare share_of(const NavigationEffect& effect,
                         const LinearMeasurement& m,
                         const double (*root)[2]) {
  NavigationShare out;
  auto& g = out.g;
  for (int i = 0; root != nullptr && i < 2; ++i) {
    for (int u = 0; u < 2; ++u) g[i][u] = root[i][u];
  }
  add_seen(effect, m, g);
  correlate(out, effect);
  out.correlation.shared[0] = g[0][0] * g[0][0] + g[0][1] * g[0][1];
  out.correlation.shared[1] = g[0][0] * g[1][0] + g[0][1] * g[1][1];
  out.correlation.shared[2] = g[1][0] * g[1][0] + g[1][1] * g[1][1];
  return out;
}

void update(NavigationEffect& effect, const NavigationShare& share, const MeanGain& gain) {
  correct(effect, share.g, gain);
}

void update_by_velocity(NavigationEffect& effect,
                        const LinearMeasurement& velocity,
                        const MeanGain& gain) {
  double g[2][2] = {};
  add_seen(effect, velocity, g);
  correct(effect, g, gain);
}

}  // namespace liptako::track
