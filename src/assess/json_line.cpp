#include "assess/json_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace liptako::assess {
namespace {

using base::Result;

constexpr std::size_t kMaxFields = 64;
constexpr std::size_t kMaxShown = 40;

// Walks over the values of a line without understanding them.
class Walker {
 public:
  explicit Walker(std::string_view text) : text_(text) {}

  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r'))
      ++at_;
  }
  [[nodiscard]] bool take(char c) {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  // A string with its quotes.
  [[nodiscard]] std::optional<std::string_view> string() {
    skip_blanks();
    const std::size_t begin = at_;
    if (!take('"')) return {};
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == '"') {
        ++at_;
        return text_.substr(begin, at_ - begin);
      }
    }
    at_ = text_.size();
    return {};
  }
  [[nodiscard]] std::optional<std::string_view> value() {
    skip_blanks();
    const std::size_t begin = at_;
    if (at_ < text_.size() && text_[at_] == '"') return string();
    if (at_ < text_.size() && (text_[at_] == '[' || text_[at_] == '{')) {
      if (!skip_nested()) return {};
    } else {
      while (at_ < text_.size() &&
             std::string_view(",]}[{\" \t\r").find(text_[at_]) == std::string_view::npos)
        ++at_;
    }
    if (at_ == begin) return {};
    return text_.substr(begin, at_ - begin);
  }

 private:
  bool skip_nested() {
    std::size_t depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        if (!string()) return false;
        continue;
      }
      ++at_;
      if (c == '[' || c == '{') ++depth;
      if ((c == ']' || c == '}') && --depth == 0) return true;
    }
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::unexpected<base::Error> wrong(std::string_view name, std::string_view got, const char *want) {
  // What is shown stays printable, whatever the file holds.
  std::string shown(got.substr(0, kMaxShown));
  std::replace_if(shown.begin(), shown.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return base::bad_input(fmt::format("{}: {} is not {}", name, shown, want));
}

// JSON's numbers only: no "inf", no "+1", no ".5".
std::optional<double> number_in(std::string_view text) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.empty() || digits[0] < '0' || digits[0] > '9') return {};
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

}  // namespace

Result<JsonLine> JsonLine::parse(std::string_view line) {
  JsonLine result;
  Walker walker(line);
  const auto broken = [&] {
    return base::bad_input(fmt::format("column {}: not a line of JSON", walker.at() + 1));
  };
  if (!walker.take('{')) return broken();
  if (!walker.take('}')) {
    do {
      const auto name = walker.string();
      if (!name || !walker.take(':')) return broken();
      const auto value = walker.value();
      if (!value) return broken();
      const std::string_view bare = name->substr(1, name->size() - 2);
      if (result.has(bare)) return base::bad_input(fmt::format("{}: twice", bare));
      if (result.fields_.size() == kMaxFields)
        return base::bad_input(fmt::format("more than {} fields", kMaxFields));
      result.fields_.emplace_back(bare, *value);
    } while (walker.take(','));
    if (!walker.take('}')) return broken();
  }
  walker.skip_blanks();
  if (!walker.at_end()) return broken();
  return result;
}

const std::string_view *JsonLine::find(std::string_view name) const {
  for (const auto &[field, value] : fields_) {
    if (field == name) return &value;
  }
  return nullptr;
}

bool JsonLine::is_null(std::string_view name) const {
  const std::string_view *value = find(name);
  return value != nullptr && *value == "null";
}

Result<std::string_view> JsonLine::raw(std::string_view name) const {
  const std::string_view *value = find(name);
  if (value == nullptr) return base::bad_input(fmt::format("{}: missing", name));
  return *value;
}

Result<std::optional<double>> JsonLine::number_or_none(std::string_view name,
                                                       double low,
                                                       double high) const {
  const std::string_view *value = find(name);
  if (value == nullptr || *value == "null") return std::nullopt;
  const auto found = number_in(*value);
  if (!found) return wrong(name, *value, "a number");
  if (!(*found >= low && *found <= high))
    return base::bad_input(fmt::format("{}: {} is not in {}..{}", name, *value, low, high));
  return found;
}

Result<double> JsonLine::number(std::string_view name, double low, double high) const {
  const auto value = number_or_none(name, low, high);
  if (!value) return std::unexpected(value.error());
  if (!*value) return base::bad_input(fmt::format("{}: missing", name));
  return **value;
}

Result<std::uint64_t> JsonLine::count(std::string_view name, std::uint64_t high) const {
  const auto value = raw(name);
  if (!value) return std::unexpected(value.error());
  std::uint64_t found = 0;
  const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), found);
  if (error != std::errc() || end != value->data() + value->size())
    return wrong(name, *value, "a whole number");
  if (found > high) return base::bad_input(fmt::format("{}: {} is above {}", name, found, high));
  return found;
}

Result<std::string_view> JsonLine::text(std::string_view name) const {
  const auto value = raw(name);
  if (!value) return value;
  if (!value->starts_with('"')) return wrong(name, *value, "a text");
  return value->substr(1, value->size() - 2);
}

Result<bool> JsonLine::boolean(std::string_view name) const {
  const auto value = raw(name);
  if (!value) return std::unexpected(value.error());
  if (*value == "true") return true;
  if (*value == "false") return false;
  return wrong(name, *value, "true or false");
}

Result<std::vector<std::string_view>> JsonLine::texts(std::string_view name) const {
  const auto value = raw(name);
  if (!value) return std::unexpected(value.error());
  std::vector<std::string_view> found;
  Walker walker(*value);
  if (!walker.take('[')) return wrong(name, *value, "a list of texts");
  if (walker.take(']')) return found;
  do {
    const auto text = walker.string();
    if (!text) return wrong(name, *value, "a list of texts");
    found.push_back(text->substr(1, text->size() - 2));
  } while (walker.take(','));
  if (!walker.take(']')) return wrong(name, *value, "a list of texts");
  return found;
}

}  // namespace liptako::assess
