// A Merkle tree on disk as [C2SP tlog-tiles] lays it out: tiles of up to 256 hashes at every eighth
// level, and bundles of the entries themselves. Paths, arithmetic, what to write when leaves come,
// and how to read hashes back. Files are the caller's, only their bytes are made here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "seal/merkle.hpp"

namespace liptako::seal {

inline constexpr unsigned kTileHeight = 8;
inline constexpr std::size_t kTileWidth = 256;  // hashes of a full tile: 8,192 bytes
inline constexpr unsigned kTileLevels = 8;      // levels 0..7 hold any tree of up to 2^64 leaves
inline constexpr std::size_t kDigestSize = 32;
inline constexpr std::size_t kMaxEntrySize = 65535;

// Tile `index` of `level`: its hash i covers leaves [(index * 256 + i) * 256^level, ... +
// 256^level). `width` is 256, or 1..255 for the rightmost tile of a tree that is not full.
struct TileId {
  unsigned level = 0;
  std::uint64_t index = 0;
  std::size_t width = kTileWidth;
  friend auto operator<=>(const TileId&, const TileId&) = default;
};

// Path inside the record folder: "tile/0/x001/x234/067" or "tile/1/000.p/5"; for the bundle of
// entries beside a tile of level 0, "tile/entries/x001/x234/067.p/5".
[[nodiscard]] std::string tile_path(const TileId& tile);
[[nodiscard]] std::string entries_path(std::uint64_t index, std::size_t width = kTileWidth);
// The one spelling that tile_path() writes, nothing else.
[[nodiscard]] std::optional<TileId> tile_from_path(std::string_view path);

// Hashes that level has in a tree of `size` leaves: floor(size / 256^level).
[[nodiscard]] std::uint64_t hashes_at_level(std::uint64_t size, unsigned level);
// A tile and its content, width * 32 bytes.
struct Tile {
  TileId id;
  std::vector<Digest> hashes;
  [[nodiscard]] base::ByteView bytes() const {
    return {reinterpret_cast<const std::uint8_t*>(hashes.data()), hashes.size() * kDigestSize};
  }
};

// How hashes are read back: the content of the file at a path ("tile/..."), or why not.
using TileReader = std::function<base::Result<base::Bytes>(const std::string& path)>;

// Takes leaf hashes in order and says what to write. It keeps only the open tile of each level, at
// most 8 * 255 hashes.
class TileBuilder {
 public:
  // Full tiles that these leaves complete are appended to `full`, children before parents; the
  // caller writes them.
  void append(std::span<const Digest> leaves, std::vector<Tile>& full);

  [[nodiscard]] std::uint64_t size() const { return size_; }
  // Costs up to 255 node hashes a level.
  [[nodiscard]] Digest root() const;
  [[nodiscard]] TreeHead head() const { return {size_, root()}; }
  // The partial tiles of the tree as it is: with the full ones, all of its tiles.
  [[nodiscard]] std::vector<Tile> partial() const;

  // As if `size` leaves had been appended, from their tiles. An open tile that is not there at the
  // width wanted is taken from the full one.
  [[nodiscard]] static base::Result<TileBuilder> resume(const TileReader& tiles,
                                                        std::uint64_t size);

 private:
  std::uint64_t size_ = 0;
  std::vector<std::vector<Digest>> open_;  // by level; each shorter than 256
};

// Reads the nodes of the tree of `size` leaves out of tiles, for proofs. Each tile is read once and
// kept while the object lives; its length is checked, its content is not (a proof that does not
// verify shows it, and audit_tiles() finds the place).
class TileHashes {
 public:
  TileHashes(TileReader tiles, std::uint64_t size);
  // Refuses nodes outside the tree.
  [[nodiscard]] base::Result<Digest> at(NodeId node);
  // Valid while this object lives.
  [[nodiscard]] HashReader reader() {
    return [this](NodeId node) { return at(node); };
  }

 private:
  [[nodiscard]] base::Result<std::vector<Digest>> load(const TileId& tile) const;
  TileReader tiles_;
  std::uint64_t size_;
  std::map<TileId, std::vector<Digest>> loaded_;
};

// The hashes of a tile, from its own file or, of a partial one, from the full tile that replaced
// it.
[[nodiscard]] base::Result<std::vector<Digest>> read_tile(const TileReader& tiles,
                                                          const TileId& tile);

// Reads every tile of the tree and checks each hash above level 0 against the tile below it, and
// the root. The error names the first tile that is missing or disagrees with one below it. Entries
// are the caller's to check against the tiles of level 0. Costs one node hash a leaf.
[[nodiscard]] base::Result<void> audit_tiles(const TileReader& tiles, const TreeHead& tree);

// An entry bundle: each entry behind its length as u16, big-endian. Requires entries of at most
// kMaxEntrySize.
void put_bundle_entry(base::Bytes& bundle, base::ByteView entry);
// The same for entries that are digests.
void put_bundle_digests(base::Bytes& bundle, std::span<const Digest> entries);
// Views into `bundle`; refuses a bundle that does not hold exactly `count` entries.
[[nodiscard]] base::Result<std::vector<base::ByteView>> bundle_entries(base::ByteView bundle,
                                                                       std::size_t count);

}  // namespace liptako::seal
