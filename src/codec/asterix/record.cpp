#include "codec/asterix/record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "spec/asterix/cat010.hpp"
#include "spec/asterix/cat019.hpp"
#include "spec/asterix/cat020.hpp"
#include "spec/asterix/cat021.hpp"
#include "spec/asterix/cat021_ed023.hpp"
#include "spec/asterix/cat034.hpp"
#include "spec/asterix/cat048.hpp"
#include "spec/asterix/cat062.hpp"

namespace liptako::codec::asterix {
namespace {

// How many octets a part takes at the start of `rest`; or why it cannot be told.
struct Extent {
  std::uint32_t length = 0;
  std::uint32_t needed = 0;  // more than `rest` has: truncated
  bool invalid = false;
  const Part* part = nullptr;  // the sub-item at fault, if any
};

constexpr std::uint32_t size_of(ByteView bytes) { return static_cast<std::uint32_t>(bytes.size()); }

Extent take(std::uint32_t length, ByteView rest) {
  Extent extent{.length = length};
  if (length > rest.size()) extent.needed = length;
  return extent;
}

// The elements of `step` octets up to and including the first whose lowest bit is 0.
Extent take_chain(ByteView rest, std::uint32_t step = 1) {
  std::uint32_t n = 0;
  while (n + step <= rest.size()) {
    n += step;
    if ((rest[n - 1] & 1) == 0) return {.length = n};
  }
  return {.needed = n + step};
}

Extent measure(const Category& category, const Part& part, ByteView rest);

Extent measure_compound(const Category& category, const Part& part, ByteView rest) {
  const Extent chain = take_chain(rest);
  if (chain.needed != 0) return chain;
  std::uint32_t length = chain.length;
  const std::span<const Part> subs = category.subs_of(part);
  for (std::uint32_t octet = 0; octet < chain.length; ++octet) {
    unsigned bits = rest[octet] & 0xFEu;
    while (bits != 0) {
      const auto bit = static_cast<unsigned>(std::countl_zero(static_cast<std::uint8_t>(bits)));
      bits &= ~(0x80u >> bit);
      const std::size_t index = std::size_t{octet} * 7 + bit;
      if (index >= subs.size() || subs[index].shape == Shape::unused) return {.invalid = true};
      Extent sub = measure(category, subs[index], rest.subspan(length));
      if (sub.needed != 0 || sub.invalid) {
        sub.part = &subs[index];
        if (sub.needed != 0) sub.needed += length;
        return sub;
      }
      length += sub.length;
    }
  }
  return {.length = length};
}

inline Extent measure(const Category& category, const Part& part, ByteView rest) {
  switch (part.shape) {
    case Shape::fixed:
      return take(part.length, rest);
    case Shape::extended:
      return take_chain(rest);
    case Shape::repetitive_fx:
      return take_chain(rest, part.length);
    case Shape::repetitive:
      if (rest.empty()) return {.needed = 1};
      return take(1u + std::uint32_t{rest[0]} * part.length, rest);
    case Shape::explicit_length:
      if (rest.empty()) return {.needed = 1};
      if (rest[0] == 0) return {.invalid = true};
      return take(rest[0], rest);
    case Shape::compound:
      return measure_compound(category, part, rest);
    case Shape::unused:
      break;
  }
  return {.invalid = true};
}

// The same for the items of a record, without the reason: 0 if the part is not whole in the `left`
// octets at `p`, or looks impossible. Most of the time of reading a record goes here.
inline std::size_t whole_length(const Category& category,
                                const Part& part,
                                const std::uint8_t* p,
                                std::size_t left) {
  std::size_t length = 0;
  switch (part.shape) {
    case Shape::fixed:
      length = part.length;
      break;
    case Shape::extended:
      do {
        if (length == left) return 0;
      } while ((p[length++] & 1) != 0);
      break;
    case Shape::repetitive_fx:
      do {
        length += part.length;
        if (length > left) return 0;
      } while ((p[length - 1] & 1) != 0);
      break;
    case Shape::repetitive:
      if (left == 0) return 0;
      length = 1 + std::size_t{p[0]} * part.length;
      break;
    case Shape::explicit_length:
      if (left == 0) return 0;
      length = p[0];
      break;
    case Shape::compound: {
      if (part.sub_length == 0) {
        const Extent extent = measure_compound(category, part, {p, left});
        return extent.needed != 0 || extent.invalid ? 0 : extent.length;
      }
      unsigned count = 0;
      do {
        // Chains longer than the table are left to measure().
        if (length == left || length * 7 >= part.sub_count) return 0;
        count += static_cast<unsigned>(std::popcount(p[length] & 0xFEu));
      } while ((p[length++] & 1) != 0);
      // Presence bits beyond the last sub-item mean nothing.
      if (length * 7 > part.sub_count) {
        const std::size_t beyond = length * 7 - part.sub_count;
        if ((p[length - 1] & ((2u << beyond) - 2)) != 0) return 0;
      }
      length += std::size_t{count} * part.sub_length;
      break;
    }
    case Shape::unused:
      return 0;
  }
  return length <= left ? length : 0;
}

constexpr bool subs_fit(const Category& category) {
  for (const Part& item : category.items) {
    if (item.sub_count > SubItems::kMax) return false;
  }
  return true;
}
static_assert(subs_fit(kCat010) && subs_fit(kCat019) && subs_fit(kCat020) && subs_fit(kCat021) &&
              subs_fit(kCat021Ed023) && subs_fit(kCat034) && subs_fit(kCat048) &&
              subs_fit(kCat062));
}  // namespace

struct RecordReader {
  static std::expected<Record, RecordError> read(const Category& category,
                                                 ByteView rest,
                                                 std::uint64_t offset,
                                                 std::uint32_t number) {
    const auto fail = [&](Fault fault, std::uint32_t at, std::uint32_t needed = 0) {
      return std::unexpected(RecordError{.fault = fault,
                                         .category = category.number,
                                         .record_number = number,
                                         .record_offset = offset,
                                         .offset = offset + at,
                                         .needed = needed,
                                         .left = size_of(rest) - at});
    };
    std::uint64_t present = 0;
    const Extent fspec = take_chain(rest);
    if (fspec.needed != 0) return fail(Fault::fspec_truncated, size_of(rest), 1);
    for (std::uint32_t octet = 0; octet < fspec.length; ++octet) {
      const std::uint64_t bits = rest[octet] >> 1;
      if (octet < 9) {
        present |= bits << (57 - 7 * octet);
      } else if (bits != 0) {
        return fail(Fault::fspec_undefined, octet);
      }
    }
    if (present == 0) return fail(Fault::fspec_empty, 0);
    if (fspec.length > 255) return fail(Fault::fspec_undefined, 255);

    std::expected<Record, RecordError> result{std::in_place, Record()};
    Record& record = *result;
    record.category_ = &category;
    record.present_ = present;
    record.fspec_length_ = static_cast<std::uint8_t>(fspec.length);
    std::uint32_t at = fspec.length;
    const std::size_t item_count = category.items.size();
    for (std::uint64_t left = present; left != 0;) {
      const auto index = static_cast<std::size_t>(std::countl_zero(left));
      left &= ~(std::uint64_t{1} << (63 - index));
      if (index >= item_count || category.items[index].shape == Shape::unused) {
        return fail(Fault::fspec_undefined, static_cast<std::uint32_t>(index / 7));
      }
      const Part& part = category.items[index];
      std::size_t length = whole_length(category, part, rest.data() + at, rest.size() - at);
      if (length == 0) [[unlikely]] {
        const Extent extent = measure(category, part, rest.subspan(at));
        if (extent.needed != 0 || extent.invalid) {
          auto error = fail(extent.invalid ? Fault::item_length_invalid : Fault::item_truncated,
                            at,
                            extent.needed);
          error.error().item = part.code;
          return error;
        }
        length = extent.length;
      }
      record.begin_[index] = static_cast<std::uint16_t>(at);
      at += static_cast<std::uint32_t>(length);
      record.end_[index] = static_cast<std::uint16_t>(at);
    }
    record.info = {
        .category = category.number, .number = number, .offset = offset, .bytes = rest.first(at)};
    return record;
  }
};

std::expected<Record, RecordError> read_record(const Category& category,
                                               ByteView rest,
                                               std::uint64_t offset,
                                               std::uint32_t number) {
  return RecordReader::read(category, rest, offset, number);
}

struct CompoundSplitter {
  static SubItems split(const Category& category, const Part& part, ByteView item) {
    SubItems out;
    out.item_ = item;
    const std::span<const Part> subs = category.subs_of(part);
    std::uint32_t at = take_chain(item).length;
    std::size_t octet = 0;
    do {
      unsigned bits = item[octet] & 0xFEu;
      while (bits != 0) {
        const auto bit = static_cast<unsigned>(std::countl_zero(static_cast<std::uint8_t>(bits)));
        bits &= ~(0x80u >> bit);
        const std::size_t i = octet * 7 + bit;
        const std::uint32_t length = subs[i].shape == Shape::fixed
                                         ? subs[i].length
                                         : measure(category, subs[i], item.subspan(at)).length;
        out.present_ |= std::uint64_t{1} << i;
        out.begin_[i] = static_cast<std::uint16_t>(at);
        at += length;
        out.end_[i] = static_cast<std::uint16_t>(at);
      }
    } while ((item[octet++] & 1) != 0);
    return out;
  }
};

SubItems split_compound(const Category& category, const Part& part, ByteView item) {
  return CompoundSplitter::split(category, part, item);
}

const Category* find_category(std::uint8_t number, Editions editions) {
  switch (number) {
    case 10:
      return &kCat010;
    case 19:
      return &kCat019;
    case 20:
      return &kCat020;
    case 21:
      return editions.cat021_ed023 ? &kCat021Ed023 : &kCat021;
    case 34:
      return &kCat034;
    case 48:
      return &kCat048;
    case 62:
      return &kCat062;
    default:
      return nullptr;
  }
}

std::string_view to_string(Fault fault) {
  switch (fault) {
    case Fault::block_header_truncated:
      return "block_header_truncated";
    case Fault::block_length_invalid:
      return "block_length_invalid";
    case Fault::block_not_recognised:
      return "block_not_recognised";
    case Fault::fspec_truncated:
      return "fspec_truncated";
    case Fault::fspec_empty:
      return "fspec_empty";
    case Fault::fspec_undefined:
      return "fspec_undefined";
    case Fault::source_missing:
      return "source_missing";
    case Fault::item_truncated:
      return "item_truncated";
    case Fault::item_length_invalid:
      return "item_length_invalid";
  }
  return "unknown";
}

std::string to_string(const RecordError& e) {
  const auto record = [&](std::string_view what) {
    return fmt::format("CAT{:03} record at byte {}: {}", e.category, e.record_offset, what);
  };
  switch (e.fault) {
    case Fault::block_header_truncated:
      return fmt::format("byte {}: a block header needs 3 bytes, {} left", e.offset, e.left);
    case Fault::block_length_invalid:
      return fmt::format("CAT{:03} block at byte {}: length {}, {} bytes left",
                         e.category,
                         e.offset,
                         e.needed,
                         e.left);
    case Fault::block_not_recognised:
      return fmt::format(
          "byte {}: no block starts here (category {}, length {})", e.offset, e.category, e.needed);
    case Fault::fspec_truncated:
      return record("the FSPEC goes on past the end of the block");
    case Fault::fspec_empty:
      return record("the FSPEC announces no item");
    case Fault::fspec_undefined:
      return record(
          fmt::format("FSPEC byte {} announces an undefined item", e.offset - e.record_offset + 1));
    case Fault::source_missing:
      return record(fmt::format("no I{:03}/010, unlike the first record of its block", e.category));
    case Fault::item_truncated:
      return record(
          fmt::format("I{:03}/{} needs {} bytes, {} left", e.category, e.item, e.needed, e.left));
    case Fault::item_length_invalid:
      return record(fmt::format(
          "I{:03}/{} at byte {} announces an impossible structure", e.category, e.item, e.offset));
  }
  return {};
}

// --- blocks ---

namespace {
// Categories published by EUROCONTROL, to tell a block header from other bytes.
constexpr std::uint8_t kPublished[] = {1,  2,  4,  7,   8,   9,   10,  11,  15, 16,
                                       17, 18, 19, 20,  21,  23,  25,  32,  34, 48,
                                       62, 63, 65, 129, 150, 204, 205, 240, 247};
bool published(std::uint8_t category) {
  return std::find(std::begin(kPublished), std::end(kPublished), category) != std::end(kPublished);
}
// What is read of a block to judge whether one starts at a place. Bounds the cost per byte on
// hostile input; real blocks of 1,400 octets and less are read whole.
constexpr std::size_t kJudgedOctets = 2048;
// How many headers in a row make blocks of categories without a table credible.
constexpr int kCredibleHeaders = 4;
// How far into a block of a category without a table, and how often, a hidden block is looked for.
constexpr std::size_t kSearchedOctets = 1500;
constexpr int kTries = 24;
// Two blocks of the greatest length: enough to judge a block and the header after it.
constexpr std::size_t kLookAhead = 2 * 65536;
}  // namespace

bool BlockWalker::header_fits(std::size_t at) const {
  if (data_.size() - at < kBlockHeader) return false;
  const std::size_t length = std::size_t{data_[at + 1]} << 8 | data_[at + 2];
  return length > kBlockHeader && length <= data_.size() - at;
}

// The end of the data, or a block that reads without error. Of categories without a table only the
// headers can be followed.
bool BlockWalker::block_starts(std::size_t at) const {
  if (at == data_.size()) return true;
  if (!header_fits(at)) return false;
  const Category* category = find_category(data_[at], editions_);
  if (category == nullptr) {
    return published(data_[at]) && leads_to_blocks(at) && !hides_blocks(at);
  }
  const std::size_t length = std::size_t{data_[at + 1]} << 8 | data_[at + 2];
  const ByteView content = data_.subspan(at + kBlockHeader, length - kBlockHeader);
  const ByteView judged = content.first(std::min(content.size(), kJudgedOctets));
  for (std::size_t read = 0; read < judged.size();) {
    const auto record = read_record(*category, judged.subspan(read), 0, 0);
    if (!record) {
      const bool cut =
          record.error().fault == Fault::item_truncated && judged.size() < content.size();
      return cut && read > 0;
    }
    if (!record->has(0)) return false;
    read += record->info.bytes.size();
  }
  return true;
}

// Whether the lengths of this header and of those it leads to end at the end of the data, at a
// block that reads, or go on credibly.
bool BlockWalker::leads_to_blocks(std::size_t at) const {
  for (int i = 0; i < kCredibleHeaders; ++i) {
    at += std::size_t{data_[at + 1]} << 8 | data_[at + 2];
    if (more_ && data_.size() - at < kLookAhead / 2) return true;  // too near to be judged
    if (at == data_.size()) return true;
    if (!header_fits(at) || !published(data_[at])) return false;
    if (find_category(data_[at], editions_) != nullptr) return block_starts(at);
  }
  return true;
}

// Whether a block of a table, with another one behind it, reads inside the block at `at`, whose own
// octets nothing can check: then its header is no header, but octets in front of the next block
// (after one that was lost or added, the category of that block reads as a length).
bool BlockWalker::hides_blocks(std::size_t at) const {
  const auto length_at = [this](std::size_t i) {
    return std::size_t{data_[i + 1]} << 8 | data_[i + 2];
  };
  const std::size_t end = at + std::min(length_at(at), kSearchedOctets);
  int tries = 0;
  for (std::size_t i = at + 1; i < end && tries < kTries; ++i) {
    const bool believed =
        find_category(data_[i], editions_) != nullptr && (seen_.none() || seen_[data_[i]]);
    if (!believed || !header_fits(i)) continue;
    ++tries;
    if (!block_starts(i)) continue;
    const std::size_t next = i + length_at(i);
    if (next < data_.size() && find_category(data_[next], editions_) != nullptr &&
        block_starts(next)) {
      return true;
    }
  }
  return false;
}

void BlockWalker::hunt(std::size_t from) {
  // With more data to come, a place too near the end of this piece cannot be judged yet.
  const std::size_t end = more_ ? data_.size() - std::min(data_.size(), kLookAhead) : data_.size();
  hunted_ = true;
  for (at_ = from; at_ < end; ++at_) {
    const std::uint8_t category = data_[at_];
    if (find_category(category, editions_) == nullptr && seen_.any() && !seen_[category]) continue;
    if (block_starts(at_)) return;
  }
}

std::optional<std::expected<Block, RecordError>> BlockWalker::next() {
  if (at_ >= data_.size()) return std::nullopt;
  if (more_ && data_.size() - at_ < kLookAhead) return std::nullopt;
  const std::size_t start = at_;
  const std::size_t left = data_.size() - start;
  RecordError error{.record_offset = base_ + start,
                    .offset = base_ + start,
                    .left = static_cast<std::uint32_t>(left)};
  if (left < kBlockHeader) {
    error.fault = Fault::block_header_truncated;
    at_ = data_.size();
    return std::unexpected(error);
  }
  const std::size_t length = std::size_t{data_[start + 1]} << 8 | data_[start + 2];
  error.category = data_[start];
  error.needed = static_cast<std::uint32_t>(length);
  if (!header_fits(start)) {
    error.fault = Fault::block_length_invalid;
    hunt(previous_ + 1);
    previous_ = at_;
    return std::unexpected(error);
  }
  const bool opaque = find_category(data_[start], editions_) == nullptr;
  if (opaque && (!leads_to_blocks(start) || (!seen_[data_[start]] && hides_blocks(start)))) {
    error.fault = Fault::block_not_recognised;
    hunt(previous_ + 1);
    previous_ = at_;
    return std::unexpected(error);
  }
  if (!std::exchange(hunted_, false)) seen_.set(data_[start]);
  previous_ = start;
  at_ = start + length;
  return Block{.category = data_[start],
               .offset = base_ + start,
               .content = data_.subspan(start + kBlockHeader, length - kBlockHeader)};
}

void BlockWalker::block_failed(std::uint64_t at) {
  if (block_starts(at_)) return;
  hunt(static_cast<std::size_t>(at - base_));
}

}  // namespace liptako::codec::asterix
