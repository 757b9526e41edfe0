// CAT010, a report or status message of one sensor of an aerodrome's surface movement (surface
// radar, multilateration), as typed values. [CAT010 ed. 1.1]
#pragma once

#include "codec/asterix/report_types.hpp"

namespace liptako::codec::asterix {

// What the items of CAT010 hold.
namespace cat010 {
enum class MessageType : std::uint8_t {
  report = 1,
  start_of_update_cycle = 2,
  periodic_status = 3,
  event_status = 4,
};

// I010/020 TYP
enum class Detection : std::uint8_t {
  ssr_multilateration = 0,
  mode_s_multilateration = 1,
  ads_b = 2,
  primary = 3,
  magnetic_loop = 4,
  hf_multilateration = 5,
  not_defined = 6,
  other = 7,
};

// I010/020 TOT
enum class Kind : std::uint8_t { undetermined = 0, aircraft = 1, vehicle = 2, helicopter = 3 };

struct Descriptor {  // I010/020; the bits of absent extents are false
  Detection detection{};
  bool differential_correction = false;
  bool chain_2 = false;
  bool on_ground = false;  // the transponder's ground bit
  bool corrupted_replies = false;
  bool simulated = false;
  bool test = false;
  bool field_monitor = false;  // a fixed transponder, no aircraft
  std::uint8_t loop = 0;       // 1 start, 2 finish
  Kind kind{};
  bool spi = false;
};

struct PolarVelocity {  // I010/200
  Speed ground_speed;
  Angle track_angle;
};

struct TrackStatus {  // I010/170; the bits of absent extents are zero
  bool tentative = false;
  bool end_of_track = false;
  std::uint8_t coasted = 0;  // 1 between looks, 2 in a masked area, 3 not detected
  bool manoeuvring = false;
  bool slant_range_corrected = false;
  bool smoothed = false;
  std::uint8_t movement = 0;  // 1 taking off, 2 landing, 3 other
  std::uint8_t doubtful = 0;
  std::uint8_t split = 0;
  bool ghost = false;
};

struct Size {  // I010/270
  Length length;
  std::optional<Angle> orientation;  // of the nose, clockwise from north
  std::optional<Length> width;
};

struct SystemStatus {        // I010/550
  std::uint8_t release = 0;  // 0 operational, 1 degraded, 2 not to be used
  bool overload = false;
  bool time_source_invalid = false;
  bool diversity_degraded = false;
  bool test_failed = false;
};

struct VehicleMessage {  // I010/310
  bool in_trouble = false;
  std::uint8_t message = 0;  // 1 towing, 2 follow me, 3 runway check, 4 emergency, 5 work
};

struct PositionSd {  // I010/500
  Length x;
  Length y;
  double covariance = 0.0;  // square metres
};

struct Presence {  // I010/280
  Length range;
  Angle azimuth;
};
}  // namespace cat010

// CAT010: a report about one aircraft or vehicle, or a message of the sensor itself.
struct Cat010Report {
  RecordInfo record;

  std::optional<SacSic> source;                  // I010/010
  std::optional<std::uint8_t> message_type;      // I010/000, a cat010::MessageType
  std::optional<cat010::Descriptor> descriptor;  // I010/020
  std::optional<TimeOfDay> time_of_day;          // I010/140
  std::optional<LatLon> position;                // I010/041, 8.4e-8 degree steps
  std::optional<Polar> measured_position;        // I010/040, 1 m and 0.0055 degree steps
  std::optional<Cartesian> cartesian_position;   // I010/042, about the sensor's own reference
  std::optional<cat010::PolarVelocity> polar_velocity;  // I010/200
  std::optional<CartesianVelocity> velocity;            // I010/202
  std::optional<std::uint16_t> track_number;            // I010/161, the sensor's own
  std::optional<cat010::TrackStatus> track_status;      // I010/170
  std::optional<ReplyCode> mode_3a;                     // I010/060
  std::optional<IcaoAddress> aircraft_address;          // I010/220
  std::optional<Identification> identification;  // I010/245; source 0: sent by the aircraft itself
  BdsRegisters bds_registers;                    // I010/250
  std::optional<std::uint8_t> vehicle_fleet;     // I010/300, see the table of the item
  std::optional<FlightLevel> flight_level;       // I010/090
  std::optional<Length> measured_height;         // I010/091, above the local plane
  std::optional<cat010::Size> size;              // I010/270
  std::optional<cat010::SystemStatus> system_status;      // I010/550
  std::optional<cat010::VehicleMessage> vehicle_message;  // I010/310
  std::optional<cat010::PositionSd> position_sd;          // I010/500
  ByteView presences;                                     // I010/280: two octets each
  [[nodiscard]] std::size_t presence_count() const { return presences.size() / 2; }
  [[nodiscard]] cat010::Presence presence(std::size_t i) const;
  std::optional<std::uint8_t> amplitude;              // I010/131, the radar's own unit
  std::optional<CartesianAcceleration> acceleration;  // I010/210
  ByteView special_purpose;                           // without its length octet
  ByteView reserved_expansion;
};

// Interprets a record; requires record.info.category == 10.
[[nodiscard]] Cat010Report to_cat010(const Record& record);

}  // namespace liptako::codec::asterix
