#include "serve/json_reader.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace liptako::serve {
namespace {

// Length of the UTF-8 sequence at the start of `text`, 0 if it is none [RFC 3629, §4].
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0u) != 0x80u) return 0;
  }
  const unsigned second = byte(1);
  const bool is_overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool is_out_of_range = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
  return is_overlong || is_out_of_range ? 0 : length;
}

void put_utf8(std::uint32_t code, std::string& out) {
  const auto put = [&](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xC0 | code >> 6);
  } else {
    if (code < 0x10000) {
      put(0xE0 | code >> 12);
    } else {
      put(0xF0 | code >> 18);
      put(0x80 | (code >> 12 & 0x3F));
    }
    put(0x80 | (code >> 6 & 0x3F));
  }
  put(0x80 | (code & 0x3F));
}

}  // namespace

class JsonObjectParser {
 public:
  explicit JsonObjectParser(std::string_view text) : rest_(text) {}

  std::optional<JsonObject> parse() {
    JsonObject object;
    if (!take('{')) return std::nullopt;
    if (!take('}')) {
      do {
        auto key = string();
        if (!key || !take(':')) return std::nullopt;
        auto element = value();
        if (!element || object.fields_.size() >= JsonObject::kMaxFields ||
            !object.fields_.emplace(std::move(*key), std::move(*element)).second) {
          return std::nullopt;
        }
      } while (take(','));
      if (!take('}')) return std::nullopt;
    }
    skip_blanks();
    if (!rest_.empty()) return std::nullopt;
    return object;
  }

 private:
  void skip_blanks() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
  }
  bool take(char c) {
    skip_blanks();
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool take_word(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  std::optional<JsonObject::Value> value() {
    skip_blanks();
    if (take_word("null")) return JsonObject::Value();
    if (take_word("true")) return JsonObject::Value(true);
    if (take_word("false")) return JsonObject::Value(false);
    if (!rest_.starts_with('[')) {
      auto text = string();
      if (!text) return std::nullopt;
      return JsonObject::Value(std::move(*text));
    }
    rest_.remove_prefix(1);
    std::vector<std::string> list;
    if (take(']')) return JsonObject::Value(std::move(list));
    do {
      auto text = string();
      if (!text || list.size() >= JsonObject::kMaxElements) return std::nullopt;
      list.push_back(std::move(*text));
    } while (take(','));
    if (!take(']')) return std::nullopt;
    return JsonObject::Value(std::move(list));
  }

  std::optional<std::string> string() {
    if (!take('"')) return std::nullopt;
    std::string out;
    while (!rest_.empty()) {
      const char c = rest_.front();
      if (static_cast<unsigned char>(c) < 0x20) return std::nullopt;
      if (c == '"') {
        rest_.remove_prefix(1);
        return out;
      }
      if (c == '\\') {
        rest_.remove_prefix(1);
        if (!escape(out)) return std::nullopt;
        continue;
      }
      const std::size_t length = utf8_length(rest_);
      if (length == 0) return std::nullopt;
      out += rest_.substr(0, length);
      rest_.remove_prefix(length);
    }
    return std::nullopt;
  }

  bool escape(std::string& out) {
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
    if (rest_.empty()) return false;
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (const auto at = kLetters.find(c); at != std::string_view::npos) {
      out.push_back(kMeant[at]);
      return true;
    }
    if (c != 'u') return false;
    auto code = hex();
    if (!code || (*code >= 0xDC00 && *code <= 0xDFFF)) return false;
    if (*code >= 0xD800 && *code <= 0xDBFF) {  // the first of a surrogate pair
      if (!take_word("\\u")) return false;
      const auto low = hex();
      if (!low || *low < 0xDC00 || *low > 0xDFFF) return false;
      code = 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00);
    }
    put_utf8(*code, out);
    return true;
  }

  std::optional<std::uint32_t> hex() {
    if (rest_.size() < 4) return std::nullopt;
    std::uint32_t code = 0;
    for (const char c : rest_.substr(0, 4)) {
      const int digit = c >= '0' && c <= '9'   ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0) return std::nullopt;
      code = code * 16 + static_cast<std::uint32_t>(digit);
    }
    rest_.remove_prefix(4);
    return code;
  }

  std::string_view rest_;
};

std::optional<JsonObject> JsonObject::parse(std::string_view text) {
  return JsonObjectParser(text).parse();
}

std::optional<std::string_view> JsonObject::text(std::string_view key) const {
  const auto found = fields_.find(key);
  const auto* text = found == fields_.end() ? nullptr : std::get_if<std::string>(&found->second);
  return text == nullptr ? std::nullopt : std::optional<std::string_view>(*text);
}

std::optional<bool> JsonObject::truth(std::string_view key) const {
  const auto found = fields_.find(key);
  const bool* truth = found == fields_.end() ? nullptr : std::get_if<bool>(&found->second);
  return truth == nullptr ? std::nullopt : std::optional(*truth);
}

const std::vector<std::string>* JsonObject::texts(std::string_view key) const {
  const auto found = fields_.find(key);
  return found == fields_.end() ? nullptr : std::get_if<std::vector<std::string>>(&found->second);
}

bool JsonObject::is_absent_or_null(std::string_view key) const {
  const auto found = fields_.find(key);
  return found == fields_.end() || std::holds_alternative<std::monostate>(found->second);
}

bool JsonObject::only(std::initializer_list<std::string_view> known) const {
  return std::ranges::all_of(fields_, [&](const auto& field) {
    return std::ranges::find(known, std::string_view(field.first)) != known.end();
  });
}

}  // namespace liptako::serve
