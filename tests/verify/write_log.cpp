// Writes a log of many sizes, with tiles, bundles, signed and cosigned checkpoints, as a record folder
// holds them, for the stranger's verifier (verify.go): write_log FOLDER writes FOLDER/<size>/ and
// FOLDER/members.pub.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/check.hpp"
#include "base/prng.hpp"
#include "seal/checkpoint.hpp"
#include "seal/note.hpp"
#include "seal/tiles.hpp"

namespace {

using namespace liptako;

seal::SigningKey key_of(std::uint8_t seed) {
  std::array<std::uint8_t, seal::SigningKey::kSeedSize> bytes{};
  bytes.fill(seed);
  return seal::SigningKey::from_seed(bytes);
}

const seal::VerifierKey kLog{
    "mali.liptako.internal/log", seal::KeyType::ed25519, key_of(1).public_key()};
const seal::VerifierKey kWitness{
    "niger.liptako.internal/witness", seal::KeyType::cosignature, key_of(2).public_key()};

void write(const std::filesystem::path& path, base::ByteView content) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(content.data()),
             static_cast<std::streamsize>(content.size()));
  CHECK(file.good());
}

void write(const std::filesystem::path& path, std::string_view text) {
  write(path, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

std::string signed_checkpoint(const seal::TreeHead& tree) {
  seal::Note note{seal::checkpoint_text({kLog.name, tree.size, tree.root}), {}};
  note.signatures.push_back(seal::sign(note.text, kLog.name, key_of(1)));
  note.signatures.push_back(seal::cosign(note.text, kWitness.name, key_of(2), 1'750'000'000));
  return seal::to_string(note);
}

void write_log(const std::filesystem::path& folder, std::uint64_t size) {
  base::Prng prng(size);
  seal::TileBuilder builder;
  base::Bytes bundle;
  std::vector<seal::Tile> tiles;
  while (builder.size() < size) {
    base::Bytes entry(prng.below(100));
    for (auto& byte : entry) byte = static_cast<std::uint8_t>(prng.below(256));
    seal::put_bundle_entry(bundle, entry);
    const seal::Digest leaf = seal::leaf_hash(entry);
    builder.append({&leaf, 1}, tiles);
    if (builder.size() % seal::kTileWidth == 0) {
      write(folder / seal::entries_path(builder.size() / seal::kTileWidth - 1), bundle);
      bundle.clear();
    }
    if (builder.size() == size / 3) {
      write(folder / "checkpoints" / "earlier", signed_checkpoint(builder.head()));
    }
  }
  if (!bundle.empty()) {
    write(folder / seal::entries_path(size / seal::kTileWidth, size % seal::kTileWidth), bundle);
  }
  for (seal::Tile& tile : builder.partial()) tiles.push_back(std::move(tile));
  for (const seal::Tile& tile : tiles) write(folder / seal::tile_path(tile.id), tile.bytes());
  write(folder / "checkpoint", signed_checkpoint(builder.head()));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: write_log FOLDER\n", stderr);
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  for (const std::uint64_t size : {0, 1, 255, 256, 257, 700, 65537, 66100}) {
    write_log(folder / std::to_string(size), size);
  }
  write(folder / "members.pub", kLog.text() + "\n" + kWitness.text() + "\n");
  return 0;
}
