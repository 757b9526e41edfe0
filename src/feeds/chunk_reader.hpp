// An opened recording, whatever it is, as a sequence of chunks: bytes as they would have come over
// the network, with their time if it is known. Datagrams of a capture are chunks as they are; a
// plain file is cut here, by what it holds: ASTERIX data blocks, Beast frames, AVR lines.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "codec/capture/recording_reader.hpp"
#include "feeds/source_format.hpp"

namespace liptako::feeds {

struct Chunk {
  base::ByteView bytes;
  // By the recorder's clock, else by the time of day or stamp that the bytes tell. Counted from
  // 1970-01-01 where the date is not told. Times need not be in order.
  std::optional<base::Timestamp> time;
};

// Reads a recording in pieces of the caller's choice. Total, as what it is made of.
class ChunkReader {
 public:
  // What step() must be given unless the file ends sooner.
  static constexpr std::size_t kWindow = codec::capture::RecordingReader::kWindow;
  // Replies of a receiver are put together to chunks of about a packet, none longer than this.
  static constexpr std::size_t kLongestReplies = 1400;
  static constexpr base::Duration kRepliesSpan = std::chrono::milliseconds(20);

  struct Step {
    // Octets of `rest` that are done with; 0 only at the end or where reading cannot go on.
    std::size_t consumed = 0;
    // A view into `rest` or into this object, valid until the next call.
    std::optional<Chunk> chunk;
  };

  // `head`: the first octets, kHead of them or the whole file.
  static constexpr std::size_t kHead = codec::capture::kHead;
  explicit ChunkReader(base::ByteView head);

  // Reads on at the start of `rest`, the octets that follow those already consumed. `more`: the
  // file goes on beyond `rest`, which then holds at least kWindow octets. Call until nothing is
  // consumed, at the end with an empty `rest`.
  [[nodiscard]] Step step(base::ByteView rest, bool more);

  // What the chunks are read as: those of captures and of the final format are ASTERIX.
  [[nodiscard]] SourceFormat format() const { return format_; }
  [[nodiscard]] codec::capture::Container container() const { return container_; }
  // Whether times tell the date.
  [[nodiscard]] bool is_dated() const { return capture_ && capture_->is_dated(); }
  // Packets of a capture that gave no chunk.
  [[nodiscard]] codec::capture::SkipCounts skips() const;
  // Why the rest of a capture could not be read.
  [[nodiscard]] std::optional<codec::capture::ReadFault> fault() const;
  // Places of a plain file where nothing could be read; after each it went on further behind.
  [[nodiscard]] std::uint64_t gaps() const { return gaps_; }
  // The last of them, for a person: "at byte 96: block_length_invalid".
  [[nodiscard]] const std::string& last_gap() const { return last_gap_; }

 private:
  [[nodiscard]] Step next_block(base::ByteView rest, bool more);
  [[nodiscard]] Step next_replies(base::ByteView rest, bool more);
  void note_gap(std::uint64_t offset, std::string_view what);

  codec::capture::Container container_;
  SourceFormat format_;
  std::optional<codec::capture::RecordingReader> capture_;
  base::Timestamp time_;      // the newest that was told
  std::uint64_t offset_ = 0;  // of the next octet in a plain file
  std::uint64_t gaps_ = 0;
  std::string last_gap_;
};

}  // namespace liptako::feeds
