// Appending allocates nothing once the writer is warm. Counted by replacing the global allocation
// functions, hence a program of its own.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <new>

#include "io/file_storage.hpp"
#include "record/writer.hpp"

namespace {
std::size_t allocations = 0;
}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace liptako::record {
namespace {

TEST(Writer, AppendsWithoutAllocating) {
  std::string name = (std::filesystem::temp_directory_path() / "liptako-alloc-XXXXXX").string();
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  {
    auto storage = io::FileStorage::open(name).value();
    auto writer = Writer::open(*storage, {}).value();
    const base::Bytes small(60, 1);
    const base::Bytes large(kMaxPayload, 1);
    const std::size_t before = allocations;
    bool good = true;
    for (int i = 0; i < 10'000; ++i) {
      good = good &&
             writer.append({.kind = EntryKind::datagram, .payload = i % 100 == 0 ? large : small});
      if (i % 50 == 0) good = good && writer.flush();
    }
    EXPECT_TRUE(good);
    EXPECT_EQ(allocations - before, 0u);
  }
  std::filesystem::remove_all(name);
}

}  // namespace
}  // namespace liptako::record
