#include "charter/enrolment.hpp"

#include <gtest/gtest.h>

#include "base/prng.hpp"

namespace liptako::charter {
namespace {

seal::SigningKey key_of(std::uint8_t number) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(number);
  return seal::SigningKey::from_seed(seed);
}

const std::string kName = "bamako.example/operator/oq-1";

seal::VerifierKey verifier(std::uint8_t number, seal::KeyType type = seal::KeyType::ed25519) {
  return {kName, type, key_of(number).public_key()};
}

const Enrolment kGood{"bamako", "oq-1", verifier(1), "0123456789abcdef"};

std::string signed_by(std::uint8_t number, const std::string& text) {
  seal::Note note{text, {}};
  note.signatures.push_back(seal::sign(note.text, kName, key_of(number)));
  return seal::to_string(note);
}

TEST(Enrolments, WhoHoldsTheKeyShowsIt) {
  const auto read = check_enrolment(signed_by(1, to_string(kGood)));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(read->node, "bamako");
  EXPECT_EQ(read->account, "oq-1");
  EXPECT_EQ(read->key, kGood.key);
  EXPECT_EQ(read->challenge, kGood.challenge);
}

TEST(Enrolments, AnothersSignatureShowsNothing) {
  EXPECT_FALSE(check_enrolment(signed_by(2, to_string(kGood))));
  // A line under the right name and ID that was not made with the key.
  std::string forged = signed_by(1, to_string(kGood));
  forged[forged.size() - 8] = forged[forged.size() - 8] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(check_enrolment(forged));
  // What was signed for one is nothing for another.
  std::string moved = signed_by(1, to_string(kGood));
  moved.replace(moved.find("oq-1\n"), 4, "oq-2");
  EXPECT_FALSE(check_enrolment(moved));
  EXPECT_FALSE(check_enrolment(to_string(kGood)));
}

TEST(Enrolments, OnlyTheTextItselfIsOne) {
  Enrolment witness = kGood;
  witness.key = verifier(1, seal::KeyType::cosignature);
  EXPECT_FALSE(check_enrolment(signed_by(1, to_string(witness))));
  const std::string text = to_string(kGood);
  EXPECT_FALSE(check_enrolment(signed_by(1, text + "more\n")));
  std::string other = text;
  other.replace(other.find("/v1"), 3, "/v2");
  EXPECT_FALSE(check_enrolment(signed_by(1, other)));
  EXPECT_FALSE(check_enrolment(signed_by(1, "liptako/act/v1\nnode bamako\n")))
      << "what a key signs for something else is no enrolment";
  for (const char* challenge : {"", "0123456789abcde", "0123456789ABCDEF", "0123456789abcdeg"})
    EXPECT_FALSE(is_challenge(challenge)) << challenge;
  EXPECT_FALSE(is_challenge(std::string(129, '0')));
}

TEST(Enrolments, NoBytesCrashIt) {
  base::Prng random(7);
  const std::string good = signed_by(1, to_string(kGood));
  for (int i = 0; i < 20'000; ++i) {
    std::string text = good.substr(0, random.below(good.size() + 1));
    for (int change = 0; change < 3 && !text.empty(); ++change)
      text[random.below(text.size())] = static_cast<char>(random.below(256));
    if (text != good) {
      (void)check_enrolment(text);
    }
  }
  EXPECT_TRUE(check_enrolment(good));
}

}  // namespace
}  // namespace liptako::charter
