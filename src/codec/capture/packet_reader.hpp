// Packets out of capture files: pcap [draft-ietf-opsawg-pcap] with microseconds or nanoseconds, and
// pcapng [draft-ietf-opsawg-pcapng] with its sections and interfaces, both in either byte order.
// What the packets hold is left to datagram_finder.hpp.
#pragma once

#include <optional>
#include <vector>

#include "codec/capture/datagram.hpp"

namespace liptako::codec::capture {

enum class CaptureFormat : std::uint8_t { pcap, pcapng };

struct Packet {
  std::optional<base::Timestamp> time;
  std::uint16_t link_type = 0;  // LINKTYPE_ value [tcpdump-linktypes]
  ByteView frame;               // as much of the packet as the capture kept
};

// Reads a file in pieces of the caller's choice. Total: any bytes give packets, then the end or a
// fault, and a packet is given only if it lies whole in the file.
class PacketReader {
 public:
  // The longest packet that capture programs write (their largest snapshot length).
  static constexpr std::size_t kMaxPacket = 262'144;
  // What step() must be given unless the file ends sooner.
  static constexpr std::size_t kWindow = 2 * kMaxPacket;
  // More interfaces than any machine has; packets of those beyond are passed over.
  static constexpr std::size_t kMaxInterfaces = 1024;

  struct Step {
    // Octets of `rest` that are done with; 0 only at the end or after a fault.
    std::size_t consumed = 0;
    std::optional<Packet> packet;  // a view into `rest`
  };

  explicit PacketReader(CaptureFormat format) : format_(format) {}

  // Reads one header, packet or block at the start of `rest`, the octets that follow those already
  // consumed. `more`: the file goes on beyond `rest`, which then holds at least kWindow octets.
  [[nodiscard]] Step step(ByteView rest, bool more, SkipCounts& skips);
  [[nodiscard]] const std::optional<ReadFault>& fault() const { return fault_; }

 private:
  struct Interface {
    std::uint16_t link_type = 0;
    std::uint32_t snapshot_length = 0;  // 0: no limit
    std::uint8_t resolution = 6;        // if_tsresol: 10^-n s, or 2^-n s with the highest bit set
    std::int64_t offset_s = 0;          // if_tsoffset
  };

  [[nodiscard]] Step done(std::size_t consumed, std::optional<Packet> packet = {});
  [[nodiscard]] Step stop(Fault fault);
  [[nodiscard]] Step read_pcap_header(ByteView rest);
  [[nodiscard]] Step read_pcap_packet(ByteView rest);
  [[nodiscard]] Step read_block(ByteView rest, SkipCounts& skips);
  [[nodiscard]] Step skip_block(ByteView rest, std::uint64_t length);
  void add_interface(ByteView body);
  [[nodiscard]] std::optional<Packet> packet_of(std::uint32_t type, ByteView body) const;
  [[nodiscard]] std::uint16_t u16(const std::uint8_t* at) const;
  [[nodiscard]] std::uint32_t u32(const std::uint8_t* at) const;

  CaptureFormat format_;
  bool big_endian_ = false;
  bool begun_ = false;  // the first header is read
  bool nanoseconds_ = false;
  std::uint16_t link_type_ = 0;
  std::vector<Interface> interfaces_;  // of the section at hand
  std::uint64_t offset_ = 0;           // of the next octet in the file
  std::uint64_t passing_over_ = 0;     // octets left of a block that nobody needs
  std::optional<ReadFault> fault_;
};

}  // namespace liptako::codec::capture
