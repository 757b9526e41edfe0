#include <fmt/format.h>

#include <iterator>

#include "recordings_run.hpp"

namespace liptako::bench {
namespace {

using Out = std::back_insert_iterator<std::string>;

void put(Out out, const Continuity& c) {
  fmt::format_to(out,
                 "plots {}, used {}; addresses heard {}, tracked {}, under {} numbers, breaks {} "
                 "(silences over 30 s {}), restarts {}\n"
                 "addresses with two tracks at one time {}; confirmed {:.3f} % of the time heard; "
                 "tracks without address {}; vehicles {}\n",
                 c.plots,
                 c.used,
                 c.heard,
                 c.tracked,
                 c.numbers,
                 c.breaks,
                 c.silences,
                 c.restarts,
                 c.two_at_once,
                 100.0 * c.confirmed_share,
                 c.without_address,
                 c.vehicles);
}

void put(Out out, const SensorFit& fit) {
  fmt::format_to(out, "NIS {:<16} {:>6.3f} ({:>6})", fit.name, fit.all.mean(), fit.all.count);
  for (std::size_t i = 0; i < fit.paces.size(); ++i) {
    fmt::format_to(out, "  {} {:.2f} ({})", kPaceNames[i], fit.paces[i].mean(), fit.paces[i].count);
  }
  fmt::format_to(out,
                 "  without address {:.2f} ({})\n",
                 fit.without_address.mean(),
                 fit.without_address.count);
}

void put(Out out, const char* name, const Difference& d) {
  fmt::format_to(out,
                 "{:<36} {:>6} pairs: median {:.1f} m, 95 % {:.1f} m; across the way {:.1f} m, "
                 "{:.1f} m\n",
                 name,
                 d.count,
                 d.median_m,
                 d.share95_m,
                 d.across_median_m,
                 d.across_95_m);
}

void put(Out out, const char* name, const MotionErrors& e) {
  fmt::format_to(out,
                 "{:<10} {:>6}: speed RMS {:.1f} kt, median {:.1f}; track angle RMS {:.2f} deg, "
                 "median {:.2f}; turn rate RMS {:.2f} deg/s, median {:.2f}\n",
                 name,
                 e.count,
                 e.speed_rms_kt,
                 e.speed_median_kt,
                 e.track_rms_deg,
                 e.track_median_deg,
                 e.turn_rms_deg_s,
                 e.turn_median_deg_s);
}

void put(Out out, const char* name, const RateErrors& e) {
  fmt::format_to(out,
                 "{:<10} {:>6}: vertical rate RMS {:.0f} ft/min, median {:.0f}\n",
                 name,
                 e.count,
                 e.rms_ft_min,
                 e.median_ft_min);
}

}  // namespace

std::string to_text(const AerodromeFigures& f) {
  std::string text = "Barcelona 2016: surface radar, multilateration, ADS-B\n";
  const Out out(text);
  put(out, f.picture);
  for (const SensorFit& fit : f.sensors) put(out, fit);
  put(out, "ADS-B - multilateration, ground", f.ads_b.ground);
  put(out, "ADS-B - multilateration, air", f.ads_b.air);
  fmt::format_to(out,
                 "ADS-B late against multilateration: {:.2f} s, by aircraft {:.2f} to {:.2f} s "
                 "({} aircraft)\n",
                 f.ads_b.median_late_s,
                 f.ads_b.least_late_s,
                 f.ads_b.most_late_s,
                 f.ads_b.aircraft);
  put(out, "surface radar - multilateration", f.surface_radar);
  fmt::format_to(
      out, "surface radar behind multilateration on the way: {:.1f} m\n", f.surface_behind_m);
  return text;
}

std::string to_text(const RadarHourFigures& f) {
  std::string text = "Barcelona 2023: a radar's hour\n";
  const Out out(text);
  put(out, f.picture);
  put(out, f.radar);
  fmt::format_to(out,
                 "registers read: BDS 5,0 {}, BDS 6,0 {}; refused {}\n",
                 f.track_and_turn,
                 f.heading_and_speed,
                 f.refused);
  put(out, "straight", f.straight);
  put(out, "turning", f.turning);
  put(out, "level", f.level);
  put(out, "climbing", f.climbing);
  put(out, "descending", f.descending);
  return text;
}

}  // namespace liptako::bench
