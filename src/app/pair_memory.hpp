// What a machine of a pair remembers beside its record (docs/STANDBY.md): a small text in the key
// folder, so that a copy of the record does not carry it.
//
//   liptako/pair/v1
//   role former          or "standby": the record is a copy; or "-": as the record says
//   term 2               the highest that was heard of
//   other bamako-b.example/log    origin of the other machine's log, or "-"
//   whole yes            a standby: its record was once all of the other's
//   met yes              the two machines have worked together
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/seams.hpp"
#include "record/follow.hpp"

namespace liptako::app {

struct PairMemory {
  // What a person or the other machine decided; none: what the record says.
  std::optional<record::PairRole> role;
  std::uint64_t term = record::kFirstTerm;
  std::string other;
  bool whole = false;
  bool met = false;
  friend bool operator==(const PairMemory&, const PairMemory&) = default;
};

[[nodiscard]] std::string to_string(const PairMemory& memory);
// Total.
[[nodiscard]] base::Result<PairMemory> parse_pair_memory(std::string_view text);

// In the storage of the key folder; with no file, that of a machine to which nothing happened yet.
[[nodiscard]] base::Result<PairMemory> read_pair_memory(base::Storage& keys);
[[nodiscard]] base::Result<void> write_pair_memory(base::Storage& keys, const PairMemory& memory);

// A person's order to a node that runs: whoever can write into the key folder may give it.
inline constexpr std::string_view kTakeOverOrder = "take-over\n";
[[nodiscard]] base::Result<void> give_order(base::Storage& keys);
// Whether one waits; it is taken away.
[[nodiscard]] bool take_order(base::Storage& keys);
[[nodiscard]] bool has_order(base::Storage& keys);

// What is restricted and was looked at on a machine that does not write the record: a line of JSON
// each, while there are at most so many bytes. Of what nobody logged in did, half: a stranger's
// attempts end no look.
inline constexpr std::uint64_t kMostLooks = 16u << 20;
inline constexpr std::uint64_t kMostOfStrangers = kMostLooks / 2;
[[nodiscard]] base::Result<void> note_look(base::Storage& keys,
                                           std::string_view line,
                                           std::uint64_t most = kMostLooks);

}  // namespace liptako::app
