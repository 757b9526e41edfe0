// Measurements as datagrams in the sensors' formats: CAT048 and CAT034 of radars, CAT021 or Beast
// of ADS-B stations, CAT020 and CAT019 of multilateration, CAT062 of a tracking system, all through
// the project's own encoders. Times go through the sensor's clock, with its faults.
#pragma once

#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "sim/adsb.hpp"
#include "sim/mlat.hpp"
#include "sim/radar.hpp"
#include "sim/scenario.hpp"
#include "sim/system_server.hpp"

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

[[nodiscard]] std::vector<base::Bytes> to_datagrams(const MlatSystem& system,
                                                    const std::vector<MlatReport>& reports,
                                                    base::Timestamp start);
// The message that the system is well, and where its reference point is.
[[nodiscard]] base::Bytes status_message(const MlatSystem& system,
                                         const Atmosphere& air,
                                         base::Timestamp time,
                                         base::Timestamp start);
[[nodiscard]] std::vector<base::Bytes> to_datagrams(const SystemServer& server,
                                                    const std::vector<ServerTrack>& tracks,
                                                    base::Timestamp start);

}  // namespace liptako::sim
