// CAT048, a plot or track report of a radar, as typed values. [CAT048 ed. 1.32]
#pragma once

#include "codec/asterix/report_types.hpp"

namespace liptako::codec::asterix {

// What the items of CAT048 hold.
namespace cat048 {
using asterix::FlightLevel;
using asterix::ModeCGray;
using asterix::Polar;

struct Descriptor {  // I048/020; the bits of absent extents are false
  Detection detection{};
  bool simulated = false;
  bool rdp_chain_2 = false;
  bool spi = false;
  bool field_monitor = false;  // a fixed transponder, no aircraft
  bool test = false;
  bool extended_range = false;
  bool x_pulse = false;
  bool military_emergency = false;
  bool military_identification = false;
  std::uint8_t mode_4_reply = 0;
};

struct PlotCharacteristics {  // I048/130
  std::optional<Angle> ssr_run_length;
  std::optional<std::uint8_t> ssr_replies;
  std::optional<std::int8_t> ssr_amplitude_dbm;
  std::optional<Angle> psr_run_length;
  std::optional<std::int8_t> psr_amplitude_dbm;
  std::optional<Length> psr_minus_ssr_range;
  std::optional<Angle> psr_minus_ssr_azimuth;
};

struct Cartesian {
  Length x;  // east of the radar
  Length y;  // north
};

struct Velocity {
  Speed ground_speed;
  Angle heading;  // of the ground track, clockwise from geographical north at the aircraft
};

struct TrackStatus {  // I048/170
  bool tentative = false;
  std::uint8_t maintained_by = 0;  // 0 combined, 1 PSR, 2 SSR or Mode S
  bool doubtful_association = false;
  bool manoeuvring = false;
  std::uint8_t vertical_movement = 3;  // 0 level, 1 climbing, 2 descending, 3 unknown
  bool end_of_track = false;
  bool ghost = false;
  bool neighbour_node_information = false;
  bool slant_range_corrected = false;
};

struct TrackQuality {  // I048/210, standard deviations
  Length x_sd;
  Length y_sd;
  Speed ground_speed_sd;
  Angle heading_sd;
};

struct Doppler {
  Speed speed;  // positive away from the radar, if the radar follows the recommendation
  bool doubtful = false;
};

struct RawDoppler {
  Speed speed;
  Speed ambiguity;
  std::uint16_t frequency_mhz = 0;
};

struct Communications {  // I048/230
  std::uint8_t capability = 0;
  std::uint8_t flight_status = 0;
  bool ii_code_only = false;
  bool specific_services = false;
  bool altitude_25_ft = false;
  bool identification_capable = false;
  bool bds_1_0_bit_16 = false;
  std::uint8_t bds_1_0_bits_37_40 = 0;
  [[nodiscard]] bool on_ground() const { return flight_status == 1 || flight_status == 3; }
};
}  // namespace cat048

// CAT048: a plot or track report of a radar.
struct Cat048Report {
  using Descriptor = cat048::Descriptor;
  using Polar = cat048::Polar;
  using FlightLevel = cat048::FlightLevel;
  using PlotCharacteristics = cat048::PlotCharacteristics;
  using Cartesian = cat048::Cartesian;
  using Velocity = cat048::Velocity;
  using TrackStatus = cat048::TrackStatus;
  using TrackQuality = cat048::TrackQuality;
  using ModeCGray = cat048::ModeCGray;
  using Doppler = cat048::Doppler;
  using RawDoppler = cat048::RawDoppler;
  using Communications = cat048::Communications;

  RecordInfo record;

  std::optional<SacSic> source;                             // I048/010
  std::optional<TimeOfDay> time_of_day;                     // I048/140, of measurement
  std::optional<Descriptor> descriptor;                     // I048/020
  std::optional<Polar> measured_position;                   // I048/040
  std::optional<ReplyCode> mode_3a;                         // I048/070
  std::optional<FlightLevel> flight_level;                  // I048/090
  std::optional<PlotCharacteristics> plot_characteristics;  // I048/130
  std::optional<IcaoAddress> aircraft_address;              // I048/220
  std::optional<CallSign> call_sign;                        // I048/240
  BdsRegisters bds_registers;                               // I048/250
  std::optional<std::uint16_t> track_number;                // I048/161, the radar's own
  std::optional<Cartesian> calculated_position;             // I048/042
  std::optional<Velocity> track_velocity;                   // I048/200
  std::optional<TrackStatus> track_status;                  // I048/170
  std::optional<TrackQuality> track_quality;                // I048/210

  // I048/030: warning_count() codes of 0..127, see the table in [CAT048 ed. 1.32, I048/030].
  ByteView warnings;
  [[nodiscard]] std::size_t warning_count() const { return warnings.size(); }
  [[nodiscard]] std::uint8_t warning(std::size_t i) const { return warnings[i] >> 1; }

  std::optional<std::uint16_t> mode_3a_low_quality;  // I048/080, 12 bits A4 A2 A1 B4 .. D1
  std::optional<std::uint16_t> mode_2_low_quality;   // I048/060, same
  std::optional<std::uint8_t> mode_1_low_quality;    // I048/065, 5 bits A4 A2 A1 B2 B1
  std::optional<ModeCGray> mode_c_gray;              // I048/100
  std::optional<Length> height_3d;                   // I048/110, above mean sea level
  std::optional<Doppler> radial_speed;               // I048/120, first sub-item
  ByteView raw_dopplers;                             // I048/120, second sub-item: six octets each
  [[nodiscard]] std::size_t raw_doppler_count() const { return raw_dopplers.size() / 6; }
  [[nodiscard]] RawDoppler raw_doppler(std::size_t i) const;

  std::optional<Communications> communications;           // I048/230
  std::optional<std::uint64_t> acas_resolution_advisory;  // I048/260, 56 bits
  std::optional<ReplyCode> mode_1;                        // I048/055, 5 bits
  std::optional<ReplyCode> mode_2;                        // I048/050
  ByteView special_purpose;                               // without its length octet
  ByteView reserved_expansion;
};

// Interprets a record; requires record.info.category == 48.
[[nodiscard]] Cat048Report to_cat048(const Record& record);

}  // namespace liptako::codec::asterix
