#include "serve/sessions.hpp"

#include <gtest/gtest.h>

#include <map>

#include "base/prng.hpp"

namespace liptako::serve {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

TEST(Sessions, ATokenOpensItsSessionAndNoOtherDoes) {
  Sessions sessions{Sessions::Options{}};
  sessions.begin("token", "oq-1", minutes(0));
  ASSERT_NE(sessions.use("token", minutes(1)), nullptr);
  EXPECT_EQ(sessions.use("token", minutes(1))->account, "oq-1");
  EXPECT_EQ(sessions.use("Token", minutes(1)), nullptr);
  EXPECT_EQ(sessions.use("", minutes(1)), nullptr);
}

TEST(Sessions, ItEndsWhenIdleAfterAShiftAndAtLogout) {
  Sessions sessions{{.idle = minutes(30), .longest = hours(13)}};
  sessions.begin("idle", "a1", minutes(0));
  EXPECT_EQ(sessions.use("idle", minutes(30)), nullptr);
  const std::uint64_t id = sessions.begin("busy", "a1", minutes(0)).id;
  for (int minute = 0; minute < 13 * 60; minute += 20)
    ASSERT_NE(sessions.use("busy", minutes(minute)), nullptr) << minute;
  EXPECT_FALSE(sessions.keep(id, hours(13)));
  EXPECT_EQ(sessions.use("busy", hours(13)), nullptr);
  const std::uint64_t third = sessions.begin("out", "a1", minutes(0)).id;
  EXPECT_TRUE(sessions.keep(third, minutes(1)));
  sessions.end(third);
  EXPECT_FALSE(sessions.keep(third, minutes(1)));
  EXPECT_EQ(sessions.use("out", minutes(1)), nullptr);
}

TEST(Sessions, AllOfAnAccountEndButTheOneThatAsked) {
  Sessions sessions{Sessions::Options{}};
  sessions.begin("one", "a1", minutes(0));
  const std::uint64_t own = sessions.begin("two", "a1", minutes(0)).id;
  sessions.begin("other", "b1", minutes(0));
  sessions.end_account("a1", own);
  EXPECT_EQ(sessions.use("one", minutes(1)), nullptr);
  EXPECT_NE(sessions.use("two", minutes(1)), nullptr);
  EXPECT_NE(sessions.use("other", minutes(1)), nullptr);
}

// Against a slow, obvious model: a list of all that was ever begun.
TEST(Sessions, WhateverHappensTheTableIsBoundedAndAgreesWithAModel) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    base::Prng prng(seed);
    const Sessions::Options options{
        .idle = minutes(30), .longest = hours(2), .max_sessions = 12, .max_per_account = 3};
    Sessions sessions(options);
    struct Known {
      std::string account;
      base::Duration began{}, used{};
      std::uint64_t id = 0;
    };
    std::map<std::string, Known> model;  // by token; only upper bounds: evictions take some away
    base::Duration now{};
    for (int step = 0; step < 400; ++step) {
      now += minutes(prng.below(8));
      const std::string token = std::to_string(prng.below(40));
      if (prng.below(2) == 0) {
        const std::string account = "account" + std::to_string(prng.below(6));
        const Session& begun = sessions.begin(token, account, now);
        model[token] = {account, now, now, begun.id};
      } else if (const Session* used = sessions.use(token, now)) {
        ASSERT_TRUE(model.contains(token));
        Known& known = model[token];
        EXPECT_EQ(used->account, known.account);
        EXPECT_EQ(used->id, known.id);
        EXPECT_LT(now - known.used, options.idle);
        EXPECT_LT(now - known.began, options.longest);
        known.used = now;
      } else {
        model.erase(token);
      }
      EXPECT_LE(sessions.size(), options.max_sessions);
    }
    std::map<std::string, int> per_account;
    for (const auto& [token, known] : model)
      per_account[known.account] += sessions.use(token, now) != nullptr;
    for (const auto& [account, count] : per_account) {
      EXPECT_LE(count, 3) << account;
    }
  }
}

TEST(Sessions, TheLeastRecentlyUsedMakesRoom) {
  Sessions sessions{{.max_sessions = 3, .max_per_account = 2}};
  sessions.begin("a-old", "a1", minutes(0));
  sessions.begin("a-new", "a1", minutes(1));
  sessions.begin("a-newest", "a1", minutes(2));
  EXPECT_EQ(sessions.use("a-old", minutes(3)), nullptr);
  EXPECT_NE(sessions.use("a-new", minutes(3)), nullptr);
  sessions.begin("b", "b1", minutes(4));
  sessions.begin("c", "c1", minutes(5));
  EXPECT_EQ(sessions.use("a-newest", minutes(5)), nullptr);
  EXPECT_EQ(sessions.size(), 3u);
}

}  // namespace
}  // namespace liptako::serve
