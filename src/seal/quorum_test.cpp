#include "seal/quorum.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/prng.hpp"

namespace liptako::seal {
namespace {

Quorum with_keys(std::initializer_list<const char*> keys) {
  Quorum quorum;
  for (const char* key : keys) EXPECT_TRUE(quorum.add_key(key));
  return quorum;
}

TEST(Quorum, KOfNCounts) {
  Quorum quorum = with_keys({"a", "b", "c"});
  ASSERT_TRUE(quorum.add_group("three 2 a b c"));
  ASSERT_TRUE(quorum.set_quorum("three"));
  EXPECT_FALSE(quorum.satisfied_by({}));
  EXPECT_FALSE(quorum.satisfied_by(std::vector<std::string>{"a"}));
  EXPECT_FALSE(quorum.satisfied_by(std::vector<std::string>{"a", "a", "stranger"}));
  EXPECT_TRUE(quorum.satisfied_by(std::vector<std::string>{"c", "a"}));
}

TEST(Quorum, GroupsNestAndOneKeyMayBeEnough) {
  Quorum quorum = with_keys({"a", "b", "c", "d"});
  ASSERT_TRUE(quorum.add_group("x all a b"));
  ASSERT_TRUE(quorum.add_group("y any c d"));
  ASSERT_TRUE(quorum.add_group("both 2 x y"));
  Quorum other = quorum;
  ASSERT_TRUE(quorum.set_quorum("both"));
  EXPECT_FALSE(quorum.satisfied_by(std::vector<std::string>{"a", "b"}));
  EXPECT_FALSE(quorum.satisfied_by(std::vector<std::string>{"a", "c", "d"}));
  EXPECT_TRUE(quorum.satisfied_by(std::vector<std::string>{"a", "b", "d"}));
  ASSERT_TRUE(other.set_quorum("a"));
  EXPECT_TRUE(other.satisfied_by(std::vector<std::string>{"a"}));
}

TEST(Quorum, UnsetIsNeverMetAndNoneAlways) {
  Quorum quorum = with_keys({"a"});
  EXPECT_FALSE(quorum.satisfied_by(std::vector<std::string>{"a"}));
  ASSERT_TRUE(quorum.set_quorum("none"));
  EXPECT_TRUE(quorum.is_none());
  EXPECT_TRUE(quorum.satisfied_by({}));
}

TEST(Quorum, WhatIsNotTheGrammarIsRefused) {
  Quorum quorum = with_keys({"a", "b", "c"});
  ASSERT_TRUE(quorum.add_group("g 1 a"));
  for (const std::string_view bad : {"",
                                     "h",
                                     "h 1",
                                     "h 0 b",
                                     "h 3 b c",
                                     "h 01 b c",
                                     "h -1 b",
                                     "h some b",
                                     "h 1 a",    // used before
                                     "h 1 b b",  // twice
                                     "h 1 h",    // itself
                                     "h 1 later",
                                     "g 1 b",  // taken
                                     "b 1 c",
                                     "none 1 b",
                                     "h  1 b",
                                     "h 1 b ",
                                     "h+ 1 b"}) {
    EXPECT_FALSE(quorum.add_group(bad)) << bad;
  }
  EXPECT_FALSE(quorum.add_key("a"));
  EXPECT_FALSE(quorum.add_key("g"));
  EXPECT_FALSE(quorum.add_key("with space"));
  EXPECT_FALSE(quorum.set_quorum("unknown"));
  // A refused line leaves nothing behind.
  EXPECT_TRUE(quorum.add_group("h 2 b c"));
  EXPECT_EQ(quorum.group_words(), (std::vector<std::string>{"g 1 a", "h 2 b c"}));
  EXPECT_TRUE(quorum.set_quorum("h"));
  EXPECT_FALSE(quorum.set_quorum("g"));
  EXPECT_EQ(quorum.quorum_word(), "h");
}

// The slow obvious way: a group is met if enough of its members are, by recursion over text.
struct Oracle {
  std::map<std::string, std::pair<std::size_t, std::vector<std::string>>> groups;
  bool met(const std::string& name, const std::set<std::string>& signed_keys) const {
    const auto group = groups.find(name);
    if (group == groups.end()) return signed_keys.contains(name);
    std::size_t count = 0;
    for (const std::string& member : group->second.second) count += met(member, signed_keys);
    return count >= group->second.first;
  }
};

TEST(Quorum, AgreesWithRecursionOnRandomGroups) {
  base::Prng prng(4);
  int yes = 0;
  int no = 0;
  for (int round = 0; round < 400; ++round) {
    Quorum quorum;
    Oracle oracle;
    std::vector<std::string> open;  // not yet a member
    const std::size_t keys = 1 + prng.below(9);
    for (std::size_t i = 0; i < keys; ++i) {
      open.push_back("k" + std::to_string(i));
      ASSERT_TRUE(quorum.add_key(open.back()));
    }
    const std::vector<std::string> all = open;
    for (int g = 0; open.size() > 1 && g < 5; ++g) {
      std::vector<std::string> members;
      const std::size_t count = 1 + prng.below(open.size());
      for (std::size_t i = 0; i < count; ++i) {
        const auto at = open.begin() + static_cast<std::ptrdiff_t>(prng.below(open.size()));
        members.push_back(*at);
        open.erase(at);
      }
      const std::size_t k = 1 + prng.below(count);
      const std::string name = "g" + std::to_string(g);
      std::string words = name + ' ' + std::to_string(k);
      for (const std::string& member : members) words += ' ' + member;
      ASSERT_TRUE(quorum.add_group(words)) << words;
      oracle.groups[name] = {k, members};
      open.push_back(name);
    }
    const std::string top = open[prng.below(open.size())];
    ASSERT_TRUE(quorum.set_quorum(top));
    for (int draw = 0; draw < 20; ++draw) {
      std::set<std::string> signers;
      for (const std::string& key : all) {
        if (prng.chance(0.5)) signers.insert(key);
      }
      const bool expected = oracle.met(top, signers);
      (expected ? yes : no) += 1;
      EXPECT_EQ(quorum.satisfied_by(std::vector<std::string>(signers.begin(), signers.end())),
                expected);
    }
  }
  EXPECT_GT(yes, 1000);
  EXPECT_GT(no, 1000);
}

}  // namespace
}  // namespace liptako::seal
