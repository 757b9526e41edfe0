// Checks on what a snapshot says: its bytes may be anyone's, and what loads must be safe to run.
#pragma once

#include <cmath>

#include "base/time_range.hpp"
#include "geo/geodetic.hpp"
#include "track/height_effect.hpp"
#include "track/navigation_effect.hpp"
#include "track/vertical_filter.hpp"

namespace liptako::track {

// Latitude in range, the rest finite and of a magnitude that aircraft and sensors have.
[[nodiscard]] inline bool is_on_earth(const geo::Geodetic& p) {
  return std::fabs(p.latitude.degrees()) <= 90.0001 && std::fabs(p.longitude.degrees()) <= 360.0 &&
         std::fabs(p.height.metres()) <= 1e9;
}

// Magnitudes are bounded well beyond anything that flies, so that no prediction leaves the range of
// doubles.
[[nodiscard]] bool is_loadable(const Imm& imm);
[[nodiscard]] bool is_loadable(const VerticalFilter& vertical);
[[nodiscard]] bool is_loadable(const HeightEffect& effect);
[[nodiscard]] bool is_loadable(const NavigationEffect& effect);
[[nodiscard]] bool is_loadable(const Plot& plot);
// What the configuration's ranges and the onboarding of sensors allow.
[[nodiscard]] bool is_loadable(const SensorDescription& sensor);

}  // namespace liptako::track
