#include "sim/labels.hpp"

#include <fmt/core.h>

#include <array>
#include <utility>

namespace liptako::sim {
namespace {

constexpr std::array<std::string_view, 15> kNames{"none",
                                                  "duplicate_address",
                                                  "swapped_addresses",
                                                  "garbled_code",
                                                  "split_plot",
                                                  "reflection",
                                                  "ring_around",
                                                  "transponder_failed",
                                                  "false_position",
                                                  "false_velocity",
                                                  "ghost",
                                                  "jamming",
                                                  "false_time",
                                                  "birds",
                                                  "standing_echo"};

}  // namespace

std::string_view name_of(Pathology pathology) {
  return kNames[static_cast<std::size_t>(pathology)];
}

std::string to_json_line(const Label& l) {
  // No text here needs escaping: sensors are named as files are.
  std::string addresses;
  for (const base::IcaoAddress address : l.addresses)
    addresses += fmt::format("{}\"{}\"", addresses.empty() ? "" : ",", address.to_string());
  std::string out = fmt::format(
      "{{\"pathology\":\"{}\",\"from\":\"{}\",\"until\":\"{}\",\"flight\":{},"
      "\"icao_addresses\":[{}],\"mode_3a\":{},\"source\":\"{}\"",
      name_of(l.pathology),
      base::to_rfc3339(l.from),
      base::to_rfc3339(l.until),
      l.flight,
      addresses,
      l.mode_3a ? fmt::format("\"{}\"", l.mode_3a->to_string()) : "null",
      l.source);
  if (l.slant_range) {
    out += fmt::format(",\"slant_range_m\":{:.1f},\"azimuth_deg\":{:.4f}",
                       l.slant_range->metres(),
                       l.azimuth.degrees());
  }
  if (l.place) {
    out += fmt::format(
        ",\"lat_deg\":{:.6f},\"lon_deg\":{:.6f},\"radius_m\":{:.0f},\"ground_speed_kt\":{:.2f},"
        "\"track_angle_deg\":{:.2f}",
        l.place->latitude.degrees(),
        l.place->longitude.degrees(),
        l.radius.metres(),
        l.ground_speed.knots(),
        l.track_angle.degrees());
  }
  return out + "}";
}

void LabelBook::note(Label label, std::uint32_t echo) {
  Key key{label.pathology, label.flight, echo, label.source};
  const base::Duration gap = echo == 0 ? kGap : kEchoGap;
  const auto found = open_.find(key);
  if (found != open_.end() && label.from - found->second.until <= gap) {
    found->second.until = std::max(found->second.until, label.until);
    return;
  }
  if (found != open_.end()) done_.push_back(std::move(found->second));
  open_.insert_or_assign(std::move(key), std::move(label));
}

void LabelBook::close(base::Timestamp now, bool all) {
  for (auto one = open_.begin(); one != open_.end();) {
    const base::Duration gap = std::get<2>(one->first) == 0 ? kGap : kEchoGap;
    if (!all && now - one->second.until <= gap) {
      ++one;
      continue;
    }
    done_.push_back(std::move(one->second));
    one = open_.erase(one);
  }
}

}  // namespace liptako::sim
