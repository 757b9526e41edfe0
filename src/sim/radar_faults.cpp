// What a radar shows beside aircraft, or of aircraft beside one plot a turn (Radar::faults).
//
//   reflection  A wall W at azimuth a and distance d from the antenna: the beam that points to it
//               illuminates an aircraft A over it, and the reply comes the same way. The plot has
//               azimuth a and range d + |W A| [Skolnik08, ch. 7: multipath].
//   ring-around A near aircraft's replies pass the side lobes: plots at its range at any azimuth.
//   split       The run of replies of one passage breaks in two.
#include <algorithm>
#include <cmath>

#include "base/math.hpp"
#include "sim/faults.hpp"
#include "sim/radar.hpp"

namespace liptako::sim {
namespace {

using base::Timestamp;

constexpr double kFullCircle = 2.0 * base::kPi;
constexpr double kSectorWidth = kFullCircle / RadarSector::kCount;
constexpr double kEchoRadiusM = 3000.0;  // of a label: what an unknown height does to a near plot

Vec3 ground_point(const Frame& site, double east_m, double north_m) {
  const double range = std::sqrt(east_m * east_m + north_m * north_m);
  const Vec3 flat = site.position + east_m * site.east + north_m * site.north;
  // The Earth falls away from the horizontal plane.
  return flat - (range * range / (2.0 * 6'371'000.0) + site.height_m) * site.up;
}

}  // namespace

void RadarModel::label_echo(RadarPlot& plot, const Spot& spot) const {
  const base::SinCos way = base::sincos(spot.azimuth_rad);
  plot.pathology = Pathology::standing_echo;
  plot.echo_place =
      place_of(frame_at(ground_point(site_, spot.range_m * way.sin, spot.range_m * way.cos)));
  plot.echo_radius_m = kEchoRadiusM;
}

void RadarModel::place_echoes() {
  for (const PlotFault& fault : radar_->faults) {
    if (fault.kind != PlotFaultKind::wind_farm && fault.kind != PlotFaultKind::birds) continue;
    const base::SinCos middle = base::sincos(fault.azimuth.radians());
    for (int i = 0; i < fault.count; ++i) {
      Echo echo;
      echo.fault = &fault;
      const double away = fault.spread.metres() * std::sqrt(fault_prng_.uniform());
      const base::SinCos where = base::sincos(fault_prng_.uniform(0.0, kFullCircle));
      echo.east_m = fault.distance.metres() * middle.sin + away * where.sin;
      echo.north_m = fault.distance.metres() * middle.cos + away * where.cos;
      if (fault.kind == PlotFaultKind::birds) {
        echo.speed_mps = fault.speed.mps() * fault_prng_.uniform(0.7, 1.3);
        echo.course_rad = fault_prng_.uniform(0.0, kFullCircle);
      }
      echoes_.push_back(echo);
    }
  }
}

void RadarModel::add_faults(RadarSector& sector, const Flights& flights) {
  const std::size_t real = sector.plots.size();
  for (const PlotFault& fault : radar_->faults) {
    if (!window_end(fault.window, start_, sector.begin)) continue;
    switch (fault.kind) {
      case PlotFaultKind::split:
        split_plots(fault, sector, real);
        break;
      case PlotFaultKind::garbled:
        garble(fault, sector, real);
        break;
      case PlotFaultKind::reflection:
        add_wall(fault, sector, flights);
        break;
      case PlotFaultKind::ring_around:
        add_ring(fault, sector, flights);
        break;
      case PlotFaultKind::wind_farm:
      case PlotFaultKind::birds:
        break;
    }
  }
  add_echoes(sector);
}

void RadarModel::split_plots(const PlotFault& fault, RadarSector& sector, std::size_t real) {
  for (std::size_t i = 0; i < real; ++i) {
    if (sector.plots[i].flight == 0 || !fault_prng_.chance(fault.share)) continue;
    RadarPlot twin = sector.plots[i];
    twin.flight = 0;
    twin.of = sector.plots[i].flight;
    twin.pathology = Pathology::split_plot;
    const double apart = fault.width.radians() * fault_prng_.uniform(0.4, 1.0);
    // Later in the sweep: the second half of the run.
    twin.azimuth_rad = base::wrap_two_pi(twin.azimuth_rad + apart);
    twin.time += base::seconds(apart / kFullCircle * base::to_seconds(radar_->period));
    twin.slant_range_m += fault_prng_.normal(0.0, radar_->range_sd.metres());
    sector.plots.push_back(twin);
  }
}

void RadarModel::garble(const PlotFault& fault, RadarSector& sector, std::size_t real) {
  for (std::size_t i = 0; i < real; ++i) {
    RadarPlot& plot = sector.plots[i];
    if (plot.flight == 0 || !plot.mode_3a || plot.icao_address) continue;
    plot.garbles = true;
    if (fault_prng_.chance(fault.share)) {
      plot.mode_3a = base::ModeACode(
          static_cast<std::uint16_t>(plot.mode_3a->bits() ^ (1u << fault_prng_.below(12))));
    }
    if (plot.mode_c_ft && fault_prng_.chance(fault.share)) {
      const double sign = fault_prng_.chance(0.5) ? 1.0 : -1.0;
      *plot.mode_c_ft += sign * 100.0 * static_cast<double>(5 + fault_prng_.below(60));
    }
  }
}

void RadarModel::add_wall(const PlotFault& fault, RadarSector& sector, const Flights& flights) {
  const double into = base::wrap_two_pi(fault.azimuth.radians() - beam_azimuth(sector.begin));
  if (into >= kSectorWidth) return;
  const Timestamp time =
      sector.begin + base::seconds(into / kFullCircle * base::to_seconds(radar_->period));
  const base::SinCos way = base::sincos(fault.azimuth.radians());
  const double d = fault.distance.metres();
  const Vec3 wall = site_.position + d * way.sin * site_.east + d * way.cos * site_.north;
  for (const std::unique_ptr<Flight>& flight : flights) {
    const std::optional<Pose> pose = flight->at(time);
    if (!pose || !replies(*flight, time)) continue;
    const Crossing seen{time, *pose, sight(site_, pose->position)};
    if (!in_sight(seen) || seen.sight.slant_range_m > fault.reach.metres()) continue;
    // Where the wall itself points, the aircraft is seen directly.
    if (std::fabs(base::wrap_pi(seen.sight.azimuth_rad - fault.azimuth.radians())) < kSectorWidth)
      continue;
    if (!fault_prng_.chance(fault.share)) continue;
    RadarPlot plot;
    add_replies(plot, *flight, *pose);
    plot.of = flight->plan().number;
    plot.pathology = Pathology::reflection;
    plot.time = time;
    plot.slant_range_m =
        d + norm(pose->position - wall) + fault_prng_.normal(0.0, radar_->range_sd.metres());
    plot.azimuth_rad = base::wrap_two_pi(fault.azimuth.radians() +
                                         fault_prng_.normal(0.0, radar_->azimuth_sd.radians()));
    if (plot.slant_range_m < radar_->range.metres()) sector.plots.push_back(plot);
  }
}

void RadarModel::add_ring(const PlotFault& fault, RadarSector& sector, const Flights& flights) {
  for (const std::unique_ptr<Flight>& flight : flights) {
    const int plots = fault_prng_.poisson(static_cast<double>(fault.count) / RadarSector::kCount);
    for (int i = 0; i < plots; ++i) {
      const double part = fault_prng_.uniform();
      const Timestamp time =
          sector.begin + base::seconds(part * base::to_seconds(sector.end - sector.begin));
      const std::optional<Pose> pose = flight->at(time);
      if (!pose || !replies(*flight, time)) continue;
      const Crossing seen{time, *pose, sight(site_, pose->position)};
      if (!in_sight(seen) || seen.sight.slant_range_m > fault.reach.metres()) continue;
      const double azimuth = base::wrap_two_pi(beam_azimuth(sector.begin) + part * kSectorWidth);
      // Within the main lobe it is the plot itself.
      if (std::fabs(base::wrap_pi(azimuth - seen.sight.azimuth_rad)) < kSectorWidth) continue;
      RadarPlot plot;
      add_replies(plot, *flight, *pose);
      plot.of = flight->plan().number;
      plot.pathology = Pathology::ring_around;
      plot.time = time;
      plot.slant_range_m =
          seen.sight.slant_range_m + fault_prng_.normal(0.0, radar_->range_sd.metres());
      plot.azimuth_rad = azimuth;
      sector.plots.push_back(plot);
    }
  }
}

void RadarModel::add_echoes(RadarSector& sector) {
  const double begin = beam_azimuth(sector.begin);
  for (std::size_t i = 0; i < echoes_.size(); ++i) {
    const Echo& echo = echoes_[i];
    const PlotFault& fault = *echo.fault;
    if (!window_end(fault.window, start_, sector.begin)) continue;
    const double flown_m = echo.speed_mps * base::to_seconds(sector.begin - start_);
    const base::SinCos course = base::sincos(echo.course_rad);
    const double east = echo.east_m + flown_m * course.sin;
    const double north = echo.north_m + flown_m * course.cos;
    const double azimuth = base::wrap_two_pi(base::atan2(east, north));
    const double into = base::wrap_two_pi(azimuth - begin);
    if (into >= kSectorWidth || !fault_prng_.chance(fault.share)) continue;
    RadarPlot plot;
    plot.pathology =
        fault.kind == PlotFaultKind::birds ? Pathology::birds : Pathology::standing_echo;
    plot.time = sector.begin + base::seconds(into / kFullCircle * base::to_seconds(radar_->period));
    plot.slant_range_m =
        std::sqrt(east * east + north * north) + fault_prng_.normal(0.0, radar_->range_sd.metres());
    plot.azimuth_rad =
        base::wrap_two_pi(azimuth + fault_prng_.normal(0.0, radar_->azimuth_sd.radians()));
    if (plot.slant_range_m > radar_->range.metres() ||
        plot.slant_range_m < radar_->minimum_range.metres())
      continue;
    plot.echo = static_cast<std::uint32_t>(i + 1);
    plot.echo_place = place_of(frame_at(ground_point(site_, east, north)));
    plot.echo_radius_m = kEchoRadiusM;
    plot.echo_speed_mps = echo.speed_mps;
    plot.echo_course_rad = echo.course_rad;
    sector.plots.push_back(plot);
  }
}

}  // namespace liptako::sim
