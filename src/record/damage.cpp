#include "record/damage.hpp"

#include <fmt/core.h>

namespace liptako::record {

std::string to_string(Stream stream, const Damage& damage) {
  std::string where = fmt::format("{} at {}", segment_path(stream, damage.segment), damage.offset);
  switch (damage.what) {
    case Damage::What::segment_header:
      return fmt::format("{}: segment header unreadable", where);
    case Damage::What::segment_missing:
      return fmt::format("{}: segment missing ({} in a row)", where, damage.bytes);
    case Damage::What::frame_header:
      return fmt::format("{}: header checksum of entry {}; skipped {} bytes to the next entry",
                         where,
                         damage.sequence,
                         damage.bytes);
    case Damage::What::body_checksum:
      return fmt::format("{}: payload checksum of entry {}", where, damage.sequence);
    case Damage::What::entry_form:
      return fmt::format(
          "{}: entry {} has no form of an entry; passed over", where, damage.sequence);
    case Damage::What::sequence:
      return fmt::format("{}: entry {} does not follow the one before", where, damage.sequence);
  }
  return where;
}

}  // namespace liptako::record
