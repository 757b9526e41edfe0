// AVR: replies as lines of hexadecimal digits, `*8d...;`, or with the time stamp of twelve digits
// in front, `@0123456789ab8d...;`. Also `<`, as some receivers send: stamp and two digits of signal
// level in front. What lies between `;` and the next of these marks is white space [Beast].
#pragma once

#include "codec/modes/reception.hpp"

namespace liptako::codec::modes {

// Mark, stamp, signal, a long reply, and the semicolon.
inline constexpr std::size_t kLongestAvrFrame = 1 + 12 + 2 + 2 * kLongSize + 1;

// The first piece of `rest`, its white space before it included. Total, and never of length 0
// unless incomplete; what is incomplete is shorter than twice kLongestAvrFrame.
[[nodiscard]] Piece next_avr(ByteView rest);

// Appends one line, with a newline: `@` if there is a stamp, `<` if there is a signal level too.
void encode_avr(const Reception& reception, Bytes& out);

}  // namespace liptako::codec::modes
