#include "track/stored.hpp"

#include <algorithm>

#include "track/sensors/models.hpp"

namespace liptako::track {
namespace {

constexpr double kMost = 1e9;
constexpr double kRounding = 1.0 + 1e-6;

bool is_usable_horizon(const std::vector<base::Angle>& horizon) {
  return horizon.size() <= SensorDescription::kMaxHorizon &&
         std::ranges::all_of(horizon, [](base::Angle a) { return std::fabs(a.degrees()) <= 60.0; });
}

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
         v.P01 * v.P01 <= kRounding * v.P00 * v.P11 && std::fabs(v.offset.mean_m) < kMost &&
         v.offset.variance_m2 >= 0.0 && v.offset.variance_m2 < kMost;
}

bool is_loadable(const HeightEffect& effect) {
  for (const double d : effect.d) {
    if (!(std::fabs(d) < kMost)) return false;
  }
  return true;
}

bool is_loadable(const NavigationEffect& effect) {
  for (const auto& row : effect.per_sd) {
    for (const float g : row) {
      if (!(std::fabs(g) < kMost)) return false;
    }
  }
  return true;
}

bool is_loadable(const Plot& plot) {
  return is_finite(plot) && base::is_reckonable(plot.time) &&
         (!plot.mode_3a || plot.mode_3a->bits() < 4096) && plot.call_sign.view().size() <= 8 &&
         plot.aircraft_class <= AircraftClass::surface && plot.on_ground <= OnGround::no &&
         plot.mover <= Mover::vehicle;
}

bool is_loadable(const SensorDescription& s) {
  const auto within = [](double value, double low, double high) {
    return value >= low && value <= high;
  };
  return is_known(s.kind) && is_on_earth(s.site) && s.period >= std::chrono::milliseconds(100) &&
         s.period <= std::chrono::seconds(60) && within(s.range_sd.metres(), 1e-3, 1e5) &&
         within(s.azimuth_sd.radians(), 1e-6, 1.0) && within(s.elevation_sd.radians(), 1e-6, 1.0) &&
         s.latency_sd >= base::Duration::zero() && s.latency_sd <= std::chrono::seconds(60) &&
         within(s.position_sd.metres(), 1e-3, 1e5) && within(s.velocity_sd.mps(), 1e-3, 1e4) &&
         s.memory >= std::chrono::milliseconds(100) && s.memory <= std::chrono::hours(1) &&
         within(s.range_max.metres(), 1.0, 1e7) && within(s.range_min.metres(), 0.0, 1e6) &&
         within(s.elevation_min.degrees(), -10.0, 90.0) &&
         within(s.elevation_max.degrees(), -10.0, 90.0) && is_usable_horizon(s.horizon) &&
         is_loadable(s.terrain) && within(s.position_sd_per_km.metres(), 0.0, 1e3) &&
         within(s.aerodrome_radius.metres(), 0.0, 1e5) &&
         within(s.detection_probability, 1e-3, 0.9999) &&
         within(s.false_plots_primary, 1e-12, 1e6) && within(s.false_plots_secondary, 1e-12, 1e6) &&
         within(s.false_plots_addressed, 1e-12, 1e6);
}

}  // namespace liptako::track
