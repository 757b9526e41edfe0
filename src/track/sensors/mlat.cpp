#include "track/sensors/mlat.hpp"

#include <cmath>

#include "track/sensors/stated_position.hpp"

namespace liptako::track::mlat {
namespace {

// A step of I020/041 is 0.6 m, one of I020/500 0.25 m: a report is not better than its own rounding
// and the antenna's place on the aircraft.
constexpr base::Length kLeastSd = base::Length::from_metres(2);

SensorDescription described() {
  SensorDescription s;
  s.kind = SensorKind::mlat;
  s.period = std::chrono::seconds(1);
  s.latency_sd = std::chrono::microseconds(7812);  // 1/128 s, the step of I020/140
  return s;
}

// Where a report states none: so much at the site, and more with the distance from it.
base::Length position_sd(const SensorDescription& sensor, const Plot& plot) {
  const double at_site = sensor.position_sd.metres();
  const double per_km = sensor.position_sd_per_km.metres();
  if (!sensor.placed || !(per_km > 0.0)) return sensor.position_sd;
  const double distance_km =
      geo::rough_distance(sensor.site, {plot.latitude, plot.longitude, base::Length()}).metres() /
      1000.0;
  const double growth = per_km * distance_km;
  return base::Length::from_metres(std::sqrt(at_site * at_site + growth * growth));
}

stated::Covariance covariance_of(const SensorDescription& sensor, const Plot& plot) {
  return stated::covariance_of(plot, position_sd(sensor, plot), kLeastSd);
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

constexpr SensorModel kModel{
    .kind = SensorKind::mlat,
    .name = "mlat",
    .needs_site = false,
    .described = described,
    .linearise = linearise,
    .first_fix = first_fix,
    .measurement_space = stated::measurement_space,
};

}  // namespace

const SensorModel& model() { return kModel; }

}  // namespace liptako::track::mlat
