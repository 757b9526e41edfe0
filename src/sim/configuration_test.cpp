// Every shipped scenario loads, and its members' configurations are such that a node takes them.
#include "sim/configuration.hpp"

#include <gtest/gtest.h>

#include <set>

#include "node/config.hpp"
#include "sim/scenarios_for_test.hpp"

namespace liptako::sim {
namespace {

const base::Timestamp kStart = base::parse_rfc3339("2026-11-22T13:00:00Z").value();

TEST(Configuration, OfEveryMemberOfEveryShippedScenarioIsTaken) {
  for (const std::string_view name :
       {"demo.toml", "sahel24.toml", "sahel24-surge.toml", "sahel24-benchmark.toml"}) {
    Scenario scenario = shipped_scenario(name);
    scenario.traffic.clear();
    const World world(scenario, 1, kStart);
    ASSERT_FALSE(scenario.members.empty());
    std::size_t sources = 0;
    for (const std::string& member : scenario.members) {
      const auto config = node::parse_config(configuration_for(world, member), member);
      ASSERT_TRUE(config.has_value()) << config.error().message;
      for (const SourceInfo& source : world.sources()) {
        if (source.node != member) continue;
        ASSERT_LT(source.index_at_node, config->sources.size());
        EXPECT_EQ(config->sources[source.index_at_node].name, source.name);
        EXPECT_EQ(config->sources[source.index_at_node].format == feeds::SourceFormat::beast,
                  source.beast);
      }
      sources += config->sources.size();
    }
    EXPECT_EQ(sources, world.sources().size()) << name;
  }
}

TEST(Configuration, OfRecordingsNamesTheirFiles) {
  Scenario scenario = shipped_scenario("sahel24.toml");
  scenario.traffic.clear();
  const World world(scenario, 1, kStart);
  const auto config = node::parse_config(
      configuration_for(world, "niamey", [](const SourceInfo& s) { return s.name + ".x"; }), "n");
  ASSERT_TRUE(config.has_value()) << config.error().message;
  for (const node::SourceConfig& source : config->sources) {
    EXPECT_EQ(source.kind, node::SourceKind::file);
    EXPECT_EQ(source.path, source.name + ".x");
    EXPECT_EQ(source.time, node::SourceTime::rebase);
  }
}

}  // namespace
}  // namespace liptako::sim
