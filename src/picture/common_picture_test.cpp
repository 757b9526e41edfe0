#include "picture/common_picture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/math.hpp"
#include "base/prng.hpp"
#include "base/time_range.hpp"

namespace liptako::picture {
namespace {

const base::Timestamp kNow = base::timestamp_from_ns(1'795'000'000'000'000'000);
constexpr double kMetresPerDegree = 111'195.0;

struct Make {
  std::uint8_t origin = 1;
  std::uint32_t number = 1;
  double east_m = 0.0;
  double north_m = 0.0;
  double sd_m = 50.0;
  int born_s = 0;  // before now
  double speed_mps = 200.0;
};

Contribution make(const Make& m) {
  Contribution c;
  c.number = m.number;
  c.born = kNow - std::chrono::seconds(m.born_s);
  c.claim = {c.born, {base::MemberId{m.origin}, m.number}};
  c.time = c.plot_time = kNow;
  const double lat = 14.0 + m.north_m / kMetresPerDegree;
  c.position.latitude = base::Angle::from_degrees(lat);
  c.position.longitude = base::Angle::from_degrees(
      m.east_m / (kMetresPerDegree * base::cos(14.0 * base::kRadiansPerDegree)));
  c.velocity_north = base::Speed::from_mps(m.speed_mps);
  const double v = m.sd_m * m.sd_m;
  c.covariance = {v, 0, 0, 0, v, 0, 0, 9, 0, 9};
  c.existence = 0.9;
  c.sensor_count = 1;
  c.sensors[0] = 100U + m.origin;
  return c;
}

// What members published, owned.
struct World {
  std::map<std::uint8_t, std::vector<Contribution>> by_origin;
  std::map<std::uint8_t, base::Duration> silent;  // since the member's newest frame

  void add(std::uint8_t origin, const Contribution& c) { by_origin[origin].push_back(c); }
  [[nodiscard]] std::vector<Published> published() {
    std::vector<Published> out;
    for (auto& [origin, contributions] : by_origin) {
      std::ranges::sort(contributions, {}, &Contribution::number);
      out.push_back({{base::MemberId{origin}, 1, 7}, kNow - silent[origin], contributions});
    }
    return out;
  }
};

CommonNumber own(std::uint8_t origin, const Contribution& c) {
  return {c.born, {base::MemberId{origin}, c.number}};
}

TEST(CommonPicture, OneAircraftSeenByAllIsOneTrackUnderTheOldestNumber) {
  World w;
  const Contribution a = make({.origin = 1, .number = 4, .born_s = 10});
  const Contribution b = make({.origin = 2, .number = 9, .north_m = 40, .born_s = 300});
  const Contribution c = make({.origin = 3, .number = 2, .east_m = -30, .born_s = 20});
  w.add(1, a);
  w.add(2, b);
  w.add(3, c);
  const CommonPicture picture = fuse(w.published());
  ASSERT_EQ(picture.tracks.size(), 1);
  const SystemTrack& t = picture.tracks[0];
  EXPECT_EQ(t.number, own(2, b));
  EXPECT_EQ(t.aliases, (std::vector{own(3, c), own(1, a)}));
  EXPECT_FALSE(t.split_from);
  EXPECT_EQ(t.contributors.size(), 3);
  EXPECT_NEAR(t.state.existence, 1 - 0.1 * 0.1 * 0.1, 1e-12);
}

TEST(CommonPicture, TwoAircraftOfOneMemberAreNeverJoined) {
  World w;
  w.add(1, make({.number = 1}));
  w.add(1, make({.number = 2, .north_m = 20}));
  w.add(2, make({.origin = 2, .number = 1, .north_m = 5}));
  EXPECT_EQ(fuse(w.published()).tracks.size(), 2);
}

TEST(CommonPicture, AnAddressVouchesAndAnotherForbids) {
  const auto with = [](Contribution c, std::uint32_t address) {
    c.icao_address = base::IcaoAddress(address);
    return c;
  };
  World near;
  near.add(1, with(make({}), 0x05C001));
  near.add(2, with(make({.origin = 2, .north_m = 10}), 0x05C002));
  EXPECT_EQ(fuse(near.published()).tracks.size(), 2);
  World apart;
  apart.add(1, with(make({}), 0x05C001));
  apart.add(2, with(make({.origin = 2, .north_m = 3000}), 0x05C001));
  EXPECT_EQ(fuse(apart.published()).tracks.size(), 1);
  World duplicate;  // the same address on two aircraft
  duplicate.add(1, with(make({}), 0x05C001));
  duplicate.add(2, with(make({.origin = 2, .north_m = 30'000}), 0x05C001));
  EXPECT_EQ(fuse(duplicate.published()).tracks.size(), 2);
}

TEST(CommonPicture, OppositeCoursesHeightsAndCodesKeepAircraftApart) {
  const auto tracks_of = [](const Contribution& b) {
    World w;
    Contribution a = make({});
    a.pressure_altitude = base::Length::from_flight_level(330);
    a.mode_3a = base::ModeACode(01234);
    w.add(1, a);
    w.add(2, b);
    return fuse(w.published()).tracks.size();
  };
  EXPECT_EQ(tracks_of(make({.origin = 2})), 1);
  EXPECT_EQ(tracks_of(make({.origin = 2, .speed_mps = -200})), 2);
  Contribution other = make({.origin = 2});
  other.pressure_altitude = base::Length::from_flight_level(290);
  EXPECT_EQ(tracks_of(other), 2);
  other = make({.origin = 2});
  other.mode_3a = base::ModeACode(04321);
  EXPECT_EQ(tracks_of(other), 2);
}

TEST(CommonPicture, TheNumberOutlivesTheContributionItCameFrom) {
  World w;  // member 1, which had seen it first, sees it no more; member 2 remembers the number
  Contribution b = make({.origin = 2, .number = 9, .born_s = 60});
  const CommonNumber first{kNow - std::chrono::seconds(900), {base::MemberId{1}, 4}};
  b.claim = first;
  w.add(2, b);
  const CommonPicture picture = fuse(w.published());
  ASSERT_EQ(picture.tracks.size(), 1);
  EXPECT_EQ(picture.tracks[0].number, first);
  EXPECT_EQ(picture.tracks[0].aliases, (std::vector{own(2, b)}));
}

TEST(CommonPicture, ASplitLeavesTheNumberWhereItWasGivenAndSaysSo) {
  World w;
  const Contribution a = make({.origin = 1, .number = 4, .born_s = 900});
  Contribution b = make({.origin = 2, .number = 9, .north_m = 20'000, .born_s = 60});
  b.claim = own(1, a);  // they had been taken for one
  w.add(1, a);
  w.add(2, b);
  const CommonPicture picture = fuse(w.published());
  ASSERT_EQ(picture.tracks.size(), 2);
  EXPECT_EQ(picture.tracks[0].number, own(1, a));
  EXPECT_FALSE(picture.tracks[0].split_from);
  EXPECT_EQ(picture.tracks[1].number, own(2, b));
  EXPECT_EQ(picture.tracks[1].split_from, own(1, a));
}

TEST(CommonPicture, WhatRestsOnOneSensorIsOneWitness) {
  World w;
  for (std::uint8_t origin = 1; origin <= 3; ++origin) {
    Contribution c = make({.origin = origin});
    c.sensors[0] = 55;
    w.add(origin, c);
  }
  const CommonPicture picture = fuse(w.published());
  ASSERT_EQ(picture.tracks.size(), 1);
  EXPECT_NEAR(picture.tracks[0].state.existence, 0.9, 1e-12);
  EXPECT_NEAR(picture.tracks[0].state.covariance[0], 2500.0, 1e-6);
}

TEST(CommonPicture, SilenceShowsAsCoastingAndThenAsNothing) {
  for (const auto& [silent, tracks, coasting] :
       {std::tuple(5, 2, false), std::tuple(30, 2, true), std::tuple(90, 1, false)}) {
    World w;
    w.add(1, make({.number = 1, .north_m = 50'000}));
    w.add(2, make({.origin = 2, .number = 1}));
    w.silent[2] = std::chrono::seconds(silent);
    const CommonPicture picture = fuse(w.published());
    ASSERT_EQ(picture.tracks.size(), tracks) << silent;
    EXPECT_FALSE(picture.tracks[0].state.coasting);
    if (tracks == 2) {
      EXPECT_EQ(picture.tracks[1].state.coasting, coasting) << silent;
      EXPECT_EQ(picture.time - picture.tracks[1].vouched, std::chrono::seconds(silent));
    }
  }
}

// Random scenes: aircraft each seen by some members, numbers and claims at random.
World random_world(base::Prng& prng) {
  World w;
  std::uint32_t number = 0;
  std::vector<CommonNumber> seen;
  const auto aircraft = prng.below(30);
  for (std::uint64_t i = 0; i < aircraft; ++i) {
    const double east = prng.uniform(-60'000, 60'000), north = prng.uniform(-60'000, 60'000);
    for (const auto origin : std::initializer_list<std::uint8_t>{1, 2, 5}) {
      if (!prng.chance(0.6)) continue;
      Contribution c = make({.origin = origin,
                             .number = ++number,
                             .east_m = east + prng.normal(0, 60),
                             .north_m = north + prng.normal(0, 60),
                             .born_s = static_cast<int>(prng.below(50))});
      seen.push_back(own(origin, c));
      if (prng.chance(0.4)) c.claim = seen[prng.below(seen.size())];
      if (prng.chance(0.05)) c.claim = {c.born, {base::MemberId{9}, 7}};  // of one long gone
      if (prng.chance(0.3)) c.icao_address = base::IcaoAddress(0x100 + static_cast<unsigned>(i));
      w.add(origin, c);
    }
  }
  return w;
}

TEST(CommonPicture, EveryContributionIsInOneTrackAndEveryNumberBelongsToOne) {
  base::Prng prng(7);
  for (int run = 0; run < 300; ++run) {
    World w = random_world(prng);
    const auto published = w.published();
    const CommonPicture picture = fuse(published);
    std::set<std::pair<std::uint32_t, std::uint32_t>> contributions;
    std::set<ContributionId> numbers;
    std::size_t total = 0;
    for (const Published& p : published) total += p.contributions.size();
    for (const SystemTrack& t : picture.tracks) {
      std::set<std::uint32_t> origins;
      CommonNumber oldest_own{base::kEndOfTime, {}};
      double weights = 0.0;
      for (const Contributor& c : t.contributors) {
        EXPECT_TRUE(contributions.insert({c.published, c.index}).second);
        EXPECT_TRUE(origins.insert(c.published).second);
        const Published& p = published[c.published];
        const Contribution& own_one = p.contributions[c.index];
        oldest_own =
            std::min(oldest_own, CommonNumber{own_one.born, {p.cut.origin, own_one.number}});
        weights += c.weight;
      }
      EXPECT_NEAR(weights, 1.0, 1e-9);
      EXPECT_TRUE(numbers.insert(t.number.id).second);
      for (const CommonNumber& alias : t.aliases) {
        EXPECT_TRUE(numbers.insert(alias.id).second);
        EXPECT_LT(t.number, alias);
      }
      EXPECT_LE(t.number, oldest_own);
    }
    EXPECT_EQ(contributions.size(), total);
  }
}

// Whoever claims what a picture calls its tracks changes nothing by it: names are a fixed point, so
// that members which publish them agree at once and for good.
TEST(CommonPicture, NamesStandOnceTheyAreClaimed) {
  base::Prng prng(11);
  for (int run = 0; run < 200; ++run) {
    World w = random_world(prng);
    const auto before = fuse(w.published());
    std::map<std::pair<std::uint32_t, std::uint32_t>, CommonNumber> names;
    for (const SystemTrack& t : before.tracks) {
      for (const Contributor& c : t.contributors) names[{c.published, c.index}] = t.number;
    }
    std::uint32_t i = 0;
    for (auto& [origin, contributions] : w.by_origin) {
      for (std::uint32_t k = 0; k < contributions.size(); ++k)
        contributions[k].claim = names.at({i, k});
      ++i;
    }
    const auto after = fuse(w.published());
    ASSERT_EQ(after.tracks.size(), before.tracks.size());
    for (std::size_t t = 0; t < after.tracks.size(); ++t) {
      EXPECT_EQ(after.tracks[t].number, before.tracks[t].number);
      EXPECT_FALSE(after.tracks[t].split_from);
    }
  }
}

TEST(CommonPicture, TheHashTellsPicturesApartAndEqualOnesNot) {
  base::Prng prng(13);
  std::set<std::string> seen;
  for (int run = 0; run < 50; ++run) {
    World w = random_world(prng);
    if (w.by_origin.empty()) continue;
    const auto hash = seal::to_hex(hash_of(fuse(w.published())));
    EXPECT_EQ(hash, seal::to_hex(hash_of(fuse(w.published()))));
    EXPECT_TRUE(seen.insert(hash).second);
    auto& some = w.by_origin.begin()->second.front();
    some.existence -= 1.0 / 65'535;
    EXPECT_NE(hash, seal::to_hex(hash_of(fuse(w.published()))));
  }
}

// A member that floods a place, a latitude or an address neither stops its partners nor hides one
// of their aircraft from the other.
TEST(CommonPicture, AFloodHidesNobodysAircraft) {
  World w;
  std::uint32_t number = 0;
  for (std::uint32_t i = 1; i <= 6000; ++i) {
    Contribution c = make({.origin = 2, .number = ++number, .sd_m = 5000});
    if (i % 3 == 0) c.icao_address = base::IcaoAddress(0x05C001);
    if (i % 3 == 1) c.position.longitude = base::Angle::from_degrees(60.0);
    w.add(2, c);
  }
  for (const auto origin : std::initializer_list<std::uint8_t>{1, 3}) {
    // At the flooded place, without an address: the flood may take one for its own.
    w.add(origin, make({.origin = origin, .number = 1, .north_m = 10.0 * origin, .sd_m = 20}));
    // At the flooded latitude.
    w.add(origin,
          make({.origin = origin, .number = 2, .east_m = 90'000, .north_m = 10.0 * origin}));
    // With the flooded address.
    Contribution named = make({.origin = origin, .number = 3, .north_m = 200'000 + 10.0 * origin});
    named.icao_address = base::IcaoAddress(0x05C001);
    w.add(origin, named);
  }
  const CommonPicture picture = fuse(w.published());
  int together = 0;
  for (const SystemTrack& t : picture.tracks) {
    std::set<std::uint32_t> of;
    for (const Contributor& c : t.contributors) of.insert(c.published);
    together += of.contains(0) && of.contains(2);
  }
  EXPECT_EQ(together, 3);
}

TEST(CommonPicture, NeighboursAreFoundAcrossEveryCellsEdge) {
  base::Prng prng(17);
  for (int run = 0; run < 3000; ++run) {
    const double lat = prng.uniform(-80, 80),
                 lon = prng.chance(0.1) ? 179.999 : prng.uniform(-180, 180);
    World w;
    for (const auto origin : std::initializer_list<std::uint8_t>{1, 2}) {
      Contribution c = make({.origin = origin});
      c.position.latitude = base::Angle::from_degrees(lat + prng.normal(0, 30) / kMetresPerDegree);
      const double east =
          lon + prng.normal(0, 30) / kMetresPerDegree / base::cos(lat * base::kRadiansPerDegree);
      c.position.longitude =
          base::Angle::from_radians(base::wrap_pi(east * base::kRadiansPerDegree));
      w.add(origin, c);
    }
    EXPECT_EQ(fuse(w.published()).tracks.size(), 1) << lat << " " << lon;
  }
}

}  // namespace
}  // namespace liptako::picture
