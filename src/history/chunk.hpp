// A stretch of one track's history as few bytes (layout and bounds: docs/HISTORY.md).
//
// Numbers are whole quanta (history/quantum.hpp). Positions are stored as what the velocity does
// not foretell, everything else as what changed, each field a column of its own (history/bits.hpp).
// Decoding uses whole numbers alone until the last step, so that it is the same everywhere.
#pragma once

#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "history/state.hpp"

namespace liptako::history {

// More states than this are no chunk: bounds what a decoder may be made to allocate.
inline constexpr std::size_t kMaxChunkStates = 1024;

// Requires 1 to kMaxChunkStates states, each of which quantise() takes.
[[nodiscard]] base::Bytes encode_chunk(std::span<const State> states);

// Total. What encode_chunk made gives the states within the bounds of history/quantum.hpp.
[[nodiscard]] base::Result<std::vector<State>> decode_chunk(base::ByteView bytes);

}  // namespace liptako::history
