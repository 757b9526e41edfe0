#include "codec/capture/packet_reader.hpp"

#include <algorithm>
#include <limits>

namespace liptako::codec::capture {
namespace {

constexpr std::size_t kPcapHeader = 24;
constexpr std::size_t kPcapPacketHeader = 16;
constexpr std::uint32_t kPcapMicroseconds = 0xA1B2C3D4;
constexpr std::uint32_t kPcapNanoseconds = 0xA1B23C4D;
constexpr std::uint16_t kPcapMajor = 2;

constexpr std::uint32_t kSectionHeader = 0x0A0D0D0A;  // the same in both byte orders
constexpr std::uint32_t kByteOrderMagic = 0x1A2B3C4D;
constexpr std::uint16_t kPcapngMajor = 1;
constexpr std::uint32_t kInterfaceDescription = 1;
constexpr std::uint32_t kObsoletePacket = 2;
constexpr std::uint32_t kSimplePacket = 3;
constexpr std::uint32_t kEnhancedPacket = 6;
constexpr std::size_t kBlockFrame = 12;  // type, length, and the length again at the end
constexpr std::size_t kSectionFixed = 16;
constexpr std::size_t kInterfaceFixed = 8;
constexpr std::size_t kPacketFixed = 20;
constexpr std::size_t kOptionHeader = 4;
constexpr std::uint16_t kOptionEnd = 0;
constexpr std::uint16_t kOptionResolution = 9;
constexpr std::uint16_t kOptionOffset = 14;
// Options may follow a packet in its block.
constexpr std::size_t kMaxBlock = PacketReader::kMaxPacket + 65'536;
static_assert(kMaxBlock < PacketReader::kWindow);

constexpr std::uint64_t kNanosecondsPerSecond = 1'000'000'000;
constexpr std::int64_t kLargestSecond =
    std::numeric_limits<std::int64_t>::max() / static_cast<std::int64_t>(kNanosecondsPerSecond) - 1;

std::optional<base::Timestamp> instant(std::int64_t seconds, std::uint64_t nanoseconds) {
  if (seconds > kLargestSecond || seconds < -kLargestSecond) return std::nullopt;
  return base::timestamp_from_ns(seconds * static_cast<std::int64_t>(kNanosecondsPerSecond) +
                                 static_cast<std::int64_t>(nanoseconds));
}

// A count of 10^-n or 2^-n seconds since 1970. Absent if no instant we can write is meant.
std::optional<base::Timestamp> from_ticks(std::uint64_t ticks,
                                          std::uint8_t resolution,
                                          std::int64_t offset_s) {
  unsigned exponent = resolution & 0x7F;
  std::uint64_t seconds = 0;
  std::uint64_t nanoseconds = 0;
  if (resolution & 0x80) {
    if (exponent > 63) return std::nullopt;
    seconds = ticks >> exponent;
    std::uint64_t fraction = exponent == 0 ? 0 : ticks & ((std::uint64_t{1} << exponent) - 1);
    // Finer than 2^-32 s is finer than a nanosecond.
    if (exponent > 32) {
      fraction >>= exponent - 32;
      exponent = 32;
    }
    nanoseconds = fraction * kNanosecondsPerSecond >> exponent;
  } else {
    if (exponent > 19) return std::nullopt;
    std::uint64_t per_second = 1;
    for (unsigned i = 0; i < exponent; ++i) per_second *= 10;
    seconds = ticks / per_second;
    nanoseconds = ticks % per_second;
    for (; exponent < 9; ++exponent) nanoseconds *= 10;
    for (; exponent > 9; --exponent) nanoseconds /= 10;
  }
  if (seconds > static_cast<std::uint64_t>(kLargestSecond) || offset_s > kLargestSecond ||
      offset_s < -kLargestSecond) {
    return std::nullopt;
  }
  return instant(static_cast<std::int64_t>(seconds) + offset_s, nanoseconds);
}

// What a packet block holds after its fixed part.
std::optional<ByteView> kept(ByteView body, std::size_t fixed, std::uint32_t length) {
  if (length > PacketReader::kMaxPacket || length > body.size() - fixed) return std::nullopt;
  return body.subspan(fixed, length);
}

}  // namespace

std::uint16_t PacketReader::u16(const std::uint8_t* at) const {
  return static_cast<std::uint16_t>(big_endian_ ? at[0] << 8 | at[1] : at[1] << 8 | at[0]);
}

std::uint32_t PacketReader::u32(const std::uint8_t* at) const {
  const std::uint32_t first = u16(at);
  const std::uint32_t second = u16(at + 2);
  return big_endian_ ? first << 16 | second : second << 16 | first;
}

PacketReader::Step PacketReader::done(std::size_t consumed, std::optional<Packet> packet) {
  offset_ += consumed;
  return {consumed, packet};
}

PacketReader::Step PacketReader::stop(Fault fault) {
  fault_ = ReadFault{fault, offset_};
  return {};
}

PacketReader::Step PacketReader::step(ByteView rest, bool more, SkipCounts& skips) {
  if (fault_) return {};
  if (passing_over_ > 0) {
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(passing_over_, rest.size()));
    if (n == 0 && !more) return stop(Fault::truncated);
    passing_over_ -= n;
    return done(n);
  }
  if (rest.empty() && (begun_ || more)) return {};
  if (format_ == CaptureFormat::pcapng) return read_block(rest, skips);
  return begun_ ? read_pcap_packet(rest) : read_pcap_header(rest);
}

PacketReader::Step PacketReader::read_pcap_header(ByteView rest) {
  if (rest.size() < kPcapHeader) return stop(Fault::truncated);
  for (const bool big : {false, true}) {
    big_endian_ = big;
    const std::uint32_t magic = u32(rest.data());
    if (magic != kPcapMicroseconds && magic != kPcapNanoseconds) continue;
    nanoseconds_ = magic == kPcapNanoseconds;
    if (u16(rest.data() + 4) != kPcapMajor) return stop(Fault::version_not_known);
    // The upper half of the field tells about frame check sequences at the frames' ends, which IP's
    // own lengths leave out anyway.
    link_type_ = static_cast<std::uint16_t>(u32(rest.data() + 20) & 0xFFFF);
    begun_ = true;
    return done(kPcapHeader);
  }
  return stop(Fault::byte_order_unknown);
}

PacketReader::Step PacketReader::read_pcap_packet(ByteView rest) {
  if (rest.size() < kPcapPacketHeader) return stop(Fault::truncated);
  const std::uint32_t length = u32(rest.data() + 8);
  if (length > kMaxPacket) return stop(Fault::length_invalid);
  if (length > rest.size() - kPcapPacketHeader) return stop(Fault::truncated);
  const std::uint64_t fraction = u32(rest.data() + 4);
  Packet packet;
  packet.time = instant(u32(rest.data()), nanoseconds_ ? fraction : fraction * 1000);
  packet.link_type = link_type_;
  packet.frame = rest.subspan(kPcapPacketHeader, length);
  return done(kPcapPacketHeader + length, packet);
}

PacketReader::Step PacketReader::skip_block(ByteView rest, std::uint64_t length) {
  const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(length, rest.size()));
  passing_over_ = length - n;
  return done(n);
}

PacketReader::Step PacketReader::read_block(ByteView rest, SkipCounts& skips) {
  if (rest.size() < kBlockFrame) return stop(Fault::truncated);
  const bool section = u32(rest.data()) == kSectionHeader;
  if (section) {
    big_endian_ = false;
    if (u32(rest.data() + 8) != kByteOrderMagic) big_endian_ = true;
    if (u32(rest.data() + 8) != kByteOrderMagic) return stop(Fault::byte_order_unknown);
  } else if (!begun_) {
    return stop(Fault::byte_order_unknown);
  }
  const std::uint32_t type = u32(rest.data());
  const std::uint32_t length = u32(rest.data() + 4);
  if (length < kBlockFrame || length % 4 != 0) return stop(Fault::length_invalid);
  const bool holds_packet =
      type == kEnhancedPacket || type == kSimplePacket || type == kObsoletePacket;
  if (length > kMaxBlock) {
    if (section || type == kInterfaceDescription) return stop(Fault::length_invalid);
    if (holds_packet) skips.add(Skip::packet_too_large);
    return skip_block(rest, length);
  }
  if (length > rest.size()) return stop(Fault::truncated);
  if (u32(rest.data() + length - 4) != length) return stop(Fault::length_invalid);
  const ByteView body = rest.subspan(8, length - kBlockFrame);
  if (section) {
    if (body.size() < kSectionFixed) return stop(Fault::length_invalid);
    if (u16(body.data() + 4) != kPcapngMajor) return stop(Fault::version_not_known);
    begun_ = true;
    interfaces_.clear();
  } else if (type == kInterfaceDescription) {
    if (body.size() < kInterfaceFixed) return stop(Fault::length_invalid);
    add_interface(body);
  } else if (holds_packet) {
    const auto packet = packet_of(type, body);
    if (!packet) skips.add(Skip::packet_malformed);
    return done(length, packet);
  }
  return done(length);
}

void PacketReader::add_interface(ByteView body) {
  if (interfaces_.size() >= kMaxInterfaces) return;
  Interface interface;
  interface.link_type = u16(body.data());
  interface.snapshot_length = u32(body.data() + 4);
  ByteView options = body.subspan(kInterfaceFixed);
  while (options.size() >= kOptionHeader) {
    const std::uint16_t code = u16(options.data());
    const std::uint16_t length = u16(options.data() + 2);
    const std::size_t padded = kOptionHeader + (std::size_t{length} + 3) / 4 * 4;
    if (code == kOptionEnd || padded > options.size()) break;
    const std::uint8_t* const value = options.data() + kOptionHeader;
    if (code == kOptionResolution && length >= 1) interface.resolution = value[0];
    if (code == kOptionOffset && length >= 8) {
      const std::uint64_t first = u32(value);
      const std::uint64_t second = u32(value + 4);
      interface.offset_s =
          static_cast<std::int64_t>(big_endian_ ? first << 32 | second : second << 32 | first);
    }
    options = options.subspan(padded);
  }
  interfaces_.push_back(interface);
}

std::optional<Packet> PacketReader::packet_of(std::uint32_t type, ByteView body) const {
  Packet packet;
  std::optional<ByteView> frame;
  if (type == kSimplePacket) {
    // It tells the length of the packet as it was sent; how much was kept follows from the limit of
    // the first interface, whose packet it is.
    if (body.size() < 4 || interfaces_.empty()) return std::nullopt;
    const Interface& interface = interfaces_.front();
    std::uint32_t length = u32(body.data());
    if (interface.snapshot_length != 0) length = std::min(length, interface.snapshot_length);
    packet.link_type = interface.link_type;
    frame = kept(body, 4, length);
  } else {
    if (body.size() < kPacketFixed) return std::nullopt;
    const std::uint32_t id = type == kEnhancedPacket ? u32(body.data()) : u16(body.data());
    if (id >= interfaces_.size()) return std::nullopt;
    const Interface& interface = interfaces_[id];
    packet.link_type = interface.link_type;
    packet.time = from_ticks(std::uint64_t{u32(body.data() + 4)} << 32 | u32(body.data() + 8),
                             interface.resolution,
                             interface.offset_s);
    frame = kept(body, kPacketFixed, u32(body.data() + 12));
  }
  if (!frame) return std::nullopt;
  packet.frame = *frame;
  return packet;
}

}  // namespace liptako::codec::capture
