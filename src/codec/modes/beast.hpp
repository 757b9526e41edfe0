// Beast binary: what most 1090 MHz receivers send over TCP. A frame is 0x1a, a type, a 48-bit time
// stamp (most significant octet first), one octet of signal level, and the reply: type '1' Mode A/C
// (2 octets), '2' short (7), '3' long (14) Mode S. Within a frame an octet 0x1a is sent twice, so
// a single one, followed by another octet, always begins a frame [Beast].
#pragma once

#include "codec/modes/reception.hpp"

namespace liptako::codec::modes {

inline constexpr std::uint8_t kBeastEscape = 0x1a;
// Type, stamp, signal and a long reply, every octet of it doubled.
inline constexpr std::size_t kLongestBeastFrame = 2 + 2 * (6 + 1 + kLongSize);

// The first piece of `rest`. Total, and never of length 0 unless incomplete; an incomplete frame is
// shorter than kLongestBeastFrame.
[[nodiscard]] Piece next_beast(ByteView rest);

// Appends one frame; a missing stamp or signal is sent as 0.
void encode_beast(const Reception& reception, Bytes& out);

}  // namespace liptako::codec::modes
