// Gaps: what a record lacks, said by the record itself. The payload of an entry of kind gap:
//   u8 cause | i64 from, UTC ns | i64 to, UTC ns | u64 entries lost, 0 if not known | words, UTF-8
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/time.hpp"

namespace liptako::record {

enum class GapCause : std::uint8_t {
  stop = 1,      // the node was stopped in good order
  kill = 2,      // its process ended without saying so; nothing that was written is lost
  power = 3,     // the machine went down: what was not synced may be lost
  disk = 4,      // entries could not be written
  overflow = 5,  // they came faster than they could be taken
  takeover = 6,  // the standby machine took over: what it had not been sent is not in its record
};
inline constexpr GapCause kLastGapCause = GapCause::takeover;
[[nodiscard]] std::string_view name_of(GapCause cause);  // "stop"

struct Gap {
  GapCause cause = GapCause::stop;
  base::Timestamp from{};
  // When it ended; equal to `from` in the note of a node that stops, which cannot know it.
  base::Timestamp to{};
  std::uint64_t lost = 0;
  std::string words;

  // The last entry of a process that ended in good order.
  [[nodiscard]] bool is_farewell() const { return cause == GapCause::stop && to == from; }
};

inline constexpr std::size_t kMaxGapWords = 1'000;  // longer ones are cut

void encode_gap(const Gap& gap, base::Bytes& out);
// Total.
[[nodiscard]] std::optional<Gap> decode_gap(base::ByteView payload);

}  // namespace liptako::record
