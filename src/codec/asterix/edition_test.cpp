// The two editions of CAT021 that share its number: what their octets tell of which they are.
#include "codec/asterix/edition.hpp"

#include <gtest/gtest.h>

#include "codec/asterix/random_records_for_tests.hpp"
#include "codec/asterix/recordings_for_tests.hpp"
#include "codec/asterix/reports_for_tests.hpp"

namespace liptako::codec::asterix {
namespace {

// The proof of the rule on real stations: of 69,420 blocks of two recordings not one makes sense by
// the other edition's table, so any one of them decides.
TEST(Edition, EveryBlockOfTheRecordingsTellsItsOwn) {
  LIPTAKO_NEED_RECORDING(old, "cat021_v023_lebl_2016.ast.xz");
  LIPTAKO_NEED_RECORDING(later, "cat021_v2x_alicante.ast.xz");
  const EditionEvidence of_old = weigh_editions(old, 1'000'000);
  EXPECT_EQ(of_old.ed023, 49'330u);
  EXPECT_EQ(of_old.later, 0u);
  EXPECT_EQ(of_old.both, 0u);
  EXPECT_EQ(of_old.neither, 0u);
  EXPECT_EQ(of_old.verdict(), (Editions{.cat021_ed023 = true}));
  const EditionEvidence of_later = weigh_editions(later, 1'000'000);
  EXPECT_EQ(of_later.later, 20'090u);
  EXPECT_EQ(of_later.ed023, 0u);
  EXPECT_EQ(of_later.both, 0u);
  EXPECT_EQ(of_later.neither, 0u);
  EXPECT_EQ(of_later.verdict(), Editions{});
}

Cat021Ed023Report old_report() {
  Cat021Ed023Report r;
  r.source = SacSic{0, 107};
  r.descriptor = cat021_ed023::Descriptor{.address_type = 1, .altitude_reporting = 1};
  r.time_of_day = TimeOfDay{10'137'817};
  r.position = LatLon{Angle::from_degrees(41.3), Angle::from_degrees(2.1)};
  r.aircraft_address = IcaoAddress(0x4CA5F7);
  r.quality = cat021_ed023::Quality{.nuc_p = 7};
  r.link = cat021_ed023::Link{.mode_s = true};
  return r;
}

TEST(Edition, ContradictingBlocksGiveNoVerdict) {
  Cat021Report later;
  later.source = SacSic{20, 206};
  later.descriptor.emplace();
  later.position_time = TimeOfDay{10'137'817};
  later.aircraft_address = IcaoAddress(0x4CA5F7);
  const Bytes one = block_of(21, encoded(old_report())), other = block_of(21, encoded(later));
  Bytes both = one;
  both.insert(both.end(), other.begin(), other.end());
  const EditionEvidence evidence = weigh_editions(both);
  EXPECT_EQ(evidence.ed023, 1u);
  EXPECT_EQ(evidence.later, 1u);
  EXPECT_FALSE(evidence.verdict());
  EXPECT_FALSE(weigh_editions({}).verdict());
  EXPECT_EQ(weigh_editions(one).verdict(), (Editions{.cat021_ed023 = true}));
  EXPECT_EQ(weigh_editions(other).verdict(), Editions{});
}

TEST(Edition, AnyBytesAreWeighed) {
  base::Prng prng(5);
  for (int i = 0; i < 20'000; ++i) {
    Bytes bytes(prng.below(80));
    for (std::uint8_t& b : bytes) b = static_cast<std::uint8_t>(prng.next());
    if (bytes.size() > 3) {
      bytes[0] = 21;
      bytes[1] = 0;
      bytes[2] = static_cast<std::uint8_t>(bytes.size());
    }
    const EditionEvidence e = weigh_editions(bytes);
    EXPECT_LE(e.ed023 + e.later + e.both + e.neither, 20u);
  }
}

}  // namespace
}  // namespace liptako::codec::asterix
