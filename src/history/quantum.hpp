// A state in whole quanta: what a chunk stores, and how far that is from the state it was made of.
//
//   quantity                          quantum         error at most
//   time, last plot time              1 ms            0.5 ms
//   latitude, longitude               1e-6 degree     0.5e-6 degree (56 mm)
//   velocity east, velocity north     0.1 m/s         0.05 m/s each
//   pressure altitude                 1 m             0.5 m
//   vertical rate                     0.1 m/s         0.05 m/s (10 ft/min)
//   standard deviation along either   factor 1.05     2.5 %, between 0.1 m and 25 km
//     axis of the position ellipse
//   direction of that ellipse         180/128 degree  0.71 degree, where the axes differ by 5 %
//   existence                         1/255           0.002
//   status, sensors, identity         none            none
#pragma once

#include <optional>

#include "history/state.hpp"

namespace liptako::history {

inline constexpr double kSmallestSdM = 0.1;
inline constexpr double kSdFactor = 1.05;
inline constexpr int kSdSteps = 256;  // 0.1 m times 1.05^255 is 25.3 km
inline constexpr int kDirectionSteps = 128;
inline constexpr double kMaxSpeedMps = 5000.0;
inline constexpr double kMaxVerticalRateMps = 1000.0;
inline constexpr double kMaxAltitudeM = 100'000.0;

// Legend: e, n: east, north; ms: milliseconds; e6: millionths of a degree; q: quanta as above.
struct Quanta {
  std::int64_t time_ms = 0;
  std::int64_t plot_age_ms = 0;  // time less that of the last plot
  std::int64_t latitude_e6 = 0;
  std::int64_t longitude_e6 = 0;
  std::int64_t east_q = 0;
  std::int64_t north_q = 0;
  std::int64_t vertical_q = 0;
  std::optional<std::int64_t> altitude_m;
  std::int64_t major_q = 0;       // of the ellipse's major axis, in steps of the standard deviation
  std::int64_t elongation_q = 0;  // steps by which the minor axis is shorter
  std::int64_t direction_q = 0;   // of the major axis, from east towards north
  std::int64_t status = 1;
  std::int64_t existence_q = 0;
  std::uint64_t sensors = 0;
  friend bool operator==(const Quanta&, const Quanta&) = default;
};

// Nothing if a field is not finite or out of any aircraft's reach: such a state is not kept.
[[nodiscard]] std::optional<Quanta> quantise(const State& state);
// Whether the fields lie where quantise() puts them.
[[nodiscard]] bool is_sound(const Quanta& quanta);
// All but the identity. Requires is_sound().
[[nodiscard]] State restore(const Quanta& quanta);

}  // namespace liptako::history
