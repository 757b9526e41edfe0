// What the ground hides, from the record to the tracker: told before a configuration, it is in
// force with it, and goes where the configuration goes.
#include "node/terrain_document.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/prng.hpp"
#include "geo/terrain_for_test.hpp"
#include "node/core.hpp"
#include "record/entry.hpp"
#include "track/stored.hpp"

namespace liptako::node {
namespace {

constexpr std::string_view kConfig = R"([node]
name = "niamey"
record = "r"
[[sensor]]
name = "radar"
sac = 1
sic = 2
kind = "radar"
lat_deg = 13.0
lon_deg = 0.0
height_m = 330
[[sensor]]
name = "other"
sac = 1
sic = 3
kind = "radar"
lat_deg = 13.5
lon_deg = 0.5
height_m = 340
horizon_deg = [0.5]
)";
const base::Timestamp kNoon = *base::parse_rfc3339("2026-11-22T12:00:00Z");

std::vector<base::Bytes> documents() {
  const auto grid = geo::testing::terrain(
      [](double lat, double lon) { return 300.0 + (lat + lon > 13.8 ? 700.0 : 0.0); });
  return terrain_documents(with_terrain(parse_config(kConfig, "c")->sensors, grid));
}

void apply(Core& core, record::EntryKind kind, base::ByteView payload) {
  std::vector<track::TrackEvent> events;
  core.apply({kind, record::kNoSource, kNoon, {}, payload}, events);
}
void apply(Core& core, std::string_view config) {
  apply(core,
        record::EntryKind::configuration,
        {reinterpret_cast<const std::uint8_t*>(config.data()), config.size()});
}
void tell(Core& core, const std::vector<base::Bytes>& documents) {
  for (const base::Bytes& d : documents) apply(core, record::EntryKind::document, d);
}
std::vector<base::Bytes> in_force(const Core& core) {
  return terrain_documents(core.tracker().sensors());
}

TEST(TerrainDocument, IsOfRadarsThatHaveNoHorizonOfTheirOwn) {
  const auto all = documents();
  ASSERT_EQ(all.size(), 1u);
  const auto read = decode_terrain(all[0]);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->sensor, (base::SacSic{1, 2}));
  EXPECT_EQ(encode_terrain(*read), all[0]);
  EXPECT_LT(all[0].size(), 10'000u);
}

TEST(TerrainDocument, OfTheMostThatAViewHoldsFitsIntoAnEntry) {
  TerrainDocument most;
  for (std::size_t k = 1; k <= track::TerrainView::kAzimuths; ++k) {
    for (std::uint16_t i = 1; i <= track::TerrainView::kMostEdges; ++i)
      most.view.edges.push_back({i, static_cast<std::int16_t>(i)});
    most.view.ends.push_back(static_cast<std::uint16_t>(most.view.edges.size()));
  }
  const base::Bytes bytes = encode_terrain(most);
  EXPECT_LE(bytes.size(), record::kMaxPayload);
  EXPECT_TRUE(decode_terrain(bytes));
}

TEST(TerrainDocument, DamagedIsRefusedOrSound) {
  const base::Bytes sound = documents()[0];
  base::Prng prng(1);
  std::size_t refused = 0;
  for (int i = 0; i < 2000; ++i) {
    base::Bytes damaged = sound;
    damaged[prng.below(damaged.size())] ^= static_cast<std::uint8_t>(1u << prng.below(8));
    if (i % 4 == 0) damaged.resize(prng.below(damaged.size()));
    const auto read = decode_terrain(damaged);
    refused += read ? 0 : 1;
    if (read) {
      EXPECT_TRUE(track::is_loadable(read->view));
    }
  }
  EXPECT_GT(refused, 500u);
}

TEST(TerrainDocument, IsInForceWithTheConfigurationThatFollowsIt) {
  Core core("build");
  apply(core, kConfig);
  EXPECT_TRUE(in_force(core).empty());
  tell(core, documents());
  EXPECT_TRUE(in_force(core).empty());
  apply(core, kConfig);
  EXPECT_EQ(in_force(core), documents());
  // Of one that comes without, nothing is known.
  apply(core, kConfig);
  EXPECT_TRUE(in_force(core).empty());
}

TEST(TerrainDocument, OutlivesASnapshotWhereverThatIsTaken) {
  Core core("build");
  const auto saved_and_loaded = [](const Core& of) {
    base::Bytes bytes;
    of.save(bytes);
    return Core::load("build", bytes);
  };
  apply(core, kConfig);
  tell(core, documents());
  auto between = saved_and_loaded(core);
  ASSERT_TRUE(between);
  apply(core, kConfig);
  apply(*between, kConfig);
  EXPECT_EQ(between->hash(), core.hash());
  const auto after = saved_and_loaded(core);
  ASSERT_TRUE(after);
  EXPECT_EQ(in_force(*after), documents());
}

TEST(TerrainDocument, IsCarriedForwardWithItsConfiguration) {
  Core core("build");
  tell(core, documents());
  apply(core, kConfig);
  Core later("build", false);
  for (const base::Bytes& payload : record::carried_payloads(core.carried()))
    apply(later, record::EntryKind::document, payload);
  EXPECT_EQ(later.config_text(), kConfig);
  EXPECT_EQ(in_force(later), documents());
}

}  // namespace
}  // namespace liptako::node
