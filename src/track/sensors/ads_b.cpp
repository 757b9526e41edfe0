#include "track/sensors/ads_b.hpp"

namespace liptako::track::ads_b {

LinearMeasurement linearise_position(const SensorDescription& sensor,
                                     const Plot& plot,
                                     const geo::TangentFrame& frame,
                                     const HorizontalState& at,
                                     const Height& height) {
  const auto p = frame.enu_from_ecef(geo::ecef_from_geodetic(
      {plot.latitude, plot.longitude, base::Length::from_metres(height.mean_m)}));
  const double variance = plot.position_sd.metres() * plot.position_sd.metres();
  LinearMeasurement m;
  m.y[0] = p.x - at.x[kEast];
  m.y[1] = p.y - at.x[kNorth];
  m.H[0][kEast] = 1.0;
  m.H[1][kNorth] = 1.0;
  const double ve = at.x[kVelocityEast], vn = at.x[kVelocityNorth];
  const double latency = base::to_seconds(sensor.latency_sd);
  m.R[0] = variance + latency * latency * ve * ve;
  m.R[1] = latency * latency * ve * vn;
  m.R[2] = variance + latency * latency * vn * vn;
  return m;
}

LinearMeasurement linearise_velocity(const Plot& plot,
                                     const geo::TangentFrame& frame,
                                     const HorizontalState& at) {
  const double variance = plot.velocity_sd.mps() * plot.velocity_sd.mps();
  LinearMeasurement m;
  // Told in east and north of where the aircraft is; the state's are those of the frame's origin.
  const auto r = geo::rotation_between(
      geo::TangentFrame({plot.latitude, plot.longitude, base::Length()}), frame);
  const double east = plot.velocity_east.mps(), north = plot.velocity_north.mps();
  m.y[0] = r[0] * east + r[1] * north - at.x[kVelocityEast];
  m.y[1] = r[3] * east + r[4] * north - at.x[kVelocityNorth];
  m.H[0][kVelocityEast] = 1.0;
  m.H[1][kVelocityNorth] = 1.0;
  m.R[0] = variance;
  m.R[2] = variance;
  return m;
}

FirstFix first_fix(const Plot& plot, const Height& height) {
  const double variance = plot.position_sd.metres() * plot.position_sd.metres();
  return {{plot.latitude, plot.longitude, base::Length::from_metres(height.mean_m)},
          variance,
          0.0,
          variance};
}

}  // namespace liptako::track::ads_b
