#include "record/format.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "base/check.hpp"
#include "record/crc32c.hpp"

namespace liptako::record {

namespace {

constexpr std::array<std::uint8_t, 8> kSegmentMagic{'L', 'I', 'P', 'T', 'K', 'S', 'E', 'G'};
constexpr std::array<std::uint8_t, 4> kFrameMagic{'L', 'P', 'F', '2'};
constexpr std::string_view kSegmentSuffix = ".seg";
constexpr std::size_t kNumberDigits = 8;

std::uint32_t checksum_seed(std::uint64_t salt) {
  std::array<std::uint8_t, 8> bytes{};
  std::memcpy(bytes.data(), &salt, bytes.size());
  return crc32c(bytes);
}

// The version of a sound copy of a header.
std::optional<std::uint16_t> version_of_copy(base::ByteView bytes) {
  base::ByteReader in(bytes);
  if (!std::ranges::equal(in.get_raw(kSegmentMagic.size()), kSegmentMagic)) return std::nullopt;
  const auto version = in.get<std::uint16_t>();
  (void)in.get_raw(kSegmentHeaderCopy - kSegmentMagic.size() - 2 - 4);
  const auto checksum = in.get<std::uint32_t>();
  if (!in.ok() || checksum != crc32c(bytes.first(kSegmentHeaderCopy - 4))) return std::nullopt;
  return version;
}

std::optional<SegmentHeader> decode_copy(base::ByteView bytes) {
  if (version_of_copy(bytes) != kFormatVersion) return std::nullopt;
  base::ByteReader in(bytes);
  (void)in.get_raw(kSegmentMagic.size() + 2);
  SegmentHeader header;
  const auto stream = in.get<std::uint16_t>();
  header.number = in.get<std::uint32_t>();
  header.first_sequence = in.get<std::uint64_t>();
  header.salt = in.get<std::uint64_t>();
  if (stream != static_cast<std::uint16_t>(Stream::input) &&
      stream != static_cast<std::uint16_t>(Stream::derived)) {
    return std::nullopt;
  }
  header.stream = static_cast<Stream>(stream);
  return header;
}

}  // namespace

std::string_view folder_of(Stream stream) { return stream == Stream::input ? "input" : "derived"; }

std::string segment_path(Stream stream, std::uint32_t number) {
  return fmt::format("{}/{:08}{}", folder_of(stream), number, kSegmentSuffix);
}

std::optional<std::uint32_t> segment_number(std::string_view file_name) {
  if (file_name.size() != kNumberDigits + kSegmentSuffix.size() ||
      !file_name.ends_with(kSegmentSuffix)) {
    return std::nullopt;
  }
  std::uint32_t number = 0;
  const char* end = file_name.data() + kNumberDigits;
  const auto [stop, error] = std::from_chars(file_name.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

void encode_segment_header(const SegmentHeader& header, base::Bytes& out) {
  for (int copy = 0; copy < 2; ++copy) {
    const std::size_t begin = out.size();
    base::ByteWriter writer(out);
    writer.put_raw(kSegmentMagic);
    writer.put(kFormatVersion);
    writer.put(header.stream);
    writer.put(header.number);
    writer.put(header.first_sequence);
    writer.put(header.salt);
    out.resize(begin + kSegmentHeaderCopy - 4);
    writer.put(crc32c(base::ByteView(out).subspan(begin)));
  }
}

std::optional<SegmentHeader> decode_segment_header(base::ByteView bytes) {
  for (std::size_t at = 0; at + kSegmentHeaderCopy <= bytes.size() && at < kSegmentHeaderSize;
       at += kSegmentHeaderCopy) {
    if (auto header = decode_copy(bytes.subspan(at, kSegmentHeaderCopy))) return header;
  }
  return std::nullopt;
}

std::optional<std::uint16_t> segment_version(base::ByteView bytes) {
  for (std::size_t at = 0; at + kSegmentHeaderCopy <= bytes.size() && at < kSegmentHeaderSize;
       at += kSegmentHeaderCopy) {
    if (const auto version = version_of_copy(bytes.subspan(at, kSegmentHeaderCopy))) return version;
  }
  return std::nullopt;
}

std::size_t begin_frame(base::Bytes& out) {
  const std::size_t begin = out.size();
  out.resize(begin + kFrameHeaderSize);
  return begin;
}

void end_frame(std::uint64_t salt, std::uint64_t sequence, std::size_t begin, base::Bytes& out) {
  const base::ByteView body = base::ByteView(out).subspan(begin + kFrameHeaderSize);
  CHECK(body.size() <= kMaxBody);
  const auto body_size = static_cast<std::uint32_t>(body.size());
  const std::uint32_t body_checksum = crc32c(body);
  std::uint8_t* header = out.data() + begin;
  std::memcpy(header, kFrameMagic.data(), 4);
  std::memcpy(header + 4, &body_size, 4);
  std::memcpy(header + 8, &sequence, 8);
  std::memcpy(header + 16, &body_checksum, 4);
  const std::uint32_t checksum = crc32c({header, kFrameHeaderSize - 4}, checksum_seed(salt));
  std::memcpy(header + 20, &checksum, 4);
}

void encode_frame(std::uint64_t salt,
                  std::uint64_t sequence,
                  base::ByteView body,
                  base::Bytes& out) {
  const std::size_t begin = begin_frame(out);
  base::ByteWriter(out).put_raw(body);
  end_frame(salt, sequence, begin, out);
}

std::optional<FrameHeader> decode_frame_header(std::uint64_t salt, base::ByteView bytes) {
  if (bytes.size() < kFrameHeaderSize) return std::nullopt;
  if (std::memcmp(bytes.data(), kFrameMagic.data(), kFrameMagic.size()) != 0) return std::nullopt;
  std::uint32_t checksum = 0;
  std::memcpy(&checksum, bytes.data() + 20, 4);
  if (checksum != crc32c(bytes.first(kFrameHeaderSize - 4), checksum_seed(salt)))
    return std::nullopt;
  FrameHeader header;
  std::memcpy(&header.body_size, bytes.data() + 4, 4);
  std::memcpy(&header.sequence, bytes.data() + 8, 8);
  std::memcpy(&header.body_checksum, bytes.data() + 16, 4);
  if (header.body_size > kMaxBody) return std::nullopt;
  return header;
}

std::size_t find_frame_magic(base::ByteView bytes, std::size_t from) {
  while (from < bytes.size()) {
    const void* hit = std::memchr(bytes.data() + from, kFrameMagic[0], bytes.size() - from);
    if (hit == nullptr) break;
    from = static_cast<std::size_t>(static_cast<const std::uint8_t*>(hit) - bytes.data());
    if (bytes.size() - from < kFrameMagic.size()) break;
    if (std::memcmp(hit, kFrameMagic.data(), kFrameMagic.size()) == 0) return from;
    ++from;
  }
  return bytes.size();
}

}  // namespace liptako::record
