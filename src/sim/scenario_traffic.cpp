// The traffic tables of a scenario file.
#include <algorithm>
#include <charconv>
#include <numeric>

#include "sim/fields.hpp"

namespace liptako::sim {
namespace {

using base::Angle;
using base::Length;
using base::Speed;

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
  const double per_day = fields.number("per_day", {0.0, 240000.0}, 0.0);
  if (per_day > 0.0 && out.per_hour > 0.0) fields.wrong("per_day", "stands beside per_hour");
  if (out.per_hour > 0.0 || per_day > 0.0) {
    out.hourly.fill(1.0);
    std::size_t hour = 0;
    fields.each("hourly", [&](const toml::node& node, const std::string& field) {
      if (hour < out.hourly.size()) out.hourly[hour] = fields.number_of(node, field, kShare);
      ++hour;
    });
    if (hour != 0 && hour != 24) fields.wrong("hourly", "needs 24 weights");
    if (per_day > 0.0) {
      const double sum = std::accumulate(out.hourly.begin(), out.hourly.end(), 0.0);
      if (sum <= 0.0) return fields.wrong("hourly", "has no weight above 0");
      out.per_hour = per_day / sum;
    }
    out.minimum_gap = minutes(fields.number("minimum_gap_min", {0.0, 1440.0}, 0.0));
    if (base::to_seconds(out.minimum_gap) * out.per_hour > 3600.0) {
      fields.wrong("minimum_gap_min", "leaves no room for per_hour flights");
    }
  } else {
    out.departs = minutes(fields.number("departs_min", {-1440.0, 1e6}));
    if (fields.has("repeats_min")) out.repeats = minutes(fields.number("repeats_min", {1.0, 1e6}));
  }
  fields.each("silent_min", [&](const toml::node& node, const std::string& field) {
    const Interval<double> window = fields.interval_of(node, field, {0.0, 1e6});
    out.silent.push_back({minutes(window.low), minutes(window.high)});
  });
}

}  // namespace

Traffic read_traffic(Fields fields, const Names& names) {
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
  out.ghost = fields.flag("ghost");
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

}  // namespace liptako::sim
