// The links between nodes: delay, order, loss, cuts, repeatability.
#include "sim/links.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

namespace liptako::sim {
namespace {

using base::Bytes;
using base::Duration;
using base::Timestamp;

constexpr MemberIndex kA{0}, kB{1}, kC{2};
const Timestamp kStart = base::parse_rfc3339("2026-11-22T10:00:00Z").value();

Duration ms(int n) { return std::chrono::milliseconds(n); }

Scenario three_members(double loss, bool reorders) {
  Scenario out;
  out.members = {"a", "b", "c"};
  out.links = {{{kA, kB}, {ms(40), ms(650)}, loss, reorders},
               {{kA, kC}, {ms(40), ms(40)}, 0.0, false}};
  return out;
}

struct Arrival {
  MemberIndex to;
  MemberIndex from;
  Timestamp at;
  Bytes frame;
  friend bool operator==(const Arrival&, const Arrival&) = default;
};

// Sends a numbered frame a to b each 50 ms for `count` frames, advancing in steps of `step`.
std::vector<Arrival> run(LinkModel& links, int count, Duration step) {
  std::vector<Arrival> out;
  const auto sink = [&](const LinkModel::Delivery& d) {
    out.push_back({d.to, d.from, d.at, Bytes(d.frame.begin(), d.frame.end())});
  };
  Timestamp advanced = kStart;
  for (int i = 0; i < count; ++i) {
    const Timestamp now = kStart + ms(50 * i);
    for (; advanced + step <= now; advanced += step) links.advance(advanced + step, sink);
    Bytes frame;
    base::ByteWriter(frame).put(i);
    links.send(now, kA, kB, frame);
  }
  links.advance(kStart + ms(50 * count) + std::chrono::seconds(2), sink);
  return out;
}

int number_of(const Arrival& arrival) { return base::ByteReader(arrival.frame).get<int>(); }

TEST(Links, DeliverInOrderWithinTheDelayAndLoseTheShareSaid) {
  constexpr int kCount = 40'000;
  LinkModel links(three_members(0.02, false), 1, kStart);
  const std::vector<Arrival> got = run(links, kCount, ms(20));
  int last = -1;
  Timestamp previous = kStart;
  double delay_s = 0.0;
  for (const Arrival& arrival : got) {
    const int number = number_of(arrival);
    EXPECT_GT(number, last);
    EXPECT_GE(arrival.at, previous);
    const Duration delay = arrival.at - (kStart + ms(50 * number));
    EXPECT_GE(delay, ms(40));
    EXPECT_LE(delay, ms(650));
    delay_s += base::to_seconds(delay);
    last = number;
    previous = arrival.at;
  }
  const double lost = 1.0 - static_cast<double>(got.size()) / kCount;
  EXPECT_NEAR(lost, 0.02, 4.0 * std::sqrt(0.02 * 0.98 / kCount));
  EXPECT_GT(delay_s / static_cast<double>(got.size()), 0.35);  // waiting for slower ones ahead
  EXPECT_EQ(links.counters().sent, static_cast<std::uint64_t>(kCount));
  EXPECT_EQ(links.counters().delivered, got.size());
  EXPECT_EQ(links.counters().lost, kCount - got.size());
}

TEST(Links, FramesOvertakeOnlyWhereTheLinkSaysSo) {
  LinkModel links(three_members(0.0, true), 2, kStart);
  const std::vector<Arrival> got = run(links, 2000, ms(100));
  ASSERT_EQ(got.size(), 2000u);
  int overtaken = 0;
  for (std::size_t i = 1; i < got.size(); ++i)
    overtaken += number_of(got[i]) < number_of(got[i - 1]);
  EXPECT_GT(overtaken, 200);
}

TEST(Links, TheSameSeedGivesTheSameArrivalsHoweverFarEachAdvanceGoes) {
  const auto arrivals = [](std::uint64_t seed, Duration step) {
    LinkModel links(three_members(0.1, false), seed, kStart);
    return run(links, 3000, step);
  };
  EXPECT_EQ(arrivals(3, ms(10)), arrivals(3, ms(5000)));
  EXPECT_NE(arrivals(3, ms(10)), arrivals(4, ms(10)));
}

TEST(Links, CarryNothingDuringACutAndLoseWhatIsUnderWay) {
  Scenario scenario = three_members(0.0, false);
  const auto seconds = [](int n) { return Duration(std::chrono::seconds(n)); };
  scenario.link_cuts = {{kB, std::nullopt, {seconds(20), seconds(30), seconds(60)}},
                        {kA, kC, {seconds(100), std::nullopt, std::nullopt}}};
  LinkModel links(scenario, 5, kStart);
  const auto in_cut = [&](Timestamp t) {
    const Duration phase = (t - kStart) % seconds(60);
    return phase >= seconds(20) && phase < seconds(30);
  };
  for (int second = 0; second < 200; ++second) {
    const Timestamp t = kStart + seconds(second);
    EXPECT_EQ(links.up(kA, kB, t), !in_cut(t)) << second;
    EXPECT_EQ(links.up(kB, kA, t), !in_cut(t)) << second;
    EXPECT_EQ(links.up(kC, kA, t), second < 100) << second;
    EXPECT_FALSE(links.up(kB, kC, t));  // no such link
  }
  const std::vector<Arrival> got = run(links, 4000, ms(20));
  std::map<int, int> per_second;
  for (const Arrival& arrival : got) {
    EXPECT_FALSE(in_cut(arrival.at));
    const Timestamp sent = kStart + ms(50 * number_of(arrival));
    EXPECT_FALSE(in_cut(sent));
    EXPECT_EQ((sent - kStart - seconds(20)) / seconds(60),
              (arrival.at - kStart - seconds(20)) / seconds(60));  // did not cross a cut
    ++per_second[static_cast<int>((sent - kStart) / seconds(1))];
  }
  for (int second = 0; second < 200; ++second) {
    const int phase = second % 60;
    if (phase < 19 || phase > 29) {
      EXPECT_EQ(per_second[second], 20) << second;
    }
  }
  EXPECT_EQ(links.counters().cut + links.counters().delivered, 4000u);
}

TEST(Links, WhatOneDirectionCarriesChangesNothingInAnother) {
  LinkModel quiet(three_members(0.1, false), 6, kStart);
  LinkModel busy(three_members(0.1, false), 6, kStart);
  for (int i = 0; i < 100; ++i) busy.send(kStart, kB, kA, Bytes{1});
  for (int i = 0; i < 100; ++i) busy.send(kStart, kA, kC, Bytes{1});
  std::vector<Arrival> of_busy = run(busy, 1000, ms(100));
  std::erase_if(of_busy, [](const Arrival& a) { return a.to != kB; });
  EXPECT_EQ(run(quiet, 1000, ms(100)), of_busy);
}

TEST(Links, AFullQueueRefusesAndCounts) {
  LinkModel links(three_members(0.0, false), 7, kStart);
  for (std::size_t i = 0; i < LinkModel::kQueueMost + 5; ++i) links.send(kStart, kA, kB, Bytes{1});
  EXPECT_EQ(links.counters().overflowed, 5u);
  std::size_t delivered = 0;
  links.advance(kStart + ms(700), [&](const LinkModel::Delivery&) { ++delivered; });
  EXPECT_EQ(delivered, LinkModel::kQueueMost);
  links.send(kStart + ms(700), kA, kB, Bytes{1});
  EXPECT_EQ(links.counters().overflowed, 5u);
}

}  // namespace
}  // namespace liptako::sim
