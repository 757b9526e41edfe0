// The takeover of a node by its standby machine, as the record itself tells it: the text of a
// signed note in an entry of kind document (docs/STANDBY.md).
//
//   liptako/takeover/v1
//   node bamako
//   term 2
//   by bamako-b.example/log
//   from bamako.example/log
//   tree 4711 <base64 of the root>
//   time 2026-11-22T10:00:00.000Z
//   why silence
//
// The term counts the machines that have been in charge, the first being 1; who finds a higher one
// at the other machine is no longer in charge.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "seal/merkle.hpp"

namespace liptako::record {

inline constexpr std::string_view kTakeoverFirstLine = "liptako/takeover/v1";
inline constexpr std::uint64_t kFirstTerm = 1;
// Terms stay below 2^31, so that a frame's epoch can be made of term and time.
inline constexpr std::uint64_t kLastTerm = 0x7FFF'FFFF;

enum class TakeoverCause : std::uint8_t { silence = 1, command = 2 };
[[nodiscard]] std::string_view name_of(TakeoverCause cause);  // "silence"

struct Takeover {
  std::string node;        // its name
  std::uint64_t term = 0;  // that begins with it
  std::string by;          // origin of the log of the machine that takes over
  std::string from;        // of the one it followed; "-" if it never heard of it
  seal::TreeHead tree;     // of all entries before this one
  base::Timestamp time{};  // by the clock of the machine that takes over
  TakeoverCause cause = TakeoverCause::silence;
  friend bool operator==(const Takeover&, const Takeover&) = default;
};

[[nodiscard]] std::string takeover_text(const Takeover& takeover);
// Total: takes what takeover_text() writes and nothing else.
[[nodiscard]] base::Result<Takeover> parse_takeover(std::string_view text);

}  // namespace liptako::record
