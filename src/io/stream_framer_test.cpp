#include "io/stream_framer.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/prng.hpp"

namespace liptako::io {
namespace {

base::Bytes block(std::uint8_t category, std::size_t length, std::uint8_t fill = 0xAA) {
  base::Bytes out(length, fill);
  out[0] = category;
  out[1] = static_cast<std::uint8_t>(length >> 8);
  out[2] = static_cast<std::uint8_t>(length);
  return out;
}

void append(base::Bytes& stream, const base::Bytes& bytes) {
  stream.insert(stream.end(), bytes.begin(), bytes.end());
}

// Feeds `stream` in pieces of random size; returns the blocks, and the error if there was one.
struct Framed {
  std::vector<base::Bytes> blocks;
  std::string error;
  std::size_t pending = 0;
};
Framed frame(const base::Bytes& stream, base::Prng& prng, const Cutter& cutter = cut_data_block) {
  Framed out;
  StreamFramer framer(cutter);
  std::size_t at = 0;
  while (at < stream.size()) {
    const auto room = framer.room();
    EXPECT_FALSE(room.empty());
    EXPECT_LE(room.size(), 131'072u);
    const std::size_t most = std::min(room.size(), stream.size() - at);
    const std::size_t count =
        1 + prng.below(prng.chance(0.5) ? std::min<std::size_t>(most, 7) : most);
    std::copy_n(stream.begin() + static_cast<std::ptrdiff_t>(at), count, room.begin());
    framer.commit(count);
    at += count;
    while (true) {
      const auto next = framer.next();
      if (!next) {
        out.error = next.error().message;
        EXPECT_FALSE(framer.next().has_value()) << "an error is for good";
        return out;
      }
      if (!next->has_value()) break;
      out.blocks.emplace_back((*next)->begin(), (*next)->end());
    }
  }
  out.pending = framer.pending();
  return out;
}

TEST(StreamFramer, FindsTheSameBlocksHoweverTheStreamIsCut) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    base::Prng prng(seed);
    std::vector<base::Bytes> blocks;
    base::Bytes stream;
    for (int i = 0; i < 40; ++i) {
      const std::size_t length =
          prng.chance(0.1) ? kMaxPayload - prng.below(3) : 4 + prng.below(300);
      blocks.push_back(block(static_cast<std::uint8_t>(1 + prng.below(255)),
                             length,
                             static_cast<std::uint8_t>(prng.next())));
      append(stream, blocks.back());
    }
    const std::size_t cut = prng.below(4);
    stream.resize(stream.size() - cut);
    const Framed framed = frame(stream, prng);
    EXPECT_EQ(framed.error, "");
    if (cut > 0) blocks.pop_back();
    ASSERT_EQ(framed.blocks, blocks) << "seed " << seed;
    EXPECT_EQ(framed.pending > 0, cut > 0);
  }
}

TEST(StreamFramer, RefusesLengthsThatCannotBeWithPlaceAndValue) {
  base::Prng prng(1);
  for (const std::size_t length : {0u, 1u, 3u, 65'508u, 65'535u}) {
    base::Bytes stream = block(48, 100);
    base::Bytes bad = block(48, 65'535);
    bad[1] = static_cast<std::uint8_t>(length >> 8);
    bad[2] = static_cast<std::uint8_t>(length);
    append(stream, bad);
    const Framed framed = frame(stream, prng);
    EXPECT_EQ(framed.blocks.size(), 1u);
    EXPECT_EQ(framed.error, "category 48, block length " + std::to_string(length) + " at byte 100");
  }
}

TEST(StreamFramer, RefusesCategoryZero) {
  base::Prng prng(1);
  EXPECT_EQ(frame(base::Bytes(50, 0), prng).error, "category 0, block length 0 at byte 0");
}

TEST(StreamFramer, IsTotalOnRandomBytes) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    base::Prng prng(seed);
    base::Bytes stream(prng.below(200'000));
    for (auto& byte : stream) byte = static_cast<std::uint8_t>(prng.next());
    const Framed framed = frame(stream, prng);
    std::size_t total = 0;
    for (const base::Bytes& found : framed.blocks) total += found.size();
    EXPECT_LE(total, stream.size());
    if (framed.error.empty()) {
      EXPECT_EQ(total + framed.pending, stream.size());
    }
  }
}

// A format with marks: what lies between two line ends, as many as have come at once.
base::Result<std::size_t> cut_lines(base::ByteView rest, std::uint64_t) {
  std::size_t whole = 0;
  for (std::size_t i = 0; i < std::min(rest.size(), kMaxPayload); ++i) {
    if (rest[i] == '\n') whole = i + 1;
  }
  return whole;
}

TEST(StreamFramer, CutsWhereTheFormatSays) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    base::Prng prng(seed);
    base::Bytes stream;
    for (std::uint64_t n = 100 + prng.below(3000); n > 0; --n) {
      append(stream, base::Bytes(prng.below(80), 'x'));
      stream.push_back('\n');
    }
    const std::size_t whole = stream.size();
    append(stream, base::Bytes(prng.below(50), 'y'));
    const Framed framed = frame(stream, prng, cut_lines);
    EXPECT_EQ(framed.error, "");
    EXPECT_EQ(framed.pending, stream.size() - whole);
    base::Bytes together;
    for (const base::Bytes& payload : framed.blocks) {
      EXPECT_EQ(payload.back(), '\n');
      append(together, payload);
    }
    stream.resize(whole);
    EXPECT_EQ(together, stream);
  }
}

}  // namespace
}  // namespace liptako::io
