// A small memory of aircraft that several sensors report, by 24-bit address (of a plot that told
// none: that of the track it went to), and the observations of the sensors' biases that come of it.
// It never looks at where a fused track is: that rests on the biased sensor itself.
//
// Of each aircraft the last reports of each sensor are kept, raw. One sensor is the aircraft's
// reference: an ADS-B station if there is one, else multilateration, else the radar first in the
// list. A report of another sensor becomes an observation when the reference has reported before
// and after it, by its position at that time, drawn straight between the two: so no velocity and no
// filter is assumed, and a turn matters little.
//
// Bounded: 1,024 aircraft, in buckets of four by a hash of the address. An aircraft that finds its
// bucket full of others that are still reported is not used. No allocation after set_sensors().
#pragma once

#include <array>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "geo/frames.hpp"
#include "track/measurement.hpp"
#include "track/registration/observation.hpp"
#include "track/registration/own_way.hpp"

namespace liptako::track::registration {

class CommonAircraft {
 public:
  static constexpr std::uint16_t kAircraft = 1024;

  // Forgets every aircraft.
  void set_sensors(std::span<const SensorDescription> sensors);
  // A plot as reported. Requires plot.sensor to be known and its numbers to be finite. Appends what
  // it makes complete to `out`, never beyond `most` of them. Tells `own_way` of the way between the
  // aircraft's reports to one ADS-B station, and returns what that returns. `now`: time by all
  // sensors together.
  double take(const Plot& plot,
              std::span<const SensorDescription> sensors,
              base::Timestamp now,
              OwnWay& own_way,
              std::vector<Observation>& out,
              std::size_t most);
  // The clock of that sensor has moved: no report of before is compared with one of now.
  void note_step(const ClockStep& step);
  // What the aircraft says of its own place is not to be believed; its reports are still compared.
  void set_doubted(std::uint16_t aircraft, bool doubted) {
    if (aircraft < aircraft_.size()) aircraft_[aircraft].doubted = doubted;
  }
  // How many aircraft there are of which ADS-B is doubted.
  [[nodiscard]] std::uint32_t doubted() const;
  // The aircraft that has this place; 0 if none. Changes when another takes the place.
  [[nodiscard]] std::uint32_t address_of(std::uint16_t aircraft) const {
    return keys_[aircraft].used ? keys_[aircraft].address : 0;
  }

  void save(base::ByteWriter& out) const;
  // False: not a memory of these sensors.
  [[nodiscard]] bool load(base::ByteReader& in);

 private:
  static constexpr int kWays = 4;
  static constexpr int kReports = 6;
  static constexpr int kLines = 12;

  struct Report {
    base::Timestamp time;
    double first = 0.0;   // slant range, or latitude
    double second = 0.0;  // azimuth, or longitude
    float altitude_m = 0.0F;
    float height_m = 0.0F;     // geometric
    float height_sd_m = 0.0F;  // of it
    float elevation_rad = 0.0F;
    float sd_east_m = 0.0F;
    float sd_north_m = 0.0F;
    float correlation = 0.0F;
    bool has_altitude = false;
    bool has_height = false;
    bool has_elevation = false;
    bool compared = false;          // with a reference that is believed
    bool compared_doubted = false;  // with one that is not
  };
  // Reports of one sensor on one aircraft, by time.
  struct Line {
    std::uint16_t sensor = 0;
    std::uint8_t count = 0;
    base::Timestamp newest;
    base::Timestamp observed;  // the newest report that became an observation
    bool was_observed = false;
    Way way;
    std::array<Report, kReports> reports;
  };
  // Apart from the aircraft's reports, which are long: a plot of one that is not kept looks at four
  // of these and at nothing else.
  struct Key {
    base::Timestamp newest;
    std::uint32_t address = 0;
    bool used = false;
  };
  struct Aircraft {
    bool doubted = false;
    std::uint8_t lines_used = 0;
    std::uint8_t waiting = 0;  // upper bound of reports not yet compared
    std::array<Line, kLines> lines;
  };
  struct Sensor {
    Components components;
    bool stated = false;  // a latitude and longitude, not range and azimuth
    std::uint32_t rank = 0;
    geo::TangentFrame site;
  };
  template <class Archive>
  friend void visit_fields(Archive& archive, Report& r);

  [[nodiscard]] Aircraft* find(std::uint32_t address, base::Timestamp time);
  [[nodiscard]] Line* line_of(Aircraft& a, std::uint16_t sensor, base::Timestamp time) const;
  [[nodiscard]] Line* reference_of(Aircraft& a, base::Timestamp time, bool doubted_too) const;
  // The second is empty unless the report tells an elevation.
  struct Compared {
    std::optional<Observation> place;
    std::optional<Observation> elevation;
  };
  [[nodiscard]] Compared compare(const Aircraft& a,
                                 Line& line,
                                 const Report& report,
                                 const Line& reference,
                                 int before,
                                 std::span<const SensorDescription> sensors) const;
  void compare_with(Aircraft& a,
                    Line& reference,
                    Line& changed,
                    std::span<const SensorDescription> sensors,
                    std::vector<Observation>& out,
                    std::size_t most);
  // What lives on from report to report of the reference.
  struct Slow {
    double position[3] = {};  // covariance, east and north
    double counted = 1.0;     // so many times
  };
  // What two reports of the reference make of the instant and place of a report in between.
  struct Between {
    const Report* first = nullptr;
    const Report* second = nullptr;
    double part = 0.0;        // of the way from the first to the second
    geo::TangentFrame frame;  // its origin is the place
    HorizontalState state;
  };
  // What the report's elevation tells; `o`, the observation of its range and azimuth, says whose
  // and when.
  [[nodiscard]] std::optional<Observation> compare_elevation(
      const Observation& o,
      const Sensor& own,
      const Report& report,
      const Between& between,
      const Slow& slow,
      const SensorDescription& described) const;
  [[nodiscard]] static Plot plot_of(const Sensor& s, std::uint16_t sensor, const Report& report);

  std::vector<Sensor> sensors_;
  std::vector<Key> keys_;
  std::vector<Aircraft> aircraft_;  // each of the key at its place
};

}  // namespace liptako::track::registration
