// What a core makes of entries and snapshots that no sound node writes.
#include "node/core.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "seal/key_file.hpp"

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
  // Much of it is maps and histories, of which any number is one.
  EXPECT_GT(refused, sound.size() / 8);
}

constexpr std::string_view kFederation = R"([node]
name = "n"
record = "r"
[federation]
name = "f"
self = "ML"
[[federation.member]]
id = 1
code = "ML"
name = "n"
[[federation.member]]
id = 2
code = "BF"
name = "o"
)";

const base::Timestamp kNoon = *base::parse_rfc3339("2026-11-22T12:00:00Z");

seal::PrivateKey root(std::uint8_t number) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(number);
  return {seal::KeyRole::root,
          "ml.example/root/" + std::to_string(number),
          seal::SigningKey::from_seed(seed)};
}

// Two of three roots must sign; valid for an hour from noon.
charter::Roster roster() {
  charter::Roster roster;
  roster.federation = "aes.example";
  roster.valid_from = kNoon;
  roster.valid_to = kNoon + std::chrono::hours(1);
  roster.members = {{{1}, "ml", "Mali"}};
  std::string group = "roots 2";
  for (std::uint8_t i = 1; i <= 3; ++i) {
    const seal::VerifierKey key = root(i).verifier();
    roster.keys.push_back({"ml", seal::KeyRole::root, {}, key});
    EXPECT_TRUE(roster.quorum.add_key(key.name));
    group += ' ' + key.name;
  }
  EXPECT_TRUE(roster.quorum.add_group(group));
  EXPECT_TRUE(roster.quorum.set_quorum("roots"));
  return roster;
}

std::string signed_by(const charter::Roster& roster, std::initializer_list<std::uint8_t> roots) {
  seal::Note note{roster.text(), {}};
  for (const std::uint8_t i : roots) {
    note.signatures.push_back(seal::sign(note.text, root(i).name, root(i).key));
  }
  return seal::to_string(note);
}

// Parts of frames that ten seconds of ticks release.
std::size_t released(Core& core, base::Timestamp from) {
  std::size_t parts = 0;
  for (int i = 0; i < 10; ++i) {
    apply(core, record::EntryKind::tick, from + std::chrono::seconds(i));
    parts += core.take_frames().size();
  }
  return parts;
}

TEST(Core, ARosterSignedByTooFewDoesNotTakeForce) {
  Core core("build");
  apply(core, record::EntryKind::configuration, kNoon, kFederation);
  apply(core, record::EntryKind::document, kNoon, signed_by(roster(), {2}));
  EXPECT_FALSE(core.roster().in_force);
  EXPECT_EQ(core.roster().refused, 1u);
  EXPECT_EQ(core.roster().last_refusal, "too_few_of_itself");
  EXPECT_EQ(core.roster_state(kNoon), charter::RosterState::none);
  apply(core, record::EntryKind::document, kNoon, signed_by(roster(), {2, 3}));
  ASSERT_TRUE(core.roster().in_force);
  EXPECT_EQ(core.roster_state(kNoon), charter::RosterState::in_force);
  // Neither a repetition nor nonsense moves it.
  apply(core, record::EntryKind::document, kNoon, signed_by(roster(), {1, 3}));
  apply(core, record::EntryKind::document, kNoon, "liptako/roster/v1\n");
  EXPECT_EQ(core.roster().in_force->roster.version, 1u);
  EXPECT_EQ(core.roster().refused, 2u);
}

TEST(Core, AConfiguredHashIsTheOnlyFirstRosterTaken) {
  const auto note = charter::RosterNote::parse(signed_by(roster(), {1, 2}));
  ASSERT_TRUE(note);
  for (const bool same : {true, false}) {
    Core core("build");
    const std::string config = std::string(kFederation) +
                               "[keys]\nroster = \"x\"\nroster_sha256 = \"" +
                               (same ? seal::to_hex(note->hash) : std::string(64, '0')) + "\"\n";
    apply(core, record::EntryKind::configuration, kNoon, config);
    apply(core, record::EntryKind::document, kNoon, signed_by(roster(), {1, 2}));
    EXPECT_EQ(core.roster().in_force.has_value(), same);
  }
}

TEST(Core, AnExpiredRosterStopsReleaseAndNotTheShow) {
  Core core("build");
  apply(core, record::EntryKind::configuration, kNoon, kFederation);
  EXPECT_GT(released(core, kNoon), 0u);  // a node without a roster is as open as its configuration
  apply(core, record::EntryKind::document, kNoon, signed_by(roster(), {1, 2}));
  EXPECT_GT(released(core, kNoon + std::chrono::minutes(1)), 0u);
  EXPECT_EQ(core.roster().withheld_frames, 0u);

  const base::Timestamp after = kNoon + std::chrono::hours(1);
  EXPECT_EQ(released(core, after), 0u);
  EXPECT_EQ(core.roster_state(after), charter::RosterState::expired);
  EXPECT_GT(core.roster().withheld_frames, 0u);
  // Its own part of the common picture goes on.
  const auto self = core.federation().index_of({1});
  ASSERT_TRUE(self);
  EXPECT_GE(core.federation().held()[*self].published().time, after);

  // The successor opens it again, also after a restart from a snapshot.
  base::Bytes snapshot;
  core.save(snapshot);
  auto restored = Core::load("build", snapshot);
  ASSERT_TRUE(restored);
  ASSERT_TRUE(restored->roster().in_force);
  EXPECT_EQ(restored->hash(), core.hash());
  const charter::Roster next = charter::successor_of(*restored->roster().in_force, after);
  apply(*restored, record::EntryKind::document, after, signed_by(next, {1}));
  EXPECT_EQ(restored->roster().last_refusal, "too_few_of_current");
  EXPECT_EQ(released(*restored, after + std::chrono::minutes(1)), 0u);
  apply(*restored, record::EntryKind::document, after, signed_by(next, {1, 3}));
  EXPECT_EQ(restored->roster().in_force->roster.version, 2u);
  EXPECT_GT(released(*restored, after + std::chrono::minutes(2)), 0u);
}

}  // namespace
}  // namespace liptako::node
