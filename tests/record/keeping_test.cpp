// What a record says of itself: texts that parse back and nothing else, and a state that follows
// from the newest of them.
#include "record/keeping.hpp"

#include <gtest/gtest.h>

#include "sim/sim_storage.hpp"
#include "written.hpp"

namespace liptako::record {
namespace {

const base::Timestamp kTime = *base::parse_rfc3339("2026-11-22T10:00:00Z");

base::ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

RetiredSegment segment(std::uint32_t number, std::uint64_t first, std::uint64_t end) {
  return {Stream::input, number, first, end, 4096, seal::sha256({}), kTime, kTime + base::kDay};
}

RetirementNote some_note() {
  RetirementNote note{3, seal::sha256({}), "keep 90 days", {{0, 100}, {150, 200}}, {}};
  note.segments.push_back(segment(7, 150, 200));
  note.segments.push_back({Stream::derived, 2, 90, 180, 4096, seal::sha256({}), {}, {}});
  return note;
}

TEST(RetirementNote, ParsesBackAndNoOtherTextIsOne) {
  const std::string text = to_string(some_note());
  const auto parsed = parse_retirement(text);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(to_string(*parsed), text);
  EXPECT_EQ(parsed->ranges, some_note().ranges);
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string altered = text;
    altered[i] = '\x01';
    EXPECT_FALSE(parse_retirement(altered)) << i;
    EXPECT_FALSE(parse_retirement(text.substr(0, i))) << i;
  }
  RetirementNote crossed = some_note();
  crossed.ranges = {{0, 100}, {100, 200}};
  EXPECT_FALSE(parse_retirement(to_string(crossed))) << "ranges that touch are one";
  crossed.ranges = {{150, 200}, {0, 100}};
  EXPECT_FALSE(parse_retirement(to_string(crossed)));
}

TEST(Keeping, TheNewestRetirementSpeaksForAll) {
  Keeping keeping;
  std::vector<std::string> texts;
  for (std::uint64_t i = 0; i < 50; ++i) {
    const auto note = keeping.next_retirement(
        "keep 1 days", {segment(static_cast<std::uint32_t>(i), 10 * i, 10 * i + 10)});
    ASSERT_TRUE(note);
    texts.push_back(to_string(*note));
    ASSERT_TRUE(keeping.take(bytes_of(texts.back())));
    if (i > 0) {
      EXPECT_EQ(note->previous, seal::sha256(bytes_of(texts[i - 1])));
    }
  }
  Keeping late;
  ASSERT_TRUE(late.take(bytes_of(texts.back())));
  EXPECT_EQ(late.ranges, (std::vector<DeletedRange>{{0, 500}}));
  EXPECT_EQ(late.retirements, 50u);
}

TEST(Keeping, WhatWentWithoutAWordIsNeverSaidAfterwards) {
  Keeping keeping;
  // Somebody removed entries 0 to 99; the next lawful deletion begins behind them.
  const auto note = keeping.next_retirement("keep 1 days", {segment(1, 100, 200)});
  ASSERT_TRUE(note && keeping.take(bytes_of(to_string(*note))));
  EXPECT_FALSE(keeping.is_deleted(99));
  EXPECT_TRUE(keeping.is_deleted(100));
  std::uint64_t holes = 0;
  while (const auto next = keeping.next_retirement(
             "keep 1 days", {segment(2, 300 + 20 * holes, 310 + 20 * holes)})) {
    ASSERT_TRUE(keeping.take(bytes_of(to_string(*next))));
    ++holes;
  }
  EXPECT_EQ(holes, kMaxDeletedRanges - 1) << "then nothing more is deleted";
}

TEST(Keeping, HoldsAreSaidOnceEachWayAndALiftedOneStaysLifted) {
  Keeping keeping;
  const Hold set{"mopti-114", {kTime, "juge", "enquête"}, std::nullopt, true};
  Hold lifted = set;
  lifted.lifted = HoldAct{kTime, "juge", "close"};
  const Hold garbled{"note", {}, std::nullopt, false};
  ASSERT_EQ(unsaid_holds(keeping.holds, {set, garbled}).size(), 1u);
  EXPECT_TRUE(keeping.take(held_payload(set)));
  EXPECT_TRUE(unsaid_holds(keeping.holds, {set}).empty());
  EXPECT_EQ(standing_holds(keeping.holds, {}).size(), 1u) << "its file is gone, it stands";
  EXPECT_EQ(missing_holds(keeping.holds, {}).size(), 1u);
  ASSERT_EQ(unsaid_holds(keeping.holds, {lifted}).size(), 1u);
  EXPECT_TRUE(standing_holds(keeping.holds, {lifted}).empty());
  EXPECT_EQ(standing_holds(keeping.holds, {lifted, garbled}).size(), 1u);
  EXPECT_TRUE(keeping.take(held_payload(lifted)));
  EXPECT_TRUE(keeping.take(held_payload(set)));
  EXPECT_TRUE(standing_holds(keeping.holds, {}).empty());
  EXPECT_FALSE(keeping.take(bytes_of("liptako/held/v1\nid ../x\nliptako/hold/v1\n")));
}

TEST(Carried, AnyStateComesBackWholeOrNotAtAll) {
  base::Prng prng(1);
  for (int i = 0; i < 60; ++i) {
    CarriedState state;
    for (std::uint64_t n = prng.below(5); n > 0; --n) {
      CarriedItem& item = state.emplace_back();
      item.name = "item";
      item.content.resize(prng.below(3) == 0 ? prng.below(200'000) : prng.below(100));
      for (auto& byte : item.content) byte = static_cast<std::uint8_t>(prng.below(256));
    }
    const std::vector<base::Bytes> payloads = carried_payloads(state);
    CarriedReader reader;
    // A set that broke off comes first.
    for (std::size_t part = 0; part + 1 < payloads.size(); ++part)
      ASSERT_FALSE(reader.take(payloads[part]));
    std::optional<CarriedState> back;
    for (const base::Bytes& payload : payloads) {
      ASSERT_LE(payload.size(), kMaxPayload);
      ASSERT_FALSE(back);
      back = reader.take(payload);
    }
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, state);
    if (payloads.size() < 3) continue;
    CarriedReader gap;
    EXPECT_FALSE(gap.take(payloads[0]));
    EXPECT_FALSE(gap.take(payloads[2]));
    EXPECT_FALSE(gap.take(payloads.back()));
  }
}

TEST(Carried, BytesOfAnybodyAreReadWithoutHarm) {
  base::Prng prng(2);
  const std::vector<base::Bytes> payloads =
      carried_payloads({{"a", base::Bytes(70'000, 1)}, {"b", base::Bytes(3, 2)}});
  for (int i = 0; i < 3'000; ++i) {
    CarriedReader reader;
    for (base::Bytes payload : payloads) {
      for (int flips = 0; flips < 2; ++flips)
        payload[prng.below(std::min<std::size_t>(payload.size(), 60))] =
            static_cast<std::uint8_t>(prng.below(256));
      (void)reader.take(payload);
    }
  }
}

TEST(Carried, KeepingComesBack) {
  Keeping keeping;
  for (std::uint64_t i = 0; i < 3; ++i) {
    const auto note = keeping.next_retirement("keep 1 days", {segment(1, 30 * i, 30 * i + 20)});
    ASSERT_TRUE(keeping.take(bytes_of(to_string(*note))));
  }
  ASSERT_TRUE(keeping.take(held_payload({"a-1", {kTime, "x", "y"}, std::nullopt, true})));
  Keeping back;
  back.restore(keeping.carried());
  EXPECT_EQ(back.newest, keeping.newest);
  EXPECT_EQ(back.ranges, keeping.ranges);
  EXPECT_EQ(back.retirements, 3u);
  ASSERT_EQ(back.holds.size(), 1u);
  EXPECT_TRUE(back.holds[0].stands());
}

}  // namespace
}  // namespace liptako::record
