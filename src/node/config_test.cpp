#include "node/config.hpp"

#include <gtest/gtest.h>

namespace liptako::node {
namespace {

constexpr const char* kGood = R"(
[node]
name = "bamako"
record = "var/bamako"
listen = "127.0.0.1:0"

[[sensor]]
name = "Senou"
sac = 100
sic = 1
kind = "radar"
lat_deg = 12.53
lon_deg = -7.95
period_s = 6

[[source]]
name = "radar"
kind = "udp"
address = "127.0.0.1:8600"
)";

TEST(Config, AGoodOneIsRead) {
  const auto config = parse_config(kGood, "node.toml");
  ASSERT_TRUE(config.has_value()) << config.error().message;
  EXPECT_EQ(config->name, "bamako");
  EXPECT_EQ(config->listen_port, 0);
  ASSERT_EQ(config->sensors.size(), 1u);
  EXPECT_TRUE(config->sensors[0].placed);
  EXPECT_EQ(config->sensors[0].period, std::chrono::seconds(6));
  ASSERT_EQ(config->sources.size(), 1u);
  EXPECT_EQ(config->sources[0].port, 8600);
}

TEST(Config, RawDataIsKeptNinetyDaysOrAsLongAsItSays) {
  EXPECT_EQ(parse_config(kGood, "node.toml")->retain, 90 * base::kDay);
  const std::string record = std::string(kGood) + "[record]\nretain_days = ";
  EXPECT_EQ(parse_config(record + "365\n", "node.toml")->retain, 365 * base::kDay);
  EXPECT_FALSE(parse_config(record + "0\n", "node.toml"));
  EXPECT_FALSE(parse_config(record + "1.5\n", "node.toml"));
}

constexpr const char* kFederation = R"(
[federation]
name = "AES"
self = "BF"
[[federation.member]]
id = 1
code = "ML"
name = "bamako"
console = "http://127.0.0.1:8080/"
[[federation.member]]
id = 2
code = "BF"
name = "ouagadougou"
)";

TEST(Config, RegistrationIsOnUnlessSaidOtherwise) {
  EXPECT_TRUE(parse_config(kGood, "node.toml")->registration);
  const std::string tracking = std::string(kGood) + "[tracking]\nregistration = ";
  EXPECT_FALSE(parse_config(tracking + "false\n", "node.toml")->registration);
  const auto wrong = parse_config(tracking + "1\n", "node.toml");
  ASSERT_FALSE(wrong.has_value());
  EXPECT_NE(wrong.error().message.find("true or false is needed"), std::string::npos);
}

TEST(Config, TheGroundsHeightsAreThoseOfTheNamedFile) {
  EXPECT_EQ(parse_config(kGood, "node.toml")->terrain, "");
  const std::string named = std::string(kGood) + "[tracking]\nterrain = \"hills.grid\"\n";
  EXPECT_EQ(parse_config(named, "node.toml")->terrain, "hills.grid");
  EXPECT_EQ(parse_terrain(named, "node.toml"), "hills.grid");
  EXPECT_FALSE(parse_terrain(std::string(kGood) + "[tracking]\nterrain = 1\n", "node.toml"));
}

TEST(Config, AFederationIsItsMembersAndWhichOneThisIs) {
  const auto config = parse_config(std::string(kGood) + kFederation, "node.toml");
  ASSERT_TRUE(config) << config.error().message;
  const FederationConfig& federation = config->federation;
  EXPECT_EQ(federation.name, "AES");
  EXPECT_EQ(federation.self, base::MemberId{2});
  ASSERT_EQ(federation.members.size(), 2u);
  EXPECT_EQ(federation.members[0].console, "http://127.0.0.1:8080/");
  EXPECT_EQ(federation.members[1].code, "BF");
  EXPECT_TRUE(parse_config(kGood, "node.toml")->federation.members.empty());
}

TEST(Config, WhatTwoPersonsMustSignIsTold) {
  const auto weighs = [](const std::string& now, const std::string& next) {
    const auto before = parse_config(kGood + now, "node.toml");
    const auto after = parse_config(kGood + next, "node.toml");
    EXPECT_TRUE(before && after);
    return weighs_heavily(*before, *after);
  };
  EXPECT_FALSE(weighs("", ""));
  EXPECT_FALSE(weighs("", "[[sensor]]\nname = \"s\"\nsac = 1\nsic = 2\nkind = \"adsb\"\n"));
  EXPECT_FALSE(weighs("", "[record]\nretain_days = 365\n")) << "more is kept";
  EXPECT_TRUE(weighs("", "[record]\nretain_days = 89\n"));
  EXPECT_TRUE(weighs("[record]\nretain_days = 365\n", "")) << "the table left out";
  EXPECT_TRUE(weighs("", "[server]\nnames = [\"node.example\"]\n"));
  EXPECT_TRUE(weighs("", "[keys]\nroster = \"r.note\"\n"));
  std::string other(kFederation);
  other.replace(other.find("\"ML\""), 4, "\"MX\"");
  EXPECT_FALSE(weighs(kFederation, kFederation));
  EXPECT_TRUE(weighs("", kFederation));
  EXPECT_TRUE(weighs(kFederation, other));
}

TEST(Config, MistakesInAFederationAreNamed) {
  struct Case {
    const char* from;
    const char* to;
    const char* message;
  };
  for (const Case& c :
       {Case{"self = \"BF\"", "self = \"NE\"", "federation.self: no member has the code 'NE'"},
        Case{"id = 2", "id = 1", "id: must be greater than that of the member before"},
        Case{"id = 2", "id = 256", "id: 256 is not in 1..255"},
        Case{"code = \"BF\"", "code = \"ML\"", "code: is used twice"},
        Case{"code = \"BF\"", "code = \"bf\"", "code: only upper-case letters and digits"},
        Case{"127.0.0.1:8080", "10.0.0.1:8080", "is not of the form http://127.0.0.1:8080/"},
        Case{"127.0.0.1:8080", "[::1]:8080", "is not of the form http://127.0.0.1:8080/"},
        Case{"console", "konsole", "konsole: unknown field"}}) {
    std::string text = std::string(kGood) + kFederation;
    text.replace(text.find(c.from, text.find("[federation]")), std::string(c.from).size(), c.to);
    const auto config = parse_config(text, "node.toml");
    ASSERT_FALSE(config) << c.to;
    EXPECT_NE(config.error().message.find(c.message), std::string::npos) << config.error().message;
    EXPECT_TRUE(config.error().message.starts_with("node.toml:"));
  }
}

TEST(Config, AMistakeNamesFileLineAndField) {
  struct Case {
    const char* from;
    const char* to;
    const char* message;
  };
  for (const Case& c :
       {Case{"sac = 100", "sac = 300", "node.toml:9: sensor[0].sac: 300 is not in 0..255"},
        Case{"sac = 100", "sac = \"x\"", "node.toml:9: sensor[0].sac: a whole number is needed"},
        Case{"lat_deg = 12.53", "", "node.toml:7: sensor[0].lat_deg: missing"},
        Case{"lat_deg = 12.53",
             "lat_deg = nan",
             "node.toml:12: sensor[0].lat_deg: nan is not in -90..90"},
        Case{"kind = \"udp\"",
             "kind = \"upd\"",
             "node.toml:18: source[0].kind: 'upd' is none of udp, multicast, tcp, tcp_listen, "
             "file, internal"},
        Case{"period_s = 6", "perod_s = 6", "node.toml:14: sensor[0].perod_s: unknown field"},
        Case{"127.0.0.1:8600",
             "127.0.0.1",
             "node.toml:19: source[0].address: '127.0.0.1' is not of the form 127.0.0.1:8600"},
        Case{
            "127.0.0.1:8600",
            "127.0.0.1:70000",
            "node.toml:19: source[0].address: '127.0.0.1:70000' is not of the form 127.0.0.1:8600"},
        Case{"127.0.0.1:8600",
             "localhost:8600",
             "node.toml:19: source[0].address: 'localhost' is no IP address, and names are not "
             "resolved: write one like 127.0.0.1:8600"},
        Case{"127.0.0.1:8600",
             "127.0.0.256:8600",
             "node.toml:19: source[0].address: '127.0.0.256' is no IP address"},
        Case{"\"127.0.0.1:0\"",
             "\"localhost:0\"",
             "node.toml:5: node.listen: 'localhost' is no IP address"},
        Case{"kind = \"udp\"",
             "kind = \"multicast\"",
             "node.toml:19: source[0].address: '127.0.0.1' is not a multicast group"},
        Case{"kind = \"udp\"",
             "kind = \"file\"\npath = \"x\"\nspeed = 0.0005",
             "node.toml:20: source[0].speed: 0.0005 is neither 0 nor in 0.001..1000"},
        Case{"kind = \"udp\"",
             "kind = \"file\"\npath = \"-\"",
             "node.toml:19: source[0].path: a node reads no standard input: name a file"},
        Case{"record = \"var/bamako\"", "", "node.toml:2: node.record: missing"},
        Case{"name = \"bamako\"", "name = ", "node.toml:3: "}}) {
    std::string text = kGood;
    text.replace(text.find(c.from), std::string_view(c.from).size(), c.to);
    const auto config = parse_config(text, "node.toml");
    ASSERT_FALSE(config.has_value()) << c.to;
    EXPECT_EQ(config.error().message.substr(0, std::string_view(c.message).size()), c.message);
  }
}

TEST(Config, NamesAndSensorsMustBeUnique) {
  const std::string text = kGood;
  const std::string sensor =
      text.substr(text.find("[[sensor]]"), text.find("[[source]]") - text.find("[[sensor]]"));
  const auto twice = parse_config(text + sensor, "n");
  ASSERT_FALSE(twice.has_value());
  EXPECT_NE(twice.error().message.find("SAC/SIC 100/1 is used twice"), std::string::npos);
  const auto sources = parse_config(text + text.substr(text.find("[[source]]")), "n");
  ASSERT_FALSE(sources.has_value());
  EXPECT_NE(sources.error().message.find("source[1].name: is used twice"), std::string::npos);
}

constexpr const char* kComputed = R"(
[[sensor]]
name = "WAM"
sac = 100
sic = 5
kind = "mlat"
position_sd_m = 30

[[sensor]]
name = "Niamey ATM"
sac = 101
sic = 6
kind = "tracker"
lat_deg = 13.48
lon_deg = 2.18
velocity_axes = "plane"
memory_s = 20
carries = ["WAM", "Gao"]

[[sensor]]
name = "Gao"
sac = 100
sic = 7
kind = "adsb"
)";

TEST(Config, PositionsComputedElsewhereHaveTheirAccuracyAndWhatTheyRestOn) {
  const auto sensors = parse_sensors(kComputed, "n");
  ASSERT_TRUE(sensors.has_value()) << sensors.error().message;
  const track::SensorDescription& mlat = sensors->at(0);
  EXPECT_EQ(mlat.kind, track::SensorKind::mlat);
  EXPECT_FALSE(mlat.placed);
  EXPECT_EQ(mlat.position_sd.metres(), 30.0);
  EXPECT_EQ(mlat.period, std::chrono::seconds(1));
  const track::SensorDescription& tracker = sensors->at(1);
  EXPECT_EQ(tracker.kind, track::SensorKind::tracker);
  EXPECT_EQ(tracker.memory, std::chrono::seconds(20));
  EXPECT_TRUE(tracker.plane_velocity);
  EXPECT_EQ(tracker.carries, 0b101u);
  EXPECT_EQ(mlat.carries, 0u);
}

TEST(Config, AMistakeInWhatIsComputedElsewhereIsNamed) {
  struct Case {
    const char* from;
    const char* to;
    const char* message;
  };
  for (const Case& c :
       {Case{"kind = \"mlat\"",
             "kind = \"wam\"",
             "n:6: sensor[0].kind: 'wam' is none of radar, adsb, mlat, tracker"},
        Case{"position_sd_m = 30", "memory_s = 3", "n:7: sensor[0].memory_s: is a field of kind"},
        Case{
            "position_sd_m = 30", "position_sd_m = 0", "n:7: sensor[0].position_sd_m: 0 is not in"},
        Case{"lat_deg = 13.48", "", "n:16: sensor[1].velocity_axes: the plane's origin is needed"},
        Case{"\"plane\"", "\"east\"", "n:16: sensor[1].velocity_axes: 'east' is none of north"},
        Case{
            "\"Gao\"]", "\"Kidal\"]", "n:18: sensor[1].carries: no other sensor is called 'Kidal'"},
        Case{"\"Gao\"]", "\"Niamey ATM\"]", "n:18: sensor[1].carries: no other sensor is called"},
        Case{
            "[\"WAM\", \"Gao\"]", "\"WAM\"", "n:18: sensor[1].carries: a list of at most 64 texts"},
        Case{"\"Gao\"]", "3]", "n:18: sensor[1].carries: a list of texts in quotes"},
        Case{"kind = \"adsb\"",
             "kind = \"adsb\"\ncarries = [\"WAM\"]",
             "n:25: sensor[2].carries: is a field of kind tracker only"}}) {
    std::string text = kComputed;
    text.replace(text.find(c.from), std::string_view(c.from).size(), c.to);
    const auto sensors = parse_sensors(text, "n");
    ASSERT_FALSE(sensors.has_value()) << c.to;
    EXPECT_EQ(sensors.error().message.substr(0, std::string_view(c.message).size()), c.message);
  }
}

TEST(Config, AnAntennaThatSeesNothingIsAMistake) {
  const std::string radar =
      "[[sensor]]\nname = \"Gao\"\nkind = \"radar\"\nsac = 100\nsic = 1\nlat_deg = 16\n"
      "lon_deg = 0\n";
  EXPECT_TRUE(parse_sensors(radar + "elevation_min_deg = -1\nrange_min_m = 2000\n", "n"));
  const auto low = parse_sensors(radar + "elevation_min_deg = 20\nelevation_max_deg = 20\n", "n");
  ASSERT_FALSE(low.has_value());
  EXPECT_EQ(low.error().message,
            "n:9: sensor[0].elevation_max_deg: is not above elevation_min_deg, 20");
  const auto near = parse_sensors(radar + "range_max_m = 2000\nrange_min_m = 2500\n", "n");
  ASSERT_FALSE(near.has_value());
  EXPECT_EQ(near.error().message, "n:9: sensor[0].range_min_m: is not below range_max_m, 2000");
}

TEST(Config, ARecordingWithATimeOfItsOwnStandsAlone) {
  const std::string fast =
      "[[source]]\nname = \"fast\"\nkind = \"file\"\npath = \"x\"\ntime = \"rebase\"\nspeed = 10\n";
  const std::string slower =
      "[[source]]\nname = \"slower\"\nkind = \"file\"\npath = \"y\"\ntime = \"rebase\"\nspeed = "
      "2\n";
  const std::string live = "[[source]]\nname = \"u\"\nkind = \"udp\"\naddress = \"127.0.0.1:1\"\n";
  const std::string node = "[node]\nname = \"n\"\nrecord = \"r\"\n";
  EXPECT_TRUE(parse_config(node + fast + slower, "n").has_value());
  const auto after = parse_config(node + live + fast, "n");
  ASSERT_FALSE(after.has_value());
  EXPECT_EQ(after.error().message.substr(0, 25), "n:13: source[1].speed: a ")
      << after.error().message;
  EXPECT_NE(after.error().message.find("source 'u'"), std::string::npos);
  const auto before = parse_config(node + fast + live, "n");
  ASSERT_FALSE(before.has_value());
  EXPECT_NE(before.error().message.find("source[1].name"), std::string::npos);
}

TEST(Config, AStreamIsTheSameUntilItsOwnSettingsChange) {
  const SourceConfig source = parse_config(kGood, "n")->sources[0];
  SourceConfig other = source;
  other.stall_after = std::chrono::seconds(3);  // shown, not opened
  EXPECT_TRUE(same_stream(source, other));
  other.port = 1;
  EXPECT_FALSE(same_stream(source, other));
}

constexpr const char* kReceiver = R"(
[node]
name = "gao"
record = "r"

[[sensor]]
name = "mast"
sac = 50
sic = 7
kind = "adsb"

[[source]]
name = "ads-b"
kind = "tcp"
address = "127.0.0.1:30005"
format = "beast"
sensor = "mast"
)";

TEST(Config, AReceiversSourceNamesItsFormatAndSensor) {
  const auto config = parse_config(kReceiver, "gao.toml");
  ASSERT_TRUE(config.has_value()) << config.error().message;
  EXPECT_EQ(config->sources[0].format, feeds::SourceFormat::beast);
  EXPECT_EQ(config->sources[0].sensor, (base::SacSic{50, 7}));
  EXPECT_EQ(parse_config(kGood, "node.toml")->sources[0].format, feeds::SourceFormat::asterix);
  SourceConfig other = config->sources[0];
  other.sensor = {1, 1};
  EXPECT_TRUE(same_stream(config->sources[0], other)) << "whose it is changes no byte";
  other.format = feeds::SourceFormat::avr;
  EXPECT_FALSE(same_stream(config->sources[0], other));
}

TEST(Config, AMistakeInAReceiversSourceIsNamed) {
  struct Case {
    const char* from;
    const char* to;
    const char* message;
  };
  for (const Case& c :
       {Case{"\"beast\"",
             "\"best\"",
             "gao.toml:16: source[0].format: 'best' is none of asterix, beast, avr"},
        Case{"sensor = \"mast\"", "", "gao.toml:12: source[0].sensor: missing"},
        Case{"sensor = \"mast\"",
             "sensor = \"must\"",
             "gao.toml:17: source[0].sensor: no sensor of kind adsb is called 'must'"},
        Case{"format = \"beast\"",
             "",
             "gao.toml:17: source[0].sensor: is a field of formats beast and avr only"},
        Case{"kind = \"adsb\"",
             "kind = \"mlat\"",
             "gao.toml:17: source[0].sensor: no sensor of kind adsb is called 'mast'"},
        Case{"kind = \"tcp\"\naddress = \"127.0.0.1:30005\"",
             "kind = \"file\"\npath = \"a\"\nspeed = 4",
             "gao.toml:16: source[0].speed: a receiver's recording tells no UTC: at a speed other "
             "than 1 it needs time = \"rebase\""}}) {
    std::string text = kReceiver;
    text.replace(text.find(c.from), std::string_view(c.from).size(), c.to);
    const auto config = parse_config(text, "gao.toml");
    ASSERT_FALSE(config.has_value()) << c.to;
    EXPECT_EQ(config.error().message, c.message);
  }
}

constexpr std::string_view kWitnessKey =
    "w.example/witness+c4dbfc54+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

std::string with_keys(std::string_view lines) {
  return std::string(kGood) + "\n[keys]\n" + std::string(lines) + "\n";
}

TEST(Config, TheKeysTableIsRead) {
  const auto config = parse_config(with_keys("folder = \"/srv/keys\"\nauthority = \"ml.example\"\n"
                                             "roster = \"roster.note\"\nwitnesses = [\"" +
                                             std::string(kWitnessKey) + "\"]"),
                                   "node.toml");
  ASSERT_TRUE(config.has_value()) << config.error().message;
  EXPECT_EQ(key_folder_of(*config, "var/bamako"), "/srv/keys");
  EXPECT_EQ(authority_of(*config), "ml.example");
  EXPECT_EQ(config->keys.roster, "roster.note");
  ASSERT_EQ(config->keys.witnesses.size(), 1u);
  EXPECT_EQ(config->keys.witnesses[0].text(), kWitnessKey);
}

TEST(Config, WithoutAKeysTableFolderAndAuthorityFollowTheNode) {
  auto config = parse_config(kGood, "node.toml");
  ASSERT_TRUE(config.has_value());
  EXPECT_EQ(key_folder_of(*config, "var/bamako"), "var/bamako.keys");
  EXPECT_EQ(key_folder_of(*config, "var/bamako/"), "var/bamako.keys");
  EXPECT_EQ(authority_of(*config), "bamako.liptako.internal");
  config->name = "Bamako 2/é";
  EXPECT_EQ(authority_of(*config), "bamako-2---.liptako.internal");
}

TEST(Config, AMistakeInTheKeysTableIsNamed) {
  const std::string key(kWitnessKey);
  const auto mistake = [](std::string_view lines) {
    const auto config = parse_config(with_keys(lines), "node.toml");
    return config ? std::string() : config.error().message;
  };
  EXPECT_EQ(mistake("folders = \"x\""), "node.toml:22: keys.folders: unknown field");
  EXPECT_EQ(mistake("authority = \"a b\""),
            "node.toml:22: keys.authority: no spaces and no '+', as in ml.example");
  EXPECT_EQ(mistake("roster = \"r\"\nroster_sha256 = \"00\""),
            "node.toml:23: keys.roster_sha256: 64 lower-case hex digits are needed");
  EXPECT_EQ(mistake("roster_sha256 = \"" + std::string(64, 'a') + "\""),
            "node.toml:22: keys.roster_sha256: goes with roster");
  EXPECT_EQ(mistake("witnesses = [\"" + key + "\", \"" + key + "\"]"),
            "node.toml:22: keys.witnesses: w.example/witness stands twice");
  EXPECT_EQ(mistake("witnesses = [\"x" + key + "\"]"),
            "node.toml:22: keys.witnesses: verifier key: the hash is not this name and key's");
}

TEST(Config, NoTextCrashesIt) {
  for (const char* text : {"",
                           "node = 3",
                           "[node]\nname=[1]",
                           "[[node]]",
                           "source = 1",
                           "[[source]]\n[[source.x]]",
                           "sensor=[1,2]",
                           "\xff\xfe",
                           "[node",
                           "[/node]",
                           "[[/"}) {
    EXPECT_FALSE(parse_config(text, "n").has_value()) << text;
  }
}

}  // namespace
}  // namespace liptako::node
