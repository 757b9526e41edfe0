#include "app/decode.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace liptako::app {
namespace {

class Decode : public testing::Test {
 protected:
  Decode() { std::filesystem::create_directories(folder_); }
  ~Decode() override { std::filesystem::remove_all(folder_); }
  std::string file(const std::string& name, const std::string& content) {
    const std::filesystem::path path = folder_ / name;
    std::ofstream(path, std::ios::binary) << content;
    return path.string();
  }
  int run(const std::vector<std::string>& paths, const DecodeOptions& options = {}) {
    out_.str("");
    err_.str("");
    return run_decode(paths, options, out_, err_);
  }
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() /
      ("liptako-decode-" +
       std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
  std::ostringstream out_;
  std::ostringstream err_;
};

const std::string kGood("\x30\x00\x06\x80\x17\x02", 6);
const std::string kCut("\x30\x00\x06\x90\x17\x02", 6);

TEST_F(Decode, PrintsALineForEachRecordAndASummary) {
  const std::string path = file("a.ast", kGood + kGood);
  EXPECT_EQ(run({path}), 0);
  EXPECT_EQ(
      out_.str(),
      "{\"category\":48,\"edition\":\"1.32\",\"offset\":3,\"length\":3,\"sac_sic\":\"23/2\"}\n"
      "{\"category\":48,\"edition\":\"1.32\",\"offset\":9,\"length\":3,\"sac_sic\":\"23/2\"}\n");
  EXPECT_EQ(err_.str(), path + ": 2 records (CAT048 2), 0 errors\n");
}

TEST_F(Decode, GoesOnAfterAnErrorAndSaysSoInItsExitCode) {
  const std::string path = file("a.ast", kCut + kGood);
  EXPECT_EQ(run({path}), 1);
  EXPECT_NE(out_.str().find("I048/040 needs 4 bytes, 0 left"), std::string::npos);
  EXPECT_NE(out_.str().find("\"offset\":9,"), std::string::npos);
  EXPECT_EQ(err_.str(), path + ": 1 records (CAT048 1), 1 errors (item_truncated 1)\n");
}

TEST_F(Decode, AFileThatHoldsNothingIsAtFault) {
  EXPECT_EQ(run({file("empty.ast", "")}), 1);
  EXPECT_EQ(run({file("text.ast", "this is no recording")}), 1);
  EXPECT_EQ(run({(folder_ / "absent.ast").string()}), 3);
}

TEST_F(Decode, NamesTheFileWhenThereAreSeveral) {
  const std::string odd = file("a \"quoted\"\xFF.ast", kGood);
  EXPECT_EQ(run({odd, file("b.ast", kGood)}), 0);
  EXPECT_NE(out_.str().find("a \\\"quoted\\\"\\ufffd.ast\",\"category\":48"), std::string::npos);
}

// Larger than a piece: offsets go on, and no record is lost or told twice at the seams.
TEST_F(Decode, ReadsFilesInPieces) {
  std::string content;
  std::string expected;
  for (std::size_t i = 0; i < 300'000; ++i) {
    expected += "{\"category\":48,\"edition\":\"1.32\",\"offset\":" + std::to_string(6 * i + 3) +
                ",\"length\":3,\"sac_sic\":\"23/2\"}\n";
    content += kGood;
  }
  EXPECT_EQ(run({file("big.ast", content)}), 0);
  EXPECT_TRUE(out_.str() == expected);
}

TEST_F(Decode, ListsTheFields) {
  EXPECT_EQ(run({}, {.fields = true}), 0);
  EXPECT_NE(out_.str().find("| I048/040/RHO | `measured_position.slant_range_nm` | 16 |"),
            std::string::npos);
}

}  // namespace
}  // namespace liptako::app
