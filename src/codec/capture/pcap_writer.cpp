#include "codec/capture/pcap_writer.hpp"

#include "base/check.hpp"

namespace liptako::codec::capture {
namespace {

constexpr std::uint32_t kNanosecondMagic = 0xA1B23C4D;
constexpr std::uint32_t kLinkRaw = 101;  // the packet begins with its IP header [tcpdump-linktypes]
constexpr std::uint32_t kLongestPacket = 65'535;
constexpr std::size_t kIpHeader = 20;
constexpr std::size_t kUdpHeader = 8;

// Network byte order.
void put16(std::size_t value, base::Bytes& out) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}

// The complement of the sum of 16-bit words, with the carries added back [RFC 791, §3.1].
std::uint16_t header_checksum(base::ByteView header) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i + 1 < header.size(); i += 2)
    sum += static_cast<std::uint32_t>(header[i] << 8 | header[i + 1]);
  while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

}  // namespace

void append_pcap_header(base::Bytes& out) {
  base::ByteWriter writer(out);
  writer.put(kNanosecondMagic);
  writer.put(std::uint16_t{2});  // version 2.4
  writer.put(std::uint16_t{4});
  writer.put(std::uint64_t{0});
  writer.put(kLongestPacket);
  writer.put(kLinkRaw);
}

void append_pcap_datagram(
    base::Timestamp time, Endpoint from, Endpoint to, base::ByteView payload, base::Bytes& out) {
  const std::size_t size = kIpHeader + kUdpHeader + payload.size();
  const std::int64_t ns = base::to_ns(time);
  constexpr std::int64_t kSecond = 1'000'000'000;
  CHECK(size <= kLongestPacket && ns >= 0 && ns / kSecond <= 0xFFFFFFFF);
  base::ByteWriter writer(out);
  writer.put(static_cast<std::uint32_t>(ns / kSecond));
  writer.put(static_cast<std::uint32_t>(ns % kSecond));
  writer.put(static_cast<std::uint32_t>(size));
  writer.put(static_cast<std::uint32_t>(size));

  const std::size_t ip = out.size();
  out.push_back(0x45);  // version 4, five words of header
  out.push_back(0);
  put16(size, out);
  put16(0, out);  // identification: nothing is fragmented
  put16(0, out);
  out.push_back(64);  // time to live
  out.push_back(17);  // UDP
  put16(0, out);      // the checksum's place
  out.insert(out.end(), from.address.begin(), from.address.end());
  out.insert(out.end(), to.address.begin(), to.address.end());
  const std::uint16_t sum = header_checksum(base::ByteView(out).subspan(ip, kIpHeader));
  out[ip + 10] = static_cast<std::uint8_t>(sum >> 8);
  out[ip + 11] = static_cast<std::uint8_t>(sum);

  put16(from.port, out);
  put16(to.port, out);
  put16(kUdpHeader + payload.size(), out);
  put16(0, out);  // no checksum
  out.insert(out.end(), payload.begin(), payload.end());
}

}  // namespace liptako::codec::capture
