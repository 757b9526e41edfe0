// Beast and AVR: both are a way to write the same receptions.
#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "base/prng.hpp"
#include "codec/modes/avr.hpp"
#include "codec/modes/beast.hpp"

namespace liptako::codec::modes {
namespace {

using Next = Piece (*)(ByteView);
using Encode = void (*)(const Reception&, Bytes&);

Reception random_reception(base::Prng& prng) {
  Bytes octets(std::array{kModeAcSize, kShortSize, kLongSize}[prng.below(3)]);
  for (auto& octet : octets) {
    octet = prng.chance(0.3) ? kBeastEscape : static_cast<std::uint8_t>(prng.next());
  }
  Reception r;
  r.frame = Frame(octets);
  r.stamp = prng.chance(0.2) ? 0x1a1a1a1a1a1a : prng.next() & kStampMask;
  r.signal = prng.chance(0.2) ? kBeastEscape : static_cast<std::uint8_t>(prng.next());
  return r;
}

struct Found {
  std::vector<Reception> receptions;
  std::size_t garbage = 0;
  std::size_t left = 0;
};

Found read_all(ByteView bytes, Next next, std::size_t longest) {
  Found out;
  while (true) {
    const Piece piece = next(bytes);
    EXPECT_LE(piece.length, bytes.size());
    switch (piece.kind) {
      case Piece::Kind::incomplete:
        EXPECT_LT(bytes.size(), longest);
        out.left = bytes.size();
        return out;
      case Piece::Kind::reception:
        out.receptions.push_back(piece.reception);
        break;
      case Piece::Kind::garbage:
      case Piece::Kind::unknown:
        out.garbage += piece.length;
        break;
    }
    EXPECT_GT(piece.length, 0u);
    if (piece.length == 0) return out;
    bytes = bytes.subspan(piece.length);
  }
}

Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

class Streams : public testing::TestWithParam<bool> {
 protected:
  [[nodiscard]] static Next next() { return GetParam() ? next_beast : next_avr; }
  [[nodiscard]] static Encode encode() { return GetParam() ? encode_beast : encode_avr; }
  [[nodiscard]] static std::size_t longest() {
    return GetParam() ? kLongestBeastFrame : 2 * kLongestAvrFrame;
  }
};
INSTANTIATE_TEST_SUITE_P(Formats, Streams, testing::Bool(), [](const auto& param) {
  return param.param ? "Beast" : "Avr";
});

TEST_P(Streams, WhatIsEncodedIsDecoded) {
  base::Prng prng(1);
  std::vector<Reception> sent;
  Bytes stream;
  for (int i = 0; i < 5000; ++i) {
    sent.push_back(random_reception(prng));
    encode()(sent.back(), stream);
  }
  const Found found = read_all(stream, next(), longest());
  EXPECT_EQ(found.receptions, sent);
  EXPECT_EQ(found.garbage, 0u);
  EXPECT_LE(found.left, 1u) << "the newline of the last line";
}

TEST_P(Streams, NoPrefixOfAFrameIsTakenForAnother) {
  base::Prng prng(2);
  for (int i = 0; i < 500; ++i) {
    Bytes one;
    encode()(random_reception(prng), one);
    if (!GetParam()) one.pop_back();  // the newline
    for (std::size_t size = 0; size < one.size(); ++size) {
      EXPECT_EQ(next()(ByteView(one).first(size)).kind, Piece::Kind::incomplete);
    }
    EXPECT_EQ(next()(one).length, one.size());
  }
}

TEST_P(Streams, FindsItsFeetAgainAfterDamage) {
  base::Prng prng(3);
  for (int round = 0; round < 300; ++round) {
    Bytes stream;
    std::vector<Reception> sent;
    const auto add = [&](int count) {
      for (int i = 0; i < count; ++i) {
        sent.push_back(random_reception(prng));
        encode()(sent.back(), stream);
      }
    };
    add(5);
    const std::size_t damage_at = stream.size();
    for (std::uint64_t n = 1 + prng.below(60); n > 0; --n) {
      stream.push_back(static_cast<std::uint8_t>(prng.next()));
    }
    add(5);
    (void)damage_at;
    const Found found = read_all(stream, next(), longest());
    ASSERT_GE(found.receptions.size(), 8u)
        << "damage may take the frame after it, and look like one";
    for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(found.receptions[i], sent[i]);
    for (std::size_t i = 1; i <= 3; ++i) {
      EXPECT_EQ(found.receptions[found.receptions.size() - i], sent[10 - i]);
    }
  }
}

TEST_P(Streams, AnyBytesAreConsumed) {
  base::Prng prng(4);
  for (int round = 0; round < 300; ++round) {
    Bytes noise(prng.below(2000));
    const bool marks = prng.chance(0.5);
    for (auto& octet : noise) {
      octet = marks ? static_cast<std::uint8_t>("\x1a\x1a\x31\x32\x33*@<;0aF\n x"[prng.below(15)])
                    : static_cast<std::uint8_t>(prng.next());
    }
    (void)read_all(noise, next(), longest());
  }
}

TEST(Beast, ACutFrameEndsWhereTheNextBegins) {
  Bytes stream = {kBeastEscape, '2', 0, 0, 0};
  Reception r;
  r.stamp = 5;
  r.signal = 1;
  encode_beast(r, stream);
  const Piece first = next_beast(stream);
  EXPECT_EQ(first.kind, Piece::Kind::garbage);
  EXPECT_EQ(first.length, 5u);
  EXPECT_EQ(next_beast(ByteView(stream).subspan(5)).reception, r);
}

TEST(Beast, AStatusFrameIsSteppedOver) {
  Bytes stream = {kBeastEscape, '4', 1, 2, 3, kBeastEscape, kBeastEscape, 4};
  const std::size_t size = stream.size();
  EXPECT_EQ(next_beast(stream).kind, Piece::Kind::incomplete);
  encode_beast({}, stream);
  const Piece first = next_beast(stream);
  EXPECT_EQ(first.kind, Piece::Kind::unknown);
  EXPECT_EQ(first.length, size);
}

TEST(Avr, ReadsTheThreeKindsOfLines) {
  const Bytes text = bytes_of(
      "*02E1941026BC90;\r\n@00000000007b8d4840d6202cc371c32ce0576098;<"
      "0000000000ff805f4001594b0fbb;");
  const Found found = read_all(text, next_avr, 2 * kLongestAvrFrame);
  ASSERT_EQ(found.receptions.size(), 3u);
  EXPECT_FALSE(found.receptions[0].stamp.has_value());
  EXPECT_EQ(found.receptions[0].frame.size(), kShortSize);
  EXPECT_EQ(found.receptions[1].stamp, 123u);
  EXPECT_FALSE(found.receptions[1].signal.has_value());
  EXPECT_EQ(found.receptions[1].frame.size(), kLongSize);
  EXPECT_EQ(found.receptions[2].stamp, 255u);
  EXPECT_EQ(found.receptions[2].signal, 0x80);
  EXPECT_EQ(found.garbage, 0u);
}

TEST(Avr, LinesOfAnotherLengthAreGarbage) {
  for (const std::string_view line :
       {"*;", "*0;", "*02e194;", "@00;", "*02e1941026bc9;", "*02e1941026bc9g;"}) {
    const Found found = read_all(bytes_of(line), next_avr, 2 * kLongestAvrFrame);
    EXPECT_TRUE(found.receptions.empty()) << line;
    EXPECT_EQ(found.garbage + found.left, line.size());
  }
}

}  // namespace
}  // namespace liptako::codec::modes
