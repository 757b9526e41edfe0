// How accurate an ADS-B position or velocity is, from the quality indicators of its version.
//
// The standards give the radius that holds 95 % of errors; for a circular normal error that
// is 2.448 sigma of one axis. [DO-260B, tables 2-68 (NACp), 2-22 (NACv); DO-260, table 2-11
// (NUCp)], as reproduced in [ICAO Doc 9871].
#pragma once

#include <optional>

#include "codec/asterix/reports.hpp"

namespace liptako::feeds {

// Standard deviation of one axis of the position. Reports without usable indicators are given 300
// m: 0.4 NM at 95 %, what the poorest airborne navigation in use holds.
[[nodiscard]] base::Length position_sd(const codec::asterix::Cat021Report& report);

// Of one axis of the ground vector; 4 m/s (10 m/s at 95 %) if nothing is said.
[[nodiscard]] base::Speed velocity_sd(const codec::asterix::Cat021Report& report);

}  // namespace liptako::feeds
