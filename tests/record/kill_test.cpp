// A real process on real files, killed at a random moment (SIGKILL): every entry it acknowledged is
// there afterwards.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "io/file_storage.hpp"
#include "written.hpp"

namespace liptako::record {
namespace {

constexpr WriterOptions kSmall{.segment_limit = 64u << 10, .buffer_limit = 16u << 10, .salt = 77};

// Appends for ever; tells the pipe, after each flush, how many entries it may rely on.
[[noreturn]] void child(const std::filesystem::path& root, int pipe) {
  auto storage = io::FileStorage::open(root);
  if (!storage) ::_exit(2);
  auto writer = Writer::open(**storage, kSmall);
  if (!writer) ::_exit(3);
  base::Prng prng(writer->next_sequence());
  while (true) {
    for (std::uint64_t i = prng.below(20) + 1; i > 0; --i) {
      if (!append_next(*writer)) ::_exit(4);
    }
    if (!writer->flush()) ::_exit(5);
    const std::uint64_t acknowledged = writer->flushed_end();
    if (::write(pipe, &acknowledged, sizeof acknowledged) != sizeof acknowledged) ::_exit(6);
  }
}

TEST(Kill, EveryAcknowledgedEntryIsThereAfterwards) {
  std::string name = (std::filesystem::temp_directory_path() / "liptako-kill-XXXXXX").string();
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  const std::filesystem::path root = name;
  base::Prng prng(20);
  std::uint64_t end = 0;
  for (int round = 0; round < 20; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t pid = ::fork();
    ASSERT_GE(pid, 0);
    if (pid == 0) {
      ::close(ends[0]);
      child(root, ends[1]);
    }
    ::close(ends[1]);
    // Killed after a random number of acknowledgements, wherever in its work it then is.
    std::uint64_t acknowledged = 0;
    for (std::uint64_t left = 1 + prng.below(200); left > 0; --left) {
      ASSERT_EQ(::read(ends[0], &acknowledged, sizeof acknowledged), ssize_t{sizeof acknowledged});
    }
    ::kill(pid, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(pid, &status, 0), pid);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << WEXITSTATUS(status);
    std::uint64_t later = 0;
    while (::read(ends[0], &later, sizeof later) == ssize_t{sizeof later}) acknowledged = later;
    ::close(ends[0]);
    ASSERT_GT(acknowledged, end);

    auto storage = io::FileStorage::open(root);
    ASSERT_TRUE(storage) << storage.error().message;
    auto writer = Writer::open(**storage, kSmall);
    ASSERT_TRUE(writer) << writer.error().message;
    EXPECT_GE(writer->next_sequence(), acknowledged);
    const Read read = read_all(**storage);
    EXPECT_EQ(read.sound, sequences(0, writer->next_sequence()));
    EXPECT_TRUE(read.damages.empty());
    end = writer->next_sequence();
  }
  std::filesystem::remove_all(root);
}

}  // namespace
}  // namespace liptako::record
