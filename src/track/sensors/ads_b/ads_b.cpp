#include "track/sensors/ads_b/ads_b.hpp"

#include "base/math.hpp"
#include "track/sensors/stated_position.hpp"

namespace liptako::track::ads_b {
namespace {

// Reports that claim no better (0.1 NM at 95 %) are not held to the measured deviation.
constexpr double kWorstBoundM = 80.0;

SensorDescription described() {
  SensorDescription s;
  s.kind = SensorKind::ads_b;
  s.position_sd = base::Length::from_metres(1e4);  // not measured: what the aircraft claims holds
  // What the aircraft may leave uncompensated is another age in each report (kReportAge).
  s.latency_sd = base::Duration::zero();
  s.period = std::chrono::seconds(1);
  return s;
}

// What the aircraft says is a bound. Where it was measured that a station's reports keep it by far,
// that is what they err by; one that claims nothing is not believed more for it.
stated::Covariance covariance_of(const SensorDescription& sensor, const Plot& plot) {
  const double stated = plot.position_sd.metres(), measured = sensor.position_sd.metres();
  const double sd = stated < kWorstBoundM ? std::fmin(stated, measured) : stated;
  const double variance = sd * sd;
  return {variance, 0.0, variance};
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

// Where the aircraft does not say how good its height is: what GVA 2 holds 95 % of, as one standard
// deviation [DO-260B, geometric vertical accuracy].
constexpr base::Length kHeightSd = base::Length::from_metres(45);

std::optional<HeightMeasurement> linearise_height(const SensorDescription&,
                                                  const geo::TangentFrame&,
                                                  const Plot& plot,
                                                  const geo::TangentFrame&,
                                                  const HorizontalState&,
                                                  const Height& height) {
  return stated::linearise_height(plot, kHeightSd, height);
}

std::optional<Height> first_height(const SensorDescription&,
                                   const geo::TangentFrame&,
                                   const Plot& plot) {
  return stated::first_height(plot, kHeightSd);
}

constexpr SensorModel kModel{
    .kind = SensorKind::ads_b,
    .name = "ads-b",
    .needs_site = false,
    .described = described,
    .linearise = linearise,
    .first_fix = first_fix,
    .linearise_height = linearise_height,
    .first_height = first_height,
    .measurement_space = stated::measurement_space,
    .tells_navigation = true,
};

}  // namespace

const SensorModel& model() { return kModel; }

}  // namespace liptako::track::ads_b
