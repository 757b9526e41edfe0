// A scenario: places, sensors, traffic and faults as data, read from TOML (docs/SIMULATOR.md
// describes every field). A mistake in the file is answered with file, line and field. Nothing here
// moves or draws random numbers.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "sim/geometry.hpp"

namespace liptako::sim {

template <class T>
struct Interval {
  T low{};
  T high{};
};

// A stretch of time counted from the start; without an end for good; repeated or not.
struct Window {
  base::Duration from{};
  std::optional<base::Duration> until;
  std::optional<base::Duration> repeats;
};

// If `time` lies in the window: when that occurrence of it ends (Timestamp::max() if it has no
// end).
[[nodiscard]] std::optional<base::Timestamp> window_end(const Window& window,
                                                        base::Timestamp start,
                                                        base::Timestamp time);

template <class T>
struct Weighted {
  T value{};
  double weight = 1.0;
};

// How pressure altitude (what aircraft fly and transponders report) relates to height above the
// ellipsoid.
struct Atmosphere {
  double isa_offset_k = 0.0;  // temperature above the standard atmosphere
  double qnh_hpa = 1013.25;   // sea-level pressure
  base::Length geoid;         // of the geoid above the ellipsoid, one value for the scenario's area
  base::Length terrain;       // of the ground above mean sea level, one value: for radio horizons
  // Of the wind's changes along an aircraft's way, m^(4/3)/s^2 (Wind); 0: still air.
  double wind_structure = 0.0;
  std::vector<Ridge> ridges = {};  // on it, hiding what is behind them
};

struct Aerodrome {
  std::string name;
  Place threshold;     // where landings touch down and take-offs begin
  base::Angle runway;  // direction of landing and take-off, clockwise from true north
};

// What the site's own clock shows: utc + offset + drift * (utc - start), and, if satellite
// navigation disciplines it, what a false signal adds.
struct SensorClock {
  base::Duration offset{};
  double drift_ppm = 0.0;
  bool gnss = true;
  struct Spoof {
    Window window;
    base::Duration offset{};
  };
  std::vector<Spoof> spoofs = {};  // of the scenario's time_spoof faults in reach of the site
};

// Power at a site: cuts drawn from the seed, beside those that the scenario lists. What a cut
// leaves of the mains' own one, after batteries and generator, is its length here.
struct Supply {
  double availability = 1.0;        // share of the time
  Interval<base::Duration> outage;  // length of one
};

// What all sensors have.
struct Sensor {
  std::string name;
  std::vector<std::string> nodes;  // members that receive its data
  base::SacSic id;
  Place site;                      // of the antenna; the middle of what has many
  base::Length range;              // from the site
  Interval<base::Duration> delay;  // from ready to arrival
  SensorClock clock;
  Supply supply;
};

// What a radar makes of its surroundings beside aircraft, or of aircraft beside one plot a turn.
enum class PlotFaultKind : std::uint8_t {
  split,        // one aircraft, two plots
  reflection,   // a wall shows aircraft in its own direction, further away by the detour
  ring_around,  // replies to side lobes, all around at one range
  garbled,      // Mode A and C replies of other content, not marked as such
  wind_farm,    // turbines: standing echoes that come and go (primary)
  birds,        // flocks: slow echoes (primary)
};

struct PlotFault {
  PlotFaultKind kind = PlotFaultKind::split;
  Window window;
  double share = 0.0;   // of turns in which it happens, for each aircraft or echo
  base::Angle azimuth;  // of the wall, the farm, the flocks' middle, from the antenna
  base::Length distance;
  base::Length reach;   // reflection, ring_around: aircraft nearer than this
  base::Angle width;    // split: at most so far apart
  base::Length spread;  // wind_farm, birds: radius of the area
  int count = 0;        // turbines, flocks; ring_around: plots a turn and aircraft, on average
  base::Speed speed;    // birds
};

enum class RadarKind : std::uint8_t {
  mode_s,   // monopulse secondary radar, Mode S and Mode A/C
  primary,  // no identity; a height of its own only if `height_sd` says so
};

struct Radar : Sensor {
  RadarKind kind = RadarKind::mode_s;
  base::Duration period{};  // of one revolution
  double phase = 0.0;       // where the beam points at the start: part of a revolution from north
  base::Length minimum_range;
  base::Angle maximum_elevation;  // above it is the cone of silence
  base::Length range_sd;
  base::Angle azimuth_sd;
  std::optional<base::Length> height_sd;  // of a radar that measures elevation, too
  base::Length range_bias;                // added to every range
  base::Angle azimuth_bias;               // added to every azimuth
  double pd = 1.0;  // mode_s: of whatever replies and is in sight; primary: of 1 m2 at `pd_range`
  base::Length pd_range;
  double false_plots = 0.0;  // mean per revolution: reflections (mode_s) or clutter (primary)
  double garbled = 0.0;      // probability that a Mode A or Mode C reply is garbled, and marked so
  std::vector<PlotFault> faults;
};

enum class AdsbFormat : std::uint8_t {
  asterix,  // CAT021
  beast,    // the squitters themselves, as receivers send them
};

// A ground station, or a service that listens from orbit.
struct AdsbStation : Sensor {
  AdsbFormat format = AdsbFormat::asterix;
  bool from_space = false;    // hears everything within `range` over ground equally well
  base::Duration interval{};  // between reports on one aircraft
  double pd = 1.0;  // of one report close by; on the ground it falls with the cube of range, to 0
};

// Wide-area multilateration: several receivers time the same reply. CAT020, and CAT019 for status.
struct MlatSystem : Sensor {
  base::Duration interval{};   // between reports on one aircraft
  base::Duration status{};     // between status messages
  base::Length horizontal_sd;  // per axis at the middle; grows to three times that at `range`
  base::Length lowest;         // above mean sea level: below it too few receivers hear
  base::Length east_bias;      // added to every position
  base::Length north_bias;
  double pd = 1.0;
};

// Another state's tracking system: sends CAT062 of what it tracks itself.
struct SystemServer : Sensor {
  base::Duration interval{};    // between updates of one track
  base::Length horizontal_sd;   // of its error, per axis: slow, not white
  base::Duration lag{};         // how old what an update rests on is, at its time
  base::Duration initiation{};  // from entry of an aircraft to the first update
  base::Length lowest;          // above mean sea level: below it, it sees nothing
};

enum class AircraftKind : std::uint8_t { airliner, regional, light, helicopter, uncrewed, state };

// What the aircraft answers with.
enum class Transponder : std::uint8_t { none, mode_ac, mode_s, adsb };

// Racetracks over a point, right-hand, one-minute legs.
struct Hold {
  int turns = 0;
  base::Angle inbound;  // track towards the point
};

struct RoutePoint {
  Place place;  // height unused
  int aerodrome =
      -1;  // index into Scenario::aerodromes; only the first and the last point may be one
  std::optional<Hold> hold;
};

// One operator's aircraft, for a stream to draw from.
struct Fleet {
  std::string call_sign;              // each '#' becomes a digit
  Interval<std::uint32_t> addresses;  // 24-bit addresses
};

// Flights of one kind over one route: a random stream (per_hour > 0), or single flights at fixed
// times.
struct Traffic {
  std::string name;
  AircraftKind kind = AircraftKind::airliner;
  std::vector<RoutePoint> route;  // at least two
  bool both_ways = false;         // half of the flights fly it backwards
  double per_hour = 0.0;
  std::array<double, 24> hourly{};  // streams: weight per hour of the scenario's day, 0 to 1
  base::Duration minimum_gap{};     // streams: between two flights
  base::Duration departs{};         // single flights: after the start; negative: already under way
  std::optional<base::Duration> repeats;  // single flights: again after this time
  int laps = 1;                           // times round the points between the first and the last
  base::Length spread;  // standard deviation of the random offset of each en-route point
  std::vector<base::Length> levels;        // pressure altitudes, one is drawn
  std::optional<base::Speed> cruise;       // the kind's own otherwise
  std::vector<Fleet> fleet;                // one is drawn
  std::optional<base::ModeACode> mode_3a;  // drawn otherwise
  std::vector<Weighted<Transponder>> transponders;
  std::vector<Weighted<int>> nac_p;              // navigation accuracy category for position
  std::vector<Interval<base::Duration>> silent;  // times of the flight without reply or squitter
  bool ghost = false;  // nothing flies: somebody sends squitters of an aircraft that is not there
};

enum class AircraftFaultKind : std::uint8_t {
  duplicate_address,  // it answers with the address of another aircraft
  swapped_addresses,  // two answer with each other's
  false_position,     // its reports say another place
  false_velocity,     // its reports say another velocity, beside true positions
  late_position,      // its reports say where it was some time ago
};

// What one aircraft tells wrongly: the first one in the air of a traffic table.
struct AircraftFault {
  AircraftFaultKind kind = AircraftFaultKind::duplicate_address;
  std::uint16_t traffic = 0;  // index into Scenario::traffic
  std::uint16_t other = 0;    // duplicate_address, swapped_addresses: whose address
  Window window;
  base::Length offset;        // false_position: at the window's begin
  base::Speed drift;          // false_position: and from then on
  base::Angle bearing;        // of both
  double speed_factor = 1.0;  // false_velocity
  base::Angle turned;         // false_velocity
  base::Duration late{};      // late_position
};

enum class FaultKind : std::uint8_t {
  power_cut,  // nothing is measured or sent; without an end the source is dead
  line_cut,   // what is measured does not arrive
  stall,      // what is measured is held back, and arrives all at once at the end of the window
  truncated,  // extra datagrams: the beginning of a real one
  noise,      // extra datagrams: random bytes
  hostile,    // extra datagrams: real ones with lying lengths, endless bit maps, flipped bits
};

struct Fault {
  std::uint16_t sensor = 0;  // index: radars, ADS-B stations, multilateration, servers
  FaultKind kind = FaultKind::power_cut;
  base::Duration from{};  // after the start
  std::optional<base::Duration> until;
  std::optional<base::Duration> repeats;
  double per_minute = 0.0;  // of extra datagrams
  std::string node = {};    // only on the way to this member; empty: to all
};

enum class GnssFaultKind : std::uint8_t {
  jam,         // no position near the middle, a poor one further out
  spoof,       // aircraft are told to be at one point
  meaconing,   // their positions drift away together
  time_spoof,  // clocks of sensors within reach are wrong
};

// Interference with satellite navigation within a disc.
struct GnssFault {
  GnssFaultKind kind = GnssFaultKind::jam;
  Place middle;
  base::Length radius;
  Window window;
  Place told;               // spoof: where
  int aircraft = 0;         // spoof: at most so many in one window
  base::Speed drift;        // meaconing
  base::Angle drift_track;  // meaconing: clockwise from true north
  base::Duration offset{};  // time_spoof
};

// Index into Scenario::members.
struct MemberIndex {
  std::uint16_t value = 0;
  static constexpr MemberIndex of(std::size_t i) { return {static_cast<std::uint16_t>(i)}; }
  friend constexpr auto operator<=>(MemberIndex, MemberIndex) = default;
};

// The way between two members' nodes, both directions alike.
struct Link {
  std::array<MemberIndex, 2> between;
  Interval<base::Duration> delay;  // one way
  double loss = 0.0;               // probability that a frame is lost
  bool reorders = false;           // whether a frame may overtake an earlier one
};

// Links that carry nothing for a while: the one between two members, or all of one member's.
struct LinkCut {
  MemberIndex member;
  std::optional<MemberIndex> other;  // nothing: cut off from all
  Window window;
};

struct Scenario {
  std::string name;
  std::vector<std::string> members;  // the nodes, in the file's order
  std::vector<std::string> codes;    // of the members, by that order: "ML"; none given: none
  std::optional<int> first_hour;     // of the scenario's day at the start; the start's own in UTC
  Atmosphere atmosphere;
  std::vector<Aerodrome> aerodromes;
  std::vector<Radar> radars;
  std::vector<AdsbStation> adsb_stations;
  std::vector<MlatSystem> mlat_systems;
  std::vector<SystemServer> system_servers;
  std::vector<Traffic> traffic;
  std::vector<Fault> faults;
  std::vector<GnssFault> gnss_faults;
  std::vector<AircraftFault> aircraft_faults;
  std::vector<Link> links;
  std::vector<LinkCut> link_cuts;
};

// Gives the text of another scenario file, named as it stands in `base`.
using ReadFile = std::function<base::Result<std::string>(std::string_view name)>;

// `file` is used in messages: "demo.toml:12: radar[0].period_s: 0 is not in 1..60". A text that
// begins with `base` needs `read`.
[[nodiscard]] base::Result<Scenario> load_scenario(std::string_view text,
                                                   std::string_view file,
                                                   const ReadFile& read = {});

}  // namespace liptako::sim
