#include "app/words.hpp"

#include <cstdlib>

#include "serve/json_writer.hpp"

namespace liptako::app {

bool speaks_english() {
  for (const char* name : {"LIPTAKO_LANG", "LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    return std::string_view(value).starts_with("en");
  }
  return false;
}

std::string in_json(std::string_view text) {
  std::string out;
  serve::JsonWriter(out).string(text);
  return out;
}

}  // namespace liptako::app
