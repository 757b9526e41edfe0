#include "codec/modes/registers.hpp"

#include <cmath>

#include "codec/modes/bits.hpp"

namespace liptako::codec::modes {
namespace {

using base::Angle;
using base::Speed;

// A field behind its status bit. Reads none as zeros only; anything else is no such register.
struct Field {
  bool given = false;
  bool sound = true;
  double value = 0.0;
};

Field unsigned_field(std::uint64_t message, unsigned status, unsigned last, double unit) {
  const bool given = bits_of(message, status, status) != 0;
  const std::uint32_t raw = bits_of(message, status + 1, last);
  return {given, given || raw == 0, raw * unit};
}

Field signed_field(std::uint64_t message, unsigned status, unsigned last, double unit) {
  const bool given = bits_of(message, status, status) != 0;
  const auto raw = static_cast<std::int32_t>(bits_of(message, status + 1, last));
  const std::int32_t span = std::int32_t{1} << (last - status);
  return {given, given || raw == 0, (raw < span / 2 ? raw : raw - span) * unit};
}

Angle full_circle(double degrees) {
  return Angle::from_degrees(degrees < 0.0 ? degrees + 360.0 : degrees);
}

// What flies, with a margin: beyond, it is another register.
constexpr double kMostRollDeg = 50.0;
constexpr double kMostSpeedKt = 700.0;
constexpr double kMostWindKt = 250.0;
constexpr double kMostMach = 1.0;
constexpr double kMostRateFtMin = 8000.0;
// Banked further than this, an aircraft turns to that side.
constexpr double kBankedDeg = 5.0;

}  // namespace

std::optional<TrackAndTurn> track_and_turn(std::uint64_t message) {
  const Field roll = signed_field(message, 1, 11, 45.0 / 256.0);
  const Field track = signed_field(message, 12, 23, 90.0 / 512.0);
  const Field ground_speed = unsigned_field(message, 24, 34, 2.0);
  const Field rate = signed_field(message, 35, 45, 8.0 / 256.0);
  const Field air_speed = unsigned_field(message, 46, 56, 2.0);
  for (const Field& f : {roll, track, ground_speed, rate, air_speed}) {
    if (!f.sound) return std::nullopt;
  }
  const bool speeds = ground_speed.given && air_speed.given;
  if (std::fabs(roll.value) > kMostRollDeg || ground_speed.value > kMostSpeedKt ||
      air_speed.value > kMostSpeedKt ||
      (speeds && std::fabs(ground_speed.value - air_speed.value) > kMostWindKt) ||
      (roll.given && rate.given && std::fabs(roll.value) > kBankedDeg &&
       roll.value * rate.value < 0.0)) {
    return std::nullopt;
  }
  TrackAndTurn out;
  if (roll.given) out.roll = Angle::from_degrees(roll.value);
  if (track.given) out.true_track = full_circle(track.value);
  if (ground_speed.given) out.ground_speed = Speed::from_knots(ground_speed.value);
  if (rate.given) out.track_rate_deg_s = rate.value;
  if (air_speed.given) out.true_air_speed = Speed::from_knots(air_speed.value);
  return out;
}

std::optional<HeadingAndSpeed> heading_and_speed(std::uint64_t message) {
  const Field heading = signed_field(message, 1, 12, 90.0 / 512.0);
  const Field air_speed = unsigned_field(message, 13, 23, 1.0);
  const Field mach = unsigned_field(message, 24, 34, 2.048 / 512.0);
  const Field barometric = signed_field(message, 35, 45, 32.0);
  const Field inertial = signed_field(message, 46, 56, 32.0);
  for (const Field& f : {heading, air_speed, mach, barometric, inertial}) {
    if (!f.sound) return std::nullopt;
  }
  if (air_speed.value > kMostSpeedKt || mach.value > kMostMach ||
      std::fabs(barometric.value) > kMostRateFtMin || std::fabs(inertial.value) > kMostRateFtMin) {
    return std::nullopt;
  }
  HeadingAndSpeed out;
  if (heading.given) out.magnetic_heading = full_circle(heading.value);
  if (air_speed.given) out.indicated_air_speed = Speed::from_knots(air_speed.value);
  if (mach.given) out.mach = mach.value;
  if (barometric.given) out.barometric_rate = Speed::from_feet_per_minute(barometric.value);
  if (inertial.given) out.inertial_rate = Speed::from_feet_per_minute(inertial.value);
  return out;
}

}  // namespace liptako::codec::modes
