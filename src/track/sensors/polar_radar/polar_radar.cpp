#include "track/sensors/polar_radar/polar_radar.hpp"

#include "base/math.hpp"

namespace liptako::track::polar_radar {
namespace {

// Shortest horizontal distance at which azimuth still means something.
constexpr double kMinGroundRangeM = 50.0;
constexpr double kEffectiveEarthM = 4.0 / 3.0 * geo::kMeanRadiusM;
// Of elevation, a metre of ground range: half of what curves over the Earth less what does over the
// effective one.
constexpr double kBendPerM = 0.5 / geo::kMeanRadiusM - 0.5 / kEffectiveEarthM;
constexpr double kBendShareSd = 0.2;

SensorDescription described() { return {}; }

// On the ground, and in sight: about as high as the radar.
bool at_site_height(const SensorDescription& sensor, const Plot& plot) {
  return sensor.surface || plot.on_ground == OnGround::yes;
}

// The height to use. One that nobody told is of something under the beam, which ends at about 45
// degrees of elevation [Skolnik08, ch. 2]: near by, less than the usual guess. Above that guess a
// near aircraft would have no place at all.
Height seen_height(const SensorDescription& sensor, const Plot& plot, const Height& assumed) {
  if (at_site_height(sensor, plot)) return {sensor.site.height.metres(), 0.0};
  constexpr double kUntoldSdM = 1000.0;
  constexpr double kMiddleOfBeam = 0.35;  // half the sine
  if (assumed.variance_m2 < kUntoldSdM * kUntoldSdM) return assumed;
  const double middle = sensor.site.height.metres() + kMiddleOfBeam * plot.slant_range.metres();
  return {std::fmin(assumed.mean_m, middle), assumed.variance_m2};
}

double elevation_sd_of(const SensorDescription& sensor, const Plot& plot) {
  return plot.elevation_sd > base::Angle() ? plot.elevation_sd.radians()
                                           : sensor.elevation_sd.radians();
}

// Range times azimuth.
double measurement_space(const SensorDescription& sensor) {
  return 2.0 * base::kPi * sensor.range_max.metres();
}

constexpr SensorModel kModel{
    .kind = SensorKind::polar_radar,
    .name = "radar",
    .needs_site = true,
    .uses_height = true,
    .described = described,
    .linearise = linearise,
    .first_fix = first_fix,
    .linearise_height = linearise_height,
    .first_height = first_height,
    .measurement_space = measurement_space,
    .same_look_share = 0.5,
};

// The place seen from the site, and how that changes with east, north and height.
struct Sight {
  geo::Position<geo::Enu> q;
  double g[3][3];  // a row for east, north and up at the site; columns as said
  double ground;   // at least kMinGroundRangeM
};

Sight sight_of(const geo::TangentFrame& site,
               const geo::TangentFrame& frame,
               const HorizontalState& at,
               double height_m) {
  const double e = at.x[kEast];
  const double n = at.x[kNorth];
  Sight s{site.enu_from_ecef(ecef_at(frame, e, n, height_m)), {}, 0.0};
  s.ground = std::fmax(kMinGroundRangeM, std::sqrt(s.q.x * s.q.x + s.q.y * s.q.y));
  // The frame's axes seen from the site, east and north bent by the drop.
  const auto rotation = geo::rotation_between(frame, site);
  const double slope[3] = {-e / geo::kMeanRadiusM, -n / geo::kMeanRadiusM, 1.0};
  for (std::size_t column = 0; column < 3; ++column) {
    for (std::size_t row = 0; row < 3; ++row) {
      const double along_up = slope[column] * rotation[3 * row + 2];
      s.g[row][column] = column == 2 ? along_up : rotation[3 * row + column] + along_up;
    }
  }
  return s;
}

}  // namespace

LinearMeasurement linearise(const SensorDescription& sensor,
                            const geo::TangentFrame& site,
                            const Plot& plot,
                            const geo::TangentFrame& frame,
                            const HorizontalState& at,
                            const Height& assumed) {
  const Height height = seen_height(sensor, plot, assumed);
  const Sight s = sight_of(site, frame, at, height.mean_m);
  const auto& q = s.q;
  const double range = std::sqrt(s.ground * s.ground + q.z * q.z);
  double d_range[3];
  double d_azimuth[3];
  for (std::size_t column = 0; column < 3; ++column) {
    const double g[3] = {s.g[0][column], s.g[1][column], s.g[2][column]};
    d_range[column] = (q.x * g[0] + q.y * g[1] + q.z * g[2]) / range;
    d_azimuth[column] = (q.y * g[0] - q.x * g[1]) / (s.ground * s.ground);
  }

  LinearMeasurement m;
  m.columns = Columns::position;
  m.y[0] = plot.slant_range.metres() - range;
  m.y[1] = base::wrap_pi(plot.azimuth.radians() - base::atan2(q.x, q.y));
  m.H[0][kEast] = d_range[0];
  m.H[0][kNorth] = d_range[1];
  m.H[1][kEast] = d_azimuth[0];
  m.H[1][kNorth] = d_azimuth[1];
  const double range_sd = sensor.range_sd.metres();
  const double azimuth_sd = sensor.azimuth_sd.radians();
  m.R[0] = range_sd * range_sd;
  m.R[2] = azimuth_sd * azimuth_sd;
  if (!at_site_height(sensor, plot)) {
    m.dh[0] = d_range[2];
    m.dh[1] = d_azimuth[2];
  }
  return m;
}

FirstFix first_fix(const SensorDescription& sensor,
                   const geo::TangentFrame& site,
                   const Plot& plot,
                   const Height& assumed) {
  const Height height = seen_height(sensor, plot, assumed);
  const auto [sin_az, cos_az] = base::sincos(plot.azimuth.radians());
  const double range = plot.slant_range.metres();
  // Elevation by fixed point: the height error of the last guess, over the range, corrects its
  // sine.
  double sin_elevation = 0.0;
  geo::Position<geo::Ecef> there;
  for (int round = 0; round < 8; ++round) {
    const double cos_elevation = std::sqrt(std::fmax(0.0, 1.0 - sin_elevation * sin_elevation));
    there = site.ecef_from_enu(
        {range * cos_elevation * sin_az, range * cos_elevation * cos_az, range * sin_elevation});
    const double error = height.mean_m - geo::height_of(there).metres();
    if (std::fabs(error) < 1e-3 || range < 1.0) break;
    sin_elevation = std::fmin(1.0, std::fmax(-1.0, sin_elevation + error / range));
  }
  const geo::Geodetic position = geo::place_of(there, site).position;
  const double ground = std::fmax(
      kMinGroundRangeM, range * std::sqrt(std::fmax(0.0, 1.0 - sin_elevation * sin_elevation)));
  // d(ground)/d(range) = range/ground and d(ground)/d(height) = -height/ground, both bounded near
  // the zenith.
  const double gain = std::fmin(std::fmax(range / ground, 1.0), 10.0);
  const double along_sd_m = sensor.range_sd.metres() * gain;
  const double along = along_sd_m * along_sd_m;
  // A higher aircraft on the same slant range is nearer on the ground, by the tangent of the angle
  // at which the ray arrives there: the height above the site, plus what the Earth curves away.
  const double rise =
      height.mean_m - sensor.site.height.metres() + ground * ground / (2.0 * geo::kMeanRadiusM);
  const double from_height =
      at_site_height(sensor, plot) ? 0.0 : std::fmax(-3.0, std::fmin(3.0, -rise / ground));
  const double across_sd_m = ground * sensor.azimuth_sd.radians();
  const double across = across_sd_m * across_sd_m;
  return {position,
          along * sin_az * sin_az + across * cos_az * cos_az,
          (along - across) * sin_az * cos_az,
          along * cos_az * cos_az + across * sin_az * sin_az,
          from_height * sin_az,
          from_height * cos_az};
}

std::optional<HeightMeasurement> linearise_height(const SensorDescription& sensor,
                                                  const geo::TangentFrame& site,
                                                  const Plot& plot,
                                                  const geo::TangentFrame& frame,
                                                  const HorizontalState& at,
                                                  const Height& height) {
  if (!plot.elevation) return std::nullopt;
  const Sight s = sight_of(site, frame, at, height.mean_m);
  const double range2 = s.ground * s.ground + s.q.z * s.q.z;
  const double bend = kBendPerM * s.ground;
  double d[3];
  for (std::size_t column = 0; column < 3; ++column) {
    const double d_ground = (s.q.x * s.g[0][column] + s.q.y * s.g[1][column]) / s.ground;
    d[column] = (s.ground * s.g[2][column] - s.q.z * d_ground) / range2 + kBendPerM * d_ground;
  }
  const double sd = elevation_sd_of(sensor, plot);
  return HeightMeasurement{plot.elevation->radians() - base::atan2(s.q.z, s.ground) - bend,
                           {d[0], d[1]},
                           d[2],
                           sd * sd + kBendShareSd * kBendShareSd * bend * bend};
}

std::optional<Height> first_height(const SensorDescription& sensor,
                                   const geo::TangentFrame& site,
                                   const Plot& plot) {
  if (!plot.elevation) return std::nullopt;
  const double range = plot.slant_range.metres();
  const double bend = kBendPerM * range * base::cos(plot.elevation->radians());
  const auto [sine, cosine] = base::sincos(plot.elevation->radians() - bend);
  const auto [sin_az, cos_az] = base::sincos(plot.azimuth.radians());
  const geo::Geodetic place = geo::geodetic_from_ecef(
      site.ecef_from_enu({range * cosine * sin_az, range * cosine * cos_az, range * sine}));
  const double sd = elevation_sd_of(sensor, plot);
  const double across = range * range * (sd * sd + kBendShareSd * kBendShareSd * bend * bend);
  const double along = sensor.range_sd.metres() * sine;
  return Height{place.height.metres(), across * cosine * cosine + along * along};
}

base::Angle elevation_of(base::Length antenna, base::Length slant_range, base::Length height) {
  const double range = std::fmax(1.0, slant_range.metres());
  const double low = kEffectiveEarthM + antenna.metres();
  const double high = kEffectiveEarthM + height.metres();
  const double sine = (high * high - low * low - range * range) / (2.0 * range * low);
  return base::Angle::from_radians(base::asin(std::fmin(1.0, std::fmax(-1.0, sine))));
}

const SensorModel& model() { return kModel; }

}  // namespace liptako::track::polar_radar
