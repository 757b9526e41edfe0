#include "seal/note.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/prng.hpp"
#include "seal/base64.hpp"

namespace liptako::seal {
namespace {

SigningKey key_of(std::uint8_t number) {
  std::array<std::uint8_t, SigningKey::kSeedSize> seed{};
  seed.fill(number);
  return SigningKey::from_seed(seed);
}

VerifierKey known(std::string_view name, std::uint8_t number, KeyType type = KeyType::ed25519) {
  return {std::string(name), type, key_of(number).public_key()};
}

constexpr std::string_view kText =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n";

TEST(Note, TheKeyOfThePublishedExampleHasItsId) {
  // The verifier key in the format's description [C2SP signed-note, Format].
  const auto key =
      VerifierKey::parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_EQ(key->name, "PeterNeumann");
  EXPECT_EQ(key->id(), 0xc74f20a3u);
  EXPECT_EQ(key->text(), "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
}

TEST(Note, ThePublishedExampleOpens) {
  const std::string note =
      std::string(kText) +
      "\n\u2014 PeterNeumann "
      "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngo"
      "tpRZb6KE6RyyBwJnAM=\n";
  const auto key =
      VerifierKey::parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
  ASSERT_TRUE(key);
  const auto opened = open_note(note, std::span(&*key, 1));
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->text, kText);
  EXPECT_EQ(to_string(*opened), note);
}

TEST(Note, SignedOpensWithTheKeyAndWithNoOther) {
  Note note{std::string(kText), {sign(kText, "a.example/node", key_of(1))}};
  const std::string bytes = to_string(note);
  const std::vector<VerifierKey> keys{known("a.example/node", 1)};
  EXPECT_TRUE(open_note(bytes, keys));
  // Another key of the same name, and the same key under another name, are unknown.
  EXPECT_FALSE(open_note(bytes, std::vector{known("a.example/node", 2)}));
  EXPECT_FALSE(open_note(bytes, std::vector{known("b.example/node", 1)}));
  EXPECT_FALSE(open_note(bytes, {}));
}

TEST(Note, UnknownKeysAreCarriedAndIgnored) {
  Note note{std::string(kText), {}};
  for (std::uint8_t i = 0; i < 20; ++i) {  // sixteen and more are accepted
    note.signatures.push_back(sign(kText, fmt::format("k{}.example", i), key_of(i)));
  }
  note.signatures.push_back({"future.example", 7, base::Bytes(2420, 1)});
  const auto parsed = parse_note(to_string(note));
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->signatures, note.signatures);
  const auto good =
      check_note(*parsed, std::vector{known("k3.example", 3), known("k17.example", 17)});
  ASSERT_TRUE(good);
  EXPECT_EQ(*good, (std::vector<KnownSignature>{{0, 0}, {1, 0}}));
}

TEST(Note, ABadSignatureByAKnownKeySpoilsTheNote) {
  Note note{std::string(kText), {sign(kText, "a.example", key_of(1))}};
  note.signatures.push_back(sign("Another text.\n", "b.example", key_of(2)));
  EXPECT_TRUE(check_note(note, std::vector{known("a.example", 1)}));
  EXPECT_FALSE(check_note(note, std::vector{known("a.example", 1), known("b.example", 2)}));
  // Also when the same key has a good one as well, in either order.
  note.signatures.push_back(sign(kText, "b.example", key_of(2)));
  EXPECT_FALSE(check_note(note, std::vector{known("b.example", 2)}));
  std::swap(note.signatures[1], note.signatures[2]);
  EXPECT_FALSE(check_note(note, std::vector{known("b.example", 2)}));
}

TEST(Note, RepeatedLinesCountOnce) {
  Note note{std::string(kText), {}};
  const NoteSignature line = sign(kText, "a.example", key_of(1));
  note.signatures.assign(5, line);
  const auto good = check_note(note, std::vector{known("a.example", 1)});
  ASSERT_TRUE(good);
  EXPECT_EQ(good->size(), 1u);
  Note other{std::string(kText), {}};
  add_signatures(other, note.signatures);
  EXPECT_EQ(other.signatures.size(), 1u);
}

TEST(Note, CosignaturesCarryTheirTime) {
  constexpr std::string_view kCheckpoint =
      "a.example/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
  const VerifierKey witness = known("w.example", 3, KeyType::cosignature);
  const Note note{std::string(kCheckpoint),
                  {cosign(kCheckpoint, "w.example", key_of(3), 1'700'000'000),
                   cosign(kCheckpoint, "w.example", key_of(3), 1'700'000'060)}};
  EXPECT_EQ(note.signatures[0].bytes.size(), 72u);
  const auto good = check_note(note, std::vector{witness});
  ASSERT_TRUE(good) << good.error().message;
  EXPECT_EQ(*good, (std::vector<KnownSignature>{{0, 1'700'000'000}, {0, 1'700'000'060}}));
  // The type is in the key ID: the line says nothing about an Ed25519 key of the name.
  const auto as_plain = check_note(note, std::vector{known("w.example", 3)});
  ASSERT_TRUE(as_plain);
  EXPECT_TRUE(as_plain->empty());
}

TEST(Note, ATimeBeyondTheSignedRangeIsRefused) {
  NoteSignature line = cosign(kText, "w.example", key_of(3), 1);
  line.bytes[0] = 0x80;
  const VerifierKey witness = known("w.example", 3, KeyType::cosignature);
  EXPECT_FALSE(check_note(Note{std::string(kText), {line}}, std::span(&witness, 1)));
}

TEST(Note, TheLastBlankLineSplits) {
  constexpr std::string_view kTwoParagraphs = "one\n\ntwo\n\u2014 not a signature\n\nthree\n";
  const Note note{std::string(kTwoParagraphs), {sign(kTwoParagraphs, "a.example", key_of(1))}};
  const auto opened = open_note(to_string(note), std::vector{known("a.example", 1)});
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->text, kTwoParagraphs);
}

TEST(Note, WhatIsNotANoteIsRefused) {
  const std::string line = to_string(sign(kText, "a.example", key_of(1)));
  const std::string body(kText);
  ASSERT_TRUE(parse_note(body + "\n" + line));
  for (const std::string& bad : {std::string(),
                                 std::string("\n"),
                                 body,
                                 body + "\n",
                                 body + line,
                                 body + "\n" + line.substr(0, line.size() - 1),
                                 body + "\n" + line + "\n",
                                 body + "\n" + line + "more\n",
                                 body + "\n" + line.substr(3),
                                 body + "\n\u2014 a.example\n",
                                 body + "\n\u2014 a.example \n",
                                 body + "\n\u2014  AAAAAAA=\n",
                                 body + "\n\u2014 a.example AAAAAA==\n",   // a key ID alone
                                 body + "\n\u2014 a.example AAAAAAB=\n",   // two encodings
                                 body + "\n\u2014 a.example  AAAAAAA=\n",  // two spaces
                                 body + "\n\u2014 a.example AAAAAAA= \n",  // space at the end
                                 body + "\n\u2014 a+b AAAAAAA=\n",         // '+' in a name
                                 body + "\n\u2014 a\u00a0b AAAAAAA=\n",    // no-break space
                                 body + "\n\u2014 a\u2003b AAAAAAA=\n",    // em space
                                 body + "\n\u2013 a.example AAAAAAA=\n",   // another dash
                                 body + "\n- a.example AAAAAAA=\n",
                                 "tab\there\n\n" + line,
                                 std::string("nul\0here\n\n", 10) + line,
                                 "return\r\n\n" + line,
                                 "latin \xe9t\xe9\n\n" + line,
                                 "overlong \xc0\xaf\n\n" + line,
                                 "overlong \xe0\x80\xaf\n\n" + line,
                                 "surrogate \xed\xa0\x80\n\n" + line,
                                 "beyond \xf4\x90\x80\x80\n\n" + line,
                                 "cut \xe2\x80\n\n" + line}) {
    EXPECT_FALSE(parse_note(bad)) << bad;
  }
}

TEST(Note, SizesAreBounded) {
  const std::string line = to_string(sign(kText, "a.example", key_of(1)));
  std::string many(kText);
  many += '\n';
  for (std::size_t i = 0; i < kMaxNoteSignatures; ++i) many += line;
  EXPECT_TRUE(parse_note(many));
  EXPECT_FALSE(parse_note(many + line));
  EXPECT_FALSE(parse_note(std::string(kMaxNoteSize, 'x') + "\n\n" + line));
  EXPECT_TRUE(is_key_name(std::string(kMaxKeyNameSize, 'n')));
  EXPECT_FALSE(is_key_name(std::string(kMaxKeyNameSize + 1, 'n')));
}

TEST(Note, AnyChangedByteIsRefusedOrLosesTheKnownKey) {
  base::Prng prng(5);
  const std::vector<VerifierKey> keys{known("a.example/log", 1),
                                      known("w.example/witness", 2, KeyType::cosignature)};
  const std::string text = "a.example/log\n17\nAAAA\n\nétoile\n";
  const Note note{text,
                  {sign(text, "a.example/log", key_of(1)),
                   cosign(text, "w.example/witness", key_of(2), 1'800'000'000)}};
  const std::string good = to_string(note);
  ASSERT_EQ(check_note(*parse_note(good), keys)->size(), 2u);
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int round = 0; round < 4; ++round) {
      std::string bad = good;
      // A single bit, a printable character, and any byte.
      const std::uint64_t value = round == 0 ? std::uint64_t{1} << prng.below(8)
                                  : round == 1
                                      ? static_cast<std::uint8_t>(bad[at]) ^ (32 + prng.below(95))
                                      : 1 + prng.below(255);
      if (value == 0) continue;
      bad[at] = static_cast<char>(static_cast<std::uint8_t>(bad[at]) ^ value);
      const auto parsed = parse_note(bad);
      if (!parsed) continue;
      const auto signers = check_note(*parsed, keys);
      // A change in the name or key ID makes that one line a stranger's; a line break made or lost
      // never moves text out of what the signatures cover.
      if (signers) {
        EXPECT_LT(signers->size(), 2u) << at;
        if (!signers->empty()) {
          EXPECT_EQ(parsed->text, text) << at;
        }
      }
    }
  }
}

TEST(Note, AnyCutOrInsertedByteIsRefusedOrLosesTheKnownKey) {
  base::Prng prng(6);
  const VerifierKey key = known("a.example/log", 1);
  const std::string text = "a.example/log\n17\nAAAA\n";
  const std::string good = to_string(Note{text, {sign(text, "a.example/log", key_of(1))}});
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string cut = good;
    cut.erase(at, 1);
    std::string longer = good;
    longer.insert(at, 1, static_cast<char>(prng.chance(0.3) ? '\n' : 32 + prng.below(95)));
    for (const std::string& bad : {cut, longer, good.substr(0, at)}) {
      EXPECT_FALSE(open_note(bad, std::span(&key, 1))) << bad;
    }
  }
}

TEST(VerifierKey, ReadsBack) {
  for (const KeyType type : {KeyType::ed25519, KeyType::cosignature}) {
    const VerifierKey key = known("bf.liptako.internal/witness", 9, type);
    const auto parsed = VerifierKey::parse(key.text());
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(*parsed, key);
  }
  EXPECT_NE(known("a", 1).id(), known("a", 1, KeyType::cosignature).id());
  EXPECT_NE(known("a", 1).id(), known("b", 1).id());
}

TEST(VerifierKey, RefusesWhatIsNotTheOneFormOfASoundKey) {
  const std::string good = known("a.example", 1).text();
  ASSERT_TRUE(VerifierKey::parse(good));
  base::Bytes unsound(33, 0);
  unsound[0] = 1;
  const VerifierKey neutral{"a.example", KeyType::ed25519, PublicKey{}};
  for (const std::string& bad : {std::string(),
                                 std::string("a.example"),
                                 std::string("a.example+00000000"),
                                 std::string("++"),
                                 "b" + good,
                                 good + "A",
                                 good + "\n",
                                 good.substr(0, good.size() - 4),
                                 neutral.text(),
                                 fmt::format("a.example+00000000+{}", to_base64(unsound)),
                                 std::string("a.example+00000000+Bg==")}) {
    EXPECT_FALSE(VerifierKey::parse(bad)) << bad;
  }
  // The hash is lower-case hex.
  std::string upper = good;
  std::ranges::transform(upper.begin() + 9, upper.begin() + 18, upper.begin() + 9, [](char c) {
    return c >= 'a' && c <= 'f' ? static_cast<char>(c - 32) : c;
  });
  if (upper != good) {
    EXPECT_FALSE(VerifierKey::parse(upper));
  }
}

}  // namespace
}  // namespace liptako::seal
