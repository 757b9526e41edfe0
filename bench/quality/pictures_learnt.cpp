#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "picture_geometry.hpp"
#include "pictures.hpp"
#include "track/coverage.hpp"

namespace liptako::bench {
namespace {

using base::kRadiansPerDegree;
using track::Plot;
using track::Tracker;
using track::TrackEvent;
using track::TrackView;
namespace scene = track::testing;

std::vector<Point> shifted(const std::vector<Point>& curve,
                           const std::vector<Point>& by,
                           double k) {
  std::vector<Point> out = curve;
  for (std::size_t i = 0; i < out.size(); ++i) out[i].y += k * by[i].y;
  return out;
}

}  // namespace

Picture draw_pair() {
  constexpr double kTurnS = 4.0, kAngleDeg = 3.0, kBehindM = 0.0;
  constexpr int kTurns = 50;
  track::SensorDescription radar = scene::radar(13.0, 0.1, kTurnS);
  radar.detection_probability = 0.9;
  radar.false_plots_primary = 5.0;
  Tracker tracker;
  tracker.set_sensors({&radar, 1});
  base::Prng prng(7);
  // Their paths cross halfway, 60 km south of the radar, one behind the other.
  std::array<scene::Aircraft, 2> pair;
  for (int i = 0; i < 2; ++i) {
    scene::Aircraft& a = pair[static_cast<std::size_t>(i)];
    a.speed_mps = 200;
    a.height_m = 6000;  // what the tracker takes an aircraft that tells none to fly at
    a.course_rad = (90 + (i == 0 ? -0.5 : 0.5) * kAngleDeg) * kRadiansPerDegree;
    const double back = 0.5 * kTurns * kTurnS * a.speed_mps + (i == 0 ? 0.0 : kBehindM);
    a.east_m = -back * base::sin(a.course_rad);
    a.north_m = -60e3 - back * base::cos(a.course_rad);
  }
  const geo::TangentFrame frame = pair[0].frame;

  std::vector<Point> plots;
  std::array<std::vector<Point>, 2> flown;
  struct Shown {
    std::vector<Point> path, exchanged;
    std::vector<std::vector<Point>> ambiguous;  // pieces of the path
    bool was_ambiguous = false;
  };
  std::map<std::uint32_t, Shown> tracks;
  const geo::TangentFrame site(radar.site);
  for (int turn = 0; turn < kTurns; ++turn) {
    std::vector<Plot> seen;
    for (std::size_t i = 0; i < pair.size(); ++i) {
      flown[i].push_back(place_km(pair[i]));
      if (prng.uniform() > radar.detection_probability) continue;
      const auto q = site.enu_from_ecef(pair[i].ecef());
      const double share = base::wrap_two_pi(base::atan2(q.x, q.y)) / (2 * base::kPi);
      scene::Aircraft then = pair[i];
      then.fly(kTurnS * share);
      Plot plot =
          scene::radar_plot(radar, 0, then, scene::at_second(kTurnS * (turn + share)), prng);
      plot.pressure_altitude.reset();
      seen.push_back(plot);
      plots.push_back(plot_km(frame, radar, plot, then.height_m));
    }
    std::ranges::sort(seen, {}, &Plot::time);
    std::vector<TrackEvent> events;
    for (const Plot& plot : seen) tracker.take(plot, events);
    for (scene::Aircraft& a : pair) a.fly(kTurnS);
    const double now = kTurnS * (turn + 1);
    tracker.advance(scene::at_second(now), events);
    tracker.for_each_track([&](std::uint32_t slot) {
      const TrackView view = tracker.view(slot, scene::at_second(now));
      if (view.status == track::TrackStatus::tentative) return;
      Shown& shown = tracks[view.number.value];
      shown.path.push_back(place_km(frame, view.position));
      shown.exchanged.push_back({now, view.exchanged});
      if (view.ambiguous) {
        if (!shown.was_ambiguous) shown.ambiguous.emplace_back();
        shown.ambiguous.back().push_back(shown.path.back());
      }
      shown.was_ambiguous = view.ambiguous;
    });
  }

  Chart chart(760,
              330,
              "Primary radar, 4 s, detection 0.9; paths cross under 3 deg. ./run bench quality "
              "--pictures");
  chart.panel({60,
               30,
               400,
               235,
               "Plots and tracks",
               "east, km",
               "north, km (stretched)",
               {-21, 21, 7},
               {-61.4, -58.4, 0.5}});
  constexpr std::array<Style, 3> kStyles = {kBlue, kBold, kGrey};
  constexpr Style kAmbiguous = {"#c4c4c4", 7.0, {}};
  for (const auto& [number, shown] : tracks) {
    for (const auto& piece : shown.ambiguous) chart.line(piece, kAmbiguous);
  }
  for (const auto& path : flown) chart.line(path, kDotted);
  std::size_t next_style = 0;
  std::map<std::uint32_t, Style> styles;
  for (const auto& [number, shown] : tracks)
    styles[number] = kStyles[std::min(next_style++, kStyles.size() - 1)];
  for (const auto& [number, shown] : tracks) {
    chart.line(shown.path, styles[number]);
    chart.text({shown.path.back().x + 0.3, shown.path.back().y}, std::to_string(number));
  }
  for (const Point& p : plots) chart.cross(p, 2.2, kThin);
  const std::pair<Style, std::string_view> legend[] = {
      {kBlue, "a track"}, {kBold, "another"}, {kDotted, "flown"}, {kAmbiguous, "ambiguous"}};
  chart.legend(Chart::Corner::left, legend);
  chart.panel({520,
               30,
               220,
               235,
               "Number exchanged, probability",
               "time, s",
               "",
               {0, kTurns * kTurnS, 50},
               {0, 1, 0.2}});
  for (const auto& [number, shown] : tracks) chart.line(shown.exchanged, styles[number]);
  return {"pair.svg", chart.svg()};
}

Picture draw_pressure() {
  // Air 5 % thinner than the standard atmosphere's: what stands at a pressure altitude stands so
  // much higher.
  constexpr double kShare = 0.05;
  constexpr double kEndS = 2400.0, kTaughtFromS = 300.0, kTickS = 1.0;
  constexpr std::size_t kTeachers = 6;
  std::array<track::SensorDescription, 2> sensors = {scene::radar(13.0, 0.1, 5.0),
                                                     scene::ads_b_station()};
  Tracker tracker;
  tracker.set_sensors(sensors);
  base::Prng prng(9);
  std::vector<scene::Aircraft> all(1 + kTeachers);
  std::vector<double> instrument_m(all.size());  // altimeter and receiver of each
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].address = base::IcaoAddress(0x400010 + static_cast<std::uint32_t>(i));
    all[i].speed_mps = 180;
    all[i].turn_rad_s = 0.004;
    all[i].course_rad = prng.uniform(0, 2 * base::kPi);
    all[i].east_m = prng.uniform(-30e3, 30e3);
    all[i].north_m = prng.uniform(-30e3, 30e3);
    all[i].height_m = i == 0 ? 7000.0 : prng.uniform(4000.0, 11000.0);
    instrument_m[i] = prng.normal(0.0, 25.0);
  }
  const double true_offset_m = all[0].height_m * kShare / (1.0 + kShare);
  const auto identify = [&](std::size_t i, Plot& plot) {
    const double pressure_m = all[i].height_m / (1.0 + kShare);
    plot.pressure_altitude =
        base::Length::from_feet(25.0 * std::floor(pressure_m / 0.3048 / 25.0 + 0.5));
    plot.altitude_quantum = base::Length::from_feet(25);
  };
  std::vector<Point> offset, sd;
  for (double t = 0.0; t <= kEndS; t += kTickS) {
    std::vector<TrackEvent> events;
    for (std::size_t i = 0; i < all.size(); ++i) {
      // Now and then, so that no two plots are of one instant.
      const double of_s = t + 0.01 * static_cast<double>(i);
      if (i == 0 && std::fmod(t, 5.0) == 0.0) {
        Plot plot = scene::radar_plot(sensors[0], 0, all[0], scene::at_second(of_s), prng);
        identify(0, plot);
        tracker.take(plot, events);
      }
      if (i > 0 && t >= kTaughtFromS) {
        Plot plot = scene::ads_b_plot(1, all[i], scene::at_second(of_s), prng);
        identify(i, plot);
        plot.geometric_height =
            base::Length::from_metres(all[i].height_m + instrument_m[i] + prng.normal(0.0, 10.0));
        plot.geometric_height_sd = base::Length::from_metres(15.0);
        tracker.take(plot, events);
      }
      all[i].fly(kTickS);
    }
    tracker.advance(scene::at_second(t + 0.5), events);
    if (std::fmod(t, 10.0) != 0.0) continue;
    tracker.for_each_track([&](std::uint32_t slot) {
      const TrackView view = tracker.view(slot, scene::at_second(t + 0.5));
      if (view.icao_address != all[0].address || !view.geometric_height || !view.pressure_altitude)
        return;
      offset.push_back(
          {t / 60.0, view.geometric_height->metres() - view.pressure_altitude->metres()});
      sd.push_back({t / 60.0, view.geometric_height_sd.metres()});
    });
  }

  Chart chart(760,
              300,
              "An aircraft with Mode C alone among six whose ADS-B tells both heights. ./run bench "
              "quality --pictures");
  chart.panel({70,
               30,
               670,
               205,
               "Height above the ellipsoid less pressure altitude, as the tracker takes it",
               "time, min",
               "m",
               {0, kEndS / 60.0, 5},
               {-600, 800, 200}});
  chart.band(shifted(offset, sd, -2.0), shifted(offset, sd, 2.0), "#ddd");
  const Point truth[] = {{0, true_offset_m}, {kEndS / 60.0, true_offset_m}};
  chart.line(truth, kDashed);
  chart.line(offset, kBlue);
  const Point begins[] = {{kTaughtFromS / 60.0, -600}, {kTaughtFromS / 60.0, 800}};
  chart.line(begins, kDotted);
  chart.text({kTaughtFromS / 60.0 + 0.3, -550}, "others begin to tell both heights");
  constexpr Style kBand = {"#ddd", 8.0, {}};
  const std::pair<Style, std::string_view> legend[] = {
      {kBlue, "offset used"}, {kBand, "two standard deviations"}, {kDashed, "so it is"}};
  chart.legend(Chart::Corner::right, legend);
  return {"pressure.svg", chart.svg()};
}

Picture draw_registration() {
  constexpr double kRangeBiasM = 120.0, kAzimuthBiasDeg = 0.2, kEndS = 900.0;
  std::array<track::SensorDescription, 3> sensors = {
      scene::radar(13.0, 0.1, 5.0), scene::radar(12.4, 0.9, 4.0), scene::ads_b_station()};
  sensors[1].sac_sic = {100, 9};
  Tracker tracker;
  tracker.set_sensors(sensors);
  base::Prng prng(4);
  std::vector<scene::Aircraft> all(12);
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].address = base::IcaoAddress(0x400100 + static_cast<std::uint32_t>(i) * 7919u);
    all[i].speed_mps = prng.uniform(180, 250);
    all[i].course_rad = prng.uniform(0, 2 * base::kPi);
    all[i].east_m = prng.uniform(-100e3, 100e3);
    all[i].north_m = prng.uniform(-100e3, 100e3);
    all[i].height_m = prng.uniform(6000, 12000);
  }
  struct Curve {
    std::vector<Point> value, sd;
  };
  Curve range, azimuth;
  for (double t = 0.0; t <= kEndS; t += 1.0) {
    std::vector<TrackEvent> events;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const double of_s = t + 0.02 * static_cast<double>(i);
      const base::Timestamp at = scene::at_second(of_s);
      for (std::uint16_t s = 0; s < 2; ++s) {
        const auto turn = static_cast<std::uint64_t>(base::to_seconds(sensors[s].period));
        if ((static_cast<std::uint64_t>(t) + 3 * i + s) % turn != 0) continue;
        Plot plot = scene::radar_plot(sensors[s], s, all[i], at, prng);
        if (s == 0) {
          plot.slant_range = base::Length::from_metres(plot.slant_range.metres() + kRangeBiasM);
          plot.azimuth = base::Angle::from_radians(
              base::wrap_two_pi(plot.azimuth.radians() + kAzimuthBiasDeg * kRadiansPerDegree));
        }
        tracker.take(plot, events);
      }
      tracker.take(scene::ads_b_plot(2, all[i], scene::at_second(of_s + 0.01), prng), events);
      all[i].fly(1.0);
    }
    tracker.advance(scene::at_second(t + 0.5), events);
    if (std::fmod(t, 10.0) != 0.0) continue;
    const auto report = tracker.registration().report(0);
    const double minutes = t / 60.0;
    range.value.push_back({minutes, report.range.value});
    range.sd.push_back({minutes, report.range.sd});
    azimuth.value.push_back({minutes, report.azimuth.value / kRadiansPerDegree});
    azimuth.sd.push_back({minutes, report.azimuth.sd / kRadiansPerDegree});
  }

  Chart chart(760,
              300,
              "Two radars and ADS-B, twelve aircraft; one radar errs by 120 m and 0.2 deg. ./run "
              "bench quality --pictures");
  const auto draw = [&](const Curve& curve, double truth) {
    chart.band(shifted(curve.value, curve.sd, -2.0), shifted(curve.value, curve.sd, 2.0), "#ddd");
    const Point line[] = {{0, truth}, {kEndS / 60.0, truth}};
    chart.line(line, kDashed);
    chart.line(curve.value, kBlue);
  };
  chart.panel({60, 30, 310, 205, "Range bias", "time, min", "m", {0, 15, 5}, {0, 200, 50}});
  draw(range, kRangeBiasM);
  constexpr Style kBand = {"#ddd", 8.0, {}};
  const std::pair<Style, std::string_view> legend[] = {
      {kBlue, "found"}, {kBand, "two standard deviations"}, {kDashed, "given"}};
  chart.panel({440, 30, 300, 205, "Azimuth bias", "time, min", "deg", {0, 15, 5}, {0, 0.3, 0.05}});
  draw(azimuth, kAzimuthBiasDeg);
  chart.legend(Chart::Corner::right, legend);
  return {"registration.svg", chart.svg()};
}

Picture draw_view() {
  constexpr double kReachKm = 300.0, kCellKm = 7.5, kHeightSdM = 300.0;
  constexpr double kGreys = 5.0, kDarkest = 0.7;  // a share of 1 is dark grey
  track::SensorDescription radar = scene::radar(13.0, 0.1, 5.0);
  radar.elevation_max = base::Angle::from_degrees(35);
  // A range of hills to the east, 0.5 to 2 degrees high.
  radar.horizon.assign(72, base::Angle::from_degrees(0.1));
  for (std::size_t i = 12; i <= 24; ++i) {
    const double aside = std::fabs(static_cast<double>(i) - 18.0);
    radar.horizon[i] = base::Angle::from_degrees(2.0 - 0.25 * aside);
  }
  const geo::TangentFrame site(radar.site);

  Chart chart(
      760,
      400,
      "Hills of 0.5 to 2 deg to the east, a cone of silence above 35 deg. ./run bench quality "
      "--pictures");
  double left = 60.0;
  for (const double height_m : {1500.0, 10'000.0}) {
    const std::string title = height_m < 2000.0 ? "In view at 1,500 m" : "In view at 10,000 m";
    chart.panel({left,
                 30,
                 300,
                 300,
                 title,
                 "east of the radar, km",
                 left > 60.0 ? "" : "north, km",
                 {-kReachKm, kReachKm, 100},
                 {-kReachKm, kReachKm, 100}});
    const auto share_at = [&](double east_km, double north_km) {
      const geo::Position<geo::Enu> at{east_km * 1e3, north_km * 1e3, 0.0};
      geo::Geodetic place = geo::geodetic_from_ecef(site.ecef_from_enu(at));
      place.height = base::Length::from_metres(height_m);
      return track::share_in_view(radar, site, place, {height_m, kHeightSdM * kHeightSdM});
    };
    // Row by row, neighbours of one grey as one cell.
    const auto grey_at = [&](double east, double north) {
      const double share = share_at(east + 0.5 * kCellKm, north + 0.5 * kCellKm);
      return std::floor(share * kGreys + 0.5) / kGreys;
    };
    for (double north = -kReachKm; north < kReachKm; north += kCellKm) {
      double from = -kReachKm;
      for (double east = -kReachKm; east < kReachKm; east += kCellKm) {
        const double grey = grey_at(east, north);
        const bool is_last = east + kCellKm >= kReachKm;
        if (!is_last && grey_at(east + kCellKm, north) == grey) continue;
        if (grey > 0.0)
          chart.cell({from, north}, {east + kCellKm, north + kCellKm}, kDarkest * grey);
        from = east + kCellKm;
      }
    }
    chart.cross({0, 0}, 4.0, {"#fff", 2.0, {}});
    left += 370.0;
  }
  return {"view.svg", chart.svg()};
}

std::vector<Picture> draw_all() {
  return {draw_turn(),
          draw_silence(),
          draw_late_plot(),
          draw_pair(),
          draw_pressure(),
          draw_registration(),
          draw_view()};
}

}  // namespace liptako::bench
