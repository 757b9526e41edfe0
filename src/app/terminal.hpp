// Words for the person at the terminal. What is behind standard output and standard error may be a
// file on a full disk, or a reader that has gone; fmt::print throws then, and a node must not end
// because nobody can hear it. What cannot be written is lost, and nothing else happens.
#pragma once

#include <fmt/core.h>

#include <string_view>
#include <utility>

namespace liptako::app {

void print_out_text(std::string_view text) noexcept;    // standard output
void print_error_text(std::string_view text) noexcept;  // standard error

template <class... T>
void print_out(fmt::format_string<T...> format, T&&... values) {
  print_out_text(fmt::format(format, std::forward<T>(values)...));
}
template <class... T>
void print_error(fmt::format_string<T...> format, T&&... values) {
  print_error_text(fmt::format(format, std::forward<T>(values)...));
}

}  // namespace liptako::app
