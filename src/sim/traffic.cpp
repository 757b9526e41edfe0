#include "sim/traffic.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.hpp"
#include "base/math.hpp"

namespace liptako::sim {
namespace {

using base::Duration;
using base::Timestamp;

enum : std::uint64_t { kDepartures = 1, kFlight = 2 };

// An upper bound of the time a flight takes: its way at four fifths of its speed, and the slow
// parts at both ends.
Duration longest(const Traffic& traffic) {
  const Performance& can = performance(traffic.kind);
  const double speed = traffic.cruise.value_or(can.cruise).mps();
  double way_m = 0.0;
  double hold_s = 0.0;
  const std::vector<RoutePoint>& route = traffic.route;
  const auto position = [&](std::size_t i) { return frame_at(route[i].place).position; };
  for (std::size_t i = 0; i + 1 < route.size(); ++i) {
    way_m += ground_distance_m(position(i), position(i + 1));
    if (route[i].hold) hold_s += route[i].hold->turns * 400.0;
  }
  if (route.size() > 3) {
    double lap_m = ground_distance_m(position(route.size() - 2), position(1));
    for (std::size_t i = 1; i + 2 < route.size(); ++i)
      lap_m += ground_distance_m(position(i), position(i + 1));
    way_m += (traffic.laps - 1) * lap_m;
  }
  return base::seconds(way_m / (0.8 * speed) + hold_s * traffic.laps + 2400.0);
}

template <class T>
const T& draw(base::Prng& prng, const std::vector<Weighted<T>>& choices) {
  double sum = 0.0;
  for (const Weighted<T>& choice : choices) sum += choice.weight;
  double at = prng.uniform() * sum;
  for (const Weighted<T>& choice : choices) {
    at -= choice.weight;
    if (at < 0.0) return choice.value;
  }
  return choices.back().value;
}

template <class T>
const T& draw(base::Prng& prng, const std::vector<T>& choices) {
  return choices[prng.below(choices.size())];
}

base::CallSign draw_call_sign(base::Prng& prng, std::string pattern) {
  bool first = true;
  for (char& c : pattern) {
    if (c != '#') continue;
    c = static_cast<char>('0' + (first ? 1 + prng.below(9) : prng.below(10)));
    first = false;
  }
  return base::CallSign(pattern);
}

// A discrete code from 1001 to 6777: not one that ends in 00, and none of the special ones.
base::ModeACode draw_code(base::Prng& prng) {
  std::uint64_t code = 0;
  while (code % 64 == 0) code = 01000 + prng.below(06000);
  return base::ModeACode(static_cast<std::uint16_t>(code));
}

}  // namespace

base::Prng prng_for(std::uint64_t seed, std::uint64_t what, std::uint64_t index) {
  base::Prng outer(seed ^ (what * 0x9E3779B97F4A7C15u));
  return base::Prng(outer.next() + index * 0xD1B54A32D192ED03u);
}

TrafficStream::TrafficStream(const Traffic& traffic,
                             std::uint64_t seed,
                             std::uint64_t index,
                             Timestamp start,
                             std::optional<int> first_hour)
    : traffic_(&traffic),
      seed_(seed),
      index_(index),
      departures_(prng_for(seed, kDepartures, index)) {
  if (first_hour) to_scenario_hours_ = std::chrono::hours(*first_hour) - start.time_since_epoch();
  if (traffic.per_hour > 0.0) {
    next_ = start - longest(traffic);
    find_next();
  } else {
    next_ = start + traffic.departs;
  }
}

void TrafficStream::find_next() {
  if (traffic_->per_hour <= 0.0) {
    next_ = traffic_->repeats ? next_ + *traffic_->repeats : Timestamp::max();
    return;
  }
  const double gap_s = base::to_seconds(traffic_->minimum_gap);
  const double mean_s = 3600.0 / traffic_->per_hour - gap_s;
  // Whoever draws an hour of little traffic may not depart: thinning of a Poisson process.
  for (int attempt = 0; attempt < 100'000; ++attempt) {
    next_ += base::seconds(gap_s + (mean_s > 0.0 ? departures_.exponential(mean_s) : 0.0));
    // Floored: before the start it may be negative.
    const std::int64_t shown = base::to_ns(next_ + to_scenario_hours_);
    const std::int64_t into_day =
        (shown % base::kDay.count() + base::kDay.count()) % base::kDay.count();
    const std::int64_t hour = into_day / std::int64_t{3'600'000'000'000};
    if (departures_.chance(traffic_->hourly[static_cast<std::size_t>(hour)])) return;
  }
  next_ = Timestamp::max();  // every hour's weight is zero
}

std::vector<RoutePoint> TrafficStream::draw_route(base::Prng& prng) const {
  std::vector<RoutePoint> route = traffic_->route;
  if (traffic_->both_ways && prng.chance(0.5)) std::reverse(route.begin(), route.end());
  if (traffic_->laps > 1 && route.size() > 2) {
    const std::vector<RoutePoint> lap(route.begin() + 1, route.end() - 1);
    for (int i = 1; i < traffic_->laps; ++i) route.insert(route.end() - 1, lap.begin(), lap.end());
  }
  const double spread = traffic_->spread.metres();
  for (RoutePoint& point : route) {
    if (point.aerodrome >= 0 || spread <= 0.0) continue;
    const Frame middle = frame_at(point.place);
    const double east = prng.normal(0.0, spread);
    const double north = prng.normal(0.0, spread);
    point.place = place_of(frame_at(middle.position + east * middle.east + north * middle.north));
  }
  return route;
}

FlightPlan TrafficStream::take(std::uint32_t number, const InUse& in_use) {
  CHECK(next_ != Timestamp::max());
  base::Prng prng = prng_for(seed_, kFlight + 2 * index_, taken_++);
  FlightPlan plan;
  plan.number = number;
  plan.traffic = static_cast<std::uint16_t>(index_);
  plan.ghost = traffic_->ghost;
  plan.kind = traffic_->kind;
  plan.departs = next_;
  plan.route = draw_route(prng);
  plan.level = draw(prng, traffic_->levels);
  plan.cruise =
      prng.uniform(0.97, 1.03) * traffic_->cruise.value_or(performance(traffic_->kind).cruise);
  plan.transponder = draw(prng, traffic_->transponders);
  plan.nac_p = draw(prng, traffic_->nac_p);
  plan.altimeter_error = base::Length::from_feet(prng.normal(0.0, 30.0));
  plan.silent = traffic_->silent;
  plan.seed = prng.next();
  const Fleet& fleet = draw(prng, traffic_->fleet);
  plan.call_sign = draw_call_sign(prng, fleet.call_sign);
  constexpr int kAttempts = 32;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const Interval<std::uint32_t>& range = fleet.addresses;
    plan.icao_address =
        base::IcaoAddress(range.low + static_cast<std::uint32_t>(
                                          prng.below(std::uint64_t{range.high} - range.low + 1)));
    if (!in_use.addresses.contains(plan.icao_address.bits())) break;
  }
  plan.mode_3a = traffic_->mode_3a.value_or(base::ModeACode());
  for (int attempt = 0; !traffic_->mode_3a && attempt < kAttempts; ++attempt) {
    plan.mode_3a = draw_code(prng);
    if (!in_use.codes.contains(plan.mode_3a.bits())) break;
  }
  find_next();
  return plan;
}

}  // namespace liptako::sim
