#include "sim/radar.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "base/math.hpp"
#include "sim/traffic.hpp"

namespace liptako::sim {
namespace {

using base::Duration;
using base::Timestamp;

enum : std::uint64_t { kRadar = 1001, kClutter = 1002, kPlotFaults = 1012 };

constexpr double kFullCircle = 2.0 * base::kPi;
constexpr double kSectorWidth = kFullCircle / RadarSector::kCount;
constexpr double kTanWidened = 0.2;  // of a little more than one sector width
// Fixed echoes that leak through the radar's own clutter map make up half of the clutter, each in
// one revolution of five; the rest is anywhere.
constexpr double kSpotProbability = 0.2;
constexpr double kSpotShare = 0.5;
constexpr double kFalseAlarm = 1e-6;
constexpr double kClutterTopM = 2500.0;        // above ground
constexpr std::uint32_t kFirstSpot = 100'000;  // RadarPlot::echo of fixed clutter; below: of faults

double steps(double value, double step) { return std::floor(value / step + 0.5) * step; }

}  // namespace

RadarModel::RadarModel(const Radar& radar,
                       const Atmosphere& air,
                       std::uint64_t seed,
                       std::uint64_t index,
                       Timestamp start)
    : radar_(&radar),
      air_(&air),
      start_(start),
      site_(frame_at(radar.site)),
      prng_(prng_for(seed, kRadar, index)),
      fault_prng_(prng_for(seed, kPlotFaults, index)) {
  for (std::size_t i = 0; i < middles_.size(); ++i) {
    middles_[i] = base::sincos((static_cast<double>(i) + 0.5) * kSectorWidth);
  }
  place_echoes();
  // The first whole sector after the start.
  while (sector_begin(sector_) < start) ++sector_;
  if (radar.kind != RadarKind::primary) return;
  base::Prng spots = prng_for(seed, kClutter, index);
  const int count = static_cast<int>(radar.false_plots * kSpotShare / kSpotProbability);
  for (int i = 0; i < count; ++i) {
    // Ground echoes are near.
    clutter_spots_.push_back(
        {radar.minimum_range.metres() + spots.uniform() * 0.4 * radar.range.metres(),
         spots.uniform(0.0, kFullCircle)});
  }
}

Timestamp RadarModel::sector_begin(std::int64_t sector) const {
  const std::int64_t period = radar_->period.count();
  const Duration before = base::seconds(radar_->phase * base::to_seconds(radar_->period));
  const std::int64_t turns = sector / RadarSector::kCount;
  const std::int64_t part = sector % RadarSector::kCount;
  return start_ - before + Duration(turns * period + part * period / RadarSector::kCount);
}

Timestamp RadarModel::next() const { return sector_begin(sector_ + 1); }

double RadarModel::beam_azimuth(Timestamp time) const {
  const Duration since = time - sector_begin(0);
  return kFullCircle *
         (base::to_seconds(since % radar_->period) / base::to_seconds(radar_->period));
}

// A cheap look before the exact one: the sector widened by its own width and by what an aircraft
// flies in the time between its newest position and now.
bool RadarModel::may_cross(const Flight& flight, const RadarSector& sector) const {
  if (!flight.within(site_.position, radar_->range.metres())) return false;
  const Vec3 line = flight.newest_position() - site_.position;
  const double east = dot(line, site_.east);
  const double north = dot(line, site_.north);
  const base::SinCos& middle = middles_[static_cast<std::size_t>(sector.number)];
  const double along = east * middle.sin + north * middle.cos;
  const double across = std::fabs(east * middle.cos - north * middle.sin);
  return across <= kTanWidened * std::max(along, 0.0) + 1.5 * Flight::kReachM &&
         along >= -Flight::kReachM;
}

// The beam meets the aircraft where both azimuths are equal. The beam is much the faster, so that
// starting from the sector's begin and going on by the remaining angle converges at once; the test
// against the sector's ends comes last, so that every crossing belongs to exactly one sector.
std::optional<RadarModel::Crossing> RadarModel::crossing(const Flight& flight,
                                                         const RadarSector& sector) const {
  const double rate = kFullCircle / base::to_seconds(radar_->period);
  Crossing out;
  out.time = sector.begin;
  for (int round = 0; round < 6; ++round) {
    const std::optional<Pose> pose = flight.at(std::min(out.time, sector.end));
    if (!pose) return std::nullopt;
    out.pose = *pose;
    out.sight = sight(site_, pose->position);
    const double ahead = base::wrap_pi(out.sight.azimuth_rad - beam_azimuth(out.time));
    if (round == 0 && (ahead < -0.5 * kSectorWidth || ahead > 1.5 * kSectorWidth))
      return std::nullopt;
    const Duration correction = base::seconds(ahead / rate);
    out.time += correction;
    if (round > 0 && correction < Duration(1000) && correction > Duration(-1000)) break;
    if (out.time < sector.begin - radar_->period / RadarSector::kCount) return std::nullopt;
    if (out.time < start_) return std::nullopt;
  }
  if (out.time < sector.begin || out.time >= sector.end) return std::nullopt;
  return out;
}

bool RadarModel::replies(const Flight& flight, Timestamp time) {
  const FlightPlan& plan = flight.plan();
  return plan.transponder != Transponder::none && !plan.ghost && !flight.silent(time);
}

bool RadarModel::in_sight(const Crossing& seen) const {
  if (seen.pose.on_ground) return false;
  if (seen.sight.slant_range_m > radar_->range.metres()) return false;
  if (seen.sight.slant_range_m < radar_->minimum_range.metres()) return false;
  if (seen.sight.elevation_rad > radar_->maximum_elevation.radians()) return false;
  const double ground = (air_->geoid + air_->terrain).metres();
  for (const Ridge& ridge : air_->ridges) {
    if (hides(ridge, site_, seen.pose.position)) return false;
  }
  return in_radio_sight(ground_distance_m(site_.position, seen.pose.position),
                        site_.height_m - ground,
                        frame_at(seen.pose.position).height_m - ground);
}

// Secondary: as configured for whatever replies. Primary: a fluctuating target (Swerling 1), whose
// probability of detection is Pfa^(1 / (1 + S)), with the signal-to-noise ratio S falling with the
// fourth power of range [Skolnik08, ch. 2].
double RadarModel::detection_probability(const Crossing& seen, const Flight& flight) const {
  if (radar_->kind == RadarKind::mode_s) {
    return replies(flight, seen.time) ? radar_->pd : 0.0;
  }
  const double reference =
      base::log(kFalseAlarm) / base::log(radar_->pd) - 1.0;  // S of 1 m2 at pd_range
  const double ratio = radar_->pd_range.metres() / seen.sight.slant_range_m;
  const double signal =
      reference * performance(flight.plan().kind).echo_m2 * ratio * ratio * ratio * ratio;
  return base::exp(base::log(kFalseAlarm) / (1.0 + signal));
}

void RadarModel::add_replies(RadarPlot& plot, const Flight& flight, const Pose& pose) {
  const FlightPlan& plan = flight.plan();
  const bool mode_s = plan.transponder != Transponder::mode_ac;
  const double altitude_ft =
      (pose.pressure_altitude_m + plan.altimeter_error.metres()) / base::kMetresPerFoot;
  plot.mode_3a = plan.mode_3a;
  plot.mode_c_ft = steps(altitude_ft, mode_s ? 25.0 : 100.0);
  if (mode_s) {
    plot.icao_address = flight.told_address();
    plot.call_sign = plan.call_sign;
    return;
  }
  // Only Mode A and C replies garble: those of Mode S carry a checksum.
  if (prng_.chance(radar_->garbled)) {
    plot.mode_3a =
        base::ModeACode(static_cast<std::uint16_t>(plan.mode_3a.bits() ^ (1u << prng_.below(12))));
    plot.mode_3a_garbled = true;
  }
  if (prng_.chance(radar_->garbled)) {
    const double sign = prng_.chance(0.5) ? 1.0 : -1.0;
    *plot.mode_c_ft += sign * 100.0 * static_cast<double>(1 + prng_.below(40));
    plot.mode_c_garbled = true;
  }
}

RadarPlot RadarModel::plot_of(const Crossing& seen, const Flight& flight) {
  RadarPlot plot;
  plot.flight = flight.plan().number;
  plot.time = seen.time;
  plot.slant_range_m = std::max(0.0,
                                seen.sight.slant_range_m + radar_->range_bias.metres() +
                                    prng_.normal(0.0, radar_->range_sd.metres()));
  plot.azimuth_rad = base::wrap_two_pi(seen.sight.azimuth_rad + radar_->azimuth_bias.radians() +
                                       prng_.normal(0.0, radar_->azimuth_sd.radians()));
  if (radar_->kind == RadarKind::mode_s) add_replies(plot, flight, seen.pose);
  if (radar_->height_sd) {
    plot.height_m = frame_at(seen.pose.position).height_m - air_->geoid.metres() +
                    prng_.normal(0.0, radar_->height_sd->metres());
  }
  return plot;
}

// A reply that reached the antenna over a reflecting wall: an aircraft's identity and height where
// the wall is, and further away by the detour.
void RadarModel::add_reflections(RadarSector& sector, const Flights& flights) {
  const int count = prng_.poisson(radar_->false_plots / RadarSector::kCount);
  for (int i = 0; i < count; ++i) {
    const Timestamp time =
        sector.begin + base::seconds(prng_.uniform() * base::to_seconds(sector.end - sector.begin));
    const double detour_m = prng_.uniform(400.0, 8000.0);
    const std::size_t offset = flights.empty() ? 0 : prng_.below(flights.size());
    // The first one in sight from a random place in the list.
    for (std::size_t j = 0; j < flights.size(); ++j) {
      const Flight& flight = *flights[(offset + j) % flights.size()];
      const std::optional<Pose> pose = flight.at(time);
      if (!pose || !replies(flight, time)) continue;
      const Crossing seen{time, *pose, sight(site_, pose->position)};
      if (!in_sight(seen)) continue;
      RadarPlot plot;
      plot.pathology = Pathology::reflection;
      plot.of = flight.plan().number;
      plot.time = time;
      plot.slant_range_m = seen.sight.slant_range_m + detour_m;
      plot.azimuth_rad = beam_azimuth(time);
      if (plot.slant_range_m < radar_->range.metres()) {
        add_replies(plot, flight, *pose);
        sector.plots.push_back(plot);
      }
      break;
    }
  }
}

void RadarModel::add_clutter(RadarSector& sector) {
  const double begin = beam_azimuth(sector.begin);
  const auto add = [&](double range_m, double azimuth_rad) {
    RadarPlot plot;
    const double into = base::wrap_two_pi(azimuth_rad - begin) / kFullCircle;
    plot.time = sector.begin + base::seconds(into * base::to_seconds(radar_->period));
    plot.slant_range_m = std::max(0.0, range_m + prng_.normal(0.0, radar_->range_sd.metres()));
    plot.azimuth_rad =
        base::wrap_two_pi(azimuth_rad + prng_.normal(0.0, radar_->azimuth_sd.radians()));
    if (radar_->height_sd) {
      // Birds and ground: low.
      plot.height_m = air_->terrain.metres() + prng_.uniform(0.0, kClutterTopM) +
                      prng_.normal(0.0, radar_->height_sd->metres());
    }
    sector.plots.push_back(plot);
  };
  for (std::size_t i = 0; i < clutter_spots_.size(); ++i) {
    const Spot& spot = clutter_spots_[i];
    const bool here = base::wrap_two_pi(spot.azimuth_rad - begin) < kSectorWidth;
    if (!here || !prng_.chance(kSpotProbability)) continue;
    add(spot.range_m, spot.azimuth_rad);
    label_echo(sector.plots.back(), spot);
    sector.plots.back().echo = kFirstSpot + static_cast<std::uint32_t>(i);
  }
  const int elsewhere = prng_.poisson(
      (radar_->false_plots - kSpotProbability * static_cast<double>(clutter_spots_.size())) /
      RadarSector::kCount);
  const double near = radar_->minimum_range.metres();
  const double far = radar_->range.metres();
  for (int i = 0; i < elsewhere; ++i) {
    // Evenly over the area.
    const double range = std::sqrt(near * near + prng_.uniform() * (far * far - near * near));
    add(range, begin + prng_.uniform() * kSectorWidth * (1.0 - 1e-9));
  }
}

RadarSector RadarModel::scan(const Flights& flights) {
  RadarSector sector;
  sector.number = static_cast<int>(sector_ % RadarSector::kCount);
  sector.begin = sector_begin(sector_);
  sector.end = sector_begin(sector_ + 1);
  ++sector_;
  for (const std::unique_ptr<Flight>& flight : flights) {
    if (flight->plan().ghost || !may_cross(*flight, sector)) continue;
    const std::optional<Crossing> seen = crossing(*flight, sector);
    if (!seen || !in_sight(*seen)) continue;
    if (prng_.chance(detection_probability(*seen, *flight))) {
      sector.plots.push_back(plot_of(*seen, *flight));
    }
  }
  if (radar_->kind == RadarKind::mode_s) {
    add_reflections(sector, flights);
  } else {
    add_clutter(sector);
  }
  add_faults(sector, flights);
  std::sort(sector.plots.begin(), sector.plots.end(), [](const RadarPlot& a, const RadarPlot& b) {
    return std::tie(a.time, a.slant_range_m, a.azimuth_rad) <
           std::tie(b.time, b.slant_range_m, b.azimuth_rad);
  });
  return sector;
}

}  // namespace liptako::sim
