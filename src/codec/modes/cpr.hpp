// Compact position reporting: latitude and longitude in 17 bits each. The globe is cut into zones,
// 60 (even messages) or 59 (odd) in latitude and as many in longitude as keep them about as wide;
// a message tells the place within a zone, and not which. Two messages, one of each kind, tell the
// zone, for between the two grids no offset repeats; so does a place known to be within half a
// zone [DO-260B, §A.1.7; ICAO Doc 9871, C.2.6].
//
// Airborne zones are 360 NM; what is decoded is within 5.1 m of what was encoded up to 84 degrees
// of latitude, and within 10.2 m beyond. Surface zones are a quarter of that, and so are their
// errors.
#pragma once

#include <cstdint>
#include <optional>

#include "base/units.hpp"

namespace liptako::codec::modes {

struct CprPosition {
  bool odd = false;
  std::uint32_t latitude = 0;   // 17 bits
  std::uint32_t longitude = 0;  // 17 bits
  friend bool operator==(const CprPosition&, const CprPosition&) = default;
};

// Latitude in [-90, 90], longitude in [-180, 180) degrees.
struct LatLon {
  base::Angle latitude;
  base::Angle longitude;
};

enum class CprKind : std::uint8_t { airborne, surface };

// Number of longitude zones of the even grid at a latitude, 59 at the equator to 1 beyond 87
// degrees.
[[nodiscard]] int longitude_zones(base::Angle latitude);

// Requires |latitude| <= 90 degrees.
[[nodiscard]] CprPosition encode_cpr(const LatLon& position, CprKind kind, bool odd);

// The place of the newer of an even and an odd message. Nothing if they are of one kind, if they
// lie on either side of a change in the number of zones (a later pair will not), or if they make no
// latitude. Airborne only; the two must not be further apart in time than the aircraft takes to
// cross part of a zone (10 s) [DO-260B, §A.1.7.5].
[[nodiscard]] std::optional<LatLon> decode_cpr_pair(const CprPosition& older,
                                                    const CprPosition& newer);

// The place nearest to a reference: right if that is within half a zone of the aircraft, 180 NM
// airborne and 45 NM on the surface [DO-260B, §A.1.7.4]. Nothing if the latitude comes out
// beyond a pole.
[[nodiscard]] std::optional<LatLon> decode_cpr_near(const CprPosition& position,
                                                    CprKind kind,
                                                    const LatLon& reference);

}  // namespace liptako::codec::modes
