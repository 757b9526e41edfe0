// Aircraft move as fast as they say: displacement between reports against the reported speed,
// height against level, climb against rate. A scale that is wrong by two in any of these fields
// fails, which the last test of each proves; comparing with other decoders would not, when all
// share one mistake.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "base/math.hpp"
#include "codec/asterix/decode.hpp"
#include "codec/asterix/recordings_for_tests.hpp"

namespace liptako::codec::asterix {
namespace {

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// A report in SI units, in a plane good enough over some kilometres.
struct Fix {
  double time_s;
  double east_m;
  double north_m;
  double speed_mps;
  double direction_rad;
};

// Ratio of way made to way announced for pairs of fixes of one aircraft, 20 s to 60 s apart, in
// straight flight.
struct Movement {
  double slowest_mps = 100;
  std::map<std::uint32_t, std::vector<Fix>> by_address;
  [[nodiscard]] std::vector<double> ratios() const {
    std::vector<double> out;
    for (const auto& [address, fixes] : by_address) {
      for (std::size_t i = 0, j = 0; j < fixes.size(); ++j) {
        const Fix& a = fixes[i];
        const Fix& b = fixes[j];
        const double dt = b.time_s - a.time_s;
        if (dt < 20) continue;
        i = j;
        const bool straight = std::fabs(base::wrap_pi(b.direction_rad - a.direction_rad)) < 0.03;
        if (dt > 60 || !straight || std::min(a.speed_mps, b.speed_mps) < slowest_mps) continue;
        const double way = std::sqrt((b.east_m - a.east_m) * (b.east_m - a.east_m) +
                                     (b.north_m - a.north_m) * (b.north_m - a.north_m));
        out.push_back(way / (dt * (a.speed_mps + b.speed_mps) / 2));
      }
    }
    return out;
  }
};

struct RadarMovement : Movement {
  void on_report(const Cat048Report& r) {
    if (!r.aircraft_address || !r.measured_position || !r.track_velocity || !r.flight_level ||
        !r.time_of_day || r.flight_level->garbled) {
      return;
    }
    const double slant = r.measured_position->slant_range.metres();
    const double height = r.flight_level->pressure_altitude.metres();
    if (slant < 4 * height || slant < 30e3) return;  // the cone over the radar magnifies errors
    const double ground = std::sqrt(slant * slant - height * height);
    const auto [sin, cos] = base::sincos(r.measured_position->azimuth.radians());
    by_address[r.aircraft_address->bits()].push_back(
        {.time_s = base::to_seconds(r.time_of_day->since_midnight()),
         .east_m = ground * sin,
         .north_m = ground * cos,
         .speed_mps = r.track_velocity->ground_speed.mps(),
         .direction_rad = r.track_velocity->heading.radians()});
  }
  void on_error(const RecordError&) {}
  void on_other(const Block&) {}
};

TEST(Physics, RadarPlotsMoveAtTheSpeedOfTheirTrack) {
  LIPTAKO_NEED_RECORDING(bytes, "cat048_bcn_2023.ast.xz");
  RadarMovement movement;
  decode_datagram(bytes, movement);
  const std::vector<double> ratios = movement.ratios();
  ASSERT_GT(ratios.size(), 500u);
  // 0.9995 here. Doubling or halving the unit of range, speed or time moves it to 2 or 0.5.
  EXPECT_NEAR(median(ratios), 1.0, 0.01);
  RecordProperty("ratio_ppm", static_cast<int>(median(ratios) * 1e6));
}

struct AdsbMovement : Movement {
  std::vector<double> height_ratios;  // geometric over pressure
  std::vector<double> climb_ratios;   // change of height over rate
  struct Climb {
    double time_s;
    double height_m;
    double rate_mps;
  };
  std::map<std::uint32_t, Climb> last;

  void on_report(const Cat021Report& r) {
    if (!r.aircraft_address || !r.position_time) return;
    const std::uint32_t address = r.aircraft_address->bits();
    const double time_s = base::to_seconds(r.position_time->since_midnight());
    // Where both positions are given they must agree: their units differ by a factor of 128.
    if (r.position && r.position_high_resolution) {
      EXPECT_NEAR(
          r.position->latitude.degrees(), r.position_high_resolution->latitude.degrees(), 3e-5);
      EXPECT_NEAR(
          r.position->longitude.degrees(), r.position_high_resolution->longitude.degrees(), 3e-5);
    }
    if (const auto p = r.best_position(); p && r.ground_vector) {
      // Radii of curvature of the WGS-84 ellipsoid at 40 degrees north, where this station is.
      const double north_radius = 6'361'816;
      const double east_radius = 6'386'976 * base::cos(p->latitude.radians());
      by_address[address].push_back({.time_s = time_s,
                                     .east_m = p->longitude.radians() * east_radius,
                                     .north_m = p->latitude.radians() * north_radius,
                                     .speed_mps = r.ground_vector->ground_speed.mps(),
                                     .direction_rad = r.ground_vector->track_angle.radians()});
    }
    if (!r.geometric_height) return;
    const double height = r.geometric_height->metres();
    if (r.pressure_altitude && r.pressure_altitude->flight_level() > 200) {
      height_ratios.push_back(height / r.pressure_altitude->metres());
    }
    if (!r.geometric_vertical_rate) return;
    const double rate = r.geometric_vertical_rate->rate.mps();
    const auto [it, first] = last.try_emplace(address, Climb{time_s, height, rate});
    const double dt = time_s - it->second.time_s;
    if (first || dt < 15) return;
    const double mean = (rate + it->second.rate_mps) / 2;
    const bool steady = std::fabs(rate - it->second.rate_mps) < 2;
    if (dt < 40 && std::fabs(mean) > 5 && steady) {
      climb_ratios.push_back((height - it->second.height_m) / (mean * dt));
    }
    it->second = {time_s, height, rate};
  }
  void on_error(const RecordError&) {}
  void on_other(const Block&) {}
};

TEST(Physics, AdsbPositionsMoveAtTheirReportedSpeedAndHeightsAgree) {
  LIPTAKO_NEED_RECORDING(bytes, "cat021_v2x_alicante.ast.xz");
  AdsbMovement movement;
  decode_datagram(bytes, movement);
  const std::vector<double> ratios = movement.ratios();
  ASSERT_GT(ratios.size(), 500u);
  // 1.002, 1.031 (air warmer than the standard atmosphere) and 1.006 here.
  EXPECT_NEAR(median(ratios), 1.0, 0.01);
  ASSERT_GT(movement.height_ratios.size(), 5'000u);
  EXPECT_NEAR(median(movement.height_ratios), 1.0, 0.05);
  ASSERT_GT(movement.climb_ratios.size(), 100u);
  EXPECT_NEAR(median(movement.climb_ratios), 1.0, 0.05);
  RecordProperty("ratio_ppm", static_cast<int>(median(ratios) * 1e6));
  RecordProperty("height_ppm", static_cast<int>(median(movement.height_ratios) * 1e6));
  RecordProperty("climb_ppm", static_cast<int>(median(movement.climb_ratios) * 1e6));
}

// Arrivals and departures, as the multilateration system of an aerodrome tracks them.
struct MultilaterationMovement : Movement {
  void on_report(const Cat020Report& r) {
    if (!r.aircraft_address || !r.cartesian_position || !r.velocity || !r.time_of_day) return;
    const double east = r.velocity->vx.mps();
    const double north = r.velocity->vy.mps();
    by_address[r.aircraft_address->bits()].push_back(
        {.time_s = base::to_seconds(r.time_of_day->since_midnight()),
         .east_m = r.cartesian_position->x.metres(),
         .north_m = r.cartesian_position->y.metres(),
         .speed_mps = std::sqrt(east * east + north * north),
         .direction_rad = base::atan2(east, north)});
  }
  void on_error(const RecordError&) {}
  void on_other(const Block&) {}
};

TEST(Physics, MultilaterationTracksMoveAtTheirSpeed) {
  LIPTAKO_NEED_RECORDING(bytes, "cat020_019_lebl_mlat_2016.ast.xz");
  MultilaterationMovement movement;
  movement.slowest_mps = 40;
  decode_datagram(bytes, movement);
  const std::vector<double> ratios = movement.ratios();
  ASSERT_GT(ratios.size(), 50u);
  EXPECT_NEAR(median(ratios), 1.0, 0.02);
  RecordProperty("pairs", static_cast<int>(ratios.size()));
  RecordProperty("ratio_ppm", static_cast<int>(median(ratios) * 1e6));
}

// The same system's other output, and ADS-B of the old edition. I010/202 is told in the unit that
// makes it agree with the positions and with I010/200 beside it.
struct SurfaceMovement : Movement {
  std::vector<double> velocity_ratios;  // I010/202 over I010/200
  void on_report(const Cat010Report& r) {
    if (!r.aircraft_address || !r.cartesian_position || !r.velocity || !r.polar_velocity ||
        !r.time_of_day) {
      return;
    }
    const double east = r.velocity->vx.mps();
    const double north = r.velocity->vy.mps();
    const double speed = std::sqrt(east * east + north * north);
    if (speed > 20) velocity_ratios.push_back(speed / r.polar_velocity->ground_speed.mps());
    by_address[r.aircraft_address->bits()].push_back(
        {.time_s = base::to_seconds(r.time_of_day->since_midnight()),
         .east_m = r.cartesian_position->x.metres(),
         .north_m = r.cartesian_position->y.metres(),
         .speed_mps = speed,
         .direction_rad = base::atan2(east, north)});
  }
  void on_error(const RecordError&) {}
  void on_other(const Block&) {}
};

TEST(Physics, SurfaceTracksMoveAtTheirSpeed) {
  LIPTAKO_NEED_RECORDING(bytes, "cat010_lebl_mlat_2016.ast.xz");
  SurfaceMovement movement;
  movement.slowest_mps = 40;
  decode_datagram(bytes, movement);
  const std::vector<double> ratios = movement.ratios();
  ASSERT_GT(ratios.size(), 50u);
  EXPECT_NEAR(median(ratios), 1.0, 0.02);
  ASSERT_GT(movement.velocity_ratios.size(), 1000u);
  EXPECT_NEAR(median(movement.velocity_ratios), 1.0, 0.002);
  RecordProperty("ratio_ppm", static_cast<int>(median(ratios) * 1e6));
  RecordProperty("velocity_ppm", static_cast<int>(median(movement.velocity_ratios) * 1e6));
}

struct OldAdsbMovement : Movement {
  void on_report(const Cat021Ed023Report& r) {
    if (!r.aircraft_address || !r.position || !r.ground_vector || !r.time_of_day) return;
    // Radii of curvature of the WGS-84 ellipsoid at 41.3 degrees north.
    by_address[r.aircraft_address->bits()].push_back(
        {.time_s = base::to_seconds(r.time_of_day->since_midnight()),
         .east_m = r.position->longitude.radians() * 6'387'457 *
                   base::cos(Angle::from_degrees(41.3).radians()),
         .north_m = r.position->latitude.radians() * 6'363'254,
         .speed_mps = r.ground_vector->ground_speed.mps(),
         .direction_rad = r.ground_vector->track_angle.radians()});
  }
  void on_error(const RecordError&) {}
  void on_other(const Block&) {}
};

TEST(Physics, OldAdsbPositionsMoveAtTheirReportedSpeed) {
  LIPTAKO_NEED_RECORDING(bytes, "cat021_v023_lebl_2016.ast.xz");
  OldAdsbMovement movement;
  decode_datagram(bytes, movement, {.cat021_ed023 = true});
  const std::vector<double> ratios = movement.ratios();
  ASSERT_GT(ratios.size(), 500u);
  EXPECT_NEAR(median(ratios), 1.0, 0.01);
  RecordProperty("ratio_ppm", static_cast<int>(median(ratios) * 1e6));
}

struct SystemTrackMovement : Movement {
  std::vector<double> climb_ratios;    // change of level over rate
  std::vector<double> derived_ratios;  // speed by the aircraft over speed by the tracker
  struct Climb {
    double time_s;
    double level_m;
    double rate_mps;
  };
  std::map<std::uint32_t, Climb> last;
  std::vector<double> plane_ratios;  // way on the ellipsoid over way on the system's plane
  std::map<std::uint32_t, std::pair<LatLon, Cartesian>> places;

  void compare_places(std::uint32_t number, const LatLon& p, const Cartesian& c) {
    const auto [it, first] = places.try_emplace(number, p, c);
    const double x = (c.x - it->second.second.x).metres();
    const double y = (c.y - it->second.second.y).metres();
    const double on_plane = std::sqrt(x * x + y * y);
    if (first || on_plane < 5e3) return;
    // Radii of curvature of the WGS-84 ellipsoid at 42 degrees north, in the middle of these.
    const LatLon& q = it->second.first;
    const double middle = (p.latitude + q.latitude).radians() / 2;
    const double north = (p.latitude - q.latitude).radians() * 6'364'033;
    const double east = (p.longitude - q.longitude).radians() * 6'387'717 * base::cos(middle);
    if (on_plane < 50e3) plane_ratios.push_back(std::sqrt(north * north + east * east) / on_plane);
    it->second = {p, c};
  }

  void on_report(const Cat062Track& t) {
    if (!t.track_number || !t.position || !t.cartesian_position || !t.velocity ||
        !t.time_of_track) {
      return;
    }
    compare_places(*t.track_number, *t.position, *t.cartesian_position);
    const std::uint32_t number = *t.track_number;
    const double time_s = base::to_seconds(t.time_of_track->since_midnight());
    const double east = t.velocity->vx.mps();
    const double north = t.velocity->vy.mps();
    const double speed = std::sqrt(east * east + north * north);
    by_address[number].push_back({.time_s = time_s,
                                  .east_m = t.cartesian_position->x.metres(),
                                  .north_m = t.cartesian_position->y.metres(),
                                  .speed_mps = speed,
                                  .direction_rad = base::atan2(east, north)});
    if (t.aircraft_derived && t.aircraft_derived->ground_speed && speed > 100) {
      derived_ratios.push_back(t.aircraft_derived->ground_speed->mps() / speed);
    }
    if (!t.measured_flight_level || !t.climb_rate) return;
    const double level = t.measured_flight_level->metres();
    const double rate = t.climb_rate->mps();
    // This system gets its descents wrong, by 163,840 ft/min: 0.4 times the range of the item.
    if (std::fabs(rate) > 500) return;
    const auto [it, first] = last.try_emplace(number, Climb{time_s, level, rate});
    const double dt = time_s - it->second.time_s;
    if (first || dt < 15) return;
    const double mean = (rate + it->second.rate_mps) / 2;
    const bool steady = std::fabs(rate - it->second.rate_mps) < 2;
    if (dt < 40 && std::fabs(mean) > 5 && steady) {
      climb_ratios.push_back((level - it->second.level_m) / (mean * dt));
    }
    it->second = {time_s, level, rate};
  }
  void on_error(const RecordError&) {}
  void on_other(const Block&) {}
};

TEST(Physics, SystemTracksMoveAtTheirSpeedAndClimbAtTheirRate) {
  LIPTAKO_NEED_RECORDING(file, "cat062_063_065_30min.ff.xz");
  SystemTrackMovement movement;
  const base::Bytes bytes = unframed(file);
  decode_datagram(bytes, movement);
  const std::vector<double> ratios = movement.ratios();
  ASSERT_GT(ratios.size(), 500u);
  EXPECT_NEAR(median(ratios), 1.0, 0.01);
  ASSERT_GT(movement.climb_ratios.size(), 50u);
  EXPECT_NEAR(median(movement.climb_ratios), 1.0, 0.05);
  ASSERT_GT(movement.plane_ratios.size(), 500u);
  EXPECT_NEAR(median(movement.plane_ratios), 1.0, 0.005);
  ASSERT_GT(movement.derived_ratios.size(), 1000u);
  EXPECT_NEAR(median(movement.derived_ratios), 1.0, 0.01);
  RecordProperty("ratio_ppm", static_cast<int>(median(ratios) * 1e6));
  RecordProperty("climb_ppm", static_cast<int>(median(movement.climb_ratios) * 1e6));
  RecordProperty("plane_ppm", static_cast<int>(median(movement.plane_ratios) * 1e6));
  RecordProperty("derived_ppm", static_cast<int>(median(movement.derived_ratios) * 1e6));
}

// The measure itself can fail: a plane whose speed is told in half units.
TEST(Physics, AWrongScaleIsSeen) {
  for (const double scale : {0.5, 1.0, 2.0}) {
    Movement movement;
    for (int i = 0; i < 40; ++i) {
      movement.by_address[1].push_back({.time_s = 5.0 * i,
                                        .east_m = 1000.0 * i * scale,
                                        .north_m = 0,
                                        .speed_mps = 200,
                                        .direction_rad = base::kPi / 2});
    }
    EXPECT_NEAR(median(movement.ratios()), scale, 1e-12);
  }
}

}  // namespace
}  // namespace liptako::codec::asterix
