#include "codec/modes/mode_s.hpp"

#include <array>

#include "codec/modes/bits.hpp"

namespace liptako::codec::modes {
namespace {

// x^24 + x^23 + ... + x^12 + x^10 + x^3 + 1, without its first term [Annex 10 Vol. IV,
// 3.1.2.3.3.1.2].
constexpr std::uint32_t kGenerator = 0xFFF409;

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t octet = 0; octet < 256; ++octet) {
    std::uint32_t rest = octet << 16;
    for (int bit = 0; bit < 8; ++bit) {
      rest = (rest & 0x800000) != 0 ? rest << 1 ^ kGenerator : rest << 1;
    }
    table[octet] = rest & 0xFFFFFF;
  }
  return table;
}
constexpr std::array<std::uint32_t, 256> kTable = make_table();

constexpr std::uint32_t kInterrogatorBits = 0x7F;

bool is_decoded(unsigned format) {
  switch (format) {
    case 0:
    case 4:
    case 5:
    case 11:
    case 16:
    case 17:
    case 18:
    case 20:
    case 21:
      return true;
    default:
      return false;
  }
}

// CA 4 on ground, 5 airborne; else it does not tell.
std::optional<bool> ground_of_capability(std::uint8_t capability) {
  if (capability == 4) return true;
  if (capability == 5) return false;
  return std::nullopt;
}
// FS 0, 2 airborne; 1, 3 on ground; else either.
std::optional<bool> ground_of_flight_status(std::uint8_t status) {
  if (status > 3) return std::nullopt;
  return status % 2 == 1;
}

}  // namespace

std::string_view to_string(Fault fault) {
  switch (fault) {
    case Fault::wrong_length:
      return "wrong_length";
    case Fault::parity_failed:
      return "parity_failed";
    case Fault::format_not_decoded:
      return "format_not_decoded";
  }
  return "";
}

std::uint32_t parity_of(ByteView octets) {
  std::uint32_t rest = 0;
  for (const std::uint8_t octet : octets) {
    rest = (rest << 8 & 0xFFFFFF) ^ kTable[(rest >> 16 ^ octet) & 0xFF];
  }
  return rest;
}

std::uint32_t parity_remainder(ByteView octets) {
  const std::size_t body = octets.size() - 3;
  return parity_of(octets.first(body)) ^
         static_cast<std::uint32_t>(octets[body] << 16 | octets[body + 1] << 8 | octets[body + 2]);
}

std::expected<ModeSMessage, Fault> decode_mode_s(const Frame& frame) {
  const ByteView octets = frame.octets();
  if (octets.size() == kModeAcSize) return std::unexpected(Fault::format_not_decoded);
  ModeSMessage out;
  out.format = octets[0] >> 3;
  if ((out.format >= 16) != (octets.size() == kLongSize)) {
    return std::unexpected(Fault::wrong_length);
  }
  if (!is_decoded(out.format)) return std::unexpected(Fault::format_not_decoded);
  const std::uint32_t remainder = parity_remainder(octets);
  const auto address = [&] {
    return base::IcaoAddress(static_cast<std::uint32_t>(bits_of(octets, 9, 32)));
  };
  out.control = octets[0] & 7;
  switch (out.format) {
    case 11:
      if ((remainder & ~kInterrogatorBits) != 0) return std::unexpected(Fault::parity_failed);
      out.interrogator = static_cast<std::uint8_t>(remainder);
      out.address = address();
      out.on_ground = ground_of_capability(out.control);
      return out;
    case 17:
    case 18:
      if (remainder != 0) return std::unexpected(Fault::parity_failed);
      out.address = address();
      if (out.format == 17) out.on_ground = ground_of_capability(out.control);
      out.message_field = bits_of(octets, 33, 88);
      out.squitter = decode_squitter(*out.message_field);
      return out;
    default:
      break;
  }
  out.address = base::IcaoAddress(remainder);
  out.address_overlaid = true;
  const auto code = static_cast<std::uint32_t>(bits_of(octets, 20, 32));
  if (out.format == 0 || out.format == 16) {
    out.control = octets[0] >> 2 & 1;
    out.on_ground = out.control == 1;
  } else {
    out.on_ground = ground_of_flight_status(out.control);
  }
  if (out.format == 5 || out.format == 21) {
    out.mode_3a = decode_id13(code);
  } else {
    out.altitude = decode_ac13(code);
  }
  if (out.format >= 16) out.message_field = bits_of(octets, 33, 88);
  return out;
}

}  // namespace liptako::codec::modes
