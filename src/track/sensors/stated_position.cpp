#include "track/sensors/stated_position.hpp"

#include <algorithm>

#include "base/math.hpp"

namespace liptako::track::stated {
namespace {

constexpr double kMostCorrelation = 0.99;
constexpr double kLeastStepS = 1e-3;
// A step of a told height is 0.5 m at best; and the antenna is somewhere on the aircraft.
constexpr base::Length kLeastHeightSd = base::Length::from_metres(1);

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
  m.columns = Columns::place;
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

std::optional<HeightMeasurement> linearise_height(const Plot& plot,
                                                  base::Length otherwise,
                                                  const Height& height) {
  const auto told = first_height(plot, otherwise);
  if (!told) return std::nullopt;
  return HeightMeasurement{told->mean_m - height.mean_m, {0.0, 0.0}, 1.0, told->variance_m2};
}

std::optional<Height> first_height(const Plot& plot, base::Length otherwise) {
  if (!plot.geometric_height) return std::nullopt;
  const double sd = usable_sd_m(plot.geometric_height_sd, otherwise, kLeastHeightSd);
  return Height{plot.geometric_height->metres(), sd * sd};
}

double fading(base::Duration memory, std::optional<base::Duration> since_last) {
  if (!since_last) return 1.0;
  const double dt = std::max(kLeastStepS, std::fabs(base::to_seconds(*since_last)));
  const double kept = base::exp(-dt / base::to_seconds(memory));
  return (1.0 + kept) / (1.0 - kept);
}

LinearMeasurement linearise_velocity(const Plot& plot,
                                     const geo::TangentFrame& frame,
                                     const HorizontalState& at) {
  const double variance = plot.velocity_sd.mps() * plot.velocity_sd.mps();
  LinearMeasurement m;
  m.columns = Columns::velocity;
  // Told in east and north of where the aircraft is; the state's are those of the frame's origin.
  const auto [east, north] =
      geo::turned_from(geo::Geodetic{plot.latitude, plot.longitude, base::Length()},
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
