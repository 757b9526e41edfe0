// Whom the HTTP server talks to, decided from text alone. A node that is not set up serves this
// machine only, and one that is trusts its users' browsers with their cookies, so a web page from
// elsewhere must not reach it through such a browser: neither under a foreign name that resolves to
// loopback (DNS rebinding: the Host header), nor by sending requests from its own origin (the
// Origin header).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace liptako::io {

// localhost, 127.0.0.1 or [::1], with or without a port.
[[nodiscard]] bool is_loopback_host(std::string_view host_header);
// An address of this machine alone: 127.0.0.0/8 or ::1.
[[nodiscard]] bool is_loopback_address(std::string_view address);
// A loopback host, or one of `names` (DNS names, or IP addresses, those of version 6 without
// brackets), with or without a port.
[[nodiscard]] bool is_own_host(std::string_view host_header, std::span<const std::string> names);
// Whom an address is counted with: of IPv6 the first 64 bits ("20010db800000000/64"), since whoever
// has one address there has all of them.
[[nodiscard]] std::string network_of(const std::string& address);
// For acts and for the WebSocket. Programs that are no browser send no Origin (empty here); a
// browser always does, and then it must be exactly the site it talks to, by HTTPS or in the clear.
[[nodiscard]] bool is_same_origin(std::string_view origin_header,
                                  std::string_view host_header,
                                  bool is_tls = false);
// The value of a cookie in a Cookie field [RFC 6265, §4.2.1]; none if it is not there, or twice.
[[nodiscard]] std::optional<std::string_view> cookie_value(std::string_view cookie_header,
                                                           std::string_view name);

// The origins that a console at this address ("http://127.0.0.1:8081/", path as you like) can have
// in a browser, as source expressions of a content security policy: by number and by name, since
// both reach it. None if it is not plain HTTP on this machine, or at [::1], for which there is no
// such expression: the configuration refuses a member's console there.
[[nodiscard]] std::vector<std::string> frame_origins_of(std::string_view console);

// The path of a request target ("/a%20b?x=1" -> "/a b"): decoded once; nothing if it is not
// absolute, is badly encoded, or holds a control byte, a backslash, or a "." or ".." segment.
[[nodiscard]] std::optional<std::string> decode_path(std::string_view target);

// Whether an Accept-Encoding header takes `coding` ("br", "gzip").
[[nodiscard]] bool accepts_encoding(std::string_view accept_encoding, std::string_view coding);

}  // namespace liptako::io
