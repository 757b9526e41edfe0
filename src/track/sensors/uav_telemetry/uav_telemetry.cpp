#include "track/sensors/uav_telemetry/uav_telemetry.hpp"

#include "track/sensors/stated_position.hpp"

namespace liptako::track::uav_telemetry {
namespace {

// The antenna's place on the aircraft and the datum.
constexpr base::Length kLeastSd = base::Length::from_metres(1);
// Satellite navigation errs in height half again to twice as much as in place.
constexpr double kHeightToPlace = 2.0;
constexpr double kPositionWithVelocity = 2.0;

SensorDescription described() {
  SensorDescription s;
  s.kind = SensorKind::uav_telemetry;
  s.period = std::chrono::milliseconds(500);
  s.latency_sd = std::chrono::milliseconds(100);
  s.position_sd = base::Length::from_metres(10);
  s.memory = std::chrono::seconds(2);
  s.range_max = base::Length::from_metres(100'000);
  s.false_plots_primary = s.false_plots_secondary = 0.001;
  return s;
}

stated::Covariance covariance_of(const SensorDescription& sensor, const Plot& plot) {
  return stated::covariance_of(plot, sensor.position_sd, kLeastSd);
}

LinearMeasurement linearise(const SensorDescription& sensor,
                            const geo::TangentFrame&,
                            const Plot& plot,
                            const geo::TangentFrame& frame,
                            const HorizontalState& at,
                            const Height& height) {
  return stated::linearise(plot, covariance_of(sensor, plot), sensor.latency_sd, frame, at, height);
}

FirstFix first_fix(const SensorDescription& sensor,
                   const geo::TangentFrame&,
                   const Plot& plot,
                   const Height& height) {
  return stated::first_fix(plot, covariance_of(sensor, plot), height);
}

std::optional<HeightMeasurement> linearise_height(const SensorDescription& sensor,
                                                  const geo::TangentFrame&,
                                                  const Plot& plot,
                                                  const geo::TangentFrame&,
                                                  const HorizontalState&,
                                                  const Height& height) {
  return stated::linearise_height(plot, kHeightToPlace * sensor.position_sd, height);
}

std::optional<Height> first_height(const SensorDescription& sensor,
                                   const geo::TangentFrame&,
                                   const Plot& plot) {
  return stated::first_height(plot, kHeightToPlace * sensor.position_sd);
}

double dilution(const SensorDescription& sensor,
                const Plot& plot,
                std::optional<base::Duration> since_last) {
  const double shared = plot.velocity_sd > base::Speed() ? kPositionWithVelocity : 1.0;
  return shared * stated::fading(sensor.memory, since_last);
}

constexpr SensorModel kModel{
    .kind = SensorKind::uav_telemetry,
    .name = "uav",
    .needs_site = false,
    .described = described,
    .linearise = linearise,
    .first_fix = first_fix,
    .linearise_height = linearise_height,
    .first_height = first_height,
    .measurement_space = stated::measurement_space,
    .dilution = dilution,
};

}  // namespace

const SensorModel& model() { return kModel; }

}  // namespace liptako::track::uav_telemetry
