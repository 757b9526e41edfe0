// Any bytes as a part of a partner's frame: refused with a message that says where, or a part that
// encodes to the same bytes, that a picture can be made of, and that a node goes on from.
#include <string>

#include "base/check.hpp"
#include "picture/common_picture.hpp"
#include "share/held.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace liptako;
  const base::ByteView bytes(data, size);
  auto part = share::decode_part(bytes);
  if (!part) {
    CHECK(part.error().message.starts_with("frame: byte "));
    return 0;
  }
  CHECK(part->contributions.size() <= size && part->removed.size() <= size);
  const auto again = share::encode_frame(part->header, part->contributions, part->removed);
  for (const base::Bytes& encoded : again) CHECK(share::decode_part(encoded));

  const base::MemberId origin = part->header.cut.origin;
  share::Held held(origin);
  const bool taken = held.take(std::move(*part)).has_value();
  base::Bytes saved;
  base::ByteWriter writer(saved);
  held.save(writer);
  share::Held restored;
  base::ByteReader reader(saved);
  restored.load(reader);
  CHECK(reader.ok() && reader.at_end());
  if (!taken || !held.known()) return 0;
  const picture::Published published = held.published();
  const picture::CommonPicture picture = picture::fuse({&published, 1});
  CHECK(picture.tracks.size() == held.contributions().size());
  (void)picture::hash_of(picture);
  return 0;
}
