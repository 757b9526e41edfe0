// What reading a recording gives: datagrams as they came over the network, when they were recorded,
// and what was passed over on the way, by reason.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/time.hpp"

namespace liptako::codec::capture {

using base::ByteView;

// Why a packet of a capture gave no datagram. A recording made for sensors usually holds other
// traffic too, so none of these is an error.
enum class Skip : std::uint8_t {
  link_type_not_read,   // Wi-Fi, Bluetooth, USB ...
  frame_cut_short,      // the capture kept less of the packet than was sent
  not_ip,               // ARP, LLDP, spanning tree ...
  ip_malformed,         // lengths that contradict each other
  tcp_not_followed,     // streams are not put together here
  not_udp,              // ICMP, IGMP ...
  udp_malformed,        // a length that contradicts the packet's
  udp_empty,            // a datagram without payload
  fragment_incomplete,  // a fragmented datagram whose parts did not all come, or overlap
  packet_too_large,     // a packet beyond PacketReader::kMaxPacket
  packet_malformed,     // a packet block that contradicts itself, or of no described interface
};
inline constexpr std::size_t kSkips = 11;
// "tcp_not_followed"
[[nodiscard]] std::string_view to_string(Skip skip);

class SkipCounts {
 public:
  void add(Skip skip) { ++counts_[static_cast<std::size_t>(skip)]; }
  [[nodiscard]] std::uint64_t of(Skip skip) const {
    return counts_[static_cast<std::size_t>(skip)];
  }
  [[nodiscard]] std::uint64_t total() const;
  // "tcp_not_followed 12, not_ip 3"; empty if nothing was passed over.
  [[nodiscard]] std::string to_string() const;

 private:
  std::array<std::uint64_t, kSkips> counts_{};
};

// Why the rest of a recording cannot be read: nothing in these formats marks the next place to go
// on from.
enum class Fault : std::uint8_t {
  truncated,           // the file ends in the middle of a header, packet or frame
  version_not_known,   // of the capture format
  byte_order_unknown,  // a section that does not tell its byte order
  length_invalid,      // a length that cannot be
  frame_end_missing,   // a final-format frame without its four closing octets
};
[[nodiscard]] std::string_view to_string(Fault fault);

struct ReadFault {
  Fault fault{};
  std::uint64_t offset = 0;  // of the header, packet or frame at fault, in the unpacked file
  friend bool operator==(const ReadFault&, const ReadFault&) = default;
};

struct Datagram {
  std::optional<base::Timestamp> time;  // when it was recorded, by the recorder's clock
  ByteView bytes;
};

}  // namespace liptako::codec::capture
