// CAT062, a track of a surveillance data processing system, as typed values. Editions 1.16 to 1.21
// differ in extents and codes only. [CAT062 ed. 1.21]
#pragma once

#include <algorithm>
#include <array>

#include "codec/asterix/report_types.hpp"

namespace liptako::codec::asterix {

// What the items of CAT062 hold.
namespace cat062 {
using asterix::Cartesian;
using asterix::CartesianAcceleration;
using asterix::CartesianVelocity;
using asterix::FinalSelectedAltitude;
using asterix::FlightLevel;
using asterix::Identification;
using asterix::LatLon;
using asterix::Polar;
using asterix::SelectedAltitude;
using asterix::TrajectoryPoint;
using asterix::TrajectoryStatus;
using asterix::TransponderState;

struct Mode3A {  // I062/060
  ModeACode code;
  bool not_validated = false;
  bool garbled = false;
  bool changed = false;
};

// `.._aged`: the last update by that kind of sensor is older than the sender's limit. The bits of
// absent extents are false.
struct TrackStatus {  // I062/080
  bool monosensor = false;
  bool spi = false;
  bool geometric_altitude_better = false;
  // 0 none, 1 GNSS, 2 3D radar, 3 triangulation, 4 coverage, 5 speed table, 6 default,
  // 7 multilateration
  std::uint8_t altitude_source = 0;
  bool tentative = false;

  bool simulated = false;  // second octet
  bool last_message = false;
  bool first_message = false;
  bool flight_plan_correlated = false;
  bool ads_b_inconsistent = false;
  bool slave_promoted = false;
  bool background_service = false;

  bool amalgamated = false;  // third
  std::uint8_t mode_4_reply = 0;
  bool military_emergency = false;
  bool military_identification = false;
  std::uint8_t mode_5_reply = 0;

  bool coasting = false;  // fourth
  bool psr_aged = false;
  bool ssr_aged = false;
  bool mode_s_aged = false;
  bool ads_b_aged = false;
  bool special_code = false;
  bool code_conflict = false;

  std::uint8_t cooperation = 0;  // fifth: 0 combined, 1 cooperative only, 2 non-cooperative only
  std::uint8_t emergency = 0;    // 1 general, 2 medical, 3 fuel, 4 no radio, 5 unlawful, 6 downed
  bool potentially_false = false;
  bool from_flight_plan = false;

  bool duplicate_mode_3a = false;  // sixth
  bool duplicate_flight_plan = false;
  bool duplicate_flight_plan_manual = false;
  bool on_surface = false;
  bool duplicate_identification = false;
  bool inconsistent_emergency = false;
  bool multilateration_aged = false;

  bool mode_5_aged = false;  // seventh
};

struct Movement {                 // I062/200; 3 undetermined
  std::uint8_t transversal = 3;   // 0 constant course, 1 right turn, 2 left turn
  std::uint8_t longitudinal = 3;  // 0 constant speed, 1 faster, 2 slower
  std::uint8_t vertical = 3;      // 0 level, 1 climb, 2 descent
  bool altitude_discrepancy = false;
};

struct BarometricAltitude {  // I062/135
  Length altitude;
  bool qnh_corrected = false;
};

struct Size {  // I062/270; width needs orientation
  Length length;
  std::optional<Angle> orientation;  // of the nose, clockwise from geographical north
  std::optional<Length> width;
};

// Ages by kind, in quarters of a second as sent; the largest value means that or more.
template <class Kind, std::size_t N, std::uint16_t Most>
class Ages {
 public:
  static constexpr std::size_t kCount = N;
  [[nodiscard]] bool empty() const { return present_ == 0; }
  [[nodiscard]] std::optional<base::Duration> operator[](Kind kind) const {
    const auto i = static_cast<std::size_t>(kind);
    if ((present_ >> i & 1) == 0) return std::nullopt;
    return base::Duration(std::int64_t{quarters_[i]} * 250'000'000);
  }
  // Rounded to the nearest quarter of a second.
  void set(Kind kind, base::Duration age) {
    const std::int64_t quarters = (age.count() + 125'000'000) / 250'000'000;
    set_quarters(static_cast<std::size_t>(kind),
                 static_cast<std::uint16_t>(std::clamp<std::int64_t>(quarters, 0, Most)));
  }
  [[nodiscard]] std::optional<std::uint16_t> quarters(std::size_t i) const {
    if ((present_ >> i & 1) == 0) return std::nullopt;
    return quarters_[i];
  }
  void set_quarters(std::size_t i, std::uint16_t quarters) {
    present_ |= std::uint64_t{1} << i;
    quarters_[i] = quarters;
  }

 private:
  std::uint64_t present_ = 0;
  std::array<std::uint16_t, N> quarters_{};
};

enum class Update : std::uint8_t {  // I062/290
  track,
  psr,
  ssr,
  mode_s,
  ads_c,  // the one that may exceed 63.75 s
  extended_squitter,
  vdl_4,
  uat,
  loop,
  multilateration,
};
using UpdateAges = Ages<Update, 10, 65535>;

enum class Data : std::uint8_t {  // I062/295
  measured_flight_level,
  mode_1,
  mode_2,
  mode_3a,
  mode_4,
  mode_5,
  magnetic_heading,
  air_speed,
  true_air_speed,
  selected_altitude,
  final_selected_altitude,
  trajectory_intent,
  transponder,
  ads_b_status,
  acas_resolution_advisory,
  barometric_vertical_rate,
  geometric_vertical_rate,
  roll_angle,
  track_angle_rate,
  track_angle,
  ground_speed,
  velocity_uncertainty,
  weather,
  emitter_category,
  position,
  geometric_altitude,
  position_uncertainty,
  bds_registers,
  indicated_air_speed,
  mach,
  barometric_pressure_setting,
};
using DataAges = Ages<Data, 31, 255>;

struct AirSpeed {  // I062/380 IAS: one of the two
  std::optional<Speed> indicated;
  std::optional<double> mach;
};

struct AdsBStatus {  // I062/380 SAB; 0 unknown, 3 invalid
  std::uint8_t acas = 0;
  std::uint8_t multiple_navigation_aids = 0;
  std::uint8_t differential_correction = 0;
  bool on_ground = false;
  std::uint8_t emergency = 0;
};

struct TrackAngleRate {
  std::uint8_t turn = 0;    // 0 not available, 1 left, 2 right, 3 straight
  double rate_deg_s = 0.0;  // positive: right turn
};

struct Weather {  // I062/380 MET; a value that the sender marked invalid is absent
  std::optional<Speed> wind_speed;
  std::optional<Angle> wind_direction;
  std::optional<double> temperature_c;
  std::optional<std::uint8_t> turbulence;
};

struct AircraftDerived {                                         // I062/380
  std::optional<IcaoAddress> aircraft_address;                   // ADR
  std::optional<CallSign> call_sign;                             // ID
  std::optional<Angle> magnetic_heading;                         // MHG
  std::optional<AirSpeed> air_speed;                             // IAS
  std::optional<Speed> true_air_speed;                           // TAS
  std::optional<SelectedAltitude> selected_altitude;             // SAL
  std::optional<FinalSelectedAltitude> final_selected_altitude;  // FSS
  std::optional<TrajectoryStatus> trajectory_status;             // TIS
  ByteView trajectory_points;                                    // TID, fifteen octets each
  std::optional<TransponderState> transponder;                   // COM
  std::optional<AdsBStatus> ads_b_status;                        // SAB
  std::optional<std::uint64_t> acas_resolution_advisory;         // ACS, 56 bits
  std::optional<Speed> barometric_vertical_rate;                 // BVR, positive up
  std::optional<Speed> geometric_vertical_rate;                  // GVR
  std::optional<Angle> roll_angle;                               // RAN, negative: left wing down
  std::optional<TrackAngleRate> track_angle_rate;                // TAR
  std::optional<Angle> track_angle;                              // TAN, clockwise from true north
  std::optional<Speed> ground_speed;                             // GS, may be negative
  std::optional<std::uint8_t> velocity_uncertainty;              // VUN, a category
  std::optional<Weather> weather;                                // MET
  std::optional<std::uint8_t> emitter_category;                  // EMC
  std::optional<LatLon> position;                                // POS
  std::optional<Length> geometric_altitude;                      // GAL, above the WGS-84 ellipsoid
  std::optional<std::uint8_t> position_uncertainty;              // PUN, a category
  BdsRegisters bds_registers;                                    // MB
  std::optional<Speed> indicated_air_speed;                      // IAR
  std::optional<double> mach;                                    // MAC
  std::optional<double> barometric_pressure_hpa;                 // BPS, the setting itself

  [[nodiscard]] std::size_t trajectory_point_count() const { return trajectory_points.size() / 15; }
  [[nodiscard]] TrajectoryPoint trajectory_point(std::size_t i) const;
};

struct FlightId {         // I062/390 IFI
  std::uint8_t kind = 0;  // 0 plan number, 1 to 3 number of a unit
  std::uint32_t number = 0;
};
struct FlightCategory {      // I062/390 FCT
  std::uint8_t traffic = 0;  // 0 unknown, 1 general, 2 operational, 3 not applicable
  std::uint8_t rules = 0;    // 0 IFR, 1 VFR, 2 not applicable, 3 controlled VFR
  std::uint8_t rvsm = 0;     // 0 unknown, 1 approved, 2 exempt, 3 not approved
  bool high_priority = false;
};
struct ControlPosition {
  std::uint8_t centre = 0;
  std::uint8_t position = 0;
};
struct FlightTime {       // I062/390 TOD
  std::uint8_t kind = 0;  // see the table of the item
  std::uint8_t day = 0;   // 0 today, 1 yesterday, 2 tomorrow, 3 invalid
  std::uint8_t hour = 0;
  std::uint8_t minute = 0;
  std::optional<std::uint8_t> second;
};
struct StandStatus {          // 0, 1, 2 unknown, 3 invalid
  std::uint8_t occupied = 0;  // 0 empty, 1 occupied
  std::uint8_t unavailable = 0;
};
struct PreEmergencyCode {
  ModeACode code;
  bool valid = false;
};
struct FlightPlan {                                       // I062/390
  std::optional<SacSic> system;                           // TAG, the flight plan system
  std::optional<CallSign> call_sign;                      // CS
  std::optional<FlightId> flight_id;                      // IFI
  std::optional<FlightCategory> category;                 // FCT
  std::optional<ShortText> aircraft_type;                 // TAC
  std::optional<ShortText> wake_category;                 // WTC
  std::optional<ShortText> departure;                     // DEP
  std::optional<ShortText> destination;                   // DST
  std::optional<ShortText> runway;                        // RDS
  std::optional<Length> cleared_level;                    // CFL, above 1013.25 hPa
  std::optional<ControlPosition> control;                 // CTL
  ByteView times;                                         // TOD, four octets each
  std::optional<ShortText> stand;                         // AST
  std::optional<StandStatus> stand_status;                // STS
  std::optional<ShortText> departure_route;               // STD
  std::optional<ShortText> arrival_route;                 // STA
  std::optional<PreEmergencyCode> pre_emergency_mode_3a;  // PEM
  std::optional<CallSign> pre_emergency_call_sign;        // PEC

  [[nodiscard]] std::size_t time_count() const { return times.size() / 4; }
  [[nodiscard]] FlightTime time(std::size_t i) const;
};

struct LatLonSd {
  Angle latitude;
  Angle longitude;
};
struct Accuracies {                                      // I062/500, standard deviations
  std::optional<Cartesian> position_sd;                  // APC
  std::optional<Length> covariance_root;                 // COV: sign(c) sqrt(|c|)
  std::optional<LatLonSd> wgs84_position_sd;             // APW
  std::optional<Length> geometric_altitude_sd;           // AGA
  std::optional<Length> barometric_altitude_sd;          // ABA
  std::optional<CartesianVelocity> velocity_sd;          // ATV
  std::optional<CartesianAcceleration> acceleration_sd;  // AA
  std::optional<Speed> climb_rate_sd;                    // ARC
};

struct ReportType {  // I062/340 TYP
  Detection detection{};
  bool simulated = false;
  bool field_monitor = false;
  bool test = false;
};
struct Measured {                     // I062/340: the last report used
  std::optional<SacSic> sensor;       // SID
  std::optional<Polar> position;      // POS
  std::optional<Length> height;       // HEI, by a 3D radar
  std::optional<FlightLevel> mode_c;  // MDC
  std::optional<ReplyCode> mode_3a;   // MDA
  std::optional<ReportType> type;     // TYP
};

struct ComposedNumber {
  std::uint8_t unit = 0;
  std::uint16_t number = 0;  // 15 bits
};
}  // namespace cat062

// CAT062: a track of a surveillance data processing system.
struct Cat062Track {
  using Mode3A = cat062::Mode3A;
  using TrackStatus = cat062::TrackStatus;
  using Movement = cat062::Movement;
  using BarometricAltitude = cat062::BarometricAltitude;
  using Size = cat062::Size;
  using Update = cat062::Update;
  using UpdateAges = cat062::UpdateAges;
  using Data = cat062::Data;
  using DataAges = cat062::DataAges;
  using AircraftDerived = cat062::AircraftDerived;
  using FlightPlan = cat062::FlightPlan;
  using Accuracies = cat062::Accuracies;
  using Measured = cat062::Measured;
  using ComposedNumber = cat062::ComposedNumber;

  RecordInfo record;

  std::optional<SacSic> source;                       // I062/010
  std::optional<std::uint8_t> service_id;             // I062/015
  std::optional<TimeOfDay> time_of_track;             // I062/070, of the state vector
  std::optional<LatLon> position;                     // I062/105, 5.4e-6 degree steps
  std::optional<Cartesian> cartesian_position;        // I062/100, about the system's centre
  std::optional<CartesianVelocity> velocity;          // I062/185, y to the north at the aircraft
  std::optional<CartesianAcceleration> acceleration;  // I062/210, likewise
  std::optional<Mode3A> mode_3a;                      // I062/060
  std::optional<Identification> identification;       // I062/245
  std::optional<AircraftDerived> aircraft_derived;    // I062/380
  std::optional<std::uint16_t> track_number;          // I062/040, the system's own
  std::optional<TrackStatus> status;                  // I062/080
  UpdateAges update_ages;                             // I062/290
  std::optional<Movement> movement;                   // I062/200
  DataAges data_ages;                                 // I062/295
  std::optional<Length> measured_flight_level;        // I062/136, above 1013.25 hPa
  std::optional<Length> geometric_altitude;           // I062/130, above the WGS-84 ellipsoid
  std::optional<BarometricAltitude> barometric_altitude;  // I062/135
  std::optional<Speed> climb_rate;                        // I062/220, positive up
  std::optional<FlightPlan> flight_plan;                  // I062/390
  std::optional<Size> size;                               // I062/270
  std::optional<std::uint8_t> vehicle_fleet;              // I062/300, see the table of the item
  ByteView mode_5_reports;                                // I062/110, its octets as they are
  std::optional<ModeACode> mode_2;                        // I062/120

  ByteView composed_numbers;  // I062/510, three octets each, the responsible unit's first
  [[nodiscard]] std::size_t composed_number_count() const { return composed_numbers.size() / 3; }
  [[nodiscard]] ComposedNumber composed_number(std::size_t i) const;

  std::optional<Accuracies> accuracies;  // I062/500
  std::optional<Measured> measured;      // I062/340
  ByteView reserved_expansion;           // without its length octet
  ByteView special_purpose;
};

// The three octets of a number, for building composed_numbers: one after the other.
[[nodiscard]] std::array<std::uint8_t, 3> to_octets(const cat062::ComposedNumber& number);

// Interprets a record; requires record.info.category == 62.
[[nodiscard]] Cat062Track to_cat062(const Record& record);

}  // namespace liptako::codec::asterix
