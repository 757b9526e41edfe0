#include "charter/roster_draft.hpp"

#include <gtest/gtest.h>

namespace liptako::charter {
namespace {

using seal::KeyRole;

const base::Timestamp kNow = *base::parse_rfc3339("2026-11-22T08:00:00.1234567Z");

seal::VerifierKey key_of(KeyRole role, std::string name, std::uint8_t number) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(number);
  return {std::move(name), seal::key_type_of(role), seal::SigningKey::from_seed(seed).public_key()};
}

Roster draft() {
  Roster roster;
  roster.federation = "aes.example";
  roster.valid_from = *base::parse_rfc3339("2026-11-01");
  roster.valid_to = *base::parse_rfc3339("2027-02-01");
  roster.members = {{{1}, "ml", "Mali"}, {{2}, "bf", "Burkina Faso"}, {{3}, "ne", "Niger"}};
  for (std::uint8_t i = 1; i <= 3; ++i) {
    roster.keys.push_back(
        {"ml", KeyRole::root, {}, key_of(KeyRole::root, "ml/root/" + std::to_string(i), i)});
  }
  roster.keys.push_back({"bf", KeyRole::root, {}, key_of(KeyRole::root, "bf/root", 4)});
  roster.keys.push_back({"ml", KeyRole::node, {}, key_of(KeyRole::node, "ml/node", 5)});
  return roster;
}

TEST(RosterDraft, TheUsualQuorumIsMoreThanHalfOfMoreThanHalf) {
  const auto roster = with_usual_quorum(draft(), 0, 0);
  ASSERT_TRUE(roster) << roster.error().message;
  EXPECT_EQ(roster->quorum.group_words(),
            (std::vector<std::string>{"ml-roots 2 ml/root/1 ml/root/2 ml/root/3",
                                      "bf-roots 1 bf/root",
                                      "members 2 ml-roots bf-roots"}));
  EXPECT_EQ(roster->quorum.quorum_word(), "members");
  EXPECT_FALSE(with_usual_quorum(draft(), 2, 0));  // bf has one root key
  EXPECT_FALSE(with_usual_quorum(draft(), 0, 3));  // ne has no voice
}

TEST(RosterDraft, AReplacedKeyIsRevokedAndItsLineSpeaksAnew) {
  const Roster before = *with_usual_quorum(draft(), 0, 0);
  const auto old = key_of(KeyRole::root, "ml/root/2", 2);
  const auto fresh = key_of(KeyRole::root, "ml/root/2", 22);
  const auto after = with_key_replaced(before, old, fresh, kNow);
  ASSERT_TRUE(after) << after.error().message;
  EXPECT_TRUE(after->is_revoked(old));
  EXPECT_EQ(after->revoked.back().time, *base::parse_rfc3339("2026-11-22T08:00:00.123Z"));
  EXPECT_NE(after->find(fresh), nullptr);
  EXPECT_EQ(after->quorum, before.quorum);
  // Not by a key of another name, nor for one that is not there, nor back to a revoked one.
  EXPECT_FALSE(with_key_replaced(before, old, key_of(KeyRole::root, "ml/root/9", 22), kNow));
  EXPECT_FALSE(with_key_replaced(before, fresh, old, kNow));
  EXPECT_FALSE(with_key_replaced(*after, fresh, old, kNow));
}

TEST(RosterDraft, ARevokedKeyLeavesItsLineAndGroup) {
  const Roster before = *with_usual_quorum(draft(), 0, 0);
  const auto after = with_key_revoked(before, key_of(KeyRole::root, "ml/root/2", 2), kNow, "lost");
  ASSERT_TRUE(after) << after.error().message;
  EXPECT_EQ(after->quorum.group_words().front(), "ml-roots 2 ml/root/1 ml/root/3");
  const auto node = with_key_revoked(*after, key_of(KeyRole::node, "ml/node", 5), kNow, "stolen");
  ASSERT_TRUE(node);
  EXPECT_TRUE(node->keys_of("ml", KeyRole::node).empty());
  EXPECT_EQ(node->revoked.size(), 2u);
  // The number two cannot be met by one, and bf's group by none.
  EXPECT_FALSE(with_key_revoked(*after, key_of(KeyRole::root, "ml/root/1", 1), kNow, "lost"));
  EXPECT_FALSE(with_key_revoked(before, key_of(KeyRole::root, "bf/root", 4), kNow, "lost"));
  EXPECT_FALSE(with_key_revoked(*after, key_of(KeyRole::root, "ml/root/2", 2), kNow, "again"));
}

}  // namespace
}  // namespace liptako::charter
