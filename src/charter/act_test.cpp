#include "charter/act.hpp"

#include <gtest/gtest.h>

#include "base/archive.hpp"
#include "base/prng.hpp"

namespace liptako::charter {
namespace {

using enum Role;

const base::Timestamp kNow = *base::parse_rfc3339("2026-11-22T08:00:00.000Z");
constexpr std::string_view kNode = "bamako";

struct Person {
  std::string id;
  std::string key_name;
  seal::SigningKey key;
  Roles roles;

  ActSigner signer() const {
    return {id, {key_name, seal::KeyType::ed25519, key.public_key()}, roles};
  }
};

Person person(std::string id, std::uint8_t number, Roles roles) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(number);
  const std::string name = "ml.liptako.internal/operator/" + id;
  return {std::move(id), name, seal::SigningKey::from_seed(seed), roles};
}

base::ByteView view(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

Act act_of(ActKind kind, std::string_view body, std::uint8_t nonce = 1) {
  Act act{std::string(kNode), kind, seal::sha256(view(body)), kNow, {}};
  act.nonce.fill(nonce);
  return act;
}

std::string note_of(const Act& act, std::initializer_list<const Person*> signers) {
  seal::Note note{to_string(act), {}};
  for (const Person* p : signers) {
    note.signatures.push_back(seal::sign(note.text, p->key_name, p->key));
  }
  return seal::to_string(note);
}

std::vector<ActSigner> known(std::initializer_list<const Person*> persons) {
  std::vector<ActSigner> signers;
  for (const Person* p : persons) signers.push_back(p->signer());
  return signers;
}

ActRefusal refusal(const base::Result<AcceptedAct, ActRefusal>& answer) {
  EXPECT_FALSE(answer);
  return answer ? ActRefusal::busy : answer.error();
}

class Acts : public testing::Test {
 protected:
  const Person chief_ = person("chief", 1, {shift_chief});
  const Person officer_ = person("officer", 2, {watch_officer});
  const Person duty_ = person("duty", 3, {duty_authority});
  const Person lawyer_ = person("lawyer", 4, {legal_adviser});
  const Person admin_ = person("admin", 5, {sysadmin});
  const Person air_ = person("air", 6, {cemaa});
  const std::vector<ActSigner> all_ = known({&chief_, &officer_, &duty_, &lawyer_, &admin_, &air_});
  ActBook book_;

  auto check(const std::string& note, std::string_view body) const {
    return book_.check(note, view(body), all_, kNode, kNow);
  }
};

TEST_F(Acts, OnePersonInTheRoleCommands) {
  const Act act = act_of(ActKind::configuration, "body");
  const auto accepted = check(note_of(act, {&chief_}), "body");
  ASSERT_TRUE(accepted) << name_of(accepted.error());
  EXPECT_EQ(accepted->act, act);
  EXPECT_EQ(accepted->persons, std::vector<std::string>{"chief"});
}

TEST_F(Acts, EachRefusalHasItsReason) {
  const Act act = act_of(ActKind::configuration, "body");
  EXPECT_EQ(refusal(check("nonsense", "body")), ActRefusal::bad_note);
  EXPECT_EQ(refusal(check(note_of(act, {&chief_}), "another body")), ActRefusal::wrong_body);
  EXPECT_EQ(refusal(check(note_of(act, {&officer_}), "body")), ActRefusal::no_right);
  const Person stranger = person("stranger", 9, {shift_chief});
  EXPECT_EQ(refusal(check(note_of(act, {&stranger}), "body")), ActRefusal::unknown_signer);
  Act elsewhere = act;
  elsewhere.node = "niamey";
  EXPECT_EQ(refusal(check(note_of(elsewhere, {&chief_}), "body")), ActRefusal::wrong_node);

  seal::Note forged{to_string(act), {seal::sign("other\n", chief_.key_name, chief_.key)}};
  EXPECT_EQ(refusal(check(seal::to_string(forged), "body")), ActRefusal::bad_note);

  std::string text = to_string(act);
  text.replace(text.find("configuration"), 13, "restart");
  seal::Note unknown{text, {seal::sign(text, chief_.key_name, chief_.key)}};
  EXPECT_EQ(refusal(check(seal::to_string(unknown), "body")), ActRefusal::unknown_act);
}

TEST_F(Acts, TwoPersonsMustLiftAHold) {
  const Act act = act_of(ActKind::hold_lift, "hold 7");
  EXPECT_EQ(refusal(check(note_of(act, {&duty_}), "hold 7")), ActRefusal::too_few_signers);
  EXPECT_EQ(refusal(check(note_of(act, {&lawyer_}), "hold 7")), ActRefusal::no_right);
  EXPECT_EQ(refusal(check(note_of(act, {&duty_, &chief_}), "hold 7")), ActRefusal::too_few_signers);
  EXPECT_TRUE(check(note_of(act, {&duty_, &lawyer_}), "hold 7"));
  EXPECT_TRUE(check(note_of(act, {&lawyer_, &duty_}), "hold 7"));
}

TEST_F(Acts, TwoKeysOfOnePersonAreOnePerson) {
  // The duty authority may propose and confirm, but not both at once, with however many keys.
  Person spare = person("duty", 33, {duty_authority, legal_adviser});
  spare.key_name += "-2";
  const std::vector<ActSigner> signers = known({&duty_, &spare, &lawyer_});
  const std::string note = note_of(act_of(ActKind::hold_lift, "x"), {&duty_, &spare, &duty_});
  EXPECT_EQ(refusal(book_.check(note, view("x"), signers, kNode, kNow)),
            ActRefusal::too_few_signers);
}

TEST_F(Acts, TheAdministratorIsAloneOnlyUntilSomeoneCouldConfirm) {
  const std::string note = note_of(act_of(ActKind::account_add, "x"), {&admin_});
  EXPECT_TRUE(book_.check(note, view("x"), known({&admin_}), kNode, kNow));
  EXPECT_TRUE(book_.check(note, view("x"), known({&admin_, &officer_}), kNode, kNow));
  EXPECT_EQ(refusal(book_.check(note, view("x"), known({&admin_, &air_}), kNode, kNow)),
            ActRefusal::too_few_signers);
  // Two-person acts that could open doors have no such beginning.
  const std::string roster = note_of(act_of(ActKind::roster, "x"), {&admin_});
  EXPECT_EQ(refusal(book_.check(roster, view("x"), known({&admin_}), kNode, kNow)),
            ActRefusal::too_few_signers);
}

TEST_F(Acts, TheRuleTableKeepsWhatItPromises) {
  for (std::size_t i = 0; i < kActKinds; ++i) {
    const auto kind = static_cast<ActKind>(i);
    const ActRule& rule = rule_of(kind);
    EXPECT_EQ(act_kind_from(name_of(kind)), kind);
    EXPECT_FALSE(rule.proposers.empty());
    // The auditor signs nothing; the legal adviser commands nothing alone but the keeping of
    // evidence.
    EXPECT_FALSE(rule.proposers.has(auditor) || rule.confirmers.has(auditor));
    EXPECT_TRUE(!rule.proposers.has(legal_adviser) || kind == ActKind::hold_set);
  }
  for (const ActKind kind : {ActKind::roster, ActKind::hold_lift, ActKind::erase_personal}) {
    EXPECT_EQ(rule_of(kind).persons(), 2u);
    EXPECT_FALSE(rule_of(kind).alone_at_first);
  }
}

TEST_F(Acts, AHeavyConfigurationNeedsASecondPersonAndIsRememberedAsLong) {
  const Act act = act_of(ActKind::configuration, "x");
  const auto heavy = [&](std::initializer_list<const Person*> signers,
                         const std::vector<ActSigner>& known_ones,
                         base::Duration later = {}) {
    return book_.check(
        note_of(act, signers), view("x"), known_ones, kNode, kNow + later, ActWeight::heavy);
  };
  EXPECT_EQ(refusal(heavy({&chief_}, all_)), ActRefusal::no_right);
  EXPECT_EQ(refusal(heavy({&admin_}, all_)), ActRefusal::too_few_signers);
  EXPECT_EQ(refusal(heavy({&admin_, &lawyer_}, all_)), ActRefusal::too_few_signers);
  EXPECT_TRUE(heavy({&admin_, &duty_}, all_));
  EXPECT_TRUE(heavy({&admin_}, known({&admin_, &chief_}))) << "nobody could confirm";
  // The second may sign a day later; by then the first to be obeyed is not forgotten.
  const base::Duration later = std::chrono::hours(23);
  EXPECT_TRUE(heavy({&admin_, &duty_}, all_, later));
  book_.remember(act, kNow);
  EXPECT_EQ(refusal(heavy({&admin_, &duty_}, all_, later)), ActRefusal::replayed);
  book_.remember(act_of(ActKind::hold_set, "y"), kNow + std::chrono::hours(25));
  EXPECT_EQ(refusal(heavy({&admin_, &duty_}, all_)), ActRefusal::replayed);
  EXPECT_EQ(&rule_of(ActKind::roster, ActWeight::heavy), &rule_of(ActKind::roster));
}

TEST_F(Acts, ARevokedKeySignsNothingUnderWhateverName) {
  Roster roster;
  roster.revoked.push_back({.key = admin_.signer().key, .time = kNow, .reason = "stolen"});
  roster.revoked.front().key.name = "another/name";
  const auto left = without_revoked(all_, roster);
  EXPECT_EQ(left.size(), all_.size() - 1);
  const std::string note = note_of(act_of(ActKind::configuration, "x"), {&admin_});
  EXPECT_TRUE(book_.check(note, view("x"), all_, kNode, kNow));
  EXPECT_EQ(refusal(book_.check(note, view("x"), left, kNode, kNow)), ActRefusal::unknown_signer);
}

TEST_F(Acts, WhoConfirmsIsOfTheTable) {
  EXPECT_EQ(confirming_roles(), (Roles{duty_authority, cemaa, cemga, legal_adviser}));
}

TEST_F(Acts, StaleAndFutureActsAreRefused) {
  const std::string one = note_of(act_of(ActKind::configuration, "x"), {&chief_});
  const std::string two = note_of(act_of(ActKind::hold_lift, "x"), {&duty_, &lawyer_});
  const auto at = [&](const std::string& note, base::Duration later) {
    return book_.check(note, view("x"), all_, kNode, kNow + later);
  };
  EXPECT_TRUE(at(one, std::chrono::minutes(10)));
  EXPECT_EQ(refusal(at(one, std::chrono::minutes(10) + std::chrono::milliseconds(1))),
            ActRefusal::stale);
  EXPECT_TRUE(at(one, -std::chrono::minutes(2)));
  EXPECT_EQ(refusal(at(one, -std::chrono::minutes(2) - std::chrono::milliseconds(1))),
            ActRefusal::stale);
  EXPECT_TRUE(at(two, std::chrono::hours(24)));
  EXPECT_EQ(refusal(at(two, std::chrono::hours(24) + std::chrono::milliseconds(1))),
            ActRefusal::stale);
}

TEST_F(Acts, AnActIsAcceptedOnceAlsoAfterARestart) {
  const Act act = act_of(ActKind::configuration, "x");
  const std::string note = note_of(act, {&chief_});
  ASSERT_TRUE(check(note, "x"));
  book_.remember(act, kNow);
  EXPECT_EQ(refusal(check(note, "x")), ActRefusal::replayed);
  // The same nonce under another body is no other act.
  EXPECT_EQ(refusal(check(note_of(act_of(ActKind::configuration, "y"), {&chief_}), "y")),
            ActRefusal::replayed);

  base::Bytes saved;
  base::ByteWriter writer(saved);
  base::Saver{writer}(book_);
  ActBook restored;
  base::ByteReader reader(saved);
  base::Loader{reader}(restored);
  ASSERT_TRUE(reader.ok() && reader.at_end());
  EXPECT_EQ(refusal(restored.check(note, view("x"), all_, kNode, kNow)), ActRefusal::replayed);
}

TEST_F(Acts, NothingAcceptableIsEverForgotten) {
  base::Prng prng(1);
  std::vector<Act> past;
  base::Timestamp now = kNow;
  for (int i = 0; i < 300; ++i) {
    Act act = act_of(i % 2 == 0 ? ActKind::configuration : ActKind::hold_lift, "x");
    for (auto& byte : act.nonce) byte = static_cast<std::uint8_t>(prng.below(256));
    act.time = now;
    book_.remember(act, now);
    past.push_back(act);
    // An hour at most, and now and then the clock is set back.
    now += std::chrono::seconds(prng.below(3600));
    if (prng.chance(0.02)) now -= std::chrono::hours(12);
    const Act& old = past[prng.below(past.size())];
    const auto answer =
        book_.check(note_of(old, {&chief_, &duty_, &lawyer_}), view("x"), all_, kNode, now);
    EXPECT_TRUE(!answer &&
                (answer.error() == ActRefusal::replayed || answer.error() == ActRefusal::stale));
  }
  EXPECT_LT(book_.size(), past.size());
}

TEST_F(Acts, AFullBookRefusesRatherThanForgets) {
  Act act = act_of(ActKind::configuration, "x");
  for (std::size_t i = 0; i <= ActBook::kMaxRemembered; ++i) {
    act.nonce[0] = static_cast<std::uint8_t>(i);
    act.nonce[1] = static_cast<std::uint8_t>(i >> 8);
    if (i < ActBook::kMaxRemembered) book_.remember(act, kNow);
  }
  EXPECT_EQ(book_.size(), ActBook::kMaxRemembered);
  EXPECT_EQ(refusal(check(note_of(act, {&chief_}), "x")), ActRefusal::busy);
}

TEST(Act, ReadsBackAndHasOneForm) {
  Act act = act_of(ActKind::erase_personal, "subject-12");
  const std::string text = to_string(act);
  EXPECT_EQ(text,
            "liptako/act/v1\nnode bamako\nact erase_personal\nbody "
            "sha256:" +
                seal::to_hex(act.body) +
                "\ntime 2026-11-22T08:00:00.000Z\nnonce 01010101010101010101010101010101\n");
  ASSERT_TRUE(parse_act(text));
  EXPECT_EQ(*parse_act(text), act);
  base::Prng prng(3);
  for (int round = 0; round < 4000; ++round) {
    std::string bad = text;
    const std::size_t at = prng.below(bad.size());
    if (prng.chance(0.5)) {
      bad[at] = static_cast<char>(prng.below(256));
    } else {
      bad.erase(at, 1 + prng.below(3));
    }
    const auto parsed = parse_act(bad);
    if (parsed) {
      EXPECT_EQ(to_string(*parsed), bad);
    }
  }
  EXPECT_FALSE(parse_act(text + "more\n"));
  EXPECT_FALSE(parse_act(text.substr(0, text.size() - 1)));
}

TEST(Act, PayloadReadsBackAndIsTotal) {
  const base::Bytes payload = act_payload("note", view("body"));
  const auto read = read_act_payload(payload);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->note, "note");
  EXPECT_EQ(std::string(read->body.begin(), read->body.end()), "body");
  EXPECT_FALSE(read_act_payload(base::ByteView(payload).first(7)));
  EXPECT_FALSE(read_act_payload({}));
}

TEST(Roles, ReadBackAndHaveOneForm) {
  const Roles roles{shift_chief, watch_officer, sysadmin};
  EXPECT_EQ(to_string(roles), "watch_officer,shift_chief,sysadmin");
  EXPECT_EQ(roles_from(to_string(roles)), roles);
  for (const std::string_view bad : {"",
                                     ",",
                                     "watch_officer,",
                                     "shift_chief,watch_officer",
                                     "watch_officer,watch_officer",
                                     "watch_officer, shift_chief",
                                     "pilot"}) {
    EXPECT_EQ(roles_from(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace liptako::charter
