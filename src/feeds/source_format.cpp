#include "feeds/source_format.hpp"

#include "codec/asterix/record.hpp"
#include "codec/modes/avr.hpp"
#include "codec/modes/beast.hpp"

namespace liptako::feeds {
namespace {

using codec::modes::Piece;

Piece next_piece(SourceFormat format, base::ByteView rest) {
  return format == SourceFormat::beast ? codec::modes::next_beast(rest)
                                       : codec::modes::next_avr(rest);
}

// Whether nine tenths of the bytes are frames of the format, and there is one.
bool is_mostly(SourceFormat format, base::ByteView beginning) {
  std::size_t good = 0;
  std::size_t seen = 0;
  while (true) {
    const Piece piece = next_piece(format, beginning.subspan(seen));
    if (piece.kind == Piece::Kind::incomplete) break;
    seen += piece.length;
    if (piece.kind == Piece::Kind::reception) good += piece.length;
  }
  return good > 0 && good >= seen - seen / 10;
}

}  // namespace

std::string_view name_of(SourceFormat format) {
  switch (format) {
    case SourceFormat::asterix:
      return "asterix";
    case SourceFormat::beast:
      return "beast";
    case SourceFormat::avr:
      return "avr";
  }
  return "";
}

std::optional<SourceFormat> recognise(base::ByteView beginning) {
  constexpr std::size_t kEnough = 4096;
  const base::ByteView head = beginning.first(std::min(beginning.size(), kEnough));
  if (is_mostly(SourceFormat::beast, head)) return SourceFormat::beast;
  if (is_mostly(SourceFormat::avr, head)) return SourceFormat::avr;
  // A data block: a category, and a length that leaves room for a record.
  const bool block = head.size() > codec::asterix::kBlockHeader && head[0] != 0 &&
                     (head[1] << 8 | head[2]) > static_cast<int>(codec::asterix::kBlockHeader);
  if (block) return SourceFormat::asterix;
  return std::nullopt;
}

std::size_t whole_frames(SourceFormat format, base::ByteView rest) {
  std::size_t whole = 0;
  while (true) {
    const Piece piece = next_piece(format, rest.subspan(whole));
    if (piece.kind == Piece::Kind::incomplete) return whole;
    whole += piece.length;
  }
}

}  // namespace liptako::feeds
