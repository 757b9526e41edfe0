#include "share/frame.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "share/random_contributions_for_test.hpp"

namespace liptako::share {
namespace {

FrameHeader header(base::Timestamp time) {
  FrameHeader h;
  h.cut = {base::MemberId{3}, 1'790'000'000, 12};
  h.keyframe = 10;
  h.time = time;
  h.bound = base::Length::from_metres(50);
  return h;
}

TEST(Frame, WhatIsDecodedEncodesToTheSameBytes) {
  base::Prng prng(1);
  for (int run = 0; run < 200; ++run) {
    const auto contributions = random_contributions(prng, static_cast<int>(prng.below(20)));
    const std::vector<std::uint32_t> removed{3, 7, 100'000};
    const auto parts = encode_frame(header(kTestTime), contributions, removed);
    for (const base::Bytes& bytes : parts) {
      const auto part = decode_part(bytes);
      ASSERT_TRUE(part) << part.error().message;
      EXPECT_EQ(part->header.cut, header(kTestTime).cut);
      const auto again = encode_frame(part->header, part->contributions, part->removed);
      if (parts.size() == 1) {
        EXPECT_EQ(again.at(0), bytes);
      }
    }
  }
}

TEST(Frame, KeepsEveryFieldToTheWiresResolution) {
  base::Prng prng(2);
  const auto sent = random_contributions(prng, 200);
  const auto parts = encode_frame(header(kTestTime), sent, {});
  std::size_t i = 0;
  for (const base::Bytes& bytes : parts) {
    const auto part = decode_part(bytes);
    ASSERT_TRUE(part);
    for (const picture::Contribution& got : part->contributions) {
      const picture::Contribution& c = sent.at(i++);
      EXPECT_EQ(got.number, c.number);
      EXPECT_EQ(got.claim, c.claim);
      EXPECT_EQ(got.time, c.time);
      EXPECT_EQ(got.plot_time, c.plot_time);
      EXPECT_NEAR(got.position.latitude.degrees(), c.position.latitude.degrees(), 0.51e-7);
      EXPECT_NEAR(got.position.longitude.degrees(), c.position.longitude.degrees(), 0.51e-7);
      EXPECT_NEAR(got.velocity_east.mps(), c.velocity_east.mps(), 0.51e-3);
      EXPECT_NEAR(got.existence, c.existence, 0.51 / 65'535);
      EXPECT_EQ(got.pressure_altitude.has_value(), c.pressure_altitude.has_value());
      if (c.pressure_altitude) {
        EXPECT_NEAR(got.pressure_altitude->metres(), c.pressure_altitude->metres(), 0.0051);
      }
      EXPECT_EQ(got.icao_address, c.icao_address);
      EXPECT_EQ(got.mode_3a, c.mode_3a);
      EXPECT_EQ(got.call_sign, c.call_sign);
      EXPECT_EQ(got.coasting, c.coasting);
      EXPECT_EQ(got.kinds, c.kinds);
      EXPECT_TRUE(std::ranges::equal(got.rests_on(), c.rests_on()));
      for (std::size_t k = 0; k < picture::kCovarianceSize; ++k)
        EXPECT_NEAR(got.covariance[k], c.covariance[k], std::fabs(c.covariance[k]) * 1e-6);
    }
  }
  EXPECT_EQ(i, sent.size());
}

TEST(Frame, ManyContributionsGoInPartsThatFitAnEntry) {
  base::Prng prng(3);
  const auto sent = random_contributions(prng, 4000);
  const auto parts = encode_frame(header(kTestTime), sent, {});
  EXPECT_GT(parts.size(), 5);
  std::size_t total = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    EXPECT_LE(parts[i].size(), kMaxPart);
    const auto part = decode_part(parts[i]);
    ASSERT_TRUE(part);
    EXPECT_EQ(part->header.part, i);
    EXPECT_EQ(part->header.parts, parts.size());
    total += part->contributions.size();
  }
  EXPECT_EQ(total, sent.size());
}

TEST(Frame, CutAnywhereIsRefused) {
  base::Prng prng(4);
  const std::vector<std::uint32_t> removed{5};
  const auto bytes = encode_frame(header(kTestTime), random_contributions(prng, 3), removed).at(0);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(decode_part(base::ByteView(bytes).first(size))) << size;
}

// Whatever the bytes, what comes out can be reckoned with, and says the same again.
TEST(Frame, AlteredBytesGiveASoundPartOrAnError) {
  base::Prng prng(5);
  int refused = 0, taken = 0;
  for (int run = 0; run < 20'000; ++run) {
    auto bytes = encode_frame(header(kTestTime), random_contributions(prng, 2), {}).at(0);
    const auto flips = 1 + prng.below(4);
    for (std::uint64_t i = 0; i < flips; ++i)
      bytes[prng.below(bytes.size())] = static_cast<std::uint8_t>(prng.below(256));
    const auto part = decode_part(bytes);
    if (!part) {
      EXPECT_NE(part.error().message.find("byte"), std::string::npos);
      ++refused;
      continue;
    }
    ++taken;
    for (const picture::Contribution& c : part->contributions) {
      const auto later = extrapolated(c, part->header.time + std::chrono::seconds(60), 1.0);
      EXPECT_TRUE(std::isfinite(later.position.latitude.radians()));
      EXPECT_TRUE(std::isfinite(later.position.longitude.radians()));
      EXPECT_LE(std::fabs(later.position.latitude.degrees()), 90.0);
      EXPECT_GE(c.existence, 0.0);
      EXPECT_LE(c.existence, 1.0);
    }
    const auto again = encode_frame(part->header, part->contributions, part->removed);
    EXPECT_TRUE(decode_part(again.at(0)));
  }
  EXPECT_GT(refused, 1000);
  EXPECT_GT(taken, 1000);
}

}  // namespace
}  // namespace liptako::share
