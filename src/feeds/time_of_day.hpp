// From a time of day (1/128 s since midnight UTC, as ASTERIX sends it) to an instant: the day is
// the one that brings it nearest to a guide, so it follows the source over midnight in both
// directions.
#pragma once

#include "base/time.hpp"
#include "codec/asterix/reports.hpp"

namespace liptako::feeds {

// Requires ticks < kTicksPerDay. The result is within half a day of `guide`.
[[nodiscard]] base::Timestamp unwrap(codec::asterix::TimeOfDay time_of_day, base::Timestamp guide);

}  // namespace liptako::feeds
