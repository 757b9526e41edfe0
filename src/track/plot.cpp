#include "track/plot.hpp"

#include <cmath>
#include <tuple>

namespace liptako::track {

bool is_finite(const Plot& p) {
  return std::isfinite(p.slant_range.metres()) && std::isfinite(p.azimuth.radians()) &&
         std::isfinite(p.latitude.radians()) && std::isfinite(p.longitude.radians()) &&
         std::isfinite(p.position_sd.metres()) && std::isfinite(p.sd_east.metres()) &&
         std::isfinite(p.sd_north.metres()) && std::isfinite(p.correlation) &&
         std::isfinite(p.velocity_east.mps()) && std::isfinite(p.velocity_north.mps()) &&
         std::isfinite(p.velocity_sd.mps()) &&
         (!p.elevation || std::isfinite(p.elevation->radians())) &&
         std::isfinite(p.elevation_sd.radians()) && std::isfinite(p.azimuth_width.radians()) &&
         std::isfinite(p.range_width.metres()) &&
         (!p.geometric_height || std::isfinite(p.geometric_height->metres())) &&
         std::isfinite(p.geometric_height_sd.metres()) &&
         (!p.pressure_altitude || std::isfinite(p.pressure_altitude->metres()));
}

bool comes_before(const Plot& a, const Plot& b) {
  const auto key = [](const Plot& p) {
    return std::tuple(p.time,
                      !p.icao_address,
                      p.sensor,
                      p.azimuth.radians(),
                      p.slant_range.metres(),
                      p.latitude.radians(),
                      p.longitude.radians(),
                      p.icao_address ? p.icao_address->bits() : 0,
                      p.uas.hash,
                      p.mode_3a ? p.mode_3a->bits() : 0,
                      p.pressure_altitude ? p.pressure_altitude->metres() : -1e6,
                      p.geometric_height ? p.geometric_height->metres() : -1e6,
                      p.elevation ? p.elevation->radians() : -4.0,
                      p.elevation_sd.radians(),
                      p.velocity_east.mps(),
                      p.velocity_north.mps(),
                      p.azimuth_width.radians(),
                      p.range_width.metres(),
                      p.seen_ago,
                      p.call_sign.view(),
                      p.time_sd,
                      p.position_sd.metres(),
                      p.sd_east.metres(),
                      p.sd_north.metres(),
                      p.correlation,
                      p.velocity_sd.mps(),
                      p.geometric_height_sd.metres(),
                      p.altitude_quantum.metres(),
                      p.aircraft_class,
                      p.on_ground,
                      p.mover);
  };
  return key(a) < key(b);
}

}  // namespace liptako::track
