#include "io/file_storage.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <csignal>
#include <filesystem>

namespace liptako::io {
namespace {

class FileStorageTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "liptako-storage-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  std::filesystem::path root_;
  const base::Bytes abc_{'a', 'b', 'c'};
  const base::Bytes de_{'d', 'e'};
};

TEST_F(FileStorageTest, AppendsReadsAndTruncates) {
  auto storage = FileStorage::open(root_ / "new").value();
  auto file = storage->open_append("x/y/f").value();
  ASSERT_TRUE(file->append(abc_) && file->append(de_) && file->sync());
  EXPECT_EQ(file->size(), 5u);
  EXPECT_EQ(storage->read("x/y/f", 1, 3).value(), (base::Bytes{'b', 'c', 'd'}));
  EXPECT_EQ(storage->read("x/y/f", 4, 100).value(), (base::Bytes{'e'}));
  EXPECT_TRUE(storage->read("x/y/f", 5, 1).value().empty());
  ASSERT_TRUE(storage->truncate("x/y/f", 2));
  file = storage->open_append("x/y/f").value();
  EXPECT_EQ(file->size(), 2u);
  ASSERT_TRUE(file->append(de_));
  EXPECT_EQ(storage->read("x/y/f", 0, 100).value(), (base::Bytes{'a', 'b', 'd', 'e'}));
}

TEST_F(FileStorageTest, ReplacesWholeAndLists) {
  auto storage = FileStorage::open(root_).value();
  ASSERT_TRUE(storage->replace("s/2", abc_) && storage->replace("s/1", abc_) &&
              storage->replace("s/2", de_));
  EXPECT_EQ(storage->list("s").value(), (std::vector<std::string>{"1", "2"}))
      << "no temporary file stays";
  EXPECT_EQ(storage->read("s/2", 0, 10).value(), de_);
  ASSERT_TRUE(storage->remove("s/1"));
  EXPECT_FALSE(storage->size("s/1"));
  EXPECT_TRUE(storage->list("none").value().empty());
}

TEST_F(FileStorageTest, SweepsWhatAKilledReplaceLeft) {
  ASSERT_TRUE(FileStorage::open(root_).value()->replace("s/1.tmp", abc_));
  auto storage = FileStorage::open(root_).value();
  EXPECT_TRUE(storage->list("s").value().empty());
}

TEST_F(FileStorageTest, RefusesPathsThatLeaveTheFolder) {
  auto storage = FileStorage::open(root_).value();
  for (const char* path : {"", "/etc/passwd", "../x", "a/../../x", "a//b", "./a", "a/", "a/.."}) {
    EXPECT_FALSE(storage->open_append(path)) << path;
    EXPECT_FALSE(storage->read(path, 0, 1)) << path;
    EXPECT_FALSE(storage->replace(path, abc_)) << path;
    EXPECT_FALSE(storage->remove(path)) << path;
    EXPECT_FALSE(storage->list(path)) << path;
  }
  std::filesystem::create_symlink("/etc/hostname", root_ / "link");
  EXPECT_FALSE(storage->open_append("link"));
  EXPECT_FALSE(storage->read("link", 0, 1));
}

TEST_F(FileStorageTest, TheLastPartialTileTakesItsFolderAlong) {
  auto storage = FileStorage::open(root_).value();
  for (const char* path : {"tile/0/003.p/7", "tile/0/003.p/9", "hold/a"})
    ASSERT_TRUE(storage->replace(path, abc_));
  ASSERT_TRUE(storage->remove("tile/0/003.p/7"));
  EXPECT_TRUE(storage->size("tile/0/003.p/9"));
  ASSERT_TRUE(storage->remove("tile/0/003.p/9"));
  EXPECT_FALSE(std::filesystem::exists(root_ / "tile/0/003.p"));
  ASSERT_TRUE(storage->replace("tile/0/003.p/11", abc_));
  ASSERT_TRUE(storage->remove("hold/a"));
  EXPECT_TRUE(std::filesystem::exists(root_ / "hold"));
}

TEST_F(FileStorageTest, WaitsForNoPipe) {
  auto storage = FileStorage::open(root_).value();
  ASSERT_EQ(::mkfifo((root_ / "pipe").c_str(), 0600), 0);
  EXPECT_FALSE(storage->read("pipe", 0, 10));
  EXPECT_FALSE(storage->open_append("pipe"));
  const std::vector<base::FileContent> files{{"pipe", abc_}};
  EXPECT_FALSE(storage->write_files(files));
}

TEST_F(FileStorageTest, OnlyOneOwnerButAnyReader) {
  auto storage = FileStorage::open(root_).value();
  ASSERT_TRUE(storage->replace("f", abc_));
  const auto second = FileStorage::open(root_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, base::ErrorKind::world);
  EXPECT_NE(second.error().message.find("in use by another process"), std::string::npos)
      << second.error().message;
  auto reader = FileStorage::open_read_only(root_).value();
  EXPECT_EQ(reader->read("f", 0, 10).value(), abc_);
  EXPECT_FALSE(reader->replace("f", de_));
  EXPECT_FALSE(reader->open_append("f"));
  EXPECT_FALSE(reader->truncate("f", 0));
  EXPECT_FALSE(reader->remove("f"));
  storage.reset();
  EXPECT_TRUE(FileStorage::open(root_));
  EXPECT_FALSE(FileStorage::open_read_only(root_ / "absent"));
}

TEST_F(FileStorageTest, AWriteThatDoesNotFitSaysSoAndTellsTheSize) {
  auto storage = FileStorage::open(root_).value();
  auto file = storage->open_append("f").value();
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{4, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto first = file->append(abc_);
  const auto second = file->append(abc_);
  const auto replaced = storage->replace("g", base::Bytes(100, 7));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_TRUE(first);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, base::ErrorKind::world);
  EXPECT_NE(second.error().message.find("f: wrote 1 of 3 bytes"), std::string::npos)
      << second.error().message;
  EXPECT_EQ(file->size(), 4u);
  EXPECT_FALSE(replaced);
  EXPECT_FALSE(std::filesystem::exists(root_ / "g"));
  EXPECT_FALSE(std::filesystem::exists(root_ / "g.tmp"));
}

TEST_F(FileStorageTest, AFullDeviceIsNamedSo) {
  auto storage = FileStorage::open(root_).value();
  // /dev/full answers every write with ENOSPC.
  if (::mknod((root_ / "f").c_str(), S_IFCHR | 0600, makedev(1, 7)) != 0)
    GTEST_SKIP() << "needs root";
  auto file = storage->open_append("f").value();
  const auto written = file->append(abc_);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().message.substr(0, 11), "disk full: ");
}

}  // namespace
}  // namespace liptako::io
