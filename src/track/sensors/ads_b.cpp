#include "track/sensors/ads_b.hpp"

#include "base/math.hpp"
#include "track/sensors/stated_position.hpp"

namespace liptako::track::ads_b {
namespace {

SensorDescription described() {
  SensorDescription s;
  s.kind = SensorKind::ads_b;
  s.period = std::chrono::seconds(1);
  return s;
}

stated::Covariance covariance_of(const Plot& plot) {
  const double variance = plot.position_sd.metres() * plot.position_sd.metres();
  return {variance, 0.0, variance};
}

LinearMeasurement linearise(const SensorDescription& sensor,
                            const geo::TangentFrame&,
                            const Plot& plot,
                            const geo::TangentFrame& frame,
                            const HorizontalState& at,
                            const Height& height) {
  return stated::linearise(plot, covariance_of(plot), sensor.latency_sd, frame, at, height);
}

FirstFix first_fix(const SensorDescription&,
                   const geo::TangentFrame&,
                   const Plot& plot,
                   const Height& height) {
  return stated::first_fix(plot, covariance_of(plot), height);
}

constexpr SensorModel kModel{
    .kind = SensorKind::ads_b,
    .name = "ads-b",
    .needs_site = false,
    .described = described,
    .linearise = linearise,
    .first_fix = first_fix,
    .measurement_space = stated::measurement_space,
};

}  // namespace

const SensorModel& model() { return kModel; }

}  // namespace liptako::track::ads_b
