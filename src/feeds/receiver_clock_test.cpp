#include "feeds/receiver_clock.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/prng.hpp"
#include "codec/modes/reception.hpp"

namespace liptako::feeds {
namespace {

using base::Duration;
using base::Timestamp;
using codec::modes::kStampMask;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Timestamp kStart = base::timestamp_from_ns(1'795'341'600'000'000'000);  // 10:00:00
constexpr double kMidnight = 14 * 3600;  // the next one, in seconds from there

// What a GPS clock stamps, `at` seconds from kStart.
std::uint64_t gps(double at) {
  const auto of_day = (kStart.time_since_epoch() + base::seconds(at)) % base::kDay;
  const auto whole = std::chrono::floor<seconds>(of_day);
  return static_cast<std::uint64_t>(whole.count()) << 30 |
         static_cast<std::uint64_t>((of_day - whole).count());
}

// A receiver that counts `rate` ticks a second of true time from `first`, and a link.
struct Scene {
  explicit Scene(TimeBase time_base = TimeBase::utc) : clock(time_base, kStart) {}
  [[nodiscard]] std::uint64_t stamp(double at) const {
    return (first + static_cast<std::uint64_t>(std::llround((at - since) * rate))) & kStampMask;
  }
  // One reply at `at`, received `delay_s` later: how far its time is from the truth, in seconds.
  double error(double at, double delay_s) { return error(at, delay_s, stamp(at)); }
  double error(double at, double delay_s, std::uint64_t stamped) {
    const std::optional<std::uint64_t> one = stamped;
    const auto t = clock.times({&one, 1}, kStart + base::seconds(at + delay_s))[0];
    return t ? base::to_seconds(*t - (kStart + base::seconds(at))) : 1e9;
  }
  ReceiverClock clock;
  double rate = 12e6;
  std::uint64_t first = 1'000'000;
  double since = 0;
};

TEST(ReceiverClock, FollowsTheLeastDelayedAndSpacesByStamps) {
  Scene s;
  base::Prng prng(1);
  double worst = 0;
  for (int i = 0; i < 5000; ++i) {
    const double error = s.error(i * 0.1, 0.02 + prng.exponential(0.2));
    if (i > 100) worst = std::max(worst, std::fabs(error - 0.02));
  }
  EXPECT_LT(worst, 0.01) << "while the delays are 0.2 s on average";
  EXPECT_EQ(s.clock.jumps(), 0u);
}

TEST(ReceiverClock, GivesWayToADriftingCrystal) {
  for (const double drift : {-100e-6, 100e-6}) {
    Scene s;
    s.rate = 12e6 * (1 + drift);
    double worst = 0;
    for (int i = 0; i < 36'000; ++i) worst = std::max(worst, std::fabs(s.error(i * 0.1, 0.02)));
    EXPECT_LT(worst, 0.05) << "an hour at " << drift;
    EXPECT_EQ(s.clock.jumps(), 0u);
  }
}

TEST(ReceiverClock, ABurstAfterAStallKeepsItsOwnTimes) {
  Scene s;
  for (int i = 0; i < 100; ++i) (void)s.error(i * 0.1, 0.02);
  // Ten seconds of replies come at once.
  for (int i = 0; i < 100; ++i) {
    const double at = 10 + i * 0.1;
    EXPECT_NEAR(s.error(at, 20 - at), 0.02, 0.01);
  }
  EXPECT_EQ(s.clock.jumps(), 0u);
}

TEST(ReceiverClock, ACounterThatStartsOverIsFollowedAfterThree) {
  Scene s;
  for (int i = 0; i < 100; ++i) (void)s.error(i * 0.1, 0.02);
  s.first = 0;
  s.since = 10;
  for (int i = 0; i < 100; ++i) EXPECT_NEAR(s.error(10 + i * 0.1, 0.02), 0.02, 0.011);
  EXPECT_EQ(s.clock.jumps(), 1u);
}

TEST(ReceiverClock, OneStampOutOfLineChangesNothing) {
  Scene s;
  for (int i = 0; i < 100; ++i) (void)s.error(i * 0.1, 0.02);
  const std::uint64_t kept = s.first;
  s.first = 0xABCDEF012345;
  EXPECT_NEAR(s.error(10, 0.02), 0.02, 1e-6) << "the reception instead";
  s.first = kept;
  EXPECT_NEAR(s.error(10.1, 0.5), 0.02, 0.01);
  EXPECT_EQ(s.clock.jumps(), 0u);
}

TEST(ReceiverClock, WrapsAreFollowed) {
  Scene s;
  s.first = kStampMask - 5 * 12'000'000;
  for (int i = 0; i < 100; ++i) EXPECT_NEAR(s.error(i * 0.1, 0.02 + (i % 3) * 0.1), 0.02, 0.11);
  EXPECT_NEAR(s.error(10, 0.3), 0.02, 0.01);
  EXPECT_EQ(s.clock.jumps(), 0u);
}

TEST(ReceiverClock, ATimeThatStoodStillIsNoticedWithinHalfAMinute) {
  Scene s;
  for (int i = 0; i < 100; ++i) (void)s.error(i * 0.1, 0.02);
  s.since = 20;  // the receiver slept for twenty seconds in the middle
  for (int i = 0; i < 320; ++i) (void)s.error(30 + i * 0.1, 0.02);
  EXPECT_NEAR(s.error(63, 0.02), 0.02, 0.02);
}

TEST(ReceiverClock, StampsOfAGpsClockTellUtcWhateverTheDelay) {
  Scene s;
  for (int i = 0; i < 200; ++i) {
    const double delay = 0.1 + 0.05 * (i % 20);
    const double error = s.error(i * 0.3, delay, gps(i * 0.3));
    EXPECT_NEAR(error, i < 10 ? delay : i < 20 ? error : 0, 1e-6) << "the reception for 4 s";
  }
  // Held up for twenty seconds, then all at once.
  for (int i = 200; i < 270; ++i) {
    EXPECT_NEAR(s.error(i * 0.3, 82 - i * 0.3, gps(i * 0.3)), 0, 1e-6);
  }
  for (int i = 270; i < 400; ++i) EXPECT_NEAR(s.error(i * 0.3, 5, gps(i * 0.3)), 0, 1e-6);
  EXPECT_EQ(s.clock.jumps(), 0u);
  EXPECT_EQ(s.error(20, 100, gps(20)), 1e9) << "a minute and more behind";
}

TEST(ReceiverClock, ACounterThatStartsAtMidnightIsNotTakenForAGpsClock) {
  Scene s;
  s.first = 0;
  s.since = kMidnight + 4;
  for (int i = 0; i < 1200; ++i) {
    EXPECT_NEAR(s.error(kMidnight + 5 + i * 0.1, 0.02), 0.02, 0.011) << i;
    if (i != 15) continue;
    base::Bytes state;  // before it is known what it is
    base::ByteWriter writer(state);
    s.clock.save(writer);
    base::ByteReader reader(state);
    s.clock = ReceiverClock();
    s.clock.load(reader);
    ASSERT_TRUE(reader.ok() && reader.at_end());
  }
  EXPECT_EQ(s.clock.jumps(), 0u);
}

TEST(ReceiverClock, AGpsClockThatBecomesACounterIsNoticedAndTheOtherWayRound) {
  Scene s;
  s.first = 0;
  s.since = kMidnight + 4;
  for (int i = 0; i < 100; ++i)
    (void)s.error(kMidnight - 6 + i * 0.1, 0.02, gps(kMidnight - 6 + i * 0.1));
  for (int i = 0; i < 900; ++i) {
    const double error = s.error(kMidnight + 5 + i * 0.1, 0.02);
    if (i > 100) {
      EXPECT_NEAR(error, 0.02, 0.011) << i;
    }
  }
  EXPECT_EQ(s.clock.jumps(), 1u);
  for (int i = 0; i < 1000; ++i) {
    const double at = kMidnight + 95 + i * 0.01;
    const double error = s.error(at, 0.3, gps(at));
    if (i > 600) {
      EXPECT_NEAR(error, 0, 1e-6) << i;
    }
  }
}

TEST(ReceiverClock, MissingStampsTakeTheReception) {
  Scene s;
  const std::optional<std::uint64_t> none;
  EXPECT_EQ(s.clock.times({&none, 1}, kStart)[0], kStart);
  Scene recording(TimeBase::recording);
  EXPECT_FALSE(recording.clock.times({&none, 1}, kStart)[0].has_value());
}

TEST(ReceiverClock, ARecordingBeginsAtItsStartAndGoesOnOverJumps) {
  Scene s(TimeBase::recording);
  EXPECT_NEAR(s.error(0, 0), 0, 1e-9);
  EXPECT_NEAR(s.error(12.5, 0), 0, 1e-6);
  s.first = 77;
  s.since = 12.5;
  EXPECT_NEAR(s.error(12.5, 0), 0, 1e-6) << "where it jumps no time passes";
  EXPECT_NEAR(s.error(14, 0), 0, 1e-6);
  EXPECT_EQ(s.clock.jumps(), 1u);
}

TEST(ReceiverClock, PlayedFasterItRunsAheadAndSaysByHowMuch) {
  Scene s(TimeBase::rebase_at_speed);
  for (int i = 0; i <= 100; ++i) {
    const std::optional<std::uint64_t> one = s.stamp(i);
    (void)s.clock.times({&one, 1}, kStart + milliseconds(100 * i));
  }
  EXPECT_NEAR(base::to_seconds(s.clock.lead()), 90, 1e-6);
}

TEST(ReceiverClock, SavedAndLoadedItGoesOnTheSame) {
  for (const TimeBase base : {TimeBase::utc, TimeBase::recording, TimeBase::rebase_at_speed}) {
    Scene s(base);
    base::Prng prng(9);
    for (int i = 0; i < 200; ++i) (void)s.error(i * 0.5, prng.uniform());
    base::Bytes state;
    base::ByteWriter writer(state);
    s.clock.save(writer);
    Scene again(base);
    base::ByteReader reader(state);
    again.clock.load(reader);
    ASSERT_TRUE(reader.ok() && reader.at_end());
    for (int i = 200; i < 300; ++i) {
      const double delay = prng.uniform();
      EXPECT_EQ(s.error(i * 0.5, delay), again.error(i * 0.5, delay));
    }
  }
}

TEST(ReceiverClock, AnyStampsGiveTimesNearTheReceptionOrNone) {
  base::Prng prng(4);
  for (int round = 0; round < 200; ++round) {
    ReceiverClock clock(TimeBase::utc);
    Timestamp now = kStart;
    for (int i = 0; i < 100; ++i) {
      now += base::seconds(prng.chance(0.1) ? prng.uniform(-1e6, 1e6) : prng.uniform());
      std::vector<std::optional<std::uint64_t>> stamps(prng.below(6));
      for (auto& stamp : stamps) {
        if (prng.chance(0.9)) stamp = prng.next() & (prng.chance(0.5) ? kStampMask : 0xFFFFFFF);
      }
      for (const auto& t : clock.times(stamps, now)) {
        if (!t) continue;
        EXPECT_LE(*t - now, seconds(5));
        EXPECT_LE(now - *t, seconds(60));
      }
    }
  }
}

}  // namespace
}  // namespace liptako::feeds
