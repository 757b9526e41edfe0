// Any bytes as a proof file: what is read is written back to the same bytes, and proves nothing
// that it does not prove. And any hashes as proofs between any sizes.
#include <array>

#include "base/check.hpp"
#include "choices.hpp"
#include "seal/proof_file.hpp"

namespace {

using namespace liptako;

const std::array<std::uint8_t, seal::SigningKey::kSeedSize> kSeed{1};
// The log of the seeds: entry i is the byte i.
const std::vector<seal::VerifierKey> kKnown{
    {"mali.example/log", seal::KeyType::ed25519, seal::SigningKey::from_seed(kSeed).public_key()}};

void read(std::string_view text) {
  const auto file = seal::parse_proof_file(text);
  if (!file) return;
  CHECK(seal::to_string(*file) == text);
  const auto entry = static_cast<std::uint8_t>(file->index);
  const auto proved = seal::check_proof_file(*file, seal::leaf_hash({&entry, 1}), kKnown);
  if (!proved) return;
  // Only its key can have signed it, and it is the seeds' log.
  CHECK(proved->checkpoint.origin == kKnown[0].name && file->index < proved->checkpoint.size);
  const auto other = static_cast<std::uint8_t>(entry + 1);
  CHECK(!seal::check_proof_file(*file, seal::leaf_hash({&other, 1}), kKnown).has_value());
}

void prove(base::ByteView bytes) {
  fuzzing::Choices choices(bytes);
  seal::TreeHead older{choices.any<std::uint64_t>() >> choices.any<std::uint8_t>() % 64, {}};
  seal::TreeHead newer{choices.any<std::uint64_t>() >> choices.any<std::uint8_t>() % 64, {}};
  older.root = choices.any<seal::Digest>();
  newer.root = choices.any<seal::Digest>();
  seal::Proof proof;
  while (!choices.empty() && proof.size() < 70) proof.push_back(choices.any<seal::Digest>());
  // A fuzzer watches comparisons and so may find a root that fits; no proof fits two.
  seal::TreeHead other = newer;
  other.root[0] ^= 1;
  if (older.size > 0 && seal::consistency_holds(older, newer, proof))
    CHECK(!seal::consistency_holds(older, other, proof));
  if (seal::inclusion_holds(older.root, older.size, newer, proof))
    CHECK(!seal::inclusion_holds(older.root, older.size, other, proof));
  if (const auto root = seal::root_at(older.size, newer, proof))
    CHECK(seal::consistency_holds({older.size, *root}, newer, proof));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read({reinterpret_cast<const char*>(data), size});
  prove({data, size});
  return 0;
}
