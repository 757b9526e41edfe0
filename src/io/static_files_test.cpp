#include "io/static_files.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace liptako::io {
namespace {
namespace fs = std::filesystem;

class StaticFilesTest : public testing::Test {
 protected:
  StaticFilesTest()
      : folder_(fs::path(testing::TempDir()) /
                ("liptako_static_files_" + std::to_string(getpid()))) {
    fs::remove_all(folder_);
  }
  ~StaticFilesTest() override { fs::remove_all(folder_); }

  void write(const std::string& path, const std::string& content) {
    fs::create_directories((folder_ / path).parent_path());
    std::ofstream(folder_ / path, std::ios::binary) << content;
  }

  fs::path folder_;
};

TEST_F(StaticFilesTest, ServesFilesVariantsAndIndex) {
  write("web/index.html", "<p>");
  write("web/assets/app.js", "let a;");
  write("web/assets/app.js.gz", "zipped");
  write("web/assets/app.js.br", "brotli");
  write("map/sahel.json", "{}");
  const auto files = StaticFiles::load({{"/", folder_ / "web"}, {"/map/", folder_ / "map"}});
  ASSERT_TRUE(files.has_value()) << files.error().message;
  EXPECT_EQ(files->size(), 3u);
  ASSERT_NE(files->find("/"), nullptr);
  EXPECT_EQ(files->find("/")->identity, "<p>");
  EXPECT_EQ(files->find("/")->content_type, "text/html; charset=utf-8");
  const StaticFile* script = files->find("/assets/app.js");
  ASSERT_NE(script, nullptr);
  EXPECT_EQ(script->gzip, "zipped");
  EXPECT_EQ(script->brotli, "brotli");
  EXPECT_EQ(files->find("/map/sahel.json")->content_type, "application/json");
  EXPECT_EQ(files->find("/assets"), nullptr);
  EXPECT_EQ(files->find("/assets/"), nullptr);
  EXPECT_EQ(files->find("/assets/app.js.gz"), nullptr);
  EXPECT_EQ(files->find("//index.html"), nullptr);
  EXPECT_EQ(files->find("/assets/../index.html"), nullptr);
}

TEST_F(StaticFilesTest, TagChangesWithTheContent) {
  write("a.txt", "one");
  const auto before = StaticFiles::load({{"/", folder_}});
  write("a.txt", "two");
  const auto after = StaticFiles::load({{"/", folder_}});
  EXPECT_NE(before->find("/a.txt")->etag, after->find("/a.txt")->etag);
}

TEST_F(StaticFilesTest, SymbolicLinksAreLeftOut) {
  write("web/a.txt", "a");
  write("secret.txt", "s");
  fs::create_symlink(folder_ / "secret.txt", folder_ / "web/link.txt");
  fs::create_directory_symlink(folder_, folder_ / "web/up");
  const auto files = StaticFiles::load({{"/", folder_ / "web"}});
  ASSERT_TRUE(files.has_value());
  EXPECT_EQ(files->size(), 1u);
}

TEST_F(StaticFilesTest, MissingFolderIsAnErrorThatNamesIt) {
  const auto files = StaticFiles::load({{"/", folder_ / "absent"}});
  ASSERT_FALSE(files.has_value());
  EXPECT_NE(files.error().message.find("absent"), std::string::npos);
}

}  // namespace
}  // namespace liptako::io
