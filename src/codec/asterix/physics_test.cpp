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
        if (dt > 60 || !straight || a.speed_mps < 100 || b.speed_mps < 100) continue;
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
