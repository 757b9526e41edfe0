// Messages between the two machines of a node: any bytes are messages or an error, what was read
// writes the same bytes. The same of the text of a takeover.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "record/follow.hpp"
#include "record/takeover.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace liptako;
  const base::ByteView bytes(data, size);
  record::MessageReader reader;
  base::Bytes again;
  // Torn at a place that the bytes say.
  const std::size_t cut = size == 0 ? 0 : data[0] % (size + 1);
  bool sound = true;
  for (const base::ByteView part : {bytes.first(cut), bytes.subspan(cut)}) {
    reader.take(part);
    while (sound) {
      const auto message = reader.next();
      sound = message.has_value();
      if (!sound || !*message) break;
      encode_message(**message, again);
    }
  }
  CHECK(again.size() <= size && std::equal(again.begin(), again.end(), data));
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto takeover = record::parse_takeover(text); takeover)
    CHECK(record::takeover_text(*takeover) == text);
  return 0;
}
