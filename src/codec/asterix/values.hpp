// A record as the list of its field values, and back to its octets: nothing is kept from the octets
// but what the table says, plus the shape of what was sent (how long a chain was, what stood in
// spare bits). values_of() followed by append_values() gives the same octets for every record that
// read_record() accepts; a test holds that on whole recordings, and the fuzzer on anything.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "codec/asterix/record.hpp"

namespace liptako::codec::asterix {

struct RecordValues {
  // An item or sub-item and how often its fields occur.
  struct Group {
    const Part* part = nullptr;
    bool is_sub = false;
    // Octets of an extended part and of an opaque one, elements of a repeated one, presence octets
    // of a compound one; 0 for a fixed part.
    std::uint32_t count = 0;
    std::uint32_t first_value = 0;  // in `values`: the fields in table order, element by element
    std::uint32_t first_octet = 0;  // in `octets`: what no field covers
  };
  const Category* category = nullptr;
  std::uint8_t fspec_length = 0;
  std::vector<Group> groups;  // in UAP order, each compound item followed by its sub-items
  std::vector<std::uint64_t> values;
  base::Bytes octets;
};

[[nodiscard]] RecordValues values_of(const Record& record);

// Appends the record's octets to `out`. Requires groups in the order values_of() makes.
void append_values(const RecordValues& record, base::Bytes& out);

}  // namespace liptako::codec::asterix
