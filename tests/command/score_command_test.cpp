// `liptako score` as a user meets it: a world recorded, tracked and scored, and what it says of
// mistakes.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "process.hpp"

namespace liptako::command {
namespace {

class ScoreCommand : public testing::Test {
 protected:
  ScoreCommand() {
    std::string name = (std::filesystem::temp_directory_path() / "liptako-test-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~ScoreCommand() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }
  [[nodiscard]] Finished liptako(const std::vector<std::string>& arguments) const {
    return run(folder_, arguments);
  }

  std::string folder_;
};

TEST_F(ScoreCommand, ScoresTheTracksOfARecordedWorld) {
  const Finished sim = liptako({"sim",
                                std::string(LIPTAKO_SOURCE_DIR) + "/scenarios/demo.toml",
                                "--seed",
                                "5",
                                "--minutes",
                                "4",
                                "--start",
                                "2026-11-22T10:00:00Z",
                                "-o",
                                path("day")});
  ASSERT_EQ(sim.code, 0) << sim.errors;
  std::vector<std::string> track = {"track",
                                    "--sensors",
                                    path("day/bamako/node.toml"),
                                    "--date",
                                    "2026-11-22",
                                    "-o",
                                    path("tracks.jsonl")};
  for (const auto& file : std::filesystem::directory_iterator(path("day/bamako"))) {
    if (file.path().extension() != ".toml") track.push_back(file.path().string());
  }
  const Finished tracked = liptako(track);
  ASSERT_EQ(tracked.code, 0) << tracked.errors;

  std::vector<std::string> score = {"score",
                                    "--truth",
                                    path("day/truth.jsonl"),
                                    "--tracks",
                                    path("tracks.jsonl"),
                                    "--member",
                                    "bamako",
                                    "--from",
                                    "2026-11-22T10:01:00Z"};
  const Finished text = liptako(score);
  ASSERT_EQ(text.code, 0) << text.errors;
  EXPECT_NE(text.output.find("GOSPA"), std::string::npos) << text.output;
  score.emplace_back("--json");
  const Finished scored = liptako(score);
  ASSERT_EQ(scored.code, 0) << scored.errors;
  const auto result = nlohmann::json::parse(scored.output);
  EXPECT_EQ(result["from"], "2026-11-22T10:01:00.000Z");
  EXPECT_GT(result["aircraft"], 3) << scored.output;
  EXPECT_GT(result["found_share"], 0.95) << scored.output;
  EXPECT_LT(result["position_rms_m"], 400.0) << scored.output;
  EXPECT_GT(result["gospa_rms_m"], 0.0);
  // What changes of number cost comes on top, and is proved to be the least.
  const auto& trajectory = result["trajectory_gospa"];
  EXPECT_GE(trajectory["rms_m"], result["gospa_rms_m"]);
  EXPECT_GE(trajectory["lower_bound_m"].get<double>(), 0.99 * trajectory["rms_m"].get<double>());
  EXPECT_GT(result["siap"]["completeness"], 0.95);
  EXPECT_GT(result["siap"]["longest_segment_share"], 0.5);
  EXPECT_EQ(result["identity_wrong_share"], 0.0) << scored.output;
  ASSERT_FALSE(result["sensors"].empty()) << scored.output;
  for (const auto& sensor : result["sensors"]) {
    EXPECT_GT(sensor["plots"], 0);
    EXPECT_GT(sensor["nis"], 0.0);
  }
  double expected = 0.0;
  for (const auto& phase : result["phases"]) {
    if (phase["phase"] == "straight" || phase["phase"] == "turn")
      expected += phase["expected"].get<double>();
  }
  double in_groups = 0.0;
  for (const auto& group : result["groups"]) in_groups += group["expected"].get<double>();
  EXPECT_EQ(expected, in_groups);
}

// A set of one target at rest, two runs: one track 3 m off in the first, nothing in the second.
class ScoreSet : public ScoreCommand {
 protected:
  ScoreSet() {
    std::ofstream truth(path("s1_truth.csv")), plots(path("s1_meas.csv"));
    std::ofstream estimates(path("est.csv")), reference(path("s1_ref_per_run.csv"));
    truth << "k,target,x,vx,y,vy\n";
    plots << "run,k,x,y\n1,1,0,0\n2,1,0,0\n";
    estimates << "run,k,track,x,y\n";
    reference << "filter,run,sum_gospa2,sum_loc,sum_missed,sum_false\n"
              << "pmbm,1,324,324,0,0\n";
    for (int k = 1; k <= 81; ++k) {
      truth << k << ",1,10,0,20,0\n";
      estimates << "1," << k << ",7,13,20\n";
    }
  }
  [[nodiscard]] Finished score(std::vector<std::string> more) const {
    std::vector<std::string> arguments = {
        "score", "--set", "s1", "--data", folder_, "--estimates", path("est.csv")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return liptako(arguments);
  }
};

TEST_F(ScoreSet, EndsWithOneLineOfJson) {
  const Finished scored = score({"--json"});
  ASSERT_EQ(scored.code, 0) << scored.errors;
  EXPECT_EQ(scored.output,
            "{\"set\":\"s1\",\"runs\":1,\"rms_gospa\":3.0000,\"loc\":3.0000,\"missed\":0.0000,"
            "\"false\":0.0000,\"reference_rms_gospa\":2.0000,\"paired_ratio\":1.5000,"
            "\"paired_ratio_ci95\":null}\n");
  const Finished both = score({"--json", "--runs", "1-2"});
  ASSERT_EQ(both.code, 0) << both.errors;
  const auto result = nlohmann::json::parse(both.output);
  EXPECT_EQ(result["runs"], 2);
  EXPECT_NEAR(result["missed"].get<double>(), 5.0, 1e-9);
  EXPECT_EQ(result["paired_ratio"], 1.5);
}

TEST_F(ScoreSet, SpeaksToAPersonOfPartsAndReference) {
  const Finished text = score({});
  ASSERT_EQ(text.code, 0) << text.errors;
  for (const char* what : {"GOSPA", "SIAP", "pmbm", "1.5000"})
    EXPECT_NE(text.output.find(what), std::string::npos) << what << "\n" << text.output;
}

TEST_F(ScoreSet, RefusesABrokenFileByNameAndLine) {
  std::ofstream(path("est.csv"), std::ios::app) << "1,5,7,here,20\n";
  const Finished broken = score({"--json"});
  EXPECT_EQ(broken.code, 1);
  EXPECT_NE(broken.errors.find("est.csv:83: x: \"here\" is not a number"), std::string::npos)
      << broken.errors;
  EXPECT_EQ(broken.output, "");
}

TEST_F(ScoreSet, RefusesWhatDoesNotGoTogether) {
  EXPECT_EQ(liptako({"score", "--set", "s9", "--data", folder_, "--estimates", "e"}).code, 2);
  EXPECT_EQ(liptako({"score", "--set", "s1", "--data", folder_}).code, 2);
  EXPECT_EQ(liptako({"score", "--truth", "t"}).code, 2);
  EXPECT_EQ(score({"--runs", "2-1"}).code, 2);
  EXPECT_EQ(score({"--runs", "5"}).code, 2);
  EXPECT_EQ(liptako({"score", "--set", "atc", "--data", folder_, "--estimates", "e"}).code, 1);
}

TEST_F(ScoreCommand, AMemberThatTheTruthDoesNotNameIsRefused) {
  std::ofstream(path("truth.jsonl"))
      << R"({"time":"2026-11-22T10:00:00.000Z","flight":1,"lat_deg":13.0,"lon_deg":2.0,)"
      << R"("altitude_ft":10000,"track_angle_deg":90,"seen_by":["bamako"]})" << '\n';
  std::ofstream(path("tracks.jsonl")) << "";
  const auto of = [&](const std::string& member) {
    return liptako({"score",
                    "--truth",
                    path("truth.jsonl"),
                    "--tracks",
                    path("tracks.jsonl"),
                    "--member",
                    member});
  };
  EXPECT_EQ(of("bamako").code, 0);
  const Finished nobody = of("nobody");
  EXPECT_EQ(nobody.code, 1);
  EXPECT_NE(nobody.errors.find("truth.jsonl: seen_by: never names a member \"nobody\""),
            std::string::npos)
      << nobody.errors;
}

TEST_F(ScoreCommand, MistakesAreNamedAndTellTheirKindByExitCode) {
  std::ofstream(path("truth.jsonl"))
      << R"({"time":"2026-11-22T10:00:00.000Z","flight":1,"lat_deg":95.0})" << '\n';
  std::ofstream(path("tracks.jsonl")) << "";
  const Finished wrong =
      liptako({"score", "--truth", path("truth.jsonl"), "--tracks", path("tracks.jsonl")});
  EXPECT_EQ(wrong.code, 1);
  EXPECT_NE(wrong.errors.find("truth.jsonl:1: lat_deg: 95.0 is not in -90..90"), std::string::npos)
      << wrong.errors;
  EXPECT_EQ(liptako({"score", "--truth", path("truth.jsonl")}).code, 2);
  EXPECT_EQ(liptako({"score",
                     "--truth",
                     path("truth.jsonl"),
                     "--tracks",
                     path("tracks.jsonl"),
                     "--from",
                     "yesterday"})
                .code,
            2);
  EXPECT_EQ(liptako({"score", "--truth", path("none"), "--tracks", path("tracks.jsonl")}).code, 3);
}

}  // namespace
}  // namespace liptako::command
