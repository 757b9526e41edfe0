// For tests of this folder: aircraft that fly exactly and sensors that measure them with known
// errors.
#pragma once

#include <vector>

#include "base/math.hpp"
#include "base/prng.hpp"
#include "track/tracker.hpp"

namespace liptako::track::testing {

inline base::Timestamp at_second(double s) {
  return base::timestamp_from_ns(1'795'305'600'000'000'000) + base::seconds(s);
}

// Level flight at constant speed and turn rate, in a tangent plane: exact enough over 100 km for
// tests.
struct Aircraft {
  geo::TangentFrame frame{
      geo::Geodetic{base::Angle::from_degrees(13), base::Angle::from_degrees(0.1), base::Length()}};
  double east_m = 0, north_m = 0, course_rad = 0;  // clockwise from north
  double speed_mps = 220, turn_rad_s = 0, height_m = 9144;
  std::optional<base::IcaoAddress> address;
  std::optional<base::ModeACode> mode_a;

  void fly(double seconds) {
    const double step = 0.05;
    for (double t = 0; t < seconds - 1e-9; t += step) {
      course_rad += step * turn_rad_s;
      east_m += step * speed_mps * base::sin(course_rad);
      north_m += step * speed_mps * base::cos(course_rad);
    }
  }
  [[nodiscard]] geo::Position<geo::Ecef> ecef() const {
    return ecef_at(frame, east_m, north_m, height_m);
  }
};

inline SensorDescription radar(double lat, double lon, double period_s = 5) {
  SensorDescription s;
  s.name = "radar";
  s.sac_sic = {100, 1};
  s.kind = SensorKind::polar_radar;
  s.site = {base::Angle::from_degrees(lat),
            base::Angle::from_degrees(lon),
            base::Length::from_metres(300)};
  s.placed = true;
  s.period = base::seconds(period_s);
  return s;
}

inline SensorDescription ads_b_station() {
  SensorDescription s;
  s.name = "ads-b";
  s.sac_sic = {100, 2};
  s.kind = SensorKind::ads_b;
  s.latency_sd = base::Duration::zero();  // as one is configured (sensors/ads_b)
  s.period = std::chrono::seconds(1);
  return s;
}

inline void identify(const Aircraft& a, Plot& p) {
  p.pressure_altitude =
      base::Length::from_feet(100.0 * std::floor(a.height_m / 0.3048 / 100.0 + 0.5));
  p.altitude_quantum = base::Length::from_feet(100);
  p.icao_address = a.address;
  p.mode_3a = a.mode_a;
}

inline Plot radar_plot(const SensorDescription& s,
                       std::uint16_t index,
                       const Aircraft& a,
                       base::Timestamp t,
                       base::Prng& prng) {
  const auto q = geo::TangentFrame(s.site).enu_from_ecef(a.ecef());
  Plot p;
  p.time = t;
  p.sensor = index;
  p.slant_range = base::Length::from_metres(std::sqrt(q.x * q.x + q.y * q.y + q.z * q.z) +
                                            prng.normal(0, s.range_sd.metres()));
  p.azimuth = base::Angle::from_radians(
      base::wrap_two_pi(base::atan2(q.x, q.y) + prng.normal(0, s.azimuth_sd.radians())));
  identify(a, p);
  return p;
}

inline Plot ads_b_plot(
    std::uint16_t index, const Aircraft& a, base::Timestamp t, base::Prng& prng, double sd_m = 15) {
  geo::TangentFrame here(geo::geodetic_from_ecef(a.ecef()));
  const auto p0 =
      geo::geodetic_from_ecef(here.ecef_from_enu({prng.normal(0, sd_m), prng.normal(0, sd_m), 0}));
  Plot p;
  p.time = t;
  p.sensor = index;
  p.latitude = p0.latitude;
  p.longitude = p0.longitude;
  p.position_sd = base::Length::from_metres(sd_m);
  // Towards the north of where it is, not of the frame's origin.
  const auto [east, north] = geo::turned_to(
      geo::place_of(a.ecef(), a.frame),
      a.frame,
      {a.speed_mps * base::sin(a.course_rad), a.speed_mps * base::cos(a.course_rad)});
  p.velocity_east = base::Speed::from_mps(east + prng.normal(0, 1));
  p.velocity_north = base::Speed::from_mps(north + prng.normal(0, 1));
  p.velocity_sd = base::Speed::from_mps(1);
  identify(a, p);
  return p;
}

// Error of a view against the aircraft, east and north metres at its place.
struct Error {
  double east_m, north_m, nees;
};
inline Error error_of(const TrackView& v, const Aircraft& a) {
  const auto truth = geo::geodetic_from_ecef(a.ecef());
  const geo::TangentFrame here({truth.latitude, truth.longitude, base::Length()});
  const auto e = here.enu_from_ecef(
      geo::ecef_from_geodetic({v.position.latitude, v.position.longitude, base::Length()}));
  const double det = v.cov_ee_m2 * v.cov_nn_m2 - v.cov_en_m2 * v.cov_en_m2;
  const double nees =
      (v.cov_nn_m2 * e.x * e.x - 2 * v.cov_en_m2 * e.x * e.y + v.cov_ee_m2 * e.y * e.y) / det;
  return {e.x, e.y, nees};
}

}  // namespace liptako::track::testing
