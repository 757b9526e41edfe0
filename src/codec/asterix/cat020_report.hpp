// CAT020, a plot or track report of a multilateration system, as typed values. [CAT020 ed. 1.11]
#pragma once

#include "codec/asterix/report_types.hpp"

namespace liptako::codec::asterix {

// What the items of CAT020 hold.
namespace cat020 {
using asterix::Cartesian;
using asterix::CartesianAcceleration;
using asterix::CartesianVelocity;
using asterix::FlightLevel;
using asterix::Identification;
using asterix::LatLon;
using asterix::ModeCGray;
using asterix::TransponderState;

struct Descriptor {  // I020/020; the bits of absent extents are false
  bool non_mode_s_multilateration = false;
  bool mode_s_multilateration = false;
  bool hf_multilateration = false;
  bool vdl_4_multilateration = false;
  bool uat_multilateration = false;
  bool dme_multilateration = false;
  bool other_multilateration = false;
  bool field_monitor = false;  // a fixed transponder, no aircraft
  bool spi = false;
  bool chain_2 = false;
  bool on_ground = false;  // the transponder's ground bit
  bool corrupted_replies = false;
  bool simulated = false;
  bool test = false;
  // 0 ICAO address, 1 another kind of address, 2 no ADS-B message, 3 not known
  std::optional<std::uint8_t> address_kind;
};

struct TrackStatus {  // I020/170
  bool tentative = false;
  bool end_of_track = false;
  bool coasted = false;
  std::uint8_t vertical_movement = 3;  // 0 level, 1 climbing, 2 descending, 3 invalid
  bool manoeuvring = false;
  bool smoothed = false;
  bool ghost = false;
};

struct Dilution {  // of precision, no unit
  double x = 0.0;
  double y = 0.0;
  double xy = 0.0;
};
struct StandardDeviation {
  Length x;
  Length y;
  double correlation = 0.0;
};
struct PositionAccuracy {  // I020/500
  std::optional<Dilution> dilution;
  std::optional<StandardDeviation> position_sd;
  std::optional<Length> geometric_height_sd;
};

struct VehicleMessage {  // I020/310
  bool in_trouble = false;
  std::uint8_t message = 0;  // 1 towing, 2 follow me, 3 runway check, 4 emergency, 5 work
};
}  // namespace cat020

// CAT020: a plot or track report of a multilateration system.
struct Cat020Report {
  using Descriptor = cat020::Descriptor;
  using TrackStatus = cat020::TrackStatus;
  using Dilution = cat020::Dilution;
  using StandardDeviation = cat020::StandardDeviation;
  using PositionAccuracy = cat020::PositionAccuracy;
  using VehicleMessage = cat020::VehicleMessage;

  RecordInfo record;

  std::optional<SacSic> source;                       // I020/010
  std::optional<Descriptor> descriptor;               // I020/020
  std::optional<TimeOfDay> time_of_day;               // I020/140
  std::optional<LatLon> position;                     // I020/041, 5.4e-6 degree steps
  std::optional<Cartesian> cartesian_position;        // I020/042, about the system reference point
  std::optional<std::uint16_t> track_number;          // I020/161, the system's own
  std::optional<TrackStatus> track_status;            // I020/170
  std::optional<ReplyCode> mode_3a;                   // I020/070
  std::optional<CartesianVelocity> velocity;          // I020/202
  std::optional<FlightLevel> flight_level;            // I020/090
  std::optional<ModeCGray> mode_c_gray;               // I020/100
  std::optional<IcaoAddress> aircraft_address;        // I020/220; see descriptor.address_kind
  std::optional<Identification> identification;       // I020/245
  std::optional<Length> measured_height;              // I020/110, above the local plane
  std::optional<Length> geometric_height;             // I020/105, above the WGS-84 ellipsoid
  std::optional<CartesianAcceleration> acceleration;  // I020/210
  std::optional<std::uint8_t> vehicle_fleet;          // I020/300, see the table of the item
  std::optional<VehicleMessage> vehicle_message;      // I020/310
  std::optional<PositionAccuracy> position_accuracy;  // I020/500

  // I020/400, a bit for each receiving unit, number 1 the lowest bit of the last octet.
  ByteView receivers;
  [[nodiscard]] bool received_by(std::size_t unit) const {
    const std::size_t octet = (unit - 1) / 8;
    return unit >= 1 && octet < receivers.size() &&
           (receivers[receivers.size() - 1 - octet] >> ((unit - 1) % 8) & 1) != 0;
  }
  [[nodiscard]] unsigned receiver_count() const {
    unsigned count = 0;
    for (const std::uint8_t octet : receivers) count += static_cast<unsigned>(std::popcount(octet));
    return count;
  }

  BdsRegisters bds_registers;                             // I020/250
  std::optional<TransponderState> transponder;            // I020/230
  std::optional<std::uint64_t> acas_resolution_advisory;  // I020/260, 56 bits

  ByteView warnings;  // I020/030: warning_count() codes of 0..127, as in I048/030
  [[nodiscard]] std::size_t warning_count() const { return warnings.size(); }
  [[nodiscard]] std::uint8_t warning(std::size_t i) const { return warnings[i] >> 1; }

  std::optional<ReplyCode> mode_1;  // I020/055, 5 bits
  std::optional<ReplyCode> mode_2;  // I020/050
  ByteView reserved_expansion;      // without its length octet
  ByteView special_purpose;
};

// Interprets a record; requires record.info.category == 20.
[[nodiscard]] Cat020Report to_cat020(const Record& record);

}  // namespace liptako::codec::asterix
