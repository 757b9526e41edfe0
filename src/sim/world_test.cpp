// The whole simulator: bytes through the project's own decoder against the truth, order, faults,
// repeatability.
#include "sim/world.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "base/math.hpp"
#include "base/prng.hpp"
#include "codec/asterix/decode.hpp"
#include "sim/flight.hpp"

namespace liptako::sim {
namespace {

namespace asterix = codec::asterix;
using base::Timestamp;

Timestamp at(std::string_view text) { return base::parse_rfc3339(text).value(); }
const Timestamp kStart = at("2026-11-22T10:00:00Z");

Scenario demo() {
  std::ifstream file(LIPTAKO_SOURCE_DIR "/scenarios/demo.toml");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  auto loaded = load_scenario(text, "demo.toml");
  EXPECT_TRUE(loaded.has_value()) << loaded.error().message;
  return *loaded;
}

Scenario demo_without_faults() {
  Scenario out = demo();
  out.faults.clear();
  return out;
}

struct Collector {
  std::vector<asterix::Cat048Report> plots;
  std::vector<asterix::Cat034Message> services;
  std::vector<asterix::Cat021Report> reports;
  int errors = 0;
  void on_report(const asterix::Cat048Report& report) { plots.push_back(report); }
  void on_report(const asterix::Cat034Message& message) { services.push_back(message); }
  void on_report(const asterix::Cat021Report& report) { reports.push_back(report); }
  void on_error(const asterix::RecordError&) { ++errors; }
  void on_other(const asterix::Block&) { ++errors; }
};

// FNV-1a over source, arrival and bytes of everything.
struct Digest {
  std::uint64_t value = 1469598103934665603u;
  std::size_t datagrams = 0;
  std::size_t bytes = 0;
  void add(const Emission& emission) {
    const auto mix = [&](std::uint8_t octet) { value = (value ^ octet) * 1099511628211u; };
    mix(static_cast<std::uint8_t>(emission.source));
    for (int shift = 0; shift < 64; shift += 8) {
      mix(static_cast<std::uint8_t>(static_cast<std::uint64_t>(base::to_ns(emission.emitted_at)) >>
                                    shift));
    }
    for (const std::uint8_t octet : emission.datagram) mix(octet);
    ++datagrams;
    bytes += emission.datagram.size();
  }
};

// The instant nearest to `near` whose time of day it is.
Timestamp instant(asterix::TimeOfDay time, Timestamp near) {
  const std::int64_t day = base::kDay.count();
  const std::int64_t midnight = base::to_ns(near) / day * day;
  std::int64_t t = midnight + time.since_midnight().count();
  if (t - base::to_ns(near) > day / 2) t -= day;
  if (t - base::to_ns(near) < -day / 2) t += day;
  return base::timestamp_from_ns(t);
}

// Every kind of sensor, transponder and fault, and flights from and to aerodromes.
constexpr std::string_view kSmall = R"(name = "petit"
atmosphere = { isa_offset_k = 12, qnh_hpa = 1009, geoid_m = 27, terrain_m = 370 }
[[aerodrome]]
name = "A"
latitude_deg = 12.5
longitude_deg = -8
elevation_ft = 1250
runway_deg = 60
[[point]]
name = "N"
latitude_deg = 13.6
longitude_deg = -7.5
[[point]]
name = "S"
latitude_deg = 11.6
longitude_deg = -8.4
[[point]]
name = "H"
latitude_deg = 12.2
longitude_deg = -8.2
[[radar]]
name = "s"
node = "n"
kind = "mode_s"
sac = 1
sic = 1
latitude_deg = 12.5
longitude_deg = -8
antenna_m = 400
period_s = 5
range_km = 300
range_sd_m = 50
azimuth_sd_deg = 0.07
pd = 0.95
false_plots = 0.3
garbled = 0.05
delay_s = [0.2, 0.9]
clock_drift_ppm = 30
[[radar]]
name = "p"
node = "n"
kind = "primary"
sac = 1
sic = 2
latitude_deg = 12.6
longitude_deg = -7.9
antenna_m = 450
period_s = 4
range_km = 100
range_sd_m = 60
azimuth_sd_deg = 0.3
pd = 0.8
pd_range_km = 60
false_plots = 5
delay_s = [0.2, 0.4]
[[adsb_station]]
name = "b"
node = "n"
sac = 1
sic = 3
latitude_deg = 12.5
longitude_deg = -8
antenna_m = 390
range_km = 300
pd = 0.9
delay_s = [0.1, 0.3]
clock_offset_s = -0.5
[[traffic]]
name = "t"
kind = "airliner"
route = ["N", { point = "H", hold_turns = 1, hold_inbound_deg = 200 }, "S"]
both_ways = true
per_hour = 20
hourly = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0.7, 0.5, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
spread_km = 15
levels_ft = [33000, 21000]
fleet = [["AFR###", "380000-3BFFFF"], ["RAM##", "020000-027FFF"]]
transponders = { adsb = 0.4, mode_s = 0.3, mode_ac = 0.2, none = 0.1 }
nac_p = { 8 = 0.5, 10 = 0.4, 0 = 0.1 }
silent_min = [[10, 12]]
[[traffic]]
name = "u"
kind = "regional"
route = ["A", "N", "H", "A"]
departs_min = -10
repeats_min = 15
laps = 2
levels_ft = [15000]
fleet = [["UNO1", "062001"]]
[[fault]]
source = "s"
kind = "hostile"
from_min = 1
per_minute = 20
[[fault]]
source = "b"
kind = "truncated"
from_min = 0
per_minute = 20
[[fault]]
source = "b"
kind = "stall"
from_min = 5
until_min = 6
[[fault]]
source = "p"
kind = "noise"
from_min = 0
per_minute = 10
[[fault]]
source = "p"
kind = "power_cut"
from_min = 2
until_min = 3
repeats_min = 8
[[radar]]
name = "h"
node = "n"
kind = "primary"
sac = 1
sic = 4
latitude_deg = 12.4
longitude_deg = -8.1
antenna_m = 450
period_s = 10
range_km = 150
range_sd_m = 100
azimuth_sd_deg = 0.25
height_sd_m = 500
pd = 0.8
pd_range_km = 100
false_plots = 5
delay_s = [1, 2]
availability = 0.8
outage_min = [2, 8]
[[adsb_station]]
name = "o"
nodes = ["n", "m"]
kind = "space"
sac = 1
sic = 5
latitude_deg = 12.5
longitude_deg = -8
range_km = 900
interval_s = 8
pd = 0.95
delay_s = [1.8, 2.2]
[[adsb_station]]
name = "r"
node = "m"
format = "beast"
sac = 1
sic = 6
latitude_deg = 12.5
longitude_deg = -8
antenna_m = 390
range_km = 300
interval_s = 0.5
pd = 0.9
delay_s = [0.1, 0.3]
[[mlat_system]]
name = "w"
node = "m"
sac = 1
sic = 7
latitude_deg = 12.5
longitude_deg = -8
range_km = 120
horizontal_sd_m = 40
pd = 0.95
delay_s = [0.4, 0.8]
[[system_server]]
name = "t"
node = "m"
sac = 2
sic = 1
latitude_deg = 12.5
longitude_deg = -8
range_km = 300
horizontal_sd_m = 150
lag_s = 2
initiation_s = 12
delay_s = [0.5, 1.5]
[[gnss_fault]]
kind = "jam"
latitude_deg = 12.9
longitude_deg = -7.8
radius_km = 40
from_min = 10
until_min = 15
[[gnss_fault]]
kind = "spoof"
latitude_deg = 12.5
longitude_deg = -8
radius_km = 100
from_min = 17
until_min = 22
told_latitude_deg = 12
told_longitude_deg = -7
aircraft = 3
[[gnss_fault]]
kind = "meaconing"
latitude_deg = 12.5
longitude_deg = -8
radius_km = 100
from_min = 25
until_min = 30
drift_mps = 20
drift_deg = 70
[[gnss_fault]]
kind = "time_spoof"
latitude_deg = 12.5
longitude_deg = -8
radius_km = 50
from_min = 32
until_min = 34
offset_s = -37
)";

TEST(World, BytesDependOnTheSeedAloneAndNotOnTheSteps) {
  const auto loaded = load_scenario(kSmall, "small");
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
  const Scenario& scenario = *loaded;
  const auto digest = [&](std::uint64_t seed, double shortest, double longest) {
    World world(scenario, seed, kStart);
    Digest out;
    base::Prng prng(99);
    const Timestamp end = kStart + base::seconds(1500.0);
    Timestamp last = kStart;
    while (world.now() < end) {
      world.advance(std::min(end, world.now() + base::seconds(prng.uniform(shortest, longest))),
                    [&](const Emission& e) {
                      EXPECT_GE(e.emitted_at, last);
                      last = e.emitted_at;
                      out.add(e);
                    });
    }
    return out;
  };
  const Digest small = digest(1, 0.001, 0.4);
  const Digest large = digest(1, 1.0, 700.0);
  EXPECT_EQ(small.value, large.value);
  EXPECT_EQ(small.bytes, large.bytes);
  EXPECT_NE(digest(2, 1.0, 700.0).value, small.value);
}

// The same bytes from every compiler and on every CPU. The value moves only with the simulator
// itself: the commit that changes it says why.
TEST(World, BytesOfASmallScenarioArePinned) {
  const auto scenario = load_scenario(kSmall, "small");
  ASSERT_TRUE(scenario.has_value()) << scenario.error().message;
  World world(*scenario, 42, kStart + std::chrono::minutes(40));
  Digest digest;
  world.advance(world.now() + std::chrono::minutes(40), [&](const Emission& e) { digest.add(e); });
  EXPECT_EQ(digest.datagrams, 76626u);
  EXPECT_EQ(fmt::format("{:016x}", digest.value), "5fd0893c43a09881");
}

TEST(World, IsAliveWithinSecondsOfAnyStart) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    World world(demo(), seed, kStart + std::chrono::hours(seed * 5));
    std::set<std::uint32_t> radar_addresses;
    std::set<std::uint32_t> adsb_addresses;
    world.advance(world.now() + base::seconds(9.0), [&](const Emission& emission) {
      Collector got;
      asterix::decode_datagram(emission.datagram, got);
      for (const auto& plot : got.plots) {
        if (plot.aircraft_address) radar_addresses.insert(plot.aircraft_address->bits());
      }
      for (const auto& report : got.reports) {
        if (report.aircraft_address) adsb_addresses.insert(report.aircraft_address->bits());
      }
    });
    EXPECT_GE(radar_addresses.size(), 18u) << seed;
    EXPECT_GE(adsb_addresses.size(), 15u) << seed;
  }
}

TEST(World, DecodedReportsAreTheTruthPlusTheSensorsErrors) {
  Scenario scenario = demo_without_faults();
  scenario.radars[0].false_plots = 0.0;  // no reflections
  World world(scenario, 3, kStart);
  int radar_checked = 0;
  int adsb_checked = 0;
  double sum_range = 0, sum_range2 = 0, sum_azimuth = 0, sum_azimuth2 = 0;
  for (int second = 1; second <= 1200; ++second) {
    std::vector<std::pair<std::uint16_t, base::Bytes>> arrived;
    world.advance(kStart + std::chrono::seconds(second), [&](const Emission& emission) {
      EXPECT_LE(emission.datagram.size(), 1472u);
      arrived.emplace_back(emission.source,
                           base::Bytes(emission.datagram.begin(), emission.datagram.end()));
    });
    const auto truth_of = [&](base::IcaoAddress address, Timestamp time) {
      for (const TruthState& state : world.truth(std::clamp(time, kStart, world.now()))) {
        if (state.icao_address == address) return std::optional(state);
      }
      return std::optional<TruthState>();
    };
    for (const auto& [source, bytes] : arrived) {
      Collector got;
      asterix::decode_datagram(bytes, got);
      EXPECT_EQ(got.errors, 0);
      for (const auto& plot : got.plots) {
        EXPECT_EQ(*plot.source, world.sources()[source].id);
        if (!plot.aircraft_address) continue;
        const Radar& radar = scenario.radars[source];
        const Timestamp shown = instant(*plot.time_of_day, world.now());
        const auto truth = truth_of(*plot.aircraft_address, shown - radar.clock.offset);
        ASSERT_TRUE(truth.has_value());
        const Sight seen = sight(frame_at(radar.site), frame_at(truth->place).position);
        const double range = plot.measured_position->slant_range.metres() - seen.slant_range_m;
        const double azimuth =
            base::wrap_pi(plot.measured_position->azimuth.radians() - seen.azimuth_rad) /
            base::kRadiansPerDegree;
        EXPECT_LT(std::fabs(range - 40.0), 5.5 * 50.0);
        EXPECT_LT(std::fabs(azimuth - 0.05), 5.5 * 0.07);
        // Transponder's step, record's step, altimeter of 30 ft (1 sd).
        EXPECT_NEAR(
            plot.flight_level->pressure_altitude.feet(), truth->pressure_altitude.feet(), 150.0);
        EXPECT_EQ(plot.mode_3a->code, *truth->mode_3a);
        EXPECT_EQ(*plot.call_sign, truth->call_sign);
        sum_range += range;
        sum_range2 += range * range;
        sum_azimuth += azimuth;
        sum_azimuth2 += azimuth * azimuth;
        ++radar_checked;
      }
      for (const auto& report : got.reports) {
        const Timestamp when =
            instant(*report.position_time, world.now()) - scenario.adsb_stations[0].clock.offset;
        const auto truth = truth_of(*report.aircraft_address, when);
        ASSERT_TRUE(truth.has_value());
        const Frame here = frame_at(truth->place);
        const auto said = *report.best_position();
        const Vec3 off =
            frame_at(Place{said.latitude, said.longitude, truth->place.height}).position -
            here.position;
        const double bound = NavigationError::radius95(report.quality->accuracy->nac_p)->metres();
        EXPECT_LT(norm(off), 1.6 * bound + 8.0);
        EXPECT_NEAR(report.pressure_altitude->feet(), truth->pressure_altitude.feet(), 150.0);
        EXPECT_NEAR(report.ground_vector->ground_speed.knots(), truth->ground_speed.knots(), 6.0);
        EXPECT_LT(std::fabs(base::wrap_pi(report.ground_vector->track_angle.radians() -
                                          truth->track_angle.radians())),
                  5.0 / truth->ground_speed.knots());
        ++adsb_checked;
      }
    }
  }
  ASSERT_GT(radar_checked, 4000);
  ASSERT_GT(adsb_checked, 15000);
  const double n = radar_checked;
  EXPECT_NEAR(sum_range / n, 40.0, 4.0);
  EXPECT_NEAR(std::sqrt(sum_range2 / n - sum_range / n * sum_range / n), 50.0, 2.5);
  EXPECT_NEAR(sum_azimuth / n, 0.05, 0.005);
  EXPECT_NEAR(std::sqrt(sum_azimuth2 / n - sum_azimuth / n * sum_azimuth / n), 0.07, 0.0035);
}

TEST(World, ServiceMessagesMarkNorthAndSectorsOverMidnight) {
  const Timestamp late = at("2026-11-22T23:59:40Z");
  World world(demo_without_faults(), 4, late);
  std::vector<asterix::Cat034Message> services;
  world.advance(late + base::seconds(60.0), [&](const Emission& emission) {
    Collector got;
    asterix::decode_datagram(emission.datagram, got);
    if (emission.source != 0) return;
    services.insert(services.end(), got.services.begin(), got.services.end());
  });
  using Type = asterix::Cat034Message::Type;
  ASSERT_GT(services.size(), 300u);
  std::optional<double> last_north;
  bool wrapped = false;
  double last = 0.0;
  int expected = -1;
  for (const auto& message : services) {
    double t = base::to_seconds(message.time_of_day->since_midnight());
    EXPECT_LT(t, 86400.0);
    if (t < 43200.0) {
      wrapped = true;
      t += 86400.0;
    }
    if (last > 0.0) {
      EXPECT_NEAR(t - last, 6.0 / 32.0, 0.0079);
    }
    last = t;
    if (*message.type == Type::north_marker) {
      EXPECT_NEAR(base::to_seconds(*message.rotation_period), 6.0, 0.004);
      if (last_north) {
        EXPECT_NEAR(t - *last_north, 6.0, 0.0079);
      }
      last_north = t;
      expected = 1;
    } else {
      EXPECT_EQ(*message.type, Type::sector_crossing);
      const int sector =
          static_cast<int>(std::floor(message.sector_azimuth->degrees() / 11.25 + 0.5));
      if (expected > 0) {
        EXPECT_EQ(sector, expected++);
      }
    }
  }
  EXPECT_TRUE(wrapped);
}

TEST(World, PlotsComeBeforeTheMessageThatTheirSectorHasEnded) {
  World world(demo_without_faults(), 5, kStart);
  double sector = -1.0;
  int plots = 0;
  world.advance(kStart + base::seconds(120.0), [&](const Emission& emission) {
    if (emission.source != 0) return;
    Collector got;
    asterix::decode_datagram(emission.datagram, got);
    for (const auto& message : got.services) {
      sector = message.sector_azimuth ? message.sector_azimuth->degrees() : 0.0;
    }
    for (const auto& plot : got.plots) {
      if (sector < 0.0) continue;
      const double into = base::wrap_pi((plot.measured_position->azimuth.degrees() - sector) *
                                        base::kRadiansPerDegree) /
                          base::kRadiansPerDegree;
      EXPECT_GT(into, -0.5);
      EXPECT_LT(into, 11.25 + 0.5);
      ++plots;
    }
  });
  EXPECT_GT(plots, 300);
}

TEST(World, FaultsDoWhatTheyAreCalled) {
  Scenario scenario = demo_without_faults();
  const auto minutes = [](int n) { return base::Duration(std::chrono::minutes(n)); };
  scenario.faults = {
      {0, FaultKind::power_cut, minutes(1), minutes(2), minutes(5), 0.0},
      {1, FaultKind::power_cut, minutes(4), std::nullopt, std::nullopt, 0.0},
      {2, FaultKind::stall, minutes(3), minutes(4), std::nullopt, 0.0},
  };
  World world(scenario, 6, kStart);
  std::map<int, int> per_minute[3];
  int in_burst = 0;
  const Timestamp burst = kStart + minutes(4);
  world.advance(kStart + minutes(10), [&](const Emission& emission) {
    const auto minute = static_cast<int>((emission.emitted_at - kStart) / minutes(1));
    ++per_minute[emission.source][minute];
    if (emission.source == 2 && emission.emitted_at == burst) ++in_burst;
  });
  EXPECT_GT(per_minute[0][0], 250);
  EXPECT_LT(per_minute[0][1], 20);  // what was on its way
  EXPECT_GT(per_minute[0][2], 250);
  EXPECT_LT(per_minute[0][6], 20);
  EXPECT_GT(per_minute[1][3], 400);
  for (int minute = 5; minute < 10; ++minute) EXPECT_EQ(per_minute[1][minute], 0);
  EXPECT_EQ(per_minute[2][3], 0);
  EXPECT_GT(in_burst, 150);  // a minute of datagrams at once

  // Garbage comes on top of the real stream, which stays as it is.
  Scenario clean = demo_without_faults();
  Scenario dirty = clean;
  dirty.faults = {{0, FaultKind::truncated, minutes(0), std::nullopt, std::nullopt, 30.0},
                  {0, FaultKind::noise, minutes(0), std::nullopt, std::nullopt, 30.0},
                  {0, FaultKind::hostile, minutes(0), std::nullopt, std::nullopt, 30.0}};
  World first(clean, 7, kStart);
  World second(dirty, 7, kStart);
  std::multiset<base::Bytes> real;
  int extra = 0;
  int errors = 0;
  first.advance(kStart + minutes(10),
                [&](const Emission& e) { real.emplace(e.datagram.begin(), e.datagram.end()); });
  second.advance(kStart + minutes(10), [&](const Emission& e) {
    EXPECT_LE(e.datagram.size(), 1472u);
    const auto found = real.find(base::Bytes(e.datagram.begin(), e.datagram.end()));
    if (found != real.end()) {
      real.erase(found);
      return;
    }
    ++extra;
    Collector got;
    asterix::decode_datagram(e.datagram, got);
    errors += got.errors > 0 ? 1 : 0;
  });
  EXPECT_TRUE(real.empty());
  EXPECT_NEAR(extra, 900, 120);
  EXPECT_GT(errors, extra * 2 / 3);
}

TEST(World, TrafficStaysBusyAndFlightsKeepTheirNumbers) {
  World world(demo(), 8, kStart);
  std::map<std::uint32_t, TruthState> last;
  std::size_t fewest = 1000;
  std::size_t most = 0;
  for (int minute = 1; minute <= 180; ++minute) {
    world.advance(kStart + std::chrono::minutes(minute), [](const Emission&) {});
    const std::vector<TruthState> states = world.truth(world.now());
    fewest = std::min(fewest, states.size());
    most = std::max(most, states.size());
    std::set<base::IcaoAddress> addresses;
    std::uint32_t number = 0;
    for (const TruthState& state : states) {
      EXPECT_GT(state.flight, number);
      number = state.flight;
      if (state.icao_address) {
        EXPECT_TRUE(addresses.insert(*state.icao_address).second);
      }
      const auto before = last.find(state.flight);
      if (before != last.end()) {
        EXPECT_EQ(before->second.call_sign, state.call_sign);
        EXPECT_LT(norm(frame_at(before->second.place).position - frame_at(state.place).position),
                  60.0 * 300.0);
      }
      last.insert_or_assign(state.flight, state);
    }
  }
  EXPECT_GE(fewest, 20u);
  EXPECT_LE(most, 65u);
}

// An address is in the truth's list of the seen exactly if a report with it was on its way.
TEST(World, TruthTellsToWhomAnAircraftWasReportedInTheLastMinute) {
  Scenario scenario = demo_without_faults();
  std::erase_if(scenario.radars, [](const Radar& r) { return r.kind == RadarKind::primary; });
  scenario.radars[0].false_plots = 0.0;  // a reflection reports nobody
  World world(scenario, 3, kStart);
  std::map<base::IcaoAddress, Timestamp> heard;
  std::size_t seen = 0, unseen = 0;
  for (int minute = 1; minute <= 20; ++minute) {
    const Timestamp now = kStart + std::chrono::minutes(minute);
    world.advance(now, [&](const Emission& e) {
      Collector collector;
      asterix::decode_datagram(e.datagram, collector);
      for (const auto& plot : collector.plots) {
        if (!plot.aircraft_address) continue;
        Timestamp& newest = heard[*plot.aircraft_address];
        newest = std::max(newest, instant(plot.time_of_day.value(), now));
      }
      for (const auto& report : collector.reports) {
        heard[report.aircraft_address.value()] = std::max(
            heard[report.aircraft_address.value()], instant(report.position_time.value(), now));
      }
    });
    for (const TruthState& state : world.truth(now)) {
      if (!state.icao_address) continue;
      const auto report = heard.find(*state.icao_address);
      const double age_s = report == heard.end() ? 1e9 : base::to_seconds(now - report->second);
      if (age_s < 59.0) {
        EXPECT_EQ(state.seen_by, std::vector<std::string>{"bamako"}) << age_s;
        ++seen;
      } else if (age_s > 62.0) {  // a report may be on its way
        EXPECT_TRUE(state.seen_by.empty()) << age_s;
        ++unseen;
      }
    }
  }
  EXPECT_GT(seen, 100u);
  EXPECT_GT(unseen, 5u);
}

TEST(World, WhomALineCutHidesIsNotSeen) {
  Scenario scenario = demo_without_faults();
  const std::size_t sensors = scenario.radars.size() + scenario.adsb_stations.size();
  for (std::size_t i = 0; i < sensors; ++i) {
    Fault fault;
    fault.sensor = static_cast<std::uint16_t>(i);
    fault.kind = FaultKind::line_cut;
    scenario.faults.push_back(fault);
  }
  World world(scenario, 3, kStart);
  world.advance(kStart + std::chrono::minutes(2), [](const Emission&) {});
  const auto truth = world.truth(world.now());
  EXPECT_GT(truth.size(), 3u);
  for (const TruthState& state : truth) EXPECT_TRUE(state.seen_by.empty());
}

TEST(World, TruthLinesCarryTheFieldsOfTracks) {
  TruthState state;
  state.flight = 7;
  state.time = at("2026-11-22T10:00:00.5Z");
  state.place = {base::Angle::from_degrees(12.5),
                 base::Angle::from_degrees(-8.0),
                 base::Length::from_metres(1000.0)};
  state.pressure_altitude = base::Length::from_feet(3000.0);
  state.ground_speed = base::Speed::from_knots(120.0);
  state.track_angle = base::Angle::from_degrees(90.0);
  state.transponder = Transponder::mode_s;
  state.icao_address = base::IcaoAddress(0x05C001);
  state.mode_3a = base::ModeACode(01234);
  state.call_sign = base::CallSign("TZ123");
  state.seen_by = {"bamako", "niamey"};
  EXPECT_EQ(
      to_json_line(state),
      "{\"time\":\"2026-11-22T10:00:00.500Z\",\"flight\":7,\"kind\":\"airliner\",\"icao_address\":"
      "\"05c001\","
      "\"callsign\":\"TZ123\",\"mode_3a\":\"1234\",\"lat_deg\":12.50000000,\"lon_deg\":-8.00000000,"
      "\"height_m\":1000.00,\"altitude_ft\":3000.0,\"ground_speed_kt\":120.00,\"track_angle_deg\":"
      "90.000,"
      "\"vertical_rate_ftmin\":0,\"on_ground\":false,\"transponder\":\"mode_s\",\"silent\":false,"
      "\"seen_by\":[\"bamako\",\"niamey\"]}");
}

}  // namespace
}  // namespace liptako::sim
