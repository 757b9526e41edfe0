// The Sahel day against the table it was made from: how much of which traffic, how long, how many
// at once. Traffic alone, without sensors.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "sim/scenarios_for_test.hpp"
#include "sim/traffic.hpp"
#include "sim/world.hpp"

namespace liptako::sim {
namespace {

using base::Duration;
using base::Timestamp;

const Timestamp kStart = base::parse_rfc3339("2026-11-22T10:00:00Z").value();

Scenario without_sensors(Scenario scenario) {
  scenario.radars.clear();
  scenario.adsb_stations.clear();
  scenario.mlat_systems.clear();
  scenario.system_servers.clear();
  scenario.faults.clear();
  return scenario;
}

// What the table calls the traffic, by the names of the streams.
std::string row_of(const Traffic& traffic) {
  const auto begins = [&](std::string_view with) { return traffic.name.rfind(with, 0) == 0; };
  if (begins("survols")) return "overflight";
  if (begins("GABS") || begins("DFFD") || begins("DRRN")) return "terminal";
  if (begins("État")) return "state";
  if (begins("drone")) return "uncrewed";
  if (begins("inconnu")) return "unknown";
  return "domestic";
}

// How long a flight is in the air and on its runways.
double minutes_of(const FlightPlan& plan, const Scenario& scenario) {
  Flight flight(plan, scenario.aerodromes, scenario.atmosphere);
  double minutes = 0.0;
  do {
    minutes += 1.0;
    flight.fly_to(plan.departs + base::seconds(60.0 * minutes));
  } while (!flight.over(plan.departs + base::seconds(60.0 * minutes)));
  return minutes;
}

struct Row {
  int flights = 0;
  double minutes = 0.0;
};

TEST(SahelDay, FliesWhatTheTableSays) {
  const Scenario scenario = shipped_scenario("sahel24.toml");
  constexpr int kSeeds = 3;
  std::map<std::string, Row> rows;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    for (std::size_t i = 0; i < scenario.traffic.size(); ++i) {
      TrafficStream stream(scenario.traffic[i], seed, i, kStart, scenario.first_hour);
      Row& row = rows[row_of(scenario.traffic[i])];
      while (stream.next() < kStart + base::kDay) {
        const bool today = stream.next() >= kStart;
        const FlightPlan plan = stream.take(1, {});
        if (!today) continue;
        ++row.flights;
        row.minutes += minutes_of(plan, scenario);
      }
    }
  }
  struct Expected {
    double a_day;
    double minutes;
  };
  const std::map<std::string, Expected> table{{"overflight", {250.0, 80.0}},
                                              {"terminal", {75.0, 45.0}},
                                              {"domestic", {20.0, 70.0}},
                                              {"state", {16.0, 90.0}},
                                              {"uncrewed", {5.0, 960.0}},
                                              {"unknown", {2.0, 30.0}}};
  ASSERT_EQ(rows.size(), table.size());
  for (const auto& [name, expected] : table) {
    const Row& row = rows[name];
    const double mean = kSeeds * expected.a_day;
    const bool drawn = name != "uncrewed" && name != "unknown";
    EXPECT_NEAR(row.flights, mean, drawn ? 3.5 * std::sqrt(mean) : 0.0) << name;
    EXPECT_NEAR(row.minutes / row.flights, expected.minutes, 0.12 * expected.minutes) << name;
  }
}

TEST(SahelDay, HasTheTablesMeanAndPeak) {
  const Scenario scenario = without_sensors(shipped_scenario("sahel24.toml"));
  double sum = 0.0;
  double busiest_sum = 0.0;
  int instants = 0;
  constexpr int kSeeds = 3;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    World world(scenario, seed, kStart);
    std::array<double, 24> hours{};
    for (int minute = 10; minute <= 1440; minute += 10) {
      world.advance(kStart + std::chrono::minutes(minute), [](const Emission&) {});
      const std::vector<TruthState> states = world.truth(world.now());
      sum += static_cast<double>(states.size());
      hours[static_cast<std::size_t>(minute - 1) / 60] += static_cast<double>(states.size()) / 6.0;
      ++instants;
      std::set<std::uint32_t> addresses;
      std::set<std::uint16_t> codes;
      int with_address = 0;
      for (const TruthState& state : states) {
        if (!state.icao_address) continue;
        ++with_address;
        addresses.insert(state.icao_address->bits());
      }
      EXPECT_EQ(addresses.size(), static_cast<std::size_t>(with_address));
    }
    busiest_sum += *std::max_element(hours.begin(), hours.end());
  }
  EXPECT_NEAR(sum / instants, 21.0, 1.5);
  EXPECT_NEAR(busiest_sum / kSeeds, 55.0, 4.0);
}

TEST(SahelDay, TiersHoldTheirNumbersFromTheStart) {
  struct Tier {
    std::string_view name;
    double aircraft;
    double tolerance;  // four standard deviations of a Poisson count
  };
  for (const auto& [name, aircraft, tolerance] :
       {Tier{"sahel24-surge.toml", 500.0, 90.0}, Tier{"sahel24-benchmark.toml", 4000.0, 250.0}}) {
    World world(without_sensors(shipped_scenario(name)), 7, kStart);
    for (int minute = 0; minute <= 8; minute += 4) {
      world.advance(kStart + std::chrono::minutes(minute), [](const Emission&) {});
      const std::vector<TruthState> states = world.truth(world.now());
      EXPECT_NEAR(static_cast<double>(states.size()), aircraft, tolerance) << minute;
      std::set<std::uint32_t> addresses;
      int with_address = 0;
      for (const TruthState& state : states) {
        if (!state.icao_address) continue;
        ++with_address;
        addresses.insert(state.icao_address->bits());
      }
      EXPECT_EQ(addresses.size(), static_cast<std::size_t>(with_address));
    }
  }
}

}  // namespace
}  // namespace liptako::sim
