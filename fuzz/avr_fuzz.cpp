// Any bytes as AVR lines.
#include "codec/modes/avr.hpp"
#include "replies_fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace liptako::codec::modes;
  liptako::fuzzing::check_replies({data, size}, next_avr, encode_avr, 2 * kLongestAvrFrame);
  return 0;
}
