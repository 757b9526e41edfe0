// The two files that are scored, line by line: truth.jsonl as `liptako sim`
// writes it (docs/SIMULATOR.md), tracks.jsonl as `liptako track` writes it
// (docs/CONSOLE_PROTOCOL.md). Total: any bytes give a line or an error that
// names the field.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "assess/scorer.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace liptako::assess {

// What an aircraft carries, the group a truth line is counted in.
enum class Equipment : std::uint8_t { none, mode_ac, mode_s, ads_b, other };
inline constexpr std::array<std::string_view, 5> kEquipmentNames = {
    "none", "mode_ac", "mode_s", "adsb", "other"};

struct TruthLine {
  base::Timestamp time;
  TruthSample sample;       // in the air, and seen if the line tells; `group` is its
                            // Equipment
  bool tells_seen = false;  // the line has `seen_by`
  bool seen = false;        // by the member asked for, or by anybody
};

enum class TrackState : std::uint8_t { tentative, confirmed, coasting, dropped };

struct TrackLine {
  base::Timestamp time;
  std::uint64_t track = 0;
  TrackState state = TrackState::tentative;
  std::optional<geo::Geodetic> position;  // absent for a track without place
  base::Speed ground_speed;
  base::Angle track_angle;
  std::optional<base::Length> pressure_altitude;
  Identity identity;
  std::optional<TrackSample::Covariance> covariance;  // of the position, if the line tells it
  // Of the plot that made this line, if it tells: normalised innovation squared, two degrees of
  // freedom, and its sensor.
  std::optional<double> nis;
  std::string nis_source;
};

// `member`: whose sensors must have seen the aircraft for a track to be due; empty for any. A line
// without `seen_by` is then at fault.
[[nodiscard]] base::Result<TruthLine> parse_truth_line(std::string_view line,
                                                       std::string_view member = {});
[[nodiscard]] base::Result<TrackLine> parse_track_line(std::string_view line);

}  // namespace liptako::assess
