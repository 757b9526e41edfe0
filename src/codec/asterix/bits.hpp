// Fields in and out of octets, most significant bit first. With the field known while compiling,
// each call becomes a load, a shift and a mask.
#pragma once

#include <cmath>
#include <cstdint>

#include "base/check.hpp"
#include "codec/asterix/table.hpp"

namespace liptako::codec::asterix {

// The bits of a field that starts `offset` bits into `octets`. Requires that the field's octets are
// readable.
[[nodiscard]] constexpr std::uint64_t get_bits(const std::uint8_t* octets,
                                               unsigned offset,
                                               unsigned bits) {
  const unsigned first = offset / 8;
  const unsigned last = (offset + bits - 1) / 8;
  std::uint64_t value = 0;
  for (unsigned i = first; i <= last; ++i) value = value << 8 | octets[i];
  value >>= 7 - (offset + bits - 1) % 8;
  return bits == 64 ? value : value & ((std::uint64_t{1} << bits) - 1);
}

// Sets the bits of a field, leaving the others. Requires value < 2^bits.
constexpr void put_bits(std::uint8_t* octets, unsigned offset, unsigned bits, std::uint64_t value) {
  for (unsigned i = 0; i < bits; ++i) {
    const unsigned at = offset + bits - 1 - i;
    const auto mask = static_cast<std::uint8_t>(0x80u >> (at % 8));
    if ((value >> i & 1) != 0) {
      octets[at / 8] |= mask;
    } else {
      octets[at / 8] &= static_cast<std::uint8_t>(~mask);
    }
  }
}

[[nodiscard]] constexpr std::int64_t sign_extend(std::uint64_t raw, unsigned bits) {
  const unsigned shift = 64 - bits;
  return static_cast<std::int64_t>(raw << shift) >> shift;
}

// The value in the unit that ends the field's name. Exact: one rounding, of the last division, and
// none for scales that are powers of two (integers below 2^53: 32 bits times at most 3600).
[[nodiscard]] constexpr double scaled(const Field& field, std::uint64_t raw) {
  const std::int64_t integer = field.form == Form::signed_number ? sign_extend(raw, field.bits)
                                                                 : static_cast<std::int64_t>(raw);
  return static_cast<double>(integer * field.scale.num) / static_cast<double>(field.scale.den);
}

// The nearest raw number for a value in the field's unit, halves away from zero. A full circle
// wraps (359.999 degrees may round to 0); all else saturates at the ends of the field. Requires a
// finite value.
[[nodiscard]] inline std::uint64_t unscaled(const Field& field, double value) {
  CHECK(std::isfinite(value));
  const double units =
      value * static_cast<double>(field.scale.den) / static_cast<double>(field.scale.num);
  const double rounded = units < 0 ? -std::floor(0.5 - units) : std::floor(units + 0.5);
  const std::uint64_t mask = (std::uint64_t{1} << field.bits) - 1;
  const bool is_signed = field.form == Form::signed_number;
  const bool circle = !is_signed && field.scale.num << field.bits == 360 * field.scale.den &&
                      std::fabs(rounded) < 1e15;
  if (circle) return static_cast<std::uint64_t>(static_cast<std::int64_t>(rounded)) & mask;
  const double high = static_cast<double>(is_signed ? mask >> 1 : mask);
  const double low = is_signed ? -high - 1 : 0.0;
  const double kept = rounded < low ? low : rounded > high ? high : rounded;
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(kept)) & mask;
}

}  // namespace liptako::codec::asterix
