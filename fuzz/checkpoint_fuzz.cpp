// Any bytes as a checkpoint's text, a tile's path and a bundle of entries: what is read is written
// back to the same bytes.
#include "base/check.hpp"
#include "seal/base64.hpp"
#include "seal/checkpoint.hpp"
#include "seal/tiles.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace liptako;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto checkpoint = seal::parse_checkpoint(text)) {
    const std::string written = seal::checkpoint_text(*checkpoint);
    CHECK(text.starts_with(written));  // extension lines may follow
    const auto again = seal::parse_checkpoint(written);
    CHECK(again.has_value() && *again == *checkpoint);
  }
  if (const auto tile = seal::tile_from_path(text)) CHECK(seal::tile_path(*tile) == text);
  if (const auto bytes = seal::bytes_from_base64(text)) CHECK(seal::to_base64(*bytes) == text);
  if (const auto frontier = seal::Frontier::restore({data, size})) {
    const base::Bytes saved = frontier->save();
    CHECK(std::equal(saved.begin(), saved.end(), data, data + size));
  }
  if (size > 0) {
    const base::ByteView bundle(data + 1, size - 1);
    if (const auto entries = seal::bundle_entries(bundle, data[0])) {
      base::Bytes written;
      for (const base::ByteView entry : *entries) seal::put_bundle_entry(written, entry);
      CHECK(std::equal(written.begin(), written.end(), bundle.begin(), bundle.end()));
    }
  }
  return 0;
}
