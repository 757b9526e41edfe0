// Measurements as datagrams in the sensors' formats: CAT048 and CAT034 of radars, CAT021 of ADS-B
// stations, through the project's own encoder. Times go through the sensor's clock, with its
// faults.
#pragma once

#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "sim/adsb.hpp"
#include "sim/radar.hpp"
#include "sim/scenario.hpp"

namespace liptako::sim {

inline constexpr std::size_t kLargestDatagram = 1472;  // UDP over Ethernet

// What the sensor's clock shows at a true time.
[[nodiscard]] base::Timestamp shown_by(const SensorClock& clock,
                                       base::Timestamp start,
                                       base::Timestamp time);

// The datagrams at the end of a sector: the plots first, then the message that the next sector
// begins (a north marker if it begins at north).
[[nodiscard]] std::vector<base::Bytes> to_datagrams(const Radar& radar,
                                                    const RadarSector& sector,
                                                    base::Timestamp start);
[[nodiscard]] std::vector<base::Bytes> to_datagrams(const AdsbStation& station,
                                                    const std::vector<AdsbReport>& reports,
                                                    base::Timestamp sent,
                                                    base::Timestamp start);

}  // namespace liptako::sim
