// What the tracker doubts of a track or a plot, and the numbers it doubts it for. A doubt informs:
// it deletes nothing. What follows from each, the tests and their false-alarm rates:
// docs/DOUBTS.md.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "base/units.hpp"

namespace liptako::track {

// Also bits of TrackView::doubts, in this order.
enum class Doubt : std::uint8_t {
  duplicate_address,   // another aircraft answers with its address
  swapped_addresses,   // it answers with the address that another one had a moment ago
  garbled_code,        // its replies change more often than transponders do
  split_plot,          // plots: a second one of an aircraft in one passage
  reflection,          // plots, and tracks made of them: seen over a wall
  ring_around,         // plots: seen through side lobes
  transponder_failed,  // primary plots go on, replies that were due do not come
  false_position,      // POSITION-DOUBT: its own positions disagree with independent sensors
  false_velocity,      // its own velocities disagree with its positions
  ghost,               // sensors that should see it do not
  jamming,             // lost its navigation together with others around
  false_time,          // its own positions are of another time than they say: POSITION-DOUBT, too
  birds,               // too slow for an aircraft
  standing_echo,       // stands still: a wind turbine, a mast, the ground
};
inline constexpr std::size_t kDoubts = 14;

using DoubtMask = std::uint16_t;
[[nodiscard]] constexpr DoubtMask bit(Doubt doubt) {
  return static_cast<DoubtMask>(1u << static_cast<unsigned>(doubt));
}
// Its own positions are not used while other sensors hold it.
inline constexpr DoubtMask kPositionDoubt = bit(Doubt::false_position) | bit(Doubt::false_time);
// Not confirmed as aircraft.
inline constexpr DoubtMask kNoAircraft = bit(Doubt::birds) | bit(Doubt::standing_echo);

inline constexpr std::array<std::string_view, kDoubts> kDoubtNames = {"duplicate_address",
                                                                      "swapped_addresses",
                                                                      "garbled_code",
                                                                      "split_plot",
                                                                      "reflection",
                                                                      "ring_around",
                                                                      "transponder_failed",
                                                                      "false_position",
                                                                      "false_velocity",
                                                                      "ghost",
                                                                      "jamming",
                                                                      "false_time",
                                                                      "birds",
                                                                      "standing_echo"};
[[nodiscard]] constexpr std::string_view name_of(Doubt doubt) {
  return kDoubtNames[static_cast<std::size_t>(doubt)];
}

enum class FindingKind : std::uint8_t {
  raised = 1,   // the track is doubted from here on
  cleared = 2,  // and from here on no more
  plot = 3,     // this plot was no aircraft, and was not used
};

// Why: the test's statistic against its limit, and what was seen.
struct Finding {
  base::Timestamp time;  // measurement time of the plot that decided
  FindingKind kind = FindingKind::raised;
  Doubt doubt = Doubt::duplicate_address;
  base::TrackNumber track;   // 0: of no track
  std::uint16_t sensor = 0;  // that plot's
  std::optional<base::IcaoAddress> icao_address;
  std::optional<base::ModeACode> mode_3a;
  base::Angle latitude;  // of the track, or of a standing echo
  base::Angle longitude;
  double statistic = 0.0;
  double limit = 0.0;
  // By kind of doubt: east and north offset, m (false_position); lag, s (false_time); velocity
  // error, m/s (false_velocity); aircraft lost, of so many around (jamming); wall's distance, m,
  // and azimuth, deg (reflection); speed, m/s (birds, standing_echo); the other track's number
  // (addresses).
  std::array<double, 2> value{};
  std::uint32_t looks = 0;  // that it rests on
  // Of a plot of a polar radar.
  base::Length slant_range;
  base::Angle azimuth;
};

// Plots not used for doubts, and findings.
struct DoubtCounters {
  std::uint64_t split = 0;
  std::uint64_t reflection = 0;
  std::uint64_t ring_around = 0;
  std::uint64_t position_doubt = 0;  // reports of aircraft under POSITION-DOUBT
  std::uint64_t raised = 0;
  std::uint64_t findings_lost = 0;  // nobody took them in time
};

template <class Archive>
void visit_fields(Archive& archive, DoubtCounters& c) {
  archive(c.split, c.reflection, c.ring_around, c.position_doubt, c.raised, c.findings_lost);
}

}  // namespace liptako::track
