// Mode S downlink formats: what a reply says of itself, and whether its parity holds [Annex 10
// Vol. IV, 3.1.2.3 to 3.1.2.8]. Errors are detected, never corrected: a corrected address is a
// guess, and an aircraft that is not there costs more than a message that comes again.
//
// Squitters and all-call replies (DF 11, 17, 18) carry address and parity apart and so can be
// trusted by themselves. In the others the address is laid over the parity: any 24 bits make some
// address, so those replies mean something only for an address already known from elsewhere.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "base/ids.hpp"
#include "codec/modes/adsb.hpp"
#include "codec/modes/reception.hpp"

namespace liptako::codec::modes {

enum class Fault : std::uint8_t {
  wrong_length,        // of its format: 7 octets below DF 16, 14 from there on
  parity_failed,       // DF 11, 17, 18
  format_not_decoded,  // of another format
};
[[nodiscard]] std::string_view to_string(Fault fault);

struct ModeSMessage {
  std::uint8_t format = 0;  // DF: 0, 4, 5, 11, 16, 17, 18, 20 or 21
  base::IcaoAddress address;
  // The address is what the parity leaves: nobody's, unless it is known.
  bool address_overlaid = false;
  // DF 11, 17: CA; DF 18: CF; DF 4, 5, 20, 21: FS; DF 0, 16: VS.
  std::uint8_t control = 0;
  std::optional<bool> on_ground;     // as CA, FS or VS tells it
  std::uint8_t interrogator = 0;     // DF 11: code label and code of the interrogator, 0 for none
  std::optional<Altitude> altitude;  // DF 0, 4, 16, 20
  std::optional<base::ModeACode> mode_3a;      // DF 5, 21
  std::optional<std::uint64_t> message_field;  // 56 bits: ME of DF 17, 18; MB of 20, 21; MV of 16
  Squitter squitter;                           // DF 17, 18: what ME says
};

// Whose words a DF 18 is [ICAO Doc 9871, table C-3; control field]: only 0 and 1 come from the
// aircraft itself, 1 with an address that is none; the others are sent by ground stations.
enum class Df18 : std::uint8_t { icao_address = 0, other_address = 1 };

// Total. A Mode A/C reply is format_not_decoded.
[[nodiscard]] std::expected<ModeSMessage, Fault> decode_mode_s(const Frame& frame);

// What is left of the parity: 0 for an intact DF 17 or 18, the interrogator in its last seven bits
// for a DF 11, the address for the others [3.1.2.3.3]. Requires 7 or 14 octets.
[[nodiscard]] std::uint32_t parity_remainder(ByteView octets);
// The 24 parity bits for all octets given.
[[nodiscard]] std::uint32_t parity_of(ByteView octets);

}  // namespace liptako::codec::modes
