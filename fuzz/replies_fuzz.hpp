// What the targets of the two formats of Mode S receivers share: any bytes as a stream. What must
// hold: all of it is consumed or waits as less than a frame; what is accepted encodes to a frame
// that decodes to the same; its line is JSON; what its message means is within the format's bounds.
#pragma once

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "base/check.hpp"
#include "codec/modes/json.hpp"
#include "codec/modes/mode_s.hpp"

namespace liptako::fuzzing {

template <class Next, class Encode>
void check_replies(base::ByteView bytes, Next next, Encode encode, std::size_t longest) {
  using namespace codec::modes;
  std::size_t offset = 0;
  std::string line;
  while (true) {
    const base::ByteView rest = bytes.subspan(offset);
    const Piece piece = next(rest);
    if (piece.kind == Piece::Kind::incomplete) {
      CHECK(rest.size() < longest);
      return;
    }
    CHECK(piece.length > 0 && piece.length <= rest.size());
    if (piece.kind == Piece::Kind::reception) {
      base::Bytes again;
      encode(piece.reception, again);
      const Piece second = next(again);
      CHECK(second.kind == Piece::Kind::reception && second.reception == piece.reception);
      append_json(piece.reception, offset, piece.length, "", line);
      if (const auto m = decode_mode_s(piece.reception.frame)) {
        CHECK(!m->altitude || std::fabs(m->altitude->value.feet()) <= 126'700.0);
      }
    } else {
      append_gap_json(offset, piece.length, "", line);
    }
    CHECK(line.ends_with('\n') && line.find('\n') == line.size() - 1);
    CHECK(nlohmann::json::accept(line));
    line.clear();
    offset += piece.length;
  }
}

}  // namespace liptako::fuzzing
