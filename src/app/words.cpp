#include "app/words.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "serve/json_writer.hpp"
#include "serve/reasons.hpp"

namespace liptako::app {

bool speaks_english() {
  for (const char* name : {"LIPTAKO_LANG", "LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    return std::string_view(value).starts_with("en");
  }
  return false;
}

namespace {

std::string behind(const serve::Reason& reason, std::string_view message) {
  return fmt::format("{} : {}", reason.fr, message);
}

}  // namespace

std::string explain(const base::Error& error) {
  return speaks_english() ? error.message : behind(serve::reason_of(error), error.message);
}

std::string explain(std::string_view message) {
  return speaks_english() ? std::string(message) : explain_in_french(message);
}

std::string explain_in_french(std::string_view message) {
  return behind(serve::reason_of(message), message);
}

std::string in_json(std::string_view text) {
  std::string out;
  serve::JsonWriter(out).string(text);
  return out;
}

std::string as_quoted_lines(std::string_view text) {
  std::string out;
  bool is_new_line = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_new_line) out += "  | ";
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    is_new_line = c == '\n';
    // U+00A0 to U+017F in UTF-8, without the soft hyphen, which is not seen.
    const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : 0);
    const bool is_latin =
        next >= 0x80 && next < 0xc0 &&
        ((byte == 0xc2 && next >= 0xa0 && next != 0xad) || (byte >= 0xc3 && byte <= 0xc5));
    if (is_latin) {
      out += text.substr(i, 2);
      ++i;
    } else if (c == '\\') {
      out += "\\\\";
    } else if (is_new_line || (byte >= 0x20 && byte < 0x7f)) {
      out += c;
    } else {
      out += fmt::format("\\x{:02x}", byte);
    }
  }
  if (!is_new_line) out += '\n';
  return out;
}

}  // namespace liptako::app
