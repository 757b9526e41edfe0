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

}  // namespace
}  // namespace liptako::sim
