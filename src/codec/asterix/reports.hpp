// What the records of CAT048, CAT034 and CAT021 say, as typed values: one struct a category, one
// field an item, named for its meaning, in the standard's own numbering in the comment. Decoding
// cannot fail once read_record() has checked the structure; absent items are empty. Spans point
// into the decoded data: valid during the call that delivers them, copy what you keep. Repeated
// items are views that read their elements on demand, so decoding allocates nothing.
//
// Angles are as sent: azimuths and headings clockwise from north in [0, 2 pi), latitudes north and
// longitudes east positive. Validity bits are given, never applied: a garbled code is there, with
// garbled = true.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "codec/asterix/record.hpp"

namespace liptako::codec::asterix {

using base::Angle;
using base::CallSign;
using base::IcaoAddress;
using base::Length;
using base::ModeACode;
using base::SacSic;
using base::Speed;

// Time since midnight UTC in units of 1/128 s, as sent: 24 bits, so a faulty source can exceed a
// day (11,059,199).
struct TimeOfDay {
  static constexpr std::uint32_t kTicksPerSecond = 128;
  static constexpr std::uint32_t kTicksPerDay = 86'400 * kTicksPerSecond;
  std::uint32_t ticks = 0;
  [[nodiscard]] constexpr base::Duration since_midnight() const {
    return base::Duration(std::int64_t{ticks} * 7'812'500);
  }
  // Truncated to the tick. Requires 0 <= d < one day.
  static constexpr TimeOfDay from(base::Duration d) {
    return {static_cast<std::uint32_t>(d.count() / 7'812'500)};
  }
  friend constexpr auto operator<=>(TimeOfDay, TimeOfDay) = default;
};

// A Mode S Comm-B register: 56 bits and its BDS code (both halves 0: from a Comm-B broadcast, code
// not known).
struct BdsRegister {
  std::uint64_t message = 0;
  std::uint8_t bds1 = 0;
  std::uint8_t bds2 = 0;
};

// Registers as sent: eight octets each.
class BdsRegisters {
 public:
  BdsRegisters() = default;
  explicit BdsRegisters(ByteView octets) : octets_(octets) {}
  [[nodiscard]] std::size_t size() const { return octets_.size() / 8; }
  [[nodiscard]] bool empty() const { return octets_.empty(); }
  [[nodiscard]] BdsRegister operator[](std::size_t i) const;
  [[nodiscard]] ByteView octets() const { return octets_; }

 private:
  ByteView octets_{};
};
// The eight octets of a register, for building a BdsRegisters.
[[nodiscard]] std::array<std::uint8_t, 8> to_octets(const BdsRegister& bds);

// A reply code with its validity bits. `stale`: not extracted in this scan, or smoothed by a local
// tracker.
struct ReplyCode {
  ModeACode code;
  bool not_validated = false;
  bool garbled = false;
  bool stale = false;
};

enum class Detection : std::uint8_t {
  none = 0,
  psr = 1,
  ssr = 2,
  ssr_psr = 3,
  mode_s_all_call = 4,
  mode_s_roll_call = 5,
  mode_s_all_call_psr = 6,
  mode_s_roll_call_psr = 7,
};

// What the items of CAT048 hold.
namespace cat048 {
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

struct Polar {
  Length slant_range;
  Angle azimuth;  // clockwise from geographical north at the radar
};

struct FlightLevel {
  Length pressure_altitude;  // above 1013.25 hPa
  bool not_validated = false;
  bool garbled = false;
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

struct ModeCGray {  // I048/100, bits C1 A1 C2 A2 C4 A4 B1 D1 B2 D2 B4 D4
  std::uint16_t code = 0;
  std::uint16_t low_quality = 0;
  bool not_validated = false;
  bool garbled = false;
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

// What the items of CAT034 hold.
namespace cat034 {
enum class Type : std::uint8_t {
  north_marker = 1,
  sector_crossing = 2,
  geographical_filtering = 3,
  jamming_strobe = 4,
  solar_storm = 5,
  ssr_jamming_strobe = 6,
  mode_s_jamming_strobe = 7,
};

struct Channel {
  bool antenna_2 = false;
  std::uint8_t channel = 0;  // 0 none, 1 A, 2 B, 3 both (PSR) or invalid
  bool overload = false;
  bool monitoring_disconnected = false;
};

struct ConfigurationCommon {
  bool inhibited = false;  // NOGO: the data shall not be used operationally
  bool rdp_chain_2 = false;
  bool rdp_reset = false;  // track numbers start anew
  bool rdp_overload = false;
  bool transmission_overload = false;
  bool monitoring_disconnected = false;
  bool time_source_invalid = false;
};
struct ConfigurationModeS : Channel {
  bool coordination_channel_b = false;
  bool data_link_channel_b = false;
  bool coordination_overload = false;
  bool data_link_overload = false;
};
struct Configuration {  // I034/050
  using Common = ConfigurationCommon;
  using ModeS = ConfigurationModeS;
  std::optional<Common> common;
  std::optional<Channel> psr;
  std::optional<Channel> ssr;
  std::optional<ModeS> mode_s;
};

struct ProcessingCommon {
  std::uint8_t rdp_reduction_step = 0;
  std::uint8_t transmission_reduction_step = 0;
};
struct ProcessingPsr {
  bool circular_polarisation = false;
  std::uint8_t reduction_step = 0;
  std::uint8_t sensitivity_time_control_map = 0;
};
struct ProcessingModeS {
  std::uint8_t reduction_step = 0;
  bool cluster_not_autonomous = false;
};
struct ProcessingMode {  // I034/060, reduction steps 0..7
  using Common = ProcessingCommon;
  using Psr = ProcessingPsr;
  using ModeS = ProcessingModeS;
  std::optional<Common> common;
  std::optional<Psr> psr;
  std::optional<std::uint8_t> ssr_reduction_step;
  std::optional<ModeS> mode_s;
};

struct Count {
  std::uint8_t type = 0;
  std::uint16_t count = 0;
};

struct PolarWindow {  // I034/100
  Length range_start;
  Length range_end;
  Angle azimuth_start;
  Angle azimuth_end;
};

struct Position {  // I034/120, of the radar
  Length height;   // above mean sea level or ellipsoid: the standard says WGS-84
  Angle latitude;
  Angle longitude;
};

struct Collimation {  // I034/090, PSR minus SSR
  Length range;
  Angle azimuth;
};
}  // namespace cat034

// CAT034: a service message of a radar.
struct Cat034Message {
  using Type = cat034::Type;
  using Channel = cat034::Channel;
  using Configuration = cat034::Configuration;
  using ProcessingMode = cat034::ProcessingMode;
  using Count = cat034::Count;
  using PolarWindow = cat034::PolarWindow;
  using Position = cat034::Position;
  using Collimation = cat034::Collimation;

  RecordInfo record;

  std::optional<SacSic> source;                   // I034/010
  std::optional<Type> type;                       // I034/000; other values are kept as sent
  std::optional<TimeOfDay> time_of_day;           // I034/030
  std::optional<Angle> sector_azimuth;            // I034/020, 1.40625 degree steps
  std::optional<base::Duration> rotation_period;  // I034/041
  std::optional<Configuration> configuration;     // I034/050
  std::optional<ProcessingMode> processing_mode;  // I034/060

  ByteView message_counts;  // I034/070, two octets each
  [[nodiscard]] std::size_t message_count_count() const { return message_counts.size() / 2; }
  [[nodiscard]] Count message_count(std::size_t i) const;

  std::optional<PolarWindow> polar_window;       // I034/100
  std::optional<std::uint8_t> data_filter;       // I034/110
  std::optional<Position> position;              // I034/120
  std::optional<Collimation> collimation_error;  // I034/090
  ByteView reserved_expansion;
  ByteView special_purpose;
};

// What the items of CAT021 hold.
namespace cat021 {
struct Descriptor {               // I021/040; the bits of absent extents are false
  std::uint8_t address_type = 0;  // 0 ICAO, 1 duplicate, 2 surface vehicle, 3 anonymous
  std::uint8_t altitude_reporting = 0;
  bool cpr_validation_pending = false;
  bool field_monitor = false;
  bool differential_correction = false;
  bool on_ground = false;
  bool simulated = false;
  bool test = false;
  bool no_selected_altitude = false;
  std::uint8_t confidence = 0;  // 0 valid, 1 suspect, 2 no information
  bool list_lookup_failed = false;
  bool independent_position_check_failed = false;
  bool station_nogo = false;
  bool cpr_validation_failed = false;
  bool local_decoding_position_jump = false;
  bool range_check_failed = false;
  std::optional<std::uint8_t> total_bits_corrected;
  std::optional<std::uint8_t> maximum_bits_corrected;
};

struct Fraction {  // I021/074, I021/076: the reception time's fraction of a second, finer
  std::uint8_t full_second = 0;  // 0: that of the coarse time; 1: one more; 2: one less
  base::Duration fraction{};
};

struct LatLon {
  Angle latitude;
  Angle longitude;
};

struct TrueAirSpeed {
  Speed speed;
  bool range_exceeded = false;
};

struct QualityAccuracy {  // first extent
  bool nic_baro = false;
  std::uint8_t sil = 0;
  std::uint8_t nac_p = 0;
};
struct QualityAssurance {  // second extent
  bool sil_per_sample = false;
  std::uint8_t system_design_assurance = 0;
  std::uint8_t geometric_altitude_accuracy = 0;
};
struct Quality {  // I021/090; meaning depends on mops_version
  using Second = QualityAccuracy;
  using Third = QualityAssurance;
  std::uint8_t nac_v = 0;  // NUCr for version 0
  std::uint8_t nic = 0;    // NUCp for version 0
  std::optional<QualityAccuracy> accuracy;
  std::optional<QualityAssurance> assurance;
  std::optional<std::uint8_t> position_integrity_category;  // third extent
};

struct MopsVersion {  // I021/210
  bool not_supported = false;
  std::uint8_t version = 0;  // 0 DO-260, 1 DO-260A, 2 DO-260B, 3 DO-260C
  std::uint8_t link = 0;     // 2: 1090 MHz extended squitter
};

struct Status {  // I021/200
  bool intent_change = false;
  bool lnav_not_engaged = false;
  bool military_emergency = false;
  std::uint8_t priority = 0;  // 1 general emergency .. 5 unlawful interference, 6 downed
  std::uint8_t surveillance_status = 0;
};

struct VerticalRate {
  Speed rate;  // positive up
  bool range_exceeded = false;
};

struct GroundVector {
  Speed ground_speed;
  Angle track_angle;  // clockwise from true north
  bool range_exceeded = false;
};

struct Weather {  // I021/220
  std::optional<Speed> wind_speed;
  std::optional<Angle> wind_direction;
  std::optional<double> temperature_c;
  std::optional<std::uint8_t> turbulence;
};

struct SelectedAltitude {
  Length altitude;
  bool source_given = false;
  std::uint8_t source = 0;  // 1 aircraft, 2 MCP/FCU, 3 FMS
};

struct FinalSelectedAltitude {
  Length altitude;
  bool managed_vertical_mode = false;
  bool altitude_hold = false;
  bool approach_mode = false;
};

struct TrajectoryPoint {
  bool number_not_available = false;
  bool non_compliant = false;
  std::uint8_t number = 0;
  Length altitude;
  Angle latitude;
  Angle longitude;
  std::uint8_t point_type = 0;
  std::uint8_t turn = 0;
  bool turn_radius_available = false;
  bool time_over_point_not_available = false;
  std::uint32_t time_over_point_s = 0;
  Length turn_radius;
};

struct TrajectoryStatus {
  bool not_available = false;
  bool not_valid = false;
};

struct OperationalStatus {  // I021/008
  bool resolution_advisory = false;
  std::uint8_t trajectory_change_reports = 0;
  bool state_reports = false;
  bool air_velocity_reports = false;
  bool cdti_airborne = false;
  bool tcas_not_operational = false;
  bool single_antenna = false;
};

struct Surface {  // I021/271
  bool position_is_reference_point = false;
  bool cdti_surface = false;
  bool low_power = false;
  bool receiving_atc_services = false;
  bool ident = false;
  std::optional<std::uint8_t> length_width_code;
};

enum class Age : std::uint8_t {
  operational_status,
  descriptor,
  mode_3a,
  quality,
  trajectory_intent,
  message_amplitude,
  geometric_height,
  flight_level,
  selected_altitude,
  final_selected_altitude,
  air_speed,
  true_air_speed,
  magnetic_heading,
  barometric_vertical_rate,
  geometric_vertical_rate,
  ground_vector,
  track_angle_rate,
  aircraft_identification,
  status,
  weather,
  roll_angle,
  acas_resolution_advisory,
  surface_capabilities,
};
}  // namespace cat021

// CAT021: an ADS-B report of a ground station.
struct Cat021Report {
  using Descriptor = cat021::Descriptor;
  using Fraction = cat021::Fraction;
  using LatLon = cat021::LatLon;
  using TrueAirSpeed = cat021::TrueAirSpeed;
  using Quality = cat021::Quality;
  using MopsVersion = cat021::MopsVersion;
  using Status = cat021::Status;
  using VerticalRate = cat021::VerticalRate;
  using GroundVector = cat021::GroundVector;
  using Weather = cat021::Weather;
  using SelectedAltitude = cat021::SelectedAltitude;
  using FinalSelectedAltitude = cat021::FinalSelectedAltitude;
  using TrajectoryPoint = cat021::TrajectoryPoint;
  using TrajectoryStatus = cat021::TrajectoryStatus;
  using OperationalStatus = cat021::OperationalStatus;
  using Surface = cat021::Surface;
  using Age = cat021::Age;

  RecordInfo record;

  std::optional<SacSic> source;                        // I021/010
  std::optional<Descriptor> descriptor;                // I021/040
  std::optional<std::uint16_t> track_number;           // I021/161, the station's own
  std::optional<std::uint8_t> service_id;              // I021/015
  std::optional<TimeOfDay> position_time;              // I021/071, of applicability
  std::optional<TimeOfDay> velocity_time;              // I021/072
  std::optional<TimeOfDay> position_received_time;     // I021/073
  std::optional<TimeOfDay> velocity_received_time;     // I021/075
  std::optional<TimeOfDay> transmission_time;          // I021/077
  std::optional<Fraction> position_received_fraction;  // I021/074
  std::optional<Fraction> velocity_received_fraction;  // I021/076
  std::optional<LatLon> position;                      // I021/130, 2.1e-5 degree steps
  std::optional<LatLon> position_high_resolution;      // I021/131, 1.7e-7 degree steps
  [[nodiscard]] std::optional<LatLon> best_position() const {
    return position_high_resolution ? position_high_resolution : position;
  }

  std::optional<Speed> indicated_air_speed;  // I021/150: one of these two
  std::optional<double> mach;
  std::optional<TrueAirSpeed> true_air_speed;            // I021/151
  std::optional<IcaoAddress> aircraft_address;           // I021/080; see descriptor.address_type
  std::optional<Length> geometric_height;                // I021/140, above the WGS-84 ellipsoid
  std::optional<Quality> quality;                        // I021/090
  std::optional<MopsVersion> mops_version;               // I021/210
  std::optional<ModeACode> mode_3a;                      // I021/070
  std::optional<Angle> roll_angle;                       // I021/230, negative: left wing down
  std::optional<Length> pressure_altitude;               // I021/145, flight level above 1013.25 hPa
  std::optional<Angle> magnetic_heading;                 // I021/152
  std::optional<Status> status;                          // I021/200
  std::optional<VerticalRate> barometric_vertical_rate;  // I021/155
  std::optional<VerticalRate> geometric_vertical_rate;   // I021/157
  std::optional<GroundVector> ground_vector;             // I021/160
  std::optional<double> track_angle_rate_deg_s;          // I021/165, positive: right turn
  std::optional<CallSign> call_sign;                     // I021/170
  std::optional<std::uint8_t> emitter_category;          // I021/020
  std::optional<Weather> weather;                        // I021/220
  std::optional<SelectedAltitude> selected_altitude;     // I021/146
  std::optional<FinalSelectedAltitude> final_selected_altitude;  // I021/148
  std::optional<TrajectoryStatus> trajectory_status;             // I021/110, first sub-item
  ByteView trajectory_points;  // I021/110, second: fifteen octets each
  [[nodiscard]] std::size_t trajectory_point_count() const { return trajectory_points.size() / 15; }
  [[nodiscard]] TrajectoryPoint trajectory_point(std::size_t i) const;

  std::optional<base::Duration> service_period;           // I021/016
  std::optional<OperationalStatus> operational_status;    // I021/008
  std::optional<Surface> surface;                         // I021/271
  std::optional<std::int8_t> message_amplitude_dbm;       // I021/132
  BdsRegisters bds_registers;                             // I021/250
  std::optional<std::uint64_t> acas_resolution_advisory;  // I021/260, 56 bits
  std::optional<std::uint8_t> receiver_id;                // I021/400

  // I021/295: ages in tenths of a second, 255: 25.5 s or more.
  static constexpr std::size_t kAgeCount = 23;
  std::uint32_t ages_present = 0;  // bit i: Age i
  std::array<std::uint8_t, kAgeCount> ages{};
  [[nodiscard]] std::optional<base::Duration> age(Age which) const {
    const auto i = static_cast<std::size_t>(which);
    if ((ages_present >> i & 1) == 0) return std::nullopt;
    return base::Duration(std::int64_t{ages[i]} * 100'000'000);
  }

  ByteView reserved_expansion;  // without its length octet
  ByteView special_purpose;
};

// Interpret a record of the right category; requires record.info.category to match.
[[nodiscard]] Cat048Report to_cat048(const Record& record);
[[nodiscard]] Cat034Message to_cat034(const Record& record);
[[nodiscard]] Cat021Report to_cat021(const Record& record);

}  // namespace liptako::codec::asterix
