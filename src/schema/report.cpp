#include "schema/report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "serve/json_writer.hpp"

namespace liptako::schema {
namespace {

// Longer cells push the next column to the right.
constexpr std::size_t kWidestColumn = 44;

std::string cell(std::string_view text, std::size_t width) {
  return fmt::format("{:<{}}  ", text, width);
}

std::string rest_of(const Field& field) {
  std::string out = field.values;
  if (!out.empty() && !field.meaning.empty()) out += "; ";
  return out + field.meaning;
}

}  // namespace

std::string to_json(std::span<const Type> types) {
  std::string out;
  serve::JsonWriter json(out);
  json.begin_object().key("types").begin_array();
  for (const Type& type : types) {
    json.begin_object();
    json.key("name").string(type.name);
    json.key("plane").string(name_of(type.plane));
    json.key("defined_in").begin_array();
    for (const std::string& file : type.defined_in) json.string(file);
    json.end_array();
    json.key("meaning").string(type.meaning);
    json.key("fields").begin_array();
    for (const Field& field : type.fields) {
      json.begin_object();
      json.key("name").string(type.full_name(field));
      json.key("type").string(field.type);
      json.key("unit").string(field.unit);
      json.key("values").string(field.values);
      json.key("meaning").string(field.meaning);
      json.end_object();
    }
    json.end_array();
    json.end_object();
  }
  json.end_array().end_object();
  return out + '\n';
}

std::string to_text(std::span<const Type> types, const Headings& headings) {
  std::string out;
  for (const Type& type : types) {
    if (!out.empty()) out += '\n';
    out += fmt::format("{} ({}): {}\n", type.name, name_of(type.plane), type.meaning);
    std::size_t names = headings.field.size();
    std::size_t kinds = headings.type.size();
    std::size_t units = headings.unit.size();
    for (const Field& field : type.fields) {
      names = std::min(kWidestColumn, std::max(names, field.path.size()));
      kinds = std::min(kWidestColumn, std::max(kinds, field.type.size()));
      units = std::max(units, field.unit.size());
    }
    const auto row = [&](std::string_view name,
                         std::string_view kind,
                         std::string_view unit,
                         std::string_view rest) {
      std::string line = "  " + cell(name, names) + cell(kind, kinds) + cell(unit, units);
      line += rest;
      line.erase(line.find_last_not_of(' ') + 1);
      out += line + '\n';
    };
    row(headings.field,
        headings.type,
        headings.unit,
        fmt::format("{}; {}", headings.values, headings.meaning));
    for (const Field& field : type.fields) row(field.path, field.type, field.unit, rest_of(field));
  }
  return out;
}

}  // namespace liptako::schema
