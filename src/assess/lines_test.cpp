#include "assess/lines.hpp"

#include <gtest/gtest.h>

#include "base/prng.hpp"

namespace liptako::assess {
namespace {

constexpr std::string_view kTruth =
    R"({"time":"2026-11-22T10:00:04.000Z","flight":12,"kind":"airliner","icao_address":"3a01f2",)"
    R"("callsign":"AFR512","mode_3a":"2031","lat_deg":12.50000000,"lon_deg":-7.25000000,)"
    R"("height_m":10713.20,"altitude_ft":35000.0,"ground_speed_kt":450.00,)"
    R"("track_angle_deg":123.500,"vertical_rate_ftmin":0,"on_ground":false,)"
    R"("transponder":"adsb","silent":false})";
constexpr std::string_view kTrack =
    R"({"time":"2026-11-22T10:00:03.500Z","track":7,"icao_address":null,"callsign":null,)"
    R"("mode_3a":"2031","lat_deg":12.5000000,"lon_deg":-7.2500000,"altitude_ft":35000,)"
    R"("ground_speed_kt":450.1,"track_angle_deg":123.40,"position_sd_m":55.1,"existence":0.999,)"
    R"("state":"confirmed","sources":["mssr-bamako","adsb-bamako"]})";

std::string replaced(std::string_view line, std::string_view what, std::string_view by) {
  std::string out(line);
  const auto at = out.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return out.replace(at, what.size(), by);
}

std::string truth_error(std::string_view what, std::string_view by) {
  const auto line = parse_truth_line(replaced(kTruth, what, by));
  return line ? "" : line.error().message;
}

std::string track_error(std::string_view what, std::string_view by) {
  const auto line = parse_track_line(replaced(kTrack, what, by));
  return line ? "" : line.error().message;
}

TEST(TruthLine, IsReadAsTheSimulatorWritesIt) {
  const auto line = parse_truth_line(kTruth);
  ASSERT_TRUE(line.has_value()) << line.error().message;
  EXPECT_EQ(line->time, *base::parse_rfc3339("2026-11-22T10:00:04Z"));
  EXPECT_EQ(line->sample.aircraft, 12u);
  EXPECT_DOUBLE_EQ(line->sample.position.latitude.degrees(), 12.5);
  EXPECT_DOUBLE_EQ(line->sample.position.longitude.degrees(), -7.25);
  EXPECT_DOUBLE_EQ(line->sample.track_angle.degrees(), 123.5);
  EXPECT_NEAR(line->sample.pressure_altitude->feet(), 35'000.0, 1e-9);
  EXPECT_TRUE(line->sample.expected);
  EXPECT_FALSE(line->tells_seen);
  EXPECT_EQ(line->sample.group, static_cast<std::uint8_t>(Equipment::ads_b));
}

TEST(TruthLine, OnTheGroundOrUnseenNoTrackIsDue) {
  EXPECT_FALSE(parse_truth_line(replaced(kTruth, "\"on_ground\":false", "\"on_ground\":true"))
                   ->sample.expected);
  const auto unseen =
      parse_truth_line(replaced(kTruth, "\"silent\":false", "\"silent\":true,\"seen_by\":[ ]"));
  ASSERT_TRUE(unseen.has_value());
  EXPECT_TRUE(unseen->tells_seen);
  EXPECT_FALSE(unseen->sample.expected);
  const auto seen =
      parse_truth_line(replaced(kTruth, "\"silent\":false", "\"seen_by\":[\"mssr-gao\"]"));
  ASSERT_TRUE(seen.has_value());
  EXPECT_TRUE(seen->sample.expected);
}

TEST(TruthLine, OfOneMemberATrackIsDueOnlyWhereItsSensorsSaw) {
  const std::string line =
      replaced(kTruth, "\"silent\":false", "\"seen_by\":[\"bamako\", \"niamey\"]");
  EXPECT_TRUE(parse_truth_line(line, "niamey")->sample.expected);
  EXPECT_FALSE(parse_truth_line(line, "nia")->sample.expected);
  EXPECT_EQ(parse_truth_line(kTruth, "niamey").error().message, "seen_by: missing");
}

TEST(TruthLine, ErrorsNameTheField) {
  EXPECT_EQ(truth_error("\"flight\":12", "\"flight\":-1"), "flight: -1 is not a whole number");
  EXPECT_EQ(truth_error("\"flight\":12", "\"flight\":99999999999"),
            "flight: 99999999999 is above 4294967295");
  EXPECT_EQ(truth_error("\"flight\":12,", ""), "flight: missing");
  EXPECT_EQ(truth_error("12.50000000", "92.5"), "lat_deg: 92.5 is not in -90..90");
  EXPECT_EQ(truth_error("12.50000000", "inf"), "lat_deg: inf is not a number");
  EXPECT_EQ(truth_error("12.50000000", "1e999"), "lat_deg: 1e999 is not a number");
  EXPECT_EQ(truth_error("12.50000000", "null"), "lat_deg: missing");
  EXPECT_EQ(truth_error("12.50000000", "\"x\""), "lat_deg: \"x\" is not a number");
  EXPECT_EQ(truth_error("\"lon_deg\"", "\"lat_deg\""), "lat_deg: twice");
  EXPECT_EQ(truth_error("false,\"transponder", "0,\"transponder"),
            "on_ground: 0 is not true or false");
  EXPECT_EQ(truth_error("\"silent\":false", "\"seen_by\":1"), "seen_by: 1 is not a list of texts");
  EXPECT_EQ(truth_error("\"silent\":false", "\"seen_by\":[1]"),
            "seen_by: [1] is not a list of texts");
  EXPECT_EQ(truth_error("2026-11-22T", "2226-11-22T"), "time: not between 1970 and 2200");
  EXPECT_NE(truth_error("2026-11-22T", "2026-13-22T").find("time: "), std::string::npos);
}

TEST(TrackLine, IsReadAsTheTrackerWritesIt) {
  const auto line = parse_track_line(kTrack);
  ASSERT_TRUE(line.has_value()) << line.error().message;
  EXPECT_EQ(line->track, 7u);
  EXPECT_EQ(line->state, TrackState::confirmed);
  ASSERT_TRUE(line->position.has_value());
  EXPECT_DOUBLE_EQ(line->position->longitude.degrees(), -7.25);
  EXPECT_NEAR(line->ground_speed.knots(), 450.1, 1e-9);
  EXPECT_NEAR(line->pressure_altitude->feet(), 35'000.0, 1e-9);
}

TEST(TrackLine, WithoutPlaceOrHeightIsALineToo) {
  const auto line = parse_track_line(replaced(
      replaced(replaced(kTrack, "12.5000000", "null"), "-7.2500000", "null"), "35000", "null"));
  ASSERT_TRUE(line.has_value()) << line.error().message;
  EXPECT_FALSE(line->position.has_value());
  EXPECT_FALSE(line->pressure_altitude.has_value());
}

TEST(TrackLine, ErrorsNameTheField) {
  EXPECT_EQ(track_error("\"confirmed\"", "\"lost\""),
            "state: not one of tentative, confirmed, coasting, dropped");
  EXPECT_EQ(track_error("450.1", "-450.1"), "ground_speed_kt: -450.1 is not in 0..10000");
  EXPECT_EQ(track_error("-7.2500000", "null"), "lon_deg: missing");
  EXPECT_EQ(track_error("\"track\":7", "\"track\":7.5"), "track: 7.5 is not a whole number");
}

TEST(Lines, WhatIsNoJsonIsRefusedWithItsColumn) {
  EXPECT_EQ(parse_truth_line("").error().message, "column 1: not a line of JSON");
  EXPECT_EQ(parse_truth_line("[1]").error().message, "column 1: not a line of JSON");
  EXPECT_FALSE(parse_truth_line(R"({"a":1)").has_value());
  EXPECT_FALSE(parse_truth_line(R"({"a":1} x)").has_value());
  EXPECT_FALSE(parse_truth_line(R"({"a":[[[})").has_value());
  EXPECT_FALSE(parse_truth_line(R"({"a":"\)").has_value());
  std::string many = "{\"x\":1";
  for (int i = 0; i < 100; ++i) many += ",\"f" + std::to_string(i) + "\":1";
  EXPECT_EQ(parse_truth_line(many + "}").error().message, "more than 64 fields");
}

TEST(Lines, AnyBytesGiveALineOrAnError) {
  base::Prng prng(21);
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string line(round % 2 == 0 ? kTruth : kTrack);
    for (std::uint64_t changes = 1 + prng.below(3); changes > 0; --changes) {
      const std::size_t at = prng.below(line.size());
      if (prng.chance(0.3)) {
        line.erase(at, 1 + prng.below(8));
      } else {
        line[at] = static_cast<char>(prng.below(256));
      }
    }
    accepted += parse_truth_line(line).has_value() ? 1 : 0;
    const auto track = parse_track_line(line);
    if (!track) {
      EXPECT_FALSE(track.error().message.empty());
    }
  }
  EXPECT_GT(accepted, 500);
}

TEST(TruthLine, TellsHowAndAsWhomItFlies) {
  const auto line = parse_truth_line(kTruth);
  ASSERT_TRUE(line.has_value());
  EXPECT_NEAR(line->sample.ground_speed->knots(), 450.0, 1e-9);
  EXPECT_EQ(line->sample.vertical_rate->feet_per_minute(), 0.0);
  EXPECT_EQ(line->sample.identity.icao_address->bits(), 0x3a01f2u);
  EXPECT_EQ(line->sample.identity.mode_3a->bits(), 02031u);
  EXPECT_EQ(truth_error("\"2031\"", "\"2081\""), "mode_3a: not 4 digits of base 8");
  EXPECT_EQ(truth_error("\"3a01f2\"", "\"3a01f\""), "icao_address: not 6 digits of base 16");
}

TEST(TrackLine, MayTellItsEllipseAndItsInnovation) {
  const auto plain = parse_track_line(kTrack);
  ASSERT_TRUE(plain.has_value());
  EXPECT_FALSE(plain->identity.icao_address.has_value());
  EXPECT_EQ(plain->identity.mode_3a->bits(), 02031u);
  EXPECT_FALSE(plain->covariance.has_value());
  EXPECT_FALSE(plain->nis.has_value());
  // 30 m along north-east, 10 m across; 5.99 is the 95 % point of chi-square.
  const auto line =
      parse_track_line(replaced(kTrack,
                                "\"existence\"",
                                "\"semi_major_m\":30,\"semi_minor_m\":10,\"ellipse_angle_deg\":45,"
                                "\"nis\":1.5,\"nis_source\":\"mssr-bamako\",\"existence\""));
  ASSERT_TRUE(line.has_value()) << line.error().message;
  EXPECT_NEAR(line->covariance->ee_m2, (900.0 + 100.0) / 2 / 5.99146, 1e-3);
  EXPECT_NEAR(line->covariance->en_m2, (900.0 - 100.0) / 2 / 5.99146, 1e-3);
  EXPECT_NEAR(line->covariance->nn_m2, line->covariance->ee_m2, 1e-9);
  EXPECT_EQ(*line->nis, 1.5);
  EXPECT_EQ(line->nis_source, "mssr-bamako");
  EXPECT_EQ(track_error("\"existence\"", "\"nis\":1,\"existence\""), "nis_source: missing");
}

}  // namespace
}  // namespace liptako::assess
