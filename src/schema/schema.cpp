#include "schema/schema.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace liptako::schema {

std::vector<Type> all_types() {
  auto types = parse_types(declarations());
  CHECK(types.has_value());  // built in, and read by a test
  for (Type& type : asterix_types()) types->push_back(std::move(type));
  std::ranges::sort(*types, {}, &Type::name);
  return std::move(*types);
}

}  // namespace liptako::schema
