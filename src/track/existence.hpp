// Probability that there is an aircraft behind a track, kept as odds.
//
// A plot multiplies the odds by pD g(z) / lambda, lambda the density of plots that come from no
// aircraft [MusickiEvans04]. Silence multiplies them by the probability of silence. "Not seen" is
// not "not there": each sensor's silence is first taken as a sign that the aircraft left its
// coverage, by a probability c of being covered that is filtered along with existence:
//
//   hit:   c <- kCoveredAfterHit
//   miss:  odds *= 1 - c pD,   c <- c (1 - pD) / (1 - c pD)
//
// so that one sensor's silence, however long, costs a bounded factor, and the silence of many
// independent sensors adds up. Sensors that are themselves silent say nothing.
#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace liptako::track {

inline constexpr float kCoveredAfterHit = 0.98F;
inline constexpr double kMaxOdds = 1e6;  // no evidence makes us surer than one in a million

// What one sensor has to do with one track.
struct Visibility {
  std::uint16_t sensor = 0;
  float covered = 0.0F;
  base::Timestamp last_hit;
  base::Timestamp accounted_until;  // looks up to here have been counted as hit or miss
};

[[nodiscard]] double odds_from(double probability);
[[nodiscard]] double probability_from(double odds);

// likelihood_ratio = pD g(z) / lambda.
[[nodiscard]] double after_hit(double odds, double likelihood_ratio);

// One missed look; updates v.covered.
[[nodiscard]] double after_miss(double odds, Visibility& v, double detection_probability);

// The aircraft may have landed unseen or never have been: odds decay with the given mean lifetime.
[[nodiscard]] double after_time(double odds, base::Duration elapsed, base::Duration mean_lifetime);

}  // namespace liptako::track
