// Writes datagrams as a capture file: pcap with nanoseconds [draft-ietf-opsawg-pcap], raw IP
// packets of version 4 [RFC 791] with UDP [RFC 768], so that any tool for captures shows them with
// the times at which they arrived.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.hpp"
#include "base/time.hpp"

namespace liptako::codec::capture {

struct Endpoint {
  std::array<std::uint8_t, 4> address{};
  std::uint16_t port = 0;
};

// What a file begins with.
void append_pcap_header(base::Bytes& out);
// Requires at most 65,507 octets of payload, and a time from 1970 to 2106.
void append_pcap_datagram(
    base::Timestamp time, Endpoint from, Endpoint to, base::ByteView payload, base::Bytes& out);

}  // namespace liptako::codec::capture
