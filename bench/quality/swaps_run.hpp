// Aircraft that tell their address, close to each other, for many flight hours: does a number ever
// pass from one to another? Crossings, pairs half a mile apart, overtaking at one level and
// formations, many at a time in one piece of sky, seen by two Mode S radars and ADS-B with what
// goes wrong there: replies without an address or with a wrong one, now and then the neighbour's;
// silent transponders, codes and altitudes missing, plots of nobody, sensors set up a little wrong.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace liptako::bench {

enum class Encounter : std::uint8_t { crossing, parallel, overtaking, formation };
inline constexpr std::array<std::string_view, 4> kEncounterNames = {
    "crossing", "parallel, 0.5 NM", "overtaking", "formation"};

struct SwapsOptions {
  // Of aircraft that have another of their encounter within 5 NM: the run ends when there were so
  // many.
  double hours = 300.0;
  std::uint64_t seed = 1;
  // Of the radar plots of an aircraft within 5 NM of another: those that tell the other's address.
  double neighbours_address = 5e-4;
};

struct SwapsTally {
  double flight_hours = 0.0;  // within 5 NM of another of the encounter
  std::uint64_t encounters = 0;
  // A number that stood for one aircraft stands for another: it goes with the address of another,
  // or is at two instants where another is and its own is not, on plots of the other.
  std::uint64_t swaps = 0;
  // A track took a plot with the right address of one aircraft and of another.
  std::uint64_t merges = 0;
  // It is there at two instants on one plot.
  std::uint64_t astray = 0;
  // Aircraft with two confirmed tracks at an instant, and with none; instants are 4 s apart and
  // begin 40 s after the first plot.
  std::uint64_t instants = 0;
  std::uint64_t doubled = 0;
  std::uint64_t unseen = 0;
  // The number of an aircraft became a new one.
  std::uint64_t renamed = 0;
  // Plots without a right address that a track took, and those of them that were of another
  // aircraft.
  std::uint64_t nameless = 0;
  std::uint64_t strayed = 0;

  SwapsTally& operator+=(const SwapsTally& other);
};

// One swap, merge or doubled aircraft, with what is needed to see it again.
struct SwapFinding {
  std::string what;
  Encounter encounter = Encounter::crossing;
  std::uint64_t scene = 0;  // seed of its piece of sky
  double at_s = 0.0;
  std::string trace;  // the last plots of the track: time, sensor, aircraft, what address they told
};

struct SwapsResult {
  std::array<SwapsTally, 4> by_encounter;
  std::uint64_t scenes = 0;
  std::uint64_t plots = 0;
  std::uint64_t without_address = 0;
  std::uint64_t wrong_address = 0;
  std::uint64_t neighbours_address = 0;  // of the wrong ones
  std::vector<SwapFinding> findings;     // the first 60; of new numbers, 5

  [[nodiscard]] SwapsTally all() const;
};

[[nodiscard]] SwapsResult run_swaps(const SwapsOptions& options);

}  // namespace liptako::bench
