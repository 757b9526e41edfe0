#include "serve/rate_limit.hpp"

#include <gtest/gtest.h>

#include "base/prng.hpp"

namespace liptako::serve {
namespace {

using base::Duration;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(TokenBuckets, ABurstPassesThenTheRateHolds) {
  TokenBuckets buckets({.rate = 2.0, .burst = 5.0});
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(buckets.take("a", seconds(0)), Duration::zero()) << i;
  }
  EXPECT_EQ(buckets.take("a", seconds(0)), milliseconds(500));
  EXPECT_EQ(buckets.take("b", seconds(0)), Duration::zero()) << "another's bucket";
  EXPECT_EQ(buckets.take("a", milliseconds(500)), Duration::zero());
  EXPECT_GT(buckets.take("a", milliseconds(500)), Duration::zero());
}

TEST(TokenBuckets, NoOrderOfRequestsBeatsBurstPlusRate) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    base::Prng prng(seed);
    TokenBuckets buckets({.rate = 3.0, .burst = 7.0});
    Duration now{};
    double passed = 0;
    for (int i = 0; i < 500; ++i) {
      now += milliseconds(prng.below(300));
      passed += buckets.take("a", now) == Duration::zero();
      ASSERT_LE(passed, 7.0 + 3.0 * base::to_seconds(now) + 1e-6);
    }
  }
}

TEST(TokenBuckets, ManyNamesNeitherGrowTheTableNorOpenItForTheOnesHeld) {
  TokenBuckets buckets({.rate = 1.0, .burst = 2.0, .max_names = 10});
  EXPECT_EQ(buckets.take("held", seconds(0)), Duration::zero());
  EXPECT_EQ(buckets.take("held", seconds(0)), Duration::zero());
  int passed = 0;
  for (int i = 0; i < 1000; ++i)
    passed += buckets.take(std::to_string(i), seconds(0)) == Duration::zero();
  EXPECT_EQ(passed, 9);
  EXPECT_EQ(buckets.size(), 10u);
  EXPECT_GT(buckets.take("held", seconds(0)), Duration::zero());
  EXPECT_EQ(buckets.take("later", seconds(10)), Duration::zero()) << "full buckets were forgotten";
}

TEST(Backoff, EachFailureDoublesTheWaitUpToItsBound) {
  Backoff backoff({.free_failures = 3, .first = seconds(1), .longest = seconds(60)});
  Duration now{};
  backoff.failed("a", now);
  backoff.failed("a", now);
  EXPECT_EQ(backoff.wait("a", now), Duration::zero());
  for (const int expected : {1, 2, 4, 8, 16, 32, 60, 60, 60}) {
    backoff.failed("a", now);
    EXPECT_EQ(backoff.wait("a", now), seconds(expected));
    EXPECT_EQ(backoff.wait("b", now), Duration::zero());
    now += backoff.wait("a", now);
    EXPECT_EQ(backoff.wait("a", now), Duration::zero());
  }
  backoff.succeeded("a");
  backoff.failed("a", now);
  EXPECT_EQ(backoff.wait("a", now), Duration::zero());
}

// An attacker that tries whenever it may: how many guesses in a day.
TEST(Backoff, ADayOfGuessingIsFewGuesses) {
  Backoff backoff{Backoff::Options{}};
  Duration now{};
  int guesses = 0;
  while (now < std::chrono::hours(24)) {
    now += backoff.wait("a", now);
    backoff.failed("a", now);
    ++guesses;
  }
  EXPECT_LT(guesses, 1'500);
}

TEST(Backoff, WhatWasLongAgoIsForgottenAndTheTableIsBounded) {
  Backoff backoff({.forgotten_after = minutes(30), .max_names = 50});
  for (int i = 0; i < 3; ++i) backoff.failed("a", seconds(0));
  for (int i = 0; i < 200; ++i) backoff.failed(std::to_string(i), seconds(1));
  EXPECT_EQ(backoff.size(), 50u);
  backoff.failed("b", minutes(40));
  EXPECT_EQ(backoff.size(), 1u);
}

}  // namespace
}  // namespace liptako::serve
