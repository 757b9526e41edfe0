// A planted bug, to prove that the fuzzing machinery can fail: the length octet is believed without
// a look at how much is there. A run that does not crash means that the other targets' silence is
// worth nothing.
#include <cstdint>
#include <cstdlib>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<std::uint8_t> item(data, data + size);
  if (item.size() < 2) return 0;
  unsigned sum = 0;
  const std::uint8_t* octet = item.data() + 1;
  for (std::uint8_t left = item[0]; left != 0; --left) sum += *octet++;
  // The sum is used, so that reading the octets is not dropped.
  return sum == 0xFFFFFFFFu ? std::abort(), 1 : 0;
}
