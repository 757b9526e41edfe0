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
  // Nobody finds hashes that fit, but where nothing has to be proved.
  const bool holds = seal::consistency_holds(older, newer, proof);
  CHECK(!holds || older.size == 0 || older == newer);
  CHECK(!seal::inclusion_holds(older.root, older.size, newer, proof) ||
        (newer.size == 1 && older.root == newer.root));
  CHECK(!seal::root_at(older.size, newer, proof).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read({reinterpret_cast<const char*>(data), size});
  prove({data, size});
  return 0;
}
