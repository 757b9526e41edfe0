// WGS-84 positions. A frame is a type: an ECEF position cannot be passed as ENU.
#pragma once

#include "base/units.hpp"

namespace liptako::geo {

// Latitude in [-90, 90] degrees, longitude in [-180, 180), ellipsoidal height.
struct Geodetic {
  base::Angle latitude;
  base::Angle longitude;
  base::Length height;
};

}  // namespace liptako::geo
