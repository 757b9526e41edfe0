#include "sim/wire.hpp"

#include <cmath>

#include "base/math.hpp"
#include "codec/asterix/encode.hpp"

namespace liptako::sim {
namespace {

namespace asterix = codec::asterix;
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

}  // namespace

Timestamp shown_by(const SensorClock& clock, Timestamp start, Timestamp time) {
  const double drift_s = base::to_seconds(time - start) * clock.drift_ppm * 1e-6;
  return time + clock.offset + base::seconds(drift_s);
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
  Bytes blocks;
  asterix::BlockWriter block(21, blocks, kLargestDatagram);
  for (const AdsbReport& report : reports) block.add(report_of(station, report, sent, start));
  block.finish();
  return one_datagram_a_block(blocks);
}

}  // namespace liptako::sim
