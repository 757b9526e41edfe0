// What the project's data may say: every type that crosses a wire, an interface, a record, a file
// or a command's output, with the full names of its fields (docs/SCHEMA.md).
//
// The types of ASTERIX come from the decoder's own tables. The others are declared in spec/schema,
// which is built in; tests/schema holds these declarations against the sources and against what the
// real writers write.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace liptako::schema {

enum class Plane : std::uint8_t { wire, api, record, document, configuration, command_output };
[[nodiscard]] std::string_view name_of(Plane plane);

struct Field {
  std::string path;    // within its type, objects and lists by dots: "sources.rejected.reason"
  std::string type;    // "text", "number or null", "list of text", "u16", "f32 x 10"
  std::string unit;    // of a number: as declared, or as the name's last word tells
  std::string values;  // range, enumeration separated by blanks, or form
  std::string meaning;
};

struct Type {
  std::string name;  // "api.status"
  Plane plane = Plane::wire;
  std::vector<std::string> defined_in;  // source files that write or read it
  std::string meaning;
  std::vector<Field> fields;

  [[nodiscard]] std::string full_name(const Field& field) const { return name + '.' + field.path; }
};

// One file of declarations; the form is that of spec/schema.
struct Declarations {
  std::string_view file;
  std::string_view text;
};

// Total: any text gives types, or an error with file and line. Groups are known in all files.
[[nodiscard]] base::Result<std::vector<Type>> parse_types(std::span<const Declarations> files);

// One type for each category that is decoded, and one for what all of them share.
[[nodiscard]] std::vector<Type> asterix_types();

// The declarations that are built in.
[[nodiscard]] std::span<const Declarations> declarations();

// All types, by name.
[[nodiscard]] std::vector<Type> all_types();

}  // namespace liptako::schema
