#include "sim/configuration.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace liptako::sim {

namespace {

// A few looks without data; at least what networks do by themselves.
double stall_after_s(const SourceInfo& s) {
  constexpr double kLooks = 2.5;
  constexpr double kLeast = 15.0;
  return std::max(kLeast, kLooks * base::to_seconds(s.period));
}

std::string_view sensor_kind(SourceKind kind) {
  switch (kind) {
    case SourceKind::mode_s_radar:
    case SourceKind::primary_radar:
      return "radar";
    case SourceKind::adsb_station:
      return "adsb";
    case SourceKind::mlat_system:
      return "mlat";
    case SourceKind::system_server:
      return "tracker";
  }
  return "";
}

std::string sensor_table(const SourceInfo& s) {
  // What a configuration admits; a service from orbit reaches further.
  constexpr double kFarthestM = 1e6;
  std::string out = fmt::format("\n[[sensor]]\nname = \"{}\"\nsac = {}\nsic = {}\nkind = \"{}\"\n",
                                s.name,
                                s.id.sac,
                                s.id.sic,
                                sensor_kind(s.kind));
  out += fmt::format("lat_deg = {:.7f}\nlon_deg = {:.7f}\nheight_m = {:.1f}\nperiod_s = {}\n",
                     s.site.latitude.degrees(),
                     s.site.longitude.degrees(),
                     s.site.height.metres(),
                     base::to_seconds(s.period));
  switch (s.kind) {
    case SourceKind::mode_s_radar:
    case SourceKind::primary_radar:
      out += fmt::format(
          "range_sd_m = {}\nazimuth_sd_deg = {}\n", s.range_sd.metres(), s.azimuth_sd.degrees());
      break;
    case SourceKind::adsb_station:
      break;
    case SourceKind::mlat_system:
    case SourceKind::system_server:
      out += fmt::format("position_sd_m = {}\n", s.horizontal_sd.metres());
      break;
  }
  return out + fmt::format("range_max_m = {}\ndetection_probability = {}\n",
                           std::min(s.range.metres(), kFarthestM),
                           std::min(s.pd, 0.99));
}

}  // namespace

std::string configuration_for(const World& world,
                              std::string_view node,
                              const std::function<std::string(const SourceInfo&)>& path) {
  // Beside its recordings, several nodes need records of their own.
  const std::string record = path ? fmt::format("{}/record", node) : "record";
  std::string out = fmt::format(
      "[node]\nname = \"{}\"\nrecord = \"{}\"\nlisten = \"127.0.0.1:0\"\n", node, record);
  // The simulated ground is not that of the region.
  out += "\n[tracking]\nterrain = \"none\"\n";
  for (const SourceInfo& s : world.sources()) {
    if (s.node == node) out += sensor_table(s);
  }
  for (const SourceInfo& s : world.sources()) {
    if (s.node != node) continue;
    out += fmt::format("\n[[source]]\nname = \"{}\"\n", s.name);
    if (path) {
      out += fmt::format("kind = \"file\"\npath = \"{}\"\ntime = \"rebase\"\n", path(s));
    } else {
      out += "kind = \"internal\"\n";
    }
    out += fmt::format("stall_after_s = {}\n", stall_after_s(s));
    if (s.beast) out += fmt::format("format = \"beast\"\nsensor = \"{}\"\n", s.name);
  }
  return out;
}

}  // namespace liptako::sim
