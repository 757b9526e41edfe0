// Builds what a transponder sends: the replies and extended squitters that simulated aircraft need,
// with their parity. Quantities are rounded to the unit of the field and saturate at its ends.
#pragma once

#include <optional>

#include "base/ids.hpp"
#include "base/units.hpp"
#include "codec/modes/reception.hpp"

namespace liptako::codec::modes {

// DF17, type codes 9-18 [DO-260B, §2.2.3.2.3]. `type_code` tells the integrity: 9 to 18 are
// NIC 11, 10, 8, 7, 6, 5, 4, 2, 1, 0; with both supplements, 11 is NIC 9 and 16 is NIC 3. An
// aircraft alternates `odd`.
struct AirbornePositionMessage {
  base::IcaoAddress address;
  base::Angle latitude;
  base::Angle longitude;
  std::optional<base::Length> pressure_altitude;  // sent in 25 ft up to 50,175 ft, in 100 ft above
  std::uint8_t type_code = 11;
  bool odd = false;
  bool nic_supplement_b = false;
};
[[nodiscard]] Frame encode(const AirbornePositionMessage& message);

// DF17, type codes 1-4 [DO-260B, §2.2.3.2.5]. `emitter_set` 'A' to 'D' and category 0-7: A3 is
// large.
struct IdentificationMessage {
  base::IcaoAddress address;
  base::CallSign call_sign;
  char emitter_set = 'A';
  std::uint8_t category = 3;
};
[[nodiscard]] Frame encode(const IdentificationMessage& message);

// DF17, type code 19, subtype 1: ground velocity, to 1 kt and 64 ft/min [DO-260B, §2.2.3.2.6.1].
struct VelocityMessage {
  base::IcaoAddress address;
  base::Speed east;
  base::Speed north;
  std::optional<base::Speed> vertical_rate;
  bool rate_is_geometric = false;
  std::optional<base::Length>
      geometric_above_pressure;  // height over ellipsoid minus pressure alt.
  std::uint8_t nac_v = 1;
};
[[nodiscard]] Frame encode(const VelocityMessage& message);

// DF17, type code 31, subtype 0: version 2 operational status of an airborne aircraft
// [DO-260B, §2.2.3.2.7.2]. Tells the NACp, which no position message does.
struct OperationalStatusMessage {
  base::IcaoAddress address;
  std::uint8_t nac_p = 8;
  std::uint8_t sil = 3;
  std::uint8_t gva = 2;
  bool nic_supplement_a = false;
  bool nic_baro = true;
};
[[nodiscard]] Frame encode(const OperationalStatusMessage& message);

// DF17, type code 28, subtype 1: emergency state (0 none) and Mode A code [DO-260B, §2.2.3.2.7.8].
struct EmergencyStatusMessage {
  base::IcaoAddress address;
  std::uint8_t emergency_state = 0;
  base::ModeACode mode_3a;
};
[[nodiscard]] Frame encode(const EmergencyStatusMessage& message);

// DF11, as sent unasked once a second [Annex 10 Vol. IV, 3.1.2.8.5].
struct AcquisitionSquitter {
  base::IcaoAddress address;
  std::uint8_t capability = 5;  // level 2 and above, airborne
};
[[nodiscard]] Frame encode(const AcquisitionSquitter& message);

// DF4 and DF5, replies to a radar: altitude; identity [Annex 10 Vol. IV, 3.1.2.6.5, 3.1.2.6.7].
struct AltitudeReply {
  base::IcaoAddress address;
  std::optional<base::Length> pressure_altitude;
  std::uint8_t flight_status = 0;
};
[[nodiscard]] Frame encode(const AltitudeReply& message);
struct IdentityReply {
  base::IcaoAddress address;
  base::ModeACode mode_3a;
  std::uint8_t flight_status = 0;
};
[[nodiscard]] Frame encode(const IdentityReply& message);

}  // namespace liptako::codec::modes
