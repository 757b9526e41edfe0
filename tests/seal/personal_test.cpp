// Personal data on a simulated disk: what is erased stays unreadable, also over power cuts.
#include "seal/personal.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/prng.hpp"
#include "sim/sim_storage.hpp"

namespace liptako::seal {
namespace {

base::Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

template <std::size_t N>
std::array<std::uint8_t, N> drawn(base::Prng& prng) {
  std::array<std::uint8_t, N> bytes{};
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(prng.below(256));
  return bytes;
}

class Personal : public testing::Test {
 protected:
  base::Prng prng_{1};
  sim::SimStorage disk_{1};
  PersonalStore store_{disk_};
  const base::Bytes name_ = bytes_of("Adj. A. Traoré, +223 00 00 00 00");

  base::Bytes sealed_for(std::string_view subject) {
    EXPECT_TRUE(store_.add(subject, drawn<32>(prng_)));
    const auto box = store_.seal(subject, name_, drawn<24>(prng_));
    EXPECT_TRUE(box);
    return box.value_or(base::Bytes{});
  }
};

TEST_F(Personal, ReadsBackUntilErasedAndNeverAgain) {
  const base::Bytes box = sealed_for("s-1");
  const base::Bytes kept = sealed_for("s-2");
  EXPECT_EQ(*store_.open("s-1", box), name_);
  ASSERT_TRUE(store_.erase("s-1"));
  EXPECT_EQ(*store_.open("s-1", box), std::nullopt);
  EXPECT_EQ(*store_.state("s-1"), PersonalStore::State::erased);
  // No new key brings it back, and none is made; the neighbour is not touched.
  EXPECT_FALSE(store_.add("s-1", drawn<32>(prng_)));
  EXPECT_FALSE(store_.seal("s-1", name_, drawn<24>(prng_)));
  EXPECT_EQ(*store_.open("s-2", kept), name_);
}

TEST_F(Personal, NoFileHoldsTheKeyOnceErased) {
  const auto key = drawn<32>(prng_);
  ASSERT_TRUE(store_.add("s-1", key));
  ASSERT_TRUE(store_.erase("s-1"));
  const auto names = disk_.list("personal");
  ASSERT_TRUE(names);
  ASSERT_EQ(*names, std::vector<std::string>{"s-1"});
  const auto content = disk_.read("personal/s-1", 0, 1000);
  ASSERT_TRUE(content);
  EXPECT_EQ(std::string(content->begin(), content->end()), "liptako/erased-key/v1\n");
}

TEST_F(Personal, ErasedBeforeAPowerCutIsErasedAfterIt) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    sim::SimStorage disk(seed);
    PersonalStore store(disk);
    ASSERT_TRUE(store.add("s", drawn<32>(prng_)));
    const auto box = store.seal("s", name_, drawn<24>(prng_));
    ASSERT_TRUE(box);
    disk.restart_after_power_loss();
    EXPECT_EQ(*store.open("s", *box), name_);  // an acknowledged key is not lost either
    ASSERT_TRUE(store.erase("s"));
    disk.restart_after_power_loss();
    EXPECT_EQ(*store.open("s", *box), std::nullopt);
    EXPECT_EQ(*store.state("s"), PersonalStore::State::erased);
  }
}

TEST_F(Personal, ABoxIsItsSubjectsOnlyAndAnyChangedByteIsRefused) {
  const base::Bytes box = sealed_for("s-1");
  ASSERT_TRUE(store_.add("s-2", drawn<32>(prng_)));
  EXPECT_FALSE(store_.open("s-2", box));
  for (std::size_t at = 0; at < box.size(); ++at) {
    base::Bytes bad = box;
    bad[at] ^= static_cast<std::uint8_t>(1u << prng_.below(8));
    EXPECT_FALSE(store_.open("s-1", bad)) << at;
    EXPECT_FALSE(store_.open("s-1", base::ByteView(box).first(at)));
  }
}

TEST_F(Personal, UnknownSubjectsHaveNothingToRead) {
  const base::Bytes box = sealed_for("s-1");
  EXPECT_EQ(*store_.open("s-9", box), std::nullopt);
  EXPECT_EQ(*store_.state("s-9"), PersonalStore::State::unknown);
  EXPECT_FALSE(store_.seal("s-9", name_, drawn<24>(prng_)));
  // Erasing one that never was is remembered too.
  EXPECT_TRUE(store_.erase("s-9"));
  EXPECT_FALSE(store_.add("s-9", drawn<32>(prng_)));
}

TEST_F(Personal, ASubjectIsNoPath) {
  for (const std::string_view bad : {"", "../node", "a/b", "A", "a.b", "a b", "é"}) {
    EXPECT_FALSE(store_.add(bad, drawn<32>(prng_))) << bad;
    EXPECT_FALSE(store_.erase(bad)) << bad;
  }
  EXPECT_FALSE(store_.add(std::string(65, 'a'), drawn<32>(prng_)));
}

TEST_F(Personal, ADamagedKeyFileIsNamed) {
  const base::Bytes box = sealed_for("s-1");
  disk_.corrupt("personal/s-1", 0, 1);
  EXPECT_FALSE(store_.open("s-1", box));
  EXPECT_FALSE(store_.state("s-1"));
}

TEST_F(Personal, EqualDataSealsDifferentlyAndHidesItsWords) {
  ASSERT_TRUE(store_.add("s-1", drawn<32>(prng_)));
  const auto one = store_.seal("s-1", name_, drawn<24>(prng_));
  const auto two = store_.seal("s-1", name_, drawn<24>(prng_));
  ASSERT_TRUE(one && two);
  EXPECT_NE(*one, *two);
  EXPECT_EQ(std::string(one->begin(), one->end()).find("Traor"), std::string::npos);
  EXPECT_FALSE(store_.seal("s-1", base::Bytes(PersonalStore::kMaxData + 1), drawn<24>(prng_)));
}

}  // namespace
}  // namespace liptako::seal
