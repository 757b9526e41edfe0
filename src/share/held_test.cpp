#include "share/held.hpp"

#include <gtest/gtest.h>

#include <map>

#include "geo/frames.hpp"
#include "share/publisher.hpp"
#include "share/random_contributions_for_test.hpp"

namespace liptako::share {
namespace {

constexpr base::MemberId kMember{2};

// A member whose tracks come, move and go, publishing once a second.
class Member {
 public:
  explicit Member(std::uint64_t seed) : prng_(seed), publisher_(kMember), own_(kMember) {}

  std::vector<base::Bytes> step() {
    now_ += std::chrono::seconds(1);
    for (auto& c : tracks_) {
      c = extrapolated(c, now_, 0.0);
      c.plot_time = now_;
      if (prng_.chance(0.2)) c.velocity_east = base::Speed::from_mps(prng_.uniform(-300, 300));
      if (prng_.chance(0.02)) c.call_sign = base::CallSign("NEW");
    }
    std::erase_if(tracks_, [&](const auto&) { return prng_.chance(0.02); });
    const auto births = prng_.below(3);
    for (std::uint64_t i = 0; i < births; ++i) {
      number_ += 1 + static_cast<std::uint32_t>(prng_.below(3));
      auto c = random_contribution(prng_, number_);
      c.position.latitude = base::Angle::from_degrees(prng_.uniform(5, 25));
      c.time = c.plot_time = now_;
      c.vertical_rate = {};
      tracks_.push_back(c);
    }
    auto parts = publisher_.publish(now_, epoch_, tracks_, own_, options_);
    for (const base::Bytes& part : parts) EXPECT_EQ(take(own_, part), last_of(part));
    return parts;
  }

  static Taken take(Held& held, const base::Bytes& bytes) {
    auto part = decode_part(bytes);
    EXPECT_TRUE(part);
    auto taken = held.take(std::move(*part));
    EXPECT_TRUE(taken);
    return *taken;
  }
  void lose_power() { ++epoch_; }
  [[nodiscard]] const Held& own() const { return own_; }
  [[nodiscard]] const std::vector<picture::Contribution>& tracks() const { return tracks_; }
  [[nodiscard]] const PublisherOptions& options() const { return options_; }

 private:
  static Taken last_of(const base::Bytes& bytes) {
    const auto part = decode_part(bytes);
    return part->header.part + 1 == part->header.parts ? Taken::complete : Taken::partial;
  }

  base::Prng prng_;
  Publisher publisher_;
  PublisherOptions options_;
  Held own_;
  std::uint64_t epoch_ = 1'790'000'000;
  base::Timestamp now_ = kTestTime;
  std::uint32_t number_ = 0;
  std::vector<picture::Contribution> tracks_;
};

base::Bytes bytes_of(const Held& held) {
  base::Bytes out;
  FrameHeader header;
  header.cut = held.cut();
  header.keyframe = held.cut().sequence;
  header.time = held.time();
  for (const base::Bytes& part : encode_frame(header, held.contributions(), {}))
    out.insert(out.end(), part.begin(), part.end());
  return out;
}

// What a receiver holds at a cut is what the origin published at that cut, whatever was lost,
// repeated or out of order on the way.
TEST(Held, HoldsExactlyWhatWasPublishedOrSomethingOlder) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Member member(seed);
    base::Prng network(seed + 1000);
    Held held(kMember);
    std::map<picture::Cut, base::Bytes> truth;
    std::vector<base::Bytes> on_the_way;
    int moved = 0;
    for (int s = 0; s < 300; ++s) {
      if (s == 150) member.lose_power();
      for (base::Bytes& part : member.step()) {
        if (network.chance(0.2)) continue;
        if (network.chance(0.1)) on_the_way.push_back(part);
        on_the_way.push_back(std::move(part));
      }
      truth[member.own().cut()] = bytes_of(member.own());
      while (!on_the_way.empty() && network.chance(0.7)) {
        const auto which = network.below(std::min<std::uint64_t>(3, on_the_way.size()));
        moved += Member::take(held, on_the_way[which]) == Taken::complete;
        on_the_way.erase(on_the_way.begin() + static_cast<std::ptrdiff_t>(which));
      }
      if (held.known()) {
        ASSERT_TRUE(truth.contains(held.cut()));
        ASSERT_EQ(bytes_of(held), truth.at(held.cut())) << "seed " << seed << " second " << s;
      }
    }
    EXPECT_GT(moved, 100);
    EXPECT_GT(held.counters().without_keyframe, 0);
    EXPECT_GT(held.counters().late, 0);
  }
}

// What a delta leaves out is where the origin says the receiver will think it is.
TEST(Held, UnsentStatesAreWithinTheBound) {
  Member member(42);
  std::size_t unsent = 0;
  for (int s = 0; s < 120; ++s) {
    (void)member.step();
    const auto held = member.own().contributions();
    const auto& tracks = member.tracks();
    ASSERT_EQ(held.size(), tracks.size());
    for (std::size_t i = 0; i < held.size(); ++i) {
      EXPECT_EQ(held[i].number, tracks[i].number);
      EXPECT_EQ(held[i].call_sign, tracks[i].call_sign);
      const auto there = extrapolated(held[i], tracks[i].time, 0.0);
      const double apart = geo::rough_distance(there.position, tracks[i].position).metres();
      EXPECT_LE(apart, member.options().bound.metres() + 0.1);
      unsent += held[i].time < tracks[i].time;
    }
  }
  EXPECT_GT(unsent, 500);
}

TEST(Held, AFrameInPartsCountsWhenAllHaveCome) {
  base::Prng prng(9);
  FrameHeader header;
  header.cut = {kMember, 1, 5};
  header.keyframe = 5;
  header.time = kTestTime;
  const auto sent = random_contributions(prng, 1500);
  auto parts = encode_frame(header, sent, {});
  ASSERT_GT(parts.size(), 2);
  std::rotate(parts.begin(), parts.begin() + 1, parts.end());
  Held held(kMember);
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    EXPECT_EQ(Member::take(held, parts[i]), Taken::partial);
    EXPECT_EQ(Member::take(held, parts[i]), Taken::late);  // a second time
  }
  EXPECT_FALSE(held.known());
  EXPECT_EQ(Member::take(held, parts.back()), Taken::complete);
  EXPECT_EQ(held.contributions().size(), sent.size());
}

TEST(Held, GoesOnFromASnapshotInTheMiddle) {
  Member member(77);
  Held held(kMember);
  for (int s = 0; s < 40; ++s) {
    for (const base::Bytes& part : member.step()) (void)Member::take(held, part);
    base::Bytes saved, again;
    base::ByteWriter writer(saved);
    held.save(writer);
    Held restored;
    base::ByteReader reader(saved);
    restored.load(reader);
    ASSERT_TRUE(reader.ok() && reader.at_end());
    base::ByteWriter second(again);
    restored.save(second);
    ASSERT_EQ(saved, again);
    held = restored;
  }
  EXPECT_EQ(bytes_of(held), bytes_of(member.own()));
}

TEST(Held, PartsThatContradictEachOtherAreRefused) {
  base::Prng prng(10);
  FrameHeader header;
  header.cut = {kMember, 1, 5};
  header.keyframe = 5;
  header.time = kTestTime;
  const auto honest = encode_frame(header, random_contributions(prng, 1500), {});
  header.time += std::chrono::seconds(1);
  const auto other = encode_frame(header, random_contributions(prng, 1500), {});
  Held held(kMember);
  EXPECT_EQ(Member::take(held, honest[0]), Taken::partial);
  EXPECT_FALSE(held.take(decode_part(other[1]).value()));
}

}  // namespace
}  // namespace liptako::share
