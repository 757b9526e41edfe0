// What the stranger's verifier (verify.go) reads. `write_log FOLDER` writes logs of several sizes,
// made of entries of any form, to FOLDER/<size>/; a record as a node keeps it, opened twice and
// cosigned as it grew, to FOLDER/record/; and the keys to FOLDER/members.pub.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/check.hpp"
#include "base/prng.hpp"
#include "io/file_storage.hpp"
#include "record/log.hpp"
#include "record/writer.hpp"
#include "seal/checkpoint.hpp"
#include "seal/note.hpp"
#include "seal/tiles.hpp"
#include "seal/witness.hpp"

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

record::EntryView entry_of(base::ByteView payload) {
  record::EntryView entry;
  entry.kind = record::EntryKind::datagram;
  entry.payload = payload;
  return entry;
}

// A node's input stream with its log. About one checkpoint in three is shown to a witness.
class Recorder {
 public:
  Recorder(base::Storage& disk, seal::Witness& witness)
      : disk_(disk),
        witness_(witness),
        writer_(record::Writer::open(disk, {.salt = 1, .commit = true}).value()),
        log_(record::Log::open(disk,
                               {.origin = kLog.name, .key = key_of(1), .former_keys = {}},
                               {writer_.opened().first_sequence, writer_.next_sequence()})) {}

  void grow(base::Prng& prng) {
    for (std::uint64_t count = prng.below(4000); count > 0; --count) {
      base::Bytes payload(prng.below(100));
      for (auto& byte : payload) byte = static_cast<std::uint8_t>(prng.below(256));
      CHECK(writer_.append(entry_of(payload)).has_value());
    }
    CHECK(writer_.flush().has_value() && writer_.sync().has_value());
    log_.append(writer_.take_commitments());
    checkpoint();
    if (!prng.chance(0.3)) return;
    const auto held = witness_.latest(kLog.name).value();
    const auto request = record::make_witness_request(
        disk_, held ? seal::parse_checkpoint(seal::parse_note(*held)->text)->size : 0);
    const auto answer = witness_.add_checkpoint(request.value(), 1'750'000'000);
    CHECK(answer.status() == 200);
    CHECK(log_.add_cosignatures(log_.checkpoint_size(), answer.body, std::span(&kWitness, 1))
              .value() == 1);
    checkpoint();
  }

 private:
  void checkpoint() {
    now_ += std::chrono::minutes(20);
    if (auto work = log_.take_all(base::timestamp_from_ns(now_.count()), now_)) {
      const auto written = record::Log::write(disk_, *work);
      CHECK(written.has_value());
      log_.finish(std::move(*work), written);
    }
    CHECK(!log_.trouble());
  }
  base::Storage& disk_;
  seal::Witness& witness_;
  record::Writer writer_;
  record::Log log_;
  base::Duration now_{};
};

void write_record(const std::filesystem::path& folder) {
  base::Prng prng(1);
  const auto witness_disk = io::FileStorage::open(folder / "witness").value();
  seal::Witness witness(kWitness.name, key_of(2), *witness_disk, "seen");
  witness.set_logs({kLog});
  for (int opening = 0; opening < 2; ++opening) {
    const auto disk = io::FileStorage::open(folder / "record").value();
    Recorder recorder(*disk, witness);
    for (int turn = 0; turn < 10; ++turn) recorder.grow(prng);
  }
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
  write_record(folder);
  write(folder / "members.pub", kLog.text() + "\n" + kWitness.text() + "\n");
  return 0;
}
