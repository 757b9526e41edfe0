#include "sim/scenario.hpp"

#include <algorithm>

#include "sim/fields.hpp"

namespace liptako::sim {
namespace {

using base::Angle;
using base::Duration;
using base::Length;
using base::Speed;

constexpr int kDeepestBase = 4;
constexpr Limits kMinutes{0.0, 1e6};
// As long as a configuration takes them.
constexpr std::size_t kLongestName = 64;
constexpr std::size_t kLongestCode = 8;

constexpr std::array<std::pair<std::string_view, RadarKind>, 2> kRadarKinds{{
    {"mode_s", RadarKind::mode_s},
    {"primary", RadarKind::primary},
}};
constexpr std::array<std::pair<std::string_view, FaultKind>, 6> kFaultKinds{{
    {"power_cut", FaultKind::power_cut},
    {"line_cut", FaultKind::line_cut},
    {"stall", FaultKind::stall},
    {"truncated", FaultKind::truncated},
    {"noise", FaultKind::noise},
    {"hostile", FaultKind::hostile},
}};

constexpr std::array<std::pair<std::string_view, PlotFaultKind>, 6> kPlotFaultKinds{{
    {"split", PlotFaultKind::split},
    {"reflection", PlotFaultKind::reflection},
    {"ring_around", PlotFaultKind::ring_around},
    {"garbled", PlotFaultKind::garbled},
    {"wind_farm", PlotFaultKind::wind_farm},
    {"birds", PlotFaultKind::birds},
}};
constexpr std::array<std::pair<std::string_view, AircraftFaultKind>, 5> kAircraftFaultKinds{{
    {"duplicate_address", AircraftFaultKind::duplicate_address},
    {"swapped_addresses", AircraftFaultKind::swapped_addresses},
    {"false_position", AircraftFaultKind::false_position},
    {"false_velocity", AircraftFaultKind::false_velocity},
    {"late_position", AircraftFaultKind::late_position},
}};

constexpr std::array<std::pair<std::string_view, GnssFaultKind>, 4> kGnssFaultKinds{{
    {"jam", GnssFaultKind::jam},
    {"spoof", GnssFaultKind::spoof},
    {"meaconing", GnssFaultKind::meaconing},
    {"time_spoof", GnssFaultKind::time_spoof},
}};
constexpr std::array<std::pair<std::string_view, AdsbFormat>, 2> kAdsbFormats{{
    {"asterix", AdsbFormat::asterix},
    {"beast", AdsbFormat::beast},
}};
constexpr std::array<std::pair<std::string_view, bool>, 2> kAdsbKinds{{
    {"ground", false},
    {"space", true},
}};

base::SacSic identifier(Fields& fields) {
  return {static_cast<std::uint8_t>(fields.integer("sac", {0, 255})),
          static_cast<std::uint8_t>(fields.integer("sic", {0, 255}))};
}

bool is_upper_or_digit(char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

// Members and sensors give their names to folders and files, and configurations quote them.
std::string plain_name(const Fields& fields, const toml::node& node, const std::string& field) {
  std::string name = fields.text_of(node, field);
  const auto plain = [](char c) {
    return is_upper_or_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.';
  };
  if (name.size() > kLongestName || name.starts_with('.') || !std::ranges::all_of(name, plain)) {
    fields.mistakes().add(
        node.source(),
        field,
        fmt::format("is not 1 to {} of A-Z, a-z, 0-9, '-', '_' and '.', beginning with no '.'",
                    kLongestName));
  }
  return name;
}

std::string plain_name(Fields& fields, std::string_view key) {
  const toml::node* node = fields.node(key);
  return node == nullptr ? std::string() : plain_name(fields, *node, fields.name_of(key));
}

// How a member is called in common track numbers.
std::string code(const Fields& fields, const toml::node& node, const std::string& field) {
  std::string out = fields.text_of(node, field);
  if (out.size() > kLongestCode || !std::ranges::all_of(out, is_upper_or_digit)) {
    fields.mistakes().add(
        node.source(), field, fmt::format("is not 1 to {} of A-Z and 0-9", kLongestCode));
  }
  return out;
}

Interval<Duration> delay(Fields& fields) {
  const toml::node* node = fields.node("delay_s");
  if (node == nullptr) return {};
  const Interval<double> pair = fields.interval_of(*node, fields.name_of("delay_s"), {0.0, 60.0});
  return {base::seconds(pair.low), base::seconds(pair.high)};
}

SensorClock sensor_clock(Fields& fields) {
  SensorClock out;
  out.offset = base::seconds(fields.number("clock_offset_s", {-7200.0, 7200.0}, 0.0));
  out.drift_ppm = fields.number("clock_drift_ppm", {-1000.0, 1000.0}, 0.0);
  out.gnss = !fields.flag("clock_free");
  return out;
}

Supply supply(Fields& fields) {
  Supply out;
  out.availability = fields.number("availability", {0.05, 1.0}, 1.0);
  if (const toml::node* node = fields.optional_node("outage_min")) {
    const Interval<double> pair =
        fields.interval_of(*node, fields.name_of("outage_min"), {1.0, 1440.0});
    out.outage = {minutes(pair.low), minutes(pair.high)};
  } else if (out.availability < 1.0) {
    fields.wrong("outage_min", "is missing, with an availability below 1");
  }
  return out;
}

// "bamako", or ["bamako", "niamey"]
std::vector<std::string> nodes(Fields& fields, Scenario& scenario) {
  std::vector<std::string> out;
  if (fields.has("nodes")) {
    fields.each("nodes", [&](const toml::node& node, const std::string& field) {
      out.push_back(plain_name(fields, node, field));
    });
    if (out.empty()) fields.wrong("nodes", "is empty");
    std::set<std::string_view> once(out.begin(), out.end());
    if (once.size() != out.size()) fields.wrong("nodes", "names a member twice");
  } else {
    out.push_back(plain_name(fields, "node"));
  }
  for (const std::string& name : out) {
    const bool known =
        std::find(scenario.members.begin(), scenario.members.end(), name) != scenario.members.end();
    // Without a list of members, whoever receives something is one.
    if (known) continue;
    if (fields.members_listed()) {
      fields.wrong(fields.has("nodes") ? "nodes" : "node",
                   fmt::format("there is no member \"{}\"", name));
    } else {
      scenario.members.push_back(name);
    }
  }
  return out;
}

Window window(Fields& fields, bool ends) {
  Window out;
  out.from = minutes(fields.number("from_min", kMinutes));
  if (ends || fields.has("until_min")) {
    out.until = minutes(fields.number("until_min", kMinutes));
    if (*out.until <= out.from) fields.wrong("until_min", "is not after from_min");
  }
  if (fields.has("repeats_min")) {
    out.repeats = minutes(fields.number("repeats_min", {1.0, 1e6}));
    if (!out.until || *out.until - out.from >= *out.repeats) {
      fields.wrong("repeats_min", "is not longer than the window from_min..until_min");
    }
  }
  return out;
}

Atmosphere atmosphere(Fields fields) {
  Atmosphere air;
  air.isa_offset_k = fields.number("isa_offset_k", {-40.0, 40.0}, 0.0);
  air.qnh_hpa = fields.number("qnh_hpa", {930.0, 1060.0}, 1013.25);
  air.geoid = Length::from_metres(fields.number("geoid_m", {-110.0, 90.0}, 0.0));
  air.terrain = Length::from_metres(fields.number("terrain_m", {-400.0, 6000.0}, 0.0));
  air.wind_structure = fields.number("wind_structure", {0.0, 0.1}, 0.0);
  fields.finish();
  return air;
}

Ridge ridge(Fields fields, const Atmosphere& air) {
  const auto end = [&](std::string_view latitude, std::string_view longitude) {
    return Place{base::Angle::from_degrees(fields.number(latitude, {-85.0, 85.0})),
                 base::Angle::from_degrees(fields.number(longitude, {-180.0, 180.0})),
                 air.geoid};
  };
  Ridge out;
  out.from = end("from_latitude_deg", "from_longitude_deg");
  out.to = end("to_latitude_deg", "to_longitude_deg");
  out.crest = air.geoid + Length::from_metres(fields.number("crest_m", {-400.0, 9000.0}));
  fields.finish();
  return out;
}

void common(Sensor& out, Fields& fields, Scenario& scenario, Length height, double most_km) {
  out.name = plain_name(fields, "name");
  out.nodes = nodes(fields, scenario);
  out.id = identifier(fields);
  out.site = place(fields, height, scenario.atmosphere);
  out.range = kilometres(fields.number("range_km", {1.0, most_km}));
  out.delay = delay(fields);
  out.clock = sensor_clock(fields);
  out.supply = supply(fields);
}

Length antenna(Fields& fields) {
  return Length::from_metres(fields.number("antenna_m", {-400.0, 6000.0}));
}

Radar radar(Fields fields, Scenario& scenario) {
  Radar out;
  common(out, fields, scenario, antenna(fields), 470.0);
  out.kind = word(fields, "kind", kRadarKinds);
  out.period = base::seconds(fields.number("period_s", {1.0, 60.0}));
  out.phase = fields.number("phase", {0.0, 1.0}, 0.0);
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
    if (fields.has("height_sd_m"))
      out.height_sd = Length::from_metres(fields.number("height_sd_m", {0.0, 5000.0}));
  }
  out.false_plots = fields.number("false_plots", {0.0, 1000.0}, 0.0);
  if (out.kind == RadarKind::mode_s) out.garbled = fields.number("garbled", kShare, 0.0);
  fields.finish();
  return out;
}

AdsbStation adsb_station(Fields fields, Scenario& scenario) {
  AdsbStation out;
  if (fields.has("kind")) out.from_space = word(fields, "kind", kAdsbKinds);
  common(out,
         fields,
         scenario,
         out.from_space ? Length() : antenna(fields),
         out.from_space ? 5000.0 : 600.0);
  if (fields.has("format")) out.format = word(fields, "format", kAdsbFormats);
  out.interval = base::seconds(fields.number("interval_s", {0.25, 60.0}, 1.0));
  out.pd = fields.number("pd", kShare);
  fields.finish();
  return out;
}

MlatSystem mlat_system(Fields fields, Scenario& scenario) {
  MlatSystem out;
  common(out, fields, scenario, Length(), 600.0);
  out.interval = base::seconds(fields.number("interval_s", {0.25, 60.0}, 1.0));
  out.status = base::seconds(fields.number("status_s", {0.25, 60.0}, 1.0));
  out.horizontal_sd = Length::from_metres(fields.number("horizontal_sd_m", {0.0, 2000.0}));
  out.lowest = Length::from_feet(fields.number("lowest_ft", {0.0, 60000.0}, 0.0));
  out.east_bias = Length::from_metres(fields.number("east_bias_m", {-1000.0, 1000.0}, 0.0));
  out.north_bias = Length::from_metres(fields.number("north_bias_m", {-1000.0, 1000.0}, 0.0));
  out.pd = fields.number("pd", kShare);
  fields.finish();
  return out;
}

SystemServer system_server(Fields fields, Scenario& scenario) {
  SystemServer out;
  common(out, fields, scenario, Length(), 5000.0);
  out.interval = base::seconds(fields.number("interval_s", {0.25, 60.0}, 4.0));
  out.horizontal_sd = Length::from_metres(fields.number("horizontal_sd_m", {0.0, 20000.0}));
  out.lag = base::seconds(fields.number("lag_s", {0.0, 30.0}, 0.0));
  out.initiation = base::seconds(fields.number("initiation_s", {0.0, 600.0}, 0.0));
  out.lowest = Length::from_feet(fields.number("lowest_ft", {0.0, 60000.0}, 0.0));
  fields.finish();
  return out;
}

// In the order in which faults and sources count them.
std::vector<Sensor*> all_sensors(Scenario& scenario) {
  std::vector<Sensor*> out;
  for (Radar& one : scenario.radars) out.push_back(&one);
  for (AdsbStation& one : scenario.adsb_stations) out.push_back(&one);
  for (MlatSystem& one : scenario.mlat_systems) out.push_back(&one);
  for (SystemServer& one : scenario.system_servers) out.push_back(&one);
  return out;
}

Fault fault(Fields fields, Scenario& scenario) {
  Fault out;
  const std::string source = fields.text("source");
  const std::vector<Sensor*> sensors = all_sensors(scenario);
  const auto found = std::find_if(
      sensors.begin(), sensors.end(), [&](const Sensor* sensor) { return sensor->name == source; });
  out.sensor = static_cast<std::uint16_t>(found - sensors.begin());
  out.kind = word(fields, "kind", kFaultKinds);
  if (found == sensors.end()) {
    fields.wrong("source", fmt::format("there is no sensor \"{}\"", source));
  } else if (fields.has("node")) {
    out.node = fields.text("node");
    const std::vector<std::string>& to = (*found)->nodes;
    if (std::find(to.begin(), to.end(), out.node) == to.end())
      fields.wrong("node", fmt::format("\"{}\" does not receive it", out.node));
    if (out.kind == FaultKind::power_cut)
      fields.wrong("node", "a power cut is of the sensor: it has no node");
  }
  const Window when = window(fields, out.kind == FaultKind::stall);
  out.from = when.from;
  out.until = when.until;
  out.repeats = when.repeats;
  const bool garbage = out.kind == FaultKind::truncated || out.kind == FaultKind::noise ||
                       out.kind == FaultKind::hostile;
  if (garbage) out.per_minute = fields.number("per_minute", {0.001, 60000.0});
  fields.finish();
  return out;
}

GnssFault gnss_fault(Fields fields, Scenario& scenario) {
  GnssFault out;
  out.kind = word(fields, "kind", kGnssFaultKinds);
  out.middle = place(fields, Length(), scenario.atmosphere);
  out.radius = kilometres(fields.number("radius_km", {1.0, 5000.0}));
  out.window = window(fields, true);
  switch (out.kind) {
    case GnssFaultKind::jam:
      break;
    case GnssFaultKind::spoof:
      out.told = {Angle::from_degrees(fields.number("told_latitude_deg", {-85.0, 85.0})),
                  Angle::from_degrees(fields.number("told_longitude_deg", {-180.0, 180.0})),
                  Length()};
      out.aircraft = fields.integer("aircraft", {1, 10000});
      break;
    case GnssFaultKind::meaconing:
      out.drift = Speed::from_mps(fields.number("drift_mps", {0.0, 1000.0}));
      out.drift_track = Angle::from_degrees(fields.number("drift_deg", {0.0, 360.0}));
      break;
    case GnssFaultKind::time_spoof:
      out.offset = base::seconds(fields.number("offset_s", {-7200.0, 7200.0}));
      for (Sensor* sensor : all_sensors(scenario)) {
        const double distance =
            ground_distance_m(frame_at(out.middle).position, frame_at(sensor->site).position);
        if (sensor->clock.gnss && distance <= out.radius.metres())
          sensor->clock.spoofs.push_back({out.window, out.offset});
      }
      break;
  }
  fields.finish();
  return out;
}

void plot_fault(Fields fields, Scenario& scenario) {
  PlotFault out;
  const std::string name = fields.text("radar");
  const auto radar =
      std::ranges::find_if(scenario.radars, [&](const Radar& one) { return one.name == name; });
  out.kind = word(fields, "kind", kPlotFaultKinds);
  out.window = window(fields, false);
  const bool echo = out.kind == PlotFaultKind::wind_farm || out.kind == PlotFaultKind::birds;
  if (radar == scenario.radars.end()) {
    fields.wrong("radar", fmt::format("there is no radar \"{}\"", name));
  } else if (echo != (radar->kind == RadarKind::primary)) {
    fields.wrong("kind", echo ? "is of a primary radar" : "is of a Mode S radar");
  }
  if (out.kind != PlotFaultKind::ring_around) out.share = fields.number("share", kShare);
  if (out.kind == PlotFaultKind::split)
    out.width = Angle::from_degrees(fields.number("width_deg", {0.5, 10.0}));
  if (echo || out.kind == PlotFaultKind::reflection) {
    out.azimuth = Angle::from_degrees(fields.number("azimuth_deg", {0.0, 360.0}));
    out.distance = kilometres(fields.number("distance_km", {0.1, 200.0}));
  }
  if (out.kind == PlotFaultKind::reflection || out.kind == PlotFaultKind::ring_around)
    out.reach = kilometres(fields.number("reach_km", {1.0, 470.0}));
  if (echo || out.kind == PlotFaultKind::ring_around)
    out.count = fields.integer("count", {1, 1000});
  if (echo) out.spread = kilometres(fields.number("spread_km", {0.0, 100.0}));
  if (out.kind == PlotFaultKind::birds)
    out.speed = Speed::from_mps(fields.number("speed_mps", {1.0, 40.0}));
  fields.finish();
  if (radar != scenario.radars.end()) radar->faults.push_back(out);
}

std::uint16_t traffic_named(Fields& fields, std::string_view key, const Scenario& scenario) {
  const std::string name = fields.text(key);
  for (std::size_t i = 0; i < scenario.traffic.size(); ++i) {
    if (scenario.traffic[i].name == name) return static_cast<std::uint16_t>(i);
  }
  fields.wrong(key, fmt::format("there is no traffic \"{}\"", name));
  return 0;
}

AircraftFault aircraft_fault(Fields fields, const Scenario& scenario) {
  AircraftFault out;
  out.kind = word(fields, "kind", kAircraftFaultKinds);
  out.traffic = traffic_named(fields, "traffic", scenario);
  out.window = window(fields, false);
  switch (out.kind) {
    case AircraftFaultKind::duplicate_address:
    case AircraftFaultKind::swapped_addresses:
      out.other = traffic_named(fields, "other", scenario);
      if (out.other == out.traffic) fields.wrong("other", "is the same traffic");
      break;
    case AircraftFaultKind::false_position:
      out.offset = kilometres(fields.number("offset_km", {0.0, 500.0}, 0.0));
      out.drift = Speed::from_mps(fields.number("drift_mps", {0.0, 1000.0}, 0.0));
      out.bearing = Angle::from_degrees(fields.number("bearing_deg", {0.0, 360.0}));
      break;
    case AircraftFaultKind::false_velocity:
      out.speed_factor = fields.number("speed_factor", {0.0, 5.0}, 1.0);
      out.turned = Angle::from_degrees(fields.number("turned_deg", {-180.0, 180.0}, 0.0));
      break;
    case AircraftFaultKind::late_position:
      out.late = base::seconds(fields.number("late_s", {-60.0, 60.0}));
      break;
  }
  fields.finish();
  return out;
}

MemberIndex member(Fields& fields,
                   const toml::node& node,
                   const std::string& field,
                   const Scenario& scenario) {
  const std::string name = fields.text_of(node, field);
  const auto found = std::find(scenario.members.begin(), scenario.members.end(), name);
  if (found == scenario.members.end()) {
    fields.mistakes().add(node.source(), field, fmt::format("there is no member \"{}\"", name));
    return {};
  }
  return {static_cast<std::uint16_t>(found - scenario.members.begin())};
}

// Two different members.
std::array<MemberIndex, 2> between(Fields& fields, const Scenario& scenario) {
  std::vector<MemberIndex> ends;
  fields.each("between", [&](const toml::node& node, const std::string& field) {
    ends.push_back(member(fields, node, field, scenario));
  });
  if (ends.size() != 2 || ends[0] == ends[1]) {
    fields.wrong("between", "is not two members");
    return {};
  }
  return {ends[0], ends[1]};
}

Link link(Fields fields, const Scenario& scenario) {
  Link out;
  out.between = between(fields, scenario);
  out.delay = delay(fields);
  out.loss = fields.number("loss", kShare, 0.0);
  out.reorders = fields.flag("reorders");
  for (const Link& other : scenario.links) {
    const auto [a, b] = other.between;
    if ((out.between[0] == a && out.between[1] == b) ||
        (out.between[0] == b && out.between[1] == a))
      fields.wrong("between", "has a link already");
  }
  fields.finish();
  return out;
}

LinkCut link_cut(Fields fields, const Scenario& scenario) {
  LinkCut out;
  if (const toml::node* node = fields.optional_node("node")) {
    out.member = member(fields, *node, fields.name_of("node"), scenario);
  } else {
    const auto [a, b] = between(fields, scenario);
    out.member = a;
    out.other = b;
  }
  out.window = window(fields, false);
  fields.finish();
  return out;
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
  tables(root, "radar", [&](const Fields& fields) {
    scenario.radars.push_back(radar(fields, scenario));
  });
  tables(root, "adsb_station", [&](const Fields& fields) {
    scenario.adsb_stations.push_back(adsb_station(fields, scenario));
  });
  tables(root, "mlat_system", [&](const Fields& fields) {
    scenario.mlat_systems.push_back(mlat_system(fields, scenario));
  });
  tables(root, "system_server", [&](const Fields& fields) {
    scenario.system_servers.push_back(system_server(fields, scenario));
  });
}

// A file over its base: a field replaces the base's; of tables in a list, one with a name the base
// knows changes that one, every other one is added.
void lay_over(toml::table& base, toml::table&& top);

void lay_list_over(toml::array& base, toml::array&& top) {
  for (toml::node& node : top) {
    toml::table* table = node.as_table();
    if (table == nullptr) {
      node.visit([&](auto& value) { base.push_back(std::move(value)); });
      continue;
    }
    const std::optional<std::string_view> name = (*table)["name"].value<std::string_view>();
    toml::table* same = nullptr;
    for (toml::node& other : base) {
      toml::table* candidate = other.as_table();
      if (name && candidate != nullptr && (*candidate)["name"].value<std::string_view>() == name) {
        same = candidate;
      }
    }
    if (same != nullptr) {
      lay_over(*same, std::move(*table));
    } else {
      base.push_back(std::move(*table));
    }
  }
}

bool holds_tables(const toml::array& array) { return !array.empty() && array.get(0)->is_table(); }

void lay_over(toml::table& base, toml::table&& top) {
  for (auto&& [key, value] : top) {
    toml::array* list = value.as_array();
    toml::array* below = base[key.str()].as_array();
    if (list != nullptr && below != nullptr && holds_tables(*list) && holds_tables(*below)) {
      lay_list_over(*below, std::move(*list));
    } else {
      value.visit([&](auto& node) { base.insert_or_assign(key.str(), std::move(node)); });
    }
  }
}

base::Result<toml::table> parse(std::string_view text,
                                std::string_view file,
                                const ReadFile& read,
                                int depth) {
  toml::parse_result parsed = toml::parse(text, file);
  if (!parsed) {
    return base::bad_input(fmt::format(
        "{}:{}: {}", file, parsed.error().source().begin.line, parsed.error().description()));
  }
  toml::table top = std::move(parsed).table();
  const toml::node* node = top.get("base");
  if (node == nullptr) return top;
  const auto refuse = [&](std::string_view why) {
    return base::bad_input(fmt::format("{}:{}: base: {}", file, node->source().begin.line, why));
  };
  const std::optional<std::string> name =
      node->is_string() ? node->value<std::string>() : std::nullopt;
  if (!name) return refuse("is not a text");
  if (!read) return refuse("no other file can be read here");
  if (depth >= kDeepestBase) return refuse("is too deep");
  const base::Result<std::string> below = read(*name);
  if (!below) return refuse(below.error().message);
  base::Result<toml::table> out = parse(*below, *name, read, depth + 1);
  if (!out) return out;
  top.erase("base");
  lay_over(*out, std::move(top));
  return out;
}

}  // namespace

base::Result<Scenario> load_scenario(std::string_view text,
                                     std::string_view file,
                                     const ReadFile& read) {
  const base::Result<toml::table> parsed = parse(text, file, read, 0);
  if (!parsed) return std::unexpected(parsed.error());
  Mistakes mistakes;
  Fields root(*parsed, "", mistakes);
  Scenario scenario;
  scenario.name = root.text("name");
  if (root.has("first_hour")) scenario.first_hour = root.integer("first_hour", {0, 23});
  root.each("members", [&](const toml::node& node, const std::string& field) {
    scenario.members.push_back(plain_name(root, node, field));
  });
  root.each("codes", [&](const toml::node& node, const std::string& field) {
    scenario.codes.push_back(code(root, node, field));
  });
  if (!scenario.codes.empty() && scenario.codes.size() != scenario.members.size())
    root.wrong("codes", "one for each of the members is needed");
  mistakes.set_members_listed(!scenario.members.empty());
  if (const toml::node* node = root.optional_node("atmosphere")) {
    if (const toml::table* table = node->as_table()) {
      scenario.atmosphere = atmosphere(Fields(*table, "atmosphere", mistakes));
    } else {
      root.wrong("atmosphere", "is not a table");
    }
  }
  tables(root, "ridge", [&](Fields fields) {
    scenario.atmosphere.ridges.push_back(ridge(std::move(fields), scenario.atmosphere));
  });
  const Names names = read_places(root, scenario);
  read_sensors(root, scenario);
  std::set<std::string_view> once;
  for (const Sensor* sensor : all_sensors(scenario)) {
    if (!once.insert(sensor->name).second)
      root.wrong("name", fmt::format("two sensors are called \"{}\"", sensor->name));
  }
  tables(root, "traffic", [&](Fields fields) {
    scenario.traffic.push_back(read_traffic(std::move(fields), names));
  });
  tables(root, "fault", [&](Fields fields) {
    scenario.faults.push_back(fault(std::move(fields), scenario));
  });
  tables(root, "gnss_fault", [&](Fields fields) {
    scenario.gnss_faults.push_back(gnss_fault(std::move(fields), scenario));
  });
  tables(root, "plot_fault", [&](Fields fields) { plot_fault(std::move(fields), scenario); });
  tables(root, "aircraft_fault", [&](Fields fields) {
    scenario.aircraft_faults.push_back(aircraft_fault(std::move(fields), scenario));
  });
  tables(root, "link", [&](Fields fields) {
    scenario.links.push_back(link(std::move(fields), scenario));
  });
  tables(root, "link_cut", [&](Fields fields) {
    scenario.link_cuts.push_back(link_cut(std::move(fields), scenario));
  });
  root.finish();
  if (mistakes.first()) return base::bad_input(*mistakes.first());
  return scenario;
}

}  // namespace liptako::sim
