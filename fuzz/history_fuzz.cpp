// Any bytes as a chunk of the history: refused with a message, or states that are stored again and
// come back the same. Any text as a box: refused, or four borders in their order.
#include <string_view>

#include "base/check.hpp"
#include "history/chunk.hpp"
#include "history/quantum.hpp"
#include "history/selection.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace liptako;
  const base::ByteView bytes(data, size);
  const auto area = history::parse_area({reinterpret_cast<const char*>(data), size});
  if (area) CHECK(area->south <= area->north && !area->boxes().empty());

  const auto states = history::decode_chunk(bytes);
  if (!states) {
    CHECK(states.error().message.starts_with("history: "));
    return 0;
  }
  CHECK(!states->empty() && states->size() <= history::kMaxChunkStates);
  const base::Bytes stored = history::encode_chunk(*states);
  const auto again = history::decode_chunk(stored);
  CHECK(again && again->size() == states->size());
  CHECK(history::encode_chunk(*again) == stored);
  for (std::size_t i = 0; i < states->size(); ++i)
    CHECK(history::quantise((*again)[i]) == history::quantise((*states)[i]));
  return 0;
}
