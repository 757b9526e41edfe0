// Any bytes as a Beast stream.
#include "codec/modes/beast.hpp"
#include "replies_fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace liptako::codec::modes;
  liptako::fuzzing::check_replies({data, size}, next_beast, encode_beast, kLongestBeastFrame);
  return 0;
}
