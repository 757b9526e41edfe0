#include "track/sensors/observer/observer.hpp"

#include "base/math.hpp"
#include "track/sensors/stated_position.hpp"

namespace liptako::track::observer {
namespace {

constexpr double kTurnNoise = 3.0;   // q
constexpr double kTakenWider = 4.0;  // R for the gain
constexpr double kUnknownSpeedMps =
    100.0;  // per axis, of an aircraft of which nothing else is known
// Nobody tells a bearing better than a degree or two, or a range better than 200 m.
constexpr double kLeastWidth = 3.0 * base::kRadiansPerDegree;
constexpr double kLeastRangeWidthM = 500.0;

SensorDescription described() {
  SensorDescription s;
  s.kind = SensorKind::observer;
  s.period = std::chrono::seconds(60);
  s.latency_sd = std::chrono::seconds(30);
  s.range_max = base::Length::from_metres(40'000);
  // People do not tell of all they see: their silence means next to nothing.
  s.detection_probability = 0.1;
  s.false_plots_primary = s.false_plots_secondary = 0.05;
  return s;
}

double sinc(double x) { return std::fabs(x) < 1e-4 ? 1.0 - x * x / 6.0 : base::sin(x) / x; }

// Where the aircraft was seen, in the site's east and north.
struct Seen {
  double east, north;
  stated::Covariance covariance;
};

Seen seen(const Plot& plot) {
  const double w =
      std::fmin(2.0 * base::kPi, std::fmax(kLeastWidth, std::fabs(plot.azimuth_width.radians())));
  const double r = std::fmax(0.0, plot.slant_range.metres());
  const double width = std::fmax(kLeastRangeWidthM, std::fabs(plot.range_width.metres()));
  const double square = r * r + width * width / 12.0;
  const double mean = r * sinc(0.5 * w);
  const double along = square * 0.5 * (1.0 + sinc(w)) - mean * mean;
  const double across = square * 0.5 * (1.0 - sinc(w));
  const auto [sine, cosine] = base::sincos(plot.azimuth.radians());
  return {mean * sine,
          mean * cosine,
          {along * sine * sine + across * cosine * cosine,
           (along - across) * sine * cosine,
           along * cosine * cosine + across * sine * sine}};
}

double sd_s(const SensorDescription& sensor, const Plot& plot) {
  return base::to_seconds(plot.time_sd > base::Duration::zero() ? plot.time_sd : sensor.latency_sd);
}

geo::Geodetic place_of(const geo::TangentFrame& site, const Seen& s, double height_m) {
  geo::Geodetic place = geo::geodetic_from_ecef(ecef_at(site, s.east, s.north, height_m));
  place.height = base::Length::from_metres(height_m);
  return place;
}

LinearMeasurement linearise(const SensorDescription& sensor,
                            const geo::TangentFrame& site,
                            const Plot& plot,
                            const geo::TangentFrame& frame,
                            const HorizontalState& at,
                            const Height& height) {
  const Seen s = seen(plot);
  const auto p = frame.enu_from_ecef(ecef_at(site, s.east, s.north, height.mean_m));
  const double ago = base::to_seconds(plot.seen_ago);
  const double ve = at.x[kVelocityEast], vn = at.x[kVelocityNorth];
  const double time_sd = sd_s(sensor, plot);
  const double since = kTurnNoise * ago * ago * std::fabs(ago) / 3.0;
  LinearMeasurement m;
  m.y[0] = p.x - (at.x[kEast] - ago * ve);
  m.y[1] = p.y - (at.x[kNorth] - ago * vn);
  m.H[0][kEast] = m.H[1][kNorth] = 1.0;
  m.H[0][kVelocityEast] = m.H[1][kVelocityNorth] = -ago;
  m.R[0] = s.covariance.ee_m2 + time_sd * time_sd * ve * ve + since;
  m.R[1] = s.covariance.en_m2 + time_sd * time_sd * ve * vn;
  m.R[2] = s.covariance.nn_m2 + time_sd * time_sd * vn * vn + since;
  return m;
}

FirstFix first_fix(const SensorDescription& sensor,
                   const geo::TangentFrame& site,
                   const Plot& plot,
                   const Height& height) {
  const Seen s = seen(plot);
  const double ago = base::to_seconds(plot.seen_ago), time_sd = sd_s(sensor, plot);
  const double flown = kUnknownSpeedMps * kUnknownSpeedMps * (ago * ago + time_sd * time_sd);
  return {place_of(site, s, height.mean_m),
          s.covariance.ee_m2 + flown,
          s.covariance.en_m2,
          s.covariance.nn_m2 + flown};
}

double dilution(const SensorDescription&, const Plot&, std::optional<base::Duration>) {
  return kTakenWider;
}

constexpr SensorModel kModel{
    .kind = SensorKind::observer,
    .name = "observer",
    .needs_site = true,
    .described = described,
    .linearise = linearise,
    .first_fix = first_fix,
    .measurement_space = stated::measurement_space,
    .dilution = dilution,
    .confirms = false,
};

}  // namespace

const SensorModel& model() { return kModel; }

}  // namespace liptako::track::observer
