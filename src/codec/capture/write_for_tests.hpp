// Capture files as test input: pcap and pcapng in both byte orders, packets on the links that
// captures are made on, and final-format frames. Written from the formats' descriptions, apart from
// the reader they test.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"

namespace liptako::codec::capture {

class ByteOrderWriter {
 public:
  explicit ByteOrderWriter(bool big_endian) : big_(big_endian) {}
  ByteOrderWriter& u8(std::uint64_t v) { return put(v, 1); }
  ByteOrderWriter& u16(std::uint64_t v) { return put(v, 2); }
  ByteOrderWriter& u32(std::uint64_t v) { return put(v, 4); }
  ByteOrderWriter& u64(std::uint64_t v) { return put(v, 8); }
  ByteOrderWriter& raw(base::ByteView bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  ByteOrderWriter& zeros(std::size_t count) {
    bytes_.resize(bytes_.size() + count);
    return *this;
  }
  [[nodiscard]] const base::Bytes& bytes() const { return bytes_; }

 private:
  ByteOrderWriter& put(std::uint64_t v, int octets) {
    for (int i = 0; i < octets; ++i) {
      const int at = big_ ? octets - 1 - i : i;
      bytes_.push_back(static_cast<std::uint8_t>(v >> (8 * at)));
    }
    return *this;
  }
  bool big_;
  base::Bytes bytes_;
};

inline base::Bytes udp_packet(base::ByteView payload) {
  return ByteOrderWriter(true)
      .u16(8600)
      .u16(8601)
      .u16(8 + payload.size())
      .u16(0)
      .raw(payload)
      .bytes();
}

// `offset` is in octets, a multiple of 8.
inline base::Bytes ipv4_packet(base::ByteView content,
                               unsigned protocol = 17,
                               unsigned id = 7,
                               std::size_t offset = 0,
                               bool more = false) {
  return ByteOrderWriter(true)
      .u8(0x45)
      .u8(0)
      .u16(20 + content.size())
      .u16(id)
      .u16(offset / 8 | (more ? 0x2000u : 0u))
      .u8(64)
      .u8(protocol)
      .u16(0)
      .u32(0x7F000001)
      .u32(0xEFC00114)
      .raw(content)
      .bytes();
}

inline base::Bytes ipv6_packet(base::ByteView content, unsigned next = 17) {
  return ByteOrderWriter(true)
      .u32(0x60000000)
      .u16(content.size())
      .u8(next)
      .u8(64)
      .zeros(15)
      .u8(1)
      .u16(0xFF02)
      .zeros(13)
      .u8(2)
      .raw(content)
      .bytes();
}

inline base::Bytes ipv6_fragment(base::ByteView content, std::size_t offset, bool more) {
  return ipv6_packet(ByteOrderWriter(true)
                         .u8(17)
                         .u8(0)
                         .u16(offset | (more ? 1u : 0u))
                         .u32(99)
                         .raw(content)
                         .bytes(),
                     44);
}

inline base::Bytes ethernet(base::ByteView content, unsigned type = 0x0800) {
  return ByteOrderWriter(true).zeros(12).u16(type).raw(content).bytes();
}

class PcapWriter {
 public:
  PcapWriter(bool big_endian, bool nanoseconds, unsigned link_type)
      : nanoseconds_(nanoseconds), out_(big_endian) {
    out_.u32(nanoseconds ? 0xA1B23C4D : 0xA1B2C3D4)
        .u16(2)
        .u16(4)
        .zeros(8)
        .u32(65'535)
        .u32(link_type);
  }
  // `sent`: how long the packet was, of which `frame` was kept.
  void add(base::Timestamp time, base::ByteView frame, std::size_t sent = 0) {
    const std::int64_t ns = base::to_ns(time);
    out_.u32(static_cast<std::uint64_t>(ns / 1'000'000'000))
        .u32(static_cast<std::uint64_t>(ns % 1'000'000'000 / (nanoseconds_ ? 1 : 1000)))
        .u32(frame.size())
        .u32(std::max(sent, frame.size()))
        .raw(frame);
  }
  [[nodiscard]] const base::Bytes& bytes() const { return out_.bytes(); }

 private:
  bool nanoseconds_;
  ByteOrderWriter out_;
};

class PcapngWriter {
 public:
  explicit PcapngWriter(bool big_endian) : big_(big_endian), out_(big_endian) {
    section(big_endian);
  }

  void section(bool big_endian) {
    big_ = big_endian;
    block(0x0A0D0D0A, make().u32(0x1A2B3C4D).u16(1).u16(0).u64(~std::uint64_t{0}).bytes());
  }
  // `resolution`: if_tsresol, left out if it is the default of 6; if_tsoffset likewise if 0.
  void interface(unsigned link_type, std::uint8_t resolution = 6, std::int64_t offset_s = 0) {
    ByteOrderWriter body = make();
    body.u16(link_type).u16(0).u32(0);
    constexpr std::string_view kName = "eth0";
    body.u16(2).u16(kName.size());
    for (const char c : kName) body.u8(static_cast<unsigned char>(c));
    if (resolution != 6) body.u16(9).u16(1).u8(resolution).zeros(3);
    if (offset_s != 0) body.u16(14).u16(8).u64(static_cast<std::uint64_t>(offset_s));
    body.u16(0).u16(0);
    block(1, body.bytes());
  }
  void packet(std::uint32_t interface, std::uint64_t ticks, base::ByteView frame) {
    block(6,
          make()
              .u32(interface)
              .u32(ticks >> 32)
              .u32(ticks & 0xFFFFFFFF)
              .u32(frame.size())
              .u32(frame.size())
              .raw(frame)
              .bytes());
  }
  void simple_packet(base::ByteView frame) {
    block(3, make().u32(frame.size()).raw(frame).bytes());
  }
  void block(std::uint32_t type, base::Bytes body) {
    body.resize((body.size() + 3) / 4 * 4);
    out_.raw(make().u32(type).u32(12 + body.size()).raw(body).u32(12 + body.size()).bytes());
  }
  [[nodiscard]] const base::Bytes& bytes() const { return out_.bytes(); }

 private:
  [[nodiscard]] ByteOrderWriter make() const { return ByteOrderWriter(big_); }
  bool big_;
  ByteOrderWriter out_;
};

// `ticks`: time of day in 10 ms.
inline base::Bytes final_frame(base::ByteView datagram, std::uint32_t ticks) {
  return ByteOrderWriter(true)
      .u16(12 + datagram.size())
      .u16(0)
      .u8(0)
      .u8(ticks >> 16)
      .u16(ticks & 0xFFFF)
      .raw(datagram)
      .u32(0xA5A5A5A5)
      .bytes();
}

}  // namespace liptako::codec::capture
