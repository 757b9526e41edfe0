#include "seal/proof_file.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/prng.hpp"
#include "seal/ed25519.hpp"

namespace liptako::seal {
namespace {

SigningKey key_of(std::uint8_t seed) {
  std::array<std::uint8_t, SigningKey::kSeedSize> bytes{};
  bytes.fill(seed);
  return SigningKey::from_seed(bytes);
}

// A log of 100 entries, its signed checkpoint and a proof of entry 37.
struct Log {
  std::string origin = "mali.example/log";
  std::string witness = "niger.example/witness";
  std::vector<VerifierKey> keys{{origin, KeyType::ed25519, key_of(1).public_key()},
                                {witness, KeyType::cosignature, key_of(2).public_key()}};
  std::vector<Digest> leaves;
  ProofFile file;

  Log() {
    base::Prng prng(1);
    for (int i = 0; i < 100; ++i) {
      base::Bytes entry(prng.below(50));
      leaves.push_back(leaf_hash(entry));
    }
    leaves[37] = leaf_hash(base::Bytes{3, 7});
    Note note{checkpoint_text({origin, leaves.size(), root_of_leaves(leaves)}), {}};
    note.signatures.push_back(sign(note.text, origin, key_of(1)));
    note.signatures.push_back(cosign(note.text, witness, key_of(2), 1'700'000'000));
    const HashReader hashes = [this](NodeId node) -> base::Result<Digest> {
      return root_of_leaves(
          std::span(leaves).subspan(node.index << node.level, std::size_t{1} << node.level));
    };
    file = {{1, 2, 3}, 37, *inclusion_proof(hashes, 37, leaves.size()), to_string(note)};
  }
};

TEST(ProofFile, ReadsBackAndVerifies) {
  const Log log;
  const std::string text = to_string(log.file);
  EXPECT_TRUE(text.starts_with("c2sp.org/tlog-proof@v1\nextra AQID\nindex 37\n"));
  const auto file = parse_proof_file(text);
  ASSERT_TRUE(file.has_value()) << file.error().message;
  EXPECT_EQ(*file, log.file);
  const auto proved = check_proof_file(*file, log.leaves[37], log.keys);
  ASSERT_TRUE(proved.has_value()) << proved.error().message;
  EXPECT_EQ(proved->checkpoint.size, 100U);
  EXPECT_EQ(proved->signatures, (std::vector<KnownSignature>{{0, 0}, {1, 1'700'000'000}}));
}

TEST(ProofFile, WithoutExtraDataTheLineIsLeftOut) {
  Log log;
  log.file.extra.clear();
  const std::string text = to_string(log.file);
  EXPECT_TRUE(text.starts_with("c2sp.org/tlog-proof@v1\nindex 37\n"));
  EXPECT_EQ(parse_proof_file(text), log.file);
}

TEST(ProofFile, AnotherLeafIndexOrKeyIsRefused) {
  Log log;
  EXPECT_FALSE(check_proof_file(log.file, log.leaves[38], log.keys).has_value());
  ProofFile other = log.file;
  other.index = 38;
  EXPECT_FALSE(check_proof_file(other, log.leaves[37], log.keys).has_value());
  other = log.file;
  other.proof.pop_back();
  EXPECT_FALSE(check_proof_file(other, log.leaves[37], log.keys).has_value());

  // The witness alone does not make it the log's.
  EXPECT_FALSE(
      check_proof_file(log.file, log.leaves[37], std::span(log.keys).subspan(1)).has_value());
  EXPECT_FALSE(check_proof_file(log.file, log.leaves[37], {}).has_value());
  // Nor does a good signature by a known key of another name.
  std::vector<VerifierKey> keys = log.keys;
  keys[0].name = "togo.example/log";
  Note note = *parse_note(log.file.checkpoint);
  note.signatures.push_back(sign(note.text, keys[0].name, key_of(1)));
  other = log.file;
  other.checkpoint = to_string(note);
  EXPECT_FALSE(check_proof_file(other, log.leaves[37], keys).has_value());
  EXPECT_TRUE(check_proof_file(other, log.leaves[37], log.keys).has_value());
}

TEST(ProofFile, AnyChangedCharacterFailsSomewhereButInTheExtraData) {
  const Log log;
  const std::string text = to_string(log.file);
  const std::size_t extra_begin = text.find("extra ");
  const std::size_t extra_end = text.find("index");
  base::Prng prng(2);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i >= extra_begin && i < extra_end) continue;
    std::string changed = text;
    changed[i] = static_cast<char>(changed[i] ^ (1 << prng.below(7)));
    const auto file = parse_proof_file(changed);
    if (!file) continue;
    const auto proved = check_proof_file(*file, log.leaves[37], log.keys);
    // A signature line whose key is no longer known is ignored, so a cosignature can get lost.
    EXPECT_TRUE(!proved.has_value() || proved->signatures.size() == 1) << i << "\n" << changed;
  }
}

TEST(ProofFile, OtherTextIsRefused) {
  const Log log;
  const std::string rest = "index 0\n\n" + log.file.checkpoint;
  EXPECT_TRUE(parse_proof_file("c2sp.org/tlog-proof@v1\n" + rest).has_value());
  std::string hashes;
  for (std::size_t i = 0; i <= kMaxProofHashes; ++i) {
    hashes += "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
  }
  const std::vector<std::string> bad{
      "",
      "c2sp.org/tlog-proof@v2\n" + rest,
      "c2sp.org/tlog-proof@v1",
      "c2sp.org/tlog-proof@v1\nextra \n" + rest,
      "c2sp.org/tlog-proof@v1\nextra AQ\n" + rest,
      "c2sp.org/tlog-proof@v1\nextra AQID\nextra AQID\n" + rest,
      "c2sp.org/tlog-proof@v1\nindex\n\n" + log.file.checkpoint,
      "c2sp.org/tlog-proof@v1\nindex 00\n\n" + log.file.checkpoint,
      "c2sp.org/tlog-proof@v1\nindex -1\n\n" + log.file.checkpoint,
      "c2sp.org/tlog-proof@v1\nindex 0\n" + log.file.checkpoint,
      "c2sp.org/tlog-proof@v1\nindex 0\n\n",
      "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\n" + log.file.checkpoint,
      "c2sp.org/tlog-proof@v1\nindex 0\n" + hashes + "\n" + log.file.checkpoint};
  for (const std::string& text : bad) EXPECT_FALSE(parse_proof_file(text).has_value()) << text;
}

}  // namespace
}  // namespace liptako::seal
