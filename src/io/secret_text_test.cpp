#include "io/secret_text.hpp"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace liptako::io {
namespace {

const std::string kSecret = "-----BEGIN PRIVATE KEY----- and what belongs to it";

TEST(SecretTexts, NothingStaysWhereTheyWere) {
  std::string given = kSecret;
  SecretText first(std::move(given));
  EXPECT_TRUE(given.empty());  // NOLINT(bugprone-use-after-move): it is what is looked at
  const SecretText second = std::move(first);
  EXPECT_TRUE(first.text().empty());  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(second.text(), kSecret);
  // The bytes themselves, of a text whose memory is still there.
  std::string kept = kSecret;
  const char* const bytes = kept.data();
  wipe(kept);
  EXPECT_TRUE(kept.empty());
  EXPECT_EQ(std::string(bytes, kSecret.size()), std::string(kSecret.size(), '\0'));
}

TEST(SecretTexts, AProcessWithKeysLeavesNoCoreAndLetsNobodyLookIn) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    keep_memory_private();
    rlimit core{1, 1};
    const bool is_private = getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur == 0 &&
                            core.rlim_max == 0 && prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
    _exit(is_private ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace liptako::io
