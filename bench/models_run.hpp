// The scenes of bench_models: flights simulated here and followed by the tracker with and without
// what is asked about. models_test.cpp holds short ones to bounds.
#pragma once

#include <cmath>
#include <cstddef>
#include <string_view>

namespace liptako::bench {

struct Tally {
  double square = 0, nees = 0;
  int count = 0;
  [[nodiscard]] double rms() const { return std::sqrt(square / std::fmax(1, count)); }
  [[nodiscard]] double mean_nees() const { return nees / std::fmax(1, count) / 2.0; }
};
struct Phases {
  Tally steady, manoeuvre;
};

// Kinds of flights, each seen as such aircraft are seen.
inline constexpr std::string_view kFlights[] = {
    "airliner", "light", "helicopter", "uav", "surface"};

struct FollowOptions {
  bool as_it_is = true;  // else as an airliner
  int flights = 40;
  double lag_s = 0;  // over 0: of what the tracker said, smoothed by so much
};
[[nodiscard]] Phases follow(std::size_t kind, const FollowOptions& how);

// Aircraft with Mode C alone about a radar, by distance, on a day 14 K warmer than the standard.
struct AirScore {
  Tally height, near, far;
};

// `told`: ADS-B of twenty others tells both heights. After ten minutes, to `minutes`.
[[nodiscard]] AirScore fly_in_warm_air(bool told, int minutes);

// Aircraft without a transponder that take off among false plots.
struct BirthScore {
  int false_tracks = 0, aircraft = 0, confirmed = 0;
  double delay_s = 0;
  double hours = 0;
};

struct BirthOptions {
  bool learns = true;       // where aircraft begin
  double false_plots = 20;  // a turn
  int hours = 6;            // scored, after two to learn
};
[[nodiscard]] BirthScore fly_out(const BirthOptions& how);

}  // namespace liptako::bench
