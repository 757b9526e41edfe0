#include "codec/modes/beast.hpp"

#include <algorithm>
#include <span>

namespace liptako::codec::modes {
namespace {

std::size_t size_of_type(std::uint8_t type) {
  switch (type) {
    case '1':
      return kModeAcSize;
    case '2':
      return kShortSize;
    case '3':
      return kLongSize;
    default:
      return 0;
  }
}

// Where the next frame may begin, from `from` on: a single escape and another octet, or an escape
// that is the last octet. The end, if there is none.
std::size_t next_start(ByteView bytes, std::size_t from) {
  for (std::size_t i = from; i < bytes.size(); ++i) {
    if (bytes[i] != kBeastEscape) continue;
    if (i + 1 == bytes.size() || bytes[i + 1] != kBeastEscape) return i;
    ++i;
  }
  return bytes.size();
}

Piece garbage(std::size_t length) { return {Piece::Kind::garbage, length, {}}; }

}  // namespace

Piece next_beast(ByteView rest) {
  if (rest.empty()) return {};
  if (const std::size_t start = next_start(rest, 0); start != 0) return garbage(start);
  if (rest.size() < 2) return {};
  const std::size_t size = size_of_type(rest[1]);
  if (size == 0) {
    // Its length is not known: it ends where the next begins, which the last octet cannot tell.
    const std::size_t end = next_start(rest, 2);
    const bool told = end + 1 < rest.size() || rest.size() >= kLongestBeastFrame;
    return told ? Piece{Piece::Kind::unknown, end, {}} : Piece{};
  }
  std::array<std::uint8_t, 7 + kLongSize> body{};
  std::size_t at = 2;
  for (std::size_t i = 0; i < 7 + size; ++i) {
    if (at == rest.size()) return {};
    body[i] = rest[at++];
    if (body[i] != kBeastEscape) continue;
    if (at == rest.size()) return {};
    if (rest[at] != kBeastEscape) return garbage(at - 1);  // cut short: here another begins
    ++at;
  }
  Reception reception;
  std::uint64_t stamp = 0;
  for (std::size_t i = 0; i < 6; ++i) stamp = stamp << 8 | body[i];
  reception.stamp = stamp;
  reception.signal = body[6];
  reception.frame = Frame(ByteView(body).subspan(7, size));
  return {Piece::Kind::reception, at, reception};
}

void encode_beast(const Reception& reception, Bytes& out) {
  const auto put = [&out](std::uint8_t octet) {
    if (octet == kBeastEscape) out.push_back(octet);
    out.push_back(octet);
  };
  const std::size_t size = reception.frame.size();
  out.push_back(kBeastEscape);
  out.push_back(size == kModeAcSize ? '1' : size == kShortSize ? '2' : '3');
  const std::uint64_t stamp = reception.stamp.value_or(0) & kStampMask;
  for (unsigned shift = 48; shift > 0; shift -= 8) {
    put(static_cast<std::uint8_t>(stamp >> (shift - 8)));
  }
  put(reception.signal.value_or(0));
  for (const std::uint8_t octet : reception.frame.octets()) put(octet);
}

}  // namespace liptako::codec::modes
