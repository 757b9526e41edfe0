// Reads the tables of a scenario file: each field asked for by name, within limits, and the first
// mistake kept with file and line. For the .cpp files that know what the fields mean.
#pragma once

#include <fmt/core.h>

#include <array>
#include <cmath>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/time.hpp"
#include "base/toml.hpp"
#include "base/units.hpp"
#include "sim/scenario.hpp"

namespace liptako::sim {

// Keeps the first mistake; readers go on with defaults, so that no reader needs to stop in the
// middle.
class Mistakes {
 public:
  void add(const toml::source_region& where, std::string_view field, std::string_view what) {
    if (first_) return;
    // A table that came from a base file knows its own file.
    first_ =
        fmt::format("{}:{}: {}: {}", where.path ? *where.path : "", where.begin.line, field, what);
  }
  [[nodiscard]] const std::optional<std::string>& first() const { return first_; }
  // Whether the file names its members: then a sensor's node must be one of them.
  void set_members_listed(bool listed) { members_listed_ = listed; }
  [[nodiscard]] bool members_listed() const { return members_listed_; }

 private:
  std::optional<std::string> first_;
  bool members_listed_ = false;
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
  [[nodiscard]] bool members_listed() const { return mistakes_->members_listed(); }
  [[nodiscard]] const toml::table& table() const { return *table_; }

 private:
  const toml::table* table_;
  std::string path_;
  Mistakes* mistakes_;
  std::set<std::string> used_;
};

inline constexpr Limits kShare{0.0, 1.0};

inline base::Duration minutes(double count) { return base::seconds(count * 60.0); }
inline base::Length kilometres(double count) { return base::Length::from_metres(count * 1e3); }

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

// Heights in the file are above mean sea level.
inline Place place(Fields& fields, base::Length above_sea, const Atmosphere& air) {
  return {base::Angle::from_degrees(fields.number("latitude_deg", {-85.0, 85.0})),
          base::Angle::from_degrees(fields.number("longitude_deg", {-180.0, 180.0})),
          above_sea + air.geoid};
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

// Calls f(Fields) for each [[key]] table.
template <class F>
void tables(Fields& root, std::string_view key, F&& f) {
  root.each(key, [&](const toml::node& node, const std::string& field) {
    const toml::table* table = node.as_table();
    if (table == nullptr) return root.mistakes().add(node.source(), field, "is not a table");
    f(Fields(*table, field, root.mistakes()));
  });
}

// The traffic and its routes.
[[nodiscard]] Traffic read_traffic(Fields fields, const Names& names);

}  // namespace liptako::sim
