#include "track/registration/registration.hpp"

#include <algorithm>
#include <cmath>

#include "base/archive.hpp"
#include "base/time_range.hpp"
#include "geo/frames.hpp"

namespace liptako::track {

using registration::Component;
using registration::Estimate;
using registration::kAzimuth;
using registration::kComponents;
using registration::kElevation;
using registration::kPlaceEast;
using registration::kPlaceNorth;
using registration::kRange;
using registration::kTime;
using registration::Observation;

namespace {

// Known: sd below this share of the noise; of time, below so many seconds.
constexpr double kKnownShare = 0.5;
constexpr double kKnownTimeS = 0.1;
// Significant: beyond so many sd; once taken away, as long as it is beyond the second.
constexpr double kSignificant = 2.0;
constexpr double kStillSignificant = 1.0;
// A sensor's remaining bias is the same for about so long: until the aircraft is seen from another
// side.
constexpr double kMemoryS = 60.0;
constexpr double kMostDilution = 4.0;
// What no sensor is wrong by: taken away from nothing.
constexpr double kBeyondReason[kComponents] = {10'000.0, 0.5, 60.0, 0.1, 1'000.0, 1'000.0};
// Windows of clocks that ran away are left behind.
constexpr base::Duration kRanAway = 10 * Registration::kWindow;
// While a step of a clock may be under way, no clock is compared with another, at most so long.
constexpr base::Duration kWaits = std::chrono::seconds(5);
constexpr double kNoPole = 1e-3;  // cosine of a latitude
// A clock that moved by less is right.
constexpr double kClockRightS = 0.2;

}  // namespace

void Registration::set_sensors(std::span<const SensorDescription> sensors,
                               std::span<const int> former) {
  aircraft_.set_sensors(sensors);
  filter_.set_sensors(sensors, former);
  own_way_.set_sensors(sensors, former);
  window_.clear();
  window_.reserve(kMostObservations);
  corrections_.assign(sensors.size(), {});
  has_others_ = std::ranges::count_if(sensors, [](const SensorDescription& s) {
                  return registration::components_of(s).any();
                }) > 1;
  decide(sensors);
}

bool Registration::take(const Plot& plot,
                        std::span<const SensorDescription> sensors,
                        Plot& corrected) {
  if (!enabled_) return false;
  if (plot.time != newest_) {
    newest_ = plot.time;
    if (plot.time > latest_ || latest_ - plot.time > kRanAway) latest_ = plot.time;
    if (own_way_.is_due(latest_)) follow_clocks(sensors);
    const bool due = started_ && plot.time >= due_;
    const bool waits = due && plot.time < due_ + kWaits && own_way_.is_unsettled(latest_);
    if (!started_ || (due && !waits) || due_ - plot.time > kRanAway) work_out(plot.time, sensors);
  }
  const double of_another_clock =
      aircraft_.take(plot, sensors, latest_, own_way_, window_, kMostObservations);
  Correction& c = corrections_[plot.sensor];
  c.has_elevation = c.has_elevation || plot.elevation;
  const bool elevation = plot.elevation && c.variance[kElevation] > 0.0;
  if (!c.any && !elevation && of_another_clock == 0.0) return false;
  corrected = plot;
  if (c.applied[kRange]) {
    corrected.slant_range =
        base::Length::from_metres(std::fmax(0.0, plot.slant_range.metres() - c.value[kRange]));
  }
  if (c.applied[kAzimuth]) {
    corrected.azimuth =
        base::Angle::from_radians(base::wrap_two_pi(plot.azimuth.radians() - c.value[kAzimuth]));
  }
  const double clock = (c.applied[kTime] ? c.value[kTime] : 0.0) + of_another_clock;
  if (clock != 0.0) corrected.time = plot.time - base::seconds(clock);
  if (elevation) {
    const SensorDescription& sensor = sensors[plot.sensor];
    const double own = sensor.elevation_sd.radians();
    const double counted =
        std::fmin(kMostDilution, std::fmax(1.0, 2.0 * kMemoryS / base::to_seconds(sensor.period)));
    corrected.elevation = *plot.elevation - base::Angle::from_radians(c.value[kElevation]);
    corrected.elevation_sd =
        base::Angle::from_radians(std::sqrt(own * own + counted * c.variance[kElevation]));
  }
  if (c.applied[kPlaceEast] || c.applied[kPlaceNorth]) {
    const double cosine = base::cos(plot.latitude.radians());
    corrected.latitude =
        plot.latitude - base::Angle::from_radians(c.value[kPlaceNorth] / geo::kMeanRadiusM);
    if (cosine > kNoPole) {
      corrected.longitude = base::Angle::from_radians(base::wrap_pi(
          plot.longitude.radians() - c.value[kPlaceEast] / (geo::kMeanRadiusM * cosine)));
    }
  }
  return true;
}

void Registration::learn(const Plot& plot,
                         base::IcaoAddress address,
                         std::span<const SensorDescription> sensors) {
  if (!takes_part(plot.sensor) || own_way_.hears(plot.sensor)) return;
  const Correction& c = corrections_[plot.sensor];
  Plot reported = plot;
  reported.icao_address = address;
  reported.time = plot.time + base::seconds(c.value[kTime]);
  reported.slant_range = plot.slant_range + base::Length::from_metres(c.value[kRange]);
  reported.azimuth =
      base::Angle::from_radians(base::wrap_two_pi(plot.azimuth.radians() + c.value[kAzimuth]));
  if (plot.elevation)
    reported.elevation = *plot.elevation + base::Angle::from_radians(c.value[kElevation]);
  const double cosine = base::cos(plot.latitude.radians());
  reported.latitude =
      plot.latitude + base::Angle::from_radians(c.value[kPlaceNorth] / geo::kMeanRadiusM);
  if (cosine > kNoPole) {
    reported.longitude = base::Angle::from_radians(base::wrap_pi(
        plot.longitude.radians() + c.value[kPlaceEast] / (geo::kMeanRadiusM * cosine)));
  }
  (void)aircraft_.take(reported, sensors, latest_, own_way_, window_, kMostObservations);
}

void Registration::expect(LinearMeasurement& m,
                          std::uint16_t sensor,
                          const HorizontalState& at) const {
  const Estimate range = filter_.estimate(sensor, kRange);
  const Estimate azimuth = filter_.estimate(sensor, kAzimuth);
  const Estimate time = filter_.estimate(sensor, kTime);
  double rate[2];
  for (int r = 0; r < 2; ++r) {
    rate[r] = m.H[r][kEast] * at.x[kVelocityEast] + m.H[r][kNorth] * at.x[kVelocityNorth];
    m.y[r] -= (r == 0 ? range : azimuth).value - rate[r] * time.value;
  }
  m.R[0] += range.sd * range.sd + rate[0] * rate[0] * time.sd * time.sd;
  m.R[1] += rate[0] * rate[1] * time.sd * time.sd;
  m.R[2] += azimuth.sd * azimuth.sd + rate[1] * rate[1] * time.sd * time.sd;
}

void Registration::follow_clocks(std::span<const SensorDescription> sensors) {
  bool moved = false;
  while (const auto step = own_way_.find(latest_)) {
    const bool right = std::fabs(own_way_.moved_s(step->sensor)) < kClockRightS;
    filter_.move_clock(step->sensor, {step->seconds, step->sd, right}, latest_);
    aircraft_.note_step(*step);
    std::erase_if(window_, [&](const Observation& o) {
      return o.sensor == step->sensor || o.reference == step->sensor;
    });
    moved = true;
  }
  if (moved) decide(sensors);
}

void Registration::work_out(base::Timestamp now, std::span<const SensorDescription> sensors) {
  if (started_ && !window_.empty()) {
    filter_.use(window_, now);
    for (const Observation& o : window_) {
      if (aircraft_.address_of(o.aircraft) == o.address)
        aircraft_.set_doubted(o.aircraft, filter_.is_doubted(o.aircraft, o.address));
    }
    window_.clear();
    decide(sensors);
  }
  started_ = true;
  due_ = now + kWindow;
}

void Registration::decide(std::span<const SensorDescription> sensors) {
  for (std::size_t i = 0; i < sensors.size(); ++i) {
    const auto s = static_cast<std::uint16_t>(i);
    Correction& c = corrections_[s];
    c.any = c.considered = false;
    for (int k = 0; k < kComponents; ++k) {
      const auto component = static_cast<Component>(k);
      if (!filter_.has(s, component)) continue;
      const Estimate e = filter_.estimate(s, component);
      double variance = e.sd * e.sd;
      double known = kKnownTimeS;
      if (k == kTime) variance = filter_.relative_time_variance(s);
      if (k == kRange) known = kKnownShare * sensors[s].range_sd.metres();
      if (k == kAzimuth) known = kKnownShare * sensors[s].azimuth_sd.radians();
      if (k == kElevation) known = kKnownShare * sensors[s].elevation_sd.radians();
      if (k == kPlaceEast || k == kPlaceNorth)
        known = kKnownShare * sensors[s].position_sd.metres();
      const bool is_known = variance < known * known && std::fabs(e.value) < kBeyondReason[k];
      const double beyond = std::fabs(e.value) / std::fmax(e.sd, 1e-12);
      c.applied[k] = is_known && beyond > (c.applied[k] ? kStillSignificant : kSignificant);
      c.value[k] = c.applied[k] ? e.value : 0.0;
      c.variance[k] = is_known ? variance : 0.0;
      c.any = c.any || c.applied[k];
      c.considered = c.considered || is_known;
    }
  }
}

void Registration::widen(LinearMeasurement& m,
                         std::uint16_t sensor,
                         const HorizontalState& at) const {
  const Correction& c = corrections_[sensor];
  if (!enabled_ || !c.considered) return;
  const double v[2] = {m.H[0][kEast] * at.x[kVelocityEast] + m.H[0][kNorth] * at.x[kVelocityNorth],
                       m.H[1][kEast] * at.x[kVelocityEast] + m.H[1][kNorth] * at.x[kVelocityNorth]};
  // Rows are range and azimuth, or east and north.
  m.R[0] += c.variance[kRange] + c.variance[kPlaceEast] + c.variance[kTime] * v[0] * v[0];
  m.R[1] += c.variance[kTime] * v[0] * v[1];
  m.R[2] += c.variance[kAzimuth] + c.variance[kPlaceNorth] + c.variance[kTime] * v[1] * v[1];
}

double Registration::dilution(const LinearMeasurement& m,
                              std::uint16_t sensor,
                              double since_last) const {
  const Correction& c = corrections_[sensor];
  if (!enabled_ || !c.considered || m.columns == Columns::velocity) return 1.0;
  // Shares of the noise that are bias; of time, as if at 250 m/s along.
  const double counted = 2.0 * kMemoryS / std::fmax(std::fabs(since_last), 0.1) - 1.0;
  if (!(counted > 0.0)) return 1.0;
  const double along = 250.0 * 250.0 * 0.5 * c.variance[kTime];
  const double range = (c.variance[kRange] + c.variance[kPlaceEast] +
                        along * (m.H[0][kEast] * m.H[0][kEast] + m.H[0][kNorth] * m.H[0][kNorth])) /
                       m.R[0];
  const double azimuth =
      (c.variance[kAzimuth] + c.variance[kPlaceNorth] +
       along * (m.H[1][kEast] * m.H[1][kEast] + m.H[1][kNorth] * m.H[1][kNorth])) /
      m.R[2];
  return std::fmin(kMostDilution, 1.0 + counted * 0.5 * (range + azimuth));
}

bool Registration::takes_part(std::uint16_t sensor) const {
  return enabled_ && sensor < corrections_.size() && filter_.has(sensor, kTime);
}

SensorRegistration Registration::report(std::uint16_t sensor) const {
  SensorRegistration out;
  const auto one = [&](Component component) {
    BiasReport b;
    if (!filter_.has(sensor, component)) return b;
    const Estimate e = filter_.estimate(sensor, component);
    b.present = true;
    b.value = e.value;
    b.sd = e.sd;
    b.applied = enabled_ && corrections_[sensor].applied[component];
    return b;
  };
  out.range = one(kRange);
  out.azimuth = one(kAzimuth);
  out.time = one(kTime);
  if (corrections_[sensor].has_elevation) out.elevation = one(kElevation);
  out.place_east = one(kPlaceEast);
  out.place_north = one(kPlaceNorth);
  const registration::SensorStanding& standing = filter_.standing(sensor);
  out.observations = standing.observations;
  out.jumps = standing.jumps;
  out.last_jump = standing.last_jump;
  out.clock_moved_s = clock_moved_s(sensor);
  return out;
}

namespace registration {

template <class Archive>
void visit_fields(Archive& archive, Observation& o) {
  archive(o.time, o.address, o.aircraft, o.sensor, o.reference, o.doubted, o.y, o.own, o.other);
  archive(o.height, o.altitude_m, o.toward, o.noise, o.R, o.reference_variance_m2);
  archive(o.of_elevation);
}

}  // namespace registration

void Registration::save(base::ByteWriter& out) const {
  base::Saver saver(out);
  saver(enabled_, started_, due_, latest_, newest_);
  for (const Correction& c : corrections_) saver(c.applied, c.has_elevation);
  saver(window_);
  aircraft_.save(out);
  filter_.save(out);
  own_way_.save(out);
}

bool Registration::load(base::ByteReader& in, std::span<const SensorDescription> sensors) {
  base::Loader loader(in);
  loader(enabled_, started_, due_, latest_, newest_);
  for (Correction& c : corrections_) loader(c.applied, c.has_elevation);
  loader(window_);
  if (!in.ok() || !base::is_reckonable(due_) || !base::is_reckonable(latest_) ||
      !base::is_reckonable(newest_) || window_.size() > kMostObservations)
    return false;
  window_.reserve(kMostObservations);
  for (const Observation& o : window_) {
    bool numbers = std::isfinite(o.altitude_m) && std::isfinite(o.reference_variance_m2);
    for (int r = 0; r < 2; ++r) {
      numbers = numbers && std::isfinite(o.height[r]);
      for (int c = 0; c < registration::kComponents; ++c)
        numbers = numbers && std::isfinite(o.own[r][c]) && std::isfinite(o.other[r][c]);
      for (int c = 0; c < 2; ++c) numbers = numbers && std::isfinite(o.toward[r][c]);
    }
    for (int i = 0; i < 3; ++i)
      numbers = numbers && std::isfinite(o.noise[i]) && std::isfinite(o.R[i]);
    const bool finite = numbers && std::isfinite(o.y[0]) && std::isfinite(o.y[1]) && o.R[0] > 0.0 &&
                        o.R[0] * o.R[2] - o.R[1] * o.R[1] > 0.0 && o.noise[0] > 0.0 &&
                        o.noise[0] * o.noise[2] - o.noise[1] * o.noise[1] > 0.0;
    if (!finite || o.sensor >= sensors.size() || o.reference >= sensors.size() ||
        o.aircraft >= registration::CommonAircraft::kAircraft || !base::is_reckonable(o.time))
      return false;
  }
  if (!aircraft_.load(in) || !filter_.load(in) || !own_way_.load(in)) return false;
  decide(sensors);
  return true;
}

}  // namespace liptako::track
