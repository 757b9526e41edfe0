#include "record/follow.hpp"

#include <gtest/gtest.h>

#include "base/prng.hpp"
#include "record/input_body.hpp"

namespace liptako::record {
namespace {

base::Bytes body_of(std::size_t payload_size, base::Prng& prng) {
  base::Bytes payload(payload_size);
  for (std::uint8_t& byte : payload) byte = static_cast<std::uint8_t>(prng.next());
  EntryView entry{.kind = EntryKind::datagram, .payload = payload};
  EntrySalt salt{};
  for (std::uint8_t& byte : salt) byte = static_cast<std::uint8_t>(prng.next());
  base::Bytes body;
  encode_input_body(entry, {}, salt, body);
  return body;
}

std::vector<PairMessage> some_messages(base::Prng& prng) {
  Hello hello{.role = PairRole::primary,
              .term = 3,
              .held = {4711, seal::empty_root()},
              .node = "bamako",
              .origin = "bamako.example/log",
              .build = "1"};
  EntryBatch batch;
  batch.first = 17;
  for (std::size_t size : {0u, 1u, 300u, 65'507u}) batch.add(body_of(size, prng));
  return {hello,
          batch,
          LostEntries{.first = 3, .count = 5},
          Beat{.end = 99},
          Refused{.reason = PairRefusal::diverged, .words = "at 12"}};
}

TEST(Follow, MessagesComeThroughInPiecesOfAnySize) {
  base::Prng prng(1);
  const std::vector<PairMessage> sent = some_messages(prng);
  base::Bytes wire;
  for (const PairMessage& message : sent) encode_message(message, wire);
  for (int round = 0; round < 50; ++round) {
    MessageReader reader;
    std::vector<PairMessage> got;
    for (std::size_t at = 0; at < wire.size();) {
      const std::size_t size = std::min<std::size_t>(1 + prng.next() % 9'000, wire.size() - at);
      reader.take(base::ByteView(wire).subspan(at, size));
      at += size;
      while (true) {
        auto message = reader.next();
        ASSERT_TRUE(message) << message.error().message;
        if (!*message) break;
        got.push_back(std::move(**message));
      }
    }
    EXPECT_EQ(got, sent);
  }
}

TEST(Follow, WhatIsNoMessageIsRefusedForGood) {
  base::Prng prng(2);
  base::Bytes wire;
  for (const PairMessage& message : some_messages(prng)) encode_message(message, wire);
  for (int round = 0; round < 300; ++round) {
    base::Bytes changed = wire;
    changed[prng.next() % changed.size()] ^= static_cast<std::uint8_t>(1 + prng.next() % 255);
    MessageReader reader;
    reader.take(changed);
    while (true) {
      const auto message = reader.next();
      if (message && *message) continue;
      if (!message) {
        reader.take(wire);
        EXPECT_FALSE(reader.next());
      }
      break;
    }
  }
  MessageReader endless;
  endless.take(base::Bytes{0xFF, 0xFF, 0xFF, 0x7F, 2});
  EXPECT_FALSE(endless.next());
}

TEST(Follow, WhatIsShownOrWrittenDownIsOneLine) {
  const auto is_taken = [](const PairMessage& message) {
    base::Bytes wire;
    encode_message(message, wire);
    MessageReader reader;
    reader.take(wire);
    return reader.next().has_value();
  };
  for (const std::string bad : {"a.test/log\nterm 9", "\x1b[2J", "\x7f"}) {
    EXPECT_FALSE(is_taken(Hello{.held = {}, .node = bad, .origin = "o", .build = "1"})) << bad;
    EXPECT_FALSE(is_taken(Hello{.held = {}, .node = "n", .origin = bad, .build = "1"})) << bad;
    EXPECT_FALSE(is_taken(Hello{.held = {}, .node = "n", .origin = "o", .build = bad})) << bad;
    EXPECT_FALSE(is_taken(Refused{.reason = PairRefusal::diverged, .words = bad})) << bad;
  }
  EXPECT_TRUE(is_taken(Hello{.held = {}, .node = "Ségou", .origin = "o", .build = "1"}));
}

TEST(Follow, TheHigherTermIsInCharge) {
  const auto hello = [](PairRole role, std::uint64_t term) {
    return Hello{.role = role, .term = term, .held = {}, .node = "n", .origin = "o", .build = ""};
  };
  using enum PairRole;
  using V = PairVerdict;
  const auto judged = [&](const Hello& a, Hello b) {
    b.origin = "p";
    return judge(a, b);
  };
  const auto verdict = [&](const Hello& a, const Hello& b) { return judged(a, b).verdict; };
  EXPECT_EQ(verdict(hello(primary, 1), hello(standby, 1)), V::serve);
  EXPECT_EQ(verdict(hello(standby, 1), hello(primary, 1)), V::follow);
  EXPECT_EQ(verdict(hello(primary, 1), hello(primary, 2)), V::step_down);
  EXPECT_EQ(verdict(hello(primary, 2), hello(primary, 1)), V::wait);
  EXPECT_EQ(verdict(hello(primary, 1), hello(standby, 2)), V::step_down);
  EXPECT_EQ(verdict(hello(standby, 2), hello(primary, 1)), V::wait);
  EXPECT_EQ(verdict(hello(former, 1), hello(primary, 2)), V::wait);
  EXPECT_EQ(verdict(hello(primary, 2), hello(former, 1)), V::wait);
  EXPECT_EQ(verdict(hello(standby, 1), hello(standby, 1)), V::wait);
  EXPECT_EQ(judged(hello(primary, 1), hello(primary, 1)).why, PairRefusal::two_primaries);
  // Under one name each would read in the record that it was the one that took over.
  EXPECT_EQ(judge(hello(primary, 1), hello(standby, 1)).why, PairRefusal::same_log);
  EXPECT_EQ(judge(hello(standby, 1), hello(primary, 1)).why, PairRefusal::same_log);
  EXPECT_EQ(judge(hello(primary, 1), hello(primary, 2)).verdict, V::step_down);
  Hello other = hello(primary, 2);
  other.node = "m";
  EXPECT_EQ(judge(hello(primary, 1), other).why, PairRefusal::wrong_node);
}

TEST(Takeover, HasOneSpelling) {
  const Takeover takeover{.node = "bamako",
                          .term = 2,
                          .by = "bamako-b.example/log",
                          .from = "bamako.example/log",
                          .tree = {4711, seal::empty_root()},
                          .time = base::timestamp_from_ns(1'795'000'000'123'000'000),
                          .cause = TakeoverCause::command};
  const std::string text = takeover_text(takeover);
  const auto read = parse_takeover(text);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, takeover);
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size()) {
      EXPECT_FALSE(parse_takeover(text.substr(0, i)));
    }
    const auto other = parse_takeover(text.substr(0, i) + " " + text.substr(i));
    EXPECT_FALSE(other && *other == takeover);
  }
}

}  // namespace
}  // namespace liptako::record
