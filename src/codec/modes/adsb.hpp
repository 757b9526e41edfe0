// What an extended squitter says: the 56 bits of its message field, by type code [DO-260B,
// §2.2.3.2; ICAO Doc 9871, App. C]. Each message tells a part: position, identification, velocity
// and quality come apart, and belong together by their address alone.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "base/ids.hpp"
#include "base/units.hpp"
#include "codec/modes/altitude.hpp"
#include "codec/modes/cpr.hpp"

namespace liptako::codec::modes {

struct Identification {       // type codes 1-4, §2.2.3.2.5
  char emitter_set = 'A';     // 'A' (type code 4) to 'D' (1)
  std::uint8_t category = 0;  // 0: not told
  base::CallSign call_sign;
  std::uint64_t characters = 0;  // the 48 bits the call sign is of
  // Set C is surface vehicles (1-3) and obstacles (4-7).
  [[nodiscard]] bool is_aircraft() const { return emitter_set != 'C' || category == 0; }
  // Under a parachute.
  [[nodiscard]] bool is_person() const { return emitter_set == 'B' && category == 3; }
};

struct SurfacePosition {  // type codes 5-8, §2.2.3.2.4
  std::optional<base::Speed> ground_speed;
  std::optional<base::Angle> track_angle;
  CprPosition position;
};

struct AirbornePosition {                // type codes 9-18 and 20-22, §2.2.3.2.3
  std::uint8_t surveillance_status = 0;  // 1 permanent, 2 temporary alert, 3 ident pressed
  bool single_antenna_or_nic_b = false;  // version 2: NIC supplement B
  std::optional<Altitude> altitude;
  bool altitude_is_geometric = false;  // type codes 20-22: above the ellipsoid
  bool utc_synchronised = false;
  CprPosition position;
};

struct AirborneVelocity {    // type code 19, §2.2.3.2.6
  std::uint8_t subtype = 0;  // 1, 2 over ground; 3, 4 through the air; 2 and 4 supersonic
  // Over ground, both or none.
  std::optional<base::Speed> east;
  std::optional<base::Speed> north;
  std::optional<base::Angle> heading;
  std::optional<base::Speed> airspeed;
  bool airspeed_is_true = false;
  std::optional<base::Speed> vertical_rate;
  bool rate_is_geometric = false;
  std::optional<base::Length> geometric_above_pressure;
  std::uint8_t nac_v = 0;  // version 0: NUCr, of the same meaning
};

struct EmergencyStatus {  // type code 28, subtype 1, §2.2.3.2.7.8
  std::uint8_t state = 0;
  base::ModeACode mode_3a;
};

struct TargetState {         // type code 29, the accuracy fields alone, §2.2.3.2.7.1
  std::uint8_t subtype = 0;  // 0: version 1; 1: version 2
  std::uint8_t nac_p = 0;
  std::uint8_t sil = 0;
  bool nic_baro = false;
};

struct OperationalStatus {  // type code 31, §2.2.3.2.7.2
  bool surface = false;     // subtype 1
  std::uint8_t version = 0;
  bool nic_supplement_a = false;
  bool nic_supplement_c = false;  // surface only
  std::uint8_t nac_p = 0;
  std::uint8_t sil = 0;
};

struct OtherSquitter {};  // of a type not decoded here

using Squitter = std::variant<OtherSquitter,
                              Identification,
                              SurfacePosition,
                              AirbornePosition,
                              AirborneVelocity,
                              EmergencyStatus,
                              TargetState,
                              OperationalStatus>;

[[nodiscard]] constexpr std::uint8_t type_code_of(std::uint64_t message_field) {
  return static_cast<std::uint8_t>(message_field >> 51 & 31);
}

// Total. The 56 bits, first bit most significant.
[[nodiscard]] Squitter decode_squitter(std::uint64_t message_field);

// What tells how far a position may be off. The supplements are of the newest messages that carry
// them.
struct IntegrityClaim {
  std::uint8_t type_code = 0;
  std::uint8_t version = 0;  // 0 until an operational status tells otherwise
  bool nic_supplement_a = false;
  bool nic_supplement_b = false;
  bool nic_supplement_c = false;
};
// Radius that contains the position (Rc), by the type code and its supplements [DO-260B,
// table 2-14; DO-260A for version 1]. Nothing if it says that none is known, or for version 0.
[[nodiscard]] std::optional<base::Length> containment_radius(const IntegrityClaim& claim);
// Version 0: the NUCp of a position's type code, 0 to 9 [DO-260, table 2-11].
[[nodiscard]] std::uint8_t nuc_p(std::uint8_t type_code);

}  // namespace liptako::codec::modes
