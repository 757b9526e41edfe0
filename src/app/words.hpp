// What the command says to a person: French, or English where the locale (LC_ALL, LC_MESSAGES,
// LANG) asks for it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace liptako::app {

[[nodiscard]] bool speaks_english();
[[nodiscard]] inline std::string_view say(std::string_view french, std::string_view english) {
  return speaks_english() ? english : french;
}

// What a library's error means, and behind it the error as it is (serve/reasons.hpp); in English
// the error says enough.
[[nodiscard]] std::string explain(const base::Error& error);
[[nodiscard]] std::string explain(std::string_view message);
// In French whatever the locale, for what is told in both languages.
[[nodiscard]] std::string explain_in_french(std::string_view message);

// A JSON string, quotes included.
[[nodiscard]] std::string in_json(std::string_view text);

// A text of somebody else's as lines on a terminal, each behind "  | ", so that it can neither pass
// for what this command says nor steer the terminal: what is not printable, and letters beyond
// those of French and its neighbours (some run from right to left), stand as \xNN, a backslash as
// two.
[[nodiscard]] std::string as_quoted_lines(std::string_view text);

}  // namespace liptako::app
