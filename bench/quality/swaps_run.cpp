#include "swaps_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "track/scene_for_test.hpp"

namespace liptako::bench {
namespace {

using base::Prng;
using track::Plot;
using track::Tracker;
namespace scene = track::testing;

constexpr double kSceneS = 300.0;
constexpr double kSettleS = 40.0;
constexpr double kEveryS = 4.0;
constexpr int kColumns = 6, kRows = 4;  // encounters of a piece of sky
constexpr double kApartM = 40e3;        // from one to the next
constexpr double kInsideM = 5.0 * 1852.0;
constexpr double kHalfMileM = 926.0;
// A track is with the wrong aircraft that is three times nearer to it than its own, and its own
// beyond six standard deviations and this.
constexpr double kAwayM = 300.0;

// What goes wrong, by plot of a Mode S radar. Replies of aircraft whose beams and ranges overlap
// garble each other; the address is protected by parity, so that one that is wrong is rare.
constexpr double kNoAddress = 0.03, kNoAddressClose = 0.15;
constexpr double kWrongAddress = 1e-3;
constexpr double kNoCode = 0.02, kWrongCode = 0.01, kNoAltitude = 0.03;
constexpr double kGarbleM = 3000.0;
constexpr double kFalsePlots = 0.3;        // a turn of the antenna, with a code and without
constexpr std::uint64_t kMostRenamed = 5;  // told of one by one
constexpr double kAdsbShare = 0.7, kAdsbSeen = 0.9;

struct Silence {
  double from_s = 0.0;
  double to_s = 0.0;
};

struct Flight {
  Encounter encounter = Encounter::crossing;
  std::size_t encounter_index = 0;
  scene::Aircraft start;  // as at second 0
  double turn_from_s = 1e9, turn_for_s = 0.0, turn_rad_s = 0.0;
  bool has_ads_b = false;
  double nac_sd_m = 0.0, nav_east_m = 0.0, nav_north_m = 0.0, ads_b_phase_s = 0.0;
  std::vector<Silence> transponder, squitter;

  [[nodiscard]] scene::Aircraft at(double t) const {
    scene::Aircraft a = start;
    const double before = std::fmin(t, turn_from_s);
    straight(a, before);
    if (t <= turn_from_s) return a;
    const double turning = std::fmin(t - turn_from_s, turn_for_s);
    const auto [s0, c0] = base::sincos(a.course_rad);
    a.course_rad += turning * turn_rad_s;
    const auto [s1, c1] = base::sincos(a.course_rad);
    const double radius = a.speed_mps / turn_rad_s;
    a.east_m += radius * (c0 - c1);
    a.north_m += radius * (s1 - s0);
    straight(a, t - turn_from_s - turning);
    return a;
  }
  static void straight(scene::Aircraft& a, double seconds) {
    const auto [sine, cosine] = base::sincos(a.course_rad);
    a.east_m += seconds * a.speed_mps * sine;
    a.north_m += seconds * a.speed_mps * cosine;
  }
};

bool is_silent(const std::vector<Silence>& all, double t) {
  return std::ranges::any_of(all, [&](const Silence& s) { return t >= s.from_s && t < s.to_s; });
}

std::vector<Silence> silences(Prng& prng, double mean_between_s, double longest_s) {
  std::vector<Silence> out;
  for (double t = prng.exponential(mean_between_s); t < kSceneS;
       t += prng.exponential(mean_between_s)) {
    out.push_back({t, t + prng.uniform(5.0, longest_s)});
    t = out.back().to_s;
  }
  return out;
}

struct Meeting {
  double east_m = 0.0, north_m = 0.0, at_s = 0.0;
};
struct Offset {
  double aside_m = 0.0, behind_m = 0.0;
};

// Places the aircraft so that, flying straight, it is to the right of the meeting point and behind
// it at the time of meeting.
void place(Flight& flight, const Meeting& meeting, const Offset& offset) {
  const auto [sine, cosine] = base::sincos(flight.start.course_rad);
  const double back = flight.start.speed_mps * meeting.at_s + offset.behind_m;
  flight.start.east_m = meeting.east_m - back * sine + offset.aside_m * cosine;
  flight.start.north_m = meeting.north_m - back * cosine - offset.aside_m * sine;
}

struct Cruise {
  double course_rad = 0.0, speed_mps = 0.0, level_m = 0.0;
};

class Sky {
 public:
  Sky(std::uint64_t seed, double neighbours_address)
      : seed_(seed), neighbours_address_(neighbours_address), prng_(seed) {
    sensors_ = {
        scene::radar(12.6, -0.5, 5.0), scene::radar(13.5, 0.8, 4.0), scene::ads_b_station()};
    sensors_[1].sac_sic = {100, 7};
    for (std::size_t k = 0; k < 2; ++k) {
      range_bias_m_[k] = prng_.normal(0.0, 20.0);
      azimuth_bias_rad_[k] = prng_.normal(0.0, 0.01) * base::kRadiansPerDegree;
      site_[k] = geo::TangentFrame(sensors_[k].site);
    }
    for (std::size_t i = 0; i < static_cast<std::size_t>(kColumns * kRows); ++i) add_encounter(i);
    make_plots();
  }

  void run(SwapsResult& result);

 private:
  struct Arrival {
    double at_s = 0.0;
    std::size_t flight = 0;  // kNobody: of none
    bool told_right = false;
    Plot plot;
  };
  static constexpr std::size_t kNobody = ~std::size_t{0};

  // What is known of a track by its plots.
  struct Followed {
    std::size_t owner = kNobody;      // whose addressed plots it took
    bool told = false;                // a finding about it stands
    int away = 0;                     // instants in a row with the wrong aircraft
    std::vector<std::size_t> recent;  // arrivals, the last few
  };

  void add_encounter(std::size_t index);
  Flight& add_flight(Encounter encounter, std::size_t index, const Cruise& cruise);
  void make_plots();
  void radar_look(std::size_t k, std::size_t i, double turn_s);
  void follow(const track::TrackEvent& event, std::size_t newest, SwapsResult& result);
  void look(double t, const Tracker& tracker, SwapsResult& result);
  void find(SwapsResult& result,
            std::string_view what,
            const Flight& flight,
            double t,
            const Followed& track);
  [[nodiscard]] std::size_t arrival_of(const track::UpdateTrace& trace, std::size_t newest) const;

  std::uint64_t seed_;
  double neighbours_address_;
  Prng prng_;
  std::vector<track::SensorDescription> sensors_;
  std::array<double, 2> range_bias_m_{}, azimuth_bias_rad_{};
  std::array<geo::TangentFrame, 2> site_;
  std::vector<Flight> flights_;
  std::vector<Arrival> arrivals_;             // in order of arrival
  std::map<std::uint32_t, Followed> tracks_;  // by number
  std::map<std::size_t, std::uint32_t> number_of_flight_;
};

Flight& Sky::add_flight(Encounter encounter, std::size_t index, const Cruise& cruise) {
  Flight& f = flights_.emplace_back();
  f.encounter = encounter;
  f.encounter_index = index;
  f.start.course_rad = cruise.course_rad;
  f.start.speed_mps = cruise.speed_mps;
  f.start.height_m = cruise.level_m;
  // Every address once in a scene.
  f.start.address = base::IcaoAddress(
      static_cast<std::uint32_t>(prng_.below(0x10000) << 8 | (flights_.size() & 0xFF)));
  // Where Mode S identifies, many fly with the code that says so.
  f.start.mode_a =
      base::ModeACode(static_cast<std::uint16_t>(prng_.chance(0.3) ? 01000 : prng_.below(07777)));
  f.has_ads_b = prng_.chance(kAdsbShare);
  constexpr double kNacSd[] = {4.1, 12.3, 37.8};  // NACp 10, 9, 8: the bound of 95 % over 2.45
  f.nac_sd_m = kNacSd[prng_.below(3)];
  // What satellite navigation errs by lives for minutes; a tenth of its variance is of the report.
  f.nav_east_m = prng_.normal(0.0, 0.95 * f.nac_sd_m);
  f.nav_north_m = prng_.normal(0.0, 0.95 * f.nac_sd_m);
  f.ads_b_phase_s = prng_.uniform();
  f.transponder = silences(prng_, 1800.0, 60.0);
  f.squitter = silences(prng_, 600.0, 120.0);
  return f;
}

void Sky::add_encounter(std::size_t index) {
  const int column = static_cast<int>(index) % kColumns, row = static_cast<int>(index) / kColumns;
  const auto kind = static_cast<Encounter>(prng_.below(kEncounterNames.size()));
  const Cruise cruise{prng_.uniform(0.0, 2.0 * base::kPi),
                      prng_.uniform(110.0, 250.0),
                      304.8 * static_cast<double>(10 + prng_.below(28))};
  const Meeting meeting{(column - 0.5 * (kColumns - 1)) * kApartM,
                        (row - 0.5 * (kRows - 1)) * kApartM,
                        prng_.uniform(120.0, 200.0)};
  const double rate =
      (prng_.chance(0.5) ? 1.0 : -1.0) * prng_.uniform(1.0, 3.0) * base::kRadiansPerDegree;
  const auto turn = [rate](Flight& f, const Silence& when, double sign) {
    f.turn_from_s = when.from_s;
    f.turn_for_s = when.to_s - when.from_s;
    f.turn_rad_s = sign * std::fabs(rate);
  };
  const double to_a_side = rate > 0.0 ? 1.0 : -1.0;
  switch (kind) {
    case Encounter::crossing: {
      // Small angles keep two together for long.
      const double angle =
          3.0 * base::exp(prng_.uniform() * base::log(60.0)) * base::kRadiansPerDegree;
      place(add_flight(kind, index, cruise), meeting, {});
      Cruise across = cruise;
      across.course_rad += angle;
      across.level_m += prng_.chance(0.3) ? 304.8 : 0.0;
      across.speed_mps = prng_.uniform(110.0, 250.0);
      Flight& other = add_flight(kind, index, across);
      place(other, meeting, {0.0, prng_.uniform(-kHalfMileM, kHalfMileM)});
      // Some turn where they meet: as if the one flew on as the other.
      if (prng_.chance(0.3)) {
        const double from = meeting.at_s - 10.0;
        turn(other, {from, from + prng_.uniform(0.5, 1.5) * angle / std::fabs(rate)}, -1.0);
      }
      break;
    }
    case Encounter::parallel: {
      const bool both_turn = prng_.chance(0.3);
      for (int k = 0; k < 2; ++k) {
        Cruise own = cruise;
        own.speed_mps += k == 0 ? 0.0 : prng_.normal(0.0, 1.0);
        Flight& f = add_flight(kind, index, own);
        place(f, meeting, {k * kHalfMileM, k * prng_.normal(0.0, 200.0)});
        if (both_turn) turn(f, {meeting.at_s, meeting.at_s + 40.0}, to_a_side);
      }
      break;
    }
    case Encounter::overtaking: {
      place(add_flight(kind, index, cruise), meeting, {});
      Cruise faster = cruise;
      faster.speed_mps += prng_.uniform(4.0, 40.0);
      faster.course_rad += prng_.normal(0.0, 0.005);
      Flight& other = add_flight(kind, index, faster);
      place(other, meeting, {prng_.uniform(-kHalfMileM, kHalfMileM), 0.0});
      break;
    }
    case Encounter::formation: {
      const int size = 2 + static_cast<int>(prng_.below(3));
      const double spacing = prng_.uniform(60.0, 600.0);
      const bool all_turn = prng_.chance(0.5);
      for (int k = 0; k < size; ++k) {
        Flight& f = add_flight(kind, index, cruise);
        const int side = k % 2 == 0 ? k / 2 : -(k + 1) / 2;
        place(f, meeting, {side * spacing, std::abs(side) * spacing});
        if (all_turn) turn(f, {meeting.at_s, meeting.at_s + 50.0}, to_a_side);
      }
      break;
    }
  }
}

void Sky::radar_look(std::size_t k, std::size_t i, double turn_s) {
  const Flight& f = flights_[i];
  const track::SensorDescription& sensor = sensors_[k];
  const double period = base::to_seconds(sensor.period);
  const auto q = site_[k].enu_from_ecef(f.at(turn_s).ecef());
  const double t = turn_s + period * base::wrap_two_pi(base::atan2(q.x, q.y)) / (2.0 * base::kPi);
  if (is_silent(f.transponder, t) || !prng_.chance(0.97)) return;
  const scene::Aircraft a = f.at(t);
  Arrival out;
  out.flight = i;
  out.plot =
      scene::radar_plot(sensor, static_cast<std::uint16_t>(k), a, scene::at_second(t), prng_);
  out.plot.slant_range = out.plot.slant_range + base::Length::from_metres(range_bias_m_[k]);
  out.plot.azimuth = base::Angle::from_radians(
      base::wrap_two_pi(out.plot.azimuth.radians() + azimuth_bias_rad_[k]));
  double nearest = 1e9;
  std::size_t neighbour = i;
  for (std::size_t j = 0; j < flights_.size(); ++j) {
    if (j == i || flights_[j].encounter_index != f.encounter_index) continue;
    const scene::Aircraft b = flights_[j].at(t);
    const double distance = std::hypot(a.east_m - b.east_m, a.north_m - b.north_m);
    if (distance < nearest) nearest = distance, neighbour = j;
  }
  if (prng_.chance(nearest < kGarbleM ? kNoAddressClose : kNoAddress))
    out.plot.icao_address.reset();
  if (out.plot.icao_address && prng_.chance(kWrongAddress)) {
    out.plot.icao_address =
        base::IcaoAddress(out.plot.icao_address->bits() ^ (1u << prng_.below(24)));
  }
  if (out.plot.icao_address && nearest < kInsideM && prng_.chance(neighbours_address_))
    out.plot.icao_address = flights_[neighbour].start.address;
  out.told_right = out.plot.icao_address == f.start.address;
  if (prng_.chance(kNoCode)) {
    out.plot.mode_3a.reset();
  } else if (prng_.chance(nearest < kGarbleM ? 3.0 * kWrongCode : kWrongCode)) {
    out.plot.mode_3a = base::ModeACode(
        static_cast<std::uint16_t>(out.plot.mode_3a->bits() ^ (1u << prng_.below(12))));
  }
  if (prng_.chance(kNoAltitude)) out.plot.pressure_altitude.reset();
  out.at_s = t + 0.8 + prng_.uniform(0.0, 0.2);
  arrivals_.push_back(out);
}

void Sky::make_plots() {
  for (std::size_t k = 0; k < 2; ++k) {
    const double period = base::to_seconds(sensors_[k].period);
    for (double turn_s = prng_.uniform(0.0, period); turn_s < kSceneS; turn_s += period) {
      for (std::size_t i = 0; i < flights_.size(); ++i) radar_look(k, i, turn_s);
      for (int n = prng_.poisson(kFalsePlots); n > 0; --n) {
        const double share = prng_.uniform();
        Arrival out;
        out.flight = kNobody;
        out.plot.sensor = static_cast<std::uint16_t>(k);
        out.plot.time = scene::at_second(turn_s + share * period);
        out.plot.azimuth = base::Angle::from_radians(share * 2.0 * base::kPi);
        out.plot.slant_range = base::Length::from_metres(prng_.uniform(5e3, 200e3));
        if (prng_.chance(0.5))
          out.plot.mode_3a = base::ModeACode(static_cast<std::uint16_t>(prng_.below(07777)));
        out.at_s = turn_s + share * period + 0.9;
        arrivals_.push_back(out);
      }
    }
  }
  for (std::size_t i = 0; i < flights_.size(); ++i) {
    const Flight& f = flights_[i];
    if (!f.has_ads_b) continue;
    for (double t = f.ads_b_phase_s; t < kSceneS; t += 1.0) {
      if (!prng_.chance(kAdsbSeen)) continue;
      const double then = t + prng_.uniform(-0.1, 0.1);
      if (is_silent(f.squitter, then) || is_silent(f.transponder, then)) continue;
      scene::Aircraft a = f.at(then);
      a.east_m += f.nav_east_m;
      a.north_m += f.nav_north_m;
      Arrival out;
      out.flight = i;
      out.told_right = true;
      // Stamped up to 0.1 s wrong.
      out.plot = scene::ads_b_plot(
          2, a, scene::at_second(then + prng_.uniform(-0.1, 0.1)), prng_, 0.3 * f.nac_sd_m);
      out.plot.position_sd = base::Length::from_metres(f.nac_sd_m);
      out.plot.mode_3a.reset();
      out.at_s = then + 0.4 + prng_.uniform(0.0, 0.3);
      arrivals_.push_back(out);
    }
  }
  std::ranges::stable_sort(arrivals_, {}, &Arrival::at_s);
  // A track tells its plot by sensor and time (arrival_of), and chance gives two plots one time now
  // and then: the later to come is a nanosecond younger.
  std::set<std::pair<std::uint16_t, base::Timestamp>> taken;
  for (Arrival& a : arrivals_) {
    while (!taken.emplace(a.plot.sensor, a.plot.time).second)
      a.plot.time += std::chrono::nanoseconds(1);
  }
}

std::size_t Sky::arrival_of(const track::UpdateTrace& trace, std::size_t newest) const {
  for (std::size_t k = newest + 1; k > 0; --k) {
    const Plot& p = arrivals_[k - 1].plot;
    if (p.time == trace.plot_time && p.sensor == trace.sensor) return k - 1;
  }
  return kNobody;
}

void Sky::find(SwapsResult& result,
               std::string_view what,
               const Flight& flight,
               double t,
               const Followed& track) {
  constexpr std::size_t kMost = 60;
  if (result.findings.size() >= kMost) return;
  SwapFinding& f = result.findings.emplace_back();
  f.what = what;
  f.encounter = flight.encounter;
  f.scene = seed_;
  f.at_s = t;
  for (const std::size_t k : track.recent) {
    const Arrival& a = arrivals_[k];
    f.trace +=
        fmt::format(" {:.1f}s/{}/{}{}",
                    base::to_seconds(a.plot.time - scene::at_second(0.0)),
                    a.plot.sensor,
                    a.flight == kNobody ? std::string("nobody") : fmt::format("#{}", a.flight),
                    !a.plot.icao_address ? ""
                    : a.told_right       ? "+"
                                         : "!");
  }
}

void Sky::follow(const track::TrackEvent& event, std::size_t newest, SwapsResult& result) {
  using Kind = track::TrackEventKind;
  if (event.kind == Kind::coasting || event.kind == Kind::dropped) return;
  const std::size_t k = arrival_of(event.trace, newest);
  if (k == kNobody) return;
  const Arrival& a = arrivals_[k];
  Followed& f = tracks_[event.view.number.value];
  f.recent.push_back(k);
  if (f.recent.size() > 12) f.recent.erase(f.recent.begin());
  if (a.flight == kNobody) return;
  if (!a.told_right) {
    if (f.owner == kNobody) return;
    SwapsTally& tally = result.by_encounter[static_cast<std::size_t>(flights_[a.flight].encounter)];
    ++tally.nameless;
    tally.strayed += f.owner != a.flight ? 1 : 0;
    return;
  }
  if (f.owner == kNobody) f.owner = a.flight;
  if (f.owner == a.flight) return;
  const Flight& flight = flights_[f.owner];
  ++result.by_encounter[static_cast<std::size_t>(flight.encounter)].merges;
  if (!f.told) {
    find(result,
         fmt::format(
             "number {} of #{} takes a plot of #{}", event.view.number.value, f.owner, a.flight),
         flight,
         base::to_seconds(a.plot.time - scene::at_second(0.0)),
         f);
  }
  f.told = true;
}

void Sky::look(double t, const Tracker& tracker, SwapsResult& result) {
  std::vector<scene::Aircraft> now(flights_.size());
  for (std::size_t i = 0; i < flights_.size(); ++i) now[i] = flights_[i].at(t);
  const auto tally_of = [&](std::size_t i) -> SwapsTally& {
    return result.by_encounter[static_cast<std::size_t>(flights_[i].encounter)];
  };
  std::vector<std::vector<std::uint32_t>> numbers(flights_.size());
  tracker.for_each_track([&](std::uint32_t slot) {
    const track::TrackView v = tracker.view(slot, scene::at_second(t));
    if (v.status == track::TrackStatus::tentative) return;
    Followed& f = tracks_[v.number.value];
    if (f.owner == kNobody) return;
    numbers[f.owner].push_back(v.number.value);
    if (v.icao_address && v.icao_address != flights_[f.owner].start.address && !f.told) {
      f.told = true;
      ++tally_of(f.owner).swaps;
      find(result,
           fmt::format("number {} of #{} goes with address {:06X}",
                       v.number.value,
                       f.owner,
                       v.icao_address->bits()),
           flights_[f.owner],
           t,
           f);
    }
    // Where it is.
    const scene::Error own = scene::error_of(v, now[f.owner]);
    const double off = std::hypot(own.east_m, own.north_m);
    bool away = false;
    if (off > kAwayM && own.nees > 36.0) {
      for (std::size_t j = 0; j < flights_.size() && !away; ++j) {
        if (j == f.owner || flights_[j].encounter_index != flights_[f.owner].encounter_index)
          continue;
        const scene::Error other = scene::error_of(v, now[j]);
        away = std::hypot(other.east_m, other.north_m) < off / 3.0;
      }
    }
    f.away = away ? f.away + 1 : 0;
    if (f.away != 2 || f.told) return;
    std::size_t of_others = 0;
    for (auto k = f.recent.rbegin(); k != f.recent.rend(); ++k) {
      if (arrivals_[*k].flight == f.owner) break;
      ++of_others;
    }
    const bool goes_on = of_others >= 2;
    f.told = goes_on;
    ++(goes_on ? tally_of(f.owner).swaps : tally_of(f.owner).astray);
    find(result,
         fmt::format("number {} of #{} is {:.0f} m from it and {}",
                     v.number.value,
                     f.owner,
                     off,
                     goes_on ? "with another" : "near another"),
         flights_[f.owner],
         t,
         f);
  });
  for (std::size_t i = 0; i < flights_.size(); ++i) {
    SwapsTally& tally = tally_of(i);
    bool inside = false;
    for (std::size_t j = 0; j < flights_.size() && !inside; ++j) {
      inside =
          j != i && flights_[j].encounter_index == flights_[i].encounter_index &&
          std::hypot(now[i].east_m - now[j].east_m, now[i].north_m - now[j].north_m) < kInsideM;
    }
    if (!inside) continue;
    tally.flight_hours += kEveryS / 3600.0;
    ++tally.instants;
    tally.unseen += numbers[i].empty() ? 1 : 0;
    if (numbers[i].size() > 1) {
      ++tally.doubled;
      Followed& f = tracks_[numbers[i].back()];
      if (!f.told)
        find(result,
             fmt::format("#{} has numbers {} and {}", i, numbers[i].front(), numbers[i].back()),
             flights_[i],
             t,
             f);
      f.told = true;
    }
    if (numbers[i].size() != 1) continue;
    std::uint32_t& number = number_of_flight_[i];
    if (number != 0 && number != numbers[i].front()) {
      ++tally.renamed;
      if (result.all().renamed <= kMostRenamed)
        find(result,
             fmt::format("#{} was number {}, is {}", i, number, numbers[i].front()),
             flights_[i],
             t,
             tracks_[numbers[i].front()]);
    }
    number = numbers[i].front();
  }
}

void Sky::run(SwapsResult& result) {
  track::TrackerOptions options;
  options.registration = false;  // a scene is too short for it; biases are of what it leaves
  Tracker tracker(options);
  tracker.set_sensors(sensors_);
  std::vector<track::TrackEvent> events;
  std::size_t next = 0;
  double look_at = kSettleS;
  for (double now = 1.0; now <= kSceneS; now += 1.0) {
    for (; next < arrivals_.size() && arrivals_[next].at_s <= now; ++next) {
      const Plot& plot = arrivals_[next].plot;
      ++result.plots;
      if (arrivals_[next].flight != kNobody && !arrivals_[next].told_right) {
        ++(plot.icao_address ? result.wrong_address : result.without_address);
        if (plot.icao_address && std::ranges::any_of(flights_, [&](const Flight& f) {
              return f.start.address == plot.icao_address;
            }))
          ++result.neighbours_address;
      }
      events.clear();
      tracker.take(plot, events);
      for (const track::TrackEvent& event : events) follow(event, next, result);
    }
    events.clear();
    tracker.advance(scene::at_second(now), events);
    for (const track::TrackEvent& event : events) follow(event, next == 0 ? 0 : next - 1, result);
    if (now < look_at) continue;
    look(now, tracker, result);
    look_at += kEveryS;
  }
  ++result.scenes;
  std::set<std::size_t> seen;
  for (const Flight& f : flights_) {
    if (seen.insert(f.encounter_index).second)
      ++result.by_encounter[static_cast<std::size_t>(f.encounter)].encounters;
  }
}

}  // namespace

SwapsTally& SwapsTally::operator+=(const SwapsTally& o) {
  flight_hours += o.flight_hours;
  encounters += o.encounters;
  swaps += o.swaps;
  merges += o.merges;
  astray += o.astray;
  instants += o.instants;
  doubled += o.doubled;
  unseen += o.unseen;
  renamed += o.renamed;
  nameless += o.nameless;
  strayed += o.strayed;
  return *this;
}

SwapsTally SwapsResult::all() const {
  SwapsTally sum;
  for (const SwapsTally& one : by_encounter) sum += one;
  return sum;
}

SwapsResult run_swaps(const SwapsOptions& options) {
  SwapsResult result;
  for (std::uint64_t scene = 0; result.all().flight_hours < options.hours; ++scene)
    Sky(options.seed * 1'000'000 + scene, options.neighbours_address).run(result);
  return result;
}

}  // namespace liptako::bench
