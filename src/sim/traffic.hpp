// When flights depart and what each of them is: turns the scenario's traffic into flight plans.
// Every flight's properties depend only on the seed, its stream and its place in that stream; only
// a number already in use in the air makes it draw again.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "base/prng.hpp"
#include "base/time.hpp"
#include "sim/flight.hpp"
#include "sim/scenario.hpp"

namespace liptako::sim {

// A generator of its own for each purpose (`what`) and index, so that none disturbs another.
[[nodiscard]] base::Prng prng_for(std::uint64_t seed, std::uint64_t what, std::uint64_t index);

// Addresses and codes of the aircraft in the air.
struct InUse {
  std::set<std::uint32_t> addresses;
  std::set<std::uint16_t> codes;
};

class TrafficStream {
 public:
  // `first_hour`: which hour of `hourly` the start is in; its own in UTC without it. Begins so long
  // before the start that flights already under way at the start are there.
  TrafficStream(const Traffic& traffic,
                std::uint64_t seed,
                std::uint64_t index,
                base::Timestamp start,
                std::optional<int> first_hour = std::nullopt);

  // Departure of the next flight; Timestamp::max() if there is none.
  [[nodiscard]] base::Timestamp next() const { return next_; }
  // The plan of the next flight, and moves on.
  [[nodiscard]] FlightPlan take(std::uint32_t number, const InUse& in_use);

 private:
  void find_next();
  [[nodiscard]] std::vector<RoutePoint> draw_route(base::Prng& prng) const;

  const Traffic* traffic_;
  std::uint64_t seed_;
  std::uint64_t index_;
  base::Prng departures_;
  base::Duration to_scenario_hours_{};  // what to add to a time for the hours of `hourly`
  base::Timestamp next_;
  std::uint64_t taken_ = 0;
};

}  // namespace liptako::sim
