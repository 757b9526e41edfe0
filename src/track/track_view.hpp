// What the tracker says of a local track, at one instant, with its uncertainty: the only form in
// which tracks leave this folder.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <optional>

#include "base/ids.hpp"
#include "base/math.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "geo/geodetic.hpp"
#include "track/plot.hpp"

namespace liptako::track {

enum class TrackStatus : std::uint8_t {
  tentative = 1,  // existence not yet established
  confirmed = 2,
  coasting = 3,  // confirmed, but extrapolated: plots that were due did not come
  dropped = 4,   // last word on this track; its number comes back only by identity
};

struct TrackView {
  base::TrackNumber number;
  TrackStatus status = TrackStatus::tentative;
  base::Timestamp time;             // the instant position and velocity hold for
  base::Timestamp first_plot_time;  // measurement time of the first plot
  base::Timestamp
      last_plot_time;  // measurement time of the newest plot used: age = time - last_plot_time
  // False if every sensor that saw the track has no configured site: then `position` means nothing
  // and is not shown.
  bool placed = true;
  geo::Geodetic position;  // height unused
  base::Speed velocity_east;
  base::Speed velocity_north;
  // Pressure altitude (Mode C or ADS-B flight level) and its rate; absent if no plot carried one.
  std::optional<base::Length> pressure_altitude;
  // Above the ellipsoid, measured or worked out from the pressure altitude; absent if nothing told
  // of the height.
  std::optional<base::Length> geometric_height;
  base::Length geometric_height_sd;
  base::Speed vertical_rate;
  // Horizontal position covariance in local east and north, square metres.
  double cov_ee_m2 = 0.0;
  double cov_en_m2 = 0.0;
  double cov_nn_m2 = 0.0;
  // The rest of the covariance, for whoever extrapolates: position with velocity (east-east,
  // east-north, north-east, north-north), m^2/s; velocity (east-east, east-north, north-north),
  // m^2/s^2.
  std::array<double, 4> cov_position_velocity{};
  std::array<double, 3> cov_velocity{};
  double existence = 0.0;  // probability that there is an aircraft behind this track
  // The plots of some look may be this aircraft's or a neighbour's, and more than one way to share
  // them out is still believed.
  bool ambiguous = false;
  // Probability that the number is a neighbour's by now, since somebody told who is who.
  double exchanged = 0.0;
  std::optional<base::IcaoAddress> icao_address;
  std::optional<base::ModeACode> mode_3a;
  base::CallSign call_sign;
  Mover mover = Mover::unknown;  // what its reports say it is
  std::uint32_t breaks = 0;      // times this number was lost and resumed by identity
  std::uint64_t sensors =
      0;  // bit i: sensor i (order of configuration) has contributed in the last 60 s
  std::uint16_t doubts = 0;  // bit i: Doubt i (doubt/doubt.hpp)
  // Of a system track only, whose sensors are other nodes' too: bit k, a sensor of kind k has
  // contributed. The tracker leaves it 0.
  std::uint8_t kinds = 0;

  [[nodiscard]] base::Speed ground_speed() const {
    const double east = velocity_east.mps(), north = velocity_north.mps();
    return base::Speed::from_mps(std::sqrt(east * east + north * north));
  }
  // Clockwise from true north, [0, 2 pi).
  [[nodiscard]] base::Angle track_angle() const {
    return base::Angle::from_radians(
        base::wrap_two_pi(base::atan2(velocity_east.mps(), velocity_north.mps())));
  }
  void set_velocity(base::Speed speed, base::Angle angle) {
    const auto [sine, cosine] = base::sincos(angle.radians());
    velocity_east = speed * sine;
    velocity_north = speed * cosine;
  }
};

}  // namespace liptako::track
