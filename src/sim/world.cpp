#include "sim/world.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "base/check.hpp"
#include "base/prng.hpp"
#include "sim/adsb.hpp"
#include "sim/faults.hpp"
#include "sim/flight.hpp"
#include "sim/gnss.hpp"
#include "sim/labels.hpp"
#include "sim/mlat.hpp"
#include "sim/radar.hpp"
#include "sim/system_server.hpp"
#include "sim/traffic.hpp"
#include "sim/wire.hpp"

namespace liptako::sim {
namespace {

using base::Bytes;
using base::Duration;
using base::Timestamp;

enum : std::uint64_t { kDelay = 1005 };

// Ended flights stay so long, for truth() and for reports on their way.
constexpr Duration kRemembered = std::chrono::seconds(61);

// How long after a report an aircraft counts as seen.
constexpr Duration kSeen = std::chrono::seconds(60);

struct Outgoing {
  Timestamp at;
  std::uint16_t source = 0;
  std::uint64_t number = 0;  // in the order in which they came into being
  Bytes datagram;
};
// For a heap whose front is what arrives first.
bool later(const Outgoing& a, const Outgoing& b) {
  return std::tie(a.at, a.source, a.number) > std::tie(b.at, b.source, b.number);
}

// What a source's way to the node does to its datagrams.
struct Path {
  Interval<Duration> delay;
  base::Prng prng;
  Timestamp latest = Timestamp::min();  // arrival so far: nothing overtakes
  Bytes last_real;
  std::vector<const Fault*> faults;  // line cuts and stalls of this source
};

// Whose position was measured when.
using Measured = std::vector<std::pair<std::uint32_t, Timestamp>>;

Timestamp time_of(const RadarPlot& plot) { return plot.time; }
Timestamp time_of(const AdsbReport& report) { return report.position_time; }
Timestamp time_of(const MlatReport& report) { return report.time; }
Timestamp time_of(const ServerTrack& track) { return track.time; }

template <class Report>
Measured measured_in(const std::vector<Report>& reports) {
  Measured out;
  for (const Report& report : reports) {
    if constexpr (std::is_same_v<Report, AdsbReport>) {
      if (!report.has_position) continue;
    }
    if (report.flight != 0) out.emplace_back(report.flight, time_of(report));
  }
  return out;
}

TruthState truth_of(const Flight& flight, const Pose& pose, Timestamp time) {
  const FlightPlan& plan = flight.plan();
  const Frame frame = frame_at(pose.position);
  const Vec3 flat = pose.velocity - dot(pose.velocity, frame.up) * frame.up;
  TruthState out;
  out.flight = plan.number;
  out.time = time;
  out.kind = plan.kind;
  out.place = place_of(frame);
  out.pressure_altitude = base::Length::from_metres(pose.pressure_altitude_m);
  out.ground_speed = base::Speed::from_mps(norm(flat));
  out.track_angle = base::Angle::from_radians(track_angle(frame, flat));
  out.vertical_rate = base::Speed::from_mps(pose.vertical_rate_mps);
  out.on_ground = pose.on_ground;
  out.transponder = plan.transponder;
  out.silent = flight.silent(time);
  if (plan.transponder == Transponder::mode_s || plan.transponder == Transponder::adsb) {
    out.icao_address = plan.icao_address;
  }
  if (plan.transponder != Transponder::none) out.mode_3a = plan.mode_3a;
  out.call_sign = plan.call_sign;
  return out;
}

// In the order in which sources and faults count them.
std::vector<const Sensor*> sensors_of(const Scenario& scenario) {
  std::vector<const Sensor*> out;
  for (const Radar& one : scenario.radars) out.push_back(&one);
  for (const AdsbStation& one : scenario.adsb_stations) out.push_back(&one);
  for (const MlatSystem& one : scenario.mlat_systems) out.push_back(&one);
  for (const SystemServer& one : scenario.system_servers) out.push_back(&one);
  return out;
}

// What kinds of sensors tell of themselves, without what all have.
std::vector<SourceInfo> kinds_of(const Scenario& scenario) {
  std::vector<SourceInfo> out;
  for (const Radar& radar : scenario.radars) {
    SourceInfo info;
    info.kind =
        radar.kind == RadarKind::mode_s ? SourceKind::mode_s_radar : SourceKind::primary_radar;
    info.period = radar.period;
    info.range_sd = radar.range_sd;
    info.azimuth_sd = radar.azimuth_sd;
    info.pd = radar.pd;
    out.push_back(std::move(info));
  }
  for (const AdsbStation& station : scenario.adsb_stations) {
    SourceInfo info;
    info.kind = SourceKind::adsb_station;
    info.period = station.interval;
    info.beast = station.format == AdsbFormat::beast;
    info.pd = station.pd;
    out.push_back(std::move(info));
  }
  for (const MlatSystem& system : scenario.mlat_systems) {
    SourceInfo info;
    info.kind = SourceKind::mlat_system;
    info.period = system.interval;
    info.horizontal_sd = system.horizontal_sd;
    info.pd = system.pd;
    out.push_back(std::move(info));
  }
  for (const SystemServer& server : scenario.system_servers) {
    SourceInfo info;
    info.kind = SourceKind::system_server;
    info.period = server.interval;
    info.horizontal_sd = server.horizontal_sd;
    out.push_back(std::move(info));
  }
  return out;
}

std::vector<SourceInfo> describe(const Scenario& scenario) {
  std::vector<SourceInfo> out;
  std::map<std::string, std::uint16_t> at_node;
  const std::vector<SourceInfo> kinds = kinds_of(scenario);
  const std::vector<const Sensor*> sensors = sensors_of(scenario);
  for (std::size_t i = 0; i < sensors.size(); ++i) {
    for (const std::string& node : sensors[i]->nodes) {
      SourceInfo info = kinds[i];
      info.index = static_cast<std::uint16_t>(out.size());
      info.index_at_node = at_node[node]++;
      info.name = sensors[i]->name;
      info.node = node;
      info.id = sensors[i]->id;
      info.site = sensors[i]->site;
      info.range = sensors[i]->range;
      out.push_back(std::move(info));
    }
  }
  return out;
}

}  // namespace

// Events in order of time; of several at one instant, departures come before sensors, and sensors
// before garbage, each in the scenario's order.
struct World::State {
  State(const Scenario& scenario_in, std::uint64_t seed, Timestamp start_in)
      : scenario(scenario_in),
        start(start_in),
        sources(describe(scenario)),
        gnss(scenario, start),
        flown_to(start) {
    for (std::size_t i = 0; i < scenario.traffic.size(); ++i) {
      streams.emplace_back(scenario.traffic[i], seed, i, start, scenario.first_hour);
    }
    for (std::size_t i = 0; i < scenario.radars.size(); ++i)
      radars.emplace_back(scenario.radars[i], scenario.atmosphere, seed, i, start);
    for (std::size_t i = 0; i < scenario.adsb_stations.size(); ++i)
      stations.emplace_back(scenario.adsb_stations[i], scenario.atmosphere, seed, i, start);
    for (std::size_t i = 0; i < scenario.mlat_systems.size(); ++i)
      mlats.emplace_back(scenario.mlat_systems[i], scenario.atmosphere, seed, i, start);
    for (std::size_t i = 0; i < scenario.system_servers.size(); ++i)
      servers.emplace_back(scenario.system_servers[i], scenario.atmosphere, seed, i, start);
    for (const MlatSystem& system : scenario.mlat_systems) {
      next_status.push_back(start + system.status);
    }

    const std::vector<const Sensor*> all = sensors_of(scenario);
    for (std::size_t i = 0; i < all.size(); ++i) {
      supplies.emplace_back(all[i]->supply, seed, i, start);
      outlets.emplace_back();
      for (std::size_t n = 0; n < all[i]->nodes.size(); ++n) {
        outlets.back().push_back(static_cast<std::uint16_t>(paths.size()));
        paths.push_back({all[i]->delay, prng_for(seed, kDelay, paths.size()), start, {}, {}});
      }
    }
    power_cuts.resize(all.size());
    for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
      const Fault& fault = scenario.faults[i];
      CHECK(fault.sensor < all.size());
      if (fault.kind == FaultKind::power_cut) {
        power_cuts[fault.sensor].push_back(&fault);
        continue;
      }
      for (std::size_t n = 0; n < all[fault.sensor]->nodes.size(); ++n) {
        if (!fault.node.empty() && fault.node != all[fault.sensor]->nodes[n]) continue;
        const std::uint16_t source = outlets[fault.sensor][n];
        if (fault.kind == FaultKind::line_cut || fault.kind == FaultKind::stall) {
          paths[source].faults.push_back(&fault);
        } else {
          garbage.emplace_back(fault, seed, i + n * scenario.faults.size(), start);
          garbage_goes_to.push_back(source);
        }
      }
    }
    run_to(start);
  }

  // Which of the things that happen is next.
  enum class What : std::uint8_t { nothing, departure, radar, station, mlat, status, server, junk };

  void run_to(Timestamp until) {
    while (true) {
      Timestamp earliest = Timestamp::max();
      What what = What::nothing;
      std::size_t which = 0;
      const auto consider = [&](const auto& all, What kind) {
        for (std::size_t i = 0; i < all.size(); ++i) {
          if (all[i].next() >= earliest) continue;
          earliest = all[i].next();
          what = kind;
          which = i;
        }
      };
      consider(streams, What::departure);
      consider(radars, What::radar);
      consider(stations, What::station);
      consider(mlats, What::mlat);
      for (std::size_t i = 0; i < next_status.size(); ++i) {
        if (next_status[i] >= earliest) continue;
        earliest = next_status[i];
        what = What::status;
        which = i;
      }
      consider(servers, What::server);
      consider(garbage, What::junk);
      if (what == What::nothing || earliest > until) break;
      fly_to(earliest);
      happen(what, which, earliest);
    }
    fly_to(until);
  }

  void happen(What what, std::size_t which, Timestamp now) {
    const std::size_t first_station = radars.size();
    const std::size_t first_mlat = first_station + stations.size();
    const std::size_t first_server = first_mlat + mlats.size();
    switch (what) {
      case What::nothing:
        return;
      case What::departure:
        return depart(streams[which]);
      case What::radar: {
        if (without_power(which, now)) return radars[which].skip();
        const RadarSector sector = radars[which].scan(flights);
        label(scenario.radars[which], sector);
        return send(which,
                    now,
                    to_datagrams(scenario.radars[which], sector, start),
                    measured_in(sector.plots));
      }
      case What::station: {
        if (without_power(first_station + which, now)) return stations[which].skip();
        const std::vector<AdsbReport> heard = stations[which].listen(flights, &gnss);
        label(scenario.adsb_stations[which], heard);
        return send(first_station + which,
                    now,
                    to_datagrams(scenario.adsb_stations[which], heard, now, start),
                    measured_in(heard));
      }
      case What::mlat: {
        if (without_power(first_mlat + which, now)) return mlats[which].skip();
        const std::vector<MlatReport> measured = mlats[which].listen(flights);
        return send(first_mlat + which,
                    now,
                    to_datagrams(scenario.mlat_systems[which], measured, start),
                    measured_in(measured));
      }
      case What::status: {
        const MlatSystem& system = scenario.mlat_systems[which];
        next_status[which] += system.status;
        if (without_power(first_mlat + which, now)) return;
        return send(
            first_mlat + which, now, {status_message(system, scenario.atmosphere, now, start)}, {});
      }
      case What::server: {
        if (without_power(first_server + which, now)) return servers[which].skip();
        const std::vector<ServerTrack> tracks = servers[which].update(flights);
        return send(first_server + which,
                    now,
                    to_datagrams(scenario.system_servers[which], tracks, start),
                    measured_in(tracks));
      }
      case What::junk: {
        const std::uint16_t source = garbage_goes_to[which];
        return push(source, now, garbage[which].take(paths[source].last_real));
      }
    }
  }

  void depart(TrafficStream& stream) {
    FlightPlan plan = stream.take(++flight_count, in_use);
    // Long before the start: fly it there, and forget it if it ends on the way.
    auto flight =
        std::make_unique<Flight>(std::move(plan), scenario.aerodromes, scenario.atmosphere);
    flight->fly_to(flown_to);
    if (flight->over(start)) return;
    in_use.addresses.insert(flight->plan().icao_address.bits());
    in_use.codes.insert(flight->plan().mode_3a.bits());
    flights.push_back(std::move(flight));
  }

  // All flights fly a second at a time, whatever happens within it; those long ended go. Both
  // depend on the time alone, not on what was asked before.
  void fly_to(Timestamp time) {
    if (time <= flown_to) return;
    flown_to = start + std::chrono::ceil<std::chrono::seconds>(time - start);
    const Timestamp begun = flown_to - std::chrono::seconds(1);
    bool ended = false;
    for (const std::unique_ptr<Flight>& flight : flights) {
      flight->fly_to(flown_to);
      ended = ended || flight->over(begun - kRemembered);
    }
    tell_addresses();
    note_silences();
    labels.close(begun);
    if (!ended) return;
    std::erase_if(flights, [&](const std::unique_ptr<Flight>& flight) {
      if (!flight->over(begun - kRemembered)) return false;
      reported.erase(flight->plan().number);
      in_use.addresses.erase(flight->plan().icao_address.bits());
      in_use.codes.erase(flight->plan().mode_3a.bits());
      return true;
    });
  }

  // The first one in the air.
  [[nodiscard]] Flight* in_the_air(std::uint16_t traffic) {
    for (const std::unique_ptr<Flight>& flight : flights) {
      if (flight->plan().traffic != traffic) continue;
      const std::optional<Pose> pose = flight->at(flown_to);
      if (pose && !pose->on_ground) return flight.get();
    }
    return nullptr;
  }

  // Who answers with whose address in the second up to flown_to.
  void tell_addresses() {
    if (scenario.aircraft_faults.empty()) return;
    for (const std::unique_ptr<Flight>& flight : flights) flight->tell_address({});
    for (const AircraftFault& fault : scenario.aircraft_faults) {
      const bool swapped = fault.kind == AircraftFaultKind::swapped_addresses;
      if (!swapped && fault.kind != AircraftFaultKind::duplicate_address) continue;
      if (!window_end(fault.window, start, flown_to)) continue;
      Flight* one = in_the_air(fault.traffic);
      Flight* other = in_the_air(fault.other);
      if (one == nullptr || other == nullptr) continue;
      one->tell_address(other->plan().icao_address);
      if (swapped) other->tell_address(one->plan().icao_address);
      Label label;
      label.pathology = swapped ? Pathology::swapped_addresses : Pathology::duplicate_address;
      label.from = label.until = flown_to - std::chrono::seconds(1);  // of the second that begins
      label.flight = one->plan().number;
      label.addresses = {other->plan().icao_address};
      if (swapped) label.addresses.push_back(one->plan().icao_address);
      labels.note(std::move(label));
    }
  }

  // Transponders that have gone silent in flight.
  void note_silences() {
    for (const std::unique_ptr<Flight>& flight : flights) {
      const FlightPlan& plan = flight->plan();
      if (plan.transponder == Transponder::none || !flight->silent(flown_to)) continue;
      const std::optional<Pose> pose = flight->at(flown_to);
      if (!pose || pose->on_ground) continue;
      labels.note(label_of(Pathology::transponder_failed, *flight, flown_to));
    }
  }

  [[nodiscard]] static Label label_of(Pathology pathology, const Flight& flight, Timestamp time) {
    Label out;
    out.pathology = pathology;
    out.from = out.until = time;
    out.flight = flight.plan().number;
    const Transponder kind = flight.plan().transponder;
    if (kind == Transponder::mode_s || kind == Transponder::adsb)
      out.addresses = {flight.told_address()};
    out.mode_3a = flight.plan().mode_3a;
    return out;
  }

  void label(const Radar& radar, const RadarSector& sector) {
    for (const RadarPlot& plot : sector.plots) {
      if (plot.pathology == Pathology::none && !plot.garbles) continue;
      Label out;
      out.pathology = plot.garbles ? Pathology::garbled_code : plot.pathology;
      out.from = out.until = plot.time;
      out.flight = plot.garbles ? plot.flight : plot.of;
      out.source = radar.name;
      if (plot.icao_address) out.addresses = {*plot.icao_address};
      if (plot.garbles) {
        for (const std::unique_ptr<Flight>& flight : flights) {
          if (flight->plan().number == plot.flight) out.mode_3a = flight->plan().mode_3a;
        }
        labels.note(std::move(out));
        continue;
      }
      out.mode_3a = plot.mode_3a;
      if (plot.echo != 0) {
        out.place = plot.echo_place;
        out.radius = base::Length::from_metres(plot.echo_radius_m);
        out.ground_speed = base::Speed::from_mps(plot.echo_speed_mps);
        out.track_angle = base::Angle::from_radians(plot.echo_course_rad);
        labels.note(std::move(out), plot.echo);
        continue;
      }
      out.slant_range = base::Length::from_metres(plot.slant_range_m);
      out.azimuth = base::Angle::from_radians(plot.azimuth_rad);
      labels.add(std::move(out));
    }
  }

  void label(const AdsbStation& station, const std::vector<AdsbReport>& heard) {
    for (const GnssField::Disturbance& one : gnss.take_disturbances()) {
      Label out;
      out.pathology = one.pathology;
      out.from = out.until = one.time;
      out.flight = one.flight;
      out.addresses = {one.address};
      labels.note(std::move(out));
    }
    for (const SensorClock::Spoof& spoof : station.clock.spoofs) {
      for (const AdsbReport& report : heard) {
        if (!window_end(spoof.window, start, report.received)) continue;
        Label out;
        out.pathology = Pathology::false_time;
        out.from = out.until = report.received;
        out.flight = report.flight;
        out.addresses = {report.icao_address};
        labels.note(std::move(out));
      }
    }
  }

  [[nodiscard]] bool without_power(std::size_t sensor, Timestamp time) {
    if (supplies[sensor].off(time)) return true;
    return std::any_of(power_cuts[sensor].begin(),
                       power_cuts[sensor].end(),
                       [&](const Fault* fault) { return window_end(*fault, start, time); });
  }

  // To every member that receives the sensor, each on its own way.
  void send(std::size_t sensor,
            Timestamp ready,
            const std::vector<Bytes>& datagrams,
            const Measured& measured) {
    if (datagrams.empty()) return;
    for (const std::uint16_t source : outlets[sensor]) {
      if (send_one(source, ready, datagrams)) note(source, measured);
    }
  }

  void note(std::uint16_t source, const Measured& measured) {
    for (const auto& [flight, time] : measured) {
      std::vector<std::optional<Timestamp>>& newest = reported[flight];
      newest.resize(paths.size());
      newest[source] = std::max(newest[source].value_or(time), time);
    }
  }

  // Whether it is under way and not held up.
  bool send_one(std::uint16_t source, Timestamp ready, const std::vector<Bytes>& datagrams) {
    Path& path = paths[source];
    const double spread_s = base::to_seconds(path.delay.high - path.delay.low);
    Timestamp arrival = ready + path.delay.low + base::seconds(path.prng.uniform() * spread_s);
    arrival = std::max(arrival, path.latest);
    bool on_time = true;
    for (const Fault* fault : path.faults) {
      const auto end = window_end(*fault, start, arrival);
      if (!end) continue;
      if (fault->kind == FaultKind::line_cut) return false;
      arrival = *end;
      on_time = false;
    }
    path.latest = arrival;
    for (const Bytes& datagram : datagrams) {
      path.last_real = datagram;
      push(source, arrival, datagram);
    }
    return on_time;
  }

  void push(std::uint16_t source, Timestamp at, Bytes datagram) {
    CHECK(datagram.size() <= kLargestDatagram);
    outgoing.push_back({at, source, outgoing_count++, std::move(datagram)});
    std::push_heap(outgoing.begin(), outgoing.end(), later);
  }

  void deliver(Timestamp until, const Sink& sink) {
    while (!outgoing.empty() && outgoing.front().at <= until) {
      std::pop_heap(outgoing.begin(), outgoing.end(), later);
      const Outgoing one = std::move(outgoing.back());
      outgoing.pop_back();
      sink({one.source, one.at, one.datagram});
    }
  }

  const Scenario scenario;  // sensors and streams point into it
  const Timestamp start;
  const std::vector<SourceInfo> sources;
  std::vector<TrafficStream> streams;
  std::vector<RadarModel> radars;
  std::vector<AdsbModel> stations;
  std::vector<MlatModel> mlats;
  std::vector<Timestamp> next_status;  // by multilateration system
  std::vector<SystemServerModel> servers;
  std::vector<GarbageStream> garbage;
  std::vector<std::uint16_t> garbage_goes_to;  // source, by stream of garbage
  std::vector<PowerSupply> supplies;           // by sensor, as the following two
  std::vector<std::vector<const Fault*>> power_cuts;
  std::vector<std::vector<std::uint16_t>> outlets;  // its sources, one a member
  std::vector<Path> paths;                          // by source
  GnssField gnss;
  LabelBook labels;
  Flights flights;  // by number
  // By flight, then source: the newest report sent.
  std::map<std::uint32_t, std::vector<std::optional<Timestamp>>> reported;
  Timestamp flown_to;
  InUse in_use;
  std::uint32_t flight_count = 0;
  std::vector<Outgoing> outgoing;  // a heap
  std::uint64_t outgoing_count = 0;
};

World::World(const Scenario& scenario, std::uint64_t seed, Timestamp start)
    : now_(start), state_(std::make_unique<State>(scenario, seed, start)) {}
World::~World() = default;
World::World(World&&) noexcept = default;
World& World::operator=(World&&) noexcept = default;

void World::advance(Timestamp until, const Sink& sink) {
  CHECK(until >= now_);
  state_->run_to(until);
  now_ = until;
  state_->deliver(until, sink);
}

std::vector<TruthState> World::truth(Timestamp time) const {
  CHECK(time <= now_ && time >= now_ - std::chrono::seconds(60) && time >= state_->start);
  std::vector<TruthState> out;
  for (const std::unique_ptr<Flight>& flight : state_->flights) {
    const std::optional<Pose> pose = flight->at(time);
    if (!pose || flight->plan().ghost) continue;
    TruthState& state = out.emplace_back(truth_of(*flight, *pose, time));
    for (const SourceInfo& source : state_->sources) {
      const auto newest = reported(state.flight, source.index);
      if (newest && time - *newest <= kSeen) state.seen_by.push_back(source.node);
    }
    std::sort(state.seen_by.begin(), state.seen_by.end());
    const auto [twice, end] = std::ranges::unique(state.seen_by);
    state.seen_by.erase(twice, end);
  }
  return out;
}

std::optional<Timestamp> World::reported(std::uint32_t flight, std::uint16_t source) const {
  const auto found = state_->reported.find(flight);
  if (found == state_->reported.end()) return {};
  return found->second[source];
}

std::vector<Label> World::take_labels(bool rest) {
  state_->labels.close(now_, rest);
  return state_->labels.take();
}

std::span<const SourceInfo> World::sources() const { return state_->sources; }
const Scenario& World::scenario() const { return state_->scenario; }

}  // namespace liptako::sim
