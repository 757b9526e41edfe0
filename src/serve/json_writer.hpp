// A small writer of compact JSON into a string it does not own: valid UTF-8 JSON whatever it is
// given. Numbers have fixed decimals; what is not finite becomes null; bytes that are not UTF-8
// become U+FFFD.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace liptako::serve {

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(&out) {}

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  // Keys are written as they are: literals of ours that need no escape.
  JsonWriter& key(std::string_view name);
  // Any text.
  JsonWriter& escaped_key(std::string_view name);

  JsonWriter& string(std::string_view text);
  JsonWriter& integer(std::int64_t value);
  JsonWriter& unsigned_integer(std::uint64_t value);
  JsonWriter& boolean(bool value);
  // `decimals` (0 to 9) digits after the point, halves away from zero, no exponent, no negative
  // zero; null if not finite or of more than 15 digits.
  JsonWriter& number(double value, int decimals);
  JsonWriter& null();

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void separate();

  std::string* out_;
  bool need_comma_ = false;
};

}  // namespace liptako::serve
