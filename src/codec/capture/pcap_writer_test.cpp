// What is written reads back, and tools that check headers find them right.
#include "codec/capture/pcap_writer.hpp"

#include <gtest/gtest.h>

#include "base/prng.hpp"
#include "codec/capture/recording_reader.hpp"

namespace liptako::codec::capture {
namespace {

constexpr Endpoint kFrom{{192, 0, 2, 7}, 8600};
constexpr Endpoint kTo{{198, 51, 100, 1}, 8601};

TEST(PcapWriter, WhatIsWrittenReadsBackWithItsTimes) {
  base::Prng prng(1);
  base::Bytes file;
  append_pcap_header(file);
  std::vector<std::pair<base::Timestamp, base::Bytes>> written;
  base::Timestamp time = base::parse_rfc3339("2026-11-22T13:00:00Z").value();
  for (int i = 0; i < 500; ++i) {
    base::Bytes payload(1 + prng.below(1472));
    for (std::uint8_t& octet : payload) octet = static_cast<std::uint8_t>(prng.below(256));
    time += base::Duration(static_cast<std::int64_t>(prng.below(3'000'000'000)));
    append_pcap_datagram(time, kFrom, kTo, payload, file);
    written.emplace_back(time, std::move(payload));
  }
  ASSERT_EQ(recognise(base::ByteView(file).first(kHead)), Container::pcap);
  RecordingReader reader(Container::pcap);
  std::size_t at = 0;
  std::size_t read = 0;
  while (true) {
    const auto step = reader.step(base::ByteView(file).subspan(at), false);
    if (step.consumed == 0) break;
    at += step.consumed;
    if (!step.datagram) continue;
    ASSERT_LT(read, written.size());
    EXPECT_EQ(step.datagram->time, written[read].first);
    EXPECT_EQ(base::Bytes(step.datagram->bytes.begin(), step.datagram->bytes.end()),
              written[read].second);
    ++read;
  }
  EXPECT_EQ(read, written.size());
  EXPECT_EQ(at, file.size());
  EXPECT_EQ(reader.skips().total(), 0u);
  EXPECT_FALSE(reader.fault().has_value());
}

TEST(PcapWriter, HeadersAddUp) {
  base::Bytes file;
  append_pcap_header(file);
  const std::size_t packet = file.size() + 16;
  append_pcap_datagram(base::timestamp_from_ns(1), kFrom, kTo, base::Bytes{1, 2, 3}, file);
  // A receiver sums the header with its checksum: all bits are set.
  std::uint32_t sum = 0;
  for (std::size_t i = packet; i < packet + 20; i += 2) sum += file[i] * 256u + file[i + 1];
  EXPECT_EQ((sum & 0xFFFF) + (sum >> 16), 0xFFFFu);
  EXPECT_EQ(file.size(), packet + 20 + 8 + 3);
  EXPECT_EQ(file[packet + 3], 31);   // length of the packet
  EXPECT_EQ(file[packet + 25], 11);  // of the datagram with its header
}

}  // namespace
}  // namespace liptako::codec::capture
