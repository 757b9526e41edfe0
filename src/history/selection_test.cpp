#include "history/selection.hpp"

#include <gtest/gtest.h>

#include "base/time_range.hpp"
#include "history/chunk.hpp"
#include "history/states_for_test.hpp"

namespace liptako::history {
namespace {

Area area(const char* text) { return parse_area(text).value(); }

State at(double latitude_deg, double longitude_deg) {
  State state;
  state.latitude = base::Angle::from_degrees(latitude_deg);
  state.longitude = base::Angle::from_degrees(longitude_deg);
  return state;
}

TEST(Areas, AreFourNumbers) {
  EXPECT_TRUE(parse_area("12,-3.5,14.25,2"));
  EXPECT_TRUE(parse_area("-90,-180,90,180"));
  for (const char* wrong : {"",
                            "1,2,3",
                            "1,2,3,4,5",
                            "1,2,3,4 ",
                            "a,2,3,4",
                            "1,,3,4",
                            "14,2,12,4",
                            "91,2,92,4",
                            "1,2,3,181",
                            "nan,2,3,4",
                            "1e1,2,3,4"}) {
    EXPECT_FALSE(parse_area(wrong)) << wrong;
  }
}

TEST(Areas, IncludeTheirBorders) {
  const Area box = area("12,2,14,4");
  EXPECT_TRUE(box.contains(at(12, 2)));
  EXPECT_TRUE(box.contains(at(14, 4)));
  EXPECT_FALSE(box.contains(at(14.001, 3)));
  EXPECT_FALSE(box.contains(at(13, 1.999)));
  ASSERT_EQ(box.boxes().size(), 1u);
  EXPECT_LE(box.boxes()[0].south_e6, 12'000'000);
  EXPECT_GE(box.boxes()[0].east_e6, 4'000'000);
}

TEST(Areas, MayCrossThe180thMeridian) {
  const Area box = area("-20,170,-10,-170");
  EXPECT_TRUE(box.contains(at(-15, 175)));
  EXPECT_TRUE(box.contains(at(-15, -175)));
  EXPECT_FALSE(box.contains(at(-15, 0)));
  ASSERT_EQ(box.boxes().size(), 2u);
}

TEST(Selections, GiveTheOrderOfTimeAndNothingElse) {
  Question question{.area = {}, .from = base::kFirstTime, .to = base::kEndOfTime, .track = {}};
  std::vector<std::vector<State>> flights;
  for (std::uint64_t seed = 0; seed < 5; ++seed) flights.push_back(flight_for_test(seed, 60, 5.0));
  question.from = flights[0][10].time;
  std::size_t expected = 0;
  Selection selection(question);
  for (std::uint32_t i = 0; i < flights.size(); ++i) {
    const base::Bytes chunk = encode_chunk(flights[i]);
    const auto decoded = decode_chunk(chunk).value();
    for (const State& state : decoded) expected += question.matches({i}, state);
    ASSERT_TRUE(selection.add({i}, 0, chunk));
  }
  base::Timestamp last = base::kFirstTime;
  std::size_t found = 0;
  while (const auto next = selection.next(base::kEndOfTime)) {
    EXPECT_GE(next->state.time, last);
    EXPECT_GE(next->state.time, question.from);
    last = next->state.time;
    ++found;
  }
  EXPECT_EQ(found, expected);
}

TEST(Selections, HoldBackWhatALaterChunkMayPrecede) {
  const auto flight = flight_for_test(1, 10, 5.0);
  Selection selection({.area = {}, .from = base::kFirstTime, .to = base::kEndOfTime, .track = {}});
  ASSERT_TRUE(selection.add({1}, 3, encode_chunk(flight)));
  EXPECT_FALSE(selection.next(flight[0].time - std::chrono::seconds(1)));
  const auto first = selection.next(flight[1].time - std::chrono::seconds(1));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->list, 3u);
  EXPECT_FALSE(selection.next(flight[1].time - std::chrono::seconds(1)));
}

TEST(Selections, ADamagedChunkIsAnError) {
  Selection selection({.area = {}, .from = base::kFirstTime, .to = base::kEndOfTime, .track = {}});
  const base::Bytes nothing{9, 9, 9};
  EXPECT_FALSE(selection.add({1}, 0, nothing));
  EXPECT_FALSE(selection.next(base::kEndOfTime));
}

}  // namespace
}  // namespace liptako::history
