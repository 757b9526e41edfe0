#include "seal/merkle.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>

#include "base/prng.hpp"

namespace liptako::seal {
namespace {

Digest random_digest(base::Prng& prng) {
  Digest digest;
  for (auto& byte : digest) byte = static_cast<std::uint8_t>(prng.below(256));
  return digest;
}

// MTH as the definition says it, over leaf hashes.
Digest mth(std::span<const Digest> leaves) {
  if (leaves.empty()) return sha256({});
  if (leaves.size() == 1) return leaves.front();
  std::size_t k = 1;
  while (2 * k < leaves.size()) k *= 2;
  base::Bytes node{0x01};
  for (const Digest& half : {mth(leaves.first(k)), mth(leaves.subspan(k))}) {
    node.insert(node.end(), half.begin(), half.end());
  }
  return sha256(node);
}

// A forest of every full subtree, the slow obvious way; a tree of up to 2^64 leaves is feigned by
// leaving out what is not asked for.
HashReader reader_over(const std::vector<Digest>& leaves) {
  return [&leaves](NodeId node) -> base::Result<Digest> {
    const std::uint64_t width = std::uint64_t{1} << node.level;
    if ((node.index + 1) * width > leaves.size()) return base::bad_input("outside the tree");
    return mth(std::span(leaves).subspan(node.index * width, width));
  };
}

std::vector<Digest> random_leaves(base::Prng& prng, std::size_t count) {
  std::vector<Digest> leaves(count);
  for (Digest& leaf : leaves) leaf = random_digest(prng);
  return leaves;
}

Proof good(base::Result<Proof> proof) {
  EXPECT_TRUE(proof.has_value());
  return proof.value_or(Proof{});
}

TEST(Merkle, HashesAreThoseOfTheDefinition) {
  EXPECT_EQ(empty_root(), sha256({}));
  base::Prng prng(1);
  for (std::size_t size = 0; size < 300; ++size) {
    base::Bytes entry(size);
    for (auto& byte : entry) byte = static_cast<std::uint8_t>(prng.below(256));
    base::Bytes prefixed{0x00};
    prefixed.insert(prefixed.end(), entry.begin(), entry.end());
    EXPECT_EQ(leaf_hash(entry), sha256(prefixed)) << size;
  }
  const Digest left = random_digest(prng);
  const Digest right = random_digest(prng);
  EXPECT_EQ(node_hash(left, right), mth(std::vector{left, right}));
}

// Roots published with the first implementation of Certificate Transparency and used by others
// since: the leaves "", 00, 10, 2021, 3031, 40414243, 5051..57, 6061..6f.
TEST(Merkle, PublishedRoots) {
  const std::vector<base::Bytes> entries{{},
                                         {0x00},
                                         {0x10},
                                         {0x20, 0x21},
                                         {0x30, 0x31},
                                         {0x40, 0x41, 0x42, 0x43},
                                         {0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57},
                                         {0x60,
                                          0x61,
                                          0x62,
                                          0x63,
                                          0x64,
                                          0x65,
                                          0x66,
                                          0x67,
                                          0x68,
                                          0x69,
                                          0x6a,
                                          0x6b,
                                          0x6c,
                                          0x6d,
                                          0x6e,
                                          0x6f}};
  Frontier frontier;
  std::vector<std::string> roots;
  for (const base::Bytes& entry : entries) {
    frontier.append(leaf_hash(entry));
    roots.push_back(to_hex(frontier.root()));
  }
  EXPECT_EQ(roots[0], "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  EXPECT_EQ(roots[1], "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
  EXPECT_EQ(roots[7], "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
}

TEST(Merkle, ManyAtOnceHashLikeOneByOne) {
  base::Prng prng(2);
  for (std::size_t count = 0; count < 80; ++count) {
    const std::vector<Digest> children = random_leaves(prng, 2 * count);
    std::vector<Digest> parents(count);
    node_hashes(children, parents);
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_EQ(parents[i], node_hash(children[2 * i], children[2 * i + 1]));
    }
    std::vector<Digest> in_place = children;
    node_hashes(in_place, std::span(in_place).first(count));
    EXPECT_TRUE(std::equal(parents.begin(), parents.end(), in_place.begin()));
    std::vector<Digest> leaves(children.size());
    leaf_hashes(children, leaves);
    for (std::size_t i = 0; i < leaves.size(); ++i) EXPECT_EQ(leaves[i], leaf_hash(children[i]));
  }
}

TEST(Merkle, AGrowingTreeHasTheRootOfTheDefinition) {
  base::Prng prng(3);
  const std::vector<Digest> leaves = random_leaves(prng, 300);
  Frontier frontier;
  for (std::size_t size = 0; size <= leaves.size(); ++size) {
    const Digest root = mth(std::span(leaves).first(size));
    EXPECT_EQ(frontier.root(), root) << size;
    EXPECT_EQ(root_of_leaves(std::span(leaves).first(size)), root) << size;
    EXPECT_EQ(frontier.size(), size);
    const auto read = tree_frontier(reader_over(leaves), size);
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(*read, frontier);
    const auto restored = Frontier::restore(frontier.save());
    ASSERT_TRUE(restored.has_value());
    EXPECT_EQ(*restored, frontier);
    if (size < leaves.size()) frontier.append(leaves[size]);
  }
}

TEST(Merkle, ASavedFrontierOfTheWrongLengthIsRefused) {
  Frontier frontier;
  for (int i = 0; i < 11; ++i) frontier.append(empty_root());
  base::Bytes bytes = frontier.save();
  bytes.push_back(0);
  EXPECT_FALSE(Frontier::restore(bytes).has_value());
  bytes.resize(bytes.size() - 2);
  EXPECT_FALSE(Frontier::restore(bytes).has_value());
  EXPECT_FALSE(Frontier::restore(base::ByteView(bytes).first(7)).has_value());
  bytes[0] = 10;  // two subtrees where three are given
  EXPECT_FALSE(Frontier::restore(bytes).has_value());
}

TEST(Merkle, EveryLeafOfEverySmallTreeIsProved) {
  base::Prng prng(4);
  const std::vector<Digest> leaves = random_leaves(prng, 70);
  for (std::size_t size = 1; size <= leaves.size(); ++size) {
    const TreeHead tree{size, mth(std::span(leaves).first(size))};
    for (std::size_t index = 0; index < size; ++index) {
      const Proof proof = good(inclusion_proof(reader_over(leaves), index, size));
      EXPECT_TRUE(inclusion_holds(leaves[index], index, tree, proof)) << index << " of " << size;
    }
  }
}

TEST(Merkle, EverySmallTreeIsProvedToBeginEveryLargerOne) {
  base::Prng prng(5);
  const std::vector<Digest> leaves = random_leaves(prng, 70);
  std::vector<TreeHead> heads;
  for (std::size_t size = 0; size <= leaves.size(); ++size) {
    heads.push_back({size, mth(std::span(leaves).first(size))});
  }
  for (const TreeHead& newer : heads) {
    for (const TreeHead& older : heads) {
      if (older.size > newer.size) {
        EXPECT_FALSE(consistency_proof(reader_over(leaves), older.size, newer.size).has_value());
        EXPECT_FALSE(consistency_holds(older, newer, {}));
        continue;
      }
      const Proof proof = good(consistency_proof(reader_over(leaves), older.size, newer.size));
      EXPECT_TRUE(consistency_holds(older, newer, proof)) << older.size << " " << newer.size;
      TreeHead other = older;
      other.root[prng.below(32)] ^= 1;
      EXPECT_FALSE(consistency_holds(other, newer, proof)) << older.size << " " << newer.size;
    }
  }
}

// Proofs of large random trees, whole and with one thing wrong.
TEST(Merkle, AProofWithAnythingWrongFails) {
  base::Prng prng(6);
  const std::vector<Digest> leaves = random_leaves(prng, 3000);
  for (int round = 0; round < 40; ++round) {
    const std::uint64_t size = 2 + prng.below(leaves.size() - 1);
    const std::uint64_t index = prng.below(size);
    const std::uint64_t older_size = 1 + prng.below(size - 1);
    const TreeHead tree{size, mth(std::span(leaves).first(size))};
    const TreeHead older{older_size, mth(std::span(leaves).first(older_size))};
    const Proof inclusion = good(inclusion_proof(reader_over(leaves), index, size));
    const Proof consistency = good(consistency_proof(reader_over(leaves), older_size, size));
    ASSERT_TRUE(inclusion_holds(leaves[index], index, tree, inclusion));
    ASSERT_TRUE(consistency_holds(older, tree, consistency));

    const auto both_fail = [&](auto change) {
      Proof broken = inclusion;
      change(broken);
      if (broken != inclusion) {
        EXPECT_FALSE(inclusion_holds(leaves[index], index, tree, broken));
      }
      broken = consistency;
      change(broken);
      if (broken != consistency) {
        EXPECT_FALSE(consistency_holds(older, tree, broken));
      }
    };
    both_fail([&](Proof& proof) { proof[prng.below(proof.size())][prng.below(32)] ^= 0x10; });
    both_fail([](Proof& proof) { proof.pop_back(); });
    both_fail([](Proof& proof) { proof.erase(proof.begin()); });
    both_fail([&](Proof& proof) { proof.push_back(random_digest(prng)); });
    both_fail([&](Proof& proof) { proof.insert(proof.begin(), random_digest(prng)); });
    both_fail([](Proof& proof) { std::ranges::reverse(proof); });
    both_fail([](Proof& proof) { proof.clear(); });

    TreeHead other = tree;
    other.root[prng.below(32)] ^= 0x01;
    EXPECT_FALSE(inclusion_holds(leaves[index], index, other, inclusion));
    EXPECT_FALSE(consistency_holds(older, other, consistency));
    EXPECT_FALSE(inclusion_holds(leaves[index], size, tree, inclusion));
    EXPECT_FALSE(inclusion_holds(leaves[index], index ^ 1, tree, inclusion));
    EXPECT_FALSE(inclusion_holds(random_digest(prng), index, tree, inclusion));
    EXPECT_FALSE(consistency_holds(tree, older, consistency));
  }
}

TEST(Merkle, AConsistencyProofTellsTheOlderRootOfTheNewerTree) {
  base::Prng prng(9);
  const std::vector<Digest> leaves = random_leaves(prng, 80);
  for (std::uint64_t size = 1; size <= leaves.size(); ++size) {
    const TreeHead newer{size, mth(std::span(leaves).first(size))};
    for (std::uint64_t older = 0; older <= size; ++older) {
      Proof proof = good(consistency_proof(reader_over(leaves), older, size));
      const auto root = root_at(older, newer, proof);
      if (older == 0 || older == size || std::has_single_bit(older)) {
        EXPECT_FALSE(root.has_value());
        continue;
      }
      EXPECT_EQ(root, mth(std::span(leaves).first(older)));
      proof[prng.below(proof.size())][prng.below(32)] ^= 1;
      EXPECT_FALSE(root_at(older, newer, proof).has_value());
      proof.push_back(leaves[0]);
      EXPECT_FALSE(root_at(older, newer, proof).has_value());
      EXPECT_FALSE(root_at(older, newer, {}).has_value());
    }
  }
}

TEST(Merkle, OnlyTheEmptyTreeBeginsAnythingWithoutProof) {
  base::Prng prng(7);
  const TreeHead empty;
  const TreeHead some{5, random_digest(prng)};
  EXPECT_TRUE(consistency_holds(empty, some, {}));
  EXPECT_TRUE(consistency_holds(empty, empty, {}));
  EXPECT_FALSE(consistency_holds({0, random_digest(prng)}, some, {}));
  EXPECT_FALSE(consistency_holds(empty, {0, random_digest(prng)}, {}));
  EXPECT_FALSE(consistency_holds(empty, some, Proof{random_digest(prng)}));
  EXPECT_TRUE(consistency_holds(some, some, {}));
  EXPECT_FALSE(consistency_holds(some, {5, random_digest(prng)}, {}));
  EXPECT_FALSE(consistency_holds(some, some, Proof{random_digest(prng)}));
  EXPECT_FALSE(consistency_holds(some, {6, random_digest(prng)}, {}));
}

TEST(Merkle, SizesNearTheLimitOfTheTypeEnd) {
  base::Prng prng(8);
  const Proof longest = random_leaves(prng, 130);
  const TreeHead huge{~std::uint64_t{0}, random_digest(prng)};
  EXPECT_FALSE(inclusion_holds(longest[0], huge.size - 1, huge, longest));
  EXPECT_FALSE(inclusion_holds(longest[0], 0, huge, longest));
  EXPECT_FALSE(consistency_holds({huge.size - 1, longest[0]}, huge, longest));
  EXPECT_FALSE(consistency_holds({std::uint64_t{1} << 63, longest[0]}, huge, longest));
}

TEST(Merkle, AReadersErrorIsTheProofs) {
  const HashReader broken = [](NodeId) -> base::Result<Digest> {
    return base::world_failed("gone");
  };
  EXPECT_EQ(inclusion_proof(broken, 3, 10).error().message, "gone");
  EXPECT_EQ(consistency_proof(broken, 3, 10).error().message, "gone");
  EXPECT_EQ(tree_root(broken, 10).error().message, "gone");
  EXPECT_EQ(inclusion_proof(broken, 10, 10).error().kind, base::ErrorKind::bad_input);
}

}  // namespace
}  // namespace liptako::seal
