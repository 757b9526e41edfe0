// What these tests write and how they check what they read: the entry of a sequence number is a
// function of it, so that an entry that was never written cannot pass for one.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/prng.hpp"
#include "record/cursor.hpp"
#include "record/writer.hpp"

namespace liptako::record {

inline base::Bytes payload_of(std::uint64_t sequence) {
  base::Prng prng(sequence);
  base::Bytes payload(prng.below(200));
  for (auto& byte : payload) byte = static_cast<std::uint8_t>(prng.below(256));
  return payload;
}

inline EntryView entry_of(std::uint64_t sequence, base::ByteView payload) {
  return {.kind = EntryKind::datagram,
          .source = base::SourceId{static_cast<std::uint16_t>(sequence % 7)},
          .utc = base::timestamp_from_ns(static_cast<std::int64_t>(sequence) * 1'000),
          .monotonic = base::Duration(static_cast<std::int64_t>(sequence)),
          .payload = payload};
}

inline bool is_entry_of(std::uint64_t sequence, const EntryView& entry) {
  const base::Bytes payload = payload_of(sequence);
  const EntryView expected = entry_of(sequence, payload);
  return entry.kind == expected.kind && entry.source == expected.source &&
         entry.utc == expected.utc && entry.monotonic == expected.monotonic &&
         std::ranges::equal(entry.payload, payload);
}

// Appends the entry that is due.
inline base::Result<std::uint64_t> append_next(Writer& writer) {
  const base::Bytes payload = payload_of(writer.next_sequence());
  return writer.append(entry_of(writer.next_sequence(), payload));
}

struct Read {
  std::vector<std::uint64_t> sound;    // sequences of entries that are exactly what was written
  std::vector<std::uint64_t> damaged;  // handed over with the flag
  std::vector<Damage> damages;
};

// The whole stream from `from` on; fails the test on an entry that is neither sound nor flagged, or
// out of order.
inline Read read_all(base::Storage& storage, std::uint64_t from = 0) {
  Read read;
  auto cursor = Cursor::open(storage, Stream::input, from);
  EXPECT_TRUE(cursor);
  std::uint64_t lowest = from;
  while (cursor) {
    const auto entry = cursor->next();
    EXPECT_TRUE(entry);
    if (!entry || !*entry) break;
    const std::uint64_t sequence = (*entry)->sequence;
    EXPECT_GE(sequence, lowest);
    lowest = sequence + 1;
    if ((*entry)->damaged) {
      read.damaged.push_back(sequence);
    } else {
      EXPECT_TRUE(is_entry_of(sequence, (*entry)->entry)) << "an entry nobody wrote: " << sequence;
      read.sound.push_back(sequence);
    }
  }
  if (cursor) read.damages = cursor->damages();
  return read;
}

// The sequences from `begin` up to, not including, `end`.
inline std::vector<std::uint64_t> sequences(std::uint64_t begin, std::uint64_t end) {
  std::vector<std::uint64_t> all;
  for (std::uint64_t sequence = begin; sequence < end; ++sequence) all.push_back(sequence);
  return all;
}

}  // namespace liptako::record
