#include "feeds/computed_plots.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "base/math.hpp"
#include "feeds/ads_b_accuracy.hpp"
#include "feeds/plausible.hpp"
#include "feeds/system_plane.hpp"
#include "geo/frames.hpp"

namespace liptako::feeds {
namespace {

using namespace codec::asterix;  // NOLINT(google-build-using-namespace): this file is the bridge
                                 // from that folder

// Standard deviations beyond this say nothing about a position.
constexpr double kMostSdM = 100'000.0;
// CAT010 does not say in what steps a transponder tells its altitude.
constexpr double kSaidNowhereFt = 100.0;
// Ages are sent in quarters of a second.
constexpr base::Duration kAgeStep = std::chrono::milliseconds(250);

std::unexpected<Refusal> refuse(std::string_view reason, std::string detail = {}) {
  return std::unexpected(Refusal{reason, std::move(detail)});
}

// Where the report says the aircraft is, into `plot`; and by how much the directions of the
// report's plane are turned against true ones there.
std::expected<Angle, Refusal> place(const std::optional<LatLon>& position,
                                    const std::optional<Cartesian>& on_plane,
                                    const track::SensorDescription& sensor,
                                    track::Plot& plot) {
  if (!position && !on_plane) return refuse("no_position");
  if (!position && !sensor.placed) return refuse("no_reference_point");
  if (position) {
    if (!on_earth(position->latitude, position->longitude)) {
      return refuse("position_out_of_range",
                    fmt::format("latitude {:.4f}, longitude {:.4f}",
                                position->latitude.degrees(),
                                position->longitude.degrees()));
    }
    plot.latitude = position->latitude;
    plot.longitude = position->longitude;
    if (!sensor.placed) return Angle();
  }
  const SystemPlane plane(sensor.site);
  if (!position) {
    const geo::Geodetic there = plane.position(on_plane->x, on_plane->y);
    plot.latitude = there.latitude;
    plot.longitude = there.longitude;
  }
  return plane.convergence({plot.latitude, plot.longitude, Length()});
}

// Standard deviations and covariance along the axes of the plane, into those of true north. Left
// out (the sensor's own is taken) where one is missing or makes no sense.
void state_accuracy(
    Length sd_x, Length sd_y, double correlation, Angle convergence, track::Plot& plot) {
  const double x = sd_x.metres(), y = sd_y.metres();
  if (!(x > 0.0 && y > 0.0 && x < kMostSdM && y < kMostSdM)) return;
  if (!(std::fabs(correlation) < 1.0)) correlation = 0.0;
  const double cov = correlation * x * y;
  const auto [sine, cosine] = base::sincos(convergence.radians());
  const double ee = x * x * cosine * cosine - 2.0 * cov * sine * cosine + y * y * sine * sine;
  const double nn = x * x * sine * sine + 2.0 * cov * sine * cosine + y * y * cosine * cosine;
  const double en = (x * x - y * y) * sine * cosine + cov * (cosine * cosine - sine * sine);
  plot.sd_east = Length::from_metres(std::sqrt(ee));
  plot.sd_north = Length::from_metres(std::sqrt(nn));
  plot.correlation = en / std::sqrt(ee * nn);
}

bool usable(const FlightLevel& level) { return !level.garbled && !level.not_validated; }
bool usable(const ReplyCode& code) { return !code.garbled && !code.not_validated && !code.stale; }

// Reports of CAT010 that nothing that moves stands behind.
std::optional<Refusal> refusal_of(const Cat010Report& r) {
  const cat010::Descriptor d = r.descriptor.value_or(cat010::Descriptor{});
  const cat010::TrackStatus status = r.track_status.value_or(cat010::TrackStatus{});
  if (d.simulated || d.test) return Refusal{"simulated_or_test", {}};
  if (d.field_monitor) return Refusal{"field_monitor", {}};
  if (d.corrupted_replies) return Refusal{"failed_station_check", "corrupted replies"};
  if (status.ghost) return Refusal{"failed_station_check", "a ghost, says the system"};
  if (status.end_of_track) return Refusal{"track_ended", {}};
  if (status.coasted != 0) return Refusal{"track_coasting", {}};
  return std::nullopt;
}

track::Mover mover_of(cat010::Kind kind) {
  switch (kind) {
    case cat010::Kind::aircraft:
    case cat010::Kind::helicopter:
      return track::Mover::aircraft;
    case cat010::Kind::vehicle:
      return track::Mover::vehicle;
    case cat010::Kind::undetermined:
      break;
  }
  return track::Mover::unknown;
}

// Vehicles are followed inside a declared aerodrome, and nowhere else (docs/SCHEMA.md).
bool on_aerodrome(const track::Plot& plot, const track::SensorDescription& sensor) {
  return sensor.placed && geo::rough_distance(sensor.site, {plot.latitude, plot.longitude, {}}) <=
                              sensor.aerodrome_radius;
}

// The time since any sensor last contributed, where the system tells it.
std::optional<base::Duration> youngest_update(const Cat062Track& r) {
  using cat062::Update;
  std::optional<base::Duration> youngest;
  for (const Update kind : {Update::psr,
                            Update::ssr,
                            Update::mode_s,
                            Update::ads_c,
                            Update::extended_squitter,
                            Update::vdl_4,
                            Update::uat,
                            Update::loop,
                            Update::multilateration}) {
    const auto age = r.update_ages[kind];
    if (age && (!youngest || *age < *youngest)) youngest = age;
  }
  return youngest;
}

// Reports of tracks that no sensor stands behind now, or that are no aircraft in flight or on the
// ground.
std::optional<Refusal> refusal_of(const Cat062Track& r, const track::SensorDescription& sensor) {
  const cat062::TrackStatus status = r.status.value_or(cat062::TrackStatus{});
  const cat062::ReportType type =
      r.measured && r.measured->type ? *r.measured->type : cat062::ReportType{};
  if (status.simulated || type.simulated || type.test) return Refusal{"simulated_or_test", {}};
  if (type.field_monitor) return Refusal{"field_monitor", {}};
  const std::uint8_t emitter =
      r.aircraft_derived ? r.aircraft_derived->emitter_category.value_or(0) : std::uint8_t{0};
  if (emitter == kParachutist) return Refusal{kAPerson, {}};
  if (r.vehicle_fleet || emitter >= kFirstSurfaceVehicle) return Refusal{"not_an_aircraft", {}};
  if (status.last_message) return Refusal{"track_ended", {}};
  if (status.coasting) return Refusal{"track_coasting", {}};
  if (status.from_flight_plan) return Refusal{"track_coasting", "from a flight plan alone"};
  // Nothing was measured since the report before: this one says the same again.
  if (const auto age = youngest_update(r); age && *age > sensor.period + kAgeStep) {
    return Refusal{"track_coasting", fmt::format("{:.2f} s old", base::to_seconds(*age))};
  }
  if (status.tentative || status.potentially_false) return Refusal{"track_doubtful", {}};
  return std::nullopt;
}

void state_accuracy(const cat062::Accuracies& a, Angle convergence, track::Plot& plot) {
  if (a.wgs84_position_sd) {
    const double metres = geo::kMeanRadiusM;
    state_accuracy(Length::from_metres(metres * base::cos(plot.latitude.radians()) *
                                       a.wgs84_position_sd->longitude.radians()),
                   Length::from_metres(metres * a.wgs84_position_sd->latitude.radians()),
                   0.0,
                   Angle(),
                   plot);
  } else if (a.position_sd) {
    const double root = a.covariance_root ? a.covariance_root->metres() : 0.0;
    const double product = a.position_sd->x.metres() * a.position_sd->y.metres();
    const double correlation = product > 0.0 ? std::fabs(root) * root / product : 0.0;
    state_accuracy(a.position_sd->x, a.position_sd->y, correlation, convergence, plot);
  }
}

void state_velocity(const Cat062Track& r,
                    const track::SensorDescription& sensor,
                    Angle convergence,
                    track::Plot& plot) {
  if (!r.velocity) return;
  const EastNorth v = true_from_plane(
      r.velocity->vx.mps(), r.velocity->vy.mps(), sensor.plane_velocity ? convergence : Angle());
  plot.velocity_east = Speed::from_mps(v.east);
  plot.velocity_north = Speed::from_mps(v.north);
  plot.velocity_sd = sensor.velocity_sd;
  if (r.accuracies && r.accuracies->velocity_sd) {
    const double x = r.accuracies->velocity_sd->vx.mps(), y = r.accuracies->velocity_sd->vy.mps();
    // One number for both axes: the greater.
    if (x > 0.0 || y > 0.0) plot.velocity_sd = Speed::from_mps(std::max(x, y));
  }
}

}  // namespace

std::expected<track::Plot, Refusal> plot_of(const Cat020Report& r,
                                            const track::SensorDescription& sensor) {
  const cat020::Descriptor descriptor = r.descriptor.value_or(cat020::Descriptor{});
  const cat020::TrackStatus status = r.track_status.value_or(cat020::TrackStatus{});
  if (descriptor.simulated || descriptor.test) return refuse("simulated_or_test");
  if (descriptor.field_monitor) return refuse("field_monitor");
  if (descriptor.corrupted_replies) return refuse("failed_station_check", "corrupted replies");
  if (status.ghost) return refuse("failed_station_check", "a ghost, says the system");
  if (status.end_of_track) return refuse("track_ended");
  if (status.coasted) return refuse("track_coasting");
  track::Plot p;
  p.on_ground = descriptor.on_ground;
  // Only a real 24-bit address identifies.
  if (descriptor.address_kind.value_or(0) != 1) p.icao_address = assigned(r.aircraft_address);
  if (r.mode_3a && usable(*r.mode_3a)) p.mode_3a = r.mode_3a->code;
  if (r.flight_level && usable(*r.flight_level)) {
    p.pressure_altitude = r.flight_level->pressure_altitude;
    const bool fine = r.transponder && r.transponder->altitude_25_ft;
    p.altitude_quantum = Length::from_feet(fine ? 25 : 100);
  }
  // What is located is a transmission; one that no transponder owns to is no aircraft's.
  if (!p.icao_address && !p.mode_3a && !p.pressure_altitude) return refuse("no_transponder");
  // I020/245 STI: 3 is not defined. 0, not sent by the aircraft, is what the recorded system says
  // of every one.
  if (r.identification && r.identification->source != 3) p.call_sign = r.identification->text;

  const auto convergence = place(r.position, r.cartesian_position, sensor, p);
  if (!convergence) return std::unexpected(convergence.error());
  if (r.vehicle_fleet || r.vehicle_message) {
    if (!on_aerodrome(p, sensor)) return refuse("not_an_aircraft");
    p.mover = track::Mover::vehicle;
  }
  if (r.position_accuracy && r.position_accuracy->position_sd) {
    const cat020::StandardDeviation& sd = *r.position_accuracy->position_sd;
    // The item is unsigned, and a correlation is not: the upper half is read as two's complement.
    constexpr double kSpan = 65536 / 4.0;
    const double correlation = sd.correlation < kSpan / 2 ? sd.correlation : sd.correlation - kSpan;
    state_accuracy(sd.x, sd.y, correlation, *convergence, p);
  }
  return p;
}

std::expected<track::Plot, Refusal> plot_of(const Cat010Report& r,
                                            const track::SensorDescription& sensor) {
  if (auto refusal = refusal_of(r)) return std::unexpected(*std::move(refusal));
  const cat010::Descriptor descriptor = r.descriptor.value_or(cat010::Descriptor{});
  track::Plot p;
  p.on_ground = descriptor.on_ground;
  p.icao_address = assigned(r.aircraft_address);
  if (r.mode_3a && usable(*r.mode_3a)) p.mode_3a = r.mode_3a->code;
  if (r.flight_level && usable(*r.flight_level)) {
    p.pressure_altitude = r.flight_level->pressure_altitude;
    p.altitude_quantum = Length::from_feet(kSaidNowhereFt);
  }
  if (!p.icao_address && !p.mode_3a && !p.pressure_altitude) return refuse("no_transponder");
  if (r.identification) p.call_sign = r.identification->text;
  const auto convergence = place(r.position, r.cartesian_position, sensor, p);
  if (!convergence) return std::unexpected(convergence.error());
  p.mover = mover_of(descriptor.kind);
  if (r.vehicle_fleet || r.vehicle_message) p.mover = track::Mover::vehicle;
  if (p.mover == track::Mover::vehicle && !on_aerodrome(p, sensor)) {
    return refuse("not_an_aircraft");
  }
  if (const auto& sd = r.position_sd) {
    const double product = sd->x.metres() * sd->y.metres();
    state_accuracy(sd->x, sd->y, product > 0.0 ? sd->covariance / product : 0.0, *convergence, p);
  }
  return p;
}

std::expected<track::Plot, Refusal> surface_plot_of(const Cat010Report& r) {
  if (auto refusal = refusal_of(r)) return std::unexpected(*std::move(refusal));
  if (!r.measured_position) return refuse("no_position");
  track::Plot p;
  p.slant_range = r.measured_position->slant_range;
  p.azimuth = r.measured_position->azimuth;
  return p;
}

bool is_beyond_reach(const track::Plot& plot, const track::SensorDescription& sensor) {
  return sensor.placed &&
         geo::rough_distance(sensor.site, {plot.latitude, plot.longitude, {}}) > sensor.range_max;
}

std::expected<track::Plot, Refusal> plot_of(const Cat021Ed023Report& r,
                                            const track::SensorDescription& sensor) {
  using cat021_ed023::AddressType;
  const cat021_ed023::Descriptor d = r.descriptor.value_or(cat021_ed023::Descriptor{});
  const auto address = static_cast<AddressType>(d.address_type);
  if (d.simulated || d.test) return refuse("simulated_or_test");
  if (d.field_monitor) return refuse("field_monitor");
  if (r.emitter_category == kParachutist) return refuse(kAPerson);
  if (address == AddressType::surface_vehicle ||
      (r.emitter_category && *r.emitter_category >= kFirstSurfaceVehicle)) {
    return refuse("not_an_aircraft");
  }
  if (!r.position) return refuse("no_position");
  track::Plot p;
  if (const auto placed = place(r.position, std::nullopt, {}, p); !placed) {
    return std::unexpected(placed.error());
  }
  if (is_beyond_reach(p, sensor)) return refuse("position_out_of_range", "beyond its range");
  p.position_sd = position_sd(r);
  if (r.ground_vector && r.ground_vector->ground_speed >= Speed()) {
    const auto [sine, cosine] = base::sincos(r.ground_vector->track_angle.radians());
    p.velocity_east = r.ground_vector->ground_speed * sine;
    p.velocity_north = r.ground_vector->ground_speed * cosine;
    p.velocity_sd = velocity_sd(r);
  }
  p.on_ground = d.on_ground;
  p.pressure_altitude = r.pressure_altitude;
  constexpr std::uint8_t kHundreds = 2;
  p.altitude_quantum = Length::from_feet(d.altitude_reporting == kHundreds ? 100 : 25);
  // Only a real 24-bit address identifies; a shared or anonymous one does not.
  if (!r.descriptor || address == AddressType::icao) p.icao_address = assigned(r.aircraft_address);
  if (r.call_sign && r.call_sign->view().find('?') == std::string_view::npos) {
    p.call_sign = *r.call_sign;
  }
  return p;
}

std::expected<track::Plot, Refusal> plot_of(const Cat062Track& r,
                                            const track::SensorDescription& sensor) {
  if (auto refusal = refusal_of(r, sensor)) return std::unexpected(*std::move(refusal));
  track::Plot p;
  const auto convergence = place(r.position, r.cartesian_position, sensor, p);
  if (!convergence) return std::unexpected(convergence.error());
  if (r.accuracies) state_accuracy(*r.accuracies, *convergence, p);
  state_velocity(r, sensor, *convergence, p);

  if (r.aircraft_derived) {
    p.icao_address = assigned(r.aircraft_derived->aircraft_address);
    if (r.aircraft_derived->call_sign) p.call_sign = *r.aircraft_derived->call_sign;
  }
  // I062/245 STI 0: sent by the aircraft.
  if (p.call_sign.empty() && r.identification && r.identification->source == 0)
    p.call_sign = r.identification->text;
  if (r.mode_3a && !r.mode_3a->garbled && !r.mode_3a->not_validated) p.mode_3a = r.mode_3a->code;
  // An old level is of another height.
  const auto age = r.data_ages[cat062::Data::measured_flight_level];
  if (r.measured_flight_level && (!age || *age <= sensor.period)) {
    p.pressure_altitude = *r.measured_flight_level;
    p.altitude_quantum = Length::from_feet(25);
  }
  return p;
}

}  // namespace liptako::feeds
