#include "track/existence.hpp"

#include <algorithm>

#include "base/math.hpp"

namespace liptako::track {

namespace {

double bounded(double odds) { return std::clamp(odds, 1.0 / kMaxOdds, kMaxOdds); }

}  // namespace

double odds_from(double probability) { return probability / (1.0 - probability); }

double probability_from(double odds) { return odds / (1.0 + odds); }

double after_hit(double odds, double likelihood_ratio) { return bounded(odds * likelihood_ratio); }

double after_miss(double odds, Visibility& v, double detection_probability) {
  const double silence = 1.0 - v.covered * detection_probability;
  v.covered = static_cast<float>(v.covered * (1.0 - detection_probability) / silence);
  return bounded(odds * silence);
}

double after_time(double odds, base::Duration elapsed, base::Duration mean_lifetime) {
  if (elapsed <= base::Duration::zero()) return odds;
  // Of p = o / (1 + o) the share s survives.
  const double x = base::to_seconds(elapsed) / base::to_seconds(mean_lifetime);
  // Of a short time by its series, to 1e-12.
  const double survives =
      x < 0.01 ? 1.0 - x * (1.0 - x * 0.5 * (1.0 - x * (1.0 / 3.0) * (1.0 - x * 0.25)))
               : base::exp(-x);
  return bounded(odds * survives / (1.0 + odds * (1.0 - survives)));
}

}  // namespace liptako::track
