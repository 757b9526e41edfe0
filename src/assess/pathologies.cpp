#include "assess/pathologies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "assess/json_line.hpp"
#include "geo/frames.hpp"

namespace liptako::assess {
namespace {

using base::Timestamp;

constexpr double kSameTimeS = 0.05;
constexpr double kSameRangeM = 60.0;
constexpr double kEarthM = 1e8;

struct LabelLine {
  std::string pathology;
  Timestamp from, until;
  std::vector<std::string> addresses;
  std::string mode_3a;
  std::string source;
  std::optional<double> slant_range_m;
  bool placed = false;
  geo::Geodetic place;
  double radius_m = 0.0, speed_kt = 0.0, course_deg = 0.0;
  std::optional<double> found_after_s;
  bool matched = false;
};
struct DoubtLine {
  Timestamp time;
  std::string kind, doubt, sensor, address, mode_3a;
  geo::Geodetic place;
  double slant_range_m = 0.0;
};

template <class T, class Value>
bool keep(const base::Result<Value>& value, T& into, std::optional<base::Error>& error) {
  if (!value) {
    if (!error) error = value.error();
    return false;
  }
  into = T(*value);
  return true;
}

base::Result<Timestamp> time_of(const JsonLine& line, std::string_view name) {
  const auto text = line.text(name);
  if (!text) return std::unexpected(text.error());
  return base::parse_rfc3339(*text);
}

base::Result<std::string> text_or_none(const JsonLine& line, std::string_view name) {
  if (line.is_null(name)) return std::string();
  const auto text = line.text(name);
  if (!text) return std::unexpected(text.error());
  return std::string(*text);
}

geo::Geodetic at(double lat, double lon) {
  return {base::Angle::from_degrees(lat), base::Angle::from_degrees(lon), {}};
}

base::Result<LabelLine> parse_label(std::string_view text) {
  const auto line = JsonLine::parse(text);
  if (!line) return std::unexpected(line.error());
  LabelLine out;
  std::optional<base::Error> error;
  keep(line->text("pathology"), out.pathology, error);
  keep(time_of(*line, "from"), out.from, error);
  keep(time_of(*line, "until"), out.until, error);
  std::vector<std::string_view> addresses;
  keep(line->texts("icao_addresses"), addresses, error);
  out.addresses.assign(addresses.begin(), addresses.end());
  keep(text_or_none(*line, "mode_3a"), out.mode_3a, error);
  keep(text_or_none(*line, "source"), out.source, error);
  if (line->has("slant_range_m")) {
    double range = 0.0;
    keep(line->number("slant_range_m", -kEarthM, kEarthM), range, error);
    out.slant_range_m = range;
  }
  if (line->has("lat_deg")) {
    double lat = 0.0, lon = 0.0;
    out.placed = true;
    keep(line->number("lat_deg", -90.0, 90.0), lat, error);
    keep(line->number("lon_deg", -360.0, 360.0), lon, error);
    keep(line->number("radius_m", 0.0, kEarthM), out.radius_m, error);
    keep(line->number("ground_speed_kt", 0.0, 1e4), out.speed_kt, error);
    keep(line->number("track_angle_deg", -360.0, 360.0), out.course_deg, error);
    out.place = at(lat, lon);
  }
  if (error) return std::unexpected(*error);
  return out;
}

base::Result<DoubtLine> parse_doubt(std::string_view text) {
  const auto line = JsonLine::parse(text);
  if (!line) return std::unexpected(line.error());
  DoubtLine out;
  std::optional<base::Error> error;
  double lat = 0.0, lon = 0.0;
  keep(time_of(*line, "time"), out.time, error);
  keep(line->text("kind"), out.kind, error);
  keep(line->text("doubt"), out.doubt, error);
  keep(text_or_none(*line, "sensor"), out.sensor, error);
  keep(text_or_none(*line, "icao_address"), out.address, error);
  keep(text_or_none(*line, "mode_3a"), out.mode_3a, error);
  keep(line->number("lat_deg", -90.0, 90.0), lat, error);
  keep(line->number("lon_deg", -360.0, 360.0), lon, error);
  keep(line->number("slant_range_m", -kEarthM, kEarthM), out.slant_range_m, error);
  out.place = at(lat, lon);
  if (error) return std::unexpected(*error);
  return out;
}

template <class Line, class Parse>
base::Result<std::vector<Line>> lines_of(const NamedText& file, Parse&& parse) {
  std::vector<Line> out;
  std::size_t number = 0;
  std::string_view rest = file.text;
  while (!rest.empty()) {
    ++number;
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view text = rest.substr(0, end);
    rest.remove_prefix(std::min(rest.size(), end + 1));
    if (text.empty()) continue;
    auto line = parse(text);
    if (!line) {
      return std::unexpected(base::Error{
          line.error().kind, fmt::format("{}:{}: {}", file.name, number, line.error().message)});
    }
    out.push_back(std::move(*line));
  }
  return out;
}

// Of this aircraft, or at this place.
bool is_of(const DoubtLine& d, const LabelLine& l) {
  if (l.placed) {
    const double flown_m = l.speed_kt * base::kMpsPerKnot * base::to_seconds(d.time - l.from);
    const geo::TangentFrame here(l.place);
    const base::SinCos way = base::sincos(l.course_deg * base::kRadiansPerDegree);
    const geo::Geodetic there =
        geo::geodetic_from_ecef(here.ecef_from_enu({flown_m * way.sin, flown_m * way.cos, 0.0}));
    return geo::rough_distance(d.place, there).metres() < l.radius_m;
  }
  if (!l.addresses.empty() && !d.address.empty())
    return std::ranges::find(l.addresses, d.address) != l.addresses.end();
  return l.addresses.empty() && d.address.empty() && !l.mode_3a.empty() && l.mode_3a == d.mode_3a;
}

// Once more under the name that both have in common.
template <class Line>
void add_in_common(std::vector<Line>& lines, std::string Line::* name) {
  const std::size_t count = lines.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (lines[i].*name != "false_position" && lines[i].*name != "false_time") continue;
    Line line = lines[i];
    line.*name = "position_or_time";
    lines.push_back(std::move(line));
  }
}

std::optional<double> share(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

std::optional<double> PathologyScore::recall() const { return share(found, episodes); }
std::optional<double> PathologyScore::precision() const { return share(right, raised); }
std::optional<double> PathologyScore::plot_recall() const { return share(plots_found, plots); }
std::optional<double> PathologyScore::plot_precision() const {
  return share(plots_found, plots_doubted);
}
std::optional<double> PathologyScore::median_delay_s() const {
  if (delays_s.empty()) return std::nullopt;
  std::vector<double> sorted = delays_s;
  std::ranges::sort(sorted);
  return sorted[sorted.size() / 2];
}

PathologyScore& PathologyScore::operator+=(const PathologyScore& o) {
  episodes += o.episodes;
  found += o.found;
  short_episodes += o.short_episodes;
  raised += o.raised;
  right += o.right;
  other_name += o.other_name;
  plots += o.plots;
  plots_found += o.plots_found;
  plots_doubted += o.plots_doubted;
  delays_s.insert(delays_s.end(), o.delays_s.begin(), o.delays_s.end());
  return *this;
}

base::Result<std::map<std::string, PathologyScore>> score_pathologies(
    const NamedText& labels_file, const NamedText& doubts_file, const PathologyOptions& options) {
  auto labels = lines_of<LabelLine>(labels_file, parse_label);
  if (!labels) return std::unexpected(labels.error());
  auto doubts = lines_of<DoubtLine>(doubts_file, parse_doubt);
  if (!doubts) return std::unexpected(doubts.error());
  add_in_common(*labels, &LabelLine::pathology);
  add_in_common(*doubts, &DoubtLine::doubt);
  std::map<std::string, PathologyScore> out;
  for (const DoubtLine& d : *doubts) {
    if (d.kind == "cleared" || (options.from && d.time < *options.from)) continue;
    PathologyScore& score = out[d.doubt];
    bool right = false, other = false;
    for (LabelLine& l : *labels) {
      const bool same_name = l.pathology == d.doubt;
      if (l.slant_range_m) {
        if (!same_name || l.source != d.sensor) continue;
        const bool same_plot = std::fabs(base::to_seconds(d.time - l.from)) < kSameTimeS &&
                               std::fabs(d.slant_range_m - *l.slant_range_m) < kSameRangeM;
        right = right || same_plot;
        if (same_plot && d.kind == "plot") l.matched = true;
        continue;
      }
      if (d.time < l.from || d.time > l.until + options.grace) continue;
      if (!is_of(d, l)) continue;
      if (!same_name) {
        other = true;
        continue;
      }
      right = true;
      const double after = base::to_seconds(d.time - l.from);
      if (!l.found_after_s || after < *l.found_after_s) l.found_after_s = after;
    }
    const bool of_a_plot = d.kind == "plot";
    // A standing echo is told once by a plot of it.
    if (of_a_plot && d.doubt != "standing_echo") {
      ++score.plots_doubted;
      continue;
    }
    ++score.raised;
    score.right += right ? 1u : 0u;
    score.other_name += !right && other ? 1u : 0u;
  }
  for (const LabelLine& l : *labels) {
    if (options.from && l.from < *options.from) continue;
    PathologyScore& score = out[l.pathology];
    if (l.slant_range_m) {
      ++score.plots;
      score.plots_found += l.matched ? 1u : 0u;
      continue;
    }
    if (l.until - l.from < options.shortest) {
      ++score.short_episodes;
      continue;
    }
    ++score.episodes;
    if (!l.found_after_s) continue;
    ++score.found;
    score.delays_s.push_back(*l.found_after_s);
  }
  return out;
}

std::string to_json(const std::map<std::string, PathologyScore>& scores) {
  const auto number = [](std::optional<double> value) {
    return value ? fmt::format("{:.4f}", *value) : std::string("null");
  };
  std::string out = "{\"pathologies\":[";
  bool first = true;
  for (const auto& [name, s] : scores) {
    out += fmt::format(
        "{}{{\"pathology\":\"{}\",\"episodes\":{},\"found\":{},\"short_episodes\":{},"
        "\"recall\":{},\"raised\":{},\"right\":{},\"other_name\":{},\"precision\":{},"
        "\"median_delay_s\":{},\"plots\":{},\"plots_found\":{},\"plots_doubted\":{},"
        "\"plot_recall\":{},\"plot_precision\":{}}}",
        first ? "" : ",",
        name,
        s.episodes,
        s.found,
        s.short_episodes,
        number(s.recall()),
        s.raised,
        s.right,
        s.other_name,
        number(s.precision()),
        number(s.median_delay_s()),
        s.plots,
        s.plots_found,
        s.plots_doubted,
        number(s.plot_recall()),
        number(s.plot_precision()));
    first = false;
  }
  return out + "]}";
}

}  // namespace liptako::assess
