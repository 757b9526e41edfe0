// What the tracker takes in: plots, and the sensors they come from. No wire format reaches this
// folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "geo/geodetic.hpp"
#include "track/terrain_view.hpp"

namespace liptako::track {

// What there is stands in sensors/registered.def, a line each.
enum class SensorKind : std::uint8_t {
#define LIPTAKO_SENSOR(kind, number, folder) kind = (number),
#include "track/sensors/registered.def"
#undef LIPTAKO_SENSOR
};

// How an aircraft can move (aircraft_class.hpp).
enum class AircraftClass : std::uint8_t {
  none = 0,  // not told
  airliner = 1,
  light = 2,
  helicopter = 3,
  uav = 4,
  surface = 5,  // anything that rolls, on the ground
};
enum class OnGround : std::uint8_t { unknown = 0, yes = 1, no = 2 };
// What a report says it is of. With Plot::on_ground, what a motion model may be chosen by: what
// moves on the ground moves by other laws than what flies.
enum class Mover : std::uint8_t { unknown = 0, aircraft = 1, vehicle = 2 };

// A sensor and what is known of it. Every field has a working default but the site of a radar;
// described() (sensors/models.hpp) gives the defaults of a kind.
struct SensorDescription {
  std::string name;
  base::SacSic sac_sic;
  SensorKind kind = SensorKind::polar_radar;
  geo::Geodetic site;
  // False: the site is unknown. Its plots are tracked in a frame of their own and never given a
  // latitude or longitude.
  bool placed = false;
  // Time between two looks at one aircraft: the antenna's turn, or the report interval. Range 0.1 s
  // to 60 s.
  base::Duration period = std::chrono::seconds(5);
  base::Length range_sd = base::Length::from_metres(60);
  base::Angle azimuth_sd = base::Angle::from_degrees(0.08);
  // Radar that measures elevation too (3-D, or nodding and asked for a height): of its elevation.
  base::Angle elevation_sd = base::Angle::from_degrees(0.15);
  // All but radar: standard deviation of the time a position is of. Moves positions along the
  // flight path. ADS-B: the aircraft compensates only in part [DO-260B, §2.2.3.2.3.2: within 0.2
  // s].
  base::Duration latency_sd = std::chrono::milliseconds(150);
  // Multilateration, tracker, UAV, Remote ID: of one axis, where a report states no accuracy.
  // Measured on recorded
  // systems: 0 to 7 m at an aerodrome's fixed transponders, 20 m across straight flight en route.
  base::Length position_sd = base::Length::from_metres(50);
  // Multilateration: by how much more per kilometre from `site`. Outside the ring of its receivers
  // differences of arrival times tell less and less of the distance.
  base::Length position_sd_per_km;
  base::Speed velocity_sd = base::Speed::from_mps(5);  // tracker
  // Polar radar: it looks at the surface of an aerodrome. What it sees is at the height of its site
  // and has told no height; what flies higher than kSurfaceSight over it, it does not see.
  bool surface = false;
  // Multilateration: vehicles within this distance of `site` are followed, as those of a declared
  // aerodrome. 0: none are.
  base::Length aerodrome_radius;
  // Tracker: how long an error of its tracks lives on from report to report
  // (sensors/system_track.hpp). Measured on a recorded server: 10 s and more.
  base::Duration memory = std::chrono::seconds(15);
  // Tracker: sensors of this list (bit i: sensor i) whose data its tracks rest on. Where they see
  // an aircraft themselves, its reports tell nothing new and are not used.
  std::uint64_t carries = 0;
  // Tracker: velocities stand in the axes of its plane, whose origin is `site`, and not in true
  // east and north.
  bool plane_velocity = false;
  base::Length range_max = base::Length::from_nautical_miles(256);
  base::Length range_min;
  // Radar: between which elevations the antenna sees (coverage.hpp), and the terrain's horizon: the
  // elevations below which nothing is seen, for directions evenly spaced from true north clockwise.
  // None: that of `terrain` and of the sea. At most kMaxHorizon.
  base::Angle elevation_min = base::Angle::from_degrees(-5);
  base::Angle elevation_max = base::Angle::from_degrees(90);
  std::vector<base::Angle> horizon;
  static constexpr std::size_t kMaxHorizon = 360;
  // Worked out from heights of the ground; empty: they are not known.
  TerrainView terrain;
  // Probability that a look at an aircraft inside coverage gives a plot.
  double detection_probability = 0.95;
  // Plots per look that come from no aircraft, by how the plot was made; spread evenly over the
  // coverage.
  double false_plots_primary = 20.0;
  double false_plots_secondary = 0.5;
  double false_plots_addressed = 0.001;
};

// Field list for snapshots (base/archive.hpp).
template <class Archive>
void visit_fields(Archive& archive, SensorDescription& s) {
  archive(s.name,
          s.sac_sic,
          s.kind,
          s.site.latitude,
          s.site.longitude,
          s.site.height,
          s.placed,
          s.period);
  archive(s.range_sd, s.azimuth_sd, s.latency_sd, s.range_max, s.detection_probability);
  archive(s.elevation_sd, s.range_min, s.elevation_min, s.elevation_max, s.horizon);
  archive(s.terrain);
  archive(s.position_sd_per_km, s.surface, s.aerodrome_radius);
  archive(s.position_sd, s.velocity_sd, s.memory, s.carries, s.plane_velocity);
  archive(s.false_plots_primary, s.false_plots_secondary, s.false_plots_addressed);
}

// The same place: what was learnt of it holds on.
[[nodiscard]] inline bool stands_as_before(const SensorDescription& a, const SensorDescription& b) {
  return a.placed == b.placed && a.site.latitude == b.site.latitude &&
         a.site.longitude == b.site.longitude && a.site.height == b.site.height;
}

// A sensor's decoded report about one aircraft at one instant.
struct Plot {
  base::Timestamp time;      // of measurement
  std::uint16_t sensor = 0;  // index into the sensors in force

  // Radar: measured by the antenna.
  base::Length slant_range;
  base::Angle azimuth;  // clockwise from true north at the site
  // Of the ray where it reaches a 3-D radar's antenna, above its horizontal plane.
  std::optional<base::Angle> elevation;
  base::Angle elevation_sd;  // of it; 0: the sensor's

  // Observer: `azimuth` and `slant_range` are the middles of the sector and of the class of range
  // that were told, these their full widths.
  base::Angle azimuth_width;
  base::Length range_width;
  // Observer: how long before `time`, which is when it was told, the aircraft was seen.
  base::Duration seen_ago{};
  // Remote ID, observer: standard deviation of the instant that the position is of. 0: the sensor's
  // latency_sd.
  base::Duration time_sd{};

  // ADS-B, multilateration, tracker, UAV, Remote ID: told by the aircraft or computed by the other
  // system.
  base::Angle latitude;
  base::Angle longitude;
  base::Length position_sd;  // ADS-B: of one axis
  // Multilateration, tracker, UAV: of the position, in true east and north; Remote ID: `sd_east` of
  // one axis. 0: the report states none.
  base::Length sd_east;
  base::Length sd_north;
  double correlation = 0.0;  // of the two errors, within (-1, 1)
  base::Speed velocity_east;
  base::Speed velocity_north;
  base::Speed velocity_sd;  // of one axis; 0: no velocity in this report

  // Above the ellipsoid, from satellite navigation; and its standard deviation, 0: not stated.
  std::optional<base::Length> geometric_height;
  base::Length geometric_height_sd;

  std::optional<base::Length> pressure_altitude;
  base::Length altitude_quantum = base::Length::from_feet(25);
  std::optional<base::IcaoAddress> icao_address;
  base::UasId uas;
  AircraftClass aircraft_class = AircraftClass::none;  // told, of its make; never `surface`
  OnGround on_ground = OnGround::unknown;              // says the transponder
  std::optional<base::ModeACode> mode_3a;
  base::CallSign call_sign;
  Mover mover = Mover::unknown;
};

// A surface radar's beam, and its echoes, end about here over the ground.
inline constexpr base::Length kSurfaceSight = base::Length::from_metres(500);

// An echo, without any reply.
[[nodiscard]] inline bool is_primary(const Plot& p) {
  return !p.icao_address && !p.mode_3a && !p.pressure_altitude;
}
// Every number in it is one.
[[nodiscard]] bool is_finite(const Plot& plot);
// By time, then who tells his address first, then by what else they say: an order that does not
// depend on how they came.
[[nodiscard]] bool comes_before(const Plot& a, const Plot& b);

// Field list for snapshots.
template <class Archive>
void visit_fields(Archive& archive, Plot& p) {
  archive(p.time, p.sensor, p.slant_range, p.azimuth, p.latitude, p.longitude, p.position_sd);
  archive(p.sd_east, p.sd_north, p.correlation, p.velocity_east, p.velocity_north, p.velocity_sd);
  archive(p.pressure_altitude, p.altitude_quantum, p.icao_address, p.mode_3a, p.call_sign);
  archive(p.elevation, p.azimuth_width, p.range_width, p.seen_ago, p.time_sd, p.geometric_height);
  archive(p.geometric_height_sd, p.uas.hash, p.aircraft_class, p.on_ground);
  archive(p.mover, p.elevation_sd);
}

}  // namespace liptako::track
