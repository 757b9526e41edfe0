// From bytes to records: data blocks, FSPEC, and where each item of a record lies. No item is
// interpreted here; the tables of spec/asterix say how long each one is. Every length is checked
// before the bytes it covers are read. [EUROCONTROL-SPEC-0149, Part 1, ch. 4 and 5]
#pragma once

#include <array>
#include <bit>
#include <bitset>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "codec/asterix/table.hpp"

namespace liptako::codec::asterix {

using base::ByteView;

enum class Fault : std::uint8_t {
  block_header_truncated,  // fewer than three octets where a data block should start
  block_length_invalid,    // a length under four, or beyond the end of the data
  block_not_recognised,    // a category nobody knows, and no block follows it
  fspec_truncated,
  fspec_empty,         // a record without items
  fspec_undefined,     // an item that the category does not define
  source_missing,      // no data source identifier, unlike the first record of the block
  item_truncated,      // the item needs more octets than the block has left
  item_length_invalid  // an explicit length of zero, a presence bit that means nothing
};
[[nodiscard]] std::string_view to_string(Fault fault);

// Why a record, or a block, could not be read. Small and free of allocation; to_string() makes the
// text.
struct RecordError {
  Fault fault{};
  std::uint8_t category = 0;
  std::uint32_t record_number = 0;  // in its block, from 0
  std::uint64_t record_offset = 0;  // of the record (of the block for block faults) in the data
  std::uint64_t offset = 0;         // where reading stopped
  std::string_view item{};          // "040", "130/SRL"; empty for block and FSPEC faults
  std::uint32_t needed = 0;
  std::uint32_t left = 0;
};
// "CAT048 record at byte 3: I048/040 needs 4 bytes, 2 left"
[[nodiscard]] std::string to_string(const RecordError& error);

// Where and what a record was, for error texts, logs and re-emission.
struct RecordInfo {
  std::uint8_t category = 0;
  std::uint32_t number = 0;  // in its block, from 0
  std::uint64_t offset = 0;  // of its FSPEC, from the start of the data
  ByteView
      bytes{};  // FSPEC and items; a view into the data, valid during the call that delivers it
};

// A record whose structure has been checked: every item it announces lies whole inside it.
class Record {
 public:
  RecordInfo info;

  [[nodiscard]] const Category& category() const { return *category_; }
  [[nodiscard]] bool has(std::size_t index) const { return (present_ >> (63 - index) & 1) != 0; }
  // Bit 63 - i is set if item i of the UAP is present.
  [[nodiscard]] std::uint64_t present() const { return present_; }
  [[nodiscard]] std::uint8_t fspec_length() const { return fspec_length_; }
  // Octets of the item. Requires has(index).
  [[nodiscard]] ByteView item(std::size_t index) const {
    return info.bytes.subspan(begin_[index], end_[index] - begin_[index]);
  }
  [[nodiscard]] const std::uint8_t* at(std::size_t index) const {
    return info.bytes.data() + begin_[index];
  }

 private:
  friend struct RecordReader;
  Record() {}  // begin_ and end_ stay unset but where present_ says so
  const Category* category_ = nullptr;
  std::uint64_t present_ = 0;
  std::uint8_t fspec_length_ = 0;
  std::array<std::uint16_t, 63> begin_;
  std::array<std::uint16_t, 63> end_;
};

// Reads the record at the start of `rest`, the octets left in its block (at most 65,532). `offset`
// and `number` go into the result. Cost: linear in the record's length.
[[nodiscard]] std::expected<Record, RecordError> read_record(const Category& category,
                                                             ByteView rest,
                                                             std::uint64_t offset,
                                                             std::uint32_t number);

// The octets of sub-items of a compound item, in order of their presence bits; those absent are
// empty. Views into `item`, which read_record() has checked.
class SubItems {
 public:
  static constexpr std::size_t kMax = 31;
  [[nodiscard]] ByteView operator[](std::size_t index) const {
    if ((present_ >> index & 1) == 0) return {};
    return item_.subspan(begin_[index], end_[index] - begin_[index]);
  }
  // The first octet, or nullptr if the sub-item is absent.
  [[nodiscard]] const std::uint8_t* data(std::size_t index) const {
    return (present_ >> index & 1) == 0 ? nullptr : item_.data() + begin_[index];
  }

 private:
  friend struct CompoundSplitter;
  SubItems() {}  // begin_ and end_ stay unset but where present_ says so
  ByteView item_{};
  std::uint64_t present_ = 0;
  std::array<std::uint16_t, kMax> begin_;
  std::array<std::uint16_t, kMax> end_;
};
[[nodiscard]] SubItems split_compound(const Category& category, const Part& part, ByteView item);

// The edition in which a source writes a category whose editions share a number but no items.
// Nothing in a record tells it: it is a property of the source (edition.hpp).
struct Editions {
  bool cat021_ed023 = false;  // CAT021 is of edition 0.23, not of 2.x
  friend bool operator==(const Editions&, const Editions&) = default;
};

// The table for a category number; nullptr for categories this codec does not decode.
[[nodiscard]] const Category* find_category(std::uint8_t number, Editions editions = {});

// Length in octets of a data block's header: category and length.
inline constexpr std::size_t kBlockHeader = 3;

// A data block: its category, its records' octets, and where it starts.
struct Block {
  std::uint8_t category = 0;
  std::uint64_t offset = 0;
  ByteView content{};  // without the header
};

// Walks the blocks of a datagram or of a piece of a file. After damage it looks for the next place
// where a block starts that reads without error and is followed by the end or another plausible
// header.
class BlockWalker {
 public:
  // `base` is added to all offsets. If `more` data follows this piece, walking stops in time for
  // the caller to bring a new piece that starts at consumed(); a piece must then hold at least
  // kPiece octets.
  explicit BlockWalker(ByteView data,
                       std::uint64_t base = 0,
                       bool more = false,
                       Editions editions = {})
      : data_(data), base_(base), more_(more), editions_(editions) {}
  static constexpr std::size_t kPiece = 4 * 65536;

  // Next block, or an error (call again), or nullopt at the end.
  [[nodiscard]] std::optional<std::expected<Block, RecordError>> next();
  // Tell the walker that a record of the block just given was in error, `at` octets into the data.
  void block_failed(std::uint64_t at);
  [[nodiscard]] std::size_t consumed() const { return at_; }
  [[nodiscard]] Editions editions() const { return editions_; }

 private:
  [[nodiscard]] bool header_fits(std::size_t at) const;
  [[nodiscard]] bool block_starts(std::size_t at) const;
  [[nodiscard]] bool leads_to_blocks(std::size_t at) const;
  [[nodiscard]] bool hides_blocks(std::size_t at) const;
  void hunt(std::size_t from);
  ByteView data_;
  std::uint64_t base_;
  bool more_;
  Editions editions_;
  std::size_t at_ = 0;
  std::size_t previous_ = 0;  // start of the block before at_
  bool hunted_ = false;       // at_ was found by a hunt
  // Categories of blocks that stood where the one before ended. A hunt believes no other category
  // without a table: anything looks like such a block if its length happens to lead to a real one.
  std::bitset<256> seen_;
};

}  // namespace liptako::codec::asterix
