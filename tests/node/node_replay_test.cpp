// The riskiest bet of the design, over whole nodes on a simulated disk: a node is a function of its
// record. A simulated nation's bytes go through a node that is killed, loses power, is snapshotted
// and reconfigured; whatever happens, the record replays to the very state the node had.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "base/prng.hpp"
#include "node/node.hpp"
#include "sim/configuration.hpp"
#include "sim/sim_storage.hpp"

namespace liptako::node {
namespace {

using base::Duration;
using base::Timestamp;

constexpr const char* kBuild = "test+1";

// Everything a demo's sensors send in `length`, ready to be stamped.
struct Traffic {
  struct Datagram {
    Timestamp arrival;
    std::uint16_t source;
    base::Bytes bytes;
  };
  std::string config;
  Timestamp start;
  std::vector<Datagram> datagrams;
};

Traffic traffic(std::uint64_t seed, Duration length) {
  std::ifstream in(std::string(LIPTAKO_SOURCE_DIR) + "/scenarios/demo.toml");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto scenario = sim::load_scenario(text, "demo.toml");
  EXPECT_TRUE(scenario.has_value()) << scenario.error().message;
  Traffic out;
  out.start = *base::parse_rfc3339("2026-11-22T10:00:00Z");
  sim::World world(*scenario, seed, out.start);
  out.config = sim::configuration_for(world, "bamako");
  world.advance(out.start + length, [&](const sim::Emission& e) {
    out.datagrams.push_back({e.emitted_at, e.source, {e.datagram.begin(), e.datagram.end()}});
  });
  EXPECT_GT(out.datagrams.size(), 50u);
  return out;
}

// Traffic of all tests, made once: a minute of it.
const Traffic& minute() {
  static const Traffic kMinute = traffic(7, std::chrono::seconds(60));
  return kMinute;
}

NodeOptions options_for(const std::string& config, std::string boot = "boot-1") {
  NodeOptions options;
  options.build = kBuild;
  options.boot_id = std::move(boot);
  options.config_text = config;
  options.salt = 42;
  options.snapshot_every = std::chrono::seconds(7);
  return options;
}

// Drives a node as the shell does: arrivals in order, a tick every half second, syncs and snapshots
// now and then.
class Driver {
 public:
  explicit Driver(const Traffic& traffic) : traffic_(traffic), now_(traffic.start) {}

  [[nodiscard]] Stamp stamp() const {
    return {now_, now_ - traffic_.start + std::chrono::hours(1)};
  }
  [[nodiscard]] bool at_end() const { return next_ == traffic_.datagrams.size(); }

  // One loop turn: half a second of arrivals, then the tick. False if the disk died in it.
  bool turn(Node& node, base::Storage& storage) {
    now_ += std::chrono::milliseconds(500);
    std::vector<record::EntryView> arrivals;
    for (; next_ < traffic_.datagrams.size() && traffic_.datagrams[next_].arrival <= now_;
         ++next_) {
      const auto& d = traffic_.datagrams[next_];
      arrivals.push_back({record::EntryKind::datagram,
                          base::SourceId{d.source},
                          d.arrival,
                          d.arrival - traffic_.start + std::chrono::hours(1),
                          d.bytes});
    }
    arrivals.push_back(
        {record::EntryKind::tick, record::kNoSource, stamp().utc, stamp().monotonic, {}});
    if (!node.take(arrivals)) return false;
    if (const auto ticket = node.begin_sync()) {
      const auto synced = ticket->file->sync();
      node.finish_sync(*ticket, synced, stamp().monotonic);
      if (!synced) return false;
    }
    if (const auto snapshot = node.take_due_snapshot(stamp().monotonic)) {
      if (!record::write_snapshot(storage, *snapshot)) return false;
    }
    return true;
  }

 private:
  const Traffic& traffic_;
  Timestamp now_;
  std::size_t next_ = 0;
};

std::string hash_of(base::Storage& storage) {
  const auto replayed = replay(storage, kBuild);
  return replayed ? seal::to_hex(replayed->core.hash()) : replayed.error().message;
}

TEST(NodeReplay, TheRecordReplaysToTheLiveState) {
  sim::SimStorage disk(1);
  Driver driver(minute());
  auto node = Node::open(disk, options_for(minute().config), driver.stamp());
  ASSERT_TRUE(node.has_value()) << node.error().message;
  while (!driver.at_end()) ASSERT_TRUE(driver.turn(**node, disk));
  EXPECT_GT((*node)->core().tracker().counters().used, 500u);
  EXPECT_EQ(seal::to_hex((*node)->core().hash()), hash_of(disk));
}

TEST(NodeReplay, WithoutTheDerivedStreamTheHashIsTheSame) {
  sim::SimStorage disk(2);
  Driver driver(minute());
  auto node = Node::open(disk, options_for(minute().config), driver.stamp());
  ASSERT_TRUE(node.has_value());
  while (!driver.at_end()) ASSERT_TRUE(driver.turn(**node, disk));
  const std::string live = seal::to_hex((*node)->core().hash());
  const auto derived = disk.list("derived");
  ASSERT_TRUE(derived && !derived->empty());
  for (const std::string& file : *derived) ASSERT_TRUE(disk.remove("derived/" + file));
  EXPECT_EQ(hash_of(disk), live);
}

TEST(NodeReplay, AnyAlteredPayloadByteGivesAnotherHash) {
  sim::SimStorage disk(3);
  Driver driver(minute());
  auto node = Node::open(disk, options_for(minute().config), driver.stamp());
  ASSERT_TRUE(node.has_value());
  for (int turns = 0; turns < 20; ++turns) ASSERT_TRUE(driver.turn(**node, disk));
  const std::string live = seal::to_hex((*node)->core().hash());
  const std::string file = "input/" + disk.list("input")->front();

  // Where payloads lie: behind each frame's header and the entry's own.
  std::vector<std::uint64_t> places;
  auto cursor = record::Cursor::open(disk, record::Stream::input);
  ASSERT_TRUE(cursor.has_value());
  const base::Bytes content = *disk.read(file, 0, 1 << 24);
  while (true) {
    const auto frame = cursor->next_frame();
    ASSERT_TRUE(frame.has_value());
    if (!*frame) break;
    const auto entry = record::decode_body_entry((*frame)->body);
    ASSERT_TRUE(entry.has_value());
    if (entry->payload.empty()) continue;
    const auto found = std::search(content.begin() + static_cast<std::ptrdiff_t>((*frame)->offset),
                                   content.end(),
                                   (*frame)->body.begin(),
                                   (*frame)->body.end());
    ASSERT_NE(found, content.end());
    const auto header = (*frame)->body.size() - entry->payload.size();
    for (std::size_t i = 0; i < entry->payload.size(); ++i) {
      places.push_back(static_cast<std::uint64_t>(found - content.begin()) + header + i);
    }
  }
  ASSERT_GT(places.size(), 2000u);
  base::Prng prng(4);
  for (int i = 0; i < 60; ++i) {
    const std::uint64_t place = places[prng.below(places.size())];
    const auto mask = static_cast<std::uint8_t>(1u << prng.below(8));
    disk.corrupt(file, place, mask);
    EXPECT_NE(hash_of(disk), live) << "byte " << place;
    disk.corrupt(file, place, mask);
  }
  EXPECT_EQ(hash_of(disk), live);
}

TEST(NodeReplay, ASnapshotAnywhereGoesOnToTheSameHash) {
  sim::SimStorage disk(5);
  Driver driver(minute());
  auto node = Node::open(disk, options_for(minute().config), driver.stamp());
  ASSERT_TRUE(node.has_value());
  std::vector<record::Snapshot> snapshots;
  for (int turns = 0; !driver.at_end(); ++turns) {
    ASSERT_TRUE(driver.turn(**node, disk));
    if (turns % 15 == 0) snapshots.push_back((*node)->snapshot());
  }
  ASSERT_GT(snapshots.size(), 5u);
  for (const record::Snapshot& snapshot : snapshots) {
    auto core = Core::load(kBuild, snapshot.core);
    ASSERT_TRUE(core.has_value());
    base::Bytes again;
    core->save(again);
    EXPECT_EQ(snapshot.core, again);

    auto rest = record::Cursor::open(disk, record::Stream::input, snapshot.next_sequence);
    ASSERT_TRUE(rest.has_value());
    std::vector<track::TrackEvent> events;
    std::uint64_t applied = 0;
    while (true) {
      const auto next = rest->next();
      ASSERT_TRUE(next.has_value());
      if (!*next) break;
      core->apply((*next)->entry, events);
      ++applied;
    }
    EXPECT_EQ(core->entries(), (*node)->core().entries());
    if (&snapshot == &snapshots.front()) {
      EXPECT_GT(applied, 500u);
    }
    EXPECT_EQ(seal::to_hex(core->hash()), seal::to_hex((*node)->core().hash()))
        << applied << " entries after the snapshot at " << snapshot.next_sequence;
  }
}

TEST(NodeReplay, AKilledNodeComesBackWithTheSamePictureAndLosesNothing) {
  int died = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    sim::SimStorage disk(100 + seed);
    base::Prng prng(seed);
    Driver driver(minute());
    auto node = Node::open(disk, options_for(minute().config), driver.stamp());
    ASSERT_TRUE(node.has_value());
    disk.die_after(2000 + prng.below(60'000));
    std::vector<track::TrackView> before;
    std::uint64_t entries_before = 0;
    while (!driver.at_end()) {
      before = (*node)->picture(driver.stamp().utc);
      entries_before = (*node)->core().entries();
      if (!driver.turn(**node, disk)) break;
    }
    if (!disk.dead()) continue;
    ++died;
    disk.restart_after_kill();
    auto again = Node::open(disk, options_for(minute().config), driver.stamp());
    ASSERT_TRUE(again.has_value()) << again.error().message;
    EXPECT_GE((*again)->core().entries(), entries_before + 1)
        << "seed " << seed;  // all that was taken, and the new start
    EXPECT_EQ((*again)->core().epoch(), 1u);
    // Every track that was shown is there under its number, but for those the last, half-written
    // turn dropped.
    const auto after = (*again)->picture(driver.stamp().utc);
    std::size_t kept = 0;
    for (const track::TrackView& v : before) {
      for (const track::TrackView& w : after) kept += w.number == v.number;
    }
    EXPECT_GE(kept + 3, before.size()) << "seed " << seed;
    while (!driver.at_end()) ASSERT_TRUE(driver.turn(**again, disk));
    EXPECT_EQ(seal::to_hex((*again)->core().hash()), hash_of(disk)) << "seed " << seed;
  }
  EXPECT_GE(died, 30) << "most of the seeds must be what the test is about";
}

TEST(NodeReplay, AfterPowerLossTheRecordStillReplaysAndANewEpochBegins) {
  int died = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    sim::SimStorage disk(200 + seed);
    base::Prng prng(seed);
    Driver driver(minute());
    auto node = Node::open(disk, options_for(minute().config), driver.stamp());
    ASSERT_TRUE(node.has_value());
    disk.die_after(2000 + prng.below(60'000));
    while (!driver.at_end() && driver.turn(**node, disk)) {
    }
    if (!disk.dead()) continue;
    ++died;
    disk.restart_after_power_loss();
    auto again = Node::open(disk, options_for(minute().config, "boot-2"), driver.stamp());
    ASSERT_TRUE(again.has_value()) << "seed " << seed << ": " << again.error().message;
    // Opening had synced the first start, so the record knows the boot before.
    EXPECT_EQ((*again)->core().epoch(), 2u) << "seed " << seed;
    while (!driver.at_end()) ASSERT_TRUE(driver.turn(**again, disk));
    EXPECT_EQ(seal::to_hex((*again)->core().hash()), hash_of(disk)) << "seed " << seed;
  }
  EXPECT_GE(died, 30) << "most of the seeds must be what the test is about";
}

TEST(NodeReplay, ALiveChangeOfConfigurationIsPartOfTheRecord) {
  sim::SimStorage disk(6);
  Driver driver(minute());
  auto node = Node::open(disk, options_for(minute().config), driver.stamp());
  ASSERT_TRUE(node.has_value());
  for (int turns = 0; turns < 40; ++turns) ASSERT_TRUE(driver.turn(**node, disk));
  const auto tracks_before = (*node)->core().tracker().track_count();
  EXPECT_FALSE((*node)->reconfigure("[node]\nname = 3", "live.toml", driver.stamp()).has_value());
  EXPECT_EQ((*node)->core().config_text(), minute().config)
      << "a wrong configuration changes nothing";

  std::string changed = minute().config;
  const std::string was = "range_sd_m = ";
  changed.replace(changed.find(was), was.size(), "range_sd_m = 1");
  ASSERT_TRUE((*node)->reconfigure(changed, "live.toml", driver.stamp()).has_value());
  EXPECT_EQ((*node)->core().tracker().track_count(), tracks_before) << "tracks survive a change";
  while (!driver.at_end()) ASSERT_TRUE(driver.turn(**node, disk));
  EXPECT_EQ((*node)->core().config_text(), changed);
  EXPECT_EQ(seal::to_hex((*node)->core().hash()), hash_of(disk));
}

// The heights that come with the program.
std::optional<geo::TerrainGrid> shipped_terrain() {
  std::ifstream in(std::string(LIPTAKO_SOURCE_DIR) + "/data/region/terrain.grid", std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  auto grid =
      geo::TerrainGrid::read({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  EXPECT_TRUE(grid) << grid.error().message;
  return grid ? std::optional(std::move(*grid)) : std::nullopt;
}

std::vector<base::Bytes> terrain_in_force(const Node& node) {
  return terrain_documents(node.core().tracker().sensors());
}

TEST(NodeReplay, WhatTheGroundHidesIsInTheRecordAndNeedsNoFile) {
  const auto grid = shipped_terrain();
  ASSERT_TRUE(grid);
  std::string config = minute().config;
  const std::string none = "terrain = \"none\"\n";
  ASSERT_NE(config.find(none), std::string::npos);
  sim::SimStorage flat_disk(10);
  NodeOptions flat = options_for(config);
  flat.terrain = &*grid;
  Driver first(minute());
  auto without = Node::open(flat_disk, flat, first.stamp());
  ASSERT_TRUE(without.has_value());
  EXPECT_TRUE(terrain_in_force(**without).empty()) << "the configuration asks for none";

  config.erase(config.find(none), none.size());
  sim::SimStorage disk(11);
  NodeOptions options = options_for(config);
  options.terrain = &*grid;
  Driver driver(minute());
  auto node = Node::open(disk, options, driver.stamp());
  ASSERT_TRUE(node.has_value());
  EXPECT_FALSE(terrain_in_force(**node).empty());
  for (int turns = 0; turns < 30; ++turns) ASSERT_TRUE(driver.turn(**node, disk));
  // A change while it runs is recorded with its own.
  const std::string changed = config + "\n# another\n";
  ASSERT_TRUE((*node)->reconfigure(changed, "live", driver.stamp()));
  const auto known = terrain_in_force(**node);
  EXPECT_FALSE(known.empty());
  EXPECT_FALSE((*node)->reconfigure(changed + "[tracking]\nterrain = \"other\"\n", "live", {}));
  while (!driver.at_end()) ASSERT_TRUE(driver.turn(**node, disk));
  EXPECT_EQ(seal::to_hex((*node)->core().hash()), hash_of(disk));

  // Begun again without the file, it goes on with what it knew; with another, it takes that.
  ASSERT_TRUE((*node)->stop(driver.stamp()));
  node->reset();
  options.terrain = nullptr;
  auto again = Node::open(disk, options, driver.stamp());
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(terrain_in_force(**again), known);
  ASSERT_TRUE((*again)->stop(driver.stamp()));
  again->reset();
  base::Bytes plain;
  base::ByteWriter head(plain);
  for (const char c : std::string_view("LIPTGRID")) head.put(c);
  for (const std::int32_t v : {1, 30 * 3600, -10 * 3600, 3600, 30, 20, 50}) head.put(v);
  plain.resize(36 + 2 * 30 * 20, 0);
  const auto other = geo::TerrainGrid::read(plain);
  ASSERT_TRUE(other) << other.error().message;
  options.terrain = &*other;
  auto anew = Node::open(disk, options, driver.stamp());
  ASSERT_TRUE(anew.has_value());
  EXPECT_FALSE(terrain_in_force(**anew).empty());
  EXPECT_NE(terrain_in_force(**anew), known);
  EXPECT_EQ((*anew)->core().config_text(), changed);
  EXPECT_EQ(seal::to_hex((*anew)->core().hash()), hash_of(disk));
}

TEST(NodeReplay, AFullDiskLosesNoEntryItTookAndTheNodeSaysSo) {
  sim::SimStorage disk(8);
  Driver driver(minute());
  auto node = Node::open(disk, options_for(minute().config), driver.stamp());
  ASSERT_TRUE(node.has_value());
  for (int turns = 0; turns < 20; ++turns) ASSERT_TRUE(driver.turn(**node, disk));
  disk.set_capacity(disk.bytes_used() + 1500);
  int refused = 0;
  for (int turns = 0; turns < 20; ++turns) refused += !driver.turn(**node, disk);
  EXPECT_GT(refused, 0);
  EXPECT_GT((*node)->lost_arrivals(), 0u);
  disk.set_capacity(1u << 30);
  while (!driver.at_end())
    ASSERT_TRUE(driver.turn(**node, disk)) << "space again: the node goes on";
  EXPECT_EQ(seal::to_hex((*node)->core().hash()), hash_of(disk));
}

TEST(NodeReplay, AnotherSeedGivesAnotherHash) {
  std::string hashes[2];
  for (std::uint64_t seed = 0; seed < 2; ++seed) {
    const Traffic other = traffic(seed, std::chrono::seconds(5));
    sim::SimStorage disk(9);
    Driver driver(other);
    auto node = Node::open(disk, options_for(other.config), driver.stamp());
    ASSERT_TRUE(node.has_value());
    while (!driver.at_end()) ASSERT_TRUE(driver.turn(**node, disk));
    hashes[seed] = hash_of(disk);
  }
  EXPECT_NE(hashes[0], hashes[1]);
}

}  // namespace
}  // namespace liptako::node
