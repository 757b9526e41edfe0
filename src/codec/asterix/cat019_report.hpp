// CAT019, a status message of a multilateration system, as typed values. [CAT019 ed. 1.3]
#pragma once

#include <array>

#include "codec/asterix/report_types.hpp"

namespace liptako::codec::asterix {

// What the items of CAT019 hold.
namespace cat019 {
using asterix::LatLon;

enum class Type : std::uint8_t {
  start_of_update_cycle = 1,
  periodic_status = 2,
  event_status = 3,
};

struct SystemStatus {        // I019/550
  std::uint8_t release = 0;  // 0 operational, 1 degraded, 2 not to be used, 3 undefined
  bool overload = false;
  bool time_source_invalid = false;
  bool test_failed = false;  // of the test transponder's reports
};

struct Processor {  // both false: not used in this system
  bool executing = false;
  bool good = false;
};

struct RemoteSensor {
  std::uint8_t id = 0;
  bool receives_1090 = false;
  bool transmits_1030 = false;
  bool transmits_1090 = false;
  bool good = false;
  bool online = false;
};

enum class TransponderStatus : std::uint8_t { none = 0, warning = 1, faulted = 2, good = 3 };
}  // namespace cat019

// CAT019: a status message of a multilateration system.
struct Cat019Message {
  using Type = cat019::Type;
  using SystemStatus = cat019::SystemStatus;
  using Processor = cat019::Processor;
  using RemoteSensor = cat019::RemoteSensor;
  using TransponderStatus = cat019::TransponderStatus;

  RecordInfo record;

  std::optional<SacSic> source;               // I019/010
  std::optional<Type> type;                   // I019/000; other values are kept as sent
  std::optional<TimeOfDay> time_of_day;       // I019/140
  std::optional<SystemStatus> system_status;  // I019/550
  std::optional<std::array<Processor, 4>> tracking_processors;  // I019/551

  ByteView remote_sensors;  // I019/552, two octets each
  [[nodiscard]] std::size_t remote_sensor_count() const { return remote_sensors.size() / 2; }
  [[nodiscard]] RemoteSensor remote_sensor(std::size_t i) const;

  // I019/553, two transponders an octet. The standard defines four; systems with more send further
  // extents of the same form.
  ByteView reference_transponders;
  [[nodiscard]] std::size_t reference_transponder_count() const {
    return reference_transponders.size() * 2;
  }
  [[nodiscard]] TransponderStatus reference_transponder(std::size_t i) const;

  std::optional<LatLon> position;    // I019/600, of the system reference point
  std::optional<Length> height;      // I019/610, of that point above mean sea level
  std::optional<Length> undulation;  // I019/620, of the geoid above the WGS-84 ellipsoid, there
  ByteView reserved_expansion;       // without its length octet
  ByteView special_purpose;
};

// The two octets of a remote sensor, for building remote_sensors.
[[nodiscard]] std::array<std::uint8_t, 2> to_octets(const cat019::RemoteSensor& sensor);

// Interprets a record; requires record.info.category == 19.
[[nodiscard]] Cat019Message to_cat019(const Record& record);

}  // namespace liptako::codec::asterix
