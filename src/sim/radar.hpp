// Rotating radars: what the beam sees of each aircraft as it passes, with the errors of a real
// sensor. Gives measurements, not bytes (wire.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/ids.hpp"
#include "base/math.hpp"
#include "base/prng.hpp"
#include "base/time.hpp"
#include "sim/flight.hpp"
#include "sim/geometry.hpp"
#include "sim/labels.hpp"
#include "sim/scenario.hpp"

namespace liptako::sim {

using Flights = std::vector<std::unique_ptr<Flight>>;

// What the radar measured, before it is put into units of the format.
struct RadarPlot {
  std::uint32_t flight = 0;  // whose it is, for the truth alone; 0: nobody's
  base::Timestamp time;      // true time at which the beam's centre passed
  double slant_range_m = 0.0;
  double azimuth_rad = 0.0;  // clockwise from true north, [0, 2 pi)
  std::optional<base::ModeACode> mode_3a;
  bool mode_3a_garbled = false;
  std::optional<double> mode_c_ft;  // in the transponder's steps of 25 or 100 ft
  bool mode_c_garbled = false;
  std::optional<double> height_m;  // measured by elevation, above mean sea level
  std::optional<base::IcaoAddress> icao_address;
  base::CallSign call_sign;  // empty: not obtained
  // For the labels alone.
  Pathology pathology = Pathology::none;  // of a plot that no aircraft made where it lies
  std::uint32_t of = 0;                   // the flight that such a plot repeats
  bool garbles = false;                   // its code and height may be other than the aircraft's
  std::uint32_t echo = 0;                 // counted from 1: of birds and wind farms
  Place echo_place;
  double echo_radius_m = 0.0;
  double echo_speed_mps = 0.0;
  double echo_course_rad = 0.0;
};

struct RadarSector {
  static constexpr int kCount = 32;  // per revolution, as CAT034 counts them
  int number = 0;                    // 0: begins at north
  base::Timestamp begin;
  base::Timestamp end;
  std::vector<RadarPlot> plots;  // by time
};

class RadarModel {
 public:
  // `radar` and `air` must outlive the model.
  RadarModel(const Radar& radar,
             const Atmosphere& air,
             std::uint64_t seed,
             std::uint64_t index,
             base::Timestamp start);

  // When the sector under the beam ends.
  [[nodiscard]] base::Timestamp next() const;
  // What was seen in it; moves on to the next. Requires the flights to have been flown to next().
  [[nodiscard]] RadarSector scan(const Flights& flights);
  // Moves on without looking: the power is off, the antenna's drive is not.
  void skip() { ++sector_; }

 private:
  [[nodiscard]] base::Timestamp sector_begin(std::int64_t sector) const;
  [[nodiscard]] double beam_azimuth(base::Timestamp time) const;
  // The instant within [begin, end) at which the beam passes over the flight.
  struct Crossing {
    base::Timestamp time;
    Pose pose;
    Sight sight;
  };
  [[nodiscard]] std::optional<Crossing> crossing(const Flight& flight,
                                                 const RadarSector& sector) const;
  [[nodiscard]] bool may_cross(const Flight& flight, const RadarSector& sector) const;
  [[nodiscard]] bool in_sight(const Crossing& seen) const;
  [[nodiscard]] double detection_probability(const Crossing& seen, const Flight& flight) const;
  [[nodiscard]] RadarPlot plot_of(const Crossing& seen, const Flight& flight);
  [[nodiscard]] static bool replies(const Flight& flight, base::Timestamp time);
  void add_replies(RadarPlot& plot, const Flight& flight, const Pose& pose);
  void add_reflections(RadarSector& sector, const Flights& flights);
  void add_clutter(RadarSector& sector);
  struct Spot {
    double range_m;
    double azimuth_rad;
  };
  // For the labels: what stands there.
  void label_echo(RadarPlot& plot, const Spot& spot) const;
  // Radar::faults: radar_faults.cpp. `real`: how many of the plots are what was seen.
  void place_echoes();
  void add_faults(RadarSector& sector, const Flights& flights);
  void split_plots(const PlotFault& fault, RadarSector& sector, std::size_t real);
  void garble(const PlotFault& fault, RadarSector& sector, std::size_t real);
  void add_wall(const PlotFault& fault, RadarSector& sector, const Flights& flights);
  void add_ring(const PlotFault& fault, RadarSector& sector, const Flights& flights);
  void add_echoes(RadarSector& sector);

  const Radar* radar_;
  const Atmosphere* air_;
  base::Timestamp start_;
  Frame site_;
  std::array<base::SinCos, RadarSector::kCount> middles_{};  // directions of the sectors' middles
  base::Prng prng_;
  base::Prng fault_prng_;  // so that faults leave everything else as it is without them
  std::int64_t sector_ =
      0;  // counted from the start of the revolution that was under way at the start
  std::vector<Spot> clutter_spots_;
  // A turbine or a flock, by its place at the start, in the antenna's horizontal plane.
  struct Echo {
    const PlotFault* fault = nullptr;
    double east_m = 0.0;
    double north_m = 0.0;
    double speed_mps = 0.0;
    double course_rad = 0.0;
  };
  std::vector<Echo> echoes_;
};

}  // namespace liptako::sim
