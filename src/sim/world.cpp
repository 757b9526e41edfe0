#include "sim/world.hpp"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "base/check.hpp"
#include "base/prng.hpp"
#include "sim/adsb.hpp"
#include "sim/faults.hpp"
#include "sim/flight.hpp"
#include "sim/radar.hpp"
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
  std::vector<const Fault*> faults;  // of this source
};

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

std::vector<SourceInfo> describe(const Scenario& scenario) {
  std::vector<SourceInfo> out;
  for (const Radar& radar : scenario.radars) {
    SourceInfo info;
    info.name = radar.name;
    info.node = radar.node;
    info.kind =
        radar.kind == RadarKind::mode_s ? SourceKind::mode_s_radar : SourceKind::primary_radar;
    info.id = radar.id;
    info.site = radar.site;
    info.period = radar.period;
    info.range = radar.range;
    info.range_sd = radar.range_sd;
    info.azimuth_sd = radar.azimuth_sd;
    info.pd = radar.pd;
    out.push_back(std::move(info));
  }
  for (const AdsbStation& station : scenario.adsb_stations) {
    SourceInfo info;
    info.name = station.name;
    info.node = station.node;
    info.kind = SourceKind::adsb_station;
    info.id = station.id;
    info.site = station.site;
    info.period = station.interval;
    info.range = station.range;
    info.pd = station.pd;
    out.push_back(std::move(info));
  }
  for (std::size_t i = 0; i < out.size(); ++i) out[i].index = static_cast<std::uint16_t>(i);
  return out;
}

}  // namespace

// Events in order of time; of several at one instant, departures come before sensors, and sensors
// before garbage, each in the scenario's order.
struct World::State {
  State(const Scenario& scenario_in, std::uint64_t seed, Timestamp start_in)
      : scenario(scenario_in), start(start_in), sources(describe(scenario)) {
    for (std::size_t i = 0; i < scenario.traffic.size(); ++i) {
      streams.emplace_back(scenario.traffic[i], seed, i, start);
    }
    for (std::size_t i = 0; i < scenario.radars.size(); ++i) {
      radars.emplace_back(scenario.radars[i], scenario.atmosphere, seed, i, start);
      paths.push_back({scenario.radars[i].delay, prng_for(seed, kDelay, paths.size()), {}, {}, {}});
    }
    for (std::size_t i = 0; i < scenario.adsb_stations.size(); ++i) {
      stations.emplace_back(scenario.adsb_stations[i], scenario.atmosphere, seed, i, start);
      paths.push_back(
          {scenario.adsb_stations[i].delay, prng_for(seed, kDelay, paths.size()), {}, {}, {}});
    }
    for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
      const Fault& fault = scenario.faults[i];
      CHECK(fault.source < paths.size());
      if (fault.kind == FaultKind::power_cut || fault.kind == FaultKind::stall) {
        paths[fault.source].faults.push_back(&fault);
      } else {
        garbage.emplace_back(fault, seed, i, start);
      }
    }
    for (Path& path : paths) path.latest = start;
    run_to(start);
  }

  void run_to(Timestamp until) {
    while (true) {
      Timestamp earliest = Timestamp::max();
      TrafficStream* stream = nullptr;
      RadarModel* radar = nullptr;
      AdsbModel* station = nullptr;
      GarbageStream* junk = nullptr;
      const auto consider = [&](auto& one, auto*& which) {
        if (one.next() >= earliest) return;
        earliest = one.next();
        stream = nullptr;
        radar = nullptr;
        station = nullptr;
        junk = nullptr;
        which = &one;
      };
      for (TrafficStream& one : streams) consider(one, stream);
      for (RadarModel& one : radars) consider(one, radar);
      for (AdsbModel& one : stations) consider(one, station);
      for (GarbageStream& one : garbage) consider(one, junk);
      if (earliest > until || earliest == Timestamp::max()) break;
      fly_to(earliest);
      if (stream != nullptr) {
        depart(*stream);
      } else if (radar != nullptr) {
        turn(static_cast<std::size_t>(radar - radars.data()));
      } else if (station != nullptr) {
        listen(static_cast<std::size_t>(station - stations.data()));
      } else {
        const std::uint16_t source = junk->fault().source;
        push(source, earliest, junk->take(paths[source].last_real));
      }
    }
    fly_to(until);
  }

  void depart(TrafficStream& stream) {
    FlightPlan plan = stream.take(++flight_count, in_use);
    // Long before the start: fly it there, and forget it if it ends on the way.
    auto flight =
        std::make_unique<Flight>(std::move(plan), scenario.aerodromes, scenario.atmosphere);
    flight->fly_to(start);
    if (flight->over(start)) return;
    in_use.addresses.insert(flight->plan().icao_address.bits());
    in_use.codes.insert(flight->plan().mode_3a.bits());
    flights.push_back(std::move(flight));
  }

  void fly_to(Timestamp time) {
    bool ended = false;
    for (const std::unique_ptr<Flight>& flight : flights) {
      flight->fly_to(time);
      ended = ended || flight->over(time - kRemembered);
    }
    if (!ended) return;
    std::erase_if(flights, [&](const std::unique_ptr<Flight>& flight) {
      if (!flight->over(time - kRemembered)) return false;
      in_use.addresses.erase(flight->plan().icao_address.bits());
      in_use.codes.erase(flight->plan().mode_3a.bits());
      return true;
    });
  }

  void turn(std::size_t index) {
    const auto source = static_cast<std::uint16_t>(index);
    const Timestamp end = radars[index].next();
    if (without_power(source, end)) return radars[index].skip();
    const RadarSector sector = radars[index].scan(flights);
    send(source, end, to_datagrams(scenario.radars[index], sector, start));
  }

  void listen(std::size_t index) {
    const auto source = static_cast<std::uint16_t>(radars.size() + index);
    const Timestamp end = stations[index].next();
    if (without_power(source, end)) return stations[index].skip();
    const std::vector<AdsbReport> heard = stations[index].listen(flights);
    if (!heard.empty())
      send(source, end, to_datagrams(scenario.adsb_stations[index], heard, end, start));
  }

  [[nodiscard]] bool without_power(std::uint16_t source, Timestamp time) const {
    return std::any_of(
        paths[source].faults.begin(), paths[source].faults.end(), [&](const Fault* fault) {
          return fault->kind == FaultKind::power_cut && window_end(*fault, start, time);
        });
  }

  void send(std::uint16_t source, Timestamp ready, std::vector<Bytes> datagrams) {
    Path& path = paths[source];
    const double spread_s = base::to_seconds(path.delay.high - path.delay.low);
    Timestamp arrival = ready + path.delay.low + base::seconds(path.prng.uniform() * spread_s);
    arrival = std::max(arrival, path.latest);
    for (const Fault* fault : path.faults) {
      if (fault->kind != FaultKind::stall) continue;
      if (const auto end = window_end(*fault, start, arrival)) arrival = *end;
    }
    path.latest = arrival;
    for (Bytes& datagram : datagrams) {
      path.last_real = datagram;
      push(source, arrival, std::move(datagram));
    }
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
  std::vector<GarbageStream> garbage;
  std::vector<Path> paths;  // by source
  Flights flights;          // by number
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
    if (pose) out.push_back(truth_of(*flight, *pose, time));
  }
  return out;
}

std::span<const SourceInfo> World::sources() const { return state_->sources; }

}  // namespace liptako::sim
