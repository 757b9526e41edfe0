#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include "picture_geometry.hpp"
#include "pictures.hpp"
#include "track/aircraft_class.hpp"

namespace liptako::bench {
namespace {

using base::kRadiansPerDegree;
using track::Plot;
using track::Tracker;
using track::TrackEvent;
using track::TrackView;
namespace scene = track::testing;

constexpr double kStep = 0.25;  // of the flights, seconds

// The one track there is; nothing if there is none.
std::optional<TrackView> only_track(const Tracker& tracker, double second) {
  std::optional<TrackView> out;
  tracker.for_each_track(
      [&](std::uint32_t slot) { out = tracker.view(slot, scene::at_second(second)); });
  return out;
}

double error_m(const TrackView& view, const scene::Aircraft& aircraft) {
  const scene::Error e = scene::error_of(view, aircraft);
  return std::sqrt(e.east_m * e.east_m + e.north_m * e.north_m);
}

}  // namespace

Picture draw_turn() {
  constexpr double kFromS = 60.0, kToS = 120.0, kEndS = 240.0, kPeriodS = 4.0;
  constexpr double kRateDeg = 1.0;
  const auto radar = scene::radar(12.6, 0.1, kPeriodS);
  Tracker tracker;
  tracker.set_sensors({&radar, 1});
  base::Prng prng(5);
  scene::Aircraft aircraft;
  aircraft.address = base::IcaoAddress(0x400001);
  aircraft.east_m = -15e3;
  aircraft.north_m = 5e3;
  aircraft.course_rad = 90 * kRadiansPerDegree;
  aircraft.speed_mps = 200;
  const geo::TangentFrame frame = aircraft.frame;

  std::vector<Point> truth, estimated, plots;
  std::vector<std::vector<Point>> ellipses;
  std::array<std::vector<Point>, track::kModes> modes;
  bool cruises = false;
  double next = 1.0;
  for (double t = 0.0; t <= kEndS; t += kStep) {
    aircraft.turn_rad_s = t >= kFromS && t < kToS ? kRateDeg * kRadiansPerDegree : 0.0;
    truth.push_back(place_km(aircraft));
    if (t >= next) {
      next += kPeriodS;
      const Plot plot = scene::radar_plot(radar, 0, aircraft, scene::at_second(t), prng);
      plots.push_back(plot_km(frame, radar, plot, aircraft.height_m));
      std::vector<TrackEvent> events;
      tracker.take(plot, events);
      tracker.advance(scene::at_second(t + 0.1), events);
      for (const TrackEvent& event : events) {
        if (event.trace.modes[0] == 0.0F) continue;
        cruises = event.trace.cruises;
        for (std::size_t m = 0; m < modes.size(); ++m)
          modes[m].push_back({t, double{event.trace.modes[m]}});
      }
      if (const auto view = only_track(tracker, t)) {
        estimated.push_back(place_km(frame, view->position));
        if (t >= 30.0) ellipses.push_back(ellipse_km(*view, estimated.back()));
      }
    }
    aircraft.fly(kStep);
  }

  Chart chart(760,
              330,
              fmt::format("One radar, a plot every 4 s; a turn of {:.1f} deg/s. "
                          "./run bench quality --pictures",
                          kRateDeg));
  chart.panel({60, 30, 320, 235, "Path", "east, km", "north, km", {-7, 8, 3}, {-5, 6, 2}});
  for (const auto& ellipse : ellipses) chart.closed_line(ellipse, {"#8a8a8a", 0.7, {}});
  chart.line(truth, kDashed);
  chart.line(estimated, kBlue);
  for (const Point& p : plots) chart.cross(p, 2.5, kThin);
  const std::pair<Style, std::string_view> path_legend[] = {
      {kDashed, "flown"}, {kBlue, "estimated"}, {kGrey, "95 % ellipse"}, {kThin, "plot (cross)"}};
  chart.legend(Chart::Corner::left, path_legend, 130.0);
  chart.panel(
      {440, 30, 300, 235, "Probability of the modes", "time, s", "", {0, kEndS, 60}, {0, 1, 0.2}});
  const Point turn_low[] = {{kFromS, 0}, {kToS, 0}}, turn_high[] = {{kFromS, 1}, {kToS, 1}};
  chart.band(turn_low, turn_high, "#eee");
  // Rates are counter-clockwise: this turn, to the right, is of the negative ones.
  chart.line(modes[0], kBold);
  chart.line(modes[2], kBlue);
  chart.line(modes[4], kDashed);
  chart.line(modes[1], kDotted);
  chart.line(modes[3], kGrey);
  const track::ImmOptions motion =
      track::motion_options(track::AircraftClass::airliner, cruises, track::ImmOptions());
  const auto rate = [&](std::size_t mode, std::string_view side) {
    return fmt::format(
        "{}, {:.1f} deg/s", side, std::fabs(motion.turn_rate[mode]) / kRadiansPerDegree);
  };
  const std::string slow_right = rate(2, "right"), fast_right = rate(4, "right");
  const std::string slow_left = rate(1, "left"), fast_left = rate(3, "left");
  const std::pair<Style, std::string_view> mode_legend[] = {{kBold, "straight"},
                                                            {kBlue, slow_right},
                                                            {kDashed, fast_right},
                                                            {kDotted, slow_left},
                                                            {kGrey, fast_left}};
  chart.legend(Chart::Corner::right, mode_legend, 75.0);
  return {"turn.svg", chart.svg()};
}

Picture draw_silence() {
  constexpr double kSeenS = 120.0, kEndS = 175.0, kPeriodS = 4.0;
  // Eastwards from the radar, so that its range is the east coordinate; behind the ridge the same
  // flight is not expected to be seen.
  const auto radar = scene::radar(13.0, -0.5, kPeriodS);
  auto behind_ridge = radar;
  behind_ridge.horizon.assign(36, base::Angle::from_degrees(10));

  struct Flight {
    std::vector<Point> existence;
    std::vector<Point> major, minor, gate;
    double coasts_from = -1.0;
    double ends = -1.0;
  };
  const auto fly = [&](const track::SensorDescription& sensor) {
    Flight out;
    Tracker tracker;
    tracker.set_sensors({&sensor, 1});
    base::Prng prng(3);
    scene::Aircraft aircraft;
    aircraft.east_m = 20e3;
    aircraft.course_rad = 90 * kRadiansPerDegree;
    aircraft.speed_mps = 200;
    aircraft.mode_a = base::ModeACode(01234);
    double next = 1.0;
    for (double t = 0.0; t <= kEndS; t += kStep) {
      std::vector<TrackEvent> events;
      const base::Timestamp now = scene::at_second(t);
      if (t >= next) {
        next += kPeriodS;
        if (t < kSeenS) tracker.take(scene::radar_plot(sensor, 0, aircraft, now, prng), events);
        tracker.note_sensor_time(0, now);
      }
      tracker.advance(now, events);
      const auto view = only_track(tracker, t);
      if (!view && !out.existence.empty() && out.ends < 0.0) out.ends = t;
      if (view) {
        const serve::Ellipse e =
            serve::ellipse_95(view->cov_ee_m2, view->cov_en_m2, view->cov_nn_m2);
        const double range_sd = sensor.range_sd.metres();
        const double half_gate =
            std::sqrt(track::TrackerOptions().gate * (view->cov_ee_m2 + range_sd * range_sd));
        out.existence.push_back({t, view->existence});
        out.major.push_back({t, e.semi_major.metres() / 1e3});
        out.minor.push_back({t, e.semi_minor.metres() / 1e3});
        out.gate.push_back({t, half_gate / 1e3});
        if (view->status == track::TrackStatus::coasting && out.coasts_from < 0.0)
          out.coasts_from = t;
      }
      aircraft.fly(kStep);
    }
    return out;
  };
  const Flight open = fly(radar);
  const Flight hidden = fly(behind_ridge);

  Chart chart(760,
              310,
              "A radar that turns every 4 s sees nothing more after 120 s. ./run bench quality "
              "--pictures");
  chart.panel(
      {60, 30, 310, 215, "What silence leaves open", "time, s", "km", {60, 160, 20}, {0, 6, 1}});
  const Point low[] = {{kSeenS, 0}, {200, 0}}, high[] = {{kSeenS, 10}, {200, 10}};
  chart.band(low, high, "#eee");
  chart.line(open.gate, kDashed);
  chart.line(open.major, kBlue);
  chart.line(open.minor, kBold);
  chart.text({open.coasts_from - 1.0, 3.6}, "coasting", "end");
  const Point coasts[] = {{open.coasts_from, 0}, {open.coasts_from, 10}};
  chart.line(coasts, kDotted);
  const std::pair<Style, std::string_view> size_legend[] = {
      {kDashed, "half the gate along the range"},
      {kBlue, "95 % ellipse, larger semi-axis"},
      {kBold, "95 % ellipse, smaller semi-axis"}};
  chart.legend(Chart::Corner::left, size_legend);
  chart.panel(
      {440, 30, 300, 215, "Existence probability", "time, s", "", {110, 160, 10}, {0.8, 1, 0.05}});
  chart.band(low, high, "#eee");
  chart.line(open.existence, kBlue);
  chart.line(hidden.existence, kDashed);
  if (open.ends > 0.0) {
    chart.cross({open.ends, open.existence.back().y}, 3.5, kBold);
    chart.text({open.ends + 1.5, open.existence.back().y - 0.004}, "ends");
  }
  const std::pair<Style, std::string_view> place_legend[] = {
      {kBlue, "where the radar sees"}, {kDashed, "behind a ridge of its horizon"}};
  chart.legend(Chart::Corner::right, place_legend, 160.0);
  return {"silence.svg", chart.svg()};
}

Picture draw_late_plot() {
  constexpr double kFromS = 60.0, kToS = 100.0, kEndS = 150.0, kShownFromS = 40.0;
  std::array<track::SensorDescription, 2> sensors = {scene::radar(13.4, 0.0, 4.0),
                                                     scene::ads_b_station()};
  sensors[1].sac_sic = {100, 9};
  struct Arrival {
    double at_s;
    Plot plot;
  };
  base::Prng prng(11);
  scene::Aircraft aircraft;
  aircraft.address = base::IcaoAddress(0x400002);
  aircraft.east_m = -15e3;
  aircraft.course_rad = 90 * kRadiansPerDegree;
  aircraft.speed_mps = 220;
  std::vector<scene::Aircraft> flown;
  std::vector<Arrival> arrivals;
  std::array<double, 2> next = {0.5, 0.0};
  for (double t = 0.0; t <= kEndS; t += kStep) {
    aircraft.turn_rad_s = t >= kFromS && t < kToS ? 2.0 * kRadiansPerDegree : 0.0;
    flown.push_back(aircraft);
    for (std::uint16_t sensor = 0; sensor < 2; ++sensor) {
      if (t < next[sensor]) continue;
      next[sensor] += base::to_seconds(sensors[sensor].period);
      const base::Timestamp at = scene::at_second(t);
      const bool is_radar = sensor == 0;
      const Plot plot = is_radar ? scene::radar_plot(sensors[0], 0, aircraft, at, prng)
                                 : scene::ads_b_plot(1, aircraft, at, prng);
      arrivals.push_back({is_radar ? t : t + prng.uniform(2.0, 10.0), plot});
    }
    aircraft.fly(kStep);
  }
  std::ranges::stable_sort(arrivals, {}, &Arrival::at_s);

  struct Shown {
    std::vector<Point> path, error;
  };
  const auto follow = [&](std::uint32_t max_pasts) {
    track::TrackerOptions options;
    options.max_pasts = max_pasts;
    Tracker tracker(options);
    tracker.set_sensors(sensors);
    Shown out;
    std::size_t taken = 0;
    base::Timestamp newest = scene::at_second(0);
    for (double t = 1.0; t <= kEndS; t += 1.0) {
      std::vector<TrackEvent> events;
      for (; taken < arrivals.size() && arrivals[taken].at_s <= t; ++taken) {
        tracker.take(arrivals[taken].plot, events);
        newest = std::max(newest, arrivals[taken].plot.time);
      }
      tracker.finish(events);
      // At the newest plot: what the filter knows, without what it would extrapolate.
      const double of_s = base::to_seconds(newest - scene::at_second(0));
      const auto view = only_track(tracker, of_s);
      if (!view || t < kShownFromS) continue;
      const auto& there = flown[static_cast<std::size_t>(std::floor(of_s / kStep + 0.5))];
      out.path.push_back(place_km(there.frame, view->position));
      out.error.push_back({t, error_m(*view, there)});
    }
    return out;
  };
  const Shown rolled = follow(track::TrackerOptions().max_pasts);
  const Shown retrodicted = follow(0);
  std::vector<Point> truth;
  for (std::size_t i = static_cast<std::size_t>(kShownFromS / kStep) - 40; i < flown.size(); i += 4)
    truth.push_back(place_km(flown[i]));

  Chart chart(760,
              310,
              "A radar on time and ADS-B 2 to 10 s late, through a turn of 2 deg/s. ./run bench "
              "quality --pictures");
  chart.panel({60,
               30,
               310,
               215,
               "Path, end of the turn",
               "east, km",
               "north, km",
               {3, 5.4, 0.6},
               {-7.1, -5.4, 0.5}});
  chart.line(truth, kDashed);
  chart.line(retrodicted.path, kGrey);
  chart.line(rolled.path, kBlue);
  for (const Point& p : retrodicted.path) chart.dot(p, 1.4, "#8a8a8a");
  for (const Point& p : rolled.path) chart.dot(p, 1.4, "#0b5cad");
  const std::pair<Style, std::string_view> legend[] = {
      {kDashed, "flown"}, {kBlue, "rollback"}, {kGrey, "retrodiction alone"}};
  chart.legend(Chart::Corner::left, legend);
  chart.panel({440,
               30,
               300,
               215,
               "Error at the newest plot",
               "time, s",
               "m",
               {kShownFromS, kEndS, 20},
               {0, 250, 50}});
  const Point low[] = {{kFromS, 0}, {kToS, 0}}, high[] = {{kFromS, 300}, {kToS, 300}};
  chart.band(low, high, "#eee");
  chart.line(retrodicted.error, kGrey);
  chart.line(rolled.error, kBlue);
  return {"late.svg", chart.svg()};
}

}  // namespace liptako::bench
