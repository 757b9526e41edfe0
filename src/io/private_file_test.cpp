#include "io/private_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>

namespace liptako::io {
namespace {

namespace fs = std::filesystem;

class PrivateFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "liptako-private-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }
  static mode_t mode_of(const fs::path& path) {
    struct stat found{};
    EXPECT_EQ(::stat(path.c_str(), &found), 0);
    return found.st_mode & 0777;
  }
  fs::path folder_;
};

TEST_F(PrivateFile, IsItsOwnersAlone) {
  const fs::path keys = folder_ / "a" / "keys";
  ASSERT_TRUE(make_private_folder(keys));
  EXPECT_EQ(mode_of(keys), 0700u);
  EXPECT_TRUE(make_private_folder(keys));
  ASSERT_TRUE(write_new_secret(keys / "k", "secret\n"));
  EXPECT_EQ(mode_of(keys / "k"), 0600u);
  EXPECT_EQ(*read_secret(keys / "k", 7), "secret\n");
}

TEST_F(PrivateFile, OneOpenToOthersIsRefused) {
  ASSERT_TRUE(write_new_secret(folder_ / "k", "x"));
  for (const mode_t mode : {0640u, 0604u, 0660u}) {
    ASSERT_EQ(::chmod((folder_ / "k").c_str(), mode), 0);
    EXPECT_FALSE(read_secret(folder_ / "k", 10)) << mode;
  }
  ASSERT_TRUE(make_private_folder(folder_ / "keys"));
  ASSERT_EQ(::chmod((folder_ / "keys").c_str(), 0755), 0);
  EXPECT_FALSE(make_private_folder(folder_ / "keys"));
}

TEST_F(PrivateFile, IsNeverOverwrittenNorReadBeyondItsBound) {
  ASSERT_TRUE(write_new_secret(folder_ / "k", "first"));
  EXPECT_FALSE(write_new_secret(folder_ / "k", "second"));
  EXPECT_EQ(*read_secret(folder_ / "k", 5), "first");
  EXPECT_FALSE(read_secret(folder_ / "k", 4));
  EXPECT_FALSE(read_secret(folder_ / "absent", 4));
  EXPECT_FALSE(read_secret(folder_, 4));
  EXPECT_FALSE(make_private_folder(folder_ / "k"));
}

TEST_F(PrivateFile, AbsentAndEmptyAreTwo) {
  ASSERT_TRUE(write_private_file(folder_ / "empty", ""));
  EXPECT_EQ(*read_if_any(folder_ / "empty", 9), std::optional<std::string>(""));
  EXPECT_EQ(*read_if_any(folder_ / "absent", 9), std::nullopt);
}

TEST_F(PrivateFile, IsReplacedWhole) {
  ASSERT_TRUE(write_private_file(folder_ / "k", "first"));
  ASSERT_TRUE(write_private_file(folder_ / "k", "second"));
  EXPECT_EQ(mode_of(folder_ / "k"), 0600u);
  EXPECT_EQ(*read_secret(folder_ / "k", 9), "second");
  EXPECT_FALSE(write_private_file(folder_ / "no" / "k", "x"));
}

TEST_F(PrivateFile, OnesOwnIsNotReadThroughALink) {
  ASSERT_TRUE(write_private_file(folder_ / "k", "key"));
  fs::create_symlink(folder_ / "k", folder_ / "link");
  EXPECT_FALSE(read_secret(folder_ / "link", 9));
  EXPECT_FALSE(read_private_file(folder_ / "link", 9));
  EXPECT_EQ(*read_secret(folder_ / "link", 9, Secrecy::given), "key");
  ASSERT_EQ(::chmod((folder_ / "k").c_str(), 0644), 0);
  EXPECT_FALSE(read_private_file(folder_ / "k", 9));
  EXPECT_FALSE(read_secret(folder_ / "link", 9, Secrecy::given));
  EXPECT_EQ(*read_secret(folder_ / "k", 9, Secrecy::open), "key");
  EXPECT_EQ(*read_secret(folder_ / "link", 9, Secrecy::open), "key");
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_FALSE(read_secret(folder_ / "pipe", 9));
}

TEST_F(PrivateFile, ALinkIsNotWrittenThrough) {
  fs::create_symlink(folder_ / "elsewhere", folder_ / "k");
  EXPECT_FALSE(write_new_secret(folder_ / "k", "x"));
  EXPECT_FALSE(fs::exists(folder_ / "elsewhere"));
}

}  // namespace
}  // namespace liptako::io
