// For tests of this folder: a field that aircraft fly over, sensors beside it, and in which order
// what they see comes.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/math.hpp"
#include "base/prng.hpp"
#include "track/registration/registration.hpp"
#include "track/scene_for_test.hpp"
#include "track/sensors/models.hpp"

namespace liptako::track::testing {

inline geo::Geodetic place_at(double lat, double lon) {
  return {base::Angle::from_degrees(lat), base::Angle::from_degrees(lon), base::Length()};
}
inline const geo::TangentFrame kField(place_at(13, 0));

inline SensorDescription sensor_at(SensorKind kind,
                                   std::uint8_t sic,
                                   const geo::Geodetic& site,
                                   double period_s) {
  SensorDescription s = described(kind);
  s.sac_sic = {100, sic};
  s.site = site;
  s.placed = true;
  s.period = base::seconds(period_s);
  s.range_sd = base::Length::from_metres(50);
  s.azimuth_sd = base::Angle::from_degrees(0.07);
  return s;
}

// When a sensor looks at an aircraft in the second that begins at `now_s`, if it does.
inline std::optional<double> look_due(const SensorDescription& s,
                                      std::size_t index,
                                      std::uint32_t address,
                                      double now_s) {
  const double period = base::to_seconds(s.period);
  const double phase = static_cast<double>((address * 37u + index * 101u) % 97u) / 97.0;
  const double due = (std::floor((now_s + 1.0) / period - phase) + phase) * period;
  if (due < now_s || due >= now_s + 1.0) return std::nullopt;
  return due;
}

// Of an aircraft's navigation: a minute and a half of memory.
struct SlowError {
  double east_m = 0.0, north_m = 0.0;
  void second(double sd_m, base::Prng& prng) {
    const double kept = base::exp(-1.0 / 90.0);
    const double fresh = sd_m * std::sqrt(1.0 - kept * kept);
    east_m = kept * east_m + prng.normal(0.0, fresh);
    north_m = kept * north_m + prng.normal(0.0, fresh);
  }
};

inline double range_to(const SensorDescription& s, const geo::Position<geo::Ecef>& aircraft) {
  const auto q = geo::TangentFrame(s.site).enu_from_ecef(aircraft);
  return std::sqrt(q.x * q.x + q.y * q.y + q.z * q.z);
}
struct RadarBias {
  double range_m = 0.0;
  double azimuth_rad = 0.0;
};
inline void measure(Plot& p,
                    const SensorDescription& s,
                    const geo::Position<geo::Ecef>& aircraft,
                    const RadarBias& bias,
                    base::Prng& prng) {
  const auto q = geo::TangentFrame(s.site).enu_from_ecef(aircraft);
  p.slant_range = base::Length::from_metres(range_to(s, aircraft) + bias.range_m +
                                            prng.normal(0.0, s.range_sd.metres()));
  p.azimuth = base::Angle::from_radians(base::wrap_two_pi(
      base::atan2(q.x, q.y) + bias.azimuth_rad + prng.normal(0.0, s.azimuth_sd.radians())));
}

// Plots with the time at which each was sent, by that time.
inline std::vector<Plot> in_order(std::vector<std::pair<double, Plot>> sent) {
  std::ranges::sort(sent, [](const auto& a, const auto& b) {
    return std::tie(a.first, a.second.icao_address, a.second.sensor) <
           std::tie(b.first, b.second.icao_address, b.second.sensor);
  });
  std::vector<Plot> plots;
  for (auto& [due, plot] : sent) plots.push_back(plot);
  return plots;
}
inline void shuffle(std::vector<Plot>& plots, base::Prng& prng) {
  for (std::size_t i = plots.size(); i > 1; --i) std::swap(plots[i - 1], plots[prng.below(i)]);
}

// Of a scene that has sensors(), now() and second().
template <class Scene>
Registration begin(const Scene& scene) {
  Registration r;
  r.set_sensors(scene.sensors(), {});
  return r;
}
template <class Scene>
Plot taken(Registration& r, const Plot& plot, const Scene& scene) {
  Plot corrected;
  return r.take(plot, scene.sensors(), corrected) ? corrected : plot;
}
template <class Scene>
void run(Registration& r, Scene& scene, double until_s) {
  while (scene.now() < until_s) {
    for (const Plot& plot : scene.second()) (void)taken(r, plot, scene);
  }
}

template <class Part>
base::Bytes saved(const Part& part) {
  base::Bytes bytes;
  base::ByteWriter out(bytes);
  part.save(out);
  return bytes;
}

}  // namespace liptako::track::testing
