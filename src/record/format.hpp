// The record's bytes on disk: segment headers and frames, version 2; docs/RECORD.md describes them
// byte by byte. Pure functions over bytes; files are the writer's and the cursor's business.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "record/input_body.hpp"

namespace liptako::record {

inline constexpr std::uint16_t kFormatVersion = 2;

// Which stream of the record a segment belongs to. `input` is everything the core's results follow
// from; `derived` is what the core computed, kept for reading convenience: deleting it changes no
// replay.
enum class Stream : std::uint16_t { input = 1, derived = 2 };

// "input", "derived": the folder that holds the stream's segments.
[[nodiscard]] std::string_view folder_of(Stream stream);
// "input/00000012.seg"
[[nodiscard]] std::string segment_path(Stream stream, std::uint32_t number);
// The number in "00000012.seg", none for any other name.
[[nodiscard]] std::optional<std::uint32_t> segment_number(std::string_view file_name);

struct SegmentHeader {
  Stream stream = Stream::input;
  std::uint32_t number = 0;
  std::uint64_t first_sequence = 0;  // of the first frame that was written to the segment
  // Drawn at random by the shell when the record is made, the same in all its segments. The frame
  // headers' checksums start from it, so that bytes inside a payload (a hostile datagram) cannot
  // pass for a frame when a reader looks for the next one behind damage.
  std::uint64_t salt = 0;
};

inline constexpr std::size_t kSegmentHeaderCopy =
    64;  // the header is written twice in a row: one damage hides nothing
inline constexpr std::size_t kSegmentHeaderSize = 2 * kSegmentHeaderCopy;

void encode_segment_header(const SegmentHeader& header, base::Bytes& out);
// From the first kSegmentHeaderSize bytes of a file (fewer are looked at as far as they go); the
// first sound copy.
[[nodiscard]] std::optional<SegmentHeader> decode_segment_header(base::ByteView bytes);

// The version a file's segment header names, from either sound copy, whatever it is; none if
// neither is sound. To tell a record of another version from a damaged one.
[[nodiscard]] std::optional<std::uint16_t> segment_version(base::ByteView bytes);

// One frame: a header of 24 bytes with a checksum of its own, then the body.
struct FrameHeader {
  std::uint32_t body_size = 0;
  std::uint64_t sequence = 0;
  std::uint32_t body_checksum = 0;  // CRC-32C of the body
};

inline constexpr std::size_t kFrameHeaderSize = 24;
// The largest entry fits, with its salt and as many cuts as there may be.
inline constexpr std::size_t kMaxBody = input_body_size(kMaxPayload, kMaxCuts);

// Appends header and body. Requires body.size() <= kMaxBody.
void encode_frame(std::uint64_t salt,
                  std::uint64_t sequence,
                  base::ByteView body,
                  base::Bytes& out);
// The same in two steps, for a body that is encoded in place: begin_frame leaves room for the
// header and returns where, end_frame fills it for the body appended since.
[[nodiscard]] std::size_t begin_frame(base::Bytes& out);
void end_frame(std::uint64_t salt, std::uint64_t sequence, std::size_t begin, base::Bytes& out);
// None unless the 24 bytes are a sound header under this salt.
[[nodiscard]] std::optional<FrameHeader> decode_frame_header(std::uint64_t salt,
                                                             base::ByteView bytes);

// Where the first four bytes that could begin a frame are, at or after `from`; bytes.size() if
// nowhere.
[[nodiscard]] std::size_t find_frame_magic(base::ByteView bytes, std::size_t from);

}  // namespace liptako::record
