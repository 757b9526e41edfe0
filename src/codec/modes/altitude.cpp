// Legend: pulses A1 .. D4 of a reply come as C1 A1 C2 A2 C4 A4 X B1 D1 B2 D2 B4 D4; the AC field
// has its bit M in the place of X and Q in that of D1 (which no altitude up to 126,700 ft needs).
#include "codec/modes/altitude.hpp"

#include <algorithm>
#include <cmath>

namespace liptako::codec::modes {
namespace {

constexpr std::uint32_t kQ = 1u << 4;    // of 13 and of 12 bits
constexpr std::uint32_t kM = 1u << 6;    // of 13
constexpr std::uint32_t kLowSix = 0x3F;  // B1 D1 B2 D2 B4 D4

std::uint32_t from_gray(std::uint32_t gray) {
  std::uint32_t value = gray;
  for (std::uint32_t shifted = gray >> 1; shifted != 0; shifted >>= 1) value ^= shifted;
  return value;
}
std::uint32_t to_gray(std::uint32_t value) { return value ^ value >> 1; }

// Digits A B C D of a code, three bits each.
struct Digits {
  std::uint32_t a, b, c, d;
};
Digits digits_of(std::uint32_t id13) {
  const auto bit = [&](unsigned place) { return id13 >> (13 - place) & 1u; };
  return {bit(6) << 2 | bit(4) << 1 | bit(2),
          bit(12) << 2 | bit(10) << 1 | bit(8),
          bit(5) << 2 | bit(3) << 1 | bit(1),
          bit(13) << 2 | bit(11) << 1 | bit(9)};
}
std::uint32_t id13_of(const Digits& n) {
  const auto put = [](std::uint32_t digit, unsigned one, unsigned two, unsigned four) {
    return (digit & 1) << (13 - one) | (digit >> 1 & 1) << (13 - two) |
           (digit >> 2 & 1) << (13 - four);
  };
  return put(n.a, 2, 4, 6) | put(n.b, 8, 10, 12) | put(n.c, 1, 3, 5) | put(n.d, 9, 11, 13);
}
// Bits 4 2 1 of a digit as 1 2 4, the order of the Gray codes.
std::uint32_t reversed(std::uint32_t digit) {
  return (digit & 1) << 2 | (digit & 2) | (digit >> 2 & 1);
}

// Gray code of D1 D2 D4 A1 A2 A4 B1 B2 B4 counts 500 ft, C1 C2 C4 hundreds within them, up and down
// in turn.
std::optional<double> hundred_foot_code(std::uint32_t id13) {
  const Digits n = digits_of(id13);
  const std::uint32_t fives = from_gray(reversed(n.d) << 6 | reversed(n.a) << 3 | reversed(n.b));
  std::uint32_t ones = from_gray(reversed(n.c));
  if (ones == 7)
    ones = 5;
  else if (ones == 0 || ones >= 5)
    return std::nullopt;
  if (fives % 2 == 1) ones = 6 - ones;
  return fives * 500.0 + ones * 100.0 - 1300.0;
}

Altitude feet(double value, double quantum) {
  return {base::Length::from_feet(value), base::Length::from_feet(quantum)};
}

std::uint32_t without_m(std::uint32_t field) { return (field >> 1 & ~kLowSix) | (field & kLowSix); }
std::uint32_t with_m(std::uint32_t field) { return (field & ~kLowSix) << 1 | (field & kLowSix); }

}  // namespace

std::optional<Altitude> decode_ac12(std::uint32_t field) {
  field &= 0xFFF;
  if (field == 0) return std::nullopt;
  if ((field & kQ) != 0) {
    const std::uint32_t n = (field >> 5) << 4 | (field & 15);
    return feet(25.0 * n - 1000.0, 25.0);
  }
  const auto value = hundred_foot_code(with_m(field));
  if (!value) return std::nullopt;
  return feet(*value, 100.0);
}

std::optional<Altitude> decode_ac13(std::uint32_t field) {
  if ((field & kM) != 0) return std::nullopt;
  return decode_ac12(without_m(field));
}

std::uint32_t encode_ac12(base::Length altitude) {
  const double ft = altitude.feet();
  if (ft < 50'187.5) {
    const double n = std::floor(std::clamp((ft + 1000.0) / 25.0, 0.0, 2047.0) + 0.5);
    const auto count = static_cast<std::uint32_t>(n);
    return (count >> 4) << 5 | kQ | (count & 15);
  }
  // D1, in whose place Q is, stays 0.
  const double hundreds = std::floor(std::min(ft, 126'700.0) / 100.0 + 0.5) + 13.0;
  const auto n = static_cast<std::uint32_t>(hundreds);
  // n = 5 fives + ones with ones in 1..5.
  const std::uint32_t fives = (n - 1) / 5;
  std::uint32_t ones = n - 5 * fives;
  if (fives % 2 == 1) ones = 6 - ones;
  const std::uint32_t gray = to_gray(fives);
  return without_m(id13_of({reversed(gray >> 3 & 7),
                            reversed(gray & 7),
                            reversed(to_gray(ones == 5 ? 7 : ones)),
                            reversed(gray >> 6 & 7)}));
}

std::uint32_t encode_ac13(base::Length altitude) { return with_m(encode_ac12(altitude)); }

base::ModeACode decode_id13(std::uint32_t field) {
  const Digits n = digits_of(field);
  return base::ModeACode(static_cast<std::uint16_t>(n.a << 9 | n.b << 6 | n.c << 3 | n.d));
}

std::uint32_t encode_id13(base::ModeACode code) {
  const std::uint32_t bits = code.bits();
  return id13_of({bits >> 9 & 7, bits >> 6 & 7, bits >> 3 & 7, bits & 7});
}

}  // namespace liptako::codec::modes
