#include "record/entry.hpp"

#include <fmt/core.h>

#include <cmath>
#include <cstring>

namespace liptako::record {

std::uint8_t clock_code(base::Duration bound) {
  if (bound < base::Duration::zero()) return kClockUnknown;
  const auto us = static_cast<std::uint64_t>(bound.count() / 1000 + (bound.count() % 1000 != 0));
  if (us >> 32 != 0) return kClockUnknown;
  for (std::uint8_t code = 0; code <= kLastClockCode; ++code) {
    if (us * us <= std::uint64_t{1} << code) return code;
  }
  return kClockUnknown;
}

std::optional<base::Duration> clock_bound(std::uint8_t code) {
  if (code > kLastClockCode) return std::nullopt;
  const double us = std::ceil(std::sqrt(static_cast<double>(std::uint64_t{1} << code)));
  return std::chrono::microseconds(static_cast<std::int64_t>(us));
}

void encode_entry(const EntryView& entry, base::Bytes& out) {
  const std::size_t begin = out.size();
  out.resize(begin + kEntryHeaderSize + entry.payload.size());
  put_entry(entry, out.data() + begin);
}

void put_entry(const EntryView& entry, std::uint8_t* to) {
  const auto put = [&to](auto value) {
    std::memcpy(to, &value, sizeof value);
    to += sizeof value;
  };
  put(entry.kind);
  put(entry.source.value);
  put(base::to_ns(entry.utc));
  put(static_cast<std::int64_t>(entry.monotonic.count()));
  put(entry.clock);
  if (!entry.payload.empty()) std::memcpy(to, entry.payload.data(), entry.payload.size());
}

base::Result<EntryView> decode_entry(base::ByteView bytes) {
  if (bytes.size() < kEntryHeaderSize) {
    return base::bad_input(
        fmt::format("an entry of {} bytes is shorter than its header", bytes.size()));
  }
  base::ByteReader in(bytes);
  EntryView entry;
  const auto kind = in.get<std::uint8_t>();
  if (kind < static_cast<std::uint8_t>(EntryKind::start) ||
      kind > static_cast<std::uint8_t>(kLastEntryKind)) {
    return base::bad_input(fmt::format("unknown kind of entry {}", kind));
  }
  entry.kind = static_cast<EntryKind>(kind);
  entry.source.value = in.get<std::uint16_t>();
  entry.utc = base::timestamp_from_ns(in.get<std::int64_t>());
  entry.monotonic = base::Duration(in.get<std::int64_t>());
  entry.clock = in.get<std::uint8_t>();
  if (entry.clock > kLastClockCode && entry.clock != kClockUnknown)
    return base::bad_input(fmt::format("unknown clock quality {}", entry.clock));
  if (in.remaining() > kMaxPayload) {
    return base::bad_input(
        fmt::format("a payload of {} bytes exceeds {}", in.remaining(), kMaxPayload));
  }
  entry.payload = in.get_raw(in.remaining());
  return entry;
}

}  // namespace liptako::record
