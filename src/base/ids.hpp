// Codes and identities of the field, each its own type so that no two can be mixed up.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace liptako::base {

// 24-bit aircraft address [ICAO Annex 10 Vol. III, ch. 9]. Prints as six lower-case hex digits.
class IcaoAddress {
 public:
  constexpr IcaoAddress() = default;
  explicit constexpr IcaoAddress(std::uint32_t bits) : bits_(bits & 0xFFFFFFu) {}
  [[nodiscard]] constexpr std::uint32_t bits() const { return bits_; }
  [[nodiscard]] std::string to_string() const;
  friend constexpr auto operator<=>(IcaoAddress, IcaoAddress) = default;

 private:
  std::uint32_t bits_ = 0;
};

// Mode 3/A code, 12 bits, printed as four octal digits.
class ModeACode {
 public:
  constexpr ModeACode() = default;
  explicit constexpr ModeACode(std::uint16_t bits) : bits_(bits & 0xFFFu) {}
  [[nodiscard]] constexpr std::uint16_t bits() const { return bits_; }
  [[nodiscard]] std::string to_string() const;
  friend constexpr auto operator<=>(ModeACode, ModeACode) = default;

 private:
  std::uint16_t bits_ = 0;
};

// Which unmanned aircraft: a hash of the identity that it sends (serial number, session or
// registration), so that one is known again and none is named. 0 is "none".
struct UasId {
  std::uint64_t hash = 0;
  [[nodiscard]] constexpr bool empty() const { return hash == 0; }
  friend constexpr auto operator<=>(UasId, UasId) = default;
};

// System area code and system identification code: which sensor or system sent an ASTERIX record.
// Prints as "23/2".
struct SacSic {
  std::uint8_t sac = 0;
  std::uint8_t sic = 0;
  [[nodiscard]] std::string to_string() const;
  friend constexpr auto operator<=>(SacSic, SacSic) = default;
};

// Aircraft identification as transmitted: at most eight of A-Z, 0-9 and inner spaces; trailing
// spaces are dropped.
class CallSign {
 public:
  constexpr CallSign() = default;
  // Any text; other characters become '?', so that what is shown is what is safe to show.
  explicit CallSign(std::string_view text);
  [[nodiscard]] std::string_view view() const { return {chars_.data(), size_}; }
  [[nodiscard]] constexpr bool empty() const { return size_ == 0; }
  friend constexpr auto operator<=>(const CallSign&, const CallSign&) = default;

 private:
  std::array<char, 8> chars_{};
  std::uint8_t size_ = 0;
};

// A node's own number for a local track: counted up, never reused, never derived from an address. 0
// is "none".
struct TrackNumber {
  std::uint32_t value = 0;
  friend constexpr auto operator<=>(TrackNumber, TrackNumber) = default;
};

// A member of the federation, as its roster counts them, from 1. 0 is "none".
struct MemberId {
  std::uint8_t value = 0;
  friend constexpr auto operator<=>(MemberId, MemberId) = default;
};

// A source of bytes as configured (a port, a file), in the order of configuration, from 0.
struct SourceId {
  std::uint16_t value = 0;
  friend constexpr auto operator<=>(SourceId, SourceId) = default;
};

}  // namespace liptako::base
