#include "sim/flight.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.hpp"
#include "base/math.hpp"
#include "base/prng.hpp"

namespace liptako::sim {
namespace {

using base::Angle;
using base::Length;
using base::Speed;

constexpr double kGravity = 9.80665;
constexpr double kHighestTurnRate = 3.0 * base::kRadiansPerDegree;  // standard rate one, per second
constexpr double kRollRate = 5.0 * base::kRadiansPerDegree;         // of bank, per second
constexpr double kGlide = 0.05240777928304121;                      // tan 3 degrees
constexpr double kAirAcceleration = 0.6;                            // metres per second squared
constexpr double kTakeOffAcceleration = 2.0;
constexpr double kBraking = 1.8;
constexpr double kApproachDeceleration = 0.35;
constexpr double kVerticalAcceleration = 0.7;
constexpr double kHighestRunwayEndSpeed = 8.0;  // where a landing ends: turning off
constexpr std::int64_t kShortStepMs = 1000;
constexpr std::int64_t kLongStepMs = 8000;
constexpr base::Duration kMemory = std::chrono::seconds(90);  // 70, in the strongest wind
static_assert(70.0 * (1.0 + Wind::kMostOfAirSpeed) < base::to_seconds(kMemory));
constexpr double kLowAltitudeM = 3000.0 * base::kMetresPerFoot;
constexpr std::uint64_t kWindSeed = 0x77696e64;  // added to the flight's

struct Figures {
  double cruise_kt;
  double low_kt;
  double approach_kt;
  double lift_off_kt;
  double climb_ftmin;
  double descent_ftmin;
  double ceiling_ft;
  double echo_m2;
};

Performance from(const Figures& figures) {
  Performance can;
  can.cruise = Speed::from_knots(figures.cruise_kt);
  can.low = Speed::from_knots(figures.low_kt);
  can.approach = Speed::from_knots(figures.approach_kt);
  can.lift_off = Speed::from_knots(figures.lift_off_kt);
  can.climb = Speed::from_feet_per_minute(figures.climb_ftmin);
  can.descent = Speed::from_feet_per_minute(figures.descent_ftmin);
  can.ceiling = Length::from_feet(figures.ceiling_ft);
  can.bank = Angle::from_degrees(25.0);
  can.echo_m2 = figures.echo_m2;
  return can;
}

// A frame some way along a track, for distances beyond what one step allows.
Frame moved(Frame from, double track_rad, double distance_m) {
  constexpr double kStepM = 2000.0;
  Vec3 ahead = direction(from, distance_m < 0.0 ? track_rad + base::kPi : track_rad);
  double left = std::fabs(distance_m);
  while (left > 0.0) {
    const double part = std::min(left, kStepM);
    from = stepped(from, ahead, part, from.height_m);
    ahead = normalised(ahead - dot(ahead, from.up) * from.up);
    left -= part;
  }
  return from;
}

double limited(double from, double to, double most) {
  return from + std::clamp(to - from, -most, most);
}

}  // namespace

const Performance& performance(AircraftKind kind) {
  // Typical values of the class, after type data in the BADA and Eurocontrol performance tables,
  // rounded.
  static const std::array<Performance, 6> kTable{
      from({460, 230, 140, 150, 2500, 3200, 41000, 30.0}),  // airliner
      from({275, 180, 110, 110, 1500, 2200, 25000, 10.0}),  // regional
      from({120, 100, 65, 60, 800, 900, 14000, 2.0}),       // light
      from({125, 100, 45, 20, 1000, 1000, 12000, 3.0}),     // helicopter
      from({150, 110, 75, 70, 900, 900, 35000, 1.5}),       // uncrewed
      from({440, 220, 125, 130, 3000, 3200, 45000, 8.0}),   // state
  };
  return kTable[static_cast<std::size_t>(kind)];
}

// The height of a pressure surface grows with the temperature of the column below it (hypsometric
// equation with the standard atmosphere's mean temperature), and with the pressure at sea level, 27
// feet for a hectopascal.
double height_of_pressure_altitude(const Atmosphere& air, double pressure_altitude_m) {
  const double mean_k = 288.15 - 0.00325 * pressure_altitude_m;
  return pressure_altitude_m * (1.0 + air.isa_offset_k / mean_k) + (air.qnh_hpa - 1013.25) * 8.23 +
         air.geoid.metres();
}

double pressure_altitude_of_height(const Atmosphere& air, double height_m) {
  double altitude = height_m - height_of_pressure_altitude(air, 0.0);
  for (int round = 0; round < 6; ++round) {
    altitude += height_m - height_of_pressure_altitude(air, altitude);  // slope is 1.0 to 1.1
  }
  return altitude;
}

Flight::Flight(FlightPlan plan, const std::vector<Aerodrome>& aerodromes, const Atmosphere& air)
    : plan_(std::move(plan)),
      can_(performance(plan_.kind)),
      navigation_(plan_.nac_p, plan_.seed),
      wind_(air.wind_structure, plan_.cruise, plan_.seed + kWindSeed),
      air_(air) {
  CHECK(plan_.route.size() >= 2);
  unfold_route(aerodromes);
  const int origin = plan_.route.front().aerodrome;
  if (origin >= 0) {
    const Place& threshold = aerodromes[static_cast<std::size_t>(origin)].threshold;
    altitude_m_ = pressure_altitude_of_height(air_, threshold.height.metres());
    on_ground_ = true;
  } else {
    altitude_m_ = plan_.level.metres();
    speed_mps_ = plan_.cruise.mps();
  }
  frame_ = frame_at(waypoints_[0].position);
  ahead_ = direction_to(frame_, waypoints_[1].position);
  frame_ = stepped(frame_, ahead_, 0.0, height_of_pressure_altitude(air_, altitude_m_));
  knots_.push_back(knot());
}

void Flight::add(const Frame& point, double limit_mps) {
  if (!waypoints_.empty() && norm(waypoints_.back().position - point.position) < 200.0) return;
  waypoints_.push_back({point.position, 0.0, limit_mps});
}

// A racetrack as the rectangle around it: with turns of the rectangle's half width flown by each
// corner, what is flown is two half circles and two straight legs.
void Flight::unfold_hold(const Frame& fix, const Hold& hold) {
  const double speed = std::min(plan_.cruise.mps(), 1.7 * can_.approach.mps());
  const double radius = turn_radius_m(speed) * 1.1;
  const double leg = speed * 60.0;
  const double inbound = hold.inbound.radians();
  const auto corner = [&](double along, double right) {
    return moved(moved(fix, inbound, along), inbound + base::kPi / 2.0, right);
  };
  for (int turn = 0; turn < hold.turns; ++turn) {
    add(corner(radius, 0.0), speed);
    add(corner(radius, 2.0 * radius), speed);
    add(corner(-leg - radius, 2.0 * radius), speed);
    add(corner(-leg - radius, 0.0), speed);
  }
  if (hold.turns > 0) add(fix, speed);
}

void Flight::unfold_route(const std::vector<Aerodrome>& aerodromes) {
  constexpr double kNoLimit = 1e9;
  for (std::size_t i = 0; i < plan_.route.size(); ++i) {
    const RoutePoint& point = plan_.route[i];
    if (point.aerodrome < 0) {
      const Frame fix = frame_at(Place{point.place.latitude, point.place.longitude, Length()});
      add(fix, kNoLimit);
      if (point.hold) unfold_hold(fix, *point.hold);
      continue;
    }
    const Aerodrome& aerodrome = aerodromes[static_cast<std::size_t>(point.aerodrome)];
    const Frame threshold = frame_at(aerodrome.threshold);
    const double track = aerodrome.runway.radians();
    if (i == 0) {
      add(threshold, kNoLimit);
      add(moved(threshold, track, 60.0 * can_.low.mps()), kNoLimit);
      continue;
    }
    // Final approach: three minutes on the runway's line. From ahead or abeam, a base leg comes
    // first, on the side from which the aircraft arrives, wide enough for the two turns.
    landing_track_ = aerodrome.runway;
    destination_m_ = pressure_altitude_of_height(air_, aerodrome.threshold.height.metres());
    const Frame final_fix = moved(threshold, track, -180.0 * can_.approach.mps());
    const Vec3 arriving = direction_to(final_fix, waypoints_.back().position);  // backwards
    const Vec3 runway = direction(final_fix, track);
    if (dot(arriving, runway) > -0.2) {
      const double side = dot(cross(arriving, runway), final_fix.up) > 0.0 ? 1.0 : -1.0;
      const double width = 2.5 * turn_radius_m(can_.low.mps());
      add(moved(final_fix, track + side * base::kPi / 2.0, width), kNoLimit);
    }
    add(final_fix, kNoLimit);
    add(threshold, kNoLimit);
  }
  CHECK(waypoints_.size() >= 2);
  for (std::size_t i = waypoints_.size() - 1; i-- > 0;) {
    waypoints_[i].to_go_m = waypoints_[i + 1].to_go_m +
                            ground_distance_m(waypoints_[i].position, waypoints_[i + 1].position);
  }
}

double Flight::turn_radius_m(double speed_mps) const {
  const double by_bank = speed_mps * speed_mps / (kGravity * base::tan(can_.bank.radians()));
  return std::max(by_bank, speed_mps / kHighestTurnRate);
}

// How far before the next waypoint the turn to the one after it begins: a fly-by turn, plus the
// time to roll into it.
double Flight::lead_distance_m() const {
  const double roll_m = 2.5 * speed_mps_;
  if (next_ + 1 >= waypoints_.size()) return 0.0;
  const Vec3 in = normalised(waypoints_[next_].position - frame_.position);
  const Vec3 out = normalised(waypoints_[next_ + 1].position - waypoints_[next_].position);
  const double c = std::clamp(dot(in, out), -0.99, 1.0);
  const double half_tangent = std::min(std::sqrt((1.0 - c) / (1.0 + c)), 2.5);
  return turn_radius_m(speed_mps_) * half_tangent + (half_tangent > 0.05 ? roll_m : 0.0);
}

void Flight::choose_waypoint() {
  while (next_ < waypoints_.size()) {
    const Vec3 line = waypoints_[next_].position - frame_.position;
    const Vec3 flat = line - dot(line, frame_.up) * frame_.up;
    const double distance = norm(flat);
    const bool last = next_ + 1 == waypoints_.size();
    const double reached = last ? speed_mps_ : std::max(lead_distance_m(), speed_mps_);
    const bool passed =
        dot(flat, ahead_) <= 0.0 && distance < 2.0 * turn_radius_m(std::max(speed_mps_, 20.0));
    if (on_ground_ || (distance > reached && !passed)) return;
    if (last && destination_m_) {
      landing_ = true;
      return;
    }
    ++next_;
  }
  ended_ = true;
}

Flight::Command Flight::command() const {
  Command command;
  if (landing_) {
    const double error = base::wrap_pi(landing_track_.radians() - track_angle(frame_, ahead_));
    command.turn_rate = std::clamp(error / 4.0, -kHighestTurnRate, kHighestTurnRate);
    command.speed_mps = on_ground_ ? 0.0 : can_.approach.mps() * 0.9;
    command.vertical_rate_mps =
        on_ground_ ? 0.0 : std::max(-4.0, (*destination_m_ - altitude_m_) / 3.0 - 0.3);
    return command;
  }
  const Waypoint& next = waypoints_[next_];
  const Vec3 line = next.position - frame_.position;
  const double distance = norm(line - dot(line, frame_.up) * frame_.up);
  const Vec3 aim = direction_to(frame_, next.position);

  // Heading: as fast as bank allows, easing out so that the roll-out ends on the line.
  const double error = base::atan2(-dot(cross(ahead_, aim), frame_.up), dot(ahead_, aim));
  const double speed = std::max(speed_mps_, 10.0);
  const double highest = std::min(kHighestTurnRate, speed / turn_radius_m(speed));
  const double roll = kGravity * kRollRate / speed;
  const double ease = std::min(std::fabs(error) / 3.0, std::sqrt(1.4 * roll * std::fabs(error)));
  command.turn_rate = std::copysign(std::min(highest, ease), error);

  // Speed: with altitude, then for the approach, then as the waypoint allows.
  const double level = plan_.level.metres();
  const double cruise = plan_.cruise.mps();
  const double low = std::min(can_.low.mps(), cruise);
  const double above =
      std::clamp((altitude_m_ - kLowAltitudeM) / std::max(level - kLowAltitudeM, 1.0), 0.0, 1.0);
  double wanted = altitude_m_ >= level - 50.0 ? cruise : low + (cruise - low) * above;
  const double to_go = distance + next.to_go_m;
  if (destination_m_) {
    const double approach = can_.approach.mps();
    const double braking = std::max(0.0, to_go - 60.0 * approach);
    wanted =
        std::min(wanted, std::sqrt(approach * approach + 2.0 * kApproachDeceleration * braking));
  }
  command.speed_mps = std::min(wanted, next.limit_mps);

  // Height: the cruising level, or the glide path if that is lower.
  if (on_ground_) return command;
  double target = level;
  double along_glide = 0.0;
  double to_descent = 1e9;
  if (destination_m_) {
    const double glide = *destination_m_ + to_go * kGlide;
    to_descent = (glide - level) / kGlide;
    if (glide < level) {
      target = glide;
      along_glide = -speed_mps_ * kGlide;
    }
  }
  const double thin = 1.0 - 0.75 * std::clamp(altitude_m_ / can_.ceiling.metres(), 0.0, 1.0);
  command.vertical_rate_mps = std::clamp(
      along_glide + (target - altitude_m_) / 15.0, -can_.descent.mps(), can_.climb.mps() * thin);

  const double long_step_m = speed_mps_ * static_cast<double>(kLongStepMs) * 1e-3;
  command.steady = std::fabs(error) < 0.005 && std::fabs(turn_rate_) < 0.001 &&
                   std::fabs(command.speed_mps - speed_mps_) < 0.05 &&
                   std::fabs(vertical_rate_mps_) < 0.1 && std::fabs(target - altitude_m_) < 1.0 &&
                   distance - lead_distance_m() > 1.5 * long_step_m &&
                   to_descent > 1.5 * long_step_m;
  return command;
}

void Flight::step() {
  const Command wanted = command();
  const std::int64_t step_ms = wanted.steady ? kLongStepMs : kShortStepMs;
  const double dt = static_cast<double>(step_ms) * 1e-3;

  const double roll = kGravity * kRollRate / std::max(speed_mps_, 10.0);
  const double turn_rate =
      on_ground_ && !landing_ ? 0.0 : limited(turn_rate_, wanted.turn_rate, roll * dt);
  double acceleration = kAirAcceleration;
  if (on_ground_) acceleration = landing_ ? kBraking : kTakeOffAcceleration;
  const double speed = limited(speed_mps_, wanted.speed_mps, acceleration * dt);
  const double vertical_rate =
      on_ground_
          ? 0.0
          : limited(vertical_rate_mps_, wanted.vertical_rate_mps, kVerticalAcceleration * dt);

  const double turn = 0.5 * (turn_rate_ + turn_rate) * dt;
  const double chord = 0.5 * (speed_mps_ + speed) * dt * (1.0 - turn * turn / 24.0);
  double altitude = altitude_m_ + 0.5 * (vertical_rate_mps_ + vertical_rate) * dt;
  if (landing_ && altitude < *destination_m_ + 0.5) {
    altitude = *destination_m_;
    on_ground_ = true;
  }
  if (on_ground_ && !landing_ && speed >= can_.lift_off.mps()) on_ground_ = false;

  const Vec3 middle = turned(frame_, ahead_, 0.5 * turn);
  const Vec3 after = turned(frame_, ahead_, turn);
  frame_ = stepped(frame_, middle, chord, height_of_pressure_altitude(air_, altitude));
  ahead_ = normalised(after - dot(after, frame_.up) * frame_.up);
  turn_rate_ = turn_rate;
  speed_mps_ = speed;
  altitude_m_ = altitude;
  vertical_rate_mps_ = on_ground_ ? 0.0 : vertical_rate;
  time_ms_ += step_ms;
  knots_.push_back(knot());

  if (landing_) {
    ended_ = on_ground_ && speed_mps_ <= kHighestRunwayEndSpeed;
  } else {
    choose_waypoint();
  }
}

Flight::Knot Flight::knot() const {
  const double mean_k = 288.15 - 0.00325 * altitude_m_;
  const double height_per_altitude = 1.0 + air_.isa_offset_k * 288.15 / (mean_k * mean_k);
  Knot knot;
  knot.time_ms = time_ms_;
  knot.pose.position = frame_.position;
  knot.pose.velocity = speed_mps_ * ahead_ + (vertical_rate_mps_ * height_per_altitude) * frame_.up;
  knot.pose.pressure_altitude_m = altitude_m_;
  knot.pose.vertical_rate_mps = vertical_rate_mps_;
  knot.pose.on_ground = on_ground_;
  return knot;
}

void Flight::fly_to(base::Timestamp time) {
  const std::int64_t wanted_ms = air_time(time).time / std::chrono::milliseconds(1) + 1;
  if (knots_.back().time_ms >= wanted_ms) return;
  const std::int64_t memory_ms = kMemory / std::chrono::milliseconds(1);
  while (!ended_ && knots_.back().time_ms < wanted_ms) {
    step();
    while (knots_.size() > 2 && knots_[1].time_ms < wanted_ms - memory_ms) knots_.pop_front();
  }
}

bool Flight::over(base::Timestamp time) const {
  return ended_ && air_time(time).time > std::chrono::milliseconds(knots_.back().time_ms);
}

Flight::AirTime Flight::air_time(base::Timestamp time) const {
  const base::Duration flown = time - plan_.departs;
  if (wind_.is_still()) return {flown};
  const Wind::Gain gain = wind_.at(base::to_seconds(flown));
  const double speed = plan_.cruise.mps();
  return {flown + base::seconds(gain.way_m / speed), 1.0 + gain.speed_mps / speed};
}

std::optional<Pose> Flight::at(base::Timestamp time) const {
  const auto [t, rate] = air_time(time);
  const auto time_of = [](const Knot& knot) { return std::chrono::milliseconds(knot.time_ms); };
  if (t < base::Duration::zero() || over(time)) return std::nullopt;
  CHECK(t <= time_of(knots_.back()) && t >= time_of(knots_.front()));
  if (knots_.size() == 1) return knots_.front().pose;
  std::size_t after = knots_.size() - 1;
  while (after > 1 && time_of(knots_[after - 1]) > t) --after;
  const Knot& a = knots_[after - 1];
  const Knot& b = knots_[after];
  const double h = base::to_seconds(time_of(b) - time_of(a));
  const double s = base::to_seconds(t - time_of(a)) / h;
  // Cubic Hermite polynomials and their derivatives.
  const double s2 = s * s;
  const double s3 = s2 * s;
  const double p0 = 2.0 * s3 - 3.0 * s2 + 1.0;
  const double m0 = (s3 - 2.0 * s2 + s) * h;
  const double p1 = 3.0 * s2 - 2.0 * s3;
  const double m1 = (s3 - s2) * h;
  const double dp = 6.0 * (s2 - s) / h;
  const double dm0 = 3.0 * s2 - 4.0 * s + 1.0;
  const double dm1 = 3.0 * s2 - 2.0 * s;
  Pose pose;
  pose.position =
      p0 * a.pose.position + m0 * a.pose.velocity + p1 * b.pose.position + m1 * b.pose.velocity;
  pose.velocity = rate * (dp * (a.pose.position - b.pose.position) + dm0 * a.pose.velocity +
                          dm1 * b.pose.velocity);
  pose.pressure_altitude_m = p0 * a.pose.pressure_altitude_m + m0 * a.pose.vertical_rate_mps +
                             p1 * b.pose.pressure_altitude_m + m1 * b.pose.vertical_rate_mps;
  pose.vertical_rate_mps = rate * (dp * (a.pose.pressure_altitude_m - b.pose.pressure_altitude_m) +
                                   dm0 * a.pose.vertical_rate_mps + dm1 * b.pose.vertical_rate_mps);
  pose.on_ground = a.pose.on_ground;
  return pose;
}

bool Flight::silent(base::Timestamp time) const {
  const base::Duration flown = time - plan_.departs;
  return std::any_of(plan_.silent.begin(), plan_.silent.end(), [&](const auto& window) {
    return flown >= window.low && flown < window.high;
  });
}

// A category without a bound is a receiver that lost its satellites: one nautical mile serves. Of a
// circular normal error, 95 % lie within 2.4477 standard deviations.
NavigationError::NavigationError(int nac_p, std::uint64_t seed)
    : NavigationError(
          Length::from_metres(radius95(nac_p).value_or(Length::from_nautical_miles(1.0)).metres() /
                              2.4477),
          seed) {}

NavigationError::NavigationError(Length horizontal, std::uint64_t seed) {
  const double horizontal_sd = horizontal.metres();
  base::Prng prng(seed);
  for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
    const double sd = axis == 2 ? 1.5 * horizontal_sd : horizontal_sd;
    for (Wave& wave : axes_[axis]) {
      const double period_s = base::exp(prng.uniform(base::log(60.0), base::log(900.0)));
      wave = {sd * std::sqrt(2.0 / kWaves),
              2.0 * base::kPi / period_s,
              prng.uniform(0.0, 2.0 * base::kPi)};
    }
  }
}

NavigationError::Offset NavigationError::at(base::Duration flight_time) const {
  const double t = base::to_seconds(flight_time);
  std::array<double, 3> sum{};
  for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
    for (const Wave& wave : axes_[axis]) {
      sum[axis] += wave.amplitude_m * base::sin(wave.rate * t + wave.phase);
    }
  }
  return {sum[0], sum[1], sum[2]};
}

std::optional<Length> NavigationError::radius95(int nac_p) {
  switch (nac_p) {
    case 11:
      return Length::from_metres(3.0);
    case 10:
      return Length::from_metres(10.0);
    case 9:
      return Length::from_metres(30.0);
    case 8:
      return Length::from_nautical_miles(0.05);
    case 7:
      return Length::from_nautical_miles(0.1);
    case 6:
      return Length::from_nautical_miles(0.3);
    case 5:
      return Length::from_nautical_miles(0.5);
    case 4:
      return Length::from_nautical_miles(1.0);
    case 3:
      return Length::from_nautical_miles(2.0);
    case 2:
      return Length::from_nautical_miles(4.0);
    case 1:
      return Length::from_nautical_miles(10.0);
    default:
      return std::nullopt;
  }
}

}  // namespace liptako::sim
