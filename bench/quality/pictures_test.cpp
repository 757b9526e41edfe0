// The pictures of docs/TRACKER.md show what the tracker does today: drawn anew they are the
// committed bytes. When the tracker changes, `./run bench quality --pictures` draws them again;
// look at them before they are committed.
#include "pictures.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace liptako::bench {
namespace {

std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Pictures, AreThoseThatAreCommitted) {
  const std::string document = text_of(LIPTAKO_SOURCE_DIR "/docs/TRACKER.md");
  for (const Picture& picture : draw_all()) {
    const std::string committed =
        text_of(LIPTAKO_SOURCE_DIR "/docs/images/tracker/" + picture.file);
    EXPECT_TRUE(picture.svg == committed)
        << picture.file << " is not what the tracker does: ./run bench quality --pictures";
    EXPECT_LT(picture.svg.size(), 60'000u) << picture.file;
    EXPECT_NE(document.find("(images/tracker/" + picture.file + ")"), std::string::npos)
        << picture.file << " is in no document";
  }
}

}  // namespace
}  // namespace liptako::bench
