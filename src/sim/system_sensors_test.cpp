// Multilateration, tracking systems, radars that measure height, services from orbit and Beast
// receivers: what they send, through the project's own decoders, against the truth.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/math.hpp"
#include "codec/asterix/decode.hpp"
#include "codec/modes/beast.hpp"
#include "sim/scenarios_for_test.hpp"
#include "sim/world.hpp"

namespace liptako::sim {
namespace {

namespace asterix = codec::asterix;
using base::Timestamp;

const Timestamp kStart = base::parse_rfc3339("2026-11-22T13:00:00Z").value();

// The day's traffic, always up, and of its sensors those that `keep` leaves.
template <class Keep>
Scenario day_with(Keep&& keep) {
  Scenario scenario = shipped_scenario("sahel24.toml");
  scenario.faults.clear();
  scenario.gnss_faults.clear();
  keep(scenario);
  const auto always = [](auto& sensors) {
    for (auto& sensor : sensors) sensor.supply = {};
  };
  always(scenario.radars);
  always(scenario.adsb_stations);
  always(scenario.mlat_systems);
  always(scenario.system_servers);
  return scenario;
}

void clear_all(Scenario& scenario) {
  scenario.radars.clear();
  scenario.adsb_stations.clear();
  scenario.mlat_systems.clear();
  scenario.system_servers.clear();
}

Timestamp instant(asterix::TimeOfDay time) {
  return Timestamp(std::chrono::floor<std::chrono::days>(kStart.time_since_epoch())) +
         time.since_midnight();
}

struct Sent {
  std::vector<asterix::Cat019Message> status;
  std::vector<asterix::Cat020Report> mlat;
  std::vector<asterix::Cat048Report> plots;
  std::vector<asterix::Cat062Track> tracks;
  std::vector<asterix::Cat021Report> reports;
  int errors = 0;
  void on_report(const asterix::Cat019Message& m) { status.push_back(m); }
  void on_report(const asterix::Cat020Report& r) { mlat.push_back(r); }
  void on_report(const asterix::Cat021Report& r) { reports.push_back(r); }
  void on_report(const asterix::Cat048Report& r) { plots.push_back(r); }
  void on_report(const asterix::Cat062Track& t) { tracks.push_back(t); }
  void on_error(const asterix::RecordError&) { ++errors; }
  void on_other(const asterix::Block&) { ++errors; }
};

// Calls f(what one second brought, who was where) for each second.
template <class F>
void each_second(const Scenario& scenario, std::uint64_t seed, int seconds, F&& f) {
  World world(scenario, seed, kStart);
  for (int second = 1; second <= seconds; ++second) {
    std::vector<base::Bytes> kept;  // reports point into them
    world.advance(kStart + std::chrono::seconds(second), [&](const Emission& e) {
      kept.emplace_back(e.datagram.begin(), e.datagram.end());
    });
    Sent sent;
    for (const base::Bytes& bytes : kept) asterix::decode_datagram(bytes, sent);
    EXPECT_EQ(sent.errors, 0);
    f(sent, world);
  }
}

std::optional<TruthState> who(const World& world, base::IcaoAddress address, Timestamp time) {
  for (const TruthState& state : world.truth(std::clamp(time, kStart, world.now()))) {
    if (state.icao_address == address) return state;
  }
  return std::nullopt;
}

Vec3 offset_from(const Place& truth, asterix::LatLon said) {
  const Frame here = frame_at(truth);
  const Vec3 way =
      frame_at(Place{said.latitude, said.longitude, truth.height}).position - here.position;
  return {dot(way, here.east), dot(way, here.north), 0.0};
}

TEST(Multilateration, SpreadsAsItSaysAndToldOnceAnInterval) {
  const Scenario scenario = day_with([](Scenario& s) {
    const auto mlat = s.mlat_systems;
    clear_all(s);
    s.mlat_systems = mlat;
  });
  int count = 0;
  int status = 0;
  double normalised = 0.0;
  each_second(scenario, 1, 1800, [&](const Sent& sent, const World& world) {
    status += static_cast<int>(sent.status.size());
    for (const auto& message : sent.status) {
      EXPECT_EQ(*message.source, scenario.mlat_systems[0].id);
      EXPECT_NEAR(message.position->latitude.degrees(), 12.4, 1e-5);
    }
    for (const auto& report : sent.mlat) {
      ASSERT_TRUE(report.position && report.time_of_day && report.position_accuracy);
      if (!report.aircraft_address) continue;
      const auto truth = who(world, *report.aircraft_address, instant(*report.time_of_day));
      ASSERT_TRUE(truth.has_value());
      const double sd = report.position_accuracy->position_sd->x.metres();
      EXPECT_GE(sd, 39.0);
      EXPECT_LE(sd, 121.0);
      const Vec3 off = offset_from(truth->place, *report.position);
      normalised += (off.x * off.x + off.y * off.y) / (sd * sd);
      EXPECT_GE(truth->place.height.feet(), 2900.0);
      ++count;
    }
  });
  EXPECT_GE(status, 1797);
  EXPECT_LE(status, 1800);
  ASSERT_GT(count, 300);
  // Mean of chi-square with two degrees of freedom; the clock ticks in 1/128 s, 2 m of flight.
  EXPECT_NEAR(normalised / count, 2.0, 4.0 * 2.0 / std::sqrt(count));
}

TEST(TrackingSystem, KeepsNumbersLateByItsInitiationWithASlowErrorOfItsSize) {
  const Scenario scenario = day_with([](Scenario& s) {
    const auto servers = s.system_servers;
    clear_all(s);
    s.system_servers = servers;
  });
  std::map<std::uint32_t, std::uint16_t> number_of;
  std::map<std::uint16_t, std::pair<Timestamp, Vec3>> last;
  double sum2 = 0.0;
  double step2 = 0.0;
  int count = 0;
  int steps = 0;
  int ended = 0;
  each_second(scenario, 2, 2400, [&](const Sent& sent, const World& world) {
    if (world.now() <= kStart + std::chrono::seconds(14)) {
      EXPECT_TRUE(sent.tracks.empty());
    }
    for (const auto& track : sent.tracks) {
      if (!track.aircraft_derived) continue;
      const base::IcaoAddress address = *track.aircraft_derived->aircraft_address;
      const auto [known, is_new] = number_of.try_emplace(address.bits(), *track.track_number);
      EXPECT_EQ(known->second, *track.track_number);
      EXPECT_EQ(track.status->first_message, is_new);
      const Timestamp time = instant(*track.time_of_track);
      const auto truth = who(world, address, time);
      if (!truth) {
        ++ended;  // what an update rests on is older than the update
        continue;
      }
      const Vec3 off = offset_from(truth->place, *track.position);
      sum2 += 0.5 * (off.x * off.x + off.y * off.y);
      ++count;
      if (last.contains(*track.track_number)) {
        const auto& [before, was] = last[*track.track_number];
        EXPECT_NEAR(base::to_seconds(time - before), 4.0, 0.02);
        const Vec3 change = off - was;
        step2 += 0.5 * (change.x * change.x + change.y * change.y);
        ++steps;
      }
      last[*track.track_number] = {time, off};
    }
  });
  ASSERT_GT(number_of.size(), 8u);
  EXPECT_LE(static_cast<std::size_t>(ended), number_of.size());
  ASSERT_GT(steps, 1000);
  const double sd = std::sqrt(sum2 / count);
  EXPECT_NEAR(sd, 150.0, 45.0);  // few aircraft, slow errors
  // Between updates it hardly changes: white errors would change by sd times the root of 2.
  EXPECT_LT(std::sqrt(step2 / steps), 0.3 * sd);
}

TEST(RadarWithHeight, MeasuresItWithTheErrorThatItHas) {
  const Scenario scenario = day_with([](Scenario& s) {
    const Radar radar = s.radars[3];
    clear_all(s);
    s.radars = {radar};
    s.radars[0].false_plots = 0.0;
  });
  const Radar& radar = scenario.radars[0];
  ASSERT_TRUE(radar.height_sd.has_value());
  double sum = 0.0;
  double sum2 = 0.0;
  int count = 0;
  each_second(scenario, 3, 900, [&](const Sent& sent, const World& world) {
    for (const auto& plot : sent.plots) {
      ASSERT_TRUE(plot.height_3d.has_value());
      EXPECT_FALSE(plot.mode_3a || plot.flight_level || plot.aircraft_address);
      // Whose it is: the nearest in range and azimuth.
      double nearest = 3000.0;
      double error = 0.0;
      for (const TruthState& state :
           world.truth(std::clamp(instant(*plot.time_of_day), kStart, world.now()))) {
        const Sight seen = sight(frame_at(radar.site), frame_at(state.place).position);
        const double range = plot.measured_position->slant_range.metres() - seen.slant_range_m;
        const double across =
            base::wrap_pi(plot.measured_position->azimuth.radians() - seen.azimuth_rad) *
            seen.slant_range_m;
        const double distance = std::sqrt(range * range + across * across);
        if (distance >= nearest) continue;
        nearest = distance;
        error =
            plot.height_3d->metres() - (state.place.height - scenario.atmosphere.geoid).metres();
      }
      if (nearest >= 3000.0) continue;
      sum += error;
      sum2 += error * error;
      ++count;
    }
  });
  ASSERT_GT(count, 400);
  const double mean = sum / count;
  EXPECT_NEAR(mean, 0.0, 5.0 * 500.0 / std::sqrt(count));
  EXPECT_NEAR(std::sqrt(sum2 / count - mean * mean), 500.0, 75.0);
}

TEST(ServiceFromOrbit, TellsEveryMemberTheSameOfAircraftFarFromAnySite) {
  const Scenario scenario = day_with([](Scenario& s) {
    const AdsbStation orbit = s.adsb_stations.back();
    clear_all(s);
    s.adsb_stations = {orbit};
  });
  World world(scenario, 4, kStart);
  ASSERT_EQ(world.sources().size(), 3u);
  std::array<std::vector<base::Bytes>, 3> got;
  std::array<std::map<std::uint32_t, int>, 3> reports;
  std::size_t equipped = 0;
  std::vector<std::uint32_t> at_start;
  for (const TruthState& state : world.truth(kStart)) {
    if (!state.on_ground) at_start.push_back(state.flight);
  }
  world.advance(kStart + std::chrono::seconds(240), [&](const Emission& e) {
    EXPECT_EQ(world.sources()[e.source].id, scenario.adsb_stations[0].id);
    got[e.source].emplace_back(e.datagram.begin(), e.datagram.end());
    Sent sent;
    asterix::decode_datagram(e.datagram, sent);
    for (const auto& report : sent.reports) ++reports[e.source][report.aircraft_address->bits()];
  });
  for (const TruthState& state : world.truth(world.now())) {
    const bool always = std::ranges::find(at_start, state.flight) != at_start.end();
    if (!always || state.transponder != Transponder::adsb || state.on_ground) continue;
    ++equipped;
    EXPECT_TRUE(reports[0].contains(state.icao_address->bits()));
  }
  EXPECT_GT(equipped, 25u);
  // The same, but for what is under way to one and already with another.
  const std::size_t least = std::min({got[0].size(), got[1].size(), got[2].size()});
  ASSERT_GT(least, 600u);
  for (std::size_t i = 0; i < least; ++i) {
    EXPECT_EQ(got[0][i], got[1][i]);
    EXPECT_EQ(got[0][i], got[2][i]);
  }
  int whole = 0;
  int all = 0;
  for (const auto& [address, count] : reports[0]) {
    if (count < 20) continue;  // came or went
    whole += count;
    all += 30;
  }
  EXPECT_NEAR(static_cast<double>(whole) / all, 0.95, 0.03);
}

TEST(BeastReceiver, SendsWholeFramesInStepWithItsClock) {
  const Scenario scenario = day_with([](Scenario& s) {
    const AdsbStation station = s.adsb_stations[1];
    clear_all(s);
    s.adsb_stations = {station};
  });
  ASSERT_EQ(scenario.adsb_stations[0].format, AdsbFormat::beast);
  World world(scenario, 5, kStart);
  const auto midnight = Timestamp(std::chrono::floor<std::chrono::days>(kStart.time_since_epoch()));
  std::uint64_t last = 0;
  std::map<int, int> by_type_code;
  std::map<std::uint32_t, std::array<int, 2>> even_and_odd;
  world.advance(kStart + std::chrono::seconds(60), [&](const Emission& e) {
    base::ByteView rest = e.datagram;
    while (!rest.empty()) {
      const codec::modes::Piece piece = codec::modes::next_beast(rest);
      ASSERT_EQ(piece.kind, codec::modes::Piece::Kind::reception);
      rest = rest.subspan(piece.length);
      EXPECT_GE(*piece.reception.stamp, last);
      last = *piece.reception.stamp;
      const base::ByteView octets = piece.reception.frame.octets();
      ASSERT_EQ(octets.size(), codec::modes::kLongSize);
      EXPECT_EQ(octets[0] >> 3, 17);
      const int type_code = octets[4] >> 3;
      ++by_type_code[type_code];
      const std::uint32_t address = static_cast<std::uint32_t>(octets[1]) << 16 |
                                    static_cast<std::uint32_t>(octets[2]) << 8 | octets[3];
      if (type_code >= 9 && type_code <= 18) ++even_and_odd[address][octets[6] >> 2 & 1];
    }
    const double age_s = base::to_seconds(e.emitted_at - midnight) -
                         static_cast<double>(last) / codec::modes::kTicksPerSecond;
    EXPECT_GE(age_s, 0.0);
    EXPECT_LE(age_s, 1.3);
  });
  int positions = 0;
  for (int code = 9; code <= 18; ++code) positions += by_type_code[code];
  EXPECT_GT(positions, 300);
  EXPECT_EQ(by_type_code[19], positions);
  EXPECT_GT(by_type_code[31], 0);
  EXPECT_GT(by_type_code[28], 0);
  for (const auto& [address, count] : even_and_odd) {
    if (count[0] + count[1] < 20) continue;
    EXPECT_GT(count[0], 5) << address;
    EXPECT_GT(count[1], 5) << address;
  }
}

}  // namespace
}  // namespace liptako::sim
