// What the ground hides from a radar, against lines of sight walked step by step over the hills
// themselves; and what silence is then worth.
#include "track/terrain_view.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/archive.hpp"
#include "geo/terrain_for_test.hpp"
#include "track/coverage.hpp"
#include "track/scene_for_test.hpp"
#include "track/stored.hpp"

namespace liptako::track {
namespace {

using base::Angle;
using base::Length;
using testing::at_second;

constexpr double kEffectiveM = 4.0 / 3.0 * 6'371'008.8;

SensorDescription radar_at(double height_m) {
  SensorDescription s = testing::radar(13, 0);
  s.site.height = Length::from_metres(height_m);
  return s;
}

// A place over the ellipsoid by the way that coverage takes, a chord at the antenna's level.
geo::Geodetic from(const SensorDescription& s, double azimuth, double ground_m) {
  const double dip = ground_m * ground_m / (2 * geo::kMeanRadiusM);
  return geo::geodetic_from_ecef(geo::TangentFrame(s.site).ecef_from_enu(
      {ground_m * base::sin(azimuth), ground_m * base::cos(azimuth), -dip}));
}

double share(const SensorDescription& s, double azimuth, double ground_m, double height_m) {
  return share_in_view(s, geo::TangentFrame(s.site), from(s, azimuth, ground_m), {height_m, 0.0});
}

// Rounded hills on a plain, none of them beside the site.
struct Hills {
  struct Hill {
    double lat, lon, height_m, width_deg;
  };
  std::vector<Hill> hills;
  double plain_m = 0.0;

  Hills(std::uint64_t seed, int count) {
    base::Prng prng(seed);
    plain_m = prng.uniform(0, 400);
    while (static_cast<int>(hills.size()) < count) {
      const Hill h{prng.uniform(10.5, 15.5),
                   prng.uniform(-2.5, 2.5),
                   prng.uniform(400, 2600),
                   prng.uniform(0.08, 0.25)};
      if (std::hypot(h.lat - 13, h.lon) > 0.15 + 3 * h.width_deg) hills.push_back(h);
    }
  }
  [[nodiscard]] double operator()(double lat, double lon) const {
    double height = plain_m;
    for (const Hill& h : hills) {
      const double x = (lon - h.lon) / h.width_deg, y = (lat - h.lat) / h.width_deg;
      height += h.height_m * base::exp(-(x * x + y * y));
    }
    return height;
  }
};

// How far the line of sight stays above the ground, as an angle from the antenna; negative: hidden.
// The line is straight in the plane of the effective Earth; the ground is that of the hills and not
// of a grid.
struct Target {
  double azimuth = 0.0;
  double ground_m = 0.0;
  double height_m = 0.0;
};
double clearance_rad(const Hills& hills, const SensorDescription& s, const Target& target) {
  const double antenna = s.site.height.metres();
  const double angle = target.ground_m / kEffectiveM;
  const double tx = (kEffectiveM + target.height_m) * base::sin(angle);
  const double ty = (kEffectiveM + target.height_m) * base::cos(angle);
  double least = 1.0;
  constexpr int kSteps = 250;
  for (int i = 12; i <= kSteps; ++i) {
    const double part = static_cast<double>(i) / kSteps;
    const double x = part * tx, y = (1 - part) * (kEffectiveM + antenna) + part * ty;
    const double over = std::sqrt(x * x + y * y) - kEffectiveM;
    const double way = base::atan2(x, y) * kEffectiveM;
    const geo::Geodetic p = from(s, target.azimuth, way);
    const double ground = hills(p.latitude.degrees(), p.longitude.degrees());
    least = std::min(least, (over - ground) / way);
  }
  return least;
}

TEST(TerrainView, HidesWhatAWalkedLineOfSightDoesNotReach) {
  int seen = 0, unseen = 0, in_front = 0;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const Hills hills(seed, 14);
    const geo::TerrainGrid grid = geo::testing::terrain(
        [&](double lat, double lon) { return hills(lat, lon); }, {.step_arcsec = 60, .sd_m = 1});
    SensorDescription s = radar_at(hills.plain_m + 30);
    s.terrain = terrain_seen_from(s, grid);
    base::Prng prng(100 + seed);
    for (int i = 0; i < 300; ++i) {
      const double azimuth = prng.uniform(0, 2 * base::kPi), ground = prng.uniform(20e3, 220e3);
      const geo::Geodetic place = from(s, azimuth, ground);
      const double under = hills(place.latitude.degrees(), place.longitude.degrees());
      const double height = under + prng.uniform(100, 4000);
      const double clearance = clearance_rad(hills, s, {azimuth, ground, height});
      // At the edge it is a matter of degree; beside a hill, of which direction is asked.
      const auto near_by = [&](double turned) {
        return clearance_rad(hills, s, {azimuth + turned, ground, height});
      };
      const double around = 2.0 * base::kRadiansPerDegree;
      const double least = std::min({clearance, near_by(around), near_by(-around)});
      const double most = std::max({clearance, near_by(around), near_by(-around)});
      const double margin = 0.35 * base::kRadiansPerDegree;
      if (least > margin) {
        EXPECT_GT(share(s, azimuth, ground, height), 0.96)
            << seed << " " << ground << " " << height;
        ++seen;
        // In front of a hill that a profile by azimuth alone would hide it behind.
        const bool behind =
            clearance_rad(hills, s, {azimuth, 250e3, 250e3 * height / ground}) < 0.0;
        in_front += behind ? 1 : 0;
      } else if (most < -margin) {
        EXPECT_LT(share(s, azimuth, ground, height), 0.04)
            << seed << " " << ground << " " << height;
        ++unseen;
      }
    }
  }
  EXPECT_GT(seen, 200);
  EXPECT_GT(unseen, 60);
  EXPECT_GT(in_front, 0);
}

TEST(TerrainView, OfAFlatSeaIsItsHorizon) {
  const geo::TerrainGrid sea = geo::testing::terrain([](double, double) { return 0.0; });
  for (const double antenna : {20.0, 60.0, 300.0, 1500.0}) {
    const SensorDescription bare = radar_at(antenna);
    SensorDescription s = bare;
    s.terrain = terrain_seen_from(s, sea);
    ASSERT_FALSE(s.terrain.empty());
    for (double ground = 5e3; ground < 350e3; ground += 7e3) {
      const auto at = [&](const SensorDescription& of) {
        return lowest_in_view(of, Angle::from_degrees(33), Length::from_metres(ground)).metres();
      };
      const double expected = at(bare);
      if (expected < 0.0) {  // on this side of the horizon: never above the sea
        EXPECT_LT(at(s), 0.01 * base::kRadiansPerDegree * ground + 1.0) << antenna << " " << ground;
      } else {
        EXPECT_NEAR(at(s), expected, 0.003 * base::kRadiansPerDegree * ground + 1.0)
            << antenna << " " << ground;
      }
    }
  }
}

TEST(TerrainView, WhoFliesHigherIsSeenNoLess) {
  const Hills hills(7, 14);
  const geo::TerrainGrid grid =
      geo::testing::terrain([&](double lat, double lon) { return hills(lat, lon); });
  SensorDescription s = radar_at(hills.plain_m + 30);
  s.terrain = terrain_seen_from(s, grid);
  base::Prng prng(8);
  for (int i = 0; i < 300; ++i) {
    const double azimuth = prng.uniform(0, 2 * base::kPi), ground = prng.uniform(2e3, 300e3);
    double before = 0.0;
    for (double height = 0.0; height < 12e3; height += 250) {
      const double now = share(s, azimuth, ground, height);
      EXPECT_GE(now, before - 1e-9);
      before = now;
    }
  }
}

// A wall around the site.
geo::TerrainGrid walled(double distance_m, double height_m, std::uint32_t sd_m) {
  return geo::testing::terrain(
      [=](double lat, double lon) {
        const double ground =
            geo::rough_distance({Angle::from_degrees(13), Angle(), Length()},
                                {Angle::from_degrees(lat), Angle::from_degrees(lon), Length()})
                .metres();
        return std::fabs(ground - distance_m) < 9e3 ? height_m : 0.0;
      },
      {.sd_m = sd_m});
}

TEST(TerrainView, AnEdgeIsAsUnsureAsItsGround) {
  // The share in view is that of the walls, erring as the grid errs, over which it would be seen.
  base::Prng prng(9);
  for (const double distance : {25e3, 50e3}) {
    SensorDescription unsure = radar_at(30);
    unsure.terrain = terrain_seen_from(unsure, walled(distance, 900, 150));
    const double ground = 90e3;
    const double edge =
        lowest_in_view(unsure, Angle::from_degrees(45), Length::from_metres(ground)).metres();
    constexpr std::array kAbove{-500.0, -150.0, 0.0, 150.0, 500.0};
    std::array<double, kAbove.size()> sum{};
    constexpr int kDraws = 30;
    const double azimuth = 45 * base::kRadiansPerDegree;
    for (int k = 0; k < kDraws; ++k) {
      SensorDescription sure = radar_at(30);
      // Quantiles of the normal, so that few draws do.
      const double normal = base::log((k + 0.5) / (kDraws - k - 0.5)) / 1.702;
      sure.terrain = terrain_seen_from(sure, walled(distance, 900 + 150 * normal, 1));
      for (std::size_t i = 0; i < kAbove.size(); ++i)
        sum[i] += share(sure, azimuth, ground, edge + kAbove[i]) / kDraws;
    }
    for (std::size_t i = 0; i < kAbove.size(); ++i) {
      EXPECT_NEAR(share(unsure, azimuth, ground, edge + kAbove[i]), sum[i], 0.06)
          << distance << " " << kAbove[i];
    }
  }
}

TEST(TerrainView, OfARadarBelowItsGroundDoesNotBlindIt) {
  // The grid's plain is 450 m above the antenna: a valley narrower than its step, or a height of
  // the site that is told wrongly.
  const geo::TerrainGrid plain = geo::testing::terrain([](double, double) { return 480.0; });
  SensorDescription s = radar_at(30);
  s.terrain = terrain_seen_from(s, plain);
  ASSERT_FALSE(s.terrain.empty());
  for (const double ground : {30e3, 80e3, 150e3, 250e3})
    EXPECT_GT(share(s, 1.0, ground, 10'000), ground < 160e3 ? 0.95 : 0.75) << ground;
  EXPECT_GT(s.terrain.ground_sd_m, 440.0F);
  // A mountain near by, which the grid smears over the site, is left out too.
  const geo::TerrainGrid near = geo::testing::terrain(
      [](double lat, double lon) { return std::hypot(lat - 13, lon) < 0.1 ? 1500.0 : 300.0; });
  SensorDescription below = radar_at(330);
  below.terrain = terrain_seen_from(below, near);
  EXPECT_GT(share(below, 1.0, 60e3, 4000), 0.95);
}

TEST(TerrainView, IsNothingWhereNothingIsKnownOrAsked) {
  const geo::TerrainGrid hills = geo::testing::terrain([](double, double) { return 2000.0; });
  SensorDescription s = radar_at(2030);
  EXPECT_FALSE(terrain_seen_from(s, hills).empty());
  SensorDescription profiled = s;
  profiled.horizon.assign(4, Angle::from_degrees(1));
  EXPECT_TRUE(terrain_seen_from(profiled, hills).empty());
  SensorDescription elsewhere = s;
  elsewhere.site.latitude = Angle::from_degrees(44);
  EXPECT_TRUE(terrain_seen_from(elsewhere, hills).empty());
  SensorDescription unplaced = s;
  unplaced.placed = false;
  EXPECT_TRUE(terrain_seen_from(unplaced, hills).empty());
  SensorDescription station = s;
  station.kind = SensorKind::ads_b;
  EXPECT_TRUE(terrain_seen_from(station, hills).empty());
  // Beside the grid's end the sea's horizon holds on.
  SensorDescription beside = radar_at(30);
  beside.site.longitude = Angle::from_degrees(geo::testing::kTerrainWestDeg + 0.5);
  const SensorDescription bare = beside;
  beside.terrain =
      terrain_seen_from(beside, geo::testing::terrain([](double, double) { return 0.0; }));
  const auto west = Angle::from_degrees(270);
  for (const double ground : {100e3, 200e3, 300e3}) {
    EXPECT_NEAR(lowest_in_view(beside, west, Length::from_metres(ground)).metres(),
                lowest_in_view(bare, west, Length::from_metres(ground)).metres(),
                0.005 * base::kRadiansPerDegree * ground);
  }
}

TEST(TerrainView, IsBoundedAndComesBackAsItWasSaved) {
  base::Prng prng(10);
  const geo::TerrainGrid rough = geo::testing::terrain(
      [&](double lat, double lon) {
        return prng.uniform(0, 100) + 3000 * std::hypot(lat - 13, lon);
      },
      {.step_arcsec = 60});
  SensorDescription s = radar_at(9000);
  s.terrain = terrain_seen_from(s, rough);
  ASSERT_TRUE(is_loadable(s));
  std::size_t begin = 0;
  for (const std::uint16_t end : s.terrain.ends) {
    EXPECT_LE(end - begin, TerrainView::kMostEdges);
    begin = end;
  }
  base::Bytes bytes;
  base::ByteWriter out(bytes);
  base::Saver{out}(s.terrain);
  EXPECT_LT(bytes.size(), 40'000u);
  TerrainView again;
  base::ByteReader in(bytes);
  base::Loader{in}(again);
  EXPECT_TRUE(in.ok() && in.at_end());
  base::Bytes twice;
  base::ByteWriter more(twice);
  base::Saver{more}(again);
  EXPECT_EQ(bytes, twice);
  // Damaged ones are refused, or harmless.
  for (int i = 0; i < 500; ++i) {
    base::Bytes damaged = bytes;
    damaged[prng.below(damaged.size())] ^= static_cast<std::uint8_t>(1u << prng.below(8));
    TerrainView view;
    base::ByteReader reader(damaged);
    base::Loader{reader}(view);
    if (!reader.ok() || !is_loadable(view)) continue;
    s.terrain = view;
    const double seen = share(s, prng.uniform(0, 6), prng.uniform(1e3, 400e3), 5000);
    EXPECT_TRUE(seen >= 0.0 && seen <= 1.0);
  }
}

// Existence after a radar has been silent about an aircraft for a minute.
double existence_after_silence(double aircraft_height_m, bool knows_terrain) {
  base::Prng prng(24);
  SensorDescription s = radar_at(330);
  if (knows_terrain) {
    // A ridge across the north-east, 40 km off and 900 m over the plain.
    s.terrain =
        terrain_seen_from(s, geo::testing::terrain([](double lat, double lon) {
                            return std::fabs((lat - 13) + lon - 0.5) < 0.06 ? 1200.0 : 300.0;
                          }));
  }
  TrackerOptions options;
  options.coast_limit = std::chrono::minutes(2);
  Tracker tracker(options);
  tracker.set_sensors({&s, 1});
  std::vector<TrackEvent> events;
  testing::Aircraft a;
  a.mode_a = base::ModeACode(01234);
  a.east_m = 55e3;
  a.north_m = 55e3;
  a.speed_mps = 60;
  a.height_m = aircraft_height_m;
  int t = 0;
  for (; t < 60; t += 5) {
    tracker.take(testing::radar_plot(s, 0, a, at_second(t), prng), events);
    a.fly(5);
  }
  for (; t < 120; t += 5) {
    tracker.note_sensor_time(0, at_second(t));
    tracker.advance(at_second(t), events);
  }
  double existence = 0;
  tracker.for_each_track(
      [&](std::uint32_t slot) { existence = tracker.view(slot, at_second(t)).existence; });
  return existence;
}

TEST(TerrainView, SilenceBehindARidgeCostsNothingAndInPlainViewWhatItDid) {
  const double hidden = existence_after_silence(1300, true);
  EXPECT_GT(hidden, 0.97);
  EXPECT_LT(existence_after_silence(1300, false), hidden - 0.05);
  EXPECT_NEAR(existence_after_silence(9000, true), existence_after_silence(9000, false), 0.02);
  EXPECT_LT(existence_after_silence(9000, true), hidden - 0.05);
}

}  // namespace
}  // namespace liptako::track
