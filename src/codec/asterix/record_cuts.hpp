// Where a datagram of ASTERIX can be taken apart: before and behind each record, so that one record
// can be shown without the others. An item-length walk; no item is interpreted.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.hpp"

namespace liptako::codec::asterix {

// Appends the offsets in rising order, neither 0 nor the datagram's size. Bytes that are no records
// stay with what is before them. Requires a datagram of at most 65,535 bytes.
void append_record_cuts(base::ByteView datagram, std::vector<std::uint16_t>& cuts);

}  // namespace liptako::codec::asterix
