// Items of a record by the standard's path, for the code that encodes typed reports.
#pragma once

#include <algorithm>

#include "base/check.hpp"
#include "codec/asterix/bits.hpp"
#include "codec/asterix/chain.hpp"
#include "codec/asterix/report_types.hpp"
#include "codec/asterix/text6.hpp"

namespace liptako::codec::asterix {

// The counterpart of the decoder's field access: items are begun in UAP order, fields set by the
// standard's path.
template <const Category& C>
class ItemWriter {
 public:
  explicit ItemWriter(base::Bytes& out) : out_(out), start_(out.size()) {}

  // Begins an item of `octets` octets (default: all of a fixed one), zero but for the FX bits of an
  // extended one.
  template <Path P>
  ItemWriter& item(std::size_t octets = 0) {
    constexpr std::size_t kIndex = item_index(C, P.view());
    constexpr const Part& kPart = C.items[kIndex];
    if constexpr (kPart.shape == Shape::fixed) octets = kPart.length;
    present_ |= chain_bit(kIndex);
    begin(octets,
          kPart.shape == Shape::extended        ? 1
          : kPart.shape == Shape::repetitive_fx ? kPart.length
                                                : 0);
    return *this;
  }
  template <Path P>
  void begin_compound() {
    present_ |= chain_bit(item_index(C, P.view()));
    compound_start_ = out_.size();
    subs_ = 0;
  }
  template <Path P>
  ItemWriter& sub(std::size_t octets = 0) {
    constexpr std::size_t kIndex = sub_index(C, P.view());
    constexpr const Part& kPart = C.subs_of(C.items[item_index(C, P.view())])[kIndex];
    if constexpr (kPart.shape == Shape::fixed) octets = kPart.length;
    subs_ |= chain_bit(kIndex);
    begin(octets, kPart.shape == Shape::extended ? 1 : 0);
    return *this;
  }
  void end_compound() { insert_chain(out_, compound_start_, subs_); }

  // Fields of the item or sub-item begun last.
  template <Path P>
  ItemWriter& raw(std::uint64_t value) {
    constexpr Field f = find_field(C, P.view());
    CHECK(f.bits == 64 || value >> f.bits == 0);
    put_bits(out_.data() + item_start_, f.offset, f.bits, value);
    return *this;
  }
  template <Path P>
  ItemWriter& number(double value) {
    constexpr Field f = find_field(C, P.view());
    return raw<P>(unscaled(f, value));
  }
  ItemWriter& bits(unsigned offset, unsigned count, std::uint64_t value) {
    CHECK(value >> count == 0);
    put_bits(out_.data() + item_start_, offset, count, value);
    return *this;
  }

  // ASCII characters, cut or padded with spaces to fill the item or sub-item.
  ItemWriter& text(std::string_view characters) {
    for (std::size_t i = 0; item_start_ + i < out_.size(); ++i) {
      out_[item_start_ + i] =
          i < characters.size() ? static_cast<std::uint8_t>(characters[i]) : std::uint8_t{' '};
    }
    return *this;
  }
  // A sub-item that is one number of at most four octets, by its place in the compound item.
  // Saturates.
  template <Path P>
  void sub_number(std::size_t index, std::uint64_t value) {
    const Part& part = C.subs_of(C.items[item_index(C, P.view())])[index];
    subs_ |= chain_bit(index);
    begin(part.length, 0);
    const std::uint64_t most = (std::uint64_t{1} << (8u * part.length)) - 1;
    bits(0, 8u * part.length, std::min(value, most));
  }
  // An item whose octets are given, structure and all.
  template <Path P>
  void octets(ByteView content) {
    if (content.empty()) return;
    present_ |= chain_bit(item_index(C, P.view()));
    out_.insert(out_.end(), content.begin(), content.end());
  }

  // An item with a count or length octet before its content.
  template <Path P>
  void counted(std::size_t count, ByteView content) {
    if (content.empty()) return;
    CHECK(count <= 255);
    item<P>(1);
    out_[item_start_] = static_cast<std::uint8_t>(count);
    out_.insert(out_.end(), content.begin(), content.end());
  }
  template <Path P>
  void opaque(ByteView content) {
    counted<P>(content.size() + 1, content);
  }
  template <Path P>
  void sub_counted(std::size_t count, ByteView content) {
    if (content.empty()) return;
    CHECK(count <= 255);
    sub<P>(1);
    out_[item_start_] = static_cast<std::uint8_t>(count);
    out_.insert(out_.end(), content.begin(), content.end());
  }
  template <Path P>
  void time(const std::optional<TimeOfDay>& time) {
    if (time) item<P>().template raw<P>(time->ticks & 0xFFFFFF);
  }

  void finish() {
    if (present_ != 0) insert_chain(out_, start_, present_);
  }

 private:
  // `step`: octets from one FX bit to the next, 0 without any.
  void begin(std::size_t octets, std::size_t step) {
    item_start_ = out_.size();
    out_.resize(item_start_ + octets, 0);
    if (step == 0) return;
    for (std::size_t i = step; i < octets; i += step) out_[item_start_ + i - 1] = 1;
  }
  base::Bytes& out_;
  std::size_t start_;
  std::size_t item_start_ = 0;
  std::size_t compound_start_ = 0;
  std::uint64_t present_ = 0;
  std::uint64_t subs_ = 0;
};

}  // namespace liptako::codec::asterix
