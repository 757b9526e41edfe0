// Which checkpoints stay, over a year, and that nothing is lost by it.
#include "record/checkpoints_kept.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "record/log.hpp"
#include "sim/sim_storage.hpp"
#include "written.hpp"

namespace liptako::record {
namespace {

const base::Timestamp kBegin = *base::parse_rfc3339("2026-01-01T00:00:00Z");
constexpr std::int64_t kHour = 3'600;
constexpr std::int64_t kDayS = 86'400;

std::int64_t seconds_of(base::Timestamp t) {
  return std::chrono::duration_cast<std::chrono::seconds>(t.time_since_epoch()).count();
}

// A note as a log keeps it; nobody here looks at what signatures sign.
base::Bytes note_of(std::uint64_t size, int witnesses, base::Timestamp time) {
  seal::Note note{seal::checkpoint_text({"node.test/log", size, {}}), {}};
  note.signatures.push_back({"node.test/log", 1, base::Bytes(64, 1)});
  for (int w = 0; w < witnesses; ++w) {
    base::Bytes bytes(72, 1);
    const auto at = static_cast<std::uint64_t>(seconds_of(time));
    for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<std::uint8_t>(at >> (8 * (7 - i)));
    note.signatures.push_back({fmt::format("w{}.test/witness", w), 2, bytes});
  }
  const std::string text = seal::to_string(note);
  return {text.begin(), text.end()};
}

std::set<std::uint64_t> kept(base::Storage& disk) {
  std::set<std::uint64_t> out;
  const auto names = disk.list("checkpoints");
  for (const std::string& name : *names) out.insert(std::stoull(name));
  return out;
}

TEST(CheckpointsKept, OverAYearTheyStayFewAndTheBestOfEachPeriodIsThere) {
  constexpr std::int64_t kEvery = 900;  // seconds
  constexpr int kDays = 365;
  const std::set<std::uint64_t> named{5, 200, 20'000};
  const std::vector<std::uint64_t> named_list(named.begin(), named.end());
  sim::SimStorage disk(1);
  base::Prng prng(1);
  std::map<std::uint64_t, int> witnesses;  // of each size
  std::uint64_t size = 0;
  for (std::int64_t at = 0; at < kDays * kDayS; at += kEvery) {
    const base::Timestamp now = kBegin + std::chrono::seconds(at);
    ++size;
    witnesses[size] = 1 + static_cast<int>(prng.below(3));
    ASSERT_TRUE(disk.replace(checkpoint_history_path(size), note_of(size, witnesses[size], now)));
    if (at % kDayS != 0) continue;
    for (int calls = 0;; ++calls) {
      ASSERT_LT(calls, 20);
      const auto done = thin_checkpoints(disk, {}, now, named_list);
      ASSERT_TRUE(done) << done.error().message;
      ASSERT_LE(done->removed, ThinningRules().most);
      if (done->complete) break;
    }
    ASSERT_TRUE(disk.size(checkpoint_history_path(size))) << "the newest stays";
    const std::size_t count = disk.list("checkpoints")->size();
    const auto days = static_cast<std::size_t>(at / kDayS);
    ASSERT_LE(count, static_cast<std::size_t>(2 * kDayS / kEvery) + 31 * 24 + days + 5);
  }
  const std::set<std::uint64_t> there = kept(disk);
  for (const std::uint64_t n : named) EXPECT_TRUE(there.contains(n)) << n;
  // What is there, by the period its time falls in.
  const std::int64_t end = seconds_of(kBegin) + kDays * kDayS;
  const auto time_of = [&](std::uint64_t n) {
    return seconds_of(kBegin) + static_cast<std::int64_t>(n - 1) * kEvery;
  };
  for (std::uint64_t n = 1; n <= size; ++n) {
    if (time_of(n) >= end - kDayS) {
      EXPECT_TRUE(there.contains(n)) << "of the last day";
    }
  }
  std::map<std::int64_t, std::vector<std::uint64_t>> hours, days;
  for (const std::uint64_t n : there) {
    if (named.contains(n)) continue;
    hours[time_of(n) / kHour].push_back(n);
    days[time_of(n) / kDayS].push_back(n);
  }
  for (std::int64_t hour = (end - 29 * kDayS) / kHour; hour < (end - 2 * kDayS) / kHour; ++hour) {
    ASSERT_EQ(hours[hour].size(), 1u);
    int most = 0;
    for (const auto& [n, count] : witnesses) {
      if (time_of(n) / kHour == hour) most = std::max(most, count);
    }
    EXPECT_EQ(witnesses[hours[hour].front()], most);
  }
  for (std::int64_t day = seconds_of(kBegin) / kDayS; day < (end - 32 * kDayS) / kDayS; ++day) {
    EXPECT_EQ(days[day].size(), 1u);
    EXPECT_EQ(witnesses[days[day].front()], 3);
  }
}

TEST(CheckpointsKept, ALostListOfTimesAndACrashOnlyKeepThemLonger) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    base::Prng prng(seed);
    sim::SimStorage disk(seed);
    for (std::uint64_t n = 1; n <= 200; ++n) {
      const base::Timestamp at = kBegin + static_cast<std::int64_t>(n) * std::chrono::minutes(10);
      ASSERT_TRUE(disk.replace(checkpoint_history_path(n),
                               note_of(n, static_cast<int>(prng.below(2)), at)));
    }
    const base::Timestamp now = kBegin + 40 * base::kDay;
    disk.die_at_change(prng.below(60));
    (void)thin_checkpoints(disk, {.most = 20}, now);
    if (prng.chance(0.5)) {
      disk.restart_after_power_loss();
    } else {
      disk.restart_after_kill();
    }
    if (prng.chance(0.3)) (void)disk.remove(kCheckpointTimes);
    if (prng.chance(0.3) && disk.size(kCheckpointTimes)) {
      ASSERT_TRUE(disk.replace(kCheckpointTimes, base::Bytes{'9', ' ', 'x'}));
    }
    while (!thin_checkpoints(disk, {.most = 20}, now)->complete) {
    }
    EXPECT_TRUE(disk.size(checkpoint_history_path(200)));
    // Those that a time is known of are down to two days; the others wait for theirs.
    for (int days = 0; days < 3; ++days) {
      while (!thin_checkpoints(disk, {.most = 20}, now + (32 + days) * base::kDay)->complete) {
      }
    }
    EXPECT_LE(disk.list("checkpoints")->size(), 4u);
  }
}

TEST(CheckpointsKept, WhatCannotBeReadStays) {
  sim::SimStorage disk(1);
  for (std::uint64_t n = 1; n <= 20; ++n)
    ASSERT_TRUE(disk.replace(checkpoint_history_path(n), note_of(n, 1, kBegin)));
  ASSERT_TRUE(disk.replace(checkpoint_history_path(7), base::Bytes{'x'}));
  ASSERT_TRUE(disk.replace("checkpoints/note", base::Bytes{'x'}));
  ASSERT_TRUE(thin_checkpoints(disk, {}, kBegin));
  for (const int days : {2, 40})
    ASSERT_TRUE(thin_checkpoints(disk, {}, kBegin + days * base::kDay));
  EXPECT_TRUE(disk.size(checkpoint_history_path(7)));
  EXPECT_TRUE(disk.size("checkpoints/note"));
  EXPECT_TRUE(disk.size(checkpoint_history_path(20)));
  EXPECT_LE(disk.list("checkpoints")->size(), 4u);
}

TEST(CheckpointsKept, AnyTwoThatStayAreProvedConsistent) {
  sim::SimStorage disk(1);
  auto writer =
      Writer::open(
          disk, {.segment_limit = 64u << 10, .buffer_limit = 4u << 10, .salt = 7, .commit = true})
          .value();
  const auto key = seal::SigningKey::from_seed(std::array<std::uint8_t, 32>{1});
  auto log = Log::open(disk, {"node.test/log", key, {}, std::chrono::seconds(10)}, {0, 0});
  for (int i = 0; i < 60; ++i) {
    for (int n = 0; n < 13; ++n) ASSERT_TRUE(append_next(writer));
    ASSERT_TRUE(writer.flush() && writer.sync());
    log.append(writer.take_commitments());
    const base::Timestamp now = kBegin + i * std::chrono::hours(1);
    auto work = log.take_all(now, i * std::chrono::hours(1)).value();
    ASSERT_TRUE(Log::write(disk, work));
    log.finish(std::move(work), {});
    ASSERT_TRUE(thin_checkpoints(disk, {}, now));
  }
  const std::size_t before = disk.list("checkpoints")->size();
  while (!thin_checkpoints(disk, {}, kBegin + 60 * base::kDay)->complete) {
  }
  const std::set<std::uint64_t> there = kept(disk);
  EXPECT_LT(there.size(), before / 4);
  ASSERT_GE(there.size(), 3u);
  for (const std::uint64_t older : there) {
    for (const std::uint64_t newer : there) {
      if (older > newer) continue;
      const auto proof = prove_consistency(disk, older, newer);
      ASSERT_TRUE(proof) << proof.error().message;
    }
  }
}

}  // namespace
}  // namespace liptako::record
