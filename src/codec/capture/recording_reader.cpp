#include "codec/capture/recording_reader.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace liptako::codec::capture {
namespace {

constexpr std::size_t kFrameHeader = 8;
constexpr std::size_t kFrameEnd = 4;
constexpr std::uint8_t kFrameEndOctet = 0xA5;
constexpr base::Duration kFrameTick = std::chrono::milliseconds(10);

std::size_t frame_length(ByteView rest) { return std::size_t{rest[0]} << 8 | rest[1]; }

bool has_frame_end(ByteView frame) {
  return std::ranges::all_of(frame.last(kFrameEnd),
                             [](std::uint8_t octet) { return octet == kFrameEndOctet; });
}

bool starts_with(ByteView head, std::initializer_list<std::uint8_t> magic) {
  return head.size() >= magic.size() && std::equal(magic.begin(), magic.end(), head.begin());
}

bool begins_with_frame(ByteView head) {
  if (head.size() < 2) return false;
  const std::size_t length = frame_length(head);
  return length > kFrameHeader + kFrameEnd && length <= head.size() &&
         has_frame_end(head.first(length));
}

}  // namespace

std::string_view to_string(Container container) {
  switch (container) {
    case Container::stream:
      return "stream";
    case Container::pcap:
      return "pcap";
    case Container::pcapng:
      return "pcapng";
    case Container::final_format:
      return "final format";
  }
  return "";
}

Container recognise(ByteView head) {
  if (starts_with(head, {0xD4, 0xC3, 0xB2, 0xA1}) || starts_with(head, {0xA1, 0xB2, 0xC3, 0xD4}) ||
      starts_with(head, {0x4D, 0x3C, 0xB2, 0xA1}) || starts_with(head, {0xA1, 0xB2, 0x3C, 0x4D})) {
    return Container::pcap;
  }
  if (starts_with(head, {0x0A, 0x0D, 0x0D, 0x0A})) return Container::pcapng;
  if (begins_with_frame(head)) return Container::final_format;
  return Container::stream;
}

RecordingReader::RecordingReader(Container container)
    : container_(container),
      packets_(container == Container::pcapng ? CaptureFormat::pcapng : CaptureFormat::pcap) {
  CHECK(container != Container::stream);
}

RecordingReader::Step RecordingReader::step(ByteView rest, bool more) {
  if (fault_) return {};
  if (container_ == Container::final_format) return read_frame(rest);
  const PacketReader::Step read = packets_.step(rest, more, skips_);
  Step step{read.consumed, {}};
  if (read.packet) {
    if (const auto payload = finder_.take(*read.packet, skips_))
      step.datagram = Datagram{read.packet->time, *payload};
  }
  fault_ = packets_.fault();
  if (read.consumed == 0 && (!more || fault_)) finder_.finish(skips_);
  return step;
}

base::Timestamp RecordingReader::frame_time(ByteView frame) {
  const std::int64_t ticks = frame[5] << 16 | frame[6] << 8 | frame[7];
  base::Timestamp time{ticks * kFrameTick};
  // The day of the frame before, or the next one where midnight passed.
  time += day_;
  if (latest_ && time < *latest_ - base::kDay / 2) {
    day_ += base::kDay;
    time += base::kDay;
  } else if (latest_ && day_ > base::Duration::zero() && time > *latest_ + base::kDay / 2) {
    time -= base::kDay;  // a late frame of the day before
  }
  latest_ = time;
  return time;
}

RecordingReader::Step RecordingReader::read_frame(ByteView rest) {
  if (rest.empty()) return {};
  const auto stop = [&](Fault fault) {
    fault_ = ReadFault{fault, offset_};
    return Step{};
  };
  if (rest.size() < kFrameHeader) return stop(Fault::truncated);
  const std::size_t length = frame_length(rest);
  if (length < kFrameHeader + kFrameEnd) return stop(Fault::length_invalid);
  if (length > rest.size()) return stop(Fault::truncated);
  const ByteView frame = rest.first(length);
  if (!has_frame_end(frame)) return stop(Fault::frame_end_missing);
  offset_ += length;
  const base::Timestamp time = frame_time(frame);
  const ByteView bytes = frame.subspan(kFrameHeader, length - kFrameHeader - kFrameEnd);
  if (bytes.empty()) return {length, {}};
  return {length, Datagram{time, bytes}};
}

}  // namespace liptako::codec::capture
