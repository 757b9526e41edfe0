// An entry: one thing that can change what the core computes, stamped by the shell and written in
// arrival order before the core uses it.
//
// Wire form of an entry (little-endian), which is also what the core's input hash covers:
//   u8 kind | u16 source | i64 utc_ns | i64 monotonic_ns | u8 clock | payload to the end
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace liptako::record {

enum class EntryKind : std::uint8_t {
  start = 1,  // a process began to write: build identity, boot id, node name (node/entries.hpp)
  configuration = 2,  // the whole configuration, as text; also every live change of it
  datagram = 3,       // bytes from a source, as they came
  tick = 4,           // time passed; no payload
  source_event = 5,   // a source opened, closed, failed, ended or overflowed
  member_frame = 6,   // a part of a partner's frame (share/frame.hpp), as it came over the link
  gap = 7,            // what the record lacks: from when to when, and why (record/gap.hpp)
  act = 8,            // a signed command of operators, with its body
  audit = 9,          // who logged in, looked at what is restricted, was refused
  document = 10,      // a signed document that takes force: a roster
};
inline constexpr EntryKind kLastEntryKind = EntryKind::document;

// Source of entries that belong to no source of bytes.
inline constexpr base::SourceId kNoSource{0xFFFF};

// How far the machine's clock may have been from UTC when it stamped an entry, as its own time
// service claims: a bound of 2^(n/2) microseconds for code n, rounded up.
inline constexpr std::uint8_t kClockUnknown = 255;  // not synchronised, or nobody knows
inline constexpr std::uint8_t kLastClockCode = 63;  // 50 minutes; a wider claim says nothing
// The smallest code whose bound is at least `bound`; kClockUnknown if none is.
[[nodiscard]] std::uint8_t clock_code(base::Duration bound);
// What a code claims, rounded up to a microsecond; none for unknown.
[[nodiscard]] std::optional<base::Duration> clock_bound(std::uint8_t code);

struct EntryView {
  EntryKind kind = EntryKind::tick;
  base::SourceId source = kNoSource;
  base::Timestamp utc{};               // the shell's clock at arrival
  base::Duration monotonic{};          // since boot; never steps
  base::ByteView payload{};            // valid only during the call that hands the entry over
  std::uint8_t clock = kClockUnknown;  // bound on |utc - UTC|: clock_code()
};

// Largest payload accepted: a UDP datagram or a chunk of a stream or file.
inline constexpr std::size_t kMaxPayload = 65'507;
// Bytes of the wire form before the payload.
inline constexpr std::size_t kEntryHeaderSize = 1 + 2 + 8 + 8 + 1;

// Appends the wire form to `out`.
void encode_entry(const EntryView& entry, base::Bytes& out);
// The same into room for kEntryHeaderSize and the payload.
void put_entry(const EntryView& entry, std::uint8_t* to);
// The view points into `bytes`. Fails on anything shorter than the header, an unknown kind or
// clock code, or an oversized payload.
[[nodiscard]] base::Result<EntryView> decode_entry(base::ByteView bytes);

}  // namespace liptako::record
