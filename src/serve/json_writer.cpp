#include "serve/json_writer.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <iterator>

#include "base/check.hpp"

namespace liptako::serve {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// Length of the well-formed UTF-8 sequence at the head of `text`, 0 if there is none [RFC 3629,
// §4].
std::size_t utf8_sequence(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0u) == 0x80u; };
  const unsigned b0 = byte(0);
  const unsigned b1 = byte(1);
  if (b0 < 0x80) return 1;
  if (b0 >= 0xC2 && b0 <= 0xDF) return tail(1) ? 2 : 0;
  if (b0 >= 0xE0 && b0 <= 0xEF) {
    const bool overlong = b0 == 0xE0 && b1 < 0xA0;
    const bool surrogate = b0 == 0xED && b1 > 0x9F;
    return tail(1) && tail(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (b0 >= 0xF0 && b0 <= 0xF4) {
    const bool overlong = b0 == 0xF0 && b1 < 0x90;
    const bool beyond = b0 == 0xF4 && b1 > 0x8F;
    return tail(1) && tail(2) && tail(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

}  // namespace

void JsonWriter::separate() {
  if (need_comma_) out_->push_back(',');
  need_comma_ = true;
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  out_->push_back(bracket);
  need_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  out_->push_back(bracket);
  need_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  out_->push_back('"');
  out_->append(name);
  out_->append("\":");
  need_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::escaped_key(std::string_view name) {
  string(name);
  out_->push_back(':');
  need_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::string(std::string_view text) {
  separate();
  out_->push_back('"');
  while (!text.empty()) {
    const char c = text.front();
    const std::size_t length = utf8_sequence(text);
    if (length == 0) {
      out_->append(kReplacement);
    } else if (c == '"' || c == '\\') {
      out_->push_back('\\');
      out_->push_back(c);
    } else if (c == '\n') {
      out_->append("\\n");
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(*out_), "\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out_->append(text.substr(0, length));
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out_->push_back('"');
  return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t value) {
  separate();
  const fmt::format_int digits(value);
  out_->append(digits.data(), digits.size());
  return *this;
}

JsonWriter& JsonWriter::unsigned_integer(std::uint64_t value) {
  separate();
  const fmt::format_int digits(value);
  out_->append(digits.data(), digits.size());
  return *this;
}

JsonWriter& JsonWriter::boolean(bool value) {
  separate();
  out_->append(value ? "true" : "false");
  return *this;
}

JsonWriter& JsonWriter::null() {
  separate();
  out_->append("null");
  return *this;
}

JsonWriter& JsonWriter::number(double value, int decimals) {
  constexpr std::array<double, 10> kPowers = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
  CHECK(decimals >= 0 && decimals < static_cast<int>(kPowers.size()));
  const auto fraction = static_cast<std::size_t>(decimals);
  const double scaled = std::floor(std::fabs(value) * kPowers[fraction] + 0.5);
  // The negation also catches NaN.
  if (!(scaled < 1e15)) return null();
  separate();
  const fmt::format_int format(static_cast<std::uint64_t>(scaled));
  const std::string_view digits(format.data(), format.size());
  if (value < 0 && scaled > 0) out_->push_back('-');
  if (fraction == 0) {
    out_->append(digits);
  } else if (digits.size() > fraction) {
    out_->append(digits.substr(0, digits.size() - fraction));
    out_->push_back('.');
    out_->append(digits.substr(digits.size() - fraction));
  } else {
    out_->append("0.");
    out_->append(fraction - digits.size(), '0');
    out_->append(digits);
  }
  return *this;
}

}  // namespace liptako::serve
