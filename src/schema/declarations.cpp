// Reads the declarations of types.
//
//   group NAME                          fields that several types share
//   type NAME
//     plane PLANE
//     in FILE...                        that write or read it
//     says MEANING
//     NAME | TYPE | UNIT | VALUES | MEANING
//       NAME | ...                      a field within the one above, two blanks deeper
//     include GROUP
//     parts PATH...                     fields of which only the names are told
#include <fmt/format.h>

#include <array>
#include <map>
#include <optional>
#include <set>

#include "schema/schema.hpp"

namespace liptako::schema {
namespace {

constexpr std::size_t kDeepest = 8;
constexpr std::array kPlanes = {Plane::wire,
                                Plane::api,
                                Plane::record,
                                Plane::document,
                                Plane::configuration,
                                Plane::command_output};

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

std::vector<std::string> words_in(std::string_view text) {
  std::vector<std::string> words;
  while (!(text = trimmed(text)).empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return words;
}

// The first word of a line and what follows it.
std::pair<std::string_view, std::string_view> split_word(std::string_view line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  return {line.substr(0, end), trimmed(line.substr(end))};
}

// The unit that ends a name.
std::string_view unit_of(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kUnits{{
      {"_deg", "deg"},
      {"_fl", "FL"},
      {"_ft", "ft"},
      {"_ftmin", "ft/min"},
      {"_hpa", "hPa"},
      {"_k", "K"},
      {"_km", "km"},
      {"_kt", "kt"},
      {"_m", "m"},
      {"_min", "min"},
      {"_mps", "m/s"},
      {"_nm", "NM"},
      {"_ns", "ns"},
      {"_s", "s"},
  }};
  for (const auto& [ending, unit] : kUnits) {
    if (name.ends_with(ending)) return unit;
  }
  return {};
}

bool is_number(std::string_view type) {
  return type.starts_with("number") || type.starts_with("integer") ||
         type.starts_with("list of number") || type == "i64" || type == "f32";
}

// A group or a type while it is read: the lines of its fields, groups not yet put in.
struct Line {
  std::size_t depth = 0;
  std::string include;  // a group's name, or empty
  Field field;          // `path` holds the name alone
};
struct Block {
  Type type;
  std::vector<Line> lines;
  std::string where;
};

class Parser {
 public:
  base::Result<void> read(const Declarations& file) {
    std::string_view rest = file.text;
    std::size_t number = 0;
    Block* block = nullptr;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      const std::string_view line = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      where_ = fmt::format("{}:{}", file.file, ++number);
      if (trimmed(line).empty() || line.starts_with('#')) continue;
      const std::size_t indent = line.find_first_not_of(' ');
      auto done = indent == 0 ? begin(line, block) : inside(line, indent, block);
      if (!done) return done;
    }
    return {};
  }

  base::Result<std::vector<Type>> finish() const {
    std::vector<Type> out;
    for (const auto& [name, block] : types_) {
      Type type = block.type;
      if (type.defined_in.empty() || type.meaning.empty())
        return wrong(block.where, fmt::format("{} needs `in` and `says`", name));
      if (auto done = put_fields(block.lines, "", 0, type); !done)
        return std::unexpected(done.error());
      std::set<std::string_view> once;
      for (const Field& field : type.fields) {
        if (!once.insert(field.path).second)
          return wrong(block.where, fmt::format("{} has {} twice", name, field.path));
      }
      if (type.fields.empty()) return wrong(block.where, fmt::format("{} has no fields", name));
      out.push_back(std::move(type));
    }
    return out;
  }

 private:
  static std::unexpected<base::Error> wrong(std::string_view where, std::string_view what) {
    return base::bad_input(fmt::format("{}: {}", where, what));
  }

  base::Result<void> begin(std::string_view line, Block*& block) {
    const auto [kind, name] = split_word(line);
    if (name.empty() || (kind != "type" && kind != "group"))
      return wrong(where_, "neither `type NAME` nor `group NAME`");
    auto& blocks = kind == "type" ? types_ : groups_;
    const auto [at, added] = blocks.try_emplace(std::string(name));
    if (!added) return wrong(where_, fmt::format("{} is declared twice", name));
    block = &at->second;
    block->type.name = name;
    block->where = where_;
    return {};
  }

  base::Result<void> inside(std::string_view line, std::size_t indent, Block* block) {
    if (block == nullptr || indent % 2 != 0) return wrong(where_, "stands in no type");
    const std::size_t depth = indent / 2 - 1;
    if (depth > kDeepest) return wrong(where_, "is too deep");
    const std::string_view text = trimmed(line);
    if (text.find('|') != std::string_view::npos) return field(text, depth, *block);
    const auto [word, rest] = split_word(text);
    if (rest.empty()) return wrong(where_, "is no declaration");
    if (word == "include") {
      block->lines.push_back({depth, std::string(rest), {}});
    } else if (word == "parts") {
      for (std::string& path : words_in(rest)) {
        Field part;
        part.path = std::move(path);
        part.type = "state";
        block->lines.push_back({depth, {}, std::move(part)});
      }
    } else if (word == "says") {
      block->type.meaning = rest;
    } else if (word == "in") {
      block->type.defined_in = words_in(rest);
    } else if (word == "plane") {
      for (const Plane plane : kPlanes) {
        if (name_of(plane) == rest) {
          block->type.plane = plane;
          return {};
        }
      }
      return wrong(where_, fmt::format("there is no plane {}", rest));
    } else {
      return wrong(where_, "is no declaration");
    }
    return {};
  }

  base::Result<void> field(std::string_view text, std::size_t depth, Block& block) {
    std::array<std::string, 5> cells;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::size_t bar =
          i + 1 < cells.size() ? std::min(text.find('|'), text.size()) : text.size();
      if (i + 1 < cells.size() && bar == text.size())
        return wrong(where_, "a field is NAME | TYPE | UNIT | VALUES | MEANING");
      cells[i] = trimmed(text.substr(0, bar));
      text.remove_prefix(std::min(bar + 1, text.size()));
    }
    if (cells[0].empty() || cells[1].empty()) return wrong(where_, "a field needs name and type");
    if (cells[2].empty() && is_number(cells[1])) cells[2] = unit_of(cells[0]);
    block.lines.push_back({depth, {}, {cells[0], cells[1], cells[2], cells[3], cells[4]}});
    return {};
  }

  // The lines of a block below `prefix`. `nested`: how many groups they are in.
  base::Result<void> put_fields(const std::vector<Line>& lines,
                                const std::string& prefix,
                                std::size_t nested,
                                Type& type) const {
    std::vector<std::string> above;  // path of the field at each depth
    for (const Line& line : lines) {
      if (line.depth > above.size())
        return wrong(type.name, fmt::format("{} lies within no field", line.field.path));
      above.resize(line.depth);
      const std::string& place = line.depth == 0 ? prefix : above.back();
      if (!line.include.empty()) {
        const auto group = groups_.find(line.include);
        if (group == groups_.end() || nested > kDeepest)
          return wrong(type.name, fmt::format("there is no group {}", line.include));
        if (auto done = put_fields(group->second.lines, place, nested + 1, type); !done)
          return done;
        continue;
      }
      Field field = line.field;
      if (!place.empty()) field.path = place + '.' + field.path;
      above.push_back(field.path);
      type.fields.push_back(std::move(field));
    }
    return {};
  }

  std::map<std::string, Block> types_;
  std::map<std::string, Block> groups_;
  std::string where_;
};

}  // namespace

std::string_view name_of(Plane plane) {
  switch (plane) {
    case Plane::wire:
      return "wire";
    case Plane::api:
      return "api";
    case Plane::record:
      return "record";
    case Plane::document:
      return "document";
    case Plane::configuration:
      return "configuration";
    case Plane::command_output:
      return "command_output";
  }
  return "unknown";
}

base::Result<std::vector<Type>> parse_types(std::span<const Declarations> files) {
  Parser parser;
  for (const Declarations& file : files) {
    if (auto done = parser.read(file); !done) return std::unexpected(done.error());
  }
  return parser.finish();
}

}  // namespace liptako::schema
