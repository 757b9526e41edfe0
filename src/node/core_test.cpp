// What a core makes of entries and snapshots that no sound node writes.
#include "node/core.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace liptako::node {
namespace {

constexpr std::string_view kConfig = R"([node]
name = "n"
record = "r"
[[sensor]]
name = "radar"
sac = 100
sic = 1
kind = "radar"
lat_deg = 13.0
lon_deg = 0.1
[[source]]
name = "a"
kind = "internal"
)";

void apply(Core& core, record::EntryKind kind, base::Timestamp utc, std::string_view payload = {}) {
  std::vector<track::TrackEvent> events;
  record::EntryView entry;
  entry.kind = kind;
  entry.utc = utc;
  entry.payload = {reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()};
  core.apply(entry, events);
}

TEST(Core, ATimeNobodyCanReckonWithIsCountedAndPassedOver) {
  Core core("build");
  const base::Timestamp now = *base::parse_rfc3339("2026-11-22T12:00:00Z");
  apply(core, record::EntryKind::configuration, now, kConfig);
  for (const std::int64_t ns :
       {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
    apply(core, record::EntryKind::tick, base::timestamp_from_ns(ns));
  }
  EXPECT_EQ(core.time(), now);
  EXPECT_EQ(core.entries(), 3u);
}

TEST(Core, EverySingleDamagedByteOfASnapshotIsRefusedOrHarmless) {
  Core core("build");
  const base::Timestamp now = *base::parse_rfc3339("2026-11-22T12:00:00Z");
  apply(core, record::EntryKind::configuration, now, kConfig);
  base::Bytes sound;
  core.save(sound);
  ASSERT_TRUE(Core::load("build", sound).has_value());
  std::size_t refused = 0;
  for (std::size_t i = 0; i < sound.size(); ++i) {
    base::Bytes damaged = sound;
    damaged[i] ^= 0xFF;
    auto loaded = Core::load("build", damaged);
    if (!loaded) {
      ++refused;
      continue;
    }
    apply(*loaded, record::EntryKind::tick, now + std::chrono::seconds(1));
    apply(*loaded, record::EntryKind::configuration, now + std::chrono::seconds(2), kConfig);
    EXPECT_EQ(loaded->config().sensors.size(), 1u) << i;
  }
  EXPECT_GT(refused, sound.size() / 4);
}

}  // namespace
}  // namespace liptako::node
