// What the tracker's models of aircraft, air and coverage are worth: each against the same tracker
// without it, on flights simulated here.
//
//   bench_models [--quick] [--json]
//
// Motion: random flights of each class, seen as such aircraft are seen, followed as what they are
// and as airliners. Position RMS, and NEES (2 degrees of freedom, over 2) apart for steady flight
// and for manoeuvres.
//
// Air: aircraft with Mode C alone about a radar, on a day 14 K warmer than the standard, with and
// without twenty others whose ADS-B tells both heights. RMS of height and of place by distance.
// Smoothing: the same flights, later; by the lag of the smoother, 0: as the tracker said it.
//
// Births: aircraft without a transponder that take off from two aerodromes, among false plots
// spread evenly; with and without learning where aircraft begin. After two hours: false tracks
// confirmed an hour, and how long after its first plot an aircraft's track is confirmed.
#include <fmt/format.h>

#include <iterator>
#include <string_view>

#include "models_run.hpp"

namespace {

using namespace liptako::bench;

void print_motion(int flights, bool json) {
  if (!json)
    fmt::print("{:<12}{:<12}{:>12}{:>9}{:>14}{:>9}\n",
               "flights of",
               "followed as",
               "steady RMS m",
               "NEES/2",
               "manoeuvre RMS",
               "NEES/2");
  for (std::size_t kind = 0; kind < std::size(kFlights); ++kind) {
    const std::string_view name = kFlights[kind];
    for (const bool as_it_is : {false, true}) {
      const Phases p = follow(kind, {as_it_is, flights, 0.0});
      if (json) {
        fmt::print(
            "{{\"flights\":\"{}\",\"followed_as\":\"{}\",\"steady_rms_m\":{:.2f},"
            "\"steady_nees\":{:.3f},\"manoeuvre_rms_m\":{:.2f},\"manoeuvre_nees\":{:.3f}}}\n",
            name,
            as_it_is ? name : "airliner",
            p.steady.rms(),
            p.steady.mean_nees(),
            p.manoeuvre.rms(),
            p.manoeuvre.mean_nees());
      } else {
        fmt::print("{:<12}{:<12}{:>12.1f}{:>9.2f}{:>14.1f}{:>9.2f}\n",
                   name,
                   as_it_is ? name : "airliner",
                   p.steady.rms(),
                   p.steady.mean_nees(),
                   p.manoeuvre.rms(),
                   p.manoeuvre.mean_nees());
      }
    }
  }
}

void print_smoothing(int flights, bool json) {
  if (!json)
    fmt::print("\n{:<12}{:>8}{:>14}{:>9}{:>14}{:>9}\n",
               "flights of",
               "lag s",
               "steady RMS m",
               "NEES/2",
               "manoeuvre RMS",
               "NEES/2");
  for (const std::size_t kind : {std::size_t{0}, std::size_t{2}}) {
    const std::string_view name = kFlights[kind];
    for (const double lag : {0.0, 10.0, 20.0, 30.0}) {
      const Phases p = follow(kind, {true, flights, lag});
      if (json) {
        fmt::print(
            "{{\"flights\":\"{}\",\"lag_s\":{:.0f},\"steady_rms_m\":{:.2f},\"steady_nees\":{:.3f},"
            "\"manoeuvre_rms_m\":{:.2f},\"manoeuvre_nees\":{:.3f}}}\n",
            name,
            lag,
            p.steady.rms(),
            p.steady.mean_nees(),
            p.manoeuvre.rms(),
            p.manoeuvre.mean_nees());
      } else {
        fmt::print("{:<12}{:>8.0f}{:>14.1f}{:>9.2f}{:>14.1f}{:>9.2f}\n",
                   name,
                   lag,
                   p.steady.rms(),
                   p.steady.mean_nees(),
                   p.manoeuvre.rms(),
                   p.manoeuvre.mean_nees());
      }
    }
  }
}

void print_air(int minutes, bool json) {
  if (!json)
    fmt::print("\n{:<26}{:>12}{:>9}{:>12}{:>9}{:>12}{:>9}\n",
               "ADS-B tells both heights",
               "height RMS",
               "NEES",
               "12-30 km",
               "NEES/2",
               "36-54 km",
               "NEES/2");
  for (const bool told : {false, true}) {
    const AirScore s = fly_in_warm_air(told, minutes);
    if (json) {
      fmt::print(
          "{{\"offset_learnt\":{},\"height_rms_m\":{:.1f},\"height_nees\":{:.3f},"
          "\"near_rms_m\":{:.1f},\"near_nees\":{:.3f},\"far_rms_m\":{:.1f},\"far_nees\":{:.3f}}}\n",
          told,
          s.height.rms(),
          s.height.mean_nees(),
          s.near.rms(),
          s.near.mean_nees(),
          s.far.rms(),
          s.far.mean_nees());
    } else {
      fmt::print("{:<26}{:>12.0f}{:>9.2f}{:>12.1f}{:>9.2f}{:>12.1f}{:>9.2f}\n",
                 told ? "yes" : "no",
                 s.height.rms(),
                 s.height.mean_nees(),
                 s.near.rms(),
                 s.near.mean_nees(),
                 s.far.rms(),
                 s.far.mean_nees());
    }
  }
}

void print_births(int hours, bool json) {
  if (!json)
    fmt::print("\n{:<14}{:>14}{:>22}{:>18}{:>12}\n",
               "false plots",
               "births learnt",
               "false tracks an hour",
               "confirmed after",
               "aircraft");
  for (const double false_plots : {20.0, 60.0, 90.0}) {
    for (const bool learns : {false, true}) {
      const BirthScore s = fly_out({learns, false_plots, hours});
      const double delay = s.delay_s / std::fmax(1, s.confirmed);
      if (json) {
        fmt::print(
            "{{\"false_plots\":{:.0f},\"births_learnt\":{},\"false_tracks_per_hour\":{:.2f},"
            "\"confirmed_after_s\":{:.1f},\"aircraft\":{}}}\n",
            false_plots,
            learns,
            s.false_tracks / s.hours,
            delay,
            s.confirmed);
      } else {
        fmt::print("{:<14.0f}{:>14}{:>22.1f}{:>16.1f} s{:>12}\n",
                   false_plots,
                   learns ? "yes" : "no",
                   s.false_tracks / s.hours,
                   delay,
                   s.confirmed);
      }
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  bool quick = false, json = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    quick = quick || argument == "--quick";
    json = json || argument == "--json";
  }
  print_motion(quick ? 10 : 40, json);
  print_air(quick ? 20 : 60, json);
  print_smoothing(quick ? 10 : 40, json);
  print_births(quick ? 1 : 6, json);
  return 0;
}
