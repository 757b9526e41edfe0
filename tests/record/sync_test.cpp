// The one thing of a record that may run beside the core: fsync on another thread, on real files.
// The thread sanitizer preset looks for races in it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

#include "io/file_storage.hpp"
#include "written.hpp"

namespace liptako::record {
namespace {

TEST(Sync, RunsOnAnotherThreadWhileEntriesArrive) {
  std::string name = (std::filesystem::temp_directory_path() / "liptako-sync-XXXXXX").string();
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  {
    auto storage = io::FileStorage::open(name).value();
    // Segments small enough that some are closed while they are being synced.
    auto writer =
        Writer::open(*storage, {.segment_limit = 16u << 10, .buffer_limit = 4u << 10}).value();
    for (int round = 0; round < 6; ++round) {
      ASSERT_TRUE(append_next(writer) && writer.flush());
      const auto ticket = writer.begin_sync();
      ASSERT_TRUE(ticket);
      base::Result<void> synced;
      std::thread syncing([&] { synced = ticket->file->sync(); });
      bool good = true;
      for (int i = 0; i < 200; ++i) good = good && append_next(writer) && writer.flush();
      syncing.join();
      ASSERT_TRUE(good);
      writer.finish_sync(*ticket, synced);
      EXPECT_GE(writer.synced_end(), ticket->end);
    }
    EXPECT_EQ(read_all(*storage).sound, sequences(0, writer.next_sequence()));
  }
  std::filesystem::remove_all(name);
}

}  // namespace
}  // namespace liptako::record
