// Base64 with the standard alphabet and padding [RFC 4648, §4], strictly: a text decodes only if it
// is the one encoding of its bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace liptako::seal {

[[nodiscard]] std::string to_base64(base::ByteView bytes);
[[nodiscard]] std::optional<base::Bytes> bytes_from_base64(std::string_view text);

}  // namespace liptako::seal
