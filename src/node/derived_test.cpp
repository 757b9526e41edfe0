#include "node/derived.hpp"

#include <gtest/gtest.h>

#include "record/format.hpp"

namespace liptako::node {
namespace {

constexpr std::size_t kEventSize = 71;

TEST(Derived, ATickThatDropsThousandsIsSplitAndNothingIsLost) {
  std::vector<track::TrackEvent> events(5000);
  const auto bodies = encode_derived(42, events);
  std::size_t kept = 0;
  for (const base::Bytes& body : bodies) {
    EXPECT_LE(body.size(), record::kMaxBody);
    ASSERT_EQ((body.size() - 8) % kEventSize, 0u);
    kept += (body.size() - 8) / kEventSize;
    base::ByteReader reader(body);
    EXPECT_EQ(reader.get<std::uint64_t>(), 42u);
  }
  EXPECT_EQ(kept, events.size());
  EXPECT_GT(bodies.size(), 1u);
  EXPECT_TRUE(encode_derived(42, {}).empty());
}

TEST(Derived, ATrackWithoutAPlaceHasNoCoordinates) {
  std::vector<track::TrackEvent> events(1);
  events[0].view.placed = false;
  const auto bodies = encode_derived(1, events);
  ASSERT_EQ(bodies.size(), 1u);
  const base::ByteView body = bodies[0];
  base::ByteReader reader(body.subspan(8 + 1 + 1 + 4 + 8 + 8 + 2 + 2));
  EXPECT_EQ(reader.get<std::int32_t>(), kNoCoordinate);
  EXPECT_EQ(reader.get<std::int32_t>(), kNoCoordinate);
}

}  // namespace
}  // namespace liptako::node
