// One aircraft from departure to arrival: a small autopilot that flies a route the way aircraft do,
// with bank and roll limits, climbs and descents, speed changes, racetracks, take-off and landing.
// Its path between the autopilot's steps is a cubic curve, and that curve is the truth: position
// and velocity fit each other exactly.
//
// A pure function of its plan: asking at other times, or in other portions, gives the same path.
// The wind changes when it is where, never the path (Wind): the autopilot flies in still air, and
// time passes for it faster or more slowly as the wind carries the aircraft.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "sim/geometry.hpp"
#include "sim/scenario.hpp"
#include "sim/wind.hpp"

namespace liptako::sim {

// What a kind of aircraft can do. Speeds are true air speeds.
struct Performance {
  base::Speed cruise;
  base::Speed low;       // below 3,000 ft
  base::Speed approach;  // at the threshold
  base::Speed lift_off;
  base::Speed climb;    // at sea level, falling towards the ceiling
  base::Speed descent;  // at most
  base::Length ceiling;
  base::Angle bank;      // at most
  double echo_m2 = 1.0;  // radar cross-section
};
[[nodiscard]] const Performance& performance(AircraftKind kind);

// Height above the ellipsoid of a pressure altitude, and back (to 1 mm).
[[nodiscard]] double height_of_pressure_altitude(const Atmosphere& air, double pressure_altitude_m);
[[nodiscard]] double pressure_altitude_of_height(const Atmosphere& air, double height_m);

struct FlightPlan {
  std::uint32_t number = 0;
  std::uint16_t traffic = 0;  // index into Scenario::traffic
  AircraftKind kind = AircraftKind::airliner;
  bool ghost = false;  // squitters without an aircraft
  base::Timestamp departs;
  std::vector<RoutePoint> route;  // as in Traffic, laps and random offsets already worked in
  base::Length level;             // cruising pressure altitude
  base::Speed cruise;
  Transponder transponder = Transponder::adsb;
  base::IcaoAddress icao_address;
  base::ModeACode mode_3a;
  base::CallSign call_sign;
  int nac_p = 9;
  base::Length altimeter_error;  // of the aircraft's own pressure altitude
  std::vector<Interval<base::Duration>> silent;
  std::uint64_t seed = 0;  // for the navigation error and the wind
};

// Where an aircraft is at an instant.
struct Pose {
  Vec3 position;  // ECEF, metres
  Vec3 velocity;  // ECEF, metres per second
  double pressure_altitude_m = 0.0;
  double vertical_rate_mps = 0.0;  // of pressure altitude
  bool on_ground = false;
};

// Error of an aircraft's satellite navigation: slow, bounded in frequency, a pure function of time.
// Each horizontal axis has the standard deviation that the accuracy category allows: its 95 %
// radius divided by 2.45 [Annex 10 Vol. IV; EPU in DO-260B table 2-71]. Serves for any error of
// that nature.
class NavigationError {
 public:
  NavigationError(int nac_p, std::uint64_t seed);
  // With this standard deviation on each horizontal axis, half as much again in height.
  NavigationError(base::Length horizontal_sd, std::uint64_t seed);
  struct Offset {
    double east_m = 0.0;
    double north_m = 0.0;
    double up_m = 0.0;
  };
  [[nodiscard]] Offset at(base::Duration flight_time) const;
  // 95 % radius of a category; nothing for those without a bound.
  [[nodiscard]] static std::optional<base::Length> radius95(int nac_p);

 private:
  static constexpr int kWaves = 5;
  struct Wave {
    double amplitude_m = 0.0;
    double rate = 0.0;  // radians per second
    double phase = 0.0;
  };
  std::array<std::array<Wave, kWaves>, 3> axes_{};
};

class Flight {
 public:
  // `aerodromes` and `air` are read during construction only.
  Flight(FlightPlan plan, const std::vector<Aerodrome>& aerodromes, const Atmosphere& air);

  // Flies on, at least to `time` or to the end of the flight. What lies more than 70 s before is
  // forgotten.
  void fly_to(base::Timestamp time);
  // True if the flight has been flown to its end, and the end lies before `time`.
  [[nodiscard]] bool over(base::Timestamp time) const;

  // Where it is; nothing before departure and after arrival. Requires fly_to(time), and not
  // forgotten.
  [[nodiscard]] std::optional<Pose> at(base::Timestamp time) const;
  // False only if it is not that near at any time within 15 s of what it was flown to: a cheap look
  // before the exact one.
  [[nodiscard]] bool within(Vec3 ecef_m, double distance_m) const {
    const Vec3 way = knots_.back().pose.position - ecef_m;
    const double reach = distance_m + kReachM;
    return dot(way, way) <= reach * reach;
  }
  [[nodiscard]] Vec3 newest_position() const { return knots_.back().pose.position; }
  // How far the newest position may be from one at most 15 s older.
  static constexpr double kReachM = 7000.0;
  [[nodiscard]] bool silent(base::Timestamp time) const;
  // The error of its own navigation. A pure function of time.
  [[nodiscard]] NavigationError::Offset navigation_error(base::Timestamp time) const {
    return navigation_.at(time - plan_.departs);
  }
  [[nodiscard]] const FlightPlan& plan() const { return plan_; }
  // The address it answers with: its own, or what a fault makes of it.
  [[nodiscard]] base::IcaoAddress told_address() const {
    return told_address_.value_or(plan_.icao_address);
  }
  void tell_address(std::optional<base::IcaoAddress> address) { told_address_ = address; }

 private:
  struct Knot {
    std::int64_t time_ms = 0;  // after departure
    Pose pose;
  };
  // A point to fly by, in the autopilot's own list: runways and racetracks already unfolded.
  struct Waypoint {
    Vec3 position;
    double to_go_m = 0.0;    // from here to the last one
    double limit_mps = 1e9;  // speed on the way to it
  };
  struct Command {
    double turn_rate = 0.0;
    double speed_mps = 0.0;
    double vertical_rate_mps = 0.0;
    bool steady = false;  // nothing changes within the next long step
  };

  void unfold_route(const std::vector<Aerodrome>& aerodromes);
  void unfold_hold(const Frame& fix, const Hold& hold);
  void add(const Frame& point, double limit_mps);
  void step();
  void choose_waypoint();
  [[nodiscard]] Command command() const;
  [[nodiscard]] double turn_radius_m(double speed_mps) const;
  [[nodiscard]] double lead_distance_m() const;
  [[nodiscard]] Knot knot() const;
  // The time after departure at which it would be there in still air, and how fast that passes.
  struct AirTime {
    base::Duration time{};
    double rate = 1.0;
  };
  [[nodiscard]] AirTime air_time(base::Timestamp time) const;

  FlightPlan plan_;
  std::optional<base::IcaoAddress> told_address_;
  Performance can_;
  NavigationError navigation_;
  Wind wind_;
  Atmosphere air_;
  std::vector<Waypoint> waypoints_;
  std::deque<Knot> knots_;
  bool ended_ = false;

  // The autopilot's state.
  std::int64_t time_ms_ = 0;
  std::size_t next_ = 1;  // waypoint
  Frame frame_;
  Vec3 ahead_;  // unit, horizontal
  double speed_mps_ = 0.0;
  double turn_rate_ = 0.0;   // radians per second, clockwise
  double altitude_m_ = 0.0;  // pressure altitude
  double vertical_rate_mps_ = 0.0;
  bool on_ground_ = false;
  bool landing_ = false;
  std::optional<double> destination_m_;  // pressure altitude of the aerodrome to land at
  base::Angle landing_track_;
};

}  // namespace liptako::sim
