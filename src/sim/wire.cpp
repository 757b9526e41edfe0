#include "sim/wire.hpp"

#include <cmath>

#include "base/math.hpp"
#include "codec/asterix/encode.hpp"
#include "codec/modes/beast.hpp"
#include "codec/modes/squitter.hpp"

namespace liptako::sim {
namespace {

namespace asterix = codec::asterix;
namespace modes = codec::modes;
using base::Angle;
using base::Bytes;
using base::Length;
using base::Speed;
using base::Timestamp;

asterix::TimeOfDay time_of_day(Timestamp shown) {
  const std::int64_t day = base::kDay.count();
  std::int64_t since_midnight = base::to_ns(shown) % day;
  if (since_midnight < 0) since_midnight += day;
  constexpr std::int64_t kTick = 1'000'000'000 / asterix::TimeOfDay::kTicksPerSecond;
  const std::int64_t ticks = (since_midnight + kTick / 2) / kTick;
  return {static_cast<std::uint32_t>(ticks % asterix::TimeOfDay::kTicksPerDay)};
}

// A run of data blocks, each at most a datagram, taken apart at their length fields.
std::vector<Bytes> one_datagram_a_block(const Bytes& blocks) {
  std::vector<Bytes> out;
  for (std::size_t at = 0; at < blocks.size();) {
    const std::size_t length = static_cast<std::size_t>(blocks[at + 1]) * 256 + blocks[at + 2];
    out.emplace_back(blocks.begin() + static_cast<std::ptrdiff_t>(at),
                     blocks.begin() + static_cast<std::ptrdiff_t>(at + length));
    at += length;
  }
  return out;
}

asterix::Cat048Report report_of(const Radar& radar, const RadarPlot& plot, Timestamp start) {
  asterix::Cat048Report out;
  out.source = radar.id;
  out.time_of_day = time_of_day(shown_by(radar.clock, start, plot.time));
  out.descriptor.emplace();
  if (radar.kind == RadarKind::primary) {
    out.descriptor->detection = asterix::Detection::psr;
  } else {
    out.descriptor->detection =
        plot.icao_address ? asterix::Detection::mode_s_roll_call : asterix::Detection::ssr;
  }
  out.measured_position = {Length::from_metres(plot.slant_range_m),
                           Angle::from_radians(plot.azimuth_rad)};
  if (plot.mode_3a) {
    out.mode_3a.emplace();
    out.mode_3a->code = *plot.mode_3a;
    out.mode_3a->garbled = plot.mode_3a_garbled;
    out.mode_3a->not_validated = plot.mode_3a_garbled;
  }
  if (plot.mode_c_ft) {
    out.flight_level.emplace();
    out.flight_level->pressure_altitude = Length::from_feet(*plot.mode_c_ft);
    out.flight_level->garbled = plot.mode_c_garbled;
    out.flight_level->not_validated = plot.mode_c_garbled;
  }
  if (plot.icao_address) {
    out.aircraft_address = *plot.icao_address;
    out.communications.emplace();
    out.communications->capability = 1;  // communications A and B
    out.communications->altitude_25_ft = true;
    out.communications->identification_capable = true;
  }
  if (!plot.call_sign.empty()) out.call_sign = plot.call_sign;
  if (plot.height_m) out.height_3d = Length::from_metres(*plot.height_m);
  return out;
}

Bytes sector_message(const Radar& radar, const RadarSector& ended, Timestamp start) {
  const int beginning = (ended.number + 1) % RadarSector::kCount;
  asterix::Cat034Message out;
  out.source = radar.id;
  out.type = beginning == 0 ? asterix::Cat034Message::Type::north_marker
                            : asterix::Cat034Message::Type::sector_crossing;
  out.time_of_day = time_of_day(shown_by(radar.clock, start, ended.end));
  if (beginning == 0) {
    out.rotation_period = radar.period;
  } else {
    out.sector_azimuth = Angle::from_radians(2.0 * base::kPi * beginning / RadarSector::kCount);
  }
  Bytes bytes;
  asterix::BlockWriter block(34, bytes, kLargestDatagram);
  block.add(out);
  block.finish();
  return bytes;
}

std::uint8_t emitter_category(AircraftKind kind) {  // I021/020
  switch (kind) {
    case AircraftKind::airliner:
      return 3;
    case AircraftKind::regional:
      return 2;
    case AircraftKind::light:
      return 1;
    case AircraftKind::helicopter:
      return 10;
    case AircraftKind::uncrewed:
      return 13;
    case AircraftKind::state:
      return 2;
  }
  return 0;
}

asterix::Cat021Report report_of(const AdsbStation& station,
                                const AdsbReport& heard,
                                Timestamp sent,
                                Timestamp start) {
  asterix::Cat021Report out;
  out.source = station.id;
  out.descriptor.emplace();
  out.position_time = time_of_day(shown_by(station.clock, start, heard.position_time));
  out.position_received_time = time_of_day(shown_by(station.clock, start, heard.received));
  out.velocity_received_time = out.position_received_time;
  out.transmission_time = time_of_day(shown_by(station.clock, start, sent));
  out.position = {heard.latitude, heard.longitude};
  out.position_high_resolution = out.position;
  out.aircraft_address = heard.icao_address;
  out.geometric_height = Length::from_feet(heard.geometric_height_ft);
  out.quality.emplace();
  out.quality->nac_v = static_cast<std::uint8_t>(heard.nac_v);
  out.quality->nic = static_cast<std::uint8_t>(heard.nic);
  out.quality->accuracy.emplace();
  out.quality->accuracy->nic_baro = true;
  out.quality->accuracy->sil = static_cast<std::uint8_t>(heard.sil);
  out.quality->accuracy->nac_p = static_cast<std::uint8_t>(heard.nac_p);
  out.quality->assurance.emplace();
  out.quality->assurance->system_design_assurance = 2;
  out.quality->assurance->geometric_altitude_accuracy = heard.nac_p >= 9 ? 2 : 1;
  out.mops_version.emplace();
  out.mops_version->version = 2;
  out.mops_version->link = 2;
  out.mode_3a = heard.mode_3a;
  out.pressure_altitude = Length::from_feet(heard.pressure_altitude_ft);
  out.barometric_vertical_rate.emplace();
  out.barometric_vertical_rate->rate = Speed::from_feet_per_minute(heard.vertical_rate_ftmin);
  out.ground_vector.emplace();
  out.ground_vector->ground_speed = Speed::from_knots(heard.ground_speed_kt);
  out.ground_vector->track_angle = Angle::from_radians(heard.track_angle_rad);
  out.call_sign = heard.call_sign;
  out.emitter_category = emitter_category(heard.kind);
  out.status.emplace();
  return out;
}

// The emitter set and category of identification squitters.
std::uint8_t squitter_category(AircraftKind kind) {
  switch (kind) {
    case AircraftKind::airliner:
      return 3;  // large
    case AircraftKind::regional:
    case AircraftKind::state:
      return 2;  // small
    case AircraftKind::light:
      return 1;
    case AircraftKind::helicopter:
      return 7;
    case AircraftKind::uncrewed:
      return 6;  // of set B
  }
  return 0;
}

// Type code of a position message: 9 + i is NIC 11, 10, 9, 8, 7, 6, 5, 4, 2, 1; 18 is NIC 0.
std::uint8_t position_type_code(int nic) {
  switch (nic) {
    case 11:
    case 10:
    case 9:
    case 8:
    case 7:
    case 6:
    case 5:
    case 4:
      return static_cast<std::uint8_t>(20 - nic);
    default:
      return 18;
  }
}

// What an aircraft sends around one report: position and velocity each time, the slower messages by
// turns. Even and odd positions alternate.
std::vector<modes::Frame> squitters(const AdsbReport& heard) {
  std::vector<modes::Frame> out;
  if (heard.has_position) {
    modes::AirbornePositionMessage position;
    position.address = heard.icao_address;
    position.latitude = heard.latitude;
    position.longitude = heard.longitude;
    position.pressure_altitude = Length::from_feet(heard.pressure_altitude_ft);
    position.type_code = position_type_code(heard.nic);
    position.odd = heard.number % 2 != 0;
    out.push_back(modes::encode(position));
    modes::VelocityMessage velocity;
    velocity.address = heard.icao_address;
    velocity.east = Speed::from_knots(heard.east_kt);
    velocity.north = Speed::from_knots(heard.north_kt);
    velocity.vertical_rate = Speed::from_feet_per_minute(heard.vertical_rate_ftmin);
    velocity.geometric_above_pressure =
        Length::from_feet(heard.geometric_height_ft - heard.pressure_altitude_ft);
    velocity.nac_v = static_cast<std::uint8_t>(heard.nac_v);
    out.push_back(modes::encode(velocity));
  }
  constexpr std::int64_t kSlow = 5;
  switch ((heard.number % kSlow + kSlow) % kSlow) {
    case 0: {
      modes::IdentificationMessage identification;
      identification.address = heard.icao_address;
      identification.call_sign = heard.call_sign;
      identification.emitter_set = heard.kind == AircraftKind::uncrewed ? 'B' : 'A';
      identification.category = squitter_category(heard.kind);
      out.push_back(modes::encode(identification));
      break;
    }
    case 1:
    case 3: {
      modes::OperationalStatusMessage status;
      status.address = heard.icao_address;
      status.nac_p = static_cast<std::uint8_t>(heard.nac_p);
      status.sil = static_cast<std::uint8_t>(heard.sil);
      status.gva = heard.nac_p >= 9 ? 2 : 1;
      out.push_back(modes::encode(status));
      break;
    }
    case 2: {
      modes::EmergencyStatusMessage status;
      status.address = heard.icao_address;
      status.mode_3a = heard.mode_3a;
      out.push_back(modes::encode(status));
      break;
    }
    default:
      break;
  }
  return out;
}

// Whole frames a datagram.
std::vector<Bytes> beast_datagrams(const AdsbStation& station,
                                   const std::vector<AdsbReport>& reports,
                                   Timestamp start) {
  std::vector<Bytes> out;
  Bytes datagram;
  // The receiver counts from an instant of its own. That is midnight before the start, so that a
  // recording of it, which knows no more than these stamps, fits those of other sensors.
  const Timestamp zero(std::chrono::floor<std::chrono::days>(start.time_since_epoch()));
  for (const AdsbReport& heard : reports) {
    const std::int64_t since = (shown_by(station.clock, start, heard.received) - zero).count();
    const std::int64_t ticks = since / 250 * 3;  // 12 MHz
    for (const modes::Frame& frame : squitters(heard)) {
      modes::Reception reception;
      reception.frame = frame;
      reception.stamp = static_cast<std::uint64_t>(ticks) & modes::kStampMask;
      reception.signal = 100;
      if (datagram.size() + modes::kLongestBeastFrame > kLargestDatagram) {
        out.push_back(std::move(datagram));
        datagram.clear();
      }
      modes::encode_beast(reception, datagram);
    }
  }
  if (!datagram.empty()) out.push_back(std::move(datagram));
  return out;
}

asterix::Cat020Report report_of(const MlatSystem& system,
                                const MlatReport& measured,
                                Timestamp start) {
  asterix::Cat020Report out;
  out.source = system.id;
  out.descriptor.emplace();
  out.descriptor->mode_s_multilateration = measured.icao_address.has_value();
  out.descriptor->non_mode_s_multilateration = !measured.icao_address;
  out.time_of_day = time_of_day(shown_by(system.clock, start, measured.time));
  out.position = {measured.latitude, measured.longitude};
  out.mode_3a.emplace();
  out.mode_3a->code = measured.mode_3a;
  out.flight_level.emplace();
  out.flight_level->pressure_altitude = Length::from_feet(measured.mode_c_ft);
  out.aircraft_address = measured.icao_address;
  if (!measured.call_sign.empty()) {
    out.identification.emplace();
    out.identification->text = measured.call_sign;
    out.identification->source = 1;  // downlinked by the aircraft
  }
  out.position_accuracy.emplace();
  out.position_accuracy->position_sd.emplace();
  out.position_accuracy->position_sd->x = measured.horizontal_sd;
  out.position_accuracy->position_sd->y = measured.horizontal_sd;
  return out;
}

asterix::Cat062Track report_of(const SystemServer& server,
                               const ServerTrack& track,
                               Timestamp start) {
  asterix::Cat062Track out;
  out.source = server.id;
  out.time_of_track = time_of_day(shown_by(server.clock, start, track.time));
  out.position = {track.latitude, track.longitude};
  out.velocity = {Speed::from_mps(track.east_mps), Speed::from_mps(track.north_mps)};
  out.mode_3a.emplace();
  out.mode_3a->code = track.mode_3a;
  if (track.icao_address) {
    out.aircraft_derived.emplace();
    out.aircraft_derived->aircraft_address = track.icao_address;
    if (!track.call_sign.empty()) out.aircraft_derived->call_sign = track.call_sign;
    out.aircraft_derived->emitter_category = emitter_category(track.kind);
  }
  out.track_number = track.number;
  out.status.emplace();
  out.status->first_message = track.first;
  out.measured_flight_level = Length::from_feet(track.pressure_altitude_ft);
  out.climb_rate = Speed::from_feet_per_minute(track.vertical_rate_ftmin);
  out.accuracies.emplace();
  out.accuracies->position_sd = {track.horizontal_sd, track.horizontal_sd};
  return out;
}

}  // namespace

Timestamp shown_by(const SensorClock& clock, Timestamp start, Timestamp time) {
  const double drift_s = base::to_seconds(time - start) * clock.drift_ppm * 1e-6;
  Timestamp out = time + clock.offset + base::seconds(drift_s);
  for (const SensorClock::Spoof& spoof : clock.spoofs) {
    if (window_end(spoof.window, start, time)) out += spoof.offset;
  }
  return out;
}

std::vector<Bytes> to_datagrams(const Radar& radar, const RadarSector& sector, Timestamp start) {
  Bytes blocks;
  asterix::BlockWriter block(48, blocks, kLargestDatagram);
  for (const RadarPlot& plot : sector.plots) block.add(report_of(radar, plot, start));
  block.finish();
  std::vector<Bytes> out = one_datagram_a_block(blocks);
  out.push_back(sector_message(radar, sector, start));
  return out;
}

std::vector<Bytes> to_datagrams(const AdsbStation& station,
                                const std::vector<AdsbReport>& reports,
                                Timestamp sent,
                                Timestamp start) {
  if (station.format == AdsbFormat::beast) return beast_datagrams(station, reports, start);
  Bytes blocks;
  asterix::BlockWriter block(21, blocks, kLargestDatagram);
  for (const AdsbReport& report : reports) block.add(report_of(station, report, sent, start));
  block.finish();
  return one_datagram_a_block(blocks);
}

std::vector<Bytes> to_datagrams(const MlatSystem& system,
                                const std::vector<MlatReport>& reports,
                                Timestamp start) {
  Bytes blocks;
  asterix::BlockWriter block(20, blocks, kLargestDatagram);
  for (const MlatReport& report : reports) block.add(report_of(system, report, start));
  block.finish();
  return one_datagram_a_block(blocks);
}

Bytes status_message(const MlatSystem& system,
                     const Atmosphere& air,
                     Timestamp time,
                     Timestamp start) {
  asterix::Cat019Message out;
  out.source = system.id;
  out.type = asterix::Cat019Message::Type::periodic_status;
  out.time_of_day = time_of_day(shown_by(system.clock, start, time));
  out.system_status.emplace();
  out.position = {system.site.latitude, system.site.longitude};
  out.height = system.site.height - air.geoid;
  out.undulation = air.geoid;
  Bytes bytes;
  asterix::BlockWriter block(19, bytes, kLargestDatagram);
  block.add(out);
  block.finish();
  return bytes;
}

std::vector<Bytes> to_datagrams(const SystemServer& server,
                                const std::vector<ServerTrack>& tracks,
                                Timestamp start) {
  Bytes blocks;
  asterix::BlockWriter block(62, blocks, kLargestDatagram);
  for (const ServerTrack& track : tracks) block.add(report_of(server, track, start));
  block.finish();
  return one_datagram_a_block(blocks);
}

}  // namespace liptako::sim
