#include "base/units.hpp"

#include <gtest/gtest.h>

#include <type_traits>

namespace liptako::base {
namespace {

template <class A, class B>
concept Addable = requires(A a, B b) { a + b; };

TEST(Units, QuantitiesOfDifferentKindsCannotMix) {
  static_assert(!Addable<Length, Speed>);
  static_assert(!Addable<Length, Angle>);
  static_assert(!Addable<Length, double>);
  static_assert(!std::is_convertible_v<double, Length>);
  static_assert(!std::is_constructible_v<Length, double>);
  static_assert(Addable<Length, Length>);
}

TEST(Units, ConversionsFollowTheirDefinitions) {
  EXPECT_DOUBLE_EQ(Length::from_flight_level(350).metres(), 10668.0);
  EXPECT_DOUBLE_EQ(Length::from_nautical_miles(1).feet(), 1852.0 / 0.3048);
  EXPECT_DOUBLE_EQ(Speed::from_knots(3600).mps(), 1852.0);
  EXPECT_DOUBLE_EQ(Speed::from_feet_per_minute(60).mps(), 0.3048);
  EXPECT_DOUBLE_EQ(Angle::from_degrees(180).radians(), kPi);
}

TEST(Units, SpeedTimesTimeIsLength) {
  const Length d = Speed::from_mps(250) * seconds(4);
  EXPECT_DOUBLE_EQ(d.metres(), 1000.0);
  EXPECT_DOUBLE_EQ((d / seconds(4)).mps(), 250.0);
}

}  // namespace
}  // namespace liptako::base
