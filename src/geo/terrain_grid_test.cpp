// A grid reads what a file of its form says, between nodes too, and no bytes harm it.
#include "geo/terrain_grid.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/prng.hpp"
#include "geo/terrain_for_test.hpp"

namespace liptako::geo {
namespace {

using base::Angle;

TEST(TerrainGrid, GivesAPlaneExactlyBetweenItsNodes) {
  // A bilinear surface holds every plane a + b latitude + c longitude.
  const auto plane = [](double lat, double lon) { return 300.0 + 60.0 * lat - 120.0 * lon; };
  const auto grid = TerrainGrid::read(testing::terrain_bytes(plane, {.step_arcsec = 300}));
  ASSERT_TRUE(grid) << grid.error().message;
  EXPECT_EQ(grid->height_sd().metres(), 72.0);
  EXPECT_NEAR(grid->spacing().metres(), 9266.0, 1.0);
  base::Prng prng(1);
  for (int i = 0; i < 1000; ++i) {
    const double lat = prng.uniform(12.0, 14.0), lon = prng.uniform(-1.0, 1.0);
    const auto height = grid->height_at(Angle::from_degrees(lat), Angle::from_degrees(lon));
    ASSERT_TRUE(height);
    EXPECT_NEAR(height->metres(), plane(lat, lon), 1e-6);
  }
}

TEST(TerrainGrid, KnowsNothingOutsideItselfOrBesideAnUnknownNode) {
  const auto flat = [](double lat, double lon) {
    return lat > 13.2 && lat < 13.3 && lon > 0.2 && lon < 0.3 ? -32768.0 : 250.0;
  };
  const auto grid = TerrainGrid::read(testing::terrain_bytes(flat, {.step_arcsec = 900}));
  ASSERT_TRUE(grid);
  const auto at = [&](double lat, double lon) {
    return grid->height_at(Angle::from_degrees(lat), Angle::from_degrees(lon)).has_value();
  };
  EXPECT_TRUE(at(12.5, -0.5));
  EXPECT_FALSE(at(13.3, 0.3));
  EXPECT_FALSE(at(13.1, 0.1));
  EXPECT_TRUE(at(13.6, 0.1));
  EXPECT_TRUE(at(testing::kTerrainNorthDeg, testing::kTerrainWestDeg));
  EXPECT_FALSE(at(testing::kTerrainNorthDeg + 0.01, 0.0));
  EXPECT_FALSE(at(-60.0, 0.0));
  EXPECT_FALSE(at(13.0, testing::kTerrainWestDeg - 0.01));
  EXPECT_FALSE(at(std::nan(""), 0.0));
  EXPECT_FALSE(at(13.0, INFINITY));
}

TEST(TerrainGrid, RefusesWhateverIsNotWhole) {
  const base::Bytes whole = testing::terrain_bytes([](double, double) { return 0.0; }, {});
  ASSERT_TRUE(TerrainGrid::read(whole));
  for (std::size_t size = 0; size < 40; ++size)
    EXPECT_FALSE(TerrainGrid::read(base::ByteView(whole).first(size))) << size;
  EXPECT_FALSE(TerrainGrid::read(base::ByteView(whole).first(whole.size() - 1)));
  base::Bytes longer = whole;
  longer.push_back(0);
  EXPECT_FALSE(TerrainGrid::read(longer));
  // Whatever stands in the head, it is refused, or says what the heights then mean.
  base::Prng prng(2);
  int read = 0;
  for (int i = 0; i < 4000; ++i) {
    base::Bytes damaged = whole;
    for (int k = 0; k < 2; ++k)
      damaged[prng.below(36)] = static_cast<std::uint8_t>(prng.below(256));
    const auto grid = TerrainGrid::read(damaged);
    if (!grid) {
      EXPECT_TRUE(grid.error().message.starts_with("terrain: "));
      continue;
    }
    ++read;
    for (int k = 0; k < 5; ++k) {
      const auto height = grid->height_at(Angle::from_degrees(prng.uniform(-95, 95)),
                                          Angle::from_degrees(prng.uniform(-190, 190)));
      if (height) {
        EXPECT_EQ(height->metres(), 0.0);
      }
    }
  }
  EXPECT_GT(read, 10);
}

}  // namespace
}  // namespace liptako::geo
