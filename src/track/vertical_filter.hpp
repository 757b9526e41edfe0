// Height and its rate: a two-state Kalman filter with white acceleration, fed by Mode C or ADS-B
// flight levels in steps of 25 or 100 ft. A step of size s is taken as noise of variance s^2/12
// [BarShalom01, §1.4.10] plus the encoder's own.
//
// The state is pressure altitude where the aircraft tells it. Where only a sensor measures the
// height (a 3-D radar, satellite navigation told without a flight level), or flight levels have
// stopped, it is geometric height, above the ellipsoid: `geometric`. The two differ by an offset
// that is the atmosphere's (pressure_offset.hpp), unknown until ADS-B tells of it, and considered
// then by what the standard atmosphere can be wrong.
//
// It also tells the horizontal filter at which geometric height the aircraft is, with a variance
// that includes that offset's.
#pragma once

#include <cmath>

#include "track/measurement.hpp"

namespace liptako::track {

// Geometric height less pressure altitude, at a place and an altitude.
struct PressureOffset {
  double mean_m = 0.0;
  double variance_m2 = 0.0;  // 0: nothing is known but the standard atmosphere
};

struct VerticalFilter {
  double altitude_m = 0.0;  // pressure altitude, or geometric height
  double rate_mps = 0.0;
  double P00 = 0.0, P01 = 0.0, P11 = 0.0;
  PressureOffset offset;
  bool known = false;
  bool geometric = false;
  std::uint8_t refusals = 0;  // plots in a row that did not fit
};

template <class Archive>
void visit_fields(Archive& archive, VerticalFilter& v) {
  archive(v.altitude_m, v.rate_mps, v.P00, v.P01, v.P11, v.known, v.geometric, v.refusals);
  archive(v.offset.mean_m, v.offset.variance_m2);
}

// What became of one altitude report.
enum class AltitudeUse : std::uint8_t { none = 0, used = 1, refused = 2, restarted = 3 };

void predict(VerticalFilter& v, double dt);

// Updates with a pressure altitude of `lag` seconds ago (lag >= 0). One that lies more than five
// sigma off (garbled Mode C) is refused; the third refusal in a row restarts the filter there.
[[nodiscard]] AltitudeUse update(VerticalFilter& v,
                                 base::Length pressure_altitude,
                                 base::Length quantum,
                                 double lag = 0.0);

// Updates with a geometric height measured `lag` seconds ago: innovation y, of variance R, of dh
// times the height. Not used (none) while a flight level is better known than 100 m.
[[nodiscard]] AltitudeUse update_geometric(VerticalFilter& v,
                                           const HeightMeasurement& m,
                                           double lag = 0.0);
// Starts at a geometric height, if nothing is known yet.
void start_geometric(VerticalFilter& v, const Height& height);

// A pressure altitude, as far as one is known; and whether it is.
[[nodiscard]] inline bool has_pressure_altitude(const VerticalFilter& v) {
  return v.known && !v.geometric;
}

// Pressure against geometric height: sea-level pressure and geoid, and 4 % of the height for every
// 10 K that the air is warmer or colder than the standard atmosphere [ICAO Doc 8168, Vol. III].
inline constexpr double kPressureOffsetSdM = 40.0;
inline constexpr double kPressureOffsetShare = 0.03;
// As far as it is known, else of the standard atmosphere.
[[nodiscard]] inline double offset_variance(const VerticalFilter& v) {
  if (v.offset.variance_m2 > 0.0) return v.offset.variance_m2;
  const double sd = kPressureOffsetSdM + kPressureOffsetShare * std::fabs(v.altitude_m);
  return sd * sd;
}

// Mid-way of what flies.
inline constexpr Height kUnknownHeight{6000.0, 3500.0 * 3500.0};
// Geometric height to use for slant-range geometry.
[[nodiscard]] inline Height geometric_height(const VerticalFilter& v) {
  if (!v.known) return kUnknownHeight;
  if (v.geometric) return {v.altitude_m, v.P00};
  return {v.altitude_m + v.offset.mean_m, v.P00 + offset_variance(v)};
}

}  // namespace liptako::track
