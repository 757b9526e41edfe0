// One line of JSON Lines: a flat object, its values found by name. Values that
// are arrays or objects are skipped over but checked for balance; strings are
// given as written, since no field read here may hold an escape.
#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace liptako::assess {

class JsonLine {
 public:
  // The views lie in `line`.
  [[nodiscard]] static base::Result<JsonLine> parse(std::string_view line);

  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  [[nodiscard]] bool is_null(std::string_view name) const;
  // Absent where the field is null or not there.
  [[nodiscard]] base::Result<std::optional<double>> number_or_none(std::string_view name,
                                                                   double low,
                                                                   double high) const;
  [[nodiscard]] base::Result<double> number(std::string_view name, double low, double high) const;
  [[nodiscard]] base::Result<std::uint64_t> count(std::string_view name, std::uint64_t high) const;
  [[nodiscard]] base::Result<std::string_view> text(std::string_view name) const;
  [[nodiscard]] base::Result<bool> boolean(std::string_view name) const;
  // An array of texts.
  [[nodiscard]] base::Result<std::vector<std::string_view>> texts(std::string_view name) const;

 private:
  [[nodiscard]] const std::string_view *find(std::string_view name) const;
  [[nodiscard]] base::Result<std::string_view> raw(std::string_view name) const;

  std::vector<std::pair<std::string_view, std::string_view>> fields_;  // as written
};

}  // namespace liptako::assess
