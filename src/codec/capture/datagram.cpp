#include "codec/capture/datagram.hpp"

#include <fmt/format.h>

#include <numeric>

namespace liptako::codec::capture {

std::string_view to_string(Skip skip) {
  switch (skip) {
    case Skip::link_type_not_read:
      return "link_type_not_read";
    case Skip::frame_cut_short:
      return "frame_cut_short";
    case Skip::not_ip:
      return "not_ip";
    case Skip::ip_malformed:
      return "ip_malformed";
    case Skip::tcp_not_followed:
      return "tcp_not_followed";
    case Skip::not_udp:
      return "not_udp";
    case Skip::udp_malformed:
      return "udp_malformed";
    case Skip::udp_empty:
      return "udp_empty";
    case Skip::fragment_incomplete:
      return "fragment_incomplete";
    case Skip::packet_too_large:
      return "packet_too_large";
    case Skip::packet_malformed:
      return "packet_malformed";
  }
  return "";
}

std::uint64_t SkipCounts::total() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

std::string SkipCounts::to_string() const {
  std::string text;
  for (std::size_t i = 0; i < kSkips; ++i) {
    if (counts_[i] == 0) continue;
    text += fmt::format(
        "{}{} {}", text.empty() ? "" : ", ", capture::to_string(static_cast<Skip>(i)), counts_[i]);
  }
  return text;
}

std::string_view to_string(Fault fault) {
  switch (fault) {
    case Fault::truncated:
      return "truncated";
    case Fault::version_not_known:
      return "version_not_known";
    case Fault::byte_order_unknown:
      return "byte_order_unknown";
    case Fault::length_invalid:
      return "length_invalid";
    case Fault::frame_end_missing:
      return "frame_end_missing";
  }
  return "";
}

}  // namespace liptako::codec::capture
