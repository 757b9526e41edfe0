// The two codes that Mode S takes over from older transponders: pressure altitude and the four
// octal digits [Annex 10 Vol. IV, 3.1.2.6.5.4, 3.1.2.6.7.1, and the appendix to chapter 3].
#pragma once

#include <cstdint>
#include <optional>

#include "base/ids.hpp"
#include "base/units.hpp"

namespace liptako::codec::modes {

struct Altitude {
  base::Length value;
  base::Length quantum;  // 25 or 100 ft
};

// The 13-bit AC field. Nothing if it says that there is none, if it is metric (reserved by the
// standard, undefined), or if it is no code of the 100-ft table.
[[nodiscard]] std::optional<Altitude> decode_ac13(std::uint32_t field);
// The same without its M bit, as squitters send it.
[[nodiscard]] std::optional<Altitude> decode_ac12(std::uint32_t field);
// In 25 ft from -1,000 to 50,175 ft, in 100 ft up to 126,700 ft; saturates at both ends.
[[nodiscard]] std::uint32_t encode_ac12(base::Length altitude);
[[nodiscard]] std::uint32_t encode_ac13(base::Length altitude);

// The 13-bit ID field, in the order in which the pulses of a Mode A reply come.
[[nodiscard]] base::ModeACode decode_id13(std::uint32_t field);
[[nodiscard]] std::uint32_t encode_id13(base::ModeACode code);

}  // namespace liptako::codec::modes
