// Aircraft identification: eight characters of six bits, A-Z as 1-26, space as 32, 0-9 as 48-57
// [Annex 10 Vol. IV, 3.1.2.9.1.2].
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/ids.hpp"

namespace liptako::codec::asterix {

// By six-bit value; '?' where the alphabet has no character.
inline constexpr std::string_view kAlphabet6 =
    "?ABCDEFGHIJKLMNOPQRSTUVWXYZ????? ???????????????0123456789??????";
static_assert(kAlphabet6.size() == 64);

[[nodiscard]] constexpr std::array<char, 8> text6_chars(std::uint64_t raw) {
  std::array<char, 8> text{};
  for (unsigned i = 0; i < 8; ++i) text[i] = kAlphabet6[raw >> (42 - 6 * i) & 63];
  return text;
}

[[nodiscard]] inline base::CallSign call_sign_from_text6(std::uint64_t raw) {
  const auto text = text6_chars(raw);
  return base::CallSign(std::string_view(text.data(), text.size()));
}

// Padded with spaces; characters outside the alphabet become spaces.
[[nodiscard]] constexpr std::uint64_t text6_from(std::string_view text) {
  std::uint64_t raw = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    std::uint64_t value = 32;
    if (i < text.size()) {
      const char c = text[i];
      if (c >= 'A' && c <= 'Z') value = static_cast<std::uint64_t>(c - 'A' + 1);
      if (c >= '0' && c <= '9') value = static_cast<unsigned char>(c);
    }
    raw = raw << 6 | value;
  }
  return raw;
}

}  // namespace liptako::codec::asterix
