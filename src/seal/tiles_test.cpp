#include "seal/tiles.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/prng.hpp"

namespace liptako::seal {
namespace {

using Files = std::map<std::string, base::Bytes>;

TileReader reader_of(const Files& files) {
  return [&files](const std::string& path) -> base::Result<base::Bytes> {
    const auto file = files.find(path);
    if (file == files.end()) return base::world_failed(path + ": no such file");
    return file->second;
  };
}

std::vector<Digest> random_leaves(base::Prng& prng, std::size_t count) {
  std::vector<Digest> leaves(count);
  for (Digest& leaf : leaves) {
    for (auto& byte : leaf) byte = static_cast<std::uint8_t>(prng.below(256));
  }
  return leaves;
}

void write(Files& files, const std::vector<Tile>& tiles) {
  for (const Tile& tile : tiles) {
    ASSERT_EQ(tile.hashes.size(), tile.id.width);
    files[tile_path(tile.id)] = base::Bytes(tile.bytes().begin(), tile.bytes().end());
  }
}

// All tiles of a tree over the leaves, appended in pieces of random size.
Files tree_of(std::span<const Digest> leaves, base::Prng& prng, TileBuilder& builder) {
  Files files;
  while (!leaves.empty()) {
    const std::size_t count = std::min<std::size_t>(leaves.size(), prng.below(700));
    std::vector<Tile> full;
    builder.append(leaves.first(count), full);
    write(files, full);
    leaves = leaves.subspan(count);
  }
  write(files, builder.partial());
  return files;
}

TEST(Tiles, PathsAreThoseOfTheSpecification) {
  EXPECT_EQ(tile_path({0, 0}), "tile/0/000");
  EXPECT_EQ(tile_path({1, 7, 5}), "tile/1/007.p/5");
  EXPECT_EQ(tile_path({0, 1234067}), "tile/0/x001/x234/067");  // the specification's example
  EXPECT_EQ(tile_path({7, 1000}), "tile/7/x001/000");
  EXPECT_EQ(entries_path(1234067), "tile/entries/x001/x234/067");
  EXPECT_EQ(entries_path(999, 255), "tile/entries/999.p/255");
  EXPECT_EQ(tile_path({0, ~std::uint64_t{0}}), "tile/0/x018/x446/x744/x073/x709/x551/615");
}

TEST(Tiles, PathsReadBackAndNoOtherSpellingDoes) {
  base::Prng prng(1);
  for (int round = 0; round < 500; ++round) {
    const TileId tile{static_cast<unsigned>(prng.below(kTileLevels)),
                      prng.next() >> prng.below(64),
                      1 + prng.below(kTileWidth)};
    EXPECT_EQ(tile_from_path(tile_path(tile)), tile);
  }
  for (const char* path : {"",
                           "tile/",
                           "tile/0",
                           "tile/0/",
                           "tile/8/000",
                           "tile/00/000",
                           "tile/0/0",
                           "tile/0/0000",
                           "tile/0/x000/001",
                           "tile/0/001/002",
                           "tile/0/x001",
                           "tile/0/x001/",
                           "tile/0/000.p/0",
                           "tile/0/000.p/256",
                           "tile/0/000.p/01",
                           "tile/0/000.p/",
                           "tile/0/000/",
                           "tile/0/x018/x446/x744/x073/x709/x551/616",
                           "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
                           "tile/entries/000",
                           "tile/8/0/000",
                           "tile/-1/000",
                           "tile/0/+00",
                           "/tile/0/000"}) {
    EXPECT_FALSE(tile_from_path(path).has_value()) << path;
  }
}

TEST(Tiles, ABuilderHasTheRootOfTheLeavesAndItsTilesPassTheAudit) {
  base::Prng prng(2);
  for (const std::size_t size :
       {0, 1, 2, 255, 256, 257, 511, 512, 1000, 65535, 65536, 65537, 66049, 70000}) {
    const std::vector<Digest> leaves = random_leaves(prng, size);
    TileBuilder builder;
    const Files files = tree_of(leaves, prng, builder);
    EXPECT_EQ(builder.size(), size);
    EXPECT_EQ(builder.root(), root_of_leaves(leaves)) << size;
    const auto audit = audit_tiles(reader_of(files), builder.head());
    EXPECT_TRUE(audit.has_value()) << size << ": " << audit.error().message;
    for (const auto& [path, content] : files) {
      const auto tile = tile_from_path(path);
      ASSERT_TRUE(tile.has_value()) << path;
      EXPECT_EQ(content.size(), tile->width * 32);
      // The width of a partial tile [C2SP tlog-tiles, Partial Tiles].
      const std::uint64_t hashes = hashes_at_level(size, tile->level);
      EXPECT_EQ(tile->width, tile->index < hashes / 256 ? 256 : hashes % 256) << path;
    }
  }
}

TEST(Tiles, ABuilderResumesFromItsTilesAnywhere) {
  base::Prng prng(3);
  const std::vector<Digest> leaves = random_leaves(prng, 67000);
  for (const std::size_t at : {0, 1, 255, 256, 300, 65536, 65537, 66000}) {
    TileBuilder before;
    Files files = tree_of(std::span(leaves).first(at), prng, before);
    auto resumed = TileBuilder::resume(reader_of(files), at);
    ASSERT_TRUE(resumed.has_value()) << resumed.error().message;
    EXPECT_EQ(resumed->head(), before.head());
    std::vector<Tile> full;
    resumed->append(std::span(leaves).subspan(at), full);
    write(files, full);
    write(files, resumed->partial());
    EXPECT_EQ(resumed->root(), root_of_leaves(leaves));
    EXPECT_TRUE(audit_tiles(reader_of(files), resumed->head()).has_value());
    // Where only the full tile is left of what was partial then.
    std::erase_if(files,
                  [](const auto& file) { return file.first.find(".p/") != file.first.npos; });
    if (at == 300) {
      const auto again = TileBuilder::resume(reader_of(files), at);
      ASSERT_TRUE(again.has_value());
      EXPECT_EQ(again->head(), before.head());
    }
  }
}

TEST(Tiles, ProofsOutOfTilesHold) {
  base::Prng prng(4);
  const std::vector<Digest> leaves = random_leaves(prng, 66100);
  TileBuilder builder;
  const Files files = tree_of(leaves, prng, builder);
  for (int round = 0; round < 200; ++round) {
    TileHashes hashes(reader_of(files), leaves.size());
    const std::uint64_t index = prng.below(leaves.size());
    const auto inclusion = inclusion_proof(hashes.reader(), index, leaves.size());
    ASSERT_TRUE(inclusion.has_value()) << inclusion.error().message;
    EXPECT_TRUE(inclusion_holds(leaves[index], index, builder.head(), *inclusion));

    const std::uint64_t older_size = prng.below(leaves.size() + 1);
    const auto older_root = tree_root(hashes.reader(), older_size);
    ASSERT_TRUE(older_root.has_value());
    const auto consistency = consistency_proof(hashes.reader(), older_size, leaves.size());
    ASSERT_TRUE(consistency.has_value());
    EXPECT_TRUE(consistency_holds({older_size, *older_root}, builder.head(), *consistency));
    if (round % 10 == 0) {
      EXPECT_EQ(*older_root, root_of_leaves(std::span(leaves).first(older_size)));
    }
  }
}

TEST(Tiles, NodesOutsideTheTreeAreRefused) {
  base::Prng prng(5);
  TileBuilder builder;
  const Files files = tree_of(random_leaves(prng, 600), prng, builder);
  TileHashes hashes(reader_of(files), 600);
  EXPECT_TRUE(hashes.at({0, 599}).has_value());
  EXPECT_FALSE(hashes.at({0, 600}).has_value());
  EXPECT_TRUE(hashes.at({9, 0}).has_value());
  EXPECT_FALSE(hashes.at({9, 1}).has_value());
  EXPECT_FALSE(hashes.at({64, 0}).has_value());
  EXPECT_FALSE(hashes.at({200, 0}).has_value());
  EXPECT_FALSE(hashes.at({1, ~std::uint64_t{0}}).has_value());
}

TEST(Tiles, TheAuditNoticesAnyChangedTileAndAnyMissingOne) {
  base::Prng prng(6);
  TileBuilder builder;
  const Files whole = tree_of(random_leaves(prng, 66100), prng, builder);
  for (const auto& [path, content] : whole) {
    if (path.starts_with("tile/0") && !prng.chance(0.05)) continue;
    Files files = whole;
    files.erase(path);
    const auto missing = audit_tiles(reader_of(files), builder.head());
    ASSERT_FALSE(missing.has_value()) << path;
    EXPECT_NE(missing.error().message.find(path), std::string::npos) << missing.error().message;

    base::Bytes& changed = files[path] = content;
    changed[prng.below(changed.size())] ^= static_cast<std::uint8_t>(1 << prng.below(8));
    EXPECT_FALSE(audit_tiles(reader_of(files), builder.head()).has_value()) << path;
    changed = content;
    changed.pop_back();
    EXPECT_FALSE(audit_tiles(reader_of(files), builder.head()).has_value()) << path;
  }
  // The error names the tile that disagrees and the one it should be the hash of.
  Files files = whole;
  files["tile/0/017"][40] ^= 1;
  const auto audit = audit_tiles(reader_of(files), builder.head());
  ASSERT_FALSE(audit.has_value());
  EXPECT_EQ(audit.error().message, "tile/1/000: hash 17 is not that of tile/0/017");
}

TEST(Tiles, BundlesReadBackAndNothingElseDoes) {
  base::Prng prng(7);
  for (int round = 0; round < 100; ++round) {
    std::vector<base::Bytes> entries(prng.below(257));
    base::Bytes bundle;
    for (base::Bytes& entry : entries) {
      entry.resize(prng.chance(0.01) ? kMaxEntrySize : prng.below(60), 0x5a);
      put_bundle_entry(bundle, entry);
    }
    const auto read = bundle_entries(bundle, entries.size());
    ASSERT_TRUE(read.has_value());
    for (std::size_t i = 0; i < entries.size(); ++i) {
      EXPECT_TRUE(std::ranges::equal((*read)[i], entries[i]));
    }
    EXPECT_FALSE(bundle_entries(bundle, entries.size() + 1).has_value());
    if (entries.empty()) continue;
    EXPECT_FALSE(bundle_entries(bundle, entries.size() - 1).has_value());
    EXPECT_FALSE(bundle_entries(base::ByteView(bundle).first(bundle.size() - 1), entries.size())
                     .has_value());
  }
  const base::Bytes golden{0x00, 0x02, 'a', 'b', 0x00, 0x00};  // big-endian lengths
  base::Bytes bundle;
  put_bundle_entry(bundle, base::Bytes{'a', 'b'});
  put_bundle_entry(bundle, {});
  EXPECT_EQ(bundle, golden);
}

}  // namespace
}  // namespace liptako::seal
