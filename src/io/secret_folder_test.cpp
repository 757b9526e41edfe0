#include "io/secret_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace liptako::io {
namespace {

namespace fs = std::filesystem;

class SecretFolderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "liptako-secret-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    root_ = fs::path(name) / "keys";
    open();
  }
  void TearDown() override {
    std::error_code ignored;
    fs::remove_all(root_.parent_path(), ignored);
  }
  void open() {
    auto opened = SecretFolder::open(root_, "personal");
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    folder_ = std::move(*opened);
  }
  static base::Bytes bytes(std::string_view text) { return {text.begin(), text.end()}; }

  fs::path root_;
  std::unique_ptr<SecretFolder> folder_;
};

TEST_F(SecretFolderTest, OnlyItsOwnerMayEnterAndRead) {
  ASSERT_TRUE(folder_->replace("personal/p-1", bytes("secret")));
  EXPECT_EQ(*folder_->read("personal/p-1", 0, 100), bytes("secret"));
  EXPECT_EQ(*folder_->read("personal/p-1", 2, 3), bytes("cre"));
  EXPECT_EQ(*folder_->size("personal/p-1"), 6u);
  EXPECT_EQ(*folder_->list("personal"), std::vector<std::string>{"p-1"});
  EXPECT_EQ(fs::status(root_ / "personal").permissions() & fs::perms::mask, fs::perms::owner_all);
  EXPECT_EQ(fs::status(root_ / "personal/p-1").permissions() & fs::perms::mask,
            fs::perms::owner_read | fs::perms::owner_write);
  fs::permissions(root_ / "personal/p-1", fs::perms::others_read, fs::perm_options::add);
  EXPECT_FALSE(folder_->read("personal/p-1", 0, 100));
}

TEST_F(SecretFolderTest, WhatIsReplacedOrRemovedIsWrittenOverWhereItLies) {
  ASSERT_TRUE(folder_->replace("personal/p-1", bytes("first secret")));
  // Another name for the same bytes on the disk shows what became of them.
  fs::create_hard_link(root_ / "personal/p-1", root_ / "kept");
  ASSERT_TRUE(folder_->replace("personal/p-1", bytes("erased")));
  const auto kept = [&] {
    std::ifstream file(root_ / "kept", std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  EXPECT_EQ(kept(), std::string(12, '\0'));
  EXPECT_EQ(*folder_->read("personal/p-1", 0, 100), bytes("erased"));
  fs::remove(root_ / "kept");
  fs::create_hard_link(root_ / "personal/p-1", root_ / "kept");
  ASSERT_TRUE(folder_->remove("personal/p-1"));
  EXPECT_EQ(kept(), std::string(6, '\0'));
  EXPECT_FALSE(folder_->read("personal/p-1", 0, 100));
  EXPECT_TRUE(folder_->list("personal")->empty());
}

TEST_F(SecretFolderTest, WhatAKilledProcessLeftIsRemovedAtOpening) {
  ASSERT_TRUE(folder_->replace("personal/p-1", bytes("secret")));
  std::ofstream(root_ / "personal/p-2.new") << "half a sec";
  fs::create_hard_link(root_ / "personal/p-2.new", root_ / "kept");
  open();
  EXPECT_FALSE(fs::exists(root_ / "personal/p-2.new"));
  EXPECT_EQ(fs::file_size(root_ / "kept"), 10u);
  std::ifstream file(root_ / "kept", std::ios::binary);
  EXPECT_EQ(file.get(), '\0');
  EXPECT_EQ(*folder_->list("personal"), std::vector<std::string>{"p-1"});
}

TEST_F(SecretFolderTest, WhatOthersKeepBesideItStays) {
  fs::create_directories(root_ / "tls/next.new");
  std::ofstream(root_ / "tls/site.new") << "somebody's own";
  open();
  EXPECT_EQ(fs::file_size(root_ / "tls/site.new"), 14u);
  EXPECT_TRUE(fs::exists(root_ / "tls/next.new"));
}

TEST_F(SecretFolderTest, NoPathLeadsElsewhere) {
  for (const std::string_view path : {"", "p", "../p", "a/..", "a/b/c", "/a", "a/", "./p"}) {
    EXPECT_FALSE(folder_->replace(path, bytes("x"))) << path;
    EXPECT_FALSE(folder_->remove(path)) << path;
  }
  EXPECT_FALSE(folder_->open_append("personal/p"));
  EXPECT_FALSE(folder_->truncate("personal/p", 0));
  EXPECT_FALSE(folder_->replace("personal/p", base::Bytes(SecretFolder::kMaxFile + 1)));
}

}  // namespace
}  // namespace liptako::io
