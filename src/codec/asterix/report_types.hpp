// What the typed reports of several categories share: time of day, codes with their validity bits,
// positions, Comm-B registers. What holds for all reports is said in reports.hpp.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "codec/asterix/record.hpp"

namespace liptako::codec::asterix {

using base::Angle;
using base::CallSign;
using base::IcaoAddress;
using base::Length;
using base::ModeACode;
using base::SacSic;
using base::Speed;

// Time since midnight UTC in units of 1/128 s, as sent: 24 bits, so a faulty source can exceed a
// day (11,059,199).
struct TimeOfDay {
  static constexpr std::uint32_t kTicksPerSecond = 128;
  static constexpr std::uint32_t kTicksPerDay = 86'400 * kTicksPerSecond;
  std::uint32_t ticks = 0;
  [[nodiscard]] constexpr base::Duration since_midnight() const {
    return base::Duration(std::int64_t{ticks} * 7'812'500);
  }
  // Truncated to the tick. Requires 0 <= d < one day.
  static constexpr TimeOfDay from(base::Duration d) {
    return {static_cast<std::uint32_t>(d.count() / 7'812'500)};
  }
  friend constexpr auto operator<=>(TimeOfDay, TimeOfDay) = default;
};

// A Mode S Comm-B register: 56 bits and its BDS code (both halves 0: from a Comm-B broadcast, code
// not known).
struct BdsRegister {
  std::uint64_t message = 0;
  std::uint8_t bds1 = 0;
  std::uint8_t bds2 = 0;
};

// Registers as sent: eight octets each.
class BdsRegisters {
 public:
  BdsRegisters() = default;
  explicit BdsRegisters(ByteView octets) : octets_(octets) {}
  [[nodiscard]] std::size_t size() const { return octets_.size() / 8; }
  [[nodiscard]] bool empty() const { return octets_.empty(); }
  [[nodiscard]] BdsRegister operator[](std::size_t i) const;
  [[nodiscard]] ByteView octets() const { return octets_; }

 private:
  ByteView octets_{};
};
// The eight octets of a register, for building a BdsRegisters.
[[nodiscard]] std::array<std::uint8_t, 8> to_octets(const BdsRegister& bds);

// A reply code with its validity bits. `stale`: not extracted in this scan, or smoothed by a local
// tracker.
struct ReplyCode {
  ModeACode code;
  bool not_validated = false;
  bool garbled = false;
  bool stale = false;
};

enum class Detection : std::uint8_t {
  none = 0,
  psr = 1,
  ssr = 2,
  ssr_psr = 3,
  mode_s_all_call = 4,
  mode_s_roll_call = 5,
  mode_s_all_call_psr = 6,
  mode_s_roll_call_psr = 7,
};

struct LatLon {
  Angle latitude;
  Angle longitude;
};

struct Polar {
  Length slant_range;
  Angle azimuth;  // clockwise from geographical north at the radar
};

struct FlightLevel {
  Length pressure_altitude;  // above 1013.25 hPa
  bool not_validated = false;
  bool garbled = false;
};

struct ModeCGray {  // bits C1 A1 C2 A2 C4 A4 B1 D1 B2 D2 B4 D4
  std::uint16_t code = 0;
  std::uint16_t low_quality = 0;
  bool not_validated = false;
  bool garbled = false;
};

// On a plane of the sender's own choice: x east, y north.
struct Cartesian {
  Length x;
  Length y;
};

struct CartesianVelocity {
  Speed vx;
  Speed vy;
};

struct CartesianAcceleration {
  double x_mps2 = 0.0;
  double y_mps2 = 0.0;
};

// Identification and where it comes from: `source` is I020/245 STI or I062/245 STI.
struct Identification {
  CallSign text;
  std::uint8_t source = 0;
};

// What a Mode S transponder says it can do, and whether it is on the ground.
struct TransponderState {
  std::uint8_t capability = 0;
  std::uint8_t flight_status = 0;
  std::uint8_t cas_extended_version = 0;  // CAT020 only
  bool specific_services = false;
  bool altitude_25_ft = false;
  bool identification_capable = false;
  bool bds_1_0_bit_16 = false;
  std::uint8_t bds_1_0_bits_37_40 = 0;
  [[nodiscard]] bool on_ground() const { return flight_status == 1 || flight_status == 3; }
};

struct SelectedAltitude {
  Length altitude;
  bool source_given = false;
  std::uint8_t source = 0;  // 1 aircraft, 2 MCP/FCU, 3 FMS
};

struct FinalSelectedAltitude {
  Length altitude;
  bool managed_vertical_mode = false;
  bool altitude_hold = false;
  bool approach_mode = false;
};

struct TrajectoryPoint {
  bool number_not_available = false;
  bool non_compliant = false;
  std::uint8_t number = 0;
  Length altitude;
  Angle latitude;
  Angle longitude;
  std::uint8_t point_type = 0;
  std::uint8_t turn = 0;
  bool turn_radius_available = false;
  bool time_over_point_not_available = false;
  std::uint32_t time_over_point_s = 0;
  Length turn_radius;
};
// Of the fifteen octets of I021/110 TID or I062/380 TID.
[[nodiscard]] TrajectoryPoint trajectory_point_from(ByteView octets);

struct TrajectoryStatus {
  bool not_available = false;
  bool not_valid = false;
};

// Printable text of up to eight characters; trailing spaces are dropped, other octets become '?'.
class ShortText {
 public:
  constexpr ShortText() = default;
  explicit constexpr ShortText(std::string_view text) {
    for (const char c : text.substr(0, chars_.size())) {
      chars_[size_++] = c >= ' ' && c <= '~' ? c : '?';
    }
    while (size_ != 0 && chars_[size_ - 1] == ' ') chars_[--size_] = '\0';
  }
  [[nodiscard]] constexpr std::string_view view() const { return {chars_.data(), size_}; }
  friend constexpr bool operator==(const ShortText&, const ShortText&) = default;

 private:
  std::array<char, 8> chars_{};
  std::uint8_t size_ = 0;
};

}  // namespace liptako::codec::asterix
