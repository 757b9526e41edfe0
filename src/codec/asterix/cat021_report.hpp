// CAT021, an ADS-B report of a ground station, as typed values. [CAT021 ed. 2.7]
#pragma once

#include <array>

#include "codec/asterix/report_types.hpp"

namespace liptako::codec::asterix {

// What the items of CAT021 hold.
namespace cat021 {
using asterix::FinalSelectedAltitude;
using asterix::LatLon;
using asterix::SelectedAltitude;
using asterix::TrajectoryPoint;
using asterix::TrajectoryStatus;

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

// Interprets a record; requires record.info.category == 21.
[[nodiscard]] Cat021Report to_cat021(const Record& record);

}  // namespace liptako::codec::asterix
