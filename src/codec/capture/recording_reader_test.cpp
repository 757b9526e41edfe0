#include "codec/capture/recording_reader.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "base/prng.hpp"
#include "codec/asterix/recordings_for_tests.hpp"
#include "codec/capture/write_for_tests.hpp"

namespace liptako::codec::capture {
namespace {

using base::Bytes;
using base::Timestamp;

constexpr Timestamp kMorning = base::timestamp_from_ns(1'795'305'600'000'000'000);
const Bytes kPayload = {0x30, 0x00, 0x06, 0x80, 0x17, 0x02};

struct Kept {
  std::optional<Timestamp> time;
  Bytes bytes;
  friend bool operator==(const Kept&, const Kept&) = default;
};

struct Read {
  std::vector<Kept> datagrams;
  SkipCounts skips;
  std::optional<ReadFault> fault;
};

// Hands the file over in windows that begin where the last step ended, as a streaming caller does.
Read read(ByteView file) {
  RecordingReader reader(recognise(file.first(std::min(file.size(), kHead))));
  Read out;
  for (std::size_t at = 0;;) {
    const std::size_t size = std::min(file.size() - at, RecordingReader::kWindow);
    const auto step = reader.step(file.subspan(at, size), at + size < file.size());
    if (step.datagram) {
      out.datagrams.push_back(
          {step.datagram->time, {step.datagram->bytes.begin(), step.datagram->bytes.end()}});
    }
    if (step.consumed == 0) break;
    at += step.consumed;
  }
  out.skips = reader.skips();
  out.fault = reader.fault();
  return out;
}

// One packet of a link type, without a time worth looking at.
Read read_packet(unsigned link_type, const Bytes& frame) {
  PcapWriter file(false, false, link_type);
  file.add(kMorning, frame);
  return read(file.bytes());
}

void expect_payload(const Read& read) {
  ASSERT_EQ(read.datagrams.size(), 1u);
  EXPECT_EQ(read.datagrams[0].bytes, kPayload);
  EXPECT_EQ(read.skips.total(), 0u) << read.skips.to_string();
  EXPECT_FALSE(read.fault);
}

void expect_skip(const Read& read, Skip reason) {
  EXPECT_TRUE(read.datagrams.empty());
  EXPECT_EQ(read.skips.to_string(), std::string(to_string(reason)) + " 1");
  EXPECT_FALSE(read.fault);
}

TEST(Pcap, ReadsBothByteOrdersAndBothResolutions) {
  for (const bool big : {false, true}) {
    for (const bool nanoseconds : {false, true}) {
      PcapWriter file(big, nanoseconds, 1);
      const Timestamp time = kMorning + base::Duration(123'456'789);
      file.add(time, ethernet(ipv4_packet(udp_packet(kPayload))));
      const Read found = read(file.bytes());
      expect_payload(found);
      const auto expected = nanoseconds ? time : kMorning + base::Duration(123'456'000);
      EXPECT_EQ(found.datagrams[0].time, expected) << big << nanoseconds;
    }
  }
}

TEST(Pcap, ReadsTheLinksThatCapturesAreMadeOn) {
  const Bytes v4 = ipv4_packet(udp_packet(kPayload));
  const Bytes v6 = ipv6_packet(udp_packet(kPayload));
  const auto after = [](const Bytes& header, const Bytes& packet) {
    return ByteOrderWriter(true).raw(header).raw(packet).bytes();
  };
  expect_payload(read_packet(1, ethernet(v4)));
  expect_payload(read_packet(1, ethernet(v6, 0x86DD)));
  const Bytes tagged = after(ByteOrderWriter(true).u16(12).u16(0x0800).bytes(), v4);
  expect_payload(read_packet(1, ethernet(tagged, 0x8100)));
  const Bytes twice = after(ByteOrderWriter(true).u16(12).u16(0x8100).bytes(), tagged);
  expect_payload(read_packet(1, ethernet(twice, 0x88A8)));
  expect_payload(read_packet(101, v4));
  expect_payload(read_packet(101, v6));
  expect_payload(read_packet(113, after(ByteOrderWriter(true).zeros(14).u16(0x0800).bytes(), v4)));
  expect_payload(read_packet(276, after(ByteOrderWriter(true).u16(0x86DD).zeros(18).bytes(), v6)));
  expect_payload(read_packet(0, after(ByteOrderWriter(false).u32(2).bytes(), v4)));
  expect_payload(read_packet(0, after(ByteOrderWriter(true).u32(30).bytes(), v6)));
}

TEST(Pcap, PaddingOfShortFramesIsNoPayload) {
  Bytes frame = ethernet(ipv4_packet(udp_packet(kPayload)));
  frame.resize(60);
  expect_payload(read_packet(1, frame));
}

TEST(Pcap, PassesOverWhatIsNoDatagramAndSaysWhy) {
  const Bytes udp = udp_packet(kPayload);
  expect_skip(read_packet(127, kPayload), Skip::link_type_not_read);
  expect_skip(read_packet(1, ethernet(kPayload, 0x0806)), Skip::not_ip);
  expect_skip(read_packet(1, Bytes(13)), Skip::frame_cut_short);
  expect_skip(read_packet(1, ethernet(ipv4_packet(udp, 6))), Skip::tcp_not_followed);
  expect_skip(read_packet(1, ethernet(ipv4_packet(udp, 1))), Skip::not_udp);
  expect_skip(read_packet(1, ethernet(ipv4_packet(udp_packet({})))), Skip::udp_empty);
  expect_skip(read_packet(1, ethernet(ipv4_packet(Bytes(7)))), Skip::udp_malformed);
  Bytes long_udp = udp;
  ++long_udp[5];
  expect_skip(read_packet(1, ethernet(ipv4_packet(long_udp))), Skip::udp_malformed);
  Bytes cut = ethernet(ipv4_packet(udp));
  cut.pop_back();
  expect_skip(read_packet(1, cut), Skip::frame_cut_short);
  Bytes no_header = ipv4_packet(udp);
  no_header[0] = 0x44;
  expect_skip(read_packet(1, ethernet(no_header)), Skip::ip_malformed);
  expect_skip(read_packet(101, Bytes(40, 0x10)), Skip::not_ip);
  expect_skip(read_packet(101, ipv6_packet(Bytes(4), 43)), Skip::ip_malformed);
}

TEST(Pcap, ReadsUdpBehindIpv6Extensions) {
  const Bytes udp = udp_packet(kPayload);
  const Bytes options =
      ByteOrderWriter(true).u8(60).u8(0).zeros(6).u8(17).u8(1).zeros(14).raw(udp).bytes();
  expect_payload(read_packet(101, ipv6_packet(options, 0)));
  const Bytes authenticated = ByteOrderWriter(true).u8(17).u8(4).zeros(22).raw(udp).bytes();
  expect_payload(read_packet(101, ipv6_packet(authenticated, 51)));
}

// A datagram of 3,008 octets in parts, in the order given.
struct Part {
  std::size_t begin;
  std::size_t end;
};
Bytes large_payload() {
  Bytes payload(3000);
  base::Prng prng(1);
  for (auto& octet : payload) octet = static_cast<std::uint8_t>(prng.next());
  return payload;
}
Read read_parts(std::initializer_list<Part> parts,
                bool v6 = false,
                base::Duration between = std::chrono::milliseconds(1)) {
  const Bytes udp = udp_packet(large_payload());
  PcapWriter file(false, false, 101);
  Timestamp time = kMorning;
  for (const Part& part : parts) {
    const ByteView content = ByteView(udp).subspan(part.begin, part.end - part.begin);
    const bool more = part.end < udp.size();
    file.add(time,
             v6 ? ipv6_fragment(content, part.begin, more)
                : ipv4_packet(content, 17, 7, part.begin, more));
    time += between;
  }
  return read(file.bytes());
}

TEST(Fragments, BecomeOneDatagramInAnyOrder) {
  for (const bool v6 : {false, true}) {
    for (const auto& parts :
         {std::initializer_list<Part>{{0, 1480}, {1480, 2960}, {2960, 3008}},
          std::initializer_list<Part>{{2960, 3008}, {0, 1480}, {1480, 2960}},
          // A mirror port shows a part twice.
          std::initializer_list<Part>{{1480, 2960}, {1480, 2960}, {2960, 3008}, {0, 1480}}}) {
      const Read found = read_parts(parts, v6);
      ASSERT_EQ(found.datagrams.size(), 1u);
      EXPECT_EQ(found.datagrams[0].bytes, large_payload());
      EXPECT_EQ(found.skips.total(), 0u) << found.skips.to_string();
    }
  }
}

TEST(Fragments, AMissingPartIsCounted) {
  expect_skip(read_parts({{0, 1480}, {2960, 3008}}), Skip::fragment_incomplete);
  expect_skip(read_parts({{1480, 2960}}), Skip::fragment_incomplete);
}

TEST(Fragments, OverlappingPartsAreNotBelieved) {
  const Read found = read_parts({{0, 1480}, {1472, 2960}, {2960, 3008}});
  EXPECT_TRUE(found.datagrams.empty());
  EXPECT_EQ(found.skips.of(Skip::fragment_incomplete), 2u);  // what came after begins anew
}

TEST(Fragments, PartsFarApartInTimeAreOfDifferentDatagrams) {
  const Read found =
      read_parts({{0, 1480}, {1480, 2960}, {2960, 3008}}, false, std::chrono::seconds(31));
  EXPECT_TRUE(found.datagrams.empty());
  EXPECT_EQ(found.skips.of(Skip::fragment_incomplete), 3u);
}

TEST(Fragments, ManyUnfinishedDatagramsTakeBoundedRoom) {
  PcapWriter file(false, false, 101);
  for (unsigned id = 0; id < 1000; ++id)
    file.add(kMorning, ipv4_packet(Bytes(16), 17, id, 0, true));
  EXPECT_EQ(read(file.bytes()).skips.of(Skip::fragment_incomplete), 1000u);
}

TEST(Pcapng, ReadsBothByteOrdersSectionsAndInterfaces) {
  const Bytes v4 = ipv4_packet(udp_packet(kPayload));
  for (const bool big : {false, true}) {
    PcapngWriter file(big);
    file.interface(1);
    file.interface(101, 9);
    file.block(4, Bytes(16));  // names, which nobody needs
    const std::uint64_t us = 1'795'305'600'000'001;
    file.packet(0, us, ethernet(v4));
    file.packet(1, us * 1000 + 7, v4);
    file.section(!big);  // interfaces begin anew
    file.interface(228, 0x80 | 10);
    file.packet(0, (1'795'305'600ull << 10) + 512, v4);
    file.packet(1, 0, v4);
    const Read found = read(file.bytes());
    ASSERT_EQ(found.datagrams.size(), 3u) << big;
    EXPECT_EQ(found.datagrams[0].time, kMorning + base::Duration(1000));
    EXPECT_EQ(found.datagrams[1].time, kMorning + base::Duration(1007));
    EXPECT_EQ(found.datagrams[2].time, kMorning + base::Duration(500'000'000));
    EXPECT_EQ(found.skips.to_string(), "packet_malformed 1");
    EXPECT_FALSE(found.fault);
  }
}

TEST(Pcapng, TellsTimeInEveryResolution) {
  const Bytes v4 = ipv4_packet(udp_packet(kPayload));
  struct Case {
    std::uint8_t resolution;
    std::int64_t offset_s;
    std::uint64_t ticks;
    std::optional<Timestamp> time;
  };
  const auto at = [](std::int64_t ns) { return base::timestamp_from_ns(ns); };
  for (const Case& c : {Case{0, 0, 5, at(5'000'000'000)},
                        Case{3, 0, 5001, at(5'001'000'000)},
                        Case{12, 0, 5'000'000'001'999, at(5'000'000'001)},
                        Case{6, 1'000'000, 5, at(1'000'000'000'005'000)},
                        Case{6, -3, 5, at(-2'999'995'000)},
                        Case{0x80, 0, 5, at(5'000'000'000)},
                        Case{0x80 | 40, 0, (5ull << 40) | (1ull << 39), at(5'500'000'000)},
                        Case{0, 0, ~0ull, {}},
                        Case{20, 0, 1, {}},
                        Case{0x80 | 64, 0, 1, {}},
                        Case{6, std::numeric_limits<std::int64_t>::max(), 1, {}}}) {
    PcapngWriter file(false);
    file.interface(101, c.resolution, c.offset_s);
    file.packet(0, c.ticks, v4);
    const Read found = read(file.bytes());
    expect_payload(found);
    EXPECT_EQ(found.datagrams[0].time, c.time) << int{c.resolution};
  }
}

TEST(Pcapng, SimplePacketsHaveNoTime) {
  PcapngWriter file(false);
  file.interface(101);
  file.simple_packet(ipv4_packet(udp_packet(kPayload)));
  const Read found = read(file.bytes());
  expect_payload(found);
  EXPECT_FALSE(found.datagrams[0].time);
}

TEST(Pcapng, PassesOverBlocksOfAnySize) {
  PcapngWriter file(false);
  file.interface(101);
  file.block(0x0BAD, Bytes(1'500'000));
  file.packet(0, 0, Bytes(700'000));
  file.packet(0, 0, ipv4_packet(udp_packet(kPayload)));
  const Read found = read(file.bytes());
  ASSERT_EQ(found.datagrams.size(), 1u);
  EXPECT_EQ(found.skips.to_string(), "packet_too_large 1");
}

TEST(FinalFormat, ReadsFramesAndTheirTimes) {
  Bytes file = final_frame(kPayload, 8'639'999);
  const auto add = [&](std::uint32_t ticks) {
    const Bytes frame = final_frame(kPayload, ticks);
    file.insert(file.end(), frame.begin(), frame.end());
  };
  add(1);          // past midnight
  add(8'639'998);  // late
  add(2);
  const Read found = read(file);
  ASSERT_EQ(found.datagrams.size(), 4u);
  const Timestamp start{base::Duration(std::chrono::milliseconds(86'399'990))};
  EXPECT_EQ(found.datagrams[0], (Kept{start, kPayload}));
  EXPECT_EQ(found.datagrams[1].time, start + std::chrono::milliseconds(20));
  EXPECT_EQ(found.datagrams[2].time, start - std::chrono::milliseconds(10));
  EXPECT_EQ(found.datagrams[3].time, start + std::chrono::milliseconds(30));
  EXPECT_FALSE(found.fault);
}

TEST(Recognise, GoesByContent) {
  EXPECT_EQ(recognise(kPayload), Container::stream);
  EXPECT_EQ(recognise({}), Container::stream);
  EXPECT_EQ(recognise(PcapWriter(true, true, 1).bytes()), Container::pcap);
  EXPECT_EQ(recognise(PcapngWriter(true).bytes()), Container::pcapng);
  EXPECT_EQ(recognise(final_frame(Bytes(600, 0x3E), 0)), Container::final_format);
  Bytes cut = final_frame(kPayload, 0);
  cut.pop_back();
  EXPECT_EQ(recognise(cut), Container::stream);
}

TEST(Faults, NameThePlace) {
  PcapWriter pcap(false, false, 101);
  pcap.add(kMorning, ipv4_packet(udp_packet(kPayload)));
  Bytes bad = pcap.bytes();
  bad.resize(bad.size() + 10);
  EXPECT_EQ(read(bad).fault, (ReadFault{Fault::truncated, pcap.bytes().size()}));
  bad = pcap.bytes();
  bad[24 + 11] = 1;  // a length of 16 MB
  EXPECT_EQ(read(bad).fault, (ReadFault{Fault::length_invalid, 24}));
  bad = pcap.bytes();
  bad[4] = 3;
  EXPECT_EQ(read(bad).fault, (ReadFault{Fault::version_not_known, 0}));

  PcapngWriter pcapng(false);
  const std::size_t section = pcapng.bytes().size();
  pcapng.interface(101);
  bad = pcapng.bytes();
  bad.back() ^= 1;  // the length's repetition
  EXPECT_EQ(read(bad).fault, (ReadFault{Fault::length_invalid, section}));
  bad = pcapng.bytes();
  bad[8] = 0;
  EXPECT_EQ(read(bad).fault, (ReadFault{Fault::byte_order_unknown, 0}));

  Bytes frames = final_frame(kPayload, 1);
  const std::size_t first = frames.size();
  const Bytes second = final_frame(kPayload, 2);
  frames.insert(frames.end(), second.begin(), second.end());
  frames.back() = 0;
  EXPECT_EQ(read(frames).fault, (ReadFault{Fault::frame_end_missing, first}));
}

// A recording of each kind, with everything the writers can put in.
std::vector<Bytes> varied_recordings(base::Prng& prng, std::vector<Bytes>& payloads) {
  PcapWriter pcap(prng.next() & 1, prng.next() & 1, 1);
  PcapngWriter pcapng(prng.next() & 1);
  pcapng.interface(101, prng.next() & 1 ? 9 : 6);
  pcapng.interface(1);
  Bytes frames;
  for (int i = 0; i < 20; ++i) {
    Bytes payload(1 + prng.next() % 300);
    for (auto& octet : payload) octet = static_cast<std::uint8_t>(prng.next());
    payloads.push_back(payload);
    const Bytes packet =
        prng.next() & 1 ? ipv4_packet(udp_packet(payload)) : ipv6_packet(udp_packet(payload));
    const Bytes frame = ethernet(packet, packet[0] == 0x45 ? 0x0800 : 0x86DD);
    pcap.add(kMorning + base::Duration(prng.next() % 1'000'000'000'000), frame);
    const bool bare = prng.next() & 1;
    pcapng.packet(bare ? 0 : 1, prng.next() >> 8, bare ? packet : frame);
    const Bytes final = final_frame(payload, static_cast<std::uint32_t>(prng.next() % 8'640'000));
    frames.insert(frames.end(), final.begin(), final.end());
  }
  return {pcap.bytes(), pcapng.bytes(), frames};
}

TEST(Property, WhateverIsWrittenReadsBack) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    base::Prng prng(seed);
    std::vector<Bytes> payloads;
    for (const Bytes& file : varied_recordings(prng, payloads)) {
      const Read found = read(file);
      ASSERT_EQ(found.datagrams.size(), payloads.size()) << seed;
      for (std::size_t i = 0; i < payloads.size(); ++i)
        EXPECT_EQ(found.datagrams[i].bytes, payloads[i]) << seed;
      EXPECT_FALSE(found.fault);
      EXPECT_EQ(found.skips.total(), 0u);
    }
  }
}

// Cut anywhere, a file gives the beginning of what it gave whole, and says that it is cut.
TEST(Property, ATruncatedFileInventsNothing) {
  base::Prng prng(7);
  std::vector<Bytes> payloads;
  for (const Bytes& file : varied_recordings(prng, payloads)) {
    const Read whole = read(file);
    const Container container = recognise(file);
    for (std::size_t size = 1; size < file.size(); ++size) {
      const ByteView cut = ByteView(file).first(size);
      if (recognise(cut) != container) continue;
      const Read found = read(cut);
      ASSERT_LT(found.datagrams.size(), whole.datagrams.size()) << size;
      EXPECT_TRUE(
          std::equal(found.datagrams.begin(), found.datagrams.end(), whole.datagrams.begin()));
      EXPECT_EQ(found.skips.total(), 0u);
    }
  }
}

TEST(Property, DamagedFilesNeverGiveMoreThanTheyHold) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    base::Prng prng(seed);
    std::vector<Bytes> payloads;
    for (Bytes& file : varied_recordings(prng, payloads)) {
      const Container container = recognise(file);
      for (int i = 0; i < 20; ++i) {
        auto& octet = file[prng.below(file.size())];
        octet = static_cast<std::uint8_t>(octet ^ 1u << prng.below(8));
      }
      if (recognise(file) != container) continue;
      std::size_t octets = 0;
      for (const Kept& kept : read(file).datagrams) octets += kept.bytes.size();
      EXPECT_LE(octets, file.size());
    }
  }
}

// Every record that an independent decoder found in a recording stands in the datagrams; where it
// found all, nothing else does but block headers: the octets add up.
void expect_records_of(const std::string& name, bool found_all = true) {
  LIPTAKO_NEED_RECORDING(file, "small/" + name);
  const auto lines = asterix::read_surveillance("small/" + name + ".croatia.jsonl");
  ASSERT_TRUE(lines) << name;
  const Read found = read(file);
  EXPECT_FALSE(found.fault) << name;
  EXPECT_EQ(found.skips.total(), 0u) << name << ": " << found.skips.to_string();
  std::string octets;
  std::size_t blocks = 0;
  for (const Kept& kept : found.datagrams) {
    for (std::size_t at = 0; at + 3 <= kept.bytes.size(); ++blocks)
      at += std::max<std::size_t>(3, kept.bytes[at + 1] << 8 | kept.bytes[at + 2]);
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    for (const std::uint8_t octet : kept.bytes) {
      octets += kDigits[octet >> 4];
      octets += kDigits[octet & 15];
    }
  }
  std::istringstream in(std::string(lines->begin(), lines->end()));
  std::size_t in_records = 0;
  for (std::string line; std::getline(in, line);) {
    // The lines are not always JSON: some hold control characters.
    constexpr std::string_view kMember = "\"hexdata\":\"";
    const std::size_t begin = line.find(kMember);
    if (begin == std::string::npos) continue;
    const std::size_t digits = begin + kMember.size();
    const std::string hex = line.substr(digits, line.find('"', digits) - digits);
    EXPECT_NE(octets.find(hex), std::string::npos) << name << ": " << hex;
    in_records += hex.size() / 2;
  }
  EXPECT_GT(in_records, 0u);
  if (found_all) {
    EXPECT_EQ(octets.size() / 2, in_records + 3 * blocks) << name;
  }
}

TEST(Recordings, PcapOfRadars) { expect_records_of("cat_034_048.pcap"); }
TEST(Recordings, PcapOfACentre) { expect_records_of("cat_062_065.pcap"); }
// Its editions are not those of the decoder, which left some records out.
TEST(Recordings, PcapOfAnotherCentre) { expect_records_of("asterix.pcap", false); }
TEST(Recordings, FinalFormatOnePacket) { expect_records_of("jade_cat062_one_packet_2.ff"); }

TEST(Recordings, FinalFormatHalfAnHour) {
  LIPTAKO_NEED_RECORDING(file, "cat062_063_065_30min.ff.xz");
  const Read found = read(file);
  EXPECT_FALSE(found.fault);
  ASSERT_EQ(found.datagrams.size(), 18'163u);
  EXPECT_EQ(*found.datagrams.back().time - *found.datagrams.front().time, std::chrono::minutes(30));
}

// Radio captures open; their packets are counted, not taken for datagrams.
TEST(Recordings, CapturesOfOtherLinksAreCounted) {
  struct Case {
    const char* name;
    std::uint64_t packets;
  };
  for (const Case& c : {Case{"../drone/anafi4_real.pcapng.xz", 5091},
                        Case{"../drone/odid_bt5_lr_sample.pcapng", 0},
                        Case{"../drone/odid_wifi_sample.pcap", 0}}) {
    LIPTAKO_NEED_RECORDING(file, c.name);
    const Read found = read(file);
    EXPECT_FALSE(found.fault) << c.name;
    EXPECT_TRUE(found.datagrams.empty()) << c.name;
    EXPECT_GT(found.skips.of(Skip::link_type_not_read), 0u) << c.name;
    EXPECT_EQ(found.skips.of(Skip::link_type_not_read), found.skips.total()) << c.name;
    if (c.packets != 0) {
      EXPECT_EQ(found.skips.total(), c.packets) << c.name;
    }
  }
}

}  // namespace
}  // namespace liptako::codec::capture
