#include "track/sensors/system_track/system_track.hpp"

#include "track/sensors/stated_position.hpp"

namespace liptako::track::system_track {
namespace {

// A step of I062/105 is 0.6 m, one of I062/500 0.5 m; and no tracker knows a place better than the
// sensors it rests on.
constexpr base::Length kLeastSd = base::Length::from_metres(5);
constexpr double kPositionWithVelocity = 2.0;

SensorDescription described() {
  SensorDescription s;
  s.kind = SensorKind::tracker;
  s.period = std::chrono::seconds(5);
  s.latency_sd = std::chrono::microseconds(7812);  // 1/128 s, the step of I062/070
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

double dilution(const SensorDescription& sensor,
                const Plot& plot,
                std::optional<base::Duration> since_last) {
  const double shared = plot.velocity_sd > base::Speed() ? kPositionWithVelocity : 1.0;
  return shared * stated::fading(sensor.memory, since_last);
}

constexpr SensorModel kModel{
    .kind = SensorKind::tracker,
    .name = "tracker",
    .needs_site = false,
    .described = described,
    .linearise = linearise,
    .first_fix = first_fix,
    .measurement_space = stated::measurement_space,
    .dilution = dilution,
};

}  // namespace

const SensorModel& model() { return kModel; }

}  // namespace liptako::track::system_track
