// How accurate an ADS-B position or velocity is, from the quality indicators of its version.
//
// The standards give the radius that holds 95 % of errors; for a circular normal error that
// is 2.448 sigma of one axis. [DO-260B, tables 2-68 (NACp), 2-22 (NACv); DO-260, table 2-11
// (NUCp)], as reproduced in [ICAO Doc 9871]. A position whose NACp says nothing (0) is judged by
// the radius that contains it (NIC, in the same documents; PIC [CAT021 ed. 2.7, I021/090]): a bound
// far beyond 95 %, and the only one there is.
#pragma once

#include <optional>

#include "codec/asterix/reports.hpp"

namespace liptako::feeds {

// Standard deviation of one axis of the position, at most 8 km. Reports without any indicators are
// given 300 m: 0.4 NM at 95 %, what the poorest airborne navigation in use holds. Versions 1 and up
// that say NACp 0 and no containment are given 10 NM at 95 %.
[[nodiscard]] base::Length position_sd(const codec::asterix::Cat021Report& report);
// Of edition 0.23, which knows the categories of DO-260 alone.
[[nodiscard]] base::Length position_sd(const codec::asterix::Cat021Ed023Report& report);
[[nodiscard]] base::Speed velocity_sd(const codec::asterix::Cat021Ed023Report& report);

// Of one axis of the ground vector; 4 m/s (10 m/s at 95 %) if nothing is said.
[[nodiscard]] base::Speed velocity_sd(const codec::asterix::Cat021Report& report);

// The same for the squitters themselves, whose receiver gathers what each says.
struct SquitterQuality {
  std::uint8_t version = 0;                 // of what the aircraft is built to; 0 until it tells
  std::optional<std::uint8_t> nac_p;        // from version 1 on
  std::uint8_t nuc_p = 0;                   // by the position's type code, for version 0
  std::optional<base::Length> containment;  // from version 1 on
};
[[nodiscard]] base::Length position_sd(const SquitterQuality& quality);
[[nodiscard]] base::Speed velocity_sd(std::uint8_t nac_v);

}  // namespace liptako::feeds
