// Any bytes as a request to a witness and as the answer of one; and histories drawn from the bytes,
// of a log that forks: whatever it is asked, the witness never signs two checkpoints that no one
// history holds.
#include <array>

#include "base/check.hpp"
#include "choices.hpp"
#include "seal/memory_storage_for_test.hpp"
#include "seal/witness.hpp"

namespace {

using namespace liptako;

seal::SigningKey key_of(std::uint8_t seed) {
  std::array<std::uint8_t, seal::SigningKey::kSeedSize> bytes{};
  bytes.fill(seed);
  return seal::SigningKey::from_seed(bytes);
}

const std::string kOrigin = "mali.example/log";
const seal::SigningKey kLogKey = key_of(1);
constexpr std::uint64_t kTime = 1'700'000'000;

seal::Witness make_witness(seal::MemoryStorage& storage) {
  seal::Witness witness("niger.example/witness", key_of(2), storage, "witness");
  witness.set_logs({{kOrigin, seal::KeyType::ed25519, kLogKey.public_key()}});
  return witness;
}

// Two histories part after `fork` entries.
std::vector<seal::Digest> leaves_of(std::uint8_t branch, std::size_t fork, std::size_t count) {
  std::vector<seal::Digest> leaves;
  for (std::size_t i = 0; i < count; ++i) {
    const std::array entry{static_cast<std::uint8_t>(i),
                           i < fork ? std::uint8_t{0} : static_cast<std::uint8_t>(1 + branch)};
    leaves.push_back(seal::leaf_hash(entry));
  }
  return leaves;
}

seal::HashReader reader_of(const std::vector<seal::Digest>& leaves) {
  return [&leaves](seal::NodeId node) -> base::Result<seal::Digest> {
    return seal::root_of_leaves(
        std::span(leaves).subspan(node.index << node.level, std::size_t{1} << node.level));
  };
}

constexpr std::size_t kLength = 40;

// The signed checkpoints of two histories that part after `fork` entries. Signing is slow here, so
// each is made once.
struct Histories {
  std::array<std::vector<seal::Digest>, 2> leaves;
  std::array<std::vector<std::string>, 2> checkpoints;  // by size
  explicit Histories(std::size_t fork) {
    for (std::size_t branch = 0; branch < 2; ++branch) {
      leaves[branch] = leaves_of(static_cast<std::uint8_t>(branch), fork, kLength);
      for (std::size_t size = 0; size <= kLength; ++size) {
        const seal::Digest root = seal::root_of_leaves(std::span(leaves[branch]).first(size));
        seal::Note note{seal::checkpoint_text({kOrigin, size, root}), {}};
        note.signatures.push_back(seal::sign(note.text, kOrigin, kLogKey));
        checkpoints[branch].push_back(seal::to_string(note));
      }
    }
  }
};

void ask_anything(std::string_view text) {
  if (const auto request = seal::parse_witness_request(text)) {
    CHECK(seal::to_string(*request) == text);
  }
  seal::MemoryStorage storage;
  seal::Witness witness = make_witness(storage);
  const auto answer = witness.add_checkpoint(text, kTime);
  CHECK(answer.fork == seal::ForkSign::none);  // of a log seen for the first time
  CHECK(!answer.body.empty() && answer.body.ends_with('\n'));

  // What anybody may answer to a log.
  static const seal::Note kEmpty = [] {
    seal::Note empty{seal::checkpoint_text({kOrigin, 0, seal::empty_root()}), {}};
    empty.signatures.push_back(seal::sign(empty.text, kOrigin, kLogKey));
    return empty;
  }();
  seal::Note note = kEmpty;
  const std::vector known{witness.verifier_key()};
  const auto taken = seal::take_cosignatures(note, text, known);
  CHECK(seal::check_note(note, known).has_value());
  CHECK(note.signatures.size() == 1 + taken.value_or(0));
  if (const auto at = seal::size_of_conflict(text)) CHECK(*at <= seal::kMaxTreeSize);
}

void ask_about_histories(base::ByteView bytes) {
  fuzzing::Choices choices(bytes);
  seal::MemoryStorage storage;
  seal::Witness witness = make_witness(storage);
  static const std::array kHistories{Histories(0), Histories(7), Histories(15)};
  static constexpr std::array<std::size_t, 3> kForks{0, 7, 15};
  const std::size_t which = choices.below(3);
  const std::size_t fork = kForks[which];
  unsigned possible = 3;  // a bit for each history that holds all that was signed
  for (int step = 0; step < 12 && !choices.empty(); ++step) {
    const std::uint8_t branch = choices.any<std::uint8_t>() % 2;
    const std::vector<seal::Digest>& leaves = kHistories[which].leaves[branch];
    const std::size_t size = choices.below(kLength + 1);
    const std::size_t old = std::min<std::size_t>(choices.below(kLength + 1), size);
    auto proof = seal::consistency_proof(reader_of(leaves), old, size);
    CHECK(proof.has_value());
    const std::uint8_t harm = choices.any<std::uint8_t>();
    if (harm % 4 == 1 && !proof->empty())
      (*proof)[harm / 4 % proof->size()] = choices.any<seal::Digest>();
    if (harm % 4 == 2) proof->push_back(choices.any<seal::Digest>());
    if (harm % 4 == 3 && !proof->empty()) proof->pop_back();
    const auto answer =
        witness.add_checkpoint(seal::to_string(seal::WitnessRequest{
                                   old, *proof, kHistories[which].checkpoints[branch][size]}),
                               kTime);
    if (answer.verdict == seal::WitnessVerdict::cosigned) {
      possible &= size <= fork ? 3U : 1U << branch;
      CHECK(possible != 0);
    }
    // It accuses a log of nothing that the log did not do.
    if (answer.fork == seal::ForkSign::proved) CHECK(possible != 3 && size > fork);
    if (choices.any<std::uint8_t>() % 8 == 0) witness = make_witness(storage);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ask_anything({reinterpret_cast<const char*>(data), size});
  ask_about_histories({data, size});
  return 0;
}
