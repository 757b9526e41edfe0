// The JSON of a request: one flat object of texts, truths and lists of texts, which is all that any
// request of ours says [RFC 8259]. Total and strict: a field twice, a nested object, a number or
// bytes that are not UTF-8 make the whole no request.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace liptako::serve {

class JsonObject {
 public:
  static constexpr std::size_t kMaxFields = 16;
  static constexpr std::size_t kMaxElements = 64;

  [[nodiscard]] static std::optional<JsonObject> parse(std::string_view text);

  // None if the field is absent, null, or of another type.
  [[nodiscard]] std::optional<std::string_view> text(std::string_view key) const;
  [[nodiscard]] std::optional<bool> truth(std::string_view key) const;
  [[nodiscard]] const std::vector<std::string>* texts(std::string_view key) const;
  [[nodiscard]] bool is_absent_or_null(std::string_view key) const;
  // Whether every field's name is in `known`.
  [[nodiscard]] bool only(std::initializer_list<std::string_view> known) const;

 private:
  friend class JsonObjectParser;
  using Value = std::variant<std::monostate, bool, std::string, std::vector<std::string>>;
  std::map<std::string, Value, std::less<>> fields_;
};

}  // namespace liptako::serve
