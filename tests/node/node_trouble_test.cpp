// What a node says of itself when the world around it fails or changes: a full disk, a broken sync,
// a restart after a live change of configuration, a recording that runs ahead of the clock.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "codec/asterix/encode.hpp"
#include "node/node.hpp"
#include "sim/sim_storage.hpp"

namespace liptako::node {
namespace {

using namespace codec::asterix;  // NOLINT(google-build-using-namespace)
using base::Timestamp;
using record::EntryKind;

constexpr base::SacSic kRadar{100, 1};

std::string config_with(std::string_view sources, std::string_view sensor = "Senou") {
  return "[node]\nname = \"n\"\nrecord = \"r\"\n[[sensor]]\nname = \"" + std::string(sensor) +
         "\"\nsac = 100\nsic = 1\nkind = \"radar\"\nlat_deg = 12.5\nlon_deg = -8\n" +
         std::string(sources);
}
const std::string kInternal = config_with("[[source]]\nname = \"a\"\nkind = \"internal\"\n");

Timestamp noon() { return *base::parse_rfc3339("2026-11-22T12:00:00Z"); }

NodeOptions options_for(const std::string& config) {
  NodeOptions options;
  options.build = "test+1";
  options.boot_id = "boot";
  options.config_text = config;
  options.salt = 7;
  return options;
}

// A node with one aircraft before one radar, seen once in five seconds.
class Station {
 public:
  explicit Station(const std::string& config = kInternal) : disk(3) { EXPECT_TRUE(open(config)); }

  bool open(const std::string& file) {
    node.reset();
    auto opened = Node::open(disk, options_for(file), stamp());
    if (!opened) {
      ADD_FAILURE() << opened.error().message;
      return false;
    }
    node = std::move(*opened);
    return true;
  }

  [[nodiscard]] Stamp stamp() const { return {now, now - noon() + std::chrono::hours(1)}; }

  base::Bytes plot(double told_s, double range_nm = 40, double azimuth_deg = 30) const {
    Cat048Report r;
    r.source = kRadar;
    r.time_of_day = TimeOfDay::from(std::chrono::hours(12) + base::seconds(told_s));
    r.descriptor.emplace();
    r.descriptor->detection = Detection::mode_s_roll_call;
    r.measured_position = {base::Length::from_nautical_miles(range_nm),
                           base::Angle::from_degrees(azimuth_deg)};
    r.flight_level = {base::Length::from_flight_level(350)};
    r.aircraft_address = base::IcaoAddress(0x062001);
    base::Bytes out;
    BlockWriter block(48, out);
    block.add(r);
    block.finish();
    return out;
  }

  base::Result<void> take(EntryKind kind, base::ByteView payload = {}) {
    const record::EntryView entry{kind,
                                  kind == EntryKind::tick ? record::kNoSource : base::SourceId{0},
                                  stamp().utc,
                                  stamp().monotonic,
                                  payload};
    return node->take({&entry, 1});
  }

  // Ticks for `seconds`, a plot every five.
  void run(int seconds) {
    for (int i = 0; i < seconds; ++i) {
      if (i % 5 == 0) (void)take(EntryKind::datagram, plot(base::to_seconds(now - noon())));
      (void)take(EntryKind::tick);
      now += std::chrono::seconds(1);
    }
  }

  sim::SimStorage disk;
  Timestamp now = noon();
  std::unique_ptr<Node> node;
};

TEST(NodeTrouble, AFullDiskIsNamedAndTheTracksAgeBeforeTheOperatorsEyes) {
  Station s;
  s.run(30);
  ASSERT_EQ(s.node->picture(s.now).size(), 1u);
  EXPECT_EQ(s.node->picture(s.now)[0].status, track::TrackStatus::confirmed);
  EXPECT_FALSE(s.node->status(s.stamp()).record.degraded);

  s.disk.set_capacity(s.disk.bytes_used());
  s.run(20);
  const serve::NodeStatus full = s.node->status(s.stamp());
  EXPECT_TRUE(full.record.degraded);
  EXPECT_FALSE(full.record.detail.empty());
  EXPECT_EQ(full.record.lost_arrivals, 4u) << "plots; a tick did not come from anywhere";
  EXPECT_EQ(s.node->taken(), 0u);
  ASSERT_EQ(s.node->picture(s.now).size(), 1u);
  EXPECT_EQ(s.node->picture(s.now)[0].status, track::TrackStatus::coasting);

  s.disk.set_capacity(1u << 30);
  s.run(10);
  EXPECT_FALSE(s.node->status(s.stamp()).record.degraded);
  EXPECT_EQ(s.node->picture(s.now)[0].status, track::TrackStatus::confirmed);
}

TEST(NodeTrouble, AFailedSyncOrSnapshotIsNamed) {
  Station s;
  s.run(2);
  s.node->finish_snapshot(base::world_failed("snapshot/1: no space"));
  EXPECT_EQ(s.node->status(s.stamp()).record.detail, "snapshot/1: no space");
  s.node->finish_snapshot({});
  EXPECT_FALSE(s.node->status(s.stamp()).record.degraded);
  s.disk.set_sync_failure(1.0);
  EXPECT_FALSE(s.node->sync().has_value());
  EXPECT_TRUE(s.node->status(s.stamp()).record.degraded);
}

TEST(NodeTrouble, ALiveChangeOutlivesARestartUntilTheFileChanges) {
  Station s;
  const std::string live = config_with("[[source]]\nname = \"a\"\nkind = \"internal\"\n", "Live");
  ASSERT_TRUE(s.node->reconfigure(live, "live", s.stamp()).has_value());
  for (int restart = 0; restart < 2; ++restart) {
    ASSERT_TRUE(s.open(kInternal));
    EXPECT_EQ(s.node->core().config_text(), live);
    const auto& remarks = s.node->opened().remarks;
    EXPECT_TRUE(std::any_of(remarks.begin(), remarks.end(), [](const std::string& r) {
      return r.find("stays in force") != std::string::npos;
    }));
  }
  const std::string edited = kInternal + "# edited\n";
  ASSERT_TRUE(s.open(edited));
  EXPECT_EQ(s.node->core().config_text(), edited);
  EXPECT_TRUE(s.node->opened().remarks.empty());
  ASSERT_TRUE(s.open(kInternal));
  EXPECT_EQ(s.node->core().config_text(), kInternal);
  const auto replayed = replay(s.disk, "test+1");
  ASSERT_TRUE(replayed.has_value());
  EXPECT_EQ(replayed->core.hash(), s.node->core().hash());
}

TEST(NodeTrouble, ALiveChangeCannotMoveWhatARunningProcessHasOpen) {
  Station s;
  const auto changed = [](std::string_view from, std::string_view to) {
    std::string text = kInternal;
    return text.replace(text.find(from), from.size(), to);
  };
  const auto record =
      s.node->reconfigure(changed("record = \"r\"", "record = \"x\""), "live", s.stamp());
  ASSERT_FALSE(record.has_value());
  EXPECT_EQ(record.error().message.find("live: node.record: "), 0u);
  EXPECT_NE(record.error().message.find("restart"), std::string::npos);
  const auto listen = s.node->reconfigure(
      changed("record = \"r\"", "record = \"r\"\nlisten = \"0.0.0.0:1\""), "live", s.stamp());
  ASSERT_FALSE(listen.has_value());
  EXPECT_EQ(listen.error().message.find("live: node.listen: "), 0u);
  EXPECT_EQ(s.node->core().config_text(), kInternal);
}

TEST(NodeTrouble, TracesTellWhatAPlotDidAndEndWithTheConfigurationTheyNameSensorsOf) {
  Station s;
  s.run(30);
  const base::TrackNumber number = s.node->picture(s.now).at(0).number;
  const auto updates = s.node->updates_of(number);
  ASSERT_GE(updates.size(), 4u);
  EXPECT_EQ(updates.front().kind, serve::UpdateKind::started);
  EXPECT_EQ(updates.front().components, 0);
  EXPECT_EQ(updates.back().kind, serve::UpdateKind::updated);
  EXPECT_EQ(updates.back().components, 2);
  ASSERT_TRUE(s.node
                  ->reconfigure(config_with("[[source]]\nname = \"a\"\nkind = \"internal\"\n", "B"),
                                "live",
                                s.stamp())
                  .has_value());
  EXPECT_TRUE(s.node->updates_of(number).empty());
}

TEST(NodeTrouble, FindingsTellWhyATrackIsDoubtedAndOutliveARestart) {
  Station s;
  // Another aircraft with the same address, on the far side of the radar.
  const auto run_with_rival = [&](int seconds) {
    for (int i = 0; i < seconds; i += 5) {
      (void)s.take(EntryKind::datagram, s.plot(base::to_seconds(s.now - noon()) + 2.5, 25, 210));
      s.run(5);
    }
  };
  s.run(30);
  run_with_rival(180);
  const auto picture = s.node->picture(s.now);
  ASSERT_EQ(picture.size(), 2u);
  constexpr auto kDuplicate = track::bit(track::Doubt::duplicate_address);
  for (std::size_t i = 0; i < 2; ++i) {
    ASSERT_EQ(picture[i].doubts, kDuplicate);
    const auto findings = s.node->findings_of(picture[i].number);
    ASSERT_EQ(findings.size(), 1u) << "told once, not with every plot, nor with every tick";
    EXPECT_EQ(findings[0].kind, track::FindingKind::raised);
    EXPECT_EQ(findings[0].doubt, track::Doubt::duplicate_address);
    EXPECT_EQ(findings[0].value[0], picture[1 - i].number.value) << "the other aircraft's";
    EXPECT_GT(findings[0].value[1], 5'000.0) << "metres between them";
    EXPECT_EQ(findings[0].sensor, 0u);
    EXPECT_LT(findings[0].time, s.now);
  }
  const base::TrackNumber number = picture[0].number;
  const auto before = s.node->findings_of(number);
  ASSERT_TRUE(s.open(kInternal));
  const auto after = s.node->findings_of(number);
  ASSERT_EQ(after.size(), 1u);
  EXPECT_EQ(after[0].time, before[0].time);

  const std::string live = config_with("[[source]]\nname = \"a\"\nkind = \"internal\"\n", "B");
  ASSERT_TRUE(s.node->reconfigure(live, "live", s.stamp()).has_value());
  ASSERT_EQ(s.node->findings_of(number).size(), 1u);
  EXPECT_EQ(s.node->findings_of(number)[0].sensor, 0xFFFFu) << "sensors go by other numbers now";
}

TEST(NodeTrouble, DatagramsLostBeforeTheRecordAreCountedAsOverflow) {
  Station s;
  const std::string_view event = "overflow 12";
  ASSERT_TRUE(s.take(EntryKind::source_event,
                     {reinterpret_cast<const std::uint8_t*>(event.data()), event.size()})
                  .has_value());
  EXPECT_EQ(s.node->status(s.stamp()).sources.at(0).overflowed, 12u);
}

// Ten times as fast as the clock, for ten seconds of it.
void play_fast(Station& s) {
  for (int second = 0; second < 100; ++second) {
    if (second % 5 == 0) {
      ASSERT_TRUE(s.take(EntryKind::datagram, s.plot(second)).has_value());
    }
    s.now += std::chrono::milliseconds(100);
    ASSERT_TRUE(s.take(EntryKind::tick).has_value());
  }
}

TEST(NodeTrouble, OnlyARecordingPlayedAtSpeedTakesThePictureWithIt) {
  Station fast(
      config_with("[[source]]\nname = \"f\"\nkind = \"file\"\npath = \"x\"\ntime = "
                  "\"rebase\"\nspeed = 10\n"));
  play_fast(fast);
  EXPECT_GT(fast.node->core().picture_time(fast.now) - fast.now, std::chrono::seconds(80));

  Station paced(
      config_with("[[source]]\nname = \"f\"\nkind = \"file\"\npath = \"x\"\ntime = "
                  "\"rebase\"\n"));
  play_fast(paced);
  EXPECT_EQ(paced.node->core().picture_time(paced.now), paced.now);
}

TEST(NodeTrouble, ARecordingThatEndedNoLongerLeadsOneThatPlays) {
  Station s(
      config_with("[[source]]\nname = \"f\"\nkind = \"file\"\npath = \"x\"\ntime = "
                  "\"rebase\"\nspeed = 10\n[[source]]\nname = \"g\"\nkind = \"file\"\npath = "
                  "\"y\"\ntime = \"rebase\"\nspeed = 2\n"));
  play_fast(s);
  const std::string_view end = "ended after 20 blocks";
  ASSERT_TRUE(s.take(EntryKind::source_event,
                     {reinterpret_cast<const std::uint8_t*>(end.data()), end.size()})
                  .has_value());
  // Nobody plays: time goes on from there, and the tracks of the recording fade.
  EXPECT_GT(s.node->core().picture_time(s.now) - s.now, std::chrono::seconds(80));
  const base::Bytes bytes = s.plot(100);
  const record::EntryView other{
      EntryKind::datagram, base::SourceId{1}, s.stamp().utc, s.stamp().monotonic, bytes};
  ASSERT_TRUE(s.node->take({&other, 1}).has_value());
  EXPECT_EQ(s.node->core().picture_time(s.now), s.now);
}

}  // namespace
}  // namespace liptako::node
