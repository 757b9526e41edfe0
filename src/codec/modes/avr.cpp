#include "codec/modes/avr.hpp"

#include <algorithm>
#include <array>

namespace liptako::codec::modes {
namespace {

bool is_mark(std::uint8_t c) { return c == '*' || c == '@' || c == '<'; }
bool is_space(std::uint8_t c) { return c == '\n' || c == '\r' || c == ' ' || c == '\t'; }
int digit_of(std::uint8_t c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}
void put_octet(std::uint64_t octet, Bytes& out) {
  for (const unsigned shift : {4u, 0u}) {
    out.push_back(static_cast<std::uint8_t>("0123456789abcdef"[octet >> shift & 15]));
  }
}
Piece garbage(std::size_t length) { return {Piece::Kind::garbage, length, {}}; }

}  // namespace

Piece next_avr(ByteView rest) {
  const auto after_space = std::ranges::find_if_not(rest, is_space);
  const auto begin = static_cast<std::size_t>(after_space - rest.begin());
  if (begin >= kLongestAvrFrame) return garbage(begin);
  if (begin == rest.size()) return {};
  if (!is_mark(rest[begin])) {
    const auto mark = std::ranges::find_if(rest.subspan(begin), is_mark);
    return garbage(begin + static_cast<std::size_t>(mark - rest.subspan(begin).begin()));
  }
  std::array<std::uint8_t, 7 + kLongSize> octets{};
  std::size_t digits = 0;
  std::size_t at = begin + 1;
  for (; at < rest.size() && rest[at] != ';'; ++at) {
    const int digit = digit_of(rest[at]);
    if (digit < 0 || digits == 2 * octets.size()) {
      return garbage(at);  // what it was cut by is looked at again
    }
    octets[digits / 2] = static_cast<std::uint8_t>(octets[digits / 2] << 4 | digit);
    ++digits;
  }
  if (at == rest.size()) return {};
  const std::size_t length = at + 1;
  const std::size_t head = rest[begin] == '*' ? 0 : rest[begin] == '@' ? 6 : 7;
  if (digits % 2 != 0 || digits / 2 < head) return garbage(length);
  const std::size_t size = digits / 2 - head;
  if (size != kModeAcSize && size != kShortSize && size != kLongSize) return garbage(length);
  Reception reception;
  if (head > 0) {
    std::uint64_t stamp = 0;
    for (std::size_t i = 0; i < 6; ++i) stamp = stamp << 8 | octets[i];
    reception.stamp = stamp;
  }
  if (head == 7) reception.signal = octets[6];
  reception.frame = Frame(ByteView(octets).subspan(head, size));
  return {Piece::Kind::reception, length, reception};
}

void encode_avr(const Reception& reception, Bytes& out) {
  const bool with_signal = reception.stamp && reception.signal;
  out.push_back(with_signal ? '<' : reception.stamp ? '@' : '*');
  if (reception.stamp) {
    for (unsigned shift = 48; shift > 0; shift -= 8) {
      put_octet(*reception.stamp >> (shift - 8) & 255, out);
    }
  }
  if (with_signal) put_octet(*reception.signal, out);
  for (const std::uint8_t octet : reception.frame.octets()) put_octet(octet, out);
  out.push_back(';');
  out.push_back('\n');
}

}  // namespace liptako::codec::modes
