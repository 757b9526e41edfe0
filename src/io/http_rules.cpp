#include "io/http_rules.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace liptako::io {
namespace {

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

namespace {

// Without a port; none if what stands there is no port.
std::optional<std::string_view> name_in(std::string_view host_header) {
  const auto colon = host_header.rfind(':');
  if (colon == std::string_view::npos || host_header.ends_with(']')) return host_header;
  if (!is_port(host_header.substr(colon + 1))) return std::nullopt;
  return host_header.substr(0, colon);
}

}  // namespace

bool is_loopback_host(std::string_view host_header) {
  const auto name = name_in(host_header);
  return name &&
         (equal_ignoring_case(*name, "localhost") || *name == "127.0.0.1" || *name == "[::1]");
}

bool is_own_host(std::string_view host_header, std::span<const std::string> names) {
  if (is_loopback_host(host_header)) return true;
  auto name = name_in(host_header);
  if (!name) return false;
  if (name->starts_with('[') && name->ends_with(']')) name = name->substr(1, name->size() - 2);
  return std::ranges::any_of(
      names, [&](const std::string& own) { return equal_ignoring_case(*name, own); });
}

bool is_loopback_address(std::string_view address) {
  const std::string text(address);
  in_addr v4{};
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
  in6_addr v6{};
  return inet_pton(AF_INET6, text.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

std::string network_of(const std::string& address) {
  std::array<unsigned char, 16> bytes{};
  const std::string plain = address.substr(0, address.find('%'));
  if (inet_pton(AF_INET6, plain.c_str(), bytes.data()) != 1) return address;
  const auto half = std::span(bytes).first(8);
  const bool holds_v4 = std::ranges::all_of(half, [](auto byte) { return byte == 0; });
  return holds_v4 ? address : fmt::format("{:02x}/64", fmt::join(half, ""));
}

bool is_same_origin(std::string_view origin_header, std::string_view host_header, bool is_tls) {
  if (origin_header.empty()) return true;
  const std::string_view scheme = is_tls ? "https://" : "http://";
  return origin_header.starts_with(scheme) &&
         equal_ignoring_case(origin_header.substr(scheme.size()), host_header);
}

std::optional<std::string_view> cookie_value(std::string_view cookie_header,
                                             std::string_view name) {
  std::optional<std::string_view> found;
  while (!cookie_header.empty()) {
    const auto semicolon = cookie_header.find(';');
    const std::string_view pair = trim(cookie_header.substr(0, semicolon));
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == name) {
      if (found) return std::nullopt;
      found = pair.substr(equals + 1);
    }
    if (semicolon == std::string_view::npos) break;
    cookie_header.remove_prefix(semicolon + 1);
  }
  return found;
}

std::vector<std::string> frame_origins_of(std::string_view console) {
  constexpr std::string_view kScheme = "http://";
  if (!console.starts_with(kScheme)) return {};
  const std::string_view rest = console.substr(kScheme.size());
  const std::string_view host = rest.substr(0, rest.find('/'));
  if (!is_loopback_host(host) || host.starts_with('[')) return {};
  const auto colon = host.find(':');
  const std::string port(colon == std::string_view::npos ? "" : host.substr(colon));
  return {"http://127.0.0.1" + port, "http://localhost" + port};
}

std::optional<std::string> decode_path(std::string_view target) {
  if (!target.starts_with('/')) return std::nullopt;
  target = target.substr(0, target.find('?'));
  std::string path;
  for (std::size_t i = 0; i < target.size(); ++i) {
    char c = target[i];
    if (c == '%') {
      const int high = i + 2 < target.size() ? hex_digit(target[i + 1]) : -1;
      const int low = i + 2 < target.size() ? hex_digit(target[i + 2]) : -1;
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '\\') return std::nullopt;
    path.push_back(c);
  }
  for (std::string_view rest = std::string_view(path).substr(1);;) {
    const auto slash = rest.find('/');
    const std::string_view segment = rest.substr(0, slash);
    if (segment == "." || segment == "..") return std::nullopt;
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  return path;
}

bool accepts_encoding(std::string_view accept_encoding, std::string_view coding) {
  while (!accept_encoding.empty()) {
    const auto comma = accept_encoding.find(',');
    const std::string_view item = accept_encoding.substr(0, comma);
    const auto semicolon = item.find(';');
    if (equal_ignoring_case(trim(item.substr(0, semicolon)), coding)) {
      // "q=0", "q=0.0", … refuse; any other weight accepts.
      const std::string_view weight = semicolon == std::string_view::npos
                                          ? std::string_view()
                                          : trim(item.substr(semicolon + 1));
      return !weight.starts_with("q=0") ||
             weight.find_first_of("123456789") != std::string_view::npos;
    }
    if (comma == std::string_view::npos) break;
    accept_encoding.remove_prefix(comma + 1);
  }
  return false;
}

}  // namespace liptako::io
