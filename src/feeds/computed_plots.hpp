// Plots of systems that compute positions themselves: multilateration (CAT020, CAT010) and other
// systems' trackers (CAT062); and of what else is told by CAT010 and CAT021 ed. 0.23. What of a
// report becomes a plot, and which reports become none.
//
// Of a tracker's identity only what the aircraft itself transmits is taken: address, Mode 3/A, call
// sign. Modes 1, 2, 4 and 5 and whatever the other system concluded from them, or from a flight
// plan, is its own declaration and is not taken over.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "codec/asterix/reports.hpp"
#include "track/plot.hpp"

namespace liptako::feeds {

// Why a report is no plot: a reason of AsterixFeed, and what was wrong in particular.
struct Refusal {
  std::string_view reason;
  std::string detail;
};

// Time and sensor are left to the caller. `sensor`: the one that sent it; its site is the origin of
// positions that are told on its plane.
[[nodiscard]] std::expected<track::Plot, Refusal> plot_of(
    const codec::asterix::Cat020Report& report, const track::SensorDescription& sensor);
[[nodiscard]] std::expected<track::Plot, Refusal> plot_of(
    const codec::asterix::Cat010Report& report, const track::SensorDescription& sensor);
[[nodiscard]] std::expected<track::Plot, Refusal> plot_of(const codec::asterix::Cat062Track& report,
                                                          const track::SensorDescription& sensor);

// Of a surface radar's report: an echo, of whatever moves or stands there.
[[nodiscard]] std::expected<track::Plot, Refusal> surface_plot_of(
    const codec::asterix::Cat010Report& report);
// Of an ADS-B station's report, of edition 0.23.
[[nodiscard]] std::expected<track::Plot, Refusal> plot_of(
    const codec::asterix::Cat021Ed023Report& report, const track::SensorDescription& sensor);

// Further from its site than a station can hear: positions wrongly decoded from half a pair of
// messages lie anywhere on Earth.
[[nodiscard]] bool is_beyond_reach(const track::Plot& plot, const track::SensorDescription& sensor);

}  // namespace liptako::feeds
