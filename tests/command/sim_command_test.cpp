// `liptako sim`: recordings that repeat, that the other commands read, and what it says of
// mistakes.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>

#include "process.hpp"

namespace liptako::command {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

class SimCommand : public testing::Test {
 protected:
  SimCommand() {
    std::string name = (fs::temp_directory_path() / "liptako-test-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~SimCommand() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }
  [[nodiscard]] Finished sim(const std::string& to, std::vector<std::string> more) const {
    std::vector<std::string> arguments{"sim", scenario_, "-o", path(to)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(folder_, arguments);
  }
  // Every file of a folder, by its path in it.
  [[nodiscard]] std::map<std::string, std::string> contents(const std::string& name) const {
    std::map<std::string, std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(path(name))) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      out[fs::relative(entry.path(), path(name)).string()] = {std::istreambuf_iterator<char>(file),
                                                              {}};
    }
    return out;
  }

  const std::string scenario_ = std::string(LIPTAKO_SOURCE_DIR) + "/scenarios/sahel24.toml";
  std::string folder_;
};

TEST_F(SimCommand, WritesTheSameFilesFromTheSameSeed) {
  const Finished first = sim("a", {"--seed", "3", "--minutes", "0.5", "--json"});
  ASSERT_EQ(first.code, 0) << first.errors;
  ASSERT_EQ(sim("b", {"--seed", "3", "--minutes", "0.5"}).code, 0);
  ASSERT_EQ(sim("c", {"--seed", "4", "--minutes", "0.5"}).code, 0);
  const auto a = contents("a");
  EXPECT_EQ(a, contents("b"));
  EXPECT_NE(a, contents("c"));
  EXPECT_EQ(a.at("manifest.json"), first.output);
  const json manifest = json::parse(first.output);
  EXPECT_EQ(manifest.at("seed"), 3);
  EXPECT_EQ(manifest.at("seconds"), 30);
  ASSERT_EQ(manifest.at("files").size() + 1, a.size());
  for (const json& file : manifest.at("files")) {
    EXPECT_EQ(a.at(file.at("path")).size(), file.at("bytes")) << file;
  }
}

TEST_F(SimCommand, TheOtherCommandsReadWhatItWrites) {
  ASSERT_EQ(sim("out", {"--minutes", "2"}).code, 0);
  for (const std::string member : {"bamako", "ouagadougou", "niamey"}) {
    std::vector<std::string> arguments{"track"};
    for (const auto& entry : fs::directory_iterator(path("out/" + member))) {
      if (entry.path().extension() != ".toml") arguments.push_back(entry.path().string());
    }
    const std::string tracks = path(member + ".jsonl");
    for (const std::string& more : {std::string("--sensors"),
                                    path("out/" + member + "/node.toml"),
                                    std::string("--date"),
                                    std::string("2026-01-15"),
                                    std::string("-o"),
                                    tracks}) {
      arguments.push_back(more);
    }
    const Finished tracked = run(folder_, arguments);
    ASSERT_EQ(tracked.code, 0) << tracked.errors;
    const Finished scored = run(folder_,
                                {"score",
                                 "--truth",
                                 path("out/truth.jsonl"),
                                 "--tracks",
                                 tracks,
                                 "--member",
                                 member,
                                 "--from",
                                 "2026-01-15T13:00:40Z"});
    EXPECT_EQ(scored.code, 0) << scored.errors;
    EXPECT_NE(scored.output.find("GOSPA"), std::string::npos) << scored.output;
  }
}

TEST_F(SimCommand, MistakesAreToldWithTheirExitCode) {
  const Finished missing = run(folder_, {"sim", path("none.toml"), "-o", path("x")});
  EXPECT_NE(missing.code, 0);
  EXPECT_NE(missing.errors.find("none.toml"), std::string::npos) << missing.errors;

  std::ofstream(path("bad.toml")) << "base = \"none.toml\"\nname = \"x\"\n";
  const Finished bad = run(folder_, {"sim", path("bad.toml"), "-o", path("x")});
  EXPECT_EQ(bad.code, 1);
  EXPECT_NE(bad.errors.find("bad.toml:1: base: "), std::string::npos) << bad.errors;
  EXPECT_FALSE(fs::exists(path("x")));

  fs::create_directory(path("full"));
  std::ofstream(path("full/file")) << "kept";
  const Finished full = sim("full", {"--minutes", "0.1"});
  EXPECT_EQ(full.code, 3);
  EXPECT_NE(full.errors.find("not an empty folder"), std::string::npos) << full.errors;
  EXPECT_EQ(contents("full").size(), 1u);

  EXPECT_EQ(sim("y", {"--start", "noon"}).code, 2);
  EXPECT_EQ(run(folder_, {"sim", scenario_}).code, 2);
}

TEST_F(SimCommand, StartAndLengthAreWhatACaptureCanHold) {
  const auto refused = [&](const std::vector<std::string>& more, const std::string& option) {
    const Finished sim_run = sim("x", more);
    EXPECT_EQ(sim_run.code, 2) << more.back();
    EXPECT_NE(sim_run.errors.find(option), std::string::npos) << sim_run.errors;
    EXPECT_FALSE(fs::exists(path("x"))) << more.back();
  };
  for (const std::string day :
       {"1678-01-01", "1960-01-01", "1969-12-31", "2106-02-08", "2150-01-01"})
    refused({"--minutes", "0.1", "--start", day + "T00:00:00Z"}, "--start");
  refused({"--minutes", "2", "--start", "2106-02-07T06:27:00Z"}, "--start");
  for (const char* minutes : {"nan", "-nan", "inf", "0", "1e300"})
    refused({"--minutes", minutes}, "--minutes");
  // The first and the last that a capture can hold.
  EXPECT_EQ(sim("first", {"--minutes", "0.1", "--start", "1970-01-01T00:00:00Z"}).code, 0);
  EXPECT_EQ(sim("last", {"--minutes", "1", "--start", "2106-02-07T06:27:00Z"}).code, 0);
}

TEST_F(SimCommand, NoNameLeavesTheFolder) {
  std::ofstream(path("evil.toml"))
      << "base = \"" << scenario_ << "\"\n[[radar]]\n"
      << "name = \"../../evil\"\nnode = \"bamako\"\nkind = \"mode_s\"\nsac = 1\nsic = 2\n"
      << "latitude_deg = 12.5\nlongitude_deg = -8\nantenna_m = 400\nperiod_s = 6\n"
      << "range_km = 400\nrange_sd_m = 50\nazimuth_sd_deg = 0.07\npd = 0.97\ndelay_s = [0, 1]\n";
  const Finished evil =
      run(folder_, {"sim", path("evil.toml"), "-o", path("out"), "--minutes", "0.1"});
  EXPECT_EQ(evil.code, 1);
  EXPECT_NE(evil.errors.find("evil.toml:3: radar["), std::string::npos) << evil.errors;
  EXPECT_FALSE(fs::exists(path("evil.pcap")));
  EXPECT_FALSE(fs::exists(path("out")));
}

}  // namespace
}  // namespace liptako::command
