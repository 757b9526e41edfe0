// Datagrams out of any kind of recording that frames them: pcap, pcapng, and the final format that
// IOSS recorders write. What begins as none of these is a plain stream of bytes, which is for
// others to cut.
//
// Final format, as public recordings show it (all integers big-endian): length of the whole frame
// (2 octets), three octets that are zero, time of day in 10 ms (3 octets), the datagram, and four
// octets A5.
#pragma once

#include <optional>

#include "codec/capture/datagram_finder.hpp"
#include "codec/capture/packet_reader.hpp"

namespace liptako::codec::capture {

enum class Container : std::uint8_t { stream, pcap, pcapng, final_format };
[[nodiscard]] std::string_view to_string(Container container);

// By its first octets, of which it needs kHead or the whole file.
inline constexpr std::size_t kHead = 65'536;
[[nodiscard]] Container recognise(ByteView head);

class RecordingReader {
 public:
  // What step() must be given unless the file ends sooner.
  static constexpr std::size_t kWindow = PacketReader::kWindow;

  struct Step {
    // Octets of `rest` that are done with; 0 only at the end or after a fault.
    std::size_t consumed = 0;
    // A view into `rest` or into this object, valid until the next call.
    std::optional<Datagram> datagram;
  };

  // Requires a container other than stream.
  explicit RecordingReader(Container container);

  // Reads on at the start of `rest`, the octets that follow those already consumed. `more`: the
  // file goes on beyond `rest`, which then holds at least kWindow octets. Call until nothing is
  // consumed, at the end with an empty `rest`.
  [[nodiscard]] Step step(ByteView rest, bool more);

  [[nodiscard]] Container container() const { return container_; }
  // Whether times tell the date; else they are of a day counted from 1970-01-01.
  [[nodiscard]] bool is_dated() const { return container_ != Container::final_format; }
  [[nodiscard]] const SkipCounts& skips() const { return skips_; }
  // Why the rest could not be read.
  [[nodiscard]] const std::optional<ReadFault>& fault() const { return fault_; }

 private:
  [[nodiscard]] Step read_frame(ByteView rest);
  [[nodiscard]] base::Timestamp frame_time(ByteView frame);

  Container container_;
  PacketReader packets_;
  DatagramFinder finder_;
  SkipCounts skips_;
  std::optional<ReadFault> fault_;
  std::uint64_t offset_ = 0;               // of the next frame
  std::optional<base::Timestamp> latest_;  // of the frames
  base::Duration day_{};                   // of the frames, counted from the first
};

}  // namespace liptako::codec::capture
