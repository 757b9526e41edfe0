#include "codec/capture/datagram_finder.hpp"

#include <algorithm>

namespace liptako::codec::capture {
namespace {

// [tcpdump-linktypes]
constexpr std::uint16_t kLinkNull = 0;
constexpr std::uint16_t kLinkEthernet = 1;
constexpr std::uint16_t kLinkRawBsd = 12;
constexpr std::uint16_t kLinkRawOpenBsd = 14;
constexpr std::uint16_t kLinkRaw = 101;
constexpr std::uint16_t kLinkLoop = 108;
constexpr std::uint16_t kLinkCooked = 113;
constexpr std::uint16_t kLinkIpv4 = 228;
constexpr std::uint16_t kLinkIpv6 = 229;
constexpr std::uint16_t kLinkCooked2 = 276;

constexpr std::size_t kEthernetHeader = 14;
constexpr std::size_t kCookedHeader = 16;
constexpr std::size_t kCooked2Header = 20;
constexpr std::size_t kNullHeader = 4;
constexpr std::size_t kTag = 4;
constexpr int kMaxTags = 4;

// EtherTypes [IANA ieee-802-numbers]
constexpr std::uint16_t kTypeIpv4 = 0x0800;
constexpr std::uint16_t kTypeIpv6 = 0x86DD;
constexpr std::uint16_t kTypeVlan = 0x8100;
constexpr std::uint16_t kTypeServiceVlan = 0x88A8;
constexpr std::uint16_t kTypeOldServiceVlan = 0x9100;

// [IANA protocol-numbers]
constexpr std::uint8_t kHopByHop = 0;
constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;
constexpr std::uint8_t kRouting = 43;
constexpr std::uint8_t kFragmentHeader = 44;
constexpr std::uint8_t kAuthentication = 51;
constexpr std::uint8_t kDestinationOptions = 60;

constexpr std::size_t kIpv4Header = 20;
constexpr std::size_t kIpv6Header = 40;
constexpr std::size_t kUdpHeader = 8;
constexpr int kMaxExtensions = 8;

std::uint16_t u16(ByteView bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

std::uint32_t u32(ByteView bytes, std::size_t at) {
  return std::uint32_t{u16(bytes, at)} << 16 | u16(bytes, at + 2);
}

std::nullopt_t skip(SkipCounts& skips, Skip reason) {
  skips.add(reason);
  return std::nullopt;
}

// The payload of a datagram that begins with its UDP header.
std::optional<ByteView> udp(ByteView datagram, SkipCounts& skips) {
  if (datagram.size() < kUdpHeader) return skip(skips, Skip::udp_malformed);
  const std::size_t length = u16(datagram, 4);
  if (length < kUdpHeader || length > datagram.size()) return skip(skips, Skip::udp_malformed);
  if (length == kUdpHeader) return skip(skips, Skip::udp_empty);
  return datagram.subspan(kUdpHeader, length - kUdpHeader);
}

std::optional<ByteView> by_protocol(std::uint8_t protocol, ByteView content, SkipCounts& skips) {
  if (protocol == kUdp) return udp(content, skips);
  return skip(skips, protocol == kTcp ? Skip::tcp_not_followed : Skip::not_udp);
}

}  // namespace

std::optional<ByteView> DatagramFinder::take(const Packet& packet, SkipCounts& skips) {
  const ByteView frame = packet.frame;
  const auto lacks = [&](std::size_t header) { return frame.size() < header; };
  switch (packet.link_type) {
    case kLinkEthernet:
      if (lacks(kEthernetHeader)) return skip(skips, Skip::frame_cut_short);
      return by_type(u16(frame, 12), frame.subspan(kEthernetHeader), packet.time, skips);
    case kLinkCooked:
      if (lacks(kCookedHeader)) return skip(skips, Skip::frame_cut_short);
      return by_type(u16(frame, 14), frame.subspan(kCookedHeader), packet.time, skips);
    case kLinkCooked2:
      if (lacks(kCooked2Header)) return skip(skips, Skip::frame_cut_short);
      return by_type(u16(frame, 0), frame.subspan(kCooked2Header), packet.time, skips);
    case kLinkNull:
    case kLinkLoop:
      // The header is the address family in the order and numbering of the machine that captured;
      // the version in the IP header says the same in one way only.
      if (lacks(kNullHeader)) return skip(skips, Skip::frame_cut_short);
      return by_version(frame.subspan(kNullHeader), packet.time, skips);
    case kLinkRawBsd:
    case kLinkRawOpenBsd:
    case kLinkRaw:
    case kLinkIpv4:
    case kLinkIpv6:
      return by_version(frame, packet.time, skips);
    default:
      return skip(skips, Skip::link_type_not_read);
  }
}

std::optional<ByteView> DatagramFinder::by_type(std::uint16_t type,
                                                ByteView rest,
                                                std::optional<base::Timestamp> time,
                                                SkipCounts& skips) {
  for (int i = 0; i < kMaxTags; ++i) {
    if (type != kTypeVlan && type != kTypeServiceVlan && type != kTypeOldServiceVlan) break;
    if (rest.size() < kTag) return skip(skips, Skip::frame_cut_short);
    type = u16(rest, 2);
    rest = rest.subspan(kTag);
  }
  if (type == kTypeIpv4) return ipv4(rest, time, skips);
  if (type == kTypeIpv6) return ipv6(rest, time, skips);
  return skip(skips, Skip::not_ip);
}

std::optional<ByteView> DatagramFinder::by_version(ByteView ip,
                                                   std::optional<base::Timestamp> time,
                                                   SkipCounts& skips) {
  if (ip.empty()) return skip(skips, Skip::frame_cut_short);
  if (ip[0] >> 4 == 4) return ipv4(ip, time, skips);
  if (ip[0] >> 4 == 6) return ipv6(ip, time, skips);
  return skip(skips, Skip::not_ip);
}

std::optional<ByteView> DatagramFinder::ipv4(ByteView ip,
                                             std::optional<base::Timestamp> time,
                                             SkipCounts& skips) {
  if (ip.size() < kIpv4Header) return skip(skips, Skip::frame_cut_short);
  const std::size_t header = std::size_t{ip[0] & 0x0Fu} * 4;
  const std::size_t length = u16(ip, 2);
  if (ip[0] >> 4 != 4 || header < kIpv4Header || length < header)
    return skip(skips, Skip::ip_malformed);
  if (length > ip.size()) return skip(skips, Skip::frame_cut_short);
  const ByteView content = ip.subspan(header, length - header);
  const std::uint8_t protocol = ip[9];
  const std::uint16_t flags = u16(ip, 6);
  const bool more_fragments = (flags & 0x2000) != 0;
  const std::size_t offset = std::size_t{flags & 0x1FFFu} * 8;
  if (protocol != kUdp || (offset == 0 && !more_fragments))
    return by_protocol(protocol, content, skips);
  Fragment fragment{.key = {}, .offset = offset, .last = !more_fragments, .bytes = content};
  std::copy_n(ip.begin() + 12, 8, fragment.key.addresses.begin());
  fragment.key.identification = u16(ip, 4);
  const auto whole = reassembly_.take(fragment, time, skips);
  return whole ? udp(*whole, skips) : std::nullopt;
}

std::optional<ByteView> DatagramFinder::ipv6(ByteView ip,
                                             std::optional<base::Timestamp> time,
                                             SkipCounts& skips) {
  if (ip.size() < kIpv6Header) return skip(skips, Skip::frame_cut_short);
  const std::size_t length = u16(ip, 4);
  if (ip[0] >> 4 != 6 || length == 0) return skip(skips, Skip::ip_malformed);
  if (length > ip.size() - kIpv6Header) return skip(skips, Skip::frame_cut_short);
  ByteView content = ip.subspan(kIpv6Header, length);
  std::uint8_t next = ip[6];
  std::optional<Fragment> fragment;
  for (int i = 0; i < kMaxExtensions; ++i) {
    std::size_t header = 8;
    if (next == kAuthentication && content.size() >= 2) {
      header = (std::size_t{content[1]} + 2) * 4;
    } else if ((next == kHopByHop || next == kRouting || next == kDestinationOptions) &&
               content.size() >= 2) {
      header = (std::size_t{content[1]} + 1) * 8;
    } else if (next != kFragmentHeader) {
      break;
    }
    if (content.size() < header) return skip(skips, Skip::ip_malformed);
    const std::uint8_t extension = next;
    next = content[0];
    if (extension != kFragmentHeader) {
      content = content.subspan(header);
      continue;
    }
    const std::uint16_t flags = u16(content, 2);
    fragment = Fragment{.key = {}, .offset = flags & 0xFFF8u, .last = !(flags & 1), .bytes = {}};
    std::copy_n(ip.begin() + 8, 32, fragment->key.addresses.begin());
    fragment->key.identification = u32(content, 4);
    fragment->key.is_ipv6 = true;
    content = content.subspan(header);
    break;
  }
  // An atomic fragment is a whole datagram [RFC 8200, §4.5].
  const bool is_part = fragment && (fragment->offset != 0 || !fragment->last);
  if (next != kUdp || !is_part) return by_protocol(next, content, skips);
  fragment->bytes = content;
  const auto whole = reassembly_.take(*fragment, time, skips);
  return whole ? udp(*whole, skips) : std::nullopt;
}

bool Reassembly::add(Open& open, const Fragment& fragment) {
  const std::size_t begin = fragment.offset;
  const std::size_t end = begin + fragment.bytes.size();
  // All but the last are multiples of eight octets long.
  const bool odd = !fragment.last && fragment.bytes.size() % 8 != 0;
  if (fragment.bytes.empty() || odd || end > kMaxDatagram) return false;
  if (fragment.last && open.length && *open.length != end) return false;
  const auto after = std::ranges::lower_bound(open.parts, begin, std::ranges::less(), &Part::begin);
  if (after != open.parts.end() && after->begin == begin && after->end == end) {
    // A mirror port sees a packet twice; what differs is no copy.
    return std::equal(fragment.bytes.begin(),
                      fragment.bytes.end(),
                      open.bytes.begin() + static_cast<std::ptrdiff_t>(begin));
  }
  if (after != open.parts.end() && after->begin < end) return false;
  if (after != open.parts.begin() && std::prev(after)->end > begin) return false;
  if (open.parts.size() >= kMaxFragments) return false;
  if (fragment.last) {
    if (!open.parts.empty() && open.parts.back().end > end) return false;
    open.length = end;
  }
  if (open.length && end > *open.length) return false;
  open.parts.insert(after, {begin, end});
  if (open.bytes.size() < end) open.bytes.resize(end);
  std::ranges::copy(fragment.bytes, open.bytes.begin() + static_cast<std::ptrdiff_t>(begin));
  return true;
}

bool Reassembly::whole(const Open& open) {
  if (!open.length) return false;
  std::size_t end = 0;
  for (const Part& part : open.parts) {
    if (part.begin != end) return false;
    end = part.end;
  }
  return end == *open.length;
}

void Reassembly::drop_old(std::optional<base::Timestamp> now, SkipCounts& skips) {
  if (!now) return;
  std::erase_if(open_, [&](const Open& open) {
    const bool old = open.since && (*now < *open.since || *now - *open.since > kPatience);
    if (old) skips.add(Skip::fragment_incomplete);
    return old;
  });
}

std::optional<ByteView> Reassembly::take(const Fragment& fragment,
                                         std::optional<base::Timestamp> time,
                                         SkipCounts& skips) {
  drop_old(time, skips);
  auto open = std::ranges::find(open_, fragment.key, &Open::key);
  if (open == open_.end()) {
    if (open_.size() == kMaxOpen) {
      skips.add(Skip::fragment_incomplete);
      open_.erase(open_.begin());
    }
    open_.push_back({.key = fragment.key, .since = time, .parts = {}, .length = {}, .bytes = {}});
    open = std::prev(open_.end());
  }
  if (!add(*open, fragment)) {
    skips.add(Skip::fragment_incomplete);
    open_.erase(open);
    return std::nullopt;
  }
  if (!whole(*open)) return std::nullopt;
  done_ = std::move(open->bytes);
  open_.erase(open);
  return done_;
}

void Reassembly::give_up(SkipCounts& skips) {
  for (std::size_t i = 0; i < open_.size(); ++i) skips.add(Skip::fragment_incomplete);
  open_.clear();
}

}  // namespace liptako::codec::capture
