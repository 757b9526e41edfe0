// Layouts of bytes: the declared fields are as long as what the real writers write. A field that is
// put in without a line of the schema makes the two differ.
#include <gtest/gtest.h>

#include <charconv>

#include "geo/terrain_for_test.hpp"
#include "node/derived.hpp"
#include "record/entry.hpp"
#include "record/format.hpp"
#include "schema/schema.hpp"
#include "serve/frames.hpp"
#include "share/frame.hpp"

namespace liptako::schema {
namespace {

// Octets of "u16", "f32 x 10", "text 8", "bytes 28"; 0 for what has no fixed length.
std::size_t octets_of(std::string_view type) {
  const auto number = [](std::string_view text) {
    std::size_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  };
  for (const std::string_view word : {"text ", "bytes "}) {
    if (type.starts_with(word)) return number(type.substr(word.size()));
  }
  const std::size_t times = type.find(" x ");
  const std::size_t one = number(type.substr(1)) / 8;
  return times == type.npos ? one : one * number(type.substr(times + 3));
}

std::size_t octets_of_type(std::string_view name) {
  std::size_t sum = 0;
  for (const Type& type : all_types()) {
    if (type.name != name) continue;
    for (const Field& field : type.fields) sum += octets_of(field.type);
  }
  EXPECT_GT(sum, 0u) << name;
  return sum;
}

constexpr std::string_view kDiffers =
    ": the bytes written and the fields declared in spec/schema differ (docs/SCHEMA.md)";

TEST(Layouts, TheOctetsOfAType) {
  EXPECT_EQ(octets_of("u16"), 2u);
  EXPECT_EQ(octets_of("f32 x 10"), 40u);
  EXPECT_EQ(octets_of("text 8"), 8u);
  EXPECT_EQ(octets_of("bytes to the end"), 0u);
  EXPECT_EQ(octets_of("u32 x sensor_count"), 0u);
}

TEST(Layouts, FramesOfTheConsole) {
  base::Bytes bytes;
  serve::append_header({}, bytes);
  EXPECT_EQ(octets_of_type("console.frame_header"), bytes.size()) << kDiffers;
  EXPECT_EQ(octets_of_type("console.track_record"), sizeof(serve::TrackRecord)) << kDiffers;
  EXPECT_EQ(octets_of_type("console.identity_record"), sizeof(serve::IdentityRecord)) << kDiffers;
  EXPECT_EQ(octets_of_type("console.trail_record"), serve::kTrailRecordSize) << kDiffers;
}

TEST(Layouts, FramesBetweenMembers) {
  share::FrameHeader header;
  header.cut = {base::MemberId{1}, 1, 1};
  header.keyframe = 1;
  const std::size_t empty = share::encode_frame(header, {}, {})[0].size();
  EXPECT_EQ(octets_of_type("wire.member_frame"), empty) << kDiffers;
  const std::vector<picture::Contribution> contributions(1);
  const std::size_t one = share::encode_frame(header, contributions, {})[0].size();
  EXPECT_EQ(octets_of_type("wire.contribution"), one - empty) << kDiffers;
  const std::vector<std::uint32_t> removed = {1, 2, 3};
  const auto parts = share::encode_frame(header, {}, removed);
  EXPECT_EQ(3 * octets_of_type("wire.removed"), parts[0].size() - empty) << kDiffers;
}

TEST(Layouts, TheRecord) {
  base::Bytes bytes;
  record::encode_segment_header({}, bytes);
  EXPECT_EQ(2 * octets_of_type("record.segment_header"), bytes.size()) << kDiffers;
  EXPECT_EQ(octets_of_type("record.frame_header"), record::kFrameHeaderSize) << kDiffers;
  bytes.clear();
  record::encode_entry({}, bytes);
  EXPECT_EQ(octets_of_type("record.entry"), bytes.size()) << kDiffers;
}

TEST(Layouts, TheGroundsHeights) {
  const geo::testing::TerrainShape four{.step_arcsec = 3600, .degrees = 1};
  const base::Bytes bytes = geo::testing::terrain_bytes([](double, double) { return 0.0; }, four);
  EXPECT_EQ(octets_of_type("document.terrain_grid") + 4 * sizeof(std::int16_t), bytes.size())
      << kDiffers;
}

TEST(Layouts, TheDerivedStream) {
  const std::vector<track::TrackEvent> one(1);
  const std::vector<track::TrackEvent> two(2);
  const std::size_t body = node::encode_derived(1, one)[0].size();
  const std::size_t event = node::encode_derived(1, two)[0].size() - body;
  EXPECT_EQ(octets_of_type("record.derived_event"), event) << kDiffers;
  EXPECT_EQ(octets_of_type("record.derived_body"), body - event) << kDiffers;
}

}  // namespace
}  // namespace liptako::schema
