// Which edition of CAT021 a source writes: 0.23 and 2.x share the category's number, and nothing in
// a record says which it is. It is a property of the source, to be configured. What can be told
// from the octets is whether they make sense by one table and none by the other.
#pragma once

#include <cstdint>
#include <optional>

#include "codec/asterix/record.hpp"

namespace liptako::codec::asterix {

// Data blocks of CAT021, by the edition by whose table alone all their records make sense: they end
// where the block ends, have source, descriptor, address and a time, and times, latitudes and codes
// lie within their bounds.
struct EditionEvidence {
  std::uint64_t ed023 = 0;
  std::uint64_t later = 0;
  std::uint64_t both = 0;     // tells nothing
  std::uint64_t neither = 0;  // damaged, or of an edition that has no table

  // None where no block tells, or where they contradict each other: one in twenty is taken for
  // damage.
  [[nodiscard]] std::optional<Editions> verdict() const;
};

// Of the first `most` blocks of CAT021 in data that begins with a block. Reads from header to
// header, so that it ends at the first length that cannot be.
[[nodiscard]] EditionEvidence weigh_editions(ByteView data, std::uint64_t most = 1000);

}  // namespace liptako::codec::asterix
