// Registration: what must hold whatever the biases and whoever flies. Aircraft fly straight and
// exactly, sensors measure them with known errors.
#include "track/registration/registration.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "base/bytes.hpp"
#include "base/math.hpp"
#include "base/prng.hpp"
#include "track/registration/field_for_test.hpp"
#include "track/sensors/polar_radar/polar_radar.hpp"
#include "track/tracker.hpp"

namespace liptako::track {
namespace {

using base::kRadiansPerDegree;
using base::Length;

using testing::at_second;
using testing::begin;
using testing::run;
using testing::saved;
using testing::taken;

struct Bias {
  double range_m = 0.0;
  double azimuth_rad = 0.0;
  double time_s = 0.0;
  double elevation_rad = 0.0;
  double east_m = 0.0, north_m = 0.0;
};

struct Given {
  SensorDescription sensor;
  Bias bias;
  bool measures_elevation = false;
};

SensorDescription sensor(SensorKind kind, std::uint8_t sic, double lat, double lon, double period) {
  return testing::sensor_at(kind, sic, testing::place_at(lat, lon), period);
}

struct Flyer {
  double east_m, north_m, ve, vn, altitude_m;
  std::uint32_t address;
  testing::SlowError error = {};
  double height_error_m = 0.0, altimeter_error_m = 0.0;
  double latency_s = 0.0;
  bool has_ads_b = true;
  bool spoofed = false;
};

constexpr double kAdsbSdM = 12.0;
constexpr double kMlatSdM = 40.0;
constexpr double kHeightSdM = 15.0;
constexpr double kElevationSd = 0.15 * kRadiansPerDegree;

// Gives plots second by second in the order in which they were measured.
class Scene {
 public:
  Scene(std::vector<Given> sensors, int aircraft, std::uint64_t seed)
      : given_(std::move(sensors)), prng_(seed) {
    for (const Given& g : given_) described_.push_back(g.sensor);
    for (int i = 0; i < aircraft; ++i) {
      const double course = prng_.uniform(0.0, 2.0 * base::kPi);
      const double speed = prng_.uniform(180.0, 250.0);
      Flyer f{prng_.uniform(-150e3, 150e3),
              prng_.uniform(-150e3, 150e3),
              speed * base::sin(course),
              speed * base::cos(course),
              prng_.uniform(6000.0, 12000.0),
              0x300000u + static_cast<std::uint32_t>(i) * 7919u};
      f.error.east_m = prng_.normal(0.0, kAdsbSdM);
      f.error.north_m = prng_.normal(0.0, kAdsbSdM);
      f.latency_s = prng_.normal(0.0, 0.05);
      flyers_.push_back(f);
    }
    base::Prng heights(seed + 1);
    for (Flyer& f : flyers_) {
      f.height_error_m = heights.normal(0.0, kHeightSdM);
      f.altimeter_error_m = heights.normal(0.0, 25.0);
    }
  }

  std::vector<Given>& given() { return given_; }
  std::vector<Flyer>& flyers() { return flyers_; }
  [[nodiscard]] std::span<const SensorDescription> sensors() const { return described_; }
  double height_share = 0.0;  // true height over pressure altitude
  bool tells_height = false;  // ADS-B does, geometric
  double drift_mps = 0.0;     // of what spoofed aircraft say, eastwards
  double drifted_m = 0.0;
  bool whole_seconds = false;  // stamps are rounded to seconds

  [[nodiscard]] std::vector<Plot> second() {
    std::vector<std::pair<double, Plot>> out;
    for (Flyer& f : flyers_) {
      f.error.second(kAdsbSdM, prng_);
      for (std::size_t s = 0; s < given_.size(); ++s) {
        const SensorDescription& d = given_[s].sensor;
        const auto due = testing::look_due(d, s, f.address, now_);
        if (!due || (d.kind == SensorKind::ads_b && !f.has_ads_b)) continue;
        if (const auto plot = look(s, f, *due)) out.emplace_back(*due, *plot);
      }
    }
    now_ += 1.0;
    drifted_m += drift_mps;
    return testing::in_order(std::move(out));
  }
  [[nodiscard]] double now() const { return now_; }

 private:
  std::optional<Plot> look(std::size_t index, const Flyer& f, double time) {
    const SensorDescription& d = given_[index].sensor;
    const Bias& bias = given_[index].bias;
    Plot p;
    p.sensor = static_cast<std::uint16_t>(index);
    const double stamp = time + bias.time_s;
    p.time = at_second(whole_seconds ? std::floor(stamp) : stamp);
    p.icao_address = base::IcaoAddress(f.address);
    const bool heights = tells_height || std::ranges::any_of(given_, &Given::measures_elevation);
    p.pressure_altitude = Length::from_metres(f.altitude_m + (heights ? f.altimeter_error_m : 0.0));
    double east = f.east_m + f.ve * time, north = f.north_m + f.vn * time;
    const double height = f.altitude_m * (1.0 + height_share);
    if (d.kind == SensorKind::polar_radar) {
      const auto where = ecef_at(testing::kField, east, north, height);
      const double range = testing::range_to(d, where);
      if (range > 350e3) return std::nullopt;
      testing::measure(p, d, where, {bias.range_m, bias.azimuth_rad}, prng_);
      if (given_[index].measures_elevation) {
        p.elevation =
            polar_radar::elevation_of(
                d.site.height, Length::from_metres(range), Length::from_metres(height)) +
            base::Angle::from_radians(bias.elevation_rad + prng_.normal(0.0, kElevationSd));
      }
      return p;
    }
    if (d.kind == SensorKind::ads_b) {
      east += f.error.east_m - f.latency_s * f.ve + (f.spoofed ? drifted_m : 0.0);
      north += f.error.north_m - f.latency_s * f.vn;
      p.position_sd = Length::from_metres(kAdsbSdM);
      if (tells_height) {
        p.geometric_height = Length::from_metres(height + f.height_error_m);
        p.geometric_height_sd = Length::from_metres(kHeightSdM);
      }
    } else {
      east += bias.east_m + prng_.normal(0.0, kMlatSdM);
      north += bias.north_m + prng_.normal(0.0, kMlatSdM);
      p.sd_east = p.sd_north = Length::from_metres(kMlatSdM);
    }
    const auto place = geo::geodetic_from_ecef(ecef_at(testing::kField, east, north, height));
    p.latitude = place.latitude;
    p.longitude = place.longitude;
    return p;
  }

  std::vector<Given> given_;
  std::vector<SensorDescription> described_;
  std::vector<Flyer> flyers_;
  base::Prng prng_;
  double now_ = 0.0;
};

std::vector<Given> three_radars(const std::array<Bias, 3>& biases) {
  return {{sensor(SensorKind::polar_radar, 1, 13.5, -1.0, 5), biases[0]},
          {sensor(SensorKind::polar_radar, 2, 12.2, 0.3, 6), biases[1]},
          {sensor(SensorKind::polar_radar, 3, 13.4, 1.1, 8), biases[2]}};
}

std::vector<Given> with_ads_b(std::vector<Given> sensors, double clock_s = 0.0) {
  sensors.push_back({sensor(SensorKind::ads_b, 10, 13, 0, 1), {0, 0, clock_s}});
  return sensors;
}

constexpr double kDegree = kRadiansPerDegree;

const std::array<Bias, 3> kSome = {Bias{100, 0.2 * kDegree, -0.2},
                                   Bias{-80, -0.15 * kDegree, 0.15},
                                   Bias{40, -0.05 * kDegree, 0.05}};

struct Errors {
  double range_m, azimuth_deg, time_s;
};
Errors errors_of(const Registration& r, const Scene& scene, std::uint16_t i) {
  const SensorRegistration found = r.report(i);
  const Bias& bias = const_cast<Scene&>(scene).given()[i].bias;
  return {std::fabs(found.range.value - bias.range_m),
          std::fabs(found.azimuth.value - bias.azimuth_rad) / kDegree,
          std::fabs(found.time.value - bias.time_s)};
}

TEST(Registration, FindsABiasWhateverItsSignAndValue) {
  for (const double scale : {-5.0, -1.0, 0.5, 4.0}) {
    std::array<Bias, 3> biases = kSome;
    for (Bias& b : biases) {
      b.range_m *= scale;
      b.azimuth_rad *= scale;
      b.time_s *= scale;
    }
    Scene scene(with_ads_b(three_radars(biases)), 50, 7);
    Registration r = begin(scene);
    run(r, scene, 420);
    for (std::uint16_t i = 0; i < 3; ++i) {
      const Errors e = errors_of(r, scene, i);
      EXPECT_LT(e.range_m, 12.0) << scale << " radar " << i;
      EXPECT_LT(e.azimuth_deg, 0.01) << scale << " radar " << i;
      EXPECT_LT(e.time_s, 0.06) << scale << " radar " << i;
      EXPECT_TRUE(r.report(i).range.applied && r.report(i).azimuth.applied) << scale;
    }
  }
}

TEST(Registration, ErrorsAreAsLargeAsTheCovarianceSays) {
  double sum = 0.0;
  int count = 0;
  for (std::uint64_t seed = 1; seed <= 16; ++seed) {
    base::Prng prng(seed);
    std::array<Bias, 3> biases;
    for (Bias& b : biases) {
      b = {prng.normal(0, 150), prng.normal(0, 0.3 * kDegree), prng.normal(0, 0.3)};
    }
    Scene scene(with_ads_b(three_radars(biases), prng.normal(0, 0.03)), 40, 100 + seed);
    scene.height_share = prng.normal(0, 0.03);
    Registration r = begin(scene);
    run(r, scene, 200);
    for (std::uint16_t i = 0; i < 3; ++i) {
      const SensorRegistration found = r.report(i);
      const Errors e = errors_of(r, scene, i);
      for (const double normalised : {e.range_m / found.range.sd,
                                      e.azimuth_deg * kDegree / found.azimuth.sd,
                                      e.time_s / found.time.sd}) {
        sum += normalised * normalised;
        ++count;
        EXPECT_LT(normalised, 5.0) << "seed " << seed;
      }
    }
  }
  // 144 squares, of which those of one run depend on each other: between a half and twice of one.
  EXPECT_GT(sum / count, 0.5);
  EXPECT_LT(sum / count, 1.6);
}

TEST(Registration, WithoutAReferenceItKnowsThatItKnowsNothing) {
  Scene alone({three_radars(kSome)[0]}, 40, 3);
  Registration r = begin(alone);
  const SensorRegistration before = r.report(0);
  run(r, alone, 200);
  const SensorRegistration after = r.report(0);
  EXPECT_GE(after.range.sd, 0.99 * before.range.sd);
  EXPECT_GE(after.azimuth.sd, 0.99 * before.azimuth.sd);
  EXPECT_GE(after.time.sd, 0.99 * before.time.sd);
  EXPECT_FALSE(after.range.applied || after.azimuth.applied || after.time.applied);
}

TEST(Registration, RadarsAloneFindTheirClocksDifferenceButNotTheTime) {
  Scene scene(three_radars(kSome), 50, 11);
  Registration r = begin(scene);
  run(r, scene, 420);
  const double difference = r.report(0).time.value - r.report(1).time.value;
  EXPECT_NEAR(difference, kSome[0].time_s - kSome[1].time_s, 0.06);
  for (std::uint16_t i = 0; i < 3; ++i) {
    EXPECT_GT(r.report(i).time.sd, 0.2) << "three clocks of 0.5 s each cannot tell the time";
    const Errors e = errors_of(r, scene, i);
    EXPECT_LT(e.range_m, 5.0 * r.report(i).range.sd);
    EXPECT_LT(e.azimuth_deg * kDegree, 5.0 * r.report(i).azimuth.sd);
  }
}

TEST(Registration, MultilaterationServesWhereNobodySendsAdsb) {
  std::vector<Given> sensors = three_radars(kSome);
  sensors.push_back({sensor(SensorKind::mlat, 20, 13, 0, 1), {0, 0, 0.1}});
  Scene scene(sensors, 50, 5);
  Registration r = begin(scene);
  run(r, scene, 300);
  for (std::uint16_t i = 0; i < 3; ++i) {
    const Errors e = errors_of(r, scene, i);
    EXPECT_LT(e.range_m, 10.0);
    EXPECT_LT(e.azimuth_deg, 0.01);
    // Clocks against that of the multilateration.
    const double against = r.report(i).time.value - r.report(3).time.value;
    EXPECT_NEAR(against, kSome[i].time_s - 0.1, 0.06);
  }
}

TEST(Registration, AStationWhoseClockIsWrongDoesNotMoveTheOthers) {
  std::vector<Given> sensors = with_ads_b(three_radars(kSome), 0.4);
  sensors.push_back({sensor(SensorKind::ads_b, 11, 13, 0.5, 1), {}});
  sensors.push_back({sensor(SensorKind::ads_b, 12, 13, -0.5, 1), {}});
  Scene scene(sensors, 50, 71);
  Registration r = begin(scene);
  run(r, scene, 240);
  EXPECT_NEAR(r.report(3).time.value, 0.4, 0.06);
  EXPECT_NEAR(r.report(4).time.value, 0.0, 0.04);
  EXPECT_NEAR(r.report(5).time.value, 0.0, 0.04);
  for (std::uint16_t i = 0; i < 3; ++i) EXPECT_LT(errors_of(r, scene, i).time_s, 0.06) << i;
}

TEST(Registration, ASpoofedMinorityMovesNoBias) {
  // Three in ten are dragged eastwards together, so slowly that no report stands out.
  for (const double drift_mps : {1.0, 4.0, 20.0}) {
    SCOPED_TRACE(drift_mps);
    Scene scene(with_ads_b(three_radars(kSome)), 60, 13);
    for (std::size_t i = 0; i < scene.flyers().size(); ++i) scene.flyers()[i].spoofed = i % 10 < 3;
    Registration r = begin(scene);
    run(r, scene, 120);
    scene.drift_mps = drift_mps;
    double worst_range_m = 0.0, worst_azimuth_deg = 0.0, worst_time_s = 0.0;
    while (scene.now() < 420) {
      run(r, scene, scene.now() + 20);
      for (std::uint16_t i = 0; i < 3; ++i) {
        const Errors e = errors_of(r, scene, i);
        worst_range_m = std::max(worst_range_m, e.range_m);
        worst_azimuth_deg = std::max(worst_azimuth_deg, e.azimuth_deg);
        worst_time_s = std::max(worst_time_s, e.time_s);
      }
    }
    EXPECT_LT(worst_range_m, 20.0);
    EXPECT_LT(worst_azimuth_deg, 0.015);
    EXPECT_LT(worst_time_s, 0.08);
    EXPECT_GE(r.doubted_aircraft(), 14u) << "of 18";
    EXPECT_LE(r.doubted_aircraft(), 20u);
    for (std::uint16_t i = 0; i < 4; ++i) EXPECT_EQ(r.report(i).jumps, 0u) << i;
  }
}

TEST(Registration, AnAircraftThatComesBackIsBelievedAgain) {
  Scene scene(with_ads_b(three_radars(kSome)), 40, 17);
  scene.flyers()[0].spoofed = true;
  Registration r = begin(scene);
  run(r, scene, 120);
  scene.drifted_m = 800.0;
  run(r, scene, 220);
  EXPECT_EQ(r.doubted_aircraft(), 1u);
  scene.drifted_m = 0.0;
  run(r, scene, 820);
  EXPECT_EQ(r.doubted_aircraft(), 0u);
}

TEST(Registration, AJumpIsFoundAndLearntAnew) {
  struct Change {
    Bias by;
    const char* what;
  };
  for (const Change& change : {Change{{0, 0.3 * kDegree, 0}, "re-aligned"},
                               Change{{0, 0, 0.5}, "clock stepped"},
                               Change{{-150, 0, 0}, "range set anew"}}) {
    Scene scene(with_ads_b(three_radars(kSome)), 50, 19);
    Registration r = begin(scene);
    run(r, scene, 300);
    ASSERT_EQ(r.report(1).jumps, 0u);
    Bias& bias = scene.given()[1].bias;
    bias.range_m += change.by.range_m;
    bias.azimuth_rad += change.by.azimuth_rad;
    bias.time_s += change.by.time_s;
    run(r, scene, 360);
    EXPECT_EQ(r.report(1).jumps, 1u) << change.what;
    EXPECT_EQ(r.report(0).jumps + r.report(2).jumps + r.report(3).jumps, 0u) << change.what;
    run(r, scene, 480);
    const Errors e = errors_of(r, scene, 1);
    EXPECT_LT(e.range_m, 15.0) << change.what;
    EXPECT_LT(e.azimuth_deg, 0.015) << change.what;
    EXPECT_LT(e.time_s, 0.08) << change.what;
    EXPECT_EQ(r.doubted_aircraft(), 0u) << change.what;
  }
}

std::vector<Given> three_dimensional(const std::array<Bias, 3>& biases, double elevation_rad) {
  std::vector<Given> sensors = with_ads_b(three_radars(biases));
  for (std::size_t i = 0; i < 3; ++i) {
    sensors[i].measures_elevation = true;
    sensors[i].bias.elevation_rad = (i == 1 ? -0.6 : 1.0) * elevation_rad;
    sensors[i].sensor.elevation_sd = base::Angle::from_radians(kElevationSd);
  }
  return sensors;
}

TEST(Registration, FindsAnElevationsBiasByGeometricHeights) {
  for (const double degrees : {-0.5, 0.2}) {
    Scene scene(three_dimensional(kSome, degrees * kDegree), 60, 53);
    scene.tells_height = true;
    scene.height_share = 0.04;
    Registration r = begin(scene);
    run(r, scene, 420);
    for (std::uint16_t i = 0; i < 3; ++i) {
      const BiasReport found = r.report(i).elevation;
      EXPECT_TRUE(found.present && found.applied) << i;
      EXPECT_NEAR(found.value, scene.given()[i].bias.elevation_rad, 0.03 * kDegree) << i;
      EXPECT_LT(found.sd, 0.02 * kDegree) << i;
    }
    // Taken away from its plots, which are told to be as sure as what is left of it lets them be.
    for (int seconds = 0; seconds < 10; ++seconds) {
      for (const Plot& plot : scene.second()) {
        const Plot corrected = taken(r, plot, scene);
        if (plot.sensor > 2) continue;
        EXPECT_NEAR((*plot.elevation - *corrected.elevation).radians(),
                    r.report(plot.sensor).elevation.value,
                    1e-12);
        EXPECT_GT(corrected.elevation_sd.radians(), kElevationSd);
        EXPECT_LT(corrected.elevation_sd.radians(), 1.3 * kElevationSd);
      }
    }
  }
}

TEST(Registration, OfARadarThatToldNoElevationNothingIsSaidOfIt) {
  Scene scene(with_ads_b(three_radars(kSome)), 20, 3);
  Registration r = begin(scene);
  run(r, scene, 60);
  EXPECT_FALSE(r.report(0).elevation.present);
  EXPECT_FALSE(r.report(0).place_east.present);
  EXPECT_FALSE(r.report(3).place_east.present);
}

// Squares of the errors over their sd, of elevations and of multilateration's place.
struct Squares {
  double sum = 0.0;
  int count = 0;
  void add(double error, double sd) {
    sum += error * error / (sd * sd);
    ++count;
  }
  [[nodiscard]] double mean() const { return sum / count; }
};

TEST(Registration, ElevationErrorsAreAsLargeAsTheCovarianceSays) {
  for (const bool heights : {true, false}) {
    Squares squares;
    for (std::uint64_t seed = 1; seed <= 16; ++seed) {
      base::Prng prng(seed);
      Scene scene(three_dimensional(kSome, prng.normal(0.0, 0.3 * kDegree)), 40, 200 + seed);
      scene.height_share = prng.normal(0.0, 0.03);
      scene.tells_height = heights;
      Registration r = begin(scene);
      run(r, scene, 200);
      for (std::uint16_t i = 0; i < 3; ++i) {
        const BiasReport found = r.report(i).elevation;
        squares.add(found.value - scene.given()[i].bias.elevation_rad, found.sd);
      }
    }
    EXPECT_GT(squares.mean(), heights ? 0.3 : 0.15) << heights;
    EXPECT_LT(squares.mean(), 1.6) << heights;
  }
}

TEST(Registration, WithoutGeometricHeightsAnElevationIsLessSure) {
  // What the atmosphere makes of a height and what an antenna's tilt does differ by how they change
  // with distance alone.
  const auto sd = [](bool heights) {
    Scene scene(three_dimensional(kSome, 0.2 * kDegree), 50, 59);
    scene.height_share = 0.03;
    scene.tells_height = heights;
    Registration r = begin(scene);
    run(r, scene, 300);
    return r.report(0).elevation.sd;
  };
  EXPECT_GT(sd(false), 1.3 * sd(true));
}

std::vector<Given> with_mlat(std::vector<Given> sensors, double east_m, double north_m) {
  sensors.push_back({sensor(SensorKind::mlat, 20, 13, 0, 1), {}});
  sensors.back().bias.east_m = east_m;
  sensors.back().bias.north_m = north_m;
  return sensors;
}

TEST(Registration, FindsWhereMultilaterationStandsAgainstAdsb) {
  Scene scene(with_mlat(with_ads_b(three_radars(kSome)), 35.0, -25.0), 50, 61);
  Registration r = begin(scene);
  run(r, scene, 420);
  const SensorRegistration found = r.report(4);
  EXPECT_TRUE(found.place_east.applied && found.place_north.applied);
  EXPECT_NEAR(found.place_east.value, 35.0, 8.0);
  EXPECT_NEAR(found.place_north.value, -25.0, 8.0);
  EXPECT_LT(found.place_east.sd, 5.0);
  for (std::uint16_t i = 0; i < 3; ++i) EXPECT_LT(errors_of(r, scene, i).range_m, 12.0);
  for (const Plot& plot : scene.second()) {
    if (plot.sensor != 4) continue;
    const Plot corrected = taken(r, plot, scene);
    const auto moved = geo::TangentFrame({plot.latitude, plot.longitude, Length()})
                           .enu_from_ecef(geo::ecef_from_geodetic(
                               {corrected.latitude, corrected.longitude, Length()}));
    EXPECT_NEAR(moved.x, -found.place_east.value, 0.3);
    EXPECT_NEAR(moved.y, -found.place_north.value, 0.3);
  }
}

TEST(Registration, MultilaterationsErrorsAreAsLargeAsTheCovarianceSays) {
  Squares squares;
  for (std::uint64_t seed = 1; seed <= 16; ++seed) {
    base::Prng prng(seed);
    const double east = prng.normal(0.0, 25.0), north = prng.normal(0.0, 25.0);
    Scene scene(with_mlat(with_ads_b(three_radars(kSome)), east, north), 30, 300 + seed);
    Registration r = begin(scene);
    run(r, scene, 150);
    const SensorRegistration found = r.report(4);
    squares.add(found.place_east.value - east, found.place_east.sd);
    squares.add(found.place_north.value - north, found.place_north.sd);
  }
  // What is thought to live on from report to report is white here.
  EXPECT_GT(squares.mean(), 0.3);
  EXPECT_LT(squares.mean(), 1.7);
}

TEST(Registration, MultilaterationAloneIsNoWitnessOfItsOwnPlace) {
  Scene scene(with_mlat({}, 40.0, 0.0), 40, 67);
  Registration r = begin(scene);
  const double before = r.report(0).place_east.sd;
  run(r, scene, 200);
  EXPECT_GE(r.report(0).place_east.sd, 0.99 * before);
  EXPECT_FALSE(r.report(0).place_east.applied);
}

TEST(Registration, AJumpOfAnElevationOrOfAPlaceIsFound) {
  for (const bool elevation : {true, false}) {
    std::vector<Given> sensors = three_dimensional(kSome, 0.1 * kDegree);
    Scene scene(with_mlat(std::move(sensors), 10.0, 10.0), 50, 73);
    scene.tells_height = true;
    Registration r = begin(scene);
    run(r, scene, 300);
    const std::uint16_t changed = elevation ? 1 : 4;
    if (elevation) {
      scene.given()[1].bias.elevation_rad += 0.5 * kDegree;
    } else {
      scene.given()[4].bias.east_m += 120.0;
    }
    run(r, scene, 480);
    for (std::uint16_t i = 0; i < 5; ++i)
      EXPECT_EQ(r.report(i).jumps, i == changed ? 1u : 0u) << elevation << " " << i;
    const SensorRegistration found = r.report(changed);
    if (elevation) {
      EXPECT_NEAR(found.elevation.value, scene.given()[1].bias.elevation_rad, 0.05 * kDegree);
    } else {
      EXPECT_NEAR(found.place_east.value, 130.0, 15.0);
    }
  }
}

TEST(Registration, WithoutABiasElevationsAndPlacesAreLeftAlone) {
  Scene scene(with_mlat(three_dimensional({}, 0.0), 0.0, 0.0), 50, 79);
  scene.tells_height = true;
  Registration r = begin(scene);
  while (scene.now() < 300) {
    for (const Plot& plot : scene.second()) {
      const Plot corrected = taken(r, plot, scene);
      if (scene.now() < 120) continue;
      if (plot.elevation) {
        ASSERT_NEAR((*corrected.elevation - *plot.elevation).radians(), 0.0, 0.04 * kDegree);
      }
      if (plot.sensor == 4) {
        ASSERT_LT(geo::rough_distance({plot.latitude, plot.longitude, Length()},
                                      {corrected.latitude, corrected.longitude, Length()})
                      .metres(),
                  12.0);
      }
    }
  }
}

TEST(Registration, WithElevationsAndPlacesItGoesOnAsItWasSaved) {
  Scene scene(with_mlat(three_dimensional(kSome, 0.2 * kDegree), 30.0, 0.0), 40, 83);
  scene.tells_height = true;
  Registration r = begin(scene);
  run(r, scene, 95);
  const base::Bytes bytes = saved(r);
  Registration again = begin(scene);
  base::ByteReader in(bytes);
  ASSERT_TRUE(again.load(in, scene.sensors()));
  while (scene.now() < 160) {
    for (const Plot& plot : scene.second()) {
      const Plot a = taken(r, plot, scene), b = taken(again, plot, scene);
      ASSERT_EQ(a.elevation, b.elevation);
      ASSERT_EQ(a.elevation_sd, b.elevation_sd);
      ASSERT_EQ(a.longitude, b.longitude);
    }
  }
  EXPECT_EQ(saved(r), saved(again));
}

TEST(Registration, OrderDoesNotMatterWhereAReportTellsTwoThings) {
  const auto after = [](std::uint64_t order) {
    Scene scene(with_mlat(three_dimensional({}, 0.2 * kDegree), 20.0, 0.0), 40, 89);
    scene.whole_seconds = scene.tells_height = true;
    Registration r = begin(scene);
    base::Prng prng(order);
    while (scene.now() < 100) {
      std::vector<Plot> plots = scene.second();
      testing::shuffle(plots, prng);
      for (const Plot& plot : plots) (void)taken(r, plot, scene);
    }
    return r;
  };
  const Registration a = after(1), b = after(2);
  for (std::uint16_t i = 0; i < 3; ++i)
    EXPECT_EQ(a.report(i).elevation.value, b.report(i).elevation.value);
  EXPECT_EQ(a.report(4).place_east.value, b.report(4).place_east.value);
}

TEST(Registration, ASensorWithoutBiasIsLeftAlone) {
  Scene scene(with_ads_b(three_radars({})), 50, 23);
  Registration r = begin(scene);
  while (scene.now() < 300) {
    for (const Plot& plot : scene.second()) {
      const Plot corrected = taken(r, plot, scene);
      if (scene.now() < 120) continue;
      ASSERT_NEAR(corrected.slant_range.metres(), plot.slant_range.metres(), 15.0);
      ASSERT_NEAR(base::wrap_pi(corrected.azimuth.radians() - plot.azimuth.radians()),
                  0.0,
                  0.015 * kDegree);
      ASSERT_NEAR(base::to_seconds(corrected.time - plot.time), 0.0, 0.08);
    }
  }
}

TEST(Registration, SavedAndLoadedItGoesOnIdentically) {
  Scene scene(with_ads_b(three_radars(kSome)), 40, 29);
  Registration r = begin(scene);
  run(r, scene, 95);
  const base::Bytes bytes = saved(r);
  Registration again = begin(scene);
  base::ByteReader in(bytes);
  ASSERT_TRUE(again.load(in, scene.sensors()));
  EXPECT_EQ(in.remaining(), 0u);
  while (scene.now() < 160) {
    for (const Plot& plot : scene.second()) {
      const Plot a = taken(r, plot, scene);
      const Plot b = taken(again, plot, scene);
      ASSERT_EQ(a.slant_range, b.slant_range);
      ASSERT_EQ(a.azimuth, b.azimuth);
      ASSERT_EQ(a.time, b.time);
    }
  }
  EXPECT_EQ(saved(r), saved(again));
}

TEST(Registration, DamagedSnapshotsAreRefusedOrHarmless) {
  Scene scene(with_ads_b(three_radars(kSome)), 20, 31);
  Registration r = begin(scene);
  run(r, scene, 40);
  const base::Bytes bytes = saved(r);
  base::Prng prng(5);
  for (int i = 0; i < 300; ++i) {
    base::Bytes damaged = bytes;
    damaged[prng.below(damaged.size())] ^= static_cast<std::uint8_t>(1u << prng.below(8));
    if (i % 3 == 0) damaged.resize(prng.below(damaged.size()));
    Registration again = begin(scene);
    base::ByteReader in(damaged);
    if (!again.load(in, scene.sensors())) continue;
    Scene more(with_ads_b(three_radars(kSome)), 2, 37);
    run(again, more, 12);
  }
}

TEST(Registration, OrderOfPlotsOfOneTimeDoesNotMatter) {
  const auto after = [](std::uint64_t order) {
    Scene scene(with_ads_b(three_radars({})), 40, 41);
    scene.whole_seconds = true;
    Registration r = begin(scene);
    base::Prng prng(order);
    while (scene.now() < 150) {
      std::vector<Plot> plots = scene.second();
      testing::shuffle(plots, prng);
      for (const Plot& plot : plots) (void)taken(r, plot, scene);
    }
    return r;
  };
  const Registration a = after(1), b = after(2);
  for (std::uint16_t i = 0; i < 4; ++i) {
    EXPECT_GT(a.report(i).observations, 100u);
    EXPECT_EQ(a.report(i).observations, b.report(i).observations);
    EXPECT_EQ(a.report(i).range.value, b.report(i).range.value);
    EXPECT_EQ(a.report(i).azimuth.sd, b.report(i).azimuth.sd);
    EXPECT_EQ(a.report(i).time.value, b.report(i).time.value);
  }
}

TEST(Registration, WhatIsLearntStaysWithItsSensor) {
  Scene scene(with_ads_b(three_radars(kSome)), 40, 43);
  Tracker tracker;
  tracker.set_sensors(scene.sensors());
  std::vector<TrackEvent> events;
  while (scene.now() < 100) {
    for (const Plot& plot : scene.second()) tracker.take(plot, events);
    events.clear();
  }
  const SensorRegistration before = tracker.registration().report(1);
  std::vector<SensorDescription> next(scene.sensors().begin(), scene.sensors().end());
  std::swap(next[0], next[1]);
  next.erase(next.begin() + 2);
  tracker.set_sensors(next);
  const SensorRegistration after = tracker.registration().report(0);
  EXPECT_EQ(after.azimuth.value, before.azimuth.value);
  EXPECT_EQ(after.azimuth.sd, before.azimuth.sd);
  EXPECT_EQ(after.observations, before.observations);
  // One that was moved is a stranger.
  next[0].site.latitude = base::Angle::from_degrees(12.3);
  tracker.set_sensors(next);
  EXPECT_EQ(tracker.registration().report(0).azimuth.value, 0.0);
  EXPECT_EQ(tracker.registration().report(0).observations, 0u);
}

TEST(Registration, ARadarThatNamesNobodyLearnsFromTheTracksItsPlotsGoTo) {
  // Three in ten aircraft tell nobody who they are.
  constexpr std::uint32_t kNameless = 18;
  for (const bool tells_height : {true, false}) {
    for (const double scale : {-5.0, -1.0, 0.5, 4.0}) {
      std::array<Bias, 3> biases = kSome;
      biases[0] = {scale * 100, scale * 0.2 * kDegree, -scale * 0.2};
      Scene scene(with_ads_b(three_radars(biases)), 60, 53);
      for (std::size_t i = 0; i < kNameless; ++i) scene.flyers()[i].has_ads_b = false;
      const std::uint32_t first_named = scene.flyers()[kNameless].address;
      Tracker tracker;
      tracker.set_sensors(scene.sensors());
      std::vector<TrackEvent> events;
      while (scene.now() < 600) {
        for (Plot plot : scene.second()) {
          if (plot.sensor == 0 || plot.icao_address->bits() < first_named) {
            plot.icao_address.reset();
            if (!tells_height) plot.pressure_altitude.reset();
          }
          tracker.take(plot, events);
        }
        tracker.advance(at_second(scene.now()), events);
        events.clear();
      }
      const Errors e = errors_of(tracker.registration(), scene, 0);
      EXPECT_LT(e.range_m, 12.0) << scale;
      EXPECT_LT(e.azimuth_deg, 0.01) << scale;
      EXPECT_LT(e.time_s, 0.06) << scale;
    }
  }
}

TEST(Registration, TracksOfBiasedRadarsComeNearerToTheTruth) {
  // Aircraft that no ADS-B station hears profit from those that one does.
  const auto mean_square_error = [](bool registered) {
    Scene scene(with_ads_b(three_radars(kSome)), 60, 47);
    for (std::size_t i = 0; i < 20; ++i) scene.flyers()[i].has_ads_b = false;
    TrackerOptions options;
    options.registration = registered;
    Tracker tracker(options);
    tracker.set_sensors(scene.sensors());
    std::vector<TrackEvent> events;
    double sum = 0.0;
    int count = 0;
    const geo::TangentFrame frame(
        geo::Geodetic{base::Angle::from_degrees(13), base::Angle::from_degrees(0), Length()});
    while (scene.now() < 240) {
      for (const Plot& plot : scene.second()) tracker.take(plot, events);
      events.clear();
      if (scene.now() < 120) continue;
      tracker.for_each_track([&](std::uint32_t slot) {
        const TrackView v = tracker.view(slot, at_second(scene.now()));
        for (std::size_t i = 0; i < 20; ++i) {
          const Flyer& f = scene.flyers()[i];
          if (v.icao_address != base::IcaoAddress(f.address)) continue;
          const auto truth = geo::geodetic_from_ecef(ecef_at(
              frame, f.east_m + f.ve * scene.now(), f.north_m + f.vn * scene.now(), f.altitude_m));
          const double error = geo::rough_distance(truth, v.position).metres();
          sum += error * error;
          ++count;
        }
      });
    }
    EXPECT_GT(count, 20 * 100);
    return sum / count;
  };
  EXPECT_LT(mean_square_error(true), 0.5 * mean_square_error(false));
}

}  // namespace
}  // namespace liptako::track
