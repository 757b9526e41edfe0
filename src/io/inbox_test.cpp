#include "io/inbox.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <string>
#include <thread>

namespace liptako::io {
namespace {

constexpr base::SourceId kFirst{0};
constexpr base::SourceId kSecond{1};
constexpr base::Duration kNoWait{0};
constexpr base::Duration kLong = std::chrono::seconds(20);

// Counts up on each reading.
class CountingClock final : public base::Clock {
 public:
  base::Timestamp utc_now() override { return base::timestamp_from_ns(++utc_); }
  base::Duration monotonic_now() override { return base::Duration(++monotonic_); }

 private:
  std::atomic<std::int64_t> utc_ = 1000;
  std::atomic<std::int64_t> monotonic_ = 0;
};

base::Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }
std::string text_of(const InboxItem& item) { return {item.bytes.begin(), item.bytes.end()}; }

TEST(Inbox, GivesWhatWasPushedInOrderWithRisingStamps) {
  CountingClock clock;
  Inbox inbox(clock);
  EXPECT_TRUE(inbox.push_datagram(kFirst, bytes_of("one")));
  inbox.push_event(kSecond, "opened here");
  EXPECT_TRUE(inbox.push_datagram(kFirst, {}));
  const auto items = inbox.pop(kNoWait);
  ASSERT_EQ(items.size(), 3u);
  EXPECT_EQ(items[0].kind, ItemKind::datagram);
  EXPECT_EQ(text_of(items[0]), "one");
  EXPECT_EQ(items[1].kind, ItemKind::source_event);
  EXPECT_EQ(items[1].source, kSecond);
  EXPECT_EQ(text_of(items[1]), "opened here");
  EXPECT_TRUE(items[2].bytes.empty());
  EXPECT_LT(items[0].utc, items[1].utc);
  EXPECT_LT(items[1].monotonic, items[2].monotonic);
  EXPECT_TRUE(inbox.pop(kNoWait).empty());
}

TEST(Inbox, DropsTheNewestWhenFullAndSaysHowMany) {
  CountingClock clock;
  Inbox inbox(clock, {.max_items = 3});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(inbox.push_datagram(kFirst, bytes_of("kept")));
  EXPECT_FALSE(inbox.has_room(kFirst, 1));
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(inbox.push_datagram(kSecond, bytes_of("lost")));
  EXPECT_FALSE(inbox.push_datagram(kFirst, bytes_of("lost")));
  const auto items = inbox.pop(kNoWait);
  ASSERT_EQ(items.size(), 5u);
  EXPECT_EQ(text_of(items[2]), "kept");
  EXPECT_EQ(items[3].kind, ItemKind::source_event);
  EXPECT_EQ(items[3].source, kFirst);
  EXPECT_EQ(text_of(items[3]), "overflow 1");
  EXPECT_EQ(items[4].source, kSecond);
  EXPECT_EQ(text_of(items[4]), "overflow 5");
  EXPECT_TRUE(inbox.has_room(kFirst, 1));
  EXPECT_TRUE(inbox.pop(kNoWait).empty()) << "a loss is told once";
}

TEST(Inbox, AFloodOfOneSourceLeavesRoomForTheOthers) {
  CountingClock clock;
  Inbox inbox(clock, {.max_bytes = 1000, .max_bytes_per_source = 600});
  const base::Bytes datagram(100);
  int kept = 0;
  for (int i = 0; i < 50; ++i) kept += inbox.push_datagram(kFirst, datagram) ? 1 : 0;
  EXPECT_EQ(kept, 6);
  EXPECT_TRUE(inbox.push_datagram(kSecond, datagram));
}

TEST(Inbox, KeepsEventsWhenDatagramsNoLongerFit) {
  CountingClock clock;
  Inbox inbox(clock, {.max_items = 1});
  EXPECT_TRUE(inbox.push_datagram(kFirst, bytes_of("a")));
  EXPECT_FALSE(inbox.push_datagram(kFirst, bytes_of("b")));
  inbox.push_event(kFirst, "closed by peer");
  const auto items = inbox.pop(kNoWait);
  ASSERT_EQ(items.size(), 3u);
  EXPECT_EQ(text_of(items[1]), "closed by peer");
}

TEST(Inbox, BoundsEventsToo) {
  CountingClock clock;
  Inbox inbox(clock);
  for (int i = 0; i < 100'000; ++i) inbox.push_event(kFirst, "note again");
  const auto items = inbox.pop(kNoWait);
  EXPECT_LT(items.size(), 5000u);
  EXPECT_TRUE(text_of(items.back()).starts_with("overflow ")) << text_of(items.back());
}

TEST(Inbox, TellsLossesOfTheKernelAsOverflow) {
  CountingClock clock;
  Inbox inbox(clock);
  inbox.count_lost(kSecond, 7);
  const auto items = inbox.pop(kLong);
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items[0].source, kSecond);
  EXPECT_EQ(text_of(items[0]), "overflow 7");
}

TEST(Inbox, CarriesCommandsAndTheirReply) {
  CountingClock clock;
  Inbox inbox(clock, {.max_commands = 1});
  int status = 0;
  Command command{"config", "text", [&](int given, const std::string&) { status = given; }};
  Command second{"config", "other", nullptr};
  ASSERT_TRUE(inbox.push_command(command));
  EXPECT_FALSE(inbox.push_command(second));
  EXPECT_EQ(second.body, "other") << "a refused command is untouched";
  const auto items = inbox.pop(kNoWait);
  ASSERT_EQ(items.size(), 1u);
  ASSERT_EQ(items[0].kind, ItemKind::command);
  EXPECT_EQ(items[0].command->body, "text");
  items[0].command->reply(200, "{}");
  EXPECT_EQ(status, 200);
}

TEST(Inbox, InterruptEndsAWait) {
  CountingClock clock;
  Inbox inbox(clock);
  std::thread other([&] { inbox.interrupt(); });
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(inbox.pop(kLong).empty());
  EXPECT_LT(std::chrono::steady_clock::now() - start, kLong);
  other.join();
}

// Two buffers take turns; once they have grown, items and bytes lie where they lay before.
TEST(Inbox, ReusesItsBuffersOnceWarm) {
  CountingClock clock;
  Inbox inbox(clock);
  const base::Bytes datagram(300);
  struct Place {
    const InboxItem* items;
    const std::uint8_t* bytes;
    bool operator==(const Place&) const = default;
  };
  const auto round = [&] {
    for (int i = 0; i < 1000; ++i) EXPECT_TRUE(inbox.push_datagram(kSecond, datagram));
    const auto items = inbox.pop(kNoWait);
    EXPECT_EQ(items.size(), 1000u);
    return Place{items.data(), items.front().bytes.data()};
  };
  const Place first = round();
  const Place second = round();
  EXPECT_NE(first.bytes, second.bytes);
  EXPECT_EQ(round(), first);
  EXPECT_EQ(round(), second);
}

// Every datagram of several threads arrives in its thread's order, or is counted as lost.
TEST(Inbox, LosesNothingUncountedUnderSeveralProducers) {
  CountingClock clock;
  Inbox inbox(clock, {.max_items = 500});
  constexpr int kThreads = 4;
  constexpr std::uint32_t kEach = 20'000;
  std::atomic<int> running = kThreads;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (std::uint32_t i = 0; i < kEach; ++i) {
        base::Bytes datagram;
        base::ByteWriter(datagram).put(i);
        inbox.push_datagram(base::SourceId{static_cast<std::uint16_t>(t)}, datagram);
      }
      if (--running == 0) inbox.interrupt();
    });
  }
  std::map<std::uint16_t, std::uint64_t> arrived, lost, next;
  const auto take = [&](base::Duration timeout) {
    const auto items = inbox.pop(timeout);
    for (const InboxItem& item : items) {
      const std::uint16_t source = item.source.value;
      if (item.kind == ItemKind::source_event) {
        lost[source] += std::stoull(text_of(item).substr(9));
        continue;
      }
      const auto number = base::ByteReader(item.bytes).get<std::uint32_t>();
      EXPECT_GE(number, next[source]);
      next[source] = number + 1;
      ++arrived[source];
    }
    return !items.empty();
  };
  while (running > 0) take(kLong);
  for (std::thread& thread : threads) thread.join();
  while (take(kNoWait)) {
  }
  for (std::uint16_t t = 0; t < kThreads; ++t) EXPECT_EQ(arrived[t] + lost[t], kEach);
}

// Live data: what does not fit is lost as on a bad link, and takes nobody else's room.
TEST(Inbox, PartnersFramesHaveRoomOfTheirOwn) {
  CountingClock clock;
  Inbox inbox(clock, {.max_frame_bytes = 1000});
  const base::Bytes frame(400, 7);
  EXPECT_TRUE(inbox.push_member_frame(frame));
  EXPECT_TRUE(inbox.push_member_frame(frame));
  EXPECT_FALSE(inbox.push_member_frame(frame));
  EXPECT_TRUE(inbox.push_datagram(base::SourceId{0}, frame));
  const auto items = inbox.pop(kNoWait);
  ASSERT_EQ(items.size(), 3u);
  EXPECT_EQ(items[0].kind, ItemKind::member_frame);
  EXPECT_EQ(base::Bytes(items[1].bytes.begin(), items[1].bytes.end()), frame);
  EXPECT_EQ(items[2].kind, ItemKind::datagram);
  EXPECT_TRUE(inbox.push_member_frame(frame));  // there is room again
}

}  // namespace
}  // namespace liptako::io
