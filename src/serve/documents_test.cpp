#include "serve/documents.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/prng.hpp"

namespace liptako::serve {
namespace {

using base::Angle;
using base::Length;
using base::Speed;
using nlohmann::json;

const std::vector<std::string> kSensors = {"Kati", "Gao \"nord\"", "Sikasso"};

track::TrackView some_track() {
  track::TrackView track;
  track.number = base::TrackNumber{1042};
  track.status = track::TrackStatus::confirmed;
  track.time = base::timestamp_from_ns(1'795'357'927'125'900'000);
  track.last_plot_time = track.time - base::seconds(2.5);
  track.position = {Angle::from_degrees(12.5), Angle::from_degrees(-7.9999999), Length()};
  track.set_velocity(Speed::from_knots(450), Angle::from_degrees(359.996));
  track.cov_ee_m2 = 400;
  track.cov_nn_m2 = 10'000;
  track.existence = 0.9994;
  track.sensors = 0b101;
  return track;
}

TEST(Documents, TrackLineHasExactlyTheAgreedFieldsInOrder) {
  track::TrackView track = some_track();
  track.icao_address = base::IcaoAddress(0x0A1B2C);
  track.call_sign = base::CallSign("TLK12");
  track.mode_3a = base::ModeACode(0777);
  track.pressure_altitude = Length::from_flight_level(350);
  std::string line;
  append_track_json(track, kSensors, line);
  EXPECT_EQ(line,
            R"({"time":"2026-11-22T14:32:07.125Z","track":1042,"icao_address":"0a1b2c",)"
            R"("callsign":"TLK12","mode_3a":"0777","lat_deg":12.5000000,"lon_deg":-7.9999999,)"
            R"("altitude_ft":35000,"ground_speed_kt":450.0,"track_angle_deg":0.00,)"
            R"("position_sd_m":100.0,"existence":0.999,"state":"confirmed",)"
            R"("sources":["Kati","Sikasso"],"doubts":[]})");
}

TEST(Documents, TrackLineSaysNullForWhatIsNotKnown) {
  track::TrackView track = some_track();
  track.placed = false;
  std::string line;
  append_track_json(track, kSensors, line);
  const json parsed = json::parse(line);
  for (const char* name : {"icao_address",
                           "callsign",
                           "mode_3a",
                           "lat_deg",
                           "lon_deg",
                           "altitude_ft",
                           "position_sd_m"}) {
    EXPECT_TRUE(parsed.at(name).is_null()) << name;
  }
}

TEST(Documents, TrackLineIsJsonWhateverTheNumbers) {
  base::Prng prng(5);
  const std::array<double, 6> odd = {
      std::nan(""), std::numeric_limits<double>::infinity(), -1e308, 1e-308, -0.0, 1e16};
  for (int run = 0; run < 2000; ++run) {
    const auto pick = [&] {
      return prng.chance(0.5) ? odd[prng.below(odd.size())] : prng.normal(0, 1e3);
    };
    track::TrackView track = some_track();
    track.status = static_cast<track::TrackStatus>(prng.below(6));
    track.position = {Angle::from_radians(pick()), Angle::from_radians(pick()), Length()};
    track.velocity_east = Speed::from_mps(pick());
    track.velocity_north = Speed::from_mps(pick());
    track.pressure_altitude = Length::from_metres(pick());
    track.vertical_rate = Speed::from_mps(pick());
    track.cov_ee_m2 = pick();
    track.cov_en_m2 = pick();
    track.cov_nn_m2 = pick();
    track.existence = pick();
    track.sensors = prng.next();
    const std::string text = track_json(track.time, track, {}, kSensors);
    ASSERT_TRUE(json::accept(text)) << text;
  }
}

TEST(Documents, TracksAddAgeEllipseAndBreaks) {
  std::vector<track::TrackView> tracks = {some_track(), some_track()};
  tracks[1].number = base::TrackNumber{1043};
  tracks[0].last_plot_time = tracks[0].time + base::seconds(1);
  tracks[1].breaks = 2;
  tracks[1].pressure_altitude = Length::from_feet(1000);
  tracks[1].vertical_rate = Speed::from_feet_per_minute(-640);
  const json parsed = json::parse(tracks_json(tracks[0].time, tracks, kSensors));
  EXPECT_EQ(parsed.at("time"), "2026-11-22T14:32:07.125Z");
  ASSERT_EQ(parsed.at("tracks").size(), 2u);
  const json& second = parsed.at("tracks").at(1);
  EXPECT_EQ(second.at("track"), 1043);
  EXPECT_EQ(second.at("age_s"), 2.5);
  EXPECT_EQ(second.at("semi_major_m"), 244.8);
  EXPECT_EQ(second.at("semi_minor_m"), 49.0);
  EXPECT_EQ(second.at("ellipse_angle_deg"), 0.0);
  EXPECT_EQ(second.at("vertical_rate_ftmin"), -640);
  EXPECT_EQ(second.at("breaks"), 2);
  EXPECT_TRUE(parsed.at("tracks").at(0).at("vertical_rate_ftmin").is_null());
  EXPECT_EQ(parsed.at("tracks").at(0).at("age_s"), 0.0);
}

TEST(Documents, OneTrackExplainsItsUpdates) {
  UpdateTrace update;
  update.time = some_track().last_plot_time;
  update.sensor = 1;
  update.innovation[0] = {"range_m", 12.5, 40.0};
  update.innovation[1] = {"azimuth_deg", -0.05, 0.08};
  update.components = 2;
  update.nis = 1.234;
  update.gate_ratio = 0.09;
  UpdateTrace first;
  first.kind = UpdateKind::started;
  first.time = update.time;
  const std::vector<UpdateTrace> updates = {update, first};
  const json parsed =
      json::parse(track_json(some_track().time, some_track(), {updates, {}}, kSensors));
  ASSERT_EQ(parsed.at("updates").size(), 2u);
  EXPECT_EQ(
      parsed.at("updates").at(0),
      json::parse(R"({"time":"2026-11-22T14:32:04.625Z","sensor":"Gao \"nord\"","kind":"updated",)"
                  R"("innovation":)"
                  R"({"range_m":{"value":12.5,"sd":40.0},"azimuth_deg":{"value":-0.05,"sd":0.08}},)"
                  R"("nis":1.234,"gate_ratio":0.09})"));
  // A plot that a track begins with was compared with nothing: no zeros that look like agreement.
  EXPECT_EQ(parsed.at("updates").at(1),
            json::parse(R"({"time":"2026-11-22T14:32:04.625Z","sensor":"Kati","kind":"started"})"));
}

TEST(Documents, OneTrackSaysWhyItIsDoubted) {
  track::Finding finding;
  finding.time = some_track().last_plot_time;
  finding.doubt = track::Doubt::false_position;
  finding.track = base::TrackNumber{1042};
  finding.sensor = 1;
  finding.statistic = 23.5;
  finding.limit = 20.0;
  finding.value = {1500.0, -800.0};
  finding.looks = 4;
  track::Finding of_lost_sensor = finding;
  of_lost_sensor.sensor = 0xFFFF;
  of_lost_sensor.kind = track::FindingKind::cleared;
  const std::vector<track::Finding> findings = {finding, of_lost_sensor};
  const json parsed =
      json::parse(track_json(some_track().time, some_track(), {{}, findings}, kSensors));
  ASSERT_EQ(parsed.at("findings").size(), 2u);
  const json& first = parsed.at("findings").at(0);
  EXPECT_EQ(first.at("time"), "2026-11-22T14:32:04.625Z");
  EXPECT_EQ(first.at("kind"), "raised");
  EXPECT_EQ(first.at("doubt"), "false_position");
  EXPECT_EQ(first.at("sensor"), "Gao \"nord\"");
  EXPECT_EQ(first.at("statistic"), 23.5);
  EXPECT_EQ(first.at("limit"), 20.0);
  EXPECT_EQ(first.at("values"), json::parse("[1500.0, -800.0]"));
  EXPECT_EQ(first.at("looks"), 4);
  EXPECT_EQ(parsed.at("findings").at(1).at("kind"), "cleared");
  EXPECT_TRUE(parsed.at("findings").at(1).at("sensor").is_null());
}

TEST(Documents, StatusHasTheProtocolsFields) {
  NodeStatus status;
  status.node = "bamako";
  status.time = some_track().time;
  status.build = "0.1.0+abc";
  status.epoch = 1;
  status.latency_p50 = std::chrono::microseconds(1200);
  SourceStatus source;
  source.name = "radar-kati";
  source.kind = "udp";
  source.address = "127.0.0.1:8600";
  source.state = SourceState::live;
  source.age = base::seconds(0.4);
  source.datagrams = 10;
  source.rejected.push_back({"truncated record", 3, "CAT048 record at byte 3"});
  status.sources.push_back(source);
  SourceStatus dead;
  dead.state = SourceState::dead;
  dead.detail = "no such file";
  status.sources.push_back(dead);
  SensorStatus sensor;
  sensor.name = "Kati";
  sensor.sac_sic = {100, 1};
  sensor.kind = SensorKind::ads_b;
  sensor.site = geo::Geodetic{Angle::from_degrees(12.7), Angle::from_degrees(-8.1), Length()};
  status.sensors.push_back(sensor);

  status.record.degraded = true;
  status.record.detail = "No space left on device";
  status.record.lost_arrivals = 12;
  const json parsed = json::parse(status_json(status));
  EXPECT_EQ(parsed.at("node"), "bamako");
  EXPECT_EQ(
      parsed.at("record"),
      json::parse(R"({"state":"degraded","detail":"No space left on device","cause":"disk_full",)"
                  R"("lost_arrivals":12,"lost_explanations":0,"synced_age_s":null})"));
  EXPECT_EQ(parsed.at("latency_ms").at("p50"), 1.2);
  EXPECT_TRUE(parsed.at("latency_ms").at("p99").is_null());
  EXPECT_TRUE(parsed.at("record_synced_age_s").is_null());
  EXPECT_EQ(parsed.at("sources").at(0).at("state"), "live");
  EXPECT_EQ(parsed.at("sources").at(0).at("age_s"), 0.4);
  EXPECT_FALSE(parsed.at("sources").at(0).contains("detail"));
  EXPECT_EQ(parsed.at("sources").at(0).at("rejected").at(0).at("count"), 3);
  EXPECT_EQ(parsed.at("sources").at(1).at("detail"), "no such file");
  EXPECT_TRUE(parsed.at("sources").at(1).at("age_s").is_null());
  EXPECT_EQ(parsed.at("sensors").at(0).at("sac_sic"), "100/1");
  EXPECT_EQ(parsed.at("sensors").at(0).at("kind"), "adsb");
  EXPECT_EQ(parsed.at("sensors").at(0).at("state"), "waiting");
  EXPECT_EQ(parsed.at("sensors").at(0).at("lat_deg"), 12.7);
  EXPECT_TRUE(parsed.at("sensors").at(0).at("period_s").is_null());
}

TEST(Documents, StatusTellsOfTheRosterOnlyIfThereIsOne) {
  NodeStatus status;
  EXPECT_FALSE(json::parse(status_json(status)).contains("roster"));
  RosterStatus roster;
  roster.state = "expired";
  roster.federation = "aes.example";
  roster.version = 3;
  roster.expires = some_track().time;
  roster.releasing = false;
  roster.refused = 2;
  roster.last_refusal = "too_few_of_current";
  status.roster = roster;
  EXPECT_EQ(json::parse(status_json(status)).at("roster"),
            json::parse(R"({"state":"expired","federation":"aes.example","version":3,)"
                        R"("expires":"2026-11-22T14:32:07.125Z","releasing":false,)"
                        R"("refused":2,"last_refusal":"too_few_of_current"})"));
  status.roster->last_refusal.clear();
  EXPECT_TRUE(json::parse(status_json(status)).at("roster").at("last_refusal").is_null());
}

TEST(Documents, StatusTellsOfTheFederationOnlyIfThereIsOne) {
  NodeStatus status;
  EXPECT_FALSE(json::parse(status_json(status)).contains("federation"));
  FederationStatus federation;
  federation.name = "AES";
  federation.common_hash = "00ff";
  federation.picture_time = some_track().time;
  federation.common_tracks = 31;
  federation.isolated = true;
  federation.members.push_back({.id = 0,
                                .code = "ML",
                                .name = "bamako",
                                .console = "http://127.0.0.1:8081/",
                                .self = true,
                                .state = MemberState::live,
                                .age = base::seconds(0.0),
                                .epoch = 1,
                                .sequence = 77,
                                .contributions = 12,
                                .frames_refused = 0,
                                .last_refusal = ""});
  federation.members.push_back({.id = 1,
                                .code = "BF",
                                .name = "ouagadougou",
                                .console = "",
                                .self = false,
                                .state = MemberState::cut,
                                .age = base::seconds(133.0),
                                .epoch = 2,
                                .sequence = 18'446'744'073'709'551'615u,
                                .contributions = 3,
                                .frames_refused = 4,
                                .last_refusal = "sequence 5 after 7"});
  federation.members.push_back({.id = 2,
                                .code = "NE",
                                .name = "niamey",
                                .console = "",
                                .self = false,
                                .state = MemberState::waiting,
                                .age = {},
                                .epoch = 0,
                                .sequence = 0,
                                .contributions = 0,
                                .frames_refused = 0,
                                .last_refusal = ""});
  status.federation = federation;
  const json told = json::parse(status_json(status)).at("federation");
  EXPECT_EQ(told.at("name"), "AES");
  EXPECT_EQ(told.at("common_hash"), "00ff");
  EXPECT_EQ(told.at("picture_time"), "2026-11-22T14:32:07.125Z");
  EXPECT_EQ(told.at("common_tracks"), 31);
  EXPECT_EQ(told.at("isolated"), true);
  EXPECT_EQ(told.at("members").at(1),
            json::parse(R"({"id":1,"code":"BF","name":"ouagadougou","console":"","self":false,)"
                        R"("state":"cut","age_s":133.0,"epoch":2,)"
                        R"("sequence":18446744073709551615,"contributions":3,"frames_refused":4,)"
                        R"("last_refusal":"sequence 5 after 7"})"));
  EXPECT_EQ(told.at("members").at(0).at("console"), "http://127.0.0.1:8081/");
  EXPECT_EQ(told.at("members").at(0).at("state"), "live");
  EXPECT_EQ(told.at("members").at(2).at("state"), "waiting");
  EXPECT_TRUE(told.at("members").at(2).at("age_s").is_null());
}

CommonPicture some_picture() {
  CommonPicture picture;
  picture.hash = "abcd";
  picture.time = some_track().time;
  picture.cut = {{"ML", 1, 77}, {"B\"F", 2, 5}};
  CommonTrack track;
  track.view = some_track();
  track.view.number = base::TrackNumber{1042};
  track.view.sensors = 0b11;
  track.number = "ML-1042";
  track.born = picture.time - base::seconds(60.0);
  track.aliases = {"BF-7"};
  track.contributors.push_back({.member = "BF",
                                .number = base::TrackNumber{7},
                                .time = picture.time - base::seconds(2.0),
                                .last_plot_time = picture.time - base::seconds(3.0),
                                .position = track.view.position,
                                .cov_ee_m2 = 400,
                                .cov_en_m2 = 0,
                                .cov_nn_m2 = 2'500,
                                .existence = 0.75,
                                .status = track::TrackStatus::coasting,
                                .weight = 0.25,
                                .sensors = {"Ouaga \"est\"", "7a1c"}});
  picture.tracks.push_back(track);
  track.view.number = base::TrackNumber{0x0100'0003};
  track.number = "BF-3";
  track.aliases = {};
  track.split_from = "ML-1042";
  track.contributors.clear();
  track.view.sensors = 0b10;
  picture.tracks.push_back(track);
  return picture;
}

TEST(Documents, CommonPictureTellsHashCutAndTracks) {
  const json parsed = json::parse(common_json(some_picture()));
  EXPECT_EQ(parsed.at("hash"), "abcd");
  EXPECT_EQ(parsed.at("time"), "2026-11-22T14:32:07.125Z");
  EXPECT_EQ(parsed.at("cut"), json::parse(R"({"ML":[1,77],"B\"F":[2,5]})"));
  ASSERT_EQ(parsed.at("tracks").size(), 2u);
  const json& first = parsed.at("tracks").at(0);
  EXPECT_EQ(first.at("number"), "ML-1042");
  EXPECT_EQ(first.at("track"), 1042);
  EXPECT_EQ(first.at("members"), json::parse(R"(["ML","B\"F"])"));
  EXPECT_EQ(first.at("lat_deg"), 12.5);
  EXPECT_EQ(first.at("age_s"), 2.5);
  EXPECT_EQ(first.at("born"), "2026-11-22T14:31:07.125Z");
  EXPECT_EQ(first.at("aliases"), json::parse(R"(["BF-7"])"));
  EXPECT_TRUE(first.at("split_from").is_null());
  EXPECT_FALSE(first.contains("contributors"));
  EXPECT_EQ(parsed.at("tracks").at(1).at("split_from"), "ML-1042");
  EXPECT_EQ(parsed.at("tracks").at(1).at("members"), json::parse(R"(["B\"F"])"));
}

TEST(Documents, OneCommonTrackNamesItsContributors) {
  const CommonPicture picture = some_picture();
  const json parsed = json::parse(common_track_json(picture, picture.tracks.at(0)));
  EXPECT_EQ(parsed.at("number"), "ML-1042");
  ASSERT_EQ(parsed.at("contributors").size(), 1u);
  EXPECT_EQ(
      parsed.at("contributors").at(0),
      json::parse(R"({"member":"BF","track":7,"time":"2026-11-22T14:32:05.125Z","age_s":3.0,)"
                  R"("lat_deg":12.5,"lon_deg":-7.9999999,"position_sd_m":50.0,"existence":0.75,)"
                  R"("state":"coasting","weight":0.25,"sensors":["Ouaga \"est\"","7a1c"]})"));
}

TEST(Documents, CommonTracksAreFoundByNumberThenByAlias) {
  CommonPicture picture = some_picture();
  EXPECT_EQ(picture.find("ML-1042"), &picture.tracks.at(0));
  EXPECT_EQ(picture.find("BF-3"), &picture.tracks.at(1));
  EXPECT_EQ(picture.find("BF-7"), &picture.tracks.at(0));
  EXPECT_EQ(picture.find("BF-8"), nullptr);
  picture.tracks.at(1).number = "BF-7";
  EXPECT_EQ(picture.find("BF-7"), &picture.tracks.at(1)) << "a number goes before an alias";
}

TEST(Documents, ApiPathsAreReadWholeOrNotAtAll) {
  EXPECT_EQ(parse_api_path("/api/v1/common").kind, ApiPath::Kind::common);
  EXPECT_EQ(parse_api_path("/api/v1/common/ML-1042").kind, ApiPath::Kind::common_track);
  EXPECT_EQ(parse_api_path("/api/v1/common/ML-1042").common_track, "ML-1042");
  EXPECT_EQ(parse_api_path("/api/v1/status").kind, ApiPath::Kind::status);
  EXPECT_EQ(parse_api_path("/api/v1/tracks").kind, ApiPath::Kind::tracks);
  EXPECT_EQ(parse_api_path("/api/v1/config").kind, ApiPath::Kind::config);
  EXPECT_EQ(parse_api_path("/api/v1/tracks/1042").kind, ApiPath::Kind::track);
  EXPECT_EQ(parse_api_path("/api/v1/tracks/1042").track.value, 1042u);
  for (const char* path : {"",
                           "/",
                           "/api/v1/",
                           "/api/v2/status",
                           "/api/v1/status/",
                           "/api/v1/tracks/",
                           "/api/v1/tracks/-1",
                           "/api/v1/common/",
                           "/api/v1/common/ML",
                           "/api/v1/common/-1",
                           "/api/v1/common/ML-",
                           "/api/v1/common/ML-1x",
                           "/api/v1/common/ml-1",
                           "/api/v1/common/ML-1-2",
                           "/api/v1/common/ML-12345678901",
                           "/api/v1/common/M/L-1",
                           "/api/v1/tracks/1x",
                           "/api/v1/tracks/4294967296"}) {
    EXPECT_EQ(parse_api_path(path).kind, ApiPath::Kind::unknown) << path;
  }
}

TEST(Documents, ErrorsAreEscaped) {
  EXPECT_EQ(error_json("line 3: \"x\""), R"({"error":"line 3: \"x\""})");
}

}  // namespace
}  // namespace liptako::serve
