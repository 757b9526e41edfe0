// The types as `liptako schema` prints them.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "schema/schema.hpp"

namespace liptako::schema {

// One object {"types":[…]}, compact, with a newline at its end: the type output.schema.
[[nodiscard]] std::string to_json(std::span<const Type> types);

// What a table's head is called, in the reader's language.
struct Headings {
  std::string_view field;
  std::string_view type;
  std::string_view unit;
  std::string_view values;
  std::string_view meaning;
};
// For a person: each type with its fields in columns.
[[nodiscard]] std::string to_text(std::span<const Type> types, const Headings& headings);

}  // namespace liptako::schema
