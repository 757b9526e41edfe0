// Canonical bytes: little-endian, fixed width, no padding. Used for snapshots, record entries and
// console frames, so that equal states are equal bytes on any machine.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace liptako::base {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

static_assert(std::endian::native == std::endian::little);

template <class T>
concept FixedWidth =
    (std::is_arithmetic_v<T> && !std::is_same_v<T, long double>) || std::is_enum_v<T>;

// Appends to a buffer it does not own.
class ByteWriter {
 public:
  explicit ByteWriter(Bytes& out) : out_(&out) {}

  template <FixedWidth T>
  void put(T value) {
    const std::size_t at = out_->size();
    out_->resize(at + sizeof(T));
    std::memcpy(out_->data() + at, &value, sizeof(T));
  }
  // Length as u32, then the bytes.
  void put_bytes(ByteView bytes);
  void put_string(std::string_view text);
  // The bytes alone.
  void put_raw(ByteView bytes);
  [[nodiscard]] std::size_t size() const { return out_->size(); }

 private:
  Bytes* out_;
};

// Total: a read past the end returns zeros and makes ok() false for good; the caller checks once at
// the end.
class ByteReader {
 public:
  explicit ByteReader(ByteView in) : in_(in) {}

  template <FixedWidth T>
  [[nodiscard]] T get() {
    T value{};
    if (!take(sizeof(T))) return value;
    std::memcpy(&value, in_.data() + at_ - sizeof(T), sizeof(T));
    return value;
  }
  template <FixedWidth T>
  void get_into(T& value) {
    value = get<T>();
  }
  // A view into the input.
  [[nodiscard]] ByteView get_bytes();
  [[nodiscard]] std::string get_string();
  [[nodiscard]] ByteView get_raw(std::size_t count);
  // A count that cannot exceed what the remaining input could hold at `min_size` bytes an element;
  // else fails.
  [[nodiscard]] std::uint32_t get_count(std::size_t min_size);

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return at_ == in_.size(); }
  [[nodiscard]] std::size_t remaining() const { return in_.size() - at_; }
  void fail() {
    ok_ = false;
    at_ = in_.size();
  }

 private:
  [[nodiscard]] bool take(std::size_t count);
  ByteView in_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace liptako::base
