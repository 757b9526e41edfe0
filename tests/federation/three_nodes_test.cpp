// Three whole nodes on the simulated Sahel day: one common picture through lost frames, cuts, kills
// and power loss, and a record from which each node's part in it can be computed again.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "simulated.hpp"

namespace liptako::federation {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

// The shipped day with links that lose, and no cut but those a test asks for.
sim::Scenario day(double loss) {
  sim::Scenario scenario = shipped("sahel24.toml");
  scenario.link_cuts.clear();
  for (sim::Link& link : scenario.links) link.loss = loss;
  return scenario;
}

sim::Scenario day_with_cut(std::uint16_t member, base::Duration from, base::Duration until) {
  sim::Scenario scenario = day(0.05);
  sim::LinkCut cut;
  cut.member = sim::MemberIndex{member};
  cut.window.from = from;
  cut.window.until = until;
  scenario.link_cuts.push_back(cut);
  return scenario;
}

void expect_one_picture(Simulated& federation) {
  const std::string hash = federation.common(0).hash;
  const std::size_t tracks = federation.common(0).tracks.size();
  EXPECT_GT(tracks, 10);
  for (std::size_t i = 1; i < federation.size(); ++i) {
    EXPECT_EQ(federation.common(i).hash, hash);
    EXPECT_EQ(federation.common(i).tracks.size(), tracks);
  }
}

std::string cut_of(const serve::CommonPicture& picture) {
  std::string out;
  for (const serve::CommonCut& c : picture.cut)
    out += c.member + std::to_string(c.epoch) + "/" + std::to_string(c.sequence) + " ";
  return out;
}

serve::FederationStatus status_of(Simulated& federation, std::size_t i) {
  federation.node(i).refresh_common();
  return federation.node(i).status(federation.stamp(i)).federation.value();
}

TEST(ThreeNodes, EqualCutsAreEqualPicturesAtEveryMoment) {
  Simulated federation(day(0.1), 1);
  std::map<std::string, std::string> hash_at;
  int met_again = 0;
  for (int s = 0; s < 240; ++s) {
    federation.run(seconds(1));
    for (std::size_t i = 0; i < federation.size(); ++i) {
      const serve::CommonPicture& picture = federation.common(i);
      const auto [known, fresh] = hash_at.emplace(cut_of(picture), picture.hash);
      EXPECT_EQ(known->second, picture.hash);
      met_again += !fresh;
    }
  }
  EXPECT_GT(met_again, 20);
  federation.come_to_rest();
  expect_one_picture(federation);
}

// The national picture is finer, and is not what partners say.
TEST(ThreeNodes, TheNationalPictureHoldsOwnTracksOnly) {
  Simulated federation(day(0.0), 2);
  federation.run(minutes(3));
  for (std::size_t i = 0; i < federation.size(); ++i) {
    const serve::CommonPicture& common = federation.common(i);
    const auto national = federation.node(i).picture(federation.now());
    std::set<base::TrackNumber> own;
    for (const track::TrackView& view : national) own.insert(view.number);
    const std::string code = federation.world().scenario().codes[i];
    std::size_t foreign = 0, mine = 0;
    for (const serve::CommonTrack& t : common.tracks) {
      bool contributes = false;
      for (const serve::CommonContributor& c : t.contributors) {
        contributes = contributes || c.member == code;
        if (c.member == code) {
          EXPECT_TRUE(own.contains(c.number));
        }
      }
      ++(contributes ? mine : foreign);
    }
    EXPECT_GT(mine, 0);
    EXPECT_GT(foreign, 0);
  }
}

TEST(ThreeNodes, ACutOffMemberGoesOnAloneSaysSoAndJoinsWithinSeconds) {
  constexpr std::size_t kNiamey = 2;
  Simulated federation(day_with_cut(kNiamey, minutes(2), minutes(9)), 3);
  federation.run(minutes(2));
  EXPECT_FALSE(status_of(federation, kNiamey).isolated);
  federation.run(seconds(20));
  EXPECT_TRUE(status_of(federation, kNiamey).isolated);
  EXPECT_FALSE(status_of(federation, 0).isolated);
  EXPECT_EQ(status_of(federation, 0).members[kNiamey].state, serve::MemberState::cut);
  // What Niamey alone saw coasts at the others, and what is shown tells its age.
  for (const serve::CommonTrack& t : federation.common(0).tracks) {
    if (t.contributors.size() != 1 || t.contributors[0].member != "NE") continue;
    EXPECT_EQ(t.view.status, track::TrackStatus::coasting);
    EXPECT_GE(federation.now() - t.view.last_plot_time, seconds(15));
  }
  federation.run(minutes(3));
  for (std::size_t i = 0; i < federation.size(); ++i) {
    std::size_t tracks = 0;
    for (const serve::CommonTrack& t : federation.common(i).tracks) {
      ++tracks;
      for (const serve::CommonContributor& c : t.contributors)
        EXPECT_EQ(c.member == "NE", i == kNiamey);
    }
    EXPECT_GT(tracks, 5);  // each side has a picture
  }
  federation.run(minutes(4));
  std::map<std::uint32_t, int> twice_for_s;  // by address, at Bamako
  for (int s = 0; s < 60; ++s) {
    federation.run(seconds(1));
    std::set<std::uint32_t> once, twice;
    for (const serve::CommonTrack& t : federation.common(0).tracks) {
      if (!t.view.icao_address) continue;
      const std::uint32_t address = t.view.icao_address->bits();
      if (!once.insert(address).second) twice.insert(address);
    }
    for (const std::uint32_t address : twice) ++twice_for_s[address];
  }
  for (const auto& [address, time_s] : twice_for_s) EXPECT_LT(time_s, 30) << address;
  EXPECT_FALSE(status_of(federation, kNiamey).isolated);
  federation.come_to_rest();
  expect_one_picture(federation);
}

// An aircraft that crosses keeps its common number at every member as long as somebody sees it.
TEST(ThreeNodes, ACommonNumberOnlyGivesWayToAnOlderOne) {
  Simulated federation(day(0.02), 5);
  std::map<std::pair<std::size_t, std::uint32_t>, std::pair<base::Timestamp, std::string>> before;
  int kept = 0, newer = 0;
  for (int s = 0; s < 300; ++s) {
    federation.run(seconds(1));
    for (std::size_t i = 0; i < federation.size(); ++i) {
      std::map<std::pair<std::size_t, std::uint32_t>, std::pair<base::Timestamp, std::string>> now;
      for (const serve::CommonTrack& t : federation.common(i).tracks) {
        if (!t.view.icao_address) continue;
        const std::pair key{i, t.view.icao_address->bits()};
        now[key] = {t.born, t.number};
        const auto old = before.find(key);
        if (old == before.end()) continue;
        kept += old->second.second == t.number;
        newer += old->second.second != t.number && t.born > old->second.first;
      }
      for (const auto& [key, value] : now) before[key] = value;
    }
  }
  EXPECT_GT(kept, 1000);
  EXPECT_LE(newer, kept / 1000);
}

TEST(ThreeNodes, EachRecordAloneGivesItsNodeAgain) {
  Simulated federation(day(0.05), 6);
  federation.run(minutes(2));
  for (std::size_t i = 0; i < federation.size(); ++i) {
    auto again = node::replay(federation.disk(i), "test");
    ASSERT_TRUE(again);
    EXPECT_EQ(seal::to_hex(again->core.hash()), seal::to_hex(federation.node(i).core().hash()));
    EXPECT_GT(again->core.federation().held()[(i + 1) % 3].contributions().size(), 0);
    // From the middle of a run as from its start.
    base::Bytes saved;
    federation.node(i).core().save(saved);
    const auto restored = node::Core::load("test", saved);
    ASSERT_TRUE(restored);
    EXPECT_EQ(restored->hash(), federation.node(i).core().hash());
  }
}

TEST(ThreeNodes, KillsAndPowerCutsCostNoFrameItsName) {
  Simulated federation(day(0.0), 7);
  federation.run(minutes(1));
  const auto before = status_of(federation, 0).members[1];
  federation.kill(1);
  federation.run(seconds(20));
  const auto killed = status_of(federation, 0).members[1];
  EXPECT_EQ(killed.epoch, before.epoch);
  EXPECT_GT(killed.sequence, before.sequence);
  // Nothing was synced since the start of the record's life: what was published is forgotten.
  federation.cut_power(1);
  federation.run(seconds(30));
  const auto restarted = status_of(federation, 0).members[1];
  EXPECT_GT(restarted.epoch, killed.epoch);
  EXPECT_EQ(restarted.state, serve::MemberState::live);
  EXPECT_GT(restarted.contributions, 0);
  federation.come_to_rest();
  expect_one_picture(federation);
}

// What was held before the clock was set back would pass for the newest there is for an hour.
TEST(ThreeNodes, AClockSetBackMakesNothingLookFresh) {
  Simulated federation(day(0.0), 9);
  federation.run(minutes(1));
  federation.set_clock(0, -std::chrono::hours(1));
  federation.run(seconds(30));
  const auto status = status_of(federation, 0);
  EXPECT_TRUE(status.isolated);
  for (const std::size_t i : {1, 2}) {
    EXPECT_EQ(status.members[i].state, serve::MemberState::cut);
    EXPECT_GT(status.members[i].frames_refused, 10);
  }
  for (const serve::CommonTrack& t : federation.common(0).tracks) {
    for (const serve::CommonContributor& c : t.contributors) EXPECT_EQ(c.member, "ML");
  }
  federation.set_clock(0, {});
  federation.run(seconds(30));
  EXPECT_FALSE(status_of(federation, 0).isolated);
  federation.come_to_rest();
  expect_one_picture(federation);
}

TEST(ThreeNodes, LeavingTheFederationAndComingBackReusesNoName) {
  Simulated federation(day(0.0), 10);
  federation.run(minutes(1));
  const auto before = status_of(federation, 0).members[1];
  for (const bool federated : {false, true}) {
    ASSERT_TRUE(federation.node(1).reconfigure(
        federation.configuration(1, federated), "test", federation.stamp(1)));
    federation.run(seconds(5));
  }
  federation.run(seconds(15));
  const auto after = status_of(federation, 0).members[1];
  EXPECT_GT(after.sequence, before.sequence);
  EXPECT_EQ(after.state, serve::MemberState::live);
  federation.come_to_rest();
  expect_one_picture(federation);
}

// A member that speaks another version says so at its partners.
TEST(ThreeNodes, AnotherVersionIsRefusedByName) {
  Simulated federation(day(0.0), 11);
  federation.run(seconds(20));
  share::FrameHeader header;
  header.cut = {base::MemberId{2}, 9'000'000'000, 1};
  header.keyframe = 1;
  header.time = federation.now();
  base::Bytes frame = share::encode_frame(header, {}, {}).at(0);
  frame[4] = 2;
  federation.give(0, frame);
  const auto member = status_of(federation, 0).members[1];
  EXPECT_EQ(member.frames_refused, 1);
  EXPECT_NE(member.last_refusal.find("version 2"), std::string::npos);
}

TEST(ThreeNodes, FramesThatCannotBeAreCountedAndChangeNothing) {
  Simulated federation(day(0.0), 8);
  federation.run(minutes(1));
  const std::string before = federation.common(0).hash;
  // A member whose clock is an hour ahead: its frames would age everybody else's.
  share::FrameHeader ahead;
  ahead.cut = {base::MemberId{2}, 9'000'000'000, 1};
  ahead.keyframe = 1;
  ahead.time = federation.now() + std::chrono::hours(1);
  federation.give(0, share::encode_frame(ahead, {}, {}).at(0));
  // And one an hour behind.
  share::FrameHeader behind = ahead;
  behind.cut.origin = base::MemberId{3};
  behind.time = federation.now() - std::chrono::hours(1);
  federation.give(0, share::encode_frame(behind, {}, {}).at(0));
  // Somebody who is no member, and this node's own name.
  for (const std::uint8_t origin : {std::uint8_t{1}, std::uint8_t{77}}) {
    share::FrameHeader stranger;
    stranger.cut = {base::MemberId{origin}, 9'000'000'000, 1};
    stranger.keyframe = 1;
    stranger.time = federation.now();
    federation.give(0, share::encode_frame(stranger, {}, {}).at(0));
  }
  base::Prng prng(1);
  for (int i = 0; i < 200; ++i) {
    base::Bytes noise(prng.below(300));
    for (auto& b : noise) b = static_cast<std::uint8_t>(prng.below(256));
    federation.give(0, noise);
  }
  EXPECT_EQ(federation.common(0).hash, before);
  const auto status = status_of(federation, 0);
  EXPECT_EQ(status.members[1].frames_refused, 1);
  EXPECT_NE(status.members[1].last_refusal.find("3600 s ahead"), std::string::npos);
  EXPECT_EQ(status.members[2].frames_refused, 1);
  EXPECT_NE(status.members[2].last_refusal.find("3600 s old"), std::string::npos);
}

}  // namespace
}  // namespace liptako::federation
