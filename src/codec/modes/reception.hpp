// What a Mode S receiver hears once: a few octets, when, how strong. The same whether it came as
// Beast or as AVR.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "base/check.hpp"

namespace liptako::codec::modes {

using base::Bytes;
using base::ByteView;

inline constexpr std::size_t kModeAcSize = 2;
inline constexpr std::size_t kShortSize = 7;
inline constexpr std::size_t kLongSize = 14;

// A Mode A/C reply (2 octets), or a Mode S reply or squitter (7 or 14), first bit first, as on the
// air.
class Frame {
 public:
  Frame() = default;
  // Requires one of the three sizes.
  explicit Frame(ByteView octets) : size_(static_cast<std::uint8_t>(octets.size())) {
    CHECK(size_ == kModeAcSize || size_ == kShortSize || size_ == kLongSize);
    for (std::size_t i = 0; i < size_; ++i) octets_[i] = octets[i];
  }
  [[nodiscard]] ByteView octets() const { return ByteView(octets_).first(size_); }
  [[nodiscard]] std::size_t size() const { return size_; }
  friend bool operator==(const Frame&, const Frame&) = default;

 private:
  std::array<std::uint8_t, kLongSize> octets_{};
  std::uint8_t size_ = kShortSize;
};

// 48 bits. Most receivers count 12 MHz ticks from an instant of their own; those with a GPS clock
// may send seconds of the day (18 bits) and nanoseconds (30 bits). The bytes do not tell which.
inline constexpr std::uint64_t kStampMask = (std::uint64_t{1} << 48) - 1;
inline constexpr std::uint64_t kTicksPerSecond = 12'000'000;

struct Reception {
  Frame frame;
  std::optional<std::uint64_t> stamp;  // at most kStampMask
  std::optional<std::uint8_t> signal;  // the receiver's own scale; 255 is its full scale
  friend bool operator==(const Reception&, const Reception&) = default;
};

// What leads the bytes of a stream.
struct Piece {
  enum class Kind : std::uint8_t {
    reception,
    garbage,     // `length` bytes that are no frame
    unknown,     // a frame of a type that holds no reply: a receiver's status
    incomplete,  // more bytes are needed to tell; length is 0
  };
  Kind kind = Kind::incomplete;
  std::size_t length = 0;
  Reception reception;
};

}  // namespace liptako::codec::modes
