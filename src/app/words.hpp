// What the command says to a person: French, or English where the locale (LC_ALL, LC_MESSAGES,
// LANG) asks for it.
#pragma once

#include <string>
#include <string_view>

namespace liptako::app {

[[nodiscard]] bool speaks_english();
[[nodiscard]] inline std::string_view say(std::string_view french, std::string_view english) {
  return speaks_english() ? english : french;
}

// A JSON string, quotes included.
[[nodiscard]] std::string in_json(std::string_view text);

}  // namespace liptako::app
