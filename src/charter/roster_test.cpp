#include "charter/roster.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/prng.hpp"

namespace liptako::charter {
namespace {

using seal::KeyRole;

const base::Timestamp kFrom = *base::parse_rfc3339("2026-11-01T00:00:00Z");
const base::Timestamp kTo = *base::parse_rfc3339("2027-02-01T00:00:00Z");

seal::PrivateKey key_of(KeyRole role, std::string name, std::uint16_t number) {
  std::array<std::uint8_t, 32> seed{};
  seed[0] = static_cast<std::uint8_t>(number);
  seed[1] = static_cast<std::uint8_t>(number >> 8);
  seed[2] = 1;
  return {role, std::move(name), seal::SigningKey::from_seed(seed)};
}

// Three members with three root keys each, of which two must sign, of which two members must agree.
struct Federation {
  std::map<std::string, seal::PrivateKey> roots;
  Roster roster;

  explicit Federation(std::uint16_t first_key = 1) {
    roster.federation = "aes.example/airpic";
    roster.valid_from = kFrom;
    roster.valid_to = kTo;
    roster.members = {{{1}, "ml", "Mali"}, {{2}, "bf", "Burkina Faso"}, {{3}, "ne", "Niger"}};
    std::uint16_t number = first_key;
    for (const std::string code : {"ml", "bf", "ne"}) {
      for (int i = 1; i <= 3; ++i)
        add_root(code, fmt::format("{}.example/root/{}", code, i), number++);
    }
    for (const std::string code : {"ml", "bf", "ne"}) {
      need(roster.quorum.add_group(fmt::format(
          "{0}-roots 2 {0}.example/root/1 {0}.example/root/2 {0}.example/root/3", code)));
    }
    need(roster.quorum.add_group("members 2 ml-roots bf-roots ne-roots"));
    need(roster.quorum.set_quorum("members"));
    for (const std::string code : {"ml", "bf", "ne"}) {
      for (const KeyRole role : {KeyRole::node, KeyRole::log, KeyRole::witness, KeyRole::tls}) {
        const auto key = key_of(role, fmt::format("{}.example/{}", code, name_of(role)), number++);
        roster.keys.push_back({code, role, {}, key.verifier()});
      }
    }
    const auto officer = key_of(KeyRole::operator_key, "ml.example/operator/oq-1", number++);
    roster.keys.push_back({"ml",
                           KeyRole::operator_key,
                           {Role::watch_officer, Role::shift_chief},
                           officer.verifier()});
  }

  void add_root(const std::string& code, const std::string& name, std::uint16_t number) {
    const auto key = key_of(KeyRole::root, name, number);
    roots.insert_or_assign(name, key);
    roster.keys.push_back({code, KeyRole::root, {}, key.verifier()});
    need(roster.quorum.add_key(name));
  }
  static void need(const base::Result<void>& result) {
    EXPECT_TRUE(result) << (result ? "" : result.error().message);
  }
};

const std::vector<std::string> kEnough{
    "ml.example/root/1", "ml.example/root/3", "ne.example/root/1", "ne.example/root/2"};

RosterNote sign(const Roster& roster,
                const std::map<std::string, seal::PrivateKey>& keys,
                const std::vector<std::string>& signers) {
  seal::Note note{roster.text(), {}};
  for (const std::string& name : signers) {
    note.signatures.push_back(seal::sign(note.text, name, keys.at(name).key));
  }
  // A note has a signature; a stranger's says nothing.
  const auto stranger = key_of(KeyRole::root, "stranger.example", 9999);
  note.signatures.push_back(seal::sign(note.text, stranger.name, stranger.key));
  auto parsed = RosterNote::parse(seal::to_string(note));
  EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().message);
  return parsed ? std::move(*parsed) : RosterNote{};
}

TEST(Roster, ReadsBack) {
  Federation federation;
  Roster& roster = federation.roster;
  const auto gone = key_of(KeyRole::operator_key, "bf.example/operator/oq-9", 500);
  roster.revoked.push_back({gone.verifier(), kFrom, "poste volé à Dori"});
  const auto parsed = Roster::parse(roster.text());
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(*parsed, roster);
  EXPECT_EQ(parsed->keys_of("ml", KeyRole::root).size(), 3u);
  EXPECT_EQ(parsed->keys_of("bf", KeyRole::log).front().name, "bf.example/log");
  EXPECT_TRUE(parsed->is_revoked(gone.verifier()));
  ASSERT_NE(parsed->find(roster.keys.back().key), nullptr);
  EXPECT_TRUE(parsed->find(roster.keys.back().key)->roles.has(Role::shift_chief));
  EXPECT_EQ(parsed->find(gone.verifier()), nullptr);
}

TEST(Roster, MistakesNameTheirLine) {
  const std::string good = Federation().roster.text();
  ASSERT_TRUE(Roster::parse(good));
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < good.size();) {
    const std::size_t end = good.find('\n', at);
    lines.push_back(good.substr(at, end + 1 - at));
    at = end + 1;
  }
  const auto joined = [](const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts) text += part;
    return text;
  };
  // A mangled word in any line is found in that line.
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::vector<std::string> bad = lines;
    bad[i] = "x" + bad[i];
    const auto parsed = Roster::parse(joined(bad));
    ASSERT_FALSE(parsed);
    EXPECT_TRUE(parsed.error().message.starts_with(fmt::format("roster: line {}: ", i + 1)))
        << bad[i] << parsed.error().message;
    // No line may stand twice.
    bad = lines;
    bad.insert(bad.begin() + static_cast<std::ptrdiff_t>(i), lines[i]);
    EXPECT_FALSE(Roster::parse(joined(bad))) << lines[i];
  }
}

TEST(Roster, WhatIsNotTheGrammarIsRefused) {
  const std::string good = Federation().roster.text();
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    const std::size_t at = text.find(from);
    EXPECT_NE(at, text.npos) << from;
    return text.replace(at, from.size(), to);
  };
  const std::string node = Federation().roster.keys_of("ml", KeyRole::node).front().text();
  const std::string witness = Federation().roster.keys_of("ml", KeyRole::witness).front().text();
  const std::string other = Federation().roster.keys_of("bf", KeyRole::node).front().text();
  for (const std::string& bad :
       {std::string(),
        good.substr(0, good.size() - 1),
        good + "\n",
        good + "comment\n",
        with("v1", "v2"),
        with("version 1", "version 0"),
        with("version 1", "version 01"),
        with("version 1", "version 2"),
        with("previous none", "previous sha256:" + std::string(64, 'a')),
        with("2026-11-01", "2027-11-01"),
        with("2026-11-01T00:00:00.000Z", "2026-11-01"),
        with("member 2", "member 1"),
        with("member 3", "member 300"),
        with("member 2 bf", "member 2 ml"),
        with("member 2 bf", "member 2 BF"),
        with("Burkina Faso", "Burkina Faso "),
        with("Burkina Faso", "Burkina\tFaso"),
        with("members 2", "members 4"),
        with("quorum members", "quorum none"),
        with("quorum members", "quorum nobody"),
        with("root/3\ngroup bf", "root/2\ngroup bf"),
        with("key ml node", "key xx node"),
        with("key ml node", "key ml root"),
        with("key ml node", "key ml operator"),
        with("key ml node " + node, "key ml witness " + node),
        with("key ml witness " + witness, "key ml log " + witness),
        with("key ml node " + node, "key ml node " + other),
        with("watch_officer,shift_chief", "shift_chief,watch_officer"),
        with("watch_officer,shift_chief", "pilot"),
        good + "revoked " + node + " 2026-11-02T00:00:00.000Z still in use\n",
        good + "revoked " + node + " 2026-11-02T00:00:00.000Z\n"}) {
    EXPECT_FALSE(Roster::parse(bad)) << bad;
  }
}

TEST(Roster, ManyMutationsNeverParseToAnotherForm) {
  base::Prng prng(2);
  const std::string good = Federation().roster.text();
  int parsed_count = 0;
  for (int round = 0; round < 1500; ++round) {
    std::string bad = good;
    for (std::uint64_t n = 1 + prng.below(2); n > 0; --n) {
      const std::size_t at = prng.below(bad.size());
      switch (prng.below(3)) {
        case 0:
          bad[at] = static_cast<char>(prng.chance(0.5) ? '0' + prng.below(10) : prng.below(256));
          break;
        case 1:
          bad.erase(at, 1 + prng.below(20));
          break;
        default:
          bad.insert(at, good.substr(prng.below(good.size()), prng.below(40)));
      }
    }
    if (const auto parsed = Roster::parse(bad)) {
      ++parsed_count;
      EXPECT_EQ(parsed->text(), bad);
    }
  }
  EXPECT_GT(parsed_count, 0);
}

TEST(Succession, ARosterSignedByTooFewDoesNotTakeForce) {
  Federation federation;
  const auto judged = [&](const std::vector<std::string>& signers) {
    return judge_succession(nullptr, sign(federation.roster, federation.roots, signers));
  };
  EXPECT_EQ(judged({}), RosterVerdict::too_few_of_itself);
  EXPECT_EQ(judged({"ml.example/root/1"}), RosterVerdict::too_few_of_itself);
  EXPECT_EQ(judged({"ml.example/root/1", "ml.example/root/2", "ml.example/root/3"}),
            RosterVerdict::too_few_of_itself);
  EXPECT_EQ(judged({"ml.example/root/1", "ml.example/root/2", "bf.example/root/1"}),
            RosterVerdict::too_few_of_itself);
  EXPECT_EQ(judged({"ml.example/root/1", "bf.example/root/1", "ne.example/root/1"}),
            RosterVerdict::too_few_of_itself);
  EXPECT_EQ(judged(kEnough), RosterVerdict::takes_force);
}

TEST(Succession, TheNextVersionNeedsBothThresholds) {
  Federation old_keys;
  const RosterNote first = sign(old_keys.roster, old_keys.roots, kEnough);
  // The next version changes every root key of one member.
  Federation new_keys;
  Roster next = successor_of(first, kTo);
  new_keys = Federation(300);
  next.keys = new_keys.roster.keys;
  std::map<std::string, seal::PrivateKey> all;
  for (const auto& [name, key] : old_keys.roots) all.insert_or_assign("old:" + name, key);
  for (const auto& [name, key] : new_keys.roots) all.insert_or_assign("new:" + name, key);
  const auto judged = [&](const std::vector<std::string>& signers) {
    seal::Note note{next.text(), {}};
    for (const std::string& signer : signers) {
      const seal::PrivateKey& key = all.at(signer);
      note.signatures.push_back(seal::sign(note.text, key.name, key.key));
    }
    const auto parsed = RosterNote::parse(seal::to_string(note));
    EXPECT_TRUE(parsed);
    return judge_succession(&first, *parsed);
  };
  std::vector<std::string> old_enough;
  std::vector<std::string> new_enough;
  for (const std::string& name : kEnough) {
    old_enough.push_back("old:" + name);
    new_enough.push_back("new:" + name);
  }
  EXPECT_EQ(judged(old_enough), RosterVerdict::too_few_of_itself);
  EXPECT_EQ(judged(new_enough), RosterVerdict::too_few_of_current);
  std::vector<std::string> both = old_enough;
  both.insert(both.end(), new_enough.begin(), new_enough.end());
  EXPECT_EQ(judged(both), RosterVerdict::takes_force);
}

TEST(Succession, VersionsNeverGoBackOrSkip) {
  Federation federation;
  const RosterNote first = sign(federation.roster, federation.roots, kEnough);
  const Roster second_roster = successor_of(first, kFrom + base::kDay);
  const RosterNote second = sign(second_roster, federation.roots, kEnough);
  const RosterNote third =
      sign(successor_of(second, kFrom + 2 * base::kDay), federation.roots, kEnough);
  EXPECT_EQ(judge_succession(&first, second), RosterVerdict::takes_force);
  EXPECT_EQ(judge_succession(&second, third), RosterVerdict::takes_force);
  EXPECT_EQ(judge_succession(&first, third), RosterVerdict::versions_missing);
  EXPECT_EQ(judge_succession(&second, first), RosterVerdict::not_newer);
  EXPECT_EQ(judge_succession(&second, second), RosterVerdict::same);
  // Another text of the same version, and a successor of that one.
  Roster rival_roster = second_roster;
  rival_roster.valid_to += base::kDay;
  const RosterNote rival = sign(rival_roster, federation.roots, kEnough);
  EXPECT_EQ(judge_succession(&second, rival), RosterVerdict::not_newer);
  const RosterNote after_rival =
      sign(successor_of(rival, kFrom + 2 * base::kDay), federation.roots, kEnough);
  EXPECT_EQ(judge_succession(&second, after_rival), RosterVerdict::other_previous);
  // A node that starts with a later version is told so by its configuration.
  EXPECT_EQ(judge_succession(nullptr, third), RosterVerdict::takes_force);
}

TEST(Succession, AnotherFederationsRosterIsRefused) {
  Federation federation;
  const RosterNote first = sign(federation.roster, federation.roots, kEnough);
  Roster next = successor_of(first, kFrom);
  next.federation = "other.example/airpic";
  EXPECT_EQ(judge_succession(&first, sign(next, federation.roots, kEnough)),
            RosterVerdict::other_federation);
}

TEST(Succession, ABadSignatureByARootSpoilsIt) {
  Federation federation;
  RosterNote note = sign(federation.roster, federation.roots, kEnough);
  seal::NoteSignature bad = note.note.signatures.front();
  bad.bytes[10] ^= 1;
  note.note.signatures.push_back(bad);
  EXPECT_EQ(judge_succession(nullptr, note), RosterVerdict::bad_signature);
}

TEST(Succession, ARevokedKeyCountsNoMoreAndStaysRevoked) {
  Federation federation;
  const RosterNote first = sign(federation.roster, federation.roots, kEnough);
  // Version 2 revokes one root of ml and puts another in its place.
  Roster next = successor_of(first, kFrom + base::kDay);
  const auto line = std::ranges::find_if(
      next.keys, [](const RosterKey& k) { return k.key.name == "ml.example/root/1"; });
  next.revoked.push_back({line->key, kFrom, "lost"});
  const auto fresh = key_of(KeyRole::root, "ml.example/root/1", 700);
  line->key = fresh.verifier();
  std::map<std::string, seal::PrivateKey> keys = federation.roots;
  keys.insert_or_assign("ml.example/root/1", fresh);
  const auto judged = [&](const std::vector<std::string>& signers, bool old_key_too) {
    RosterNote note = sign(next, keys, signers);
    if (old_key_too) {
      const auto& old = federation.roots.at("ml.example/root/1");
      note.note.signatures.push_back(seal::sign(note.note.text, old.name, old.key));
    }
    return judge_succession(&first, note);
  };
  // The thief's signature is not counted among the current roots.
  EXPECT_EQ(
      judged({"ml.example/root/1", "ml.example/root/3", "ne.example/root/1", "ne.example/root/2"},
             true),
      RosterVerdict::too_few_of_current);
  const std::vector<std::string> good{
      "ml.example/root/2", "ml.example/root/3", "ne.example/root/1", "ne.example/root/2"};
  EXPECT_EQ(judged(good, false), RosterVerdict::takes_force);

  const RosterNote second = sign(next, keys, good);
  Roster forgetful = successor_of(second, kFrom + 2 * base::kDay);
  forgetful.revoked.clear();
  EXPECT_EQ(judge_succession(&second, sign(forgetful, keys, good)),
            RosterVerdict::revocation_dropped);
}

TEST(Succession, AgreesWithTheObviousRuleForRandomSigners) {
  // Two members of three, two roots of three each; counted by hand.
  const auto enough = [](const std::set<std::string>& signers) {
    int members = 0;
    for (const std::string code : {"ml", "bf", "ne"}) {
      int roots = 0;
      for (int i = 1; i <= 3; ++i)
        roots += signers.contains(fmt::format("{}.example/root/{}", code, i));
      members += roots >= 2;
    }
    return members >= 2;
  };
  Federation federation;
  const RosterNote first = sign(federation.roster, federation.roots, kEnough);
  const Roster next = successor_of(first, kTo);
  base::Prng prng(7);
  int yes = 0;
  int no = 0;
  for (int round = 0; round < 200; ++round) {
    std::set<std::string> signers;
    for (const auto& [name, key] : federation.roots) {
      if (prng.chance(0.55)) signers.insert(name);
    }
    const RosterNote note =
        sign(next, federation.roots, std::vector<std::string>(signers.begin(), signers.end()));
    const bool expected = enough(signers);
    (expected ? yes : no) += 1;
    EXPECT_EQ(judge_succession(&first, note) == RosterVerdict::takes_force, expected);
    EXPECT_EQ(judge_succession(nullptr, note) == RosterVerdict::takes_force, expected);
  }
  EXPECT_GT(yes, 30);
  EXPECT_GT(no, 30);
}

TEST(RosterState, IsInForceFromItsFirstMomentUntilBeforeItsLast) {
  const Roster roster = Federation().roster;
  const base::Duration one = std::chrono::nanoseconds(1);
  EXPECT_EQ(state_of(roster, kFrom - one), RosterState::not_yet);
  EXPECT_EQ(state_of(roster, kFrom), RosterState::in_force);
  EXPECT_EQ(state_of(roster, kTo - one), RosterState::in_force);
  EXPECT_EQ(state_of(roster, kTo), RosterState::expired);
}

}  // namespace
}  // namespace liptako::charter
