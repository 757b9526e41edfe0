#include "track/aircraft_class.hpp"

namespace liptako::track {
namespace {

constexpr double kTurn = base::kRadiansPerDegree;

// Straight first, as imm.hpp asks: the mode flown most of the time.
// Who cruises turns every quarter of an hour or so, by 25 degrees of bank or half of that: 1.3 and
// 0.6 degrees a second at 200 m/s; the noise of the former is for those who bank more. Along the
// way the wind does 0.04 m^2/s^3 over the half minute to minute that a radar track remembers, and
// the autopilot leaves an eighth of that across it (a recording, docs/TRACKER.md; [Lindborg99]).
constexpr ImmOptions kCruise{
    .turn_rate = {0.0, 0.6 * kTurn, -0.6 * kTurn, 1.3 * kTurn, -1.3 * kTurn},
    .noise_density = {0.005, 1.0, 1.0, 16.0, 16.0},
    .along_density = 0.04,
    .sojourn_s = {800.0, 40.0, 40.0, 30.0, 30.0}};
constexpr ImmOptions kLight{.turn_rate = {0.0, 3 * kTurn, -3 * kTurn, 7 * kTurn, -7 * kTurn},
                            .noise_density = {1.0, 3.0, 3.0, 3.0, 3.0},
                            .sojourn_s = {60.0, 25.0, 25.0, 20.0, 20.0},
                            .turn_to_straight = 0.7};
constexpr ImmOptions kHelicopter{.turn_rate = {0.0, 0.0, 0.0, 7 * kTurn, -7 * kTurn},
                                 .noise_density = {0.3, 2.0, 16.0, 3.0, 3.0},
                                 .sojourn_s = {40.0, 15.0, 15.0, 15.0, 15.0},
                                 .turn_to_straight = 0.6};
constexpr ImmOptions kUav{.turn_rate = {0.0, 0.0, 0.0, 25 * kTurn, -25 * kTurn},
                          .noise_density = {0.1, 4.0, 30.0, 10.0, 10.0},
                          .sojourn_s = {20.0, 6.0, 4.0, 6.0, 6.0},
                          .turn_to_straight = 0.6};
constexpr ImmOptions kSurface{.turn_rate = {0.0, 0.0, 0.0, 9 * kTurn, -9 * kTurn},
                              .noise_density = {0.05, 1.0, 8.0, 0.5, 0.5},
                              .sojourn_s = {20.0, 10.0, 10.0, 10.0, 10.0},
                              .turn_to_straight = 0.7};

// No airliner stays up slower than the first; what is told light and flies faster than the last is
// not. Between, what was thought before stays.
constexpr double kSlowMps = 50.0;
constexpr double kFastMps = 90.0;
constexpr double kHoverMps = 15.0;
constexpr double kLightMps = 150.0;
// 250 kt, the most below flight level 100, is 130 to 150 m/s over ground in still air.
constexpr double kCruiseMps = 180.0;
constexpr double kNoCruiseMps = 165.0;
constexpr double kSurely = 3.0;  // standard deviations

bool is_slow_kind(AircraftClass c) {
  return c == AircraftClass::light || c == AircraftClass::helicopter || c == AircraftClass::uav;
}

bool rolls(const Plot& plot) {
  return plot.on_ground == OnGround::yes || plot.mover == Mover::vehicle;
}

bool tells_unmanned(SensorKind kind) {
  return kind == SensorKind::uav_telemetry || kind == SensorKind::remote_id;
}

}  // namespace

ImmOptions motion_options(AircraftClass aircraft_class, bool cruises, const ImmOptions& airliner) {
  switch (aircraft_class) {
    case AircraftClass::light:
      return kLight;
    case AircraftClass::helicopter:
      return kHelicopter;
    case AircraftClass::uav:
      return kUav;
    case AircraftClass::surface:
      return kSurface;
    case AircraftClass::none:
    case AircraftClass::airliner:
      break;
  }
  return cruises ? kCruise : airliner;
}

MotionModels::MotionModels(const ImmOptions& airliner)
    : cruise_(motion_options(AircraftClass::airliner, true, airliner)) {
  for (int c = 0; c < kAircraftClasses; ++c)
    by_class_.emplace_back(motion_options(static_cast<AircraftClass>(c), false, airliner));
}

Motion judged(const Motion& before,
              const Plot& plot,
              SensorKind kind,
              const FlightEvidence& evidence) {
  Motion m = before;
  const double ve = evidence.state.mean.x[kVelocityEast];
  const double vn = evidence.state.mean.x[kVelocityNorth];
  const double speed2 = ve * ve + vn * vn;
  const double cruise = m.cruises ? kNoCruiseMps : kCruiseMps;
  // What another system's filter makes of a flight turns and leaps as no airliner does: it is no
  // word on how the flight goes.
  if (kind != SensorKind::tracker) m.cruises = evidence.has_transponder && speed2 > cruise * cruise;
  // Most of what flies is an airliner, and fast: nothing to judge.
  if (m.used == AircraftClass::airliner && speed2 > kFastMps * kFastMps &&
      plot.aircraft_class == m.told && !rolls(plot) && !is_slow_kind(m.told) &&
      !tells_unmanned(kind)) {
    return m;
  }
  if (plot.aircraft_class != AircraftClass::none) {
    m.told = plot.aircraft_class;
  } else if (tells_unmanned(kind)) {
    m.told = AircraftClass::uav;
  }
  if (rolls(plot)) {
    m.used = AircraftClass::surface;
    return m;
  }
  const Gaussian& g = evidence.state;
  const double speed = std::sqrt(speed2);
  const double sd = std::sqrt(0.5 * (g.P[packed(kVelocityEast, kVelocityEast)] +
                                     g.P[packed(kVelocityNorth, kVelocityNorth)]));
  const double least = speed - kSurely * sd, most = speed + kSurely * sd;
  if (m.used == AircraftClass::surface) {
    // Until it is told to fly, or flies as nothing rolls.
    if (plot.on_ground == OnGround::unknown && least < kFastMps) return m;
    m.used = AircraftClass::airliner;
  }
  if (is_slow_kind(m.told)) {
    m.used = least > kLightMps ? AircraftClass::airliner : m.told;
    return m;
  }
  if (m.told == AircraftClass::airliner || !evidence.has_transponder || !evidence.is_confirmed) {
    m.used = AircraftClass::airliner;
    return m;
  }
  if (most < kHoverMps) {
    m.used = AircraftClass::helicopter;
  } else if (most < kSlowMps && m.used == AircraftClass::airliner) {
    m.used = AircraftClass::light;
  } else if (least > kFastMps) {
    m.used = AircraftClass::airliner;
  }
  return m;
}

}  // namespace liptako::track
