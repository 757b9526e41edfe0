// Where aircraft begin: learnt where they do, forgotten where they no longer do.
#include "track/birth_map.hpp"

#include <gtest/gtest.h>

#include "track/scene_for_test.hpp"

namespace liptako::track {
namespace {

using base::Angle;
using base::Length;
using testing::at_second;

constexpr Length kReach = Length::from_metres(400'000);

geo::Geodetic place(double lat, double lon) {
  return {Angle::from_degrees(lat), Angle::from_degrees(lon), Length()};
}

TEST(BirthMap, KnowsNothingAtFirstAndThenWhereAircraftBegin) {
  BirthMap map;
  EXPECT_EQ(map.ratio(place(13, 1), kReach), 1.0);
  for (int i = 0; i < 300; ++i) map.learn(place(13.05, 1.05), at_second(60 * i));
  EXPECT_GT(map.ratio(place(13.05, 1.05), kReach), 50);
  EXPECT_LT(map.ratio(place(15, 1), kReach), 1.0);
  EXPECT_GT(map.ratio(place(15, 1), kReach), 0.5);
}

// Over the whole coverage there are as many births as were thought of before: rho averages to 1.
TEST(BirthMap, MovesBirthsAboutAndMakesNone) {
  base::Prng prng(31);
  BirthMap map;
  for (int i = 0; i < 2000; ++i) {
    map.learn(i % 2 == 0 ? place(13.05, 1.05) : place(prng.uniform(11, 15), prng.uniform(-1, 3)),
              at_second(10 * i));
  }
  double sum = 0;
  int cells = 0;
  const Length reach = Length::from_metres(4 * 111'195.0 / std::sqrt(base::kPi));
  for (double lat = 11.05; lat < 15; lat += 0.1) {
    for (double lon = -0.95; lon < 3; lon += 0.1) {
      sum += map.ratio(place(lat, lon), reach);
      ++cells;
    }
  }
  EXPECT_GT(sum / cells, 0.5);
  EXPECT_LT(sum / cells, 1.1);
}

TEST(BirthMap, ForgetsWithinDaysAndStaysBounded) {
  BirthMap map;
  for (int i = 0; i < 100; ++i) map.learn(place(13.05, 1.05), at_second(i));
  map.learn(place(14, 2), at_second(10 * 86'400));
  EXPECT_LT(map.ratio(place(13.05, 1.05), kReach), 1.1);
  base::Prng prng(32);
  for (int i = 0; i < 20'000; ++i)
    map.learn(place(prng.uniform(-80, 80), prng.uniform(-180, 180)), at_second(10 * 86'400 + i));
  EXPECT_LE(map.cell_count(), BirthMap::kMaxCells);
}

TEST(BirthMap, ASavedMapGoesOnIdenticallyAndADamagedOneIsRefused) {
  base::Prng prng(33);
  BirthMap map;
  for (int i = 0; i < 500; ++i)
    map.learn(place(prng.uniform(10, 16), prng.uniform(-3, 3)), at_second(100 * i));
  base::Bytes bytes;
  base::ByteWriter out(bytes);
  map.save(out);
  BirthMap again;
  base::ByteReader in(bytes);
  ASSERT_TRUE(again.load(in));
  for (int i = 0; i < 200; ++i) {
    const geo::Geodetic where = place(prng.uniform(10, 16), prng.uniform(-3, 3));
    EXPECT_EQ(again.ratio(where, kReach), map.ratio(where, kReach));
    again.learn(where, at_second(50'000 + 100 * i));
    map.learn(where, at_second(50'000 + 100 * i));
  }
  for (std::size_t cut = 0; cut < bytes.size(); cut += 61) {
    base::ByteReader part(std::span<const std::uint8_t>(bytes).first(cut));
    BirthMap none;
    EXPECT_FALSE(none.load(part)) << cut;
  }
}

}  // namespace
}  // namespace liptako::track
