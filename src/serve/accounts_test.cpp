#include "serve/accounts.hpp"

#include <gtest/gtest.h>

#include "base/prng.hpp"
#include "seal/note.hpp"

namespace liptako::serve {
namespace {

using charter::Role;

std::string key_of(std::string name, std::uint8_t number) {
  std::array<std::uint8_t, seal::SigningKey::kSeedSize> seed{};
  seed.fill(number);
  return seal::VerifierKey{
      std::move(name), seal::KeyType::ed25519, seal::SigningKey::from_seed(seed).public_key()}
      .text();
}

Account account(std::string id) {
  const std::string name = "bamako/operator/" + id;
  const auto number = static_cast<std::uint8_t>(id.back());
  return {.id = std::move(id),
          .roles = {Role::watch_officer, Role::shift_chief},
          .password = "$argon2id$v=19$m=65536,t=3,p=1$c2FsdA$aGFzaA",
          .operator_key = key_of(name, number),
          .invitation = Invitation{seal::sha256({}), base::Timestamp(std::chrono::seconds(1000))},
          .created = base::Timestamp(std::chrono::milliseconds(1'795'000'000'125))};
}

TEST(Accounts, TextAndBackIsTheSame) {
  Accounts accounts;
  Account bare{.id = "aa", .roles = {Role::sysadmin}, .disabled = true};
  ASSERT_TRUE(accounts.put(account("oq-1")).has_value());
  ASSERT_TRUE(accounts.put(bare).has_value());
  const std::string text = accounts.to_string();
  const auto again = Accounts::parse(text);
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(again->to_string(), text);
  const Account* found = again->find("oq-1");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->roles, account("oq-1").roles);
  EXPECT_EQ(found->created, account("oq-1").created);
  EXPECT_TRUE(again->find("aa")->disabled);
  EXPECT_EQ(again->find("aa")->rights(), Rights()) << "who is disabled may nothing";
}

TEST(Accounts, NoCutAndNoChangedByteIsTakenForAnotherList) {
  Accounts accounts;
  ASSERT_TRUE(accounts.put(account("oq-1")).has_value());
  ASSERT_TRUE(accounts.put(account("oq-2")).has_value());
  const std::string text = accounts.to_string();
  // At the end of an account the rest may be another list of accounts; anywhere else it is none.
  for (std::size_t size = 0; size < text.size(); ++size) {
    const auto cut = Accounts::parse(std::string_view(text).substr(0, size));
    const bool at_end_of_one = std::string_view(text).substr(0, size).ends_with("\nend\n") ||
                               text.substr(0, size) == "liptako/accounts/v1\n";
    EXPECT_EQ(cut.has_value(), at_end_of_one) << size;
  }
  base::Prng prng(7);
  for (int round = 0; round < 2000; ++round) {
    std::string changed = text;
    changed[prng.below(changed.size())] = static_cast<char>(prng.below(256));
    const auto parsed = Accounts::parse(changed);
    if (parsed) {
      EXPECT_EQ(Accounts::parse(parsed->to_string())->to_string(), parsed->to_string());
    }
  }
}

TEST(Accounts, FieldsTwiceUnknownOrWithoutRolesAreRefused) {
  const std::string head = "liptako/accounts/v1\naccount oq-1\n";
  const std::string good = "roles watch_officer\ncreated 2026-01-01T00:00:00.000Z\n";
  EXPECT_TRUE(Accounts::parse(head + good + "end\n").has_value());
  for (const std::string wrong : {"roles watch_officer\n",
                                  "colour red\n",
                                  "password \n",
                                  "invitation 00 1\n",
                                  "disabled yes\n",
                                  "created yesterday\n"}) {
    EXPECT_FALSE(Accounts::parse(head + good + wrong + "end\n").has_value()) << wrong;
  }
  EXPECT_FALSE(Accounts::parse(head + "end\n").has_value()) << "no role";
  EXPECT_FALSE(Accounts::parse(head + "roles emperor\nend\n").has_value());
  EXPECT_FALSE(
      Accounts::parse(head + good + "end\n" + "account oq-1\n" + good + "end\n").has_value());
  EXPECT_FALSE(Accounts::parse("").has_value()) << "an empty file is a broken one";
}

TEST(Accounts, AKeyIsOnePersonsAlsoUnderAnotherNameAndOfOneWhoLeft) {
  Accounts accounts;
  Account gone = account("oq-1");
  gone.disabled = true;
  ASSERT_TRUE(accounts.put(gone).has_value());
  Account other = account("oq-2");
  other.operator_key = gone.operator_key;
  EXPECT_FALSE(accounts.put(other).has_value());
  other.operator_key = key_of("bamako/operator/oq-2", '1');
  EXPECT_FALSE(accounts.put(other).has_value()) << "the same key under another name";
  EXPECT_TRUE(accounts.put(gone).has_value()) << "one's own";
  // A file that was edited by hand to say so opens no door.
  std::string text = accounts.to_string();
  const std::size_t begin = text.find("account ");
  std::string twin = text.substr(begin);
  twin.replace(twin.find("oq-1"), 4, "oq-2");
  EXPECT_FALSE(Accounts::parse(text + twin).has_value());
  Account odd = account("oq-3");
  odd.operator_key = "bamako/operator/oq-3+01020304+AQID";
  EXPECT_FALSE(accounts.put(odd).has_value()) << "no key at all";
}

TEST(Accounts, AnInvitationIsFoundByItsTokenUntilItEnds) {
  Accounts accounts;
  ASSERT_TRUE(accounts.put(account("oq-1")).has_value());
  const base::Timestamp end(std::chrono::seconds(1000));
  EXPECT_NE(accounts.invited_by(seal::sha256({}), end - base::Duration(1)), nullptr);
  EXPECT_EQ(accounts.invited_by(seal::sha256({}), end), nullptr);
  EXPECT_EQ(accounts.invited_by(seal::Digest{}, end - base::Duration(1)), nullptr);
}

TEST(Accounts, ThereAreNoMoreThanTheTableHolds) {
  Accounts accounts;
  const auto without_key = [](std::string id) {
    Account one = account(std::move(id));
    one.operator_key.clear();
    return one;
  };
  for (std::size_t i = 0; i < Accounts::kMaxAccounts; ++i)
    ASSERT_TRUE(accounts.put(without_key("a" + std::to_string(i) + "x")).has_value());
  EXPECT_FALSE(accounts.put(without_key("one-more")).has_value());
  EXPECT_TRUE(accounts.put(without_key("a0x")).has_value()) << "a change of one that is there";
}

TEST(Accounts, NamesArePostsInPlainLetters) {
  for (const char* good : {"oq-1", "ab", "a.b_c-9"}) {
    EXPECT_TRUE(is_account_id(good)) << good;
  }
  for (const char* bad : {"", "a", "1a", "Aa", "a b", "a\n", "é1", "../x", "-a"}) {
    EXPECT_FALSE(is_account_id(bad)) << bad;
  }
  EXPECT_FALSE(is_account_id(std::string(33, 'a')));
}

TEST(Accounts, PasswordsAreLongAndNotTheSameFewOverAndOver) {
  EXPECT_TRUE(is_strong_password("correct horse battery", "oq-1"));
  EXPECT_TRUE(is_strong_password("été à Gao, 42", "oq-1"));
  for (const std::string& weak : {std::string("short"),
                                  std::string(12, 'a'),
                                  std::string("abababababab"),
                                  std::string("abcabcabcabc"),
                                  std::string("oq-1oq-1oq-1"),
                                  std::string("line\nfeed here"),
                                  std::string(129, 'x')}) {
    EXPECT_FALSE(is_strong_password(weak, "oq-1")) << weak;
  }
}

}  // namespace
}  // namespace liptako::serve
