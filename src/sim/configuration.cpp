#include "sim/configuration.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace liptako::sim {

std::string configuration_for(const World& world, std::string_view name) {
  std::string out =
      fmt::format("[node]\nname = \"{}\"\nrecord = \"record\"\nlisten = \"127.0.0.1:0\"\n", name);
  for (const SourceInfo& s : world.sources()) {
    const bool radar = s.kind != SourceKind::adsb_station;
    out += fmt::format("\n[[sensor]]\nname = \"{}\"\nsac = {}\nsic = {}\nkind = \"{}\"\n",
                       s.name,
                       s.id.sac,
                       s.id.sic,
                       radar ? "radar" : "adsb");
    out += fmt::format("lat_deg = {:.7f}\nlon_deg = {:.7f}\nheight_m = {:.1f}\nperiod_s = {}\n",
                       s.site.latitude.degrees(),
                       s.site.longitude.degrees(),
                       s.site.height.metres(),
                       base::to_seconds(s.period));
    if (radar) {
      out += fmt::format(
          "range_sd_m = {}\nazimuth_sd_deg = {}\n", s.range_sd.metres(), s.azimuth_sd.degrees());
    }
    out += fmt::format(
        "range_max_m = {}\ndetection_probability = {}\n", s.range.metres(), std::min(s.pd, 0.99));
  }
  for (const SourceInfo& s : world.sources()) {
    out += fmt::format("\n[[source]]\nname = \"{}\"\nkind = \"internal\"\nstall_after_s = 15\n",
                       s.name);
  }
  return out;
}

}  // namespace liptako::sim
