#include "track/registration/common_aircraft.hpp"

#include <algorithm>
#include <cmath>

#include "base/archive.hpp"
#include "base/time_range.hpp"
#include "track/sensors/models.hpp"
#include "track/vertical_filter.hpp"

namespace liptako::track::registration {

using base::Duration;
using base::Timestamp;
using base::to_seconds;

namespace {

constexpr Duration kForgotten = std::chrono::seconds(60);
constexpr Duration kReferenceSilent = std::chrono::seconds(15);
// Of reports of a stated position: what comes more often tells nothing more.
constexpr Duration kApart = std::chrono::milliseconds(700);
constexpr Duration kObservedApart = std::chrono::milliseconds(3'900);
// A longer way between two reports is not drawn straight.
constexpr Duration kLongestStated = std::chrono::seconds(6);
constexpr Duration kLongestPolar = std::chrono::seconds(13);
// An aircraft accelerates so much, one sd: what a straight line leaves out.
constexpr double kAccelerationMps2 = 1.5;
// How long an error of a stated position lives on. Satellite navigation errs the same way for
// minutes; multilateration by the geometry of what heard the reply.
constexpr double kNavigationMemoryS = 90.0;
constexpr double kMlatMemoryS = 10.0;
// Of the time that ADS-B positions are of, constant for an installation: at most 0.2 s is left
// uncompensated [DO-260B, §2.2.3.2.3.2], taken as four sd.
constexpr double kAircraftLatencyS = 0.05;
// An altimeter's own error beside what the whole area's air does to all [ICAO Doc 9574].
constexpr double kAltimeterSdM = 25.0;
constexpr double kLeastReferenceSdM = 3.0;
// Of geometric heights, as in pressure_offset.cpp: where none is told, and no receiver's height is
// better than the second.
constexpr double kHeightSdM = 45.0;
constexpr double kLeastHeightSdM = 10.0;
// Farther away what the air bends is more than what an antenna is wrong by.
constexpr double kFarthestElevationM = 100e3;

Duration apart(Timestamp a, Timestamp b) { return a > b ? a - b : b - a; }

struct Point {
  geo::Geodetic position;
  geo::Position<geo::Ecef> ecef;
};

Point point_of(const geo::Geodetic& position) {
  const geo::Geodetic flat{position.latitude, position.longitude, base::Length()};
  return {flat, geo::ecef_from_geodetic(flat)};
}

}  // namespace

Components components_of(const SensorDescription& sensor) {
  Components c;
  switch (sensor.kind) {
    case SensorKind::polar_radar:
      c.has[kRange] = c.has[kAzimuth] = c.has[kTime] = sensor.placed;
      c.has[kElevation] = sensor.placed && !sensor.surface;
      break;
    case SensorKind::mlat:
      c.has[kTime] = c.has[kPlaceEast] = c.has[kPlaceNorth] = true;
      break;
    case SensorKind::ads_b:
      c.has[kTime] = true;
      break;
    default:  // another system's tracks carry the biases of sensors that nobody names
      break;
  }
  return c;
}

void CommonAircraft::set_sensors(std::span<const SensorDescription> sensors) {
  sensors_.clear();
  for (std::size_t i = 0; i < sensors.size(); ++i) {
    Sensor s;
    s.components = components_of(sensors[i]);
    s.stated = !model_of(sensors[i].kind).needs_site;
    const std::uint32_t by_kind = sensors[i].kind == SensorKind::ads_b ? 0 : s.stated ? 1 : 2;
    s.rank = by_kind * 65536 + static_cast<std::uint32_t>(i);
    s.site = geo::TangentFrame(sensors[i].site);
    sensors_.push_back(s);
  }
  keys_.assign(kAircraft, {});
  aircraft_.assign(kAircraft, {});
}

CommonAircraft::Aircraft* CommonAircraft::find(std::uint32_t address, Timestamp time) {
  const std::uint32_t bucket = (address * 2'654'435'769u) >> 24;  // of 256
  static_assert(256 * kWays == kAircraft);
  const std::size_t first = std::size_t{bucket} * kWays;
  std::optional<std::size_t> free;
  for (std::size_t i = first; i < first + kWays; ++i) {
    Key& key = keys_[i];
    if (key.used && key.address == address) {
      key.newest = std::max(key.newest, time);
      return &aircraft_[i];
    }
    if (!free && (!key.used || apart(time, key.newest) > kForgotten)) free = i;
  }
  if (!free) return nullptr;
  keys_[*free] = {time, address, true};
  Aircraft& anew = aircraft_[*free];
  anew.doubted = false;
  anew.lines_used = 0;
  anew.waiting = 0;
  return &anew;
}

CommonAircraft::Line* CommonAircraft::line_of(Aircraft& a,
                                              std::uint16_t sensor,
                                              Timestamp time) const {
  Line* idle = nullptr;
  for (std::uint8_t i = 0; i < a.lines_used; ++i) {
    Line& line = a.lines[i];
    if (line.sensor == sensor) return &line;
    if (idle == nullptr && apart(time, line.newest) > kForgotten) idle = &line;
  }
  if (a.lines_used < kLines) idle = &a.lines[a.lines_used++];
  if (idle == nullptr) return nullptr;
  idle->sensor = sensor;
  idle->count = 0;
  idle->was_observed = false;
  idle->way = {};
  return idle;
}

CommonAircraft::Line* CommonAircraft::reference_of(Aircraft& a,
                                                   Timestamp time,
                                                   bool doubted_too) const {
  Line* best = nullptr;
  for (std::uint8_t i = 0; i < a.lines_used; ++i) {
    Line& line = a.lines[i];
    const Sensor& s = sensors_[line.sensor];
    if (line.count == 0 || apart(time, line.newest) > kReferenceSilent) continue;
    if (a.doubted && !doubted_too && s.rank < 65536) continue;
    if (best == nullptr || s.rank < sensors_[best->sensor].rank) best = &line;
  }
  return best;
}

Plot CommonAircraft::plot_of(const Sensor& s, std::uint16_t sensor, const Report& report) {
  Plot plot;
  plot.time = report.time;
  plot.sensor = sensor;
  if (s.stated) {
    plot.latitude = base::Angle::from_radians(report.first);
    plot.longitude = base::Angle::from_radians(report.second);
    plot.position_sd = base::Length::from_metres(report.sd_east_m);
    plot.sd_east = base::Length::from_metres(report.sd_east_m);
    plot.sd_north = base::Length::from_metres(report.sd_north_m);
    plot.correlation = report.correlation;
  } else {
    plot.slant_range = base::Length::from_metres(report.first);
    plot.azimuth = base::Angle::from_radians(report.second);
    if (report.has_elevation) plot.elevation = base::Angle::from_radians(report.elevation_rad);
  }
  return plot;
}

// `report` of `line` against the reference's reports `before` and `before + 1`.
CommonAircraft::Compared CommonAircraft::compare(const Aircraft& a,
                                                 Line& line,
                                                 const Report& report,
                                                 const Line& reference,
                                                 int before,
                                                 std::span<const SensorDescription> sensors) const {
  const Sensor& own = sensors_[line.sensor];
  const Sensor& other = sensors_[reference.sensor];
  const SensorDescription& described = sensors[line.sensor];
  const SensorDescription& other_described = sensors[reference.sensor];
  const SensorModel& model = model_of(described.kind);
  const SensorModel& other_model = model_of(other_described.kind);
  const Report& first = reference.reports[static_cast<std::size_t>(before)];
  const Report& second = reference.reports[static_cast<std::size_t>(before) + 1];
  const double span = to_seconds(second.time - first.time);
  const double part = to_seconds(report.time - first.time) / span;

  // Height: of the report nearest in time that has one.
  Height height = geometric_height({});
  double altitude_m = height.mean_m;
  const Report& nearer = part < 0.5 ? first : second;
  const bool known = report.has_altitude || nearer.has_altitude;
  if (known) {
    altitude_m = report.has_altitude ? report.altitude_m : nearer.altitude_m;
    height = {altitude_m, kAltimeterSdM * kAltimeterSdM};
  } else if (!own.stated || !other.stated) {
    return {};
  }

  const Plot first_plot = plot_of(other, reference.sensor, first);
  const Plot second_plot = plot_of(other, reference.sensor, second);
  const FirstFix from = other_model.first_fix(other_described, other.site, first_plot, height);
  const FirstFix to = other_model.first_fix(other_described, other.site, second_plot, height);
  const Point begin = point_of(from.position);
  const geo::TangentFrame at_begin(begin.position);
  const auto way = at_begin.enu_from_ecef(point_of(to.position).ecef);
  const geo::Position<geo::Enu> middle{part * way.x, part * way.y, 0.0};
  const geo::TangentFrame frame(
      point_of(geo::geodetic_from_ecef(ecef_at(at_begin, middle.x, middle.y, 0.0))).position);
  HorizontalState state;
  state.x[kVelocityEast] = way.x / span;
  state.x[kVelocityNorth] = way.y / span;
  const double ve = state.x[kVelocityEast], vn = state.x[kVelocityNorth];
  const double v2 = ve * ve + vn * vn;
  if (!(v2 < 1e6)) return {};  // no aircraft flies 1 km/s

  const Plot plot = plot_of(own, line.sensor, report);
  const LinearMeasurement m = model.linearise(described, own.site, plot, frame, state, height);

  Observation o;
  o.time = report.time;
  o.aircraft = static_cast<std::uint16_t>(&a - aircraft_.data());
  o.address = keys_[o.aircraft].address;
  o.sensor = line.sensor;
  o.reference = reference.sensor;
  o.doubted = a.doubted && other.rank < 65536;
  const double mid_early = (1.0 - part) * (1.0 - part), mid_late = part * part;
  double reference_cov[3];  // of what is new in each report of the reference
  Slow slow;
  double(&slow_cov)[3] = slow.position;
  if (other.stated) {
    const double sd = std::fmax(kLeastReferenceSdM, std::sqrt(from.cov_ee_m2));
    const double sd_north = std::fmax(kLeastReferenceSdM, std::sqrt(from.cov_nn_m2));
    o.reference_variance_m2 = std::fmax(sd * sd, sd_north * sd_north);
    slow_cov[0] = sd * sd;
    slow_cov[2] = sd_north * sd_north;
    if (other.rank < 65536) {
      const double s2 = kAircraftLatencyS * kAircraftLatencyS;
      slow_cov[0] += s2 * ve * ve;
      slow_cov[1] += s2 * ve * vn;
      slow_cov[2] += s2 * vn * vn;
      o.reference_variance_m2 += s2 * v2;
    }
    for (double& c : reference_cov) c = 0.0;
  } else {
    // Each report of the reference serves before and after: twice its noise, once for each.
    const double share = 2.0 * (mid_early + mid_late);
    reference_cov[0] = share * from.cov_ee_m2;
    reference_cov[1] = share * from.cov_en_m2;
    reference_cov[2] = share * from.cov_nn_m2;
  }
  // Two ADS-B reports hold the same error of the aircraft's own: what they differ by tells nothing
  // of it, nor does any other reference.
  if (other.rank >= 65536 || own.rank < 65536) o.reference_variance_m2 = 0.0;
  const double bow = 0.5 * kAccelerationMps2 * part * (1.0 - part) * span * span;
  reference_cov[0] += bow * bow;
  reference_cov[2] += bow * bow;

  double effect_east = 0.0, effect_north = 0.0;  // d(true position) / d(true height)
  if (!other.stated) {
    effect_east = from.height_effect_east;
    effect_north = from.height_effect_north;
    // d(position) / d(range, azimuth), by differences.
    constexpr double kStepM = 10.0;
    constexpr double kStepRad = 1e-4;
    Plot moved = first_plot;
    moved.slant_range = base::Length::from_metres(first.first + kStepM);
    const auto by_range = at_begin.enu_from_ecef(
        point_of(other_model.first_fix(other_described, other.site, moved, height).position).ecef);
    moved = first_plot;
    moved.azimuth = base::Angle::from_radians(first.second + kStepRad);
    const auto by_azimuth = at_begin.enu_from_ecef(
        point_of(other_model.first_fix(other_described, other.site, moved, height).position).ecef);
    for (int r = 0; r < 2; ++r) {
      o.other[r][kRange] = -(m.H[r][kEast] * by_range.x + m.H[r][kNorth] * by_range.y) / kStepM;
      o.other[r][kAzimuth] =
          -(m.H[r][kEast] * by_azimuth.x + m.H[r][kNorth] * by_azimuth.y) / kStepRad;
    }
  }
  for (int r = 0; r < 2; ++r) {
    o.y[r] = m.y[r];
    const double rate = m.H[r][kEast] * ve + m.H[r][kNorth] * vn;
    o.own[r][kTime] = -rate;
    o.other[r][kTime] = rate;
    if (!own.stated) o.own[r][r] = 1.0;
    if (own.components.has[kPlaceEast]) o.own[r][kPlaceEast + r] = 1.0;
    if (other.components.has[kPlaceEast]) {
      o.other[r][kPlaceEast] = -m.H[r][kEast];
      o.other[r][kPlaceNorth] = -m.H[r][kNorth];
    }
    o.toward[r][0] = -m.H[r][kEast];
    o.toward[r][1] = -m.H[r][kNorth];
    o.height[r] =
        known ? m.dh[r] + m.H[r][kEast] * effect_east + m.H[r][kNorth] * effect_north : 0.0;
  }
  o.altitude_m = altitude_m;

  // How much of what lives on counts: as in sensors/system_track.hpp, coth(dt / 2m) times, by its
  // two asymptotes.
  const double memory = other.rank < 65536 ? kNavigationMemoryS : kMlatMemoryS;
  const double since = line.was_observed
                           ? std::fmax(0.5, std::fabs(to_seconds(report.time - line.observed)))
                           : to_seconds(described.period);
  slow.counted = std::fmax(1.0, 2.0 * memory / since);
  // Of a multilateration system's own reports, too.
  const double of_own =
      own.components.has[kPlaceEast] ? std::fmax(1.0, 2.0 * kMlatMemoryS / since) : 1.0;
  const auto project = [&](const double(&P)[3], double share, double(&into)[3]) {
    for (int i = 0; i < 3; ++i) {
      const int r = i == 2 ? 1 : 0, c = i == 0 ? 0 : 1;
      const double he = m.H[r][kEast], hn = m.H[r][kNorth];
      const double ge = m.H[c][kEast], gn = m.H[c][kNorth];
      into[i] += share * (he * ge * P[0] + (he * gn + hn * ge) * P[1] + hn * gn * P[2]);
    }
  };
  o.noise[0] = m.R[0] + o.height[0] * o.height[0] * height.variance_m2;
  o.noise[1] = m.R[1] + o.height[0] * o.height[1] * height.variance_m2;
  o.noise[2] = m.R[2] + o.height[1] * o.height[1] * height.variance_m2;
  project(reference_cov, 1.0, o.noise);
  for (int i = 0; i < 3; ++i) o.R[i] = o.noise[i] + (of_own - 1.0) * m.R[i];
  // An altimeter errs the same way from report to report.
  const double of_height = (slow.counted - 1.0) * height.variance_m2;
  o.R[0] += of_height * o.height[0] * o.height[0];
  o.R[1] += of_height * o.height[0] * o.height[1];
  o.R[2] += of_height * o.height[1] * o.height[1];
  project(slow_cov, slow.counted, o.R);
  Compared out;
  if (report.has_elevation && own.components.has[kElevation])
    out.elevation =
        compare_elevation(o, own, report, {&first, &second, part, frame, state}, slow, described);
  if (!o.doubted) {
    line.observed = line.was_observed ? std::max(line.observed, report.time) : report.time;
    line.was_observed = true;
  }
  out.place = o;
  return out;
}

std::optional<Observation> CommonAircraft::compare_elevation(
    const Observation& o,
    const Sensor& own,
    const Report& report,
    const Between& between,
    const Slow& slow,
    const SensorDescription& described) const {
  if (report.first > kFarthestElevationM) return std::nullopt;
  const Report& first = *between.first;
  const Report& second = *between.second;
  // Geometric height, if the reference tells it, needs no atmosphere.
  const bool told = first.has_height && second.has_height;
  Height height{o.altitude_m, kAltimeterSdM * kAltimeterSdM};
  if (told) {
    const double sd = std::fmax(kLeastHeightSdM, std::fmax(first.height_sd_m, second.height_sd_m));
    height = {(1.0 - between.part) * first.height_m + between.part * second.height_m, sd * sd};
  } else if (!report.has_altitude && !first.has_altitude && !second.has_altitude) {
    return std::nullopt;
  }
  const auto m = model_of(described.kind)
                     .linearise_height(described,
                                       own.site,
                                       plot_of(own, o.sensor, report),
                                       between.frame,
                                       between.state,
                                       height);
  if (!m) return std::nullopt;
  Observation e;
  e.time = o.time;
  e.address = o.address;
  e.aircraft = o.aircraft;
  e.sensor = o.sensor;
  e.reference = o.reference;
  e.doubted = o.doubted;
  e.of_elevation = true;
  e.y[0] = m->y;
  const double rate =
      m->H[0] * between.state.x[kVelocityEast] + m->H[1] * between.state.x[kVelocityNorth];
  e.own[0][kElevation] = 1.0;
  e.own[0][kTime] = -rate;
  e.other[0][kTime] = rate;
  e.height[0] = told ? 0.0 : m->dh;
  e.altitude_m = o.altitude_m;
  e.noise[0] = e.R[0] = m->R;
  e.noise[2] = e.R[2] = 1.0;
  // An aircraft's height errs the same way from report to report, as its place does.
  e.R[0] += slow.counted *
            (m->dh * m->dh * height.variance_m2 + m->H[0] * m->H[0] * slow.position[0] +
             2.0 * m->H[0] * m->H[1] * slow.position[1] + m->H[1] * m->H[1] * slow.position[2]);
  return e;
}

void CommonAircraft::compare_with(Aircraft& a,
                                  Line& reference,
                                  Line& changed,
                                  std::span<const SensorDescription> sensors,
                                  std::vector<Observation>& out,
                                  std::size_t most) {
  const Sensor& other = sensors_[reference.sensor];
  const bool doubted = a.doubted && other.rank < 65536;
  const Duration longest = other.stated ? kLongestStated : kLongestPolar;
  const auto try_line = [&](Line& line) {
    const Sensor& own = sensors_[line.sensor];
    if (&line == &reference || !own.components.any()) return;
    // A doubted aircraft's word tells nothing of its station either.
    if (a.doubted && own.rank < 65536) return;
    for (int i = 0; i < line.count; ++i) {
      Report& report = line.reports[static_cast<std::size_t>(i)];
      if (doubted ? report.compared_doubted : report.compared) continue;
      for (int k = 0; k + 1 < reference.count; ++k) {
        const Report& first = reference.reports[static_cast<std::size_t>(k)];
        const Report& second = reference.reports[static_cast<std::size_t>(k) + 1];
        if (!(first.time < report.time && report.time <= second.time)) continue;
        (doubted ? report.compared_doubted : report.compared) = true;
        if (second.time - first.time > longest) break;
        if (own.stated && line.was_observed && apart(report.time, line.observed) < kObservedApart)
          break;
        if (out.size() >= most) break;
        const Compared told = compare(a, line, report, reference, k, sensors);
        if (told.place) out.push_back(*told.place);
        if (told.elevation && out.size() < most) out.push_back(*told.elevation);
        break;
      }
    }
  };
  if (&changed != &reference) return try_line(changed);
  if (a.waiting == 0) return;
  for (std::uint8_t i = 0; i < a.lines_used; ++i) try_line(a.lines[i]);
}

double CommonAircraft::take(const Plot& plot,
                            std::span<const SensorDescription> sensors,
                            Timestamp now,
                            OwnWay& own_way,
                            std::vector<Observation>& out,
                            std::size_t most) {
  if (!plot.icao_address || plot.icao_address->bits() == 0) return 0.0;
  if (!sensors_[plot.sensor].components.any()) return 0.0;
  Aircraft* const a = find(plot.icao_address->bits(), plot.time);
  if (a == nullptr) return 0.0;
  const Sensor& s = sensors_[plot.sensor];
  Line* const line = line_of(*a, plot.sensor, plot.time);
  if (line == nullptr) return 0.0;
  if (own_way.hears(plot.sensor)) {
    const double of_another_clock = own_way.take(plot, now, line->way);
    if (of_another_clock != 0.0) return of_another_clock;
  }
  if (line->count > 0 && apart(plot.time, line->newest) > kForgotten) line->count = 0;
  if (s.stated && line->count > 0 && apart(plot.time, line->newest) < kApart) return 0.0;

  // By time; the oldest makes room.
  int place = line->count;
  while (place > 0 && line->reports[static_cast<std::size_t>(place) - 1].time >= plot.time) --place;
  if (place < line->count && line->reports[static_cast<std::size_t>(place)].time == plot.time)
    return 0.0;
  if (line->count == kReports) {
    if (place == 0) return 0.0;
    std::move(line->reports.begin() + 1, line->reports.begin() + place, line->reports.begin());
    --place;
  } else {
    std::move_backward(line->reports.begin() + place,
                       line->reports.begin() + line->count,
                       line->reports.begin() + line->count + 1);
    ++line->count;
  }
  Report& report = line->reports[static_cast<std::size_t>(place)];
  report = {};
  report.time = plot.time;
  if (s.stated) {
    report.first = plot.latitude.radians();
    report.second = plot.longitude.radians();
    const bool ads_b = s.rank < 65536;
    const base::Length east = ads_b ? plot.position_sd : plot.sd_east;
    report.sd_east_m = static_cast<float>(east.metres());
    report.sd_north_m = static_cast<float>((ads_b ? plot.position_sd : plot.sd_north).metres());
    report.correlation = static_cast<float>(plot.correlation);
  } else {
    report.first = plot.slant_range.metres();
    report.second = plot.azimuth.radians();
    report.has_elevation = plot.elevation.has_value();
    if (plot.elevation) report.elevation_rad = static_cast<float>(plot.elevation->radians());
  }
  if (plot.geometric_height) {
    const double sd =
        plot.geometric_height_sd > base::Length() ? plot.geometric_height_sd.metres() : kHeightSdM;
    report.has_height = true;
    report.height_m = static_cast<float>(plot.geometric_height->metres());
    report.height_sd_m = static_cast<float>(sd);
  }
  if (plot.pressure_altitude) {
    report.has_altitude = true;
    report.altitude_m = static_cast<float>(plot.pressure_altitude->metres());
  }
  line->newest = line->count == 1 ? plot.time : std::max(line->newest, plot.time);

  Line* const reference = reference_of(*a, plot.time, true);
  if (reference == nullptr) return 0.0;  // a plot so late that nothing is of its time any more
  if (reference != line && a->waiting < 200) ++a->waiting;
  compare_with(*a, *reference, *line, sensors, out, most);
  if (a->doubted && sensors_[reference->sensor].rank < 65536) {
    if (Line* const believed = reference_of(*a, plot.time, false); believed != nullptr)
      compare_with(*a, *believed, *line, sensors, out, most);
  } else if (reference == line) {
    a->waiting = 0;
    // Reports newer than the reference's newest go on waiting.
    for (std::uint8_t i = 0; i < a->lines_used; ++i) {
      const Line& other = a->lines[i];
      if (&other == line || other.count == 0) continue;
      if (other.newest > line->newest) ++a->waiting;
    }
  }
  return 0.0;
}

void CommonAircraft::note_step(const ClockStep& step) {
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    if (!keys_[i].used) continue;
    Aircraft& a = aircraft_[i];
    for (std::uint8_t k = 0; k < a.lines_used; ++k) {
      Line& line = a.lines[k];
      if (line.sensor != step.sensor) continue;
      line.count = 0;
      line.was_observed = false;
      if (line.way.sequence != 0 && line.way.sequence < step.since)
        line.way.stamp += base::seconds(step.seconds);
    }
  }
}

std::uint32_t CommonAircraft::doubted() const {
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < keys_.size(); ++i) count += keys_[i].used && aircraft_[i].doubted;
  return count;
}

namespace {

bool is_usable(const Way& w) {
  return base::is_reckonable(w.stamp) && std::fabs(w.latitude_rad) < 2.0 &&
         std::fabs(w.longitude_rad) < 10.0 && std::fabs(w.east_mps) < 1e4F &&
         std::fabs(w.north_mps) < 1e4F;
}

}  // namespace

template <class Archive>
void visit_fields(Archive& archive, CommonAircraft::Report& r) {
  archive(r.time, r.first, r.second, r.altitude_m, r.sd_east_m, r.sd_north_m, r.correlation);
  archive(r.has_altitude, r.compared, r.compared_doubted);
  archive(r.height_m, r.height_sd_m, r.elevation_rad, r.has_height, r.has_elevation);
}

void CommonAircraft::save(base::ByteWriter& out) const {
  base::Saver saver(out);
  std::uint32_t used = 0;
  for (const Key& key : keys_) used += key.used ? 1 : 0;
  saver(used);
  for (std::size_t i = 0; i < aircraft_.size(); ++i) {
    const Key& key = keys_[i];
    const Aircraft& a = aircraft_[i];
    if (!key.used) continue;
    saver(static_cast<std::uint32_t>(i), key.address, a.doubted, a.lines_used, a.waiting);
    saver(key.newest);
    for (std::uint8_t k = 0; k < a.lines_used; ++k) {
      const Line& line = a.lines[k];
      saver(line.sensor, line.count, line.newest, line.observed, line.was_observed, line.way);
      for (std::uint8_t r = 0; r < line.count; ++r) saver(line.reports[r]);
    }
  }
}

bool CommonAircraft::load(base::ByteReader& in) {
  base::Loader loader(in);
  std::uint32_t used = 0;
  loader(used);
  if (used > aircraft_.size()) return false;
  for (std::uint32_t n = 0; n < used; ++n) {
    std::uint32_t i = 0;
    loader(i);
    if (!in.ok() || i >= aircraft_.size()) return false;
    Key& key = keys_[i];
    Aircraft& a = aircraft_[i];
    key.used = true;
    loader(key.address, a.doubted, a.lines_used, a.waiting, key.newest);
    if (!in.ok() || a.lines_used > kLines || !base::is_reckonable(key.newest)) return false;
    for (std::uint8_t k = 0; k < a.lines_used; ++k) {
      Line& line = a.lines[k];
      loader(line.sensor, line.count, line.newest, line.observed, line.was_observed, line.way);
      if (!in.ok() || line.sensor >= sensors_.size() || line.count > kReports ||
          !base::is_reckonable(line.newest) || !base::is_reckonable(line.observed) ||
          !is_usable(line.way))
        return false;
      for (std::uint8_t r = 0; r < line.count; ++r) {
        Report& report = line.reports[r];
        loader(report);
        if (!base::is_reckonable(report.time) || !std::isfinite(report.first) ||
            !std::isfinite(report.second) || !std::isfinite(report.altitude_m) ||
            !std::isfinite(report.sd_east_m) || !std::isfinite(report.sd_north_m) ||
            !std::isfinite(report.correlation) || !std::isfinite(report.height_m) ||
            !std::isfinite(report.height_sd_m) || !std::isfinite(report.elevation_rad))
          return false;
      }
    }
  }
  return in.ok();
}

}  // namespace liptako::track::registration
