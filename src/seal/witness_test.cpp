#include "seal/witness.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/prng.hpp"
#include "seal/memory_storage_for_test.hpp"

namespace liptako::seal {
namespace {

SigningKey key_of(std::uint8_t seed) {
  std::array<std::uint8_t, SigningKey::kSeedSize> bytes{};
  bytes.fill(seed);
  return SigningKey::from_seed(bytes);
}

constexpr std::uint64_t kTime = 1'700'000'000;

// One history of a log. Two of them that share a beginning are a fork.
struct History {
  std::vector<Digest> leaves;

  [[nodiscard]] Digest root(std::uint64_t size) const {
    return root_of_leaves(std::span(leaves).first(size));
  }
  [[nodiscard]] HashReader hashes() const {
    return [this](NodeId node) -> base::Result<Digest> {
      return root_of_leaves(
          std::span(leaves).subspan(node.index << node.level, std::size_t{1} << node.level));
    };
  }
};

void grow(History& history, std::size_t count, base::Prng& prng) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t entry = prng.next();
    history.leaves.push_back(leaf_hash({reinterpret_cast<const std::uint8_t*>(&entry), 8}));
  }
}

const std::string kOrigin = "mali.example/log";

std::string signed_checkpoint(const History& history,
                              std::uint64_t size,
                              const std::string& origin = kOrigin,
                              std::uint8_t key = 1) {
  Note note{checkpoint_text({origin, size, history.root(size)}), {}};
  note.signatures.push_back(sign(note.text, origin, key_of(key)));
  return to_string(note);
}

std::string request_of(const History& history, std::uint64_t old_size, std::uint64_t size) {
  const auto request =
      witness_request(history.hashes(), old_size, signed_checkpoint(history, size));
  EXPECT_TRUE(request.has_value());
  return request.value_or("");
}

struct WitnessTest : ::testing::Test {
  WitnessTest() {
    witness.set_logs({{kOrigin, KeyType::ed25519, key_of(1).public_key()}});
    grow(history, 50, prng);
    fork = history;
    fork.leaves.resize(15);
    grow(fork, 40, prng);
  }
  base::Prng prng{1};
  MemoryStorage storage;
  Witness witness{"niger.example/witness", key_of(2), storage, "witness"};
  History history;
  History fork;  // shares the first fifteen entries
};

TEST_F(WitnessTest, CosignsALogThatGrows) {
  std::uint64_t last = 0;
  for (const std::uint64_t size : {0, 1, 7, 7, 8, 20, 50}) {
    const WitnessAnswer answer = witness.add_checkpoint(request_of(history, last, size), kTime);
    ASSERT_EQ(answer.verdict, WitnessVerdict::cosigned) << answer.body;
    EXPECT_EQ(answer.status(), 200);
    EXPECT_EQ(answer.origin, kOrigin);
    EXPECT_EQ(answer.fork, ForkSign::none);

    // The client's side: the line is good, and counted once however often it comes.
    Note note = *parse_note(signed_checkpoint(history, size));
    const std::vector keys{witness.verifier_key()};
    EXPECT_EQ(take_cosignatures(note, answer.body, keys), 1U);
    EXPECT_EQ(take_cosignatures(note, answer.body, keys), 1U);
    EXPECT_EQ(note.signatures.size(), 2U);
    const auto by = check_note(note, keys);
    ASSERT_TRUE(by.has_value());
    EXPECT_EQ(*by, (std::vector<KnownSignature>{{0, kTime}}));
    const auto latest = witness.latest(kOrigin);
    ASSERT_TRUE(latest.has_value() && latest->has_value());
    EXPECT_EQ(**latest, to_string(note));
    last = size;
  }
}

TEST_F(WitnessTest, TellsWhereItIsToAClientThatIsElsewhere) {
  ASSERT_EQ(witness.add_checkpoint(request_of(history, 0, 20), kTime).status(), 200);
  for (const std::uint64_t old : {0, 10, 30}) {
    const WitnessAnswer answer = witness.add_checkpoint(request_of(history, old, 40), kTime);
    EXPECT_EQ(answer.status(), 409);
    EXPECT_EQ(answer.body, "20\n");
    EXPECT_EQ(answer.content_type(), "text/x.tlog.size");
    EXPECT_EQ(answer.fork, ForkSign::none);
    EXPECT_EQ(size_of_conflict(answer.body), 20U);
  }
  EXPECT_EQ(witness.add_checkpoint(request_of(history, 10, 15), kTime).body, "20\n");
  EXPECT_FALSE(size_of_conflict("").has_value());
  EXPECT_FALSE(size_of_conflict("20").has_value());
  EXPECT_FALSE(size_of_conflict("020\n").has_value());
  EXPECT_FALSE(size_of_conflict("20\n\n").has_value());
}

TEST_F(WitnessTest, ASecondTreeOfTheSameSizeIsAProvedFork) {
  ASSERT_EQ(witness.add_checkpoint(request_of(history, 0, 20), kTime).status(), 200);
  const std::string request = request_of(fork, 20, 20);
  const WitnessAnswer answer = witness.add_checkpoint(request, kTime);
  EXPECT_EQ(answer.status(), 422);
  EXPECT_EQ(answer.fork, ForkSign::proved);
  EXPECT_EQ(answer.shown, request);
  EXPECT_EQ(parse_note(answer.held)->text, parse_note(signed_checkpoint(history, 20))->text);
  // Who believes the witness elsewhere is told where it is before anything is looked at.
  const WitnessAnswer elsewhere = witness.add_checkpoint(request_of(fork, 0, 20), kTime);
  EXPECT_EQ(elsewhere.status(), 409);
  EXPECT_EQ(elsewhere.body, "20\n");
  EXPECT_EQ(elsewhere.fork, ForkSign::none);
  EXPECT_EQ(elsewhere.shown, "");
  // The witness stays with what it saw first.
  EXPECT_EQ(witness.add_checkpoint(request_of(history, 20, 50), kTime).status(), 200);
}

TEST_F(WitnessTest, AForkThatGrewOnIsProvedByItsOwnProof) {
  ASSERT_EQ(witness.add_checkpoint(request_of(history, 0, 20), kTime).status(), 200);
  const WitnessAnswer answer = witness.add_checkpoint(request_of(fork, 20, 40), kTime);
  EXPECT_EQ(answer.status(), 422);
  EXPECT_EQ(answer.fork, ForkSign::proved);
}

TEST_F(WitnessTest, AProofThatShowsNothingIsOnlyASuspicion) {
  ASSERT_EQ(witness.add_checkpoint(request_of(history, 0, 20), kTime).status(), 200);
  auto request = *parse_witness_request(request_of(history, 20, 40));
  request.proof[1][3] ^= 1;
  WitnessAnswer answer = witness.add_checkpoint(to_string(request), kTime);
  EXPECT_EQ(answer.status(), 422);
  EXPECT_EQ(answer.fork, ForkSign::suspected);
  EXPECT_EQ(answer.shown, "");  // anyone can send as many of these as they like
  request.proof.clear();
  EXPECT_EQ(witness.add_checkpoint(to_string(request), kTime).fork, ForkSign::suspected);
  // A proof between sizes that are a power of two does not carry the older root.
  ASSERT_EQ(witness.add_checkpoint(request_of(history, 20, 32), kTime).status(), 200);
  answer = witness.add_checkpoint(request_of(fork, 32, 40), kTime);
  EXPECT_EQ(answer.status(), 422);
  EXPECT_EQ(answer.fork, ForkSign::suspected);
}

TEST_F(WitnessTest, ProofsWhereNoneIsDueAreRefused) {
  auto request = *parse_witness_request(request_of(history, 0, 20));
  request.proof.push_back(history.leaves[0]);
  WitnessAnswer answer = witness.add_checkpoint(to_string(request), kTime);
  EXPECT_EQ(answer.status(), 422);
  EXPECT_EQ(answer.fork, ForkSign::none);
  ASSERT_EQ(witness.add_checkpoint(request_of(history, 0, 20), kTime).status(), 200);
  request.old_size = 20;
  answer = witness.add_checkpoint(to_string(request), kTime);
  EXPECT_EQ(answer.status(), 422);
  EXPECT_EQ(answer.fork, ForkSign::none);
}

TEST_F(WitnessTest, AnEmptyTreeHasTheEmptyRoot) {
  Note note{checkpoint_text({kOrigin, 0, history.root(1)}), {}};
  note.signatures.push_back(sign(note.text, kOrigin, key_of(1)));
  const WitnessRequest request{0, {}, to_string(note)};
  EXPECT_EQ(witness.add_checkpoint(to_string(request), kTime).status(), 422);
}

TEST_F(WitnessTest, StrangersAreTurnedAway) {
  const auto ask = [&](const std::string& checkpoint) {
    return witness.add_checkpoint(to_string(WitnessRequest{0, {}, checkpoint}), kTime);
  };
  EXPECT_EQ(ask(signed_checkpoint(history, 5, "togo.example/log", 1)).status(), 404);
  EXPECT_EQ(ask(signed_checkpoint(history, 5, kOrigin, 3)).status(), 403);  // an unknown key
  Note note = *parse_note(signed_checkpoint(history, 5));
  note.signatures[0].bytes[5] ^= 1;  // a known key's bad signature
  EXPECT_EQ(ask(to_string(note)).status(), 403);
  note = *parse_note(signed_checkpoint(history, 5));
  note.signatures.insert(note.signatures.begin(),
                         sign(note.text, "someone.example/else", key_of(9)));
  EXPECT_EQ(ask(to_string(note)).status(), 200);  // others' lines are ignored,
  EXPECT_EQ((*witness.latest(kOrigin))->find("someone.example"), std::string::npos);  // not kept
  EXPECT_TRUE(witness.latest("togo.example/log").has_value());
  EXPECT_FALSE(witness.latest("togo.example/log")->has_value());
}

TEST_F(WitnessTest, MalformedRequestsAreRefused) {
  const std::string checkpoint = signed_checkpoint(history, 5);
  std::string hashes;
  for (std::size_t i = 0; i <= kMaxProofHashes; ++i) {
    hashes += "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
  }
  const std::vector<std::string> bad{
      "",
      "old 0",
      "old 0\n",
      "old 0\n\n",
      "old 0\n\nno note\n",
      "old 0\n" + checkpoint,
      "old\n\n" + checkpoint,
      "old 00\n\n" + checkpoint,
      "old -1\n\n" + checkpoint,
      "old 1 \n\n" + checkpoint,
      "Old 0\n\n" + checkpoint,
      "old 0\nCsUY\n\n" + checkpoint,
      "old 0\n" + hashes + "\n" + checkpoint,
      "old 0\n\n" + checkpoint + std::string(kMaxWitnessRequest, 'x'),
      "old 6\n\n" + checkpoint};  // larger than the checkpoint
  for (const std::string& request : bad) {
    EXPECT_EQ(witness.add_checkpoint(request, kTime).status(), 400) << request;
  }
  Note note{"no checkpoint\n", {}};
  note.signatures.push_back(sign(note.text, kOrigin, key_of(1)));
  EXPECT_EQ(
      witness.add_checkpoint(to_string(WitnessRequest{0, {}, to_string(note)}), kTime).status(),
      400);
  EXPECT_TRUE(storage.files.empty());
}

TEST_F(WitnessTest, RequestsReadBack) {
  for (int round = 0; round < 50; ++round) {
    const std::uint64_t size = prng.below(51);
    const std::string text = request_of(history, prng.below(size + 1), size);
    const auto request = parse_witness_request(text);
    ASSERT_TRUE(request.has_value());
    EXPECT_EQ(to_string(*request), text);
  }
  EXPECT_FALSE(witness_request(history.hashes(), 6, signed_checkpoint(history, 5)).has_value());
  EXPECT_FALSE(witness_request(history.hashes(), 0, "no note").has_value());
}

TEST_F(WitnessTest, NothingIsSignedThatIsNotKept) {
  storage.fault = MemoryStorage::Fault::before_writing;
  WitnessAnswer answer = witness.add_checkpoint(request_of(history, 0, 20), kTime);
  EXPECT_EQ(answer.status(), 500);
  EXPECT_EQ(answer.body.find("niger.example"), std::string::npos);
  storage.fault = MemoryStorage::Fault::none;
  // Nothing was seen, so anything may come.
  EXPECT_EQ(witness.add_checkpoint(request_of(fork, 0, 20), kTime).status(), 200);
}

TEST_F(WitnessTest, WhatItCannotReadItDoesNotForget) {
  ASSERT_EQ(witness.add_checkpoint(request_of(history, 0, 20), kTime).status(), 200);
  storage.unreadable = true;
  EXPECT_EQ(witness.add_checkpoint(request_of(fork, 0, 20), kTime).status(), 500);
  EXPECT_FALSE(witness.latest(kOrigin).has_value());
  storage.unreadable = false;
  base::Bytes& file = storage.files.begin()->second;
  const base::Bytes whole = file;
  for (int round = 0; round < 200; ++round) {
    file = whole;
    if (prng.chance(0.3)) {
      file.resize(prng.below(file.size()));
    } else {
      file[prng.below(file.size())] ^= static_cast<std::uint8_t>(1 << prng.below(8));
    }
    const WitnessAnswer answer = witness.add_checkpoint(request_of(history, 20, 50), kTime);
    EXPECT_EQ(answer.status(), 500);
  }
  file = whole;
  EXPECT_EQ(witness.add_checkpoint(request_of(history, 20, 50), kTime).status(), 200);
}

TEST_F(WitnessTest, ANewKeyOfTheWitnessOrTheLogGoesOnWhereTheOldOneWas) {
  ASSERT_EQ(witness.add_checkpoint(request_of(history, 0, 20), kTime).status(), 200);
  Witness renewed("niger.example/witness", key_of(4), storage, "witness");
  renewed.set_logs({{kOrigin, KeyType::ed25519, key_of(5).public_key()}});
  const auto request =
      witness_request(history.hashes(), 20, signed_checkpoint(history, 30, kOrigin, 5));
  EXPECT_EQ(renewed.add_checkpoint(*request, kTime).status(), 200);
  EXPECT_EQ(renewed.add_checkpoint(request_of(history, 30, 40), kTime).status(), 403);
}

TEST_F(WitnessTest, CosignaturesThatAreNoneAreNotTaken) {
  const WitnessAnswer answer = witness.add_checkpoint(request_of(history, 0, 20), kTime);
  const Note note = *parse_note(signed_checkpoint(history, 20));
  const std::vector keys{witness.verifier_key()};
  const auto take = [&](const std::string& body) {
    Note copy = note;
    auto count = take_cosignatures(copy, body, keys);
    if (!count) {
      EXPECT_EQ(copy.signatures, note.signatures);
    }
    return count;
  };
  EXPECT_EQ(take(answer.body), 1U);
  EXPECT_FALSE(take("").has_value());
  EXPECT_FALSE(take("\n").has_value());
  EXPECT_FALSE(take(answer.body.substr(0, answer.body.size() - 1)).has_value());
  EXPECT_FALSE(take(answer.body + "20\n").has_value());
  std::string many;
  for (std::size_t i = 0; i <= kMaxNoteSignatures; ++i) many += answer.body;
  EXPECT_FALSE(take(many).has_value());
  // A known witness' bad signature spoils all; unknown ones are dropped.
  EXPECT_FALSE(
      take(to_string(cosign("other\n", "niger.example/witness", key_of(2), kTime))).has_value());
  EXPECT_EQ(
      take(to_string(cosign(note.text, "togo.example/witness", key_of(7), kTime)) + answer.body),
      1U);
  EXPECT_EQ(take(to_string(cosign(note.text, "togo.example/witness", key_of(7), kTime))), 0U);
}

// Random histories of an honest log and of one that forks again and again, on a disk that fails
// and with a witness that restarts. The oracle keeps every checkpoint that was cosigned and asks
// of each pair whether one history holds both.
TEST(WitnessModel, NeverSignsTwoThatDoNotGoTogether) {
  std::size_t cosigned_count = 0;
  std::size_t proved_count = 0;
  std::size_t suspected_count = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    base::Prng prng(seed);
    MemoryStorage storage;
    const auto fresh = [&] {
      Witness made("niger.example/witness", key_of(2), storage, "witness");
      made.set_logs({{kOrigin, KeyType::ed25519, key_of(1).public_key()}});
      return made;
    };
    Witness witness = fresh();
    const bool honest = seed % 3 == 0;
    std::vector<History> histories(1);
    grow(histories[0], 1 + prng.below(20), prng);
    std::vector<TreeHead> cosigned;
    for (int step = 0; step < 60; ++step) {
      if (prng.chance(0.1)) witness = fresh();
      if (!honest && histories.size() < 6 && prng.chance(0.15)) {
        History branch = histories[prng.below(histories.size())];
        branch.leaves.resize(prng.below(branch.leaves.size() + 1));
        grow(branch, 1 + prng.below(10), prng);
        histories.push_back(std::move(branch));
      }
      History& history = histories[prng.below(histories.size())];
      if (prng.chance(0.5)) grow(history, prng.below(12), prng);
      const std::uint64_t size =
          prng.chance(0.6) ? history.leaves.size() : prng.below(history.leaves.size() + 1);
      const auto held = witness.latest(kOrigin);
      ASSERT_TRUE(held.has_value());
      const std::uint64_t last =
          *held ? parse_checkpoint(parse_note(**held)->text)->size : std::uint64_t{0};
      const std::uint64_t old = prng.chance(0.8) ? std::min(last, size) : prng.below(size + 1);
      WitnessRequest request = *parse_witness_request(request_of(history, old, size));
      const bool spoiled = prng.chance(0.1);
      if (spoiled && !request.proof.empty()) request.proof[0][0] ^= 1;
      if (prng.chance(0.05)) request.proof.clear();
      storage.fault = prng.chance(0.9)   ? MemoryStorage::Fault::none
                      : prng.chance(0.5) ? MemoryStorage::Fault::before_writing
                                         : MemoryStorage::Fault::after_writing;
      const WitnessAnswer answer = witness.add_checkpoint(to_string(request), kTime);
      if (answer.verdict == WitnessVerdict::cosigned) {
        cosigned.push_back({size, history.root(size)});
        ++cosigned_count;
      }
      if (honest) {
        EXPECT_NE(answer.fork, ForkSign::proved) << "seed " << seed << " step " << step;
      }
      proved_count += answer.fork == ForkSign::proved ? 1 : 0;
      suspected_count += answer.fork == ForkSign::suspected ? 1 : 0;
      // An honest client that asks where the witness is and brings a good proof is always served.
      if (honest && storage.fault == MemoryStorage::Fault::none) {
        auto served = witness.add_checkpoint(request_of(history, 0, history.leaves.size()), kTime);
        if (const auto at = size_of_conflict(served.body)) {
          served = witness.add_checkpoint(request_of(history, *at, history.leaves.size()), kTime);
        }
        EXPECT_EQ(served.status(), 200) << "seed " << seed << " step " << step;
        cosigned.push_back({history.leaves.size(), history.root(history.leaves.size())});
      }
    }
    std::vector<unsigned> held_by;  // a bit for each history
    for (const TreeHead& head : cosigned) {
      unsigned mask = 0;
      for (std::size_t i = 0; i < histories.size(); ++i) {
        if (head.size <= histories[i].leaves.size() && histories[i].root(head.size) == head.root) {
          mask |= 1U << i;
        }
      }
      held_by.push_back(mask);
    }
    for (std::size_t a = 0; a < held_by.size(); ++a) {
      for (std::size_t b = 0; b <= a; ++b) {
        EXPECT_NE(held_by[a] & held_by[b], 0U)
            << "seed " << seed << ": sizes " << cosigned[a].size << " and " << cosigned[b].size;
      }
    }
  }
  // The histories were worth the name.
  EXPECT_GT(cosigned_count, 300U);
  EXPECT_GT(proved_count, 100U);
  EXPECT_GT(suspected_count, 50U);
}

}  // namespace
}  // namespace liptako::seal
