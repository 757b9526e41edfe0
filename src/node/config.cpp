#include "node/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <optional>
#include <set>
#include <span>

#include "base/toml.hpp"
#include "seal/sha256.hpp"
#include "track/sensors/models.hpp"
#include "track/tracker.hpp"

namespace liptako::node {
namespace {

using base::Error;
using base::Result;

constexpr std::size_t kMaxSources = 64;
constexpr std::size_t kMaxNameLength = 64;
constexpr std::size_t kMaxCodeLength = 8;
constexpr std::size_t kMaxMembers = 32;
constexpr double kMinSpeed = 0.001;  // but for 0: a day of recording would take three years

// Reads one table; keeps the first mistake, named by file, line and field, and makes every later
// read a no-op.
class Table {
 public:
  Table(const toml::table& table,
        std::string path,
        std::string_view file,
        std::optional<Error>& mistake)
      : table_(table), path_(std::move(path)), file_(file), mistake_(mistake) {}

  void allow_only(std::initializer_list<std::string_view> keys) {
    for (const auto& [key, value] : table_) {
      bool known = false;
      for (const std::string_view allowed : keys) known = known || key.str() == allowed;
      if (!known) refuse(key.str(), value.source().begin.line, "unknown field");
    }
  }

  void text(std::string_view key, std::string& out, bool required, std::size_t max_length = 4096) {
    const toml::node* node = find(key, required);
    if (node == nullptr) return;
    const auto value = node->value_exact<std::string>();
    if (!value) return refuse(key, line(*node), "a text in quotes is needed");
    if (value->empty() && required) return refuse(key, line(*node), "must not be empty");
    if (value->size() > max_length) {
      return refuse(key, line(*node), fmt::format("longer than {} characters", max_length));
    }
    out = *value;
  }

  // A list of texts, none of them empty; an absent one is an empty list.
  [[nodiscard]] std::vector<std::string> texts(std::string_view key, std::size_t max_count) {
    std::vector<std::string> out;
    const toml::node* node = find(key, false);
    if (node == nullptr) return out;
    const toml::array* array = node->as_array();
    if (array == nullptr || array->size() > max_count) {
      refuse(key, line(*node), fmt::format("a list of at most {} texts is needed", max_count));
      return out;
    }
    for (const toml::node& element : *array) {
      const auto value = element.value_exact<std::string>();
      if (!value || value->empty()) {
        refuse(key, line(element), "a list of texts in quotes is needed");
        return {};
      }
      out.push_back(*value);
    }
    return out;
  }

  // A list of numbers within a range; an absent one is an empty list.
  [[nodiscard]] std::vector<double> numbers(std::string_view key,
                                            double low,
                                            double high,
                                            std::size_t max_count) {
    std::vector<double> out;
    const toml::node* node = find(key, false);
    if (node == nullptr) return out;
    const toml::array* array = node->as_array();
    if (array == nullptr || array->size() > max_count) {
      refuse(key, line(*node), fmt::format("a list of at most {} numbers is needed", max_count));
      return out;
    }
    for (const toml::node& element : *array) {
      const auto value = element.is_number() ? element.value<double>() : std::nullopt;
      if (!value || !(*value >= low && *value <= high)) {
        refuse(key, line(element), fmt::format("a list of numbers in {}..{} is needed", low, high));
        return {};
      }
      out.push_back(*value);
    }
    return out;
  }

  void number(std::string_view key, double& out, double low, double high, bool required = false) {
    const toml::node* node = find(key, required);
    if (node == nullptr) return;
    const auto value = node->is_number() ? node->value<double>() : std::nullopt;
    if (!value) return refuse(key, line(*node), "a number is needed");
    if (!(*value >= low && *value <= high)) {
      return refuse(key, line(*node), fmt::format("{} is not in {}..{}", *value, low, high));
    }
    out = *value;
  }

  template <class Integer>
  void integer(std::string_view key,
               Integer& out,
               std::int64_t low,
               std::int64_t high,
               bool required = false) {
    const toml::node* node = find(key, required);
    if (node == nullptr) return;
    const auto value = node->value_exact<std::int64_t>();
    if (!value) return refuse(key, line(*node), "a whole number is needed");
    if (*value < low || *value > high) {
      return refuse(key, line(*node), fmt::format("{} is not in {}..{}", *value, low, high));
    }
    out = static_cast<Integer>(*value);
  }

  template <class Enum>
  void choice(std::string_view key,
              Enum& out,
              std::initializer_list<std::pair<std::string_view, Enum>> choices,
              bool required) {
    const toml::node* node = find(key, required);
    if (node == nullptr) return;
    const auto value = node->value_exact<std::string>();
    std::string names;
    for (const auto& [name, meaning] : choices) {
      if (value && *value == name) {
        out = meaning;
        return;
      }
      names += names.empty() ? "" : ", ";
      names += name;
    }
    refuse(key,
           line(*node),
           value ? fmt::format("'{}' is none of {}", *value, names)
                 : fmt::format("one of {} is needed", names));
  }

  void flag(std::string_view key, bool& out) {
    const toml::node* node = find(key, false);
    if (node == nullptr) return;
    const auto value = node->value_exact<bool>();
    if (!value) return refuse(key, line(*node), "true or false is needed");
    out = *value;
  }

  [[nodiscard]] bool has(std::string_view key) const { return table_.contains(key); }
  [[nodiscard]] std::uint32_t line_of(std::string_view key) const {
    const toml::node* node = table_.get(key);
    return node != nullptr ? line(*node) : line(table_);
  }
  void refuse(std::string_view key, std::uint32_t at_line, std::string_view why) {
    if (mistake_) return;
    const std::string_view dot = path_.empty() ? "" : ".";
    mistake_ = Error{base::ErrorKind::bad_input,
                     fmt::format("{}:{}: {}{}{}: {}", file_, at_line, path_, dot, key, why)};
  }
  [[nodiscard]] static std::uint32_t line(const toml::node& node) {
    return node.source().begin.line;
  }

 private:
  const toml::node* find(std::string_view key, bool required) {
    const toml::node* node = table_.get(key);
    if (node == nullptr && required) refuse(key, line(table_), "missing");
    return mistake_ ? nullptr : node;
  }

  const toml::table& table_;
  std::string path_;
  std::string_view file_;
  std::optional<Error>& mistake_;
};

bool is_ipv4(std::string_view text) {
  int parts = 0;
  while (true) {
    const std::size_t dot = std::min(text.find('.'), text.size());
    std::uint8_t part = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + dot, part);
    if (failure != std::errc{} || end != text.data() + dot) return false;
    ++parts;
    if (dot == text.size()) return parts == 4;
    text.remove_prefix(dot + 1);
  }
}

// What cannot be a name; the system's reader of addresses has the last word.
bool is_ipv6(std::string_view text) {
  return text.find(':') != std::string_view::npos &&
         text.substr(0, text.find('%')).find_first_not_of("0123456789abcdefABCDEF:.") ==
             std::string_view::npos;
}

bool is_group(std::string_view address) {
  if (!is_ipv4(address)) return address.starts_with("ff") || address.starts_with("FF");
  int first = 0;
  std::from_chars(address.data(), address.data() + address.find('.'), first);
  return first >= 224 && first <= 239;
}

// "127.0.0.1:8600" or "[::1]:8600".
bool split_address(std::string_view text, std::string& address, std::uint16_t& port) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  if (host.front() == '[') {
    if (host.back() != ']' || host.size() < 4) return false;
    host = host.substr(1, host.size() - 2);
  }
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (failure != std::errc{} || end != digits.data() + digits.size()) return false;
  address = host;
  return true;
}

// Refuses what split_address() does not take, and what is a name.
void read_address(Table& t,
                  std::string_view key,
                  std::string_view text,
                  std::string_view example,
                  std::string& address,
                  std::uint16_t& port) {
  if (text.empty()) return;
  if (!split_address(text, address, port))
    return t.refuse(key, t.line_of(key), fmt::format("'{}' is not of the form {}", text, example));
  if (!is_ipv4(address) && !is_ipv6(address)) {
    t.refuse(key,
             t.line_of(key),
             fmt::format("'{}' is no IP address, and names are not resolved: write one like {}",
                         address,
                         example));
  }
}

using track::SensorKind;

// Refuses a field that means something only for other kinds of sensors.
void allow_for(Table& t, std::string_view key, bool allowed, std::string_view kinds) {
  if (t.has(key) && !allowed)
    t.refuse(key, t.line_of(key), fmt::format("is a field of {} only", kinds));
}

// The fields of sensors that state positions computed by another system.
void read_stated_accuracy(Table& t, track::SensorDescription& s) {
  const bool tracker = s.kind == SensorKind::tracker;
  const bool uav = s.kind == SensorKind::uav_telemetry;
  const bool mlat = s.kind == SensorKind::mlat;
  allow_for(
      t,
      "position_sd_m",
      tracker || mlat || uav || s.kind == SensorKind::ads_b || s.kind == SensorKind::remote_id,
      "kinds adsb, mlat, tracker, uav and remote_id");
  for (const std::string_view key : {"position_sd_m_per_km", "aerodrome_radius_m"})
    allow_for(t, key, mlat, "kind mlat");
  allow_for(t, "surface", s.kind == SensorKind::polar_radar, "kind radar");
  allow_for(t, "memory_s", tracker || uav, "kinds tracker and uav");
  for (const std::string_view key : {"velocity_sd_mps", "velocity_axes", "carries"})
    allow_for(t, key, tracker, "kind tracker");
  double position_sd = s.position_sd.metres(), velocity_sd = s.velocity_sd.mps(),
         memory = base::to_seconds(s.memory);
  t.number("position_sd_m", position_sd, 1, 10'000);
  double per_km = s.position_sd_per_km.metres(), aerodrome = s.aerodrome_radius.metres();
  t.number("position_sd_m_per_km", per_km, 0, 100);
  t.number("aerodrome_radius_m", aerodrome, 0, 20'000);
  s.position_sd_per_km = base::Length::from_metres(per_km);
  s.aerodrome_radius = base::Length::from_metres(aerodrome);
  t.flag("surface", s.surface);
  t.number("velocity_sd_mps", velocity_sd, 0.1, 100);
  t.number("memory_s", memory, 0.1, 600);
  s.position_sd = base::Length::from_metres(position_sd);
  s.velocity_sd = base::Speed::from_mps(velocity_sd);
  s.memory = base::seconds(memory);
  t.choice("velocity_axes", s.plane_velocity, {{"north", false}, {"plane", true}}, false);
  if (s.plane_velocity && !s.placed) {
    t.refuse("velocity_axes",
             t.line_of("velocity_axes"),
             "the plane's origin is needed: lat_deg and lon_deg");
  }
}

// What a radar's antenna can see.
void read_view(Table& t, track::SensorDescription& s) {
  using base::Angle;
  for (const std::string_view key :
       {"range_min_m", "elevation_min_deg", "elevation_max_deg", "horizon_deg"})
    allow_for(t, key, s.kind == SensorKind::polar_radar, "kind radar");
  double range_min = s.range_min.metres(), low = s.elevation_min.degrees(),
         high = s.elevation_max.degrees();
  t.number("range_min_m", range_min, 0, 100'000);
  t.number("elevation_min_deg", low, -10, 30);
  t.number("elevation_max_deg", high, 1, 90);
  s.range_min = base::Length::from_metres(range_min);
  s.elevation_min = Angle::from_degrees(low);
  s.elevation_max = Angle::from_degrees(high);
  if (!(s.elevation_min < s.elevation_max)) {
    t.refuse("elevation_max_deg",
             t.line_of("elevation_max_deg"),
             fmt::format("is not above elevation_min_deg, {}", low));
  }
  if (!(s.range_min < s.range_max)) {
    t.refuse("range_min_m",
             t.line_of("range_min_m"),
             fmt::format("is not below range_max_m, {}", s.range_max.metres()));
  }
  for (const double horizon :
       t.numbers("horizon_deg", -10, 60, track::SensorDescription::kMaxHorizon))
    s.horizon.push_back(Angle::from_degrees(horizon));
}

track::SensorDescription read_sensor(Table& t) {
  using base::Angle;
  using base::Length;
  t.allow_only({"name",
                "sac",
                "sic",
                "kind",
                "lat_deg",
                "lon_deg",
                "height_m",
                "period_s",
                "range_sd_m",
                "azimuth_sd_deg",
                "elevation_sd_deg",
                "latency_sd_s",
                "position_sd_m",
                "position_sd_m_per_km",
                "aerodrome_radius_m",
                "surface",
                "velocity_sd_mps",
                "velocity_axes",
                "memory_s",
                "carries",
                "range_max_m",
                "range_min_m",
                "elevation_min_deg",
                "elevation_max_deg",
                "horizon_deg",
                "detection_probability",
                "false_plots_primary",
                "false_plots_secondary",
                "false_plots_addressed"});
  SensorKind kind = SensorKind::polar_radar;
  t.choice("kind",
           kind,
           {{"radar", SensorKind::polar_radar},
            {"adsb", SensorKind::ads_b},
            {"mlat", SensorKind::mlat},
            {"tracker", SensorKind::tracker},
            {"uav", SensorKind::uav_telemetry},
            {"remote_id", SensorKind::remote_id},
            {"observer", SensorKind::observer}},
           true);
  track::SensorDescription s = track::described(kind);
  t.text("name", s.name, true, kMaxNameLength);
  t.integer("sac", s.sac_sic.sac, 0, 255, true);
  t.integer("sic", s.sac_sic.sic, 0, 255, true);
  const bool needs_site = track::model_of(kind).needs_site;
  double lat = 0, lon = 0, height = 0;
  t.number("lat_deg", lat, -90, 90, needs_site);
  t.number("lon_deg", lon, -180, 180, needs_site);
  t.number("height_m", height, -500, 9000);
  s.placed = t.has("lat_deg") && t.has("lon_deg");
  s.site = {Angle::from_degrees(lat), Angle::from_degrees(lon), Length::from_metres(height)};
  double period = base::to_seconds(s.period);
  t.number("period_s", period, 0.1, 60);
  s.period = base::seconds(period);
  double range_sd = s.range_sd.metres(), azimuth_sd = s.azimuth_sd.degrees(),
         elevation_sd = s.elevation_sd.degrees(), range_max = s.range_max.metres();
  t.number("range_sd_m", range_sd, 1, 5000);
  t.number("azimuth_sd_deg", azimuth_sd, 0.001, 10);
  allow_for(t, "elevation_sd_deg", kind == SensorKind::polar_radar, "kind radar");
  t.number("elevation_sd_deg", elevation_sd, 0.001, 10);
  t.number("range_max_m", range_max, 1000, 1'000'000);
  s.range_sd = Length::from_metres(range_sd);
  s.azimuth_sd = Angle::from_degrees(azimuth_sd);
  s.elevation_sd = Angle::from_degrees(elevation_sd);
  s.range_max = Length::from_metres(range_max);
  read_view(t, s);
  double latency = base::to_seconds(s.latency_sd);
  t.number("latency_sd_s", latency, 0, kind == SensorKind::observer ? 60 : 5);
  s.latency_sd = base::seconds(latency);
  read_stated_accuracy(t, s);
  t.number("detection_probability", s.detection_probability, 0.01, 0.999);
  t.number("false_plots_primary", s.false_plots_primary, 1e-6, 1e4);
  t.number("false_plots_secondary", s.false_plots_secondary, 1e-6, 1e4);
  t.number("false_plots_addressed", s.false_plots_addressed, 1e-9, 1e4);
  return s;
}

// What the bytes are, and of which receiver, if they do not say themselves.
void read_format(Table& t, std::span<const track::SensorDescription> sensors, SourceConfig& s) {
  using feeds::SourceFormat;
  t.choice("format",
           s.format,
           {{"asterix", SourceFormat::asterix},
            {"beast", SourceFormat::beast},
            {"avr", SourceFormat::avr}},
           false);
  const bool asterix = s.format == SourceFormat::asterix;
  allow_for(t, "edition", asterix, "format asterix");
  // Of CAT021.
  t.choice("edition", s.editions.cat021_ed023, {{"2", false}, {"0.23", true}}, false);
  allow_for(t, "sensor", !asterix, "formats beast and avr");
  std::string name;
  t.text("sensor", name, !asterix, kMaxNameLength);
  if (asterix || name.empty()) return;
  const auto sensor = std::ranges::find_if(sensors, [&](const track::SensorDescription& d) {
    return d.name == name && d.kind == SensorKind::ads_b;
  });
  if (sensor == sensors.end()) {
    return t.refuse(
        "sensor", t.line_of("sensor"), fmt::format("no sensor of kind adsb is called '{}'", name));
  }
  s.sensor = sensor->sac_sic;
  // A receiver's stamps tell no time of day that the clock's pace could be held against.
  if (s.kind == SourceKind::file && s.speed != 1.0 && s.time == SourceTime::utc) {
    t.refuse("speed",
             t.line_of("speed"),
             "a receiver's recording tells no UTC: at a speed other than 1 it needs "
             "time = \"rebase\"");
  }
}

SourceConfig read_source(Table& t, std::span<const track::SensorDescription> sensors) {
  t.allow_only({"name",
                "kind",
                "address",
                "interface",
                "path",
                "format",
                "edition",
                "sensor",
                "speed",
                "time",
                "stall_after_s"});
  SourceConfig s;
  t.text("name", s.name, true, kMaxNameLength);
  t.choice("kind",
           s.kind,
           {{"udp", SourceKind::udp},
            {"multicast", SourceKind::multicast},
            {"tcp", SourceKind::tcp},
            {"tcp_listen", SourceKind::tcp_listen},
            {"file", SourceKind::file},
            {"internal", SourceKind::internal}},
           true);
  const bool is_file = s.kind == SourceKind::file;
  const bool is_internal = s.kind == SourceKind::internal;
  std::string address;
  t.text("address", address, !is_file && !is_internal);
  read_address(t, "address", address, "127.0.0.1:8600", s.address, s.port);
  if (s.kind == SourceKind::multicast && !is_group(s.address)) {
    t.refuse("address",
             t.line_of("address"),
             fmt::format("'{}' is not a multicast group (224.0.0.0 to 239.255.255.255, ff00::)",
                         s.address));
  }
  if (s.port == 0 && (s.kind == SourceKind::tcp || s.kind == SourceKind::multicast)) {
    t.refuse("address", t.line_of("address"), "a port other than 0 is needed");
  }
  t.text("interface", s.interface, false, kMaxNameLength);
  t.text("path", s.path, is_file);
  if (s.path == "-") {
    t.refuse("path", t.line_of("path"), "a node reads no standard input: name a file");
  }
  t.number("speed", s.speed, 0, 1000);
  if (s.speed > 0.0 && s.speed < kMinSpeed) {
    t.refuse("speed",
             t.line_of("speed"),
             fmt::format("{} is neither 0 nor in {}..1000", s.speed, kMinSpeed));
  }
  t.choice("time", s.time, {{"utc", SourceTime::utc}, {"rebase", SourceTime::rebase}}, false);
  read_format(t, sensors, s);
  double stall_after = base::to_seconds(s.stall_after);
  t.number("stall_after_s", stall_after, 1, 3600);
  s.stall_after = base::seconds(stall_after);
  return s;
}

// Calls read(Table&) for each element of an array of tables.
template <class Read>
void each(const toml::table& root,
          std::string_view key,
          std::size_t limit,
          std::string_view file,
          std::optional<Error>& mistake,
          Read read) {
  const toml::node* node = root.get(key);
  if (node == nullptr) return;
  Table top(root, "", file, mistake);
  const toml::array* array = node->as_array();
  if (array == nullptr || !array->is_homogeneous(toml::node_type::table)) {
    return top.refuse(key, Table::line(*node), fmt::format("write it as [[{}]]", key));
  }
  if (array->size() > limit) {
    return top.refuse(
        key, Table::line(*node), fmt::format("{} are more than {}", array->size(), limit));
  }
  for (std::size_t i = 0; i < array->size() && !mistake; ++i) {
    Table table(*array->get_as<toml::table>(i), fmt::format("{}[{}]", key, i), file, mistake);
    read(table);
  }
}

void read_sensors(const toml::table& root,
                  std::string_view file,
                  std::optional<Error>& mistake,
                  std::vector<track::SensorDescription>& sensors) {
  std::set<std::pair<base::SacSic, SensorKind>> taken;
  std::vector<std::vector<std::string>> carried;  // names, of each sensor
  each(root, "sensor", track::Tracker::kMaxSensors, file, mistake, [&](Table& t) {
    sensors.push_back(read_sensor(t));
    carried.push_back(t.texts("carries", track::Tracker::kMaxSensors));
    if (!taken.insert({sensors.back().sac_sic, sensors.back().kind}).second) {
      t.refuse("sic",
               t.line_of("sic"),
               fmt::format("SAC/SIC {} is used twice", sensors.back().sac_sic.to_string()));
    }
  });
  // Names of sensors further down count too.
  std::size_t next = 0;
  each(root, "sensor", track::Tracker::kMaxSensors, file, mistake, [&](Table& t) {
    const std::size_t own = next++;
    for (const std::string& name : carried[own]) {
      std::uint64_t found = 0;
      for (std::size_t i = 0; i < sensors.size(); ++i) {
        if (sensors[i].name == name && i != own) found |= std::uint64_t{1} << i;
      }
      if (found == 0) {
        t.refuse(
            "carries", t.line_of("carries"), fmt::format("no other sensor is called '{}'", name));
      }
      sensors[own].carries |= found;
    }
  });
}

bool is_host_name(std::string_view text) {
  return text.size() <= 253 && !text.empty() && text.front() != '.' && text.front() != '-' &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '.';
         });
}

ServerConfig read_server(const toml::table& table,
                         std::string_view file,
                         std::optional<Error>& mistake) {
  constexpr std::size_t kMaxNames = 16;
  Table t(table, "server", file, mistake);
  t.allow_only({"names", "certificate", "key"});
  ServerConfig config;
  config.names = t.texts("names", kMaxNames);
  for (const std::string& name : config.names) {
    if (!is_host_name(name) && !is_ipv6(name)) {
      t.refuse("names",
               t.line_of("names"),
               fmt::format("'{}' is neither the name of a host nor an IP address", name));
    }
  }
  t.text("certificate", config.certificate, false);
  t.text("key", config.key, false);
  if (config.certificate.empty() != config.key.empty()) {
    const std::string_view given = config.key.empty() ? "certificate" : "key";
    t.refuse(given, t.line_of(given), "certificate and key go together");
  }
  return config;
}

bool is_code(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

// Only a console on this machine may be shown beside this one's: until login exists a node serves
// on loopback only. Not at [::1]: a content security policy has no word for it, and a browser would
// not show it.
bool is_console(std::string_view text) {
  std::string address;
  std::uint16_t port = 0;
  return text.starts_with("http://127.0.0.1:") && text.ends_with("/") &&
         split_address(text.substr(7, text.size() - 8), address, port) && port != 0;
}

FederationConfig read_federation(const toml::table& table,
                                 std::string_view file,
                                 std::optional<Error>& mistake) {
  Table t(table, "federation", file, mistake);
  t.allow_only({"name", "self", "member"});
  FederationConfig config;
  t.text("name", config.name, true, kMaxNameLength);
  std::string self;
  t.text("self", self, true, kMaxCodeLength);
  std::set<std::string> codes;
  each(table, "member", kMaxMembers, file, mistake, [&](Table& m) {
    m.allow_only({"id", "code", "name", "console"});
    FederationMember member;
    m.integer("id", member.id.value, 1, 255, true);
    m.text("code", member.code, true, kMaxCodeLength);
    m.text("name", member.name, true, kMaxNameLength);
    m.text("console", member.console, false);
    if (!is_code(member.code))
      m.refuse("code", m.line_of("code"), "only upper-case letters and digits");
    if (!codes.insert(member.code).second) m.refuse("code", m.line_of("code"), "is used twice");
    if (!config.members.empty() && member.id <= config.members.back().id)
      m.refuse("id", m.line_of("id"), "must be greater than that of the member before");
    if (!member.console.empty() && !is_console(member.console)) {
      m.refuse("console",
               m.line_of("console"),
               fmt::format("'{}' is not of the form http://127.0.0.1:8080/", member.console));
    }
    if (member.code == self) config.self = member.id;
    config.members.push_back(std::move(member));
  });
  if (config.self.value == 0)
    t.refuse("self", t.line_of("self"), fmt::format("no member has the code '{}'", self));
  return config;
}

KeysConfig read_keys(const toml::table& table,
                     std::string_view file,
                     std::optional<Error>& mistake) {
  constexpr std::size_t kMaxWitnesses = 64;
  Table t(table, "keys", file, mistake);
  t.allow_only({"folder", "authority", "roster", "roster_sha256", "witnesses"});
  KeysConfig config;
  t.text("folder", config.folder, false);
  t.text("authority", config.authority, false, kMaxNameLength);
  if (!config.authority.empty() && !seal::is_key_name(config.authority)) {
    t.refuse("authority", t.line_of("authority"), "no spaces and no '+', as in ml.example");
  }
  t.text("roster", config.roster, false);
  t.text("roster_sha256", config.roster_sha256, false);
  if (!config.roster_sha256.empty()) {
    const auto digest = seal::digest_from_hex(config.roster_sha256);
    if (!digest || seal::to_hex(*digest) != config.roster_sha256) {
      t.refuse("roster_sha256", t.line_of("roster_sha256"), "64 lower-case hex digits are needed");
    }
    if (config.roster.empty()) {
      t.refuse("roster_sha256", t.line_of("roster_sha256"), "goes with roster");
    }
  }
  for (const std::string& vkey : t.texts("witnesses", kMaxWitnesses)) {
    auto key = seal::VerifierKey::parse(vkey);
    if (!key) {
      t.refuse("witnesses", t.line_of("witnesses"), key.error().message);
      return config;
    }
    if (std::ranges::find(config.witnesses, *key) != config.witnesses.end()) {
      t.refuse("witnesses", t.line_of("witnesses"), fmt::format("{} stands twice", key->name));
    }
    config.witnesses.push_back(std::move(*key));
  }
  return config;
}

StandbyConfig read_standby(const toml::table& table,
                           std::string_view file,
                           std::optional<Error>& mistake) {
  Table t(table, "standby", file, mistake);
  t.allow_only({"listen", "follow", "peer", "takeover_after_s"});
  StandbyConfig config;
  config.listens = table.contains("listen");
  if (config.listens == table.contains("follow")) {
    t.refuse(
        "listen",
        t.line_of("listen"),
        "one of listen and follow is needed: listen on the machine that is in charge at first, "
        "follow on the one that stands by");
    return config;
  }
  const std::string_view key = config.listens ? "listen" : "follow";
  std::string address;
  t.text(key, address, true);
  read_address(t, key, address, "10.0.0.1:8700", config.address, config.port);
  std::string peer;
  t.text("peer", peer, true);
  if (auto vkey = seal::VerifierKey::parse(peer); vkey) {
    config.peer = std::move(*vkey);
  } else if (!peer.empty()) {
    t.refuse("peer", t.line_of("peer"), vkey.error().message);
  }
  const toml::node* after = table.get("takeover_after_s");
  if (after != nullptr && after->value_exact<std::string>() == "never") {
    config.takeover_after.reset();
  } else {
    double seconds = base::to_seconds(*config.takeover_after);
    t.number("takeover_after_s", seconds, 2, 60);
    config.takeover_after = base::seconds(seconds);
  }
  return config;
}

Result<toml::table> parse(std::string_view text, std::string_view file) {
  toml::parse_result parsed = toml::parse(text, file);
  if (!parsed) {
    return base::bad_input(fmt::format(
        "{}:{}: {}", file, parsed.error().source().begin.line, parsed.error().description()));
  }
  return std::move(parsed).table();
}

void read_tracking(const toml::table& root,
                   std::string_view file,
                   std::optional<Error>& mistake,
                   NodeConfig& config) {
  const toml::node* node = root.get("tracking");
  if (node == nullptr) return;
  const toml::table* table = node->as_table();
  if (table == nullptr)
    return Table(root, "", file, mistake)
        .refuse("tracking", Table::line(*node), "write it as [tracking]");
  Table t(*table, "tracking", file, mistake);
  t.allow_only({"registration", "terrain"});
  t.flag("registration", config.registration);
  t.text("terrain", config.terrain, false);
}

}  // namespace

std::string_view name_of(SourceKind kind) {
  switch (kind) {
    case SourceKind::udp:
      return "udp";
    case SourceKind::multicast:
      return "multicast";
    case SourceKind::tcp:
      return "tcp";
    case SourceKind::tcp_listen:
      return "tcp_listen";
    case SourceKind::file:
      return "file";
    case SourceKind::internal:
      return "internal";
  }
  return "";
}

bool runs_ahead(const SourceConfig& source) {
  return source.kind == SourceKind::file && source.time == SourceTime::rebase &&
         source.speed != 1.0;
}

bool same_stream(const SourceConfig& a, const SourceConfig& b) {
  return a.name == b.name && a.kind == b.kind && a.address == b.address && a.port == b.port &&
         a.interface == b.interface && a.path == b.path && a.speed == b.speed &&
         a.format == b.format;
}

Result<NodeConfig> parse_config(std::string_view text, std::string_view file) {
  auto root = parse(text, file);
  if (!root) return std::unexpected(root.error());
  std::optional<Error> mistake;
  NodeConfig config;
  Table top(*root, "", file, mistake);
  top.allow_only({"federation",
                  "keys",
                  "node",
                  "record",
                  "sensor",
                  "server",
                  "source",
                  "standby",
                  "tracking"});
  const toml::table* node = root->get_as<toml::table>("node");
  if (node == nullptr) {
    top.refuse("node", 1, "the table [node] is missing");
  } else {
    Table t(*node, "node", file, mistake);
    t.allow_only({"name", "record", "listen"});
    t.text("name", config.name, true, kMaxNameLength);
    t.text("record", config.record, true);
    std::string listen;
    t.text("listen", listen, false);
    read_address(t, "listen", listen, "127.0.0.1:8080", config.listen_address, config.listen_port);
  }
  if (const toml::node* record = root->get("record")) {
    const toml::table* table = record->as_table();
    if (table == nullptr) {
      top.refuse("record", Table::line(*record), "write it as [record]");
    } else {
      Table t(*table, "record", file, mistake);
      t.allow_only({"retain_days"});
      int days = static_cast<int>(config.retain / base::kDay);
      t.integer("retain_days", days, 1, 36'500);
      config.retain = days * base::kDay;
    }
  }
  read_tracking(*root, file, mistake, config);
  if (const toml::node* server = root->get("server")) {
    const toml::table* table = server->as_table();
    if (table == nullptr)
      top.refuse("server", Table::line(*server), "write it as [server]");
    else
      config.server = read_server(*table, file, mistake);
  }
  read_sensors(*root, file, mistake, config.sensors);
  std::set<std::string> names;
  each(*root, "source", kMaxSources, file, mistake, [&](Table& t) {
    config.sources.push_back(read_source(t, config.sensors));
    if (!names.insert(config.sources.back().name).second)
      t.refuse("name", t.line_of("name"), "is used twice");
    // Against the first: then every pair agrees.
    const SourceConfig& first = config.sources.front();
    const SourceConfig& last = config.sources.back();
    if (runs_ahead(first) != runs_ahead(last)) {
      const SourceConfig& other = runs_ahead(last) ? first : last;
      t.refuse(runs_ahead(last) ? "speed" : "name",
               t.line_of(runs_ahead(last) ? "speed" : "name"),
               fmt::format("a file with time = \"rebase\" and a speed other than 1 takes the time "
                           "of the whole picture with it, so it cannot stand next to source '{}', "
                           "which keeps to the clock",
                           other.name));
    }
  });
  if (const toml::node* federation = root->get("federation")) {
    const toml::table* table = federation->as_table();
    if (table == nullptr)
      top.refuse("federation", Table::line(*federation), "write it as [federation]");
    else
      config.federation = read_federation(*table, file, mistake);
  }
  if (const toml::node* keys = root->get("keys")) {
    const toml::table* table = keys->as_table();
    if (table == nullptr)
      top.refuse("keys", Table::line(*keys), "write it as [keys]");
    else
      config.keys = read_keys(*table, file, mistake);
  }
  if (const toml::node* standby = root->get("standby")) {
    const toml::table* table = standby->as_table();
    if (table == nullptr)
      top.refuse("standby", Table::line(*standby), "write it as [standby]");
    else
      config.standby = read_standby(*table, file, mistake);
  }
  if (mistake) return std::unexpected(*mistake);
  return config;
}

bool weighs_heavily(const NodeConfig& now, const NodeConfig& next) {
  return next.retain < now.retain || next.federation != now.federation || next.keys != now.keys ||
         next.server != now.server || next.standby != now.standby;
}

std::string key_folder_of(const NodeConfig& config, std::string_view record) {
  if (!config.keys.folder.empty()) return config.keys.folder;
  while (record.size() > 1 && record.ends_with('/')) record.remove_suffix(1);
  return std::string(record) + ".keys";
}

std::string authority_of(const NodeConfig& config) {
  if (!config.keys.authority.empty()) return config.keys.authority;
  std::string label;
  for (char c : config.name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    label += plain ? c : '-';
  }
  return label + ".liptako.internal";
}

Result<std::string> parse_terrain(std::string_view text, std::string_view file) {
  auto root = parse(text, file);
  if (!root) return std::unexpected(root.error());
  std::optional<Error> mistake;
  NodeConfig config;
  read_tracking(*root, file, mistake, config);
  if (mistake) return std::unexpected(*mistake);
  return config.terrain;
}

Result<std::vector<track::SensorDescription>> parse_sensors(std::string_view text,
                                                            std::string_view file) {
  auto root = parse(text, file);
  if (!root) return std::unexpected(root.error());
  std::optional<Error> mistake;
  std::vector<track::SensorDescription> sensors;
  read_sensors(*root, file, mistake, sensors);
  if (mistake) return std::unexpected(*mistake);
  return sensors;
}

}  // namespace liptako::node
