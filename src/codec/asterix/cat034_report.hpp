// CAT034, a service message of a radar, as typed values. [CAT034 ed. 1.29]
#pragma once

#include "codec/asterix/report_types.hpp"

namespace liptako::codec::asterix {

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

// Interprets a record; requires record.info.category == 34.
[[nodiscard]] Cat034Message to_cat034(const Record& record);

}  // namespace liptako::codec::asterix
