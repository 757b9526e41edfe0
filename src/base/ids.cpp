#include "base/ids.hpp"

#include <fmt/format.h>

namespace liptako::base {

std::string IcaoAddress::to_string() const { return fmt::format("{:06x}", bits_); }
std::string ModeACode::to_string() const { return fmt::format("{:04o}", bits_); }
std::string SacSic::to_string() const { return fmt::format("{}/{}", sac, sic); }

CallSign::CallSign(std::string_view text) {
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  size_ = static_cast<std::uint8_t>(text.size() < chars_.size() ? text.size() : chars_.size());
  for (std::size_t i = 0; i < size_; ++i) {
    const char c = text[i];
    const bool allowed = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ';
    chars_[i] = allowed ? c : '?';
  }
}

}  // namespace liptako::base
