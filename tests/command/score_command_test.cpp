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
