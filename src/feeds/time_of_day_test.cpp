#include "feeds/time_of_day.hpp"

#include <gtest/gtest.h>

#include "base/prng.hpp"

namespace liptako::feeds {
namespace {

using codec::asterix::TimeOfDay;

TEST(TimeOfDay, AnyInstantIsFoundAgainFromItsTimeOfDayAndARoughGuide) {
  base::Prng prng(61);
  for (int i = 0; i < 20000; ++i) {
    const auto ticks = static_cast<std::int64_t>(prng.below(TimeOfDay::kTicksPerDay));
    const auto day = static_cast<std::int64_t>(prng.below(40000)) - 10000;
    const base::Timestamp t{day * base::kDay + base::Duration(ticks * 7'812'500)};
    const base::Timestamp guide = t + base::seconds(prng.uniform(-43000, 43000));
    EXPECT_EQ(unwrap(TimeOfDay{static_cast<std::uint32_t>(ticks)}, guide), t);
  }
}

TEST(TimeOfDay, ASourceIsFollowedOverMidnight) {
  base::Timestamp guide = *base::parse_rfc3339("2016-05-10T23:59:58Z");
  base::Timestamp last = guide;
  for (int second = 0; second < 5; ++second) {
    const TimeOfDay tod{static_cast<std::uint32_t>((86'398 + second) % 86'400 * 128)};
    const base::Timestamp t = unwrap(tod, last);
    EXPECT_EQ(t, guide + std::chrono::seconds(second));
    last = t;
  }
}

}  // namespace
}  // namespace liptako::feeds
