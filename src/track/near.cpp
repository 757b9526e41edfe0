#include "track/near.hpp"

#include <algorithm>

namespace liptako::track {
namespace {

constexpr double kMargin = 1.25;
// Where the effect of height is too steep to be linear: by the plot's own, and this near to a radar
// by what the track's may be, if nobody knows its height.
constexpr double kSteep = 0.3;
constexpr double kOverheadM = 40'000.0;
constexpr double kUnknownSdM = 1'000.0;

double square(double x) { return x * x; }

}  // namespace

Seen seen_at(const FirstFix& fix, const Plot& plot) {
  return {geo::ecef_from_geodetic(fix.position),
          fix.position.height.metres(),
          plot.slant_range.metres(),
          std::sqrt(fix.cov_ee_m2 + fix.cov_nn_m2),
          std::sqrt(square(fix.height_effect_east) + square(fix.height_effect_north))};
}

bool is_far(const PackedImm& imm,
            const ImmModel& model,
            const geo::TangentFrame& frame,
            const TrackEffects& of_track,
            const Seen& seen,
            double dt,
            double sds) {
  const Height& height = of_track.height;
  if (seen.height_effect > kSteep) return false;
  const bool overhead = seen.slant_range_m > 0.0 && seen.slant_range_m < kOverheadM;
  if (overhead && height.variance_m2 > kUnknownSdM * kUnknownSdM) return false;
  const auto q = frame.enu_from_ecef(seen.place);
  const double ve = imm.first[kVelocityEast], vn = imm.first[kVelocityNorth];
  // Of the other modes against mode 0.
  double apart2 = 0.0, faster2 = 0.0, position2 = 0.0, velocity2 = 0.0;
  const auto more = [&](int row, int m) { return static_cast<double>(imm.others[row][m]); };
  constexpr auto kVariance = [](int r) { return kStateSize + packed(r, r); };
  for (int m = 0; m < kModes - 1; ++m) {
    apart2 = std::max(apart2, square(more(kEast, m)) + square(more(kNorth, m)));
    faster2 = std::max(faster2, square(more(kVelocityEast, m)) + square(more(kVelocityNorth, m)));
    position2 = std::max(position2, more(kVariance(0), m) + more(kVariance(1), m));
    velocity2 = std::max(velocity2, more(kVariance(2), m) + more(kVariance(3), m));
  }
  position2 += imm.first[kVariance(0)] + imm.first[kVariance(1)];
  velocity2 += imm.first[kVariance(2)] + imm.first[kVariance(3)];
  for (int u = 0; u < 2; ++u) {
    const auto& g = of_track.navigation.per_sd;
    position2 += square(g[kEast][u]) + square(g[kNorth][u]);
    velocity2 += square(g[kVelocityEast][u]) + square(g[kVelocityNorth][u]);
  }
  const double t = std::fabs(dt);
  const double faster = std::sqrt(faster2);
  const double speed = std::sqrt(ve * ve + vn * vn) + faster;
  const double turn = speed * t * std::min(2.0, 0.5 * model.fastest * t);
  const double off = std::sqrt(apart2) + t * faster + turn;
  const double carried = std::sqrt(position2) + t * std::sqrt(velocity2);
  // The effect of height where the track is, not where the plot is: more, nearer to the radar.
  const double(&d)[kStateSize] = of_track.effect.d;
  const double effect = 2.0 * seen.height_effect + std::sqrt(square(d[0]) + square(d[1])) +
                        t * std::sqrt(square(d[2]) + square(d[3]));
  const double sd2 = carried * carried + 2.0 / 3.0 * model.noisiest * t * t * t + off * off +
                     seen.sd_m * seen.sd_m + effect * effect * height.variance_m2;
  const double bound =
      off + effect * std::fabs(height.mean_m - seen.height_m) + sds * std::sqrt(sd2);
  const double distance2 =
      square(q.x - imm.first[kEast] - dt * ve) + square(q.y - imm.first[kNorth] - dt * vn);
  return distance2 > square(kMargin * bound);
}

}  // namespace liptako::track
