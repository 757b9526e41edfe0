// When a data block is due: the first time of day among its records. For playing and merging
// recordings.
#pragma once

#include <optional>

#include "base/bytes.hpp"
#include "codec/asterix/reports.hpp"

namespace liptako::feeds {

// `block` with its header. Nothing if no record of it tells a time.
[[nodiscard]] std::optional<codec::asterix::TimeOfDay> first_time_of_day(base::ByteView block);

}  // namespace liptako::feeds
