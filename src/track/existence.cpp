#include "track/existence.hpp"

#include <algorithm>

#include "base/math.hpp"

namespace liptako::track {

double log_odds_from(double probability) { return base::log(probability / (1.0 - probability)); }

double probability_from(double log_odds) { return 1.0 / (1.0 + base::exp(-log_odds)); }

double after_hit(double log_odds, double log_likelihood_ratio) {
  return std::clamp(log_odds + log_likelihood_ratio, -kMaxLogOdds, kMaxLogOdds);
}

double after_miss(double log_odds, Visibility& v, double detection_probability) {
  const double silence = 1.0 - v.covered * detection_probability;
  v.covered *= (1.0 - detection_probability) / silence;
  return std::max(-kMaxLogOdds, log_odds + base::log(silence));
}

double after_time(double log_odds, base::Duration elapsed, base::Duration mean_lifetime) {
  const double survives = base::exp(-base::to_seconds(elapsed) / base::to_seconds(mean_lifetime));
  const double p = probability_from(log_odds) * survives;
  return std::clamp(log_odds_from(p), -kMaxLogOdds, kMaxLogOdds);
}

}  // namespace liptako::track
