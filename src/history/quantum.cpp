#include "history/quantum.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/math.hpp"
#include "base/time_range.hpp"

namespace liptako::history {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr std::int64_t kMaxAgeMs = 366LL * 86'400'000;
constexpr std::int64_t kHalfTurnE6 = 180'000'000;
constexpr std::int64_t kQuarterTurnE6 = 90'000'000;
constexpr double kSpeedQuantaPerMps = 10.0;
constexpr double kExistenceQuanta = 255.0;

std::int64_t nearest(double x) { return static_cast<std::int64_t>(std::floor(x + 0.5)); }

std::int64_t nearest_ms(std::int64_t ns) {
  const std::int64_t shifted = ns + kNsPerMs / 2;
  return shifted / kNsPerMs - (shifted % kNsPerMs < 0);
}

// The standard deviations that the steps stand for.
constexpr std::array<double, kSdSteps> kLadder = [] {
  std::array<double, kSdSteps> out{};
  double sd = kSmallestSdM;
  for (double& step : out) {
    step = sd;
    sd *= kSdFactor;
  }
  return out;
}();

std::int64_t sd_step(double variance_m2) {
  const double sd = std::sqrt(std::max(0.0, variance_m2));
  if (!(sd > kSmallestSdM)) return 0;
  const double step = base::log(sd / kSmallestSdM) / base::log(kSdFactor);
  return std::min<std::int64_t>(nearest(step), kSdSteps - 1);
}

bool within(double x, double limit) { return std::fabs(x) <= limit; }  // false for NaN

// Principal axes of the covariance, in steps.
bool put_ellipse(const Covariance& c, Quanta& out) {
  const bool finite = std::isfinite(c.ee_m2) && std::isfinite(c.en_m2) && std::isfinite(c.nn_m2);
  if (!finite || c.ee_m2 < 0.0 || c.nn_m2 < 0.0) return false;
  const double mean = 0.5 * (c.ee_m2 + c.nn_m2);
  const double half = 0.5 * (c.ee_m2 - c.nn_m2);
  const double radius = std::sqrt(half * half + c.en_m2 * c.en_m2);
  if (!std::isfinite(radius)) return false;
  out.major_q = sd_step(mean + radius);
  out.elongation_q = out.major_q - sd_step(mean - radius);
  // A circle has no direction; zero costs least.
  if (out.elongation_q == 0) return true;
  const double direction = 0.5 * base::atan2(c.en_m2, half);
  const std::int64_t step = nearest(direction / base::kPi * kDirectionSteps);
  out.direction_q = step & (kDirectionSteps - 1);
  return true;
}

Covariance covariance_of(const Quanta& q) {
  const double major = kLadder[static_cast<std::size_t>(q.major_q)];
  const double minor = kLadder[static_cast<std::size_t>(q.major_q - q.elongation_q)];
  const auto [s, c] =
      base::sincos(static_cast<double>(q.direction_q) * base::kPi / kDirectionSteps);
  const double major2 = major * major;
  const double minor2 = minor * minor;
  return {
      major2 * c * c + minor2 * s * s, (major2 - minor2) * s * c, major2 * s * s + minor2 * c * c};
}

}  // namespace

std::optional<Quanta> quantise(const State& state) {
  Quanta q;
  if (!base::is_reckonable(state.time) || !base::is_reckonable(state.last_plot_time)) return {};
  q.time_ms = nearest_ms(base::to_ns(state.time));
  q.plot_age_ms = q.time_ms - nearest_ms(base::to_ns(state.last_plot_time));
  const double latitude = state.latitude.degrees();
  const double longitude = state.longitude.degrees();
  if (!within(latitude, 90.0) || !within(longitude, 180.0)) return {};
  q.latitude_e6 = nearest(latitude * 1e6);
  q.longitude_e6 = nearest(longitude * 1e6);
  if (q.longitude_e6 == kHalfTurnE6) q.longitude_e6 = -kHalfTurnE6;
  const double speed = state.ground_speed.mps();
  if (!within(speed, kMaxSpeedMps) || !within(state.track_angle.radians(), 1e6)) return {};
  const auto [sin, cos] = base::sincos(state.track_angle.radians());
  q.east_q = nearest(speed * sin * kSpeedQuantaPerMps);
  q.north_q = nearest(speed * cos * kSpeedQuantaPerMps);
  if (!within(state.vertical_rate.mps(), kMaxVerticalRateMps)) return {};
  q.vertical_q = nearest(state.vertical_rate.mps() * kSpeedQuantaPerMps);
  if (state.pressure_altitude) {
    if (!within(state.pressure_altitude->metres(), kMaxAltitudeM)) return {};
    q.altitude_m = nearest(state.pressure_altitude->metres());
  }
  if (!put_ellipse(state.covariance, q)) return {};
  q.status = static_cast<std::int64_t>(state.status);
  if (!(state.existence >= 0.0 && state.existence <= 1.0)) return {};
  q.existence_q = nearest(state.existence * kExistenceQuanta);
  q.sensors = state.sensors;
  if (!is_sound(q)) return {};
  return q;
}

bool is_sound(const Quanta& q) {
  constexpr std::int64_t kEndMs = base::to_ns(base::kEndOfTime) / kNsPerMs;
  constexpr auto kMaxSpeedQ = static_cast<std::int64_t>(kMaxSpeedMps * kSpeedQuantaPerMps);
  constexpr auto kMaxVerticalQ =
      static_cast<std::int64_t>(kMaxVerticalRateMps * kSpeedQuantaPerMps);
  const auto inside = [](std::int64_t x, std::int64_t limit) { return x >= -limit && x <= limit; };
  const auto in_time = [](std::int64_t ms) { return ms >= 0 && ms < kEndMs; };
  if (!in_time(q.time_ms) || !inside(q.plot_age_ms, kMaxAgeMs)) return false;
  if (!in_time(q.time_ms - q.plot_age_ms)) return false;
  if (!inside(q.latitude_e6, kQuarterTurnE6)) return false;
  if (q.longitude_e6 < -kHalfTurnE6 || q.longitude_e6 >= kHalfTurnE6) return false;
  if (!inside(q.east_q, kMaxSpeedQ) || !inside(q.north_q, kMaxSpeedQ)) return false;
  if (q.east_q * q.east_q + q.north_q * q.north_q > kMaxSpeedQ * kMaxSpeedQ) return false;
  if (!inside(q.vertical_q, kMaxVerticalQ)) return false;
  if (!inside(q.altitude_m.value_or(0), static_cast<std::int64_t>(kMaxAltitudeM))) return false;
  if (q.major_q >= kSdSteps || q.elongation_q < 0 || q.elongation_q > q.major_q) return false;
  if (q.direction_q < 0 || q.direction_q >= kDirectionSteps) return false;
  if (q.status < 1 || q.status > 4) return false;
  return q.existence_q >= 0 && q.existence_q <= static_cast<std::int64_t>(kExistenceQuanta);
}

State restore(const Quanta& q) {
  State s;
  s.time = base::timestamp_from_ns(q.time_ms * kNsPerMs);
  s.last_plot_time = base::timestamp_from_ns((q.time_ms - q.plot_age_ms) * kNsPerMs);
  s.latitude = base::Angle::from_degrees(static_cast<double>(q.latitude_e6) / 1e6);
  s.longitude = base::Angle::from_degrees(static_cast<double>(q.longitude_e6) / 1e6);
  const double east = static_cast<double>(q.east_q) / kSpeedQuantaPerMps;
  const double north = static_cast<double>(q.north_q) / kSpeedQuantaPerMps;
  s.ground_speed = base::Speed::from_mps(std::sqrt(east * east + north * north));
  s.track_angle = base::Angle::from_radians(base::wrap_two_pi(base::atan2(east, north)));
  if (q.altitude_m)
    s.pressure_altitude = base::Length::from_metres(static_cast<double>(*q.altitude_m));
  s.vertical_rate = base::Speed::from_mps(static_cast<double>(q.vertical_q) / kSpeedQuantaPerMps);
  s.covariance = covariance_of(q);
  s.status = static_cast<Status>(q.status);
  s.existence = static_cast<double>(q.existence_q) / kExistenceQuanta;
  s.sensors = q.sensors;
  return s;
}

}  // namespace liptako::history
