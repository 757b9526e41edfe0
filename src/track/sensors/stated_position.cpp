#include "track/sensors/stated_position.hpp"

#include <algorithm>

namespace liptako::track::stated {
namespace {

constexpr double kMostCorrelation = 0.99;

double usable_sd_m(base::Length sd, base::Length otherwise, base::Length least) {
  return std::max((sd > base::Length() ? sd : otherwise).metres(), least.metres());
}

}  // namespace

Covariance covariance_of(const Plot& plot, base::Length otherwise, base::Length least) {
  const double east = usable_sd_m(plot.sd_east, otherwise, least);
  const double north = usable_sd_m(plot.sd_north, otherwise, least);
  const double correlation = std::clamp(plot.correlation, -kMostCorrelation, kMostCorrelation);
  return {east * east, correlation * east * north, north * north};
}

LinearMeasurement linearise(const Plot& plot,
                            const Covariance& stated,
                            base::Duration latency_sd,
                            const geo::TangentFrame& frame,
                            const HorizontalState& at,
                            const Height& height) {
  const auto p = frame.enu_from_ecef(geo::ecef_of(geo::place_of(
      {plot.latitude, plot.longitude, base::Length::from_metres(height.mean_m)}, frame)));
  LinearMeasurement m;
  m.columns = Columns::position;
  m.y[0] = p.x - at.x[kEast];
  m.y[1] = p.y - at.x[kNorth];
  m.H[0][kEast] = 1.0;
  m.H[1][kNorth] = 1.0;
  const double ve = at.x[kVelocityEast], vn = at.x[kVelocityNorth];
  const double latency = base::to_seconds(latency_sd);
  m.R[0] = stated.ee_m2 + latency * latency * ve * ve;
  m.R[1] = stated.en_m2 + latency * latency * ve * vn;
  m.R[2] = stated.nn_m2 + latency * latency * vn * vn;
  return m;
}

FirstFix first_fix(const Plot& plot, const Covariance& stated, const Height& height) {
  return {{plot.latitude, plot.longitude, base::Length::from_metres(height.mean_m)},
          stated.ee_m2,
          stated.en_m2,
          stated.nn_m2};
}

LinearMeasurement linearise_velocity(const Plot& plot,
                                     const geo::TangentFrame& frame,
                                     const HorizontalState& at) {
  const double variance = plot.velocity_sd.mps() * plot.velocity_sd.mps();
  LinearMeasurement m;
  m.columns = Columns::velocity;
  // Told in east and north of where the aircraft is; the state's are those of the frame's origin.
  const auto [east, north] =
      geo::turned_from(geo::place_of({plot.latitude, plot.longitude, base::Length()}, frame),
                       frame,
                       {plot.velocity_east.mps(), plot.velocity_north.mps()});
  m.y[0] = east - at.x[kVelocityEast];
  m.y[1] = north - at.x[kVelocityNorth];
  m.H[0][kVelocityEast] = 1.0;
  m.H[1][kVelocityNorth] = 1.0;
  m.R[0] = variance;
  m.R[2] = variance;
  return m;
}

double measurement_space(const SensorDescription& sensor) {
  const double reach = sensor.range_max.metres();
  return base::kPi * reach * reach;
}

}  // namespace liptako::track::stated
