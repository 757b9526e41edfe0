#include "seal/tiles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/check.hpp"

namespace liptako::seal {

static_assert(sizeof(Digest) == kDigestSize && alignof(Digest) == 1);

namespace {

// 1234067 as "x001/x234/067", and ".p/<width>" behind a partial one.
std::string numbered(std::string path, std::uint64_t index, std::size_t width) {
  CHECK(width >= 1 && width <= kTileWidth);
  std::array<unsigned, 7> groups{};  // thousands of a 64-bit number, lowest first
  std::size_t count = 0;
  do {
    groups[count++] = static_cast<unsigned>(index % 1000);
    index /= 1000;
  } while (index > 0);
  while (count-- > 1) path += fmt::format("x{:03}/", groups[count]);
  path += fmt::format("{:03}", groups[0]);
  if (width < kTileWidth) path += fmt::format(".p/{}", width);
  return path;
}

// Digits at the beginning of `text`, which are taken from it; nothing if there are none or too many
// for a number that could be meant.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::size_t digits = 0;
  std::uint64_t number = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
    if (digits == 18) return std::nullopt;
    number = number * 10 + static_cast<std::uint64_t>(text[digits] - '0');
    ++digits;
  }
  if (digits == 0) return std::nullopt;
  text.remove_prefix(digits);
  return number;
}

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

std::string tile_path(const TileId& tile) {
  CHECK(tile.level < kTileLevels);
  return numbered(fmt::format("tile/{}/", tile.level), tile.index, tile.width);
}

std::string entries_path(std::uint64_t index, std::size_t width) {
  return numbered("tile/entries/", index, width);
}

std::optional<TileId> tile_from_path(std::string_view path) {
  std::string_view rest = path;
  if (!take(rest, "tile/")) return std::nullopt;
  const auto level = take_number(rest);
  if (!level || *level >= kTileLevels) return std::nullopt;
  TileId tile{static_cast<unsigned>(*level), 0, kTileWidth};
  bool more = true;
  while (more) {
    if (!take(rest, "/")) return std::nullopt;
    more = take(rest, "x");
    const auto group = take_number(rest);
    if (!group || *group > 999 || tile.index > (~std::uint64_t{0} - *group) / 1000) {
      return std::nullopt;
    }
    tile.index = tile.index * 1000 + *group;
  }
  if (take(rest, ".p/")) {
    const auto width = take_number(rest);
    if (!width || *width == 0 || *width >= kTileWidth) return std::nullopt;
    tile.width = *width;
  }
  // Leading zeros, groups of other than three digits and whatever is left over are other spellings.
  if (tile_path(tile) != path) return std::nullopt;
  return tile;
}

std::uint64_t hashes_at_level(std::uint64_t size, unsigned level) {
  return size >> (kTileHeight * level);
}

void TileBuilder::append(std::span<const Digest> leaves, std::vector<Tile>& full) {
  open_.resize(kTileLevels);
  size_ += leaves.size();
  std::array<Digest, kTileWidth / 2> row;
  while (!leaves.empty()) {
    const std::size_t count = std::min(kTileWidth - open_[0].size(), leaves.size());
    if (open_[0].capacity() < kTileWidth) open_[0].reserve(kTileWidth);
    open_[0].insert(
        open_[0].end(), leaves.begin(), leaves.begin() + static_cast<std::ptrdiff_t>(count));
    leaves = leaves.subspan(count);
    const std::uint64_t appended = size_ - leaves.size();
    for (unsigned level = 0; level < kTileLevels && open_[level].size() == kTileWidth; ++level) {
      node_hashes(open_[level], row);
      for (std::size_t width = row.size(); width > 1; width /= 2) {
        node_hashes(std::span(row).first(width), std::span(row).first(width / 2));
      }
      full.push_back({{level, hashes_at_level(appended, level) / kTileWidth - 1, kTileWidth},
                      std::move(open_[level])});
      open_[level].clear();
      if (level + 1 < kTileLevels) open_[level + 1].push_back(row[0]);
    }
  }
}

Digest TileBuilder::root() const {
  // What a level's open tile does not cover is the ragged rest to the right of it: one more leaf of
  // the tree over its hashes, since that tree splits where the whole one does.
  std::optional<Digest> rest;
  std::vector<Digest> row;
  for (const std::vector<Digest>& open : open_) {
    if (open.empty()) continue;
    row = open;
    if (rest) row.push_back(*rest);
    rest = root_of_leaves(row);
  }
  return rest.value_or(empty_root());
}

std::vector<Tile> TileBuilder::partial() const {
  std::vector<Tile> tiles;
  for (unsigned level = 0; level < open_.size(); ++level) {
    if (open_[level].empty()) continue;
    tiles.push_back(
        {{level, hashes_at_level(size_, level) / kTileWidth, open_[level].size()}, open_[level]});
  }
  return tiles;
}

base::Result<TileBuilder> TileBuilder::resume(const TileReader& tiles, std::uint64_t size) {
  TileBuilder builder;
  builder.size_ = size;
  builder.open_.resize(kTileLevels);
  for (unsigned level = 0; level < kTileLevels; ++level) {
    const std::uint64_t hashes = hashes_at_level(size, level);
    if (hashes % kTileWidth == 0) continue;
    auto open = read_tile(tiles, {level, hashes / kTileWidth, hashes % kTileWidth});
    if (!open) return std::unexpected(std::move(open.error()));
    builder.open_[level] = std::move(*open);
  }
  return builder;
}

base::Result<std::vector<Digest>> read_tile(const TileReader& tiles, const TileId& tile) {
  std::string path = tile_path(tile);
  auto content = tiles(path);
  if (!content && tile.width < kTileWidth) {
    std::string full_path = tile_path({tile.level, tile.index, kTileWidth});
    if (auto full = tiles(full_path)) {
      content = std::move(full);
      path = std::move(full_path);
    }
  }
  if (!content) return std::unexpected(std::move(content.error()));
  const auto file_tile = tile_from_path(path);
  CHECK(file_tile.has_value());
  if (content->size() != file_tile->width * kDigestSize) {
    return base::bad_input(fmt::format("{}: {} bytes where a tile of {} hashes has {}",
                                       path,
                                       content->size(),
                                       file_tile->width,
                                       file_tile->width * kDigestSize));
  }
  std::vector<Digest> hashes(tile.width);
  std::memcpy(hashes.data(), content->data(), tile.width * kDigestSize);
  return hashes;
}

TileHashes::TileHashes(TileReader tiles, std::uint64_t size)
    : tiles_(std::move(tiles)), size_(size) {}

base::Result<Digest> TileHashes::at(NodeId node) {
  if (node.level >= 64 || node.index >= size_ >> node.level) {
    return base::bad_input(fmt::format(
        "node {} of level {} is not in a tree of {} leaves", node.index, node.level, size_));
  }
  // The node is the root over 2^above neighbours in a tile.
  const unsigned level = node.level / kTileHeight;
  const unsigned above = node.level % kTileHeight;
  const std::uint64_t first = node.index << above;
  TileId tile{level, first / kTileWidth, kTileWidth};
  const std::uint64_t hashes = hashes_at_level(size_, level);
  if (hashes / kTileWidth == tile.index) tile.width = hashes % kTileWidth;
  auto found = loaded_.find(tile);
  if (found == loaded_.end()) {
    auto content = read_tile(tiles_, tile);
    if (!content) return std::unexpected(std::move(content.error()));
    found = loaded_.emplace(tile, std::move(*content)).first;
  }
  return root_of_leaves(
      std::span(found->second).subspan(first % kTileWidth, std::size_t{1} << above));
}

namespace {

// Whether the file of a tile holds what the tiles below it hash to.
base::Result<void> audit_tile(const TileReader& tiles, const Tile& rebuilt) {
  auto content = read_tile(tiles, rebuilt.id);
  if (!content) return std::unexpected(std::move(content.error()));
  const auto [differing, ours] = std::ranges::mismatch(*content, rebuilt.hashes);
  if (differing == content->end()) return {};
  const auto place = static_cast<std::uint64_t>(differing - content->begin());
  return base::bad_input(
      fmt::format("{}: hash {} is not that of {}",
                  tile_path(rebuilt.id),
                  place,
                  tile_path({rebuilt.id.level - 1, rebuilt.id.index * kTileWidth + place})));
}

}  // namespace

base::Result<void> audit_tiles(const TileReader& tiles, const TreeHead& tree) {
  TileBuilder builder;
  std::vector<Tile> full;
  while (builder.size() < tree.size) {
    const std::uint64_t left = tree.size - builder.size();
    auto leaves = read_tile(
        tiles, {0, builder.size() / kTileWidth, std::min<std::uint64_t>(left, kTileWidth)});
    if (!leaves) return std::unexpected(std::move(leaves.error()));
    full.clear();
    builder.append(*leaves, full);
    for (const Tile& tile : full) {
      if (tile.id.level == 0) continue;
      if (auto same = audit_tile(tiles, tile); !same) return same;
    }
  }
  for (const Tile& tile : builder.partial()) {
    if (tile.id.level == 0) continue;
    if (auto same = audit_tile(tiles, tile); !same) return same;
  }
  if (builder.root() != tree.root) {
    return base::bad_input(
        fmt::format("the tiles of {} leaves do not have the root of the checkpoint", tree.size));
  }
  return {};
}

void put_bundle_entry(base::Bytes& bundle, base::ByteView entry) {
  CHECK(entry.size() <= kMaxEntrySize);
  bundle.push_back(static_cast<std::uint8_t>(entry.size() >> 8));
  bundle.push_back(static_cast<std::uint8_t>(entry.size()));
  bundle.insert(bundle.end(), entry.begin(), entry.end());
}

void put_bundle_digests(base::Bytes& bundle, std::span<const Digest> entries) {
  const std::size_t begin = bundle.size();
  bundle.resize(begin + entries.size() * (2 + kDigestSize));
  std::uint8_t* to = bundle.data() + begin;
  for (const Digest& entry : entries) {
    *to++ = 0;
    *to++ = kDigestSize;
    std::memcpy(to, entry.data(), kDigestSize);
    to += kDigestSize;
  }
}

base::Result<std::vector<base::ByteView>> bundle_entries(base::ByteView bundle, std::size_t count) {
  std::vector<base::ByteView> entries;
  while (!bundle.empty()) {
    const std::size_t size =
        bundle.size() < 2 ? bundle.size() : std::size_t{bundle[0]} << 8 | bundle[1];
    if (bundle.size() < 2 + size) return base::bad_input("entry bundle: cut off inside an entry");
    if (entries.size() == count) break;
    entries.push_back(bundle.subspan(2, size));
    bundle = bundle.subspan(2 + size);
  }
  if (entries.size() != count || !bundle.empty()) {
    return base::bad_input(fmt::format("entry bundle: not {} entries", count));
  }
  return entries;
}

}  // namespace liptako::seal
