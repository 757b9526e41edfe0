// CRC-32C (Castagnoli), as in iSCSI [RFC 3720, §12.1]: finds damage, proves nothing. The same value
// on every machine.
#pragma once

#include <cstdint>

#include "base/bytes.hpp"

namespace liptako::record {

// Of `bytes`, continuing from the checksum of what came before (0 at the start).
[[nodiscard]] std::uint32_t crc32c(base::ByteView bytes, std::uint32_t before = 0);

// The same without the CPU's own instruction; public for the test that compares the two.
[[nodiscard]] std::uint32_t crc32c_portable(base::ByteView bytes, std::uint32_t before = 0);

}  // namespace liptako::record
