#include "sim/scenario.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "base/toml.hpp"

namespace liptako::sim {
namespace {

using base::Angle;
using base::Duration;
using base::Length;
using base::Speed;

// Keeps the first mistake; readers go on with defaults, so that no reader needs to stop in the
// middle.
class Mistakes {
 public:
  explicit Mistakes(std::string_view file) : file_(file) {}
  void add(const toml::source_region& where, std::string_view field, std::string_view what) {
    if (first_) return;
    first_ = fmt::format("{}:{}: {}: {}", file_, where.begin.line, field, what);
  }
  [[nodiscard]] const std::optional<std::string>& first() const { return first_; }

 private:
  std::string file_;
  std::optional<std::string> first_;
};

struct Limits {
  double low;
  double high;
};

// One table of the file. Each field is asked for by name; finish() complains of those nobody asked
// for.
class Fields {
 public:
  Fields(const toml::table& table, std::string path, Mistakes& mistakes)
      : table_(&table), path_(std::move(path)), mistakes_(&mistakes) {}

  [[nodiscard]] std::string name_of(std::string_view key) const {
    return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
  }
  void wrong(std::string_view key, std::string_view what) const {
    const toml::node* node = table_->get(key);
    mistakes_->add(node != nullptr ? node->source() : table_->source(), name_of(key), what);
  }
  [[nodiscard]] const toml::node* optional_node(std::string_view key) {
    used_.emplace(key);
    return table_->get(key);
  }
  [[nodiscard]] const toml::node* node(std::string_view key) {
    const toml::node* found = optional_node(key);
    if (found == nullptr) wrong(key, "is missing");
    return found;
  }
  [[nodiscard]] bool has(std::string_view key) const { return table_->contains(key); }

  [[nodiscard]] double number(std::string_view key, Limits limits) {
    const toml::node* found = node(key);
    return found == nullptr ? limits.low : number_of(*found, name_of(key), limits);
  }
  [[nodiscard]] double number(std::string_view key, Limits limits, double otherwise) {
    const toml::node* found = optional_node(key);
    return found == nullptr ? otherwise : number_of(*found, name_of(key), limits);
  }
  [[nodiscard]] double number_of(const toml::node& node,
                                 std::string_view field,
                                 Limits limits) const {
    const std::optional<double> value = node.is_number() ? node.value<double>() : std::nullopt;
    if (!value) {
      mistakes_->add(node.source(), field, "is not a number");
      return limits.low;
    }
    if (!(*value >= limits.low && *value <= limits.high)) {
      mistakes_->add(node.source(),
                     field,
                     fmt::format("{} is not in {}..{}", *value, limits.low, limits.high));
      return limits.low;
    }
    return *value;
  }
  [[nodiscard]] int integer(std::string_view key,
                            Limits limits,
                            std::optional<int> otherwise = {}) {
    if (otherwise && !has(key)) return *otherwise;
    const double value = number(key, limits);
    if (value != std::floor(value)) wrong(key, fmt::format("{} is not a whole number", value));
    return static_cast<int>(value);
  }
  [[nodiscard]] std::string text(std::string_view key) {
    const toml::node* found = node(key);
    return found == nullptr ? std::string() : text_of(*found, name_of(key));
  }
  [[nodiscard]] std::string text_of(const toml::node& node, std::string_view field) const {
    const std::optional<std::string> value =
        node.is_string() ? node.value<std::string>() : std::nullopt;
    if (!value) mistakes_->add(node.source(), field, "is not a text");
    if (value && value->empty()) mistakes_->add(node.source(), field, "is empty");
    return value.value_or("");
  }
  [[nodiscard]] bool flag(std::string_view key) {
    const toml::node* found = optional_node(key);
    if (found == nullptr) return false;
    if (!found->is_boolean()) wrong(key, "is neither true nor false");
    return found->value<bool>().value_or(false);
  }
  // Calls f(element, its name) for each element of an array; a missing array has none.
  template <class F>
  void each(std::string_view key, F&& f) {
    const toml::node* found = optional_node(key);
    if (found == nullptr) return;
    const toml::array* array = found->as_array();
    if (array == nullptr) return wrong(key, "is not an array");
    std::size_t index = 0;
    for (const toml::node& element : *array)
      f(element, fmt::format("{}[{}]", name_of(key), index++));
  }
  // [low, high] with low <= high.
  [[nodiscard]] Interval<double> interval_of(const toml::node& node,
                                             std::string_view field,
                                             Limits limits) const {
    const toml::array* array = node.as_array();
    if (array == nullptr || array->size() != 2) {
      mistakes_->add(node.source(), field, "is not a pair [from, to]");
      return {};
    }
    const Interval<double> out{number_of(*array->get(0), field, limits),
                               number_of(*array->get(1), field, limits)};
    if (out.low > out.high)
      mistakes_->add(node.source(), field, fmt::format("{} is after {}", out.low, out.high));
    return out;
  }
  void finish() const {
    for (const auto& [key, value] : *table_) {
      if (!used_.contains(std::string(key.str()))) {
        mistakes_->add(key.source(), name_of(key.str()), "is not a known field");
      }
    }
  }
  [[nodiscard]] Mistakes& mistakes() const { return *mistakes_; }
  [[nodiscard]] const toml::table& table() const { return *table_; }

 private:
  const toml::table* table_;
  std::string path_;
  Mistakes* mistakes_;
  std::set<std::string> used_;
};

constexpr Limits kShare{0.0, 1.0};

Duration minutes(double count) { return base::seconds(count * 60.0); }
Length kilometres(double count) { return Length::from_metres(count * 1e3); }

template <class T, std::size_t N>
T word(Fields& fields,
       std::string_view key,
       const std::array<std::pair<std::string_view, T>, N>& words) {
  const std::string text = fields.text(key);
  std::string known;
  for (const auto& [name, value] : words) {
    if (name == text) return value;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", name);
  }
  fields.wrong(key, fmt::format("\"{}\" is none of {}", text, known));
  return words[0].second;
}

constexpr std::array<std::pair<std::string_view, AircraftKind>, 6> kAircraftKinds{{
    {"airliner", AircraftKind::airliner},
    {"regional", AircraftKind::regional},
    {"light", AircraftKind::light},
    {"helicopter", AircraftKind::helicopter},
    {"uncrewed", AircraftKind::uncrewed},
    {"state", AircraftKind::state},
}};
constexpr std::array<std::pair<std::string_view, Transponder>, 4> kTransponders{{
    {"adsb", Transponder::adsb},
    {"mode_s", Transponder::mode_s},
    {"mode_ac", Transponder::mode_ac},
    {"none", Transponder::none},
}};
constexpr std::array<std::pair<std::string_view, RadarKind>, 2> kRadarKinds{{
    {"mode_s", RadarKind::mode_s},
    {"primary", RadarKind::primary},
}};
constexpr std::array<std::pair<std::string_view, FaultKind>, 5> kFaultKinds{{
    {"power_cut", FaultKind::power_cut},
    {"stall", FaultKind::stall},
    {"truncated", FaultKind::truncated},
    {"noise", FaultKind::noise},
    {"hostile", FaultKind::hostile},
}};

// Heights in the file are above mean sea level.
Place place(Fields& fields, Length above_sea, const Atmosphere& air) {
  return {Angle::from_degrees(fields.number("latitude_deg", {-85.0, 85.0})),
          Angle::from_degrees(fields.number("longitude_deg", {-180.0, 180.0})),
          above_sea + air.geoid};
}

base::SacSic identifier(Fields& fields) {
  return {static_cast<std::uint8_t>(fields.integer("sac", {0, 255})),
          static_cast<std::uint8_t>(fields.integer("sic", {0, 255}))};
}

Interval<Duration> delay(Fields& fields) {
  const toml::node* node = fields.node("delay_s");
  if (node == nullptr) return {};
  const Interval<double> pair = fields.interval_of(*node, fields.name_of("delay_s"), {0.0, 60.0});
  return {base::seconds(pair.low), base::seconds(pair.high)};
}

SensorClock sensor_clock(Fields& fields) {
  return {base::seconds(fields.number("clock_offset_s", {-7200.0, 7200.0}, 0.0)),
          fields.number("clock_drift_ppm", {-1000.0, 1000.0}, 0.0)};
}

Atmosphere atmosphere(Fields fields) {
  Atmosphere air;
  air.isa_offset_k = fields.number("isa_offset_k", {-40.0, 40.0}, 0.0);
  air.qnh_hpa = fields.number("qnh_hpa", {930.0, 1060.0}, 1013.25);
  air.geoid = Length::from_metres(fields.number("geoid_m", {-110.0, 90.0}, 0.0));
  air.terrain = Length::from_metres(fields.number("terrain_m", {-400.0, 6000.0}, 0.0));
  fields.finish();
  return air;
}

Radar radar(Fields fields, const Atmosphere& air) {
  Radar out;
  out.name = fields.text("name");
  out.node = fields.text("node");
  out.kind = word(fields, "kind", kRadarKinds);
  out.id = identifier(fields);
  out.site = place(fields, Length::from_metres(fields.number("antenna_m", {-400.0, 6000.0})), air);
  out.period = base::seconds(fields.number("period_s", {1.0, 60.0}));
  out.phase = fields.number("phase", {0.0, 1.0}, 0.0);
  out.range = kilometres(fields.number("range_km", {1.0, 470.0}));
  out.minimum_range = kilometres(fields.number("minimum_range_km", {0.0, 50.0}, 1.0));
  out.maximum_elevation =
      Angle::from_degrees(fields.number("maximum_elevation_deg", {5.0, 90.0}, 45.0));
  out.range_sd = Length::from_metres(fields.number("range_sd_m", {0.0, 2000.0}));
  out.azimuth_sd = Angle::from_degrees(fields.number("azimuth_sd_deg", {0.0, 5.0}));
  out.range_bias = Length::from_metres(fields.number("range_bias_m", {-2000.0, 2000.0}, 0.0));
  out.azimuth_bias = Angle::from_degrees(fields.number("azimuth_bias_deg", {-10.0, 10.0}, 0.0));
  out.pd = fields.number("pd", kShare);
  if (out.kind == RadarKind::primary) {
    out.pd_range = kilometres(fields.number("pd_range_km", {1.0, 470.0}));
    if (!(out.pd > 0.0 && out.pd < 1.0))
      fields.wrong("pd", "must lie between 0 and 1 for a primary radar");
  }
  out.false_plots = fields.number("false_plots", {0.0, 1000.0}, 0.0);
  if (out.kind == RadarKind::mode_s) out.garbled = fields.number("garbled", kShare, 0.0);
  out.delay = delay(fields);
  out.clock = sensor_clock(fields);
  fields.finish();
  return out;
}

AdsbStation adsb_station(Fields fields, const Atmosphere& air) {
  AdsbStation out;
  out.name = fields.text("name");
  out.node = fields.text("node");
  out.id = identifier(fields);
  out.site = place(fields, Length::from_metres(fields.number("antenna_m", {-400.0, 6000.0})), air);
  out.range = kilometres(fields.number("range_km", {1.0, 600.0}));
  out.interval = base::seconds(fields.number("interval_s", {0.25, 60.0}, 1.0));
  out.pd = fields.number("pd", kShare);
  out.delay = delay(fields);
  out.clock = sensor_clock(fields);
  fields.finish();
  return out;
}

// The points a route may name.
struct Names {
  std::vector<std::pair<std::string, RoutePoint>> points;
  [[nodiscard]] const RoutePoint* find(std::string_view name) const {
    const auto found =
        std::find_if(points.begin(), points.end(), [&](const auto& p) { return p.first == name; });
    return found == points.end() ? nullptr : &found->second;
  }
};

void route_point(Fields& traffic,
                 const toml::node& node,
                 const std::string& field,
                 const Names& names,
                 Traffic& out) {
  std::string name;
  std::optional<Hold> hold;
  if (const toml::table* table = node.as_table()) {
    Fields fields(*table, field, traffic.mistakes());
    name = fields.text("point");
    hold = Hold{fields.integer("hold_turns", {1, 1000}),
                Angle::from_degrees(fields.number("hold_inbound_deg", {0.0, 360.0}))};
    fields.finish();
  } else {
    name = traffic.text_of(node, field);
  }
  const RoutePoint* known = names.find(name);
  if (known == nullptr) {
    return traffic.mistakes().add(
        node.source(), field, fmt::format("there is no point or aerodrome \"{}\"", name));
  }
  out.route.push_back(*known);
  out.route.back().hold = hold;
}

std::optional<std::uint32_t> hexadecimal(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size() || text.size() != 6)
    return std::nullopt;
  return value;
}

// "05C000" or "05C000-05CFFF"
std::optional<Interval<std::uint32_t>> address_range(std::string_view text) {
  const std::size_t dash = text.find('-');
  const auto low = hexadecimal(text.substr(0, dash));
  const auto high = dash == text.npos ? low : hexadecimal(text.substr(dash + 1));
  if (!low || !high || *low > *high || *low == 0) return std::nullopt;
  return Interval<std::uint32_t>{*low, *high};
}

std::optional<base::ModeACode> mode_a_code(std::string_view text) {
  std::uint16_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 8);
  if (error != std::errc() || end != text.data() + text.size() || text.size() != 4)
    return std::nullopt;
  return base::ModeACode(value);
}

void equipment(Fields& fields, Traffic& out) {
  if (const toml::node* node = fields.optional_node("transponders")) {
    const toml::table* table = node->as_table();
    if (table == nullptr) return fields.wrong("transponders", "is not a table of weights");
    Fields weights(*table, fields.name_of("transponders"), fields.mistakes());
    for (const auto& [name, kind] : kTransponders) {
      const double weight = weights.number(name, kShare, 0.0);
      if (weight > 0.0) out.transponders.push_back({kind, weight});
    }
    weights.finish();
    if (out.transponders.empty()) fields.wrong("transponders", "no weight is above 0");
  } else {
    out.transponders = {{Transponder::adsb, 1.0}};
  }
  if (const toml::node* node = fields.optional_node("nac_p")) {
    const toml::table* table = node->as_table();
    if (table == nullptr) return fields.wrong("nac_p", "is not a table of weights");
    Fields weights(*table, fields.name_of("nac_p"), fields.mistakes());
    for (int category = 0; category <= 11; ++category) {
      const double weight = weights.number(fmt::format("{}", category), kShare, 0.0);
      if (weight > 0.0) out.nac_p.push_back({category, weight});
    }
    weights.finish();
    if (out.nac_p.empty()) fields.wrong("nac_p", "no weight is above 0");
  } else {
    out.nac_p = {{8, 0.4}, {9, 0.6}};
  }
}

void identities(Fields& fields, Traffic& out) {
  fields.each("fleet", [&](const toml::node& node, const std::string& field) {
    const toml::array* pair = node.as_array();
    if (pair == nullptr || pair->size() != 2) {
      return fields.mistakes().add(node.source(), field, "is not a pair [call sign, addresses]");
    }
    Fleet fleet;
    fleet.call_sign = fields.text_of(*pair->get(0), field);
    const auto allowed = [](char c) {
      return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '#';
    };
    if (fleet.call_sign.size() > 8 ||
        !std::all_of(fleet.call_sign.begin(), fleet.call_sign.end(), allowed)) {
      fields.mistakes().add(node.source(), field, "call sign is not up to eight of A-Z, 0-9 and #");
    }
    const auto range = address_range(fields.text_of(*pair->get(1), field));
    if (!range) {
      return fields.mistakes().add(
          node.source(), field, "addresses are not \"05C000\" or \"05C000-05CFFF\"");
    }
    fleet.addresses = *range;
    out.fleet.push_back(std::move(fleet));
  });
  if (out.fleet.empty()) fields.wrong("fleet", "needs at least one pair [call sign, addresses]");
  if (fields.has("mode_3a")) {
    out.mode_3a = mode_a_code(fields.text("mode_3a"));
    if (!out.mode_3a) fields.wrong("mode_3a", "is not four octal digits");
  }
}

void times(Fields& fields, Traffic& out) {
  out.per_hour = fields.number("per_hour", {0.0, 10000.0}, 0.0);
  if (out.per_hour > 0.0) {
    out.minimum_gap = minutes(fields.number("minimum_gap_min", {0.0, 1440.0}, 0.0));
    if (base::to_seconds(out.minimum_gap) * out.per_hour > 3600.0) {
      fields.wrong("minimum_gap_min", "leaves no room for per_hour flights");
    }
    out.hourly.fill(1.0);
    std::size_t hour = 0;
    fields.each("hourly", [&](const toml::node& node, const std::string& field) {
      if (hour < out.hourly.size()) out.hourly[hour] = fields.number_of(node, field, kShare);
      ++hour;
    });
    if (hour != 0 && hour != 24) fields.wrong("hourly", "needs 24 weights");
  } else {
    out.departs = minutes(fields.number("departs_min", {-1440.0, 1e6}));
    if (fields.has("repeats_min")) out.repeats = minutes(fields.number("repeats_min", {1.0, 1e6}));
  }
  fields.each("silent_min", [&](const toml::node& node, const std::string& field) {
    const Interval<double> window = fields.interval_of(node, field, {0.0, 1e6});
    out.silent.push_back({minutes(window.low), minutes(window.high)});
  });
}

Traffic traffic(Fields fields, const Names& names) {
  Traffic out;
  out.name = fields.text("name");
  out.kind = word(fields, "kind", kAircraftKinds);
  fields.each("route", [&](const toml::node& node, const std::string& field) {
    route_point(fields, node, field, names, out);
  });
  if (out.route.size() < 2) fields.wrong("route", "needs at least two points");
  for (std::size_t i = 0; i < out.route.size(); ++i) {
    const bool end = i == 0 || i + 1 == out.route.size();
    if (!end && out.route[i].aerodrome >= 0)
      fields.wrong("route", "passes an aerodrome: only its ends may be one");
    if (out.route[i].hold && (end || out.route[i].aerodrome >= 0)) {
      fields.wrong("route", "holds at its end: only points between may have a hold");
    }
  }
  out.both_ways = fields.flag("both_ways");
  times(fields, out);
  out.laps = fields.integer("laps", {1, 10000}, 1);
  out.spread = kilometres(fields.number("spread_km", {0.0, 100.0}, 0.0));
  fields.each("levels_ft", [&](const toml::node& node, const std::string& field) {
    out.levels.push_back(Length::from_feet(fields.number_of(node, field, {500.0, 60000.0})));
  });
  if (out.levels.empty()) fields.wrong("levels_ft", "needs at least one level");
  if (fields.has("cruise_kt"))
    out.cruise = Speed::from_knots(fields.number("cruise_kt", {40.0, 600.0}));
  identities(fields, out);
  equipment(fields, out);
  fields.finish();
  return out;
}

Fault fault(Fields fields, const Scenario& scenario) {
  Fault out;
  const std::string source = fields.text("source");
  std::vector<std::string_view> names;
  for (const Radar& radar : scenario.radars) names.push_back(radar.name);
  for (const AdsbStation& station : scenario.adsb_stations) names.push_back(station.name);
  const auto found = std::find(names.begin(), names.end(), source);
  if (found == names.end())
    fields.wrong("source", fmt::format("there is no sensor \"{}\"", source));
  out.source = static_cast<std::uint16_t>(found - names.begin());
  out.kind = word(fields, "kind", kFaultKinds);
  out.from = minutes(fields.number("from_min", {0.0, 1e6}));
  if (out.kind == FaultKind::stall || fields.has("until_min")) {
    out.until = minutes(fields.number("until_min", {0.0, 1e6}));
    if (*out.until <= out.from) fields.wrong("until_min", "is not after from_min");
  }
  if (fields.has("repeats_min")) {
    out.repeats = minutes(fields.number("repeats_min", {1.0, 1e6}));
    if (!out.until || *out.until - out.from >= *out.repeats) {
      fields.wrong("repeats_min", "is not longer than the window from_min..until_min");
    }
  }
  if (out.kind != FaultKind::power_cut && out.kind != FaultKind::stall) {
    out.per_minute = fields.number("per_minute", {0.001, 60000.0});
  }
  fields.finish();
  return out;
}

// Calls f(Fields) for each [[key]] table.
template <class F>
void tables(Fields& root, std::string_view key, F&& f) {
  root.each(key, [&](const toml::node& node, const std::string& field) {
    const toml::table* table = node.as_table();
    if (table == nullptr) return root.mistakes().add(node.source(), field, "is not a table");
    f(Fields(*table, field, root.mistakes()));
  });
}

Names read_places(Fields& root, Scenario& scenario) {
  Names names;
  const auto add = [&](Fields& fields, const std::string& name, const RoutePoint& point) {
    if (names.find(name) != nullptr)
      fields.wrong("name", fmt::format("\"{}\" is there already", name));
    names.points.emplace_back(name, point);
  };
  tables(root, "aerodrome", [&](Fields fields) {
    Aerodrome out;
    out.name = fields.text("name");
    const Length elevation = Length::from_feet(fields.number("elevation_ft", {-1300.0, 15000.0}));
    out.threshold = place(fields, elevation, scenario.atmosphere);
    out.runway = Angle::from_degrees(fields.number("runway_deg", {0.0, 360.0}));
    fields.finish();
    add(fields,
        out.name,
        {out.threshold, static_cast<int>(scenario.aerodromes.size()), std::nullopt});
    scenario.aerodromes.push_back(std::move(out));
  });
  tables(root, "point", [&](Fields fields) {
    const std::string name = fields.text("name");
    const Place where = place(fields, Length(), scenario.atmosphere);
    fields.finish();
    add(fields, name, {where, -1, std::nullopt});
  });
  return names;
}

void read_sensors(Fields& root, Scenario& scenario) {
  std::set<std::string> names;
  const auto check_name = [&](const Fields& fields, const std::string& name) {
    if (!names.insert(name).second)
      fields.wrong("name", fmt::format("\"{}\" is there already", name));
  };
  tables(root, "radar", [&](const Fields& fields) {
    scenario.radars.push_back(radar(fields, scenario.atmosphere));
    check_name(fields, scenario.radars.back().name);
  });
  tables(root, "adsb_station", [&](const Fields& fields) {
    scenario.adsb_stations.push_back(adsb_station(fields, scenario.atmosphere));
    check_name(fields, scenario.adsb_stations.back().name);
  });
}

}  // namespace

base::Result<Scenario> load_scenario(std::string_view text, std::string_view file) {
  const toml::parse_result parsed = toml::parse(text, file);
  if (!parsed) {
    return base::bad_input(fmt::format(
        "{}:{}: {}", file, parsed.error().source().begin.line, parsed.error().description()));
  }
  Mistakes mistakes(file);
  Fields root(parsed.table(), "", mistakes);
  Scenario scenario;
  scenario.name = root.text("name");
  if (const toml::node* node = root.optional_node("atmosphere")) {
    if (const toml::table* table = node->as_table()) {
      scenario.atmosphere = atmosphere(Fields(*table, "atmosphere", mistakes));
    } else {
      root.wrong("atmosphere", "is not a table");
    }
  }
  const Names names = read_places(root, scenario);
  read_sensors(root, scenario);
  tables(root, "traffic", [&](Fields fields) {
    scenario.traffic.push_back(traffic(std::move(fields), names));
  });
  tables(root, "fault", [&](Fields fields) {
    scenario.faults.push_back(fault(std::move(fields), scenario));
  });
  root.finish();
  if (mistakes.first()) return base::bad_input(*mistakes.first());
  return scenario;
}

}  // namespace liptako::sim
