// Scenario files: what they say arrives in the right units, and a mistake is named by file, line
// and field.
#include "sim/scenario.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace liptako::sim {
namespace {

const std::string kGood = R"(name = "essai"
[atmosphere]
geoid_m = 27
[[aerodrome]]
name = "GABS"
latitude_deg = 12.5
longitude_deg = -8
elevation_ft = 1000
runway_deg = 60
[[point]]
name = "NORD"
latitude_deg = 16
longitude_deg = -7
[[point]]
name = "SUD"
latitude_deg = 10
longitude_deg = -7
[[radar]]
name = "r"
node = "n"
kind = "mode_s"
sac = 1
sic = 2
latitude_deg = 12.5
longitude_deg = -8
antenna_m = 400
period_s = 6
range_km = 400
range_sd_m = 50
azimuth_sd_deg = 0.07
pd = 0.97
delay_s = [0.5, 1.5]
[[traffic]]
name = "t"
kind = "airliner"
route = ["NORD", { point = "SUD", hold_turns = 2, hold_inbound_deg = 90 }, "GABS"]
per_hour = 5
levels_ft = [35000]
fleet = [["AFR###", "380000-3BFFFF"]]
transponders = { adsb = 0.5, none = 0.5 }
silent_min = [[1, 2]]
[[fault]]
source = "r"
kind = "power_cut"
from_min = 1
until_min = 2
repeats_min = 10
)";

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, text.npos) << what;
  return text.replace(at, what.size(), by);
}

std::string mistake(const std::string& what, const std::string& by) {
  const auto loaded = load_scenario(replaced(kGood, what, by), "a.toml");
  return loaded ? "accepted" : loaded.error().message;
}

TEST(Scenario, FieldsArriveInTheirUnits) {
  const auto loaded = load_scenario(kGood, "a.toml");
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
  EXPECT_EQ(loaded->name, "essai");
  EXPECT_NEAR(loaded->aerodromes[0].threshold.height.metres(), 304.8 + 27.0, 1e-9);
  const Radar& radar = loaded->radars[0];
  EXPECT_EQ(radar.id, (base::SacSic{1, 2}));
  EXPECT_EQ(radar.period, std::chrono::seconds(6));
  EXPECT_NEAR(radar.site.height.metres(), 427.0, 1e-9);
  EXPECT_NEAR(radar.azimuth_sd.degrees(), 0.07, 1e-12);
  EXPECT_EQ(radar.delay.high, std::chrono::milliseconds(1500));
  const Traffic& traffic = loaded->traffic[0];
  ASSERT_EQ(traffic.route.size(), 3u);
  EXPECT_EQ(traffic.route[1].hold->turns, 2);
  EXPECT_EQ(traffic.route[2].aerodrome, 0);
  EXPECT_EQ(traffic.fleet[0].addresses.low, 0x380000u);
  EXPECT_EQ(traffic.transponders.size(), 2u);
  EXPECT_EQ(traffic.silent[0].high, std::chrono::minutes(2));
  EXPECT_EQ(loaded->faults[0].sensor, 0);
  EXPECT_EQ(loaded->faults[0].repeats, std::chrono::minutes(10));
}

TEST(Scenario, MistakesNameFileLineAndField) {
  EXPECT_EQ(mistake("period_s = 6", "period_s = 0"),
            "a.toml:27: radar[0].period_s: 0 is not in 1..60");
  EXPECT_EQ(mistake("period_s = 6", "period_s = \"6\""),
            "a.toml:27: radar[0].period_s: is not a number");
  EXPECT_EQ(mistake("period_s = 6", "period_s = nan"),
            "a.toml:27: radar[0].period_s: nan is not in 1..60");
  EXPECT_EQ(mistake("sac = 1\n", "sac = 1.5\n"),
            "a.toml:22: radar[0].sac: 1.5 is not a whole number");
  EXPECT_EQ(mistake("period_s = 6\n", ""), "a.toml:18: radar[0].period_s: is missing");
  EXPECT_EQ(mistake("range_sd_m", "range_sd_km"), "a.toml:18: radar[0].range_sd_m: is missing");
  EXPECT_EQ(mistake("pd = 0.97", "pd = 0.97\npdd = 1"),
            "a.toml:32: radar[0].pdd: is not a known field");
  EXPECT_EQ(mistake("kind = \"mode_s\"", "kind = \"sonar\""),
            "a.toml:21: radar[0].kind: \"sonar\" is none of mode_s, primary");
  EXPECT_EQ(mistake("[\"NORD\",", "[\"NULLE\","),
            "a.toml:36: traffic[0].route[0]: there is no point or aerodrome \"NULLE\"");
  EXPECT_EQ(mistake("380000-3BFFFF", "3BFFFF-380000"),
            "a.toml:39: traffic[0].fleet[0]: addresses are not \"05C000\" or \"05C000-05CFFF\"");
  EXPECT_EQ(mistake("source = \"r\"", "source = \"x\""),
            "a.toml:43: fault[0].source: there is no sensor \"x\"");
  EXPECT_EQ(mistake("until_min = 2", "until_min = 1"),
            "a.toml:46: fault[0].until_min: is not after from_min");
  EXPECT_EQ(mistake("delay_s = [0.5, 1.5]", "delay_s = [1.5, 0.5]"),
            "a.toml:32: radar[0].delay_s: 1.5 is after 0.5");
  EXPECT_EQ(mistake("[[fault]]", "[[fautl]]"), "a.toml:42: fautl: is not a known field");
  EXPECT_EQ(mistake("name = \"SUD\"", "name = \"NORD\""),
            "a.toml:15: point[1].name: \"NORD\" is there already");
  EXPECT_EQ(mistake("adsb = 0.5, none = 0.5", "adsb = 0, none = 0"),
            "a.toml:40: traffic[0].transponders: no weight is above 0");
}

TEST(Scenario, NamesOfMembersAndSensorsStayInTheirFolderAndTheirQuotes) {
  const std::string rule =
      "is not 1 to 64 of A-Z, a-z, 0-9, '-', '_' and '.', beginning with no '.'";
  const std::string longest(64, 'a');
  for (const std::string& wrong : {std::string("../../evil"),
                                   std::string("/etc/evil"),
                                   std::string(".."),
                                   std::string(".hidden"),
                                   std::string("a\\\\b"),
                                   std::string("a\\\"b"),
                                   std::string("a b"),
                                   std::string("a\\u0000"),
                                   std::string("a\\nb"),
                                   std::string("é"),
                                   longest + "a"}) {
    EXPECT_EQ(mistake("name = \"r\"", "name = \"" + wrong + "\""),
              "a.toml:19: radar[0].name: " + rule);
    EXPECT_EQ(mistake("node = \"n\"", "node = \"" + wrong + "\""),
              "a.toml:20: radar[0].node: " + rule);
    EXPECT_EQ(mistake("node = \"n\"", "nodes = [\"n\", \"" + wrong + "\"]"),
              "a.toml:20: radar[0].nodes[1]: " + rule);
    EXPECT_EQ(mistake("[atmosphere]", "members = [\"n\", \"" + wrong + "\"]\n[atmosphere]"),
              "a.toml:2: members[1]: " + rule);
    EXPECT_EQ(mistake("name = \"t\"", "name = \"" + wrong + "\""), "accepted") << "free text";
  }
  EXPECT_EQ(mistake("node = \"n\"", "node = \"" + longest + "\""), "accepted");
  EXPECT_EQ(mistake("node = \"n\"", "node = \"MSSR-2_b.1\""), "accepted");
}

TEST(Scenario, CodesAreThoseOfCommonTrackNumbers) {
  const auto with_code = [](const std::string& code) {
    return mistake("[atmosphere]", "members = [\"n\"]\ncodes = [\"" + code + "\"]\n[atmosphere]");
  };
  EXPECT_EQ(with_code("ML"), "accepted");
  EXPECT_EQ(with_code("A2345678"), "accepted");
  for (const std::string wrong : {"A23456789", "ml", "M-L", "../X", "M\\\"L"}) {
    EXPECT_EQ(with_code(wrong), "a.toml:3: codes[0]: is not 1 to 8 of A-Z and 0-9");
  }
}

TEST(Scenario, ASyntaxErrorNamesItsLine) {
  const auto loaded = load_scenario("name = \"x\"\n[[radar]\n", "b.toml");
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().message.rfind("b.toml:2: ", 0), 0u) << loaded.error().message;
}

TEST(Scenario, AnyDamageIsAnswered) {
  // Cut off or with a line lost: accepted or refused with a line number, never a crash.
  for (std::size_t length = 0; length < kGood.size(); length += 3) {
    const auto loaded = load_scenario(kGood.substr(0, length), "c.toml");
    if (!loaded) {
      EXPECT_EQ(loaded.error().message.rfind("c.toml:", 0), 0u);
    }
  }
}

base::Result<Scenario> over_good(const std::string& top) {
  return load_scenario(top, "top.toml", [](std::string_view name) -> base::Result<std::string> {
    if (name == "good.toml") return kGood;
    if (name == "self.toml") return std::string("base = \"self.toml\"\n");
    return base::world_failed("is not there");
  });
}

std::string mistake_over_good(const std::string& top) {
  const auto loaded = over_good(top);
  EXPECT_FALSE(loaded.has_value()) << top;
  return loaded ? "" : loaded.error().message;
}

TEST(Scenario, OverABaseItChangesWhatItNamesAndAddsTheRest) {
  const auto loaded = over_good(R"(base = "good.toml"
name = "autre"
[[radar]]
name = "r"
period_s = 8
[[traffic]]
name = "t"
per_hour = 0
per_day = 48
levels_ft = [31000, 33000]
[[point]]
name = "EST"
latitude_deg = 12
longitude_deg = 2
[[fault]]
source = "r"
kind = "stall"
from_min = 3
until_min = 4
)");
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
  EXPECT_EQ(loaded->name, "autre");
  ASSERT_EQ(loaded->radars.size(), 1u);
  EXPECT_EQ(loaded->radars[0].period, std::chrono::seconds(8));
  EXPECT_EQ(loaded->radars[0].range.metres(), 400e3);
  ASSERT_EQ(loaded->traffic.size(), 1u);
  EXPECT_NEAR(loaded->traffic[0].per_hour, 2.0, 1e-12);
  EXPECT_EQ(loaded->traffic[0].levels.size(), 2u);
  ASSERT_EQ(loaded->faults.size(), 2u);
  EXPECT_EQ(loaded->faults[1].kind, FaultKind::stall);
}

TEST(Scenario, MistakesNameTheFileTheyStandIn) {
  EXPECT_EQ(mistake_over_good("base = \"good.toml\"\n[[radar]]\nname = \"r\"\npd = 2\n"),
            "top.toml:4: radar[0].pd: 2 is not in 0..1");
  // The base's own table lacks a kind that the top's change would need.
  EXPECT_EQ(mistake_over_good("base = \"good.toml\"\n[[fault]]\nkind = \"stall\"\n"),
            "top.toml:2: fault[1].source: is missing");
  EXPECT_EQ(mistake_over_good("base = \"good.toml\"\nmembers = [\"m\"]\n"),
            "good.toml:20: radar[0].node: there is no member \"n\"");
  EXPECT_EQ(mistake_over_good("base = \"none.toml\"\n"), "top.toml:1: base: is not there");
  EXPECT_EQ(mistake_over_good("base = 3\n"), "top.toml:1: base: is not a text");
  EXPECT_EQ(mistake_over_good("base = \"self.toml\"\n"), "self.toml:1: base: is too deep");
  const auto alone = load_scenario("base = \"good.toml\"\n", "alone.toml");
  ASSERT_FALSE(alone.has_value());
  EXPECT_EQ(alone.error().message, "alone.toml:1: base: no other file can be read here");
}

TEST(Scenario, MembersLinksAndInterferenceAreHeldAgainstEachOther) {
  const auto refused = [](const std::string& more) {
    const auto loaded = load_scenario(kGood + more, "a.toml");
    EXPECT_FALSE(loaded.has_value()) << more;
    return loaded ? "" : loaded.error().message.substr(loaded.error().message.find(": ") + 2);
  };
  EXPECT_EQ(refused("[[link]]\nbetween = [\"n\", \"m\"]\ndelay_s = [0, 1]\n"),
            "link[0].between[1]: there is no member \"m\"");
  EXPECT_EQ(refused("[[link]]\nbetween = [\"n\", \"n\"]\ndelay_s = [0, 1]\n"),
            "link[0].between: is not two members");
  EXPECT_EQ(refused("[[link_cut]]\nnode = \"m\"\nfrom_min = 0\n"),
            "link_cut[0].node: there is no member \"m\"");
  EXPECT_EQ(refused("[[link_cut]]\nnode = \"n\"\nfrom_min = 0\nuntil_min = 5\nrepeats_min = 4\n"),
            "link_cut[0].repeats_min: is not longer than the window from_min..until_min");
  const std::string disc =
      "latitude_deg = 12\nlongitude_deg = 0\nradius_km = 80\nfrom_min = 1\nuntil_min = 2\n";
  EXPECT_EQ(refused("[[gnss_fault]]\nkind = \"spoof\"\ntold_latitude_deg = 1\n"
                    "told_longitude_deg = 1\n" +
                    disc),
            "gnss_fault[0].aircraft: is missing");
  EXPECT_EQ(refused("[[gnss_fault]]\nkind = \"jam\"\naircraft = 3\n" + disc),
            "gnss_fault[0].aircraft: is not a known field");
  EXPECT_EQ(refused("[[fault]]\nsource = \"r\"\nkind = \"line_cut\"\nnode = \"m\"\nfrom_min = 1\n"),
            "fault[1].node: \"m\" does not receive it");
  EXPECT_EQ(
      refused("[[fault]]\nsource = \"r\"\nkind = \"power_cut\"\nnode = \"n\"\nfrom_min = 1\n"),
      "fault[1].node: a power cut is of the sensor: it has no node");
  EXPECT_EQ(mistake("pd = 0.97", "pd = 0.97\navailability = 0.9"),
            "a.toml:18: radar[0].outage_min: is missing, with an availability below 1");
  EXPECT_EQ(mistake("per_hour = 5", "per_hour = 5\nper_day = 100"),
            "a.toml:38: traffic[0].per_day: stands beside per_hour");
}

}  // namespace
}  // namespace liptako::sim
