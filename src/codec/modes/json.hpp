// Receptions as JSON Lines: what `liptako decode` prints of Beast and AVR. Described in
// docs/DECODE.md. A line holds what one reply says by itself: positions stay halved, as CPR.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "codec/modes/reception.hpp"

namespace liptako::codec::modes {

// Each appends one line with its newline. `head` goes in front of the other members: empty, or
// complete members with a comma after the last. `offset`, `length`: of the frame in the file.
void append_json(const Reception& reception,
                 std::uint64_t offset,
                 std::size_t length,
                 std::string_view head,
                 std::string& out);
// Bytes that are no frame.
void append_gap_json(std::uint64_t offset,
                     std::size_t length,
                     std::string_view head,
                     std::string& out);

}  // namespace liptako::codec::modes
