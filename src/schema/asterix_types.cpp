// The ASTERIX categories as types, from the tables that decoder, encoder and JSON writer use: what
// is not here cannot be decoded. The paths are those of a line of `liptako decode`.
#include <fmt/format.h>

#include <map>

#include "codec/asterix/record.hpp"
#include "codec/asterix/table.hpp"
#include "schema/schema.hpp"

namespace liptako::schema {
namespace {

namespace asterix = codec::asterix;
using asterix::Form;
using asterix::Part;
using asterix::Shape;

std::string_view type_of(Form form) {
  switch (form) {
    case Form::number:
    case Form::signed_number:
      return "number";
    case Form::flag:
      return "flag";
    case Form::code:
      return "code";
    case Form::octal:
    case Form::address:
    case Form::text6:
    case Form::text8:
    case Form::hex:
      return "text";
    case Form::spare:
      break;
  }
  return "";
}

std::string values_of(const asterix::Field& field) {
  switch (field.form) {
    case Form::octal:
      return "octal digits";
    case Form::address:
    case Form::hex:
      return "hexadecimal digits";
    default:
      break;
  }
  std::string out;
  for (const std::string_view code : field.codes) {
    if (code.empty()) continue;
    if (!out.empty()) out += ' ';
    out += code;
  }
  return out;
}

// Of the name's last word, or words.
std::string_view unit_of(std::string_view name) {
  static const std::map<std::string_view, std::string_view> kUnits{{"deg", "deg"},
                                                                   {"dbm", "dBm"},
                                                                   {"fl", "FL"},
                                                                   {"ft", "ft"},
                                                                   {"ftmin", "ft/min"},
                                                                   {"hpa", "hPa"},
                                                                   {"kt", "kt"},
                                                                   {"m", "m"},
                                                                   {"min", "min"},
                                                                   {"mps", "m/s"},
                                                                   {"nm", "NM"},
                                                                   {"s", "s"},
                                                                   {"us", "us"},
                                                                   {"mps2", "m/s2"}};
  const auto at = kUnits.find(name.substr(name.rfind('_') + 1));
  return at == kUnits.end() ? std::string_view() : at->second;
}

class Walk {
 public:
  Walk(const asterix::Category& category, Type& type) : category_(category), type_(type) {}

  void item(const Part& item) {
    const std::string code = fmt::format("I{:03}/{}", category_.number, item.code);
    if (item.shape != Shape::compound) return part(item, "", code, item.title);
    put(std::string(item.name), "object", fmt::format("{}: {}", code, item.title));
    for (const Part& sub : category_.subs_of(item)) {
      if (sub.shape != Shape::unused) {
        part(sub, std::string(item.name) + '.', fmt::format("{}/{}", code, sub.code), item.title);
      }
    }
  }

 private:
  void put(std::string path, std::string_view kind, std::string meaning) {
    type_.fields.push_back({std::move(path), std::string(kind), "", "", std::move(meaning)});
  }

  void part(const Part& part,
            const std::string& prefix,
            const std::string& code,
            std::string_view title) {
    const bool list = part.shape == Shape::repetitive || part.shape == Shape::repetitive_fx;
    const bool one = part.value_count == 1 && part.shape != Shape::extended;
    const std::string path = prefix + std::string(part.name);
    const std::string meaning = fmt::format("{}: {}", code, title);
    if (part.name == "sac_sic") return put(path, "text", meaning);
    if (part.shape == Shape::explicit_length) return put(path, "text", meaning);
    if (!one || list) put(path, list ? (one ? "list of values" : "list") : "object", meaning);
    if (one && list) return;
    for (const asterix::Field& field : category_.fields_of(part)) {
      if (field.form == Form::spare) continue;
      type_.fields.push_back(
          {(one ? prefix : path + '.') + std::string(field.name),
           std::string(type_of(field.form)),
           std::string(unit_of(field.name)),
           values_of(field),
           fmt::format("{}{}{}: {}", code, field.code.empty() ? "" : "/", field.code, title)});
    }
  }

  const asterix::Category& category_;
  Type& type_;
};

}  // namespace

std::vector<Type> asterix_types() {
  std::vector<Type> out;
  const auto add = [&](const asterix::Category* category, std::string_view edition) {
    Type& type = out.emplace_back();
    type.name = fmt::format("asterix.cat{:03}{}", category->number, edition);
    type.plane = Plane::wire;
    type.defined_in = {fmt::format("spec/asterix/cat{:03}{}.hpp", category->number, edition)};
    type.meaning = fmt::format("{}, edition {}", category->title, category->edition);
    Walk walk(*category, type);
    for (const Part& item : category->items) {
      if (item.shape != Shape::unused) walk.item(item);
    }
  };
  constexpr asterix::Editions kOld{.cat021_ed023 = true};
  for (unsigned number = 0; number < 256; ++number) {
    const auto octet = static_cast<std::uint8_t>(number);
    const asterix::Category* category = asterix::find_category(octet);
    if (category == nullptr) continue;
    add(category, "");
    const asterix::Category* old = asterix::find_category(octet, kOld);
    if (old != category) add(old, "_ed023");
  }
  return out;
}

}  // namespace liptako::schema
