#include "seal/merkle.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/check.hpp"
#include "seal/sha256_blocks.hpp"
#include "seal/sha256_lanes.hpp"

namespace liptako::seal {

namespace {

constexpr std::size_t kDigestBytes = 32;

// H(0x00 || digest) is one block.
using LeafBlock = std::array<std::uint8_t, kSha256Block>;
// H(0x01 || left || right) is two blocks, of which the second holds one byte of the message.
using NodeBlocks = std::array<std::uint8_t, 2 * kSha256Block>;

template <std::size_t Size>
void end_message(std::array<std::uint8_t, Size>& blocks, std::size_t length) {
  blocks[length] = 0x80;
  const auto bits = static_cast<std::uint16_t>(8 * length);
  blocks[Size - 2] = static_cast<std::uint8_t>(bits >> 8);
  blocks[Size - 1] = static_cast<std::uint8_t>(bits);
}

LeafBlock empty_leaf_block() {
  LeafBlock block{};
  end_message(block, 1 + kDigestBytes);
  return block;
}

NodeBlocks empty_node_blocks() {
  NodeBlocks blocks{};
  blocks[0] = 0x01;
  end_message(blocks, 1 + 2 * kDigestBytes);
  return blocks;
}

// Sixteen at a time, and the rest if it is worth lanes that go to waste. Returns how many.
std::size_t leaf_hashes_by_lanes(std::span<const Digest> entries, std::span<Digest> leaves) {
  std::size_t i = 0;
  for (; i + kSha256Lanes <= entries.size(); i += kSha256Lanes) {
    leaf_hash_lanes(entries.subspan(i).first<kSha256Lanes>(),
                    leaves.subspan(i).first<kSha256Lanes>());
  }
  if (entries.size() - i < kWorthLanes) return i;
  std::array<Digest, kSha256Lanes> rest{};
  std::ranges::copy(entries.subspan(i), rest.begin());
  leaf_hash_lanes(rest, rest);
  std::copy_n(rest.begin(), entries.size() - i, leaves.subspan(i).begin());
  return entries.size();
}

std::size_t node_hashes_by_lanes(std::span<const Digest> children, std::span<Digest> parents) {
  std::size_t i = 0;
  for (; i + kSha256Lanes <= parents.size(); i += kSha256Lanes) {
    node_hash_lanes(children.subspan(2 * i).first<2 * kSha256Lanes>(),
                    parents.subspan(i).first<kSha256Lanes>());
  }
  if (parents.size() - i < kWorthLanes) return i;
  std::array<Digest, 2 * kSha256Lanes> rest{};
  std::ranges::copy(children.subspan(2 * i), rest.begin());
  node_hash_lanes(rest, std::span(rest).first<kSha256Lanes>());
  std::copy_n(rest.begin(), parents.size() - i, parents.subspan(i).begin());
  return parents.size();
}

// Largest power of two below n. Requires n > 1.
std::uint64_t split(std::uint64_t n) { return std::bit_floor(n - 1); }

// MTH of the leaves [begin, end), a range that the recursion of the definition meets: its full
// subtrees, largest first, are nodes of the whole tree.
base::Result<std::vector<Digest>> peaks_of(const HashReader& hashes,
                                           std::uint64_t begin,
                                           std::uint64_t end) {
  std::vector<Digest> peaks;
  while (begin < end) {
    const std::uint64_t leaves = std::bit_floor(end - begin);
    auto hash = hashes({static_cast<unsigned>(std::countr_zero(leaves)), begin / leaves});
    if (!hash) return std::unexpected(std::move(hash.error()));
    peaks.push_back(*hash);
    begin += leaves;
  }
  return peaks;
}

Digest fold(std::span<const Digest> peaks) {
  if (peaks.empty()) return empty_root();
  Digest root = peaks.back();
  for (std::size_t i = peaks.size() - 1; i-- > 0;) root = node_hash(peaks[i], root);
  return root;
}

base::Result<Digest> range_root(const HashReader& hashes, std::uint64_t begin, std::uint64_t end) {
  auto peaks = peaks_of(hashes, begin, end);
  if (!peaks) return std::unexpected(std::move(peaks.error()));
  return fold(*peaks);
}

}  // namespace

Digest empty_root() {
  static constexpr Digest kEmpty{0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4,
                                 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b,
                                 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55};
  return kEmpty;
}

Digest leaf_hash(base::ByteView entry) {
  std::array<std::uint8_t, 2 * kSha256Block - 9> message;  // what two blocks take
  if (entry.size() < message.size()) {
    message[0] = 0x00;
    if (!entry.empty()) std::memcpy(message.data() + 1, entry.data(), entry.size());
    return sha256(base::ByteView(message).first(1 + entry.size()));
  }
  Sha256 hash;
  static constexpr std::uint8_t kLeaf = 0x00;
  hash.update({&kLeaf, 1});
  hash.update(entry);
  return hash.finish();
}

Digest node_hash(const Digest& left, const Digest& right) {
  NodeBlocks blocks = empty_node_blocks();
  std::memcpy(blocks.data() + 1, left.data(), kDigestBytes);
  std::memcpy(blocks.data() + 1 + kDigestBytes, right.data(), kDigestBytes);
  Sha256Chain chain = kSha256Initial;
  sha256_compress(chain, blocks.data(), 2);
  return digest_of(chain);
}

void leaf_hashes(std::span<const Digest> entries, std::span<Digest> leaves) {
  CHECK(leaves.size() == entries.size());
  if (has_sha256_lanes()) {
    const std::size_t done = leaf_hashes_by_lanes(entries, leaves);
    entries = entries.subspan(done);
    leaves = leaves.subspan(done);
  }
  LeafBlock a = empty_leaf_block();
  LeafBlock b = a;
  std::size_t i = 0;
  for (; i + 2 <= entries.size(); i += 2) {
    std::memcpy(a.data() + 1, entries[i].data(), kDigestBytes);
    std::memcpy(b.data() + 1, entries[i + 1].data(), kDigestBytes);
    Sha256Chain chain_a = kSha256Initial;
    Sha256Chain chain_b = kSha256Initial;
    sha256_compress_two({&chain_a, a.data()}, {&chain_b, b.data()}, 1);
    leaves[i] = digest_of(chain_a);
    leaves[i + 1] = digest_of(chain_b);
  }
  if (i < entries.size()) leaves[i] = leaf_hash(entries[i]);
}

void node_hashes(std::span<const Digest> children, std::span<Digest> parents) {
  CHECK(children.size() == 2 * parents.size());
  if (has_sha256_lanes()) {
    const std::size_t done = node_hashes_by_lanes(children, parents);
    children = children.subspan(2 * done);
    parents = parents.subspan(done);
  }
  NodeBlocks a = empty_node_blocks();
  NodeBlocks b = a;
  std::size_t i = 0;
  for (; i + 2 <= parents.size(); i += 2) {
    std::memcpy(a.data() + 1, children[2 * i].data(), 2 * kDigestBytes);
    std::memcpy(b.data() + 1, children[2 * i + 2].data(), 2 * kDigestBytes);
    Sha256Chain chain_a = kSha256Initial;
    Sha256Chain chain_b = kSha256Initial;
    sha256_compress_two({&chain_a, a.data()}, {&chain_b, b.data()}, 2);
    parents[i] = digest_of(chain_a);
    parents[i + 1] = digest_of(chain_b);
  }
  if (i < parents.size()) parents[i] = node_hash(children[2 * i], children[2 * i + 1]);
}

Digest root_of_leaves(std::span<const Digest> leaves) {
  std::vector<Digest> peaks;
  std::vector<Digest> row;
  while (!leaves.empty()) {
    const std::size_t count = std::bit_floor(leaves.size());
    row.assign(leaves.begin(), leaves.begin() + static_cast<std::ptrdiff_t>(count));
    for (std::size_t width = count; width > 1; width /= 2) {
      node_hashes(std::span(row).first(width), std::span(row).first(width / 2));
    }
    peaks.push_back(row.front());
    leaves = leaves.subspan(count);
  }
  return fold(peaks);
}

void Frontier::append(const Digest& leaf) {
  Digest hash = leaf;
  for (std::uint64_t carry = size_; (carry & 1) != 0; carry >>= 1) {
    hash = node_hash(peaks_.back(), hash);
    peaks_.pop_back();
  }
  peaks_.push_back(hash);
  ++size_;
}

Digest Frontier::root() const { return fold(peaks_); }

base::Bytes Frontier::save() const {
  base::Bytes bytes;
  base::ByteWriter out(bytes);
  out.put(size_);
  for (const Digest& peak : peaks_) out.put_raw(peak);
  return bytes;
}

base::Result<Frontier> Frontier::restore(base::ByteView bytes) {
  base::ByteReader in(bytes);
  const auto size = in.get<std::uint64_t>();
  const auto count = static_cast<std::size_t>(std::popcount(size));
  if (!in.ok() || in.remaining() != count * kDigestBytes) {
    return base::bad_input("frontier of a tree: wrong length");
  }
  std::vector<Digest> peaks(count);
  for (Digest& peak : peaks) std::ranges::copy(in.get_raw(kDigestBytes), peak.begin());
  return from_peaks(size, std::move(peaks));
}

Frontier Frontier::from_peaks(std::uint64_t size, std::vector<Digest> peaks) {
  CHECK(peaks.size() == static_cast<std::size_t>(std::popcount(size)));
  Frontier frontier;
  frontier.size_ = size;
  frontier.peaks_ = std::move(peaks);
  return frontier;
}

base::Result<Digest> tree_root(const HashReader& hashes, std::uint64_t size) {
  return range_root(hashes, 0, size);
}

base::Result<Frontier> tree_frontier(const HashReader& hashes, std::uint64_t size) {
  auto peaks = peaks_of(hashes, 0, size);
  if (!peaks) return std::unexpected(std::move(peaks.error()));
  return Frontier::from_peaks(size, std::move(*peaks));
}

base::Result<Proof> inclusion_proof(const HashReader& hashes,
                                    std::uint64_t index,
                                    std::uint64_t size) {
  if (index >= size) return base::bad_input("inclusion proof: the tree has no such leaf");
  Proof proof;
  std::uint64_t begin = 0;
  std::uint64_t end = size;
  while (end - begin > 1) {
    const std::uint64_t middle = begin + split(end - begin);
    const bool left = index < middle;
    auto sibling = left ? range_root(hashes, middle, end) : range_root(hashes, begin, middle);
    if (!sibling) return std::unexpected(std::move(sibling.error()));
    proof.push_back(*sibling);
    (left ? end : begin) = middle;
  }
  std::ranges::reverse(proof);
  return proof;
}

base::Result<Proof> consistency_proof(const HashReader& hashes,
                                      std::uint64_t older,
                                      std::uint64_t newer) {
  if (older > newer) return base::bad_input("consistency proof: the older tree is the larger");
  Proof proof;
  if (older == 0) return proof;
  std::uint64_t begin = 0;
  std::uint64_t end = newer;
  while (older != end) {
    const std::uint64_t middle = begin + split(end - begin);
    const bool left = older <= middle;
    auto sibling = left ? range_root(hashes, middle, end) : range_root(hashes, begin, middle);
    if (!sibling) return std::unexpected(std::move(sibling.error()));
    proof.push_back(*sibling);
    (left ? end : begin) = middle;
  }
  // The older tree's last subtree, unless it is the older tree, whose root the reader knows.
  if (begin != 0) {
    auto last = range_root(hashes, begin, end);
    if (!last) return std::unexpected(std::move(last.error()));
    proof.push_back(*last);
  }
  std::ranges::reverse(proof);
  return proof;
}

// In both verifications `first` and `second` are the paths to a leaf of the older and to the last
// leaf of the newer tree (fn and sn of the RFC): bit by bit from the bottom, set where the node is
// a right child; where both agree on the rest, the node is on the right edge of the newer tree.

bool inclusion_holds(const Digest& leaf,
                     std::uint64_t index,
                     const TreeHead& tree,
                     std::span<const Digest> proof) {
  if (index >= tree.size) return false;
  std::uint64_t first = index;
  std::uint64_t second = tree.size - 1;
  Digest hash = leaf;
  for (const Digest& sibling : proof) {
    if (second == 0) return false;
    if ((first & 1) != 0 || first == second) {
      hash = node_hash(sibling, hash);
      while ((first & 1) == 0 && first != 0) {
        first >>= 1;
        second >>= 1;
      }
    } else {
      hash = node_hash(hash, sibling);
    }
    first >>= 1;
    second >>= 1;
  }
  return second == 0 && hash == tree.root;
}

namespace {

// What a consistency proof hashes up to.
struct BothRoots {
  Digest older;
  Digest newer;
};

// `first_node` is the older tree's last full subtree; `proof` what follows it. Nothing if the proof
// has too many or too few hashes. Requires 0 < older < newer.
std::optional<BothRoots> roots_of_consistency(std::uint64_t older,
                                              std::uint64_t newer,
                                              const Digest& first_node,
                                              std::span<const Digest> proof) {
  std::uint64_t first = older - 1;
  std::uint64_t second = newer - 1;
  while ((first & 1) != 0) {
    first >>= 1;
    second >>= 1;
  }
  BothRoots roots{first_node, first_node};
  for (const Digest& node : proof) {
    if (second == 0) return std::nullopt;
    if ((first & 1) != 0 || first == second) {
      roots.older = node_hash(node, roots.older);
      roots.newer = node_hash(node, roots.newer);
      while ((first & 1) == 0 && first != 0) {
        first >>= 1;
        second >>= 1;
      }
    } else {
      roots.newer = node_hash(roots.newer, node);
    }
    first >>= 1;
    second >>= 1;
  }
  if (second != 0) return std::nullopt;
  return roots;
}

}  // namespace

bool consistency_holds(const TreeHead& older,
                       const TreeHead& newer,
                       std::span<const Digest> proof) {
  if (older.size > newer.size) return false;
  if (older.size == 0) {
    return proof.empty() && older.root == empty_root() &&
           (newer.size > 0 || newer.root == empty_root());
  }
  if (older.size == newer.size) return proof.empty() && older.root == newer.root;
  if (proof.empty()) return false;
  // An older tree that is a full subtree of the newer is its own first node.
  const bool full = std::has_single_bit(older.size);
  const auto roots = roots_of_consistency(
      older.size, newer.size, full ? older.root : proof.front(), full ? proof : proof.subspan(1));
  return roots && roots->older == older.root && roots->newer == newer.root;
}

std::optional<Digest> root_at(std::uint64_t older,
                              const TreeHead& newer,
                              std::span<const Digest> proof) {
  if (older == 0 || older >= newer.size || std::has_single_bit(older) || proof.empty()) {
    return std::nullopt;
  }
  const auto roots = roots_of_consistency(older, newer.size, proof.front(), proof.subspan(1));
  if (!roots || roots->newer != newer.root) return std::nullopt;
  return roots->older;
}

}  // namespace liptako::seal
