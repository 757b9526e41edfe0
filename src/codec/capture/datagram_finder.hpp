// The UDP payload of a captured packet: link header, IPv4 [RFC 791] or IPv6 [RFC 8200], UDP
// [RFC 768], and datagrams put together from their fragments. Checksums are not judged: captures
// hold packets whose checksum the network card would still have filled in. TCP is not followed.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "codec/capture/packet_reader.hpp"

namespace liptako::codec::capture {

// What tells the fragments of one datagram from all others.
struct FragmentKey {
  std::array<std::uint8_t, 32> addresses{};  // source and destination
  std::uint32_t identification = 0;
  bool is_ipv6 = false;
  friend bool operator==(const FragmentKey&, const FragmentKey&) = default;
};

struct Fragment {
  FragmentKey key;
  std::size_t offset = 0;  // in the datagram
  bool last = false;
  ByteView bytes;
};

// Fragmented datagrams on their way to being whole. Bounded: kMaxOpen of them, of which the oldest
// gives way, and none waits longer than kPatience by the capture's own clock.
class Reassembly {
 public:
  static constexpr std::size_t kMaxOpen = 32;
  static constexpr std::size_t kMaxFragments = 512;  // of one datagram; 1,280-byte packets need 54
  static constexpr std::size_t kMaxDatagram = 65'535;
  static constexpr base::Duration kPatience = std::chrono::seconds(30);

  // The whole datagram if this was the part it lacked; valid until the next call.
  [[nodiscard]] std::optional<ByteView> take(const Fragment& fragment,
                                             std::optional<base::Timestamp> time,
                                             SkipCounts& skips);
  // No more fragments will come.
  void give_up(SkipCounts& skips);

 private:
  struct Part {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  struct Open {
    FragmentKey key;
    std::optional<base::Timestamp> since;
    std::vector<Part> parts;  // by begin, without overlap
    std::optional<std::size_t> length;
    base::Bytes bytes;
  };

  // False if the fragment contradicts those before it.
  [[nodiscard]] static bool add(Open& open, const Fragment& fragment);
  [[nodiscard]] static bool whole(const Open& open);
  void drop_old(std::optional<base::Timestamp> now, SkipCounts& skips);

  std::vector<Open> open_;  // oldest first
  base::Bytes done_;
};

class DatagramFinder {
 public:
  // The payload of the UDP datagram that the packet holds, or completes; nothing, and the reason
  // counted, otherwise. A view into the packet or into this object, valid until the next call.
  [[nodiscard]] std::optional<ByteView> take(const Packet& packet, SkipCounts& skips);
  // The capture is at its end: fragments that still wait are counted.
  void finish(SkipCounts& skips) { reassembly_.give_up(skips); }

 private:
  using Found = std::optional<ByteView>;
  [[nodiscard]] Found by_type(std::uint16_t type,
                              ByteView rest,
                              std::optional<base::Timestamp> time,
                              SkipCounts& skips);
  [[nodiscard]] Found by_version(ByteView ip,
                                 std::optional<base::Timestamp> time,
                                 SkipCounts& skips);
  [[nodiscard]] Found ipv4(ByteView ip, std::optional<base::Timestamp> time, SkipCounts& skips);
  [[nodiscard]] Found ipv6(ByteView ip, std::optional<base::Timestamp> time, SkipCounts& skips);

  Reassembly reassembly_;
};

}  // namespace liptako::codec::capture
