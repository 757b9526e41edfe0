#include "serve/publication.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <set>

#include "base/math.hpp"
#include "base/prng.hpp"

namespace liptako::serve {
namespace {

using base::Angle;
using base::Duration;
using base::Length;
using base::Speed;
using base::Timestamp;

constexpr Timestamp kStart = base::timestamp_from_ns(1'800'000'000'000'000'000);

// What a console keeps, from frames alone.
struct Client {
  ClientView view;
  std::map<std::uint32_t, TrackRecord> tracks;
  std::map<std::uint32_t, IdentityRecord> identities;
  std::vector<FrameKind> kinds;
  std::vector<std::size_t> counts;
  std::string status;
  std::size_t trail_points = 0;
  std::uint32_t next_sequence = 0;
  std::uint64_t snapshot_id = 0;

  // Takes at most `limit` frames.
  void take(const Publication& publication, const Trails* trails = nullptr, int limit = 1000) {
    base::Bytes frame;
    while (limit-- > 0 && view.next(publication, trails, frame)) apply(frame);
  }

  void apply(const base::Bytes& frame) {
    base::ByteReader in(frame);
    ASSERT_EQ(in.get<std::uint32_t>(), kFrameMagic);
    ASSERT_EQ(in.get<std::uint8_t>(), 1);
    const auto kind = in.get<FrameKind>();
    ASSERT_EQ(in.get<std::uint16_t>(), 0);
    [[maybe_unused]] const auto time = in.get<std::int64_t>();
    ASSERT_EQ(in.get<std::uint32_t>(), next_sequence++);
    const auto count = in.get<std::uint32_t>();
    const auto id = in.get<std::uint64_t>();
    kinds.push_back(kind);
    counts.push_back(count);
    if (kind == FrameKind::snapshot) {  // forgets every other track
      tracks.clear();
      identities.clear();
      snapshot_id = id;
    }
    ASSERT_EQ(id, snapshot_id);
    if (kind == FrameKind::status) status = std::string(frame.begin() + 32, frame.end());
    if (kind == FrameKind::trail) trail_points += count;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (kind == FrameKind::snapshot || kind == FrameKind::update) {
        const auto record = in.get_raw(32);
        std::uint32_t number = 0;
        std::memcpy(&number, record.data(), 4);
        std::memcpy(tracks[number].data(), record.data(), 32);
      } else if (kind == FrameKind::identity) {
        const auto record = in.get_raw(32);
        std::uint32_t number = 0;
        std::memcpy(&number, record.data(), 4);
        std::memcpy(identities[number].data(), record.data(), 32);
      } else if (kind == FrameKind::drop) {
        const auto number = in.get<std::uint32_t>();
        tracks.erase(number);
        identities.erase(number);
      }
    }
    ASSERT_TRUE(in.ok());
  }
};

track::TrackView track_at(std::uint32_t number, Timestamp time, double east_m_per_s = 0.0) {
  track::TrackView track;
  track.number = base::TrackNumber{number};
  track.status = track::TrackStatus::confirmed;
  track.time = time;
  track.last_plot_time = kStart;
  const double seconds = base::to_seconds(time - kStart);
  const double longitude =
      -8.0 + east_m_per_s * seconds / (111'195.0 * base::cos(12.0 * base::kRadiansPerDegree));
  track.position = {Angle::from_degrees(12.0), Angle::from_degrees(longitude), Length()};
  track.velocity_east = Speed::from_mps(east_m_per_s);
  track.existence = 0.99;
  track.cov_ee_m2 = 100;
  track.cov_nn_m2 = 100;
  return track;
}

NodeStatus status_at(Timestamp time) {
  NodeStatus status;
  status.time = time;
  status.sensors.resize(2);
  status.sensors[0].name = "Kati";
  return status;
}

using Kinds = std::vector<FrameKind>;

TEST(Publication, NewClientIsToldSnapshotIdentitiesStatusAndTrailsInThisOrder) {
  Publisher publisher({.snapshot_id = 77});
  const std::vector tracks = {track_at(1, kStart), track_at(5, kStart)};
  const Publication publication = publisher.publish(tracks, status_at(kStart));
  const Trails trails = publisher.trails();
  Client client;
  client.take(publication, &trails);
  EXPECT_EQ(client.kinds,
            (Kinds{FrameKind::snapshot, FrameKind::identity, FrameKind::status, FrameKind::trail}));
  EXPECT_EQ(client.snapshot_id, 77u);
  EXPECT_EQ(client.tracks.size(), 2u);
  EXPECT_EQ(client.identities.size(), 2u);
  EXPECT_EQ(client.trail_points, 2u);
  EXPECT_NE(client.status.find("Kati"), std::string::npos);
  // And then nothing, however often it asks.
  client.take(publication, &trails);
  EXPECT_EQ(client.kinds.size(), 4u);
}

TEST(Publication, NothingIsSentBeforeTheFirstPublication) {
  Client client;
  client.take(Publication{});
  EXPECT_TRUE(client.kinds.empty());
}

TEST(Publication, EmptyPictureIsAnEmptySnapshot) {
  Publisher publisher({});
  Client client;
  client.take(publisher.publish({}, status_at(kStart)));
  EXPECT_EQ(client.kinds, (Kinds{FrameKind::snapshot, FrameKind::status}));
  EXPECT_EQ(client.counts[0], 0u);
}

TEST(Publication, OnlyTracksWithNewPlotsAreSentBetweenRefreshes) {
  Publisher publisher({});
  Client client;
  client.take(publisher.publish(std::vector{track_at(1, kStart, 200), track_at(2, kStart, 200)},
                                status_at(kStart)));
  client.kinds.clear();
  client.counts.clear();
  const Timestamp next = kStart + base::seconds(0.2);
  std::vector tracks = {track_at(1, next, 200), track_at(2, next, 200)};
  tracks[1].last_plot_time = next;
  client.take(publisher.publish(tracks, status_at(next)));
  EXPECT_EQ(client.kinds, Kinds{FrameKind::update});
  EXPECT_EQ(client.counts, std::vector<std::size_t>{1});
}

TEST(Publication, TrackThatLeavesItsExtrapolationIsSentAtOnce) {
  Publisher publisher({});
  Client client;
  client.take(publisher.publish(std::vector{track_at(1, kStart, 200), track_at(2, kStart, 200)},
                                status_at(kStart)));
  client.kinds.clear();
  const Timestamp next = kStart + base::seconds(0.4);
  // 80 m further east is where the client draws both; the second stands 80 m behind.
  std::vector tracks = {track_at(1, next, 200), track_at(2, next, 0)};
  client.take(publisher.publish(tracks, status_at(next)));
  ASSERT_EQ(client.kinds, Kinds{FrameKind::update});
  EXPECT_EQ(client.counts.back(), 1u);
  std::int32_t longitude = 0;
  std::memcpy(&longitude, client.tracks.at(2).data() + 8, 4);
  EXPECT_EQ(longitude, -80'000'000);
}

TEST(Publication, ExtrapolationAcrossTheDateLineIsNoJump) {
  Publisher publisher({});
  Client client;
  const auto near_date_line = [](Timestamp time, double longitude) {
    track::TrackView track = track_at(1, time, 200);
    track.position = {Angle(), Angle::from_degrees(longitude), Length()};
    return std::vector{track};
  };
  client.take(publisher.publish(near_date_line(kStart, 179.9998), status_at(kStart)));
  client.kinds.clear();
  // 200 m/s over 0.4 s are 80 m: 0.00072 degrees on the equator.
  const Timestamp next = kStart + base::seconds(0.4);
  client.take(publisher.publish(near_date_line(next, -179.99948), status_at(next)));
  EXPECT_TRUE(client.kinds.empty());
}

TEST(Publication, SilentTracksAndStatusAreRefreshedOnceASecond) {
  Publisher publisher({});
  Client client;
  std::map<FrameKind, int> frames;
  for (int step = 0; step <= 50; ++step) {
    const Timestamp time = kStart + step * std::chrono::milliseconds(200);
    client.take(publisher.publish(std::vector{track_at(1, time, 100)}, status_at(time)));
  }
  for (const FrameKind kind : client.kinds) ++frames[kind];
  EXPECT_EQ(frames[FrameKind::snapshot], 1);
  EXPECT_EQ(frames[FrameKind::update], 10);
  EXPECT_EQ(frames[FrameKind::status], 11);
  EXPECT_EQ(frames[FrameKind::identity], 1);
}

TEST(Publication, IdentityIsSentAgainOnlyWhenItChanges) {
  Publisher publisher({});
  Client client;
  client.take(
      publisher.publish(std::vector{track_at(1, kStart), track_at(2, kStart)}, status_at(kStart)));
  client.kinds.clear();
  client.counts.clear();
  const Timestamp next = kStart + base::seconds(0.2);
  std::vector tracks = {track_at(1, next), track_at(2, next)};
  tracks[0].call_sign = base::CallSign("TLK12");
  client.take(publisher.publish(tracks, status_at(next)));
  EXPECT_EQ(client.kinds, Kinds{FrameKind::identity});
  EXPECT_EQ(client.counts, std::vector<std::size_t>{1});
}

TEST(Publication, DroppedTrackIsToldOnceAndStatusDroppedCountsAsAbsent) {
  Publisher publisher({});
  Client client;
  client.take(
      publisher.publish(std::vector{track_at(1, kStart), track_at(2, kStart)}, status_at(kStart)));
  client.kinds.clear();
  const Timestamp next = kStart + base::seconds(0.2);
  std::vector tracks = {track_at(1, next), track_at(2, next)};
  tracks[0].status = track::TrackStatus::dropped;
  client.take(publisher.publish(tracks, status_at(next)));
  EXPECT_EQ(client.kinds, Kinds{FrameKind::drop});
  EXPECT_EQ(client.tracks.size(), 1u);
  EXPECT_TRUE(client.tracks.contains(2));
}

TEST(Publication, TrackThatCameBackWhileAClientWasAwayIsNotDropped) {
  Publisher publisher({});
  Client client;
  client.take(publisher.publish(std::vector{track_at(1, kStart)}, status_at(kStart)));
  [[maybe_unused]] const Publication missed =
      publisher.publish({}, status_at(kStart + base::seconds(0.2)));
  const Timestamp next = kStart + base::seconds(0.4);
  client.take(publisher.publish(std::vector{track_at(1, next)}, status_at(next)));
  EXPECT_TRUE(client.tracks.contains(1));
  EXPECT_TRUE(client.identities.contains(1));
  EXPECT_EQ(std::ranges::count(client.kinds, FrameKind::drop), 0);
}

TEST(Publication, ClientAwayForMoreDropsThanAreRememberedGetsANewSnapshot) {
  Publisher publisher({.drops_remembered = 3});
  Client client;
  std::vector<track::TrackView> tracks;
  for (std::uint32_t number = 1; number <= 10; ++number) tracks.push_back(track_at(number, kStart));
  client.take(publisher.publish(tracks, status_at(kStart)));
  client.kinds.clear();
  Publication last;
  for (int step = 1; step <= 5; ++step) {
    const Timestamp time = kStart + step * std::chrono::milliseconds(10);
    tracks.erase(tracks.begin());
    for (track::TrackView& track : tracks) track.time = time;
    last = publisher.publish(tracks, status_at(time));
    EXPECT_LE(last.dropped.size(), 3u);
  }
  client.take(last);
  ASSERT_FALSE(client.kinds.empty());
  EXPECT_EQ(client.kinds[0], FrameKind::snapshot);
  EXPECT_EQ(client.tracks.size(), 5u);
}

TEST(Publication, RestartedNodeMakesClientsForget) {
  Publisher before({.snapshot_id = 1});
  Client client;
  client.take(
      before.publish(std::vector{track_at(1, kStart), track_at(2, kStart)}, status_at(kStart)));
  Publisher after({.snapshot_id = 2});
  client.take(after.publish(std::vector{track_at(2, kStart)}, status_at(kStart)));
  EXPECT_EQ(client.snapshot_id, 2u);
  EXPECT_EQ(client.tracks.size(), 1u);
}

TEST(Publication, TrailsAreBoundedSpacedAndOldestFirst) {
  Publisher publisher({.trail_points = 3, .trail_spacing = std::chrono::seconds(4)});
  Publication publication;
  for (int step = 0; step <= 20; ++step) {
    const Timestamp time = kStart + step * std::chrono::seconds(1);
    std::vector tracks = {track_at(1, time, 100)};
    tracks[0].last_plot_time = time;
    publication = publisher.publish(tracks, status_at(time));
  }
  const Trails trails = publisher.trails();
  ASSERT_EQ(trails.records.size(), 3 * kTrailRecordSize);
  base::ByteReader in(trails.records);
  // Points at 12, 16 and 20 s.
  for (const int seconds : {12, 16, 20}) {
    EXPECT_EQ(in.get<std::uint32_t>(), 1u);
    EXPECT_EQ(in.get<std::int32_t>(), 120'000'000);
    const track::TrackView then = track_at(1, kStart + std::chrono::seconds(seconds), 100);
    EXPECT_NEAR(in.get<std::int32_t>(), then.position.longitude.degrees() * 1e7, 1.0);
  }
}

TEST(Publication, ADoubtedTrackLeavesATrailAndOneThatIsNotPlacedNone) {
  Publisher publisher({});
  std::vector tracks = {track_at(1, kStart), track_at(2, kStart), track_at(3, kStart)};
  tracks[0].doubts = track::kPositionDoubt;
  tracks[1].ambiguous = true;
  tracks[2].placed = false;
  (void)publisher.publish(tracks, status_at(kStart));
  EXPECT_EQ(publisher.trails().records.size(), 2 * kTrailRecordSize);
}

TEST(Publication, TrailsOfTracksThatEndedAreLeftOut) {
  Publisher publisher({});
  const Publication first =
      publisher.publish(std::vector{track_at(1, kStart), track_at(2, kStart)}, status_at(kStart));
  const Trails trails = publisher.trails();
  const Timestamp next = kStart + base::seconds(0.2);
  Client client;
  client.take(publisher.publish(std::vector{track_at(2, next)}, status_at(next)), &trails);
  EXPECT_EQ(client.trail_points, 1u);
}

// A slow client, whatever it skips and wherever it is interrupted, ends with exactly what a new
// client is given.
TEST(Publication, EveryClientConvergesToTheNewestPicture) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    base::Prng prng(seed);
    Publisher publisher({.drops_remembered = static_cast<std::uint32_t>(prng.below(20))});
    std::set<std::uint32_t> alive;
    std::vector<Client> clients(3);
    Publication publication;
    Timestamp time = kStart;
    for (int step = 0; step < 120; ++step) {
      time += std::chrono::milliseconds(200);
      for (int change = 0; change < 4; ++change) {
        const auto number = static_cast<std::uint32_t>(1 + prng.below(25));
        prng.chance(0.5) ? (void)alive.insert(number) : (void)alive.erase(number);
      }
      std::vector<track::TrackView> tracks;
      for (const std::uint32_t number : alive) {
        track::TrackView track = track_at(number, time, prng.uniform(0, 300));
        if (prng.chance(0.3)) track.last_plot_time = time;
        if (prng.chance(0.1))
          track.mode_3a = base::ModeACode(static_cast<std::uint16_t>(prng.below(4096)));
        tracks.push_back(track);
      }
      publication = publisher.publish(tracks, status_at(time));
      const Trails trails = publisher.trails();
      clients[0].take(publication, &trails);
      if (prng.chance(0.2)) clients[1].take(publication, &trails);
      // One frame at a time: publications change between the frames of one round.
      if (prng.chance(0.7)) clients[2].take(publication, &trails, 1);
      ASSERT_EQ(clients[0].tracks.size(), alive.size());
    }
    Client fresh;
    fresh.take(publication);
    for (Client& client : clients) {
      client.take(publication);
      ASSERT_EQ(client.identities, fresh.identities) << "seed " << seed;
      ASSERT_EQ(client.tracks.size(), fresh.tracks.size()) << "seed " << seed;
      for (const auto& [number, record] : fresh.tracks) {
        ASSERT_TRUE(client.tracks.contains(number)) << "seed " << seed;
        // Status, altitude and flags are always current.
        ASSERT_EQ(client.tracks.at(number)[22], record[22]);
        ASSERT_EQ(std::memcmp(client.tracks.at(number).data() + 12, record.data() + 12, 2), 0);
      }
    }
  }
}

TEST(Publication, OptionsAreCheckedAndNamed) {
  const auto refused = Publisher::Options{.refresh = Duration::zero()}.validate();
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message.find("refresh"), std::string::npos);
  EXPECT_TRUE(Publisher::Options{}.validate().has_value());
}

TEST(Publication, TheCommonPictureIsPublishedAtItsOwnTimeWithKindsOfAllSensors) {
  Publisher publisher({});
  NodeStatus status;
  status.time = kStart + base::seconds(0.4);
  status.sensors.push_back({});
  CommonPicture picture;
  picture.time = kStart;
  picture.cut = {{"ML", 1, 5}, {"BF", 1, 6}};
  for (const std::uint32_t handle : {1042u, 0x0200'0007u}) {
    CommonTrack track;
    track.view.number = base::TrackNumber{handle};
    track.view.time = picture.time;
    track.view.last_plot_time = picture.time - base::seconds(2.0);
    track.view.status = track::TrackStatus::confirmed;
    track.view.sensors = 0b11;
    track.view.kinds = 0b1010;
    picture.tracks.push_back(track);
  }
  const Publication publication = publisher.publish_common(picture, status);
  EXPECT_EQ(publication.time, kStart);
  EXPECT_EQ(publication.sensor_names, (std::vector<std::string>{"ML", "BF"}));
  ASSERT_EQ(publication.records.size(), 2u);
  // Sensors are members here: bit 0 must not read as "this node's first sensor, a radar".
  EXPECT_EQ(publication.records[0][29], 0b1010);
  EXPECT_EQ(publication.records[0][20], 20) << "age in tenths of a second, from the picture's time";
  Client client;
  client.take(publication);
  EXPECT_TRUE(client.tracks.contains(0x0200'0007u));
  EXPECT_FALSE(client.status.empty());
  picture.tracks.pop_back();
  picture.tracks[0].view.time = picture.time = kStart + base::seconds(1.0);
  client.take(publisher.publish_common(picture, status));
  EXPECT_FALSE(client.tracks.contains(0x0200'0007u));
}

}  // namespace
}  // namespace liptako::serve
