// What is wrong in a world is labelled, and the shipped scenarios of doubts are sound.
#include "sim/labels.hpp"

#include <gtest/gtest.h>

#include <map>

#include "sim/scenarios_for_test.hpp"
#include "sim/world.hpp"

namespace liptako::sim {
namespace {

const base::Timestamp kStart = base::timestamp_from_ns(1'795'305'600'000'000'000);

Scenario doubts(std::string_view name) {
  const std::string folder = "doubts/";
  auto loaded = load_scenario(shipped_text(folder + std::string(name) + ".toml"),
                              name,
                              [&](std::string_view other) -> base::Result<std::string> {
                                return shipped_text(folder + std::string(other));
                              });
  EXPECT_TRUE(loaded.has_value()) << loaded.error().message;
  return loaded.value_or(Scenario());
}

std::map<Pathology, std::vector<Label>> labels_of(World& world, base::Duration length) {
  std::map<Pathology, std::vector<Label>> out;
  world.advance(kStart + length, [](const Emission&) {});
  for (const Label& label : world.take_labels(true)) out[label.pathology].push_back(label);
  return out;
}

TEST(Labels, SayWhoFromWhenToWhen) {
  World world(doubts("duplicate_address"), 3, kStart);
  const auto all = labels_of(world, std::chrono::minutes(12));
  ASSERT_TRUE(all.contains(Pathology::duplicate_address));
  for (const Label& label : all.at(Pathology::duplicate_address)) {
    EXPECT_GE(label.from, kStart + std::chrono::minutes(8) - std::chrono::seconds(2));
    EXPECT_GT(label.until, label.from);
    EXPECT_FALSE(label.addresses.empty());
  }
}

TEST(Labels, AGhostIsInNoTruthAndSeenByNoRadar) {
  World world(doubts("ghost"), 3, kStart);
  const auto all = labels_of(world, std::chrono::minutes(10));
  ASSERT_TRUE(all.contains(Pathology::ghost));
  const std::uint32_t ghost = all.at(Pathology::ghost).front().flight;
  for (const TruthState& state : world.truth(world.now())) EXPECT_NE(state.flight, ghost);
  for (const SourceInfo& source : world.sources()) {
    if (source.kind == SourceKind::adsb_station) continue;
    EXPECT_FALSE(world.reported(ghost, source.index).has_value()) << source.name;
  }
}

TEST(Labels, PlotsThatNoAircraftMadeAreToldOneByOne) {
  World world(doubts("ring_around"), 3, kStart);
  const auto all = labels_of(world, std::chrono::minutes(9));
  ASSERT_TRUE(all.contains(Pathology::ring_around));
  for (const Label& label : all.at(Pathology::ring_around)) {
    EXPECT_TRUE(label.slant_range.has_value());
    EXPECT_EQ(label.source, "ssr-ouest");
    EXPECT_EQ(label.from, label.until);
  }
}

TEST(Labels, EpisodesGoOnOverShortGapsAndEndAfterLongOnes) {
  LabelBook book;
  const auto note = [&](int second) {
    Label label;
    label.pathology = Pathology::jamming;
    label.flight = 1;
    label.from = label.until = kStart + std::chrono::seconds(second);
    book.note(label);
  };
  for (const int second : {0, 10, 25, 100, 110}) note(second);
  book.close(kStart + std::chrono::seconds(115));
  const std::vector<Label> first = book.take();
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].until - first[0].from, std::chrono::seconds(25));
  book.close(kStart, true);
  EXPECT_EQ(book.take().size(), 1u);
}

TEST(Labels, MistakesInFaultsNameTheField) {
  const std::string nominal = shipped_text("doubts/nominal.toml");
  const auto refused = [&](const std::string& more) {
    const auto loaded = load_scenario(nominal + more, "f.toml");
    return loaded ? std::string() : loaded.error().message;
  };
  EXPECT_NE(refused("\n[[plot_fault]]\nradar = \"none\"\nkind = \"split\"\nfrom_min = 1\n"
                    "share = 0.5\nwidth_deg = 2\n")
                .find("plot_fault[0].radar"),
            std::string::npos);
  EXPECT_NE(refused("\n[[plot_fault]]\nradar = \"ssr-ouest\"\nkind = \"birds\"\nfrom_min = 1\n"
                    "share = 0.5\nazimuth_deg = 1\ndistance_km = 5\ncount = 1\nspread_km = 1\n"
                    "speed_mps = 9\n")
                .find("plot_fault[0].kind"),
            std::string::npos);
  EXPECT_NE(refused("\n[[aircraft_fault]]\ntraffic = \"none\"\nkind = \"late_position\"\n"
                    "from_min = 1\nlate_s = 2\n")
                .find("aircraft_fault[0].traffic"),
            std::string::npos);
}

}  // namespace
}  // namespace liptako::sim
