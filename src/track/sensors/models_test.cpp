// Every sensor model there is, held to the same: its Jacobians are the numeric gradients, what it
// says of the noise is what plots show that are simulated by the geometry below, which shares no
// code with the models, and a first fix errs as it says. A new kind adds a case to simulate().
#include "track/sensors/models.hpp"

#include <gtest/gtest.h>

#include "base/math.hpp"
#include "base/prng.hpp"
#include "track/imm.hpp"

namespace liptako::track {
namespace {

using base::Angle;
using base::Length;
using base::Prng;
using base::Speed;

// WGS-84 [TR8350.2], written out: ECEF of a geodetic place, and the east-north-up axes there.
struct Vector {
  double x = 0, y = 0, z = 0;
};
Vector ecef(double lat, double lon, double height) {
  constexpr double a = 6'378'137.0, f = 1.0 / 298.257223563, e2 = f * (2.0 - f);
  const auto [sin_lat, cos_lat] = base::sincos(lat);
  const auto [sin_lon, cos_lon] = base::sincos(lon);
  const double n = a / std::sqrt(1.0 - e2 * sin_lat * sin_lat);
  return {(n + height) * cos_lat * cos_lon,
          (n + height) * cos_lat * sin_lon,
          (n * (1.0 - e2) + height) * sin_lat};
}
// b as seen from the ground point at (lat, lon, height).
Vector enu(double lat, double lon, double height, const Vector& b) {
  const Vector o = ecef(lat, lon, height);
  const Vector d{b.x - o.x, b.y - o.y, b.z - o.z};
  const auto [sin_lat, cos_lat] = base::sincos(lat);
  const auto [sin_lon, cos_lon] = base::sincos(lon);
  return {-sin_lon * d.x + cos_lon * d.y,
          -sin_lat * (cos_lon * d.x + sin_lon * d.y) + cos_lat * d.z,
          cos_lat * (cos_lon * d.x + sin_lon * d.y) + sin_lat * d.z};
}
struct Radii {
  double meridian, prime_vertical;
};
Radii radii(double lat) {
  constexpr double a = 6'378'137.0, f = 1.0 / 298.257223563, e2 = f * (2.0 - f);
  const double s = base::sin(lat), w = std::sqrt(1.0 - e2 * s * s);
  return {a * (1.0 - e2) / (w * w * w), a / w};
}

// An aircraft at a geodetic place with a velocity in east and north there.
struct Truth {
  double lat, lon, height, ve, vn;
};
// Small distances along the ellipsoid, at the height's own radius.
Truth moved(const Truth& t, double east, double north) {
  const Radii r = radii(t.lat);
  Truth m = t;
  m.lat += north / (r.meridian + t.height);
  m.lon += east / ((r.prime_vertical + t.height) * base::cos(t.lat));
  return m;
}

struct Scene {
  SensorDescription sensor;
  geo::TangentFrame site, frame;
  Truth truth;
  HorizontalState at;  // the truth in the frame
  Height height;
  Plot plot;
};

// What people tell is a sector and a class of range: the truth is anywhere in it.
void simulate_observer(Scene& s, Prng& prng) {
  const double w = prng.uniform(0.1, 1.6), width = prng.uniform(2e3, 12e3);
  const double lat = s.sensor.site.latitude.radians(), lon = s.sensor.site.longitude.radians();
  const double ago = prng.uniform(0, 240);
  s.plot.seen_ago = base::seconds(ago);
  const double before = ago + prng.normal(0, base::to_seconds(s.sensor.latency_sd));
  const double turned = std::sqrt(3.0 * ago * ago * ago / 3.0);
  const Truth then = moved(s.truth,
                           -before * s.truth.ve + prng.normal(0, turned),
                           -before * s.truth.vn + prng.normal(0, turned));
  const Vector q = enu(lat, lon, 0, ecef(then.lat, then.lon, then.height));
  const double bearing = base::atan2(q.x, q.y), range = std::sqrt(q.x * q.x + q.y * q.y);
  // The middle such that the truth is as likely at one place of the segment as at another.
  s.plot.azimuth = Angle::from_radians(base::wrap_two_pi(bearing - prng.uniform(-0.5, 0.5) * w));
  s.plot.azimuth_width = Angle::from_radians(w);
  s.plot.slant_range = Length::from_metres(range - prng.uniform(-0.5, 0.5) * width);
  s.plot.range_width = Length::from_metres(width);
}

void told(Scene& s, const Truth& at, Prng& prng, double se, double sn, double r) {
  const double a = prng.normal(0, 1), b = prng.normal(0, 1);
  const Truth place = moved(at, se * a, sn * (r * a + std::sqrt(1 - r * r) * b));
  s.plot.latitude = Angle::from_radians(place.lat);
  s.plot.longitude = Angle::from_radians(place.lon);
}

// A plot of the aircraft, with noise of the size that the model is told.
void simulate(Scene& s, Prng& prng) {
  const double late = prng.normal(0, base::to_seconds(s.sensor.latency_sd));
  const Truth then = moved(s.truth, -late * s.truth.ve, -late * s.truth.vn);
  Plot& p = s.plot;
  const double height_sd = prng.uniform(3, 60);
  p.geometric_height = Length::from_metres(s.truth.height + prng.normal(0, height_sd));
  p.geometric_height_sd = Length::from_metres(height_sd);
  switch (s.sensor.kind) {
    case SensorKind::polar_radar: {
      const Vector q = enu(s.sensor.site.latitude.radians(),
                           s.sensor.site.longitude.radians(),
                           s.sensor.site.height.metres(),
                           ecef(s.truth.lat, s.truth.lon, s.truth.height));
      const double ground = std::sqrt(q.x * q.x + q.y * q.y);
      p.slant_range = Length::from_metres(std::sqrt(ground * ground + q.z * q.z) +
                                          prng.normal(0, s.sensor.range_sd.metres()));
      p.azimuth = Angle::from_radians(
          base::wrap_two_pi(base::atan2(q.x, q.y) + prng.normal(0, s.sensor.azimuth_sd.radians())));
      const double bend = ground / (8.0 * 6'371'009.0) * prng.normal(1.0, 0.2);
      p.elevation = Angle::from_radians(base::atan2(q.z, ground) + bend +
                                        prng.normal(0, s.sensor.elevation_sd.radians()));
      return;
    }
    case SensorKind::ads_b: {
      const double sd = prng.uniform(5, 200);
      p.position_sd = Length::from_metres(sd);
      return told(s, then, prng, sd, sd, 0.0);
    }
    case SensorKind::remote_id: {
      const double sd = prng.uniform(2, 300);
      p.sd_east = Length::from_metres(sd);
      return told(s, then, prng, sd, sd, 0.0);
    }
    case SensorKind::mlat:
    case SensorKind::tracker:
    case SensorKind::uav_telemetry: {
      const double se = prng.uniform(6, 200), sn = prng.uniform(6, 200);
      p.sd_east = Length::from_metres(se);
      p.sd_north = Length::from_metres(sn);
      p.correlation = prng.uniform(-0.9, 0.9);
      return told(s, then, prng, se, sn, p.correlation);
    }
    case SensorKind::observer:
      return simulate_observer(s, prng);
  }
  FAIL() << "no way to simulate kind " << static_cast<int>(s.sensor.kind);
}

Scene random_scene(SensorKind kind, Prng& prng) {
  Scene s;
  s.sensor = described(kind);
  const double lat = prng.uniform(-1.0, 1.0), lon = prng.uniform(-3, 3);
  s.sensor.site = {Angle::from_radians(lat),
                   Angle::from_radians(lon),
                   Length::from_metres(prng.uniform(0, 1500))};
  s.sensor.placed = true;
  s.site = geo::TangentFrame(s.sensor.site);
  const double reach = std::min(0.8 * s.sensor.range_max.metres(), 350e3);
  const double range = prng.uniform(kind == SensorKind::observer ? 10e3 : 25e3, reach);
  const auto [sine, cosine] = base::sincos(prng.uniform(0, 2 * base::kPi));
  const double speed = prng.uniform(0, 250), course = prng.uniform(0, 2 * base::kPi);
  const double height = prng.uniform(2000, 12000);
  s.truth = moved({lat, lon, height, speed * base::sin(course), speed * base::cos(course)},
                  range * sine,
                  range * cosine);
  // A frame within reach of the aircraft.
  const Truth near = moved(s.truth, prng.uniform(-20e3, 20e3), prng.uniform(-20e3, 20e3));
  s.frame =
      geo::TangentFrame({Angle::from_radians(near.lat), Angle::from_radians(near.lon), Length()});
  const Vector p = enu(near.lat, near.lon, 0, ecef(s.truth.lat, s.truth.lon, height));
  s.at.x[kEast] = p.x;
  s.at.x[kNorth] = p.y;
  s.at.x[kVelocityEast] = s.truth.ve;
  s.at.x[kVelocityNorth] = s.truth.vn;
  s.height = {height, 100.0 * 100.0};
  simulate(s, prng);
  return s;
}

class EverySensorModel : public ::testing::TestWithParam<SensorKind> {
 protected:
  [[nodiscard]] const SensorModel& model() const { return model_of(GetParam()); }
  [[nodiscard]] LinearMeasurement linearise(const Scene& s,
                                            const HorizontalState& at,
                                            const Height& h) const {
    return model().linearise(s.sensor, s.site, s.plot, s.frame, at, h);
  }
  [[nodiscard]] HeightMeasurement linearise_height(const Scene& s,
                                                   const HorizontalState& at,
                                                   const Height& h) const {
    return *model().linearise_height(s.sensor, s.site, s.plot, s.frame, at, h);
  }
};

TEST_P(EverySensorModel, IsRegisteredAndDescribed) {
  ASSERT_TRUE(is_known(GetParam()));
  EXPECT_EQ(model().kind, GetParam());
  EXPECT_EQ(described(GetParam()).kind, GetParam());
  EXPECT_FALSE(model().name.empty());
  EXPECT_GT(model().measurement_space(described(GetParam())), 0.0);
  EXPECT_EQ(model().linearise_height == nullptr, model().first_height == nullptr);
}

TEST_P(EverySensorModel, HasTheNumericGradientsAsItsJacobians) {
  Prng prng(71 + static_cast<std::uint64_t>(GetParam()));
  const double to_metres[2] = {1.0, 1.0};
  for (int i = 0; i < 200; ++i) {
    const Scene s = random_scene(GetParam(), prng);
    const LinearMeasurement m = linearise(s, s.at, s.height);
    // Of a radar's azimuth, a radian is its distance.
    const bool radar = GetParam() == SensorKind::polar_radar;
    const double scale[2] = {to_metres[0], radar ? 1.0 / s.plot.slant_range.metres() : 1.0};
    for (int k = 0; k < kStateSize; ++k) {
      const double step = k < 2 ? 1.0 : 0.1;
      HorizontalState up = s.at, down = s.at;
      up.x[k] += step;
      down.x[k] -= step;
      for (int row = 0; row < 2; ++row) {
        const double numeric =
            -(linearise(s, up, s.height).y[row] - linearise(s, down, s.height).y[row]) / (2 * step);
        EXPECT_NEAR(m.H[row][k], numeric, 5e-5 * scale[row]) << "row " << row << ", state " << k;
      }
      if (m.columns == Columns::position && k >= 2) {
        EXPECT_EQ(m.H[0][k], 0.0);
      }
      if (m.columns == Columns::place) {
        EXPECT_EQ(m.H[0][k], k == kEast ? 1.0 : 0.0);
        EXPECT_EQ(m.H[1][k], k == kNorth ? 1.0 : 0.0);
      }
    }
    Height up = s.height, down = s.height;
    up.mean_m += 1;
    down.mean_m -= 1;
    for (int row = 0; row < 2; ++row) {
      const double numeric = -(linearise(s, s.at, up).y[row] - linearise(s, s.at, down).y[row]) / 2;
      // A told place moves by 5 m a kilometre of height at the rim of the frame, one seen from a
      // post beyond it by 8 m, which is left out.
      const double left_out = model().uses_height ? 0.0 : 9e-3;
      EXPECT_NEAR(m.dh[row], numeric, 5e-5 * scale[row] + left_out) << "row " << row;
    }
    if (model().linearise_height == nullptr) continue;
    const HeightMeasurement h = linearise_height(s, s.at, s.height);
    const double unit = radar ? 1.0 / s.plot.slant_range.metres() : 1.0;
    EXPECT_NEAR(h.dh,
                -(linearise_height(s, s.at, up).y - linearise_height(s, s.at, down).y) / 2,
                5e-5 * unit);
    for (int k = 0; k < 2; ++k) {
      HorizontalState ahead = s.at, behind = s.at;
      ahead.x[k] += 1;
      behind.x[k] -= 1;
      const double numeric =
          -(linearise_height(s, ahead, s.height).y - linearise_height(s, behind, s.height).y) / 2;
      EXPECT_NEAR(h.H[k], numeric, 5e-5 * unit);
    }
  }
}

// Mean of n draws of a chi-square with d degrees of freedom: within 4 sd of d all but once in
// 15,000. Even spreads, as an observer's, have lighter tails.
void expect_chi_square(double sum, int draws, double degrees) {
  EXPECT_NEAR(sum / draws, degrees, 4.0 * std::sqrt(2.0 * degrees / draws) + 0.01 * degrees);
}

TEST_P(EverySensorModel, SaysOfItsNoiseWhatSimulatedPlotsShow) {
  constexpr int kDraws = 6'000;
  Prng prng(81 + static_cast<std::uint64_t>(GetParam()));
  double sum = 0, height_sum = 0;
  for (int i = 0; i < kDraws; ++i) {
    const Scene s = random_scene(GetParam(), prng);
    const LinearMeasurement m = linearise(s, s.at, s.height);
    sum += evaluate(Gaussian{s.at, {}}, m).d2;
    if (model().linearise_height == nullptr) continue;
    const HeightMeasurement h = linearise_height(s, s.at, s.height);
    height_sum += h.y * h.y / h.R;
  }
  expect_chi_square(sum, kDraws, 2.0);
  if (model().linearise_height != nullptr) expect_chi_square(height_sum, kDraws, 1.0);
}

TEST_P(EverySensorModel, ErrsInAFirstFixAsItSays) {
  constexpr int kDraws = 6'000;
  Prng prng(91 + static_cast<std::uint64_t>(GetParam()));
  double sum = 0, height_sum = 0;
  for (int i = 0; i < kDraws; ++i) {
    Scene s = random_scene(GetParam(), prng);
    // A fix is of the sensor's own noise; what the latency adds is for those who know the velocity.
    s.truth.ve = s.truth.vn = 0.0;
    simulate(s, prng);
    const FirstFix fix = model().first_fix(s.sensor, s.site, s.plot, s.height);
    const double lat = fix.position.latitude.radians(), lon = fix.position.longitude.radians();
    const Vector error = enu(lat, lon, 0, ecef(s.truth.lat, s.truth.lon, s.truth.height));
    double ee = fix.cov_ee_m2, nn = fix.cov_nn_m2;
    if (GetParam() == SensorKind::observer) {
      // This one stood still but for what it turned, and the model allows for flight.
      const double time_sd = base::to_seconds(s.sensor.latency_sd);
      const double ago = base::to_seconds(s.plot.seen_ago);
      const double more = ago * ago * ago - 100.0 * 100.0 * (ago * ago + time_sd * time_sd);
      ee += more;
      nn += more;
    }
    const double det = ee * nn - fix.cov_en_m2 * fix.cov_en_m2;
    ASSERT_GT(det, 0.0);
    sum +=
        (nn * error.x * error.x - 2 * fix.cov_en_m2 * error.x * error.y + ee * error.y * error.y) /
        det;
    if (model().first_height == nullptr) continue;
    const auto h = model().first_height(s.sensor, s.site, s.plot);
    ASSERT_TRUE(h.has_value());
    const double height_error = s.truth.height - h->mean_m;
    height_sum += height_error * height_error / h->variance_m2;
  }
  expect_chi_square(sum, kDraws, 2.0);
  if (model().first_height != nullptr) expect_chi_square(height_sum, kDraws, 1.0);
}

std::string name_of(const ::testing::TestParamInfo<SensorKind>& param) {
  std::string name(model_of(param.param).name);
  for (char& c : name) {
    if (c == ' ' || c == '-') c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(All,
                         EverySensorModel,
                         ::testing::ValuesIn(sensor_kinds().begin(), sensor_kinds().end()),
                         name_of);

TEST(SensorModels, OnlyNumbersInTheTableAreKnown) {
  EXPECT_FALSE(is_known(SensorKind{0}));
  EXPECT_FALSE(is_known(static_cast<SensorKind>(sensor_kinds().size() + 1)));
}

}  // namespace
}  // namespace liptako::track
