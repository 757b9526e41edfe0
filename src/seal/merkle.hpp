// Merkle trees as [RFC 6962, §2.1] defines them (and [RFC 9162, §2.1] again): the hashes of leaves
// and nodes, the root of a growing tree, proofs that a leaf is in a tree and that a tree only grew.
// Where hashes are stored is the concern of tiles.hpp.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "seal/sha256.hpp"

namespace liptako::seal {

// H(""), the root of the tree without leaves.
[[nodiscard]] Digest empty_root();
// H(0x00 || entry).
[[nodiscard]] Digest leaf_hash(base::ByteView entry);
// H(0x01 || left || right).
[[nodiscard]] Digest node_hash(const Digest& left, const Digest& right);

// The same for many, as many at a time as the CPU can: the leaf hashes of entries that are digests
// themselves, and the parents of neighbours, parents[i] = node_hash(children[2 i], children[2 i +
// 1]). Requires an output as long as the input, or half as long. `parents` may begin where
// `children` begins.
void leaf_hashes(std::span<const Digest> entries, std::span<Digest> leaves);
void node_hashes(std::span<const Digest> children, std::span<Digest> parents);

// The root over leaf hashes given in order (MTH of [RFC 6962, §2.1], whose leaves are hashed).
[[nodiscard]] Digest root_of_leaves(std::span<const Digest> leaves);

struct TreeHead {
  std::uint64_t size = 0;
  Digest root = empty_root();
  friend bool operator==(const TreeHead&, const TreeHead&) = default;
};

// The right edge of a tree: the roots of its full subtrees, of falling size, one for each bit set
// in size(). It is all that is needed to append and to know the root. Appending costs one node hash
// on average; root() one for each bit.
class Frontier {
 public:
  void append(const Digest& leaf);
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] Digest root() const;
  [[nodiscard]] TreeHead head() const { return {size_, root()}; }

  // Canonical bytes: size as u64, then the roots, largest subtree first.
  [[nodiscard]] base::Bytes save() const;
  [[nodiscard]] static base::Result<Frontier> restore(base::ByteView bytes);
  // From the roots of the full subtrees, largest first. Requires one for each bit set in `size`.
  [[nodiscard]] static Frontier from_peaks(std::uint64_t size, std::vector<Digest> peaks);
  [[nodiscard]] const std::vector<Digest>& peaks() const { return peaks_; }

  friend bool operator==(const Frontier&, const Frontier&) = default;

 private:
  std::uint64_t size_ = 0;
  std::vector<Digest> peaks_;
};

// The hash of a full subtree: leaves [index * 2^level, (index + 1) * 2^level). A tree of any size
// is put together from such nodes.
struct NodeId {
  unsigned level = 0;
  std::uint64_t index = 0;
  friend auto operator<=>(const NodeId&, const NodeId&) = default;
};
using HashReader = std::function<base::Result<Digest>(NodeId)>;

using Proof = std::vector<Digest>;

// The root and the frontier of the tree's first `size` leaves; the error is the reader's.
[[nodiscard]] base::Result<Digest> tree_root(const HashReader& hashes, std::uint64_t size);
[[nodiscard]] base::Result<Frontier> tree_frontier(const HashReader& hashes, std::uint64_t size);

// PATH(index, D[size]) [RFC 6962, §2.1.1], sibling of the leaf first. Refuses index >= size.
[[nodiscard]] base::Result<Proof> inclusion_proof(const HashReader& hashes,
                                                  std::uint64_t index,
                                                  std::uint64_t size);
// PROOF(older, D[newer]) [RFC 6962, §2.1.2]; empty when older is 0 or equals newer. Refuses
// older > newer.
[[nodiscard]] base::Result<Proof> consistency_proof(const HashReader& hashes,
                                                    std::uint64_t older,
                                                    std::uint64_t newer);

// Whether the proof shows that the leaf stands at `index` in the tree [RFC 9162, §2.1.3.2].
[[nodiscard]] bool inclusion_holds(const Digest& leaf,
                                   std::uint64_t index,
                                   const TreeHead& tree,
                                   std::span<const Digest> proof);
// Whether the proof shows that the newer tree begins with the leaves of the older
// [RFC 9162, §2.1.4.2]. Anything begins with the empty tree, whose root must be empty_root() and
// whose proof is empty; equal sizes need equal roots and no proof.
[[nodiscard]] bool consistency_holds(const TreeHead& older,
                                     const TreeHead& newer,
                                     std::span<const Digest> proof);

// The root that the newer tree's first `older` leaves have, as far as a consistency proof shows it:
// the proof hashes up to the newer root, which no other proof between these sizes does. A log that
// signed another root for that size has forked. Nothing if the proof is none of the newer tree, or
// `older` is a power of two: such a proof leaves the older root to the reader.
[[nodiscard]] std::optional<Digest> root_at(std::uint64_t older,
                                            const TreeHead& newer,
                                            std::span<const Digest> proof);

}  // namespace liptako::seal
